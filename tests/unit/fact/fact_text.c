// SPDX-License-Identifier: BSD-2-Clause
#include "fact/fact_text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/tcp.h"
#include "event/vocabulary.h"
#include "fact/decode.h"

static const char *const story_kinds[FACT_KINDS] = {
	[FACT_STATE] = "state",		[FACT_LISTEN] = "listen",
	[FACT_CONNECT] = "connect",	[FACT_ESTABLISHED] = "est",
	[FACT_CLOSED] = "closed",	[FACT_SYN] = "syn",
	[FACT_RETRANSMIT] = "again",	[FACT_EXPIRED] = "expired",
	[FACT_DROP] = "drop",		[FACT_ENQUEUE] = "enqueue",
	[FACT_ACCEPT] = "accept",	[FACT_RESET] = "reset",
	[FACT_TIMEWAIT] = "timewait",	[FACT_TIMEWAIT_END] = "timewait_end",
	[FACT_EXISTING] = "existing",	[FACT_EXISTING_END] = "walked",
	[FACT_LOST] = "lost",		[FACT_TICK] = "tick",
	[FACT_PROCESS] = "process",	[FACT_PLACE] = "place",
	[FACT_INTERFACE] = "interface",
};

static const char *const story_flags[] = {"owned",	  "syncookie", "fastopen", "synack",
					  "peer_fin",	  "sent",      "io_uring", "again",
					  "functions",	  "recovered", "mptcp",	   "segment_syn",
					  "acked",	  "socket",    "fin_sent", "unreachable",
					  "repair",	  "segment",   "no_syn",   "defers",
					  "queued_since", "syn_came",  "told",	   "given_up"};
static const char *const story_drops[FACT_DROP_REASONS] = {
	"unknown",   "accept_queue_full", "syn_queue_full", "cookie_invalid", "listener_closed",
	"other",     "signature",	  "filter",	    "policy",	      "ttl",
	"netfilter", "connection"};
static const char *const story_places[FACT_LOST_PLACES] = {"ring", "recursion", "map", "decode",
							   "evicted"};

static int find_word(const char *const *list, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] && !strcmp(list[i], word))
			return (int)i;
	return -1;
}

static int find_reset(const char *word)
{
	for (unsigned int i = 0; i < FACT_RESET_REASONS; i++) {
		const struct word *w = vocabulary_word(&vocabulary_reset_reason, i);

		if (w && !strcmp(w->name, word))
			return (int)i;
	}
	return -1;
}
#define FIND(list, word) find_word(list, sizeof(list) / sizeof(*(list)), word)

uint64_t fact_seconds(const char *s)
{
	char *end;
	uint64_t ns = strtoull(s, &end, 10) * 1000000000, unit = 100000000;

	if (*end == '.')
		for (end++; *end >= '0' && *end <= '9'; end++, unit /= 10)
			ns += (uint64_t)(*end - '0') * unit;
	return ns;
}

static bool set_end(const char *s, uint16_t *family, uint8_t *addr, uint16_t *port)
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

static unsigned int state_of(const char *name)
{
	for (unsigned int s = 0; s < TCP_STATE_COUNT; s++)
		if (!strcmp(tcp_state_name(s), name))
			return s;
	return 99;
}

static bool set_states(struct words *w, char *word)
{
	char *to = strchr(word, '>');

	*to = '\0';
	w->old = state_of(word);
	w->new = state_of(to + 1);
	w->s.state = (uint16_t)w->new;
	return w->old < TCP_STATE_COUNT && w->new < TCP_STATE_COUNT;
}

