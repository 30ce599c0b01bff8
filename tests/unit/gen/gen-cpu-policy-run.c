/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running gen-cpu-policy on small tables in a folder of its own. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gen-cpu-policy-run.h"

const char *const table_files[NR_TABLES] = {
    "features.h", "deps.h", "fields.h", "msrs.h",
};

const char *const good_tables[NR_TABLES] = {
    [FEATURES] =
/* 1 */ "/* CPUID level 0x00000001.edx, word 0 */\n"
/* 2 */ "XEN_CPUFEATURE(FPU,    0*32+ 0) /*A  x87 */\n"
/* 3 */ "XEN_CPUFEATURE(SSE,    0*32+ 1) /*|A! SSE */\n"
/* 4 */ "XEN_CPUFEATURE(AVX_X,  0*32+ 2) /*es AVX */\n"
/* 5 */ "/* MSR_X 0x10a.eax, word 1 */\n"
/* 6 */ "XEN_CPUFEATURE(LOW,    1*32+ 0) /*H  Low half */\n"
/* 7 */ "/* MSR_X 0x10a.edx, word 2 */\n"
/* 8 */ "XEN_CPUFEATURE(NO_TOP, 1*32+62) /*   High half */\n",
    [DEPS] =
/* 1 */ "XEN_CPUFEATURE_DEP(FPU, SSE, \"a reason\")\n"
/* 2 */ "XEN_CPUFEATURE_DEP(SSE, AVX_X, \"a \\\"good\\\" reason\")\n"
/* 3 */ "XEN_CPUFEATURE_KIND(AVX_X, DYNAMIC, \"mirrors CR4\")\n",
    [FIELDS] =
/* 1 */ "XEN_CPUID_LEAF(0x1, 0, PLAIN, \"One\")\n"
/* 2 */ "XEN_CPUID_RESERVED(0x1, 0, 0, a, 0xffffffff)\n"
/* 3 */ "XEN_CPUID_FIELD(0x1, 0, 0, b, 31, 0, intel, EQUAL, I, SSE, \"i\")\n"
/* 4 */ "XEN_CPUID_FIELD(0x1, 0, 0, b, 15, 0, amd, CHOICE, A, VPMU, \"a\")\n"
/* 5 */ "XEN_CPUID_RESERVED(0x1, 0, 0, c, 0xffffffff)\n"
/* 6 */ "XEN_CPUID_RESERVED(0x1, 0, 0, d, 0xfffffff8)\n"
/* 7 */ "XEN_CPUID_LEAF(0x7, 2, MAX_A, \"Seven\")\n"
/* 8 */ "XEN_CPUID_FIELD(0x7, 0, 1, a, 31, 0, n, LIMIT, IAC, SSE, \"n\")\n"
/* 9 */ "XEN_CPUID_RESERVED(0x7, 0, 1, b, 0xffffffff)\n"
/* 10 */ "XEN_CPUID_RESERVED(0x7, 0, 1, c, 0xffffffff)\n"
/* 11 */ "XEN_CPUID_RESERVED(0x7, 0, 1, d, 0xffffffff)\n",
    [MSRS] =
/* 1 */ "XEN_CPU_MSR(0xce, INFO, 32, IAC, NONE, \"Information\")\n"
/* 2 */ "XEN_MSR_FIELD(0xce, 31, 31, fault, FEATURE, IAC, NONE, \"f\")\n"
/* 3 */ "XEN_MSR_RESERVED(0xce, 0x7fffffff)\n"
/* 4 */ "XEN_CPU_MSR(0x10a, CAPS, 64, IC, SSE, \"Capabilities\")\n"
/* 5 */ "XEN_MSR_RESERVED(0x10a, 0xbffffffffffffffe)\n"
/* 6 */ "XEN_MSR_ENABLE(0x10a, 0xce, 31, \"it can fault\")\n",
};

const char good_summary[] =
    "2 leaves with 3 subleaves, 12 registers; 2 MSRs; 480 bits: 5 of "
    "features, 97 of fields, 378 reserved\n";

