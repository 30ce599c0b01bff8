/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every refusal of gen-cpu-policy, one row each: a line of the good tables
 * (gen-cpu-policy-run.c) is replaced, and the complaint must be exactly the
 * one expected, with status 1 and the output file as it was.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen-cpu-policy-run.h"

struct refusal {
    const char *name;
    unsigned int table, line;   /* line 0: the whole table */
    const char *text;           /* may be several lines */
    const char *expected;
};

#define FEATURE(name, value) "XEN_CPUFEATURE(" name ", " value ") /*A  x */"
#define DEP(a, b) "XEN_CPUFEATURE_DEP(" a ", " b ", \"x\")"
#define FIELD(bits, name, rules) \
    "XEN_CPUID_FIELD(0x1, 0, 0, " bits ", " name ", " rules ", \"x\")"
#define WORD_0 "/* CPUID level 0x00000001.edx, word 0 */\n"

static const struct refusal refusals[] = {
    /* The text. */
    { "control character", FEATURES, 2, "\x01",
      "features.h:2: control character 0x01" },
    { "carriage return", FIELDS, 2, "\r",
      "fields.h:2: control character 0x0d" },
    { "comment open", FEATURES, 8, "/* open",
      "features.h:8: comment does not end" },
    { "string open", DEPS, 1, "XEN_CPUFEATURE_DEP(FPU, SSE, \"a)",
      "deps.h:1: string does not end on its line" },
    { "string escape", DEPS, 1, "XEN_CPUFEATURE_DEP(FPU, SSE, \"\\n\")",
      "deps.h:1: unknown escape in a string" },
    { "row open", FIELDS, 11, "XEN_CPUID_RESERVED(0x7, 0, 1, d, 0x1",
      "fields.h:11: XEN_CPUID_RESERVED: expected ',' or ')' after argument 5"
    },
    { "row with odd character", FIELDS, 2, "XEN_CPUID_RESERVED(0x1, ;)",
      "fields.h:2: XEN_CPUID_RESERVED: expected ',' or ')' after argument 2"
    },
    { "text after row", DEPS, 1, DEP("FPU", "SSE") ";",
      "deps.h:1: XEN_CPUFEATURE_DEP: unexpected text after the row" },
    { "too many arguments", DEPS, 1,
      "XEN_CPUFEATURE_DEP(1,2,3,4,5,6,7,8,9,10,11,12,13)",
      "deps.h:1: XEN_CPUFEATURE_DEP: more than 12 arguments" },
    { "argument missing", DEPS, 1, "XEN_CPUFEATURE_DEP(FPU, SSE)",
      "deps.h:1: XEN_CPUFEATURE_DEP: 2 arguments, but 3 are needed" },
    { "string missing", DEPS, 1, "XEN_CPUFEATURE_DEP(FPU, SSE, reason)",
      "deps.h:1: XEN_CPUFEATURE_DEP: argument 3 must be a string" },
    { "string unexpected", DEPS, 1, "XEN_CPUFEATURE_DEP(\"FPU\", SSE, \"\")",
      "deps.h:1: XEN_CPUFEATURE_DEP: argument 1 must not be a string" },
    { "row of other table", DEPS, 3, "XEN_CPUID_LEAF(0x0, 0, PLAIN, \"x\")",
      "deps.h:3: XEN_CPUID_LEAF is not a row of this table" },
    { "row misspelt", FEATURES, 8, "XEN_CPUFEATUR(X, 1*32+62) /*A x */",
      "features.h:8: XEN_CPUFEATUR is not a row of this table" },

    /* Features. */
    { "name twice", FEATURES, 4, FEATURE("FPU", "0*32+ 2"),
      "features.h:4: FPU is defined twice; first at line 2" },
    { "value twice", FEATURES, 4, FEATURE("AVX_X", "0*32+ 1"),
      "features.h:4: AVX_X has the value of SSE (line 3), 0*32+1" },
    { "name lower case", FEATURES, 4, FEATURE("Avx", "0*32+ 2"),
      "features.h:4: name 'Avx' has a character other than [A-Z0-9_]" },
    { "name empty", FEATURES, 4, FEATURE("", "0*32+ 2"),
      "features.h:4: XEN_CPUFEATURE: argument 1, a name, is empty" },
    { "name long", FEATURES, 4,
      FEATURE("A2345678901234567890123456789012345678901234567890",
              "0*32+ 2"),
      "features.h:4: name 'A2345678901234567890123456789012345678901234567890"
      "' is longer than 48 characters" },
    { "name negated before", FEATURES, 6, FEATURE("TOP", "1*32+ 0"),
      "features.h:8: NO_TOP and TOP (line 6): with both, one's name on the "
      "command line would negate the other's" },
    { "name negated after", FEATURES, 4, FEATURE("NO_SSE", "0*32+ 2"),
      "features.h:4: NO_SSE and SSE (line 3): with both, one's name on the "
      "command line would negate the other's" },
    { "attribute unknown", FEATURES, 2,
      "XEN_CPUFEATURE(FPU, 0*32+ 0) /*AZ x */",
      "features.h:2: FPU: unknown attribute 'Z'" },
    { "attributes absent", FEATURES, 2, "XEN_CPUFEATURE(FPU, 0*32+ 0)",
      "features.h:2: FPU: no comment with attributes" },
    { "value no product", FEATURES, 2, FEATURE("FPU", "0"),
      "features.h:2: FPU: '0' is not word*32+bit" },
    { "value other product", FEATURES, 2, FEATURE("FPU", "0*64+ 0"),
      "features.h:2: FPU: '0*64+ 0' is not word*32+bit" },
    { "value with tail", FEATURES, 2, FEATURE("FPU", "0*32+ 0x"),
      "features.h:2: FPU: '0*32+ 0x' is not word*32+bit" },
    { "value beyond word", FEATURES, 2, FEATURE("FPU", "0*32+32"),
      "features.h:2: FPU: bit 32 is beyond word 0" },
    { "value beyond halves", FEATURES, 8, FEATURE("NO_TOP", "1*32+64"),
      "features.h:8: NO_TOP: bit 64 is beyond word 1" },
    { "value beyond last word", FEATURES, 8, FEATURE("NO_TOP", "3*32+ 0"),
      "features.h:8: NO_TOP: word 3 is beyond the last, 2" },
    { "value of other word", FEATURES, 4, FEATURE("AVX_X", "1*32+ 2"),
      "features.h:4: AVX_X: word 1, but it stands under word 0 (line 1)" },
    { "value of low half under high", FEATURES, 8,
      FEATURE("NO_TOP", "1*32+ 5"),
      "features.h:8: NO_TOP: word 1, but it stands under word 2 (line 7)" },
    { "no features", FEATURES, 0, WORD_0,
      "features.h:1: no features" },
    { "no words", FEATURES, 0, "enum {",
      "features.h:1: no featureset words\nfeatures.h:1: no features" },
    { "word left out", FEATURES, 0, WORD_0 "/* 0x1.ecx, word 2 */",
      "features.h:2: word 2 announced where word 1 is next, after line 1" },
    { "word repeated", FEATURES, 0, WORD_0 WORD_0,
      "features.h:2: word 0 announced where word 1 is next, after line 1" },
    { "word not first", FEATURES, 0, "/* 0x1.edx, word 1 */",
      "features.h:1: word 1 announced where word 0 is next" },
    { "word before the first", FEATURES, 1, FEATURE("Z", "0*32+ 9") "\n"
      "/* CPUID level 0x00000001.edx, word 0 */",
      "features.h:1: Z: no word has been announced" },
    { "word out of bounds", FEATURES, 0, WORD_0 "/* word 64 */",
      "features.h:2: word 64, but at most 64 words are possible" },
    { "word has register of another", FEATURES, 5,
      "/* CPUID 0x1.edx, word 1 */",
      "features.h:5: word 1 has the register of word 0 (line 1)" },

    /* Dependencies. */
    { "prerequisite unknown", DEPS, 1, DEP("NONE", "SSE"),
      "deps.h:1: dependency of SSE on NONE: unknown feature 'NONE'" },
    { "dependent unknown", DEPS, 1, DEP("FPU", "SSE9"),
      "deps.h:1: dependency of SSE9 on FPU: unknown feature 'SSE9'" },
    { "dependency on itself", DEPS, 1, DEP("FPU", "FPU"),
      "deps.h:1: FPU depends on itself" },
    { "dependency twice", DEPS, 2, DEP("FPU", "SSE"),
      "deps.h:2: SSE already depends on FPU at line 1" },
    { "dependency cycle of two", DEPS, 2, DEP("SSE", "FPU"),
      "deps.h:2: dependency cycle: FPU -> SSE -> FPU" },
    { "dependency cycle of three", DEPS, 2, DEP("SSE", "AVX_X") "\n"
      DEP("AVX_X", "FPU"),
      "deps.h:3: dependency cycle: FPU -> SSE -> AVX_X -> FPU" },
    { "dependency cycle off the path", DEPS, 2, DEP("SSE", "AVX_X") "\n"
      DEP("AVX_X", "SSE"),
      "deps.h:3: dependency cycle: SSE -> AVX_X -> SSE" },
    { "kind of unknown feature", DEPS, 3,
      "XEN_CPUFEATURE_KIND(X, DYNAMIC, \"x\")",
      "deps.h:3: kind of unknown feature 'X'" },
    { "kind of feature unknown", DEPS, 3,
      "XEN_CPUFEATURE_KIND(SSE, LIVELY, \"x\")",
      "deps.h:3: unknown kind 'LIVELY'" },
    { "kind of feature reserved", DEPS, 3,
      "XEN_CPUFEATURE_KIND(SSE, RESERVED, \"x\")",
      "deps.h:3: SSE: a feature cannot be RESERVED" },
    { "kind of feature twice", DEPS, 3,
      "XEN_CPUFEATURE_KIND(SSE, EQUAL, \"x\")\n"
      "XEN_CPUFEATURE_KIND(SSE, DYNAMIC, \"x\")",
      "deps.h:4: SSE has two kinds; the other is at line 3" },

    /* Leaves. */
    { "leaf twice", FIELDS, 7, "XEN_CPUID_LEAF(0x1, 0, PLAIN, \"x\")\n"
      "XEN_CPUID_LEAF(0x7, 2, MAX_A, \"x\")",
      "fields.h:7: leaf 0x1 is declared twice; first at line 1" },
    { "leaves unordered", FIELDS, 7,
      "XEN_CPUID_LEAF(0x7, 2, MAX_A, \"x\")\n"
      "XEN_CPUID_LEAF(0x4, 2, TYPE_A, \"x\")",
      "fields.h:8: leaf 0x4 is declared after leaf 0x7 (line 7)" },
    { "leaf stop unknown", FIELDS, 11,
      "XEN_CPUID_LEAF(0x8, 2, FULL, \"x\")", "fields.h:11: unknown stop "
      "'FULL'" },
    { "leaf plain with subleaves", FIELDS, 11,
      "XEN_CPUID_LEAF(0x8, 2, PLAIN, \"x\")",
      "fields.h:11: leaf 0x8: stop PLAIN does not go with 2 subleaves" },
    { "leaf with stop but no subleaves", FIELDS, 11,
      "XEN_CPUID_LEAF(0x8, 0, ALL, \"x\")",
      "fields.h:11: leaf 0x8: stop ALL does not go with 0 subleaves" },
    { "leaf with too many subleaves", FIELDS, 11,
      "XEN_CPUID_LEAF(0x8, 257, ALL, \"x\")",
      "fields.h:11: XEN_CPUID_LEAF: 257 is out of range, at most 256" },
    { "leaf not hex", FIELDS, 11, "XEN_CPUID_LEAF(8, 0, PLAIN, \"x\")",
      "fields.h:11: XEN_CPUID_LEAF: '8' is not a hex number" },
    { "leaf beyond 32 bits", FIELDS, 11,
      "XEN_CPUID_LEAF(0x100000000, 0, PLAIN, \"x\")",
      "fields.h:11: XEN_CPUID_LEAF: 0x100000000 is out of range, at most "
      "0xffffffff" },

    /* Fields. */
    { "bits reversed", FIELDS, 3, FIELD("b, 0, 31", "x", "EQUAL, I, SSE"),
      "fields.h:3: bits 0:31 are reversed" },
    { "bits out of range", FIELDS, 3, FIELD("b, 32, 0", "x", "EQUAL, I, SSE"),
      "fields.h:3: XEN_CPUID_FIELD: 32 is out of range, at most 31" },
    { "bits not decimal", FIELDS, 3, FIELD("b, -1, 0", "x", "EQUAL, I, SSE"),
      "fields.h:3: XEN_CPUID_FIELD: expected ',' or ')' after argument 5" },
    { "bits hex", FIELDS, 3, FIELD("b, 0x1, 0", "x", "EQUAL, I, SSE"),
      "fields.h:3: XEN_CPUID_FIELD: '0x1' is not a decimal number" },
    { "register unknown", FIELDS, 3, FIELD("e, 31, 0", "x", "EQUAL, I, SSE"),
      "fields.h:3: unknown register 'e'" },
    { "kind unknown", FIELDS, 3, FIELD("b, 31, 0", "x", "MAXIMUM, I, SSE"),
      "fields.h:3: unknown kind 'MAXIMUM'" },
    { "kind reserved", FIELDS, 3, FIELD("b, 31, 0", "x", "RESERVED, I, SSE"),
      "fields.h:3: x: reserved bits have rows of their own" },
    { "vendor unknown", FIELDS, 3, FIELD("b, 31, 0", "x", "EQUAL, IH, SSE"),
      "fields.h:3: unknown vendor letter 'H'" },
    { "vendor twice", FIELDS, 3, FIELD("b, 31, 0", "x", "EQUAL, II, SSE"),
      "fields.h:3: vendor letter 'I' twice" },
    { "vendor absent", FIELDS, 3, FIELD("b, 31, 0", "x", "EQUAL, , SSE"),
      "fields.h:3: XEN_CPUID_FIELD: no vendor" },
    { "gate unknown", FIELDS, 3, FIELD("b, 31, 0", "x", "EQUAL, I, SSE9"),
      "fields.h:3: x: unknown gate 'SSE9'" },
    { "field name odd", FIELDS, 3, FIELD("b, 31, 0", "x*y", "EQUAL, I, SSE"),
      "fields.h:3: name 'x*y' has a character other than [a-zA-Z0-9_]" },
    { "field name twice", FIELDS, 4, FIELD("b, 15, 0", "z", "EQUAL, A, SSE")
      "\n" FIELD("b, 16, 16", "z", "EQUAL, AC, SSE"),
      "fields.h:5: field z is in this register already, at line 4" },
    { "subleaves reversed", FIELDS, 9,
      "XEN_CPUID_RESERVED(0x7, 1, 0, b, 0xffffffff)",
      "fields.h:9: subleaves 1..0 are reversed" },
    { "subleaf beyond leaf", FIELDS, 9,
      "XEN_CPUID_RESERVED(0x7, 0, 2, b, 0xffffffff)",
      "fields.h:9: reserved row: subleaf 2, but the last of leaf 0x7 is 1 "
      "(line 7)" },
    { "subleaf of plain leaf", FIELDS, 4,
      "XEN_CPUID_FIELD(0x1, 1, 1, b, 0, 0, x, EQUAL, A, NONE, \"x\")",
      "fields.h:4: field x: subleaf 1, but the last of leaf 0x1 is 0 "
      "(line 1)" },
    { "field of undeclared leaf", FIELDS, 11,
      "XEN_CPUID_FIELD(0x9, 0, 0, b, 0, 0, x, EQUAL, A, NONE, \"x\")",
      "fields.h:11: field x: leaf 0x9 is not declared" },
    { "reserved of undeclared leaf", FIELDS, 11,
      "XEN_CPUID_RESERVED(0x9, 0, 0, b, 0x1)",
      "fields.h:11: reserved row: leaf 0x9 is not declared" },
    { "field before its leaf", FIELDS, 1,
      "XEN_CPUID_RESERVED(0x1, 0, 0, a, 0x1)\n"
      "XEN_CPUID_LEAF(0x1, 0, PLAIN, \"x\")",
      "fields.h:1: reserved row of leaf 0x1, which is declared only at line "
      "2" },
    { "reserved mask empty", FIELDS, 2,
      "XEN_CPUID_RESERVED(0x1, 0, 0, a, 0x0)",
      "fields.h:2: XEN_CPUID_RESERVED: the mask has no bits" },
    { "reserved mask wide", FIELDS, 2,
      "XEN_CPUID_RESERVED(0x1, 0, 0, a, 0x1ffffffff)",
      "fields.h:2: XEN_CPUID_RESERVED: 0x1ffffffff is out of range, at most "
      "0xffffffff" },

    /* Owners of bits. */
    { "field overlaps field", FIELDS, 4,
      FIELD("b, 15, 4", "amd", "CHOICE, IA, VPMU"),
      "fields.h:4: field amd overlaps field intel (fields.h:3) in leaf 0x1 "
      "ebx bits 15:4" },
    { "field overlaps feature", FIELDS, 4,
      FIELD("b, 15, 0", "amd", "CHOICE, A, VPMU") "\n"
      FIELD("d, 1, 1", "x", "CHOICE, C, NONE"),
      "fields.h:5: field x overlaps feature SSE (features.h:3) in leaf 0x1 "
      "edx bits 1" },
    { "reserved overlaps field", FIELDS, 5,
      "XEN_CPUID_RESERVED(0x1, 0, 0, b, 0x9)\n"
      "XEN_CPUID_RESERVED(0x1, 0, 0, c, 0xffffffff)",
      "fields.h:5: reserved row overlaps field intel (fields.h:3) in leaf "
      "0x1 ebx bits 3, 0" },
    { "reserved overlaps feature", FIELDS, 6,
      "XEN_CPUID_RESERVED(0x1, 0, 0, d, 0xfffffff9)",
      "fields.h:6: reserved row overlaps feature FPU (features.h:2) in leaf "
      "0x1 edx bits 0" },
    { "reserved overlaps reserved", FIELDS, 11,
      "XEN_CPUID_RESERVED(0x7, 0, 1, d, 0xffffffff)\n"
      "XEN_CPUID_RESERVED(0x7, 1, 1, d, 0x6)",
      "fields.h:12: reserved row overlaps reserved row (fields.h:11) in leaf "
      "0x7 subleaf 1 edx bits 2:1" },
    { "reserved overlaps feature of MSR", MSRS, 5,
      "XEN_MSR_RESERVED(0x10a, 0xfffffffffffffffe)",
      "msrs.h:5: reserved row overlaps feature NO_TOP (features.h:8) in MSR "
      "0x10a bits 62" },
    { "gap in leaf", FIELDS, 6, "XEN_CPUID_RESERVED(0x1, 0, 0, d, 0x8ffff0)",
      "fields.h:1: no row covers leaf 0x1 edx bits 31:24, 22:20, 3" },
    { "gap in subleaf", FIELDS, 10,
      "XEN_CPUID_RESERVED(0x7, 0, 0, c, 0xffffffff)",
      "fields.h:7: no row covers leaf 0x7 subleaf 1 ecx bits 31:0" },
    { "gap in low half of MSR", MSRS, 3,
      "XEN_MSR_RESERVED(0xce, 0x7ffffffb)",
      "msrs.h:1: no row covers MSR 0xce bits 2" },
    { "gap in high half of MSR", MSRS, 5,
      "XEN_MSR_RESERVED(0x10a, 0x1ffffffffffffffe)",
      "msrs.h:4: no row covers MSR 0x10a bits 63, 61" },

    /* Words without a home. */
    { "word without source", FEATURES, 1, "/* word 0 */",
      "features.h:1: word 0: the comment does not say which register it is" },
    { "word with source beyond 32 bits", FEATURES, 1,
      "/* 0x100000001.edx, word 0 */",
      "features.h:1: word 0: the comment does not say which register it is" },
    { "word of undeclared leaf", FEATURES, 1, "/* 0x9.edx, word 0 */",
      "features.h:1: word 0: leaf 0x9 is not declared" },
    { "word of subleaf of plain leaf", FEATURES, 1, "/* 0x1:0.edx, word 0 */",
      "features.h:1: word 0: leaf 0x1 has 0 subleaves (fields.h:1)" },
    { "word without subleaf", FEATURES, 1, "/* 0x7.edx, word 0 */",
      "features.h:1: word 0: leaf 0x7 has 2 subleaves (fields.h:7)" },
    { "word beyond subleaves", FEATURES, 1, "/* 0x7:2.edx, word 0 */",
      "features.h:1: word 0: leaf 0x7 has 2 subleaves (fields.h:7)" },
    { "word of undeclared MSR", FEATURES, 7, "/* MSR 0x10b.edx, word 2 */",
      "features.h:7: word 2: MSR 0x10b is not declared" },
    { "word beyond MSR", FEATURES, 7, "/* MSR 0xce.edx, word 2 */",
      "features.h:7: word 2: MSR 0xce has only 32 bits (msrs.h:1)" },

    /* MSRs. */
    { "MSR twice", MSRS, 4, "XEN_CPU_MSR(0xce, INFO, 32, IAC, NONE, \"x\")\n"
      "XEN_CPU_MSR(0x10a, CAPS, 64, IAC, NONE, \"x\")",
      "msrs.h:4: MSR 0xce is declared twice; first at line 1" },
    { "MSRs unordered", MSRS, 5,
      "XEN_CPU_MSR(0x8b, UCODE, 64, IAC, NONE, \"x\")\n"
      "XEN_MSR_RESERVED(0x10a, 0xbffffffffffffffe)",
      "msrs.h:5: MSR 0x8b is declared after MSR 0x10a (line 4)" },
    { "MSR without bits", MSRS, 1,
      "XEN_CPU_MSR(0xcd, INFO, 0, IAC, NONE, \"x\")\n"
      "XEN_CPU_MSR(0xce, INFO, 32, IAC, NONE, \"x\")",
      "msrs.h:1: MSR 0xcd has no bits" },
    { "MSR too wide", MSRS, 1, "XEN_CPU_MSR(0xce, INFO, 65, IAC, NONE, \"x\")",
      "msrs.h:1: XEN_CPU_MSR: 65 is out of range, at most 64" },
    { "MSR of no vendor", MSRS, 4, "XEN_CPU_MSR(0x10a, C, 64, Q, NONE, \"x\")",
      "msrs.h:4: unknown vendor letter 'Q'" },
    { "MSR by an unknown feature", MSRS, 4,
      "XEN_CPU_MSR(0x10a, CAPS, 64, I, X, \"x\")",
      "msrs.h:4: CAPS: unknown gate 'X'" },
    { "MSR by a domain's property", MSRS, 4,
      "XEN_CPU_MSR(0x10a, CAPS, 64, I, VPMU, \"x\")",
      "msrs.h:4: CAPS: an MSR exists by a feature or by none" },
    { "what is enabled undeclared", MSRS, 6,
      "XEN_MSR_ENABLE(0x10b, 0xce, 31, \"x\")",
      "msrs.h:6: MSR 0x10b is not declared" },
    { "what enables undeclared", MSRS, 6,
      "XEN_MSR_ENABLE(0x10a, 0xcf, 31, \"x\")",
      "msrs.h:6: control: MSR 0xcf is not declared" },
    { "what enables beyond storage", MSRS, 6,
      "XEN_MSR_ENABLE(0x10a, 0xce, 32, \"x\")",
      "msrs.h:6: bit 32 is beyond the 32 bits of MSR 0xce (line 1)" },
    { "what enables itself", MSRS, 6,
      "XEN_MSR_ENABLE(0x10a, 0x10a, 0, \"x\")",
      "msrs.h:6: MSR 0x10a enables itself" },
    { "MSR field beyond storage", MSRS, 2,
      "XEN_MSR_FIELD(0xce, 32, 31, fault, FEATURE, IAC, NONE, \"x\")",
      "msrs.h:2: field fault: beyond the 32 bits of MSR 0xce (line 1)" },
    { "MSR mask beyond storage", MSRS, 3,
      "XEN_MSR_RESERVED(0xce, 0x17fffffff)",
      "msrs.h:3: reserved row: beyond the 32 bits of MSR 0xce (line 1)" },
    { "MSR field undeclared", MSRS, 2,
      "XEN_MSR_FIELD(0xcf, 31, 31, fault, FEATURE, IAC, NONE, \"x\")",
      "msrs.h:2: field fault: MSR 0xcf is not declared" },
    { "MSR reserved undeclared", MSRS, 3, "XEN_MSR_RESERVED(0xcf, 0x1)",
      "msrs.h:3: reserved row: MSR 0xcf is not declared" },
    { "MSR bits reversed", MSRS, 2,
      "XEN_MSR_FIELD(0xce, 30, 31, fault, FEATURE, IAC, NONE, \"x\")",
      "msrs.h:2: bits 30:31 are reversed" },
    { "MSR gate unknown", MSRS, 2,
      "XEN_MSR_FIELD(0xce, 31, 31, fault, FEATURE, IAC, X, \"x\")",
      "msrs.h:2: fault: unknown gate 'X'" },
    { "MSR field name twice", MSRS, 3,
      "XEN_MSR_FIELD(0xce, 30, 30, fault, FEATURE, I, NONE, \"x\")\n"
      "XEN_MSR_RESERVED(0xce, 0x3fffffff)",
      "msrs.h:2: field fault is in this register already, at line 3" },
};

