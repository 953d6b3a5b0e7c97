# SPDX-License-Identifier: MIT
# What peers there are. Sourced.
#
# A peer's certificate has a kind (its extended key usage), a key type and an issuing intermediate: "openca" carries no
# extended key usage, "serverca" serverAuth only, as Let's Encrypt's do now. The kind "ca" has both usages, and says
# that it is a CA's, which a peer's must not be (RFC 6120 13.7.1.1).

# The kind "expired" has both usages too, and is over; the mail and chat labs leave it out.
kinds=${kinds:-serverauth clientauth both codesigning email noeku ca}
keys=${keys:-p256 rsa}
issuers='openca serverca'

# A peer's name is KIND-KEY-ISSUER.test. The issuer "strangeca" has a
# trusted root's name and another key: a control, which everybody must refuse.
peers() {
    for kind in $kinds; do for issuer in $issuers; do for key in $keys; do
        echo "$kind-$key-$issuer.test"
    done; done; done
    for key in $keys; do
        echo "both-$key-strangeca.test"
    done
}

verifier=verifier.test

# Every peer has its own address, so that a mail log line with nothing but an address still names the peer.
peer_address() {
    echo "127.1.0.$(peers | grep -nx "$1" | cut -d: -f1)"
}
