// SPDX-License-Identifier: BSD-2-Clause
/*
 * A row, 80 columns:
 *
 *	  time   client state │ arrow or words                           │ server state
 *	     9             13   42                                         11
 *
 * A state in parentheses was not seen but follows: that end of the connection is not traced.
 */
#include "view/ladder/draw.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"

enum { TIME = 9, LEFT = 13, MIDDLE = 42, WIDTH = LADDER_COLUMNS, FOOT = 14 };

enum stroke {
	TO_SERVER,
	TO_CLIENT,
	REFUSED,   /* to the server, and no further */
	AT_CLIENT, /* words beside that end's line */
	AT_SERVER,
};

static bool utf8(const struct pen *pen)
{
	return pen->options->utf8;
}

static void text(struct pen *pen, const char *s)
{
	out_text(pen->out, s);
}

static void repeat(struct pen *pen, const char *s, int n)
{
	while (n-- > 0)
		text(pen, s);
}

static void colored(struct pen *pen, const char *color, const char *s)
{
	if (color && pen->options->color && *s)
		out_format(pen->out, "\033[%sm%s\033[0m", color, s);
	else
		text(pen, s);
}

static const char *state_color(const char *name)
{
	if (!strcmp(name, "ESTABLISHED"))
		return "32";
	if (!strncmp(name, "SYN_", 4))
		return "33";
	if (!strcmp(name, "refused"))
		return "31";
	return !strcmp(name, "LISTEN") ? NULL : "2";
}

/*
 * Seconds as tcpdump -ttttt has them: points below each other, microseconds as long as there is
 * room.
 */
static void since_begin(char *out, size_t size, uint64_t ns)
{
	unsigned long long us = ns / 1000;

	if (us < 100 * 1000000ull)
		snprintf(out, size, "%2llu.%06llu", us / 1000000, us % 1000000);
	else if (us < 100000 * 1000000ull)
		snprintf(out, size, "%5llu.%03llu", us / 1000000, us / 1000 % 1000);
	else
		snprintf(out, size, "%9llu", us / 1000000);
}

/* t 0: no time. left and right: states or "". */
static void row(struct pen *pen, const struct ladder *c, uint64_t t, const char *left,
		enum stroke stroke, const char *words, const char *right)
{
	const char *line = utf8(pen) ? "─" : "-";
	const char *bar = utf8(pen) ? "│" : "|";
	int columns = (int)text_columns(words);

	if (t) {
		char time[32];

		since_begin(time, sizeof(time), t > c->zero ? t - c->zero : 0);
		colored(pen, "2", time);
	} else {
		repeat(pen, " ", TIME);
	}
	repeat(pen, " ", 1 + LEFT - (int)text_columns(left));
	colored(pen, state_color(left), left);
	text(pen, " ");
	colored(pen, "2", bar);
	switch (stroke) {
	case TO_SERVER:
	case REFUSED:
		repeat(pen, line, 2);
		out_format(pen->out, " %s ", words);
		repeat(pen, line, MIDDLE - 5 - columns);
		if (stroke == TO_SERVER)
			text(pen, utf8(pen) ? "▶" : ">");
		else
			colored(pen, "31", utf8(pen) ? "✕" : "X");
		break;
	case TO_CLIENT:
		text(pen, utf8(pen) ? "◀" : "<");
		text(pen, line);
		out_format(pen->out, " %s ", words);
		repeat(pen, line, MIDDLE - 4 - columns);
		break;
	case AT_CLIENT:
		text(pen, " ");
		text(pen, words);
		repeat(pen, " ", MIDDLE - 1 - columns);
		break;
	case AT_SERVER:
		repeat(pen, " ", MIDDLE - 1 - columns);
		text(pen, words);
		text(pen, " ");
		break;
	}
	colored(pen, "2", bar);
	if (*right) {
		text(pen, " ");
		colored(pen, state_color(right), right);
	}
	text(pen, "\n");
}

bool ladder_has(const struct ladder *c, enum ladder_side side, unsigned int to)
{
	for (unsigned int i = 0; i < c->count; i++)
		if (c->steps[i].type == EVENT_STATE && c->steps[i].side == side &&
		    c->steps[i].to == to)
			return true;
	return false;
}

static bool to_itself(const struct ladder *c)
{
	return c->port[CLIENT] == c->port[SERVER] &&
	       !memcmp(c->addr[CLIENT], c->addr[SERVER], sizeof(c->addr[0]));
}

