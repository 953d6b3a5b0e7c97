#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Both XMPP examples authenticate each other by SASL EXTERNAL, in every pair of TLS libraries, and
refuse those who aren't who they say, with the right condition."""
import base64
import re
import socket
import ssl
import sys
import time

from stream import Stream
from support import LIMIT, Bench, Server, converse

bench = Bench("XMPP", sys.argv, ["xmpp-receiving-server", "xmpp-initiating-server"])
bench.certificates(
    a="san=dns:a.example",
    buecher="san=dns:xn--bcher-kva.example",
    other="san=dns:other.example",
    client="san=dns:a.example eku=clientAuth")

A, B = "a.example", "bücher.example"
LIFE = 12  # seconds


def pair(receiving, initiating, receiver, initiator, *options, to=None, eager=()):
    """receiver and initiator are (certificate, domain). Returns what the two said."""
    return converse(
        [bench.program("xmpp-receiving-server", receiving), *bench.identity(receiver[0]),
         "-d", receiver[1], *eager],
        [bench.program("xmpp-initiating-server", initiating), *bench.identity(initiator[0]),
         "-d", initiator[1], "-t", to or receiver[1], *options])


def authenticated(receiver, initiator):
    return f"authenticated: {initiator[1]}", f"authenticated: {receiver[1]}"


def refused(reason):
    return f"refused: {reason}", f"refused: {reason}"


def check_pair(receiving, initiating):
    def check(what, wanted, *arguments, **more):
        bench.check(f"{receiving} receives, {initiating} initiates: {what}",
                    pair(receiving, initiating, *arguments, **more), wanted)

    a, b, impostor = ("a", A), ("buecher", B), ("other", A)
    check("a to bücher", authenticated(b, a), b, a)
    check("bücher to a", authenticated(a, b), a, b)
    check("bücher to a, all in A-labels", authenticated(a, ("", "xn--bcher-kva.example")),
          a, ("buecher", "xn--bcher-kva.example"))
    check("no authzid", authenticated(b, a), b, a, "-a", "")
    check("authzid as an A-label", authenticated(a, b), a, b, "-a", "xn--bcher-kva.example")
    check("authzid of another", refused("invalid-authzid"), b, a, "-a", "other.example")
    check("certificate for another", refused("invalid-mechanism"), b, impostor, "-i")
    check("certificate for another, but offered", refused("not-authorized"), b, impostor,
          eager=["-e"])
    check("certificate for another, gives up",
          ("refused: no authentication", "refused: EXTERNAL is not offered"), b, impostor)
    check("clientAuth only", refused("not-authorized"), b, ("client", A), eager=["-e"])
    check("unknown CA", refused("not-authorized"), b, ("unknown", A), eager=["-e"])
    check("receiver's certificate for another", ("", "refused: name-mismatch"), ("other", B), a)
    check("receiver of an unknown CA", ("", "refused: untrusted"), ("unknown", A), b)
    check("host unknown", ("", "refused: the peer has no features"), b, a, to="c.example")


class RawPeer(Stream):
    """An initiating server that says what it likes."""

    def __init__(self, receiving, certificate, pki=bench):
        self.pki = pki
        self.server = Server([bench.program("xmpp-receiving-server", receiving),
                              *pki.identity("buecher"), "-d", B])
        super().__init__(socket.create_connection(("127.0.0.1", int(self.server.port)), LIMIT), B)
        self.certificate = certificate

    def start_tls(self):
        self.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        self.hear("<proceed[^>]*>")
        context = ssl.create_default_context(cafile=self.pki.file("root.pem"))
        context.check_hostname = False
        if self.certificate:
            context.load_cert_chain(self.pki.file(self.certificate + "-chain.pem"),
                                    self.pki.file(self.certificate + ".key"))
        self.socket = context.wrap_socket(self.socket)

    def end(self):
        self.socket.close()
        return self.server.end()[0]


    def ask_for(self, domain, to=B):
        """Whether we may send for one more domain."""
        self.say(f"<result xmlns='jabber:server:dialback' from='{domain}' to='{to}'>x</result>")
        return re.sub(".* type='([a-z]*)'/>", r"\1", self.hear("<result[^>]*>|</stream:stream>"))


