// SPDX-License-Identifier: BSD-2-Clause
/*
 * draw.c - what all screens have: the first line with the totals and the state of the view; the
 * last line with the keys or what is typed; the help; the ladder of a connection.
 */
#include "top/draw.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "top/parts.h"
#include "top/screens.h"

/* ---- the first line ---- */

struct totals {
	size_t listening, trouble;
	uint64_t arrivals, accepts, refused;
};

static struct totals sum(const struct frame *frame)
{
	struct totals t = {0};

	for (size_t i = 0; i < frame->count; i++) {
		const struct model_listener *l = &frame->list[i];
		const struct model_second *second = model_second_ago(l, 1);

		if (l->gone)
			continue;
		t.listening++;
		t.trouble += ui_is_trouble(l);
		if (!second)
			continue;
		t.arrivals += second->arrivals;
		t.accepts += second->accepts;
		t.refused += second->refused;
	}
	return t;
}

static void put_speed(char *text, size_t size, const struct scene *scene)
{
	const struct scene_replay *r = scene->replay;
	char at[TEXT_DURATION_MAX], all[TEXT_DURATION_MAX];
	uint64_t now = r->searching || r->going ? scene->now : scene->frame->t;

	text_duration(at, now > r->begin ? now - r->begin : 0, false);
	if (r->end > r->begin)
		text_duration(all, r->end - r->begin, false);
	else
		strcpy(all, "?");
	if (r->going)
		text_duration(all, r->to > r->begin ? r->to - r->begin : 0, false);
	if (r->searching)
		snprintf(text, size, " replay: looking for the worst, %s read ", at);
	else if (r->going)
		snprintf(text, size, " replay: going to %s, at %s ", all, at);
	else if (r->over)
		snprintf(text, size, " replay: the end of %s ", all);
	else
		snprintf(text, size, " replay x%g  %s of %s ", r->speed, at, all);
}

/* What the numbers of the screen are: now, then, or not all. Returns its look. */
static unsigned int state_of(char *text, size_t size, const struct ui *ui,
			     const struct scene *scene)
{
	char behind[TEXT_DURATION_MAX];

	if (ui->paused && !scene->replay) {
		text_duration(behind,
			      scene->now > scene->frame->t ? scene->now - scene->frame->t : 0,
			      false);
		snprintf(text, size, " PAUSED: %s and %llu event%s behind ", behind,
			 (unsigned long long)(scene->events - scene->frame->events),
			 text_s(scene->events - scene->frame->events));
		return LOOK_REVERSE | LOOK_YELLOW;
	}
	if (scene->replay) {
		put_speed(text, size, scene);
		if (scene->replay->searching || scene->replay->going)
			return LOOK_REVERSE | LOOK_YELLOW;
		if (ui->paused && !scene->replay->over)
			snprintf(text + strlen(text), size - strlen(text), "PAUSED ");
		return LOOK_REVERSE | (ui->paused ? LOOK_YELLOW : LOOK_CYAN);
	}
	if (scene->frame->counts_only) {
		snprintf(text, size, " COUNTED: %llu events/s%s ",
			 (unsigned long long)scene->counts.offered,
			 scene->counts.back	  ? ", reading them again"
			 : scene->counts.too_many ? " are too many to read"
						  : "");
		return LOOK_REVERSE | LOOK_YELLOW;
	}
	text[0] = '\0';
	return LOOK_PLAIN;
}

static int put_count(struct grid *g, int x, int end, unsigned int look, uint64_t n,
		     const char *what)
{
	char text[PART_TEXT];

	snprintf(text, sizeof(text), "%s%llu%s", g->utf8 ? "· " : "  ", (unsigned long long)n,
		 what);
	if (x + (int)text_columns(text) > end) /* half a number would be a wrong one */
		return end;
	return grid_text(g, 0, x, end, look, text) + 1;
}

