/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A running Xen's command line in terms of the core's options.  Xen 4.17
 * reads it more loosely than we do: it skips what it does not understand,
 * cuts long options, and ignores most requests to turn a feature on.
 */
#ifndef CPUPOLICY_SOURCE_XEN_OPTIONS_H
#define CPUPOLICY_SOURCE_XEN_OPTIONS_H

/**
 * @param xen what Xen says it was booted with.
 * @param cmdline for cpupolicy_options.cmdline; always understood.
 * @param platform for cpupolicy_options.platform: facts that options decide,
 *        "" if none.  The caller frees both.
 * @returns 0 or -ENOMEM.
 */
int xen_options_translate(const char *xen, char **cmdline, char **platform);

#endif /* CPUPOLICY_SOURCE_XEN_OPTIONS_H */
