#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""s2sverify probe: the examples accept and refuse, and the command says so."""
import sys

from peers import Example, Names, Server
from support import ACCEPTED, REFUSED, UNDECIDED, USAGE, Bench

bench = Bench("command, probe")
examples, backends = sys.argv[3], sys.argv[4:]
bench.make_usual(a="san=dns:a.example", b="san=dns:b.example",
                 client="eku=clientAuth san=dns:b.example")
bench.make("root", "ca", "ca", "ca issuer=root eku=serverAuth", "a", "issuer=ca san=dns:a.example",
           "b", "issuer=ca san=dns:b.example", "client", "issuer=ca eku=clientAuth san=dns:b.example",
           "open", "ca issuer=root")
root = bench.file("root.pem")


def server(by, *options):
    return Example(examples, "xmpp-receiving-server-" + by, "-C", bench.file("a-chain.pem"), "-K",
                   bench.file("a.key"), "-A", root, "-d", "a.example", *options)


def probe(target, *more):
    return bench.run("probe", target, "--cafile", root, "--timeout", "3", *more)


def show(certificate, domain="b.example"):
    return ["--cert", bench.file(certificate + "-chain.pem"), "--key", bench.file(certificate + ".key"),
            "--from", domain]


# Both libraries on both sides.
for server_by in backends:
    for by in backends:
        for certificate, options, outcome, condition in (
                ("b", [], ACCEPTED, None),
                ("client", [], REFUSED, None),
                ("client", ["-e"], REFUSED, "not-authorized"),
                ("a", ["-e"], REFUSED, "not-authorized")):
            what = f"{server_by}, by {by}, {certificate} {options}"
            peer = server(server_by, *options)
            run = probe("xmpp:a.example", "--connect", peer.address, "--backend", by, "--json",
                        *show(certificate))
            said = peer.end()
            bench.check(what, run.status, outcome)
            report = run.json()
            bench.check(what, (report["accepted"], report["condition"], report["server_reason"]),
                        (outcome == ACCEPTED, condition, "none"))
            bench.check(what, "authenticated: b.example" in said, outcome == ACCEPTED)

peer = server(backends[0])
run = probe("xmpp:a.example", "--connect", peer.address, *show("b"))
peer.end()
bench.check("text", (run.status, run.err), (ACCEPTED, ""))
bench.check_has("text", run.out, "its own certificate: accepted", "accepted: SASL EXTERNAL succeeds")
bench.check_clean("text", run.out)
peer = server(backends[0])
run = probe("xmpp:a.example", "--connect", peer.address, *show("client"))
peer.end()
bench.check_has("text", run.out, "refused: EXTERNAL is not offered")

# SMTP: the example takes mail from everybody; openssl's server wants a certificate it can verify.
peer = Example(examples, "smtp-server-" + backends[0], "-C", bench.file("a-chain.pem"), "-K",
               bench.file("a.key"), "-A", root, "-d", "a.example")
run = probe("smtp:a.example", "--connect", peer.address, "--json", *show("b"))
peer.end()
bench.check("smtp", (run.status, run.json()["accepted"]), (ACCEPTED, True))
bench.check_has("smtp", run.json()["text"], "MAIL FROM is answered by 250")

# Every kind. An example takes one connection: a new one for each.
if "openssl" in backends:
    names = Names()

    def relay(connection):
        """To a fresh example."""
        import socket
        import threading
        fresh = server(backends[-1], "-e")
        with socket.create_connection(("127.0.0.1", fresh.port)) as other:
            def pump(one, two):
                try:
                    while piece := one.recv(4096):
                        two.sendall(piece)
                    two.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
            back = threading.Thread(target=pump, args=(other, connection), daemon=True)
            back.start()
            pump(connection, other)
            back.join(10)
        fresh.end()

    front = Server(relay)
    names.srv("_xmpp-server", "a.example", 1, 1, front.port, "x.a.example")
    names.a("x.a.example", "127.0.0.1")
    kinds = ["--kinds", "--ca-cert", bench.file("open.pem"), "--ca-key", bench.file("open.key"),
             "--from", "b.example", "--resolver", names.address]
    run = probe("xmpp:a.example", "--json", *kinds)
    bench.check("kinds", run.status, ACCEPTED)
    bench.check("kinds", {item["kind"]: item["accepted"] for item in run.json()["kinds"]},
                {"server": True, "client": False, "both": True, "none": True, "expired": False,
                 "wrong-name": False, "self-signed": False})
    run = probe("xmpp:a.example", *kinds)
    bench.check("kinds, text", (run.status, run.err), (ACCEPTED, ""))
    bench.check_has("kinds, text", run.out, "serverAuth only               accepted",
                    "clientAuth only               refused", "serverAuth, expired           refused")
    bench.check_clean("kinds, text", run.out)
    run = probe("xmpp:a.example", *kinds[:3], "--ca-key", bench.file("a.key"), "--from", "b.example")
    bench.check("another key", run.status, UNDECIDED)
    bench.check_has("another key", run.err, "the key isn't the certificate's")

# What is no answer is no verdict.
mute = Server(lambda connection: connection.recv(4096) and connection.recv(4096))
run = probe("xmpp:a.example", "--connect", mute.address, *show("b"), "--timeout", "1")
bench.check("silence", (run.status, run.out), (UNDECIDED, ""))
bench.check_has("silence", run.err, "s2sverify: xmpp:a.example: greeting: no answer")

for arguments in (["xmpp:a.example"], ["xmpp:a.example", "--from", "b.example"],
                  ["tls:a.example:1", *show("b")], ["xmpp:a.example", "--kinds", "--from", "b.example"],
                  ["xmpp:a.example", *show("b", "b\r\nx")]):
    run = probe(*arguments)
    bench.check(arguments, (run.status, run.out), (USAGE, ""))
run = probe("xmpp:a.example", "--cert", bench.file("b.pem"), "--key", bench.file("a.key"), "--from",
            "b.example")
bench.check("key of another", run.status, UNDECIDED)
bench.check_has("key of another", run.err, "can't use the")
bench.write("odd.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII=\n-----END ENCRYPTED PRIVATE KEY-----\n")
run = probe("xmpp:a.example", "--cert", bench.file("b.pem"), "--key", bench.file("odd.key"), "--from",
            "b.example")
bench.check("encrypted key", (run.status, run.out), (UNDECIDED, ""))

bench.finish()
