/* SPDX-License-Identifier: MIT */
/*
 * A certificate maker for tests: one line of text in, one certificate out.
 *
 *     struct pki *pki = pki_new(NULL, now);
 *     pki_make(pki, "root", "ca key=p384", err, sizeof err);
 *     pki_make(pki, "int", "ca issuer=root eku=serverAuth", err, sizeof err);
 *     pki_make(pki, "leaf", "issuer=int san=dns:leaf.example", err, sizeof err);
 *
 * The DER is written by hand, so anything can be written, malformed things too; libcrypto only
 * makes keys and signs. Out of memory aborts: this is for tests.
 *
 * A specification is a list of items, separated by spaces; a later item beats an earlier one of
 * the same key, except `ext` and `mutate`, which add up. In values %XX is the octet XX, and {x*64}
 * is x sixty-four times.
 *
 *   ca                    the defaults of a CA: bc=ca, ku=keyCertSign,cRLSign, no eku, no san,
 *                         subject CN=<name>. Without it those of a leaf: empty subject, bc=end,
 *                         ku=digitalSignature, eku=serverAuth.
 *   key=TYPE              p256 p384 p521 p224 ed25519 ed448 rsa512 rsa1024 rsa2047 rsa2048 rsa3072
 *                         rsa4096 rsapss2048 explicit-ec
 *   key-oid=OID key-params=absent|null|HEX key-hex=HEX key-unused=N
 *                         what SubjectPublicKeyInfo says instead: algorithm, parameters, the octets
 *                         of the key, unused bits
 *   point=FORM            compressed hybrid wrong-hybrid infinity off-curve zero out-of-range; of
 *                         any key: short long empty
 *   modulus=even|bits:N|HEX exponent=HEX   of an RSA key, contents; nobody has the key then
 *   same-key=NAME         the key of that certificate, and its subject unless one is given
 *   issuer=NAME           absent or empty: self-signed
 *   issuer-dn=DN          another issuer name than the issuer's subject
 *   signer=NAME           another key than the issuer's
 *   subject=DN            CN=a,O=b; types C CN DC L O OU ST emailAddress serialNumber; a string
 *                         type can be given: CN.utf8= .printable= .ia5= .bmp= .teletex=, or
 *                         .raw=HEX, a whole element
 *   not-before= not-after= 2026-06-01T00:00:00Z, or an offset such as -1d +90d +12h +5s, or
 *                         raw:HEX (the whole TLV)
 *   version=1|2|3|4       1 leaves the extensions out
 *   serial=HEX            its content octets
 *   sig=ALG               sha256 sha384 sha512 sha1 sha224 md5 sha3-256, pss pss-sha384 pss-sha512
 *                         pss-sha1 pss-mgf-sha1; default sha384 under a P-384 issuer, else sha256
 *   salt=N mask=DIGEST    of RSASSA-PSS; and what is written: salt-hex=HEX|absent, trailer=HEX,
 *                         hash-null=absent
 *   value=OP              of an ECDSA signature: padded-r -s, negative-r -s, zero-r -s, large-r -s,
 *                         octets-r, no-s, inside (an INTEGER more), long-length, indefinite; of
 *                         any: short outside leading-zero empty hello wrong large (its last octet)
 *   value-unused=N        unused bits of the signature's BIT STRING
 *   sig-alg=HEX           the AlgorithmIdentifier to write, whatever was signed with
 *
 * Extensions. Each also takes absent, empty (an empty SEQUENCE), garbage and raw:HEX (the
 * extension's value); <ext>-critical and <ext>-noncritical beat the default; twice=<ext> writes it
 * twice.
 *
 *   ku=BITS               digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,
 *                         keyAgreement,keyCertSign,cRLSign,encipherOnly,decipherOnly or none
 *   eku=OIDS              serverAuth clientAuth any codeSigning emailProtection timeStamping
 *                         OCSPSigning nsSGC msSGC verisignSGC xmppAddr sipDomain or dotted
 *   bc=end|ca|ca:N
 *   ski=auto|HEX          aki=auto|wrong|issuer-serial|issuer-serial-wrong
 *   nscert=BITS           client server email objsign reserved sslCA emailCA objCA
 *   san=NAMES             dns:a dns-hex:HEX srv:_xmpp-server.a srv-hex:HEX srv-utf8:_x.a xmpp:a
 *                         xmpp-hex:HEX xmpp-ia5:a ip:192.0.2.1 ip-hex:HEX uri:sip:a email:x@a
 *                         rid:1.2.3 dn:CN=a raw-other:OID:HEX (the TLV in [0]) raw:HEX (a
 *                         GeneralName) many-dns:COUNT:SUFFIX
 *   nc=permitted:NAME;excluded:NAME...   the same names; ip:192.0.2.0/24, min:N:NAME;
 *                         many-dns makes COUNT subtrees
 *   policies=OIDS         tlsfeature (a word, or tlsfeature-critical)
 *   ext=OID:critical|noncritical:HEX     OID may be pc pm iap ct-poison freshest proxy-cert
 *   pad=N                 an unknown non-critical extension of N octets
 *
 *   mutate=OP             before signing, so that the signature holds: ber-bool (TRUE as 01),
 *                         default-critical (FALSE written out), tbs-trailing:HEX, long-length:AT
 *                         and indefinite:AT with AT one of tbs validity extensions extension cert,
 *                         sig-alg-mismatch (another algorithm outside); afterwards: flip-signature,
 *                         truncate:N (drop the last N octets), keep:N (keep the first N),
 *                         trailing:HEX, replace:HEX
 */
