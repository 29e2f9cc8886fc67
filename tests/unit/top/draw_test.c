// SPDX-License-Identifier: BSD-2-Clause
/*
 * The screens at fixed sizes against expected text: draw_gold.h, which
 * `build/tests/unit/top/draw_test --gold` prints anew.
 */
#include "top/draw.h"

#include <stdlib.h>

#include "base/text.h"
#include "scene.h"
#include "tap.h"
#include "top/parts.h"

struct stage {
	struct model *model;
	struct frame frame;
	struct listing rows;
	struct ui ui;
	struct scene scene;
};

static void set_up(struct stage *st)
{
	*st = (struct stage){.model = model_new()};
	scene_play(st->model);
	scene_rows(&st->rows);
	model_oldest_wait(st->model, STUCK, 19200 * NS_MS);
	model_take(st->model, &st->frame);
	st->scene = (struct scene){
		.frame = &st->frame,
		.rows = &st->rows,
		.now = st->frame.t + 3 * NS_S,
		.events = st->frame.events + 412,
		.slow_ns = 100 * NS_MS,
		.stuck_ns = 5 * NS_S,
		.boot_offset_ns = OFFSET,
	};
}

static void tear_down(struct stage *st)
{
	ui_free(&st->ui);
	frame_free(&st->frame);
	listing_free(&st->rows);
	model_free(st->model);
}

/* Draws into a string; keys are pressed before. */
static const char *draw(int rows, int columns, bool utf8, const char *keys,
			const struct scene_replay *replay, const struct scene_counts *counts)
{
	static char text[65536];
	struct stage st;
	struct grid g;
	struct out o;

	set_up(&st);
	st.scene.replay = replay;
	st.ui.replay = replay;
	if (counts) {
		st.frame.counts_only = true;
		st.scene.counts = *counts;
	}
	grid_init(&g, rows, columns, utf8);
	out_init(&o, -1);
	ui_arrange(&st.ui, &st.frame, &st.rows);
	for (; *keys; keys++) {
		ui_key(&st.ui, *keys == '\n' ? KEY_RETURN : (unsigned char)*keys);
		ui_arrange(&st.ui, &st.frame, &st.rows);
	}
	draw_screen(&g, &st.ui, &st.scene);
	grid_print(&g, &o);
	snprintf(text, sizeof(text), "%.*s", (int)o.len, o.buf);
	out_free(&o);
	grid_free(&g);
	tear_down(&st);
	return text;
}

static const struct scene_replay playing = {.begin = T0, .end = T0 + 60 * NS_S, .speed = 2},
				 searching = {.begin = T0, .speed = 1, .searching = true},
				 going = {.begin = T0,
					  .end = T0 + 60 * NS_S,
					  .speed = 1,
					  .going = true,
					  .to = T0 + 50 * NS_S};

static const struct scene_counts too_many = {.offered = 41234, .too_many = true},
				 few = {.offered = 410}, back = {.offered = 410, .back = true};

static const struct {
	const char *name;
	int rows, columns;
	bool utf8;
	const char *keys;
	const struct scene_replay *replay;
	const struct scene_counts *counts;
} screens[] = {
	{"first screen, 80x24", 24, 80, true, ""},
	{"first screen, 80x24, ASCII", 24, 80, false, ""},
	{"first screen, 120x40", 40, 120, true, ""},
	{"first screen, 200x50", 50, 200, true, ""},
	{"first screen, 200x50, ASCII", 50, 200, false, ""},
	{"first screen, 60x15", 15, 60, true, ""},
	{"the second listener, paused", 24, 80, true, "jp"},
	{"a listener, 80x24", 24, 80, true, "\n"},
	{"a listener, 120x40", 40, 120, true, "\n"},
	{"a listener that is well, 120x40, ASCII", 40, 120, false, "j\n"},
	{"a listener, 200x50", 50, 200, true, "\n"},
	{"a connection of which nothing was kept", 24, 80, true, "\n\n"},
	{"typing a filter", 24, 80, true, "f80"},
	{"a filter that hides all", 24, 80, true, "fnginx\n"},
	{"help", 24, 80, true, "?"},
	{"too small", 5, 30, true, ""},
	{"a replay", 10, 80, true, "", &playing},
	{"a replay, searching", 10, 80, true, "", &searching},
	{"a replay, on its way", 10, 120, true, "", &going},
	{"counted", 12, 80, true, "", NULL, &too_many},
	{"counted, a listener", 40, 80, true, "j\n", NULL, &few},
	{"counted, a connection", 10, 80, false, "\t\n", NULL, &back},
};
#define SCREENS (sizeof(screens) / sizeof(screens[0]))

