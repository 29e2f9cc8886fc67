// SPDX-License-Identifier: BSD-2-Clause
#include "listener/verdict.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "base/units.h"

void verdict_limits_init(struct verdict_limits *limits)
{
	*limits = (struct verdict_limits){
		.slow_ns = 100 * NS_MS,
		.stuck_ns = 5000 * NS_MS,
		.flood_min = 16,
		.flood_old_percent = 50,
	};
}

/* Answers for which no request is kept, and to which hardly any client came back. */
static bool is_flood_of_cookies(const struct verdict_input *in, const struct verdict_limits *limits)
{
	return in->cookies_sent >= limits->flood_min &&
	       in->cookies_completed * 2 < in->cookies_sent;
}

static bool is_flood(const struct verdict_input *in, const struct verdict_limits *limits)
{
	uint32_t old = in->syn_queue > in->syn_young ? in->syn_queue - in->syn_young : 0;

	if (is_flood_of_cookies(in, limits))
		return true;
	if (in->syn_queue < limits->flood_min || in->defers)
		return false;
	/* Many half-open requests are no flood where the clients do answer. */
	if (in->completed >= in->syn_queue)
		return false;
	return (uint64_t)old * 100 >= (uint64_t)in->syn_queue * limits->flood_old_percent ||
	       in->syncookies;
}

static bool is_capped(const struct verdict_input *in)
{
	if (in->backlog_asked)
		return in->backlog_asked > in->backlog;
	return in->somaxconn && in->backlog == in->somaxconn;
}

/*
 * Connections wait long, or others were refused mostly while one had waited long. A pause that
 * ended within the window is a pause, however quickly the program went on.
 */
static bool is_slow(const struct verdict_input *in, const struct verdict_limits *limits)
{
	return in->wait_p50_ns >= limits->slow_ns || in->oldest_wait_ns >= limits->slow_ns ||
	       in->refused_slow * 2 > in->refused;
}

bool verdict_undecided(const struct verdict_input *in, const struct verdict_limits *limits)
{
	return in->refused && in->accept_queue && !in->accepted && !in->shrank &&
	       !is_slow(in, limits);
}

enum verdict verdict_judge(const struct verdict_input *in, const struct verdict_limits *limits)
{
	if (in->fd_errors)
		return VERDICT_OUT_OF_FDS;
	if (in->accept_queue && !in->accepted && in->oldest_wait_ns >= limits->stuck_ns &&
	    in->since_accept_ns >= limits->stuck_ns)
		return VERDICT_APP_STUCK;
	if (is_flood(in, limits))
		return VERDICT_SYN_FLOOD;
	/* A longer queue does not help where accept() comes too late: it only hides it. */
	if (is_slow(in, limits))
		return VERDICT_APP_SLOW;
	if (!in->refused || verdict_undecided(in, limits))
		return VERDICT_OK;
	return is_capped(in) ? VERDICT_BACKLOG_CAPPED : VERDICT_BACKLOG_TOO_SMALL;
}

static void duration(uint64_t ns, char *out, size_t size)
{
	if (ns < 1000 * NS_MS)
		snprintf(out, size, "%.0f ms", (double)ns / 1e6);
	else
		snprintf(out, size, "%.1f s", (double)ns / 1e9);
}

/*
 * Why accept() comes late is not said: the program may be busy, stopped, or idle because nobody
 * woke it. Only a look at it can tell (why/).
 */
static void slow_advice(const struct verdict_input *in, char *out, size_t size)
{
	bool oldest = in->oldest_wait_ns > in->wait_p50_ns;
	uint64_t now = oldest ? in->oldest_wait_ns : in->wait_p50_ns;
	char wait[32];

	if (in->refused_wait_ns > now) {
		duration(in->refused_wait_ns, wait, sizeof(wait));
		snprintf(out, size,
			 "a connection had waited %s for accept() when %" PRIu64
			 " %s refused: accept() came too late, a longer queue only hides it",
			 wait, in->refused, in->refused == 1 ? "was" : "were");
		return;
	}
	duration(now, wait, sizeof(wait));
	snprintf(
		out, size,
		"%s %s%s for accept()%s: the program calls it too late, a longer queue only hides it",
		oldest ? "the oldest connection has waited" : "connections wait",
		oldest && in->oldest_at_least ? "at least " : "", wait,
		in->refused ? " and others are refused" : "");
}

void verdict_advice(enum verdict v, const struct verdict_input *in, char *out, size_t size)
{
	double oldest_s = (double)in->oldest_wait_ns / 1e9;

	out[0] = '\0';
	switch (v) {
	case VERDICT_OUT_OF_FDS:
		snprintf(
			out, size,
			"accept() fails for want of file descriptors: raise RLIMIT_NOFILE or find the descriptors that are never closed");
		break;
	case VERDICT_APP_STUCK:
		snprintf(
			out, size,
			"no accept() while %u connection%s, %s %s%.1f s: look at what the program is doing, not at the network",
			in->accept_queue, in->accept_queue == 1 ? " waits" : "s wait",
			in->accept_queue == 1 ? "for" : "the oldest for",
			in->oldest_at_least ? "at least " : "", oldest_s);
		break;
	case VERDICT_SYN_FLOOD:
		if (in->cookies_sent > in->syn_queue) {
			snprintf(
				out, size,
				"%" PRIu64 " SYN%s answered with SYN cookies, and %" PRIu64
				" handshake%s completed: clients do not complete the handshake; keep net.ipv4.tcp_syncookies=1",
				in->cookies_sent, in->cookies_sent == 1 ? " was" : "s were",
				in->cookies_completed, text_s(in->cookies_completed));
			break;
		}
		snprintf(
			out, size,
			"%u half-open request%s, %u of them unanswered: clients do not complete the handshake; keep net.ipv4.tcp_syncookies=1",
			in->syn_queue, text_s(in->syn_queue),
			in->syn_queue > in->syn_young ? in->syn_queue - in->syn_young : 0);
		break;
	case VERDICT_BACKLOG_CAPPED:
		snprintf(
			out, size,
			"%" PRIu64
			" refused at a limit of %u set by net.core.somaxconn: raise it, then listen() again",
			in->refused, in->backlog);
		break;
	case VERDICT_BACKLOG_TOO_SMALL:
		snprintf(out, size,
			 "%" PRIu64
			 " refused in bursts although %s: raise the backlog of listen() above %u",
			 in->refused,
			 in->accepted ? "the program accepts quickly"
				      : "nothing waits for accept()",
			 in->backlog);
		break;
	case VERDICT_APP_SLOW:
		slow_advice(in, out, size);
		break;
	default:
		break;
	}
}
