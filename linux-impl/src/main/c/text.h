/* SPDX-License-Identifier: Apache-2.0 */
/* The few functions on memory that a C library would have. */
#ifndef TEXT_H
#define TEXT_H

#include "sys.h"

/* The compiler emits calls of these two, so they keep their C names. */
void *memset(void *to, int value, unsigned long length);
void *memcpy(void *to, const void *from, unsigned long length);

unsigned long text_length(const char *text);
int text_equal(const char *a, const char *b);

/* The string that follows "text" in a list of strings. */
const char *text_next(const char *text);

/* Writes "number" in decimal and a NUL; returns the end, where the NUL is. */
char *text_number(char *to, u64 number);

/* Copies "text" and a NUL; returns the end, where the NUL is. */
char *text_copy(char *to, const char *text);

#endif
