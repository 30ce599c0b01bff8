/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every direct dependency, and every feature whose kind is not the plain one,
 * typed a second time: Xen's from its gen-cpuid.py of August 2026 (c447b73),
 * ours beyond that from the section of the manual that says so.
 */
#include <check.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

Suite *suite_dependency_rows(void);

#define NR(a) (sizeof(a) / sizeof((a)[0]))

struct row {
    const char *on, *dependents;    /* divided by blanks */
    const char *source;
};

static const struct row xen[] = {
    { "fpu", "mmx rstr-fp-err-ptrs", NULL },
    { "pse", "pse36", NULL },
    { "pae", "lm nx", NULL },
    { "tsc", "tsc-deadline rdtscp tsc-adjust itsc", NULL },
    { "apic", "x2apic tsc-deadline extapic", NULL },
    { "clflush", "clzero", NULL },
    { "mmx", "mmxext 3dnow", NULL },
    { "fxsr", "ffxsr sse", NULL },
    { "sse", "sse2 misalignsse", NULL },
    { "sse2", "sse3 lm aesni pclmulqdq sha gfni", NULL },
    { "sse3", "ssse3 sse4a", NULL },
    { "ssse3", "sse4-1", NULL },
    { "sse4-1", "sse4-2", NULL },
    { "xsave", "xsaveopt xsavec xgetbv1 xsaves avx mpx pku amx-tile lwp",
      NULL },
    { "avx", "fma fma4 f16c avx2 xop avx-ne-convert sm3", NULL },
    { "nx", "smap", NULL },
    { "lm", "cx16 pcid lahf-lm page1gb pku no-lmsl amx-tile cmpccxadd lkgs "
            "movrs", NULL },
    { "3dnow", "3dnowext", NULL },
    { "avx2", "avx512f vaes vpclmulqdq avx-vnni avx-ifma avx-vnni-int8 "
              "avx-vnni-int16 sha512 sm4", NULL },
    { "avx512f", "avx512dq avx512-ifma avx512pf avx512er avx512cd avx512bw "
                 "avx512vl avx512-4vnniw avx512-4fmaps avx512-vnni "
                 "avx512-vpopcntdq avx512-vp2intersect", NULL },
    { "avx512bw", "avx512-vbmi avx512-vbmi2 avx512-bitalg avx512-bf16 "
                  "avx512-fp16 avx512-bmm", NULL },
    { "pclmulqdq", "vpclmulqdq", NULL },
    { "aesni", "vaes", NULL },
    { "ibrsb", "stibp ssbd intel-psfd eibrs ipred-ctrl rrsba-ctrl bhi-ctrl",
      NULL },
    { "ibrs", "amd-stibp amd-ssbd psfd auto-ibrs ibrs-always ibrs-fast "
              "ibrs-same-mode", NULL },
    { "ibpb", "ibpb-ret sbpb ibpb-brtype", NULL },
    { "amd-stibp", "stibp-always", NULL },
    { "rtm", "tsxldtrk", NULL },
    { "psfd", "epsf", NULL },
    { "eibrs", "rrsba", NULL },
    { "amx-tile", "amx-bf16 amx-int8 amx-fp16 amx-complex", NULL },
};

#define AVX10 "AVX10 specification, table of the instructions it includes"

static const struct row manuals[] = {
    { "msr", "msr-imm", "ISE, immediate forms: #UD without RDMSR" },
    { "sse2", "keylocker", "Key Locker specification: handles are in XMM" },
    { "xsave", "xfd", "SDM vol 1, 13.14: IA32_XFD has XCR0's layout" },
    { "xsave", "apx-f", "APX specification, 3.1.4: XCR0 bit 19" },
    { "lm", "uai", "APM vol 2, 5.10: long mode only" },
    { "lm", "msr-imm", "ISE, immediate forms: 64-bit mode only" },
    { "lm", "user-msr", "ISE, URDMSR and UWRMSR: 64-bit mode only" },
    { "lm", "apx-f", "APX specification, 3.1: 64-bit mode only" },
    { "avx512dq", "avx10", AVX10 },
    { "avx512-ifma", "avx10", AVX10 },
    { "avx512cd", "avx10", AVX10 },
    { "avx512bw", "avx10", AVX10 },
    { "avx512vl", "avx10", AVX10 },
    { "avx512-vbmi", "avx10", AVX10 },
    { "avx512-vbmi2", "avx10", AVX10 },
    { "avx512-vnni", "avx10", AVX10 },
    { "avx512-bitalg", "avx10", AVX10 },
    { "avx512-vpopcntdq", "avx10", AVX10 },
    { "avx512-fp16", "avx10", AVX10 },
    { "avx512-bf16", "avx10", AVX10 },
    { "invlpgb", "invlpgb-nested", "APM vol 3, INVLPGB: of a guest's ASIDs" },
    { "uintr", "utmr", "ISE, user timer: delivers a user interrupt" },
    { "pconfig", "pbndkb", "SDM vol 2B, PBNDKB: the blob is for PCONFIG" },
};

