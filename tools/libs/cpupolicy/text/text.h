/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A bounded scanner over lines of text.  Every failing call fills the error
 * with the line, the column of what it stopped at, and the reason.
 */
#ifndef CPUPOLICY_TEXT_H
#define CPUPOLICY_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error-set.h"
#include "base/input.h"

#define TEXT_MAX_LINE  (64U << 10) /* bytes */
#define TEXT_MAX_LINES (4U << 20)

struct text {
    const char *next, *end;
    uint32_t line;              /* number of the line taken last */
};

struct text_line {
    const char *start, *at, *end; /* without the line's end */
    uint32_t number;
};

void text_init(struct text *t, const struct dump_input *in);

/*
 * Take the next line: 1, or 0 at the end of the text.  Both LF and CR LF end
 * a line, and so does the end of the text.  -EINVAL: a control character;
 * -E2BIG: longer than TEXT_MAX_LINE, or more than TEXT_MAX_LINES.
 */
int text_next(struct text *t, struct text_line *l, cpupolicy_error *err);

/*
 * Does any line of the text start like one of the format's?  For probes:
 * lines that text_next() would refuse for their length are not looked at.
 */
bool text_any_line(const struct dump_input *in,
                   bool (*looks_like)(struct text_line l));

/* Fail at the current position. Returns -code. */
int text_fail(const struct text_line *l, int code, cpupolicy_error *err,
              const char *fmt, ...) __attribute__((format(printf, 4, 5)));

bool text_at_end(const struct text_line *l);
/* Step over blanks and tabs. */
void text_skip_blanks(struct text_line *l);
/* Step over `literal` if it is what comes next. */
bool text_take(struct text_line *l, const char *literal);
/* The same, or fail. */
int text_expect(struct text_line *l, const char *literal,
                cpupolicy_error *err);
/* Only blanks may be left. */
int text_expect_end(struct text_line *l, cpupolicy_error *err);

/* How many of the characters in `accept` come next. */
size_t text_span(const struct text_line *l, const char *accept);
/* How many hex digits come next. */
size_t text_hex_digits(const struct text_line *l);
/*
 * Between `min` and `max` (at most 16) hex digits, which no further letter or
 * digit may follow. `what` names the number in messages.
 */
int text_hex(struct text_line *l, size_t min, size_t max, const char *what,
             uint64_t *out, cpupolicy_error *err);
/* Exactly eight digits, as most formats print registers. */
int text_hex32(struct text_line *l, const char *what, uint32_t *out,
               cpupolicy_error *err);
/* A decimal number of at most 10 digits that fits 32 bits. */
int text_decimal(struct text_line *l, const char *what, uint32_t *out,
                 cpupolicy_error *err);

enum number_result {
    NUMBER_OK,
    NUMBER_EMPTY,
    NUMBER_BAD_DIGIT,
    NUMBER_TOO_BIG,
};

/*
 * The digits of one number, nothing around them. `base` is 2, 10 or 16, `max`
 * the largest value allowed. *out is untouched unless NUMBER_OK.
 */
enum number_result number_parse(const char *digits, size_t nr, unsigned base,
                                uint64_t max, uint64_t *out);

/*
 * Hostile text for a message: cut short with "..." where it does not fit
 * `size`, with what is not printable ASCII as '?', so that a file cannot
 * drive the terminal of who reads the message.
 */
void text_clean(char *out, size_t size, const char *bytes, size_t nr);

struct text_quote {
    char text[48];
};
struct text_quote text_quote(const char *bytes, size_t nr);

#endif /* CPUPOLICY_TEXT_H */
