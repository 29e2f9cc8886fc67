// SPDX-License-Identifier: BSD-2-Clause
/*
 * Records of a look as a damaged or hostile recording may hold them: what does not fit is refused
 * and not kept, texts end, counts stay within their arrays, nothing from them reaches a terminal.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "looks.h"
#include "view/view.h"
#include "view/why.h"

/* Recordings are not aligned. */
static int offer(struct look *look, const void *record, size_t size)
{
	static char bytes[2048];

	memcpy(bytes + 1, record, size);
	return look_record(look, bytes + 1, size);
}

static void test_sizes(void)
{
	struct look *look = look_new();
	struct why_hdr h = {.size = sizeof(h), .kind = WHY_LISTENER};
	struct why_listener l = listener(3);
	struct why_thread t = in_call(PID, SYS_read);
	struct why_holder holder = {.sk = SK};
	struct why_watcher w = watcher("pollwake");
	struct why_clock clock = {.arrived_at = 1, .cpus_online = 2};

	HEAD(&holder, WHY_HOLDER);
	HEAD(&clock, WHY_CLOCK);
	t.cpus[0] = 1;
	ok(look_record(look, "", 0) == -EBADMSG, "no bytes are no record");
	ok(look_record(look, &h, sizeof(h)) == -EBADMSG, "a head alone is no listener");
	ok(offer(look, &l, sizeof(l) - 1) == -EBADMSG, "a listener that is cut is refused");
	l.h.size--;
	ok(offer(look, &l, sizeof(l)) == -EBADMSG, "so is one with a size of its own");
	l.h.size++;
	l.h.kind = WHY_HOLDER;
	ok(offer(look, &l, sizeof(l)) == -EBADMSG, "and one that calls itself a holder");
	h.kind = WHY_KINDS;
	ok(look_record(look, &h, sizeof(h)) == -EBADMSG, "an unknown kind is refused");
	h.kind = 0xffff;
	ok(look_record(look, &h, sizeof(h)) == -EBADMSG, "whatever its number");
	for (unsigned int kind = 0; kind <= WHY_KINDS; kind++)
		ok(!look_record_size(kind) == (kind == WHY_NONE || kind == WHY_KINDS),
		   "size of kind %u", kind);

	l = listener(3);
	l.queued = WHY_QUEUED_MAX + 1;
	ok(offer(look, &l, sizeof(l)) == -EBADMSG && !look->listeners.count,
	   "more queued than there is room for: refused and not kept");
	l.queued = 0xffffffff;
	ok(offer(look, &l, sizeof(l)) == -EBADMSG && !look->listeners.count, "however many");
	t.frames = WHY_FRAMES + 1;
	ok(offer(look, &t, sizeof(t)) == -EBADMSG && !look->threads.count,
	   "more frames than there is room for: refused and not kept");
	t.frames = WHY_FRAMES;
	t.h.size = sizeof(t) - 1;
	ok(offer(look, &t, sizeof(t) - 1) == -EBADMSG, "a thread that is cut is refused");
	t.h.size = 928;
	clock.h.size = 24;
	ok(!offer(look, &t, 928) && !offer(look, &clock, 24) && !look->threads.at[0].cpus[0] &&
		   !look->cpus_online,
	   "as recordings had them before CPUs were told, they are kept");
	t.h.size = 920;
	ok(offer(look, &t, 920) == -EBADMSG, "and no shorter");
	look_clear(look);
	t.h.size = sizeof(t);
	ok(!offer(look, &t, sizeof(t)) && !offer(look, &holder, sizeof(holder)) &&
		   !offer(look, &w, sizeof(w)),
	   "what fits is kept, wherever its bytes begin");
	look_clear(look);
	ok(!look_thread(look, PID, PID) && !look_holds(look, SK, 0),
	   "a look that is cleared is empty");
	look_free(look);
	look_free(NULL);
}

static void test_many(void)
{
	struct look *look = look_new();
	struct why_thread t = in_call(1, SYS_read);
	bool found = true;

	for (uint32_t i = 1; i <= 5000; i++) {
		t.task.tid = i * 64;
		t.task.pid = i % 7;
		found = found && !look_record(look, &t, sizeof(t));
		put_holder(look, i);
	}
	for (uint32_t i = 1; i <= 5000; i++) {
		const struct why_thread *it = look_thread(look, i % 7, i * 64);

		found = found && it && it->task.tid == i * 64 && look_holds(look, SK, i);
	}
	ok(found, "of 5000 threads and holders each is found");
	ok(!look_thread(look, 3, 64) && !look_thread(look, 1, 65) && !look_holds(look, SK, 5001) &&
		   !look_holds(look, SK + 1, 5),
	   "and no other");
	look_free(look);
}

