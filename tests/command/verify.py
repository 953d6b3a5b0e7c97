#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""s2sverify verify, and what all subcommands share: options, errors, escapes, colour, JSON."""
import os
import pty
import subprocess

from support import ACCEPTED, REFUSED, UNDECIDED, USAGE, Bench, environment

bench = Bench("command, verify")
bench.make_usual(good="eku=serverAuth san=dns:a.example,srv:_xmpp-server.a.example",
                 client="eku=clientAuth san=dns:a.example",
                 both="eku=serverAuth,clientAuth san=dns:a.example",
                 old="san=dns:a.example not-before=-90d not-after=-1d",
                 soon="san=dns:a.example not-before=-80d not-after=+220h",
                 evil="subject=CN.utf8=a%1B[31mb%0Ac%E2%80%AEd san=dns:a.example",
                 idn="san=dns:xn--bcher-kva.example")
bench.make("self", "san=dns:a.example")


def verify(name, *more, domain="a.example"):
    return bench.run("verify", bench.file(name + "-chain.pem"), "--name", domain, "--cafile",
                     bench.file("root.pem"), *more)


def verdicts(run):
    """(library, direction) -> (reason, whether the stock library accepts)"""
    return {(v["library"], v["direction"]): (v["reason"], v["stock"]["accepted"])
            for v in run.json()["verdicts"]}


# Who accepts what: the problem itself in the first row.
for name, reason, stock in [("good", "none", (True, False, True, True)),
                            ("client", "wrong-purpose", (False, False, True, True)),
                            ("both", "none", (True, False, True, True)),
                            ("old", "expired", (False, False, False, False))]:
    run = verify(name, "--json")
    bench.check(name, run.status, ACCEPTED if reason == "none" else REFUSED)
    bench.check(name, verdicts(run), {("openssl", "outbound"): (reason, stock[0]),
                                      ("openssl", "inbound"): (reason, stock[1]),
                                      ("gnutls", "outbound"): (reason, stock[2]),
                                      ("gnutls", "inbound"): (reason, stock[3])})

# What people read.
run = verify("good")
bench.check("good", (run.status, run.err), (ACCEPTED, ""))
bench.check_has("good", run.out, "s2sverify, OpenSSL    accepted", "s2sverify, GnuTLS     accepted",
                "stock OpenSSL refuses it when it connects: ", "trust anchor",
                "DNS-ID a.example", "SRV-ID _xmpp-server.a.example")
bench.check_clean("good", run.out)
run = verify("soon")
bench.check_has("soon", run.out, ", 9 days")
run = verify("evil")
bench.check_has("evil", run.out, "\\1B[31mb\\0A", "\\xe2\\x80\\xae")
bench.check_clean("evil", run.out)
run = verify("evil", "--json")
bench.check_clean("evil, JSON", run.out, width=None)
run = verify("good", domain="b.example")
bench.check("another name", run.status, REFUSED)
bench.check_has("another name", run.out, "name-mismatch, certificate 0")
bench.check("one of two names", verify("good", "--name", "b.example", domain="c.example").status,
            REFUSED)
bench.check("one of two names", verify("good", "--name", "a.example", domain="c.example").status,
            ACCEPTED)
bench.check("IDN", verify("idn", domain="bücher.example").status, ACCEPTED)

# Options reach the judge.
bench.check("purpose", verify("client", "--purpose", "tls-role").status, REFUSED)
bench.check("at, later", verify("good", "--at", "2044-03-01T00:00:00Z").status, REFUSED)
bench.check_has("at, later", verify("good", "--at", "2044-03-01").out, "2044-03-01T00:00:00Z")
run = verify("old", "--at", "@" + str(int(os.stat(bench.file("old.pem")).st_mtime) - 40 * 86400))
bench.check("at, earlier", run.status, ACCEPTED)
bench.check("protocol", verify("good", "--protocol", "smtp", "--json").json()["protocol"], "smtp")
bench.check("identifiers", verify("both", "--identifiers", "srv").status, REFUSED)
bench.check("policy", verify("both", "--policy", "identifiers=srv revocation=off").status, REFUSED)
bench.check("policy", verify("good", "--policy", "revocation=require").status, REFUSED)
bench.check("policy", verify("both", "--policy", "purpose=server").status, ACCEPTED)
bench.check("backend", set(verdicts(verify("good", "--backend", "gnutls", "--json"))),
            {("gnutls", "outbound"), ("gnutls", "inbound")})
self_signed = bench.run("verify", bench.file("self-chain.pem"), "--name", "a.example", "--cafile",
                        bench.file("root.pem"))
bench.check_has("self-signed", self_signed.out, "refused: self-signed")

# Revocation.
bench.make("rroot", "ca", "revoked", "issuer=rroot san=dns:a.example", "alive",
           "issuer=rroot san=dns:a.example", "-r", "list",
           "issuer=rroot revoked=revoked this-update=-1d next-update=+10d")
