// SPDX-License-Identifier: BSD-2-Clause
#include "view/why.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "view/words.h"

#define COLUMNS	    80
#define COLUMNS_MIN 40
#define LABEL	    13 /* where the text beside a label begins */
#define THREADS	    8  /* that are shown */
#define LINE	    1200
#define POOL_MIN    3 /* threads that do the same are told together from here on */

#define RED    "31"
#define GREEN  "32"
#define YELLOW "33"
#define BOLD   "1"
#define DIM    "2"

struct block {
	struct out *out;
	const struct view_options *options;
	unsigned int columns;
};

static void color_on(const struct block *b, const char *color)
{
	if (b->options->color)
		out_format(b->out, "\033[%sm", color);
}

static void color_off(const struct block *b)
{
	if (b->options->color)
		out_text(b->out, "\033[0m");
}

/* Words of clean text from a column on; `at` is the column where the line stands now. */
static void wrap(const struct block *b, const char *text, unsigned int indent, unsigned int at)
{
	char word[LINE];

	while (*text) {
		size_t len = strcspn(text, " ");
		unsigned int width;

		snprintf(word, sizeof(word), "%.*s", (int)len, text);
		width = text_columns(word);
		if (at > indent && at + 1 + width > b->columns) {
			out_format(b->out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			out_text(b->out, " ");
			at++;
		}
		out_text(b->out, word);
		at += width;
		text += len;
		text += strspn(text, " ");
	}
	out_text(b->out, "\n");
}

/* Foreign names are in it: cleaned. */
static void paragraph(const struct block *b, const char *label, const char *color, const char *text)
{
	char clean[LINE];

	text_clean(clean, sizeof(clean), text, LINE, b->options->utf8);
	out_format(b->out, "  %-*s", LABEL - 2, label);
	if (color)
		color_on(b, color);
	wrap(b, clean, LABEL, LABEL);
	if (color)
		color_off(b);
}

static const char *color_of(enum diagnosis diagnosis)
{
	if (!diagnosis_is_trouble(diagnosis))
		return GREEN;
	return diagnosis == DIAGNOSIS_SLOW_PER_ACCEPT || diagnosis == DIAGNOSIS_UNKNOWN ? YELLOW
											: RED;
}

static void print_heading(const struct block *b, const struct why_report *r)
{
	char end[TEXT_END_MAX], who[64] = "", clean[64];
	const char *comm;
	uint32_t pid = why_report_pid(r, &comm);

	text_end(end, r->family, r->laddr, r->lport);
	if (pid)
		snprintf(who, sizeof(who), "  %s[%u]", comm, pid);
	text_clean(clean, sizeof(clean), who, sizeof(who), b->options->utf8);
	color_on(b, BOLD);
	out_text(b->out, end);
	color_off(b);
	out_format(b->out, "%s  ", clean);
	color_on(b, color_of(r->diagnosis));
	out_text(b->out, words_of_diagnosis(r->diagnosis));
	color_off(b);
	for (size_t i = 0; i < r->also_count; i++)
		out_format(b->out, ", %s", words_of_diagnosis(r->also[i]));
	out_text(b->out, "\n");
}

static void print_queue(const struct block *b, const struct why_report *r)
{
	char text[LINE], time[TEXT_DURATION_MAX];
	size_t len;

	len = (size_t)snprintf(text, sizeof(text), "%u of %u+1 wait", r->accept_queue, r->backlog);
	if (r->oldest_known) {
		text_duration(time, r->oldest_wait_ns, b->options->utf8);
		len += (size_t)snprintf(text + len, sizeof(text) - len, ", the oldest for %s",
					time);
	}
	if (r->accepts_known) {
		text_duration(time, r->look_ns, b->options->utf8);
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"; %s%" PRIu64 " accepted in %s",
					r->accepts_at_least ? "at least " : "", r->accepts, time);
	}
	snprintf(text + len, sizeof(text) - len, "; %u dropped since it listens", r->drops);
	paragraph(b, "queue", NULL, text);
}

static void print_holders(const struct block *b, const struct why_report *r)
{
	char text[LINE] = "";
	size_t len = 0, i;

	for (i = 0; i < r->holder_count && i < THREADS && len < sizeof(text) - 80; i++) {
		const struct why_holder_report *h = &r->holders[i];

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s[%u] fd %d%s",
					i ? ", " : "", h->who.comm, h->who.pid, h->fd,
					h->listened_known && h->listened ? " (called listen())"
									 : "");
	}
	if (i < r->holders_total)
		snprintf(text + len, sizeof(text) - len, " and %" PRIu64 " more",
			 r->holders_total - i);
	paragraph(b, "held by", NULL, text);
}

