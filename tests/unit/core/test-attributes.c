/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who is offered a feature, against judges that are not our own table: the
 * installed Xen's public header, and, for what that is too old for, the same
 * letters typed again from Xen's header of August 2026 (c447b73).  What no
 * Xen has a name for, no Xen offers.  Where ours differ, a row says why; a
 * row that nothing needs fails too.
 */
#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

Suite *suite_attributes(void);

#define NR(a) (sizeof(a) / sizeof((a)[0]))

struct row {
    uint16_t value;             /* word * 32 + bit */
    const char *name, *letters;
};

/* Xen's, of features that 4.17 has not. */
static const struct row later_xen[] = {
    {  1*32 + 11, "sdbg", "" },
    {  3*32 + 30, "addr-msk-ext", "A" },
    {  4*32 +  4, "xfd", "" },
    {  6*32 +  5, "waitpkg", "" },
    {  6*32 + 13, "tme", "" },
    {  6*32 + 16, "la57", "" },
    {  6*32 + 24, "bld", "" },
    {  6*32 + 30, "sgx-lc", "" },
    {  6*32 + 31, "pks", "H" },
    {  8*32 + 27, "cppc", "" },
    {  9*32 +  1, "sgx-keys", "" },
    {  9*32 +  5, "uintr", "" },
    {  9*32 + 18, "pconfig", "" },
    {  9*32 + 19, "arch-lbr", "" },
    {  9*32 + 22, "amx-bf16", "" },
    {  9*32 + 24, "amx-tile", "" },
    {  9*32 + 25, "amx-int8", "" },
    { 10*32 +  0, "sha512", "A" },
    { 10*32 +  1, "sm3", "A" },
    { 10*32 +  2, "sm4", "A" },
    { 10*32 +  6, "lass", "s" },
    { 10*32 +  7, "cmpccxadd", "a" },
    { 10*32 +  8, "arch-perf-mon", "" },
    { 10*32 + 17, "fred", "" },
    { 10*32 + 18, "lkgs", "" },
    { 10*32 + 19, "wrmsrns", "S" },
    { 10*32 + 20, "nmi-src", "" },
    { 10*32 + 21, "amx-fp16", "" },
    { 10*32 + 23, "avx-ifma", "A" },
    { 10*32 + 26, "lam", "" },
    { 10*32 + 27, "msrlist", "" },
    { 10*32 + 30, "no-invd", "" },
    { 10*32 + 31, "movrs", "a" },
    { 11*32 +  0, "no-nest-bp", "A" },
    { 11*32 +  1, "fs-gs-ns", "S|" },
    { 11*32 + 10, "amd-fsrs", "A" },
    { 11*32 + 11, "amd-fsrc", "A" },
    { 11*32 + 17, "cpuid-user-dis", "" },
    { 11*32 + 18, "epsf", "A" },
    { 11*32 + 19, "fsrsc", "A" },
    { 11*32 + 20, "amd-prefetchi", "A" },
    { 11*32 + 23, "avx512-bmm", "a" },
    { 13*32 +  3, "ddp-ctrl", "" },
    { 13*32 +  6, "uc-lock-dis", "" },
    { 15*32 +  4, "avx-vnni-int8", "A" },
    { 15*32 +  5, "avx-ne-convert", "A" },
    { 15*32 +  8, "amx-complex", "" },
    { 15*32 + 10, "avx-vnni-int16", "A" },
    { 15*32 + 14, "prefetchi", "A" },
    { 15*32 + 17, "uiret-uif", "" },
    { 15*32 + 24, "slsm", "" },
    { 16*32 + 16, "mcu-ext", "" },
    { 16*32 + 29, "ign-umonitor", "" },
    { 16*32 + 30, "mon-umon-mitg", "" },
    { 17*32 +  0, "pb-opt-ctrl", "" },
};

