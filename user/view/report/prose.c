// SPDX-License-Identifier: BSD-2-Clause
#include "view/report/prose.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "view/words.h"

const char *prose_kind(enum worst_kind kind)
{
	static const char *const words[WORST_KIND_COUNT] = {
		[WORST_ACCEPTED] = "taken by accept()",
		[WORST_ESTABLISHED] = "established",
		[WORST_WAITING] = "still waiting for accept()",
		[WORST_REFUSED] = "refused",
		[WORST_NEVER_ACCEPTED] = "never accepted",
		[WORST_NOT_CONNECTED] = "not connected",
		[WORST_HALF_OPEN] = "half open, given up",
	};

	return kind < WORST_KIND_COUNT ? words[kind] : "";
}

#define say(p, ...) out_format((p)->out, __VA_ARGS__)

static const char *lasted(const struct prose *p, char buf[TEXT_DURATION_MAX], uint64_t ns)
{
	text_duration(buf, ns, p->utf8);
	return buf;
}

/* "curl[4711]", "process 4711", "" */
static const char *owner_name(const struct prose *p, const struct life_owner *o, char buf[64])
{
	char name[48];

	buf[0] = '\0';
	if (!o->pid)
		return buf;
	text_clean(name, sizeof(name), o->comm, 15, p->utf8);
	snprintf(buf, 64, *name ? "%s[%u]" : "%sprocess %u", name, o->pid);
	return buf;
}

static void say_ends(const struct prose *p, const struct life *l)
{
	struct text_clock clock = {0};
	char stamp[16], client[TEXT_END_MAX], server[TEXT_END_MAX], who[64];

	*text_time_of_day(&clock, stamp, (int64_t)l->t_first + p->run->boot_offset_ns,
			  p->utc_offset_s) = '\0';
	life_end(l, LIFE_CLIENT, client);
	life_end(l, LIFE_SERVER, server);
	if (l->preexisting)
		say(p, "The connection from %s", client);
	else
		say(p, "At %s %s", stamp, client);
	if (*owner_name(p, &l->owner[LIFE_CLIENT], who))
		say(p, " (%s)", who);
	say(p, l->preexisting ? " to %s" : " opened a connection to %s", server);
	if (*owner_name(p, &l->owner[LIFE_SERVER], who))
		say(p, ", where %s listens", who);
	if (l->preexisting)
		say(p, " was there before the recording began at %s", stamp);
	say(p, ".");
}

static const char *times(uint32_t n, char buf[24])
{
	if (n == 1)
		return "once";
	if (n == 2)
		return "twice";
	snprintf(buf, 24, "%u times", n);
	return buf;
}

/* "its SYN twice and its final ACK 3 times" */
static void say_refused_what(const struct prose *p, const struct life *l)
{
	const struct {
		const char *what;
		uint32_t n;
	} parts[] = {{"SYN", l->refused_syns}, {"final ACK", l->refused_acks}};
	bool any = false;
	char count[24];

	for (unsigned int i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!parts[i].n)
			continue;
		say(p, "%s its %s", any ? " and" : "", parts[i].what);
		if (parts[i].n > 1)
			say(p, " %s", times(parts[i].n, count));
		any = true;
	}
}

static void say_refusals(const struct prose *p, const struct life *l)
{
	char time[TEXT_DURATION_MAX];

	if (!l->refused_syns && !l->refused_acks)
		return;
	say(p, " The listener refused");
	say_refused_what(p, l);
	if (l->drop_reason == DROP_ACCEPT_QUEUE_FULL && l->refused_at_known)
		say(p,
		    ": the accept queue held %u connection%s, and its limit is %u (backlog %u, and one more)",
		    l->refused_queue, text_s(l->refused_queue), l->refused_backlog + 1,
		    l->refused_backlog);
	else if (l->drop_reason != DROP_UNKNOWN && l->drop_reason != DROP_OTHER)
		say(p, " (%s)", words_of_drop(l->drop_reason));
	if (l->t_refused_last > l->t_refused_first)
		say(p, "; %s lay between the first refusal and the last",
		    lasted(p, time, l->t_refused_last - l->t_refused_first));
	say(p, ".");
	if (l->believes)
		say(p,
		    l->established
			    ? " The client had its SYN-ACK, and its connect() had returned: it believed "
			      "that it was connected while the server had no connection yet."
			    : " The client has its SYN-ACK, and its connect() has returned: it believes "
			      "that it is connected, and the server has no connection.");
	else if (l->refused_syns && !l->established)
		say(p,
		    l->closed && l->syn_resent
			    ? " The client got no answer, although its connect() tried again."
		    : l->closed
			    ? " The client got no answer."
			    : " The client got no answer: its connect() goes on trying, with longer "
			      "and longer pauses, until it is answered or gives up.");
}

