#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds a library's symbols against its map and its headers.

usage: symbols.py --so FILE [--static FILE] --map FILE --header FILE... [--borrows FILE...]
                  [--needs PATTERN...] [--nodelete] [--no-state]

--static    its static twin: every global name has our prefix
--header    every function marked S2SV_API in these is exported, and nothing else is
--borrows   headers that declare every s2sv_* that the library takes from another one
--needs     the only libraries that it may be linked to, as regular expressions
--nodelete  the library stays when dlclose() is called
--no-state  the static twin, if there is one, holds no writable data
"""
import argparse
import re
import subprocess
import sys

PREFIXES = ('s2sv_', 'sv_', 'svo_', 'svg_', 'svb_')
# gcc's own, in position-independent code of i386; hidden, and the same in every library.
THUNK = r'__x86\.get_pc_thunk\.\w+'


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def declared(paths):
    names = set()
    for path in paths:
        with open(path) as file:
            text = re.sub(r'/\*.*?\*/', '', file.read(), flags=re.S)
        text = re.sub(r'^\s*#.*$', '', text, flags=re.M)
        names |= set(re.findall(r'S2SV_API[^;]*?\b(s2sv_\w+)\s*\(', text))
    return names


def mapped(path):
    with open(path) as file:
        text = file.read()
    names = set()
    for part in re.findall(r'global:(.*?)(?:local:|})', text, flags=re.S):
        names |= set(re.findall(r'[\w*]+', part))
    return names


def dynamic(path, which):
    """Names and versions of the dynamic symbols; without the version nodes themselves."""
    found = {}
    for line in run('nm', '-D', which, path).splitlines():
        kind, name = line.split()[-2:]
        if kind != 'A':
            name, _, version = name.partition('@')
            found[name] = version.lstrip('@')
    return found


def differ(one, a, other, b):
    return ([f'{name}: in {one}, not in {other}' for name in sorted(a - b)] +
            [f'{name}: in {other}, not in {one}' for name in sorted(b - a)])


def check_exports(so, map_file, headers):
    exported = dynamic(so, '--defined-only')
    bad = differ('the library', set(exported), 'its map', mapped(map_file))
    bad += differ('the library', set(exported), 'its headers', declared(headers))
    bad += [f'{name}: has no version node' for name, version in exported.items()
            if not version.startswith('S2SVERIFY')]
    return bad


def check_borrowed(so, headers):
    taken = {name for name in dynamic(so, '--undefined-only') if name.startswith(PREFIXES)}
    return [f'{name}: taken from the core, but in no header' for name in taken - declared(headers)]


def check_needed(so, patterns):
    needed = re.findall(r'\(NEEDED\).*\[(.*)\]', run('readelf', '-d', so))
    return [f'needs {name}' for name in needed
            if not any(re.fullmatch(pattern, name) for pattern in patterns)]


def check_nodelete(so):
    flags = re.findall(r'\(FLAGS_1\)(.*)', run('readelf', '-d', so))
    return [] if any('NODELETE' in line for line in flags) else ['is linked without -z nodelete']


def check_prefixes(static):
    names = re.findall(r'^[0-9a-f]+ [A-TV-Z] (\S+)$', run('nm', '--extern-only', '--defined-only',
                                                         static), flags=re.M)
    return [f'{name}: a global name without our prefix' for name in sorted(set(names))
            if not name.startswith(PREFIXES) and not re.fullmatch(THUNK, name)]


def check_state(static):
    bad = []
    for line in run('size', '-A', static).splitlines():
        match = re.match(r'(\.(?:bss|data|tbss|tdata)\b(?!\.rel\.ro)\S*)\s+(\d+)', line)
        if match and int(match[2]) > 0:
            bad.append(f'{match[1]}: {match[2]} octets of writable data')
    return bad


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--so', required=True)
    parser.add_argument('--static')
    parser.add_argument('--map', required=True)
    parser.add_argument('--header', nargs='+', required=True)
    parser.add_argument('--borrows', nargs='+')
    parser.add_argument('--needs', nargs='+')
    parser.add_argument('--nodelete', action='store_true')
    parser.add_argument('--no-state', action='store_true')
    args = parser.parse_args()
    bad = check_exports(args.so, args.map, args.header)
    if args.static:
        bad += check_prefixes(args.static)
    if args.borrows:
        bad += check_borrowed(args.so, args.borrows)
    if args.needs:
        bad += check_needed(args.so, args.needs)
    if args.nodelete:
        bad += check_nodelete(args.so)
    if args.static and args.no_state:
        bad += check_state(args.static)
    count = len(declared(args.header))
    if not declared(args.header) or not differ('a', {'x'}, 'b', {'y'}):
        bad.append('this test sees nothing')
    print('\n'.join(bad + [f'{args.so}: {count} functions, {len(bad)} complaints']))
    return 1 if bad else 0


sys.exit(main())
