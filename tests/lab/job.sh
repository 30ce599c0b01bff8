# SPDX-License-Identifier: LGPL-2.1-or-later
# For job scripts, in the machine: `. /lib/job.sh`.
#
# run NAME COMMAND [ARGUMENT...]: one test program.  Its stdout is the results
# channel, its stderr the console log.  Each program must print
#     ok CASE
#     not ok CASE # REASON
#     plan N            (once: how many cases there should have been)
# and may print `# remark`.  A program that hangs is killed after
# $RUN_SECONDS, so that the log says which one it was.
RUN_SECONDS=120

run()
{
    name=$1
    shift
    echo "begin $name" >&3
    timeout -s KILL "$RUN_SECONDS" "$@" >&3 3>&-
    # The blank line ends what a killed program left unfinished.
    printf '\nend %s %s\n' "$name" $? >&3
}
