// SPDX-License-Identifier: MIT
//
// fast_tls (1.1.22, 1.1.26), ejabberd's TLS: s2sverify judges the certificate chains of peers. See
// doc/integrations/ejabberd.md.
//
// ejabberd reads SSL_get_verify_result() after the handshake; fast_tls's own callback lets every handshake go on.
// Names, SASL EXTERNAL and dialback stay ejabberd's.
//
// Files: c_src/fast_tls.c

@@
@@
 #include <openssl/ssl.h>
+#include <s2sverify/openssl.h>

@@
typedef SSL_CTX;
@@
+static int verify_by_s2sverify(SSL_CTX *ctx, enum s2sv_purpose purpose) {
+    struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
+    int status;
+
+    s2sv_policy_set_purpose(policy, purpose);
+    s2sv_policy_set_handshake(policy, S2SV_HANDSHAKE_RECORD);
+    s2sv_policy_set_request(policy, S2SV_REQUEST_LEAVE);
+    s2sv_policy_set_resumption(policy, S2SV_RESUMPTION_LEAVE);
+    status = s2sv_openssl_install(ctx, policy, NULL);
+    s2sv_policy_unref(policy);
+    return status;
+}
+
 static SSL_CTX *create_new_ctx(...)
 { ... }

// From 1.1.24 on ejabberd says which contexts serve servers that connect. Those for users stay as they are.
@ told @
identifier callback;
@@
-if (flags & OVERRIDE_CERT_PURPOSE)
-    SSL_CTX_set_cert_verify_callback(ctx, callback, NULL);
+if ((command == SET_CERTIFICATE_FILE_CONNECT || flags & OVERRIDE_CERT_PURPOSE) &&
+    verify_by_s2sverify(ctx, S2SV_PURPOSE_SERVER) < 0) {
+    SSL_CTX_free(ctx);
+    *err_str = "s2sv_openssl_install failed";
+    return NULL;
+}

@ depends on told @
identifier told.callback;
@@
-static int callback(...)
-{ ... }

// Before, one context serves users as well, whose certificates have clientAuth: inbound either purpose will do.
@ depends on !told @
expression mode;
@@
 SSL_CTX_set_verify(ctx, mode, verify_callback);
+if (verify_by_s2sverify(ctx, S2SV_PURPOSE_SERVER_OR_CLIENT) < 0) {
+    SSL_CTX_free(ctx);
+    *err_str = "s2sv_openssl_install failed";
+    return NULL;
+}