/* ---- both ways -------------------------------------------------------- */

static unsigned int seen[X86_NR_DIRECT_DEPS];

static unsigned int value(const char *name, size_t len)
{
    const struct x86_feature_desc *d = x86_feature_lookup(name, len);

    ck_assert_msg(d, "no feature '%.*s'", (int)len, name);

    return d->value;
}

static void see(unsigned int on, unsigned int dependent)
{
    for ( unsigned int i = 0; i < X86_NR_DIRECT_DEPS; i++ )
        if ( x86_direct_deps[i].prerequisite == on &&
             x86_direct_deps[i].dependent == dependent )
        {
            seen[i]++;
            return;
        }

    ck_abort_msg("%s does not depend on %s",
                 x86_feature_find(dependent)->name,
                 x86_feature_find(on)->name);
}

static void see_all(const struct row *rows, size_t nr)
{
    for ( size_t i = 0; i < nr; i++ )
        for ( const char *s = rows[i].dependents; *s; )
        {
            size_t len = strcspn(s, " ");

            see(value(rows[i].on, strlen(rows[i].on)), value(s, len));
            s += len + strspn(s + len, " ");
        }
}

START_TEST(direct_deps_are_those_of_xen_and_of_the_manuals)
{
    see_all(xen, NR(xen));
    see_all(manuals, NR(manuals));
    /* The bit says that the MSR is there, so all of its bits need it. */
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
        if ( x86_feature_descs[i].value / 32 == 16 ||
             x86_feature_descs[i].value / 32 == 17 )
            see(value("arch-caps", 9), x86_feature_descs[i].value);

    for ( unsigned int i = 0; i < X86_NR_DIRECT_DEPS; i++ )
        ck_assert_msg(seen[i] == 1, "%s on %s: %u times; who says so?",
                      x86_feature_find(x86_direct_deps[i].dependent)->name,
                      x86_feature_find(x86_direct_deps[i].prerequisite)->name,
                      seen[i]);
}
END_TEST

/*
 * Bits that a guest reads as they are for its vCPU, and what it is told of
 * the CPU it is on whatever a policy says: Xen's guest_cpuid() and
 * recalculate_cpuid_policy().
 */
static const struct {
    const char *name;
    enum x86_kind kind;
} kinds[] = {
    { "osxsave", X86_KIND_DYNAMIC },
    { "ospke", X86_KIND_DYNAMIC },
    { "fdp-excp-only", X86_KIND_OWN },
    { "no-fpu-sel", X86_KIND_OWN },
};

START_TEST(kinds_of_features_are_plain_but_for_four)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        const struct x86_feature_desc *d = &x86_feature_descs[i];
        enum x86_kind kind = X86_KIND_FEATURE;

        for ( size_t j = 0; j < NR(kinds); j++ )
            if ( !strcmp(d->name, kinds[j].name) )
                kind = kinds[j].kind;
        ck_assert_msg(d->kind == kind, "%s: kind %u, not %u", d->name,
                      d->kind, kind);
    }
}
END_TEST

Suite *suite_dependency_rows(void)
{
    Suite *s = suite_create("dependency-rows");
    TCase *tc = tcase_create("rows");

    tcase_add_test(tc, direct_deps_are_those_of_xen_and_of_the_manuals);
    tcase_add_test(tc, kinds_of_features_are_plain_but_for_four);
    suite_add_tcase(s, tc);

    return s;
}
