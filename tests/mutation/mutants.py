#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Proves that a test goes red for every parameter of the seam that a backend could ignore.

Copies the tree, builds it, and then drops one parameter in one backend at a time, rebuilds what
changed and runs the tests named for it: one of them must fail. Prints a table.

usage: mutants.py [--quick] [--applies] [--backend openssl|gnutls] [--only TEXT] [--keep] [SOURCE]

--quick    the few that the default test run has room for
--applies  only say whether each one's text is still there
--backend  the mutants of one backend
--only     mutants whose parameter or name contains the text
--keep     leave the copy behind, and say where

Exit status: 0 if every mutant is caught; 1 if one survives, doesn't apply or doesn't compile, or if
a test is red before anything is dropped. All of them take three minutes of processor time.
"""
import argparse
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time

O, G = 'openssl', 'gnutls'

# Parameter, what is dropped, backend, text, instead, tests of which one must fail, quick. Behind a
# test's name there may be an argument for it.
MUTANTS = [
    # What validate() is asked.
    ('request.path', 'the anchor', O,
     'X509_STORE_CTX_set0_trusted_stack(ctx, anchor);\n        if (store', '\n        if (store',
     ['openssl-validate'], 0),
    ('request.path', 'what lies between', O, 'stack_of(request, 1, request->count - 1)',
     'stack_of(request, 1, 1)', ['openssl-validate'], 0),
    ('request.path', 'exactly this one', O, 'all->count == 0 && !is_exact(ctx, request)',
     '!is_exact(ctx, request) && !ctx', ['openssl-validate'], 1),
    ('request.path', 'the anchor', G, 'gnutls_x509_trust_list_add_cas(list, &anchor, 1, 0) == 1',
     'anchor', ['gnutls-validate'], 0),
    ('request.path', 'what lies between', G,
     'count = (unsigned)(request->count - (request->count > 1));', 'count = 1;',
     ['gnutls-validate'], 0),
    ('request.count', 'the last one', O, 'stack_of(request, request->count - 1, request->count)',
     'stack_of(request, request->count > 1, request->count > 1 ? 2 : 1)', ['openssl-validate'], 0),
    ('request.count', 'one certificate alone', G,
     'count = (unsigned)(request->count - (request->count > 1));',
     'count = (unsigned)(request->count - 1);', ['gnutls-validate'], 0),
    ('request.path native', 'all the leaf\'s', O, 'request->path[first].native',
     'request->path[first - first].native', ['openssl-validate'], 0),
    ('request.path native', 'all the leaf\'s', G, 'path[i] = request->path[i].native;',
     'path[i] = request->path[0].native;', ['gnutls-validate'], 0),
    ('request.time', 'the time', O, 'set_time(all, param, request->time);', '',
     ['openssl-validate'], 1),
    ('request.time_is_given', 'always', G,
     'request->time_is_given ? GNUTLS_VERIFY_DISABLE_TIME_CHECKS : 0',
     'request ? GNUTLS_VERIFY_DISABLE_TIME_CHECKS : 0', ['gnutls-validate'], 0),
    ('request.time_is_given', 'never', G,
     'request->time_is_given ? GNUTLS_VERIFY_DISABLE_TIME_CHECKS : 0',
     'request ? 0 : 0', ['gnutls-validate'], 1),
    ('request.server_auth', 'never', O, 'svo_lock_param(param, request->server_auth)',
     'svo_lock_param(param, 0)', ['openssl-validate'], 1),
    ('request.server_auth', 'always', O, 'svo_lock_param(param, request->server_auth)',
     'svo_lock_param(param, 1)', ['openssl-validate'], 0),
    ('request.server_auth', 'never', G, 'request->server_auth ? 1 : 0', '0', ['gnutls-validate'], 1),
    ('request.server_auth', 'always', G, 'request->server_auth ? 1 : 0', '1', ['gnutls-validate'], 0),
    ('request.anchor_is_named', 'never', O, '!app || app->own_trust || request->anchor_is_named',
     '!app || app->own_trust', ['openssl-validate'], 1),
    ('request.anchor_is_named', 'always', O, '!app || app->own_trust || request->anchor_is_named',
     '!app || app->own_trust || request', ['openssl-validate'], 0),
    ('request.anchor_is_named', 'never', G, 'if (request->anchor_is_named)', 'if (!request)',
     ['gnutls-validate'], 1),
    ('request.anchor_is_named', 'always', G, 'if (request->anchor_is_named)', 'if (request)',
     ['gnutls-validate'], 0),

    # What validate() answers.
    ('evidence depth', 'the depth', O, 'add_native(all, X509_STORE_CTX_get_error_depth(ctx)', 'add_native(all, -1',
     ['openssl-validate'], 1),
    ('evidence fault', 'all internal', O, 'svo_finding(code), depth', 'S2SV_FINDING_INTERNAL, depth',
     ['cases-openssl C-24'], 0),
    ('evidence fault', 'all internal', G, 'add(evidence, classes[i].fault,',
     'add(evidence, S2SV_FINDING_INTERNAL,', ['gnutls-validate'], 0),
    ('evidence text', 'the words', O, 'X509_verify_cert_error_string(code));', 'NULL);',
     ['openssl-validate'], 0),
    ('evidence native_code', 'the number', O,
     's2sv_evidence_add(all->evidence, fault, depth, code, text)',
     's2sv_evidence_add(all->evidence, fault, depth, 0 * code, text)', ['parity C-24'], 0),
    ('evidence native_code', 'the number', G,
     's2sv_evidence_add(evidence, fault, -1, (long)bits,',
     's2sv_evidence_add(evidence, fault, -1, 0L,', ['parity C-24'], 0),
    ('evidence text', 'the words', G, '(long)bits, (const char *)text.data);',
     '(long)bits, NULL);', ['parity C-24'], 0),
    ('validate() returns', 'always yes', O, 'return all->count == 0;', 'return 1;',
     ['openssl-validate'], 0),
    ('validate() returns', 'always yes', G, 'return rc >= 0 && status == 0;', 'return 1;',
     ['gnutls-validate'], 0),

    # The application's own settings.
    ('application', 'its parameters', O,
     'app && !(X509_VERIFY_PARAM_set1(param, app->param) &&',
     'app && !(app != (void *)1 &&',
     ['openssl-application'], 1),
    ('application', 'what is not known', O, 'app && app->asks_openssl', '0',
     ['openssl-application'], 1),
    ('application', 'its security level', O, 'app && app->level > 1 ? app->level : 1',
     '1', ['openssl-validate'], 0),
    ('application', 'its store', O, 'X509_STORE_CTX_init(ctx, store, request',
     'X509_STORE_CTX_init(ctx, NULL, request', ['openssl-application'], 0),
    ('application', 'whose trust it is', O, '!app || app->own_trust', '!app',
     ['openssl-validate'], 0),
    ('application', 'its list', G,
     'app->list ? validate_ask(app->list, request, floor_of(app->flags), evidence) : 1', '1',
     ['gnutls-validate'], 1),
    ('application', 'what GnuTLS says of the peer', G,
     'accepted = svg_peers(app, request->server_auth, evidence);', '', ['gnutls-settings'], 1),
    ('application', 'its limits, with our trust', G, 'if (!is_within_limits(app->session))',
     'if (!app->session)', ['gnutls-settings'], 0),
    ('application', 'the session\'s profile, with our trust', G,
     'learn_demands(app) == SVG_PLAIN', 'learn_demands(app) != 7', ['gnutls-settings'], 0),
    ('source.forgets', 'never', G, 'app.installed && !svg_is_plain(&app)', '0',
     ['gnutls-settings'], 0),
    ('application', 'its flags', G, 'GNUTLS_VFLAGS_TO_PROFILE(flags) >= GNUTLS_PROFILE_MEDIUM',
     'GNUTLS_VFLAGS_TO_PROFILE(flags) > 1000', ['gnutls-validate'], 0),
    ('application', 'its flags, with our trust', G,
     'app ? floor_of(app->flags) & STRICTER : floor_of(0)', 'floor_of(0)',
     ['gnutls-seam'], 0),

    # anchors()
    ('anchors() all', 'ignored', G, '    if (all)\n        return offer_all(', '    if (all == 7)\n        return offer_all(',
     ['gnutls-traps', 'gnutls-install', 'gnutls-handshake'], 1),
    ('anchors() issuers', 'ignored', G, 'if (has_subject(crt, issuers, count))',
     'if (!has_subject(crt, issuers, count))',
     ['gnutls-traps', 'gnutls-install', 'gnutls-handshake'], 0),
    ('anchors() issuers', 'none looked up', G, 'i < count && status == S2SV_DECIDED',
     'i < count - count && status == S2SV_DECIDED', ['gnutls-handshake'], 0),
    ('anchors() issuers', 'ignored', O, 'X509_STORE_CTX_get1_certs(ctx, issuer)',
     'X509_STORE_CTX_get1_certs(ctx, X509_NAME_new())', ['openssl-application'], 0),
    ('anchors_add() is_anchor', 'always', O, 'partial || svo_is_trusted(x)', '1',
     ['openssl-seam'], 1),
    ('anchors_add() is_anchor', 'self-signed only', O, 'partial || svo_is_trusted(x)',
     'svo_is_trusted(x)', ['openssl-application'], 0),
    ('anchors_distrust()', 'left out', O, 'status = s2sv_anchors_distrust(anchors, der, (size_t)len);',
     'status = 0;', ['openssl-application'], 1),
    ('load() trust settings', 'ignored', O, ': !svo_is_rejected(x)', ': 1',
     ['openssl-load'], 0),

    # Who asks.
    ('direction', 'always out', O, 'SSL_is_server(ssl) ? S2SV_INBOUND : S2SV_OUTBOUND',
     'S2SV_OUTBOUND', ['openssl-handshake'], 1),
    ('direction', 'always in', O, 'SSL_is_server(ssl) ? S2SV_INBOUND : S2SV_OUTBOUND',
     'S2SV_INBOUND', ['openssl-handshake'], 0),
    ('direction', 'always out', G, 'rc == GNUTLS_E_INVALID_REQUEST ? S2SV_OUTBOUND : S2SV_INBOUND',
     'rc == 12345 ? S2SV_INBOUND : S2SV_OUTBOUND', ['gnutls-handshake', 'gnutls-traps'], 1),
    ('direction', 'always in', G, 'rc == GNUTLS_E_INVALID_REQUEST ? S2SV_OUTBOUND : S2SV_INBOUND',
     'rc == 12345 ? S2SV_OUTBOUND : S2SV_INBOUND', ['gnutls-handshake', 'gnutls-traps'], 0),
    ('presented', 'the leaf only', O, 's2sv_backend_verify(&source, q->policy, peer, links, count,',
     's2sv_backend_verify(&source, q->policy, peer, links, count > 1 ? 1 : count,',
     ['openssl-handshake'], 0),
    ('presented', 'the leaf only', G, 's2sv_backend_verify(&source, policy, peer, links, app.count,',
     's2sv_backend_verify(&source, policy, peer, links, app.count > 1 ? 1 : app.count,',
     ['gnutls-handshake'], 0),
    ('source.trust', 'ignored', O, 'trust = context ? context->trust : NULL',
     'trust = context == (void *)1 ? context->trust : NULL', ['openssl-handshake'], 0),
    ('source.trust', 'ignored', G, 'q->installed ? q->installed->trust : NULL', 'NULL',
     ['gnutls-handshake'], 0),

    # What may be remembered.
    ('source.settings', 'the level', O, '(uint64_t)app->level };', '0 };', ['openssl-seam'], 0),
    ('source.settings', 'the flags', G, 'memcpy(source.settings, &app.flags, sizeof app.flags);', '',
     ['gnutls-seam'], 1),
    ('source.memory', 'none', O, 'source.memory = context->memory;', 'source.memory = NULL;',
     ['openssl-memory'], 0),
    ('source.staples', 'none', O, 'source.staple_count = staples.count;',
     'source.staple_count = 0;', ['staple'], 0),
    ('source.staples', 'none', G, 'source.staple_count += take_staple(',
     'source.staple_count += 0 * take_staple(', ['staple'], 0),
    ('source.staples', 'the leaf\'s only', G, 'gnutls_ocsp_status_request_get2(session, i, &staple)',
     'gnutls_ocsp_status_request_get2(session, 0 * i, &staple)', ['staple'], 0),
    ('source.asked_status', 'never', O, 'source.asked_status = staples.were_asked;', '',
     ['staple'], 0),
    ('source.asked_status', 'never', G, '.asked_status = asked_status(q->session)',
     '.asked_status = 0 * asked_status(q->session)', ['staple'], 0),
    ('lists()', 'none', O, '.lists = svo_lists,', '.lists = NULL,', ['openssl-application'], 0),
    ('lists()', 'stale', O, 'sk_X509_CRL_value(a, i) != sk_X509_CRL_value(b, i)', '0 * i',
     ['openssl-memory'], 0),

    # The rest of the table.
    ('now()', 'no clock', O, 'return (int64_t)time(NULL);', 'return 0;', ['openssl-handshake'], 0),
    ('now()', 'no clock', G, 'return (int64_t)time(NULL);', 'return 0;', ['gnutls-handshake'], 0),
    ('import() len', 'not compared', O, 'x && cursor == (const unsigned char *)der + len',
     'x', ['openssl-validate'], 0),
    ('is_signed_by()', 'always', O, 'answer = key && signature_verify(ctx, what, key);',
     'answer = key && signature_verify(ctx, what, key) + 1;', ['cases-openssl V-8/broken'], 1),
    ('is_signed_by()', 'always', G, 'S2SV_ERR_NOMEM : rc >= 0;', 'S2SV_ERR_NOMEM : 1;',
     ['cases-gnutls V-8/broken'], 1),
    ('is_signed_by() scheme', 'never PSS', O, 'what->scheme != S2SV_SCHEME_RSA_PSS || set_pss',
     'what->scheme != S2SV_SCHEME_NONE || set_pss', ['cases-openssl SIG-2/list'], 0),
    ('is_signed_by() scheme', 'never PSS', G, 'gnutls_pk_to_sign(GNUTLS_PK_RSA_PSS,',
     'gnutls_pk_to_sign(GNUTLS_PK_RSA,', ['cases-gnutls SIG-2/list'], 0),
    ('import() der', 'the point', O, 'looks_like_point(x) ? S2SV_ERR_INVALID : S2SV_DECIDED',
     'looks_like_point(x) ? 0 : 0', ['cases-openssl KEY-7'], 0),
    ('import() der', 'the point', G, 'gnutls_pubkey_verify_params(key) < 0',
     'gnutls_pubkey_verify_params(key) > 0', ['cases-gnutls KEY-7'], 0),
    ('load() path', 'not named', O, 's2sv_loader_error(loader, path, strerror(code));',
     's2sv_loader_error(loader, path ? NULL : path, strerror(code));', ['bad-input-openssl'], 0),
    ('load() path', 'not named', G, 's2sv_loader_error(loader, path, strerror(code));',
     's2sv_loader_error(loader, path ? NULL : path, strerror(code));', ['bad-input-gnutls'], 0),
    ('hash() count', 'the first part only', O, 'ok && i < count; i++)\n        ok = EVP_DigestUpdate', 'ok && i < 1; i++)\n        ok = EVP_DigestUpdate',
     ['memory-poison-openssl', 'memory-equivalence-openssl'], 0),
]


def run(command, cwd=None):
    result = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, check=False)
    return result.returncode, result.stdout


class Tree:
    """A copy of the sources with a build folder of its own."""

    def __init__(self, source, folder):
        self.root = os.path.join(folder, 'tree')
        self.build = os.path.join(folder, 'build')
        self.green = set()
        skipped = shutil.ignore_patterns('.git', 'build*', '__pycache__')
        shutil.copytree(source, self.root, ignore=skipped)
        self.must('meson', 'setup', '--wrap-mode=nodownload', '-Dwerror=false', '-Dtools=false',
                  '-Dbuildtype=debug', '-Doptimization=0', self.build, self.root)
        self.tests = self.find_tests()

    def must(self, *command):
        code, output = run(command)
        if code != 0:
            sys.exit(f'{output}\n{" ".join(command)}: {code}')
        return output

    def find_tests(self):
        import json
        output = self.must('meson', 'introspect', '--tests', self.build)
        return {test['name']: test for test in json.loads(output)}

    def find(self, name):
        return self.tests.get(name.split()[0])

    def compile(self, names):
        targets = [os.path.relpath(self.find(name)['cmd'][0], self.build) for name in names]
        return run(['ninja', '-C', self.build] + targets)

    def passes(self, name):
        test = self.find(name)
        try:
            result = subprocess.run(test['cmd'] + name.split()[1:], env={**os.environ, **test['env']},
                                    cwd=test['workdir'] or self.build, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            return False
        return result.returncode == 0


def find_text(root, backend, text):
    """The one file of the backend, or of what both share, that has the text, once; or None."""
    found = []
    for path in sorted(glob.glob(f'{root}/backends/{backend}/*.c') + glob.glob(f'{root}/backends/*.c')):
        with open(path, encoding='utf-8') as file:
            content = file.read()
        if content.count(text) > 0:
            found.append((path, content))
    if len(found) == 1 and found[0][1].count(text) == 1:
        return found[0]
    return None


def write(path, content):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(content)


def first_red(tree, names):
    return next((name for name in names if not tree.passes(name)), None)


def try_mutant(tree, mutant):
    """(is it caught, what to say)"""
    _, _, backend, text, instead, names, _ = mutant
    names = [name for name in names if tree.find(name)]
    place = find_text(tree.root, backend, text)
    if place is None:
        return False, 'DOES NOT APPLY: its text is not in the backend once'
    if not names:
        return False, 'NO SUCH TEST'
    red = [name for name in names if name not in tree.green]
    if red:
        return False, f'RED BEFORE: {" ".join(red)}'
    path, content = place
    write(path, content.replace(text, instead))
    try:
        code, output = tree.compile(names)
        if code != 0:
            lines = [line for line in output.splitlines() if 'error' in line]
            return False, f'DOES NOT COMPILE: {"; ".join(lines[:2])}'
        caught = first_red(tree, names)
    finally:
        write(path, content)
    return caught is not None, caught or f'SURVIVES: {" ".join(names)}'


def chosen(args):
    for mutant in MUTANTS:
        parameter, name, backend, _, _, tests, is_quick = mutant
        if args.quick and not is_quick:
            continue
        if args.backend in (None, backend) and (args.only or '') in f'{parameter} {name}':
            yield mutant


def prove(tree, mutants):
    names = sorted({name for mutant in mutants for name in mutant[5] if tree.find(name)})
    code, output = tree.compile(names)
    if code != 0:
        sys.exit(output)
    tree.green = {name for name in names if tree.passes(name)}
    print(f'{"parameter":24} {"dropped":24} {"backend":8} the test that went red')
    survivors = 0
    for mutant in mutants:
        is_caught, text = try_mutant(tree, mutant)
        survivors += not is_caught
        print(f'{mutant[0]:24} {mutant[1]:24} {mutant[2]:8} {text}', flush=True)
    return survivors


def all_apply(root):
    stale = [mutant for mutant in MUTANTS if not find_text(root, mutant[2], mutant[3])]
    for mutant in stale:
        print(f'mutants.py: {mutant[0]}, {mutant[1]}: its text is not in the backend {mutant[2]} once')
    return not stale


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('--quick', action='store_true')
    parser.add_argument('--applies', action='store_true')
    parser.add_argument('--backend', choices=[O, G])
    parser.add_argument('--only')
    parser.add_argument('--keep', action='store_true')
    parser.add_argument('source', nargs='?',
                        default=os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))
    args = parser.parse_args()
    if args.applies:
        return 0 if all_apply(args.source) else 1
    begin = time.monotonic()
    folder = tempfile.mkdtemp(prefix='s2sv-mutants-')
    try:
        mutants = list(chosen(args))
        survivors = prove(Tree(os.path.abspath(args.source), folder), mutants)
    finally:
        if args.keep:
            print(folder)
        else:
            shutil.rmtree(folder)
    print(f'{len(mutants)} mutants, {survivors} not caught, {time.monotonic() - begin:.0f} s')
    return 1 if survivors or not mutants else 0


sys.exit(main())
