// SPDX-License-Identifier: BSD-2-Clause
/* What is kept of a run's last minute: from a look on, without the looks in between. */
#include "fact/recent.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static char path[] = "/tmp/sockstate-recent.XXXXXX";

struct seen {
	unsigned int ticks, rows, ends, facts;
	uint64_t first, last; /* ns: of the facts */
};

static int see(void *ctx, const void *bytes, size_t size)
{
	const struct fact_hdr *h = bytes;
	struct seen *seen = ctx;

	(void)size;
	seen->ticks += h->kind == FACT_TICK;
	seen->rows += h->kind == FACT_EXISTING;
	seen->ends += h->kind == FACT_EXISTING_END;
	if (h->kind != FACT_STATE)
		return 0;
	seen->facts++;
	seen->first = seen->first ? seen->first : h->t;
	seen->last = h->t;
	return 0;
}

static void feed(struct recent *r, enum fact_kind kind, size_t size, uint64_t t)
{
	static union {
		struct fact_hdr h;
		char bytes[2048];
	} record;

	record.h = (struct fact_hdr){.t = t, .size = (uint16_t)size, .kind = (uint8_t)kind};
	if (kind == FACT_EXISTING)
		recent_look_row(r, &record, size);
	else
		recent_record(r, &record, size);
}

static void look(struct recent *r, uint64_t now, unsigned int rows, bool whole)
{
	recent_look_begin(r, now);
	for (unsigned int i = 0; i < rows; i++)
		feed(r, FACT_EXISTING, 64, now + i);
	recent_look_end(r, now + rows, whole);
}

static struct seen written(const struct recent *r)
{
	struct recording_info info = {.fact_version = FACT_VERSION};
	struct recording_writer *w;
	struct recording_reader *reader = NULL;
	struct seen seen = {0};
	char err[ERR_MAX];

	filter_init(&info.filter);
	unlink(path);
	ok(!recording_create_new(&w, path, &info, err, sizeof(err)) && !recent_write(r, w) &&
		   !recording_close(w),
	   "it is written");
	ok(!recording_open(&reader, path, &info, err, sizeof(err)) &&
		   !recording_read(reader, see, &seen, err, sizeof(err)),
	   "  and read");
	recording_free(reader);
	return seen;
}

/* What happens while a look is taken is kept once: behind it, or before it if it fails. */
static void meanwhile(void)
{
	struct recent *r = recent_new();
	struct seen seen;

	recent_look_begin(r, NS_S);
	feed(r, FACT_EXISTING, 64, NS_S);
	feed(r, FACT_STATE, 64, NS_S + 1);
	recent_look_end(r, NS_S + 2, true);
	seen = written(r);
	ok(seen.rows == 1 && seen.facts == 1, "of the first look");
	for (int whole = 0; whole < 2; whole++) {
		recent_look_begin(r, 20 * NS_S);
		feed(r, FACT_STATE, 64, 20 * NS_S + 1);
		recent_look_end(r, 20 * NS_S + 2, whole);
	}
	seen = written(r);
	ok(seen.facts == 3 && seen.last == 20 * NS_S + 1, "and of later ones, failed or not");
	for (uint64_t s = 40; s <= 80; s += 20)
		look(r, s * NS_S, 1, true);
	seen = written(r);
	ok(recent_begin(r) == 20 * NS_S && seen.facts == 1,
	   "the part that begins with the look has what came meanwhile");
	recent_free(r);
}

static int see_places(void *ctx, const void *bytes, size_t size)
{
	const struct fact_place *f = bytes;
	char *text = ctx, *end = text + strlen(text);

	(void)size;
	if (f->h.kind == FACT_PLACE)
		sprintf(end, "%u:%u:%s ", f->pid, f->part, f->name);
	else if (f->h.kind == FACT_INTERFACE)
		sprintf(end, "%s ", ((const struct fact_interface *)bytes)->name);
	else if (f->h.kind == FACT_TICK)
		strcpy(end, "| ");
	return 0;
}

static void place(struct recent *r, uint64_t t, uint32_t pid, uint8_t part, const char *name)
{
	struct fact_place f = {
		.h = {.t = t, .size = sizeof(f), .kind = FACT_PLACE}, .pid = pid, .part = part};

	f.groups = part == FACT_PLACE_HOST;
	strcpy(f.name, name);
	recent_record(r, &f, sizeof(f));
}

