# SPDX-License-Identifier: MIT
"""Text on a socket, and the initiating side of an XML stream."""
import re


class Talk:
    """Says what it is told to, and hears what it waits for."""

    def __init__(self, sock):
        self.socket = sock
        self.heard = ""

    def say(self, text):
        try:
            self.socket.sendall(text.encode())
        except OSError:
            pass  # the other side has hung up: then we hear nothing

    def hear(self, until):
        """What the other side says next: up to that, or to its end."""
        self.heard = ""
        while not re.search(until, self.heard):
            try:
                piece = self.socket.recv(4096)
            except OSError:
                piece = b""
            if not piece:
                break
            self.heard += piece.decode()
        return self.heard


class Stream(Talk):
    """A server that connects to another one, and believes and checks nothing. It talks in lines,
    because what is between it and the socket may read lines."""

    def __init__(self, sock, to):
        super().__init__(sock)
        self.to = to

    def open(self, sender, to=None):
        self.say("<stream:stream xmlns='jabber:server' "
                 "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' "
                 f"to='{to or self.to}'{sender}>\n")
        return self.hear("</stream:features>|<stream:features/>|</stream:stream>")

    def auth(self, text, mechanism="EXTERNAL"):
        self.say(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='{mechanism}'>"
                 f"{text}</auth>\n")
        return self.answer()

    def answer(self):
        """The condition of a failure, else the name of what the server answers."""
        self.hear("<success[^>]*>|<challenge[^>]*>|</failure>|</stream:stream>")
        found = re.search("<failure[^>]*><([a-z-]+)/>|<([a-z:]+)", self.heard)
        return (found[1] or found[2]) if found else ""
