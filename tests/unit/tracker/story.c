// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/story.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "event/tcp.h"
#include "fact/fact_text.h"
#include "stream/select.h"
#include "tracker/tracker.h"

struct text {
	char *s;
	size_t len, size;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...)
{
	va_list args;
	size_t n;

	va_start(args, format);
	n = (size_t)vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (t->len + n >= t->size) {
		t->size = (t->size + n + 1024) * 2;
		t->s = realloc(t->s, t->size);
		if (!t->s)
			abort();
	}
	va_start(args, format);
	vsnprintf(t->s + t->len, t->size - t->len, format, args);
	va_end(args);
	t->len += n;
}

/* ---- lines ---- */

struct retelling {
	struct text text;
	uint64_t t; /* ns: of the fact whose lines are printed */
	struct selection select;
};

static void add_ms(struct text *t, uint64_t ns)
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

static void add_end(struct text *t, const struct event *e, enum field addr, enum field port)
{
	char s[INET6_ADDRSTRLEN] = "?";

	if (event_has(e, addr))
		inet_ntop(e->family, e->v[addr].addr, s, sizeof(s));
	add(t, strchr(s, ':') ? "[%s]" : "%s", s);
	if (event_has(e, port))
		add(t, ":%" PRIu64, event_get(e, port));
}

static void add_who(struct text *t, const struct event *e)
{
	if (event_has(e, F_ROLE) || event_has(e, F_COOKIE))
		add(t, " %s", event_has(e, F_ROLE) ? event_word(e, F_ROLE) : "?");
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

static void add_quantiles(struct text *t, const char *name, const struct quantiles *q)
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

static void add_field(struct text *t, const struct event *e, enum field f)
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
	case KIND_ENUM:
		add(t, "%s", event_word(e, f));
		break;
	case KIND_TEXT:
		add(t, strchr(v->text, ' ') ? "\"%s\"" : "%s", v->text);
		break;
	case KIND_END: {
		char end[TEXT_END_MAX];

		text_end(end, e->family, v->end->addr, v->end->port);
		add(t, "%s", end);
		break;
	}
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
	case KIND_QUANTILES:
		add(t, "%" PRIu64 ":", v->spread->since.count);
		add_ms(t, v->spread->since.p50);
		add(t, "/");
		add_ms(t, v->spread->since.max);
		break;
	case KIND_SPREAD: /* below its last edge; durations_test.c has the others */
		add(t, "%" PRIu64, v->spread->shorter[SPREAD_EDGES - 1]);
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

/* A story never has such a line: where the catalogue and the tracker differ the story fails. */
static void add_contradictions(struct text *t, const struct event *e)
{
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct field_info *info = &field_infos[f];
		unsigned int on = 1u << e->type;

		if (event_has(e, (enum field)f) && !((info->always | info->sometimes) & on))
			add(t, " BUT %s STANDS ON NO SUCH LINE", info->key);
		if (!event_has(e, (enum field)f) && info->always & on)
			add(t, " BUT %s IS MISSING", info->key);
	}
}