static void draw_first_line(struct grid *g, const struct ui *ui, const struct scene *scene)
{
	const struct totals t = sum(scene->frame);
	struct text_clock clock = {0};
	char state[PART_TEXT], time[16];
	unsigned int look = state_of(state, sizeof(state), ui, scene);
	int end = g->columns - (int)text_columns(state), x;

	if (state[0])
		grid_right(g, 0, end, g->columns, look, state);
	x = grid_text(g, 0, 0, end, LOOK_BOLD, "sockstate top") + 1;
	if (scene->frame->t) {
		*text_time_of_day(&clock, time, (int64_t)scene->frame->t + scene->boot_offset_ns,
				  scene->utc_offset_s) = '\0';
		time[8] = '\0'; /* without ms */
		x = grid_text(g, 0, x, end, LOOK_PLAIN, time) + 1;
	}
	if (scene->frame->lost)
		x = put_count(g, x, end, LOOK_RED | LOOK_BOLD, scene->frame->lost, " lost");
	x = put_count(g, x, end, LOOK_PLAIN, t.listening,
		      t.listening == 1 ? " listener" : " listeners");
	if (t.trouble)
		x = put_count(g, x, end, LOOK_YELLOW | LOOK_BOLD, t.trouble, " in trouble");
	if (t.refused)
		x = put_count(g, x, end, LOOK_RED | LOOK_BOLD, t.refused, "/s refused");
	x = put_count(g, x, end, LOOK_PLAIN, t.arrivals, "/s in");
	put_count(g, x, end, LOOK_PLAIN, t.accepts, "/s accepted");
}

/* ---- the last line ---- */

enum when {
	ON_ALL = 0,
	ON_LIVE = 1,
	ON_REPLAY = 2,
	ON_LISTS = 4,  /* there is something to choose */
	ON_OTHERS = 8, /* not on the first screen */
	ON_FIRST = 16, /* on the first screen alone */
};

/* The nearer to the front, the longer a key stays where there is little room. */
static const struct {
	const char *key, *what;
	unsigned int when;
} keys[] = {
	{"q", "quit", ON_ALL},		 {"?", "help", ON_ALL},
	{"Esc", "back", ON_OTHERS},	 {"Enter", "look closer", ON_LISTS},
	{"space", "pause", ON_ALL},	 {"!", "worst", ON_REPLAY},
	{",.", "step", ON_REPLAY},	 {"+-", "speed", ON_REPLAY},
	{"f", "filter", ON_LISTS},	 {"/", "search", ON_LISTS},
	{"s", "sort", ON_LISTS},	 {"y", "why", ON_LIVE},
	{"w", "write", ON_LIVE},	 {"r", "reverse", ON_LISTS},
	{"Tab", "other list", ON_FIRST},
};

static bool is_on(unsigned int when, const struct ui *ui)
{
	if (when & ON_LIVE)
		return !ui->replay;
	if (when & ON_REPLAY)
		return ui->replay;
	if (when & ON_LISTS)
		return ui->screen != SCREEN_CONNECTION;
	if (when & ON_OTHERS)
		return ui->screen != SCREEN_LISTENERS || ui->in_rows || ui->filter[0];
	return !(when & ON_FIRST) || ui->screen == SCREEN_LISTENERS;
}

static void draw_keys(struct grid *g, const struct ui *ui, int end)
{
	const int y = g->rows - 1;
	int x = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int width = (int)(strlen(keys[i].key) + strlen(keys[i].what)) + 3;

		if (!is_on(keys[i].when, ui) || x + width > end)
			continue;
		grid_text(g, y, x, g->columns, LOOK_REVERSE, " ");
		x = grid_text(g, y, x, g->columns, LOOK_REVERSE, keys[i].key);
		x = grid_text(g, y, x, g->columns, LOOK_PLAIN, " ");
		x = grid_text(g, y, x, g->columns, LOOK_PLAIN, keys[i].what) + 2;
	}
}

static void draw_prompt(struct grid *g, const struct ui *ui)
{
	static const char *const names[] = {
		[PROMPT_FILTER] = "filter (port, address or CIDR, process, trouble): ",
		[PROMPT_SEARCH] = "search: ",
	};
	const int y = g->rows - 1;
	int x = grid_text(g, y, 0, g->columns, LOOK_BOLD, names[ui->prompt]);

	x = grid_text(g, y, x, g->columns - 1, LOOK_PLAIN, ui->typed);
	grid_text(g, y, x, g->columns, LOOK_REVERSE, " ");
}

