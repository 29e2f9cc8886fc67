// SPDX-License-Identifier: BSD-2-Clause
#ifdef HAVE_NCURSES /* else run/no_screen.c */
#include "run/screen.h"

#include <errno.h>
#include <stdio.h>

#include <curses.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Macros of term.h that are words of ours. */
#undef columns
#undef lines

#include "base/units.h"
#include "run/errors.h"
#include "top/ui.h"

#define KEYS	      64
#define ROWS_MOST     1000
#define COLUMNS_MOST  2000
#define ESCAPE_MS     25 /* an escape that stands alone is a key */
#define CLOSE_WAIT_NS (500 * NS_MS)

/* Flags of what the thread is to do besides. */
enum order {
	ORDER_CLOSE = 1,
	ORDER_REDRAW = 2,
	ORDER_SUSPEND = 4,
};

struct screen {
	pthread_t thread;
	bool running;
	int wake; /* eventfd */
	atomic_bool gone;
	atomic_uint orders;
	pthread_mutex_t lock;
	/* under the lock */
	struct grid next; /* to be shown */
	bool fresh;
	unsigned int keys[KEYS], first, count;
	/* of the thread */
	SCREEN *curses;
	struct grid shown;
	bool color;
	struct kept_errors errors;
};

/* ---- putting the terminal back ---- */

/*
 * What a signal handler needs to put the terminal back: written before the handlers are installed,
 * and not changed while they are.
 */
static struct {
	struct termios termios;
	char text[256];
	size_t len;
	bool known;
} restore;

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT, SIGSYS};

static void put_back(void)
{
	if (!restore.known)
		return;
	tcsetattr(STDIN_FILENO, TCSANOW, &restore.termios);
	if (write(STDOUT_FILENO, restore.text, restore.len) < 0)
		return; /* nobody can be told */
}

static void on_crash(int number)
{
	put_back();
	raise(number); /* SA_RESETHAND: this time it kills */
}

/* Without padding, "$<5>", which today's terminals do not need. */
static void add_capability(const char *name)
{
	const char *text = tigetstr((char *)name);

	if (!text || text == (char *)-1)
		return;
	while (*text && restore.len + 1 < sizeof(restore.text)) {
		if (text[0] == '$' && text[1] == '<') {
			text = strchr(text, '>') ? strchr(text, '>') + 1 : "";
			continue;
		}
		restore.text[restore.len++] = *text++;
	}
}

static void prepare_restore(void)
{
	struct sigaction action = {.sa_handler = on_crash,
				   .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};

	restore.len = 0;
	add_capability("sgr0");
	add_capability("rmkx");
	add_capability("cnorm");
	add_capability("rmcup");
	restore.known = true;
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		sigaction(crashes[i], &action, NULL);
}

/* ---- what is asked before ---- */

bool screen_draws_blocks(void)
{
	const char *term = getenv("TERM");

	/* The fonts of the kernel's console have no eighths of blocks. */
	return term && strcmp(term, "linux") != 0;
}

int screen_check(char *err, size_t err_size)
{
	const char *term = getenv("TERM");
	bool moves;
	int known;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		snprintf(err, err_size, "top needs a terminal: use 'sockstate list' here");
		return -ENOTTY;
	}
	if (!term || !*term || !strcmp(term, "dumb")) {
		snprintf(err, err_size,
			 "top needs a terminal that can move its cursor, and TERM is %s: use "
			 "'sockstate list --watch 1'",
			 term && *term ? "dumb" : "not set");
		return -ENOTSUP;
	}
	moves = setupterm(NULL, STDOUT_FILENO, &known) == OK && tigetstr((char *)"cup");
	del_curterm(cur_term); /* newterm() makes one of its own */
	if (!moves) {
		snprintf(err, err_size,
			 "top does not know the terminal '%.40s': set TERM=xterm-256color, or use "
			 "'sockstate list --watch 1'",
			 term);
		return -ENOTSUP;
	}
	return 0;
}

/* ---- the thread ---- */

static attr_t attributes_of(unsigned int look)
{
	return (look & LOOK_BOLD ? A_BOLD : 0) | (look & LOOK_DIM ? A_DIM : 0) |
	       (look & LOOK_REVERSE ? A_REVERSE : 0);
}

