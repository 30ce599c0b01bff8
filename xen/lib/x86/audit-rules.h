/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of the audit, in the order in which audit-repair.c applies them:
 *
 *     AUDIT_RULE(id, step, what it says, what to do about it)
 *
 * Limits come before ranges, since a highest leaf is a limit; ranges before
 * features, since what is out of range is not seen; features before whatever
 * is derived from them.  No text: a step that reports by other rules, or once
 * more by an earlier one.
 */
AUDIT_RULE("max-leaf-prefix", fix_ext_prefix,
           "the highest extended leaf is no extended leaf",
           "give the highest extended leaf as 0x8000xxxx")
AUDIT_RULE("limit", fix_limits, "above the limit", "lower it to the limit")
AUDIT_RULE("reserved", fix_reserved, "reserved on this vendor's CPUs",
           "leave it 0")
AUDIT_RULE("hidden", fix_hidden,
           "describes the host, and is never shown to guests", "leave it 0")
AUDIT_RULE("dynamic", fix_dynamic, "follows a vCPU's live state",
           "leave it 0")
AUDIT_RULE("cache-type", fix_cache_types, "no cache is of this type",
           "use the limit's, or end the list of caches here")
AUDIT_RULE("out-of-range", fix_range,
           "beyond the highest leaf, or after the last subleaf",
           "raise the highest leaf, or leave it 0")
AUDIT_RULE("feature", fix_features, "not offered to this domain",
           "do not ask for it")
AUDIT_RULE("feature-leaf", fix_feature_leaves,
           "needs a leaf above the highest one",
           "raise the highest leaf, or do not ask for the feature")
AUDIT_RULE("dependency", fix_dependencies,
           "needs a feature that is not asked for",
           "ask for both, or for neither")
AUDIT_RULE("equal", fix_equal, "cannot differ from the hardware",
           "use the limit's value")
AUDIT_RULE("signature", fix_signature, "no CPU has this family",
           "extended family wants base family 15")
AUDIT_RULE("family", fix_family,
           "no CPU of this vendor with these features has this family and "
           "model", "use the hardware's, or do not ask for the features")
AUDIT_RULE("gate", fix_gates,
           "must be 0 without the feature that it describes, and the limit's "
           "with it", "use 0 or the limit's value")
AUDIT_RULE("pmu", fix_pmu,
           "the PMU has what its version has not, or is another one than the "
           "limit's", "use the recomputed value, or leave the leaf 0")
AUDIT_RULE("vmx-control", fix_vmx_controls,
           "a control that must be one is not offered",
           "offer every control that must be one")
AUDIT_RULE("vmx-need", fix_vmx_needs,
           "a control needs a feature, or another control, that is not there",
           "ask for both, or for neither")
AUDIT_RULE("vmx-derived", fix_vmx_derived,
           "does not follow from the features, or from the VMX MSR that it "
           "restates", "use the recomputed value")
AUDIT_RULE("phys-bits", fix_phys_bits,
           "too few physical address bits for the paging modes",
           "36 with PAE or PSE36, else 32")
AUDIT_RULE("xstate", fix_xstate, "does not follow from the features",
           "use the recomputed value")
AUDIT_RULE("derived", fix_derived,
           "does not follow from the fields that it restates",
           "use the recomputed value")
AUDIT_RULE("topology", fix_topology, NULL, NULL)
AUDIT_RULE("out-of-range", fix_level_range, NULL, NULL)
