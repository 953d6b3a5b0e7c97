#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""s2sverify listen: who connects is judged and told; ours are shown; nobody takes it down."""
import base64
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time

from support import ACCEPTED, REFUSED, USAGE, WRAPPER, Bench, environment

bench = Bench("command, listen")
examples, backends = sys.argv[3], sys.argv[4:]
bench.make("root", "ca", "ca", "ca issuer=root eku=serverAuth", "open", "ca issuer=root",
           "a", "issuer=ca san=dns:a.example,dns:mx.a.example", "b", "issuer=ca san=dns:b.example",
           "client", "issuer=open eku=clientAuth san=dns:b.example",
           "evil", "issuer=ca san=dns:b.example subject=CN.utf8=%1B[31m")
root = bench.file("root.pem")


def identity(name):
    return ["--cert", bench.file(name + "-chain.pem"), "--key", bench.file(name + ".key")]


class Listener:
    """s2sverify listen, until it ends."""

    def __init__(self, protocol, *options, ports=1, shows=identity("a"), by="openssl"):
        self.process = subprocess.Popen(
            [*WRAPPER, bench.program, "listen", protocol, "--cafile", root, "--domain", "a.example",
             "--backend", by if by in backends else backends[0], "--timeout", "3", *shows,
             *(options if "--listen" in options else ("--listen", "127.0.0.1:0", *options))],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        self.addresses = []
        for _ in range(ports):
            line = self.process.stderr.readline().decode()
            found = re.fullmatch(r"s2sverify: listening on (\S+)\n", line)
            if not found:
                sys.exit("listen: " + line + self.process.stderr.read().decode())
            self.addresses.append(found[1])
        self.address = self.addresses[0]
        self.port = int(self.address.rpartition(":")[2])

    def end(self, number=None):
        if number:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out.decode(), err.decode()

    def lines(self, number=None):
        status, out, err = self.end(number)
        bench.check("it ends", (status, err), (ACCEPTED, ""))
        return [json.loads(line) for line in out.splitlines()]


class Client:
    """An initiating server, in its own words."""

    STREAM = ("<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream="
              "'http://etherx.jabber.org/streams' version='1.0' from='{}' to='{}'>")

    def __init__(self, port, certificate=None, sender="b.example", to="a.example"):
        self.sender, self.to = sender, to
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        if self.open() and certificate != "":
            self.starttls(certificate)

    def open(self):
        self.send(self.STREAM.format(self.sender, self.to))
        return "features" in self.read("</stream:features>")

    def starttls(self, certificate):
        self.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.read("<proceed")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if certificate:
            context.load_cert_chain(bench.file(certificate + "-chain.pem"),
                                    bench.file(certificate + ".key"))
        self.socket = context.wrap_socket(self.socket)
        self.send(self.STREAM.format(self.sender, self.to))
        self.features = self.read("</stream:features>")

    def send(self, text):
        self.socket.sendall(text.encode())

    def read(self, until):
        """Up to that text, or to the end."""
        text = b""
        while until.encode() not in text:
            try:
                piece = self.socket.recv(4096)
            except OSError:
                break
            if not piece:
                break
            text += piece
        return text.decode()

    def authenticate(self, authzid="b.example"):
        text = base64.b64encode(authzid.encode()).decode() or "="
        self.send(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='EXTERNAL'>{text}</auth>")
        said = self.read(">")
        return "success" in said and self.open()

    def ping(self):
        self.send(f"<iq type='get' id='p1' from='u@{self.sender}/r' to='{self.to}'>"
                  "<ping xmlns='urn:xmpp:ping'/></iq>")

    def close(self):
        try:
            self.send("</stream:stream>")
            self.read("nothing")
        except OSError:
            pass
        self.socket.close()


# A ping on a stream that takes answers: the verdict comes back, and a line is printed.
for by in backends:
    for certificate, accepted, reason in (("b", True, "none"), ("client", False, "wrong-purpose"),
                                          ("a", False, "name-mismatch")):
        what = f"{by}, {certificate}"
        listener = Listener("xmpp", "--count", "1", "--json", by=by)
        client = Client(listener.port, certificate)
        bench.check_has(what, client.features, "<mechanism>EXTERNAL</mechanism>")
        client.send("<bidi xmlns='urn:xmpp:bidi'/>")
        bench.check(what + ": let in", client.authenticate(), True)
        client.ping()
        answer = client.read("</iq>")
        client.close()
        bench.check_has(what, answer, "from='a.example' to='u@b.example/r'", "id='p1'",
                        "type='result'" if accepted else "type='error'",
                        "accepted" if accepted else reason)
        line, = listener.lines()
        bench.check(what, (line["from"], line["to"], line["accepted"], line["let_in"], line["pings"],
                           line["answers"], line["error"], line["tls_version"]),
                    ("b.example", "a.example", accepted, True, 1, 1, None, "TLSv1.3"))
        bench.check(what, [v["reason"] for v in line["verdicts"]], [reason])

# As a real server does it: the examples' other half connects.
for by in backends:
    for other in backends:
        for certificate, outcome in (("b", "authenticated: a.example"), ("client", "refused: ")):
            listener = Listener("xmpp", "--count", "1", "--json", "--enforce", by=by)
            done = subprocess.run(
                [os.path.join(examples, "xmpp-initiating-server-" + other), "-C",
                 bench.file(certificate + "-chain.pem"), "-K", bench.file(certificate + ".key"),
                 "-A", root, "-d", "b.example", "-t", "a.example", "-p", str(listener.port), "-i"],
                capture_output=True, timeout=30, check=False)
            bench.check_has(f"enforced, {by}, {other}", done.stdout.decode(), outcome)
            line, = listener.lines()
            bench.check(f"enforced, {by}, {other}", line["let_in"], outcome[0] == "a")

# Without bidi the answer has a connection of its own, to another that listens.
receiver = Listener("xmpp", "--count", "1", "--json", "--enforce", "--domain", "b.example",
                    shows=identity("b"))
sender = Listener("xmpp", "--count", "1", "--json", "--answer-to", receiver.address)
client = Client(sender.port, "b")
bench.check("let in", client.authenticate(""), True)
client.ping()
time.sleep(1)
client.close()
line, = sender.lines()
bench.check("answered elsewhere", (line["answers"], line["error"]), (1, None))
line, = receiver.lines()
bench.check("answered elsewhere", (line["from"], line["let_in"]), ("a.example", True))

# An answer goes to nobody but who proved to be there.
listener = Listener("xmpp", "--count", "2", "--json")
for sender, to in (("c.example", "a.example"), ("b.example", "c.example")):
    client = Client(listener.port, "b")
    client.authenticate()
    client.sender, client.to = sender, to
    client.ping()
    bench.check_has("a false address", client.read("</stream:error>"),
                    "invalid-from" if sender == "c.example" else "improper-addressing")
    client.close()
bench.check("a false address", [line["pings"] for line in listener.lines()], [0, 0])

# What people read; no certificate; another domain; what a peer may try.
listener = Listener("xmpp", "--count", "5")
client = Client(listener.port, "evil")
client.authenticate()
client.close()
client = Client(listener.port)
bench.check("no certificate", "EXTERNAL" in client.features, False)
client.close()
client = Client(listener.port, "", to="other.example")
client.close()
client = Client(listener.port, "b")
bench.check("authzid of another", client.authenticate("c.example"), False)
client.close()
client = Client(listener.port, "b", sender="b.exa\u009bmple")
bench.check("no domain", "EXTERNAL" in client.features, False)
client.close()
status, out, err = listener.end()
bench.check("text", (status, err), (ACCEPTED, ""))
bench.check_clean("text", out, width=None)
rows = sorted(out.splitlines())
bench.check("text", len(rows), 5)
bench.check_has("text", out, " b.example: accepted", "; let in", "refused: no-certificate",
                "refused with host-unknown")

# Certificates of every kind, by port and by domain, seen by the other subcommand.
shows = ["--ca-cert", bench.file("open.pem"), "--ca-key", bench.file("open.key")]
if "openssl" in backends:
    ports = [option for kind in ("server", "expired", "self-signed", "client", "wrong-name")
             for option in ("--listen", "127.0.0.1:0=" + kind)]
    listener = Listener("xmpp", *ports, "--domain", "b.example", "--show", "b.example=both",
                        ports=5, shows=shows)
    for address, reason in zip(listener.addresses, ("none", "expired", "self-signed",
                                                    "wrong-purpose", "name-mismatch")):
        run = bench.run("connect", "xmpp:a.example", "--connect", address, "--cafile", root, "--json")
        bench.check(reason, [v["reason"] for v in run.json()["verdicts"]],
                    [reason] * 2 * len(backends))
    run = bench.run("connect", "xmpp:b.example", "--connect", listener.addresses[1], "--cafile", root,
                    "--json")
    bench.check("by domain", (run.status, run.json()["verdicts"][0]["path"][0]["purposes"]),
                (ACCEPTED, ["serverAuth", "clientAuth"]))
    run = bench.run("connect", "xmpp:a.example", "--connect", listener.address, "--cafile", root,
                    "--direct-tls", "--json")
    bench.check("direct TLS", (run.status, run.json()["alpn"]), (ACCEPTED, "xmpp-server"))
    with open(f"/proc/{listener.process.pid}/status", encoding="ascii") as file:
        owners = re.search(r"^Uid:\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)$", file.read(), re.M).groups()
    bench.check("not root's", "0" in owners, False)
    client = Client(listener.port, "b")
    bench.check("let in", client.authenticate(), True)
    status, out, err = listener.end(signal.SIGTERM)
    client.close()
    bench.check("stopped", (status, err, len(out.splitlines())), (ACCEPTED, "", 8))
    bench.check_has("stopped while one is there", out, "b.example: accepted")

# SMTP, by openssl's client and by the example.
for certificate, verdict in (("b", "accepted"), ("client", "refused: wrong-purpose")):
    listener = Listener("smtp", "--count", "1", "--json")
    done = subprocess.run(
        ["openssl", "s_client", "-connect", listener.address, "-starttls", "smtp", "-quiet",
         "-name", "b.example", "-cert", bench.file(certificate + ".pem"), "-cert_chain",
         bench.file("ca.pem" if certificate == "b" else "open.pem"),
         "-key", bench.file(certificate + ".key"), "-crlf"],
        input=b"EHLO b.example\nMAIL FROM:<u@b.example>\nrcpt TO:<x@a.example>\nquit\n",
        capture_output=True, timeout=30, check=False)
    said = done.stdout.decode()
    bench.check_has("s_client, " + certificate, said, "250 2.1.0", "550 5.7.1 no mail is taken here; "
                    "your certificate: " + verdict, "221 2.0.0")
    line, = listener.lines()
    bench.check("s_client, " + certificate, (line["from"], line["accepted"], line["answers"]),
                ("b.example", verdict == "accepted", 1))
for other in backends:
    listener = Listener("smtp", "--count", "1", "--json", "--enforce")
    done = subprocess.run([os.path.join(examples, "smtp-client-" + other), "-A", root, "-m",
                           "mx.a.example", "-r", "x@a.example", "-p", str(listener.port)],
                          capture_output=True, timeout=30, check=False)
    bench.check_has("smtp-client", done.stdout.decode(), "failed: ")
    line, = listener.lines()
    bench.check("smtp-client", [v["reason"] for v in line["verdicts"]], ["no-certificate"])

# It probes itself.
listener = Listener("xmpp", "--count", "1", "--enforce", "--json")
run = bench.run("probe", "xmpp:a.example", "--connect", listener.address, "--cafile", root, "--from",
                "b.example", *identity("b"))
bench.check("probe", run.status, ACCEPTED)
listener.lines()
listener = Listener("xmpp", "--count", "1", "--enforce", "--json")
run = bench.run("probe", "xmpp:a.example", "--connect", listener.address, "--cafile", root, "--from",
                "b.example", *identity("client"))
bench.check("probe", run.status, REFUSED)
listener.lines()

# Bounded: who says nothing goes, who says too much as well, and the next one's turn comes.
listener = Listener("xmpp", "--count", "8", "--connections", "2", "--json", "--timeout",
                    "1")
mute = [socket.create_connection(("127.0.0.1", listener.port)) for _ in range(4)]
bad = []
for piece in (b"<" * 100000, b"\x16\x03\x01" + b"\0" * 1000, b"<stream:stream a='" + b"a" * 2000000):
    bad.append(socket.create_connection(("127.0.0.1", listener.port), 30))
    try:
        bad[-1].sendall(piece)
    except OSError:
        pass
started = time.monotonic()
client = Client(listener.port, "b")
bench.check("its turn comes", client.authenticate(), True)
client.close()
bench.check("soon", time.monotonic() - started < 20, True)
for connection in mute + bad:
    connection.close()
lines = listener.lines()
bench.check("lines", (len(lines), sum(line["let_in"] for line in lines)), (8, 1))

for arguments in ([], ["http"], ["xmpp"], ["xmpp", "--domain", "a.example"],
                  ["xmpp", "--domain", "a.example", "--cert", "x"],
                  ["xmpp", "--domain", "a.example", "--listen", "1"],
                  ["xmpp", "--domain", "a.example", "--listen", "127.0.0.1:1=nothing"],
                  ["xmpp", "--domain", "a.example", *identity("a"), "--show", "b.example=client"]):
    run = bench.run("listen", *arguments)
    bench.check(arguments, (run.status, run.out), (USAGE, ""))

bench.finish()