static void setup(const struct refusal *r)
{
    file_write("out.h", "old", 3);
    if ( r->line )
        table_replace_line(r->table, r->line, r->text);
    else
        file_write(table_files[r->table], r->text, strlen(r->text));
}

static unsigned int count_lines(const char *text)
{
    unsigned int nr = 1;

    while ( (text = strchr(text, '\n')) )
    {
        text++;
        nr++;
    }

    return nr;
}

START_TEST(tables_malformed_refused)
{
    const struct refusal *r = &refusals[_i];
    const char *const args[] = { "--header", "out.h", NULL };
    unsigned int nr = count_lines(r->expected);
    char expected[1024], *output;
    struct outcome o;

    setup(r);
    o = run_on_tables(args);
    snprintf(expected, sizeof(expected), "%s\ngen-cpu-policy: %u error%s\n",
             r->expected, nr, nr == 1 ? "" : "s");
    ck_assert_msg(!strcmp(o.err, expected), "%s: said\n%swhere expected\n%s",
                  r->name, o.err, expected);
    ck_assert_msg(o.status == 1, "%s: status %d", r->name, o.status);
    ck_assert_msg(!*o.out, "%s: printed %s", r->name, o.out);

    output = file_read("out.h");
    ck_assert_msg(!strcmp(output, "old"), "%s: output changed", r->name);
    free(output);
    outcome_dispose(&o);
}
END_TEST

