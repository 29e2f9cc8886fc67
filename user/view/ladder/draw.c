// SPDX-License-Identifier: BSD-2-Clause
/*
 * draw.c - the rows that each step of a connection takes.
 */
#include <stdio.h>
#include <string.h>

#include "event/tcp.h"
#include "view/ladder/row.h"
#include "view/ladder/step.h"
#include "view/words.h"

enum { SYN, SYN_ACK, ACK, CROSSING_SYN, CROSSING_ACK, BACK_SYN_ACK, BACK_ACK, BACK_CROSSING };

/* "SYN J=653072494" and the others; without numbers where they are not known. */
static const char *segment(const struct ladder *c, char *buf, size_t size, int which)
{
	static const char *const plain[] = {"SYN",	"SYN, ACK", "ACK", "SYN",
					    "SYN, ACK", "SYN, ACK", "ACK", "SYN, ACK"};
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
	else if (which == BACK_SYN_ACK)
		snprintf(buf, size, "SYN J=%u, ACK K+1=%u", j, (unsigned int)(k + 1u));
	else if (which == BACK_ACK)
		snprintf(buf, size, "ACK J+1=%u", (unsigned int)(j + 1u));
	else if (which == BACK_CROSSING)
		snprintf(buf, size, "SYN, ACK K+1=%u", (unsigned int)(k + 1u));
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
 * Whether an event of the server's end reports the SYN, now or later. A SYN cookie keeps no
 * request, so there is no such event.
 */
static bool syn_told(const struct ladder *c)
{
	return c->seen[SERVER] && (ladder_has(c, SERVER, TCP_STATE_SYN_RECV) ||
				   !ladder_has(c, SERVER, TCP_STATE_ESTABLISHED));
}

/* Draws a SYN and a SYN-ACK for which there was no event. */
static void draw_unseen_handshake(struct pen *pen, const struct ladder *c)
{
	char buf[64];

	if (!ladder_has(c, CLIENT, TCP_STATE_SYN_SENT))
		ladder_row(pen, c, 0, c->seen[CLIENT] ? "" : "(SYN_SENT)", TO_SERVER,
			   segment(c, buf, sizeof(buf), SYN), "");
	if (!ladder_has(c, CLIENT, TCP_STATE_ESTABLISHED))
		ladder_row(pen, c, 0, "(ESTABLISHED)", TO_CLIENT,
			   segment(c, buf, sizeof(buf), SYN_ACK), "");
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
		ladder_row(pen, c, s->t, "SYN_RECV", TO_CLIENT,
			   segment(c, buf, sizeof(buf), CROSSING_SYN), "(SYN_SENT)");
	else
		ladder_row(pen, c, s->t, "ESTABLISHED", TO_CLIENT,
			   segment(c, buf, sizeof(buf), CROSSING_ACK), "(SYN_RECV)");
}

/*
 * What arrives at an end of a simultaneous open, both of which are here. Only one of them may have
 * met the other's SYN: it then sends the SYN-ACK, as a server does.
 */
static int crossing_segment(const struct ladder *c, const struct step *s)
{
	bool server = s->side == SERVER;

	if (s->to == TCP_STATE_SYN_RECV)
		return server ? SYN : CROSSING_SYN;
	if (s->from == TCP_STATE_SYN_SENT)
		return server ? BACK_SYN_ACK : SYN_ACK;
	if (ladder_has(c, server ? CLIENT : SERVER, TCP_STATE_SYN_RECV))
		return server ? BACK_CROSSING : CROSSING_ACK;
	return server ? ACK : BACK_ACK;
}

static void draw_both_connect(struct pen *pen, const struct ladder *c, const struct step *s)
{
	const char *name = tcp_state_name(s->to);
	char buf[64], words[96], time[TEXT_DURATION_MAX];
	bool server = s->side == SERVER;
	int at = server ? AT_SERVER : AT_CLIENT;

	if (s->to == TCP_STATE_SYN_SENT)
		ladder_row(pen, c, s->t, server ? "" : name, at, "connect()", server ? name : "");
	else
		ladder_row(pen, c, s->t, server ? "" : name, server ? TO_SERVER : TO_CLIENT,
			   segment(c, buf, sizeof(buf), crossing_segment(c, s)),
			   server ? name : "");
	if (s->has_wait) {
		text_duration(time, s->wait_ns, pen_utf8(pen));
		snprintf(words, sizeof(words), "connected after %s", time);
		ladder_row(pen, c, 0, "", at, words, "");
	}
}

/* Whether connect() ended before it sent a SYN. */
static bool syn_never_sent(const struct ladder *c)
{
	for (const struct step *s = c->steps; s < c->steps + c->count; s++)
		if (s->type == EVENT_STATE && s->from == TCP_STATE_SYN_SENT &&
		    (s->reason == CAUSE_NO_LOCAL_PORT || s->reason == CAUSE_NO_SYN))
			return true;
	return false;
}

static void draw_open(struct pen *pen, struct ladder *c, const struct step *s)
{
	const char *name = tcp_state_name(s->to);
	char buf[64], words[96], time[TEXT_DURATION_MAX];

	if (s->reason == CAUSE_REPAIR) {
		bool server = s->side == SERVER;

		ladder_row(pen, c, s->t, server ? "" : name, server ? AT_SERVER : AT_CLIENT,
			   words_of_cause(s->reason), server ? name : "");
		return;
	}
	if (c->both_connect) {
		draw_both_connect(pen, c, s);
		return;
	}
	if (s->to == TCP_STATE_SYN_SENT) {
		const char *right = c->seen[SERVER] && s == c->steps ? "LISTEN" : "";

		if (syn_told(c) || syn_never_sent(c))
			ladder_row(pen, c, s->t, name, AT_CLIENT, "connect()", right);
		else
			ladder_row(pen, c, s->t, name, TO_SERVER, segment(c, buf, sizeof(buf), SYN),
				   right);
		return;
	}
	if (s->to == TCP_STATE_SYN_RECV && s->side == SERVER) {
		ladder_row(pen, c, s->t, c->seen[CLIENT] ? "" : "(SYN_SENT)", TO_SERVER,
			   segment(c, buf, sizeof(buf), SYN), name);
		if (s->has_syn_queue) {
			snprintf(words, sizeof(words), "SYN queue %u", s->syn_queue);
			ladder_row(pen, c, 0, "", AT_SERVER, words, "");
		}
		if (!c->seen[CLIENT] && !(s + 1 < c->steps + c->count && s[1].synack))
			ladder_row(pen, c, 0, "", TO_CLIENT, segment(c, buf, sizeof(buf), SYN_ACK),
				   "");
		return;
	}
	if (s->side == CLIENT) {
		if (ladder_simultaneous(c))
			draw_crossing(pen, c, s);
		else
			ladder_row(pen, c, s->t, name, TO_CLIENT,
				   segment(c, buf, sizeof(buf), SYN_ACK),
				   c->seen[SERVER] ? "" : "(SYN_RECV)");
		if (s->has_wait) {
			text_duration(time, s->wait_ns, pen_utf8(pen));
			snprintf(words, sizeof(words), "connected after %s", time);
			ladder_row(pen, c, 0, "", AT_CLIENT, words, "");
		}
		if (!c->seen[SERVER] && !ladder_simultaneous(c)) {
			ladder_row(pen, c, 0, "", TO_SERVER, segment(c, buf, sizeof(buf), ACK), "");
			c->ack_drawn = true;
		}
		return;
	}
	if (!ladder_has(c, SERVER, TCP_STATE_SYN_RECV) && !existed(c, SERVER) && !c->ack_drawn)
		draw_unseen_handshake(pen, c);
	if (c->ack_drawn)
		ladder_row(pen, c, s->t, "", AT_SERVER, "the final ACK is here", name);
	else
		ladder_row(pen, c, s->t, c->seen[CLIENT] ? "" : "(ESTABLISHED)", TO_SERVER,
			   segment(c, buf, sizeof(buf), ACK), name);
	if (s->syncookie) {
		ladder_row(pen, c, 0, "", AT_SERVER, "from a SYN cookie: no request was kept", "");
	} else if (s->has_wait) {
		text_duration(time, s->wait_ns, pen_utf8(pen));
		snprintf(words, sizeof(words), "%shandshake %s", s->fastopen ? "fast open: " : "",
			 time);
		ladder_row(pen, c, 0, "", AT_SERVER, words, "");
	}
	if (s->defers)
		ladder_row(pen, c, 0, "", AT_SERVER, "the listener defers (TCP_DEFER_ACCEPT)", "");
	if (s->queued) {
		accept_queue(s, words, sizeof(words));
		ladder_row(pen, c, 0, "", AT_SERVER, words, "");
	}
}

/* A transition that was caused by a RST, sent or received. */
static bool is_reset(const struct step *s)
{
	return s->type == EVENT_STATE &&
	       (s->reason == CAUSE_RST_SENT || s->reason == CAUSE_RST_RECEIVED);
}

/* After the handshake: draws the segments that follow from a transition at one end. */
static void draw_close(struct pen *pen, const struct ladder *c, const struct step *s)
{
	static const struct {
		uint8_t from, to;
		const char *arrived; /* the segment that made it, or NULL */
		const char *sends;
		/* Where the other end then is. A FIN that we send may be lost: its ACK shows it. */
		const char *peer;
	} moves[] = {
		{TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT1, NULL, "FIN", ""},
		{TCP_STATE_SYN_RECV, TCP_STATE_FIN_WAIT1, NULL, "FIN", ""},
		{TCP_STATE_CLOSE_WAIT, TCP_STATE_LAST_ACK, NULL, "FIN", ""},
		{TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT, "FIN", NULL, "(FIN_WAIT1)"},
		{TCP_STATE_SYN_RECV, TCP_STATE_CLOSE_WAIT, "FIN", NULL, "(FIN_WAIT1)"},
		{TCP_STATE_FIN_WAIT1, TCP_STATE_FIN_WAIT2, "ACK", NULL, "(CLOSE_WAIT)"},
		{TCP_STATE_FIN_WAIT1, TCP_STATE_CLOSING, "FIN", NULL, "(FIN_WAIT1)"},
		{TCP_STATE_FIN_WAIT1, TCP_STATE_TIME_WAIT, "FIN, ACK", NULL, "(LAST_ACK)"},
		{TCP_STATE_FIN_WAIT2, TCP_STATE_TIME_WAIT, "FIN", NULL, "(LAST_ACK)"},
		{TCP_STATE_CLOSING, TCP_STATE_TIME_WAIT, "ACK", NULL, ""},
		{TCP_STATE_LAST_ACK, TCP_STATE_CLOSE, "ACK", NULL, "(TIME_WAIT)"},
	};
	const char *name = tcp_state_name(s->to), *arrived = NULL, *sends = NULL, *peer = "",
		   *reason = words_of_cause(s->reason);
	bool server = s->side == SERVER;
	char words[48];

	for (size_t i = 0; !s->reason && i < sizeof(moves) / sizeof(*moves); i++)
		if (moves[i].from == s->from && moves[i].to == s->to) {
			arrived = moves[i].arrived;
			sends = moves[i].sends;
			peer = moves[i].peer;
		}
	if (c->seen[!s->side])
		peer = "";
	if (is_reset(s))
		reason = "";
	else if (!s->reason && s->to == TCP_STATE_CLOSE &&
		 (s->from == TCP_STATE_ESTABLISHED || s->from == TCP_STATE_CLOSE_WAIT))
		reason = "aborts";
	if (arrived) {
		ladder_row(pen, c, s->t, server ? peer : name, server ? TO_SERVER : TO_CLIENT,
			   arrived, server ? name : peer);
	} else if (sends && !c->seen[!s->side]) {
		ladder_row(pen, c, s->t, server ? peer : name, server ? TO_CLIENT : TO_SERVER,
			   sends, server ? name : peer);
	} else {
		snprintf(words, sizeof(words), "%s%s", sends ? "sends " : "",
			 sends ? sends : reason);
		ladder_row(pen, c, s->t, server ? "" : name, server ? AT_SERVER : AT_CLIENT, words,
			   server ? name : "");
	}
}

static void draw_accept(struct pen *pen, const struct ladder *c, const struct step *s)
{
	uint64_t called = s->t - s->call_ns;
	char words[96], time[TEXT_DURATION_MAX], *p = words;
	bool other = *s->owner && strcmp(s->owner, c->owner[SERVER]);

	if (s->to == TCP_STATE_SYN_RECV && !ladder_has(c, SERVER, TCP_STATE_SYN_RECV))
		ladder_row(pen, c, 0, c->seen[CLIENT] ? "" : "(SYN_SENT)", TO_SERVER,
			   segment(c, words, sizeof(words), SYN), "SYN_RECV");
	if (s->before_accept && called >= c->drawn_t && called < s->t)
		ladder_row(pen, c, called, "", AT_SERVER, "accept() is called", "");
	if (s->has_fd)
		p += snprintf(p, sizeof(words), "accept() = %d", s->fd);
	else
		p += snprintf(p, sizeof(words), "accept() returns");
	if (s->has_wait) {
		text_duration(time, s->wait_ns, pen_utf8(pen));
		snprintf(p, sizeof(words) - (size_t)(p - words),
			 s->before_accept ? ", it had waited %s" : ", at once (%s)", time);
	} else if (s->to == TCP_STATE_SYN_RECV) {
		snprintf(p, sizeof(words) - (size_t)(p - words), ", before the final ACK");
	}
	ladder_row(pen, c, s->t, "", AT_SERVER, words, "");
	if (other || s->io_uring) {
		snprintf(words, sizeof(words), "%s%.24s%s%s", other ? "by " : "",
			 other ? s->owner : "", other && s->io_uring ? ", " : "",
			 s->io_uring ? "by io_uring" : "");
		ladder_row(pen, c, 0, "", AT_SERVER, words, "");
	}
	if (s->has_accept_queue) {
		accept_queue(s, words, sizeof(words));
		ladder_row(pen, c, 0, "", AT_SERVER, words, "");
	}
	if (s->to == TCP_STATE_CLOSE)
		ladder_row(pen, c, 0, "", AT_SERVER, "it was reset while queued", "");
}

static void draw_believes(struct pen *pen, const struct ladder *c)
{
	ladder_row(pen, c, 0, c->seen[CLIENT] ? "" : "(ESTABLISHED)", AT_CLIENT,
		   "believes it is connected", "");
}

/* Why the listener refuses. Later figures are not shown: there may be room again by then. */
static void draw_full(struct pen *pen, const struct ladder *c, const struct step *s)
{
	const char *why = words_of_drop(s->reason);
	char words[96];

	if (!s->reason)
		return;
	if (drop_is_refusal(s->reason) && s->has_accept_queue && s->has_backlog &&
	    s->accept_queue > s->backlog)
		snprintf(words, sizeof(words), "%s %u/%u+1", why, s->accept_queue, s->backlog);
	else
		snprintf(words, sizeof(words), "%s", why);
	ladder_row(pen, c, 0, "", AT_SERVER, words, "");
}

bool ladder_gives_up(const struct step *s)
{
	if (s->type == EVENT_STATE)
		return s->reason == CAUSE_REQUEST_EXPIRED || s->reason == CAUSE_CLIENT_UNREACHABLE;
	return s->reason == DROP_REQUEST_EXPIRED || s->reason == DROP_CLIENT_UNREACHABLE;
}

static void draw_drop(struct pen *pen, const struct ladder *c, const struct step *s)
{
	char buf[64];

	if (ladder_gives_up(s)) {
		ladder_row(pen, c, s->t, "", AT_SERVER,
			   s->reason == DROP_REQUEST_EXPIRED
				   ? "request expired: no final ACK"
				   : "request given up: client unreachable",
			   "CLOSE");
		if (s->believes)
			draw_believes(pen, c);
		return;
	}
	if (s->synack)
		ladder_row(pen, c, s->t, "", AT_SERVER, "its SYN-ACK is discarded", "");
	else if (s->reason == DROP_CONNECTION) /* with a number of its own, which is not told */
		ladder_row(pen, c, s->t, "", s->side == SERVER ? AT_SERVER : AT_CLIENT,
			   "a SYN comes, and is discarded", "");
	else
		ladder_row(pen, c, s->t, "", REFUSED,
			   segment(c, buf, sizeof(buf), s->syn ? SYN : ACK),
			   drop_is_discard(s->reason) ? "discarded" : "refused");
	draw_full(pen, c, s);
	if (s->believes && !c->done[SERVER]) /* otherwise a RST shows it */
		draw_believes(pen, c);
}

enum ladder_side ladder_receiver(const struct step *s)
{
	return s->sent ? !s->side : s->side;
}

/* Draws a RST and the states that it leads to. Returns the number of steps drawn. */
static unsigned int draw_reset(struct pen *pen, const struct ladder *c, const struct step *s,
			       const struct step *end)
{
	const char *state[2] = {"", ""};
	const char *why = words_of_reset(s->reason);
	const struct step *next = s + 1;
	char words[48];

	for (; next < end; next++)
		if (is_reset(next))
			state[next->side] = tcp_state_name(next->to);
		else if (next->type != EVENT_CLOSE) /* that has no row */
			break;
	snprintf(words, sizeof(words), "RST%s%s%s", *why ? " (" : "", why, *why ? ")" : "");
	ladder_row(pen, c, s->t, state[CLIENT],
		   ladder_receiver(s) == SERVER ? TO_SERVER : TO_CLIENT, words, state[SERVER]);
	return (unsigned int)(next - s);
}

/* A connection older than the tracer, with one or both ends here. Returns the steps drawn. */
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
	ladder_row(pen, c, s->t, state[CLIENT], *state[SERVER] ? AT_SERVER : AT_CLIENT,
		   queued ? "existed before, in the accept queue" : "existed before",
		   state[SERVER]);
	return (unsigned int)(next - s);
}

/* Draws the first step from s to end, and others that share its row. Returns the steps drawn. */
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
		if (s->syn && c->seen[SERVER]) { /* the server's end shows whether it arrives */
			snprintf(words, sizeof(words), "sends SYN again (%u)", s->attempt);
			ladder_row(pen, c, s->t, "", s->side == SERVER ? AT_SERVER : AT_CLIENT,
				   words, "");
			break;
		}
		snprintf(words, sizeof(words), "%s again (%u)", s->syn ? "SYN" : "SYN, ACK",
			 s->attempt);
		ladder_row(pen, c, s->t, "", s->syn ? TO_SERVER : TO_CLIENT, words, "");
		if (s->syn)
			draw_full(pen, c, s);
		break;
	case EVENT_DROP:
		draw_drop(pen, c, s);
		break;
	case EVENT_WHY:
		snprintf(words, sizeof(words), "not accepted: %s", words_of_diagnosis(s->reason));
		ladder_row(pen, c, s->t, "", AT_SERVER, words, "");
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
