// SPDX-License-Identifier: MIT
//
// Postfix (3.7, 3.10): s2sverify judges the certificate chains of peers. See doc/integrations/postfix.md.
//
// Postfix's verify callback, its log lines, name matching, session cache and DANE stay as they are. One context serves
// servers that connect as well as mail users, whose certificates have clientAuth: inbound either purpose will do.
//
// Files: src/tls/tls.h src/tls/tls_verify.c src/tls/tls_server.c src/tls/tls_client.c

@@
typedef X509_STORE_CTX, SSL_CTX;
@@
-extern int tls_verify_certificate_callback(int, X509_STORE_CTX *);
+extern int tls_verify_certificate_callback(int, X509_STORE_CTX *);
+extern int tls_verify_install(SSL_CTX *);

@ implementation @
@@
 void tls_log_verify_error(...)
 { ... }
+/* tls_verify_install - let s2sverify judge certificate chains */
+
+int     tls_verify_install(SSL_CTX *ctx)
+{
+    static struct s2sv_policy *policy;
+
+    if (policy == 0) {
+	policy = s2sv_policy_new(S2SV_PROFILE_SMTP);
+	s2sv_policy_set_purpose(policy, S2SV_PURPOSE_SERVER_OR_CLIENT);
+	s2sv_policy_set_handshake(policy, S2SV_HANDSHAKE_CALLBACK);
+	s2sv_policy_set_request(policy, S2SV_REQUEST_LEAVE);
+	s2sv_policy_set_resumption(policy, S2SV_RESUMPTION_LEAVE);
+    }
+    return (s2sv_openssl_install(ctx, policy, 0));
+}

@ depends on implementation @
@@
 #include <tls.h>
+#include <s2sverify/openssl.h>

@ server @
expression flags;
@@
 SSL_CTX_set_verify(server_ctx, flags, tls_verify_certificate_callback);
 SSL_CTX_set_verify(sni_ctx, flags, tls_verify_certificate_callback);
+if (tls_verify_install(server_ctx) < 0
+    || tls_verify_install(sni_ctx) < 0) {
+    msg_warn("cannot install s2sverify: disabling TLS support");
+    SSL_CTX_free(server_ctx);
+    SSL_CTX_free(sni_ctx);
+    return (0);
+}

@ client @
expression flags;
@@
 SSL_CTX_set_verify(client_ctx, flags, tls_verify_certificate_callback);
+if (tls_verify_install(client_ctx) < 0) {
+    msg_warn("cannot install s2sverify: disabling TLS support");
+    SSL_CTX_free(client_ctx);
+    return (0);
+}