static void draw_last_line(struct grid *g, const struct ui *ui, const struct scene *scene)
{
	char text[PART_TEXT] = "", clean[PART_TEXT];
	int end = g->columns;

	if (ui->prompt != PROMPT_NONE) {
		draw_prompt(g, ui);
		return;
	}
	if (ui->note[0])
		snprintf(text, sizeof(text), "%s", ui->note);
	else if (scene->notice && scene->notice[0])
		snprintf(text, sizeof(text), "%.200s", scene->notice);
	else if (ui->filter[0])
		snprintf(text, sizeof(text), "filter: %s", ui->filter);
	if (text[0]) {
		text_clean(clean, sizeof(clean), text, (unsigned int)g->columns - 2, g->utf8);
		grid_right(g, g->rows - 1, 0, g->columns, LOOK_YELLOW | LOOK_BOLD, clean);
		end -= (int)text_columns(clean) + 1;
	}
	draw_keys(g, ui, end);
}

/* ---- help ---- */

static const char *const help[] = {
	"Listeners, the worst first. A bar is the accept queue against its limit, with",
	"its peak. A wait is from ESTABLISHED to accept(): of the last 10 s, and of all.",
	"Below are connections: those in an accept queue, then CLOSE_WAIT, then data",
	"that lies unread, then what has been idle for longest; dim is what is at work.",
	"",
	" up down PgUp PgDn Home End   move; below the last listener: the connections",
	" Tab                          the other list",
	" Enter                        that listener; that connection's ladder, growing",
	" Esc                          back",
	" f                            filter: 8080  10.0.0.0/8  nginx  trouble",
	" /  n                         search; the next one",
	" s  r                         sort by the next column; reverse",
	" space  p                     pause; events go on being counted",
	" y                            look now at what the listener's program does",
	" w                            write what happened last to a file, for --replay",
	" + -  , .                     replay: speed; one second back, further",
	" !                            replay: the worst moment; the next of them",
	" Ctrl-L  Ctrl-Z  q            draw again; suspend; quit",
	"",
	"Any key leaves this page. More: docs/top.md, sockstate(8).",
};

static void draw_help(struct grid *g, int y, int rows)
{
	const int count = (int)(sizeof(help) / sizeof(help[0]));

	part_title(g, y, "help", NULL);
	for (int i = 0; i < count && i < rows - 1; i++)
		grid_text(g, y + 1 + i, 1, g->columns, LOOK_PLAIN, help[i]);
}

/* ---- a connection ---- */

static void draw_connection(struct grid *g, int y, int rows, struct ui *ui,
			    const struct scene *scene)
{
	const size_t shown = rows > 1 ? (size_t)rows - 1 : 1;
	char title[PART_TEXT];
	size_t lines;

	snprintf(title, sizeof(title), "connection sk:%llx", (unsigned long long)ui->connection);
	part_title(g, y, title, ui->paused ? "paused" : "as it grows");
	ui->page = ui->lines_shown = shown;
	if (!scene->ladder || !scene->ladder_len) {
		grid_text(g, y + 2, 2, g->columns, LOOK_DIM,
			  scene->frame->counts_only
				  ? "events are counted, and not read: connections are not followed"
				  : "nothing has been seen of it yet");
		return;
	}
	/* The end is in sight while it grows, unless the user has scrolled up. */
	lines = (size_t)grid_lines(g, y + 1, 0, 0, scene->ladder, scene->ladder_len, 0);
	if (ui->first_line + shown >= ui->lines && lines > shown)
		ui->first_line = lines - shown;
	ui->lines = lines;
	grid_lines(g, y + 1, rows - 1, 0, scene->ladder, scene->ladder_len, (int)ui->first_line);
}

void draw_screen(struct grid *g, struct ui *ui, const struct scene *scene)
{
	static void (*const screens[])(struct grid *, int, int, struct ui *,
				       const struct scene *) = {
		[SCREEN_LISTENERS] = overview_draw,
		[SCREEN_LISTENER] = details_draw,
		[SCREEN_CONNECTION] = draw_connection,
	};

	grid_clear(g);
	if (g->rows < SCREEN_ROWS_LEAST || g->columns < SCREEN_COLUMNS_LEAST) {
		grid_text(g, 0, 0, g->columns, LOOK_BOLD, "too small: needs");
		grid_text(g, 1, 0, g->columns, LOOK_BOLD, "40x10; q quits");
		return;
	}
	draw_first_line(g, ui, scene);
	if (ui->help)
		draw_help(g, 1, g->rows - 2);
	else
		screens[ui->screen](g, 1, g->rows - 2, ui, scene);
	draw_last_line(g, ui, scene);
}