/* Of the manuals, without a name in any Xen. */
static const struct row no_xen[] = {
    /* SDM vol 2A, CPUID leaf 1, edx (the first generations) */
    {  0*32 + 18, "psn", "" },
    {  0*32 + 30, "ia64", "" },
    /* SDM vol 2A, CPUID leaf 1, ecx */
    {  1*32 + 10, "cnxt-id", "" },
    /* APM vol 3, appendix E, function 0x80000001, edx */
    {  2*32 + 19, "mp", "" },
    /* APM vol 3, appendix E, function 0x80000001, ecx */
    {  3*32 + 17, "tce", "" },
    {  3*32 + 23, "perfctr-core", "" },
    {  3*32 + 24, "perfctr-nb", "" },
    {  3*32 + 27, "ptsc", "" },
    {  3*32 + 28, "perfctr-llc", "" },
    /* SDM vol 2A, CPUID leaf 7, ecx */
    {  6*32 + 23, "keylocker", "" },
    /* APM vol 3, appendix E, function 0x80000007, edx */
    {  7*32 +  0, "ts", "" },
    {  7*32 +  1, "fid", "" },
    {  7*32 +  2, "vid", "" },
    {  7*32 +  3, "ttp", "" },
    {  7*32 +  4, "htc", "" },
    {  7*32 +  5, "stc", "" },
    {  7*32 +  6, "100mhzsteps", "" },
    {  7*32 + 11, "proc-feedback", "" },
    {  7*32 + 12, "proc-power", "" },
    {  7*32 + 13, "connected-standby", "" },
    {  7*32 + 14, "rapl", "" },
    {  7*32 + 15, "fast-cppc", "" },
    /* APM vol 3, appendix E, function 0x80000008, ebx */
    {  8*32 +  1, "irperf", "" },
    {  8*32 +  3, "invlpgb", "" },
    {  8*32 +  4, "rdpru", "" },
    {  8*32 +  6, "amd-mba", "" },
    {  8*32 +  8, "mcommit", "" },
    {  8*32 + 13, "int-wbinvd", "" },
    {  8*32 + 21, "invlpgb-nested", "" },
    {  8*32 + 31, "brs", "" },
    /* ISE reference and SDM vol 2A, CPUID leaf 7.1, eax */
    { 10*32 +  3, "rao-int", "" },
    { 10*32 + 22, "hreset", "" },
    /* APM vol 3, appendix E, function 0x80000021, eax */
    { 11*32 +  3, "smm-pgcfg-lock", "" },
    { 11*32 +  7, "uai", "" },
    { 11*32 +  9, "no-smm-ctl", "" },
    { 11*32 + 12, "pmc2-precise", "" },
    { 11*32 + 13, "prefetch-ctl", "" },
    { 11*32 + 14, "l2tlb-x32", "" },
    { 11*32 + 15, "amd-ermsb", "" },
    { 11*32 + 16, "opcode-reclaim", "" },
    { 11*32 + 21, "fp512-downgrade", "" },
    { 11*32 + 22, "wl-feedback", "" },
    { 11*32 + 24, "eraps", "" },
    /* SDM vol 2A, CPUID leaf 7.1, ebx */
    { 12*32 +  1, "pbndkb", "" },
    { 12*32 +  3, "cpuidmaxval-lim-rmv", "" },
    /* SDM vol 2A, CPUID leaf 7.2, edx */
    { 13*32 +  7, "monitor-mitg-no", "" },
    /* SDM vol 2A, CPUID leaf 7.1, ecx */
    { 14*32 +  0, "asym-rdtm", "" },
    { 14*32 +  1, "asym-rdta", "" },
    { 14*32 +  5, "msr-imm", "" },
    /* ISE reference and SDM vol 2A, CPUID leaf 7.1, edx */
    { 15*32 + 13, "utmr", "" },
    { 15*32 + 15, "user-msr", "" },
    { 15*32 + 19, "avx10", "" },
    { 15*32 + 21, "apx-f", "" },
    { 15*32 + 23, "mwait", "" },
    /* SDM vol 4, MSR 0x10a */
    { 16*32 + 22, "mcu-extended-service", "" },
};

