/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See xen-options.h. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpupolicy.h"
#include "xen-options.h"

/* Xen copies an option, its name included, into 128 bytes. */
#define XEN_MAX_OPTION 127

/* Options that take a feature away without cpuid=, or change a fact. */
static const struct {
    const char *option;
    const char *features;       /* as of cpuid=, or NULL */
    const char *facts;          /* or NULL */
} others[] = {
    { "xsave", "no-xsave", NULL },
    { "smep", "no-smep", NULL },
    { "smap", "no-smap", NULL },
    { "tsx", NULL, "tsx=no" },
};

struct translation {
    FILE *cmdline, *platform;
    bool any_fact;
};

static bool understood(const char *option, const char *element, size_t len)
{
    char text[XEN_MAX_OPTION + 16];

    snprintf(text, sizeof(text), "%s=%.*s", option, (int)len, element);

    return !cpupolicy_cmdline_check(text, NULL, NULL, NULL);
}

static bool is_off(const char *value, size_t len)
{
    static const char *const words[] = { "0", "no", "off", "false",
                                         "disable" };

    for ( size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++ )
        if ( strlen(words[i]) == len && !memcmp(words[i], value, len) )
            return true;

    return false;
}

/*
 * Xen takes features away; of those it is asked to turn on, it knows what to
 * do with RDRAND only.  dom0's list works both ways.
 */
static bool has_effect(const char *option, const char *element, size_t len)
{
    const char *eq = memchr(element, '=', len);
    size_t name = eq ? (size_t)(eq - element) : len;

    /* cpuid=x=guest is ours. */
    if ( eq && len - name == strlen("=guest") &&
         !memcmp(eq, "=guest", len - name) )
        return false;
    if ( !strcmp(option, "dom0-cpuid") || !strncmp(element, "rdrand", name) )
        return true;

    return eq ? is_off(eq + 1, len - name - 1) : !strncmp(element, "no-", 3);
}

static void translate_list(struct translation *t, const char *option,
                           const char *list, size_t len)
{
    for ( size_t n; ; list += n + 1, len -= n + 1 )
    {
        const char *comma = memchr(list, ',', len);

        n = comma ? (size_t)(comma - list) : len;
        if ( n && understood(option, list, n) &&
             has_effect(option, list, n) )
            fprintf(t->cmdline, " %s=%.*s", option, (int)n, list);
        if ( n == len )
            return;
    }
}

static void add_facts(struct translation *t, const char *facts)
{
    fprintf(t->platform, "%s%s", t->any_fact ? "," : "", facts);
    t->any_fact = true;
}

/* Xen's form: spec-ctrl=no, or a list with msr-sc, pv and hvm in it. */
static void translate_spec_ctrl(struct translation *t, const char *list,
                                size_t len)
{
    for ( size_t n; ; list += n + 1, len -= n + 1 )
    {
        const char *comma = memchr(list, ',', len);

        n = comma ? (size_t)(comma - list) : len;
        if ( is_off(list, n) )
            add_facts(t, "gds-mit=no,virt-spec-ctrl=no");
        if ( is_off(list, n) || (n > 7 && !memcmp(list, "msr-sc=", 7) &&
                                 is_off(list + 7, n - 7)) ||
             (n == 9 && !memcmp(list, "no-msr-sc", n)) )
            add_facts(t, "spec-ctrl-pv=no,spec-ctrl-hvm=no");
        if ( n == len )
            return;
    }
}

static void translate_word(struct translation *t, const char *word,
                           size_t len)
{
    const char *eq = memchr(word, '=', len);
    bool no = !eq && len > 3 && !memcmp(word, "no-", 3);
    const char *name = no ? word + 3 : word;
    size_t name_len = eq ? (size_t)(eq - word) : no ? len - 3 : len;
    size_t value_len = eq ? len - name_len - 1 : 0;

    if ( eq && name_len == 5 && !memcmp(name, "cpuid", 5) )
        translate_list(t, "cpuid", eq + 1, value_len);
    else if ( eq && name_len == 10 && !memcmp(name, "dom0-cpuid", 10) )
        translate_list(t, "dom0-cpuid", eq + 1, value_len);
    else if ( eq && name_len == 9 && !memcmp(name, "spec-ctrl", 9) )
        translate_spec_ctrl(t, eq + 1, value_len);

    for ( size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++ )
    {
        if ( strlen(others[i].option) != name_len ||
             memcmp(others[i].option, name, name_len) ||
             !(no || (eq && is_off(eq + 1, value_len))) )
            continue;
        if ( others[i].features )
            fprintf(t->cmdline, " cpuid=%s", others[i].features);
        if ( others[i].facts )
            add_facts(t, others[i].facts);
    }
}

int xen_options_translate(const char *xen, char **cmdline, char **platform)
{
    char *text[2] = { NULL, NULL };
    size_t size[2];
    struct translation t = {
        .cmdline = open_memstream(&text[0], &size[0]),
        .platform = open_memstream(&text[1], &size[1]),
    };
    bool ok = t.cmdline && t.platform;

    while ( ok && *xen )
    {
        size_t len = strcspn(xen, " ");

        translate_word(&t, xen, len > XEN_MAX_OPTION ? XEN_MAX_OPTION : len);
        xen += len + (xen[len] == ' ');
    }

    ok = ok && !ferror(t.cmdline) && !ferror(t.platform);
    if ( t.cmdline )
        ok &= !fclose(t.cmdline);
    if ( t.platform )
        ok &= !fclose(t.platform);
    if ( !ok )
    {
        free(text[0]);
        free(text[1]);
        return -ENOMEM;
    }

    *cmdline = text[0];
    *platform = text[1];

    return 0;
}
