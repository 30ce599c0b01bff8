# SPDX-License-Identifier: LGPL-2.1-or-later
# For scripts that try commands, `. cases.sh`: $program is what they try, in
# the current folder; at the end they print "plan $nr".
nr=0

# case_ NAME STATUS PATTERN ARGUMENT...: the program ends with that status, and
# what it prints has the pattern, or, if that is empty, it prints nothing.
# Notes are not counted.
case_()
{
    name=$1 status=$2 pattern=$3
    shift 3
    nr=$((nr + 1))
    "$program" "$@" > said.all 2>&1
    got=$?
    grep -v '^xl-cpupolicy: note: ' said.all > said
    if [ $got -ne "$status" ]
    then
        echo "not ok $name # status $got: $(tr '\n' ' ' < said)"
    elif [ -z "$pattern" ] && [ -s said ]
    then
        echo "not ok $name # said $(tr '\n' ' ' < said)"
    elif [ -n "$pattern" ] && ! grep -q -e "$pattern" said
    then
        echo "not ok $name # no '$pattern' in $(tr '\n' ' ' < said)"
    else
        echo "ok $name"
    fi
}

# is NAME COMMAND...: succeeds
is()
{
    name=$1
    shift
    nr=$((nr + 1))
    if "$@" > said 2>&1
    then
        echo "ok $name"
    else
        echo "not ok $name # $(tr '\n' ' ' < said)"
    fi
}

# lacks NAME PATTERN FILE: the file is there, the pattern is not in it
lacks()
{
    is "$1" sh -c '[ -s "$2" ] && ! grep -q -e "$1" "$2"' sh "$2" "$3"
}