/* Of Debian 12's Xen, 4.17, where later Xens or we have other letters. */
static const struct meant {
    const char *name, *xen, *ours, *reason;
} xen_4_17[] = {
    { "avx512pf", "A", "", "Xen has dropped Xeon Phi" },
    { "avx512er", "A", "", "Xen has dropped Xeon Phi" },
    { "avx512-4vnniw", "A", "", "Xen has dropped Xeon Phi" },
    { "avx512-4fmaps", "A", "", "Xen has dropped Xeon Phi" },
    { "avx512-fp16", "", "A", "as later Xens" },
    { "auto-ibrs", "", "S", "as later Xens" },
    { "no-lmsl", "S", "S|", "as later Xens" },
    { "md-clear", "!A", "!A|", "as later Xens" },
    { "verw-clear", "!A", "!A|", "as later Xens" },
    { "fb-clear", "!A", "!A|", "as later Xens" },
    { "rfds-clear", "!A", "!A|", "as later Xens" },
    { "enqcmd", "", "e", "experimental: PASID state" },
    { "topoext", "", "!s", "a topology of the toolstack's needs it" },
};

/*
 * Ours alone, beside what Xen has: what a host can have, and Xen does not
 * use, can be opted in to.
 */
static const struct meant ours_alone[] = {
    { "uintr", "", "e", "user interrupts" },
    { "arch-lbr", "", "e", "branch record state" },
    { "amx-bf16", "", "e", "tile data" },
    { "amx-tile", "", "e", "tile data" },
    { "amx-int8", "", "e", "tile data" },
    { "fred", "", "e", "event delivery" },
    { "lkgs", "", "e", "event delivery" },
    { "nmi-src", "", "e", "event delivery" },
    { "amx-fp16", "", "e", "tile data" },
    { "lam", "", "e", "pointers with unused bits" },
    { "msrlist", "", "e", "MSRs unintercepted" },
    { "amx-complex", "", "e", "tile data" },
    { "uiret-uif", "", "e", "user interrupts" },
    { "keylocker", "", "e", "a key register" },
    { "invlpgb", "", "e", "other CPUs' TLBs" },
    { "rdpru", "", "e", "MSRs unintercepted" },
    { "mcommit", "", "e", "nobody has reviewed it" },
    { "invlpgb-nested", "", "e", "other CPUs' TLBs" },
    { "rao-int", "", "e", "nobody has reviewed it" },
    { "hreset", "", "e", "nobody has reviewed it" },
    { "uai", "", "e", "pointers with unused bits" },
    { "pbndkb", "", "e", "nobody has reviewed it" },
    { "msr-imm", "", "e", "MSRs unintercepted" },
    { "utmr", "", "e", "user timer" },
    { "user-msr", "", "e", "MSRs unintercepted" },
    { "avx10", "", "ea", "nobody has reviewed it" },
    { "apx-f", "", "ea", "new registers" },
};

/* ---- letters ---------------------------------------------------------- */

static bool same_letters(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && strspn(a, b) == strlen(a) &&
           strspn(b, a) == strlen(b);
}

/* How often each row was needed. */
static unsigned int used_4_17[NR(xen_4_17)], used_alone[NR(ours_alone)];
static bool judged[X86_NR_FEATURE_WORDS * 32];

static bool is_meant(const struct meant *rows, size_t nr, unsigned int *used,
                     const char *name, const char *xen, const char *ours)
{
    for ( size_t i = 0; i < nr; i++ )
        if ( !strcmp(rows[i].name, name) && same_letters(rows[i].xen, xen) )
        {
            used[i]++;
            return same_letters(rows[i].ours, ours);
        }

    return same_letters(xen, ours);
}

static const struct x86_feature_desc *ours(unsigned int value,
                                           const char *name)
{
    const struct x86_feature_desc *d = x86_feature_find(value);

    ck_assert_msg(d, "%s: word %u bit %u is not in cpufeatureset.h", name,
                  value / 32, value % 32);
    ck_assert_msg(!strcmp(d->name, name), "word %u bit %u: %s, not %s",
                  value / 32, value % 32, d->name, name);
    judged[value] = true;

    return d;
}

