/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fact_text.h - the tracker's test cases as stories: facts written as text, and below each the
 * lines that come of it.
 *
 *	10.000 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
 *	    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 ...
 *
 * A fact is: seconds, kind, then in any order
 *	#7		cookie			A:p<B:p		ends, local first ('<' and '>' mean the same to us)
 *	OLD>NEW		states			+owned		a flag of enum fact_flag
 *	q=1:0/2/1	listener's cookie : accept queue / backlog / SYN queue, at its usual address; young= drops= stamp=
 *	isn=100/200	client's / server's	copy=0/2	a child's copy of accept queue / backlog
 *	by=50:51/nc	pid:tid/comm		ns=2		namespace; 1 where not given
 *	sk=5		address of the socket or child			called=10.5	seconds
 * and the plain numbers and names in set_number() and set_word().
 *
 * A line that comes of it is indented: its type, who (role#cookie@listener, ends, [pid/comm]), then
 * every field in the order of the catalogue. Times are in milliseconds, to the nanosecond. Lines
 * before the first fact configure the tracker.
 */
#ifndef SOCKSTATE_STORYBOOK_H
#define SOCKSTATE_STORYBOOK_H

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/tcp.h"
#include "fact/decode.h"
#include "tracker/tracker.h"

struct text {
	char *s;
	size_t len, size;
};

__attribute__((format(printf, 2, 3))) static inline void add(struct text *t, const char *format,
							     ...)
{
	va_list args;
	int n;

	if (t->size - t->len < 4096) {
		t->size = t->size ? t->size * 2 : 65536;
		t->s = realloc(t->s, t->size);
		if (!t->s)
			abort();
	}
	va_start(args, format);
	n = vsnprintf(t->s + t->len, t->size - t->len, format, args);
	va_end(args);
	t->len += (size_t)n;
}

/* ---- lines ---- */

struct telling {
	struct text text;
	uint64_t t; /* of the fact that is being told */
};

static inline void add_ms(struct text *t, uint64_t ns)
{
	unsigned int digits = 6;
	uint64_t rest = ns % 1000000;

	add(t, "%" PRIu64, ns / 1000000);
	while (digits && rest % 10 == 0) {
		rest /= 10;
		digits--;
	}
	if (digits)
		add(t, ".%0*" PRIu64, (int)digits, rest);
	add(t, "ms");
}

static inline void add_end(struct text *t, const struct event *e, enum field addr, enum field port)
{
	char s[INET6_ADDRSTRLEN] = "?";

	if (event_has(e, addr))
		inet_ntop(e->family, e->v[addr].addr, s, sizeof(s));
	add(t, strchr(s, ':') ? "[%s]" : "%s", s);
	if (event_has(e, port))
		add(t, ":%" PRIu64, event_get(e, port));
}

static inline void add_who(struct text *t, const struct event *e)
{
	if (event_has(e, F_ROLE) || event_has(e, F_COOKIE))
		add(t, " %s", event_has(e, F_ROLE) ? event_text(e, F_ROLE) : "?");
	if (event_has(e, F_COOKIE))
		add(t, "#%" PRIu64, event_get(e, F_COOKIE));
	if (event_has(e, F_LISTENER))
		add(t, "@%" PRIu64, event_get(e, F_LISTENER));
	if (event_has(e, F_LADDR) || event_has(e, F_LPORT)) {
		add(t, " ");
		add_end(t, e, F_LADDR, F_LPORT);
	}
	if (event_has(e, F_RADDR) || event_has(e, F_RPORT)) {
		add(t, "<");
		add_end(t, e, F_RADDR, F_RPORT);
	}
	if (event_has(e, F_NETNS) && event_get(e, F_NETNS) != 1)
		add(t, " ns=%" PRIu64, event_get(e, F_NETNS));
	if (event_has(e, F_PID))
		add(t, " [%" PRIu64, event_get(e, F_PID));
	if (event_has(e, F_TID))
		add(t, ":%" PRIu64, event_get(e, F_TID));
	if (event_has(e, F_COMM))
		add(t, "/%s", event_text(e, F_COMM));
	if (event_has(e, F_PID))
		add(t, "]");
}

static inline void add_quantiles(struct text *t, const char *name, const struct quantiles *q)
{
	add(t, " %s=%" PRIu64, name, q->count);
	if (!q->count)
		return;
	add(t, ":");
	add_ms(t, q->p50);
	add(t, "/");
	add_ms(t, q->p90);
	add(t, "/");
	add_ms(t, q->p99);
	add(t, "/");
	add_ms(t, q->max);
}

static inline void add_field(struct text *t, const struct event *e, enum field f)
{
	const struct field_info *info = &field_infos[f];
	const union field_value *v = &e->v[f];
	size_t len = strlen(info->key);

	if (info->kind == KIND_LISTENERS) {
		for (size_t i = 0; i < v->listeners->count; i++) {
			const struct listener_summary *s = &v->listeners->list[i];

			add(t,
			    "\n        #%" PRIu64 " port=%u completed=%" PRIu64 " accepted=%" PRIu64
			    " drops=%" PRIu64,
			    s->cookie, s->port, s->completed, s->accepted, s->drops);
			add_quantiles(t, "handshake", &s->handshake);
			add_quantiles(t, "accept_wait", &s->accept_wait);
		}
		return;
	}
	add(t, " %s=", info->key);
	switch (info->kind) {
	case KIND_STATE:
		add(t, "%s", tcp_state_name((unsigned int)v->u));
		break;
	case KIND_TEXT:
		add(t, strchr(v->text, ' ') ? "\"%s\"" : "%s", v->text);
		break;
	case KIND_STATES:
		add(t, "{");
		for (unsigned int s = 0, n = 0; s < TCP_STATE_COUNT; s++)
			if (v->states[s]) {
				add(t, "%s%s:", n++ ? " " : "", tcp_state_name(s));
				add_ms(t, v->states[s]);
			}
		add(t, "}");
		break;
	case KIND_DROPS:
		add(t, "{");
		for (int r = 0, n = 0; r < DROP_REASON_COUNT; r++)
			if (v->drops[r])
				add(t, "%s%s:%" PRIu64, n++ ? " " : "",
				    drop_reason_name((enum drop_reason)r), v->drops[r]);
		add(t, "}");
		break;
	case KIND_I64:
		add(t, "%" PRId64, v->i);
		break;
	case KIND_BOOL:
		add(t, "%s", v->u ? "true" : "false");
		break;
	default:
		if (len > 3 && !strcmp(info->key + len - 3, "_ns"))
			add_ms(t, v->u);
		else
			add(t, "%" PRIu64, v->u);
	}
}

static inline void tell_story(void *ctx, const struct event *e)
{
	struct telling *told = ctx;
	struct text *t = &told->text;

	add(t, "    ");
	if (e->t != told->t) {
		add(t, "(at ");
		add_ms(t, e->t);
		add(t, ") ");
	}
	add(t, "%s%s", e->late ? "late " : "", event_type_name(e->type));
	if (event_has(e, F_OLD))
		add(t, " %s->%s", tcp_state_name((unsigned int)event_get(e, F_OLD)),
		    tcp_state_name((unsigned int)event_get(e, F_NEW)));
	add_who(t, e);
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (!event_has(e, f) || f == F_OLD || f == F_NEW || (f >= F_ROLE && f <= F_COMM))
			continue;
		add_field(t, e, (enum field)f);
	}
	add(t, "\n");
}

