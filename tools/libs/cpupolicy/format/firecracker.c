/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Firecracker's custom CPU templates, the dumps of a guest's configuration
 * in the same form, and fingerprints, which hold such a dump.
 *
 *   {"cpuid_modifiers": [{"leaf": "0x1", "subleaf": "0x0", "flags": 0,
 *      "modifiers": [{"register": "eax", "bitmap": "0bx01x"}]}],
 *    "msr_modifiers": [{"addr": "0x10a", "bitmap": "0b01"}]}
 *
 * In a bitmap 0 and 1 set a bit and x leaves it open, as do the digits that
 * are not written.  Entries of the same leaf add up, the later one on top.
 */
#include <errno.h>
#include <string.h>

#include "formats.h"
#include "json.h"
#include "text/text.h"

#define KEYS(list) list, sizeof(list) / sizeof(list[0])

struct bitmap {
    uint64_t set;               /* the bits that the map decides */
    uint64_t value;             /* their values; none outside of `set` */
};

/* The last character is bit 0. Returns what is wrong, or NULL. */
static const char *scan_bitmap(const char *s, size_t len, unsigned width,
                               struct bitmap *map)
{
    unsigned bit = 0;

    if ( len >= 2 && !memcmp(s, "0b", 2) )
    {
        s += 2;
        len -= 2;
    }

    while ( len-- )
    {
        char c = s[len];

        if ( bit == width )
            return "has too many bits";
        if ( c == '_' )
            continue;
        if ( c != '0' && c != '1' && c != 'x' )
            return "has a character that is not one of 0, 1, x, _";
        if ( c != 'x' )
            map->set |= 1ULL << bit;
        if ( c == '1' )
            map->value |= 1ULL << bit;
        bit++;
    }

    return NULL;
}

static int parse_bitmap(struct json_file *f, struct json_object *entry,
                        unsigned width, struct bitmap *out)
{
    struct bitmap map = { 0, 0 };
    struct json_object *node = NULL;
    const char *s, *wrong;
    size_t len;
    int rc = json_member(f, entry, "bitmap", json_type_string, false, &node);

    if ( rc )
        return rc;

    s = json_object_get_string(node);
    len = (size_t)json_object_get_string_len(node);
    wrong = scan_bitmap(s, len, width, &map);
    if ( wrong )
        return json_fail(f, node, EINVAL, "the %u-bit bitmap '%s' %s", width,
                         text_quote(s, len).text, wrong);
    *out = map;

    return 0;
}

static int number32(struct json_file *f, struct json_object *object,
                    const char *key, uint32_t *out)
{
    struct json_object *node = NULL;
    uint64_t v;
    int rc = json_member(f, object, key, json_type_string, false, &node);

    if ( !rc )
        rc = json_number_string(f, node, key, true, UINT32_MAX, &v);
    if ( !rc )
        *out = (uint32_t)v;

    return rc;
}

/* The row of a leaf that an earlier entry has made, or a new one. */
static int get_leaf(struct json_file *f, struct dump_cpu *c,
                    const struct dump_leaf *like, struct dump_leaf **out)
{
    int rc;

    for ( size_t i = 0; i < c->nr_leaves; i++ )
        if ( c->leaves[i].leaf == like->leaf &&
             c->leaves[i].subleaf == like->subleaf )
        {
            *out = &c->leaves[i];
            return 0;
        }

    rc = dump_add_leaf(c, like, f->err);
    if ( !rc )
        *out = &c->leaves[c->nr_leaves - 1];

    return rc;
}

static int parse_register(struct json_file *f, struct json_object *entry,
                          struct dump_leaf *row)
{
    static const char *const names[] = { "eax", "ebx", "ecx", "edx" };
    struct json_object *node = NULL;
    struct bitmap map;
    unsigned i;
    int rc = json_member(f, entry, "register", json_type_string, false, &node);

