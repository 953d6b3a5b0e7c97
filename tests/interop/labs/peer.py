#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The peers of a daemon, each with its own certificate and its own address.

usage: peer.py ask   PROTOCOL ADDRESS PORT NAME ...     connect as each; one line says what came of it
       peer.py load  PROTOCOL ADDRESS PORT COUNT NAME ...   connect COUNT times, in turn as each; says how many of each
       peer.py serve PROTOCOL PORT NAME ...             be a server as each; one line for each connection, at once
       peer.py fetch URL ...                            a plain request, whatever the answer
       peer.py options ADDRESS PORT PEER-PORT NAME ...  ask a SIP proxy, by UDP, to go to each

PKI names the folder of the certificates, HOSTS a file as /etc/hosts. A daemon accepts a peer when it goes on to say
something in its own protocol, inside TLS: handshakes alone tell nothing, for some verify after them.
"""
import collections
import hashlib
import hmac
import http.client
import os
import selectors
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.request

PKI = os.environ.get('PKI', '/pki')
PATIENCE = 60


class Refused(Exception):
    """The daemon's answer is no."""


def hosts():
    with open(os.environ['HOSTS'], encoding='ascii') as file:
        return {name: line.split()[0] for line in file for name in line.split()[1:]}


def read(sock, count):
    data = b''
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise Refused('closed')
        data += more
    return data


def line_of(sock):
    data = b''
    while not data.endswith(b'\n'):
        data += read(sock, 1)
    return data.decode('latin-1').strip()


def reply(sock):
    """Of SMTP: its last line."""
    line = line_of(sock)
    while line[3:4] == '-':
        line = line_of(sock)
    return line


def say(sock, text, wanted):
    sock.sendall(text.encode() + b'\r\n')
    answer = reply(sock)
    if not answer.startswith(wanted):
        raise Refused(answer)


def expect(answer, good):
    if not good:
        raise Refused(repr(answer))


# What comes before TLS, when we connect and when we are connected to.

def smtp_hello(sock):
    reply(sock)
    say(sock, 'EHLO peer.test', '2')
    say(sock, 'STARTTLS', '2')


def smtp_answer(sock):
    sock.sendall(b'220 peer ESMTP\r\n')
    line_of(sock)
    sock.sendall(b'250-peer\r\n250 STARTTLS\r\n')
    while not line_of(sock).upper().startswith('STARTTLS'):
        sock.sendall(b'250 ok\r\n')
    sock.sendall(b'220 go on\r\n')


def postgres_hello(sock):
    sock.sendall(struct.pack('!ii', 8, 80877103))
    expect('no TLS', read(sock, 1) == b'S')


def postgres_answer(sock):
    if struct.unpack('!ii', read(sock, 8))[1] == 80877104:  # GSSAPI first
        sock.sendall(b'N')
        read(sock, 8)
    sock.sendall(b'S')


# CLIENT_LONG_PASSWORD, PROTOCOL_41, SSL, SECURE_CONNECTION, PLUGIN_AUTH
MYSQL_FLAGS = 0x1 | 0x200 | 0x800 | 0x8000 | 0x80000


def mysql_packet(number, data):
    return struct.pack('<I', len(data))[:3] + bytes([number]) + data


def mysql_read(sock):
    head = read(sock, 4)
    return read(sock, int.from_bytes(head[:3], 'little'))


def mysql_hello(sock):
    mysql_read(sock)
    sock.sendall(mysql_packet(1, struct.pack('<IIB23x', MYSQL_FLAGS, 1 << 24, 45)))


def mysql_answer(sock):
    flags = MYSQL_FLAGS | 0x1000000
    sock.sendall(mysql_packet(0, b'\x0a10.11.0-MariaDB\0' + struct.pack('<I', 1) + b'12345678\0' +
                              struct.pack('<HBHHB', flags & 0xffff, 45, 2, flags >> 16, 21) + bytes(10) +
                              b'123456789012\0mysql_native_password\0'))
    mysql_read(sock)


# What is said inside TLS; returns when the answer is yes.

def ask_http(sock):
    sock.sendall(b'GET /version HTTP/1.0\r\nHost: verifier.test\r\n\r\n')
    answer = line_of(sock)
    expect(answer, ' 200 ' in answer)


def ask_echo(sock):
    sock.sendall(b'hello\n')
    expect('no echo', line_of(sock) == 'hello')


def ask_redis(sock):
    sock.sendall(b'PING\r\n')
    answer = line_of(sock)
    expect(answer, answer == '+PONG')


def ask_ldap(sock):
    sock.sendall(bytes.fromhex('300c020101600702010304008000'))
    answer = read(sock, 10)
    expect(answer, answer[5] == 0x61 and answer[9] == 0)