/* ---- facts ---- */

union any_fact {
	struct fact_hdr h;
	struct fact_state state;
	struct fact_listen listen;
	struct fact_connect connect;
	struct fact_established established;
	struct fact_closed closed;
	struct fact_syn syn;
	struct fact_drop drop;
	struct fact_enqueue enqueue;
	struct fact_accept accept;
	struct fact_reset reset;
	struct fact_timewait timewait;
	struct fact_existing existing;
	struct fact_lost lost;
};

/* What the words of a line say, before the kind of fact is filled from it. */
struct words {
	struct fact_sock s;
	struct fact_queues q;
	struct fact_task task;
	unsigned int old, new;
	uint32_t flags;
	uint64_t cpu, client_isn, server_isn, copy_queue, copy_backlog, count, called, of;
	uint64_t pid, srtt, retrans, err, in, out, fd, drop_reason, reset_reason, seq, attempt,
		asked, somaxconn, inode, where, segments;
	bool asked_known, fd_known, isns_known;
};

static const char *const story_kinds[FACT_KINDS] = {
	[FACT_STATE] = "state",	      [FACT_LISTEN] = "listen",
	[FACT_CONNECT] = "connect",   [FACT_ESTABLISHED] = "est",
	[FACT_CLOSED] = "closed",     [FACT_SYN] = "syn",
	[FACT_RETRANSMIT] = "again",  [FACT_EXPIRED] = "expired",
	[FACT_DROP] = "drop",	      [FACT_ENQUEUE] = "enqueue",
	[FACT_ACCEPT] = "accept",     [FACT_RESET] = "reset",
	[FACT_TIMEWAIT] = "timewait", [FACT_TIMEWAIT_END] = "timewait_end",
	[FACT_EXISTING] = "existing", [FACT_EXISTING_END] = "walked",
	[FACT_LOST] = "lost",	      [FACT_TICK] = "tick",
};

