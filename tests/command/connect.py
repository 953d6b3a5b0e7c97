#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""s2sverify connect: real servers, name servers, and servers that misbehave."""
import resource
import subprocess
import sys
import time

from peers import AAAA, SRV, Example, Names, Server
from support import ACCEPTED, REFUSED, UNDECIDED, USAGE, Bench

bench = Bench("command, connect")
examples, backends = sys.argv[3], sys.argv[4:]
bench.make_usual(good="eku=serverAuth san=dns:a.example,dns:mx.a.example,dns:xn--bcher-kva.example",
                 client="eku=clientAuth san=dns:a.example,dns:mx.a.example")
root = bench.file("root.pem")
names = Names()


def connect(target, *more):
    return bench.run("connect", target, "--cafile", root, "--timeout", "3", *more)


def identity(certificate):
    return ["-C", bench.file(certificate + "-chain.pem"), "-K", bench.file(certificate + ".key"),
            "-A", root]


def xmpp_server(backend, certificate="good", domain="a.example"):
    return Example(examples, "xmpp-receiving-server-" + backend, *identity(certificate), "-d", domain)


# The examples are real servers, on either library; so is the command.
for server_by in backends:
    for by in backends:
        for certificate, outcome, reason in (("good", ACCEPTED, "none"),
                                             ("client", REFUSED, "wrong-purpose")):
            what = f"xmpp, {server_by}, by {by}, {certificate}"
            server = xmpp_server(server_by, certificate)
            run = connect("xmpp:a.example", "--connect", server.address, "--backend", by, "--json")
            server.end()
            bench.check(what, run.status, outcome)
            report = run.json()
            bench.check(what, (report["stage"], report["name"], report["accepted"]),
                        ("secured", "a.example", outcome == ACCEPTED))
            bench.check(what, [v["reason"] for v in report["verdicts"]], [reason, reason])
            bench.check(what, report["tls_version"], "TLSv1.3")

            what = f"smtp, {server_by}, by {by}, {certificate}"
            server = Example(examples, "smtp-server-" + server_by, *identity(certificate), "-d",
                             "a.example")
            run = connect("smtp:mx.a.example", "--connect", server.address, "--backend", by, "--json")
            server.end()
            bench.check(what, (run.status, run.json()["name"]), (outcome, "mx.a.example"))
            bench.check(what, run.json()["tlsrpt"], None if outcome == ACCEPTED else
                        "certificate-not-trusted")

# What people read.
server = xmpp_server(backends[0])
run = connect("xmpp:a.example", "--connect", server.address)
server.end()
bench.check("text", (run.status, run.err), (ACCEPTED, ""))
bench.check_has("text", run.out, f"xmpp:a.example at {server.address}, STARTTLS, TLSv1.3", "accepted",
                "DNS-ID a.example")
bench.check_clean("text", run.out)

# DNS: services, the fallback without any, addresses of both kinds, names that are international.
names.srv("_xmpp-server", "a.example", 5, 0, 1, "down.a.example")
names.a("down.a.example", "127.0.0.1")
server = xmpp_server(backends[0])
names.srv("_xmpp-server", "a.example", 10, 0, server.port, "up.a.example")
names.a("up.a.example", "127.0.0.1")
run = connect("xmpp:a.example", "--resolver", names.address, "--json")
server.end()
bench.check("SRV, the second answers", (run.status, run.json()["endpoint"]), (ACCEPTED, {
    "host": "up.a.example", "address": server.address, "direct_tls": False}))
bench.check("SRV of both kinds", {("_xmpp-server._tcp.a.example", SRV),
                                  ("_xmpps-server._tcp.a.example", SRV)} <= set(names.asked), True)

server = xmpp_server(backends[0], domain="bücher.example")
names.srv("_xmpp-server", "xn--bcher-kva.example", 10, 0, server.port, "up.a.example")
run = connect("xmpp:bücher.example", "--resolver", names.address)
server.end()
bench.check("IDN", run.status, ACCEPTED)
bench.check_has("IDN", run.out, "xmpp:bücher.example at")

