/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One row per suite: SUITE(name) stands for `Suite *suite_name(void)` of a
 * file in tests/tests.mk.  No include guard: main.c reads it twice.
 */
SUITE(vendor)
SUITE(leaf)
SUITE(serialise)
SUITE(deserialise)
SUITE(trim)
SUITE(gen_cpu_policy)
SUITE(template_bitmap)
SUITE(template_json)
SUITE(template_read)
SUITE(template_strip)
SUITE(template_verify)
SUITE(fingerprint)