/* Both ends connect, there is no server (RFC 9293 3.5). */
static bool simultaneous(const struct ladder *c)
{
	return ladder_has(c, CLIENT, TCP_STATE_SYN_RECV);
}

/* What each end is: not where nobody knows who opened the connection. */
static const char *part(const struct ladder *c, int side)
{
	if (!c->roles_known)
		return "";
	return side == CLIENT || simultaneous(c) ? "client" : "server";
}

/* Our SYN went out again, and the listener that it is for is known. */
static bool refuses(const struct ladder *c)
{
	for (unsigned int i = 0; i < c->count; i++) {
		if (c->steps[i].type == EVENT_RETRANSMIT && c->steps[i].syn && *c->steps[i].reason)
			return true;
	}
	return false;
}

/* A label above each end's line, in its middle. */
static void draw_names(struct pen *pen, const struct ladder *c)
{
	int col = 0, bar = TIME + 1 + LEFT + 1;

	for (int side = CLIENT; side <= SERVER; side++, bar += MIDDLE + 1) {
		const char *owner = c->seen[side]		   ? c->owner[side]
				    : to_itself(c)		   ? "(itself)"
				    : side == SERVER && refuses(c) ? "(refuses)"
								   : "(not traced)";
		const char *is = part(c, side);
		char name[64];
		int columns;

		snprintf(name, sizeof(name), "%s%s%s", is, *is && *owner ? " " : "", owner);
		columns = (int)text_columns(name);
		repeat(pen, " ", bar - columns / 2 - col);
		text(pen, name);
		col = (bar - columns / 2 > col ? bar - columns / 2 : col) + columns;
	}
	text(pen, "\n");
}

/* "── 127.0.0.1:51234 → 127.0.0.1:9502 ──── 10:31:31.123000 ──"; long addresses take two rows. */
void ladder_head(struct pen *pen, struct ladder *c, bool again)
{
	const char *line = utf8(pen) ? "─" : "-", *to = utf8(pen) ? " →" : " ->";
	struct text_clock clock = {0};
	char ends[2][TEXT_END_MAX], stamp[32];
	int64_t wall;
	int columns[2], used;

	if (!again)
		c->zero = c->count ? c->steps[0].t : c->last_t;
	wall = (int64_t)c->zero + pen->options->boot_offset_ns;
	for (int i = 0; i < 2; i++)
		columns[i] =
			(int)text_end(ends[i], c->family, c->addr[i], c->port[i] ? c->port[i] : -1);
	text_time_of_day(&clock, stamp, wall, pen->options->utc_offset_s);
	snprintf(stamp + 9, sizeof(stamp) - 9, "%06u",
		 (unsigned int)((wall % 1000000000 + 1000000000) % 1000000000 / 1000));
	text(pen, "\n");
	repeat(pen, line, 2);
	out_format(pen->out, " %s%s", ends[CLIENT], to);
	used = 3 + columns[CLIENT] + (utf8(pen) ? 2 : 3);
	if (used + columns[SERVER] > 54) {
		text(pen, "\n  ");
		used = 2;
	}
	out_format(pen->out, " %s%s ", ends[SERVER], again ? ", continued" : "");
	used += 2 + columns[SERVER] + (again ? 11 : 0);
	repeat(pen, line, WIDTH - used - 20);
	out_format(pen->out, " %s ", stamp);
	repeat(pen, line, 3);
	text(pen, "\n");
	draw_names(pen, c);
	c->headed = true;
}

enum { SYN, SYN_ACK, ACK, CROSSING_SYN, CROSSING_ACK };

/* "SYN J=653072494" and the others; without numbers where they are not known. */
static const char *segment(const struct ladder *c, char *buf, size_t size, int which)
{
	static const char *const plain[] = {"SYN", "SYN, ACK", "ACK", "SYN", "SYN, ACK"};
	unsigned int j = c->isn[CLIENT], k = c->isn[SERVER];

	if (!c->isn_known && !(which == SYN && c->syn_known))
		return plain[which];
	if (which == SYN)
		snprintf(buf, size, "SYN J=%u", j);
	else if (which == SYN_ACK)
		snprintf(buf, size, "SYN K=%u, ACK J+1=%u", k, (unsigned int)(j + 1u));
	else if (which == ACK)
		snprintf(buf, size, "ACK K+1=%u", (unsigned int)(k + 1u));
	else if (which == CROSSING_SYN)
		snprintf(buf, size, "SYN K=%u", k);
	else
		snprintf(buf, size, "SYN, ACK J+1=%u", (unsigned int)(j + 1u));
	return buf;
}

