// SPDX-License-Identifier: BSD-2-Clause
#include "verify/verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "base/units.h"
#include "event/tcp.h"
#include "fact/lookup.h"

/* A state that the tracker holds for so long is no race with a ring that has been drained. */
#define REST_NS	 NS_S
#define TEXT_MAX 160

enum difference {
	UNKNOWN_SOCKET, /* the kernel has it, the tracker does not */
	GONE_SOCKET,	/* the tracker believes in it, the kernel does not list it */
	STATE_DIFFERS,
	QUEUE_SHORTER, /* than the tracker's has been since the last round */
	QUEUE_LONGER,
	BACKLOG_DIFFERS,
};

struct ends {
	uint64_t cookie; /* 0 unknown */
	uint32_t netns;
	uint16_t lport, rport;
	uint16_t family;
	uint8_t laddr[16], raddr[16];
};

struct row {
	struct ends ends;
	uint64_t t;
	uint32_t accept_queue, backlog;
	uint8_t state;
	uint32_t inode; /* of the file that holds it, 0: none */
	bool matched;
};

struct finding {
	struct ends ends;
	enum difference what;
	uint32_t inode;		  /* the kernel's */
	uint64_t since;		  /* the tracker's, 0 unknown */
	uint32_t tracker, kernel; /* states, lengths or limits */
	bool told;
};

/* Finds list entries by hash: slots hold numbers + 1. */
struct index {
	uint32_t *slot;
	size_t size; /* a power of two, 0: not built */
};

struct findings {
	struct finding *list;
	size_t count, room;
};

struct verify {
	struct verify_config config;
	event_fn emit;
	void *ctx;
	verify_fix_fn fix; /* NULL: nothing is put right */
	void *fix_ctx;
	bool silent; /* put right without a word */
	uint32_t *netns;
	size_t netns_count;
	uint64_t begin, told;
	struct row *row;
	size_t rows, room;
	/* of row; built when the tracker's sockets begin to come */
	struct index by_cookie, by_ends;
	bool indexed;
	bool failed; /* out of memory in this round: what it saw is not all */
	struct findings before, now;
};

/* ---- tables ---- */

/* Room for one more of size bytes in *list. */
static int grow(void *list, size_t count, size_t *room, size_t size)
{
	void **p = list, *bigger;
	size_t n = *room ? *room * 2 : 64;

	if (count < *room)
		return 0;
	bigger = realloc(*p, n * size);
	if (!bigger)
		return -ENOMEM;
	*p = bigger;
	*room = n;
	return 0;
}

static uint64_t hash_bytes(uint64_t h, const uint8_t a[16])
{
	uint64_t half[2];

	memcpy(half, a, sizeof(half));
	return hash_more(hash_more(h, half[0]), half[1]);
}

/* Without the cookie: one side may not know it. */
static uint64_t hash_ends(const struct ends *e)
{
	uint64_t h = hash_more((uint64_t)e->netns << 32 | (uint64_t)e->lport << 16 | e->rport,
			       e->family);

	return hash_bytes(hash_bytes(h, e->laddr), e->raddr);
}

static bool same_ends(const struct ends *a, const struct ends *b)
{
	return a->netns == b->netns && a->lport == b->lport && a->rport == b->rport &&
	       a->family == b->family && !memcmp(a->laddr, b->laddr, 16) &&
	       !memcmp(a->raddr, b->raddr, 16);
}

static int index_reset(struct index *x, size_t count)
{
	size_t size = 64;

	while (size < count * 2)
		size *= 2;
	if (size != x->size) {
		uint32_t *slot = realloc(x->slot, size * sizeof(*slot));

		if (!slot)
			return -ENOMEM;
		x->slot = slot;
		x->size = size;
	}
	memset(x->slot, 0, size * sizeof(*x->slot));
	return 0;
}

static void index_add(struct index *x, uint64_t hash, size_t number)
{
	size_t i = hash & (x->size - 1);

	while (x->slot[i])
		i = (i + 1) & (x->size - 1);
	x->slot[i] = (uint32_t)number + 1;
}

/*
 * Numbers that may have that hash, one after the other: *at starts as the hash. Returns 0 after the
 * last, else number + 1.
 */
static uint32_t index_next(const struct index *x, uint64_t *at)
{
	return x->slot[(*at)++ & (x->size - 1)];
}

