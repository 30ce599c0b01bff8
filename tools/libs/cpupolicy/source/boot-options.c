/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Boot options and platform facts as text, with messages for people. */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

#define SHOWN 48        /* of a word that a message quotes */

static int shown(size_t len)
{
    return len > SHOWN ? SHOWN : (int)len;
}

/*
 * "; did you mean a, b or c?" or nothing.  Names are lower case; one that is
 * only written otherwise is meant, with its "no-" if it has one.
 */
static void suggest(char *out, size_t size, const char *name, size_t len)
{
    const struct x86_feature_desc *near[3];
    char lower[SHOWN];
    size_t n = 0, no;
    unsigned int nr;

    out[0] = '\0';
    if ( len > sizeof(lower) )
        return;
    for ( size_t i = 0; i < len; i++ )
        lower[i] = tolower((unsigned char)name[i]);

    no = len > 3 && !memcmp(lower, "no-", 3) ? 3 : 0;
    if ( memcmp(lower, name, len) &&
         (x86_feature_lookup(lower, len) ||
          x86_feature_lookup(lower + no, len - no)) )
    {
        snprintf(out, size, "; did you mean %.*s?", (int)len, lower);
        return;
    }

    nr = x86_feature_nearest(lower, len, near, 3);
    for ( unsigned int i = 0; i < nr && n < size; i++ )
        n += snprintf(out + n, size - n, "%s%s",
                      !i ? "; did you mean " : i + 1 < nr ? ", " : " or ",
                      near[i]->name);
    if ( nr && n < size )
        snprintf(out + n, size - n, "?");
}

static void describe(char *out, size_t size, const char *text,
                     const char *option, const struct x86_option_error *e)
{
    const char *element = text + e->offset, *name = text + e->name_offset;
    char near[128];

    switch ( e->fault )
    {
    case X86_OPTION_EMPTY:
        snprintf(out, size, "%s %s", option,
                 e->len ? "needs a list of features, after '='"
                        : "has an empty element in its list");
        break;

    case X86_OPTION_UNKNOWN:
        suggest(near, sizeof(near), name, e->name_len);
        snprintf(out, size, "unknown feature '%.*s'%s", shown(e->name_len),
                 name, near);
        break;

    case X86_OPTION_BAD_VALUE:
        snprintf(out, size, "'%.*s': the value must be a boolean or 'guest'",
                 shown(e->len), element);
        break;

    case X86_OPTION_DENIED:
        snprintf(out, size, "'%.*s': the option itself has no negative; "
                 "%s=no-FEATURE takes a feature away", shown(e->len),
                 element, option);
        break;

    case X86_OPTION_NO_AND_VALUE:
        snprintf(out, size, "'%.*s': \"no-\" and a value exclude each other",
                 shown(e->len), element);
        break;
    }
}

struct check {
    const char *text;
    void (*bad)(void *ctx, size_t position, size_t len, const char *message);
    void (*other)(void *ctx, size_t position, size_t len);
    void *ctx;
};

static void on_bad(void *ctx, const char *option,
                   const struct x86_option_error *e)
{
    const struct check *c = ctx;
    char message[320];

    if ( !c->bad )
        return;

    describe(message, sizeof(message), c->text, option, e);
    c->bad(c->ctx, e->offset, e->len, message);
}

static void on_other(void *ctx, size_t offset, size_t len)
{
    const struct check *c = ctx;

    if ( c->other )
        c->other(c->ctx, offset, len);
}

int cpupolicy_cmdline_check(const char *text,
                            void (*bad)(void *ctx, size_t position,
                                        size_t len, const char *message),
                            void (*other)(void *ctx, size_t position,
                                          size_t len),
                            void *ctx)
{
    struct check check = { text, bad, other, ctx };
    const struct x86_cmdline_sink sink = { on_bad, on_other, &check };
    struct x86_cmdline unused = { 0 };

    return x86_cmdline_parse(&unused, text, strlen(text), &sink);
}

