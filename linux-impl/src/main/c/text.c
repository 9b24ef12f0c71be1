/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

void *memset(void *to, int value, unsigned long length)
{
	u8 *p = to;

	while (length--)
		*p++ = (u8)value;
	return to;
}

void *memcpy(void *to, const void *from, unsigned long length)
{
	u8 *p = to;
	const u8 *q = from;

	while (length--)
		*p++ = *q++;
	return to;
}

unsigned long text_length(const char *text)
{
	const char *p = text;

	while (*p)
		p++;
	return (unsigned long)(p - text);
}

int text_equal(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

const char *text_next(const char *text)
{
	return text + text_length(text) + 1;
}

char *text_copy(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	*to = 0;
	return to;
}

char *text_number(char *to, u64 number)
{
	char digits[24];
	int i = sizeof(digits) - 1;

	digits[i] = 0;
	do {
		digits[--i] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	return text_copy(to, digits + i);
}