struct verify *verify_new(const struct verify_config *config, event_fn emit, void *ctx)
{
	struct verify *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->config = *config;
	v->emit = emit;
	v->ctx = ctx;
	return v;
}

void verify_set_fix(struct verify *v, verify_fix_fn fix, void *ctx, bool silent)
{
	v->fix = fix;
	v->fix_ctx = ctx;
	v->silent = silent;
}

void verify_free(struct verify *v)
{
	if (!v)
		return;
	free(v->netns);
	free(v->row);
	free(v->by_cookie.slot);
	free(v->by_ends.slot);
	free(v->before.list);
	free(v->now.list);
	free(v);
}

int verify_namespace(struct verify *v, uint32_t netns)
{
	uint32_t *list = realloc(v->netns, (v->netns_count + 1) * sizeof(*list));

	if (!list)
		return -ENOMEM;
	v->netns = list;
	list[v->netns_count++] = netns;
	return 0;
}

static bool is_listed(const struct verify *v, uint32_t netns)
{
	for (size_t i = 0; i < v->netns_count; i++)
		if (v->netns[i] == netns)
			return true;
	return !v->netns_count;
}

uint64_t verify_differences(const struct verify *v)
{
	return v->told;
}

/* ---- what the tracker can know ---- */

static bool is_exact(const struct verify *v, enum fact_name name)
{
	return v->config.facts.fact[name].is == FACT_IS_EXACT;
}

static bool is_absent(const struct verify *v, enum fact_name name)
{
	return v->config.facts.fact[name].is == FACT_IS_ABSENT;
}

static bool is_last_state(unsigned int state)
{
	return state == TCP_STATE_TIME_WAIT || state == TCP_STATE_FIN_WAIT2;
}

/* Whether a listener of these rows takes connections with that local end. */
static bool has_listener(const struct verify *v, const struct ends *e)
{
	struct fact_sock s = {.netns = e->netns, .lport = e->lport, .family = e->family};

	memcpy(s.laddr, e->laddr, sizeof(s.laddr));
	for (size_t i = 0; i < v->rows; i++) {
		const struct ends *l = &v->row[i].ends;

		if (v->row[i].state == TCP_STATE_LISTEN &&
		    lookup_fit(&(struct lookup_listener){.netns = l->netns,
							 .port = l->lport,
							 .family = l->family,
							 .addr = l->laddr},
			       &s))
			return true;
	}
	return false;
}

static bool must_know(const struct verify *v, const struct row *r)
{
	const struct filter *f = &v->config.filter;

	if (!filter_netns(f, r->ends.netns) ||
	    !filter_match(f, r->ends.family, r->ends.lport, r->ends.rport))
		return false;
	/*
	 * The role of a connection does not stand in the tables: a listener on its port makes it a
	 * server.
	 */
	if (f->side == SIDE_SERVER && !has_listener(v, &r->ends))
		return false;
	if (f->side == SIDE_CLIENT && has_listener(v, &r->ends))
		return false;
	if (r->state == TCP_STATE_CLOSE)
		return false;
	if (is_last_state(r->state) && !r->inode)
		return is_exact(v, KNOW_TIME_WAIT_BEGIN) && is_exact(v, KNOW_TIME_WAIT_END);
	if (r->state == TCP_STATE_SYN_RECV && !r->inode)
		return !is_absent(v, KNOW_SYN_RECV_BEGIN);
	return true;
}

static bool must_exist(const struct verify *v, const struct tracker_socket *s)
{
	if (!is_listed(v, s->netns) || s->since > v->begin)
		return false;
	if (s->state == TCP_STATE_CLOSE)
		return false;
	if (is_last_state(s->state))
		return is_exact(v, KNOW_TIME_WAIT_END);
	if (s->state == TCP_STATE_SYN_RECV)
		return is_exact(v, KNOW_REQUEST_EXPIRED);
	return true;
}

static bool must_agree(const struct verify *v, const struct tracker_socket *s, const struct row *r)
{
	if (s->since > r->t)
		return false;
	if (is_last_state(r->state) && !r->inode) {
		if (is_last_state(s->state))
			return s->state == TCP_STATE_TIME_WAIT && is_exact(v, KNOW_TIME_WAIT_BEGIN);
		if (s->state == TCP_STATE_CLOSE)
			return is_exact(v, KNOW_TIME_WAIT_BEGIN) && is_exact(v, KNOW_TIME_WAIT_END);
	}
	return true;
}

