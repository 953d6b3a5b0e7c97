#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Other people's clients and servers against the examples: each with a good certificate, with one
for clients, and with one for another name, over TLS 1.2 and 1.3. Prints a table; the guide has it.

usage: clients.py GUIDE FOLDER EXAMPLES-DIR MKCERT BACKEND ..."""
import ctypes
import fcntl
import os
import re
import shutil
import smtplib
import socket
import struct
import subprocess
import sys
import threading

from others import SCRIPTS, Front, Program, free_port, play, smtp_on
from stream import Stream
from support import LIMIT, Bench, Server, run_client

HERE = os.path.dirname(os.path.abspath(__file__))
GUIDE, FOLDER = sys.argv[1:3]
bench = Bench("CLIENTS", sys.argv[:1] + sys.argv[3:],
              ["xmpp-receiving-server", "xmpp-initiating-server", "smtp-server", "smtp-client"])
VERSIONS = ("1.2", "1.3")
KINDS = ("server", "client", "other")
LEAVES = {"server": "san=dns:{}.example eku=serverAuth", "client": "san=dns:{}.example eku=clientAuth",
          "other": "san=dns:other.example eku=serverAuth"}
# Theirs is a-*, or b-* as a server. swaks shows no intermediate: direct-* is issued by the root.
bench.certificates(
    us="san=dns:b.example,ip:127.0.0.1", we="san=dns:a.example",
    **{f"{name}-{kind}": LEAVES[kind].format(name) for name in "ab" for kind in KINDS},
    **{f"direct-{kind}": "issuer=root " + LEAVES[kind].format("a") for kind in KINDS})

DOMAIN = "127.0.0.1"  # for XMPP: gnutls-cli asks for the address that it connects to
ELSEWHERE = "user@c.example"
POSTTLS_FINGER = os.path.join(FOLDER, "posttls-finger")


def enter_own_network():
    """A network of nothing but loopback: gnutls-serv listens on every address that there is."""
    new_user, new_network = 0x10000000, 0x40000000
    if ctypes.CDLL(None).unshare(new_network | (new_user if os.geteuid() != 0 else 0)) != 0:
        return False
    set_flags, up = 0x8914, 1
    with socket.socket() as sock:
        fcntl.ioctl(sock, set_flags, struct.pack("16sH22x", b"lo", up))
    return True


def judged(log):
    """The reason in the log, whatever the name is."""
    found = re.search("^(?:trusted|accepted|refused: ([a-z-]+)):", log, re.M)
    return (found[1] or "trusted") if found else "nothing"


class Trial:
    """One connection between another program and ours. What is tried returns what our side decided
    and what the other program saw of it."""

    def __init__(self, backend, version, kind):
        self.backend, self.version, self.kind = backend, version, kind

    def openssl(self, who):
        return ["-tls" + self.version.replace(".", "_"), "-CAfile", bench.file("root.pem"),
                "-cert", bench.file(f"{who}-{self.kind}.pem"), "-cert_chain", bench.file("ca.pem"),
                "-key", bench.file(f"{who}-{self.kind}.key"), "-quiet"]

    def gnutls(self, who):
        return ["--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{self.version}",
                "--x509cafile", bench.file("root.pem"),
                "--x509certfile", bench.file(f"{who}-{self.kind}-chain.pem"),
                "--x509keyfile", bench.file(f"{who}-{self.kind}.key")]

    # ---- they connect --------------------------------------------------------------------------

    def s_client(self, port, *starttls):
        return Program(["openssl", "s_client", "-connect", "127.0.0.1:" + port, *self.openssl("a"),
                        "-verify_return_error", "-verify_hostname", "b.example",
                        "-starttls", *starttls])

    def gnutls_cli(self, port, starttls):
        program = Program(["gnutls-cli", "--starttls-proto=" + starttls, "--port", port,
                           *self.gnutls("a"), "--verify-hostname=b.example", "127.0.0.1"])
        program.skip_to(b"Simple Client Mode:\n\n")
        return program

    def xmpp_server(self):
        return Server([bench.program("xmpp-receiving-server", self.backend),
                       *bench.identity("us"), "-d", DOMAIN, "-e"])

    def smtp_server(self):
        return Server([bench.program("smtp-server", self.backend), *bench.identity("us"),
                       "-d", "b.example", "a.example"])

    @staticmethod
    def end_xmpp(server):
        said, log = server.end()
        is_refused = said.startswith("refused: ")
        return judged(log) if said == "authenticated: a.example" or is_refused else f"{said}, {log}"

    @staticmethod
    def end_smtp(server):
        said, log = server.end()
        if said == "relays for: a.example" or "DNS-ID other.example" in log:
            return f"{judged(log)}, {said}"
        return judged(log) if said == "no relay: " + judged(log) else f"{said}, {log}"

    def over_xmpp(self, connect, *starttls):
        server = self.xmpp_server()
        program = connect(self, server.port, *starttls)
        stream = Stream(program.socket, DOMAIN)
        stream.open(" from='a.example'")
        saw = stream.auth("=")
        text = re.search("<text[^>]*>(.*)</text>", stream.heard)
        if saw == "success":
            stream.open(" from='a.example'")
            stream.say("</stream:stream>\n")
        decided = self.end_xmpp(server)
        program.end()
        return decided, f"{saw}: {text[1]}" if text else saw

    def over_smtp(self, connect, *starttls):
        server = self.smtp_server()
        program = connect(self, server.port, *starttls)
        with smtp_on(program.socket) as smtp:
            smtp.ehlo()
            smtp.mail("")
            code, text = smtp.rcpt(ELSEWHERE)
        decided = self.end_smtp(server)
        program.end()
        return decided, f"{code} {text.decode()}"

    def s_client_xmpp(self):
        return self.over_xmpp(Trial.s_client, "xmpp-server", "-name", DOMAIN)

    def s_client_smtp(self):
        return self.over_smtp(Trial.s_client, "smtp")

    def gnutls_cli_xmpp(self):
        return self.over_xmpp(Trial.gnutls_cli, "xmpp")

    def gnutls_cli_smtp(self):
        return self.over_smtp(Trial.gnutls_cli, "smtp")

    def swaks(self):
        server = self.smtp_server()
        log = subprocess.run(
            ["swaks", "--server", "127.0.0.1", "--port", server.port, "--helo", "client.example",
             "--from", "<>", "--to", ELSEWHERE, "--quit-after", "RCPT", "--tls", "--tls-verify",
             "--tls-protocol", "tlsv1_" + self.version[2:], "--tls-ca-path", bench.file("root.pem"),
             "--tls-cert", bench.file(f"direct-{self.kind}.pem"),
             "--tls-key", bench.file(f"direct-{self.kind}.key")],
            capture_output=True, timeout=LIMIT, encoding="utf-8", check=False).stdout
        saw = re.search(r"RCPT TO.*\n<~\S* +(.*)", log)
        return self.end_smtp(server), saw[1] if saw else log

    def posttls_finger(self):
        """It ends after its second EHLO: it is told nothing but that TLS is up."""
        server = self.smtp_server()
        log = subprocess.run(
            [POSTTLS_FINGER, "-c", "-l", "secure", "-p", "TLSv" + self.version,
             "-F", bench.file("root.pem"), "-k", bench.file(f"a-{self.kind}-chain.pem"),
             "-K", bench.file(f"a-{self.kind}.key"), "[127.0.0.1]:" + server.port, "b.example"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT, encoding="utf-8",
            check=False).stdout
        saw = re.search(f"(Verified TLS connection) established .* TLSv{self.version} ", log)
        return self.end_smtp(server), saw[1] if saw else log

    # ---- we connect ----------------------------------------------------------------------------

    def from_us(self, protocol, port):
        """What our program said, with the log's reason if that refuses."""
        if protocol == "xmpp":
            command = ["xmpp-initiating-server", "-d", "a.example", "-t", "b.example"]
        else:
            command = ["smtp-client", "-m", "b.example", "-r", ELSEWHERE]
        front = Front(protocol, port)
        said, log = run_client([bench.program(command[0], self.backend), *bench.identity("we"),
                                *command[1:]], front.port)
        front.end()
        decided = re.search("^refused: ([a-z-]+)", said)
        return decided[1] if decided and decided[1] == judged(log) else said

    def s_server(self, protocol):
        """It speaks no XMPP and no SMTP: we do, on its standard input and output."""
        port = free_port()
        program = Program(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-naccept", "1",
                           *self.openssl("b"), "-verify", "3"])
        actor = threading.Thread(target=play, args=(program.socket, SCRIPTS[protocol][1]))
        actor.start()
        decided = self.from_us(protocol, port)
        actor.join()
        log = program.end()
        saw = re.search(r"(alert) number (\d+)|verify (error):num=(\d+)", log)
        return decided, " ".join(filter(None, saw.groups())) if saw else log

    def s_server_xmpp(self):
        return self.s_server("xmpp")

    def s_server_smtp(self):
        return self.s_server("smtp")

    def gnutls_serv(self):
        """It sends back what it gets, so our client's EHLO is the answer to itself."""
        port = free_port()
        program = Program(["gnutls-serv", "--echo", "--port", str(port),
                           "--verify-client-cert", *self.gnutls("b")])
        decided = self.from_us("smtp", port)
        log = program.end(is_told_to=True)
        saw = re.search("(?:The certificate is |Error in handshake: )(.*)[.]", log)
        return decided, saw[1] if saw else log


