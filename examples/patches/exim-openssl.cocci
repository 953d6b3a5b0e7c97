// SPDX-License-Identifier: MIT
#spatch --indent 2
//
// Exim (4.96, 4.98) with OpenSSL: s2sverify judges the certificate chains of peers. See doc/integrations/exim.md.
//
// Exim's verify callback, its log lines, name matching, OCSP, session resumption and DANE stay as they are. A host that
// connects may be a server or a mail user, whose certificate has clientAuth: inbound either purpose will do.
//
// Files: src/tls-openssl.c

@ install @
typedef SSL_CTX, BOOL, X509_STORE_CTX;
identifier ctx, cb, optional;
expression mode;
@@
 static void setup_cert_verify(SSL_CTX * ctx, BOOL optional, int (*cb)(int, X509_STORE_CTX *))
 {
+static struct s2sv_policy * policy = NULL;
+
 SSL_CTX_set_verify(ctx, mode, cb);
+
+/* Let s2sverify judge the chain; the callback is told. */
+
+if (!policy)
+  {
+  policy = s2sv_policy_new(S2SV_PROFILE_SMTP);
+  s2sv_policy_set_purpose(policy, S2SV_PURPOSE_SERVER_OR_CLIENT);
+  s2sv_policy_set_handshake(policy, S2SV_HANDSHAKE_CALLBACK);
+  s2sv_policy_set_request(policy, S2SV_REQUEST_LEAVE);
+  s2sv_policy_set_resumption(policy, S2SV_RESUMPTION_LEAVE);
+  }
+if (s2sv_openssl_install(ctx, policy, NULL) < 0)
+  log_write(0, LOG_MAIN|LOG_PANIC_DIE, "TLS: cannot install s2sverify");
 }

@ depends on install @
@@
 #include <openssl/ssl.h>
+#include <s2sverify/openssl.h>
