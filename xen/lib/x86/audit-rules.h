/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the rules of the audit say, and what to do about each:
 *
 *     AUDIT_RULE(id, what it says, what to do about it)
 *
 * Those of a topology stand in topology-rules.c.
 */
AUDIT_RULE("max-leaf-prefix",
           "the highest extended leaf is no extended leaf",
           "give the highest extended leaf as 0x8000xxxx")
AUDIT_RULE("limit", "above the limit", "lower it to the limit")
AUDIT_RULE("reserved", "reserved on this vendor's CPUs",
           "leave it 0")
AUDIT_RULE("hidden",
           "describes the host, and is never shown to guests", "leave it 0")
AUDIT_RULE("dynamic", "follows a vCPU's live state",
           "leave it 0")
AUDIT_RULE("cache-type", "no cache is of this type",
           "use the limit's, or end the list of caches here")
AUDIT_RULE("out-of-range",
           "beyond the highest leaf, or after the last subleaf",
           "raise the highest leaf, or leave it 0")
AUDIT_RULE("feature", "not offered to this domain",
           "do not ask for it")
AUDIT_RULE("feature-leaf",
           "needs a leaf above the highest one",
           "raise the highest leaf, or do not ask for the feature")
AUDIT_RULE("dependency",
           "needs a feature that is not asked for",
           "ask for both, or for neither")
AUDIT_RULE("equal", "cannot differ from the hardware",
           "use the limit's value")
AUDIT_RULE("signature", "no CPU has this family",
           "extended family wants base family 15")
AUDIT_RULE("family",
           "no CPU of this vendor with these features has this family and "
           "model", "use the hardware's, or do not ask for the features")
AUDIT_RULE("gate",
           "must be 0 without the feature that it describes, and the limit's "
           "with it", "use 0 or the limit's value")
AUDIT_RULE("pmu",
           "the PMU has what its version has not, or is another one than the "
           "limit's", "use the recomputed value, or leave the leaf 0")
AUDIT_RULE("vmx-control",
           "a control that must be one is not offered",
           "offer every control that must be one")
AUDIT_RULE("vmx-need",
           "a control needs a feature, or another control, that is not there",
           "ask for both, or for neither")
AUDIT_RULE("vmx-derived",
           "does not follow from the features, or from the VMX MSR that it "
           "restates", "use the recomputed value")
AUDIT_RULE("phys-bits",
           "too few physical address bits for the paging modes",
           "36 with PAE or PSE36, else 32")
AUDIT_RULE("xstate", "does not follow from the features",
           "use the recomputed value")
AUDIT_RULE("derived",
           "does not follow from the fields that it restates",
           "use the recomputed value")