static void accept_queue(const struct step *s, char *buf, size_t size)
{
	if (!s->has_accept_queue)
		snprintf(buf, size, "in the accept queue");
	else if (s->has_backlog)
		snprintf(buf, size, "accept queue %u/%u", s->accept_queue, s->backlog);
	else
		snprintf(buf, size, "accept queue %u", s->accept_queue);
}

/*
 * Whether the server's end has told, or will, that the SYN came: a SYN cookie keeps no request, so
 * nobody does.
 */
static bool syn_told(const struct ladder *c)
{
	return c->seen[SERVER] && (ladder_has(c, SERVER, TCP_STATE_SYN_RECV) ||
				   !ladder_has(c, SERVER, TCP_STATE_ESTABLISHED));
}

/* SYN and SYN-ACK that nobody reported. */
static void draw_unseen_handshake(struct pen *pen, const struct ladder *c)
{
	char buf[64];

	if (!ladder_has(c, CLIENT, TCP_STATE_SYN_SENT))
		row(pen, c, 0, c->seen[CLIENT] ? "" : "(SYN_SENT)", TO_SERVER,
		    segment(c, buf, sizeof(buf), SYN), "");
	if (!ladder_has(c, CLIENT, TCP_STATE_ESTABLISHED))
		row(pen, c, 0, "(ESTABLISHED)", TO_CLIENT, segment(c, buf, sizeof(buf), SYN_ACK),
		    "");
}

static bool existed(const struct ladder *c, int side)
{
	for (unsigned int i = 0; i < c->count; i++)
		if (c->steps[i].type == EVENT_SOCKET && c->steps[i].side == side)
			return true;
	return false;
}

/* The client's end of a simultaneous open: the SYNs cross, and both are acknowledged. */
static void draw_crossing(struct pen *pen, const struct ladder *c, const struct step *s)
{
	char buf[64];

	if (s->to == TCP_STATE_SYN_RECV)
		row(pen, c, s->t, "SYN_RECV", TO_CLIENT, segment(c, buf, sizeof(buf), CROSSING_SYN),
		    "(SYN_SENT)");
	else
		row(pen, c, s->t, "ESTABLISHED", TO_CLIENT,
		    segment(c, buf, sizeof(buf), CROSSING_ACK), "(SYN_RECV)");
}

static void draw_open(struct pen *pen, struct ladder *c, const struct step *s)
{
	const char *name = tcp_state_name(s->to);
	char buf[64], words[96], time[TEXT_DURATION_MAX];

	if (s->to == TCP_STATE_SYN_SENT) {
		const char *right = c->seen[SERVER] && s == c->steps ? "LISTEN" : "";

		if (syn_told(c))
			row(pen, c, s->t, name, AT_CLIENT, "connect()", right);
		else
			row(pen, c, s->t, name, TO_SERVER, segment(c, buf, sizeof(buf), SYN),
			    right);
		return;
	}
	if (s->to == TCP_STATE_SYN_RECV && s->side == SERVER) {
		row(pen, c, s->t, c->seen[CLIENT] ? "" : "(SYN_SENT)", TO_SERVER,
		    segment(c, buf, sizeof(buf), SYN), name);
		if (s->has_syn_queue) {
			snprintf(words, sizeof(words), "SYN queue %u", s->syn_queue);
			row(pen, c, 0, "", AT_SERVER, words, "");
		}
		if (!c->seen[CLIENT])
			row(pen, c, 0, "", TO_CLIENT, segment(c, buf, sizeof(buf), SYN_ACK), "");
		return;
	}
	if (s->side == CLIENT) {
		if (simultaneous(c))
			draw_crossing(pen, c, s);
		else
			row(pen, c, s->t, name, TO_CLIENT, segment(c, buf, sizeof(buf), SYN_ACK),
			    c->seen[SERVER] ? "" : "(SYN_RECV)");
		if (s->has_wait) {
			text_duration(time, s->wait_ns, utf8(pen));
			snprintf(words, sizeof(words), "connected after %s", time);
			row(pen, c, 0, "", AT_CLIENT, words, "");
		}
		if (!c->seen[SERVER] && !simultaneous(c)) {
			row(pen, c, 0, "", TO_SERVER, segment(c, buf, sizeof(buf), ACK),
			    "(ESTABLISHED)");
			c->ack_drawn = true;
		}
		return;
	}
	if (!ladder_has(c, SERVER, TCP_STATE_SYN_RECV) && !existed(c, SERVER) && !c->ack_drawn)
		draw_unseen_handshake(pen, c);
	if (c->ack_drawn)
		row(pen, c, s->t, "", AT_SERVER, "the final ACK is here", name);
	else
		row(pen, c, s->t, c->seen[CLIENT] ? "" : "(ESTABLISHED)", TO_SERVER,
		    segment(c, buf, sizeof(buf), ACK), name);
	if (s->syncookie) {
		row(pen, c, 0, "", AT_SERVER, "from a SYN cookie: no request was kept", "");
	} else if (s->has_wait) {
		text_duration(time, s->wait_ns, utf8(pen));
		snprintf(words, sizeof(words), "%shandshake %s", s->fastopen ? "fast open: " : "",
			 time);
		row(pen, c, 0, "", AT_SERVER, words, "");
	}
	if (s->queued) {
		accept_queue(s, words, sizeof(words));
		row(pen, c, 0, "", AT_SERVER, words, "");
	}
}