    if ( !rc )
        rc = parse_bitmap(f, entry, 32, &map);
    if ( rc )
        return rc;

    for ( i = 0; i < 4; i++ )
        if ( !strcmp(json_object_get_string(node), names[i]) )
            break;
    if ( i == 4 )
        return json_fail(f, node, EINVAL,
                         "a register is one of eax, ebx, ecx, edx");

    row->reg[i] = (row->reg[i] & ~(uint32_t)map.set) | (uint32_t)map.value;
    row->open[i] &= ~(uint32_t)map.set;

    return 0;
}

static int check_flags(struct json_file *f, struct json_object *entry)
{
    struct json_object *node = NULL;
    int rc = json_member(f, entry, "flags", json_type_int, false, &node);

    if ( !rc && (json_object_get_int64(node) < 0 ||
                 json_object_get_int64(node) > UINT32_MAX) )
        rc = json_fail(f, node, EINVAL, "flags does not fit 32 bits");

    return rc;
}

static int parse_leaf(struct json_file *f, struct json_object *entry,
                      struct dump_cpu *c)
{
    struct dump_leaf like = { .open = { ~0U, ~0U, ~0U, ~0U } }, *row = NULL;
    struct json_object *modifiers;
    size_t nr;
    int rc = number32(f, entry, "leaf", &like.leaf);

    if ( !rc )
        rc = number32(f, entry, "subleaf", &like.subleaf);
    if ( !rc )
        rc = check_flags(f, entry);
    if ( !rc )
        rc = json_member(f, entry, "modifiers", json_type_array, false,
                         &modifiers);
    if ( rc )
        return rc;

    like.line = json_line(f, entry);
    rc = get_leaf(f, c, &like, &row);
    nr = json_object_array_length(modifiers);
    for ( size_t i = 0; i < nr && !rc; i++ )
    {
        struct json_object *m = json_object_array_get_idx(modifiers, i);

        rc = json_expect(f, m, modifiers, json_type_object, "a modifier");
        if ( !rc )
            rc = parse_register(f, m, row);
    }

    return rc;
}

static int parse_msr(struct json_file *f, struct json_object *entry,
                     struct dump_cpu *c)
{
    struct dump_msr row = { .open = ~0ULL };
    struct bitmap map;
    int rc = number32(f, entry, "addr", &row.index);

    if ( !rc )
        rc = parse_bitmap(f, entry, 64, &map);
    if ( rc )
        return rc;

    for ( size_t i = 0; i < c->nr_msrs; i++ )
        if ( c->msrs[i].index == row.index )
        {
            c->msrs[i].value &= ~map.set;
            c->msrs[i].value |= map.value;
            c->msrs[i].open &= ~map.set;
            return 0;
        }

    row.line = json_line(f, entry);
    row.value = map.value;
    row.open &= ~map.set;

    return dump_add_msr(c, &row, f->err);
}

static int parse_entries(struct json_file *f, struct json_object *config,
                         const char *key, struct dump_cpu *c,
                         int (*parse_entry)(struct json_file *,
                                            struct json_object *,
                                            struct dump_cpu *))
{
    struct json_object *array;
    int rc = json_member(f, config, key, json_type_array, true, &array);
    size_t nr = !rc && array ? json_object_array_length(array) : 0;

    for ( size_t i = 0; i < nr && !rc; i++ )
    {
        struct json_object *entry = json_object_array_get_idx(array, i);

        rc = json_expect(f, entry, array, json_type_object, "an entry");
        if ( !rc )
            rc = parse_entry(f, entry, c);
    }

    return rc;
}

/* What a template asks of KVM: "55", or "!55" for not asking. */
static int check_capabilities(struct json_file *f,
                              struct json_object *config, struct dump *out)
{
    struct json_object *array;
    int rc = json_member(f, config, "kvm_capabilities", json_type_array, true,
                         &array);
    size_t nr = !rc && array ? json_object_array_length(array) : 0;

