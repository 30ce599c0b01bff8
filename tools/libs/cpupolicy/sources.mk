# SPDX-License-Identifier: LGPL-2.1-or-later
# What the library and the command are made of.

LIBCPUPOLICY_SRC :=
XL_CPUPOLICY_SRC :=