def ask_mqtt(sock):
    name = sock.getsockname()[0].encode()
    body = b'\0\4MQTT\4\2\0\x3c' + struct.pack('!H', len(name)) + name
    sock.sendall(bytes([0x10, len(body)]) + body)
    answer = read(sock, 4)
    expect(answer, answer == b'\x20\2\0\0')


def ask_dns(sock):
    query = struct.pack('!HHHHHH', 1, 0x100, 1, 0, 0, 0) + b'\7example\4test\0' + struct.pack('!HH', 6, 1)
    sock.sendall(struct.pack('!H', len(query)) + query)
    answer = read(sock, 14)
    expect(answer, answer[5] & 15 == 0 and answer[8:10] != b'\0\0')


def ask_postgres(sock):
    body = struct.pack('!i', 196608) + b'user\0peer\0database\0postgres\0\0'
    sock.sendall(struct.pack('!i', len(body) + 4) + body)
    kind, length = struct.unpack('!ci', read(sock, 5))
    answer = read(sock, length - 4)
    expect(answer, kind == b'R' and answer == bytes(4))


def ask_mysql(sock):
    sock.sendall(mysql_packet(2, struct.pack('<IIB23x', MYSQL_FLAGS, 1 << 24, 45) +
                              b'peer\0\0mysql_native_password\0'))
    answer = mysql_read(sock)
    if answer[0] == 0xfe:
        sock.sendall(mysql_packet(4, b''))
        answer = mysql_read(sock)
    expect(answer, answer[0] == 0)


def ask_smtp(sock):
    say(sock, 'EHLO peer.test', '2')
    say(sock, 'MAIL FROM:<x@peer.test>', '2')
    say(sock, 'RCPT TO:<root@verifier.test>', '2')


def ask_radius(sock):
    head = struct.pack('!BBH', 12, 1, 38) + os.urandom(16)  # Status-Server, RFC 5997
    mac = hmac.new(b'radsec', head + b'\x50\x12' + bytes(16), hashlib.md5).digest()
    sock.sendall(head + b'\x50\x12' + mac)
    answer = read(sock, 20)
    expect(answer, answer[0] == 2)


def ask_sip(sock):
    sock.sendall(b'OPTIONS sip:verifier.test SIP/2.0\r\nVia: SIP/2.0/TLS peer.test;branch=z9hG4bK1\r\n'
                 b'From: <sip:peer.test>;tag=1\r\nTo: <sip:verifier.test>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n'
                 b'Max-Forwards: 9\r\nContent-Length: 0\r\n\r\n')
    answer = line_of(sock)
    expect(answer, ' 200 ' in answer)


def ask_irc(sock):
    sock.sendall(f'NICK n{time.monotonic_ns() % 10**7}\r\nUSER n 0 * :n\r\n'.encode())
    while True:
        line = line_of(sock)
        if ' 001 ' in line:
            return
        if line.startswith('PING'):
            sock.sendall(line.replace('PING', 'PONG').encode() + b'\r\n')
        if line.startswith('ERROR'):
            raise Refused(line)


def ask_amqp(sock):
    sock.sendall(b'AMQP\0\0\x09\1')
    answer = read(sock, 11)
    expect(answer, answer[0] == 1 and answer[7:11] == b'\0\x0a\0\x0a')


def ask_syslog(sock):
    """There is no answer: the message is in the daemon's file, or the connection ends."""
    # Sent again and again: with OpenSSL rsyslog may not look at what came with the end of the handshake until more comes.
    mark = f'from-{sock.getsockname()[0]}-{time.monotonic_ns()}'
    sock.settimeout(0.1)
    for turn in range(10 * PATIENCE):
        if turn % 10 == 0:
            sock.sendall(f'<14>1 - peer.test t - - - {mark}\n'.encode())
        with open(os.environ['MESSAGES'], encoding='utf-8') as file:
            if mark in file.read():
                return
        try:
            read(sock, 1)
        except TimeoutError:
            pass
    raise TimeoutError


class Protocol:
    def __init__(self, ask, hello=None, answer=None):
        self.ask, self.hello, self.answer = ask, hello or (lambda _: None), answer or (lambda _: None)


PROTOCOLS = {
    'http': Protocol(ask_http), 'echo': Protocol(ask_echo), 'redis': Protocol(ask_redis),
    'ldap': Protocol(ask_ldap), 'mqtt': Protocol(ask_mqtt), 'dns': Protocol(ask_dns),
    'radius': Protocol(ask_radius), 'sip': Protocol(ask_sip), 'irc': Protocol(ask_irc),
    'syslog': Protocol(ask_syslog), 'amqp': Protocol(ask_amqp),
    'postgres': Protocol(ask_postgres, postgres_hello, postgres_answer),
    'mysql': Protocol(ask_mysql, mysql_hello, mysql_answer),
    'smtp': Protocol(ask_smtp, smtp_hello, smtp_answer),
}