/* ---- a round ---- */

void verify_begin(struct verify *v, uint64_t t)
{
	v->begin = t;
	v->rows = 0;
	v->indexed = false;
	v->failed = false;
	v->now.count = 0;
}

int verify_kernel_socket(struct verify *v, const struct fact_existing *f)
{
	struct row *r;

	if (f->h.kind != FACT_EXISTING)
		return 0;
	if (grow(&v->row, v->rows, &v->room, sizeof(*v->row))) {
		v->failed = true;
		return -ENOMEM;
	}
	r = &v->row[v->rows++];
	*r = (struct row){
		.ends = {.cookie = f->s.cookie,
			 .netns = f->s.netns,
			 .lport = f->s.lport,
			 .rport = f->s.rport,
			 .family = f->s.family},
		.t = f->h.t,
		.accept_queue = f->q.accept_queue,
		.backlog = f->q.backlog,
		.state = (uint8_t)f->s.state,
		.inode = f->inode,
	};
	memcpy(r->ends.laddr, f->s.laddr, 16);
	memcpy(r->ends.raddr, f->s.raddr, 16);
	return 0;
}

static int build(struct verify *v)
{
	if (v->indexed)
		return 0;
	if (index_reset(&v->by_cookie, v->rows) || index_reset(&v->by_ends, v->rows))
		return -ENOMEM;
	/* Backwards: of a socket that was listed twice the later row is met first. */
	for (size_t i = v->rows; i-- > 0;) {
		index_add(&v->by_cookie, hash_more(0, v->row[i].ends.cookie), i);
		index_add(&v->by_ends, hash_ends(&v->row[i].ends), i);
	}
	v->indexed = true;
	return 0;
}

/* The rows of one socket are matched together; the newest is returned. */
static struct row *match_cookie(struct verify *v, const struct ends *e)
{
	uint64_t at = hash_more(0, e->cookie);
	struct row *found = NULL;
	uint32_t i;

	while (e->cookie && (i = index_next(&v->by_cookie, &at))) {
		struct row *r = &v->row[i - 1];

		if (r->ends.cookie != e->cookie)
			continue;
		r->matched = true;
		if (!found)
			found = r;
	}
	return found;
}

/* For sockets whose cookie the tracker does not know: requests, listeners older than us. */
static struct row *match_ends(struct verify *v, const struct ends *e, unsigned int state)
{
	uint64_t at = hash_ends(e), cookie = 0;
	struct row *found = NULL;
	uint32_t i;

	while ((i = index_next(&v->by_ends, &at))) {
		struct row *r = &v->row[i - 1];

		if (r->matched || !same_ends(&r->ends, e) ||
		    (r->state == TCP_STATE_LISTEN) != (state == TCP_STATE_LISTEN))
			continue;
		if (found && r->ends.cookie != cookie)
			continue; /* another listener of the same port */
		r->matched = true;
		if (!found) {
			found = r;
			cookie = r->ends.cookie;
		}
	}
	return found;
}

/* r: what the kernel has, NULL: nothing. */
static int find(struct verify *v, enum difference what, const struct ends *e, const struct row *r,
		uint64_t since, uint32_t tracker, uint32_t kernel)
{
	struct findings *n = &v->now;

	if (grow(&n->list, n->count, &n->room, sizeof(*n->list))) {
		v->failed = true;
		return -ENOMEM;
	}
	n->list[n->count++] = (struct finding){
		.ends = *e,
		.what = what,
		.inode = r ? r->inode : 0,
		.since = since,
		.tracker = tracker,
		.kernel = kernel,
	};
	return 0;
}

static int compare(struct verify *v, const struct tracker_socket *s, const struct row *r)
{
	int err = 0;

	if (s->state != r->state)
		return must_agree(v, s, r)
			       ? find(v, STATE_DIFFERS, &r->ends, r, s->since, s->state, r->state)
			       : 0;
	if (s->state != TCP_STATE_LISTEN || s->since > r->t)
		return 0;
	/* The row is of some moment since the last round: the queue must have had that length. */
	if ((r->accept_queue < s->queue_low || r->accept_queue > s->queue_high) &&
	    !is_absent(v, KNOW_ENQUEUE) && !is_absent(v, KNOW_ACCEPT))
		err = find(v, r->accept_queue < s->queue_low ? QUEUE_SHORTER : QUEUE_LONGER,
			   &r->ends, r, s->since,
			   r->accept_queue < s->queue_low ? s->queue_low : s->queue_high,
			   r->accept_queue);
	if (!err && s->backlog != r->backlog && is_exact(v, KNOW_RELISTEN))
		err = find(v, BACKLOG_DIFFERS, &r->ends, r, s->since, s->backlog, r->backlog);
	return err;
}

