/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli-run.h"
#include "machine.h"
#include "vectors.h"

static char program[PATH_MAX], folder[32];

void cli_enter(void)
{
    const char *name = getenv("XL_CPUPOLICY");

    name = name ? name : "build/xl-cpupolicy";
    ck_assert_msg(realpath(name, program), "no program %s", name);
    strcpy(folder, "/tmp/test-cli-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

void cli_leave(void)
{
    char command[64];

    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(system(command), 0);
}

void cli_write(const char *name, const void *bytes, size_t size)
{
    FILE *f = fopen(name, "w");

    ck_assert_msg(f, "cannot write %s", name);
    ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
    ck_assert_int_eq(fclose(f), 0);
}

void cli_write_machine(const char *name, const struct machine *m)
{
    FILE *f = fopen(name, "w");
    struct cpu_policy p;

    ck_assert_msg(f, "cannot write %s", name);
    machine_make(&p, m);
    x86_policy_trim(&p);
    fprintf(f, "------[ CPUID Registers / Logical CPU #0 ]------\n\n");
    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
    {
        const struct x86_slot_desc *s = &x86_slot_descs[i];
        const struct x86_regs *r = &p.leaf[i];
        char subleaf[20] = "";

        if ( !x86_leaf_in_range(&p, s->leaf) || (s->leaf & 0x40000000U) )
            continue;
        if ( s->subleaf != NONE )
            snprintf(subleaf, sizeof(subleaf), " [SL %02X]", s->subleaf);
        fprintf(f, "CPUID %08X: %08X-%08X-%08X-%08X%s\n", s->leaf, r->a,
                r->b, r->c, r->d, subleaf);
    }

    /* All of them: what a file leaves out is unknown. */
    fprintf(f, "\n------[ MSR Registers / Logical CPU #0 ]------\n\n");
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        fprintf(f, "MSR %08X: %04X-%04X-%04X-%04X\n",
                x86_msr_descs[i].index,
                (unsigned int)(p.msr[i] >> 48),
                (unsigned int)(p.msr[i] >> 32) & 0xffff,
                (unsigned int)(p.msr[i] >> 16) & 0xffff,
                (unsigned int)p.msr[i] & 0xffff);
    ck_assert_int_eq(fclose(f), 0);
}

static struct cli_result collect(const char *what, int wait_status)
{
    struct cli_result r;

    ck_assert_msg(WIFEXITED(wait_status) && WEXITSTATUS(wait_status) < 100,
                  "%s: died, %#x", what, wait_status);
    r.status = WEXITSTATUS(wait_status);
    r.out = vectors_read(".out", &r.nr_out);
    r.err = vectors_read(".err", &r.nr_err);

    return r;
}

struct cli_result cli_run(const char *arguments)
{
    char command[2 * PATH_MAX];
    int len;

    /* Redirections of the arguments come last, and so win over these. */
    len = snprintf(command, sizeof(command),
                   "exec > .out 2> .err; exec '%s' %s", program, arguments);
    ck_assert_int_lt(len, sizeof(command));

    return collect(arguments, system(command));
}

struct cli_result cli_run_args(const char *const arguments[])
{
    const char *argv[16] = { program };
    pid_t pid = fork();
    int status;

    ck_assert_int_ge(pid, 0);
    if ( !pid )
    {
        for ( unsigned int i = 0; i < 14 && arguments[i]; i++ )
            argv[i + 1] = arguments[i];
        if ( freopen(".out", "w", stdout) && freopen(".err", "w", stderr) )
            execv(program, (char *const *)argv);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);

    return collect(arguments[0], status);
}

void cli_dispose(struct cli_result *r)
{
    free(r->out);
    free(r->err);
}

static bool contains(const char *text, const char *what)
{
    return what ? !!strstr(text, what) : !*text;
}

void cli_check(const struct cli_row *row)
{
    struct cli_result r = cli_run(row->arguments);

    ck_assert_msg(r.status == row->status, "%s: status %d\n%s%s",
                  row->arguments, r.status, r.out, r.err);
    ck_assert_msg(contains(r.out, row->out), "%s: printed\n%s",
                  row->arguments, r.out);
    ck_assert_msg((!row->status && !row->err) || contains(r.err, row->err),
                  "%s: said\n%s", row->arguments, r.err);
    cli_dispose(&r);
}