/* After the handshake: what a transition at one end tells of the segments. */
static void draw_close(struct pen *pen, const struct ladder *c, const struct step *s)
{
	static const struct {
		uint8_t from, to;
		const char *arrived; /* the segment that made it, or NULL */
		const char *sends;
		const char *peer; /* where the other end then is */
	} moves[] = {
		{TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT1, NULL, "FIN", "(CLOSE_WAIT)"},
		{TCP_STATE_SYN_RECV, TCP_STATE_FIN_WAIT1, NULL, "FIN", ""},
		{TCP_STATE_CLOSE_WAIT, TCP_STATE_LAST_ACK, NULL, "FIN", "(TIME_WAIT)"},
		{TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT, "FIN", NULL, "(FIN_WAIT1)"},
		{TCP_STATE_SYN_RECV, TCP_STATE_CLOSE_WAIT, "FIN", NULL, "(FIN_WAIT1)"},
		{TCP_STATE_FIN_WAIT1, TCP_STATE_FIN_WAIT2, "ACK", NULL, ""},
		{TCP_STATE_FIN_WAIT1, TCP_STATE_CLOSING, "FIN", NULL, "(FIN_WAIT1)"},
		{TCP_STATE_FIN_WAIT1, TCP_STATE_TIME_WAIT, "FIN, ACK", NULL, "(LAST_ACK)"},
		{TCP_STATE_FIN_WAIT2, TCP_STATE_TIME_WAIT, "FIN", NULL, "(LAST_ACK)"},
		{TCP_STATE_CLOSING, TCP_STATE_TIME_WAIT, "ACK", NULL, ""},
		{TCP_STATE_LAST_ACK, TCP_STATE_CLOSE, "ACK", NULL, ""},
	};
	const char *name = tcp_state_name(s->to), *arrived = NULL, *sends = NULL, *peer = "",
		   *reason = s->reason;
	bool server = s->side == SERVER;
	char words[48];

	for (size_t i = 0; !*s->reason && i < sizeof(moves) / sizeof(*moves); i++)
		if (moves[i].from == s->from && moves[i].to == s->to) {
			arrived = moves[i].arrived;
			sends = moves[i].sends;
			peer = moves[i].peer;
		}
	if (c->seen[!s->side])
		peer = "";
	if (!strncmp(reason, "rst ", 4))
		reason = "";
	else if (!*reason && s->to == TCP_STATE_CLOSE &&
		 (s->from == TCP_STATE_ESTABLISHED || s->from == TCP_STATE_CLOSE_WAIT))
		reason = "aborts";
	if (arrived) {
		row(pen, c, s->t, server ? peer : name, server ? TO_SERVER : TO_CLIENT, arrived,
		    server ? name : peer);
	} else if (sends && !c->seen[!s->side]) {
		row(pen, c, s->t, server ? peer : name, server ? TO_CLIENT : TO_SERVER, sends,
		    server ? name : peer);
	} else {
		snprintf(words, sizeof(words), "%s%s", sends ? "sends " : "",
			 sends ? sends : reason);
		row(pen, c, s->t, server ? "" : name, server ? AT_SERVER : AT_CLIENT, words,
		    server ? name : "");
	}
}

