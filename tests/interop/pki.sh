#!/bin/sh
# SPDX-License-Identifier: MIT
# pki.sh DIR: one root per key type, two intermediates below each, one leaf per peer and one for the verifier.
#
# DIR/roots.pem holds the anchors, DIR/NAME.pem leaf, intermediate and key, DIR/NAME.crt and NAME.key the parts.
set -eu
. "$(dirname "$0")/names.sh"
cd "$1"

cat > ca.ext <<'END'
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[openca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, digitalSignature, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 2.23.140.1.2.1
[serverca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, digitalSignature, keyCertSign, cRLSign
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 2.23.140.1.2.1
END

new_key() { # TYPE FILE
    case $1 in
    p256) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$2" ;;
    rsa) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$2" 2>/dev/null ;;
    esac
}

request() { # NAME SUBJECT: NAME.csr for NAME.key
    openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
}

sign() { # NAME ISSUER DAYS EXTENSION-FILE SECTION
    openssl x509 -req -sha256 -in "$1.csr" -CA "$2.crt" -CAkey "$2.key" -set_serial "0x$(openssl rand -hex 16)" \
        -days "$3" -extfile "$4" -extensions "$5" -out "$1.crt" 2>/dev/null
}

# The one thing that "openssl x509" can't say: dates.
sign_expired() { # NAME ISSUER EXTENSION-FILE SECTION
    : > index.txt
    printf '[ca]\ndatabase = index.txt\nnew_certs_dir = .\npolicy = any\nunique_subject = no\nrand_serial = yes\n[any]\n' > dates.cnf
    openssl ca -batch -config dates.cnf -name ca -md sha256 -in "$1.csr" -cert "$2.crt" -keyfile "$2.key" \
        -startdate 20240101000000Z -enddate 20250101000000Z -extfile "$3" -extensions "$4" -notext -out "$1.crt" \
        2> /dev/null
}

make_root() { # NAME TYPE
    new_key "$2" "$1-$2.key"
    request "$1-$2" "/O=Interop Trust/CN=Interop Root $2"
    openssl x509 -req -sha256 -in "$1-$2.csr" -signkey "$1-$2.key" -days 3650 -extfile ca.ext -extensions root \
        -out "$1-$2.crt" 2>/dev/null
}

make_authorities() { # TYPE
    make_root root "$1"
    cat "root-$1.crt" >> roots.pem
    make_root strangeca "$1"
    for issuer in $issuers; do
        new_key "$1" "$issuer-$1.key"
        request "$issuer-$1" "/O=Interop Trust/CN=Interop $issuer $1"
        sign "$issuer-$1" "root-$1" 1800 ca.ext "$issuer"
    done
}

make_leaf() { # NAME KIND TYPE ISSUER
    is_ca=FALSE
    case $2 in
    serverauth) eku=serverAuth ;;
    clientauth) eku=clientAuth ;;
    both | expired) eku=serverAuth,clientAuth ;;
    codesigning) eku=codeSigning ;;
    email) eku=emailProtection ;;
    noeku) eku= ;;
    ca) eku=serverAuth,clientAuth is_ca=TRUE ;;
    esac
    case $3 in
    p256) usage=digitalSignature ;;
    rsa) usage=digitalSignature,keyEncipherment ;;
    esac
    cat > "$1.ext" <<END
[leaf]
basicConstraints = critical, CA:$is_ca
keyUsage = critical, $usage
${eku:+extendedKeyUsage = $eku}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 2.23.140.1.2.1
subjectAltName = critical, DNS:$1
END
    new_key "$3" "$1.key"
    request "$1" /
    if [ "$2" = expired ]; then sign_expired "$1" "$4-$3" "$1.ext" leaf; else sign "$1" "$4-$3" 90 "$1.ext" leaf; fi
    cat "$1.crt" "$4-$3.crt" > "$1.chain"
    cat "$1.chain" "$1.key" > "$1.pem"
}

for key in $keys; do make_authorities "$key"; done
for name in $(peers); do
    IFS=-. read -r kind key issuer _ <<END
$name
END
    make_leaf "$name" "$kind" "$key" "$issuer"
done
make_leaf "$verifier" both p256 openca
chmod 644 ./*
