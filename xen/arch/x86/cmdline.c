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

static const struct {
    const char *name;
    size_t offset;              /* in struct x86_cmdline */
} options[] = {
#define BOOT_OPTION(member, name, meaning) \
    { name, __builtin_offsetof(struct x86_cmdline, member) },
#include <arch/boot-options.h>
#undef BOOT_OPTION
};

#define NR_OPTIONS (sizeof(options) / sizeof(options[0]))

/* No list to apply, or a list that is denied as a whole. */
static int refuse(struct context *ctx, size_t pos, size_t len,
                  enum x86_option_fault fault)
{
    const struct x86_option_error e = { .fault = fault, .len = len };

    ctx->base = pos;
    report_bad(ctx, &e);

    return -EINVAL;
}

static int parse_word(struct x86_cmdline *c, const char *text, size_t pos,
                      size_t len, const struct x86_cmdline_sink *sink)
{
    const char *word = text + pos;
    bool denied = len > 3 && !memcmp(word, "no-", 3);

    for ( unsigned int i = 0; i < NR_OPTIONS; i++ )
    {
        size_t n = match(word, len, options[i].name);
        struct context ctx = {
            .sink = sink, .option = options[i].name, .base = pos + n + 1,
        };
        struct x86_option_sink option_sink = { report_bad, &ctx };

        if ( denied && match(word + 3, len - 3, options[i].name) )
            return refuse(&ctx, pos, len, X86_OPTION_DENIED);
        if ( n == len )
            return refuse(&ctx, pos, len, X86_OPTION_EMPTY);
        if ( n )
            return x86_cpuid_option_parse((void *)((char *)c +
                                                   options[i].offset),
                                          word + n + 1, len - n - 1,
                                          &option_sink);
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