NO_PURPOSE = "Your server's certificate chain does not allow the serverAuth purpose"
XMPP = {"server": ("trusted", "success"),
        "client": ("wrong-purpose", "not-authorized: " + NO_PURPOSE),
        "other": ("name-mismatch", "not-authorized: the certificate is for another name")}
SMTP = {"server": ("trusted, relays for: a.example", "250 2.1.5 fine"),
        "client": ("wrong-purpose", "550 5.7.1 no relay for you: " + NO_PURPOSE),
        "other": ("trusted, no relay: not on the list",
                  "550 5.7.1 no relay for you: Your name is not on our list.")}
FINGER = {kind: (decided, "Verified TLS connection") for kind, (decided, _) in SMTP.items()}


def s_server(good):
    """Error 26 is unsuitable certificate purpose: what stock OpenSSL says of our serverAuth."""
    return {"server": (good, "error 26"),
            "client": ("wrong-purpose", {"openssl": "alert 43", "gnutls": "alert 42"}),
            "other": ("name-mismatch", "alert 42")}


# OpenSSL sends the alert in the clear, where GnuTLS waits for what is encrypted.
HEARD = {"": "A TLS fatal alert has been received", "openssl 1.3": "Decryption has failed"}
GNUTLS_SERV = {"server": ("failed: EHLO client.example", "trusted"),
               "client": ("wrong-purpose", HEARD), "other": ("name-mismatch", HEARD)}