/* Every byte of every text is a control character, and no text ends. */
static void fill(char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		text[i] = (char)(1 + i % 31);
}

static void put_hostile(struct scene *s)
{
	struct why_thread t = in_call(PID, SYS_read);
	struct why_watcher w = epoll(EPOLLIN, PID);
	struct why_holder h = {.sk = SK, .task = {.pid = PID}, .fd = -7};
	struct why_other o = {.key = 5, .flags = ~0u, .poller = PID, .task = {.pid = PID}};

	HEAD(&h, WHY_HOLDER);
	HEAD(&o, WHY_OTHER);
	fill(t.task.comm, sizeof(t.task.comm));
	fill(t.process, sizeof(t.process));
	fill(t.cgroup_name, sizeof(t.cgroup_name));
	fill(t.quota_group, sizeof(t.quota_group));
	fill(t.freezer_group, sizeof(t.freezer_group));
	fill(t.on.name, sizeof(t.on.name));
	fill((char *)t.frame, sizeof(t.frame));
	fill((char *)t.cpus, sizeof(t.cpus));
	fill(t.tracer_comm, sizeof(t.tracer_comm));
	fill(w.wake, sizeof(w.wake));
	fill(w.task.comm, sizeof(w.task.comm));
	fill(h.task.comm, sizeof(h.task.comm));
	fill(o.task.comm, sizeof(o.task.comm));
	fill(o.on.name, sizeof(o.on.name));
	fill(o.path, sizeof(o.path));
	t.frames = WHY_FRAMES;
	t.on.kind = 0xffff;
	t.on.s.family = 0xffff;
	t.process_threads = ~0u;
	w.sleepers = ~0u;
	w.task.tid = 0;
	o.on.kind = 0xffff;
	put(s->now, &h);
	put(s->now, &o);
	put_watcher(s, &w);
	s->listener.waiters = ~0u;
	/* As much as numbers can be off: it had run longer before, and ran after the look. */
	t.ran_ns = t.delay_ns = t.switches = t.throttled_ns = ~0ULL;
	t.queued_at = t.stopped_at = ~0ULL;
	put_still(s, t);
	for (unsigned int kind = 0; kind <= WHY_OBJECT_ANON; kind++) {
		t.task.tid = 200 + kind;
		t.on.kind = (__u16)kind;
		t.state = kind % 2 ? DEEP : ASLEEP;
		put_still(s, t);
	}
}

static bool is_clean(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)text[i] < ' ' && text[i] != '\n')
			return false;
	}
	return size;
}

static void test_json(const struct why_report *report)
{
	const struct view_options options = {.fd = memfd_create("json", 0), .utf8 = true};
	struct view *json = view_json_new(&options);
	static char text[65536];
	struct event e;
	ssize_t n;

	why_report_event(&e, report);
	view_event(json, &e);
	view_flush(json);
	n = pread(options.fd, text, sizeof(text), 0);
	ok(n > 0 && is_clean(text, (size_t)n) && text[n - 1] == '\n', "JSON escapes all of them");
	view_free(json);
	close(options.fd);
}

static void test_hostile(void)
{
	struct scene s = scene_new(3);
	const struct view_options options = {.fd = -1, .columns = 80, .utf8 = true};
	struct out out;

	put_hostile(&s);
	diagnose_scene(&s);
	ok(s.report->diagnosis < DIAGNOSIS_COUNT, "hostile looks have a diagnosis");
	ok(memchr(s.report->sentence, '\0', sizeof(s.report->sentence)),
	   "and a sentence that ends");
	ok(s.report->thread_count <= WHY_SHOWN_MAX && s.report->watcher_count <= WHY_SHOWN_MAX &&
		   s.report->holder_count <= WHY_SHOWN_MAX,
	   "the report keeps to its room");
	out_init(&out, -1);
	why_print(&out, s.report, NULL, &options, true);
	ok(is_clean(out.buf, out.len), "no control character reaches a terminal");
	out_free(&out);
	test_json(s.report);
	scene_done(&s);
}

int main(void)
{
	test_sizes();
	test_many();
	test_hostile();
	return done();
}
