#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Servers that each do one thing wrong, for daemons to complain about.

usage: bad_peer.py names | certificates | serve PKI | connect PKI xmpp|smtp ADDRESS[:PORT] DOMAIN [PEER ...]

names         prints each peer's address and domain
certificates  prints mkcert's arguments, one a line
serve         listens on port 5269 (XMPP) and 25 (SMTP) of every peer's address until it is killed
connect       connects to a daemon as each peer in turn, or as those named, from that peer's address

TLS is Python's, the certificates are mkcert's; only alerts are written by hand, since no library sends those it has no
reason for.
"""
import base64
import re
import select
import socket
import ssl
import sys
import threading

DEADLINE = 6
OWN = 'ours'

# Certificates of peers that do nothing else wrong.
CERTIFICATES = {
    'good': 'issuer=int eku=serverAuth,clientAuth',
    'serverauth': 'issuer=int',
    'clientauth': 'issuer=int eku=clientAuth',
    'codesigning': 'issuer=int eku=codeSigning',
    'signing-only': 'issuer=int eku=serverAuth,clientAuth ku=cRLSign',
    'expired': 'issuer=int eku=serverAuth,clientAuth not-before=-90d not-after=-1d',
    'not-yet': 'issuer=int eku=serverAuth,clientAuth not-before=+30d not-after=+90d',
    'self-signed': 'eku=serverAuth,clientAuth',
    'strange': 'issuer=strange-int eku=serverAuth,clientAuth',
    'strange-root-sent': 'issuer=strange-root eku=serverAuth,clientAuth',
    'incomplete': 'issuer=int eku=serverAuth,clientAuth',
    'other-name': 'issuer=int eku=serverAuth,clientAuth san=dns:somebody-else.test',
    'no-name': 'issuer=int eku=serverAuth,clientAuth san=absent',
    'revoked': 'issuer=int eku=serverAuth,clientAuth',
    'weak-key': 'issuer=int eku=serverAuth,clientAuth key=rsa1024',
    'sha1': 'issuer=int eku=serverAuth,clientAuth sig=sha1',
    'md5': 'issuer=rsa-int eku=serverAuth,clientAuth sig=md5',
    'not-a-ca': 'issuer=leaf-ca eku=serverAuth,clientAuth',
    'too-long': 'issuer=below-short eku=serverAuth,clientAuth',
    'constrained': 'issuer=constrained-ca eku=serverAuth,clientAuth',
    'client-ca': 'issuer=client-int eku=serverAuth,clientAuth',
    'critical': 'issuer=int eku=serverAuth,clientAuth ext=1.3.6.1.4.1.99999.1:critical:0500',
    'bad-signature': 'issuer=int eku=serverAuth,clientAuth mutate=flip-signature',
    'expired-ca': 'issuer=expired-int eku=serverAuth,clientAuth',
    'bad-extension': 'issuer=int eku=garbage',
    'old-version': 'issuer=int version=1',
}

AUTHORITIES = [
    ('root', 'ca subject=CN=Root,O=Trusted'), ('int', 'ca issuer=root'),
    ('strange-root', 'ca subject=CN=Root,O=Strange'), ('strange-int', 'ca issuer=strange-root'),
    ('rsa-int', 'ca issuer=root key=rsa2048'), ('leaf-ca', 'issuer=int subject=CN=leaf-ca bc=end ku=digitalSignature'),
    ('short', 'ca issuer=root bc=ca:0'), ('below-short', 'ca issuer=short'),
    ('constrained-ca', 'ca issuer=root nc=permitted:dns:elsewhere.test'),
    ('client-int', 'ca issuer=root eku=clientAuth'),
    ('expired-int', 'ca issuer=root not-before=-90d not-after=-1d'),
    (OWN, 'issuer=int eku=serverAuth,clientAuth san=' +
     ','.join(f'dns:{name}.test' for name in ('prosody', 'ejabberd', 'postfix', 'exim'))),
]

# Sent in place of an answer, as if the other side didn't like our certificate or our offers.
ALERTS = {
    'handshake-failure': 40, 'bad-certificate': 42, 'unsupported-certificate': 43, 'certificate-revoked': 44,
    'certificate-expired': 45, 'certificate-unknown': 46, 'illegal-parameter': 47, 'unknown-ca': 48, 'access-denied': 49,
    'decode-error': 50, 'decrypt-error': 51, 'protocol-version': 70, 'insufficient-security': 71, 'internal-error': 80,
    'unrecognized-name': 112, 'certificate-required': 116, 'no-application-protocol': 120,
}

# What else goes wrong: with STARTTLS, the handshake, or afterwards.
MISDEEDS = ['no-starttls', 'refuses-starttls', 'no-certificate', 'closes-early', 'closes-within', 'not-tls', 'old-tls',
            'no-cipher', 'small-dh', 'wants-other-ca', 'wants-other-ca-1.2', 'external-refused', 'stream-error', 'silent']

PEERS = list(CERTIFICATES) + ['alert-' + alert for alert in ALERTS] + MISDEEDS


def domain(peer):
    return peer.replace('.', '-') + '.test'


def address(peer):
    return f'127.0.1.{PEERS.index(peer) + 1}'


class Gone(Exception):
    """Nothing more is to be said."""


class Peer:
    """One peer: its certificate and its way to misbehave."""

    def __init__(self, pki, name):
        self.pki, self.name = pki, name
        self.certificate = name if name in CERTIFICATES else 'good'
        self.alert = ALERTS.get(name.removeprefix('alert-')) if name.startswith('alert-') else None

    def context(self, server):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_ciphers('ALL:@SECLEVEL=0')
        if server or self.name != 'no-certificate':
            context.load_cert_chain(f'{self.pki}/{self.certificate}-chain.pem', f'{self.pki}/{self.certificate}.key')
        if self.name == 'old-tls':
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
        elif self.name == 'no-cipher':
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers('AECDH-NULL-SHA:ADH-AES128-SHA:@SECLEVEL=0')
        elif self.name == 'small-dh':
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(f'{self.pki}/small-dh-rsa-chain.pem', f'{self.pki}/small-dh-rsa.key')
            context.set_ciphers('DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0')
            if server:
                context.load_dh_params(f'{self.pki}/dh1024.pem')
        elif self.name == 'wants-other-ca-1.2':
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        if self.name.startswith('wants-other-ca'):
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(f'{self.pki}/strange-root.pem')
        return context

    def secure(self, sock, server):
        """TLS over sock, or the misdeed that stands in its place."""
        if self.name == 'closes-early':
            raise Gone
        if self.name == 'closes-within':
            self.hello(sock, server)
            raise Gone
        if self.name == 'not-tls':
            sock.sendall(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n' if server
                         else b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
            raise Gone
        if self.name == 'silent':
            select.select([], [], [], DEADLINE)
            raise Gone
        if self.alert:
            self.hello(sock, server)
            sock.sendall(bytes([21, 3, 3, 0, 2, 2, self.alert]))
            sock.settimeout(1)
            sock.recv(4096)
            raise Gone
        return self.context(server).wrap_socket(sock, server_side=server)

    def hello(self, sock, server):
        """Get as far into a handshake as the other side's first flight."""
        if not server:
            context, incoming, outgoing = self.context(False), ssl.MemoryBIO(), ssl.MemoryBIO()
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            try:
                context.wrap_bio(incoming, outgoing).do_handshake()
            except ssl.SSLWantReadError:
                pass
            sock.sendall(outgoing.read())
        sock.recv(16384)