static bool set_number(struct words *w, const char *key, const char *value)
{
	uint64_t n = strtoull(value, NULL, 0);
	uint64_t *const numbers[] = {&w->cpu,	  &w->count,	&w->of,	       &w->pid,
				     &w->retrans, &w->in,	&w->out,       &w->seq,
				     &w->fd,	  &w->attempt,	&w->somaxconn, &w->inode,
				     &w->asked,	  &w->segments, &w->discard};
	static const char *const keys[] = {"cpu",	"count", "of",	  "pid",      "retrans",
					   "in",	"out",	 "seq",	  "fd",	      "attempt",
					   "somaxconn", "inode", "asked", "segments", "discard"};
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

static bool set_word(struct words *w, const char *key, const char *value)
{
	unsigned int a = 0, b = 0, c = 0, cookie = 0;
	static const struct {
		const char *name;
		int err;
	} errnos[] = {{"ETIMEDOUT", ETIMEDOUT},	  {"EHOSTUNREACH", EHOSTUNREACH},
		      {"ECONNRESET", ECONNRESET}, {"ECONNREFUSED", ECONNREFUSED},
		      {"EMFILE", EMFILE},	  {"EAGAIN", EAGAIN},
		      {"EPIPE", EPIPE},		  {"ECONNABORTED", ECONNABORTED},
		      {"EINVAL", EINVAL},	  {"EADDRINUSE", EADDRINUSE}};

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
		w->srtt = fact_seconds(value) / 1000;
		return true;
	}
	if (!strcmp(key, "since")) {
		w->flags |= FACT_F_QUEUED_SINCE;
		w->out = fact_seconds(value);
		return true;
	}
	if (!strcmp(key, "called")) {
		w->called = fact_seconds(value);
		return true;
	}
	for (size_t i = 0; !strcmp(key, "err") && i < sizeof(errnos) / sizeof(*errnos); i++)
		if (!strcmp(errnos[i].name, value)) {
			w->err = (uint64_t)errnos[i].err;
			return true;
		}
	if (!strcmp(key, "reason")) {
		int drop = FIND(story_drops, value), reset = find_reset(value);

		w->drop_reason = (uint64_t)(drop > 0 ? drop : 0);
		w->reset_reason = (uint64_t)(reset > 0 ? reset : 0);
		return drop >= 0 || reset >= 0;
	}
	if (!strcmp(key, "part") || !strcmp(key, "host")) {
		const char *name = strchr(value, ':');

		w->part = strcmp(key, "host") ? (unsigned int)atoi(value) : FACT_PLACE_HOST;
		w->groups = strcmp(key, "host") ? 0 : (unsigned int)atoi(value);
		snprintf(w->name, sizeof(w->name), "%s", name ? name + 1 : "");
		return name;
	}
	if (!strcmp(key, "where"))
		return (w->where = (uint64_t)FIND(story_places, value)) < FACT_LOST_PLACES;
	return set_number(w, key, value);
}

static bool set(struct words *w, char *word)
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

void fact_fill(union any_fact *f, enum fact_kind kind, const struct words *w)
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
						 .err = (uint16_t)w->err,
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
					     .reason = (uint8_t)w->drop_reason,
					     .discard = (uint8_t)w->discard,
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
	case FACT_PROCESS:
		f->process = (struct fact_process){.task = w->task, .parent = (uint32_t)w->of};
		break;
	case FACT_PLACE:
		f->place = (struct fact_place){.pid = (uint32_t)w->pid,
					       .part = (uint8_t)w->part,
					       .groups = (uint8_t)w->groups};
		memcpy(f->place.name, w->name, sizeof(w->name));
		break;
	case FACT_LOST:
		f->lost = (struct fact_lost){.count = w->count, .where = (uint32_t)w->where};
		break;
	default:
		break;
	}
}

const char *fact_read(char *line, union any_fact *f)
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
		w.new = w.s.state = w.err ? TCP_STATE_CLOSE : TCP_STATE_LISTEN;
	}
	if (kind == FACT_ACCEPT && w.s.state == 0)
		w.s.state = TCP_STATE_ESTABLISHED;
	memset(f, 0, sizeof(*f));
	fact_fill(f, (enum fact_kind)kind, &w);
	f->h = (struct fact_hdr){.t = fact_seconds(when),
				 .size = (uint16_t)fact_size((unsigned int)kind),
				 .kind = (uint8_t)kind,
				 .cpu = (uint8_t)w.cpu,
				 .flags = w.flags};
	return fact_decode(f, f->h.size) ? NULL : "(not a good fact)";
}