static size_t watcher_text(char *out, size_t size, const struct why_watcher_report *w)
{
	if (w->mode)
		return (size_t)snprintf(out, size, "epoll%s%s[%u] fd %d, %s-triggered%s%s%s, %s%s",
					w->who.pid ? " of " : "", w->who.comm, w->who.pid, w->fd,
					w->mode, w->oneshot ? " one-shot" : "",
					w->exclusive ? " exclusive" : "",
					w->armed ? "" : ", disarmed",
					w->sleeping ? "in epoll_wait()" : "nobody in epoll_wait()",
					w->ready ? ", ready and not read" : "");
	if (w->who.pid)
		return (size_t)snprintf(out, size, "%s[%u] in %s()", w->who.comm, w->tid,
					w->kind ? w->kind : w->wake);
	return (size_t)snprintf(out, size, "%s", w->kind ? w->kind : w->wake);
}

static void print_watchers(const struct block *b, const struct why_report *r)
{
	char text[LINE] = "nobody";
	size_t len = 0, i;

	for (i = 0; i < r->watcher_count && i < THREADS && len < sizeof(text) - 160; i++) {
		if (i)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "; ");
		len += watcher_text(text + len, sizeof(text) - len, &r->watchers[i]);
	}
	if (i < r->watchers_total)
		snprintf(text + len, sizeof(text) - len, " and %" PRIu64 " more",
			 r->watchers_total - i);
	paragraph(b, "watched by", NULL, text);
}

static size_t on_text(char *out, size_t size, const struct why_on *on)
{
	char near[TEXT_END_MAX], far[TEXT_END_MAX];
	size_t len = 0;

	if (!why_on_tells(on))
		return 0;
	if (on->ends && on->rport) {
		text_end(near, on->family, on->laddr, on->lport);
		text_end(far, on->family, on->raddr, on->rport);
		len = (size_t)snprintf(out, size, " %s to %s%s%s", near, far, on->state ? " " : "",
				       on->state ? on->state : "");
	} else {
		len = (size_t)snprintf(out, size, " %s", on->path[0] ? on->path : on->kind);
	}
	if (on->peer.pid && len < size)
		len += (size_t)snprintf(out + len, size - len, ", other end: %s[%u]", on->peer.comm,
					on->peer.pid);
	return len < size ? len : size - 1;
}

static void print_thread(const struct block *b, const struct why_thread_report *t,
			 const char *label, bool stacks)
{
	char text[LINE], time[TEXT_DURATION_MAX], cpus[WHY_CPUS_MAX + 32];
	size_t len;

	len = (size_t)snprintf(text, sizeof(text), "%u %s %s", t->tid, t->comm, t->state);
	if (t->syscall && t->fd >= 0)
		len += (size_t)snprintf(text + len, sizeof(text) - len, " in %s(%d)", t->syscall,
					t->fd);
	else if (t->syscall)
		len += (size_t)snprintf(text + len, sizeof(text) - len, " in %s()", t->syscall);
	len += on_text(text + len, sizeof(text) - len, &t->on);
	if (t->since_known) {
		text_duration(time, t->since_ns, b->options->utf8);
		len += (size_t)snprintf(text + len, sizeof(text) - len, " for %s", time);
	} else if (t->share_known) {
		len += (size_t)snprintf(text + len, sizeof(text) - len, ", %u%% of a CPU",
					t->cpu_permille / 10);
		text_duration(time, t->run_delay_ns, b->options->utf8);
		if (t->run_delay_ns)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
						", waited %s for one", time);
	}
	if (t->nice)
		len += (size_t)snprintf(text + len, sizeof(text) - len, ", nice %d", t->nice);
	why_cpus_text(t, cpus, sizeof(cpus));
	if (cpus[0] && t->run_delay_ns)
		snprintf(text + len, sizeof(text) - len, ", on %s", cpus);
	paragraph(b, label, NULL, text);
	for (uint32_t i = 0; stacks && i < t->frames; i++)
		paragraph(b, "", DIM, t->frame[i]);
}