static void say_handshake(const struct prose *p, const struct life *l)
{
	char time[TEXT_DURATION_MAX], count[24];

	if (l->synack_resent)
		say(p, " The server sent its SYN-ACK again %s: no final ACK was taken meanwhile.",
		    times(l->synack_resent, count));
	if (l->syn_resent && !l->refused_syns)
		say(p, " The client sent its SYN again %s.", times(l->syn_resent, count));
	if (l->handshake_known)
		say(p, " The handshake took %s, from %s to the final ACK.",
		    lasted(p, time, l->handshake_ns),
		    l->basis == BASIS_SYNACK ? "the SYN-ACK (microseconds after the SYN)"
		    : l->basis == BASIS_RTT  ? "the SYN (estimated from the round trip)"
					     : "the SYN");
	else if (l->connect_known)
		say(p, " Its connect() was answered after %s.", lasted(p, time, l->connect_ns));
	if (l->simultaneous)
		say(p,
		    " Both ends connected to each other at once, a simultaneous open: there is no "
		    "listener and no accept().");
	if (l->fastopen)
		say(p, " It was a fast open: the data came with the SYN.");
	if (l->given_up)
		say(p, " The half-open request was given up: %s.", words_of_drop(l->given_up));
}

/* Where it stood in the queue, as far as that was seen. */
static void say_place(const struct prose *p, const struct life *l)
{
	if (l->place_known && l->queue > 1)
		say(p, ", behind %u other%s in a queue that holds %u", l->queue - 1,
		    text_s(l->queue - 1), l->backlog + 1);
}

static void say_accept(const struct prose *p, const struct life *l)
{
	char time[TEXT_DURATION_MAX], who[64];
	bool other = l->acceptor.pid && l->acceptor.pid != l->owner[LIFE_SERVER].pid;

	if (!l->wait_known) {
		say(p, " accept() took it");
	} else if (l->called_late) {
		say(p, " It then waited %s in the accept queue", lasted(p, time, l->wait_ns));
		say_place(p, l);
		say(p, " until the program called accept() and took it");
	} else {
		say(p, " The program was waiting in accept() already and had it after %s",
		    lasted(p, time, l->wait_ns));
	}
	if (l->fd >= 0)
		say(p, ", as descriptor %d", l->fd);
	if (other && *owner_name(p, &l->acceptor, who))
		say(p, " of %s", who);
	say(p, "%s.", l->io_uring ? ", through io_uring" : "");
	if (l->reset_queued && l->t_reset_queued <= l->t_accepted)
		say(p,
		    " It was dead by then: it had been reset while it waited, and the program got a "
		    "connection that it could only close.");
	else if (l->wait_known && l->called_late && l->wait_ns >= NS_MS)
		say(p,
		    " The client could not see that wait: for it the connection was complete, and "
		    "what it sent lay unread.");
}

static void say_unaccepted(const struct prose *p, const struct life *l)
{
	char time[TEXT_DURATION_MAX];
	uint64_t since = l->t_established ? l->t_established : l->t_first;
	uint64_t end = l->reset_queued ? l->t_reset_queued : l->t_closed;

	if (l->closed && l->accepted_known) {
		say(p, " accept() never took it");
		if (end > since)
			say(p, ": after %s%s in the accept queue",
			    l->preexisting ? "at least " : "", lasted(p, time, end - since));
		else
			say(p, ":");
		say(p, l->close_reason == CLOSE_NEVER_ACCEPTED
			       ? " its listener was closed, and the kernel reset it."
			       : " it ended there.");
		say(p,
		    l->client_closed && l->t_client_closed < end
			    ? " The client had closed its end before; nobody ever read what it sent."
			    : " Until then the client could believe that it was being served.");
		return;
	}
	if (l->closed || !l->queued || !report_accepts_known(p->run))
		return;
	say(p, " It was still in the accept queue when the recording ended");
	say_place(p, l);
	say(p, ": it had waited %s%s. The client can only believe that it is being served.",
	    l->preexisting ? "at least " : "",
	    lasted(p, time, p->run->t_last > since ? p->run->t_last - since : 0));
}

