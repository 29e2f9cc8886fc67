// SPDX-License-Identifier: BSD-2-Clause
#include "view/totals.h"

#include <string.h>

#include "base/text.h"
#include "view/words.h"

#define COMM_COLUMNS 16 /* TASK_COMM_LEN */

static const char *dot(bool utf8)
{
	return utf8 ? " · " : ", ";
}

bool totals_counts(char out[TOTALS_MAX], const struct event *e, bool utf8)
{
	const struct {
		enum field field;
		const char *what;
		bool zero_too;
	} counts[] = {
		{F_CONNECTIONS, event_get(e, F_CONNECTIONS) == 1 ? "connection" : "connections",
		 true},
		{F_NEVER_ESTABLISHED, "never established", false},
		{F_CONNECTIONS_BEFORE, "existed before", false},
		{F_CONNECTIONS_DOUBTFUL, "perhaps counted twice", false},
		{F_ACCEPTED_COUNT, "accepted", true},
		{F_ACCEPTS_UNSEEN, "of them unseen", false},
		{F_ACCEPTS_DEPARTED, "after the client's FIN or RST", false},
		{F_NEVER_ACCEPTED, "never accepted", false},
		{F_STILL_QUEUED, "still in the queue", false},
		{F_UNPRINTED, "sockets not printed", false},
	};
	char *p = out;

	*p = '\0';
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		if (!event_has(e, counts[i].field) ||
		    (!counts[i].zero_too && !event_get(e, counts[i].field)))
			continue;
		if (p != out)
			p = stpcpy(p, dot(utf8));
		p = text_u64(p, event_get(e, counts[i].field));
		*p++ = ' ';
		p = stpcpy(p, counts[i].what);
	}
	return p != out;
}

static char *add_drops(char *p, const char *what, const uint64_t *drops, bool discards, bool utf8)
{
	bool first = true;

	for (unsigned int i = 0; i < DROP_REASON_COUNT; i++) {
		if (!drops[i] || discards != drop_is_discard(i))
			continue;
		p = stpcpy(p, first ? what : dot(utf8));
		p = stpcpy(p, words_of_drop(i));
		*p++ = ' ';
		p = text_u64(p, drops[i]);
		*p = '\0';
		first = false;
	}
	return p;
}

bool totals_refused(char out[TOTALS_MAX], const struct event *e, bool utf8)
{
	const uint64_t *drops = event_has(e, F_DROPS) ? e->v[F_DROPS].drops : NULL;
	char *p = out;

	*p = '\0';
	if (!drops)
		return false;
	p = add_drops(p, "refused: ", drops, false, utf8);
	p = add_drops(p, p == out ? "discarded: " : "; discarded: ", drops, true, utf8);
	return p != out;
}

/* "nginx[4711] has not closed it": the oldest; where its owner is not known, all of them. */
static void add_holder(char *p, const struct event *e, bool one, bool utf8)
{
	const char *comm = event_text(e, F_STUCK_CLOSE_WAIT_COMM);
	char clean[4 * COMM_COLUMNS];

	if (!event_has(e, F_STUCK_CLOSE_WAIT_PID)) {
		stpcpy(stpcpy(p, "the program has not closed "), one ? "it" : "them");
		return;
	}
	text_clean(clean, sizeof(clean), comm ? comm : "process", COMM_COLUMNS, utf8);
	p = stpcpy(stpcpy(p, clean), "[");
	p = text_u64(p, event_get(e, F_STUCK_CLOSE_WAIT_PID));
	stpcpy(p, "] has not closed it");
}

bool totals_stuck(char out[TOTALS_MAX], const struct event *e, bool utf8)
{
	char *p = out;
	bool one;

	*p = '\0';
	if (!event_get(e, F_STUCK_CLOSE_WAIT))
		return false;
	one = event_get(e, F_STUCK_CLOSE_WAIT) == 1;
	p = text_u64(p, event_get(e, F_STUCK_CLOSE_WAIT));
	p = stpcpy(p, one ? " still in CLOSE_WAIT for " : " still in CLOSE_WAIT, the oldest for ");
	p += text_duration(p, event_get(e, F_STUCK_CLOSE_WAIT_NS), utf8);
	add_holder(stpcpy(p, ": "), e, one, utf8);
	return true;
}

bool totals_lost(char out[TOTALS_MAX], const struct event *e)
{
	char *p = out;

	*p = '\0';
	if (!event_get(e, F_LOST))
		return false;
	p = text_u64(stpcpy(p, "LOST "), event_get(e, F_LOST));
	stpcpy(p, " facts in all: the figures are not exact");
	return true;
}
