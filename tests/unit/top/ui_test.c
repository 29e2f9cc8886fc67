// SPDX-License-Identifier: BSD-2-Clause
#include "top/ui.h"

#include "scene.h"
#include "tap.h"

struct stage {
	struct model *model;
	struct frame frame;
	struct listing rows;
	struct ui ui;
};

static void set_up(struct stage *st)
{
	*st = (struct stage){.model = model_new()};
	scene_play(st->model);
	scene_rows(&st->rows);
	model_take(st->model, &st->frame);
	ui_arrange(&st->ui, &st->frame, &st->rows);
}

static void tear_down(struct stage *st)
{
	ui_free(&st->ui);
	frame_free(&st->frame);
	listing_free(&st->rows);
	model_free(st->model);
}

static enum ui_ask press(struct stage *st, const char *keys)
{
	enum ui_ask ask = ASK_NOTHING;

	for (; *keys; keys++) {
		ask = ui_key(&st->ui, *keys == '\n' ? KEY_RETURN : (unsigned char)*keys);
		ui_arrange(&st->ui, &st->frame, &st->rows);
	}
	return ask;
}

static void test_selection(void)
{
	struct stage st;

	set_up(&st);
	ok(st.ui.listeners[0]->cookie == STUCK && st.ui.listener == STUCK, "the worst comes first");
	ok(st.ui.row_count == 3 && st.ui.rows[0]->s.cookie == 0x10, "connections of all listeners");
	press(&st, "j");
	ok(st.ui.listener == WELL && !ui_on_rows(&st.ui), "down: the next listener");
	press(&st, "j");
	ok(ui_on_rows(&st.ui) && ui_selected_row(&st.ui)->s.cookie == 0x10,
	   "below the last listener: the connections");
	press(&st, "jk");
	ok(ui_selected_row(&st.ui)->s.cookie == 0x10, "down and up");
	press(&st, "\n");
	ok(st.ui.screen == SCREEN_CONNECTION && st.ui.connection == 0x10, "Enter: its ladder");
	press(&st, "\033");
	ok(st.ui.screen == SCREEN_LISTENERS && st.ui.in_rows, "Esc: back to where it was chosen");
	press(&st, "k");
	ok(!ui_on_rows(&st.ui), "up from the first connection: the listeners");
	press(&st, "\n");
	ok(st.ui.screen == SCREEN_LISTENER && st.ui.row_count == 2, "a listener has its own alone");
	press(&st, "\n\033\033");
	ok(st.ui.screen == SCREEN_LISTENERS, "Esc, Esc: the first screen");
	press(&st, "gG");
	ok(st.ui.listener == WELL, "G: the last");
	ok(press(&st, "q") == ASK_QUIT && press(&st, "y") == ASK_WHY, "q, y");
	tear_down(&st);
}

static void test_sort(void)
{
	struct stage st;

	set_up(&st);
	press(&st, "ss");
	ok(st.ui.listeners[0]->cookie == WELL, "by connections per second");
	press(&st, "r");
	ok(st.ui.listeners[0]->cookie == STUCK, "reversed");
	is_str(st.ui.note, "order reversed", "  and it says so");
	press(&st, "r\tssss");
	ok(ui_on_rows(&st.ui) && st.ui.sort_rows == SORT_ROWS_PEER, "Tab: s sorts connections");
	ok(st.ui.rows[0]->s.rport == 33818 && st.ui.rows[2]->s.rport == 51326, "by peer");
	press(&st, "s");
	ok(st.ui.sort_rows == SORT_ROWS_WORST, "and round again");
	tear_down(&st);
}

