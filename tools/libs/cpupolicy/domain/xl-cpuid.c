/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xl.cfg(5), cpuid=.  Keys are libxl's: every feature by name, and the
 * numbers and older spellings below.
 */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xl-cpuid.h"

#define NA X86_NO_SUBLEAF

/* A field by its own name: leaf, subleaf, register, lowest bit, bits. */
static const struct key {
    const char *name;
    uint32_t leaf, subleaf;
    uint8_t reg, lo, nr;
} keys[] = {
    { "maxleaf",      0x0, NA, X86_REG_A, 0, 32 },
    { "stepping",     0x1, NA, X86_REG_A, 0, 4 },
    { "brandid",      0x1, NA, X86_REG_B, 0, 8 },
    { "clflush",      0x1, NA, X86_REG_B, 8, 8 },
    { "proccount",    0x1, NA, X86_REG_B, 16, 8 },
    { "localapicid",  0x1, NA, X86_REG_B, 24, 8 },
    { "est",          0x1, NA, X86_REG_C, 7, 1 },
    { "cntxid",       0x1, NA, X86_REG_C, 10, 1 },
    { "cmpxchg16",    0x1, NA, X86_REG_C, 13, 1 },
    { "sse4_1",       0x1, NA, X86_REG_C, 19, 1 },
    { "sse4.1",       0x1, NA, X86_REG_C, 19, 1 },
    { "sse4_2",       0x1, NA, X86_REG_C, 20, 1 },
    { "sse4.2",       0x1, NA, X86_REG_C, 20, 1 },
    { "aes",          0x1, NA, X86_REG_C, 25, 1 },
    { "cmpxchg8",     0x1, NA, X86_REG_D, 8, 1 },
    { "sysenter",     0x1, NA, X86_REG_D, 11, 1 },
    { "psn",          0x1, NA, X86_REG_D, 18, 1 },
    { "clfsh",        0x1, NA, X86_REG_D, 19, 1 },
    { "tm",           0x1, NA, X86_REG_D, 29, 1 },
    { "ia64",         0x1, NA, X86_REG_D, 30, 1 },
    { "procpkg",      0x4, 0,  X86_REG_A, 26, 6 },
    { "arat",         0x6, NA, X86_REG_A, 2, 1 },
    { "tsc_adjust",   0x7, 0,  X86_REG_B, 1, 1 },
    { "cmt",          0x7, 0,  X86_REG_B, 12, 1 },
    { "maxhvleaf",    0x40000000U, NA, X86_REG_A, 0, 8 },
    { "lahfsahf",     0x80000001U, NA, X86_REG_C, 0, 1 },
    { "cmplegacy",    0x80000001U, NA, X86_REG_C, 1, 1 },
    { "altmovcr8",    0x80000001U, NA, X86_REG_C, 4, 1 },
    { "nodeid",       0x80000001U, NA, X86_REG_C, 19, 1 },
    { "perfctr_core", 0x80000001U, NA, X86_REG_C, 23, 1 },
    { "perfctr_nb",   0x80000001U, NA, X86_REG_C, 24, 1 },
    { "invtsc",       0x80000007U, NA, X86_REG_D, 8, 1 },
    { "ppin",         0x80000008U, NA, X86_REG_B, 23, 1 },
    { "nc",           0x80000008U, NA, X86_REG_C, 0, 8 },
    { "apicidsize",   0x80000008U, NA, X86_REG_C, 12, 4 },
    { "svm_npt",      0x8000000aU, NA, X86_REG_D, 0, 1 },
    { "svm_lbrv",     0x8000000aU, NA, X86_REG_D, 1, 1 },
    { "svm_nrips",    0x8000000aU, NA, X86_REG_D, 3, 1 },
    { "svm_tscrate",  0x8000000aU, NA, X86_REG_D, 4, 1 },
    { "svm_vmcbclean", 0x8000000aU, NA, X86_REG_D, 5, 1 },
    { "svm_decode",   0x8000000aU, NA, X86_REG_D, 7, 1 },
    { "svm_pausefilt", 0x8000000aU, NA, X86_REG_D, 10, 1 },
    { "lfence+",      0x80000021U, NA, X86_REG_A, 2, 1 },
};

