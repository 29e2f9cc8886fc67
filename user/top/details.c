// SPDX-License-Identifier: BSD-2-Clause
/*
 * details.c - the screen of one listener: its queue over time, its waits, who waits in it, who was
 * refused and what they believe, who was accepted last.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "top/parts.h"
#include "top/screens.h"
#include "view/words.h"

#define LABEL	     14 /* columns of the names at the left */
#define HISTORY_MOST 60
#define SENTENCE     2	/* rows */
#define DEPTH_MOST   10 /* rows */
#define LATEST_MOST  10 /* rows, without their title */

/* ---- numbers ---- */

static void draw_queue(struct grid *g, int y, const struct model_listener *l)
{
	const int bar = g->columns / 3;
	char text[PART_TEXT];

	grid_text(g, y, 1, g->columns, LOOK_DIM, "accept queue");
	if (!l->queue_known || l->gone)
		return;
	part_bar(g, y, LABEL, LABEL + bar, l);
	part_queue(g, y, LABEL + bar, LABEL + bar + 11, l);
	snprintf(text, sizeof(text), "peak %u   SYN queue %u", l->peak, l->syn_queue);
	grid_text(g, y, LABEL + bar + 14, g->columns, LOOK_PLAIN, text);
}

struct rate {
	const char *name;
	enum history what;
	uint64_t a_second, total;
};

static void draw_rate(struct grid *g, int y, const struct model_listener *l,
		      const struct rate *rate)
{
	const bool bad = rate->what == HISTORY_REFUSED && rate->total;
	int end = g->columns - 32;
	char text[PART_TEXT];

	end = end < LABEL + HISTORY_MOST ? end : LABEL + HISTORY_MOST;
	grid_text(g, y, 1, g->columns, LOOK_DIM, rate->name);
	part_history(g, y, LABEL, end, l, rate->what);
	snprintf(text, sizeof(text), "%llu/s", (unsigned long long)rate->a_second);
	grid_right(g, y, end, end + 10, bad ? LOOK_RED : LOOK_PLAIN, text);
	snprintf(text, sizeof(text), "%llu in all", (unsigned long long)rate->total);
	grid_right(g, y, end + 11, end + 30, bad ? LOOK_RED : LOOK_DIM, text);
}

static void draw_rates(struct grid *g, int y, const struct model_listener *l)
{
	static const struct model_second none;
	const struct model_second *second = model_second_ago(l, 1);

	second = second ? second : &none;
	const struct rate rates[] = {
		{"arrived", HISTORY_ARRIVALS, second->arrivals, l->completed},
		{"accepted", HISTORY_ACCEPTS, second->accepts, l->accepted},
		{"refused", HISTORY_REFUSED, second->refused, l->refused},
	};

	for (int i = 0; i < 3; i++)
		draw_rate(g, y + i, l, &rates[i]);
}

static void draw_waits(struct grid *g, int y, const struct model_listener *l,
		       const struct scene *scene)
{
	int x;

	x = part_waits(g, y, 1, l, scene) + 2;
	if (l->handshake.count && x + 48 < g->columns)
		part_quantiles(g, y, x, scene, "handshake:", &l->handshake);
}

/* ---- the latest ---- */

/* Of clients that are not known one by one, how many. */
static void put_peer(char *text, const struct grid *g, const struct model_peer *peer,
		     uint64_t count)
{
	if (peer->port)
		text_end(text, peer->family, peer->addr, peer->port);
	else
		sprintf(text, "%llu %s", (unsigned long long)count, g->utf8 ? "×" : "x");
}

static void put_age(struct grid *g, int y, int x, uint64_t t, const struct scene *scene)
{
	char text[PART_TEXT];

	part_duration(text, g, scene->frame->t > t ? scene->frame->t - t : 0);
	grid_right(g, y, x, x + 7, LOOK_DIM, text);
}

static void draw_refusal(struct grid *g, int y, int x, int end, const struct model_refusal *r,
			 const struct scene *scene)
{
	char text[PART_TEXT];

	put_age(g, y, x, r->t, scene);
	put_peer(text, g, &r->peer, r->count);
	x = grid_text(g, y, x + 8, end, LOOK_PLAIN, text) + 1;
	snprintf(text, sizeof(text), "%s: %s", words_of_segment(r->segment),
		 r->believes ? "believes it is connected" : words_of_drop(r->reason));
	grid_text(g, y, x, end, r->believes ? LOOK_RED | LOOK_BOLD : LOOK_RED, text);
}