/* Cells of one look are written at once. */
static void put_row(const struct screen *s, int y)
{
	const struct cell *row = &s->shown.cells[y * s->shown.columns];
	char text[4096];

	for (int x = 0; x < s->shown.columns;) {
		const uint8_t look = row[x].look;
		const int begin = x;
		size_t len = 0;

		for (;
		     x < s->shown.columns && row[x].look == look && len + CELL_BYTES < sizeof(text);
		     x++) {
			size_t n = strlen(row[x].text);

			memcpy(text + len, row[x].text, n);
			len += n;
		}
		text[len] = '\0';
		attr_set(attributes_of(look), (short)(s->color ? look & LOOK_COLOR : 0), NULL);
		mvaddstr(y, begin, text);
	}
}

static void show(struct screen *s)
{
	if (s->shown.rows != LINES || s->shown.columns != COLS) {
		resizeterm(s->shown.rows, s->shown.columns);
		clearok(curscr, TRUE);
	}
	for (int y = 0; y < s->shown.rows; y++)
		put_row(s, y);
	attr_set(A_NORMAL, 0, NULL);
	refresh();
}

/* Takes what is to be shown; false: nothing new. */
static bool take_next(struct screen *s)
{
	struct grid old = s->shown;
	bool fresh;

	pthread_mutex_lock(&s->lock);
	fresh = s->fresh;
	if (fresh) {
		s->shown = s->next;
		s->next = old;
		s->fresh = false;
	}
	pthread_mutex_unlock(&s->lock);
	return fresh;
}

static unsigned int key_of(wint_t key, int kind)
{
	static const struct {
		int curses;
		unsigned int key;
	} keys[] = {
		{KEY_UP, KEY_LINE_UP},	      {KEY_DOWN, KEY_LINE_DOWN}, {KEY_LEFT, KEY_ARROW_LEFT},
		{KEY_RIGHT, KEY_ARROW_RIGHT}, {KEY_PPAGE, KEY_PAGE_UP},	 {KEY_NPAGE, KEY_PAGE_DOWN},
		{KEY_HOME, KEY_TO_FIRST},     {KEY_END, KEY_TO_LAST},	 {KEY_BACKSPACE, KEY_ERASE},
		{KEY_ENTER, KEY_RETURN},
	};

	if (kind != KEY_CODE_YES)
		return (unsigned int)key;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if ((int)key == keys[i].curses)
			return keys[i].key;
	}
	return KEY_OTHER;
}

static void add_key(struct screen *s, unsigned int key)
{
	pthread_mutex_lock(&s->lock);
	if (s->count < KEYS)
		s->keys[(s->first + s->count++) % KEYS] = key;
	pthread_mutex_unlock(&s->lock);
}

static void read_keys(struct screen *s)
{
	wint_t key;
	int kind;

	while ((kind = get_wch(&key)) != ERR)
		add_key(s, key_of(key, kind));
}

/* All of the job stops, so that the shell, or sudo, takes notice. */
static void suspend(void)
{
	endwin();
	signal(SIGTSTP, SIG_DFL);
	kill(0, SIGTSTP);
	signal(SIGTSTP, SIG_IGN);
	clearok(curscr, TRUE);
	refresh();
}

static void *run_thread(void *arg)
{
	struct screen *s = arg;
	struct pollfd fds[] = {{.fd = s->wake, .events = POLLIN},
			       {.fd = STDIN_FILENO, .events = POLLIN}};
	eventfd_t value;

	for (;;) {
		unsigned int orders;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		eventfd_read(s->wake, &value);
		orders = atomic_exchange(&s->orders, 0);
		if (orders & ORDER_CLOSE)
			break;
		if (orders & ORDER_SUSPEND)
			suspend();
		if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			s->gone = true;
			break;
		}
		if (fds[1].revents & POLLIN)
			read_keys(s);
		if (orders & ORDER_REDRAW)
			clearok(curscr, TRUE);
		if (take_next(s) || orders & ORDER_REDRAW)
			show(s);
	}
	if (!s->gone)
		endwin();
	return NULL;
}

/* ---- opening and closing ---- */

static void set_up(struct screen *s)
{
	raw();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	leaveok(stdscr, TRUE);
	scrollok(stdscr, FALSE);
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	if (!s->color || !has_colors()) {
		s->color = false;
		return;
	}
	start_color();
	use_default_colors();
	for (short color = 1; color <= LOOK_COLOR; color++)
		init_pair(color, color, -1);
}

