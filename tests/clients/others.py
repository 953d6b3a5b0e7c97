# SPDX-License-Identifier: MIT
"""Other people's programs, and what stands between them and ours."""
import re
import smtplib
import socket
import subprocess
import tempfile
import threading
import time

from stream import Talk
from support import LIMIT

XMPP_NAMES = "xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams'"


class Program:
    """A running program. Our socket is its standard input and output."""

    def __init__(self, command):
        self.log = tempfile.TemporaryFile()
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(LIMIT)
        with theirs:
            self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=self.log)

    def skip_to(self, end):
        """What it says on its own account, up to that text."""
        said = b""
        while not said.endswith(end) and (piece := self.socket.recv(1)):
            said += piece
        return said.decode()

    def end(self, is_told_to=False):
        """Everything that it wrote and nobody has heard yet."""
        if is_told_to:
            self.process.terminate()
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        rest = b""
        while piece := self.socket.recv(65536):
            rest += piece
        self.socket.close()
        with self.log:
            self.log.seek(0)
            return (self.log.read() + rest).decode(errors="replace")


def smtp_on(sock):
    """An SMTP client where the greeting and STARTTLS are over."""
    smtp = smtplib.SMTP(local_hostname="client.example", timeout=LIMIT)
    smtp.sock = sock.dup()  # which it closes
    return smtp


# ---- servers that know nothing of the protocol ---------------------------------------------------

HEADER = f"<stream:stream {XMPP_NAMES} version='1.0' from='b.example'>"
STREAM = "<stream:stream[^>]*>"

# What is expected, and the answer to it: in the clear, and over TLS.
SCRIPTS = {
    "xmpp": ([(STREAM, HEADER + "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
                                "</stream:features>"),
              ("<starttls[^>]*>", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")],
             [(STREAM, HEADER + "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                                "<mechanism>EXTERNAL</mechanism></mechanisms></stream:features>"),
              ("</auth>", "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"),
              (STREAM, HEADER + "<stream:features/></stream:stream>")]),
    "smtp": ([("", "220 b.example\r\n"), ("EHLO.*\n", "250-b.example\r\n250 STARTTLS\r\n"),
              ("STARTTLS\r\n", "220 go ahead\r\n")],
             [("EHLO.*\n", "250 b.example\r\n"), ("MAIL.*\n", "250 fine\r\n"),
              ("RCPT.*\n", "250 fine\r\n"), ("DATA\r\n", "354 go on\r\n"),
              (r"\n\.\r\n", "250 taken\r\n"), ("QUIT\r\n", "221 bye\r\n")])}


def play(sock, script):
    talk = Talk(sock)
    for expected, answer in script:
        if not re.search(expected, talk.hear(expected)):
            return
        talk.say(answer)


def connect_when_ready(port):
    deadline = time.monotonic() + LIMIT
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), LIMIT)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def pump(source, sink):
    """All of it, and the end; also if one of them hangs up, so that the other one hears the rest."""
    while True:
        try:
            piece = source.recv(65536)
        except OSError:
            piece = b""
        try:
            if not piece:
                sink.shutdown(socket.SHUT_WR)
            sink.sendall(piece)
        except OSError:
            pass
        if not piece:
            return


class Front:
    """Takes one connection, speaks until TLS starts, and hands it over to a TLS server."""

    def __init__(self, protocol, port):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(LIMIT)
        self.port = str(self.listener.getsockname()[1])
        self.thread = threading.Thread(target=self.run, args=(protocol, port))
        self.thread.start()

    def run(self, protocol, port):
        with self.listener:
            ours, _ = self.listener.accept()
        ours.settimeout(LIMIT)
        play(ours, SCRIPTS[protocol][0])
        with ours, connect_when_ready(port) as theirs:
            back = threading.Thread(target=pump, args=(theirs, ours))
            back.start()
            pump(ours, theirs)
            back.join()

    def end(self):
        self.thread.join()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]
