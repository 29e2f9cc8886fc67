// SPDX-License-Identifier: BSD-2-Clause
/*
 * A row, 80 columns:
 *
 *	  time   client state │ arrow or words                           │ server state
 *	     9             13   42                                         11
 *
 * A state in parentheses was not seen but follows: that end of the connection is not traced.
 */
#include "ladder_draw.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "tcp.h"

enum { TIME = 9, LEFT = 13, MIDDLE = 42, WIDTH = 80, FOOT = 14 };

enum stroke {
	TO_SERVER,
	TO_CLIENT,
	REFUSED, /* to the server, and no further */
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

/* Seconds as tcpdump -ttttt has them: points below each other, microseconds as long as there is room. */
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
static void row(struct pen *pen, const struct ladder *c, uint64_t t, const char *left, enum stroke stroke,
		const char *words, const char *right)
{
	const char *line = utf8(pen) ? "─" : "-";
	const char *bar = utf8(pen) ? "│" : "|";
	int columns = (int)text_columns(words);

	if (t) {
		char time[32];

		since_begin(time, sizeof(time), t > c->steps[0].t ? t - c->steps[0].t : 0);
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

/* A label above each end's line, in its middle. */
static void draw_names(struct pen *pen, const struct ladder *c)
{
	int col = 0, bar = TIME + 1 + LEFT + 1;

	for (int side = CLIENT; side <= SERVER; side++, bar += MIDDLE + 1) {
		const char *owner = c->seen[side] ? c->owner[side] : "(not traced)";
		char name[64];
		int columns;

		snprintf(name, sizeof(name), "%s%s%s", side == CLIENT ? "client" : "server", *owner ? " " : "", owner);
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
	uint64_t t = c->count ? c->steps[0].t : c->last_t;
	int64_t wall = (int64_t)t + pen->options->boot_offset_ns;
	int columns[2], used;

	for (int i = 0; i < 2; i++)
		columns[i] = (int)text_end(ends[i], c->family, c->addr[i], c->port[i] ? c->port[i] : -1);
	text_time_of_day(&clock, stamp, wall, pen->options->utc_offset_s);
	snprintf(stamp + 9, sizeof(stamp) - 9, "%06u",
		 (unsigned int)((wall % 1000000000 + 1000000000) % 1000000000 / 1000));
	if (!again)
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

static bool has_step(const struct ladder *c, int side, unsigned int to)
{
	for (unsigned int i = 0; i < c->count; i++)
		if (c->steps[i].type == EVENT_STATE && c->steps[i].side == side && c->steps[i].to == to)
			return true;
	return false;
}

/* "SYN J=653072494" and the other two; without numbers where they are not known. */
static const char *segment(const struct ladder *c, char *buf, size_t size, int which)
{
	unsigned int j = c->isn[CLIENT], k = c->isn[SERVER];

	if (which == 0 && c->syn_known && !c->isn_known) {
		snprintf(buf, size, "SYN J=%u", j);
		return buf;
	}
	if (!c->isn_known)
		return which == 0 ? "SYN" : which == 1 ? "SYN, ACK" : "ACK";
	if (which == 0)
		snprintf(buf, size, "SYN J=%u", j);
	else if (which == 1)
		snprintf(buf, size, "SYN K=%u, ACK J+1=%u", k, (unsigned int)(j + 1u));
	else
		snprintf(buf, size, "ACK K+1=%u", (unsigned int)(k + 1u));
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

/* SYN and SYN-ACK that nobody reported: a SYN cookie keeps no request, and some kernels do not let us see it. */
static void draw_unseen_handshake(struct pen *pen, const struct ladder *c)
{
	char buf[64];

	row(pen, c, 0, c->seen[CLIENT] ? "" : "(SYN_SENT)", TO_SERVER, segment(c, buf, sizeof(buf), 0), "");
	if (!has_step(c, CLIENT, TCP_STATE_ESTABLISHED))
		row(pen, c, 0, "(ESTABLISHED)", TO_CLIENT, segment(c, buf, sizeof(buf), 1), "");
}

static void draw_open(struct pen *pen, struct ladder *c, const struct step *s)
{
	const char *name = tcp_state_name(s->to);
	char buf[64], words[96], time[TEXT_DURATION_MAX];

	if (s->to == TCP_STATE_SYN_SENT) {
		if (c->seen[SERVER])
			row(pen, c, s->t, name, AT_CLIENT, "connect()", s == c->steps ? "LISTEN" : "");
		else
			row(pen, c, s->t, name, TO_SERVER, segment(c, buf, sizeof(buf), 0), "");
		return;
	}
	if (s->to == TCP_STATE_SYN_RECV && s->side == SERVER) {
		row(pen, c, s->t, c->seen[CLIENT] ? "" : "(SYN_SENT)", TO_SERVER, segment(c, buf, sizeof(buf), 0), name);
		if (s->has_syn_queue) {
			snprintf(words, sizeof(words), "SYN queue %u", s->syn_queue);
			row(pen, c, 0, "", AT_SERVER, words, "");
		}
		if (!c->seen[CLIENT])
			row(pen, c, 0, "", TO_CLIENT, segment(c, buf, sizeof(buf), 1), "");
		return;
	}
	if (s->side == CLIENT) {
		row(pen, c, s->t, name, TO_CLIENT, segment(c, buf, sizeof(buf), 1), c->seen[SERVER] ? "" : "(SYN_RECV)");
		if (s->has_wait) {
			text_duration(time, s->wait_ns, utf8(pen));
			snprintf(words, sizeof(words), "connected after %s", time);
			row(pen, c, 0, "", AT_CLIENT, words, "");
		}
		if (!c->seen[SERVER]) {
			row(pen, c, 0, "", TO_SERVER, segment(c, buf, sizeof(buf), 2), "(ESTABLISHED)");
			c->ack_drawn = true;
		}
		return;
	}
	if (!has_step(c, SERVER, TCP_STATE_SYN_RECV) && !c->ack_drawn)
		draw_unseen_handshake(pen, c);
	if (c->ack_drawn)
		row(pen, c, s->t, "", AT_SERVER, "the final ACK is here", name);
	else
		row(pen, c, s->t, c->seen[CLIENT] ? "" : "(ESTABLISHED)", TO_SERVER, segment(c, buf, sizeof(buf), 2), name);
	if (s->syncookie) {
		row(pen, c, 0, "", AT_SERVER, "from a SYN cookie: no request was kept", "");
	} else if (s->has_wait) {
		text_duration(time, s->wait_ns, utf8(pen));
		snprintf(words, sizeof(words), "handshake %s", time);
		row(pen, c, 0, "", AT_SERVER, words, "");
	}
	accept_queue(s, words, sizeof(words));
	row(pen, c, 0, "", AT_SERVER, words, "");
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
	const char *name = tcp_state_name(s->to), *arrived = NULL, *sends = NULL, *peer = "", *reason = s->reason;
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
	if (arrived) {
		row(pen, c, s->t, server ? peer : name, server ? TO_SERVER : TO_CLIENT, arrived, server ? name : peer);
	} else if (sends && !c->seen[!s->side]) {
		row(pen, c, s->t, server ? peer : name, server ? TO_CLIENT : TO_SERVER, sends, server ? name : peer);
	} else {
		snprintf(words, sizeof(words), "%s%s", sends ? "sends " : "", sends ? sends : reason);
		row(pen, c, s->t, server ? "" : name, server ? AT_SERVER : AT_CLIENT, words, server ? name : "");
	}
}

static void draw_accept(struct pen *pen, const struct ladder *c, const struct step *s)
{
	uint64_t called = s->t - s->call_ns;
	char words[96], time[TEXT_DURATION_MAX], *p = words;

	if (s->before_accept && called >= c->drawn_t && called < s->t)
		row(pen, c, called, "", AT_SERVER, "accept() is called", "");
	if (s->has_fd)
		p += snprintf(p, sizeof(words), "accept() = %d", s->fd);
	else
		p += snprintf(p, sizeof(words), "accept() returns");
	if (s->has_wait) {
		text_duration(time, s->wait_ns, utf8(pen));
		snprintf(p, sizeof(words) - (size_t)(p - words), s->before_accept ? ", it had waited %s" : ", at once (%s)",
			 time);
	}
	row(pen, c, s->t, "", AT_SERVER, words, "");
	p = words;
	*p = '\0';
	if (*s->owner && strcmp(s->owner, c->owner[SERVER]))
		p += snprintf(p, sizeof(words), "by %.24s%s", s->owner, s->has_accept_queue ? "; " : "");
	if (s->has_accept_queue)
		accept_queue(s, p, sizeof(words) - (size_t)(p - words));
	if (*words)
		row(pen, c, 0, "", AT_SERVER, words, "");
}

static void draw_drop(struct pen *pen, const struct ladder *c, const struct step *s)
{
	char words[96], buf[64];

	if (!strcmp(s->reason, "request expired")) {
		row(pen, c, s->t, "", AT_SERVER, "request given up: no final ACK taken", "CLOSE");
		if (s->believes)
			row(pen, c, 0, c->seen[CLIENT] ? "" : "(ESTABLISHED)", AT_CLIENT, "believes it is connected", "");
		return;
	}
	row(pen, c, s->t, "", REFUSED, segment(c, buf, sizeof(buf), s->syn ? 0 : 2), "refused");
	if (s->has_accept_queue && s->has_backlog)
		snprintf(words, sizeof(words), "%s %u/%u+1", s->reason, s->accept_queue, s->backlog);
	else
		snprintf(words, sizeof(words), "%s", s->reason);
	if (*words)
		row(pen, c, 0, "", AT_SERVER, words, "");
	if (s->believes)
		row(pen, c, 0, c->seen[CLIENT] ? "" : "(ESTABLISHED)", AT_CLIENT, "believes it is connected", "");
}

static void draw_reset(struct pen *pen, const struct ladder *c, const struct step *s)
{
	bool to_server = (s->side == SERVER) != s->sent;
	char words[48];

	if (!s->sent)
		for (const struct step *o = c->steps; o < s; o++)
			if (o->type == EVENT_RESET && o->sent && o->side != s->side)
				return; /* drawn where it was sent */
	snprintf(words, sizeof(words), "RST%s%s%s", *s->reason ? " (" : "", s->reason, *s->reason ? ")" : "");
	row(pen, c, s->t, "", to_server ? TO_SERVER : TO_CLIENT, words, "");
}

static void draw_step(struct pen *pen, struct ladder *c, const struct step *s)
{
	char words[48];

	switch (s->type) {
	case EVENT_STATE:
		if (s->to == TCP_STATE_SYN_SENT || s->to == TCP_STATE_SYN_RECV || s->to == TCP_STATE_ESTABLISHED)
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
		snprintf(words, sizeof(words), "%s again (%u)", s->syn ? "SYN" : "SYN, ACK", s->attempt);
		row(pen, c, s->t, "", s->syn ? TO_SERVER : TO_CLIENT, words, "");
		break;
	case EVENT_DROP:
		draw_drop(pen, c, s);
		break;
	case EVENT_RESET:
		draw_reset(pen, c, s);
		break;
	default:
		break;
	}
	c->drawn_t = s->t;
}

void ladder_draw(struct pen *pen, struct ladder *c)
{
	if (c->drawn == c->count)
		return;
	if (!c->headed)
		ladder_head(pen, c, c->drawn > 0);
	while (c->drawn < c->count) {
		draw_step(pen, c, &c->steps[c->drawn]);
		c->drawn++;
	}
}

void ladder_foot(struct pen *pen, struct ladder *c)
{
	const char *dot = utf8(pen) ? " · " : ", ";
	const struct step *close = NULL;
	char in[TEXT_DURATION_MAX], out[TEXT_DURATION_MAX], life[TEXT_DURATION_MAX];

	for (unsigned int i = 0; i < c->count; i++)
		if (c->steps[i].type == EVENT_CLOSE && (!close || c->steps[i].side == SERVER))
			close = &c->steps[i];
	if (c->more)
		out_format(pen->out, "%*s%u more steps not drawn\n", FOOT, "", c->more);
	repeat(pen, " ", FOOT);
	if (!close) {
		out_format(pen->out, "%s\n", c->done[CLIENT] || c->done[SERVER] ? "closed" : "still open");
		return;
	}
	out_format(pen->out, "%s", close->side == SERVER ? "server: " : "client: ");
	if (close->has_bytes) {
		in[text_bytes(in, close->bytes_in)] = '\0';
		out[text_bytes(out, close->bytes_out)] = '\0';
		out_format(pen->out, "%s in%s%s out%s", in, dot, out, close->has_wait ? dot : "");
	}
	if (close->has_wait) {
		text_duration(life, close->wait_ns, utf8(pen));
		out_format(pen->out, "lived %s", life);
	}
	if (close->unaccepted) {
		text(pen, dot);
		colored(pen, "31", "never accepted");
	}
	text(pen, "\n");
}
