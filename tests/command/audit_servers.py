# SPDX-License-Identifier: MIT
"""Many domains on loopback, with a known mix of certificates, over XMPP, SMTP and TLS alone."""
import re
import ssl
import threading

from peers import Names, Server

# Each kind: what mkcert makes, outcome and reason. Each domain of a kind is under it: d7.expired.test.
KINDS = {
    "good": ("issuer=ca eku=serverAuth", "accepted", None),
    "soon": ("issuer=ca eku=serverAuth not-before=-80d not-after=+10d", "accepted", None),
    "both": ("issuer=ca2 eku=serverAuth,clientAuth", "accepted", None),
    "expired": ("issuer=ca eku=serverAuth not-before=-90d not-after=-3d", "refused", "expired"),
    "early": ("issuer=ca eku=serverAuth not-before=+5d not-after=+85d", "refused", "not-yet-valid"),
    "client": ("issuer=ca2 eku=clientAuth", "refused", "wrong-purpose"),
    "self": ("eku=serverAuth", "refused", "self-signed"),
    "strange": ("issuer=other eku=serverAuth", "refused", "untrusted"),
    "misnamed": ("issuer=ca eku=serverAuth san=dns:elsewhere.test", "refused", "name-mismatch"),
    "weak": ("issuer=ca eku=serverAuth key=rsa1024", "refused", "weak-algorithm"),
    "silent": (None, "undecided", "connect"),  # nobody listens
    "unknown": (None, "undecided", "lookup"),  # not in DNS
    "plain": (None, "undecided", "starttls"),  # no STARTTLS
}
SCHEMES = ("xmpp", "smtp", "tls")


def specs():
    """For mkcert."""
    yield from ("root", "ca key=p384", "ca", "ca issuer=root eku=serverAuth", "ca2", "ca issuer=root",
                "other-root", "ca", "other", "ca issuer=other-root")
    for kind, (spec, _, _) in KINDS.items():
        if spec:
            yield kind
            yield spec if "san=" in spec else f"{spec} san=dns:*.{kind}.test"


def kind_of(name):
    return name.split(".")[1]


class Domains:
    """Serves them. most: how many connections there were at a time, to all and to one address."""

    def __init__(self, bench, addresses=("127.0.0.1",)):
        bench.make(*specs())
        self.names = Names()
        self.lock = threading.Lock()
        self.now, self.most = {}, {}
        self.gate = threading.Event()  # cleared: connections are held
        self.gate.set()
        self.contexts = {}
        for kind, (spec, _, _) in KINDS.items():
            if spec:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.set_ciphers("DEFAULT:@SECLEVEL=0")
                context.load_cert_chain(bench.file(kind + "-chain.pem"), bench.file(kind + ".key"))
                self.contexts[kind] = context
        # One context for all: by the name that is asked for it becomes another one.
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_ciphers("DEFAULT:@SECLEVEL=0")
        self.context.load_cert_chain(bench.file("good-chain.pem"), bench.file("good.key"))
        self.context.sni_callback = self.choose
        self.servers = {(scheme, address): Server(self.counted(address, getattr(self, scheme)), address)
                        for scheme in SCHEMES for address in addresses}
        self.addresses = addresses

    def choose(self, connection, name, _):
        if name:
            connection.context = self.contexts[kind_of(name)]

    def counted(self, address, behave):
        """Counts connections as long as they last."""
        def counting(connection):
            self.count(address, 1)
            try:
                self.gate.wait(60)
                behave(connection)
            finally:
                self.count(address, -1)
        return counting

    def count(self, address, step):
        with self.lock:
            for key in (address, "all"):
                self.now[key] = self.now.get(key, 0) + step
                self.most[key] = max(self.most.get(key, 0), self.now[key])

    def add(self, scheme, kind, number):
        """A target, as a list has it."""
        name = f"d{number}.{kind}.test"
        address = self.addresses[number % len(self.addresses)]
        port = 1 if kind == "silent" else self.servers[scheme, address].port
        if kind != "unknown":
            self.names.a(name, address)
        if scheme == "xmpp":
            if kind != "unknown":
                self.names.srv("_xmpp-server", name, 0, 0, port, name)
            return f"xmpp:{name}"
        return f"{scheme}:{name}:{port}"

    def secure(self, connection):
        return self.context.wrap_socket(connection, server_side=True)

    def tls(self, connection):
        self.secure(connection).recv(1)

    def smtp(self, connection):
        connection.sendall(b"220 mail ESMTP\r\n")
        for line in iter(lambda: read_until(connection, rb"\r\n"), b""):
            if line.startswith(b"EHLO") and isinstance(connection, ssl.SSLSocket):
                connection.sendall(b"250 mail\r\n")
            elif line.startswith(b"EHLO"):
                connection.sendall(b"250-mail\r\n250 STARTTLS\r\n")
            elif line.startswith(b"STARTTLS"):
                connection.sendall(b"220 go on\r\n")
                connection = self.secure(connection)
            else:
                connection.sendall(b"221 bye\r\n")

    def xmpp(self, connection):
        opening = read_until(connection, rb"<stream:stream[^>]*>")
        to = re.search(rb"to=['\"]([^'\"]*)", opening)[1].decode()
        header = (f"<?xml version='1.0'?><stream:stream xmlns='jabber:server' id='1' from='{to}' version='1.0' "
                  "xmlns:stream='http://etherx.jabber.org/streams'>").encode()
        if kind_of(to) == "plain":
            connection.sendall(header + b"<stream:features/>")
            return read_until(connection, rb"</stream:stream>")
        connection.sendall(header + b"<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>"
                           b"<required/></starttls></stream:features>")
        read_until(connection, rb"<starttls[^>]*/>")
        connection.sendall(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
        connection = self.secure(connection)
        read_until(connection, rb"<stream:stream[^>]*>")
        connection.sendall(header + b"<stream:features/>")
        return read_until(connection, rb"</stream:stream>")


def read_until(connection, pattern):
    text = b""
    while not re.search(pattern, text):
        more = connection.recv(4096)
        if not more:
            return b""
        text += more
    return text