static void test_filter(void)
{
	struct ui_choice choice = {.port = 7};
	struct stage st;
	char err[128];

	set_up(&st);
	press(&st, "f8080\n");
	ok(st.ui.listener_count == 1 && st.ui.left_out == 1 && st.ui.row_count == 2, "a port");
	press(&st, "f\025trouble\n");
	ok(st.ui.listener_count == 1 && st.ui.row_count == 1, "trouble");
	press(&st, "f\025server\n");
	ok(st.ui.listener_count == 1 && st.ui.listeners[0]->cookie == STUCK, "a process");
	press(&st, "f\02510.0.0.0/8\n");
	ok(st.ui.row_count == 3, "a network");
	press(&st, "f\02510.1.0.0/16\n");
	ok(st.ui.row_count == 0, "another network");
	press(&st, "\033");
	ok(st.ui.listener_count == 2 && !st.ui.filter[0], "Esc clears it");
	press(&st, "f99999\n");
	is_str(st.ui.note, "filter: '99999' is no port", "what cannot be is told");
	ok(ui_choice_parse("10.0.0.0/99", &choice, err, sizeof(err)) && choice.port == 7,
	   "an error leaves the choice as it was");
	press(&st, "f123\177\1774\n");
	is_str(st.ui.filter, "14", "typing: erase");
	press(&st, "f\025\033");
	is_str(st.ui.filter, "14", "  Esc: the filter stays");
	tear_down(&st);
}

static void test_search(void)
{
	struct stage st;

	set_up(&st);
	press(&st, "/8080\n");
	ok(st.ui.listener == WELL, "a listener is found");
	press(&st, "/nobody\n");
	is_str(st.ui.note, "not found: nobody", "what is not there is told");
	press(&st, "\t/51326\n");
	ok(ui_selected_row(&st.ui)->s.cookie == 0x12, "a connection is found");
	press(&st, "/ESTAB\n");
	ok(ui_selected_row(&st.ui)->s.cookie == 0x11, "a search begins behind it, and goes round");
	press(&st, "n");
	ok(ui_selected_row(&st.ui)->s.cookie == 0x12, "n: the next");
	tear_down(&st);
}

/* What is selected stays selected when others come before it. */
static void test_stays(void)
{
	struct stage st;

	set_up(&st);
	press(&st, "jkj");
	ok(st.ui.listener == WELL && st.ui.listener_at == 1, "the second is selected");
	scene_listener(st.model, T0 + 32 * NS_S, STUCK, 0, 4, VERDICT_OK, "");
	model_tick(st.model, T0 + 60 * NS_S);
	scene_completed(st.model, T0 + 60 * NS_S, WELL, 1);
	model_take(st.model, &st.frame);
	ui_arrange(&st.ui, &st.frame, &st.rows);
	ok(st.ui.listener == WELL, "it stays, wherever it goes");
	st.rows.count = 0;
	ui_arrange(&st.ui, &st.frame, &st.rows);
	press(&st, "\t\n");
	ok(st.ui.screen == SCREEN_LISTENER, "without connections Tab does nothing");
	tear_down(&st);
}

static void test_replay(void)
{
	struct stage st;

	set_up(&st);
	ok(press(&st, "!") == ASK_NOTHING && press(&st, ",") == ASK_NOTHING, "live: no way back");
	st.ui.replay = true;
	ok(press(&st, "!") == ASK_WORST && press(&st, ",") == ASK_BACK &&
		   press(&st, ".") == ASK_STEP,
	   "a replay: the worst moment, a step back, a step");
	ok(press(&st, "y") == ASK_NOTHING && press(&st, "w") == ASK_NOTHING,
	   "  and no look, no recording");
	press(&st, "\t\n");
	ui_go_to(&st.ui, WELL);
	ui_arrange(&st.ui, &st.frame, &st.rows);
	ok(st.ui.screen == SCREEN_LISTENER && st.ui.listener == WELL,
	   "from a connection to the listener of a moment");
	press(&st, "\033\t");
	ui_go_to(&st.ui, STUCK);
	ui_arrange(&st.ui, &st.frame, &st.rows);
	ok(!ui_on_rows(&st.ui) && ui_selected(&st.ui)->cookie == STUCK, "  among the others");
	tear_down(&st);
}

int main(void)
{
	test_selection();
	test_sort();
	test_filter();
	test_search();
	test_stays();
	test_replay();
	return done();
}
