/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of a view; for the engine, not for rules. */
#ifndef ARCH_X86_VIEW_PRIVATE_H
#define ARCH_X86_VIEW_PRIVATE_H

#include "rule.h"

struct x86_view {
    const struct x86_derive *d;
    x86_input unknown;          /* the first one that was asked for */
};

#endif /* ARCH_X86_VIEW_PRIVATE_H */