static void interface(struct recent *r, uint64_t t, const char *name)
{
	struct fact_interface f = {.h = {.t = t, .size = sizeof(f), .kind = FACT_INTERFACE},
				   .netns = 4026531840,
				   .ifindex = 3};

	strcpy(f.name, name);
	recent_record(r, &f, sizeof(f));
}

/* Where a process runs, and what an interface is called, is told once, perhaps long before. */
static void check_places(void)
{
	struct recording_info info = {.fact_version = FACT_VERSION};
	struct recent *r = recent_new();
	struct recording_reader *reader = NULL;
	struct recording_writer *w;
	char err[ERR_MAX], text[512] = "";

	filter_init(&info.filter);
	place(r, NS_S, 50, 0, "web");
	place(r, NS_S, 50, FACT_PLACE_HOST, "host");
	interface(r, NS_S, "eth0");
	look(r, 2 * NS_S, 1, true);
	place(r, 3 * NS_S, 60, 0, "db");
	place(r, 4 * NS_S, 60, 1, "slice");
	place(r, 100 * NS_S, 60, 0, "moved");
	for (uint64_t s = 20; s <= 200; s += 20)
		look(r, s * NS_S, 1, true);
	place(r, 210 * NS_S, 50, 0, "later");
	unlink(path);
	ok(!recording_create_new(&w, path, &info, err, sizeof(err)) && !recent_write(r, w) &&
		   !recording_close(w) && !recording_open(&reader, path, &info, err, sizeof(err)) &&
		   !recording_read(reader, see_places, text, err, sizeof(err)),
	   "places are written");
	is_str(text, "eth0 50:0:web 50:6:host 60:0:moved | 50:0:later ",
	       "as they were when it begins, and what comes in its place");
	recording_free(reader);
	recent_free(r);
}

int main(void)
{
	struct recording_info info = {.fact_version = FACT_VERSION};
	struct recent *r = recent_new();
	struct recording_writer *w = NULL;
	struct seen seen;
	char err[ERR_MAX];

	close(mkstemp(path));
	ok(recent_look_due(r, NS_S) && !recent_begin(r), "a look comes first");
	feed(r, FACT_STATE, 64, NS_S);
	ok(!recent_begin(r), "what comes before is not kept: nobody would know of which sockets");
	look(r, 2 * NS_S, 3, true);
	ok(!recent_look_due(r, 3 * NS_S) && recent_begin(r) == 2 * NS_S, "it begins with the look");
	for (uint64_t s = 3; s <= 20; s++)
		feed(r, FACT_STATE, 64, s * NS_S);
	ok(recent_look_due(r, 20 * NS_S), "a later look is due");
	look(r, 20 * NS_S, 5, false);
	look(r, 21 * NS_S, 5, true);
	feed(r, FACT_STATE, 64, 22 * NS_S);
	seen = written(r);
	ok(seen.ticks == 1 && seen.rows == 3 && seen.ends == 1, "one look, the first");
	ok(seen.facts == 19 && seen.first == 3 * NS_S && seen.last == 22 * NS_S, "  and all facts");
	ok(recording_create_new(&w, path, &info, err, sizeof(err)) == -EEXIST && !w,
	   "a file that exists is not written");

	for (uint64_t s = 23; s <= 300; s++) {
		if (recent_look_due(r, s * NS_S))
			look(r, s * NS_S, 2, true);
		feed(r, FACT_STATE, 64, s * NS_S + 1);
	}
	seen = written(r);
	ok(recent_begin(r) <= 240 * NS_S && recent_begin(r) > 220 * NS_S,
	   "a minute is kept, and not much more");
	ok(seen.rows == 2 && seen.facts == 300 - recent_begin(r) / NS_S + 1, "  whole");

	for (size_t i = 0; i < 2 * RECENT_BYTES / 2000; i++) {
		if (recent_look_due(r, 301 * NS_S))
			look(r, 301 * NS_S, 2, true);
		feed(r, FACT_STATE, 2000, 301 * NS_S);
	}
	seen = written(r);
	ok(seen.facts * 2000UL <= RECENT_BYTES && seen.facts * 2000UL >= RECENT_BYTES / 2,
	   "where much comes, as much as there is room for");
	for (size_t i = 0; i < 2 * RECENT_BYTES / 2000; i++)
		feed(r, FACT_STATE, 2000, 302 * NS_S);
	ok(!recent_begin(r) && recent_look_due(r, 302 * NS_S),
	   "  and a new begin where no look comes");
	recent_free(r);
	meanwhile();
	check_places();
	unlink(path);
	return done();
}
