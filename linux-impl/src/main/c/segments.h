/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a log. */
#ifndef SEGMENTS_H
#define SEGMENTS_H

#include "sys.h"

/* Makes the file of what comes after "position" bytes; a descriptor or an error. */
long segment_create(int directory, u64 position);

/* Deletes the oldest files until no more than "most" are left. */
void segments_trim(int directory, u32 most);

#endif
