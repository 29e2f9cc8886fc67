// SPDX-License-Identifier: BSD-2-Clause
#include "view/ladder/notes.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "event/tcp.h"
#include "view/ladder/row.h"
#include "view/ladder/step.h"
#include "view/words.h"

#define NOTE_MAX 1024

static void begin_note(struct ladder_view *v)
{
	if (v->below)
		out_text(&v->base.out, "\n");
	v->below = false;
	if (v->live) /* it continues with a new heading */
		v->live->headed = false;
}

/*
 * "port 9502: app slow: the oldest connection ...", in rows of 80 columns. The text is clean; its
 * first `colored` bytes have the colour.
 */
static void put_note(struct ladder_view *v, const char *color, size_t colored, const char *text)
{
	struct pen pen = {&v->base.out, &v->base.options};
	const char *begin = text;
	char head[NOTE_MAX];

	if (!*text)
		return;
	begin_note(v);
	while (*text) {
		size_t indent = text == begin ? 0 : 2;
		size_t len = text_row_of_words(text, LADDER_COLUMNS - (unsigned int)indent);

		pen_repeat(&pen, " ", (int)indent);
		if (text == begin && colored <= len && colored < sizeof(head)) {
			memcpy(head, text, colored);
			head[colored] = '\0';
			pen_colored(&pen, color, head);
			out_format(pen.out, "%.*s\n", (int)(len - colored), text + colored);
		} else {
			out_format(pen.out, "%.*s\n", (int)len, text);
		}
		text += len;
		text += strspn(text, " ");
	}
}

void ladder_note_listens(struct ladder_view *v, const struct event *e)
{
	static const char existed[] = ", existed before",
			  existed_below[] = ",\n             existed before";
	struct text_clock clock = {0};
	char stamp[16], end[TEXT_END_MAX], name[32];
	size_t begin;

	*text_time_of_day(&clock, stamp, (int64_t)e->t + v->base.options.boot_offset_ns,
			  v->base.options.utc_offset_s) = '\0';
	text_end_in(end, e->family, event_has(e, F_LADDR) ? e->v[F_LADDR].addr : NULL,
		    event_has(e, F_LPORT) ? (int)e->v[F_LPORT].u : -1, event_text(e, F_IFNAME));
	ladder_owner(e, v->base.options.utf8, name);
	ladder_learn_listens(v, event_get(e, F_LPORT));
	begin_note(v);
	begin = v->base.out.len;
	out_format(&v->base.out, "%s %s listens on %s", stamp, *name ? name : "a program", end);
	if (event_has(e, F_BACKLOG))
		out_format(&v->base.out, ", backlog %llu", (unsigned long long)e->v[F_BACKLOG].u);
	if (e->type == EVENT_SOCKET) {
		bool fits = v->base.out.len - begin + strlen(existed) <= LADDER_COLUMNS;

		out_text(&v->base.out, fits ? existed : existed_below);
	}
	out_text(&v->base.out, "\n");
}

/* "port 9502: app slow": what the note is about. Returns its length. */
static size_t put_subject(char text[NOTE_MAX], const struct event *e, const char *word)
{
	return (size_t)snprintf(text, NOTE_MAX, "port %u: %s", (unsigned int)event_get(e, F_LPORT),
				word);
}

static void note_sentence(struct ladder_view *v, const struct event *e, bool fine, const char *word,
			  const char *sentence)
{
	char text[NOTE_MAX];
	size_t subject = put_subject(text, e, word), at = subject;

	if (sentence) {
		at += (size_t)snprintf(text + at, sizeof(text) - at, ": ");
		text_clean(text + at, sizeof(text) - at, sentence, 500, v->base.options.utf8);
	}
	put_note(v, fine ? "32" : "31", subject, text);
}

void ladder_note_verdict(struct ladder_view *v, const struct event *e)
{
	uint64_t cookie = event_get(e, F_COOKIE);
	struct ladder_verdict *known = &v->verdicts[cookie % LADDER_VERDICTS];
	unsigned int verdict = event_enum(e, F_VERDICT);
	bool fine = verdict == VERDICT_OK;

	if (!event_has(e, F_VERDICT))
		return;
	if (known->cookie != cookie)
		*known = (struct ladder_verdict){.cookie = cookie, .verdict = VERDICT_OK};
	if (known->verdict == verdict)
		return;
	known->verdict = verdict;
	note_sentence(v, e, fine, words_of_verdict(verdict), fine ? NULL : event_text(e, F_ADVICE));
}

/*
 * Into the gap between ESTABLISHED and accept() of those that wait, where it is new. In the gap of
 * one that is on the screen already the note stands.
 */
