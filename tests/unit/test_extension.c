/* SPDX-License-Identifier: MIT
 * Extensions (RFC 5280 section 4.2), octet by octet. */
#include "x509/extension.h"
#include "x509/extension_value.h"

#include "x509/bounds.h"
#include "names.h"

#include <stdlib.h>
#include <string.h>

#include "hex.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { BAD = -1 };

static void purposes(void **state)
{
    static const struct {
        const char *hex;
        int bits;
    } rows[] = {
        { "300a06082b06010505070301", SV_EKU_SERVER },
        { "300a06082b06010505070302", SV_EKU_CLIENT },
        { "300a06082b06010505070314", SV_EKU_SIP_DOMAIN },
        { "30060604551d2500", SV_EKU_ANY },
        { "300a06082b06010505070303", SV_EKU_OTHER },
        { "301406082b0601050507030106082b06010505070302", SV_EKU_SERVER | SV_EKU_CLIENT },
        { "301406082b0601050507030206082b06010505070301", SV_EKU_SERVER | SV_EKU_CLIENT },
        { "300b06092b0601050507030101", SV_EKU_OTHER },
        { "300906072b060105050703", SV_EKU_OTHER },
        { "30050603551d25", SV_EKU_OTHER },
        { "3000", BAD },
        { "", BAD },
        { "06082b06010505070301", BAD },
        { "30020600", BAD },
        { "300a06082b06010505070381", BAD },
        { "300c06082b060105050703010500", BAD },
        { "300a06082b0601050507030100", BAD },
        { "310a06082b06010505070301", BAD },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span value = hex_span(rows[i].hex);
        unsigned bits = 77;
        if (sv_eku_read(value, &bits) != (rows[i].bits != BAD))
            fail_msg("%s", rows[i].hex);
        assert_int_equal(bits, rows[i].bits == BAD ? 77 : (unsigned)rows[i].bits);
        hex_free(value);
    }
}

/* Extensions, each put in turn: OID and value in hex; critical: NULL for the default, else hex. */
static struct octets list, whole;

static void put_extension(const char *oid, const char *critical, const char *value)
{
    struct octets *body = calloc(1, sizeof *body);
    struct sv_span id = hex_span(oid), flag = hex_span(critical ? critical : ""),
                   octets = hex_span(value);
    put(body, SV_OID, id.data, id.len);
    if (critical)
        put(body, SV_BOOLEAN, flag.data, flag.len);
    put(body, SV_OCTET_STRING, octets.data, octets.len);
    put(&list, SV_SEQUENCE, body->data, body->len);
    free(body);
    hex_free(id);
    hex_free(flag);
    hex_free(octets);
}

static int read_all(struct sv_certificate *certificate, struct sv_misread *misread)
{
    whole.len = 0;
    put(&whole, SV_SEQUENCE, list.data, list.len);
    list.len = 0;
    *certificate = (struct sv_certificate){ .version = 3 };
    *misread = (struct sv_misread){ 0 };
    return sv_extensions_read(span_of(&whole), certificate, misread);
}