static void first_fault(void *ctx, size_t position, size_t len,
                        const char *message)
{
    cpupolicy_error *err = ctx;

    (void)len;
    if ( err && !err->code )
        cpupolicy_error_set(err, EINVAL, 0,
                            "command line, position %zu: %s", position + 1,
                            message);
}

int cmdline_parse(struct x86_cmdline *c, const char *text,
                  cpupolicy_error *err)
{
    struct check check = { text, first_fault, NULL, err };
    const struct x86_cmdline_sink sink = { on_bad, NULL, &check };
    struct x86_cmdline parsed = { 0 };
    int rc;

    if ( err )
        err->code = 0;
    rc = x86_cmdline_parse(&parsed, text, strlen(text), &sink);
    if ( !rc )
        *c = parsed;

    return rc;
}

static int parse_bool(const char *s, size_t len)
{
    static const char *const words[] = {
        "no", "yes", "off", "on", "false", "true", "0", "1",
        "disable", "enable",
    };

    for ( size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++ )
        if ( strlen(words[i]) == len && !memcmp(words[i], s, len) )
            return i & 1;

    return -EINVAL;
}

static int set_microcode(struct x86_platform *plat, const char *value,
                         size_t len, cpupolicy_error *err)
{
    char number[24], *end;
    unsigned long long v;

    if ( !len || len >= sizeof(number) || value[0] < '0' || value[0] > '9' )
        goto bad;
    memcpy(number, value, len);
    number[len] = '\0';
    errno = 0;
    v = strtoull(number, &end, 0);
    if ( errno || *end || v > UINT32_MAX )
        goto bad;
    plat->microcode = v;

    return 0;

 bad:
    return cpupolicy_error_set(err, EINVAL, 0,
                               "platform: '%.*s' is no 32-bit revision",
                               shown(len), value);
}

static int set_fact(struct x86_platform *plat, const char *fact, size_t len,
                    cpupolicy_error *err)
{
    const char *eq = memchr(fact, '=', len);
    size_t name_len = eq ? (size_t)(eq - fact) : len;
    const char *value = eq ? eq + 1 : "";
    size_t value_len = eq ? len - name_len - 1 : 0;

    if ( eq && name_len == strlen("microcode") &&
         !memcmp(fact, "microcode", name_len) )
        return set_microcode(plat, value, value_len, err);

    for ( unsigned int i = 0; i < x86_nr_platform_facts; i++ )
    {
        const struct x86_platform_fact *f = &x86_platform_facts[i];
        int on = eq ? parse_bool(value, value_len) : 1;

        if ( strlen(f->option) != name_len ||
             memcmp(f->option, fact, name_len) )
            continue;
        if ( on < 0 )
            return cpupolicy_error_set(err, EINVAL, 0,
                                       "platform: '%.*s' is no boolean",
                                       shown(len), fact);
        *(bool *)((char *)plat + f->offset) = on;
        *(x86_input *)((char *)plat + f->unknown_offset) = X86_INPUT_NONE;
        return 0;
    }

    return cpupolicy_error_set(err, EINVAL, 0, "platform: no fact '%.*s'",
                               shown(name_len), fact);
}

int platform_parse(struct x86_platform *plat, const char *text,
                   cpupolicy_error *err)
{
    struct x86_platform parsed = *plat;

    while ( *text )
    {
        size_t len = strcspn(text, ",");
        int rc = set_fact(&parsed, text, len, err);

        if ( rc )
            return rc;
        text += len;
        if ( *text == ',' && !*++text )
            return cpupolicy_error_set(err, EINVAL, 0,
                                       "platform: empty fact at the end");
    }

    *plat = parsed;

    return 0;
}

int cpupolicy_platform_check(const char *text, cpupolicy_error *err)
{
    struct x86_platform unused = { 0 };

    return platform_parse(&unused, text, err);
}