ROWS = [("`openssl s_client`, XMPP", "openssl", Trial.s_client_xmpp, XMPP),
        ("`openssl s_client`, SMTP", "openssl", Trial.s_client_smtp, SMTP),
        ("`gnutls-cli`, XMPP", "gnutls-cli", Trial.gnutls_cli_xmpp, XMPP),
        ("`gnutls-cli`, SMTP", "gnutls-cli", Trial.gnutls_cli_smtp, SMTP),
        ("`swaks`", "swaks", Trial.swaks, SMTP),
        ("`posttls-finger`", POSTTLS_FINGER, Trial.posttls_finger, FINGER),
        ("`openssl s_server`, XMPP", "openssl", Trial.s_server_xmpp,
         s_server("authenticated: b.example")),
        ("`openssl s_server`, SMTP", "openssl", Trial.s_server_smtp,
         s_server("delivered: b.example")),
        ("`gnutls-serv`, SMTP", "gnutls-serv", Trial.gnutls_serv, GNUTLS_SERV)]


def expected(wanted, backend, version):
    decided, saw = wanted
    if isinstance(saw, dict):
        saw = saw.get(f"{backend} {version}") or saw.get(backend) or saw[""]
    return decided, saw


def cell(name, trial, kind, wanted):
    """Tries it in every way; what came of it, in short."""
    decisions, seen = [], []
    for backend in bench.backends:
        for version in VERSIONS:
            try:
                got = trial(Trial(backend, version, kind))
            except Exception as problem:  # pylint: disable=broad-except
                got = "nothing", repr(problem)
            bench.check(f"{name}, {backend}, TLS {version}, {kind}", got,
                        expected(wanted, backend, version))
            decisions.append(got[0])
            seen.append(re.match(r"(?:\d+|[^:]*)", got[1])[0])
    return " or ".join(dict.fromkeys(decisions)) + "; " + " or ".join(dict.fromkeys(seen))


def gnutls_version():
    said = subprocess.run(["gnutls-serv", "--version"], capture_output=True, text=True, check=False,
                          timeout=LIMIT).stdout
    return tuple(int(part) for part in re.search(r"(\d+)\.(\d+)\.(\d+)", said).groups())


def missing():
    """Programs that this machine doesn't have, or can't run."""
    subprocess.run(["sh", os.path.join(HERE, "posttls-finger.sh"), FOLDER], check=False,
                   timeout=LIMIT, stderr=subprocess.DEVNULL)
    gone = {row[1] for row in ROWS if not shutil.which(row[1])}
    if "gnutls-serv" not in gone and gnutls_version() >= (3, 8, 13):
        print("gnutls-serv refuses its clients' serverAuth certificates by itself since 3.8.13")
        gone.add("gnutls-serv")
    return gone if enter_own_network() else gone | {"gnutls-serv"}


def main():
    with open(GUIDE, encoding="utf-8") as file:
        guide = file.read().splitlines()
    gone = missing()
    for name, program, trial, wanted in ROWS:
        if program in gone:
            print(f"*** NOT TRIED: {name} ***")
            continue
        row = [cell(name, trial, kind, wanted[kind]) for kind in KINDS]
        line = f"| {name} | {' | '.join(row)} |"
        print(line, flush=True)
        if set(bench.backends) == {"openssl", "gnutls"}:
            bench.check("the line above stands in the guide", line in guide, True)
    bench.finish()


main()
