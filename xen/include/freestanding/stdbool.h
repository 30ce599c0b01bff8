/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <stdbool.h> for the build without a libc. */
#ifndef FREESTANDING_STDBOOL_H
#define FREESTANDING_STDBOOL_H

#define bool  _Bool
#define true  1
#define false 0

#endif /* FREESTANDING_STDBOOL_H */
