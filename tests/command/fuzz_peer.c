/* SPDX-License-Identifier: MIT
 * Input: what the command reads from peers and name servers. The first octet says what it is. */
#include <string.h>

#include "../../tools/s2sverify/base64.h"
#include "../../tools/s2sverify/output.h"
#include "../../tools/s2sverify/rdata.h"
#include "../../tools/s2sverify/smtp.h"
#include "../../tools/s2sverify/xml.h"
#include "fuzz.h"

/* A sum over all that can be seen of an element, without recursion. */
static size_t look_at(const struct xml_node *node)
{
    size_t sum = 0;
    for (const struct xml_node *at = node; at;) {
        sum += strlen(at->name) + 3 * strlen(at->text) + 7;
        for (size_t i = 0; at->attributes[i]; i++)
            sum = 31 * sum + strlen(at->attributes[i]);
        FUZZ_CHECK(strlen(xml_local_name(at)) <= strlen(at->name));
        if (at->first) {
            at = at->first;
            continue;
        }
        while (at != node && !at->next)
            at = at->parent;
        at = at == node ? NULL : at->next;
    }
    return sum;
}

struct seen {
    size_t elements, sum;
    enum xml_event last;
};

/* In pieces of that size: how the octets arrive may not change what is read. */
static struct seen read_stream(const char *data, size_t len, size_t piece)
{
    struct xml_stream *stream = xml_new();
    struct seen seen = { 0, 0, XML_MORE };
    if (!stream)
        abort();
    for (size_t at = 0; at < len && (seen.last == XML_MORE || seen.last == XML_ELEMENT);) {
        size_t used = 0, want = piece < len - at ? piece : len - at;
        seen.last = xml_feed(stream, data + at, want, &used);
        FUZZ_CHECK(used <= want && (used > 0 || seen.last == XML_END));
        at += used;
        FUZZ_CHECK((seen.last == XML_ELEMENT) == (xml_element(stream) != NULL));
        FUZZ_CHECK((seen.last == XML_BAD) == (xml_error(stream)[0] != '\0'));
        if (seen.last != XML_ELEMENT)
            continue;
        seen.elements++;
        seen.sum = 31 * seen.sum + look_at(xml_element(stream));
    }
    xml_free(stream);
    return seen;
}

static void check_stream(const char *data, size_t len)
{
    struct seen whole = read_stream(data, len, len), pieces = read_stream(data, len, 1);
    FUZZ_CHECK(whole.elements == pieces.elements && whole.sum == pieces.sum);
    FUZZ_CHECK((whole.last == XML_BAD) == (pieces.last == XML_BAD));
}

/* What is escaped has nothing that XML would take for markup. */
static void check_escape(const char *text)
{
    char xml[300], shown[300];
    xml_escape(text, xml, sizeof xml);
    FUZZ_CHECK(!strpbrk(xml, "<>'\""));
    escape_text(text, shown, sizeof shown);
    fuzz_check_text(shown);
    FUZZ_CHECK(text_columns(text) >= 0);
}

static void check_record(const void *data, size_t len)
{
    struct service service;
    memset(&service, 'x', sizeof service);
    if (rdata_srv(data, len, &service))
        FUZZ_CHECK(strlen(service.host) < sizeof service.host && service.port <= 65535);
    if (rdata_mx(data, len, &service)) {
        FUZZ_CHECK(strlen(service.host) < sizeof service.host && service.port == 0);
        fuzz_check_text(service.host);
    }
}

static void check_reply(const char *line)
{
    int code = 0, is_last;
    const char *text;
    struct smtp_reply reply = { 250, "" };
    if (smtp_parse(line, &code, &is_last, &text))
        FUZZ_CHECK(code >= 100 && code <= 599 && text >= line && text <= line + strlen(line));
    snprintf(reply.text, sizeof reply.text, "%.1000s\n", line);
    smtp_offers(&reply, "STARTTLS");
}

static void check_base64(const char *text, size_t len)
{
    unsigned char octets[512];
    char again[700];
    size_t used = 0;
    if (base64_decode(text, len, 0, octets, sizeof octets, &used)) {
        FUZZ_CHECK(used <= sizeof octets && base64_encode(octets, used, again, sizeof again));
        FUZZ_CHECK(strlen(again) == len);
    }
    base64_decode(text, len, 1, octets, sizeof octets, &used);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct sv_span input = { data, len };
    unsigned what = fuzz_octet(&input) % 5;
    const char *text = (const char *)input.data;
    size_t text_len = input.len;
    char *string = fuzz_string(&input);
    if (what == 0)
        check_stream(text, text_len);
    else if (what == 1)
        check_record(text, text_len);
    else if (what == 2)
        check_reply(string);
    else if (what == 3)
        check_base64(text, text_len);
    else
        check_escape(string);
    free(string);
    return 0;
}

static void add(struct fuzz_corpus *corpus, unsigned what, const char *text, size_t len)
{
    struct out out = { 0 };
    out_byte(&out, what);
    out_bytes(&out, text, len);
    fuzz_add(corpus, out.data, out.len);
    out_free(&out);
}

#define ADD(what, text) add(corpus, what, text, sizeof text - 1)

void fuzz_seed(struct fuzz_corpus *corpus, const struct case_record *record,
               const struct case_chain *chain)
{
    (void)record, (void)chain;
    ADD(0, "<?xml version='1.0'?><stream:stream xmlns='jabber:server' "
           "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' from='a.example'>"
           "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
           "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>EXTERNAL</mechanism>"
           "</mechanisms></stream:features><proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
           "</stream:stream>");
    ADD(0, "<a><!-- b --><?c d?><![CDATA[e]]>&lt;&#x41;&amp;</a>");
    ADD(0, "<!DOCTYPE a [<!ENTITY b 'c'>]><a b='&b;'/>");
    ADD(0, "<s:s xmlns:s='t'><s:error><x xmlns='y'/><text xmlns='y' xml:lang='en'>z \xc3\xbc</text>"
           "</s:error><iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq></s:s>");
    ADD(1, "\0\5\0\1\024\225\4xmpp\7example\0");
    ADD(1, "\0\12\2mx\7example\3org\0");
    ADD(1, "\0\0\0\0\0\0\0");
    ADD(2, "250-STARTTLS");
    ADD(2, "220 mx.example ESMTP");
    ADD(3, "YS5leGFtcGxl");
    ADD(3, "YQ==");
    ADD(4, "a\x1b[31m\xe2\x80\xae\xc2\x9b<>&'\"\xff\xf0\x9f\x98\x80");
}