def until(sock, pattern):
    text = b''
    while not re.search(pattern, text):
        more = sock.recv(4096)
        if not more:
            raise Gone
        text += more
    return text


STREAMS = 'http://etherx.jabber.org/streams'
TLS = 'urn:ietf:params:xml:ns:xmpp-tls'
SASL = 'urn:ietf:params:xml:ns:xmpp-sasl'
CONDITIONS = 'urn:ietf:params:xml:ns:xmpp-streams'


def header(sender, to, identity=''):
    return (f"<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='{STREAMS}' "
            f"xmlns:db='jabber:server:dialback' from='{sender}' to='{to}' version='1.0'{identity}>").encode()


def xmpp_server(peer, sock):
    opening = until(sock, rb'<stream:stream[^>]*>')
    other = re.search(rb'from=.([^\'"]*)', opening)[1].decode()
    answer = header(domain(peer.name), other, " id='a1'")
    if peer.name == 'no-starttls':
        sock.sendall(answer + b'<stream:features/>')
        until(sock, rb'</stream:stream>')
        raise Gone
    sock.sendall(answer + f"<stream:features><starttls xmlns='{TLS}'><required/></starttls></stream:features>".encode())
    until(sock, rb'<starttls')
    if peer.name == 'refuses-starttls':
        sock.sendall(f"<failure xmlns='{TLS}'/></stream:stream>".encode())
        raise Gone
    sock.sendall(f"<proceed xmlns='{TLS}'/>".encode())
    sock = peer.secure(sock, True)
    until(sock, rb'<stream:stream[^>]*>')
    if peer.name == 'stream-error':
        sock.sendall(answer + f"<stream:error><policy-violation xmlns='{CONDITIONS}'/><text xmlns='{CONDITIONS}'>Your "
                     "server's certificate is not trusted</text></stream:error></stream:stream>".encode())
        raise Gone
    sock.sendall(answer + f"<stream:features><mechanisms xmlns='{SASL}'><mechanism>EXTERNAL</mechanism></mechanisms>"
                 "</stream:features>".encode())
    until(sock, rb'<auth')
    if peer.name == 'external-refused':
        sock.sendall(f"<failure xmlns='{SASL}'><not-authorized/></failure></stream:stream>".encode())
        raise Gone
    sock.sendall(f"<success xmlns='{SASL}'/>".encode())
    until(sock, rb'<stream:stream[^>]*>')
    sock.sendall(answer + b'<stream:features/>')
    until(sock, rb'</stream:stream>')