static int bad(cpupolicy_error *err, const char *element, int len,
               const char *why)
{
    return cpupolicy_error_set(err, EINVAL, 0, "cpuid: '%.*s': %s",
                               len > 60 ? 60 : len, element, why);
}

static uint32_t bits(unsigned int lo, unsigned int nr)
{
    return (nr == 32 ? ~0u : (1u << nr) - 1) << lo;
}

/* "k" and the like, or a number that fits.  -EINVAL otherwise. */
static int take_value(const struct xl_cpuid_base *base, const char *s,
                      size_t len, unsigned int nr, char *letter,
                      uint32_t *number)
{
    char text[16], *end;
    unsigned long v;

    (void)base;
    *letter = '\0';
    if ( len == 1 && strchr("xks", s[0]) )
    {
        *letter = s[0];
        return 0;
    }
    if ( !len || len >= sizeof(text) || !isdigit((unsigned char)s[0]) )
        return -EINVAL;

    memcpy(text, s, len);
    text[len] = '\0';
    errno = 0;
    v = strtoul(text, &end, 0);
    if ( errno || *end || v > bits(0, nr) )
        return -EINVAL;
    *number = v;

    return 0;
}

static void put(uint32_t *reg, const uint32_t *from_default,
                const uint32_t *from_host, uint32_t mask, char letter,
                uint32_t value)
{
    uint32_t source = letter == 'x' ? *from_default
                    : letter ? *from_host : value;

    *reg = (*reg & ~mask) | (source & mask);
}

/* Registers of a slot, the same in all three policies. */
static void put_word(struct cpu_policy *p, const struct xl_cpuid_base *base,
                     unsigned int word, uint32_t mask, char letter,
                     uint32_t value)
{
    put(&p->word[word], &base->type_default->word[word],
        &base->host->word[word], mask, letter, value);
}

static void put_feature(struct cpu_policy *p,
                        const struct xl_cpuid_base *base, unsigned int f,
                        char letter, bool on)
{
    const uint32_t *deps = x86_deep_deps_lookup(f);
    x86_featureset fs;
    bool set = letter == 'x' ? x86_policy_has(base->type_default, f)
             : letter ? x86_policy_has(base->host, f) : on;

    x86_policy_to_featureset(p, fs);
    /* Without f there is nothing that needs f, as Xen itself has it. */
    if ( set )
        x86_feature_set(fs, f);
    else
        x86_feature_clear(fs, f);
    for ( unsigned int w = 0; !set && deps && w < X86_NR_FEATURE_WORDS; w++ )
        fs[w] &= ~deps[w];
    x86_featureset_to_policy(fs, p);
}

/*
 * Family and model are spread over two fields each.  A family from 15 on is
 * base 15 and the rest in the extended field.
 */
static int put_signature(struct cpu_policy *p,
                         const struct xl_cpuid_base *base, bool is_family,
                         const char *value, size_t len)
{
    unsigned int word = X86_SLOT_1 * 4;
    uint32_t v = 0, mask = is_family ? 0x0ff00f00 : 0x000f00f0;
    char letter;

    if ( take_value(base, value, len, is_family ? 9 : 8, &letter, &v) ||
         (is_family && v > 0xf + 0xff) )
        return -EINVAL;

    if ( is_family )
        v = v < 0xf ? v << 8 : 0xf00 | (v - 0xf) << 20;
    else
        v = (v & 0xf) << 4 | (v & 0xf0) << 12;
    put_word(p, base, word, mask, letter, v);

    return 0;
}

static int put_key(struct cpu_policy *p, const struct xl_cpuid_base *base,
                   const struct key *k, const char *value, size_t len)
{
    int slot = x86_slot_find(k->leaf, k->subleaf);
    uint32_t v = 0;
    char letter;

    if ( slot < 0 || take_value(base, value, len, k->nr, &letter, &v) )
        return -EINVAL;
    put_word(p, base, slot * 4 + k->reg, bits(k->lo, k->nr), letter,
             v << k->lo);

    return 0;
}

