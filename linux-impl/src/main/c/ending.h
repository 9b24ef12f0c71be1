/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENDING_H
#define ENDING_H

#include "sys.h"

/*
 * Writes how the process ended to the file "exit" of a directory, for whoever
 * opens the engine next: replaced as a whole, never half there. The wait status,
 * when it ended, and when it began to run its program. No directory is -1.
 */
void ending_save(int dir, int status, u64 time, u64 running);

#endif