/* Threads of a pool: asleep in the same call, with nothing to say of one but its name. */
static size_t pool_from(const struct why_report *r, size_t first)
{
	const struct why_thread_report *a = &r->threads[first];
	size_t end = first;

	for (; end < r->thread_count; end++) {
		const struct why_thread_report *t = &r->threads[end];

		if (!t->syscall || !a->syscall || strcmp(t->syscall, a->syscall) ||
		    t->pid != a->pid || strcmp(t->state, a->state) || t->watches || t->nice ||
		    why_on_tells(&t->on))
			break;
	}
	return end - first;
}

static void print_pool(const struct block *b, const struct why_thread_report *t, size_t count)
{
	char text[LINE], time[TEXT_DURATION_MAX];
	uint64_t least = t->since_ns;
	size_t len, names = 0;

	for (size_t i = 1; i < count; i++)
		least = t[i].since_ns < least ? t[i].since_ns : least;
	len = (size_t)snprintf(text, sizeof(text), "%zu threads %s in %s()", count, t->state,
			       t->syscall);
	text_duration(time, least, b->options->utf8);
	if (least)
		len += (size_t)snprintf(text + len, sizeof(text) - len, " for %s and longer", time);
	for (size_t i = 0; i < count && len < sizeof(text) - 64; i++) {
		bool known = !strcmp(t[i].comm, t[i].process);

		for (size_t j = 0; j < i && !known; j++)
			known = !strcmp(t[i].comm, t[j].comm);
		if (!known)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
						names++ ? ", " : ": ", t[i].comm);
	}
	paragraph(b, "", NULL, text);
}

static void print_threads(const struct block *b, const struct why_report *r, bool stacks)
{
	size_t lines, i = 0;

	for (lines = 0; i < r->thread_count && (lines < THREADS || stacks); lines++) {
		size_t pool = i && !stacks ? pool_from(r, i) : 0;

		if (pool >= POOL_MIN) {
			print_pool(b, &r->threads[i], pool);
			i += pool;
		} else {
			print_thread(b, &r->threads[i], i ? "" : "threads", stacks);
			i++;
		}
	}
	if (i < r->threads_total) {
		char text[64];

		snprintf(text, sizeof(text), "and %" PRIu64 " more", r->threads_total - i);
		paragraph(b, "", NULL, text);
	}
}

/* Two listeners of the same processes: their threads are told once. */
static bool same_threads(const struct why_report *a, const struct why_report *b)
{
	if (!a || !a->thread_count || a->thread_count != b->thread_count ||
	    a->threads_total != b->threads_total)
		return false;
	for (size_t i = 0; i < a->thread_count; i++) {
		if (a->threads[i].tid != b->threads[i].tid)
			return false;
	}
	return true;
}

/* Where a list is longer than a look reads, or changed under it. */
static void print_limits(const struct block *b, const struct why_report *r)
{
	bool threads = r->threads_seen < r->threads_total;
	bool watchers = r->watchers_seen < r->watchers_total;
	char text[LINE] = "";
	size_t len = 0;

	if (watchers)
		len = (size_t)snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64 " watchers%s",
				       r->watchers_seen, r->watchers_total, threads ? ", " : "");
	if (threads)
		snprintf(text + len, sizeof(text) - len, "%" PRIu64 " of %" PRIu64 " threads",
			 r->threads_seen, r->threads_total);
	if (text[0])
		paragraph(b, "looked at", YELLOW, text);
}

void why_print(struct out *out, const struct why_report *r, const struct why_report *before,
	       const struct view_options *options, bool stacks)
{
	struct block b = {.out = out, .options = options};
	char text[LINE], time[TEXT_DURATION_MAX];

	b.columns = options->columns >= COLUMNS_MIN ? (unsigned int)options->columns : COLUMNS;
	print_heading(&b, r);
	paragraph(&b, "because", NULL, r->sentence);
	print_queue(&b, r);
	print_holders(&b, r);
	print_watchers(&b, r);
	if (same_threads(before, r))
		paragraph(&b, "threads", NULL, "as above");
	else
		print_threads(&b, r, stacks);
	print_limits(&b, r);
	if (r->throttled_known && r->throttled_ns) {
		text_duration(time, r->throttled_ns, options->utf8);
		snprintf(text, sizeof(text), "throttled for %s by the CPU quota of %s", time,
			 r->cgroup);
		paragraph(&b, "cgroup", YELLOW, text);
	}
}
