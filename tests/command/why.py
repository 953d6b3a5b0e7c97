#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""s2sverify why: lines that real daemons wrote, and every row of its table.

usage: why.py COMMAND MKCERT CASES CASE-FOLDER [PRELOAD]"""
import glob
import json
import os
import re
import signal
import subprocess
import sys
import time

from support import ACCEPTED, REFUSED, UNDECIDED, USAGE, WRAPPER, Bench, environment

bench = Bench("command, why")
cases, case_folder = sys.argv[3:5]
preload = sys.argv[5] if len(sys.argv) > 5 else None
LOGS = sorted(glob.glob(os.path.join(os.path.dirname(__file__), "logs", "*.log")))


def explain(path, *more):
    """The complaints, and the summary."""
    run = bench.run("why", "--json", *more, path)
    rows = [json.loads(line) for line in run.out.splitlines()]
    bench.check(f"why {path}", (run.err, [row["type"] for row in rows[-1:]]), ("", ["summary"]))
    bench.check(f"why {path}: status", run.status, REFUSED if len(rows) > 1 else ACCEPTED)
    return rows[:-1], rows[-1]


def row_of(entry):
    return entry["program"], entry["pattern"], entry["fault"]


# s2sverify's own lines, as the library and the preloaded one write them just now.
def explained_verdicts():
    """One for each reason that a case expects."""
    reasons = {}
    for path in sorted(glob.glob(os.path.join(case_folder, "*.case"))):
        with open(path, encoding="utf-8") as file:
            for case, reason in re.findall(r"^case (\S+)\n(?:  .*\n)*?  expect +([a-z-]+)", file.read(), re.M):
                reasons.setdefault(reason, case)
    return "".join(subprocess.run([cases, case_folder, case], capture_output=True, text=True, timeout=60,
                                  check=False).stdout for case in reasons.values())


def preloaded():
    """What the preloaded library logs of an expired server, and when it is switched off."""
    bench.make_usual(expired="not-before=-9d not-after=-1d san=dns:expired.test")
    log = bench.file("preload.log")
    server = subprocess.Popen(["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", bench.file("expired.pem"),
                               "-key", bench.file("expired.key"), "-cert_chain", bench.file("expired-chain.pem")],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.PIPE, text=True)
    port = next(re.search(r":(\d+)$", line.strip())[1] for line in server.stdout if line.startswith("ACCEPT"))
    for switch in ("no", "yes"):
        subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", bench.file("root.pem"),
                        "-verify_return_error"], stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False,
                       env={**environment(), "LD_PRELOAD": preload, "S2SVERIFY_LOG": log, "S2SVERIFY_OFF": switch})
    server.kill()
    server.communicate()
    with open(log, encoding="utf-8") as file:
        return file.read()


own = bench.write("own.log", explained_verdicts() + (preloaded() if preload else ""))

# Every row of the table is hit by a real line.
table = [json.loads(line) for line in bench.run("why", "--table", "--json").out.splitlines()]
hit = {row_of(entry) for path in [*LOGS, own] for entry in explain(path)[0]}
stale = [row_of(row) for row in table if row_of(row) not in hit and
         (preload or row["fault"] != "preload-not-armed")]
bench.check("rows that no real line hits", stale, [])
bench.check("rows twice", len({(*row_of(row), row["direction"]) for row in table}), len(table))
bench.check("sides", {row["side"] for row in table}, {"peer", "us", "either", "nobody"})
for row in table:
    bench.check("sentences: " + row["fault"], [row[name][-1:] for name in ("meaning", "advice")], [".", "."])

# Whatever sounds like a complaint about TLS is explained, but for lines that only lead to one that is.
SOUNDS = re.compile(r"certificate.*(error|fail|reject|invalid|not )|(TLS|SSL|handshake).*(error|fail)", re.I)
LEADS = re.compile(r"(SSL_accept error from|SSL_connect error to) \S+: -1$|BIO routines:.*no such file|:system lib:|Failed in all attempts to connect|^== |"
                   r"certificate chain validation result|EVP lib|NULL$|Verify return code: 0|queued stanzas|^#|"
                   r"initialization was aborted|Previous error|Error creating contexts for|CRL|:tls\t\w+\tError|"
                   r"ASN1|asn1|:BIO lib|/var/empty|PKI verification of server certificate failed")
for path in LOGS:
    numbers = {entry["number"] for entry in explain(path)[0]}
    with open(path, encoding="utf-8") as file:
        left = [line for number, line in enumerate(file, 1)
                if number not in numbers and SOUNDS.search(line) and not LEADS.search(line)]
    bench.check("not explained in " + os.path.basename(path), left, [])

# Who it is about, and which way.
about = {}
for path in LOGS:
    for entry in explain(path)[0]:
        about.setdefault((entry["program"], entry["fault"]), set()).add((entry["peer"], entry["direction"]))
for program, fault, peer, direction in (
        ("postfix", "client-purpose-demanded", "serverauth.test", "inbound"),
        ("postfix", "wrong-purpose", "clientauth.test", "outbound"),
        ("postfix", "starttls-not-offered", "no-starttls.test", "outbound"),
        ("openssl", "client-purpose-demanded", "serverauth.test", "inbound"),
        ("openssl", "wrong-purpose", "clientauth.test", "outbound"),
        ("openssl", "peer-knows-no-ca", "alert-unknown-ca.test", "inbound"),
        ("openssl", "peer-knows-no-ca", "alert-unknown-ca.test", "outbound"),
        ("ejabberd", "name-mismatch", "other-name.test", "inbound"),
        ("prosody", "expired", "expired.test", "outbound"),
        ("exim", "certificate-refused", "expired.test", "inbound"),
        ("gnutls", "peer-knows-no-ca", "alert-unknown-ca.test", "outbound")):
    bench.check(f"{program}, {fault}", (peer, direction) in about.get((program, fault), ()), True)
entries, _ = explain(own)
bench.check("own lines: directions", {entry["direction"] for entry in entries} >= {"inbound", "outbound"}, True)
if preload:
    bench.check("preloaded: the peer", [entry["peer"] for entry in entries if "at depth" in entry["line"]],
                ["expired.test"])

# Text: explained once, then counted; from a pipe as from a file.
line = "Nov 28 07:17:21 mx postfix/smtpd[835]: certificate verification failed for {}[192.0.2.1]: certificate has expired\n"
log = bench.write("mail.log", line.format("a.example") * 3 + "something else\n" + line.format("b.example"))
run = bench.run("why", log)
bench.check("text", (run.status, run.err, run.out.count("To do:")), (REFUSED, "", 1))
bench.check_has("text", run.out, "a.example, which connected: expired, the peer's fault", "(explained above)",
                "5 lines, 4 complaints")
bench.check_clean("text", run.out)
with open(log, "rb") as file:
    piped = subprocess.run([*WRAPPER, bench.program, "why"], stdin=file, capture_output=True, timeout=30, check=False)
bench.check("a pipe", (piped.returncode, piped.stdout.decode()), (run.status, run.out))
run = bench.run("why", bench.write("fine.log", "nothing\n"))
bench.check("no complaint", (run.status, run.out), (ACCEPTED, "1 lines, 0 complaints\n"))
bench.check("nothing", bench.run("why", bench.write("empty.log", "")).status, ACCEPTED)
bench.check("no file", bench.run("why", bench.file("none")).status, UNDECIDED)
bench.check("a folder", bench.run("why", bench.folder).status, UNDECIDED)
bench.check("two files", bench.run("why", log, log).status, USAGE)

# What logs hold is the peers' choice.
nasty = b"\x1b[31m\xff\xfe \x00 " + b"x" * 100000 + b" certificate has expired\n" + \
    b"smtpd[1]: verification failed for \x1b[2J\xe2\x80\xae[1]: certificate has expired\n" + b"certificate has expired"
run = bench.run("why", bench.write("nasty.log", nasty))
bench.check("nasty", (run.status, run.err), (REFUSED, ""))
bench.check_clean("nasty", run.out, width=0)


# A log that grows, is rotated, and is cut down.
def follow():
    path = bench.write("grows.log", line.format("first.example"))
    process = subprocess.Popen([*WRAPPER, bench.program, "why", "-f", "--json", path], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env=environment())

    def peer():
        return json.loads(process.stdout.readline())["peer"]

    def append(text):
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)

    seen = [peer()]
    half = line.format("second.example")
    append(half[:40])
    time.sleep(0.6)
    append(half[40:])
    seen.append(peer())
    os.rename(path, path + ".1")
    with open(path + ".1", "a", encoding="utf-8") as file:
        file.write(line.format("late.example"))
    seen.append(peer())
    append(line.format("third.example"))
    seen.append(peer())
    with open(path, "w", encoding="utf-8"):
        time.sleep(0.8)
    append(line.format("fourth.example"))
    seen.append(peer())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    return seen, json.loads(out)["complaints"], err, process.returncode


bench.check("followed", follow(), (["first.example", "second.example", "late.example", "third.example",
                                    "fourth.example"], 5, "", REFUSED))

# Many lines take little time.
many = bench.write("many.log", "".join(line.format(f"peer{number % 500}.example") for number in range(20000)))
started = time.monotonic()
run = bench.run("why", many)
print(f"20,000 complaints in {time.monotonic() - started:.1f} s")
bench.check_has("many", run.out, "20000 lines, 20000 complaints", "peer499.example")
bench.finish()
