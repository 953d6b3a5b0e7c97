# SPDX-License-Identifier: MIT
# rsyslog with GnuTLS that asks for key purposes itself (CheckExtendedKeyPurpose).
. "$interop/labs/rsyslog-gtls.sh"
kind=rsyslog-eku
check=on