names.a("plain.example", "127.0.0.1")
run = connect("xmpp:plain.example", "--resolver", names.address)
bench.check_has("no SRV", run.err, "127.0.0.1:5269: ")
names.srv("_xmpp-server", "none.example", 0, 0, 0, ".")
run = connect("xmpp:none.example", "--resolver", names.address)
bench.check_has("no service", run.err, "none.example: DNS says that there is no XMPP server")
run = connect("xmpp:nowhere.example", "--resolver", names.address)
bench.check_has("no name", run.err, "xmpp:nowhere.example: lookup: nowhere.example: the name has no")
names.add("broken.example", 15, Names.FAIL)
run = connect("smtp:broken.example", "--resolver", names.address)
bench.check_has("server failure", run.err, "broken.example: DNS: server failure")
names.add("odd.example", 15, b"\0\5\7abc")
run = connect("smtp:odd.example", "--resolver", names.address)
bench.check_has("malformed record", run.err, "smtp:odd.example: lookup: odd.example: DNS: ")
names.mx("nomail.example", 0, ".")
run = connect("smtp:nomail.example", "--resolver", names.address)
bench.check_has("null MX", run.err, "takes no mail")
names.mx("mail.example", 10, "mx.a.example")
names.add("mx.a.example", AAAA, b"\0" * 15 + b"\1")
run = connect("smtp:mail.example", "--resolver", names.address)
bench.check_has("MX, IPv6", run.err, "smtp:mail.example: connect: [::1]:25: ")
silent = Names()
silent.answer = lambda query: b""
started = time.monotonic()
run = connect("xmpp:a.example", "--resolver", silent.address, "--timeout", "1")
bench.check("a silent name server", (run.status, time.monotonic() - started < 10), (UNDECIDED, True))

# IPv6, TLS alone, direct TLS with ALPN: openssl is the other side.
for address in ("127.0.0.1", "::1"):
    port = Server(lambda connection: None, address).port  # any other one is probably free
    listener = subprocess.Popen(["openssl", "s_server", "-accept",
                                 f"[{address}]:{port + 1}" if ":" in address else
                                 f"{address}:{port + 1}", "-cert", bench.file("good.pem"),
                                 "-cert_chain", bench.file("ca.pem"), "-key",
                                 bench.file("good.key"), "-alpn", "xmpp-server", "-quiet"],
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
    where = f"[{address}]:{port + 1}" if ":" in address else f"{address}:{port + 1}"
    for _ in range(50):
        run = connect(f"tls:a.example:{port + 1}", "--connect", where, "--json")
        if run.status != UNDECIDED:
            break
        time.sleep(0.1)
    bench.check("tls, " + where, (run.status, run.json()["alpn"]), (ACCEPTED, None))
    run = connect("xmpp:a.example", "--connect", where, "--direct-tls", "--json", "--timeout", "1")
    bench.check("direct TLS, " + where, (run.status, run.json()["alpn"]), (ACCEPTED, "xmpp-server"))
    bench.check_has("s_server is no XMPP server", run.json()["error"], "no answer within 1 seconds")
    listener.kill()
    listener.wait()

# A server that won't go on without our certificate hasn't proved its own: no verdict.
port = Server(lambda connection: None).port
listener = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port + 1}", "-cert",
                             bench.file("good.pem"), "-cert_chain", bench.file("ca.pem"), "-key",
                             bench.file("good.key"), "-tls1_2", "-Verify", "1", "-quiet"],
                            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
for by in backends:
    for _ in range(50):
        run = connect(f"tls:a.example:{port + 1}", "--connect", f"127.0.0.1:{port + 1}", "--json",
                      "--backend", by)
        if "refused" not in run.err:
            break
        time.sleep(0.1)
    bench.check("wants ours, " + by, (run.status, run.json()["stage"], run.json()["accepted"]),
                (UNDECIDED, "handshake", False))
    bench.check("wants ours, " + by, len(run.json()["verdicts"]), 2)
    bench.check_has("wants ours, " + by, run.err, "handshake: ")
listener.kill()
listener.wait()

# Usage.
for target in ("a.example", "xmpp:", "tls:a.example", "tls:a.example:0", "xmpp:a b", "http:a.example",
               "smtp:[::1", "xmpp:a.example:70000"):
    run = connect(target)
    bench.check(target, (run.status, run.out), (USAGE, ""))
bench.check("no target", bench.run("connect").status, USAGE)
bench.check("timeout", connect("xmpp:a.example", "--timeout", "0").status, USAGE)

# ---- servers that misbehave --------------------------------------------------------------------

HEADER = (b"<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
          b"xmlns:stream='http://etherx.jabber.org/streams' version='1.0' from='a.example'>")
FEATURES = (b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
            b"</stream:features>")
PROCEED = b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"