int verify_tracker_socket(struct verify *v, const struct tracker_socket *s)
{
	struct ends e = {
		.cookie = s->cookie,
		.netns = s->netns,
		.lport = s->lport,
		.rport = s->rport,
		.family = (uint16_t)s->family,
	};
	struct row *r;

	memcpy(e.laddr, s->laddr, 16);
	memcpy(e.raddr, s->raddr, 16);
	if (build(v)) {
		v->failed = true;
		return -ENOMEM;
	}
	r = match_cookie(v, &e);
	if (!r && !e.cookie)
		r = match_ends(v, &e, s->state);
	if (r)
		return compare(v, s, r);
	return must_exist(v, s) ? find(v, GONE_SOCKET, &e, NULL, s->since, s->state, 0) : 0;
}

/* ---- telling ---- */

static uint64_t hash_finding(const struct finding *f)
{
	return hash_more(hash_ends(&f->ends), f->what);
}

/* The length of a queue is another each time. */
static bool is_queue(enum difference what)
{
	return what == QUEUE_SHORTER || what == QUEUE_LONGER;
}

static bool same_finding(const struct finding *a, const struct finding *b)
{
	return a->what == b->what && a->ends.cookie == b->ends.cookie &&
	       same_ends(&a->ends, &b->ends) && a->since == b->since &&
	       (is_queue(a->what) || (a->tracker == b->tracker && a->kernel == b->kernel));
}

static void describe(const struct finding *f, char *text, size_t size)
{
	const char *tracker = tcp_state_name(f->tracker), *kernel = tcp_state_name(f->kernel);

	switch (f->what) {
	case UNKNOWN_SOCKET:
		snprintf(text, size, "the kernel has it in %s, the tracker does not know it",
			 kernel);
		break;
	case GONE_SOCKET:
		snprintf(text, size, "the tracker has it in %s, the kernel does not list it",
			 tracker);
		break;
	case STATE_DIFFERS:
		snprintf(text, size, "state: the tracker says %s, the kernel %s", tracker, kernel);
		break;
	case QUEUE_SHORTER:
		snprintf(text, size, "accept queue: the tracker counts at least %u, the kernel %u",
			 f->tracker, f->kernel);
		break;
	case QUEUE_LONGER:
		snprintf(text, size, "accept queue: the tracker counts at most %u, the kernel %u",
			 f->tracker, f->kernel);
		break;
	case BACKLOG_DIFFERS:
		snprintf(text, size, "backlog: the tracker has %u, the kernel %u", f->tracker,
			 f->kernel);
		break;
	}
}

static void tell(struct verify *v, const struct finding *f, uint64_t t)
{
	bool numbers = is_queue(f->what) || f->what == BACKLOG_DIFFERS;
	uint32_t state = numbers		  ? TCP_STATE_LISTEN
			 : f->what == GONE_SOCKET ? f->tracker
						  : f->kernel;
	char text[TEXT_MAX];
	struct event e;

	describe(f, text, sizeof(text));
	event_init(&e, EVENT_VERIFY, t);
	e.family = f->ends.family;
	event_set(&e, F_SOCKET_STATE, state);
	if (state == TCP_STATE_LISTEN)
		event_set_enum(&e, F_ROLE, ROLE_LISTENER);
	if (f->ends.cookie)
		event_set(&e, F_COOKIE, f->ends.cookie);
	event_set(&e, F_NETNS, f->ends.netns);
	event_set_enum(&e, F_FAMILY, family_of(f->ends.family));
	event_field(&e, F_LADDR)->addr = f->ends.laddr;
	event_set(&e, F_LPORT, f->ends.lport);
	if (state != TCP_STATE_LISTEN) {
		event_field(&e, F_RADDR)->addr = f->ends.raddr;
		event_set(&e, F_RPORT, f->ends.rport);
	}
	if (is_queue(f->what))
		event_set(&e, F_ACCEPT_QUEUE, f->kernel);
	if (f->what == BACKLOG_DIFFERS)
		event_set(&e, F_BACKLOG, f->kernel);
	event_set_text(&e, F_DIFFERENCE, text);
	v->emit(v->ctx, &e);
	v->told++;
}