static const char *const story_flags[] = {"owned",     "syncookie", "fastopen", "synack",
					  "peer_fin",  "sent",	    "io_uring", "again",
					  "functions", "recovered", "mptcp",	"segment_syn",
					  "acked",     "socket",    "fin_sent", "unreachable"};
static const char *const story_drops[FACT_DROP_REASONS] = {"unknown",	      "accept_queue_full",
							   "syn_queue_full",  "cookie_invalid",
							   "listener_closed", "other"};
static const char *const story_resets[FACT_RESET_REASONS] = {
	"unknown",	   "no_socket",	 "state",   "abort_on_close", "abort_on_linger",
	"abort_on_memory", "disconnect", "timeout", "other"};
static const char *const story_places[FACT_LOST_PLACES] = {"ring", "recursion", "map", "decode",
							   "evicted"};

static inline int find_word(const char *const *list, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] && !strcmp(list[i], word))
			return (int)i;
	return -1;
}
#define FIND(list, word) find_word(list, sizeof(list) / sizeof(*(list)), word)

/* "10.25" seconds in ns */
static inline uint64_t seconds(const char *s)
{
	char *end;
	uint64_t ns = strtoull(s, &end, 10) * 1000000000, unit = 100000000;

	if (*end == '.')
		for (end++; *end >= '0' && *end <= '9'; end++, unit /= 10)
			ns += (uint64_t)(*end - '0') * unit;
	return ns;
}

static inline bool set_end(const char *s, uint16_t *family, uint8_t *addr, uint16_t *port)
{
	char host[64];
	const char *colon = strrchr(s, ':');

	if (!colon || (size_t)(colon - s) >= sizeof(host))
		return false;
	*port = (uint16_t)atoi(colon + 1);
	snprintf(host, sizeof(host), "%.*s", (int)(colon - s), s);
	if (*host != '[') {
		*family = AF_INET;
		return inet_pton(AF_INET, host, addr) == 1;
	}
	*family = AF_INET6;
	host[strcspn(host, "]")] = '\0';
	return inet_pton(AF_INET6, host + 1, addr) == 1;
}

static inline unsigned int state_of(const char *name)
{
	for (unsigned int s = 0; s < TCP_STATE_COUNT; s++)
		if (!strcmp(tcp_state_name(s), name))
			return s;
	return 99;
}

static inline bool set_states(struct words *w, char *word)
{
	char *to = strchr(word, '>');

	*to = '\0';
	w->old = state_of(word);
	w->new = state_of(to + 1);
	w->s.state = (uint16_t)w->new;
	return w->old < TCP_STATE_COUNT && w->new < TCP_STATE_COUNT;
}

static inline bool set_number(struct words *w, const char *key, const char *value)
{
	uint64_t n = strtoull(value, NULL, 0);
	uint64_t *const numbers[] = {&w->cpu,	    &w->count, &w->of,	  &w->pid,     &w->retrans,
				     &w->in,	    &w->out,   &w->seq,	  &w->fd,      &w->attempt,
				     &w->somaxconn, &w->inode, &w->asked, &w->segments};
	static const char *const keys[] = {"cpu",	"count", "of",	  "pid",     "retrans",
					   "in",	"out",	 "seq",	  "fd",	     "attempt",
					   "somaxconn", "inode", "asked", "segments"};
	uint32_t *const figures[] = {&w->q.syn_young, &w->q.drops, &w->q.cookie_stamp, &w->s.netns};
	static const char *const figure_keys[] = {"young", "drops", "stamp", "ns"};
	int i = FIND(keys, key);

	if (!strcmp(key, "asked"))
		w->asked_known = true;
	if (!strcmp(key, "fd"))
		w->fd_known = true;
	if (i >= 0) {
		*numbers[i] = n;
		return true;
	}
	i = FIND(figure_keys, key);
	if (i >= 0)
		*figures[i] = (uint32_t)n;
	else if (!strcmp(key, "sk"))
		w->s.sk = n;
	else if (!strcmp(key, "qsk"))
		w->q.sk = n;
	else
		return false;
	return true;
}

