/* SPDX-License-Identifier: MIT */
#include "x509/general_name.h"

#include "x509/name.h"

/* OtherName ::= SEQUENCE { type-id OID, value [0] EXPLICIT ANY } */
static int read_other_name(struct sv_span content, struct sv_general_name *name)
{
    struct sv_span wrapped;
    struct sv_element value;
    if (!sv_der_take(&content, SV_OID, &name->type) || !sv_der_oid_ok(name->type) ||
        !sv_der_only(content, SV_CONTEXT_CONSTRUCTED(0), &wrapped) ||
        !sv_der_next(&wrapped, &value) || wrapped.len != 0)
        return 0;
    name->value_tag = value.tag;
    name->content = value.content;
    return 1;
}

int sv_general_name_next(struct sv_span *cursor, struct sv_general_name *ret_name)
{
    struct sv_element element;
    if (!sv_der_next(cursor, &element))
        return 0;
    *ret_name = (struct sv_general_name){ .tag = element.tag, .content = element.content };
    switch (element.tag) {
    case SV_GN_OTHER:
        return read_other_name(element.content, ret_name);
    case SV_GN_DIRECTORY:
        return sv_der_only(element.content, SV_SEQUENCE, &ret_name->content) &&
               sv_name_ok(element.content);
    case SV_GN_REGISTERED_ID:
        return sv_der_oid_ok(element.content);
    case SV_GN_RFC822:
    case SV_GN_DNS:
    case SV_GN_X400:
    case SV_GN_EDI_PARTY:
    case SV_GN_URI:
    case SV_GN_IP:
        return 1;
    default:
        return 0;
    }
}

int sv_general_name_is_empty(const struct sv_general_name *name)
{
    return name->content.len == 0 && (name->tag == SV_GN_DNS || name->tag == SV_GN_RFC822 ||
                                      name->tag == SV_GN_URI || name->tag == SV_GN_IP);
}

/* id-on-dnsSRV, 1.3.6.1.5.5.7.8.7 */
int sv_is_srv_name(const struct sv_general_name *name)
{
    return name->tag == SV_GN_OTHER && sv_span_is(name->type, "\x2b\x06\x01\x05\x05\x07\x08\x07");
}

/* id-on-xmppAddr, 1.3.6.1.5.5.7.8.5 */
int sv_is_xmpp_addr(const struct sv_general_name *name)
{
    return name->tag == SV_GN_OTHER && sv_span_is(name->type, "\x2b\x06\x01\x05\x05\x07\x08\x05");
}

/* AttributeTypeAndValue ::= SEQUENCE { type OID, value ANY }; id-at-commonName is 2.5.4.3. */
static int read_attribute(struct sv_span *rdn, struct sv_common_name *common_name)
{
    struct sv_span attribute, type;
    struct sv_element value;
    if (!sv_der_take(rdn, SV_SEQUENCE, &attribute) || !sv_der_take(&attribute, SV_OID, &type) ||
        !sv_der_next(&attribute, &value) || attribute.len != 0)
        return 0;
    if (!sv_span_is(type, "\x55\x04\x03"))
        return 1;
    common_name->count++;
    common_name->tag = value.tag;
    common_name->value = value.content;
    return 1;
}

int sv_common_name_read(struct sv_span name, struct sv_common_name *ret_common_name)
{
    struct sv_span rdns, rdn;
    *ret_common_name = (struct sv_common_name){ 0 };
    if (!sv_der_only(name, SV_SEQUENCE, &rdns))
        return 0;
    while (rdns.len > 0) {
        if (!sv_der_take(&rdns, SV_SET, &rdn) || rdn.len == 0)
            return 0;
        while (rdn.len > 0) {
            if (!read_attribute(&rdn, ret_common_name))
                return 0;
        }
    }
    return 1;
}
