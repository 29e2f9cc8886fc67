// SPDX-License-Identifier: BSD-2-Clause
/*
 * close.c - the line of a connection that ended: how it ended, how long it lived, what it carried.
 */
#include "view/table/cells.h"
#include "view/words.h"

/* Shortens in place: "18 B" to "18", "1.23 MB" to "1.2M", "12.3 MB" to "12M". */
static char *short_bytes(char *text)
{
	char *unit = strchr(text, ' ');
	size_t digits = (size_t)(unit - text);

	if (unit[1] != 'B') {
		if (digits == 4)
			digits = text[1] == '.' ? 3 : 2;
		text[digits++] = unit[1];
	}
	text[digits] = '\0';
	return text;
}

/* Words for a connection that ended without a segment before it was ESTABLISHED; else NULL. */
static const char *unfinished(const struct event *e)
{
	const uint64_t *spent = event_has(e, F_STATES) ? e->v[F_STATES].states : NULL;
	enum role role = event_enum(e, F_ROLE);

	if (event_enum(e, F_END) != CLOSE_UNKNOWN || !role ||
	    (spent && spent[TCP_STATE_ESTABLISHED]))
		return NULL;
	if (role == ROLE_CLIENT)
		return spent && spent[TCP_STATE_SYN_SENT] ? words_of_close(CLOSE_CONNECTING, role)
							  : NULL;
	/* A request has no totals. */
	return event_has(e, F_ACCEPTED) && !e->v[F_ACCEPTED].u && !event_has(e, F_BYTES_IN)
		       ? "half-open, then gone"
		       : NULL;
}

/* The connection ended by FINs, or nothing else was seen. */
static bool by_fins(enum close_reason end)
{
	return end == CLOSE_NONE || end == CLOSE_FIN_ACTIVE || end == CLOSE_FIN_PASSIVE ||
	       end == CLOSE_FIN_SIMULTANEOUS || end == CLOSE_UNKNOWN || end == CLOSE_TAKEN_AWAY;
}

void table_close_line(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	enum close_reason end = event_enum(e, F_END);
	const char *name = end ? words_of_close(end, event_enum(e, F_ROLE)) : "closed",
		   *gone = unfinished(e), *color = by_fins(end) ? DIM : RED;
	char text[128], in[TEXT_DURATION_MAX], out[TEXT_DURATION_MAX], *p;
	bool unaccepted = event_has(e, F_ACCEPTED) && !e->v[F_ACCEPTED].u;

	if (gone) {
		name = gone;
		color = YELLOW;
	}
	table_color_on(l, color);
	table_put(l, name, strlen(name), (unsigned int)strlen(name));
	table_color_off(l, color);
	if (t->compact && event_get(e, F_MPTCP)) /* the cell has room for it */
		table_put(l, " mptcp", 6, 6);
	table_lasted(l, e, F_LIFE_NS);
	if (event_has(e, F_BYTES_IN) && event_has(e, F_BYTES_OUT)) {
		uint64_t bytes_in = e->v[F_BYTES_IN].u, bytes_out = e->v[F_BYTES_OUT].u;

		in[text_bytes(in, bytes_in)] = '\0';
		out[text_bytes(out, bytes_out)] = '\0';
		p = stpcpy(stpcpy(text, "in "), in);
		stpcpy(stpcpy(stpcpy(p, table_dot(t)), "out "), out);
		if (t->compact && t->base.options.utf8) {
			unsigned int room = t->limit - t->note_at;
			char tight[64];

			p = stpcpy(stpcpy(tight, short_bytes(in)), "↓ ");
			stpcpy(stpcpy(p, short_bytes(out)), "↑");
			if (text_columns(tight) > room) {
				p = stpcpy(stpcpy(tight, in), "↓");
				stpcpy(stpcpy(p, out), "↑");
			}
			if (text_columns(tight) <= room)
				stpcpy(text, tight);
		}
		table_note(l, t->note_at, true, DIM, text);
	}
	if (event_has(e, F_ACCEPT_WAIT_NS)) {
		p = stpcpy(stpcpy(text, "waited "), event_has(e, F_WAIT_BASIS) ? "at least " : "");
		text_duration(p, e->v[F_ACCEPT_WAIT_NS].u, t->base.options.utf8);
		table_note(l, t->note_at, false, DIM, text);
	}
	if (unaccepted && !gone && end != CLOSE_NEVER_ACCEPTED)
		table_note(l, t->note_at, true, RED, "never accepted");
	if (event_get(e, F_RETRANS)) {
		*stpcpy(text_u64(text, e->v[F_RETRANS].u), " sent again") = '\0';
		table_note(l, t->note_at, false, YELLOW, text);
	}
	table_note_its_owner(l, e, t->note_at, false);
	if (!t->compact)
		table_note_mptcp(l, e, t->note_at, false);
}
