// SPDX-License-Identifier: MIT
//
// LuaSec (1.3.2), Prosody's TLS: s2sverify judges the certificate chains of peers. See
// doc/integrations/prosody.md.
//
// "lsec_ignore_purpose" in verifyext says that the peers of a context are servers, in both directions: serverAuth is
// what LuaSec asks of them already. Other contexts stay as they are. LuaSec's own callback collects the faults for
// getpeerverification(), and "lsec_continue" decides whether the handshake goes on. Names stay Prosody's.
//
// Files: src/context.c

@@
@@
 #include <openssl/ssl.h>
+#include <s2sverify/openssl.h>

@@
typedef SSL_CTX;
@@
+/**
+ * Let s2sverify judge the certificate chains of other servers.
+ */
+static int verify_by_s2sverify(SSL_CTX *ctx)
+{
+  struct s2sv_policy *policy = s2sv_policy_new(S2SV_PROFILE_XMPP);
+  int status;
+
+  s2sv_policy_set_handshake(policy, S2SV_HANDSHAKE_CALLBACK);
+  s2sv_policy_set_request(policy, S2SV_REQUEST_LEAVE);
+  s2sv_policy_set_resumption(policy, S2SV_RESUMPTION_LEAVE);
+  status = s2sv_openssl_install(ctx, policy, NULL);
+  s2sv_policy_unref(policy);
+  return status;
+}
+
 static int meth_set_verify_ext(...)
 { ... }

@@
@@
 SSL_CTX_set_cert_verify_callback(ctx, cert_verify_cb, (void*)ctx);
+if ((lsec_flag & LSEC_VERIFY_IGNORE_PURPOSE) && verify_by_s2sverify(ctx) < 0) {
+  lua_pushboolean(L, 0);
+  lua_pushstring(L, "s2sv_openssl_install failed");
+  return 2;
+}