def flood(start, piece, total=100 * 1024 * 1024):
    def behave(connection):
        connection.sendall(start)
        for _ in range(total // len(piece)):
            connection.sendall(piece)
    return behave


def say(*parts):
    """Each part after something was heard; then waits."""
    def behave(connection):
        for part in parts:
            connection.recv(4096)
            connection.sendall(part)
        while connection.recv(4096):
            pass
    return behave


def greet(*parts):
    def behave(connection):
        connection.sendall(parts[0])
        say(*parts[1:])(connection)
    return behave


def drip(text):
    def behave(connection):
        for i in range(len(text)):
            connection.sendall(text[i:i + 1])
            time.sleep(0.3)
    return behave


MISBEHAVIOUR = {
    "xmpp": [
        ("stalls", say(), "no answer within 1 seconds"),
        ("closes", lambda connection: None, "closed the connection"),
        ("talks nonsense", say(bytes(range(256)) * 8), "not well-formed"),
        ("talks SMTP", say(b"220 hello\r\n"), "not well-formed"),
        ("closes after the header", lambda c: (c.recv(4096), c.sendall(HEADER)),
         "closed the connection"),
        ("drips", drip(HEADER), "no answer within 1 seconds"),
        ("100 MB of header", flood(b"<stream:stream a='", b"a" * 65536), "too long"),
        ("100 MB of attributes", flood(b"<stream:stream", b" a='b'" * 1000), "too long"),
        ("100 MB of blanks", flood(HEADER, b" " * 65536), "too long"),
        ("100 MB of text", flood(HEADER + b"<stream:features>", b"a" * 65536), "too long"),
        ("deep", flood(HEADER, b"<a>" * 1000), "too deep"),
        ("many elements", flood(HEADER + b"<stream:features>", b"<a/>" * 1000), "too large"),
        ("many stanzas", flood(HEADER, b"<a/>" * 1000), "no stream features"),
        ("a DTD", say(b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "a DTD"),
        ("a comment", say(HEADER + b"<!-- a -->"), "comment"),
        ("an instruction", say(HEADER + b"<?a b?>"), "processing instruction"),
        ("an entity", say(HEADER + b"<a>&b;</a>"), "not well-formed"),
        ("another namespace", say(HEADER.replace(b"etherx", b"other")), "doesn't speak XMPP"),
        ("an error", say(HEADER + b"<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:"
                         b"xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>"
                         b"no\x0a\xc2\x9b31mhere</text></stream:error>"),
         "host-unknown: no\\x0a\\xc2\\x9b31mhere"),
        ("the end", say(HEADER + b"</stream:stream>"), "ended the stream"),
        ("no STARTTLS", say(HEADER + b"<stream:features/>"), "offers no STARTTLS"),
        ("no proceeding", say(HEADER + FEATURES, PROCEED.replace(b"proceed", b"failure")),
         "refuses STARTTLS"),
        ("speaks before TLS", say(HEADER + FEATURES, PROCEED + b"<a/>"), "in the clear"),
        ("no TLS", say(HEADER + FEATURES, PROCEED, b"nonsense" * 100), "handshake: TLS: "),
        ("stalls in TLS", say(HEADER + FEATURES, PROCEED), "within 1 seconds"),
        ("closes before TLS", lambda c: (c.recv(4096), c.sendall(HEADER + FEATURES), c.recv(4096),
                                         c.sendall(PROCEED)), "handshake: "),
    ],
    "smtp": [
        ("stalls", say(), "no answer within 1 seconds"),
        ("closes", lambda connection: None, "closed the connection"),
        ("talks nonsense", greet(bytes(range(1, 256)) * 8), "doesn't speak SMTP"),
        ("refuses", greet(b"554 no \x1b[31mservice\r\n"), "answers a connection by 554 no \\x1b[31mservice"),
        ("a NUL", greet(b"220 a\0b\r\n"), "or a NUL"),
        ("a long line", flood(b"220 ", b"a" * 65536), "too long"),
        ("100 MB of lines", flood(b"", b"220-hello\r\n" * 1000), "more than 128 lines"),
        ("drips", drip(b"220-a\r\n" * 100), "no answer within 1 seconds"),
        ("two codes", greet(b"220-a\r\n250 b\r\n"), "doesn't speak SMTP"),
        ("no STARTTLS", greet(b"220 a\r\n", b"250-a\r\n250 STARTTLSX\r\n"), "offers no STARTTLS"),
        ("speaks before TLS", greet(b"220 a\r\n", b"250 STARTTLS\r\n", b"220 go\r\n250 a\r\n"),
         "in the clear"),
        ("no TLS", greet(b"220 a\r\n", b"250 STARTTLS\r\n", b"220 go\r\n", b"nonsense" * 100),
         "handshake: TLS: "),
    ],
}

for scheme, rows in MISBEHAVIOUR.items():
    for what, behave, words in rows:
        server = Server(behave)
        started = time.monotonic()
        run = connect(f"{scheme}:a.example", "--connect", server.address, "--timeout", "1")
        took = time.monotonic() - started
        what = f"{scheme}, {what}"
        bench.check(what, (run.status, run.out), (UNDECIDED, ""))
        bench.check_has(what, run.err, f"s2sverify: {scheme}:a.example: ", words)
        bench.check_clean(what, run.err, width=None)
        bench.check(what + ": time", took < 8, True)
        server.socket.close()
bench.check("memory, in KiB", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 200000, True)

# With no TLS to judge there is an RFC 8460 type all the same.
server = Server(greet(b"220 a\r\n", b"250 hello\r\n"))
run = connect("smtp:a.example", "--connect", server.address, "--json")
bench.check("no STARTTLS, JSON", (run.status, run.json()["tlsrpt"], run.json()["stage"]),
            (UNDECIDED, "starttls-not-supported", "starttls"))

bench.finish()
