# SPDX-License-Identifier: LGPL-2.1-or-later
# What the lab's scripts share.  Sourced, never run; $me is the script's name.
#
# Exit status of every script here:
#   0 done   1 a test failed   2 usage   3 something needed is missing
#   4 the virtual machine broke (crash, time-out, incomplete results)

LAB_SRC=$(cd "$(dirname "$0")" && pwd)
LAB_DIR=$(cd "$LAB_SRC/../lab" && pwd)
LAB_BUILD=${LAB_BUILD:-$(cd "$LAB_SRC/../.." && pwd)/build/lab}

# kmod and friends live where an ordinary user's PATH does not look.
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL

usage_error()
{
    echo "$me: $1 (--help tells)" >&2
    exit 2
}

missing()
{
    echo "$me: $1 is missing: install the package $2" >&2
    exit 3
}

# need COMMAND PACKAGE
need()
{
    command -v "$1" >/dev/null 2>&1 || missing "the command $1" "$2"
}

# need_file FILE PACKAGE
need_file()
{
    [ -e "$1" ] || missing "$1" "$2"
    [ -r "$1" ] && return
    echo "$me: $1 cannot be read by $(id -un)" >&2
    exit 3
}

# loaded NAME...: what the library loads for itself (LOADED in the Makefile).
loaded()
{
    for name
    do
        sed -n "s/^#define SONAME_$name \"\(.*\)\"/\1/p" \
            "$LAB_BUILD/../gen/sonames.h"
    done
}

# The newest Debian kernel that has its modules; sets LAB_KVER, LAB_KERNEL.
find_kernel()
{
    LAB_KVER=
    for kernel in $(ls /boot/vmlinuz-* 2>/dev/null | sort -V)
    do
        kver=${kernel#/boot/vmlinuz-}
        [ -d "/lib/modules/$kver/kernel" ] && LAB_KVER=$kver
    done
    [ -n "$LAB_KVER" ] ||
        missing "a kernel in /boot with its modules" linux-image-amd64
    LAB_KERNEL=/boot/vmlinuz-$LAB_KVER
    need_file "$LAB_KERNEL" linux-image-amd64
}

# The release that $LAB_XEN names, or that this machine's Debian has.  Sets
# LAB_XEN, LAB_TREE ("": installed), LAB_IMAGE and LAB_TOOLS.
find_xen()
{
    if [ -z "${LAB_XEN-}" ]
    then
        LAB_XEN=$(ls -d /usr/lib/xen-*/bin/xl 2>/dev/null |
                  sed -n 's,^/usr/lib/xen-\([0-9.]*\)/.*,\1,p' | sort -V |
                  tail -n 1)
        LAB_XEN=${LAB_XEN:-4.17}
    fi
    LAB_TREE=$("$LAB_DIR/xen-tree" "$LAB_XEN") || exit
    LAB_IMAGE=$LAB_TREE/boot/xen-$LAB_XEN-amd64.gz
    LAB_TOOLS=$LAB_TREE/usr/lib/xen-$LAB_XEN/bin
    export LAB_XEN
    need_file "$LAB_IMAGE" "xen-hypervisor-$LAB_XEN-amd64"
    need_file "$LAB_TOOLS/xl" "xen-utils-$LAB_XEN"
}

# fresh TARGET SOURCE...: does TARGET exist, newer than every SOURCE?
fresh()
{
    target=$1
    [ -s "$target" ] || return 1
    shift
    for source
    do
        [ "$source" -nt "$target" ] && return 1
    done
    return 0
}

# QEMU's multiboot loader takes the plain ELF, not Debian's gzip of it.
unpack_xen()
{
    fresh "$2" "$1" && return
    gzip -dc "$1" > "$2.$$" && mv "$2.$$" "$2"
}

# u32 FILE OFFSET
u32()
{
    od -An -tu4 -j$(($2)) -N4 "$1" | tr -d ' '
}

# A bzImage unpacks itself in the guest, or lets Xen do it: 3.5 seconds each
# time under emulation.  Its header says where the compressed kernel lies
# (boot protocol 2.08: payload_offset 0x248, payload_length 0x24c), so unpack
# it once here.  The payload ends in 4 bytes of length that are not xz's.
unpack_kernel()
{
    fresh "$2" "$1" && return
    nr_setup=$(od -An -tu1 -j$((0x1f1)) -N1 "$1" | tr -d ' ')
    start=$(((nr_setup + 1) * 512 + $(u32 "$1" 0x248)))
    length=$(($(u32 "$1" 0x24c) - 4))
    case $(od -An -tx1 -j$start -N4 "$1" | tr -d ' ') in
        fd377a58) unpack='xz -dc'; need xz xz-utils ;;
        1f8b08*)  unpack='gzip -dc' ;;
        28b52ffd) unpack='zstd -dcq'; need zstd zstd ;;
        *) echo "$me: $1 has an unknown compression" >&2; exit 3 ;;
    esac
    tail -c +$((start + 1)) "$1" | head -c $length | $unpack > "$2.$$" &&
        mv "$2.$$" "$2"
}

# copy_in DIRECTORY SOURCE DESTINATION
copy_in()
{
    mkdir -p "$1/$(dirname "$3")" && cp -L "$2" "$1/$3" || exit 3
}

# pack DIRECTORY > ARCHIVE: the same bytes for the same content, whoever runs
# it and whenever.
pack()
{
    (cd "$1" && find . -exec touch -h -d @0 {} + && find . | sort |
        cpio --quiet -o -H newc -R 0:0 --reproducible)
}
