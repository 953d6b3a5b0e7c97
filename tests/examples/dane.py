#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The XMPP examples authenticate each other without a public CA, in every pair of TLS libraries: with self-signed
certificates by DANE-EE, and with a private CA by DANE-TA. One octet of a record changes, and they refuse. The SMTP
client goes by the same records."""
import hashlib
import ssl
import subprocess
import sys

from support import Bench, converse

bench = Bench("DANE", sys.argv, ["xmpp-receiving-server", "xmpp-initiating-server", "smtp-server", "smtp-client"])
A, B = "a.example", "b.example"
subprocess.run([bench.mkcert, "-d", bench.scratch.name,
                "root", "ca",
                "ta", "ca key=p384",
                # Self-signed, of no name that matters, expired, and one for clients only.
                "self-a", "subject=CN=a san=dns:x.example not-before=-60d not-after=-1d",
                "self-b", "subject=CN=b san=dns:x.example eku=clientAuth",
                "ta-a", f"issuer=ta san=dns:{A}",
                "ta-b", f"issuer=ta san=dns:{B},dns:mx.{B}",
                "ta-x", "issuer=ta san=dns:x.example"], check=True, timeout=60)


def read(name):
    with open(bench.file(name), encoding="ascii") as file:
        return file.read()


def write(name, text):
    with open(bench.file(name), "w", encoding="ascii") as file:
        file.write(text)
    return bench.file(name)


def der(name):
    return ssl.PEM_cert_to_DER_cert(read(name + ".pem"))


def flip(record):
    """Another last octet."""
    return record[:-2] + f"{int(record[-2:], 16) ^ 1:02x}"


for leaf in ("ta-a", "ta-b", "ta-x"):
    write(leaf + "-sent.pem", read(leaf + ".pem") + read("ta.pem"))
for leaf in ("self-a", "self-b"):
    write(leaf + "-sent.pem", read(leaf + ".pem"))


def ee(name, digest=hashlib.sha256, kind="3 0 1"):
    return f"{kind} {digest(der(name)).hexdigest()}"


TA = "2 0 1 " + hashlib.sha256(der("ta")).hexdigest()
TA_WHOLE = "2 0 0 " + der("ta").hex()


def identity(name, records, is_sent):
    """Who it is, and the records of its peer. The anchors are some CA's that made none of these."""
    chain = name + ("-sent.pem" if is_sent else ".pem")
    options = ["-A", bench.file("root.pem"), "-C", bench.file(chain), "-K", bench.file(name + ".key")]
    if records is None:
        return options
    return options + ["-T", write("records-" + hashlib.sha256(records.encode()).hexdigest()[:8], records + "\n")]


def pair(receiving, initiating, receiver, initiator, of_receiver, of_initiator, is_sent=True):
    return converse(
        [bench.program("xmpp-receiving-server", receiving), *identity(receiver, of_initiator, is_sent), "-d", B],
        [bench.program("xmpp-initiating-server", initiating), *identity(initiator, of_receiver, is_sent),
         "-d", A, "-t", B])


GOOD = (f"authenticated: {A}", f"authenticated: {B}")
NOT_OFFERED = ("refused: no authentication", "refused: EXTERNAL is not offered")


def check_pair(receiving, initiating):
    def check(what, wanted, *arguments, **more):
        bench.check(f"{receiving} receives, {initiating} initiates: {what}",
                    pair(receiving, initiating, *arguments, **more), wanted)

    a, b = ee("self-a"), ee("self-b")
    check("DANE-EE", GOOD, "self-b", "self-a", b, a)
    check("DANE-EE, SHA-512", GOOD, "self-b", "self-a", ee("self-b", hashlib.sha512, "3 0 2"),
          ee("self-a", hashlib.sha512, "3 0 2"))
    check("DANE-EE, an old record beside it", GOOD, "self-b", "self-a", flip(b) + "\n" + b, a + "\n" + flip(a))
    check("an octet of the receiver's record", ("", "refused: dane-mismatch"), "self-b", "self-a", flip(b), a)
    check("an octet of the initiator's record", NOT_OFFERED, "self-b", "self-a", b, flip(a))
    check("no records of the receiver", ("", "refused: self-signed"), "self-b", "self-a", None, a)
    check("no records of the initiator", NOT_OFFERED, "self-b", "self-a", b, None)
    check("DANE-TA", GOOD, "ta-b", "ta-a", TA, TA)
    check("DANE-TA in DNS alone", GOOD, "ta-b", "ta-a", TA_WHOLE, TA_WHOLE, is_sent=False)
    check("an octet of the receiver's TA", ("", "refused: dane-mismatch"), "ta-b", "ta-a", flip(TA), TA)
    check("an octet of the initiator's TA", NOT_OFFERED, "ta-b", "ta-a", TA, flip(TA))
    check("a TA's certificate for another name", ("", "refused: name-mismatch"), "ta-x", "ta-a", TA, TA)
    check("an initiator's for another name", NOT_OFFERED, "ta-b", "ta-x", TA, TA)


def check_mail(serving, sending):
    for what, server, records, wanted in (
            ("DANE-EE", "self-b", ee("self-b"), f"delivered: mx.{B}"),
            ("DANE-EE, an octet", "self-b", flip(ee("self-b")), "refused: dane-mismatch (tlsa-invalid)"),
            ("DANE-TA", "ta-b", TA, f"delivered: mx.{B}"),
            ("DANE-TA, another name", "ta-a", TA, "refused: name-mismatch (certificate-host-mismatch)"),
            ("usage 1 is unusable", "ta-b", ee("ta-b", kind="1 0 1"), "refused: dane-unusable (tlsa-invalid)")):
        _, said = converse(
            [bench.program("smtp-server", serving), *identity(server, None, True), "-d", B],
            [bench.program("smtp-client", sending), *identity("ta-a", records, True),
             "-m", f"mx.{B}", "-r", f"user@{B}"])
        bench.check(f"{serving} serves, {sending} sends: {what}", said, wanted)


for one in bench.backends:
    for another in bench.backends:
        check_pair(one, another)
        check_mail(one, another)
bench.finish()
