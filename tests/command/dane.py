#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""s2sverify connect with TLSA records from zones that Knot DNS signs and serves on loopback, with keys of its own: right
and wrong records, none, an unsigned zone, and an answer that was changed after it was signed; and s2sverify tlsa, whose
lines are what is published. Needs knotd and keymgr (Debian: knot)."""
import atexit
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time

from peers import Example
from support import ACCEPTED, REFUSED, UNDECIDED, USAGE, Bench

examples, backends = sys.argv[3], sys.argv[4:]
bench = Bench("command, dane")
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
knotd, keymgr = (shutil.which(name, path=PATH) for name in ("knotd", "keymgr"))
if not knotd or not keymgr:
    print("\n*** DANE BY A SIGNED ZONE NOT TESTED: there is no knotd or no keymgr (Debian: knot) ***\n")
    sys.exit(77)

bench.make("root", "ca key=p384", "ca", "ca issuer=root eku=serverAuth", "ta", "ca key=p384",
           "good", "issuer=ca san=dns:good.test,dns:none.test,dns:wrong.test,dns:tampered.test,dns:host.plain.test",
           "alone", "san=dns:other.example not-before=-60d not-after=-1d eku=clientAuth",
           "under", "issuer=ta san=dns:xmpp.test", "next", "san=dns:next.test")
root = bench.file("root.pem")


def read(name):
    with open(bench.file(name), encoding="utf-8") as file:
        return file.read()


def digest(name):
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(read(name + ".pem"))).hexdigest()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


# ---- servers ----------------------------------------------------------------------------------------------------

class Tls:
    """Shows a certificate to whoever connects."""

    def __init__(self, certificate):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(bench.file(certificate + "-chain.pem"), bench.file(certificate + ".key"))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            try:
                with self.context.wrap_socket(client, server_side=True) as tls:
                    tls.recv(1)
            except OSError:
                pass


good, alone = Tls("good"), Tls("alone")


# ---- zones ------------------------------------------------------------------------------------------------------

def tlsa_lines(certificate, host, port):
    """What the command says is to be published."""
    run = bench.run("tlsa", bench.file(certificate + "-chain.pem"), "--name", host, "--port", str(port))
    bench.check(f"tlsa for {host}", run.status, ACCEPTED)
    return run.out


def zone(name, *lines):
    head = [f"$ORIGIN {name}.", "$TTL 60", f"@ SOA ns.{name}. root.{name}. 1 600 60 86400 60", f"@ NS ns.{name}.",
            "ns A 127.0.0.1"]
    return "\n".join(head + list(lines)) + "\n"


class Zones:
    """Knot with "test", signed, and "plain.test" below it, which isn't."""

    def __init__(self, *lines, plain=()):
        self.port = free_port()
        os.makedirs(bench.file("knot/db"))
        bench.write("knot/test.zone", zone("test", "plain NS ns.plain.test.", "ns.plain A 127.0.0.1", *lines))
        bench.write("knot/plain.test.zone", zone("plain.test", *plain))
        self.configure("on")
        self.start()
        self.wait_for("RRSIG")
        keys = subprocess.run([keymgr, "-c", self.conf, "test.", "ds"], capture_output=True, check=True, text=True)
        self.anchor = bench.write("anchor", re.sub(r"^test\. DS", "test. IN DS", keys.stdout, flags=re.M))
        self.address = f"127.0.0.1:{self.port}"

    def configure(self, signing):
        folder = bench.file("knot")
        self.conf = bench.write("knot.conf", f"""server:
    listen: 127.0.0.1@{self.port}
    rundir: {folder}
database:
    storage: {folder}/db
policy:
  - id: usual
    algorithm: ecdsap256sha256
template:
  - id: default
    storage: {folder}
    file: "%s.zone"
    journal-content: none
zone:
  - domain: test
    dnssec-signing: {signing}
    dnssec-policy: usual
  - domain: plain.test
""")

    def start(self):
        self.process = subprocess.Popen([knotd, "-c", self.conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        atexit.register(self.stop)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)

    def wait_for(self, word):
        """In the zone as it is written out once it is signed."""
        end = time.time() + 30
        while word not in read("knot/test.zone"):
            if time.time() > end or self.process.poll() is not None:
                sys.exit("knotd doesn't sign the zone")
            time.sleep(0.1)

    def tamper(self, old, new):
        """In an answer that is signed already."""
        self.stop()
        text = read("knot/test.zone")
        bench.check("there is something to tamper with", old.upper() in text.upper(), True)
        bench.write("knot/test.zone", re.sub(old, new, text, flags=re.I))
        self.configure("off")
        self.start()
        time.sleep(1)


spoiled = digest("good")
tampered = hashlib.sha256(b"tampered").hexdigest()
xmpp_port = free_port()
zones = Zones(
    "good A 127.0.0.1", "none A 127.0.0.1", "wrong A 127.0.0.1", "tampered A 127.0.0.1", "self A 127.0.0.1",
    "host A 127.0.0.1",
    tlsa_lines("good", "good.test", good.port), tlsa_lines("alone", "self.test", alone.port),
    f"_{good.port}._tcp.wrong TLSA 3 0 1 {spoiled[:-1]}{int(spoiled[-1], 16) ^ 1:x}",
    f"_{good.port}._tcp.tampered TLSA 3 0 1 {tampered}",
    f"_xmpp-server._tcp.xmpp SRV 0 0 {xmpp_port} host.test.",
    f"_{xmpp_port}._tcp.host TLSA 2 0 1 {digest('ta')}",
    plain=("host A 127.0.0.1", f"_{good.port}._tcp.host TLSA 3 0 1 {tampered}",
           f"_xmpp-server._tcp SRV 0 0 {xmpp_port} host.test."))


# ---- questions --------------------------------------------------------------------------------------------------

def connect(target, *more, anchor=True):
    return bench.run("connect", target, "--cafile", root, "--timeout", "5", "--resolver", zones.address,
                     *(["--trust-anchor", zones.anchor] if anchor else []), *more)


def check(what, target, status, applies, word, dnssec="secure"):
    for by in backends:
        run = connect(target, "--backend", by, "--json")
        bench.check(f"{what}, {by}: status", run.status, status)
        if not run.out:
            bench.check(f"{what}, {by}", run.err, "a report")
            continue
        dane = run.json()["dane"]
        bench.check(f"{what}, {by}", (dane["status"], dane["applies"], dane["verdicts"][0]["reason"]),
                    (dnssec, applies, word))
        bench.check(f"{what}, {by}: accepted", run.json()["accepted"], status == ACCEPTED)
    return connect(target)


run = check("a record that matches", f"tls:good.test:{good.port}", ACCEPTED, True, "none")
bench.check("people read it", re.search("by DANE: accepted, by TLSA 3 1 1\\s+[0-9a-f]{64}", run.out) is not None, True)
bench.check_clean("what people read", run.out, width=0)
check("self-signed, expired, of another name", f"tls:self.test:{alone.port}", ACCEPTED, True, "none")
run = check("a record that doesn't match", f"tls:wrong.test:{good.port}", REFUSED, True, "dane-mismatch")
bench.check("people read that", "by DANE: refused: dane-mismatch" in run.out, True)
run = check("no record", f"tls:none.test:{good.port}", ACCEPTED, False, "no-proof")
bench.check("people read that, too", "there is no TLSA record" in run.out, True)
check("an unsigned zone", f"tls:host.plain.test:{good.port}", ACCEPTED, False, "no-proof", "insecure")
bench.check("without a trust anchor", connect(f"tls:wrong.test:{good.port}", "--json", anchor=False).json()["dane"],
            None)
bench.check("a trust anchor that can't be read",
            bench.run("connect", "tls:good.test:1", "--trust-anchor", bench.file("absent")).status, UNDECIDED)


def check_xmpp(what, domain, status, reason, dnssec):
    for server_by in backends:
        chain = bench.write("sent.pem", read("under.pem") + read("ta.pem"))
        example = Example(examples, "xmpp-receiving-server-" + server_by, "-C", chain, "-K", bench.file("under.key"),
                          "-A", root, "-d", domain)
        relay = Relay(xmpp_port, int(example.address.rsplit(":", 1)[1]))
        run = connect("xmpp:" + domain, "--json")
        relay.close()
        example.end()
        dane = run.json()["dane"]
        bench.check(f"{what}, {server_by}", (run.status, dane["status"], dane["verdicts"][0]["reason"]),
                    (status, dnssec, reason))


class Relay:
    """The example takes a port of the kernel's choice, SRV records have one that was known before."""

    def __init__(self, port, to):
        self.listener = socket.create_server(("127.0.0.1", port))
        self.to = to
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        try:
            client, _ = self.listener.accept()
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", self.to))
        threading.Thread(target=self.pump, args=(client, server), daemon=True).start()
        self.pump(server, client)

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.close()


check_xmpp("XMPP, DANE-TA, a secure SRV record", "xmpp.test", ACCEPTED, "none", "secure")
check_xmpp("XMPP, an SRV record that isn't signed", "plain.test", REFUSED, "no-proof", "insecure")

zones.tamper(tampered, digest("good"))
check("a record that was changed after it was signed", f"tls:tampered.test:{good.port}", REFUSED, True, "dane-bogus",
      "bogus")
check("the others are as they were", f"tls:good.test:{good.port}", ACCEPTED, True, "none")

# ---- many of them -----------------------------------------------------------------------------------------------

targets = {"good.test": ("accepted", None, "accepted"), "self.test": ("accepted", None, "accepted"),
           "wrong.test": ("refused", "dane-mismatch", "dane-mismatch"), "none.test": ("accepted", None, "none"),
           "tampered.test": ("refused", "dane-bogus", "dane-bogus")}
ports = {name: alone.port if name == "self.test" else good.port for name in targets}
listed = bench.write("list", "".join(f"tls:{name}:{ports[name]}\n" for name in targets))
run = bench.run("audit", listed, "--json", "--cafile", root, "--timeout", "5", "--resolver", zones.address,
                "--trust-anchor", zones.anchor)
rows = {row["target"].split(":")[1]: row for row in map(json.loads, run.out.splitlines()) if "target" in row}
for name, wanted in targets.items():
    bench.check(f"audit, {name}", tuple(rows[name][key] for key in ("outcome", "reason", "dane")), wanted)
bench.check("audit: status", run.status, REFUSED)

# ---- what is published ------------------------------------------------------------------------------------------

run = bench.run("tlsa", bench.file("alone.pem"), bench.file("next.pem"), "--name", "x.test", "--port", "25")
bench.check("now and next", (run.status, len(re.findall(r"^_25\._tcp\.x\.test\. IN TLSA 3 1 1 [0-9a-f]{64}$", run.out,
                                                        re.M))), (ACCEPTED, 2))
run = bench.run("tlsa", bench.file("good-chain.pem"), "--name", "x.test")
bench.check("the CA, as a comment", f"; _5269._tcp.x.test. IN TLSA 2 0 1 {digest('ca')}" in run.out, True)
bench.check("no name", bench.run("tlsa", bench.file("alone.pem")).status, USAGE)
bench.check("no file", bench.run("tlsa", "--name", "x.test").status, USAGE)
bench.check("a port that is none", bench.run("tlsa", bench.file("alone.pem"), "--name", "x", "--port", "0").status, USAGE)
bench.check("not a certificate", bench.run("tlsa", bench.file("alone.key"), "--name", "x.test").status, UNDECIDED)
bench.finish()
