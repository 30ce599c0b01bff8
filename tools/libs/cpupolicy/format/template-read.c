/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates from JSON: what each key means and what it may hold. */
#include "template-text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static int read_register(struct json_reader *r, void *ctx)
{
    struct template_modifier *m = ctx;
    const struct json_token *token = json_reader_here(r);
    struct json_text text;
    int rc = json_reader_text(r, &text);

    if ( rc )
        return rc;

    for ( m->reg = 0; m->reg < 4; m->reg++ )
        if ( json_text_is(&text, adjust_reg_names[m->reg]) )
            break;

    json_text_dispose(&text);
    if ( m->reg < 4 )
        return 0;

    return json_reader_refuse(r, token, "Invalid CPUID register. Must be one "
                              "of [eax, ebx, ecx, edx]");
}

static int read_modifier_bitmap(struct json_reader *r, void *ctx)
{
    struct template_modifier *m = ctx;

    return template_read_bitmap(r, 32, &m->bits);
}

static int read_modifier(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "register", true, read_register },
        { "bitmap", true, read_modifier_bitmap },
    };
    static const struct json_shape shape = {
        "a register modifier", fields, ARRAY_SIZE(fields), false, false,
    };
    const struct json_token *token = json_reader_here(r);
    struct template_modifier row = { 0 };
    int rc = json_reader_struct(r, &shape, &row);

    return rc ?: template_read_place(r, token,
                                     template_add_modifier(ctx, &row, r->err));
}

/* The entry being read is the last of the template. */
static struct template_leaf *last_leaf(void *ctx)
{
    struct cpu_template *t = ctx;

    return &t->leaves[t->nr_leaves - 1];
}

static int read_leaf_number(struct json_reader *r, void *ctx)
{
    return template_read_number32(r, &last_leaf(ctx)->leaf);
}

static int read_subleaf(struct json_reader *r, void *ctx)
{
    return template_read_number32(r, &last_leaf(ctx)->subleaf);
}

static int read_flags(struct json_reader *r, void *ctx)
{
    return template_read_u32(r, &last_leaf(ctx)->flags);
}

static int read_modifiers(struct json_reader *r, void *ctx)
{
    return json_reader_list(r, read_modifier, ctx);
}

static int read_leaf(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "leaf", true, read_leaf_number },
        { "subleaf", true, read_subleaf },
        { "flags", true, read_flags },
        { "modifiers", true, read_modifiers },
    };
    static const struct json_shape shape = {
        "a CPUID leaf object", fields, ARRAY_SIZE(fields), false, false,
    };
    const struct json_token *token = json_reader_here(r);
    int rc = template_add_leaf(ctx, 0, 0, 0, r->err);

    template_read_place(r, token, rc);
    if ( rc )
        return rc;
    last_leaf(ctx)->line = token->line;

    return json_reader_struct(r, &shape, ctx);
}

static int read_msr_index(struct json_reader *r, void *ctx)
{
    return template_read_number32(r, &((struct template_msr *)ctx)->index);
}

static int read_msr_bitmap(struct json_reader *r, void *ctx)
{
    return template_read_bitmap(r, 64, &((struct template_msr *)ctx)->bits);
}

static int read_msr(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "addr", true, read_msr_index },
        { "bitmap", true, read_msr_bitmap },
    };
    static const struct json_shape shape = {
        "an MSR object", fields, ARRAY_SIZE(fields), false, false,
    };
    const struct json_token *token = json_reader_here(r);
    struct template_msr row = { .line = token->line };
    int rc = json_reader_struct(r, &shape, &row);

    return rc ?: template_read_place(r, token,
                                     template_add_msr(ctx, &row, r->err));
}

static int read_feature_index(struct json_reader *r, void *ctx)
{
    return template_read_u32(r, &((struct template_feature *)ctx)->index);
}

static int read_feature_bitmap(struct json_reader *r, void *ctx)
{
    struct template_feature *f = ctx;

    return template_read_bitmap(r, 32, &f->bits);
}

static int read_feature(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "index", true, read_feature_index },
        { "bitmap", true, read_feature_bitmap },
    };
    static const struct json_shape shape = {
        "a vCPU feature object", fields, ARRAY_SIZE(fields), false, false,
    };
    const struct json_token *token = json_reader_here(r);
    struct template_feature row = { 0 };
    int rc = json_reader_struct(r, &shape, &row);

    return rc ?: template_read_place(r, token,
                                     template_add_feature(ctx, &row, r->err));
}