static void draw_accept(struct grid *g, int y, int x, int end, const struct model_accept *a,
			const struct scene *scene)
{
	char text[PART_TEXT];
	int at;

	put_age(g, y, x, a->t, scene);
	put_peer(text, g, &a->peer, 1);
	at = grid_text(g, y, x + 8, end, LOOK_PLAIN, text) + 1;
	if (at < x + 30 && end - x > 60)
		at = x + 30;
	if (a->wait_known) {
		at = grid_text(g, y, at, end, LOOK_DIM, "waited ");
		part_duration(text, g, a->wait_ns);
		at = grid_text(g, y, at, end, part_look_of_wait(scene, a->wait_ns), text) + 1;
	}
	if (end - x <= 60)
		return;
	part_owner(text, g, a->pid, a->comm);
	at = grid_text(g, y, at + 1, end, LOOK_DIM, text) + 1;
	if (a->fd >= 0) {
		snprintf(text, sizeof(text), "fd %lld", (long long)a->fd);
		grid_text(g, y, at, end, LOOK_DIM, text);
	}
}

/* Side by side: the newest first. */
static void draw_latest(struct grid *g, int y, int rows, const struct model_listener *l,
			const struct scene *scene)
{
	const int middle = g->columns / 2;

	part_title(g, y, "accepted last", NULL);
	grid_text(g, y, middle + 2, g->columns, LOOK_BOLD, " refused last ");
	if (scene->frame->counts_only) {
		grid_text(g, y + 1, 2, g->columns, LOOK_DIM,
			  "events are counted, and not read: clients are not known one by one");
		return;
	}
	for (int i = 0; i < rows - 1; i++) {
		uint64_t n = (uint64_t)i;

		if (n < l->accepts_count && n < MODEL_LATEST)
			draw_accept(g, y + 1 + i, 1, middle - 1,
				    &l->accepts[(l->accepts_count - 1 - n) % MODEL_LATEST], scene);
		if (n < l->refusals_count && n < MODEL_LATEST)
			draw_refusal(g, y + 1 + i, middle + 1, g->columns - 1,
				     &l->refusals[(l->refusals_count - 1 - n) % MODEL_LATEST],
				     scene);
	}
	if (!l->accepts_count)
		grid_text(g, y + 1, 2, middle, LOOK_DIM, "none since the start");
	if (!l->refusals_count)
		grid_text(g, y + 1, middle + 2, g->columns, LOOK_DIM, "none since the start");
}

/* ---- the screen ---- */

static void draw_title(struct grid *g, int y, const struct model_listener *l)
{
	char address[PART_TEXT], owner[PART_TEXT], title[PART_TEXT * 3], oldest[PART_TEXT];
	char right[PART_TEXT * 2] = "";

	part_address(address, l);
	part_owner(owner, g, l->pid, l->comm);
	snprintf(title, sizeof(title), "%.100s  %.100s", address, owner);
	if (l->oldest_wait_ns) {
		part_duration(oldest, g, l->oldest_wait_ns);
		snprintf(right, sizeof(right), "the oldest waits for %.64s", oldest);
	}
	part_title(g, y, title, right);
}

/* In front of one glance: what it is, what is wrong with it. */
static void draw_verdict(struct grid *g, int y, const struct model_listener *l)
{
	char sentence[2048];

	part_sentence(sentence, sizeof(sentence), g, l);
	if (!sentence[0])
		snprintf(sentence, sizeof(sentence), "%s",
			 l->gone ? "it listens no more" : "nothing is wrong");
	grid_words(g, y, SENTENCE, 1, g->columns - 1, part_look_of_verdict(l), sentence);
}

void details_draw(struct grid *g, int y, int rows, struct ui *ui, const struct scene *scene)
{
	const struct model_listener *l = frame_listener(scene->frame, ui->listener);
	const int end = y + rows, depth = rows < 20		  ? 0
					  : rows / 5 < DEPTH_MOST ? rows / 5 - 1
								  : DEPTH_MOST;
	int latest = rows < 18 ? 0 : rows / 4 < LATEST_MOST ? rows / 4 : LATEST_MOST;
	char count[PART_TEXT];

	if (!l) {
		grid_text(g, y, 1, g->columns, LOOK_DIM, "this listener has been forgotten (Esc)");
		return;
	}
	draw_title(g, y++, l);
	draw_verdict(g, y, l);
	y += SENTENCE;
	draw_queue(g, y++, l);
	draw_rates(g, y, l);
	y += 3;
	draw_waits(g, y++, l, scene);
	if (depth >= 2) {
		grid_text(g, y, 1, LABEL, LOOK_DIM, "depth");
		grid_text(g, y + depth, 1, LABEL, LOOK_DIM, "1 s a column");
		part_depth(g, y, depth, LABEL - 6, g->columns - 1, l);
		y += depth + 1; /* a row for the marks of refusals */
	}
	snprintf(count, sizeof(count), "%zu", ui->row_count);
	part_title(g, y++, "waiting and hung, the longest first", count);
	if (end - y - latest < 3)
		latest = 0;
	part_rows(g, y, end - y - latest, ui, scene);
	if (latest)
		draw_latest(g, end - latest, latest, l, scene);
}
