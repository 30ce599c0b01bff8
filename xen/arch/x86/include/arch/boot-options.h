/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The boot options of CPU policies.  The parser and the reference
 * (command-line.md) are both made of these rows.  No include guard: it is
 * read once per use, with one of the macros defined.
 *
 * BOOT_OPTION(member of struct x86_cmdline, name, what its list is about)
 * BOOT_STATE(state, title, what becomes of the feature)
 * BOOT_VALUE(state, word): "feature=word"; in the order of the states
 */
#ifdef BOOT_OPTION
BOOT_OPTION(cpuid, "cpuid",
            "What the hypervisor uses, and what all guests can have. It "
            "changes host-default, and so every guest policy. Features that "
            "depend on one that is taken away go with it.")
BOOT_OPTION(dom0_cpuid, "dom0-cpuid",
            "What dom0 has beyond, or less than, its type's default policy, "
            "within its type's max policy. `cpuid=` decides before it. Since "
            "dom0 does not migrate, it has `itsc` without being asked.")
#endif

#ifdef BOOT_STATE
BOOT_STATE(IN, "opted in",
           "A feature that is off by default is on: an experimental one, or "
           "one that is at fault on some CPUs (`rdrand`). Of dom0: it has "
           "the feature if its max policy does.")
BOOT_STATE(OUT, "opted out",
           "The feature is off, and all that depends on it. No rule brings "
           "it back.")
BOOT_STATE(GUEST, "for guests",
           "The hypervisor does not use it; guests can have it as if it did, "
           "and what depends on it too. Of dom0: as opted in.")
#endif

#ifdef BOOT_VALUE
BOOT_VALUE(IN, "1")
BOOT_VALUE(IN, "on")
BOOT_VALUE(IN, "yes")
BOOT_VALUE(IN, "true")
BOOT_VALUE(IN, "enable")
BOOT_VALUE(OUT, "0")
BOOT_VALUE(OUT, "off")
BOOT_VALUE(OUT, "no")
BOOT_VALUE(OUT, "false")
BOOT_VALUE(OUT, "disable")
BOOT_VALUE(GUEST, "guest")
#endif