static void print_event(void *ctx, const struct event *e)
{
	struct retelling *r = ctx;
	struct text *t = &r->text;

	if (!select_passes(&r->select, e))
		return;
	add(t, "    ");
	if (e->t != r->t) {
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
	add_contradictions(t, e);
	add(t, "\n");
}

/* ---- configuration ---- */

void know_tier(struct fact_list *facts, bool full)
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

static bool configure(struct tracker_config *c, struct selection *select, char *line)
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
		select->side = !strcmp(a, "server") ? SIDE_SERVER : SIDE_CLIENT;
	} else if (!strcmp(key, "interval")) {
		c->interval_ns = fact_seconds(a);
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

/* ---- series of lines ---- */

/*
 * Copies from to `to`, each number {N} replaced by N + step. In facts a brace marks a number that
 * counts on from one repetition to the next.
 */
static void expand(struct text *to, const char *from, size_t len, uint64_t step)
{
	for (const char *end = from + len; from < end;) {
		char *after;

		if (*from == '{' && from[1] >= '0' && from[1] <= '9') {
			add(to, "%" PRIu64, (uint64_t)strtoull(from + 1, &after, 10) + step);
			from = after + 1;
		} else {
			add(to, "%c", *from++);
		}
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Whether the line b is a with some numbers counted on by step: the text of a, those numbers in
 * braces, goes to marked.
 */
static bool counts_on(const char *a, const char *b, uint64_t step, struct text *marked)
{
	bool any = false;

	marked->len = 0;
	while (*a != '\n' && *b != '\n') {
		char *a_end, *b_end;
		uint64_t from, to;

		if (!is_digit(*a) || !is_digit(*b)) {
			if (*a != *b)
				return false;
			add(marked, "%c", *a);
			a++;
			b++;
			continue;
		}
		from = strtoull(a, &a_end, 10);
		to = strtoull(b, &b_end, 10);
		if (to != from && to != from + step)
			return false;
		any |= to != from;
		add(marked, to != from ? "{%.*s}" : "%.*s", (int)(a_end - a), a);
		a = a_end;
		b = b_end;
	}
	return any && *a == *b;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

/* How many lines from `line` on count on from it, itself included; marked: as one of them. */
static unsigned int series(const char *line, struct text *marked)
{
	struct text as_second = {0}, now = {0};
	const char *other = next_line(line);
	unsigned int count = 1;

	for (; *other && counts_on(line, other, count, &now); other = next_line(other), count++) {
		if (count == 1)
			add(&as_second, "%.*s", (int)now.len, now.s);
		else if (as_second.len != now.len || memcmp(as_second.s, now.s, now.len) != 0)
			break;
	}
	marked->len = 0;
	if (count > 1)
		add(marked, "%.*s", (int)as_second.len, as_second.s);
	free(as_second.s);
	free(now.s);
	return count;
}

/* Three lines or more that count on become one: "    3 times state ... ?#{1} ...". */
static void add_folded(struct text *to, const char *lines)
{
	struct text marked = {0};

	while (*lines) {
		unsigned int count = series(lines, &marked);

		if (count < 3) {
			add(to, "%.*s", (int)(next_line(lines) - lines), lines);
			count = 1;
		} else {
			add(to, "    %u times %.*s\n", count, (int)marked.len - 4, marked.s + 4);
		}
		while (count--)
			lines = next_line(lines);
	}
	free(marked.s);
}

/* ---- a story ---- */

struct reader {
	struct tracker_config config;
	struct tracker *tracker; /* NULL before the first fact */
	struct retelling r;
	uint64_t repeat; /* the next fact comes so many times; 0 in a story that repeats none */
};

/* NULL: good. Else what is wrong with the line. */
static const char *read_line(struct reader *reader, char *line)
{
	union any_fact f;
	const char *wrong;

	if (sscanf(line, "repeat %" SCNu64, &reader->repeat) == 1)
		return NULL;
	if (!is_digit(*line))
		return reader->tracker || !configure(&reader->config, &reader->r.select, line)
			       ? "(not understood)"
			       : NULL;
	if (!reader->tracker)
		reader->tracker = tracker_new(&reader->config, print_event, &reader->r);
	reader->r.t = fact_seconds(line);
	if (strstr(line, " end")) {
		tracker_finish(reader->tracker, reader->r.t);
		return NULL;
	}
	wrong = fact_read(line, &f);
	if (!wrong)
		tracker_fact(reader->tracker, &f.h);
	return wrong;
}

/* One line of the story, as often as it is to be repeated; what comes of it goes to `to`. */
static void retell_line(struct reader *reader, const char *line, size_t len, struct text *to)
{
	uint64_t times = is_digit(*line) && reader->repeat > 1 ? reader->repeat : 1;
	const char *wrong = NULL;

	reader->r.text.len = 0;
	add(&reader->r.text, "%s", "");
	for (uint64_t i = 0; i < times && !wrong; i++) {
		struct text words = {0};

		expand(&words, line, len, i);
		wrong = read_line(reader, words.s);
		if (wrong)
			add(&reader->r.text, "    ERROR: %s\n", wrong);
		free(words.s);
	}
	if (times > 1)
		reader->repeat = 1;
	if (reader->repeat)
		add_folded(to, reader->r.text.s);
	else
		add(to, "%s", reader->r.text.s);
}

char *retell(const char *story)
{
	struct reader reader = {0};
	struct text to = {0};

	tracker_config_init(&reader.config);
	know_tier(&reader.config.facts, true);
	for (const char *line = story; *line; line = next_line(line)) {
		size_t len = (size_t)(next_line(line) - line);

		if (*line == ' ' || *line == '\t')
			continue;
		add(&to, "%.*s", (int)len, line);
		if (*line != '#' && *line != '\n')
			retell_line(&reader, line, len, &to);
	}
	add(&to, "%s", "");
	tracker_free(reader.tracker);
	free(reader.r.text.s);
	return to.s;
}
