#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the manual pages of section 3 from the public headers, whose comments are the manual.

usage: generate.py [--check] ROOT      writes ROOT/doc/man/*.3, or says which of them is out of date
       generate.py --policy ROOT       prints s2sverify-policy(7) with the decision table
"""
import os
import re
import sys

# Page: what it is about, header, headings of the sections of that header (None: all of them).
PAGES = {
    'policy': ('what a peer server must prove', 's2sverify.h', ('policy',)),
    'trust': ('whose signatures count', 's2sverify.h', ('trust',)),
    'peer': ('what one connection showed and claimed', 's2sverify.h', ('peer',)),
    'verdict': ('what was decided about a peer, and why', 's2sverify.h', ('the one question', 'verdict')),
    'xmpp': ('SASL EXTERNAL and dialback between XMPP servers', 's2sverify.h', ('XMPP',)),
    'openssl': ('s2sverify for programs that use OpenSSL', 'openssl.h', None),
    'gnutls': ('s2sverify for programs that use GnuTLS', 'gnutls.h', None),
}
OTHER_PAGES = ('s2sverify-policy(7)', 's2sverify-preload(7)', 's2sverify(1)')


class Item:
    """A function or a group of them, an enum, or a paragraph: a comment and the code below it."""

    def __init__(self, comment, code):
        self.comment, self.code = comment, code

    @property
    def is_enum(self):
        return self.code.startswith('enum ')

    @property
    def names(self):
        return re.findall(r'\b(s2sv_\w+)\(', self.code) if self.code.startswith('S2SV_API') else []


def bare(comment):
    """The text of a comment, lines as they were."""
    text = re.sub(r'^/\*|\*/$', '', comment.strip())
    return '\n'.join(re.sub(r'^ ?\* ?', '', line.strip()) for line in text.split('\n')).strip()


def tokens(text):
    """Comments, and what is between them, without the preprocessor's lines."""
    text = re.sub(r'^[ \t]*#.*\n', '', text, flags=re.M)
    text = re.sub(r'^extern "C" \{\n|^\}\n', '', text, flags=re.M)
    for part in re.split(r'^(/\*.*?\*/)', text, flags=re.M | re.S):
        if part.strip():
            yield part


def parse(path):
    """{heading: [Item]}; None is what comes before the first heading, its first item the head."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    heading, pending, sections = None, None, {None: []}
    for part in tokens(text):
        if not part.startswith('/*'):
            for code in filter(None, (block.strip() for block in re.split(r'\n\s*\n', part))):
                sections[heading].append(Item(pending or '', code))
                pending = None
            continue
        if pending:
            sections[heading].append(Item(pending, ''))
        pending = bare(part)
        found = re.match(r'-{4} (.*?) -{3,}\n?', pending + '\n')
        if found:
            heading = found[1]
            sections[heading] = [Item(pending[found.end():].strip(), '')]
            pending = None
    return sections


# ---- roff ----------------------------------------------------------------------------------------

def escape(text):
    text = text.replace('\\', '\\e').replace('-', '\\-')
    return re.sub(r"^([.'])", r'\\&\1', text, flags=re.M)


def words(text):
    """A comment's text: names of ours in bold, paragraphs and lists as they were."""
    out = []
    for line in text.split('\n'):
        item = re.match(r' *- (.*)', line)
        if item:
            out.append('.IP \\(bu 2')
            line = item[1]
        elif not line.strip():
            out.append('.PP')
            continue
        line = escape(line.strip())
        line = re.sub(r'\b((?:s2sv|SSL|X509|gnutls)_\w+)\(\)', r'\\fB\1\\fR()', line)
        out.append(re.sub(r'\b(S2SV_[A-Z0-9_]+)\b', r'\\fB\1\\fR', line))
    return '\n'.join(out)


def code(text):
    text = re.sub(r'\bS2SV_API |\s*\bS2SV_MUST_USE\b', '', text)
    text = re.sub(r'^/\*.*?\*/\n', '', text, flags=re.M | re.S)
    return '.nf\n\\fB' + escape(text) + '\\fR\n.fi'


def members(enum):
    body = re.search(r'\{(.*)\}', enum, re.S)[1]
    pattern = r'(\w+) = ([-\w]+),?\s*((?:/\*.*?\*/)?)'
    for name, value, comment in re.findall(pattern, body, re.S):
        yield name, value, ' '.join(bare(comment).split())


def enum_text(item):
    out = [f'.SS enum {re.match(r"enum (s2sv_[a-z0-9_]+)", item.code)[1]}', words(item.comment)]
    for name, value, comment in members(item.code):
        out += ['.TP', f'\\fB{name}\\fR ({escape(value)})', words(comment) or '\\&']
    return out


def functions_text(item):
    return ['.TP', ', '.join(f'\\fB{name}\\fR()' for name in item.names), words(item.comment) or '\\&']


def used_enums(items):
    return set(re.findall(r'\benum (s2sv_\w+)', ' '.join(item.code for item in items if not item.is_enum)))


