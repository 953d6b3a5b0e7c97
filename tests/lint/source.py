#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rules that the sources keep, checked by reading them.

usage: source.py ROOT
"""
import glob
import os
import re
import statistics
import subprocess
import sys

MAX_FUNCTION = 80
LIB = 'lib/*.[ch] lib/*/*.[ch]'
BACKENDS = 'backends/*.[ch] backends/*/*.[ch]'
SOURCES = LIB + ' ' + BACKENDS + ' tests/*/*.[ch] tools/*/*.[ch] examples/*.[ch]'
# Rooms of the core, the highest first: an include runs to the same floor or a lower one.
ROOMS = ['', 'path', 'rules', 'names', 'x509']

# Where, except where, what must not stand there, a line that must be caught, and why.
FORBIDDEN = [
    (BACKENDS, None,
     r'X509_check_(host|ip|email|purpose)|X509_VERIFY_PARAM_set1_(host|ip|email)|SSL_set1_host|'
     r'SSL_add1_host|gnutls_x509_crt_(check_hostname|check_email|check_ip|get_subject_alt)|'
     r'gnutls_session_set_verify_cert\b|gnutls_certificate_verify_peers[23]|GNUTLS_DT_DNS_HOSTNAME|'
     r'GNUTLS_DT_IP_ADDRESS',
     '    return X509_check_host(x, name, 0, 0, NULL);', 'names are the core\'s to match'),
    (BACKENDS, 'peers.c', r'gnutls_certificate_verify_peers\b',
     '    gnutls_certificate_verify_peers(session, data, 1, &status);',
     'what GnuTLS builds a path to is a second opinion, in peers.c'),
    (BACKENDS, 'lock.c',
     r'X509_PURPOSE_|X509_TRUST_|X509_check_trust|NID_ext_key_usage|NID_server_auth|'
     r'X509_get_extended_key_usage|X509_get_key_usage|X509_VERIFY_PARAM_set_(purpose|trust)|'
     r'SSL_(CTX_)?set_(purpose|trust)|gnutls_x509_crt_(check_key_purpose|get_key_purpose|'
     r'get_key_usage)|GNUTLS_KP_|GNUTLS_DT_KEY_PURPOSE_OID',
     '    SSL_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER);',
     'a purpose is named in lock.c only: the second lock'),
    (BACKENDS, None, r'gnutls_global_set_time_function|OPENSSL_config|SSL_library_init',
     '    gnutls_global_set_time_function(f);', 'the process is the application\'s'),
    (LIB, None, r'#\s*include\s*<(openssl|gnutls|nettle|gcrypt)/', '#include <openssl/ssl.h>',
     'the core knows no TLS library'),
    (LIB, None,
     r'\b(v?f?printf|puts|fputs|putchar|perror|syslog)\s*\(|\bstd(err|out|in)\b',
     '    fprintf(stderr, "x");', 'the core prints nothing'),
    (LIB, None,
     r'\b(secure_)?getenv\b|\bf?open(at|dir)?\s*\(|\bfread\s*\(|\bsetlocale\b|\bgetaddrinfo\b',
     '    f = fopen(path, "r");', 'the core reads no file, no environment, no DNS'),
    (LIB, None, r'\b(time|gettimeofday|clock_gettime|clock)\s*\((?!void)(NULL|&|CLOCK)',
     '    int64_t now = time(NULL);', 'the core has no clock'),
    (LIB, None, r'\b_Thread_local\b|\b__thread\b|\bpthread_(key_create|once)\b',
     'static _Thread_local int x;', 'the core keeps no state of its own'),
    (LIB + ' ' + BACKENDS, None, r'\b(abort|exit|_exit|assert)\s*\(', '    abort();',
     'a library never ends the process'),
    (LIB + ' ' + BACKENDS, None,
     r'\b(strcat|sprintf|vsprintf|gets|strtok|atoi|alloca)\s*\(', '    sprintf(a, "x");',
     'unbounded, or not reentrant'),
    (SOURCES, None, r'== NULL\b|\bNULL ==', '    if (x == NULL)', 'a pointer is tested by "!x"'),
    (SOURCES, None,
     r'!= NULL( (&&|\|\|)|\)* \?)|(&&|\|\|) [^ ()]+ != NULL|\b(if|while) \([^()]+ != NULL\)',
     '    if (x != NULL && y)', 'a pointer is tested by "x"; "x != NULL" makes a number of it'),
    (SOURCES, None, r'^(?!#).*\bsizeof\(\*?[a-z]\w*(?<!_t)(?<!int)(?<!char)(?<!long)(?<!void)(?<!short)'
     r'(?<!double)(?<!unsigned)(?<!numbers)(?<!literal)\)(?!.*\\$)', '    n = sizeof(buffer);',
     '"sizeof x"; parentheses are for types'),
    (LIB + ' ' + BACKENDS + ' include/*/*.h tests/*/*.[ch] examples/*.[ch]', None,
     r'\b(TODO|FIXME|XXX)\b', '/* TODO: more */', 'finish it, or file an issue'),
]

# The stable names that programs and scripts were promised.
PROMISED = '''none no-certificate malformed-certificate malformed-extension
unsupported-critical-extension untrusted self-signed bad-signature weak-algorithm expired
not-yet-valid revoked revocation-unknown not-a-ca constraint-violated wrong-purpose wrong-key-usage
limit-exceeded name-mismatch no-usable-name invalid-reference application internal-error'''.split()

complaints = []


def complain(where, what):
    complaints.append(f'{where}: {what}')


def files(patterns):
    for pattern in patterns.split():
        yield from sorted(glob.glob(pattern))


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def without_comments(text):
    """Comments become blanks; lines stay where they are."""
    blank = lambda match: re.sub(r'[^\n]', ' ', match[0])
    return re.sub(r'/\*.*?\*/', blank, text, flags=re.S)


def check_forbidden():
    for patterns, exception, regex, sample, why in FORBIDDEN:
        if not re.search(regex, sample):
            complain('source.py', f'the rule "{why}" does not catch its sample')
        in_comments = 'TODO' in regex
        for path in files(patterns):
            if os.path.basename(path) == exception:
                continue
            text = read(path) if in_comments else without_comments(read(path))
            for number, line in enumerate(text.splitlines(), 1):
                match = re.search(regex, line)
                if match:
                    complain(f'{path}:{number}', f'{match[0].strip()}: {why}')


LATE = '''int f(void)
{
    int status;

    g();
    status = h();
    return status;
}'''


def late(text):
    """(line, name) of variables that are declared above, and get their first value in a statement of their own."""
    lines = without_comments(text).splitlines()
    for number, line in enumerate(lines):
        declared = re.match(r'    (?!return|goto)(?:[A-Za-z_]\w* )*[A-Za-z_]\w* \*?(\w+);$', line)
        if not declared:
            continue
        start = number
        while start > 0 and lines[start].startswith('    '):
            start -= 1
        if lines[start] != '{':
            continue
        body = lines[number + 1:]
        body = body[:next((i for i, l in enumerate(body) if l.startswith('}')), 0)]
        if any(re.match(r'\w+:$|    switch', l) for l in body):
            continue # a jump would pass it
        first = next((l for l in body if re.search(rf'(?<![\w.>]){declared[1]}\b', l)), '')
        if re.match(rf'    (for \()?{declared[1]} = ', first):
            yield number + 1, declared[1]


def check_declarations():
    if [name for _, name in late(LATE)] != ['status']:
        complain('source.py', 'late() does not catch its sample')
    for path in files(SOURCES):
        if path.endswith('.c'):
            for number, name in late(read(path)):
                complain(f'{path}:{number}', f'{name} is declared where it gets its value')


def static_names(text):
    return set(re.findall(r'^static (?!const |struct .*[=;{]$)[^\n;=]*?\b(\w+)\([^;]*$', text, re.M)) - {'STACK_OF'}


def check_static_names():
    """A breakpoint, or a line of a log, says where."""
    if static_names('static int add(void)\n{') != {'add'}:
        complain('source.py', 'static_names() does not catch its sample')
    for backend in glob.glob('backends/*/'):
        seen = {}
        for path in files(f'backends/*.c {backend}*.c'):
            for name in static_names(read(path)):
                if name in seen:
                    complain(path, f'{seen[name]} has a static {name}(), too: give it the file\'s name')
                seen[name] = path


def functions(path):
    """(name, lines) of every function, as .clang-format lays them out."""
    start, name = None, None
    for number, line in enumerate(without_comments(read(path)).splitlines(), 1):
        match = re.match(r'[A-Za-z_].*?(\w+)\(', line)
        if match and not line.startswith(('#', 'typedef')):
            start, name = number, match[1]
        elif line.startswith('}') and start:
            if line == '}':
                yield name, number - start + 1
            start = None
        elif line.endswith(';') and not line.startswith((' ', '\t')):
            start = None


def runs_up(path, include):
    """1: the include leads from a room of the core to a higher one."""
    here, there = os.path.dirname(path)[len('lib/'):], os.path.dirname(include)
    return there not in ROOMS or ROOMS.index(there) < ROOMS.index(here)


def circle_from(start, includes):
    """A way along includes that leads back to where it starts, or None. A file and its header are one."""
    ways = [[start]]
    seen = set()
    while ways:
        way = ways.pop()
        for there in includes.get(way[-1], ()):
            if there == start:
                return way + [there]
            if there not in seen:
                seen.add(there)
                ways.append(way + [there])
    return None


def check_rooms():
    if not runs_up('lib/rules/rules.c', 'trust.h') or runs_up('lib/rules/rules.c', 'x509/der.h'):
        complain('source.py', 'the rule "includes run downwards" does not catch its sample')
    includes = {}
    for path in files(LIB):
        unit = os.path.splitext(path)[0]
        for number, line in enumerate(read(path).splitlines(), 1):
            match = re.match(r'#include "([^"]+)"', line)
            if not match:
                continue
            if runs_up(path, match[1]):
                complain(f'{path}:{number}', f'{match[1]}: includes run downwards')
            other = 'lib/' + os.path.splitext(match[1])[0]
            if other != unit:
                includes.setdefault(unit, set()).add(other)
    if circle_from('a', {'a': {'b'}, 'b': {'a'}}) is None:
        complain('source.py', 'the search for circles finds none')
    for unit in sorted(includes):
        circle = circle_from(unit, includes)
        if circle:
            complain(unit, 'a circle of includes: ' + ' -> '.join(circle))


def check_sizes():
    for folder, patterns in (('lib', LIB), ('backends/openssl', 'backends/openssl/*.[ch]'),
                             ('backends/gnutls', 'backends/gnutls/*.[ch]'),
                             ('tests', 'tests/*/*.[ch]'), ('examples', 'examples/*.[ch]'),
                             ('tools', 'tools/*/*.[ch]')):
        lengths, lines = [], 0
        for path in files(patterns):
            lines += read(path).count('\n')
            for name, length in functions(path):
                lengths.append(length)
                if length > MAX_FUNCTION:
                    complain(path, f'{name}() has {length} lines, more than {MAX_FUNCTION}')
        if len(lengths) < 2:
            continue
        ninth = statistics.quantiles(lengths, n=10)[8]
        print(f'{folder}: {lines} lines, {len(lengths)} functions, median '
              f'{statistics.median(lengths):.0f} lines, nine tenths under {ninth:.0f}, '
              f'longest {max(lengths)}')


def by_git():
    """The project's files, or None where git isn't, or knows nothing of them."""
    try:
        names = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                               capture_output=True, text=True, check=True).stdout.split('\0')
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in names if os.path.isfile(name)]


def every_file():
    """What belongs to the project: as git says, or, in a released archive, all that there is."""
    known = by_git()
    if known:
        yield from known
        return
    for folder, folders, names in os.walk('.'):
        folders[:] = [name for name in folders if name != '__pycache__' and not name.startswith('build')]
        yield from (os.path.relpath(os.path.join(folder, name)) for name in names)


def licensed_elsewhere():
    """What REUSE.toml names, as one regular expression."""
    text = read('REUSE.toml')
    patterns = re.findall(r'"([^"]+)"', re.search(r'path = \[(.*?)\]', text, re.S)[1])
    if 'SPDX-License-Identifier = "MIT"' not in text:
        complain('REUSE.toml', 'says nothing of the licence')
    return '|'.join(re.escape(pattern).replace(r'\*\*/', '(?:.*/)?').replace(r'\*', '[^/]*') for pattern in patterns)


def check_licences():
    elsewhere = licensed_elsewhere()
    for path in every_file():
        if os.path.islink(path) or re.fullmatch(elsewhere, path):
            continue
        if 'SPDX-License-Identifier: MIT' not in '\n'.join(read(path).splitlines()[:3]):
            complain(path, 'no "SPDX-License-Identifier: MIT" in its first three lines')


def check_reasons():
    body = re.search(r'enum s2sv_reason \{(.*?)\}', without_comments(read(HEADER)), re.S)[1]
    codes = re.findall(r'S2SV_REASON_(\w+)\s*=\s*(\d+)', body)
    rows = dict(re.findall(r'\{\s*S2SV_REASON_(\w+),\s*"([a-z-]+)"', read('lib/rules/reason.c')))
    for name, _ in codes:
        wanted = name.lower().replace('_', '-')
        if rows.get(name) != wanted:
            complain('lib/rules/reason.c', f'S2SV_REASON_{name}: "{rows.get(name)}", not "{wanted}"')
    for name in set(rows) - {name for name, _ in codes}:
        complain('lib/rules/reason.c', f'S2SV_REASON_{name} is no reason')
    for name in PROMISED:
        if name not in rows.values():
            complain('lib/rules/reason.c', f'the stable name "{name}" is gone')
    if len({number for _, number in codes}) != len(codes):
        complain(HEADER, 'two reasons have one number')


def check_enums():
    """Explicit values, so that no number moves when one is added."""
    for path in files('include/*/*.h'):
        for name, body in re.findall(r'enum (\w+) \{(.*?)\}', without_comments(read(path)), re.S):
            for entry in filter(None, (part.strip() for part in body.split(','))):
                if '=' not in entry:
                    complain(path, f'enum {name}: {entry} has no explicit value')
                if re.search(r'_MAX\b', entry):
                    complain(path, f'enum {name}: {entry}: no MAX member')


# Functions that return an int which is neither a status nor a yes: a length, a depth, a callback's answer.
NO_STATUS = ('s2sv_verdict_depth s2sv_verdict_explain s2sv_verdict_explain_for s2sv_gnutls_verify_function '
             's2sv_openssl_verify_callback').split()


def may_be_ignored(declaration):
    """The name of a function whose answer must not be ignored, and may."""
    match = re.match(r'S2SV_API int\s+(s2sv_\w+)\s*\(', declaration)
    return match[1] if match and 'S2SV_MUST_USE' not in declaration and match[1] not in NO_STATUS else None


def check_must_use():
    if may_be_ignored('S2SV_API int s2sv_policy_set_x(struct s2sv_policy *policy, int x);') is None:
        complain('source.py', 'the rule about S2SV_MUST_USE does not catch its sample')
    for path in files('include/*/s2sverify.h include/*/openssl.h include/*/gnutls.h'):
        for declaration in re.findall(r'S2SV_API[^;]*;', without_comments(read(path))):
            name = may_be_ignored(declaration)
            if name:
                complain(path, f'{name}(): no S2SV_MUST_USE')


def check_rules():
    """What a comment cites by its id can be looked up."""
    known = set(re.findall(r'^\| ([A-Z]+-\d+)', read('doc/decision-table.md') + read('doc/rules.md'), re.M))
    curves = {'P-192', 'P-224', 'P-256', 'P-384', 'P-521'}
    for path in files('lib/*.[ch] lib/*/*.[ch] backends/*.[ch] backends/*/*.[ch] include/*/*.h'):
        for comment in re.findall(r'/\*.*?\*/', read(path), re.S):
            for rule in set(re.findall(r'(?<![\w-])[A-Z]-\d+\b', comment)) - known - curves:
                complain(path, f'{rule} stands neither in doc/decision-table.md nor in doc/rules.md')


def check_null_tests():
    tested = read('tests/unit/test_null.c')
    header = without_comments(read(HEADER))
    for name in re.findall(r'S2SV_API[^;]*?\b(s2sv_\w+)\s*\(', header):
        if not re.search(rf'\b{name}\b', tested):
            complain('tests/unit/test_null.c', f'{name}() is not given NULL')


HEADER = 'include/s2sverify/s2sverify.h'


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.chdir(sys.argv[1])
    for check in (check_forbidden, check_declarations, check_static_names, check_rooms, check_sizes,
                  check_licences, check_reasons, check_enums, check_must_use, check_rules,
                  check_null_tests):
        check()
    print('\n'.join(complaints + [f'{len(complaints)} complaints']))
    return 1 if complaints else 0


sys.exit(main())