static int read_reg_id(struct json_reader *r, void *ctx)
{
    struct template_reg *reg = ctx;

    return template_read_number(r, UINT64_MAX, &reg->id);
}

static int read_reg_bitmap(struct json_reader *r, void *ctx)
{
    return template_read_bitmap(r, 128, &((struct template_reg *)ctx)->bits);
}

static int read_reg(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "addr", true, read_reg_id },
        { "bitmap", true, read_reg_bitmap },
    };
    static const struct json_shape shape = {
        "a register object", fields, ARRAY_SIZE(fields), false, false,
    };
    const struct json_token *token = json_reader_here(r);
    struct template_reg row = { 0 };
    int rc = json_reader_struct(r, &shape, &row);

    return rc ?: template_read_place(r, token,
                                     template_add_reg(ctx, &row, r->err));
}

static int read_capabilities(struct json_reader *r, void *ctx)
{
    return json_reader_list(r, template_read_capability, ctx);
}

static int read_leaves(struct json_reader *r, void *ctx)
{
    return json_reader_list(r, read_leaf, ctx);
}

static int read_msrs(struct json_reader *r, void *ctx)
{
    return json_reader_list(r, read_msr, ctx);
}

static int read_features(struct json_reader *r, void *ctx)
{
    return json_reader_list(r, read_feature, ctx);
}

static int read_regs(struct json_reader *r, void *ctx)
{
    return json_reader_list(r, read_reg, ctx);
}

static const struct json_field x86_fields[] = {
    { "kvm_capabilities", false, read_capabilities },
    { "cpuid_modifiers", false, read_leaves },
    { "msr_modifiers", false, read_msrs },
};

static const struct json_field aarch64_fields[] = {
    { "kvm_capabilities", false, read_capabilities },
    { "vcpu_features", false, read_features },
    { "reg_modifiers", false, read_regs },
};

static const struct json_shape shapes[] = {
    [TEMPLATE_ANY] = {
        "a CPU template object", x86_fields, ARRAY_SIZE(x86_fields), true,
        false,
    },
    [TEMPLATE_X86_64] = {
        "a CPU template object", x86_fields, ARRAY_SIZE(x86_fields), true,
        false,
    },
    [TEMPLATE_AARCH64] = {
        "a CPU template object", aarch64_fields, ARRAY_SIZE(aarch64_fields),
        true, false,
    },
};

/* The first key that only one architecture has decides. */
static int tell_arch(struct json_reader r, enum template_arch *arch)
{
    uint32_t end = json_reader_here(&r)->next;
    struct json_text key;
    int rc;

    if ( json_reader_here(&r)->kind != JSON_OBJECT )
        return 0;

    for ( r.at++; *arch == TEMPLATE_ANY && r.at < end; json_reader_skip(&r) )
    {
        rc = json_reader_text(&r, &key);
        if ( rc )
            return rc;

        for ( unsigned int i = 1; i < 3; i++ )
            if ( json_text_is(&key, x86_fields[i].name) )
                *arch = TEMPLATE_X86_64;
            else if ( json_text_is(&key, aarch64_fields[i].name) )
                *arch = TEMPLATE_AARCH64;

        json_text_dispose(&key);
    }

    return 0;
}

int template_read(struct json_reader *r, enum template_arch arch,
                  struct cpu_template *out)
{
    struct cpu_template new = { .arch = arch };
    int rc = 0;

    if ( arch == TEMPLATE_ANY )
        rc = tell_arch(*r, &new.arch);

    if ( !rc )
        rc = json_reader_struct(r, &shapes[new.arch], &new);

    if ( rc )
        template_dispose(&new);
    else
        *out = new;

    return rc;
}

int template_parse(const char *text, size_t nr, enum template_arch arch,
                   struct cpu_template *out, cpupolicy_error *err)
{
    struct note_list ignored = { .list = NULL };
    struct json_index ix;
    struct json_reader r = { .ix = &ix, .err = err, .ignored = &ignored };
    int rc = json_index_build(&ix, text, nr, err);

    if ( rc )
        return rc;

    rc = template_read(&r, arch, out);
    json_index_dispose(&ix);
    if ( rc )
        notes_dispose(&ignored);
    else
        out->notes = ignored;

    return rc;
}
