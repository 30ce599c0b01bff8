/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fingerprints from JSON. */
#include <stdlib.h>
#include <string.h>

#include "fingerprint.h"

const char *const fingerprint_field_names[FINGERPRINT_NR_FIELDS] = {
    "firecracker_version", "kernel_version", "microcode_version",
    "bios_version", "bios_revision", "guest_cpu_config",
};

void fingerprint_dispose(struct fingerprint *f)
{
    for ( unsigned int i = 0; i < FINGERPRINT_GUEST; i++ )
        free(f->strings[i]);

    template_dispose(&f->guest);
    memset(f, 0, sizeof(*f));
}

#define READ_STRING(name, field)                                           \
static int read_##name(struct json_reader *r, void *ctx)                   \
{                                                                          \
    struct fingerprint *f = ctx;                                           \
                                                                           \
    return json_reader_string(r, &f->strings[field]);                      \
}
READ_STRING(vmm, FINGERPRINT_VMM)
READ_STRING(kernel, FINGERPRINT_KERNEL)
READ_STRING(microcode, FINGERPRINT_MICROCODE)
READ_STRING(bios_version, FINGERPRINT_BIOS_VERSION)
READ_STRING(bios_revision, FINGERPRINT_BIOS_REVISION)

static int read_guest(struct json_reader *r, void *ctx)
{
    return template_read(r, TEMPLATE_ANY, &((struct fingerprint *)ctx)->guest);
}

int fingerprint_parse(const char *text, size_t nr, struct fingerprint *out,
                      cpupolicy_error *err)
{
    static const struct json_field fields[] = {
        { "firecracker_version", true, read_vmm },
        { "kernel_version", true, read_kernel },
        { "microcode_version", true, read_microcode },
        { "bios_version", true, read_bios_version },
        { "bios_revision", true, read_bios_revision },
        { "guest_cpu_config", true, read_guest },
    };
    static const struct json_shape shape = {
        "a fingerprint object", fields, FINGERPRINT_NR_FIELDS, false, false,
    };
    struct fingerprint new;
    struct json_index ix;
    struct note_list ignored = { .list = NULL };
    struct json_reader r = { .ix = &ix, .err = err, .ignored = &ignored };
    int rc = json_index_build(&ix, text, nr, err);

    if ( rc )
        return rc;

    memset(&new, 0, sizeof(new));
    rc = json_reader_struct(&r, &shape, &new);
    json_index_dispose(&ix);

    new.guest.notes = ignored;
    if ( rc )
        fingerprint_dispose(&new);
    else
        *out = new;

    return rc;
}
