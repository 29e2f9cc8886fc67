// SPDX-License-Identifier: BSD-2-Clause
#include "otlp/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "base/text.h"
#include "event/tcp.h"
#include "event/vocabulary.h"

/* SeverityNumber of logs.proto */
#define INFO 9
#define WARN 13

#define BODY_BYTES 512

/* ---- which ---- */

/*
 * Where it is remembered, or else where it can be: a place that is free, or of one that is well.
 * OTLP_VERDICTS: nowhere.
 */
static unsigned int place_of(const struct otlp_verdicts *v, uint64_t cookie)
{
	unsigned int at = (unsigned int)(hash_mix(cookie) % OTLP_VERDICTS), room = OTLP_VERDICTS;

	for (unsigned int i = 0; i < OTLP_VERDICTS; i++, at = (at + 1) % OTLP_VERDICTS) {
		if (v->of[at].cookie == cookie)
			return at;
		if (room == OTLP_VERDICTS && v->of[at].verdict == VERDICT_OK)
			room = at;
		if (!v->of[at].cookie)
			break;
	}
	return room;
}

/* The verdict of a listener that is not known yet is ok. */
static bool verdict_changed(struct otlp_verdicts *v, const struct event *e)
{
	uint64_t cookie = event_get(e, F_COOKIE);
	unsigned int verdict = event_enum(e, F_VERDICT), at;
	bool known, changed;

	if (!cookie || !event_has(e, F_VERDICT))
		return false;
	at = place_of(v, cookie);
	known = at < OTLP_VERDICTS && v->of[at].cookie == cookie;
	changed = (known ? v->of[at].verdict : VERDICT_OK) != verdict;
	if (!changed || at == OTLP_VERDICTS)
		return false;
	v->of[at].cookie = cookie;
	v->of[at].verdict = verdict;
	return true;
}

/* A listener that is gone leaves its place to others. */
static void forget(struct otlp_verdicts *v, uint64_t cookie)
{
	unsigned int at = place_of(v, cookie);

	if (cookie && at < OTLP_VERDICTS && v->of[at].cookie == cookie)
		v->of[at].verdict = VERDICT_OK;
}

bool otlp_log_wants(struct otlp_verdicts *v, const struct event *e)
{
	switch (e->type) {
	case EVENT_META:
	case EVENT_SUMMARY:
	case EVENT_VERIFY:
		return false;
	case EVENT_LISTENER:
		return verdict_changed(v, e);
	case EVENT_STATE:
		if (event_enum(e, F_ROLE) == ROLE_LISTENER &&
		    event_get(e, F_NEW) == TCP_STATE_CLOSE)
			forget(v, event_get(e, F_COOKIE));
		return !event_is_listeners(e);
	case EVENT_SOCKET:
	case EVENT_CLOSE: /* of a listener: that it is there */
		return !event_is_listeners(e);
	default:
		return true;
	}
}

static unsigned int severity_of(const struct event *e)
{
	switch (e->type) {
	case EVENT_ACCEPT_ERROR:
	case EVENT_LISTEN_ERROR:
	case EVENT_RETRANSMIT:
	case EVENT_DROP:
	case EVENT_WHY:
	case EVENT_LOST:
		return WARN;
	case EVENT_LISTENER:
		return event_enum(e, F_VERDICT) == VERDICT_OK ? INFO : WARN;
	case EVENT_CLOSE:
		return event_has(e, F_ACCEPTED) && !event_get(e, F_ACCEPTED) ? WARN : INFO;
	default:
		return INFO;
	}
}

/* ---- names ---- */

static const struct {
	enum field field;
	const char *attribute;
} attributes[] = {
	{F_SOCKET_STATE, "network.connection.state"},
	{F_NEW, "network.connection.state"},
	{F_FAMILY, "network.type"},
	{F_LADDR, "network.local.address"},
	{F_LPORT, "network.local.port"},
	{F_RADDR, "network.peer.address"},
	{F_RPORT, "network.peer.port"},
	{F_PID, "process.pid"},
	{F_TID, "thread.id"},
	{F_CONTAINER_ID, "container.id"},
	{F_POD_UID, "k8s.pod.uid"},
	{F_ERRNO, "error.type"},
};

/* network.connection.state of the semantic conventions: lower case, with names of its own. */
static const char *const states[TCP_STATE_COUNT] = {
	[TCP_STATE_ESTABLISHED] = "established",
	[TCP_STATE_SYN_SENT] = "syn_sent",
	[TCP_STATE_SYN_RECV] = "syn_received",
	[TCP_STATE_FIN_WAIT1] = "fin_wait_1",
	[TCP_STATE_FIN_WAIT2] = "fin_wait_2",
	[TCP_STATE_TIME_WAIT] = "time_wait",
	[TCP_STATE_CLOSE] = "closed",
	[TCP_STATE_CLOSE_WAIT] = "close_wait",
	[TCP_STATE_LAST_ACK] = "last_ack",
	[TCP_STATE_LISTEN] = "listen",
	[TCP_STATE_CLOSING] = "closing",
	[TCP_STATE_NEW_SYN_RECV] = "syn_received",
};

