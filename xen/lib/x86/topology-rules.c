/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the rules of x86_topology_judge() mean, for people. */

#include <xen/lib/x86/topology.h>

static const struct {
    const char *rule, *text, *remedy;
} rules[] = {
    { "topology-level", "a level does not echo the number of its subleaf",
      "number the levels from 0" },
    { "topology-type", "levels must be of known types in ascending order",
      "list threads, cores, and whatever is larger in order of size" },
    { "topology-shift",
      "too few bits of the APIC id for the count, or fewer than a level below",
      "widen the shift to what the count needs" },
    { "topology-count",
      "not a whole, positive number of units of the level below",
      "use a multiple of the count below" },
    { "topology-end", "content after the last level, or without a first one",
      "leave it 0" },
    { "topology-leaf-b", "leaf 0xb contradicts the leaf with more levels",
      "describe the same threads and the same package in both" },
    { "topology-htt", "several logical processors, but no HTT",
      "set HTT, or say that there is one" },
    { "topology-lppp",
      "logical processors per package contradict the other leaves",
      "derive all of them from one topology" },
    { "topology-cores",
      "cores per package contradict the levels, or differ between caches",
      "give the same number with every cache" },
    { "topology-cache",
      "a cache shared by less than a core, by more than a package, or by "
      "less than a cache below it",
      "share it by whole cores of one package" },
    { "topology-cmp-legacy", "several cores, but no CMP_LEGACY",
      "set CMP_LEGACY" },
    { "topology-nc", "threads per package contradict the levels",
      "derive all of them from one topology" },
    { "topology-id-size",
      "APIC id bits of a package contradict its threads or levels",
      "use the shift of the last level, at most 15" },
    { "topology-threads", "threads per core contradict the levels",
      "use the count of the first level" },
    { "topology-nodes", "no such number of nodes, or cores left over",
      "use 1, 2, 4 or 8 nodes with the same number of cores" },
};

static bool same_string(const char *a, const char *b)
{
    while ( *a && *a == *b )
        a++, b++;

    return *a == *b;
}

const char *x86_topology_rule_text(const char *rule, const char **remedy)
{
    for ( unsigned int i = 0; i < sizeof(rules) / sizeof(rules[0]); i++ )
        if ( same_string(rules[i].rule, rule) )
        {
            if ( remedy )
                *remedy = rules[i].remedy;
            return rules[i].text;
        }

    return NULL;
}
