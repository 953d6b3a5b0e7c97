// SPDX-License-Identifier: MIT
//
// OpenSIPS (module tls_openssl): s2sverify judges the certificate chains of peers. Never compiled as a whole, and of no
// use to 3.x: see doc/integrations/opensips.md.
//
// OpenSIPS's own callback logs and decides, as before. A server domain serves phones as well, whose certificates have
// clientAuth: inbound either purpose will do. Names stay the routing script's.
//
// What s2sverify keeps with an SSL is memory of one process. Where OpenSIPS gives OpenSSL shared memory, so that
// processes pass SSLs around, domains aren't loaded.
//
// Files: modules/tls_openssl/openssl_config.c

@@
@@
 #include <openssl/ssl.h>
+#include <s2sverify/openssl.h>

@@
typedef SSL_CTX;
@@
+static int verify_by_s2sverify(SSL_CTX *ctx)
+{
+	void *(*allocate)(size_t, const char *, int) = NULL;
+	struct s2sv_policy *policy;
+	int status;
+
+	CRYPTO_get_mem_functions(&allocate, NULL, NULL);
+	if (allocate != CRYPTO_malloc)
+		return -1;
+	policy = s2sv_policy_new(S2SV_PROFILE_SIP);
+	s2sv_policy_set_purpose(policy, S2SV_PURPOSE_SERVER_OR_CLIENT);
+	s2sv_policy_set_handshake(policy, S2SV_HANDSHAKE_CALLBACK);
+	s2sv_policy_set_request(policy, S2SV_REQUEST_LEAVE);
+	s2sv_policy_set_resumption(policy, S2SV_RESUMPTION_LEAVE);
+	status = s2sv_openssl_install(ctx, policy, NULL);
+	s2sv_policy_unref(policy);
+	return status;
+}
+
 int openssl_init_tls_dom(...)
 { ... }

@@
expression ctx;
@@
 if (d->ca_directory && load_ca_dir(ctx, d->ca_directory) < 0)
	return -1;
+if (verify_by_s2sverify(ctx) < 0) {
+	LM_ERR("cannot install s2sverify for tls domain '%.*s'\n", d->name.len, ZSW(d->name.s));
+	return -1;
+}
