#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs every benchmark and writes doc/performance.md and its plot.

usage: report.py --build DIR [--peers N] [--doc DIR] [--from FILE]

--build  a build folder with buildtype=release and both backends; the benchmarks are built there
--peers  how many peers the storm has (default 10000)
--doc    where performance.md and performance.svg go (default: doc)
--from   don't run anything: what the benchmarks printed is in this file

Takes about ten minutes. Use a machine that is doing nothing else: ratios are of one run, and noise
disturbs both sides alike, but a busy machine still moves them. Needs Debian's python3-matplotlib.
Exit status: 0 every target is met, 1 one isn't (the files are written all the same), 2 nothing could
be measured.
"""
import argparse
import pathlib
import re
import subprocess
import sys

PROGRAMS = ('verify', 'handshake', 'threads', 'match', 'trust', 'storm', 'hostile', 'lists')
BACKENDS = ('openssl', 'gnutls')

LINE = re.compile(
    r'(?P<backend>\w+) (?P<chain>\w+) (?P<what>[\w-]+):'
    r'(?: bare (?P<bare>[\d.]+) us(?: (?P<bare_count>\d+) allocations (?P<bare_bytes>\d+) bytes)?,'
    r' s2sverify (?P<ours>[\d.]+) us(?: (?P<count>\d+) allocations (?P<bytes>\d+) bytes)?,'
    r' ratio (?P<ratio>[\d.e+-]+)'
    r'| (?P<number>[\d.e+-]+) (?P<unit>[^\d<>]+?))'
    r'(?: target (?P<bound>[<>]=) (?P<target>[\d.]+))?$')

CHAINS = {'ecdsa': 'P-256, P-384, P-384', 'rsa': 'RSA-2048, 2048, 4096'}

# What is told of each line: in the order of the tables.
VERIFICATIONS = (('first-contact', 'first contact'),
                 ('new-leaf', 'new leaf, known intermediate'),
                 ('met-before', 'met before'))
HANDSHAKES = (('handshake-first-contact', 'first contact'), ('handshake-met-before', 'met before'))
STORMS = (('storm-room-for-half-round-1', 'room for half of the paths, first round'),
          ('storm-room-for-half-round-2', 'room for half of the paths, second round'),
          ('storm-default-memory-round-1', '65,536 paths remembered, first round'),
          ('storm-default-memory-round-2', '65,536 paths remembered, second round'))
OTHERS = (('ecdsa', 'two-threads-met-before', 'two threads, met before (times one thread)'),
          ('ecdsa', 'two-threads-first-contact', 'two threads, first contact (times one thread)'),
          ('any', 'bytes-per-path', 'memory per remembered path (bytes)'),
          ('system', 'empty-trust-memory', 'memory of an empty trust (bytes)'),
          ('system', 'trust-memory', "the system's anchors in memory (KiB)"),
          ('system', 'trust-memory-of-theirs', "the same, of the library's own"))
LISTS = (('one-list', 'one list'), ('list-1000-times', 'the same list added 1,000 times'),
         ('list-of-60000', 'one list of 60,000 entries'),
         ('128-lists', 'lists of 500 entries for 128 distribution points'),
         ('128-lists-looked-at', 'the same, and each of them looked at'))


def run(build, peers):
    """Everything that the benchmarks print, with progress on stderr."""
    wanted = [f'tests/bench/bench_{p}_{b}' for p in PROGRAMS for b in BACKENDS]
    subprocess.run(['ninja', '-C', str(build), *wanted], check=True, stdout=subprocess.DEVNULL)
    printed = []
    for i, program in enumerate(wanted):
        print(f'[{i + 1}/{len(wanted)}] {program}', file=sys.stderr, flush=True)
        options = [str(peers)] if '_storm_' in program else []
        result = subprocess.run([build / program, *options], check=True, text=True,
                                stdout=subprocess.PIPE)
        print(result.stdout, end='', flush=True)
        printed += result.stdout.splitlines()
    return printed


def parse(lines):
    """{(backend, chain, what): a match's groups}"""
    found = {}
    for line in lines:
        match = LINE.match(line)
        if not match:
            sys.exit(f'report.py: not understood: {line}')
        found[match['backend'], match['chain'], match['what']] = match.groupdict()
    return found


def is_met(row):
    if not row['target']:
        return True
    value, target = float(row['ratio'] or row['number']), float(row['target'])
    return value <= target if row['bound'] == '<=' else value >= target


def relative(row):
    """Our cost over the bare library's, whichever way round the line tells it."""
    ratio = float(row['ratio'])
    return 1 / ratio if row['bound'] == '>=' else ratio


def told(row):
    """A ratio for people: a cost in hundredths, a big gain as "1/426"."""
    cost = relative(row)
    text = f'{cost:.2f}' if cost >= 0.05 else f'1/{1 / cost:.0f}'
    return text if is_met(row) else f'**{text}**'


def target_of(row):
    if not row['target']:
        return ''
    return f'≤ {float(row["target"]):.2f}' if row['bound'] == '<=' else f'≤ 1/{row["target"]}'


def table(head, rows):
    lines = [head, ['---'] * len(head), *rows]
    return '\n'.join('| ' + ' | '.join(line) + ' |' for line in lines) + '\n'


def cost_table(found, kinds, chains):
    rows = []
    for what, name in kinds:
        for chain in chains:
            ours = [found[b, chain, what] for b in BACKENDS]
            rows.append([name, CHAINS[chain], told(ours[0]), told(ours[1]), target_of(ours[0])])
    return table(['what', 'chain', 'OpenSSL', 'GnuTLS', 'target'], rows)


def allocation_table(found):
    rows = []
    for what, name in (*VERIFICATIONS, *((w, 'handshake, ' + n) for w, n in HANDSHAKES)):
        row = [name]
        for backend in BACKENDS:
            one = found[backend, 'ecdsa', what]
            row += [f'{one["bare_count"]}, {int(one["bare_bytes"]) // 1024} KiB',
                    f'{one["count"]}, {int(one["bytes"]) // 1024} KiB']
        rows.append(row)
    return table(['what', 'OpenSSL alone', 'with s2sverify', 'GnuTLS alone', 'with s2sverify'], rows)


def match_table(found):
    rows = []
    for count in (1, 4, 10, 100, 1000):
        ours = [found[b, 'ecdsa', f'match-{count}'] for b in BACKENDS]
        rows.append([f'{count:,}', told(ours[0]), told(ours[1]), target_of(ours[1])])
    return table(['names in the certificate', 'OpenSSL', 'GnuTLS', 'target (GnuTLS)'], rows)


def other_table(found):
    rows = []
    for chain, what, name in OTHERS:
        ours = [found[b, chain, what] for b in BACKENDS]
        target = f'{"≤" if ours[0]["bound"] == "<=" else "≥"} {ours[0]["target"]}' if ours[0]['target'] else ''
        values = [f'{float(o["number"]):.4g}' for o in ours]
        rows.append([name, *(v if is_met(o) else f'**{v}**' for v, o in zip(values, ours)), target])
    load = [found[b, 'system', 'load-trust'] for b in BACKENDS]
    rows.append(["loading the system's anchors (of the library's own)", told(load[0]), told(load[1]),
                 target_of(load[0])])
    return table(['what', 'OpenSSL', 'GnuTLS', 'target'], rows)


def hostile_table(found):
    rows = []
    for backend, chain, what in found:
        if backend == BACKENDS[0] and what.startswith('hostile-'):
            kind = what[len('hostile-'):]
            ours = [found[b, chain, what] for b in BACKENDS]
            row = [kind.replace('-', ' ')]
            for b, one in zip(BACKENDS, ours):
                row += [told(one), target_of(one), told(found[b, chain, 'reading-' + kind]),
                        told(found[b, chain, 'stock-' + kind])]
            rows.append(row)
    return table(['what is shown', 'OpenSSL', 'target', 'to read it', 'alone',
                  'GnuTLS', 'target', 'to read it', 'alone'], rows)


def list_table(found):
    rows = []
    for what, name in LISTS:
        ours = [found[b, 'ecdsa', what] for b in BACKENDS]
        values = [f'{float(o["number"]):.1f}' for o in ours]
        target = f'≤ {ours[0]["target"]}' if ours[0]['target'] else ''
        rows.append([name, *(v if is_met(o) else f'**{v}**' for v, o in zip(values, ours)), target])
    return table(['what the trust has', 'OpenSSL', 'GnuTLS', 'target'], rows)


def first_line(command):
    try:
        return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return 'unknown'


def machine():
    cpu = re.search(r'model name\s*: (.*)', pathlib.Path('/proc/cpuinfo').read_text())
    return (f'{cpu[1] if cpu else "unknown processor"}; OpenSSL '
            f'{first_line(["pkg-config", "--modversion", "openssl"])}, GnuTLS '
            f'{first_line(["pkg-config", "--modversion", "gnutls"])}; '
            f'{first_line(["cc", "--version"])}')


def document(found, peers):
    return f'''# Performance

Every figure is a ratio: the processor time of s2sverify over that of the TLS library alone, doing
the same with the same chain, in turns, in one run. Below 1 is cheaper than the library alone. Of many
rounds the median counts. A target that was missed is in bold. This page and the plot are written by

    meson setup release -Dbuildtype=release && python3 tests/bench/report.py --build release

This run: {machine()}.

![cost relative to the TLS library alone](performance.svg)

## One verification

Reading the certificates, validating the path, comparing one name; with a trust of s2sverify's own.

{cost_table(found, VERIFICATIONS, CHAINS)}
A peer that was met before costs a SHA-256 over its path, reading the certificates, and all the rules;
no signature. A new leaf under an intermediate that was met before costs one signature, where nothing
above it depends on what is below: see `is_reusable()` in `lib/path/recall.c`.

## A whole handshake

Mutual TLS 1.3; the verifying server's part of it, from `SSL_new()` or `gnutls_init()` to the answer
who the peer is.

{cost_table(found, HANDSHAKES, CHAINS)}
## A storm

{peers:,} peers with distinct P-256 leaves under 8 intermediates connect to one server, each once in
each round, in another order. The server's processor time per connection over that of a server
without s2sverify.

{cost_table(found, STORMS, ['ecdsa'])}
A trust remembers 65,536 paths unless `s2sv_trust_set_memory()` says otherwise. Of those that come when
it is full only one of eight takes the place of an old one for good, so that a round of more peers than
it has room for still finds many of them; for the others their intermediates are remembered.

## Hostile peers

What a stranger can make the server compute: whole handshakes in which the client shows up to 64 KiB of
certificates that no CA signed, made to be dear. The server's processor time over that of an honest first
contact (P-256, P-384, P-384) with the TLS library alone; with memory or without, whichever is dearer.
The library alone ends such a handshake; s2sverify was told to record its verdict, so that all of the
handshake is done. "To read it" is a handshake in which nobody looks at the certificates: that much the
TLS library does before anybody is asked. The target is 3; where reading takes more than 1, it is 2 and
that. `hostile --search SECONDS` varies each kind and climbs.

{hostile_table(found)}
## Revocation lists

Microseconds that a verification of a peer that was met before takes longer than without lists. The peer
is on none of them. A list is read and its signature checked once, when it is first needed.

{list_table(found)}
Which serial numbers are on any list is known at a glance; the lists themselves are looked at only for
one that is, or that looks like it, as in the last row, or where revocation is demanded.

## Names

Is the certificate for that name? The name is the last one in it.

{match_table(found)}
## Memory and threads

{other_table(found)}
Of the system's anchors only those are made native, in the TLS library's form, that are ever used.

What two threads get done is told by their own processor time, so that it says what they cost one
another, not what else the machine was doing.

Calls of `malloc()` and what they asked for, P-256 chain:

{allocation_table(found)}'''


def plot(found, path):
    import matplotlib
    matplotlib.use('svg')
    from matplotlib import pyplot
    matplotlib.rcParams.update({'svg.fonttype': 'none', 'svg.hashsalt': 's2sverify', 'font.size': 9})
    kinds = [(what, name) for what, name in VERIFICATIONS]
    kinds += [(what, 'handshake, ' + name) for what, name in HANDSHAKES]
    rows = [(chain, what, f'{name}\n({chain.upper()} chain)') for what, name in kinds for chain in CHAINS]
    figure, axes = pyplot.subplots(figsize=(8, 6))
    for at, (backend, colour) in enumerate(zip(BACKENDS, ('#1b6ca8', '#d98324'))):
        values = [relative(found[backend, chain, what]) for chain, what, _ in rows]
        places = [i + (at - 0.5) * 0.36 for i in range(len(rows))]
        bars = axes.barh(places, values, 0.34, color=colour, label={'openssl': 'OpenSSL', 'gnutls': 'GnuTLS'}[backend])
        axes.bar_label(bars, [told(found[backend, chain, what]).strip('*') for chain, what, _ in rows], padding=3)
    axes.set_yticks(range(len(rows)), [name for _, _, name in rows])
    axes.invert_yaxis()
    axes.set_xscale('log')
    axes.set_xlim(right=3)
    axes.axvline(1, color='black', linewidth=0.8)
    axes.set_xlabel('processor time, relative to the TLS library alone (logarithmic)')
    axes.xaxis.set_major_formatter('{x:g}')
    axes.legend(loc='center', bbox_to_anchor=(0.65, 0.53))
    axes.spines[['top', 'right']].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={'Date': None})


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument('--help', action='store_true')
    parser.add_argument('--build', type=pathlib.Path)
    parser.add_argument('--peers', type=int, default=10000)
    parser.add_argument('--doc', type=pathlib.Path, default=pathlib.Path('doc'))
    parser.add_argument('--from', dest='source', type=pathlib.Path)
    options = parser.parse_args()
    if options.help:
        print(__doc__)
        return 0
    if not options.build and not options.source:
        parser.error('--build is needed')
    if not options.doc.is_dir():
        parser.error(f'{options.doc}: not a folder')
    try:
        lines = options.source.read_text().splitlines() if options.source else run(options.build, options.peers)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f'report.py: {error}', file=sys.stderr)
        return 2
    found = parse(lines)
    (options.doc / 'performance.md').write_text(document(found, options.peers))
    plot(found, options.doc / 'performance.svg')
    missed = [key for key, row in found.items() if not is_met(row)]
    for key in missed:
        print('target missed:', *key, file=sys.stderr)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
