#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""s2sverify audit: hundreds of domains with a known mix of certificates.

usage: audit.py COMMAND MKCERT [COUNT [PAGE]]

COUNT: how many domains (default: 390); PAGE: where to leave the HTML page."""
import collections
import csv
import io
import json
import re
import resource
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser

from audit_servers import KINDS, SCHEMES, Domains
from support import REFUSED, UNDECIDED, USAGE, WRAPPER, Bench, Run, environment

bench = Bench("command, audit")
COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 130 if WRAPPER else 390
ADDRESSES = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
domains = Domains(bench, ADDRESSES)
page = sys.argv[4] if len(sys.argv) > 4 else bench.file("page.html")

targets, expected = [], {}
for number in range(COUNT):
    kind = list(KINDS)[number % len(KINDS)]
    scheme = "xmpp" if kind == "plain" else SCHEMES[number // len(KINDS) % 3]
    target = domains.add(scheme, kind, number)
    targets.append(target)
    expected[target] = KINDS[kind][1:]
LIST = bench.write("list", "# a comment\n\n" + "".join(f"  {target} \n" for target in targets) +
                   targets[0] + "  # once more\n")
USUAL = ["--cafile", bench.file("root.pem"), "--resolver", domains.names.address, "--timeout", "20"]


def audit(*more, targets_in=LIST):
    """As bench.run(), with time for many."""
    done = subprocess.run([*WRAPPER, bench.program, "audit", targets_in, *USUAL, *more], capture_output=True,
                          timeout=300, env=environment(), check=False, stdin=subprocess.DEVNULL)
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


def held(*more):
    """The most connections that there are, to all and to each address, while none is answered."""
    domains.gate.clear()
    domains.most.clear()
    with subprocess.Popen([*WRAPPER, bench.program, "audit", few, *USUAL, *more], stdout=subprocess.DEVNULL,
                          env=environment()) as process:
        deadline, before = time.monotonic() + 30, None
        while time.monotonic() < deadline and (not before or before != dict(domains.most)):
            before = dict(domains.most)
            time.sleep(1)
        most = dict(domains.most)
        domains.gate.set()
        process.wait(timeout=120)
    return most


def objects(run):
    """The targets by name, and the summary."""
    lines = [json.loads(line) for line in run.out.splitlines()]
    return {line["target"]: line for line in lines if line["type"] == "target"}, lines[-1]


# Everyone is judged as expected, whoever serves it, and the page is written.
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
started, before = time.monotonic(), usage.ru_utime + usage.ru_stime
run = audit("--json", "--html", page, "--per-host", "4")
seconds = time.monotonic() - started
found, summary = objects(run)
bench.check("status", (run.status, run.err), (REFUSED, ""))
bench.check("all of them", sorted(found), sorted(targets))
bench.check("outcomes", {target: (row["outcome"], row["reason"]) for target, row in found.items()},
            expected)
outcomes = collections.Counter(outcome for outcome, _ in expected.values())
reasons = collections.Counter(reason for _, reason in expected.values() if reason)
bench.check("summary", {name: summary[name] for name in ("targets", "accepted", "refused", "undecided")},
            {"targets": COUNT, **outcomes})
bench.check("reasons", summary["reasons"], dict(reasons))
by_kind = collections.Counter(target.split(":")[1].split(".")[1] for target in targets)
bench.check("days left", {span: count for span, count in summary["days_left"].items() if count},
            {"expired": by_kind["expired"], "7 to 13 days": by_kind["soon"],
             "60 to 89 days": sum(by_kind[kind] for kind in KINDS if kind not in
                                  ("expired", "soon", "silent", "unknown", "plain"))})
# Stock OpenSSL asks whoever connects for clientAuth; stock GnuTLS, as applications ask it, doesn't.
for kind, view, wanted in (("good", "openssl-outbound", True), ("good", "openssl-inbound", False),
                           ("good", "gnutls-inbound", True), ("both", "openssl-inbound", True),
                           ("client", "openssl-outbound", False), ("expired", "gnutls-outbound", False)):
    bench.check(f"stock, {kind}, {view}",
                {row["stock_accepts"][view] for target, row in found.items() if f".{kind}." in target
                 if view in row["stock_accepts"] and row["stock_accepts"][view] is not None} or {wanted},
                {wanted})
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{COUNT} domains in {seconds:.1f} s; the processor's time of the command: "
      f"{usage.ru_utime + usage.ru_stime - before:.1f} s")

# Limits hold.
few = bench.write("few", "\n".join(targets[:40]))
bench.check("three at a time, one to each", held("--jobs", "3", "--per-host", "1"),
            {"all": 3, **{address: 1 for address in ADDRESSES}})
bench.check("two to each", held(), {"all": 6, **{address: 2 for address in ADDRESSES}})

# Text, at 80 columns; CSV.
run = audit(targets_in=few)
bench.check("text", (run.status, run.err), (REFUSED, ""))
bench.check_has("text", run.out, "40 targets: ", " days left, TLSv1.3", "expired", "Why not", "Days left",
                "For whom it breaks", "wrong-purpose")
bench.check_clean("text", run.out, width=0)
run = audit("--csv", targets_in=few)
rows = list(csv.DictReader(io.StringIO(run.out)))
bench.check("CSV", {row["target"]: (row["outcome"], row["reason"] or None) for row in rows},
            {target: expected[target] for target in targets[:40]})


# The page: every target, in every browser, with and without script; nothing from elsewhere.
class Page(HTMLParser):
    """What a page holds."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.names, self.in_name = collections.Counter(), [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags[tag] += 1
        self.links += [value for name, value in attrs if name in ("href", "src", "xlink:href", "action")]
        self.in_name = tag == "td" and attributes.get("class") == "name"

    def handle_data(self, data):
        if self.in_name:
            self.names.append(data)
            self.in_name = False


