/* SPDX-License-Identifier: MIT */
/*
 * mkcert [-d DIR] [-t TIME] NAME 'SPEC' ... [-r NAME 'CRL SPEC'] ...
 *
 * Makes certificates as pki.h describes and writes, for each: DIR/NAME.pem, DIR/NAME.key and
 * DIR/NAME-chain.pem (the certificate and its issuers, without the self-signed one at the end).
 * Behind -r it makes a CRL: DIR/NAME.crl.
 */
#include "pki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text.h"

struct maker {
    struct pki *pki;
    const char *dir;
};

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "mkcert: %s: %s\n", what, why);
    return -1;
}

static FILE *open_file(const struct maker *maker, const char *name, const char *suffix)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s%s", maker->dir, name, suffix);
    FILE *file = fopen(path, "w");
    if (!file)
        complain(path, "can't write");
    return file;
}

/* Writes the text, frees it, and closes the file. */
static int write_text(FILE *file, char *text)
{
    int bad = !file || fputs(text, file) == EOF;
    free(text);
    if (file)
        bad |= fclose(file) != 0;
    return bad ? -1 : 0;
}

static int write_chain(const struct maker *maker, const struct pki_cert *cert)
{
    FILE *file = open_file(maker, pki_name(cert), "-chain.pem");
    const struct pki_cert *leaf = cert;
    int bad = !file;
    for (; file && cert && (cert == leaf || pki_issuer(cert)); cert = pki_issuer(cert)) {
        char *pem = pki_pem(cert);
        bad |= fputs(pem, file) == EOF;
        free(pem);
    }
    if (file)
        bad |= fclose(file) != 0;
    return bad ? -1 : 0;
}

static int make_cert(const struct maker *maker, const char *name, const char *spec)
{
    char err[256];
    const struct pki_cert *cert = pki_make(maker->pki, name, spec, err, sizeof err);
    if (!cert)
        return complain(name, err);
    if (write_text(open_file(maker, name, ".pem"), pki_pem(cert)) != 0 ||
        write_text(open_file(maker, name, ".key"), pki_key_pem(cert)) != 0)
        return -1;
    return write_chain(maker, cert);
}

static int make_crl(const struct maker *maker, const char *name, const char *spec)
{
    char err[256];
    const struct pki_crl *crl = pki_crl(maker->pki, name, spec, err, sizeof err);
    if (!crl)
        return complain(name, err);
    return write_text(open_file(maker, name, ".crl"), pki_crl_pem(crl));
}

static int make_all(const struct maker *maker, int argc, char **argv)
{
    for (int i = 0; i < argc; i += 2) {
        int is_crl = strcmp(argv[i], "-r") == 0;
        i += is_crl;
        if (i + 1 >= argc)
            return complain(argv[argc - 1], "a name needs a specification");
        if ((is_crl ? make_crl : make_cert)(maker, argv[i], argv[i + 1]) != 0)
            return -1;
    }
    return 0;
}

static int usage(void)
{
    fputs("usage: mkcert [-d DIR] [-t TIME] NAME 'SPEC' ... [-r NAME 'CRL SPEC'] ...\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct maker maker = { NULL, "." };
    int64_t now = (int64_t)time(NULL);
    int used = 1;
    for (; used + 1 < argc && argv[used][0] == '-' && argv[used][1] != 'r'; used += 2) {
        if (strcmp(argv[used], "-d") == 0)
            maker.dir = argv[used + 1];
        else if (strcmp(argv[used], "-t") != 0 || text_time(argv[used + 1], now, &now) != 0)
            return usage();
    }
    if (used >= argc)
        return usage();
    maker.pki = pki_new(NULL, now);
    int status = make_all(&maker, argc - used, argv + used);
    pki_free(maker.pki);
    return status == 0 ? 0 : 1;
}
