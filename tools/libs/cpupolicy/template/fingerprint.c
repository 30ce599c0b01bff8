/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fingerprints to JSON, and what the host has to say of itself. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "fingerprint.h"

struct json_object *fingerprint_to_json(const struct fingerprint *f)
{
    struct json_object *o = json_object_new_object();

    for ( unsigned int i = 0; o && i < FINGERPRINT_NR_FIELDS; i++ )
    {
        struct json_object *value = i == FINGERPRINT_GUEST ?
            template_to_json(&f->guest) :
            json_object_new_string(f->strings[i]);

        if ( !value ||
             json_object_object_add(o, fingerprint_field_names[i], value) )
        {
            json_object_put(value);
            json_object_put(o);
            o = NULL;
        }
    }

    return o;
}

/* The file's first line without its end; NULL, errno: what went wrong. */
static char *read_line(const char *root, const char *path)
{
    char name[512], *line = NULL;
    size_t max = 0;
    ssize_t nr;
    FILE *f;

    snprintf(name, sizeof(name), "%s%s", root, path);
    f = fopen(name, "r");
    if ( !f )
        return NULL;

    nr = getline(&line, &max, f);
    fclose(f);
    if ( nr < 0 )
    {
        free(line);
        return strdup("");
    }
    line[strcspn(line, "\n")] = '\0';

    return line;
}

/* "microcode\t: 0xa0011d1": what follows the colon, or NULL. */
static char *microcode_of(char *line)
{
    static const char key[] = "microcode";
    char *p = line + sizeof(key) - 1, *end;

    if ( strncmp(line, key, sizeof(key) - 1) )
        return NULL;

    p += strspn(p, " \t");
    if ( *p != ':' )
        return NULL;

    p++;
    p += strspn(p, " \t\n");
    for ( end = p + strlen(p); end > p && strchr(" \t\n\r", end[-1]); end-- )
        ;

    return strndup(p, end - p);
}

static char *read_microcode_version(const char *root)
{
    char name[512], *line = NULL, *found = NULL;
    size_t max = 0;
    FILE *f;

    snprintf(name, sizeof(name), "%s/proc/cpuinfo", root);
    f = fopen(name, "r");
    if ( !f )
        return NULL;

    while ( !found && getline(&line, &max, f) >= 0 )
        found = microcode_of(line);

    free(line);
    fclose(f);

    return found;
}

static char *read_kernel_version(void)
{
    struct utsname name;

    return uname(&name) ? NULL : strdup(name.release);
}

int fingerprint_read_host(const char *root, const char *vmm,
                          struct fingerprint *out, unsigned int *unknown,
                          cpupolicy_error *err)
{
    char *s[FINGERPRINT_GUEST] = {
        [FINGERPRINT_VMM] = strdup(vmm),
        [FINGERPRINT_KERNEL] = read_kernel_version(),
        [FINGERPRINT_MICROCODE] = read_microcode_version(root),
        [FINGERPRINT_BIOS_VERSION] =
            read_line(root, "/sys/devices/virtual/dmi/id/bios_version"),
        [FINGERPRINT_BIOS_REVISION] =
            read_line(root, "/sys/devices/virtual/dmi/id/bios_release"),
    };
    bool ok = true;

    *unknown = 0;
    for ( unsigned int i = 0; i < FINGERPRINT_GUEST; i++ )
    {
        if ( s[i] )
            continue;
        *unknown |= 1U << i;
        s[i] = strdup("unknown");
    }

    for ( unsigned int i = 0; i < FINGERPRINT_GUEST; i++ )
        ok = ok && s[i];

    for ( unsigned int i = 0; i < FINGERPRINT_GUEST; i++ )
    {
        if ( !ok )
            free(s[i]);
        else
            out->strings[i] = s[i];
    }

    return ok ? 0 : cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
}
