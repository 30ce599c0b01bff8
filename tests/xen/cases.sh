# SPDX-License-Identifier: LGPL-2.1-or-later
# For scripts in dom0 that print cases (tests/lab/job.sh), `. /lib/cases.sh`:
# in a folder of their own; at the end they print "plan $nr".
nr=0

# same CASE FILE FILE: not empty, and the same
same()
{
    nr=$((nr + 1))
    if [ -s "$2" ] && cmp -s "$2" "$3"
    then
        echo "ok $1"
    else
        echo "not ok $1 # $(diff "$2" "$3" | grep '^[-+] *[0-9a-z]' | head -n 3 | tr '\n' ' ')"
    fi
}

# is CASE STATUS COMMAND...
is()
{
    name=$1 want=$2
    shift 2
    nr=$((nr + 1))
    "$@" > said 2>&1
    got=$?
    if [ $got -eq "$want" ]
    then
        echo "ok $name"
    else
        echo "not ok $name # status $got: $(tail -n 1 said)"
    fi
}