int screen_open(struct screen **out, bool color, char *err, size_t err_size)
{
	struct screen *s = calloc(1, sizeof(*s));

	if (!s) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	s->color = color;
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&s->lock, NULL);
	tcgetattr(STDIN_FILENO, &restore.termios);
	/* The size is asked for, and Ctrl-Z comes as a key: curses needs no handlers of its own. */
	signal(SIGWINCH, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	s->curses = s->wake >= 0 ? newterm(NULL, stdout, stdin) : NULL;
	if (!s->curses) {
		snprintf(err, err_size, "cannot use this terminal: TERM is '%.40s'",
			 getenv("TERM"));
		free(s);
		return -ENOTSUP;
	}
	errors_keep(&s->errors);
	prepare_restore();
	set_up(s);
	*out = s;
	return 0;
}

int screen_start(struct screen *s, char *err, size_t err_size)
{
	int rc;

	/*
	 * A thread would have an arena of its own, and glibc reads /proc/sys/vm/overcommit_memory
	 * before it shrinks one (shrink_heap()): the sandbox allows no file.
	 */
	mallopt(M_ARENA_MAX, 1);
	rc = pthread_create(&s->thread, NULL, run_thread, s);

	s->running = !rc;
	if (rc)
		snprintf(err, err_size, "cannot start a thread for the terminal: %s", strerror(rc));
	return -rc;
}

static void order(struct screen *s, unsigned int what)
{
	atomic_fetch_or(&s->orders, what);
	eventfd_write(s->wake, 1);
}

/* A thread that a stalled terminal holds is left behind: the process ends soon. */
static bool join_thread(struct screen *s)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)CLOSE_WAIT_NS;
	until.tv_sec += until.tv_nsec / (long)NS_S;
	until.tv_nsec %= (long)NS_S;
	return !pthread_timedjoin_np(s->thread, NULL, &until);
}

void screen_close(struct screen *s)
{
	bool left;

	if (!s)
		return;
	order(s, ORDER_CLOSE);
	if (!s->running) {
		endwin();
	} else if (!join_thread(s)) {
		/* What the terminal has not taken is thrown away: then there is room for more. */
		tcflush(STDOUT_FILENO, TCOFLUSH);
		left = !join_thread(s);
		put_back(); /* what the thread wrote to that end may be among it */
		if (left) {
			errors_print(&s->errors);
			return;
		}
	}
	delscreen(s->curses);
	tcsetattr(STDIN_FILENO, TCSANOW, &restore.termios);
	restore.known = false;
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		signal(crashes[i], SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
	signal(SIGWINCH, SIG_DFL);
	errors_print(&s->errors);
	grid_free(&s->next);
	grid_free(&s->shown);
	close(s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* ---- for the run ---- */

const char *screen_said(struct screen *s)
{
	return errors_latest(&s->errors);
}

void screen_size(const struct screen *s, int *rows, int *columns)
{
	struct winsize size;

	(void)s;
	*rows = 24;
	*columns = 80;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
		return;
	*rows = size.ws_row < ROWS_MOST ? size.ws_row : ROWS_MOST;
	*columns = size.ws_col < COLUMNS_MOST ? size.ws_col : COLUMNS_MOST;
}

void screen_show(struct screen *s, const struct grid *g)
{
	bool ok;

	pthread_mutex_lock(&s->lock);
	s->next.utf8 = g->utf8;
	ok = !grid_resize(&s->next, g->rows, g->columns);
	if (ok) {
		memcpy(s->next.cells, g->cells,
		       (size_t)g->rows * (size_t)g->columns * sizeof(*g->cells));
		s->fresh = true;
	}
	pthread_mutex_unlock(&s->lock);
	if (ok)
		eventfd_write(s->wake, 1);
}

unsigned int screen_key(struct screen *s)
{
	unsigned int key = 0;

	pthread_mutex_lock(&s->lock);
	if (s->count) {
		key = s->keys[s->first];
		s->first = (s->first + 1) % KEYS;
		s->count--;
	}
	pthread_mutex_unlock(&s->lock);
	return key;
}

bool screen_gone(const struct screen *s)
{
	return s->gone;
}

void screen_redraw(struct screen *s)
{
	order(s, ORDER_REDRAW);
}

void screen_suspend(struct screen *s)
{
	order(s, ORDER_SUSPEND);
}

#else
typedef int screen_is_elsewhere; /* a file of C has a declaration */
#endif