    for ( size_t i = 0; i < nr; i++ )
    {
        struct json_object *node = json_object_array_get_idx(array, i);
        const char *s;
        uint64_t v;

        rc = json_expect(f, node, array, json_type_string, "a capability");
        if ( rc )
            return rc;
        s = json_object_get_string(node);
        if ( *s == '!' )
            s++;
        if ( number_parse(s, strlen(s), 10, UINT32_MAX, &v) != NUMBER_OK )
            return json_fail(f, node, EINVAL,
                             "a capability is a decimal number, or ! and one");
    }
    if ( nr )
        rc = dump_add_note(out, f->err,
                           "%zu kvm_capabilities say nothing of the CPU", nr);

    return rc;
}

static bool any_open(const struct dump_cpu *c)
{
    for ( size_t i = 0; i < c->nr_leaves; i++ )
    {
        const uint32_t *open = c->leaves[i].open;

        if ( open[0] | open[1] | open[2] | open[3] )
            return true;
    }
    for ( size_t i = 0; i < c->nr_msrs; i++ )
        if ( c->msrs[i].open )
            return true;

    return false;
}

static int parse_config(struct json_file *f, struct json_object *config,
                        struct dump *out)
{
    static const char *const keys[] = { "kvm_capabilities", "cpuid_modifiers",
                                        "msr_modifiers" };
    struct dump_section *s;
    struct dump_cpu *c;
    int rc;

    if ( json_object_object_get_ex(config, "reg_modifiers", NULL) ||
         json_object_object_get_ex(config, "vcpu_features", NULL) )
        return json_fail(f, config, EINVAL,
                         "the file describes an aarch64 CPU");

    rc = json_known_keys(f, config, KEYS(keys));
    if ( !rc )
        rc = dump_start(out, &s, &c, f->err);
    if ( !rc )
        rc = check_capabilities(f, config, out);
    if ( !rc )
        rc = parse_entries(f, config, "cpuid_modifiers", c, parse_leaf);
    if ( !rc )
        rc = parse_entries(f, config, "msr_modifiers", c, parse_msr);
    if ( !rc && !c->nr_leaves && !c->nr_msrs )
        rc = json_fail(f, config, EINVAL, "the template changes nothing");
    if ( rc )
        return rc;

    out->is_partial = any_open(c) || !dump_find_leaf(c, 0, 0);
    out->is_guest_view = !out->is_partial;

    return 0;
}

static int parse(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err)
{
    /* Beside the CPU; other keys are allowed there. */
    static const char *const keys[] = {
        "firecracker_version", "kernel_version", "microcode_version",
        "bios_version", "bios_revision",
    };
    struct json_object *config, *node;
    struct json_file f;
    int rc = json_file_parse(&f, in, err);

    if ( rc )
        return rc;

    if ( !json_object_object_get_ex(f.root, "guest_cpu_config", NULL) )
        rc = parse_config(&f, f.root, out);
    else
    {
        for ( size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && !rc; i++ )
            rc = json_member(&f, f.root, keys[i], json_type_string, false,
                             &node);
        if ( !rc )
            rc = json_member(&f, f.root, "guest_cpu_config", json_type_object,
                             false, &config);
        if ( !rc )
            rc = parse_config(&f, config, out);
        if ( !rc )
            out->is_guest_view = true;
    }
    json_file_dispose(&f);

    return rc;
}

static bool probe(const struct dump_input *in)
{
    static const char *const keys[] = {
        "cpuid_modifiers", "msr_modifiers", "guest_cpu_config",
        "kvm_capabilities", "reg_modifiers", "vcpu_features",
    };

    for ( size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++ )
        if ( json_probe(in, keys[i]) )
            return true;

    return false;
}

const struct dump_format format_firecracker = {
    .name = "firecracker",
    .title = "Firecracker template, dump or fingerprint",
    .probe = probe,
    .parse = parse,
};
