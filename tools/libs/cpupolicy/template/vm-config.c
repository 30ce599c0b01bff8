/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firecracker's configuration file, as far as CPUs go. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/template-text.h"
#include "static.h"
#include "vm-config.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define MAX_VCPUS 32

void vm_config_init(struct vm_config *c)
{
    *c = (struct vm_config){ .nr_vcpus = 1 };
}

void vm_config_dispose(struct vm_config *c)
{
    for ( unsigned int i = 0; i < c->nr_files; i++ )
        free(c->files[i]);

    free(c->static_template);
    free(c->template_path);
    template_dispose(&c->template);
    vm_config_init(c);
}

static bool skip_null(struct json_reader *r)
{
    if ( json_reader_here(r)->kind != JSON_NULL )
        return false;

    json_reader_skip(r);

    return true;
}

static int ignore(struct json_reader *r, void *ctx)
{
    (void)ctx;
    json_reader_skip(r);

    return 0;
}

/* A file that the machine would open. */
static int read_file(struct json_reader *r, void *ctx)
{
    const struct json_token *t = json_reader_here(r);
    struct vm_config *c = ctx;
    int rc;

    if ( skip_null(r) )
        return 0;

    if ( c->nr_files == VM_CONFIG_MAX_FILES )
        return json_reader_fail(r, t, "more than %u files",
                                VM_CONFIG_MAX_FILES);

    rc = json_reader_string(r, &c->files[c->nr_files]);
    if ( !rc )
        c->nr_files++;

    return rc;
}

static int read_boot_source(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "kernel_image_path", true, read_file },
        { "initrd_path", false, read_file },
        { "boot_args", false, ignore },
    };
    static const struct json_shape shape = {
        "a boot source object", fields, ARRAY_SIZE(fields), true, true,
    };

    return json_reader_struct(r, &shape, ctx);
}

static int read_drive(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "drive_id", true, ignore },
        { "path_on_host", false, read_file },
    };
    static const struct json_shape shape = {
        "a drive object", fields, ARRAY_SIZE(fields), false, true,
    };

    return json_reader_struct(r, &shape, ctx);
}

static int read_drives(struct json_reader *r, void *ctx)
{
    return json_reader_list(r, read_drive, ctx);
}

static int read_vcpu_count(struct json_reader *r, void *ctx)
{
    const struct json_token *t = json_reader_here(r);
    struct vm_config *c = ctx;
    uint64_t value;
    int rc = json_reader_unsigned(r, "u8", UINT8_MAX, &value);

    if ( !rc && (!value || value > MAX_VCPUS) )
        rc = json_reader_refuse(r, t, "vcpu_count has to be 1 to %u",
                                MAX_VCPUS);
    if ( !rc )
        c->nr_vcpus = value;

    return rc;
}

static int read_mem_size(struct json_reader *r, void *ctx)
{
    const struct json_token *t = json_reader_here(r);
    uint64_t value;
    int rc = json_reader_unsigned(r, "usize", UINT64_MAX, &value);

    (void)ctx;
    if ( !rc && !value )
        rc = json_reader_refuse(r, t, "mem_size_mib has to be more than 0");

    return rc;
}

static int read_smt(struct json_reader *r, void *ctx)
{
    return json_reader_bool(r, &((struct vm_config *)ctx)->smt);
}

static int read_static(struct json_reader *r, void *ctx)
{
    const struct json_token *t = json_reader_here(r);
    struct vm_config *c = ctx;
    const char *name;
    int rc;

    if ( skip_null(r) )
        return 0;

    rc = json_reader_string(r, &c->static_template);
    if ( rc )
        return rc;

    if ( !strcmp(c->static_template, "None") )
    {
        free(c->static_template);
        c->static_template = NULL;
        return 0;
    }

    for ( size_t i = 0; (name = template_static_name(i)); i++ )
        if ( !strcmp(name, c->static_template) )
            return 0;

    return json_reader_refuse(r, t, "no built-in template is called '%s'",
                              c->static_template);
}

static int read_machine(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "vcpu_count", true, read_vcpu_count },
        { "mem_size_mib", true, read_mem_size },
        { "smt", false, read_smt },
        { "cpu_template", false, read_static },
        { "track_dirty_pages", false, ignore },
        { "huge_pages", false, ignore },
    };
    static const struct json_shape shape = {
        "a machine configuration object", fields, ARRAY_SIZE(fields), true,
        true,
    };
    const struct json_token *t = json_reader_here(r);
    struct vm_config *c = ctx;
    int rc;

    if ( skip_null(r) )
        return 0;

    rc = json_reader_struct(r, &shape, ctx);
    if ( !rc && c->smt && c->nr_vcpus > 1 && c->nr_vcpus % 2 )
        rc = json_reader_refuse(r, t, "with smt, vcpu_count has to be 1 or "
                                "even");

    return rc;
}

static int read_cpu_config(struct json_reader *r, void *ctx)
{
    struct vm_config *c = ctx;
    int rc;

    if ( skip_null(r) )
        return 0;

    if ( json_reader_here(r)->kind == JSON_STRING )
        return json_reader_string(r, &c->template_path);

    rc = template_read(r, TEMPLATE_ANY, &c->template);
    c->has_template = !rc;

    return rc;
}

int vm_config_parse(const char *text, size_t nr, struct vm_config *out,
                    cpupolicy_error *err)
{
    /* Devices are none of our business: other keys are not looked at. */
    static const struct json_field fields[] = {
        { "boot-source", true, read_boot_source },
        { "drives", true, read_drives },
        { "machine-config", false, read_machine },
        { "cpu-config", false, read_cpu_config },
    };
    static const struct json_shape shape = {
        "a virtual machine's configuration", fields, ARRAY_SIZE(fields),
        false, true,
    };
    struct vm_config new;
    struct json_index ix;
    struct json_reader r = { .ix = &ix, .err = err };
    int rc = json_index_build(&ix, text, nr, err);

    if ( rc )
        return rc;

    vm_config_init(&new);
    rc = json_reader_struct(&r, &shape, &new);
    json_index_dispose(&ix);

    if ( rc )
        vm_config_dispose(&new);
    else
        *out = new;

    return rc;
}