/* One extension: what becomes of it. NONE: read; is_unsupported: and refused for being critical. */
static void one_by_one(void **state)
{
    static const struct {
        const char *oid, *critical, *value;
        enum s2sv_reason reason;
        int is_unsupported;
    } rows[] = {
        { "551d13", "ff", "3000", S2SV_REASON_NONE, 0 },
        { "551d13", NULL, "30030101ff", S2SV_REASON_NONE, 0 },
        { "551d13", NULL, "30060101ff020100", S2SV_REASON_NONE, 0 },
        { "551d13", NULL, "3003010100", S2SV_REASON_NONE, 0 }, /* FALSE written out: ENC-1 */
        { "551d13", NULL, "3003010101", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d13", NULL, "3003020100", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d13", NULL, "30060101ff0201ff", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d13", NULL, "30050101ff0500", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d0f", "ff", "03020780", S2SV_REASON_NONE, 0 },
        { "551d0f", NULL, "03020106", S2SV_REASON_NONE, 0 },
        { "551d0f", NULL, "030100", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d0f", NULL, "03020700", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d0f", NULL, "0500", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d25", "ff", "300a06082b06010505070301", S2SV_REASON_NONE, 0 },
        { "551d25", NULL, "", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d11", "ff", "3003820161", S2SV_REASON_NONE, 0 },
        { "551d11", NULL, "3000", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d1e", "ff", "3004a0023000", S2SV_REASON_NONE, 0 },
        { "551d1e", NULL, "3000", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d0e", NULL, "04020102", S2SV_REASON_NONE, 0 },
        { "551d0e", "ff", "04020102", S2SV_REASON_NONE, 1 },
        { "551d0e", NULL, "0102", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d23", NULL, "3000", S2SV_REASON_NONE, 0 },
        { "551d23", NULL, "30048002aabb", S2SV_REASON_NONE, 0 },
        { "551d23", NULL, "30020500", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "551d1f", NULL, "3000", S2SV_REASON_NONE, 0 },
        { "551d1f", "ff", "3000", S2SV_REASON_NONE, 0 }, /* ENC-2 */
        { "551d20", "ff", "3000", S2SV_REASON_NONE, 0 },
        { "551d21", "ff", "3000", S2SV_REASON_NONE, 1 },
        { "551d24", "ff", "3000", S2SV_REASON_NONE, 1 },
        { "551d24", NULL, "3000", S2SV_REASON_NONE, 0 },
        { "551d36", NULL, "020100", S2SV_REASON_NONE, 0 },
        { "551d36", NULL, "0201", S2SV_REASON_MALFORMED_EXTENSION, 0 },
        { "6086480186f8420101", NULL, "03020640", S2SV_REASON_NONE, 0 },
        { "6086480186f8420101", "ff", "03020640", S2SV_REASON_NONE, 1 },
        { "2b0601050507010e", NULL, "3000", S2SV_REASON_NONE, 1 }, /* a proxy, critical or not */
        { "2b060104010a", NULL, "6e6f204445520a", S2SV_REASON_NONE, 0 }, /* unknown */
        { "2b060104010a", "ff", "3000", S2SV_REASON_NONE, 1 },
        { "2b060104010a", "00", "3000", S2SV_REASON_NONE, 0 }, /* ENC-1 */
        { "2b060104010a", "01", "3000", S2SV_REASON_MALFORMED_CERTIFICATE, 0 },
        { "2b060104018a", NULL, "3000", S2SV_REASON_MALFORMED_CERTIFICATE, 0 },
        { "", NULL, "3000", S2SV_REASON_MALFORMED_CERTIFICATE, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_certificate c;
        struct sv_misread misread;
        put_extension(rows[i].oid, rows[i].critical, rows[i].value);
        int is_read = read_all(&c, &misread);
        if (is_read != (rows[i].reason == S2SV_REASON_NONE) || misread.reason != rows[i].reason)
            fail_msg("row %zu: %s: %s", i, rows[i].oid, misread.what ? misread.what : "read");
        if ((c.unsupported_critical.data != NULL) != rows[i].is_unsupported)
            fail_msg("row %zu: %s: unsupported?", i, rows[i].oid);
    }
}

/* The first one that isn't supported is told. */
static void first_unsupported(void **state)
{
    struct sv_certificate c;
    struct sv_misread misread;
    (void)state;
    put_extension("2b01", NULL, "3000");
    put_extension("2b02", "ff", "3000");
    put_extension("2b03", "ff", "3000");
    assert_int_equal(read_all(&c, &misread), 1);
    assert_true(sv_span_is(c.unsupported_critical, "\x2b\x02"));
}

static void twice(void **state)
{
    struct sv_certificate c;
    struct sv_misread misread;
    (void)state;
    put_extension("2b01", NULL, "3000");
    put_extension("2b02", NULL, "3000");
    put_extension("2b01", NULL, "3000");
    assert_int_equal(read_all(&c, &misread), 0);
    assert_int_equal(misread.reason, S2SV_REASON_MALFORMED_CERTIFICATE);
}

static void how_many(void **state)
{
    struct sv_certificate c;
    struct sv_misread misread;
    (void)state;
    for (int count = SV_MAX_EXTENSIONS; count <= SV_MAX_EXTENSIONS + 1; count++) {
        for (int i = 0; i < count; i++) {
            char oid[5];
            snprintf(oid, sizeof oid, "2b%02x", (unsigned)i);
            put_extension(oid, NULL, "3000");
        }
        assert_int_equal(read_all(&c, &misread), count == SV_MAX_EXTENSIONS);
    }
    assert_int_equal(misread.reason, S2SV_REASON_LIMIT_EXCEEDED);
}

static void no_list(void **state)
{
    static const char *const rows[] = { "", "3000", "0500", "30023000", "300400", "30050500" };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sv_span extensions = hex_span(rows[i]);
        struct sv_certificate c = { .version = 3 };
        struct sv_misread misread;
        assert_int_equal(sv_extensions_read(extensions, &c, &misread), 0);
        assert_int_equal(misread.reason, S2SV_REASON_MALFORMED_CERTIFICATE);
        hex_free(extensions);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(purposes),          cmocka_unit_test(one_by_one),
        cmocka_unit_test(first_unsupported), cmocka_unit_test(twice),
        cmocka_unit_test(how_many),          cmocka_unit_test(no_list),
    };
    return cmocka_run_group_tests_name("extension", tests, NULL, NULL);
}