static const char *name_of(enum field f, char own[64])
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (attributes[i].field == f)
			return attributes[i].attribute;
	snprintf(own, 64, "sockstate.%s", field_infos[f].key);
	return own;
}

static const char *state_of(enum field f, uint64_t state)
{
	if (f == F_OLD || state >= TCP_STATE_COUNT || !states[state])
		return tcp_state_name((unsigned int)state);
	return states[state];
}

static void put_address(struct out *o, const char *name, int family, const uint8_t *addr)
{
	char text[TEXT_ADDR_MAX + 1];

	if (!addr || (family != AF_INET && family != AF_INET6))
		return;
	*text_addr(text, family, addr) = '\0';
	otlp_put_attribute(o, name, text);
}

/* Lists and objects are left out: the stream of --json has them. */
static void put_field(struct out *o, const struct event *e, enum field f)
{
	const union field_value *v = &e->v[f];
	const char *name, *word;
	char own[64];

	name = name_of(f, own);
	switch (field_infos[f].kind) {
	case KIND_U64:
		otlp_put_attribute_number(o, name, v->u < INT64_MAX ? (int64_t)v->u : INT64_MAX);
		break;
	case KIND_I64:
		otlp_put_attribute_number(o, name, v->i);
		break;
	case KIND_BOOL:
		otlp_put_attribute_bool(o, name, v->u != 0);
		break;
	case KIND_ENUM:
		word = vocabulary_name(field_infos[f].vocabulary, (unsigned int)v->u);
		if (word)
			otlp_put_attribute(o, name, word);
		break;
	case KIND_STATE:
		otlp_put_attribute(o, name, state_of(f, v->u));
		break;
	case KIND_TEXT:
		if (v->text)
			otlp_put_attribute(o, name, v->text);
		break;
	case KIND_ADDR:
		put_address(o, name, e->family, v->addr);
		break;
	default:
		break;
	}
}

/* ---- for a person ---- */

/* What a line is about, most telling first. */
static const char *about(const struct event *e)
{
	static const enum field fields[] = {F_DROP_REASON,  F_END,    F_VERDICT, F_DIAGNOSIS,
					    F_RESET_REASON, F_REASON, F_WHERE,	 F_WHAT};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (event_has(e, fields[i]))
			return event_word(e, fields[i]);
	if (event_has(e, F_ERRNO))
		return event_text(e, F_ERRNO);
	return event_has(e, F_NEW) ? tcp_state_name((unsigned int)event_get(e, F_NEW)) : NULL;
}

static size_t put_end(char *at, size_t size, const char *before, const struct event *e,
		      enum field addr, enum field port)
{
	char text[TEXT_END_MAX];

	if (!event_has(e, addr) || !e->v[addr].addr || !event_has(e, port))
		return 0;
	text_end(text, e->family, e->v[addr].addr, (int)event_get(e, port));
	snprintf(at, size, "%s%s", before, text);
	return strlen(at);
}

/* "drop: accept_queue_full 192.0.2.1:80 peer 192.0.2.9:4711". */
static void make_body(char body[BODY_BYTES], const struct event *e)
{
	const char *word = about(e), *sentence = event_text(e, F_SENTENCE);
	size_t n;

	snprintf(body, BODY_BYTES, "%s%s%s", event_type_name(e->type), word ? ": " : "",
		 word ? word : "");
	n = strlen(body);
	n += put_end(body + n, BODY_BYTES - n, " ", e, F_LADDR, F_LPORT);
	n += put_end(body + n, BODY_BYTES - n, " peer ", e, F_RADDR, F_RPORT);
	if (sentence)
		snprintf(body + n, BODY_BYTES - n, " %s", sentence);
}

void otlp_log(struct otlp_request *r, const struct event *e, int64_t boot_offset_ns,
	      uint64_t seen_ns)
{
	unsigned int severity = severity_of(e);
	struct out *o = &r->out;
	char body[BODY_BYTES];

	if (r->out.len >= OTLP_REQUEST_BYTES)
		otlp_request_end(r, "");
	otlp_request_item(r);
	if (r->items > 1)
		out_text(o, ",");
	out_text(o, "{");
	otlp_put_number(o, "timeUnixNano", (uint64_t)((int64_t)e->t + boot_offset_ns));
	out_text(o, ",");
	otlp_put_number(o, "observedTimeUnixNano", seen_ns);
	out_format(o,
		   ",\"severityNumber\":%u,\"severityText\":\"%s\",\"eventName\":\"sockstate.%s\"",
		   severity, severity == WARN ? "WARN" : "INFO", event_type_name(e->type));
	make_body(body, e);
	out_text(o, ",\"body\":{\"stringValue\":");
	otlp_put_text(o, body);
	out_text(o, "},\"attributes\":[");
	if (event_has(e, F_LADDR))
		otlp_put_attribute(o, "network.transport", "tcp");
	for (unsigned int f = 0; f < FIELD_COUNT; f++)
		if (event_has(e, (enum field)f))
			put_field(o, e, (enum field)f);
	out_text(o, "]}");
}