static inline bool set_word(struct words *w, const char *key, const char *value)
{
	unsigned int a = 0, b = 0, c = 0, cookie = 0;
	static const struct {
		const char *name;
		int err;
	} errnos[] = {{"ETIMEDOUT", ETIMEDOUT},	  {"EHOSTUNREACH", EHOSTUNREACH},
		      {"ECONNRESET", ECONNRESET}, {"ECONNREFUSED", ECONNREFUSED},
		      {"EMFILE", EMFILE},	  {"EAGAIN", EAGAIN},
		      {"EPIPE", EPIPE},		  {"ECONNABORTED", ECONNABORTED}};

	if (!strcmp(key, "q") && sscanf(value, "%u:%u/%u/%u", &cookie, &a, &b, &c) == 4) {
		w->q.cookie = cookie;
		w->q.sk = w->q.sk ? w->q.sk : 0xffff0000u + cookie;
		w->q.accept_queue = a;
		w->q.backlog = b;
		w->q.syn_queue = c;
		return true;
	}
	if (!strcmp(key, "isn") && sscanf(value, "%u/%u", &a, &b) == 2) {
		w->client_isn = a;
		w->server_isn = b;
		return w->isns_known = true;
	}
	if (!strcmp(key, "copy") && sscanf(value, "%u/%u", &a, &b) == 2) {
		w->copy_queue = a;
		w->copy_backlog = b;
		return true;
	}
	if (!strcmp(key, "by") && sscanf(value, "%u", &a) == 1) {
		w->task.pid = w->task.tid = a;
		if (strchr(value, ':'))
			w->task.tid = (uint32_t)atoi(strchr(value, ':') + 1);
		snprintf(w->task.comm, sizeof(w->task.comm), "%s",
			 strchr(value, '/') ? strchr(value, '/') + 1 : "");
		w->flags |= FACT_F_OWNED;
		return true;
	}
	if (!strcmp(key, "state"))
		return (w->s.state = (uint16_t)state_of(value)) < TCP_STATE_COUNT;
	if (!strcmp(key, "srtt")) {
		w->srtt = seconds(value) / 1000;
		return true;
	}
	if (!strcmp(key, "called")) {
		w->called = seconds(value);
		return true;
	}
	for (size_t i = 0; !strcmp(key, "err") && i < sizeof(errnos) / sizeof(*errnos); i++)
		if (!strcmp(errnos[i].name, value)) {
			w->err = (uint64_t)errnos[i].err;
			return true;
		}
	if (!strcmp(key, "reason")) {
		int drop = FIND(story_drops, value), reset = FIND(story_resets, value);

		w->drop_reason = (uint64_t)(drop > 0 ? drop : 0);
		w->reset_reason = (uint64_t)(reset > 0 ? reset : 0);
		return drop >= 0 || reset >= 0;
	}
	if (!strcmp(key, "where"))
		return (w->where = (uint64_t)FIND(story_places, value)) < FACT_LOST_PLACES;
	return set_number(w, key, value);
}

static inline bool set(struct words *w, char *word)
{
	char *equals = strchr(word, '='), *arrow = strpbrk(word, "<>");

	if (*word == '#') {
		w->s.cookie = strtoull(word + 1, NULL, 10);
		return true;
	}
	if (*word == '+') {
		int flag = FIND(story_flags, word + 1);

		if (flag >= 0)
			w->flags |= 1u << flag;
		return flag >= 0;
	}
	if (equals) {
		*equals = '\0';
		return set_word(w, word, equals + 1);
	}
	if (arrow && *word >= 'A')
		if (*word != '[')
			return set_states(w, word);
	if (arrow) {
		*arrow = '\0';
		return set_end(word, &w->s.family, w->s.laddr, &w->s.lport) &&
		       set_end(arrow + 1, &w->s.family, w->s.raddr, &w->s.rport);
	}
	return set_end(word, &w->s.family, w->s.laddr, &w->s.lport);
}

