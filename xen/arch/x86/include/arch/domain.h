/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The domains and their policies.
 *
 * A domain starts with its type's default policy.  While it is built its
 * policy may be set, any number of times; each set is a merge into a copy,
 * audited as it stands, all or nothing.  The first unpause ends construction
 * and freezes the policy for good.
 *
 * Storage is the caller's and of fixed capacity.  All functions may be called
 * by several threads at once.  Policies under construction are guarded by a
 * lock of their domain; frozen ones are read without any.
 */
#ifndef ARCH_DOMAIN_H
#define ARCH_DOMAIN_H

#include <arch/derive.h>
#include <arch/vcpu.h>
#include <xen/lib/x86/audit.h>

/* Ids from here on are special in Xen's ABI and name no domain. */
#define X86_DOMID_FIRST_RESERVED 0x7ff0u

/* For creation: the store chooses. */
#define X86_DOMID_ANY 0xffffffffu

/* How often a domain may be paused by toolstacks at once, as in Xen. */
#define X86_DOMAIN_MAX_PAUSES 255u

/* Xen's MAX_VIRT_CPUS: the most that any type of domain can have. */
#define X86_DOMAIN_MAX_VCPUS 8192u

/* dom0=no-cpuid-faulting and dom0-cpuid= (docs: facts of Xen's dom0). */
struct x86_dom0_options {
    struct x86_cpuid_option cpuid;
    bool no_cpuid_faulting;     /* hide the faulting bit of MSR 0xce (PV) */
};

/* What a domain is made as. */
struct x86_domain_config {
    struct x86_domain_kind kind;
    uint32_t max_vcpus;         /* 1 to X86_DOMAIN_MAX_VCPUS */
    uint32_t emulation_flags, misc_flags;   /* Xen's: kept, not looked at */
    uint8_t handle[16];         /* the toolstack's UUID */
};

struct x86_domain_info {
    uint32_t id;
    struct x86_domain_config config;
    bool finished;              /* construction: the policy is frozen */
    bool policy_set;            /* by a toolstack, at least once */
    uint32_t nr_vcpus;          /* allocated so far: 0 or max_vcpus */
    uint32_t nr_pauses;         /* 0: runs */
};

/* A domain's place in the store.  Zeroed storage is a free one. */
struct x86_domain {
    uint64_t state;             /* id, phase, references: atomic */
    uint32_t lock;              /* guards everything below but `policy` of a
                                 * frozen domain, which nobody writes */
    struct x86_domain_info info;
    struct cpu_policy limit;    /* what the audit holds requests against */
    struct cpu_policy policy;
};

struct x86_domain_store {
    const struct x86_policies *policies;
    struct x86_domain *domains;
    uint32_t nr;                /* capacity */
    uint32_t lock;              /* guards which ids and places are taken */
    uint32_t last;              /* id that was chosen last */
    /* By id: the number of its place, from 1, or 0.  Atomic. */
    uint16_t places[X86_DOMID_FIRST_RESERVED];
};

/*
 * An empty store over `nr` domains' storage, which the caller has zeroed and
 * keeps, as `policies`, as long as the store is used.
 */
void x86_domain_store_init(struct x86_domain_store *s,
                           struct x86_domain *domains, uint32_t nr,
                           const struct x86_policies *policies);

/*
 * Can there be such a domain?  Not HAP or nested virtualisation without HVM,
 * nor 32-bit PV and HVM at once, nor physical addresses limited to less than
 * X86_MIN_PHYS_BITS or more than X86_MAX_PHYS_BITS.
 */
#define X86_MIN_PHYS_BITS 32u   /* what every CPU has: PSE-36 is a feature */
#define X86_MAX_PHYS_BITS 57u   /* the widest linear address */
bool x86_domain_kind_exists(const struct x86_domain_kind *k);

/*
 * Make a domain, paused once, with the default policy of its type as far as
 * its kind can have it.
 *
 * @param id wanted, or X86_DOMID_ANY.
 * @param dom0 for the control domain: it gets ITSC if the host has it, as it
 *        does not migrate, and what its options say as far as the type's max
 *        policy goes.  NULL for others.
 * @returns the id; -EINVAL: no vCPUs, or too many, or a kind that does not
 *          exist (x86_domain_kind_exists()); -ERANGE: no id of a domain;
 *          -EEXIST; -ENOSPC: the store is full.
 */
int x86_domain_create(struct x86_domain_store *s, uint32_t id,
                      const struct x86_domain_config *config,
                      const struct x86_dom0_options *dom0) __must_check;

/*
 * The same in two steps: the domain has its id and its place, but nobody can
 * find it, until it is published, or abandoned as if it had never been.  For
 * whoever has to tell the id first, which may fail.
 *
 * @param out untouched on failure.
 */
int x86_domain_prepare(struct x86_domain_store *s, uint32_t id,
                       const struct x86_domain_config *config,
                       const struct x86_dom0_options *dom0,
                       struct x86_domain **out) __must_check;
void x86_domain_publish(struct x86_domain *d);
void x86_domain_abandon(struct x86_domain_store *s, struct x86_domain *d);

/*
 * The id is free at once; the storage as soon as nobody holds the domain
 * (x86_domain_hold()).  -ESRCH: no such domain.
 */
int x86_domain_destroy(struct x86_domain_store *s, uint32_t id) __must_check;

/* What is known of the domain with the lowest id >= `id`; else -ESRCH. */
int x86_domain_next(struct x86_domain_store *s, uint32_t id,
                    struct x86_domain_info *out) __must_check;

