// SPDX-License-Identifier: MIT
//
// Kamailio (5.6; module tls): s2sverify judges the certificate chains of peers. See doc/integrations/kamailio.md.
//
// Kamailio puts OpenSSL's memory where all its processes share it, so nothing may be kept with an SSL or an SSL_CTX: the
// judge keeps nothing, and each process makes a policy of its own. A server domain serves phones as well, whose
// certificates have clientAuth: inbound either purpose will do. What "verify_client = optional_no_ca" accepts it goes on
// accepting, and $tls_peer_verified says what we found. Names stay the routing script's.
//
// Files: src/modules/tls/tls_domain.c

@@
@@
 #include <openssl/ssl.h>
+#include <s2sverify/openssl.h>

@@
typedef X509_STORE_CTX;
@@
+static int judge_by_s2sverify(X509_STORE_CTX *store_ctx, void *unused)
+{
+	static struct s2sv_policy *policy;
+	struct s2sv_verdict *verdict;
+	int ok;
+
+	if (policy == NULL && (policy = s2sv_policy_new(S2SV_PROFILE_SIP)) != NULL)
+		s2sv_policy_set_purpose(policy, S2SV_PURPOSE_SERVER_OR_CLIENT);
+	verdict = s2sv_openssl_judge(store_ctx, policy);
+	ok = X509_STORE_CTX_get_verify_cb(store_ctx)(s2sv_verdict_trusted(verdict), store_ctx);
+	s2sv_verdict_unref(verdict);
+	return ok;
+}
+
 static int set_verification(...)
 { ... }

@@
expression ctx, depth;
@@
 SSL_CTX_set_verify_depth(ctx, depth);
+SSL_CTX_set_cert_verify_callback(ctx, judge_by_s2sverify, NULL);
