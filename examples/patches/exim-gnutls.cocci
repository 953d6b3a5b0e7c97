// SPDX-License-Identifier: MIT
#spatch --indent 2
//
// Exim (4.96, 4.98) with GnuTLS: s2sverify judges the certificate chains of peers, in place of
// gnutls_certificate_verify_peers2(). See doc/integrations/exim.md.
//
// Who is asked for a certificate, what a failure means, name matching and DANE stay as they are. A host that connects
// may be a server or a mail user, whose certificate has clientAuth: inbound either purpose will do.
//
// Files: src/tls-gnu.c

@ judge @
typedef exim_gnutls_state_st, uschar;
identifier rc, state, verify, errstr;
@@
 verify_certificate(exim_gnutls_state_st * state, uschar ** errstr)
 {
 <+...
-rc = gnutls_certificate_verify_peers2(state->session, &verify);
+static struct s2sv_policy * policy = NULL;
+struct s2sv_verdict * verdict = NULL;
+const char * fault;
+
+if (!policy)
+  {
+  policy = s2sv_policy_new(S2SV_PROFILE_SMTP);
+  s2sv_policy_set_purpose(policy, S2SV_PURPOSE_SERVER_OR_CLIENT);
+  }
+rc = s2sv_gnutls_verify(state->session, policy, &verdict);
+verify = s2sv_verdict_trusted(verdict) ? 0 : GNUTLS_CERT_INVALID;
+if (s2sv_verdict_fault(verdict, 0, NULL, NULL, &fault) == 0)
+  *errstr = string_copy((const uschar *) fault);
+s2sv_verdict_unref(verdict);
 ...+>
 }

@ depends on judge @
@@
 #include <gnutls/x509.h>
+#include <s2sverify/gnutls.h>
