# SPDX-License-Identifier: MIT
# rsyslog with OpenSSL.
. "$interop/labs/rsyslog-gtls.sh"
packages='rsyslog rsyslog-openssl'
kind=openssl
driver=ossl
