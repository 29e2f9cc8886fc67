// SPDX-License-Identifier: BSD-2-Clause
#include "view/json_why.h"

#include <inttypes.h>
#include <string.h>

#include "base/json_text.h"
#include "base/text.h"
#include "event/why_report.h"

/* An object or array: the comma stands before all members but the first. */
struct members {
	struct out *out;
	bool some;
};

static void key(struct members *m, const char *name)
{
	out_format(m->out, "%s\"%s\":", m->some ? "," : "", name);
	m->some = true;
}

static void put_u64(struct members *m, const char *name, uint64_t value)
{
	key(m, name);
	out_format(m->out, "%" PRIu64, value);
}

static void put_i64(struct members *m, const char *name, int64_t value)
{
	key(m, name);
	out_format(m->out, "%" PRId64, value);
}

static void put_bool(struct members *m, const char *name, bool value)
{
	key(m, name);
	out_text(m->out, value ? "true" : "false");
}

static void string(struct out *out, const char *text)
{
	char *p = out_reserve(out, json_text_max(strlen(text)));

	if (p)
		out_advance(out, json_text(p, text));
}

/* Unknown texts are NULL or empty. */
static void put_text(struct members *m, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	key(m, name);
	string(m->out, text);
}

static void put_who(struct members *m, const struct why_who *who)
{
	if (!who->pid)
		return;
	put_u64(m, "pid", who->pid);
	put_text(m, "comm", who->comm);
}

static void put_diagnosis(struct out *out, const struct why_report *r, size_t i)
{
	string(out, diagnosis_name(r->also[i]));
}

static void put_holder(struct out *out, const struct why_report *r, size_t i)
{
	const struct why_holder_report *h = &r->holders[i];
	struct members m = {.out = out};

	out_text(out, "{");
	put_who(&m, &h->who);
	put_i64(&m, "fd", h->fd);
	if (h->listened_known)
		put_bool(&m, "listened", h->listened);
	if (h->accepts_known)
		put_u64(&m, "accepts", h->accepts);
	out_text(out, "}");
}

static void put_watcher(struct out *out, const struct why_report *r, size_t i)
{
	const struct why_watcher_report *w = &r->watchers[i];
	struct members m = {.out = out};

	out_text(out, "{");
	put_text(&m, "kind", w->kind);
	if (!w->kind)
		put_text(&m, "wake", w->wake);
	put_who(&m, &w->who);
	if (w->tid)
		put_u64(&m, "tid", w->tid);
	if (w->fd >= 0)
		put_i64(&m, "fd", w->fd);
	put_text(&m, "mode", w->mode);
	if (w->mode) {
		put_bool(&m, "oneshot", w->oneshot);
		put_bool(&m, "exclusive", w->exclusive);
		put_bool(&m, "armed", w->armed);
		put_bool(&m, "ready", w->ready);
		put_u64(&m, "sleeping", w->sleeping);
	}
	out_text(out, "}");
}

static void put_address(struct members *m, const char *name, int family, const uint8_t *addr)
{
	char text[TEXT_ADDR_MAX];

	*text_addr(text, family, addr) = '\0';
	put_text(m, name, text);
}

static void put_on(struct members *outer, const struct why_on *on)
{
	struct members m = {.out = outer->out};

	if (!on->kind)
		return;
	key(outer, "on");
	out_text(m.out, "{");
	put_text(&m, "kind", on->kind);
	if (on->ends) {
		put_address(&m, "laddr", on->family, on->laddr);
		put_u64(&m, "lport", on->lport);
		put_address(&m, "raddr", on->family, on->raddr);
		put_u64(&m, "rport", on->rport);
		put_text(&m, "state", on->state);
	}
	if (on->peer.pid) {
		put_u64(&m, "peer_pid", on->peer.pid);
		put_text(&m, "peer_comm", on->peer.comm);
	}
	put_text(&m, "path", on->path);
	out_text(m.out, "}");
}

static void put_stack(struct members *m, const struct why_thread_report *t)
{
	if (!t->frames)
		return;
	key(m, "stack");
	out_text(m->out, "[");
	for (uint32_t i = 0; i < t->frames; i++) {
		out_text(m->out, i ? "," : "");
		string(m->out, t->frame[i]);
	}
	out_text(m->out, "]");
}

static void put_thread(struct out *out, const struct why_report *r, size_t i)
{
	const struct why_thread_report *t = &r->threads[i];
	struct members m = {.out = out};

	out_text(out, "{");
	put_u64(&m, "pid", t->pid);
	put_u64(&m, "tid", t->tid);
	put_text(&m, "comm", t->comm);
	put_text(&m, "process", t->process);
	put_text(&m, "thread_state", t->state);
	put_text(&m, "syscall", t->syscall);
	if (t->fd >= 0)
		put_i64(&m, "fd", t->fd);
	put_on(&m, &t->on);
	put_bool(&m, "watches", t->watches);
	if (t->since_known)
		put_u64(&m, "since_ns", t->since_ns);
	if (t->share_known) {
		key(&m, "cpu_share");
		out_format(out, "%u.%03u", t->cpu_permille / 1000, t->cpu_permille % 1000);
		put_u64(&m, "run_delay_ns", t->run_delay_ns);
	}
	if (t->tracer.pid)
		put_u64(&m, "tracer_pid", t->tracer.pid);
	put_text(&m, "tracer_comm", t->tracer.comm);
	put_i64(&m, "nice", t->nice);
	if (t->cpus_allowed)
		put_u64(&m, "cpus_allowed", t->cpus_allowed);
	put_text(&m, "cpus_allowed_list", t->cpus);
	put_stack(&m, t);
	out_text(out, "}");
}

void json_why(struct out *out, enum field_kind kind, const struct why_report *r)
{
	void (*put)(struct out * out, const struct why_report *r, size_t i) = put_diagnosis;
	size_t count = r->also_count;

	if (kind == KIND_HOLDERS) {
		put = put_holder;
		count = r->holder_count;
	} else if (kind == KIND_WATCHERS) {
		put = put_watcher;
		count = r->watcher_count;
	} else if (kind == KIND_THREADS) {
		put = put_thread;
		count = r->thread_count;
	}
	out_text(out, "[");
	for (size_t i = 0; i < count; i++) {
		out_text(out, i ? "," : "");
		put(out, r, i);
	}
	out_text(out, "]");
}