static void check_rows(const struct row *rows, size_t nr)
{
    for ( size_t i = 0; i < nr; i++ )
    {
        const struct x86_feature_desc *d = ours(rows[i].value, rows[i].name);

        ck_assert_msg(is_meant(ours_alone, NR(ours_alone), used_alone,
                               d->name, rows[i].letters, d->attributes),
                      "%s: '%s', where Xen has '%s'", d->name, d->attributes,
                      rows[i].letters);
    }
}

/* ---- the installed header --------------------------------------------- */

#define XEN_HEADER "/usr/include/xen/arch-x86/cpufeatureset.h"
#define NR_4_17 232

static void command_name(char *name)
{
    for ( ; *name; name++ )
        *name = *name == '_' ? '-' : tolower((unsigned char)*name);
}

static unsigned int check_header(void)
{
    char line[512], name[64], letters[16];
    FILE *f = fopen(XEN_HEADER, "r");
    unsigned int word, bit, nr = 0;

    ck_assert_msg(f, "no %s: make deps", XEN_HEADER);
    while ( fgets(line, sizeof(line), f) )
    {
        const struct x86_feature_desc *d;
        const char *end = strstr(line, "/*");

        if ( sscanf(line, "XEN_CPUFEATURE(%63[A-Z0-9_], %u*32+%u)", name,
                    &word, &bit) != 3 || !end )
            continue;
        /* Right after the comment's opening, up to the first blank. */
        ck_assert_int_lt(strcspn(end + 2, " "), sizeof(letters));
        snprintf(letters, strcspn(end + 2, " ") + 1, "%s", end + 2);
        command_name(name);
        d = ours(word * 32 + bit, name);
        ck_assert_msg(is_meant(xen_4_17, NR(xen_4_17), used_4_17, name,
                               letters, d->attributes) ||
                      is_meant(ours_alone, NR(ours_alone), used_alone, name,
                               letters, d->attributes),
                      "%s: '%s', where the installed Xen has '%s'", name,
                      d->attributes, letters);
        nr++;
    }
    fclose(f);

    return nr;
}

START_TEST(attributes_of_every_feature_are_those_of_a_judge)
{
    unsigned int nr = check_header();

    ck_assert_uint_ge(nr, NR_4_17);
    check_rows(later_xen, NR(later_xen));
    check_rows(no_xen, NR(no_xen));

    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
        ck_assert_msg(judged[x86_feature_descs[i].value],
                      "%s: nobody says who gets it; type it again above, from "
                      "Xen or from a manual", x86_feature_descs[i].name);
    for ( size_t i = 0; i < NR(ours_alone); i++ )
        ck_assert_msg(used_alone[i], "%s: not needed", ours_alone[i].name);
    for ( size_t i = 0; nr == NR_4_17 && i < NR(xen_4_17); i++ )
        ck_assert_msg(used_4_17[i], "%s: not needed", xen_4_17[i].name);
}
END_TEST

/* The masks that the core works with are what the letters say. */
static const struct {
    const char *name;
    const uint32_t *mask;
    const char *letters;        /* any of them */
} masks[] = {
    { "pv-def", x86_features_pv_def, "A" },
    { "pv-max", x86_features_pv_max, "Aa" },
    { "hvm-shadow-max", x86_features_hvm_shadow_max, "AaSs" },
    { "hvm-hap-def", x86_features_hvm_hap_def, "ASH" },
    { "hvm-hap-max", x86_features_hvm_hap_max, "AaSsHh" },
    { "experimental", x86_features_experimental, "e" },
};

START_TEST(masks_of_features_are_what_their_letters_say)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        const struct x86_feature_desc *d = &x86_feature_descs[i];

        ck_assert_msg(!!strpbrk(d->attributes, masks[_i].letters) ==
                      x86_feature_test(masks[_i].mask, d->value),
                      "%s: '%s'", d->name, d->attributes);
    }
}
END_TEST

Suite *suite_attributes(void)
{
    Suite *s = suite_create("attributes");
    TCase *tc = tcase_create("letters");

    tcase_add_test(tc, attributes_of_every_feature_are_those_of_a_judge);
    tcase_add_loop_test(tc, masks_of_features_are_what_their_letters_say, 0,
                        NR(masks));
    suite_add_tcase(s, tc);

    return s;
}
