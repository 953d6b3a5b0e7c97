// SPDX-License-Identifier: MIT
//
// OpenSIPS (module tls_openssl): s2sverify judges the certificate chains of peers. Never compiled as a whole: see
// doc/integrations/opensips.md.
//
// OpenSIPS's own callback logs and decides, as before; it is told the result once, not certificate by certificate. A
// server domain serves phones as well, whose certificates have clientAuth: inbound either purpose will do. Names stay the
// routing script's.
//
// OpenSIPS 3 puts OpenSSL's memory where all its processes share it, so nothing may be kept with an SSL or an SSL_CTX:
// the judge keeps nothing, and each process makes a policy of its own.
//
// Files: modules/tls_openssl/openssl_config.c

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
 int openssl_init_tls_dom(...)
 { ... }

@@
expression ctx;
@@
 if (d->ca_directory && load_ca_dir(ctx, d->ca_directory) < 0)
	return -1;
+SSL_CTX_set_cert_verify_callback(ctx, judge_by_s2sverify, NULL);
