/* SPDX-License-Identifier: MIT
 * What the C blocks of the documents use and don't declare: a program's own variables and
 * functions. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/x509v3.h>
#include <s2sverify/gnutls.h>
#include <s2sverify/openssl.h>

extern SSL_CTX *ctx;
extern SSL *ssl;
extern X509_STORE_CTX *store_ctx;
extern gnutls_certificate_credentials_t cred;
extern gnutls_session_t session;

extern struct s2sv_policy *policy;
extern struct s2sv_trust *trust;
extern const struct s2sv_verdict *verdict;
extern const char *setting, *name, *stream_from, *header_from, *our_domain, *another_domain;
extern const char *text_of_auth;
extern const char *const *allowed;
extern size_t allowed_count, chain_length;
extern const struct {
    const unsigned char *der;
    size_t len;
} * chain;

extern const struct {
    const unsigned char *data;
    size_t len;
} * records;
extern size_t record_count;
extern int answer_is_bogus, answer_is_secure;

void etc(void); /* "..." */
void die(void);
void fail(void);
void refuse(void);
void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
int verify_callback(int ok, X509_STORE_CTX *store_ctx);
void offer_external(void);
void offer_dialback(void);
const char *text_after_challenge(void);
void send_success(void);
void send_failure(const char *condition);
void end_stream(const char *condition);
void end_stream_at(int64_t time);
void accept_domain(const char *domain);
void relay_for(const char *domain);

/* Of erl_nif.h, fast_tls, lua.h and LuaSec: what the patches of ejabberd and Prosody call. */
typedef unsigned long ERL_NIF_TERM;
typedef struct erl_env ErlNifEnv;
typedef struct erl_mutex ErlNifMutex;
typedef struct erl_type ErlNifResourceType;
enum { ERL_NIF_LATIN1 = 1 };
typedef struct {
    SSL *ssl;
    int valid;
    ErlNifMutex *mtx;
} state_t;
extern ErlNifResourceType *tls_state_t;
int enif_get_resource(ErlNifEnv *env, ERL_NIF_TERM term, ErlNifResourceType *type, void **object);
int enif_get_string(ErlNifEnv *env, ERL_NIF_TERM term, char *buf, unsigned size, int encoding);
ERL_NIF_TERM enif_make_badarg(ErlNifEnv *env);
ERL_NIF_TERM enif_make_atom(ErlNifEnv *env, const char *name);
void enif_mutex_lock(ErlNifMutex *mutex);
void enif_mutex_unlock(ErlNifMutex *mutex);

typedef struct lua_State lua_State;
typedef struct {
    SSL *ssl;
} * p_ssl;
void *luaL_checkudata(lua_State *lua, int index, const char *type);
const char *luaL_checkstring(lua_State *lua, int index);
void lua_pushboolean(lua_State *lua, int value);
