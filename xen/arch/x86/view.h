/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the condition of a rule can ask.
 *
 * A condition sees the derivation through these functions only, so that no
 * answer out of an input that was not stated passes for a fact: the view
 * notices, and the engine then treats the rule as one that may apply or not
 * (rule.h).  Ask what is always known, such as the model, first: what is not
 * asked for need not be known.
 */
#ifndef ARCH_X86_VIEW_H
#define ARCH_X86_VIEW_H

#include <arch/derive.h>

struct x86_view;

/* A feature of the policy at hand; of the CPUs as read; of host max. */
bool has(struct x86_view *d, unsigned int feature);
bool raw_has(struct x86_view *d, unsigned int feature);
bool host_has(struct x86_view *d, unsigned int feature);

/* Leaf 1's eax, and the family in it. */
uint32_t signature(struct x86_view *d);
uint32_t family(struct x86_view *d);

/* A register of a leaf's slot in the policy at hand, e.g. X86_WORD(1, B). */
uint32_t word(struct x86_view *d, unsigned int index);

/* Is a leaf within the policy's range? */
bool in_range(struct x86_view *d, uint32_t leaf);

/* The microcode's revision; 0 is less than all, and unknown. */
uint32_t microcode(struct x86_view *d);

/* For rules that nothing safe hangs on: no unknown is recorded. */
bool microcode_stated(const struct x86_view *d);

/* A platform fact, by its name in struct x86_platform. */
#define fact(d, name) \
    x86_view_fact(d, offsetof(struct x86_platform, name), \
                  offsetof(struct x86_platform, unknown.name))
bool x86_view_fact(struct x86_view *d, size_t offset, size_t unknown);

/* What host max found out, whether or not there is an MSR to say it in. */
bool rsb_unsafe(struct x86_view *d);
bool not_vulnerable(struct x86_view *d, unsigned int feature);

/* What is always known: the stage, and what cpuid= says (never NULL). */
enum x86_policy_index stage(const struct x86_view *d);
const struct x86_cpuid_option *asked(const struct x86_view *d);

/* Can the policy at hand start nested VMX guests? */
bool vmx_plausible(struct x86_view *d);

#endif /* ARCH_X86_VIEW_H */