static void add_diagnosis(struct ladder_view *v, const struct event *e)
{
	struct step s = {.t = e->t,
			 .type = EVENT_WHY,
			 .side = SERVER,
			 .reason = (uint8_t)event_enum(e, F_DIAGNOSIS)};

	for (struct ladder *c = v->list; c && s.reason != DIAGNOSIS_KEEPS_UP; c = c->next) {
		bool known = false;

		if (c->drawn || !c->listener || c->listener != event_get(e, F_COOKIE) ||
		    !ladder_waits_since(c, NULL))
			continue;
		for (unsigned int i = 0; i < c->count; i++) {
			if (c->steps[i].type == EVENT_WHY)
				known = c->steps[i].reason == s.reason;
		}
		if (!known)
			ladder_add_step(c, &s);
	}
}

void ladder_note_why(struct ladder_view *v, const struct event *e)
{
	unsigned int diagnosis = event_enum(e, F_DIAGNOSIS);

	add_diagnosis(v, e);
	if (event_text(e, F_SENTENCE))
		note_sentence(v, e, diagnosis == DIAGNOSIS_KEEPS_UP, words_of_diagnosis(diagnosis),
			      event_text(e, F_SENTENCE));
}

void ladder_note_lost(struct ladder_view *v, const struct event *e)
{
	char text[200];

	begin_note(v);
	if (event_has(e, F_OVERLOAD)) {
		words_of_overload(text, sizeof(text), e);
		out_format(&v->base.out, "%s\n", text);
		return;
	}
	out_format(&v->base.out, "LOST %llu fact%s: a ladder may miss steps\n",
		   (unsigned long long)event_get(e, F_COUNT), text_s(event_get(e, F_COUNT)));
}

void ladder_note_verify(struct ladder_view *v, const struct event *e)
{
	const char *what = event_text(e, F_DIFFERENCE);
	char text[NOTE_MAX] = "verify: ";
	size_t at = strlen(text);

	if (!what)
		return;
	text_clean(text + at, sizeof(text) - at, what, 500, v->base.options.utf8);
	put_note(v, "31", at - 2, text);
}

/* ---- connections that are open, and not drawn ---- */

static bool is_open(const struct ladder *c)
{
	for (int i = 0; i < 2; i++) {
		if (c->socket[i] && !c->done[i])
			return true;
	}
	return false;
}

void ladder_note_undrawn(struct ladder_view *v, uint64_t now)
{
	struct ladder_undrawn is = {0};
	uint64_t oldest = UINT64_MAX;
	char text[NOTE_MAX], wait[TEXT_DURATION_MAX];
	bool at_least = false;
	int n;

	for (const struct ladder *c = v->list; c; c = c->next) {
		bool before = false;
		uint64_t since = ladder_waits_since(c, &before);

		if (c == v->live || c->drawn || !is_open(c))
			continue;
		is.open++;
		is.queued += since != 0;
		at_least |= before;
		if (since && since < oldest)
			oldest = since;
	}
	if (is.open == v->undrawn.open && !is.queued == !v->undrawn.queued)
		return;
	v->undrawn = is;
	if (!is.open)
		return;
	n = snprintf(text, sizeof(text), "%u more %s open", is.open, is.open == 1 ? "is" : "are");
	if (is.queued)
		text_duration(wait, now > oldest ? now - oldest : 0, v->base.options.utf8);
	if (is.queued && is.open == 1)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      " and has waited %s%s for accept()", at_least ? "at least " : "",
			      wait);
	else if (is.queued)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      ", %u wait%s for accept(), the oldest %s%s", is.queued,
			      is.queued == 1 ? "s" : "", at_least ? "at least " : "", wait);
	snprintf(text + n, sizeof(text) - (size_t)n, "; drawn when %s",
		 is.open == 1 ? "it ends" : "they end");
	put_note(v, "2", strlen(text), text);
}

/* ---- the whole run ---- */

void ladder_keep_totals(struct ladder_view *v, const struct event *e)
{
	totals_counts(v->counts, e, v->base.options.utf8);
	totals_refused(v->refused, e, v->base.options.utf8);
	totals_stuck(v->stuck, e, v->base.options.utf8);
	totals_lost(v->lost, e);
}

void ladder_note_totals(struct ladder_view *v)
{
	v->below = true; /* an empty line before it */
	put_note(v, NULL, 0, v->counts);
	put_note(v, "31", strlen(v->refused), v->refused);
	put_note(v, "33", strlen(v->stuck), v->stuck);
	put_note(v, "1;31", strlen(v->lost), v->lost);
	v->counts[0] = v->refused[0] = v->stuck[0] = v->lost[0] = '\0';
}