def xmpp_client(peer, sock, to):
    opening = header(domain(peer.name), to)
    sock.sendall(opening)
    until(sock, rb'</stream:features>')
    if peer.name == 'no-starttls':
        key = '<db:result from=\'%s\' to=\'%s\'>key</db:result>' % (domain(peer.name), to)
        sock.sendall(key.encode())
        until(sock, rb'</stream:stream>')
        raise Gone
    sock.sendall(f"<starttls xmlns='{TLS}'/>".encode())
    until(sock, rb'<proceed')
    sock = peer.secure(sock, False)
    sock.sendall(opening)
    features = until(sock, rb'</stream:features>|<stream:features/>|</stream:stream>')
    if b'EXTERNAL' in features:
        authzid = base64.b64encode(domain(peer.name).encode()).decode()
        sock.sendall(f"<auth xmlns='{SASL}' mechanism='EXTERNAL'>{authzid}</auth>".encode())
        until(sock, rb'<success|<failure')
    sock.settimeout(1)
    until(sock, rb'</stream:stream>')


def smtp_server(peer, sock):
    lines = sock.makefile('rwb', buffering=0)

    def converse(lines, first):
        while True:
            line = lines.readline()
            if not line:
                raise Gone
            word = line[:4].upper()
            if word == b'EHLO':
                lines.write(b'250-bad.test\r\n' + (b'' if not first or peer.name == 'no-starttls' else b'250-STARTTLS\r\n')
                            + b'250 8BITMIME\r\n')
            elif word == b'STAR' and peer.name != 'refuses-starttls':
                lines.write(b'220 go on\r\n')
                return
            elif word == b'STAR':
                lines.write(b'454 4.7.0 TLS not available due to local problem\r\n')
            elif word == b'DATA':
                lines.write(b'354 go on\r\n')
                while lines.readline() not in (b'.\r\n', b''):
                    pass
                lines.write(b'250 done\r\n')
            elif word == b'QUIT':
                lines.write(b'221 bye\r\n')
                raise Gone
            else:
                lines.write(b'250 ok\r\n')

    lines.write(b'220 bad.test ESMTP\r\n')
    converse(lines, True)
    converse(peer.secure(sock, True).makefile('rwb', buffering=0), False)


def smtp_client(peer, sock, to):
    def say(sock, text):
        if text:
            sock.sendall(text.encode() + b'\r\n')
        return until(sock, rb'(^|\n)\d\d\d [^\n]*\n')

    say(sock, None)
    say(sock, f'EHLO {domain(peer.name)}')
    if peer.name != 'no-starttls':
        say(sock, 'STARTTLS')
        sock = peer.secure(sock, False)
        say(sock, f'EHLO {domain(peer.name)}')
    say(sock, f'MAIL FROM:<x@{domain(peer.name)}>')
    say(sock, f'RCPT TO:<x@{to}>')
    say(sock, 'QUIT')


def quietly(conversation, peer, sock, *rest):
    sock.settimeout(DEADLINE)
    try:
        conversation(peer, sock, *rest)
    except (Gone, OSError, ValueError) as error:
        print(f'{peer.name}: {error!r}', file=sys.stderr)
    finally:
        sock.close()


def serve(pki):
    listeners = {}
    for name in PEERS:
        for port, conversation in ((5269, xmpp_server), (25, smtp_server)):
            listener = socket.create_server((address(name), port))
            listeners[listener] = (conversation, Peer(pki, name))
    while True:
        for listener in select.select(list(listeners), [], [])[0]:
            sock, _ = listener.accept()
            threading.Thread(target=quietly, args=(*listeners[listener], sock), daemon=True).start()


def connect(pki, protocol, to_address, to, *names):
    conversation, port = {'xmpp': (xmpp_client, 5269), 'smtp': (smtp_client, 25)}[protocol]
    to_address, _, other_port = to_address.partition(':')
    for name in names or PEERS:
        sock = socket.create_connection((to_address, int(other_port or port)), DEADLINE, (address(name), 0))
        quietly(conversation, Peer(pki, name), sock, to)


def certificates():
    for name, spec in AUTHORITIES:
        print(f'{name}\n{spec}')
    for name, spec in CERTIFICATES.items():
        print(f'{name}\n{spec}' + ('' if 'san=' in spec else f' san=dns:{domain(name)}'))
    print('small-dh-rsa\nissuer=int eku=serverAuth,clientAuth key=rsa2048 san=dns:small-dh.test')
    print('-r\nrevocations\nissuer=int revoked=revoked')
    print('-r\nroot-revocations\nissuer=root')


def main(arguments):
    if arguments == ['names']:
        for name in PEERS:
            print(address(name), domain(name))
    elif arguments == ['certificates']:
        certificates()
    elif len(arguments) == 2 and arguments[0] == 'serve':
        serve(arguments[1])
    elif len(arguments) >= 5 and arguments[0] == 'connect':
        connect(*arguments[1:])
    else:
        sys.exit(__doc__.strip())


main(sys.argv[1:])