static void draw_accept(struct pen *pen, const struct ladder *c, const struct step *s)
{
	uint64_t called = s->t - s->call_ns;
	char words[96], time[TEXT_DURATION_MAX], *p = words;
	bool other = *s->owner && strcmp(s->owner, c->owner[SERVER]);

	if (s->to == TCP_STATE_SYN_RECV && !ladder_has(c, SERVER, TCP_STATE_SYN_RECV))
		row(pen, c, 0, c->seen[CLIENT] ? "" : "(SYN_SENT)", TO_SERVER,
		    segment(c, words, sizeof(words), SYN), "SYN_RECV");
	if (s->before_accept && called >= c->drawn_t && called < s->t)
		row(pen, c, called, "", AT_SERVER, "accept() is called", "");
	if (s->has_fd)
		p += snprintf(p, sizeof(words), "accept() = %d", s->fd);
	else
		p += snprintf(p, sizeof(words), "accept() returns");
	if (s->has_wait) {
		text_duration(time, s->wait_ns, utf8(pen));
		snprintf(p, sizeof(words) - (size_t)(p - words),
			 s->before_accept ? ", it had waited %s" : ", at once (%s)", time);
	} else if (s->to == TCP_STATE_SYN_RECV) {
		snprintf(p, sizeof(words) - (size_t)(p - words), ", before the final ACK");
	}
	row(pen, c, s->t, "", AT_SERVER, words, "");
	if (other || s->io_uring) {
		snprintf(words, sizeof(words), "%s%.24s%s%s", other ? "by " : "",
			 other ? s->owner : "", other && s->io_uring ? ", " : "",
			 s->io_uring ? "by io_uring" : "");
		row(pen, c, 0, "", AT_SERVER, words, "");
	}
	if (s->has_accept_queue) {
		accept_queue(s, words, sizeof(words));
		row(pen, c, 0, "", AT_SERVER, words, "");
	}
	if (s->to == TCP_STATE_CLOSE)
		row(pen, c, 0, "", AT_SERVER, "a corpse: it died in the queue", "");
}

static void draw_believes(struct pen *pen, const struct ladder *c)
{
	row(pen, c, 0, c->seen[CLIENT] ? "" : "(ESTABLISHED)", AT_CLIENT,
	    "believes it is connected", "");
}

/* Why the listener refuses. The figures of later, when there is room again, would say nothing. */
static void draw_full(struct pen *pen, const struct ladder *c, const struct step *s)
{
	char words[96];

	if (s->has_accept_queue && s->has_backlog && s->accept_queue > s->backlog)
		snprintf(words, sizeof(words), "%s %u/%u+1", s->reason, s->accept_queue,
			 s->backlog);
	else
		snprintf(words, sizeof(words), "%s", s->reason);
	if (*words)
		row(pen, c, 0, "", AT_SERVER, words, "");
}

bool ladder_gives_up(const struct step *s)
{
	return !strcmp(s->reason, "request expired") || !strcmp(s->reason, "client unreachable");
}

static void draw_drop(struct pen *pen, const struct ladder *c, const struct step *s)
{
	char buf[64];

	if (ladder_gives_up(s)) {
		row(pen, c, s->t, "", AT_SERVER,
		    !strcmp(s->reason, "request expired") ? "request given up: no final ACK taken"
							  : "request given up: client unreachable",
		    "CLOSE");
		if (s->believes)
			draw_believes(pen, c);
		return;
	}
	row(pen, c, s->t, "", REFUSED, segment(c, buf, sizeof(buf), s->syn ? SYN : ACK), "refused");
	draw_full(pen, c, s);
	if (s->believes && !c->done[SERVER]) /* else a RST tells it better */
		draw_believes(pen, c);
}

enum ladder_side ladder_receiver(const struct step *s)
{
	return s->sent ? !s->side : s->side;
}

/* And the states that it leads to. Returns the steps drawn. */
static unsigned int draw_reset(struct pen *pen, const struct ladder *c, const struct step *s,
			       const struct step *end)
{
	const char *state[2] = {"", ""};
	const struct step *next = s + 1;
	char words[48];

	for (; next < end; next++)
		if (next->type == EVENT_STATE && !strncmp(next->reason, "rst ", 4))
			state[next->side] = tcp_state_name(next->to);
		else if (next->type != EVENT_CLOSE) /* that has no row */
			break;
	snprintf(words, sizeof(words), "RST%s%s%s", *s->reason ? " (" : "", s->reason,
		 *s->reason ? ")" : "");
	row(pen, c, s->t, state[CLIENT], ladder_receiver(s) == SERVER ? TO_SERVER : TO_CLIENT,
	    words, state[SERVER]);
	return (unsigned int)(next - s);
}