with open(page, encoding="utf-8") as file:
    text = file.read()
parsed = Page(text)
bench.check("page: targets", sorted(parsed.names), sorted(targets))
bench.check("page: nothing from elsewhere", (parsed.links, re.findall(r"url\(|@import|https?:", text)), ([], []))
bench.check("page: charts", parsed.tags["svg"] > 10, True)

# A run that was interrupted goes on where it was, also after half a line.
state = bench.file("state")
process = subprocess.Popen([*WRAPPER, bench.program, "audit", LIST, *USUAL, "--jobs", "2", "--resume", state],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
for _ in range(20):
    process.stdout.readline()
process.send_signal(signal.SIGINT)
_, err = process.communicate(timeout=60)
bench.check("interrupted", process.returncode, REFUSED)
bench.check_has("interrupted", err.decode(), "interrupted: ")
with open(state, encoding="utf-8") as file:
    lines = file.read().splitlines()
bench.check("interrupted: kept", 20 <= len(lines) < COUNT, True)
bench.write("state", "\n".join(lines[:-1]) + "\n" + lines[-1][:30])
run = audit("--json", "--resume", state)
again, summary = objects(run)
bench.check("resumed: only those left", len(again), COUNT - len(lines) + 1)
bench.check("resumed: the summary counts all", (summary["targets"], summary["reasons"]), (COUNT, dict(reasons)))
run = audit("--json", "--resume", state)
bench.check("resumed once more: nothing to do", (run.status, len(objects(run)[0])), (REFUSED, 0))

# What can't be read is named.
run = bench.run("audit", bench.write("wrong", "xmpp:a.test\nnonsense\n"), *USUAL)
bench.check("a wrong line", run.status, UNDECIDED)
bench.check_has("a wrong line", run.err, "wrong:2: ", "nonsense")
bench.check("no file", bench.run("audit", bench.file("none"), *USUAL).status, UNDECIDED)
bench.check("no list", bench.run("audit").status, USAGE)
bench.check("two formats", bench.run("audit", LIST, "--csv", "--json").status, USAGE)
bench.check("nowhere to write", audit("--html", "/nowhere/page", targets_in=bench.write("one", targets[0])).status,
            UNDECIDED)

# Markup in what peers and lists say stays text.
run = bench.run("audit", bench.write("markup", "smtp:<script>alert(1)</script>.test\n"), *USUAL)
bench.check("markup in a list", run.status, UNDECIDED)
bench.finish()