static void say_end(const struct prose *p, const struct life *l)
{
	char in[TEXT_DURATION_MAX], out[TEXT_DURATION_MAX], time[TEXT_DURATION_MAX];
	const char *how = words_of_close(l->close_reason, l->close_role);
	const char *why = words_of_reset(l->reset_reason);

	if (!l->closed || l->given_up)
		return;
	if (l->close_reason == CLOSE_REFUSED)
		say(p, " A RST answered its SYN, so that connect() failed at once (ECONNREFUSED).");
	else if (l->close_reason != CLOSE_UNKNOWN && l->close_reason != CLOSE_NEVER_ACCEPTED)
		say(p, " How it ended: %s%s%s%s", how, *why ? " (" : "", why, *why ? ")" : "");
	if (l->close_reason != CLOSE_UNKNOWN && l->close_reason != CLOSE_NEVER_ACCEPTED &&
	    l->close_reason != CLOSE_REFUSED)
		say(p, !l->established && l->life_known ? ", %s after its SYN." : ".",
		    lasted(p, in, l->life_ns));
	if (!l->established)
		return;
	if (l->bytes_known) {
		in[text_bytes(in, l->bytes_in)] = '\0';
		out[text_bytes(out, l->bytes_out)] = '\0';
		say(p, " The %s received %s and sent %s",
		    l->close_role == ROLE_CLIENT ? "client" : "server", in, out);
		if (l->life_known)
			say(p, " in a life of %s", lasted(p, time, l->life_ns));
		say(p, ".");
	}
}

static void say_why(const struct prose *p, const char *what, enum fact_name fact)
{
	const char *why = p->run->facts.fact[fact].why;

	say(p, " Not known: %s%s%s%s.", what, *why ? " (" : "", why, *why ? ")" : "");
}

/* A full queue alone does not tell whose SYN was refused. */
static void say_unanswered(const struct prose *p)
{
	if (p->run->facts.fact[KNOW_SYN_DROP].is == FACT_IS_ABSENT)
		say_why(p,
			"whether the listener refused its SYN, or no answer came for another reason",
			KNOW_SYN_DROP);
	else
		say(p, " Not known: why no answer came. The listener was not seen to refuse it.");
}

/* What a reader may miss, and why nobody can tell. */
static void say_unknown(const struct prose *p, const struct life *l)
{
	if (l->preexisting && !l->handshake_known)
		say(p, " Not known: how its handshake went, it was over before.");
	else if (l->syncookie)
		say(p,
		    " Not known: how long the handshake took. It came from a SYN cookie, for which "
		    "the server keeps no request.");
	else if (l->established && l->seen[LIFE_SERVER] && !l->handshake_known && !l->fastopen)
		say_why(p, "how long the handshake took", KNOW_SYN_RECV_BEGIN);
	if (l->established && l->seen[LIFE_SERVER] && !l->accepted && !l->accepted_known &&
	    !report_accepts_known(p->run))
		say_why(p, "whether accept() took it", KNOW_ACCEPT);
	if (l->accepted && !l->wait_known)
		say(p, " Not known: how long it waited, its wait began before it was seen.");
	if (l->simultaneous || l->close_reason == CLOSE_REFUSED)
		; /* there is no server */
	else if (l->listener_known && !l->established && !l->refused_syns)
		say_unanswered(p);
	else if (!l->seen[LIFE_SERVER] && !l->refused_syns)
		say(p,
		    " Not known: what the server did. Its end is not on this machine, or was not "
		    "traced.");
	else if (l->seen[LIFE_SERVER] && !l->seen[LIFE_CLIENT])
		say(p, " The client is not on this machine, or was not traced: what is said of it "
		       "follows from the segments that came.");
	if (l->closed && l->close_reason == CLOSE_UNKNOWN)
		say(p, " Not known: how it ended, no FIN, RST or error was seen.");
	if (!l->closed && l->established && (l->accepted || !l->queued))
		say(p, " It was still open when the recording ended.");
	if (!l->closed && !l->established && !l->given_up)
		say(p, " Not known: how it went on, nothing more of it was seen.");
	if (p->run->lost)
		say(p, " The recording lacks %llu fact%s lost, so that a step may be missing.",
		    (unsigned long long)p->run->lost,
		    p->run->lost == 1 ? " that was" : "s that were");
}

void prose_life(const struct prose *p, const struct life *l)
{
	say_ends(p, l);
	say_refusals(p, l);
	say_handshake(p, l);
	if (l->accepted)
		say_accept(p, l);
	else if (l->established)
		say_unaccepted(p, l);
	say_end(p, l);
	say_unknown(p, l);
}
