// SPDX-License-Identifier: BSD-2-Clause
#include "run/top_rows.h"
#include "run/listed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/tcp.h"
#include "kernel/clock.h"
#include "kernel/file_walk.h"
#include "kernel/snapshot.h"

struct top_rows {
	struct filter filter;
	const struct owner_filter *owner;
	struct sockdiag *sockdiag;
	struct file_walk *walk; /* NULL: the kernel refuses it */
	void (*meanwhile)(void *ctx);
	void *meanwhile_ctx;
};

int top_rows_open(struct top_rows **out, const struct filter *filter,
		  const struct owner_filter *owner, bool verbose, char *err, size_t err_size)
{
	struct top_rows *r = calloc(1, sizeof(*r));
	char why[256] = "";
	int rc;

	if (!r) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	r->filter = *filter;
	r->owner = owner;
	rc = sockdiag_open(&r->sockdiag);
	if (rc) {
		snprintf(err, err_size, "cannot list the sockets: %s", strerror(-rc));
		free(r);
		return rc;
	}
	file_walk_open(&r->walk, verbose, why, sizeof(why));
	*out = r;
	return 0;
}

void top_rows_free(struct top_rows *r)
{
	if (!r)
		return;
	sockdiag_free(r->sockdiag);
	file_walk_free(r->walk);
	free(r);
}

/* /proc is out of reach in the sandbox: rows without owners are better than none. */
static int owners(void *ctx, record_fn fn, void *fn_ctx)
{
	struct top_rows *r = ctx;

	if (r->walk)
		file_walk_owners(r->walk, fn, fn_ctx);
	return 0;
}

static void meanwhile(void *ctx)
{
	const struct top_rows *r = ctx;

	if (r->meanwhile)
		r->meanwhile(r->meanwhile_ctx);
}

static void finish(struct listing *rows, const struct owner_filter *owner)
{
	listing_finish(rows, &(struct listing_wants){
				     .owner = owner_restricts(owner) ? owner : NULL,
			     });
}

/* ---- what the tracker knows ---- */

struct walk {
	struct listing *rows;
	uint64_t now;
	bool corpses; /* only those that a RST ended in the accept queue */
	int rc;
};

static struct listing_time since(uint64_t t, uint64_t now)
{
	return (struct listing_time){.ns = t && now > t ? now - t : 0,
				     .is = t ? LISTING_EXACT : LISTING_UNKNOWN};
}

static enum listing_kind kind_of_tracked(const struct tracker_socket *s)
{
	if (s->listener)
		return LISTING_LISTENER;
	if (s->request)
		return LISTING_REQUEST;
	if (s->timewait)
		return LISTING_TIMEWAIT;
	return s->queued ? LISTING_QUEUED : LISTING_CONNECTION;
}

static bool is_corpse(const struct tracker_socket *s)
{
	return s->queued && s->state == TCP_STATE_CLOSE;
}

static void on_socket(void *ctx, const struct tracker_socket *s)
{
	struct walk *w = ctx;
	struct listing_row row = {
		.t = w->now,
		.s = {.cookie = s->cookie,
		      .netns = s->netns,
		      .family = (uint16_t)s->family,
		      .lport = s->lport,
		      .rport = s->rport,
		      .state = (uint16_t)s->state},
		.kind = kind_of_tracked(s),
		.listener = s->of_listener,
		.in = since(s->queued ? s->queued_since : s->since, w->now),
		.has_queue = s->listener,
		.accept_queue = s->accept_queue,
		.backlog = s->backlog,
		.pid = s->pid,
		.fd = -1,
		.retrans = s->synack_retrans,
	};

	if (w->corpses && !is_corpse(s))
		return;
	memcpy(row.s.laddr, s->laddr, sizeof(row.s.laddr));
	memcpy(row.s.raddr, s->raddr, sizeof(row.s.raddr));
	if (s->comm)
		snprintf(row.comm, sizeof(row.comm), "%s", s->comm);
	if (row.kind != LISTING_TIMEWAIT && !w->rc)
		w->rc = listing_add(w->rows, &row);
}

/* ---- what the kernel knows ---- */

struct taken {
	struct listing *rows;
	struct recent *recent; /* NULL: nothing is kept */
};

static int take_row(void *ctx, const struct sockdiag_row *row)
{
	const struct taken *to = ctx;

	if (to->recent)
		recent_look_row(to->recent, &row->e, sizeof(row->e));
	return listed_add(to->rows, row);
}

int top_rows_look(struct top_rows *r, struct tracker *t, struct listing *rows,
		  struct recent *recent, void (*meanwhile_fn)(void *ctx), void *ctx)
{
	struct walk corpses = {.rows = rows, .now = clock_now_ns(), .corpses = true};
	struct taken to = {rows, recent};
	const struct snapshot_from from = {
		.sockdiag = &r->sockdiag,
		.filter = &r->filter,
		.owners = owners,
		.ctx = r,
		.no_time_wait = true,
		.meanwhile = meanwhile,
	};
	int rc;

	r->meanwhile = meanwhile_fn;
	r->meanwhile_ctx = ctx;
	listing_clear(rows);
	rc = snapshot_list(&from, take_row, &to);
	if (rc < 0)
		return rc;
	if (t)
		tracker_walk(t, on_socket, &corpses);
	if (corpses.rc)
		return corpses.rc;
	finish(rows, r->owner);
	return 0;
}

/* ---- of a replay ---- */

int top_rows_of_tracker(struct tracker *t, const struct owner_filter *owner, uint64_t now,
			struct listing *rows)
{
	struct walk w = {.rows = rows, .now = now};

	listing_clear(rows);
	tracker_walk(t, on_socket, &w);
	if (!w.rc)
		finish(rows, owner);
	return w.rc;
}
