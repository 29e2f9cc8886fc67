// SPDX-License-Identifier: BSD-2-Clause
/*
 * The hot path of `--json`: no allocation, no stdio, one pass over the bits of what is present.
 *
 * Longer than 500 lines: one function for each kind of field, all inlined into that one pass.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/json_text.h"
#include "base/text.h"
#include "event/coverage.h"
#include "event/filter.h"
#include "event/owner.h"
#include "event/tcp.h"
#include "event/totals.h"
#include "event/vocabulary.h"
#include "view/impl.h"
#include "view/json_parts.h"
#include "view/json_why.h"

struct json_view {
	struct view base;
	uint64_t seq;
	uint64_t last_t; /* ns: the latest of the lines printed */
	struct text_clock clock;
	char *labels; /* ,"labels":{...} as it stands on every line; NULL: none */
	size_t labels_len;
	struct json_parts parts;
};

/* ,"key": in a cell that is copied whole: cheaper than its own length. */
#define KEY_CELL 32

struct key {
	char text[KEY_CELL];
	uint8_t len;
	uint8_t kind;
};

static const struct key keys[FIELD_COUNT] = {
#define FIELD(id, key, kind, ...) \
	[F_##id] = {",\"" key "\":", sizeof(",\"" key "\":") - 1, KIND_##kind},
#include "event/fields.def"
};

#define FIELD(id, key, ...) \
	_Static_assert(sizeof(key) + 4 <= KEY_CELL, key " is longer than its cell");
#include "event/fields.def"

/* "{"type":"state","ts":"" and so on, ready made. */
struct opening {
	char text[40];
	uint8_t len;
};

static const struct opening openings[EVENT_TYPE_COUNT] = {
#define EVENT(id, name, meaning)                            \
	[EVENT_##id] = {"{\"type\":\"" name "\",\"ts\":\"", \
			sizeof("{\"type\":\"" name "\",\"ts\":\"") - 1},
	EVENT_TYPES(EVENT)
#undef EVENT
};

/* The order of a life, not of the kernel's numbers. */
static const uint8_t life_order[] = {
	TCP_STATE_LISTEN,      TCP_STATE_SYN_SENT,   TCP_STATE_NEW_SYN_RECV, TCP_STATE_SYN_RECV,
	TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT1,  TCP_STATE_FIN_WAIT2,    TCP_STATE_CLOSING,
	TCP_STATE_TIME_WAIT,   TCP_STATE_CLOSE_WAIT, TCP_STATE_LAST_ACK,     TCP_STATE_CLOSE,
};

/* Every scalar with its key fits; what may be longer reserves for itself. */
#define SCALAR_MAX (KEY_CELL + TEXT_ADDR_MAX + 8)

/* Where to write: p runs ahead of out.len until sync(). */
struct cursor {
	struct out *out;
	char *p, *end;
};

static bool more_room(struct cursor *c, size_t n)
{
	out_advance(c->out, c->p);
	c->p = out_reserve(c->out, n);
	if (!c->p) {
		c->p = c->end = NULL;
		return false;
	}
	c->end = c->out->buf + c->out->cap;
	return true;
}

static inline bool room(struct cursor *c, size_t n)
{
	return (size_t)(c->end - c->p) >= n || more_room(c, n);
}

static inline void put(struct cursor *c, const char *text, size_t n)
{
	memcpy(c->p, text, n);
	c->p += n;
}
#define PUT(c, literal) put(c, literal, sizeof(literal) - 1)

static inline void put_key(struct cursor *c, enum field f)
{
	memcpy(c->p, keys[f].text, KEY_CELL);
	c->p += keys[f].len;
}

static bool put_text(struct cursor *c, const char *text)
{
	if (!room(c, json_text_max(strlen(text)) + SCALAR_MAX))
		return false;
	c->p = json_text(c->p, text);
	return true;
}

/* {"name":number,...}: the comma is written before all but the first. */
static bool put_pair(struct cursor *c, const char *name, uint64_t v, bool *first)
{
	if (!room(c, json_text_max(strlen(name)) + SCALAR_MAX))
		return false;
	if (!*first)
		*c->p++ = ',';
	*first = false;
	c->p = json_text(c->p, name);
	*c->p++ = ':';
	c->p = text_u64(c->p, v);
	return true;
}

static bool put_states(struct cursor *c, const uint64_t *ns)
{
	bool first = true;

	*c->p++ = '{';
	for (size_t i = 0; i < sizeof(life_order); i++)
		if (ns[life_order[i]] &&
		    !put_pair(c, tcp_state_name(life_order[i]), ns[life_order[i]], &first))
			return false;
	*c->p++ = '}';
	return true;
}

static bool put_drops(struct cursor *c, const uint64_t *counts)
{
	bool first = true;

	*c->p++ = '{';
	for (unsigned int i = 0; i < DROP_REASON_COUNT; i++)
		if (counts[i] &&
		    !put_pair(c, drop_reason_name((enum drop_reason)i), counts[i], &first))
			return false;
	*c->p++ = '}';
	return true;
}

static bool put_facts(struct cursor *c, const struct fact_list *facts)
{
	*c->p++ = '{';
	for (unsigned int i = 0; i < KNOW_COUNT; i++) {
		const struct fact_knowledge *k = &facts->fact[i];

		if (!put_text(c, fact_name((enum fact_name)i)))
			return false;
		PUT(c, ":{\"is\":");
		if (!put_text(c, fact_is_name(k->is)))
			return false;
		if (k->why[0]) {
			PUT(c, ",\"why\":");
			if (!put_text(c, k->why))
				return false;
		}
		*c->p++ = '}';
		*c->p++ = ',';
	}
	c->p[-1] = '}';
	return true;
}

static bool put_ranges(struct cursor *c, const struct port_range *ranges, unsigned int count)
{
	if (!room(c, count * 16 + 128))
		return false;
	*c->p++ = '[';
	for (unsigned int i = 0; i < count; i++) {
		if (i)
			*c->p++ = ',';
		*c->p++ = '"';
		c->p = text_u64(c->p, ranges[i].first);
		if (ranges[i].last != ranges[i].first) {
			*c->p++ = '-';
			c->p = text_u64(c->p, ranges[i].last);
		}
		*c->p++ = '"';
	}
	*c->p++ = ']';
	return true;
}

static bool put_nets(struct cursor *c, const struct net_prefix *nets, unsigned int count)
{
	if (!room(c, count * (NET_PREFIX_MAX + 4) + 128))
		return false;
	*c->p++ = '[';
	for (unsigned int i = 0; i < count; i++) {
		char text[NET_PREFIX_MAX];

		if (i)
			*c->p++ = ',';
		net_prefix_text(text, &nets[i]);
		c->p = json_text(c->p, text);
	}
	*c->p++ = ']';
	return true;
}

/* Whose sockets: applied where the owner is known, and not in the kernel. */
static bool put_owner_filter(struct cursor *c, const struct owner_filter *o)
{
	PUT(c, ",\"owner\":{\"applied\":\"tracker\",\"pids\":[");
	for (unsigned int i = 0; i < o->pid_count; i++) {
		if (i)
			*c->p++ = ',';
		c->p = text_u64(c->p, o->pids[i]);
	}
	PUT(c, "],\"comms\":[");
	for (unsigned int i = 0; i < o->comm_count; i++) {
		if (i)
			*c->p++ = ',';
		if (!put_text(c, o->comms[i]))
			return false;
	}
	*c->p++ = ']';
	if (o->cgroup) {
		PUT(c, ",\"cgroup\":");
		if (!put_text(c, o->cgroup))
			return false;
	}
	*c->p++ = '}';
	return true;
}

/* What is restricted by an option of its own; a key is absent where the option was not given. */
static bool put_more_filters(struct cursor *c, const struct filter *f)
{
	if (!room(c, 64))
		return false;
	if (f->lport_ranges) {
		PUT(c, ",\"lports\":");
		if (!put_ranges(c, f->lports, f->lport_ranges))
			return false;
	}
	if (f->rport_ranges) {
		PUT(c, ",\"rports\":");
		if (!put_ranges(c, f->rports, f->rport_ranges))
			return false;
	}
	if (f->laddrs) {
		PUT(c, ",\"laddrs\":");
		if (!put_nets(c, f->laddr, f->laddrs))
			return false;
	}
	if (f->hosts) {
		PUT(c, ",\"hosts\":");
		if (!put_nets(c, f->host, f->hosts))
			return false;
	}
	if (!room(c, OWNERS_MAX * 16 + 256))
		return false;
	return !f->owner || put_owner_filter(c, f->owner);
}

static bool put_filter(struct cursor *c, const struct filter *f)
{
	static const char *const sides[] = {
		[SIDE_BOTH] = "both", [SIDE_SERVER] = "server", [SIDE_CLIENT] = "client"};

	PUT(c, "{\"ports\":");
	if (!put_ranges(c, f->ports, f->port_ranges))
		return false;
	PUT(c, ",\"side\":");
	if (!put_text(c, sides[f->side]))
		return false;
	PUT(c, ",\"family\":[");
	if (f->ipv4)
		PUT(c, "\"ipv4\"");
	if (f->ipv4 && f->ipv6)
		*c->p++ = ',';
	if (f->ipv6)
		PUT(c, "\"ipv6\"");
	PUT(c, "]");
	if (f->netns) {
		PUT(c, ",\"netns\":");
		c->p = text_u64(c->p, f->netns);
	}
	if (!put_more_filters(c, f))
		return false;
	PUT(c, "}");
	return true;
}

static bool put_argv(struct cursor *c, const char *const *argv)
{
	*c->p++ = '[';
	for (size_t i = 0; argv[i]; i++) {
		if (i)
			*c->p++ = ',';
		if (!put_text(c, argv[i]))
			return false;
	}
	*c->p++ = ']';
	return true;
}

static bool put_spread(struct cursor *c, const struct spread *s)
{
	bool first = true;

	*c->p++ = '{';
	for (int i = 0; i < SPREAD_EDGES; i++) {
		char edge[TEXT_U64_MAX];

		*text_u64(edge, SPREAD_EDGE_NS(i)) = '\0';
		if (!put_pair(c, edge, s->shorter[i], &first))
			return false;
	}
	*c->p++ = '}';
	return true;
}

static bool put_quantiles_object(struct cursor *c, const struct quantiles *q)
{
	bool first = true;

	*c->p++ = '{';
	if (!put_pair(c, "count", q->count, &first) || !put_pair(c, "p50_ns", q->p50, &first) ||
	    !put_pair(c, "p90_ns", q->p90, &first) || !put_pair(c, "p99_ns", q->p99, &first) ||
	    !put_pair(c, "max_ns", q->max, &first))
		return false;
	*c->p++ = '}';
	return true;
}

static bool put_quantiles(struct cursor *c, const char *name, const struct quantiles *q)
{
	if (!q->count)
		return true;
	if (!room(c, json_text_max(strlen(name)) + SCALAR_MAX))
		return false;
	*c->p++ = ',';
	c->p = json_text(c->p, name);
	*c->p++ = ':';
	return put_quantiles_object(c, q);
}

static bool put_comm(struct cursor *c, const char *comm)
{
	if (!comm || !*comm)
		return true;
	if (!room(c, SCALAR_MAX))
		return false;
	PUT(c, ",\"comm\":");
	return put_text(c, comm);
}

static bool put_listeners(struct cursor *c, const struct listener_summaries *all)
{
	*c->p++ = '[';
	for (size_t i = 0; i < all->count; i++) {
		const struct listener_summary *l = &all->list[i];
		bool first = true;

		if (!room(c, 4 * SCALAR_MAX))
			return false;
		if (i)
			*c->p++ = ',';
		*c->p++ = '{';
		if (l->cookie && !put_pair(c, "cookie", l->cookie, &first))
			return false;
		if (l->netns && !put_pair(c, "netns", l->netns, &first))
			return false;
		if (l->family == AF_INET || l->family == AF_INET6) {
			if (!first)
				*c->p++ = ',';
			first = false;
			if (l->family == AF_INET)
				PUT(c, "\"family\":\"ipv4\",\"laddr\":\"");
			else
				PUT(c, "\"family\":\"ipv6\",\"laddr\":\"");
			c->p = text_addr(c->p, l->family, l->addr);
			*c->p++ = '"';
		}
		if (l->ifname) {
			PUT(c, ",\"ifname\":");
			if (!put_text(c, l->ifname) || !room(c, 4 * SCALAR_MAX))
				return false;
		}
		if (!put_pair(c, "lport", l->port, &first) ||
		    (l->pid && !put_pair(c, "pid", l->pid, &first)) || !put_comm(c, l->comm) ||
		    !put_pair(c, "completed", l->completed, &first) ||
		    (!l->accept_unseen && !put_pair(c, "accepts", l->accepted, &first)) ||
		    (l->unseen && !put_pair(c, "accepts_unseen", l->unseen, &first)) ||
		    (l->departed && !put_pair(c, "accepts_departed", l->departed, &first)) ||
		    (l->cookies_sent && !put_pair(c, "syncookies_sent", l->cookies_sent, &first)) ||
		    (l->stuck && !put_pair(c, "stuck_close_wait", l->stuck, &first)) ||
		    (l->stuck && !put_pair(c, "stuck_close_wait_ns", l->stuck_ns, &first)) ||
		    (l->stuck_pid && !put_pair(c, "stuck_close_wait_pid", l->stuck_pid, &first)) ||
		    !put_pair(c, "drops", l->drops, &first) ||
		    !put_quantiles(c, "handshake", &l->handshake) ||
		    !put_quantiles(c, "accept_wait", &l->accept_wait) || !room(c, SCALAR_MAX))
			return false;
		*c->p++ = '}';
	}
	*c->p++ = ']';
	return true;
}

static void put_addr(struct cursor *c, enum field f, int family, const uint8_t *addr)
{
	if (!addr || (family != AF_INET && family != AF_INET6))
		return;
	put_key(c, f);
	*c->p++ = '"';
	c->p = text_addr(c->p, family, addr);
	*c->p++ = '"';
}

static void put_end(struct cursor *c, int family, const struct event_end *end)
{
	PUT(c, "{\"addr\":\"");
	c->p = text_addr(c->p, family, end->addr);
	PUT(c, "\",\"port\":");
	c->p = text_u64(c->p, end->port);
	*c->p++ = '}';
}

/* A number that is no word is an absent field. */
static void put_word(struct cursor *c, enum field f, unsigned int number)
{
	const struct word *word = vocabulary_word(field_infos[f].vocabulary, number);

	if (!word)
		return;
	put_key(c, f);
	*c->p++ = '"';
	put(c, word->name, word->len);
	*c->p++ = '"';
}

/*
 * One present field that is no number. False only without memory. A NULL pointer is an absent
 * field.
 */
static bool put_other(struct cursor *c, enum field f, int family, const union field_value *v)
{
	switch ((enum field_kind)keys[f].kind) {
	case KIND_I64:
		put_key(c, f);
		c->p = text_i64(c->p, v->i);
		return true;
	case KIND_BOOL:
		put_key(c, f);
		if (v->u)
			PUT(c, "true");
		else
			PUT(c, "false");
		return true;
	case KIND_ENUM:
		put_word(c, f, (unsigned int)v->u);
		return true;
	case KIND_TIME:
		put_key(c, f);
		*c->p++ = '"';
		c->p = text_rfc3339(&(struct text_clock){0}, c->p, v->i);
		*c->p++ = '"';
		return true;
	case KIND_STATE: {
		const char *name = tcp_state_name((unsigned int)v->u);
		size_t n = strlen(name);

		put_key(c, f);
		*c->p++ = '"';
		put(c, name, n);
		*c->p++ = '"';
		return true;
	}
	case KIND_ADDR:
		put_addr(c, f, family, v->addr);
		return true;
	case KIND_TEXT:
		if (!v->text)
			return true;
		put_key(c, f);
		return put_text(c, v->text);
	default:
		break;
	}
	if (!v->text) /* all the rest are pointers */
		return true;
	put_key(c, f);
	switch ((enum field_kind)keys[f].kind) {
	case KIND_END:
		put_end(c, family, v->end);
		return true;
	case KIND_STATES:
		return put_states(c, v->states);
	case KIND_FACTS:
		return put_facts(c, v->facts);
	case KIND_FILTER:
		return put_filter(c, v->filter);
	case KIND_ARGV:
		return put_argv(c, v->argv);
	case KIND_DROPS:
		return put_drops(c, v->drops);
	case KIND_DIAGNOSES:
	case KIND_HOLDERS:
	case KIND_WATCHERS:
	case KIND_THREADS:
		out_advance(c->out, c->p);
		json_why(c->out, (enum field_kind)keys[f].kind, v->why);
		c->p = c->out->buf + c->out->len;
		return more_room(c, SCALAR_MAX);
	case KIND_QUANTILES:
		return put_quantiles_object(c, &v->spread->since);
	case KIND_SPREAD:
		return put_spread(c, v->spread);
	case KIND_LISTENERS:
		return put_listeners(c, v->listeners);
	default:
		return true;
	}
}

/* These fields of a word of the present ones. False only without memory. */
static inline bool put_fields(struct cursor *c, const struct event *e, int word, uint64_t bits)
{
	for (; bits; bits &= bits - 1) {
		enum field f = (enum field)(word * 64 + __builtin_ctzll(bits));

		if (!room(c, SCALAR_MAX))
			return false;
		if (keys[f].kind == KIND_U64) {
			put_key(c, f);
			c->p = text_u64(c->p, e->v[f].u);
		} else if (!put_other(c, f, e->family, &e->v[f])) {
			return false;
		}
	}
	return true;
}

/* Copies 64 bytes at a time, which is faster than the exact length. */
static inline void put_kept(struct cursor *c, const struct json_part *part)
{
	for (size_t i = 0; i < part->len; i += 64)
		memcpy(c->p + i, part->text + i, 64);
	c->p += part->len;
}
_Static_assert(JSON_PART_MAX % 64 == 0, "the last copy stays within the text");

static inline bool put_part(struct json_parts *parts, struct cursor *c, const struct event *e,
			    enum json_part_kind kind)
{
	uint64_t fields = e->present[0] & json_part_fields[kind];
	struct json_part *part = fields ? json_part_of(parts, kind, e) : NULL;
	size_t begin;

	if (!fields)
		return true;
	if (!room(c, JSON_PART_MAX))
		return false;
	if (part && part->len) {
		put_kept(c, part);
		return true;
	}
	begin = (size_t)(c->p - c->out->buf);
	if (!put_fields(c, e, 0, fields))
		return false;
	if (part)
		json_part_keep(part, kind, e, c->out->buf + begin,
			       (size_t)(c->p - c->out->buf) - begin);
	return true;
}

/* In the order of the catalogue. */
static inline bool put_all(struct json_parts *parts, struct cursor *c, const struct event *e)
{
	/* Those between the address and the owner. */
	const uint64_t ends = (PART_BIT(PID) - 1) & ~(PART_BIT(LADDR) * 2 - 1);
	const uint64_t behind = ~UINT64_C(0) << F_HOSTNAME << 1;

	if (!put_part(parts, c, e, PART_STATES) ||
	    !put_fields(c, e, 0, e->present[0] & PART_BIT(COOKIE)) ||
	    !put_part(parts, c, e, PART_PLACE) || !put_fields(c, e, 0, e->present[0] & ends) ||
	    !put_part(parts, c, e, PART_OWNER) || !put_fields(c, e, 0, e->present[0] & behind))
		return false;
	for (int word = 1; word < FIELD_WORDS; word++)
		if (!put_fields(c, e, word, e->present[word]))
			return false;
	return true;
}

static void json_event(struct view *view, const struct event *e)
{
	struct json_view *v = (struct json_view *)view;
	struct out *out = &view->out;
	struct cursor c = {.out = out, .p = out->buf + out->len, .end = out->buf + out->cap};
	size_t begin = out->len;

	if ((unsigned int)e->type >= EVENT_TYPE_COUNT || !room(&c, 256))
		return;
	memcpy(c.p, openings[e->type].text, sizeof(openings[e->type].text));
	c.p += openings[e->type].len;
	c.p = text_rfc3339(&v->clock, c.p, (int64_t)e->t + view->options.boot_offset_ns);
	PUT(&c, "\",\"t_ns\":");
	c.p = text_u64(c.p, e->t);
	PUT(&c, ",\"seq\":");
	c.p = text_u64(c.p, v->seq);
	if (!put_all(&v->parts, &c, e))
		goto no_memory;
	if (!room(&c, v->labels_len + 32))
		goto no_memory;
	if (v->labels_len)
		put(&c, v->labels, v->labels_len);
	if (e->t < v->last_t)
		PUT(&c, ",\"late\":true");
	PUT(&c, "}\n");
	out_advance(out, c.p);
	v->seq++;
	if (e->t > v->last_t)
		v->last_t = e->t;
	return;

no_memory:
	out->len = begin; /* never half a line; the error is kept in out */
}

/* The same on every line, so written once. Returns false without memory. */
static bool make_labels(struct json_view *v, const struct view_options *options)
{
	size_t max = sizeof(",\"labels\":{}");
	char *p;

	if (!options->label_count)
		return true;
	for (unsigned int i = 0; i < options->label_count; i++)
		max += 2 * json_text_max(strlen(options->labels[i]));
	p = v->labels = malloc(max);
	if (!p)
		return false;
	p = stpcpy(p, ",\"labels\":");
	for (unsigned int i = 0; i < options->label_count; i++) {
		const char *label = options->labels[i], *value = strchr(label, '=') + 1;

		*p++ = i ? ',' : '{';
		*p++ = '"';
		p = mempcpy(p, label, (size_t)(value - 1 - label));
		p = stpcpy(p, "\":");
		p = json_text(p, value);
	}
	*p++ = '}';
	v->labels_len = (size_t)(p - v->labels);
	return true;
}

static void json_free(struct view *view)
{
	free(((struct json_view *)view)->labels);
}

static const struct view_ops json_ops = {.event = json_event, .free = json_free};

struct view *view_json_new(const struct view_options *options)
{
	struct json_view *v = view_alloc(sizeof(*v), &json_ops, options);

	if (v && !make_labels(v, options)) {
		view_free(&v->base);
		return NULL;
	}
	return v ? &v->base : NULL;
}