for name, reason in [("revoked", "revoked"), ("alive", "none")]:
    run = bench.run("verify", bench.file(name + "-chain.pem"), "--name", "a.example", "--cafile",
                    bench.file("rroot.pem"), "--crl", bench.file("list.crl"), "--json")
    bench.check(name, verdicts(run), {(library, direction): (
        reason, reason == "none" and (library, direction) != ("openssl", "inbound"))
        for library in ("openssl", "gnutls") for direction in ("outbound", "inbound")})
bench.check("revocation required", verify("good", "--revocation", "require").status, REFUSED)

# Errors name the file and the line; nothing of a key is shown.
good = bench.file("good-chain.pem")
with open(good, encoding="ascii") as file:
    pem = file.read()
with open(bench.file("good.key"), encoding="ascii") as file:
    key = file.read()


def complaint(path, *more):
    run = bench.run("verify", path, "--name", "a.example", *more)
    bench.check(path, (run.status, run.out), (UNDECIDED, ""))
    bench.check_clean(path, run.err, width=None)
    return run.err


bench.check_has("missing", complaint("/none\n/x"), "s2sverify: /none\\x0a/x: No such file")
bench.check_has("folder", complaint(bench.folder), bench.folder + ": ")
bench.check_has("key", complaint(bench.file("good.key")), "good.key: there is no PEM certificate")
bench.check_has("cut", complaint(bench.write("cut", "x\n" + pem[:200])), "cut:2: ")
bench.check_has("bad", complaint(bench.write("bad", pem.replace("MII", "M!I", 1))), "bad:1: ")
bench.check_has("nested", complaint(bench.write("nested", pem.replace("-----END CERTIFICATE-----",
                                                                      "-----END X-----", 1))),
                "nested:")
bench.check_has("DER", complaint(bench.write("der", b"0\x82\0\0")), "der: this is not text")
bench.check_has("cafile", complaint(good, "--cafile", bench.file("good.key")), "good.key")
bench.check_has("crl", complaint(good, "--cafile", bench.file("root.pem"), "--crl", "/none"), "/none")
run = bench.run("verify", bench.write("with-key", pem + key), "--name", "a.example", "--cafile",
                bench.file("root.pem"), "--json")
bench.check("a key in the file", run.status, ACCEPTED)
bench.check("a key in the file", key.splitlines()[1] in run.out + run.err, False)

# Usage.
for arguments in [[], ["nothing"], ["verify"], ["verify", good], ["verify", good, good, "--name", "a"],
                  ["verify", good, "--name"], ["verify", good, "--name", "a", "--at", "yesterday"],
                  ["verify", good, "--name", "a", "--at", "2026-02-30"],
                  ["verify", good, "--name", "a", "--protocol", "http"],
                  ["verify", good, "--name", "a", "--policy", "purpose=anything"],
                  ["verify", good, "--name", "a", "--none"],
                  ["verify", good, "--name", "a", "--json=1"]]:
    run = bench.run(*arguments)
    bench.check(arguments, (run.status, run.out), (USAGE, ""))
    bench.check_has(arguments, run.err, "s2sverify: ")
run = bench.run("--help")
bench.check("help", (run.status, run.err), (ACCEPTED, ""))
bench.check_clean("help", run.out)
commands = [line.split()[0] for line in run.out.splitlines() if line.startswith("  ")]
bench.check("help", "verify" in commands, True)
for command in commands:
    run = bench.run(command, "--help")
    bench.check(command, (run.status, run.err), (ACCEPTED, ""))
    bench.check_clean(command, run.out)
    bench.check_has(command, run.out, "usage: s2sverify " + command)
bench.check_has("version", bench.run("--version").out, "s2sverify ")


# Colour on a terminal, if it is wanted.
def on_terminal(**variables):
    main, terminal = pty.openpty()
    env = environment()
    env.update({"TERM": "xterm", **variables})
    subprocess.run([bench.program, "verify", good, "--name", "a.example", "--cafile",
                    bench.file("root.pem")], stdout=terminal, env=env, check=False, timeout=30)
    os.close(terminal)
    text = b""
    try:
        while piece := os.read(main, 4096):
            text += piece
    except OSError:
        pass
    os.close(main)
    return b"\033[32m" in text


bench.check("colour", on_terminal(), True)
bench.check("NO_COLOR", on_terminal(NO_COLOR="1"), False)
bench.check("empty NO_COLOR", on_terminal(NO_COLOR=""), True)
bench.check("dumb", on_terminal(TERM="dumb"), False)
with open("/dev/full", "wb") as full:
    done = subprocess.run([bench.program, "verify", good, "--name", "a.example", "--cafile",
                           bench.file("root.pem")], stdout=full, stderr=subprocess.PIPE,
                          check=False, timeout=30)
bench.check("nowhere to write", done.returncode, UNDECIDED)

bench.finish()
