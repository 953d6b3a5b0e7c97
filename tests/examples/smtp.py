#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The SMTP examples, in every pair of TLS libraries: right names, wrong names, no certificate."""
import smtplib
import ssl
import sys

from support import LIMIT, Bench, Server, converse

bench = Bench("SMTP", sys.argv, ["smtp-server", "smtp-client"])
bench.certificates(
    mx="san=dns:mx.b.example",
    a="san=dns:mail.a.example",
    other="san=dns:mail.other.example",
    client="san=dns:mail.a.example eku=clientAuth",
    expired="san=dns:mx.b.example not-before=-60d not-after=-1d")

HERE, ELSEWHERE = "user@b.example", "user@c.example"


def server_command(backend, certificate):
    return [bench.program("smtp-server", backend), *bench.identity(certificate),
            "-d", "b.example", "mail.z.example", "mail.a.example"]


def exchange(serving, sending, server, client, recipient):
    """Returns what the server said, and the start of what the client said."""
    said, result = converse(
        server_command(serving, server),
        [bench.program("smtp-client", sending), *bench.identity(client),
         "-m", "mx.b.example", "-r", recipient])
    return said, result.split(" no relay")[0]


def check_pair(serving, sending):
    denied, delivered = "failed: 550 5.7.1", "delivered: mx.b.example"
    for what, server, client, recipient, wanted in (
            ("no certificate", "mx", None, HERE, ("no relay: no-certificate", delivered)),
            ("no certificate, relay", "mx", None, ELSEWHERE,
             ("no relay: no-certificate", denied)),
            ("listed peer", "mx", "a", ELSEWHERE, ("relays for: mail.a.example", delivered)),
            ("peer not listed", "mx", "other", HERE, ("no relay: not on the list", delivered)),
            ("peer not listed, relay", "mx", "other", ELSEWHERE,
             ("no relay: not on the list", denied)),
            ("clientAuth only", "mx", "client", ELSEWHERE, ("no relay: wrong-purpose", denied)),
            ("unknown CA", "mx", "unknown", ELSEWHERE, ("no relay: untrusted", denied)),
            ("wrong MX", "other", "a", HERE,
             ("", "refused: name-mismatch (certificate-host-mismatch)")),
            ("clientAuth-only MX", "client", "a", HERE,
             ("", "refused: wrong-purpose (certificate-not-trusted)")),
            ("expired MX", "expired", "a", HERE, ("", "refused: expired (certificate-expired)")),
            ("MX of an unknown CA", "unknown", "a", HERE,
             ("", "refused: untrusted (certificate-not-trusted)"))):
        bench.check(f"{serving} serves, {sending} sends: {what}",
                    exchange(serving, sending, server, client, recipient), wanted)


def check_clear(serving):
    """Before TLS, and with another implementation's client."""
    server = Server(server_command(serving, "mx"))
    context = ssl.create_default_context(cafile=bench.file("root.pem"))
    context.check_hostname = False
    context.load_cert_chain(bench.file("a-chain.pem"), bench.file("a.key"))
    with smtplib.SMTP("127.0.0.1", int(server.port), "client.example", LIMIT) as smtp:
        smtp.ehlo()
        smtp.mail("")
        bench.check(f"{serving}: in the clear, here", smtp.rcpt(HERE)[0], 250)
        bench.check(f"{serving}: in the clear, relay", smtp.rcpt(ELSEWHERE)[0], 550)
        smtp.starttls(context=context)
        smtp.ehlo()
        smtp.mail("")
        bench.check(f"{serving}: over TLS, relay", smtp.rcpt(ELSEWHERE)[0], 250)
    said, log = server.end()
    bench.check(f"{serving}: who it was", said, "relays for: mail.a.example")
    bench.check(f"{serving}: the verdict is in the log", "DNS-ID mail.a.example" in log, True)


for one in bench.backends:
    for another in bench.backends:
        check_pair(one, another)
    check_clear(one)
bench.finish()