def page(name, about, header, intro, items, version, others):
    functions = [item for item in items if item.names]
    listed = ', '.join([name] + [function for item in functions for function in item.names])
    out = [f'.\\" Made by doc/man/generate.py from include/s2sverify/{header}; don\'t edit it.',
           '.\\" SPDX-License-Identifier: MIT',
           f'.TH {name.upper()} 3 "" "s2sverify {version}" "s2sverify"', '.SH NAME',
           f'{escape(listed)} \\- {escape(about)}', '.SH SYNOPSIS', f'.nf\n\\fB#include <s2sverify/{header}>\\fR\n.fi']
    for item in functions:
        out += ['.PP', code(item.code)]
    out += ['.SH DESCRIPTION', words(intro)]
    for item in items:
        if item.comment and not item.code:
            out += ['.PP', words(item.comment)]
    if functions:
        out.append('.SH FUNCTIONS')
        for item in functions:
            out += functions_text(item)
    enums = [item for item in items if item.is_enum]
    if enums:
        out.append('.SH VALUES')
        for item in enums:
            out += enum_text(item)
    links = [re.sub(r'(.*)\((\d)\)', r'.BR \1 (\2)', escape(link)) for link in others]
    out += ['.SH SEE ALSO', ' ,\n'.join(links)]
    text = '\n'.join(line for line in out if line) + '\n'
    return re.sub(r'(\.SH .*\n)\.PP\n', r'\1', text)


def pages(root):
    """{file name: text}."""
    with open(os.path.join(root, 'meson.build'), encoding='utf-8') as file:
        version = re.search(r"^  version: '(.*?)'", file.read(), re.M)[1]
    headers = {name: parse(os.path.join(root, 'include', 's2sverify', name))
               for name in sorted({header for _, header, _ in PAGES.values()})}
    core = headers['s2sverify.h']
    enums = {re.match(r'enum (\w+)', item.code)[1]: item for item in core[None] if item.is_enum}
    links = ['s2sverify(3)'] + [f's2sverify-{name}(3)' for name in PAGES] + list(OTHER_PAGES)
    made, placed = {}, set()
    for name, (about, header, headings) in PAGES.items():
        sections = headers[header]
        items = [item for heading in sections if headings is None or heading in headings for item in sections[heading]]
        intro = items.pop(0).comment if headings is None else ''
        used = used_enums(items) - placed if headings else ()
        mine = [item for enum, item in enums.items() if enum in used]
        placed |= {re.match(r'enum (\w+)', item.code)[1] for item in mine}
        title = f's2sverify-{name}'
        made[f'{title}.3'] = page(title, about, header, licence_off(intro), items + mine, version,
                                  [link for link in links if link != f'{title}(3)'])
    taken = {heading for _, header, headings in PAGES.values() if headings for heading in headings}
    rest = [item for heading in core if heading not in taken and heading for item in core[heading]]
    rest += [item for enum, item in enums.items() if enum not in placed]
    head = licence_off(core[None][0].comment)
    made['s2sverify.3'] = page('s2sverify', 'one certificate policy for server-to-server TLS', 's2sverify.h', head,
                               rest, version, links[1:])
    return made


def licence_off(text):
    return re.sub(r'^SPDX.*\n\s*', '', text)


# ---- the decision table, section 7 ---------------------------------------------------------------

def breakable(text):
    """Names that are longer than a line may be broken anywhere."""
    return re.sub(r'\S{50,}', lambda match: re.sub(r'(\\.|[^\\]){10}', r'\g<0>\\:', match[0]), text)


def table(root):
    """Each row of doc/decision-table.md as a paragraph."""
    with open(os.path.join(root, 'doc', 'decision-table.md'), encoding='utf-8') as file:
        for line in file.read().split('\n'):
            cells = [cell.strip().replace('\\|', '|') for cell in re.split(r'(?<!\\)\|', line)[1:-1]]
            if line.startswith('## '):
                yield f'.SS "{escape(line[3:])}"'
            elif len(cells) == 4 and cells[0] != 'id' and not cells[0].startswith('--'):
                name, about, source, expectation = (breakable(escape(cell.replace('`', ''))) for cell in cells)
                yield f'.TP\n\\fB{name}\\fR\n{about} ({source}):\n{expectation}.'


def policy(root):
    with open(os.path.join(root, 'doc', 'man', 's2sverify-policy.7.in'), encoding='utf-8') as file:
        return file.read().replace('@TABLE@', '\n'.join(table(root)))


def main():
    arguments = sys.argv[1:]
    mode = arguments.pop(0) if arguments and arguments[0] in ('--check', '--policy') else '--write'
    if len(arguments) != 1:
        sys.exit(__doc__)
    root = arguments[0]
    if mode == '--policy':
        sys.stdout.write(policy(root))
        return 0
    stale = []
    for name, text in pages(root).items():
        path = os.path.join(root, 'doc', 'man', name)
        if os.path.exists(path):
            with open(path, encoding='utf-8') as file:
                if file.read() == text:
                    continue
        stale.append(name)
        if mode == '--write':
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
    if stale and mode == '--check':
        print(f'FAIL: not as the headers say: {" ".join(stale)}\nMake them again: python3 doc/man/generate.py .')
        return 1
    return 0


sys.exit(main())