static void put_right(const struct verify *v, const struct finding *f, uint64_t t)
{
	struct fact_existing e = {
		.h = {.t = t, .size = sizeof(e), .kind = FACT_EXISTING, .flags = FACT_F_AGAIN},
		.s = {.cookie = f->ends.cookie,
		      .netns = f->ends.netns,
		      .family = (uint8_t)f->ends.family,
		      .lport = f->ends.lport,
		      .rport = f->ends.rport},
		.fd = -1,
		.inode = f->inode,
	};

	if (is_queue(f->what) || f->what == BACKLOG_DIFFERS)
		return;
	e.s.state = f->what == GONE_SOCKET ? TCP_STATE_CLOSE : (uint8_t)f->kernel;
	memcpy(e.s.laddr, f->ends.laddr, 16);
	memcpy(e.s.raddr, f->ends.raddr, 16);
	if (f->ends.cookie && !f->ends.rport)
		e.q.cookie = f->ends.cookie;
	v->fix(v->fix_ctx, &e);
}

/*
 * After the drain the tracker is newer than the rows, so where it still holds an old state against
 * them no race can explain it. What the tracker does not know may have ended meanwhile, and queues
 * move: those need a second look.
 */
static bool is_certain(const struct verify *v, const struct finding *f)
{
	return (f->what == GONE_SOCKET || f->what == STATE_DIFFERS) && f->since &&
	       f->since + REST_NS <= v->begin;
}

/*
 * Where a request is told by its SYN-ACK there is none yet while that waits for the client's link
 * address (ARP, neighbour discovery). The tracker takes it over all the same.
 */
static bool waits_for_its_synack(const struct verify *v, const struct finding *f)
{
	return f->what == UNKNOWN_SOCKET && f->kernel == TCP_STATE_SYN_RECV &&
	       !is_exact(v, KNOW_SYN_RECV_BEGIN);
}

/* Of a socket that was listed twice only the newer row counts. */
static bool is_newest(const struct verify *v, const struct row *r)
{
	uint64_t at = hash_more(0, r->ends.cookie);
	uint32_t i;

	while (r->ends.cookie && (i = index_next(&v->by_cookie, &at)))
		if (v->row[i - 1].ends.cookie == r->ends.cookie)
			return &v->row[i - 1] == r;
	return true;
}

static int find_unknown(struct verify *v)
{
	for (size_t i = 0; i < v->rows; i++) {
		const struct row *r = &v->row[i];
		int err;

		if (r->matched || !is_newest(v, r) || !must_know(v, r))
			continue;
		err = find(v, UNKNOWN_SOCKET, &r->ends, r, 0, 0, r->state);
		if (err)
			return err;
	}
	return 0;
}

static const struct finding *find_before(const struct verify *v, const struct index *x,
					 const struct finding *f)
{
	uint64_t at = hash_finding(f);
	uint32_t i;

	while ((i = index_next(x, &at)))
		if (same_finding(&v->before.list[i - 1], f))
			return &v->before.list[i - 1];
	return NULL;
}

int verify_end(struct verify *v, uint64_t t, bool final)
{
	struct index *x = &v->by_ends; /* its rows are not looked up any more */
	struct findings swap;
	int told = 0;

	if (v->failed || build(v) || find_unknown(v) || index_reset(x, v->before.count))
		return -ENOMEM;
	v->indexed = false;
	for (size_t i = 0; i < v->before.count; i++)
		index_add(x, hash_finding(&v->before.list[i]), i);
	for (size_t i = 0; i < v->now.count; i++) {
		struct finding *f = &v->now.list[i];
		const struct finding *b;

		b = find_before(v, x, f);
		f->told = b && b->told;
		if (f->told || (!b && !(final && is_certain(v, f))))
			continue;
		if (!v->silent && !waits_for_its_synack(v, f)) {
			f->told = true;
			tell(v, f, t);
			told++;
		}
		if (v->fix)
			put_right(v, f, t);
	}
	swap = v->before;
	v->before = v->now;
	v->now = swap;
	v->now.count = 0;
	return told;
}