/* Too much of something: a line repeated, between a beginning and an end. */
static const struct excess {
    const char *name;
    unsigned int table;
    const char *line;           /* %u: running number */
    unsigned int first, nr;
    bool one_line;              /* no newline between */
    const char *expected;
} excesses[] = {
    { "bytes of a line", DEPS, "x", 0, 4097, true,
      "deps.h:1: line longer than 4096 bytes" },
    { "bytes of a file", DEPS, "/*                                    */", 0,
      110000, false, "deps.h:1: file longer than 4194304 bytes" },
    { "rows", DEPS, "XEN_CPUFEATURE_DEP(FPU, SSE, \"\")", 0, 8193, false,
      "deps.h:8193: more than 8192 rows" },
    { "features", FEATURES, "XEN_CPUFEATURE(F%u, 0*32+0) /* x */", 0, 2049,
      false, "features.h:2049: more than 2048 features" },
    { "leaves", FIELDS, "XEN_CPUID_LEAF(0x%x, 0, PLAIN, \"x\")", 1, 257,
      false, "fields.h:257: more than 256 leaves" },
    { "slots", FIELDS, "XEN_CPUID_LEAF(0x%x, 256, ALL, \"x\")", 1, 17,
      false, "fields.h:17: more than 4096 slots" },
    { "MSRs", MSRS, "XEN_CPU_MSR(0x%x, M, 64, IAC, NONE, \"x\")", 1, 256,
      false,
      "msrs.h:256: more than 255 MSRs" },
    { "what enables MSRs", MSRS, "XEN_MSR_ENABLE(0x%x, 0xce, 31, \"x\")", 1,
      256, false, "msrs.h:256: more than 255 rows of what enables an MSR" },
};