/* It was there before the tracer, with one end here or both. Returns the steps drawn. */
static unsigned int draw_existing(struct pen *pen, const struct ladder *c, const struct step *s,
				  const struct step *end)
{
	const char *state[2] = {"", ""};
	const struct step *next = s;
	bool queued = false;

	for (; next < end && next->type == EVENT_SOCKET && !*state[next->side]; next++) {
		state[next->side] = tcp_state_name(next->to);
		queued |= next->queued;
	}
	row(pen, c, s->t, state[CLIENT], *state[SERVER] ? AT_SERVER : AT_CLIENT,
	    queued ? "existed before, in the accept queue" : "existed before", state[SERVER]);
	return (unsigned int)(next - s);
}

/* Draws the first of the steps from s to end, and what goes in the same row. Returns how many. */
static unsigned int draw_step(struct pen *pen, struct ladder *c, const struct step *s,
			      const struct step *end)
{
	char words[48];

	switch (s->type) {
	case EVENT_STATE:
		if (s->to == TCP_STATE_SYN_SENT || s->to == TCP_STATE_SYN_RECV ||
		    s->to == TCP_STATE_ESTABLISHED)
			draw_open(pen, c, s);
		else
			draw_close(pen, c, s);
		break;
	case EVENT_ACCEPT:
		draw_accept(pen, c, s);
		break;
	case EVENT_RETRANSMIT:
		if (s->syn && c->seen[SERVER]) { /* whether it arrives is told there */
			snprintf(words, sizeof(words), "sends SYN again (%u)", s->attempt);
			row(pen, c, s->t, "", AT_CLIENT, words, "");
			break;
		}
		snprintf(words, sizeof(words), "%s again (%u)", s->syn ? "SYN" : "SYN, ACK",
			 s->attempt);
		row(pen, c, s->t, "", s->syn ? TO_SERVER : TO_CLIENT, words, "");
		if (s->syn)
			draw_full(pen, c, s);
		break;
	case EVENT_DROP:
		draw_drop(pen, c, s);
		break;
	case EVENT_RESET:
		return draw_reset(pen, c, s, end);
	case EVENT_SOCKET:
		return draw_existing(pen, c, s, end);
	default:
		break;
	}
	return 1;
}

void ladder_draw(struct pen *pen, struct ladder *c, unsigned int end)
{
	if (c->drawn >= end)
		return;
	if (!c->headed)
		ladder_head(pen, c, c->drawn > 0);
	while (c->drawn < end) {
		c->drawn += draw_step(pen, c, &c->steps[c->drawn], &c->steps[end]);
		c->drawn_t = c->steps[c->drawn - 1].t;
	}
}

void ladder_foot(struct pen *pen, struct ladder *c)
{
	const char *dot = utf8(pen) ? " · " : ", ", *between;
	const struct step *close = NULL;
	char in[TEXT_DURATION_MAX], out[TEXT_DURATION_MAX], life[TEXT_DURATION_MAX];

	for (unsigned int i = 0; i < c->count; i++)
		if (c->steps[i].type == EVENT_CLOSE && (!close || c->steps[i].side == SERVER))
			close = &c->steps[i];
	if (c->more)
		out_format(pen->out, "%*s%u more steps not drawn\n", FOOT, "", c->more);
	repeat(pen, " ", FOOT);
	if (!close) {
		out_format(pen->out, "%s\n",
			   c->done[CLIENT] || c->done[SERVER] ? "closed" : "still open");
		return;
	}
	between = part(c, close->side);
	text(pen, between);
	between = *between ? ": " : "";
	if (close->has_bytes) {
		in[text_bytes(in, close->bytes_in)] = '\0';
		out[text_bytes(out, close->bytes_out)] = '\0';
		out_format(pen->out, "%s%s in%s%s out", between, in, dot, out);
		between = dot;
	}
	if (close->has_wait) {
		text_duration(life, close->wait_ns, utf8(pen));
		out_format(pen->out, "%slived %s", between, life);
		between = dot;
	}
	if (close->unaccepted) {
		text(pen, between);
		colored(pen, "31", "never accepted");
	} else if (between != dot) {
		out_format(pen->out, "%sclosed", between);
	}
	text(pen, "\n");
}
