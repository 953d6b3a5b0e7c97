#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The C blocks of the documents compile, the examples compile alone, no relative link is dead, and the
tests that doc/events.md names are there.

A block is the body of a function, or, if it begins with "static", whole functions. "..." stands for what
the reader's program does. What a block doesn't declare is declared in docs_prelude.h.

usage: docs.py ROOT COMPILER...
       docs.py --links FOLDER
"""
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Optimised, so that the compiler also sees what is read and never set.
FLAGS = ['-std=c11', '-D_POSIX_C_SOURCE=200809L', '-Wall', '-Werror', '-O1', '-S', '-o', os.devnull, '-x', 'c', '-']
# Must be caught, in its line 4.
WRONG_BLOCK = ['```c', 'size_t i;', '...', 'if (i == chain_length)', '    fail();', '```']
# A comment or a text, which stay as they are, or "...".
TOKEN = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|\.\.\.', re.S)
LINK = re.compile(r'!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)')


def documents(root):
    found = glob.glob(root + '/*.md') + glob.glob(root + '/doc/**/*.md', recursive=True)
    return sorted(os.path.relpath(path, root) for path in found)


def read_lines(path):
    with open(path, encoding='utf-8') as file:
        return file.read().split('\n')


def blocks(lines):
    """(number of its first line, its lines) of each C block."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and line.strip() == '```c':
            start = number + 1
        elif start is not None and line.strip() == '```':
            yield start, lines[start - 1:number - 1]
            start = None


def program(document, first, lines):
    def is_include(line):
        return line.startswith('#include')
    body = '\n'.join('' if is_include(line) else line for line in lines)
    body = TOKEN.sub(lambda match: 'etc();' if match[0] == '...' else match[0], body)
    head = [line for line in lines if is_include(line)] + ['#include "docs_prelude.h"']
    place = f'#line {first} "{document}"'
    if body.lstrip().startswith('static'):
        names = re.findall(r'^static[^;=]*?(\w+)\(', body, re.M)
        tail = [f'void *use_{name}(void);\nvoid *use_{name}(void) {{ return (void *){name}; }}' for name in names]
        return '\n'.join([*head, place, body, *tail])
    return '\n'.join([*head, 'int block(void);', 'int block(void)', '{', place, body, 'return 0;', '}'])


def library_flags():
    done = subprocess.run(['pkg-config', '--cflags', 'openssl', 'gnutls'], capture_output=True,
                          encoding='utf-8', check=False)
    return done.stdout.split()


def complaint(compiler, document, first, lines):
    done = subprocess.run([*compiler, '-I', HERE, *FLAGS], input=program(document, first, lines),
                          capture_output=True, encoding='utf-8', check=False, timeout=60)
    return '' if done.returncode == 0 else done.stderr or f'{document}:{first}: not compiled\n'


def check_blocks(root, compiler):
    failed = count = 0
    compiler = [*compiler, '-I', root + '/include', *library_flags()]
    [(first, lines)] = blocks(WRONG_BLOCK)
    if 'wrong.md:4' not in complaint(compiler, 'wrong.md', first, lines):
        print('FAIL: a block that reads what is never set compiles')
        failed += 1
    for document in documents(root):
        for first, lines in blocks(read_lines(os.path.join(root, document))):
            count += 1
            errors = complaint(compiler, document, first, lines)
            if errors:
                print(f'FAIL: {document}:{first}: this block doesn\'t compile\n{errors}', end='')
                failed += 1
    print(f'{count} blocks of C compiled, {failed} failed')
    return failed == 0 and count > 0


def check_examples(root, compiler):
    """As somebody does who copies a file: no option but the folder of the headers."""
    failed = 0
    found = sorted(glob.glob(root + '/examples/*.c'))
    for path in found:
        done = subprocess.run([*compiler, '-std=c11', '-Wall', '-Wextra', '-Werror', '-fsyntax-only',
                               '-I', root + '/include', *library_flags(), path],
                              capture_output=True, encoding='utf-8', check=False, timeout=60)
        if done.returncode != 0:
            print(f'FAIL: {os.path.relpath(path, root)} doesn\'t compile alone\n{done.stderr}', end='')
            failed += 1
    print(f'{len(found)} files of examples compiled, {failed} failed')
    return failed == 0 and len(found) > 0


def dead_links(folder, document):
    lines = read_lines(os.path.join(folder, document))
    for number, line in enumerate(lines, 1):
        for target in LINK.findall(line):
            path = os.path.join(folder, os.path.dirname(document), target)
            if '://' not in target and not target.startswith('mailto:') and not os.path.exists(path):
                yield f'{document}:{number}: {target}'


def check_links(folder):
    found = documents(folder)
    count = sum(len(LINK.findall(line)) for document in found for line in read_lines(os.path.join(folder, document)))
    dead = [link for document in found for link in dead_links(folder, document)]
    for link in dead:
        print(f'FAIL: a dead link: {link}')
    print(f'{count} links in {len(found)} documents, {len(dead)} dead')
    return not dead and count > 0


def missing_tests(root, text):
    """What a cell names as `file:test`, or `file`, and isn't a test."""
    for file, _, test in re.findall(r'`((?:openssl|gnutls|property)_\w+|staple)(:(\w+))?`', text):
        pattern = '*/' + file + '.c' if not file.startswith('property_') else file.replace('_', '/', 1) + '.c'
        found = glob.glob(os.path.join(root, 'tests', pattern))
        if not any(re.search(rf'\bcmocka_unit_test\({test}\)', '\n'.join(read_lines(path))) if test else True
                   for path in found):
            yield f'{file}:{test}'


def check_events(root):
    missing = sorted(set(missing_tests(root, '\n'.join(read_lines(root + '/doc/events.md')))))
    if list(missing_tests(root, '`gnutls_reload:none`')) != ['gnutls_reload:none']:
        missing.append('a test that is missing')
    for test in missing:
        print(f'FAIL: doc/events.md: no test {test}')
    return not missing


def main(arguments):
    if len(arguments) == 2 and arguments[0] == '--links':
        return check_links(arguments[1])
    if len(arguments) < 2:
        sys.exit(__doc__)
    root, compiler = arguments[0], arguments[1:]
    return all([check_links(root), check_events(root), check_blocks(root, compiler), check_examples(root, compiler)])


if __name__ == '__main__':
    sys.exit(0 if main(sys.argv[1:]) else 1)
