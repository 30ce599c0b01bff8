/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a table: the file, the dispatch of its rows, their arguments. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "read.h"

static const struct row_type *const row_types[] = {
    [TABLE_FEATURES] = feature_rows, [TABLE_DEPS] = dep_rows,
    [TABLE_FIELDS] = field_rows, [TABLE_MSRS] = msr_rows,
};

bool arg_decimal(struct model *m, const struct row *row, unsigned int i,
                 unsigned int max, unsigned int *value)
{
    const char *text = row->args[i].text;
    size_t length = strlen(text);
    unsigned long number;

    if ( !length || length > 9 || strspn(text, "0123456789") != length )
    {
        complain(m, &row->at, "%s: '%s' is not a decimal number", row->macro,
                 text);
        return false;
    }

    number = strtoul(text, NULL, 10);
    if ( number > max )
    {
        complain(m, &row->at, "%s: %lu is out of range, at most %u",
                 row->macro, number, max);
        return false;
    }
    *value = number;

    return true;
}

bool arg_hex(struct model *m, const struct row *row, unsigned int i,
             uint64_t max, uint64_t *value)
{
    const char *text = row->args[i].text, *digits = text + 2;
    size_t length;
    uint64_t number;

    if ( strncmp(text, "0x", 2) ||
         !(length = strspn(digits, "0123456789abcdefABCDEF")) ||
         length > 16 ||
         digits[length + strspn(digits + length, "uUlL")] )
    {
        complain(m, &row->at, "%s: '%s' is not a hex number", row->macro,
                 text);
        return false;
    }

    number = strtoull(digits, NULL, 16);
    if ( number > max )
    {
        complain(m, &row->at, "%s: %s is out of range, at most 0x%llx",
                 row->macro, text, (unsigned long long)max);
        return false;
    }
    *value = number;

    return true;
}

bool arg_choice(struct model *m, const struct row *row, unsigned int i,
                const char *const names[], unsigned int nr,
                const char *what, unsigned int *value)
{
    int index = index_of(names, nr, row->args[i].text);

    if ( index < 0 )
    {
        complain(m, &row->at, "unknown %s '%s'", what, row->args[i].text);
        return false;
    }
    *value = index;

    return true;
}

bool arg_name(struct model *m, const struct row *row, unsigned int i,
              bool lower, const char **name)
{
    const char *text = row->args[i].text;

    if ( !*text )
    {
        complain(m, &row->at, "%s: argument %u, a name, is empty", row->macro,
                 i + 1);
        return false;
    }

    if ( strlen(text) > MAX_NAME )
    {
        complain(m, &row->at, "name '%s' is longer than %u characters", text,
                 MAX_NAME);
        return false;
    }

    for ( const char *c = text; *c; c++ )
        if ( !isupper((unsigned char)*c) && !isdigit((unsigned char)*c) &&
             *c != '_' && !(lower && islower((unsigned char)*c)) )
        {
            complain(m, &row->at, "name '%s' has a character other than "
                     "[%sA-Z0-9_]", text, lower ? "a-z" : "");
            return false;
        }
    *name = text;

    return true;
}

static bool args_match(struct model *m, const struct row *row,
                       const struct row_type *type)
{
    if ( row->nr_args != type->nr_args )
    {
        complain(m, &row->at, "%s: %u arguments, but %u are needed",
                 row->macro, row->nr_args, type->nr_args);
        return false;
    }

    for ( unsigned int i = 0; i < row->nr_args; i++ )
        if ( row->args[i].is_string != (type->strings[i] == 's') )
        {
            complain(m, &row->at, "%s: argument %u must %sbe a string",
                     row->macro, i + 1, row->args[i].is_string ? "not " : "");
            return false;
        }

    return true;
}

static void read_row(struct model *m, const struct row *row,
                     const struct row_type *type)
{
    while ( type->macro && strcmp(type->macro, row->macro) )
        type++;

    if ( !type->macro )
        complain(m, &row->at, "%s is not a row of this table", row->macro);
    else if ( args_match(m, row, type) )
        type->add(m, row);
}

static int read_text(const char *path, char **text, size_t *size)
{
    FILE *in = fopen(path, "r");
    int rc = 0;

    if ( !in )
        return -errno;

    /* One byte more than allowed, to tell "full" from "too long". */
    *text = malloc(MAX_FILE_BYTES + 2);
    if ( *text )
    {
        *size = fread(*text, 1, MAX_FILE_BYTES + 1, in);
        (*text)[*size] = '\0';
        if ( ferror(in) )
            rc = -EIO;
    }
    else
        rc = -ENOMEM;
    fclose(in);

    return rc;
}

int read_table(struct model *m, enum table table, const char *path)
{
    struct scanner s;
    struct row row;
    char *text;
    size_t size = 0;
    int rc;

    m->paths[table] = path;
    rc = read_text(path, &m->texts[table], &size);
    if ( rc )
        return rc;

    text = m->texts[table];
    if ( size > MAX_FILE_BYTES )
    {
        complain(m, &(struct place){ path, 1 }, "file longer than %u bytes",
                 MAX_FILE_BYTES);
        return 0;
    }
    if ( !scan_acceptable(m, path, text, size) )
        return 0;

    scan_start(&s, m, path, text);
    while ( scan_next(&s, &row) )
        if ( row.macro )
            read_row(m, &row, row_types[table]);
        else if ( table == TABLE_FEATURES )
            read_announcement(m, &row);

    return 0;
}