def context(name, side, protocol):
    made = ssl.SSLContext(side)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.load_cert_chain(f'{PKI}/{name}.chain', f'{PKI}/{name}.key')
    if side == ssl.PROTOCOL_TLS_SERVER:
        made.num_tickets = 0
    if protocol == 'dns':
        made.set_alpn_protocols(['dot'])  # RFC 9103 7.1
    return made


def connect(protocol, source, target, tls):
    """What a daemon says to a peer. TLS 1.3: the handshake is over before the daemon has read the certificate."""
    with socket.create_connection(target, PATIENCE, (source, 0)) as plain:
        protocol.hello(plain)
        with tls.wrap_socket(plain) as sock:
            protocol.ask(sock)


def outcome(act):
    """One word and why. What the network or a clock did is no verdict."""
    try:
        act()
    except TimeoutError:
        return 'unknown: timeout'
    except ConnectionRefusedError:
        return 'unknown: nobody listens'
    except ssl.SSLError as error:
        return 'refused: ' + (error.reason or 'closed').lower().replace('_', ' ')
    except Refused as error:
        return f'refused: {error}'
    except (ConnectionError, OSError) as error:
        return f'refused: {type(error).__name__}' if isinstance(error, ConnectionError) else f'unknown: {error}'
    return 'accepted'


def ask(protocol, address, port, *names):
    known = hosts()
    for name in names:
        tls = context(name, ssl.PROTOCOL_TLS_CLIENT, protocol)
        print(name, 'inbound', outcome(lambda: connect(PROTOCOLS[protocol], known[name], (address, int(port)), tls)),
              flush=True)


def load(protocol, address, port, count, *names):
    known = hosts()
    contexts = [(known[name], context(name, ssl.PROTOCOL_TLS_CLIENT, protocol)) for name in names]
    seen = collections.Counter()
    for turn in range(int(count)):
        source, tls = contexts[turn % len(contexts)]
        seen[outcome(lambda: connect(PROTOCOLS[protocol], source, (address, int(port)), tls)).split(':')[0]] += 1
    print(' '.join(f'{seen[word]} {word}' for word in ('accepted', 'refused', 'unknown')))


def answer(protocol, tls, plain):
    """Its first words inside TLS say that the daemon accepts us. Goodbye isn't one."""
    plain.settimeout(PATIENCE)
    if protocol in PROTOCOLS:
        PROTOCOLS[protocol].answer(plain)
    with tls.wrap_socket(plain, server_side=True) as sock:
        first = read(sock, 1)
        sock.settimeout(0.2)
        try:
            first += sock.recv(100)
        except TimeoutError:
            pass
        if first.upper().startswith(b'QUIT'):
            raise Refused('quit')


def serve(protocol, port, *names):
    known = hosts()
    waiting = selectors.DefaultSelector()
    told, telling = {}, threading.Lock()

    def one(name, tls, plain):
        """A retry may end in any way, but not better than what was told before."""
        with plain:
            said = outcome(lambda: answer(protocol, tls, plain))
        with telling:  # or two lines become one
            if said.startswith('unknown') or (name in told and (said != 'accepted' or told[name] == 'accepted')):
                return
            told[name] = said
            print(name, 'outbound', said, flush=True)

    for name in names:
        listener = socket.create_server((known[name], int(port)), backlog=100)
        waiting.register(listener, selectors.EVENT_READ, (name, context(name, ssl.PROTOCOL_TLS_SERVER, protocol)))
    while True:
        for key, _ in waiting.select():
            plain, _ = key.fileobj.accept()
            threading.Thread(target=one, args=(*key.data, plain), daemon=True).start()


def fetch(*urls):
    def one(url):
        try:
            urllib.request.urlopen(url, timeout=PATIENCE).read()
        except (OSError, http.client.HTTPException):
            pass

    threads = [threading.Thread(target=one, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def options(address, port, peer_port, *names):
    known = hosts()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for name in names:
            sock.sendto(f'OPTIONS sip:x@{known[name]}:{peer_port};transport=tls SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;'
                        f'branch=z9hG4bK{name}\r\nFrom: <sip:x@peer.test>;tag=1\r\nTo: <sip:x@{name}>\r\n'
                        f'Call-ID: {name}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 9\r\nContent-Length: 0\r\n\r\n'
                        .encode(), (address, int(port)))


if __name__ == '__main__':
    COMMANDS = {'ask': ask, 'load': load, 'serve': serve, 'fetch': fetch, 'options': options}
    if len(sys.argv) < 3 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    COMMANDS[sys.argv[1]](*sys.argv[2:])