/* The same of this very domain. */
int x86_domain_info(struct x86_domain_store *s, uint32_t id,
                    struct x86_domain_info *out) __must_check;

/* A copy of the policy.  -ESRCH. */
int x86_domain_get(struct x86_domain_store *s, uint32_t id,
                   struct cpu_policy *out) __must_check;

/* What a toolstack wants changed, in the leaves and MSRs of an ABI. */
struct x86_policy_request {
    const struct x86_abi *abi;
    const struct xen_cpu_policy_leaf *leaves;
    const struct xen_cpu_policy_msr *msrs;
    uint32_t nr_leaves, nr_msrs;
};

/*
 * Room for one call at a time of those that judge a request, the caller's:
 * too large for a hypervisor's stack.  Needs no initialisation.
 */
struct x86_domain_scratch {
    struct x86_policy_error error;      /* where it failed; all ones: nowhere */
    struct x86_audit audit;
    struct cpu_policy policy, limit;
};

/*
 * Merge a request into the policy: what it mentions changes, everything else
 * stays; and nothing changes unless the whole is acceptable.
 *
 * Leaves and MSRs that the request's ABI cannot name are not the client's to
 * set right, so they follow: where a feature that the client took away leaves
 * one of them unacceptable, it gets the value that the audit asks for.
 *
 * What the CPU keeps for itself (kind OWN) is then the host's, whatever was
 * asked for.
 *
 * A domain's topology comes with its policy, and so do its APIC ids.
 *
 * @returns 0; -ESRCH; -EEXIST: construction is finished; errors of
 *          x86_policy_from_leaves() and x86_policy_from_msrs(); -EINVAL: the
 *          audit rejects it; -ERANGE: x86_domain_ids_fit(); -EBUSY: vCPUs
 *          are allocated, and would have other APIC ids.
 */
int x86_domain_set(struct x86_domain_store *s, uint32_t id,
                   const struct x86_policy_request *req,
                   struct x86_domain_scratch *scratch) __must_check;

/*
 * What a set would say, with all violations, and without setting anything.
 * Frozen domains can be asked too.  -EINVAL: the audit rejects it.
 */
int x86_domain_audit(struct x86_domain_store *s, uint32_t id,
                     const struct x86_policy_request *req,
                     const struct x86_audit_sink *sink,
                     struct x86_domain_scratch *scratch) __must_check;

/* Pause once more.  -ESRCH; -EUSERS: X86_DOMAIN_MAX_PAUSES reached. */
int x86_domain_pause(struct x86_domain_store *s, uint32_t id) __must_check;

/*
 * Undo one pause.  The first time that none is left, construction is
 * finished.  -ESRCH; -EINVAL: not paused; -ERANGE: x86_domain_ids_fit(),
 * and it is paused as before.
 */
int x86_domain_unpause(struct x86_domain_store *s, uint32_t id) __must_check;

/*
 * Allocate vCPUs: all those that the domain was made for, in one go.
 * From then on a set cannot change their APIC ids.
 * -ESRCH; -EINVAL: another number; -ERANGE: x86_domain_ids_fit().
 */
int x86_domain_add_vcpus(struct x86_domain_store *s, uint32_t id,
                         uint32_t nr) __must_check;

/*
 * Make a PV domain a 32-bit one, or a 64-bit one again.  Its kind changes and
 * with it the limit.  A policy that is still the default follows; one that
 * was set has to be acceptable.  -ESRCH; -EEXIST: construction is finished;
 * -EINVAL: not PV, or the policy was set and would not be acceptable.
 */
int x86_domain_set_pv32(struct x86_domain_store *s, uint32_t id, bool pv32,
                        struct x86_domain_scratch *scratch) __must_check;

/* ---- APIC ids --------------------------------------------------------- */

/*
 * Have the vCPUs of an HVM domain with this policy an id each?  As many as
 * the topology numbers, if it numbers them; from 255 up with x2APIC only,
 * since no other way leads there.  0 or -ERANGE.
 */
int x86_domain_ids_fit(const struct cpu_policy *p,
                       uint32_t nr_vcpus) __must_check;

/*
 * The ids of a vCPU of a domain of this kind and number of vCPUs, if this is
 * its policy.  -ERANGE: no such vCPU.
 */
int x86_domain_ids(const struct cpu_policy *p,
                   const struct x86_domain_config *c, uint32_t vcpu,
                   struct x86_topology_ids *out) __must_check;

/*
 * Which id its IO-APIC is to have: x86_topology_ioapic_id().  -ENOENT: PV
 * domains have none.
 */
int x86_domain_ioapic_id(const struct cpu_policy *p,
                         const struct x86_domain_config *c,
                         uint8_t *out) __must_check;

/*
 * A vCPU of a domain that is held, as it comes out of reset: its type and its
 * ids are filled in, all else is zero and the caller's.  -ERANGE: no such
 * vCPU, *v is untouched.
 */
int x86_domain_vcpu_init(const struct x86_domain *d, uint32_t vcpu,
                         struct x86_vcpu *v) __must_check;

/*
 * Borrow the policy of a finished domain, for its vCPUs to read from: it does
 * not change, and stays until x86_domain_release(), whatever becomes of the
 * domain.  -ESRCH; -EBUSY: not finished, or held too often.
 */
int x86_domain_hold(struct x86_domain_store *s, uint32_t id,
                    struct x86_domain **out) __must_check;
void x86_domain_release(struct x86_domain *d);

#endif /* ARCH_DOMAIN_H */