def ready(receiving, certificate="a", sender=f" from='{A}'", pki=bench):
    peer = RawPeer(receiving, certificate, pki)
    peer.open(f" from='{A}'")
    peer.start_tls()
    return peer, "EXTERNAL" in peer.open(sender)


def check_answers(receiving):
    for what, certificate, text, mechanism, wanted in (
            ("not base64", "a", "a=b", "EXTERNAL", "incorrect-encoding"),
            ("a NUL", "a", base64.b64encode(b"a.example\0").decode(), "EXTERNAL",
             "invalid-authzid"),
            ("a user", "a", base64.b64encode(b"x@a.example").decode(), "EXTERNAL",
             "invalid-authzid"),
            ("another mechanism", "a", "=", "PLAIN", "invalid-mechanism"),
            ("no certificate", None, "=", "EXTERNAL", "invalid-mechanism")):
        peer, is_offered = ready(receiving, certificate)
        bench.check(f"{receiving} offers: {what}", is_offered, certificate is not None)
        bench.check(f"{receiving} answers: {what}", peer.auth(text, mechanism), wanted)
        bench.check(f"{receiving} says: {what}", peer.end(), f"refused: {wanted}")


def check_streams(receiving):
    peer, _ = ready(receiving)
    bench.check(f"{receiving}: no text", peer.auth(""), "challenge")
    peer.say("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>")
    bench.check(f"{receiving}: empty response", peer.answer(), "success")
    peer.open(f" from='{A}'")
    bench.check(f"{receiving}: by a challenge", peer.end(), f"authenticated: {A}")

    peer, _ = ready(receiving)
    bench.check(f"{receiving}: success", peer.auth("="), "success")
    bench.check(f"{receiving}: another 'from' after success",
                "<invalid-from" in peer.open(" from='other.example'"), True)
    bench.check(f"{receiving}: nobody is authenticated then", peer.end(), "")

    peer, is_offered = ready(receiving, sender="")
    bench.check(f"{receiving}: no 'from', no EXTERNAL", is_offered, False)
    bench.check(f"{receiving}: no 'from'", peer.auth("="), "invalid-mechanism")
    peer.end()

    peer = RawPeer(receiving, "a")
    bench.check(f"{receiving}: our own name", "<invalid-from" in peer.open(f" from='{B}'"), True)
    peer.end()

    peer = RawPeer(receiving, "a")
    peer.say("<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>")
    bench.check(f"{receiving}: a DTD ends it", peer.hear("never"), "")
    peer.end()

    # What is slipped in before TLS must not count as said over TLS.
    peer = RawPeer(receiving, "a")
    peer.open(f" from='{A}'")
    peer.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><stream:stream to='x'>")
    bench.check(f"{receiving}: injected text", "<stream" in peer.hear("never"), False)
    bench.check(f"{receiving}: nobody is authenticated after it", peer.end(), "")


def check_end(receiving):
    """One stream, two domains, and a certificate that ends."""
    pki = Bench("XMPP", sys.argv, [])
    pki.certificates(buecher="san=dns:xn--bcher-kva.example",
                     a=f"san=dns:{A},dns:second.example not-after=+{LIFE}s")
    end = time.time() + LIFE - 1  # its second may have begun
    peer, _ = ready(receiving, pki=pki)
    bench.check(f"{receiving}: success, for a while", peer.auth("="), "success")
    peer.open(f" from='{A}'")
    bench.check(f"{receiving}: its second domain", peer.ask_for("second.example"), "valid")
    bench.check(f"{receiving}: another's domain", peer.ask_for("other.example"), "invalid")
    bench.check(f"{receiving}: to another host", peer.ask_for("second.example", A), "invalid")
    heard = peer.hear("</stream:stream>")
    bench.check(f"{receiving}: the certificate ends", "<reset" in heard and time.time() >= end, True)
    bench.check(f"{receiving}: who that was", peer.end(),
                f"authenticated: {A}\nauthenticated: second.example\nrefused: other.example\n"
                "refused: second.example")
    pki.scratch.cleanup()


for one in bench.backends:
    for another in bench.backends:
        check_pair(one, another)
    check_answers(one)
    check_streams(one)
    check_end(one)
bench.finish()
