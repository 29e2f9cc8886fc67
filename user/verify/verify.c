// SPDX-License-Identifier: BSD-2-Clause
#include "verify/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hash.h"
#include "base/units.h"
#include "event/tcp.h"
#include "fact/lookup.h"
#include "verify/parts.h"

/*
 * The ring has been drained: a state that the tracker has held for this long is not about to change
 * by a fact that is still on its way.
 */
#define REST_NS NS_S

/* A socket as the kernel's tables list it. */
struct row {
	struct ends ends;
	uint64_t t; /* ns: when the row was read */
	uint32_t accept_queue, backlog;
	uint8_t state;
	uint32_t inode; /* of the file that holds the socket; 0: none */
	bool matched;	/* the tracker has the socket, too */
};

struct findings {
	struct finding *list;
	size_t count, room;
};

struct verify {
	struct verify_config config;
	event_fn emit;
	void *ctx;
	verify_fix_fn fix; /* NULL: the tracker is not corrected */
	void *fix_ctx;
	bool silent;	 /* corrections are not reported */
	uint32_t *netns; /* the namespaces that the snapshot lists */
	size_t netns_count;
	uint64_t begin;	   /* ns: when the round began */
	uint64_t reported; /* differences, in all rounds */
	struct row *row;
	size_t rows, room;
	/* look-up of rows; built when the first of the tracker's sockets comes */
	struct index by_cookie, by_ends;
	bool indexed;
	bool failed; /* out of memory in this round: a part of it is missing */
	struct findings before, now;
};

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
	index_free(&v->by_cookie);
	index_free(&v->by_ends);
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
	return v->reported;
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

/* Whether one of the listeners among the rows takes connections with that local end. */
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

/* Whether the tracker should know a socket that the kernel lists. */
static bool must_know(const struct verify *v, const struct row *r)
{
	const struct filter *f = &v->config.filter;

	if (!filter_netns(f, r->ends.netns) ||
	    !filter_match(f, r->ends.family, r->ends.lport, r->ends.rport) ||
	    !filter_match_nets(f, r->ends.family, r->ends.laddr, r->ends.raddr, !r->ends.rport))
		return false;
	/* The tables do not tell the role of a connection. Its listener makes it a server. */
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

/*
 * Whether the tables hold the socket, if it exists. They are read by the same filter, and that does
 * not list a connection that its listener has brought, nor a listener that a connection has.
 */
static bool is_asked_for(const struct filter *f, const struct tracker_socket *s)
{
	bool listener = s->state == TCP_STATE_LISTEN;

	return (listener ? filter_match_listener(f, s->family, false, s->lport)
			 : filter_match(f, s->family, s->lport, s->rport)) &&
	       filter_match_nets(f, s->family, s->laddr, s->raddr, listener);
}

/* Whether the kernel should list a socket that the tracker has. */
static bool must_exist(const struct verify *v, const struct tracker_socket *s)
{
	if (!is_listed(v, s->netns) || s->since > v->begin || !is_asked_for(&v->config.filter, s))
		return false;
	if (s->state == TCP_STATE_CLOSE)
		return false;
	if (is_last_state(s->state))
		return is_exact(v, KNOW_TIME_WAIT_END);
	if (s->state == TCP_STATE_SYN_RECV)
		return is_exact(v, KNOW_REQUEST_EXPIRED);
	return true;
}

/* Whether the tracker should have the same state as the row. */
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
	if (list_grow(&v->row, v->rows, &v->room, sizeof(*v->row))) {
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
		index_add(&v->by_ends, ends_hash(&v->row[i].ends), i);
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
	uint64_t at = ends_hash(e), cookie = 0;
	struct row *found = NULL;
	uint32_t i;

	while ((i = index_next(&v->by_ends, &at))) {
		struct row *r = &v->row[i - 1];

		if (r->matched || !ends_equal(&r->ends, e) ||
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

	if (list_grow(&n->list, n->count, &n->room, sizeof(*n->list))) {
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

/* ---- what is reported ---- */

/*
 * Whether one round is enough. The tracker was compared after the ring had been drained, so it is
 * newer than the rows: if it still holds an old state against them, no fact on its way explains
 * that. A socket that the tracker does not know may have ended meanwhile, and queues change all the
 * time: these need a second round.
 */
static bool is_certain(const struct verify *v, const struct finding *f)
{
	return (f->what == GONE_SOCKET || f->what == STATE_DIFFERS) && f->since &&
	       f->since + REST_NS <= v->begin;
}

/*
 * Where the tracker learns of a request by its SYN-ACK, it does not know one whose SYN-ACK still
 * waits for the client's link address (ARP, neighbour discovery). That is not reported, but the
 * tracker takes the request over.
 */
static bool waits_for_its_synack(const struct verify *v, const struct finding *f)
{
	return f->what == UNKNOWN_SOCKET && f->kernel == TCP_STATE_SYN_RECV &&
	       !is_exact(v, KNOW_SYN_RECV_BEGIN);
}

/* A socket may be listed twice while the tables are read. Its newer row counts. */
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
	uint64_t at = finding_hash(f);
	uint32_t i;

	while ((i = index_next(x, &at)))
		if (finding_same(&v->before.list[i - 1], f))
			return &v->before.list[i - 1];
	return NULL;
}

/*
 * Reports a finding and corrects the tracker, if the finding is proven. Returns whether it
 * reported.
 */
static bool act_on(struct verify *v, const struct index *x, struct finding *f, uint64_t t,
		   bool final)
{
	const struct finding *before = find_before(v, x, f);
	bool report = !v->silent && !waits_for_its_synack(v, f);
	struct fact_existing fact;

	f->reported = before && before->reported;
	if (f->reported || (!before && !(final && is_certain(v, f))))
		return false;
	if (report) {
		f->reported = true;
		finding_emit(f, t, v->emit, v->ctx);
	}
	if (v->fix && finding_fact(f, t, &fact)) {
		fact.h.flags |= report ? FACT_F_TOLD : 0;
		v->fix(v->fix_ctx, &fact);
	}
	return report;
}

int verify_end(struct verify *v, uint64_t t, bool final)
{
	struct index *x = &v->by_ends; /* the rows in it are not looked up any more */
	struct findings swap;
	int reported = 0;

	if (v->failed || build(v) || find_unknown(v) || index_reset(x, v->before.count))
		return -ENOMEM;
	v->indexed = false;
	for (size_t i = 0; i < v->before.count; i++)
		index_add(x, finding_hash(&v->before.list[i]), i);
	for (size_t i = 0; i < v->now.count; i++)
		reported += act_on(v, x, &v->now.list[i], t, final);
	v->reported += (uint64_t)reported;
	swap = v->before;
	v->before = v->now;
	v->now = swap;
	v->now.count = 0;
	return reported;
}