static char folder[] = "/tmp/test-gen-cpu-policy-XXXXXX";
static char program[PATH_MAX];

static void path_of(const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", folder, name);
}

void file_write(const char *name, const char *text, size_t size)
{
    char path[PATH_MAX];
    FILE *out;

    path_of(name, path, sizeof(path));
    out = fopen(path, "w");
    ck_assert_msg(out != NULL, "cannot write %s", path);
    ck_assert_uint_eq(fwrite(text, 1, size, out), size);
    ck_assert_int_eq(fclose(out), 0);
}

char *file_read(const char *name)
{
    size_t max = 1u << 20, size;
    char *text = calloc(1, max);
    char path[PATH_MAX];
    FILE *in;

    path_of(name, path, sizeof(path));
    in = fopen(path, "r");
    ck_assert_msg(in != NULL && text != NULL, "cannot read %s", path);
    size = fread(text, 1, max, in);
    ck_assert_msg(size < max, "%s is unexpectedly large", path);
    fclose(in);

    return text;
}

ino_t file_inode(const char *name)
{
    char path[PATH_MAX];
    struct stat st;

    path_of(name, path, sizeof(path));
    ck_assert_msg(!stat(path, &st), "no file %s", path);

    return st.st_ino;
}

void folder_make(void)
{
    const char *name = getenv("GEN_CPU_POLICY");

    name = name ? name : "build/gen-cpu-policy";
    ck_assert_msg(realpath(name, program) != NULL, "no program %s", name);
    ck_assert_ptr_nonnull(mkdtemp(folder));

    for ( unsigned int i = 0; i < NR_TABLES; i++ )
        file_write(table_files[i], good_tables[i], strlen(good_tables[i]));
}

void folder_remove(void)
{
    char path[PATH_MAX];
    DIR *dir = opendir(folder);
    struct dirent *entry;

    ck_assert_ptr_nonnull(dir);
    while ( (entry = readdir(dir)) )
    {
        path_of(entry->d_name, path, sizeof(path));
        if ( entry->d_name[0] != '.' )
            remove(path);
    }
    closedir(dir);
    ck_assert_int_eq(rmdir(folder), 0);
}

void table_replace_line(unsigned int table, unsigned int line,
                        const char *text)
{
    const char *start = good_tables[table], *end;
    char *whole = NULL;
    size_t size;
    FILE *out = open_memstream(&whole, &size);

    while ( --line )
        start = strchr(start, '\n') + 1;
    end = strchr(start, '\n');

    fprintf(out, "%.*s%s%s", (int)(start - good_tables[table]),
            good_tables[table], text, end);
    fclose(out);
    file_write(table_files[table], whole, size);
    free(whole);
}

static void exec_in_folder(const char *const args[])
{
    char *argv[32] = { program };

    for ( unsigned int i = 0; args[i] && i < 30; i++ )
        argv[i + 1] = (char *)args[i];

    if ( chdir(folder) || !freopen("run.out", "w", stdout) ||
         !freopen("run.err", "w", stderr) )
        _exit(126);
    execv(program, argv);
    _exit(127);
}

struct outcome run(const char *const args[])
{
    struct outcome o;
    pid_t pid = fork();
    int status;

    ck_assert_int_ge(pid, 0);
    if ( !pid )
        exec_in_folder(args);

    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status), "killed by signal %d",
                  WTERMSIG(status));
    o.status = WEXITSTATUS(status);
    o.out = file_read("run.out");
    o.err = file_read("run.err");

    return o;
}

struct outcome run_on_tables(const char *const more[])
{
    const char *args[32] = {
        "--features", "features.h", "--deps", "deps.h",
        "--fields", "fields.h", "--msrs", "msrs.h",
    };

    for ( unsigned int i = 0; more[i]; i++ )
        args[8 + i] = more[i];

    return run(args);
}

void outcome_dispose(struct outcome *o)
{
    free(o->out);
    free(o->err);
}
