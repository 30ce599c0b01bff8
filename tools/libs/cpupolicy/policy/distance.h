/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of libcpupolicy, for our own commands: what was mistyped. */
#ifndef CPUPOLICY_DISTANCE_H
#define CPUPOLICY_DISTANCE_H

/* Edit distance; ~0u if one is longer than any name of ours. */
unsigned int name_distance(const char *a, const char *b);

#endif /* CPUPOLICY_DISTANCE_H */
