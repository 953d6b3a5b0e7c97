#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts the row of one release, from what inside.sh left, into a table of a Markdown document.

usage: table.py DOCUMENT RELEASE RESULT ROOTS
"""
import json
import os
import re
import sys

REFERENCE = 'bookworm'


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding='utf-8', errors='replace') as file:
        return file.read().splitlines()


def outcomes(result):
    """Meson writes one line of JSON for each test."""
    found = {'OK': [], 'FAIL': [], 'SKIP': []}
    for line in lines(os.path.join(result, 'testlog.json')):
        test = json.loads(line)
        name = test['name'].split(' / ')[-1]
        found.setdefault({'EXPECTEDFAIL': 'OK', 'TIMEOUT': 'FAIL', 'ERROR': 'FAIL'}.get(test['result'], test['result']),
                         []).append(name)
    return found


def verdicts(result, roots):
    """How many rows of the corpora differ from the reference's."""
    mine = lines(os.path.join(result, 'verdicts'))
    if not mine:
        return 'not run'
    theirs = lines(os.path.join(roots, REFERENCE, 'result', 'verdicts'))
    if result.startswith(os.path.join(roots, REFERENCE) + os.sep):
        return f'{len(mine):,} cases'
    if not theirs:
        return f'{len(mine):,} cases, compared with nothing'
    others = [row.split()[0] for row in sorted(set(mine) ^ set(theirs))]
    if not others:
        return f'{len(mine):,} cases, all the same'
    for name in sorted(set(others)):
        print(f'{name}: another verdict than on {REFERENCE}')
    return f'{len(mine):,} cases, {len(set(others))} other'


def row(release, result, roots):
    facts = dict(line.split('=', 1) for line in lines(os.path.join(result, 'versions')))
    tests = outcomes(result)
    names = ', '.join(f'`{name}`' for name in sorted(tests['FAIL'])) or 'none'
    skipped = ', '.join(f'`{name}`' for name in sorted(tests['SKIP'])) or 'none'
    if not facts or not tests['OK']:
        return f'| {release} | | | | | no | | | | | |'
    return (f'| {release} | {facts["openssl"]} | {facts["gnutls"]} | {facts["compiler"]} | {facts["meson"]} | '
            f'{facts["werror"]} | {facts["suites"]} | {len(tests["OK"])} | {names} | {skipped} | {verdicts(result, roots)} |')


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    document, release, result, roots = sys.argv[1:]
    text = lines(document)
    new = row(release, result, roots)
    old = [i for i, line in enumerate(text) if line.startswith(f'| {release} |')]
    if old:
        text[old[0]] = new
    else:
        last = max(i for i, line in enumerate(text) if line.startswith('|'))
        text.insert(last + 1, new)
    with open(document, 'w', encoding='utf-8') as file:
        file.write('\n'.join(text) + '\n')
    print(new)


main()