static inline void fill(union any_fact *f, enum fact_kind kind, const struct words *w)
{
	bool client = w->old == TCP_STATE_SYN_SENT;

	switch (kind) {
	case FACT_STATE:
		f->state = (struct fact_state){.s = w->s,
					       .old = (uint8_t)w->old,
					       .new = (uint8_t)w->new,
					       .pid = (uint32_t)w->pid};
		break;
	case FACT_LISTEN:
		f->listen = (struct fact_listen){.s = w->s,
						 .q = w->q,
						 .task = w->task,
						 .old = (uint8_t)w->old,
						 .new = (uint8_t)w->new,
						 .somaxconn = (uint32_t)w->somaxconn,
						 .backlog_asked = (uint32_t)w->asked,
						 .asked_known = w->asked_known};
		break;
	case FACT_CONNECT:
		f->connect = (struct fact_connect){.s = w->s,
						   .task = w->task,
						   .old = TCP_STATE_CLOSE,
						   .new = TCP_STATE_SYN_SENT};
		break;
	case FACT_ESTABLISHED:
		f->established = (struct fact_established){
			.s = w->s,
			.old = (uint8_t)w->old,
			.new = (uint8_t)w->new,
			.pid = (uint32_t)w->pid,
			.local_isn = (uint32_t)(client ? w->client_isn : w->server_isn),
			.remote_isn = (uint32_t)(client ? w->server_isn : w->client_isn),
			.srtt_us = (uint32_t)w->srtt,
			.retrans = (uint32_t)w->retrans,
			.accept_queue = (uint32_t)w->copy_queue,
			.backlog = (uint32_t)w->copy_backlog};
		break;
	case FACT_CLOSED:
		f->closed = (struct fact_closed){.s = w->s,
						 .old = (uint8_t)w->old,
						 .new = (uint8_t)w->new,
						 .err = (uint16_t)w->err,
						 .pid = (uint32_t)w->pid,
						 .bytes_in = w->in,
						 .bytes_out = w->out,
						 .retrans = (uint32_t)w->retrans,
						 .srtt_us = (uint32_t)w->srtt};
		break;
	case FACT_SYN:
	case FACT_RETRANSMIT:
	case FACT_EXPIRED:
		f->syn = (struct fact_syn){.s = w->s,
					   .q = w->q,
					   .client_isn = (uint32_t)w->client_isn,
					   .server_isn = (uint32_t)w->server_isn,
					   .attempt = (uint32_t)w->attempt};
		break;
	case FACT_DROP:
		f->drop = (struct fact_drop){.s = w->s,
					     .q = w->q,
					     .reason = (uint16_t)w->drop_reason,
					     .segments = (uint16_t)w->segments,
					     .client_seq = (uint32_t)w->seq};
		break;
	case FACT_ENQUEUE:
		f->enqueue = (struct fact_enqueue){.q = w->q,
						   .child = w->s.sk,
						   .child_cookie = w->s.cookie,
						   .netns = w->s.netns,
						   .lport = w->s.lport,
						   .rport = w->s.rport};
		break;
	case FACT_ACCEPT:
		f->accept = (struct fact_accept){.s = w->s,
						 .q = w->q,
						 .task = w->task,
						 .called = w->called,
						 .fd = w->fd_known ? (int32_t)w->fd : -1,
						 .err = (int32_t)w->err};
		break;
	case FACT_RESET:
		f->reset = (struct fact_reset){
			.s = w->s, .reason = (uint32_t)w->reset_reason, .pid = (uint32_t)w->pid};
		break;
	case FACT_TIMEWAIT:
	case FACT_TIMEWAIT_END:
		f->timewait = (struct fact_timewait){.s = w->s};
		break;
	case FACT_EXISTING:
		f->existing = (struct fact_existing){.s = w->s,
						     .q = w->q,
						     .task = w->task,
						     .fd = w->fd_known ? (int32_t)w->fd : -1,
						     .inode = (uint32_t)w->inode,
						     .retrans = (uint32_t)w->retrans,
						     .srtt_us = (uint32_t)w->srtt,
						     .bytes_in = w->in,
						     .bytes_out = w->out,
						     .listener_cookie = w->of};
		break;
	case FACT_LOST:
		f->lost = (struct fact_lost){.count = w->count, .where = (uint32_t)w->where};
		break;
	default:
		break;
	}
}

