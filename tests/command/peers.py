# SPDX-License-Identifier: MIT
"""Peers for the command: a name server, the examples, and servers that misbehave."""
import os
import socket
import struct
import subprocess
import threading

A, NS, CNAME, MX, AAAA, SRV = 1, 2, 5, 15, 28, 33


def wire_name(name):
    out = b""
    for label in filter(None, name.split(".")):
        out += bytes([len(label)]) + label.encode()
    return out + b"\0"


class Names(threading.Thread):
    """A name server on loopback: records are (name, type) -> list of data. A name that isn't there
    does not exist; FAIL as data answers SERVFAIL."""

    FAIL = object()

    def __init__(self):
        super().__init__(daemon=True)
        self.records = {}
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.start()

    def a(self, name, address):
        data = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
        self.add(name, AAAA if ":" in address else A, data)

    def srv(self, service, domain, priority, weight, port, target):
        self.add(f"{service}._tcp.{domain}", SRV,
                 struct.pack("!HHH", priority, weight, port) + wire_name(target))

    def mx(self, domain, priority, target):
        self.add(domain, MX, struct.pack("!H", priority) + wire_name(target))

    def add(self, name, kind, data):
        self.records.setdefault(name.lower(), {}).setdefault(kind, []).append(data)

    def answer(self, query):
        name, at = [], 12
        while query[at]:
            name.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
            at += query[at] + 1
        question, name = query[12:at + 5], ".".join(name)
        kind = struct.unpack("!H", query[at + 1:at + 3])[0]
        self.asked.append((name, kind))
        found = self.records.get(name)
        data = (found or {}).get(kind, [])
        code = 2 if self.FAIL in data else 0 if found is not None else 3
        answers = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(item)) + item
                           for item in data if item is not self.FAIL)
        count = 0 if code else len(data)
        return (query[:2] + struct.pack("!HHHHH", 0x8580 | code, 1, count, 0, 0) + question +
                (answers if count else b""))

    def run(self):
        while True:
            query, sender = self.socket.recvfrom(4096)
            try:
                self.socket.sendto(self.answer(query), sender)
            except (IndexError, struct.error):
                pass


class Server(threading.Thread):
    """Gives each connection to a function, which may do what it likes with it."""

    def __init__(self, behave, address="127.0.0.1"):
        super().__init__(daemon=True)
        self.behave = behave
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.bind((address, 0))
        self.socket.listen(8)
        self.port = self.socket.getsockname()[1]
        self.address = f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"
        self.start()

    def serve(self, connection):
        with connection:
            connection.settimeout(30)
            try:
                self.behave(connection)
            except OSError:
                pass

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()


class Example:
    """An example server: takes one connection, then ends."""

    def __init__(self, folder, name, *options):
        self.process = subprocess.Popen([os.path.join(folder, name), *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())
        self.address = f"127.0.0.1:{self.port}"

    def end(self):
        """What it said."""
        try:
            return self.process.communicate(timeout=20)[0].decode()
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.communicate()[0].decode()
