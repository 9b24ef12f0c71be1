/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints how many thousand ticks a second this processor's time stamp counter
 * makes. Exact on a busy machine too: of many pairs of readings that one counts
 * between whose halves the least time went by.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

struct reading {
	uint64_t ticks, nanoseconds;
};

static struct reading read_both(void)
{
	struct reading best = {0, 0};
	uint64_t least = UINT64_MAX;
	struct timespec now;

	for (int i = 0; i < 100; i++) {
		uint64_t before = __builtin_ia32_rdtsc(), spent;

		clock_gettime(CLOCK_MONOTONIC_RAW, &now);
		spent = __builtin_ia32_rdtsc() - before;
		if (spent >= least)
			continue;
		least = spent;
		best.ticks = before + spent / 2;
		best.nanoseconds = now.tv_sec * 1000000000ULL + now.tv_nsec;
	}
	return best;
}

int main(void)
{
	const struct timespec pause = {0, 200 * 1000 * 1000};
	struct reading first = read_both(), last;

	nanosleep(&pause, NULL);
	last = read_both();
	printf("%llu\n",
	       (unsigned long long)((last.ticks - first.ticks) * 1000000 /
				    (last.nanoseconds - first.nanoseconds)));
	return 0;
}