START_TEST(tables_too_large_refused)
{
    const struct excess *e = &excesses[_i];
    const char *const args[] = { NULL };
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct outcome o;

    for ( unsigned int i = 0; i < e->nr; i++ )
    {
        /* The format is a row's, with at most one number. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        fprintf(out, e->line, e->first + i);
#pragma GCC diagnostic pop
        if ( !e->one_line )
            fputc('\n', out);
    }
    fclose(out);

    file_write(table_files[e->table], text, size);
    o = run_on_tables(args);
    ck_assert_msg(strstr(o.err, e->expected) != NULL, "%s: said\n%s",
                  e->name, o.err);
    ck_assert_msg(o.status == 1, "%s: status %d", e->name, o.status);
    outcome_dispose(&o);
    free(text);
}
END_TEST

/* A flood of errors is cut, but counted. */
START_TEST(tables_many_errors_counted)
{
    const char *const args[] = { NULL };
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct outcome o;

    for ( unsigned int i = 0; i < 1000; i++ )
        fputs("XEN_CPUFEATURE_DEP()\n", out);
    fclose(out);

    file_write("deps.h", text, size);
    o = run_on_tables(args);
    ck_assert_int_eq(o.status, 1);
    ck_assert_ptr_nonnull(strstr(o.err, "deps.h:100: "));
    ck_assert_ptr_null(strstr(o.err, "deps.h:101: "));
    ck_assert_ptr_nonnull(strstr(o.err, "gen-cpu-policy: 1000 errors\n"));
    outcome_dispose(&o);
    free(text);
}
END_TEST

TCase *tcase_gen_cpu_policy_refusals(void)
{
    TCase *tc = tcase_create("refusals");

    tcase_add_checked_fixture(tc, folder_make, folder_remove);
    tcase_add_loop_test(tc, tables_malformed_refused, 0,
                        sizeof(refusals) / sizeof(refusals[0]));
    tcase_add_loop_test(tc, tables_too_large_refused, 0,
                        sizeof(excesses) / sizeof(excesses[0]));
    tcase_add_test(tc, tables_many_errors_counted);

    return tc;
}
