// SPDX-License-Identifier: BSD-2-Clause
/* Series keep peaks, counts and what is known however coarse their intervals become. */
#include "report/series.h"

#include "base/units.h"
#include "event/vocabulary.h"
#include "tap.h"

static struct series s;

static uint64_t completed(void)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < s.used; i++)
		sum += s.bin[i].completed;
	return sum;
}

static uint32_t peak(void)
{
	uint32_t most = 0;

	for (unsigned int i = 0; i < s.used; i++)
		most = s.bin[i].queue > most ? s.bin[i].queue : most;
	return most;
}

int main(void)
{
	series_init(&s, NS_S);
	series_limit(&s, NS_S, 129);
	ok(!s.bin[0].queue_known && s.bin[0].limit == 129,
	   "a queue that was not seen is not known");
	series_queue(&s, NS_S + NS_MS, 7);
	series_at(&s, NS_S + 9 * NS_MS);
	ok(s.used == 10 && !s.bin[0].queue_known && s.bin[5].queue == 7 && s.bin[9].queue == 7,
	   "a length holds until another one is seen");
	series_queue(&s, NS_S + 20 * NS_MS, 100);
	series_queue(&s, NS_S + 20 * NS_MS, 1);
	ok(s.bin[20].queue == 100, "an interval keeps its peak");
	series_at(&s, NS_S + 21 * NS_MS);
	ok(s.bin[21].queue == 1, "and the next one goes on with the latest");
	for (uint64_t i = 0; i < 1000; i++)
		series_at(&s, NS_S + i * NS_S)->completed++;
	ok(s.used <= SERIES_BINS && s.width > NS_S, "a long recording has no more intervals");
	ok(completed() == 1000, "joined intervals lose no count");
	ok(peak() == 100, "nor the peak");
	series_at(&s, 0)->completed++;
	ok(s.bin[0].completed > 1, "what comes from before the begin counts there");
	series_verdict(&s, NS_S + 999 * NS_S, VERDICT_APP_STUCK);
	series_verdict(&s, NS_S + 999 * NS_S, VERDICT_OK);
	ok(s.bin[s.used - 1].verdicts >> VERDICT_APP_STUCK & 1,
	   "a verdict that passed stays in its interval");
	return done();
}
