/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Splitting the command line into words; see arch/cmdline.h. */

#include <string.h>

#include <arch/cmdline.h>

struct context {
    const struct x86_cmdline_sink *sink;
    const char *option;
    size_t base;                /* offset of the value in the whole text */
};

static void report_bad(void *ctx, const struct x86_option_error *e)
{
    const struct context *c = ctx;
    struct x86_option_error shifted = *e;

    shifted.offset += c->base;
    shifted.name_offset += c->base;
    if ( c->sink && c->sink->bad )
        c->sink->bad(c->sink->ctx, c->option, &shifted);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Length of `name` if the word is that option, with or without value. */
static size_t match(const char *word, size_t len, const char *name)
{
    size_t n = 0;

    while ( name[n] && n < len && word[n] == name[n] )
        n++;

    return !name[n] && (n == len || word[n] == '=') ? n : 0;
}

static int parse_word(struct x86_cmdline *c, const char *text, size_t pos,
                      size_t len, const struct x86_cmdline_sink *sink)
{
    static const char *const names[] = {
        "cpuid", "dom0-cpuid", "no-cpuid", "no-dom0-cpuid",
    };
    struct x86_cpuid_option *const options[] = { &c->cpuid, &c->dom0_cpuid };
    const char *word = text + pos;

    for ( unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++ )
    {
        size_t n = match(word, len, names[i]);
        struct context ctx = {
            .sink = sink, .option = names[i & 1], .base = pos + n + 1,
        };
        struct x86_option_sink option_sink = { report_bad, &ctx };
        struct x86_option_error e = { X86_OPTION_EMPTY, 0, 0, 0, 0 };

        if ( !n )
            continue;

        if ( i < 2 && n < len )
            return x86_cpuid_option_parse(options[i], word + n + 1,
                                          len - n - 1, &option_sink);

        /* No list to apply, or a list that is denied as a whole. */
        ctx.base = pos;
        e.len = len;
        if ( i >= 2 )
            e.fault = X86_OPTION_DENIED;
        report_bad(&ctx, &e);
        return -EINVAL;
    }

    if ( sink && sink->other )
        sink->other(sink->ctx, pos, len);

    return 0;
}

int x86_cmdline_parse(struct x86_cmdline *c, const char *text, size_t len,
                      const struct x86_cmdline_sink *sink)
{
    size_t pos = 0;
    int rc = 0;

    for ( ;; )
    {
        size_t end;

        while ( pos < len && is_blank(text[pos]) )
            pos++;
        if ( pos == len )
            return rc;

        for ( end = pos; end < len && !is_blank(text[end]); )
            end++;
        if ( parse_word(c, text, pos, end - pos, sink) )
            rc = -EINVAL;
        pos = end;
    }
}