static const char *const gold[SCREENS] = {
#include "draw_gold.h"
};

static void print_row(char *text, size_t size, int columns, const struct quantiles *q,
		      const struct model_listener *l, const struct scene *scene)
{
	struct grid g;
	struct out o;

	grid_init(&g, 1, columns, true);
	out_init(&o, -1);
	if (q)
		part_quantiles(&g, 0, 0, scene, "all:", q);
	else
		part_waits(&g, 0, 0, l, scene);
	grid_print(&g, &o);
	snprintf(text, size, "%.*s", (int)o.len, o.buf);
	out_free(&o);
	grid_free(&g);
}

/* Figures that do not fit are left out from the front; none is cut. */
static void test_waits(void)
{
	const struct quantiles q = {
		.count = 9, .p50 = 1870 * NS_MS, .p99 = 2650 * NS_MS, .max = 4080 * NS_MS};
	static const struct {
		int columns;
		const char *text;
	} rows[] = {
		{40, "all: p50 1.87 s p99 2.65 s max 4.08 s\n"},
		{37, "all: p50 1.87 s p99 2.65 s max 4.08 s\n"},
		{36, "all: p99 2.65 s max 4.08 s\n"},
		{25, "all: max 4.08 s\n"},
		{14, "\n"},
	};
	const struct scene scene = {.slow_ns = NS_S, .stuck_ns = 5 * NS_S};
	struct model_listener l = {.accepted = 3};
	char text[200];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_row(text, sizeof(text), rows[i].columns, &q, NULL, &scene);
		is_str(text, rows[i].text, "waits in a few columns");
	}
	print_row(text, sizeof(text), 80, NULL, &l, &scene);
	is_str(text, "no wait for accept() is known yet\n", "accepts of which no wait is known");
	l.accepted = 0;
	print_row(text, sizeof(text), 80, NULL, &l, &scene);
	is_str(text, "no connection was accepted yet\n", "no accept at all");
}

static void print_gold(const char *text)
{
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n");

		fputs("\t\"", stdout);
		for (size_t i = 0; i < len; i++)
			printf("%s%c", p[i] == '"' || p[i] == '\\' ? "\\" : "", p[i]);
		puts("\\n\"");
		p += len + 1;
	}
	puts("\t,");
}

/* No row is wider than the screen, at any size. */
static void test_sizes(void)
{
	const char *bad = NULL;
	static char size[64];

	for (int rows = 1; rows <= 100 && !bad; rows += 3) {
		for (int columns = 1; columns <= 300 && !bad; columns += 7) {
			const char *text =
				draw(rows, columns, rows % 2, columns % 3 ? "" : "\n", NULL, NULL);
			int lines = 0;

			for (const char *p = text; *p; p++)
				lines += *p == '\n';
			if (lines != rows) {
				snprintf(size, sizeof(size), "%dx%d", columns, rows);
				bad = size;
			}
		}
	}
	is_str(bad ? bad : "none", "none", "sizes up to 300x100 that cannot be drawn");
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--gold")) {
		puts("/* SPDX-License-Identifier: BSD-2-Clause */");
		puts("/* What draw_test.c expects, by its option --gold. Longer than 500 lines: "
		     "these are screens. */");
		puts("/* clang-format off */");
		for (size_t i = 0; i < SCREENS; i++)
			print_gold(draw(screens[i].rows, screens[i].columns, screens[i].utf8,
					screens[i].keys, screens[i].replay, screens[i].counts));
		return 0;
	}
	for (size_t i = 0; i < SCREENS; i++)
		is_str(draw(screens[i].rows, screens[i].columns, screens[i].utf8, screens[i].keys,
			    screens[i].replay, screens[i].counts),
		       gold[i] ? gold[i] : "", screens[i].name);
	test_sizes();
	test_waits();
	return done();
}