static bool is(const char *name, size_t len, const char *word)
{
    return strlen(word) == len && !memcmp(name, word, len);
}

static int apply_element(struct cpu_policy *p,
                         const struct xl_cpuid_base *base, const char *s,
                         size_t len, cpupolicy_error *err)
{
    const char *eq = memchr(s, '=', len), *value = eq + 1;
    size_t name = eq ? (size_t)(eq - s) : 0, vlen = len - name - 1;
    const struct x86_feature_desc *f;
    uint32_t on = 0;
    char letter;
    int rc = 1;

    if ( !eq )
        return bad(err, s, len, "no '='");

    if ( is(s, name, "family") || is(s, name, "model") )
        rc = put_signature(p, base, s[0] == 'f', value, vlen);
    for ( size_t i = 0; rc > 0 && i < sizeof(keys) / sizeof(keys[0]); i++ )
        if ( is(s, name, keys[i].name) )
            rc = put_key(p, base, &keys[i], value, vlen);

    f = rc > 0 ? x86_feature_lookup(s, name) : NULL;
    if ( f )
    {
        rc = take_value(base, value, vlen, 1, &letter, &on);
        if ( !rc )
            put_feature(p, base, f->value, letter, on);
    }

    return rc > 0 ? bad(err, s, len, "no such key")
         : rc ? bad(err, s, len, "no value of this key (a number that fits, "
                    "x or k)") : 0;
}

int xl_cpuid_string(struct cpu_policy *p, const struct xl_cpuid_base *base,
                    const char *text, cpupolicy_error *err)
{
    struct cpu_policy edited = *p;
    size_t len = strcspn(text, ",");

    if ( !is(text, len, "host") )
        return bad(err, text, len, "the list must begin with 'host'");

    for ( text += len; *text; text += len )
    {
        int rc;

        text++;
        len = strcspn(text, ",");
        rc = apply_element(&edited, base, text, len, err);
        if ( rc )
            return rc;
    }

    *p = edited;

    return 0;
}

/* 32 characters, most significant bit first: 0 1 x k s. */
static int apply_bits(struct cpu_policy *p, const struct xl_cpuid_base *base,
                      unsigned int word, const char *s)
{
    for ( unsigned int i = 0; i < 32; i++ )
    {
        uint32_t mask = 1u << (31 - i);

        if ( !s[i] || !strchr("01xks", s[i]) )
            return -EINVAL;
        put_word(p, base, word, mask,
                 s[i] == '0' || s[i] == '1' ? '\0' : s[i],
                 s[i] == '1' ? mask : 0);
    }

    return 0;
}

static int apply_register(struct cpu_policy *p,
                          const struct xl_cpuid_base *base, int slot,
                          const char *s, size_t len)
{
    const char *r = s + (*s == 'e');
    size_t left = len - (r - s);

    if ( left != 3 + 32 || r[0] < 'a' || r[0] > 'd' || r[1] != 'x' ||
         r[2] != '=' )
        return -EINVAL;

    return apply_bits(p, base, slot * 4 + (r[0] - 'a'), r + 3);
}

int xl_cpuid_entry(struct cpu_policy *p, const struct xl_cpuid_base *base,
                   const char *text, cpupolicy_error *err)
{
    struct cpu_policy edited = *p;
    unsigned long leaf, subleaf = X86_NO_SUBLEAF;
    char *s;
    int slot;

    errno = 0;
    leaf = strtoul(text, &s, 0);
    if ( *s == ',' )
        subleaf = strtoul(s + 1, &s, 0);
    if ( errno || s == text || *s != ':' || leaf > UINT32_MAX )
        return bad(err, text, strlen(text), "must begin 'leaf[,subleaf]:'");

    slot = x86_slot_find(leaf, subleaf);
    if ( slot < 0 )
        return bad(err, text, strlen(text), "a policy has no such leaf or "
                   "subleaf");

    do
    {
        size_t len = strcspn(++s, ",");

        if ( apply_register(&edited, base, slot, s, len) )
            return bad(err, s, len, "must be a register, '=' and 32 "
                       "characters of 0 1 x k s");
        s += len;
    } while ( *s );

    *p = edited;

    return 0;
}