#ifndef PKI_H
#define PKI_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pki;
struct pki_cert;
struct pki_crl;
struct pki_ocsp;
struct pki_keys;

/* A store of keys, by type and name, for several pkis: making RSA keys is slow. */
struct pki_keys *pki_keys_new(void);
void pki_keys_free(struct pki_keys *);

/* `keys` is borrowed; NULL: keys of its own. Offsets count from `now`. */
struct pki *pki_new(struct pki_keys *keys, int64_t now);
void pki_free(struct pki *);

/* NULL and a sentence in err if the specification is wrong. The pki owns what it made. */
struct pki_cert *pki_make(struct pki *, const char *name, const char *spec, char *err,
                          size_t errlen);
struct pki_cert *pki_find(const struct pki *, const char *name);

const char *pki_name(const struct pki_cert *);
const unsigned char *pki_der(const struct pki_cert *, size_t *ret_len);
EVP_PKEY *pki_key(const struct pki_cert *);                 /* borrowed */
const struct pki_cert *pki_issuer(const struct pki_cert *); /* NULL: self-signed */
const char *pki_spec(const struct pki_cert *);
char *pki_pem(const struct pki_cert *); /* free() them */
char *pki_key_pem(const struct pki_cert *);

/*
 * issuer=NAME this-update= next-update=(or absent) revoked=NAME,hex:SERIAL number=N|absent
 * signer=NAME issuer-dn=DN sig= sig-alg= salt= mask= salt-hex= trailer= hash-null= value=
 * value-unused= aki=auto|wrong|absent ext= mutate= (flip-signature, truncate, keep, trailing)
 * many=N (so many more entries, their serial numbers from 1000000001 on). An entry's own extensions
 * stand behind it: revoked=leaf/2.5.29.21:noncritical:0a0106
 */
struct pki_crl *pki_crl(struct pki *, const char *name, const char *spec, char *err, size_t errlen);
const unsigned char *pki_crl_der(const struct pki_crl *, size_t *ret_len);
char *pki_crl_pem(const struct pki_crl *);

/*
 * An OCSP response: issuer=NAME single=STATUS/NAME[/THIS-UPDATE[/NEXT-UPDATE or absent]] ...
 * (STATUS good, revoked or unknown) hash=sha1|sha224|sha256|sha384|sha512 (of the CertIDs)
 * of=NAME (whose hashes they have, unless the issuer's) signer=NAME sig= sig-alg= certs=NAME,NAME
 * responder=NAME (unless the signer) by-key response=N (0: successful) ext= single-ext= mutate=
 * (flip-signature, truncate, keep, trailing, replace)
 */
struct pki_ocsp *pki_ocsp(struct pki *, const char *spec, char *err, size_t errlen);
const unsigned char *pki_ocsp_der(const struct pki_ocsp *, size_t *ret_len);

#ifdef __cplusplus
}
#endif

#endif