/* NULL: good. Else the word that is not understood. line is cut into pieces. */
static inline const char *read_fact(char *line, union any_fact *f)
{
	char *save, *when = strtok_r(line, " \t\n", &save), *what = strtok_r(NULL, " \t\n", &save);
	struct words w = {.s = {.netns = 1, .family = AF_INET}};
	int kind = what ? FIND(story_kinds, what) : -1;

	if (kind < 0)
		return what ? what : when;
	for (char *word; (word = strtok_r(NULL, " \t\n", &save));)
		if (!set(&w, word))
			return word;
	if (kind == FACT_ESTABLISHED && !w.old) {
		w.old = TCP_STATE_SYN_RECV;
		w.new = w.s.state = TCP_STATE_ESTABLISHED;
	}
	if (kind == FACT_LISTEN && !w.old) {
		w.old = w.flags & FACT_F_AGAIN ? TCP_STATE_LISTEN : TCP_STATE_CLOSE;
		w.new = w.s.state = TCP_STATE_LISTEN;
	}
	if (kind == FACT_ACCEPT && w.s.state == 0)
		w.s.state = TCP_STATE_ESTABLISHED;
	memset(f, 0, sizeof(*f));
	fill(f, (enum fact_kind)kind, &w);
	f->h = (struct fact_hdr){.t = seconds(when),
				 .size = (uint16_t)fact_size((unsigned int)kind),
				 .kind = (uint8_t)kind,
				 .cpu = (uint8_t)w.cpu,
				 .flags = w.flags};
	return fact_decode(f, f->h.size) ? NULL : "(not a good fact)";
}

/* ---- configuration ---- */

/* What a kernel with all hooks knows, and one that refuses fentry. */
static inline void know_tier(struct fact_list *facts, bool full)
{
	for (int i = 0; i < KNOW_COUNT; i++)
		facts->fact[i].is = FACT_IS_EXACT;
	if (full)
		return;
	facts->fact[KNOW_SYN_RECV_BEGIN].is = facts->fact[KNOW_HANDSHAKE].is = FACT_IS_DERIVED;
	facts->fact[KNOW_SYN_DROP].is = facts->fact[KNOW_REQUEST_EXPIRED].is = FACT_IS_DERIVED;
	facts->fact[KNOW_TIME_WAIT_BEGIN].is = FACT_IS_DERIVED;
	facts->fact[KNOW_TIME_WAIT_END].is = FACT_IS_ABSENT;
}

static inline bool configure(struct tracker_config *c, char *line)
{
	char *save, *key = strtok_r(line, " \t\n", &save), *a = strtok_r(NULL, " \t\n", &save);
	char *b = strtok_r(NULL, " \t\n", &save);

	if (!strcmp(key, "raw"))
		return c->raw = true;
	if (!a)
		return false;
	if (!strcmp(key, "tier")) {
		know_tier(&c->facts, !strcmp(a, "full"));
	} else if (!strcmp(key, "side")) {
		c->filter.side = !strcmp(a, "server") ? SIDE_SERVER : SIDE_CLIENT;
	} else if (!strcmp(key, "interval")) {
		c->interval_ns = seconds(a);
	} else if (!strcmp(key, "max")) {
		c->max_connections = (size_t)atoi(a);
		c->max_requests = b ? (size_t)atoi(b) : 0;
	} else if (!strcmp(key, "know") && b) {
		for (int i = 0; i < KNOW_COUNT; i++)
			if (!strcmp(fact_name((enum fact_name)i), a))
				c->facts.fact[i].is = !strcmp(b, "exact")     ? FACT_IS_EXACT
						      : !strcmp(b, "derived") ? FACT_IS_DERIVED
									      : FACT_IS_ABSENT;
	} else {
		return false;
	}
	return true;
}

/* ---- a story ---- */

/*
 * The story as it is told now: its facts and comments as they stand, its lines as they come. The
 * caller frees it.
 */
static inline char *retell(const char *story)
{
	struct telling told = {0};
	struct tracker_config config;
	struct tracker *t = NULL;
	char *copy = strdup(story);

	tracker_config_init(&config);
	know_tier(&config.facts, true);
	for (char *line = copy, *end; *line; line = end) {
		union any_fact f;
		const char *wrong = NULL;

		end = line + strcspn(line, "\n");
		end += *end == '\n';
		if (*line == ' ' || *line == '\t')
			continue;
		add(&told.text, "%.*s", (int)(end - line), line);
		if (*line == '#' || *line == '\n')
			continue;
		char *words = strndup(line, (size_t)(end - line));

		if (*words < '0' || *words > '9') {
			if (t || !configure(&config, words))
				wrong = "(not understood)";
		} else {
			t = t ? t : tracker_new(&config, tell_story, &told);
			told.t = seconds(words);
			if (strstr(words, " end"))
				tracker_finish(t, told.t);
			else if (!(wrong = read_fact(words, &f)))
				tracker_fact(t, &f.h);
		}
		if (wrong)
			add(&told.text, "    ERROR: %s\n", wrong);
		free(words);
	}
	add(&told.text, "%s", "");
	tracker_free(t);
	free(copy);
	return told.text.s;
}

#endif
