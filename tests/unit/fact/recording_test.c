// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fact/recording.h"
#include "tap.h"

static char path[] = "/tmp/sockstate-recording.XXXXXX";

struct seen {
	unsigned int count, wrong, stop_at;
};

/* Record number n has 16 + 8n bytes of the value n. */
static int see(void *ctx, const void *bytes, size_t size)
{
	struct seen *seen = ctx;
	const unsigned char *p = bytes;

	if (size != 16 + 8 * seen->count || (uintptr_t)bytes % 8)
		seen->wrong++;
	for (size_t i = 0; i < size; i++)
		seen->wrong += p[i] != (unsigned char)seen->count;
	seen->count++;
	return seen->stop_at && seen->count == seen->stop_at ? -ECANCELED : 0;
}

static struct recording_info make_info(void)
{
	struct recording_info info = {.fact_version = FACT_VERSION,
				      .raw = RECORDING_RAW_YES,
				      .boot_offset_ns = -5,
				      .kernel = "6.1.0",
				      .version = "9.9"};
	char err[ERR_MAX];

	filter_init(&info.filter);
	filter_add_ports(&info.filter, "80,9500-9510", err, sizeof(err));
	info.filter.side = SIDE_SERVER;
	info.filter.ipv6 = false;
	filter_add_lports(&info.filter, "22,9000-9100", NULL, err, sizeof(err));
	filter_add_rports(&info.filter, "443", NULL, err, sizeof(err));
	filter_add_laddrs(&info.filter, "10.0.0.0/8", err, sizeof(err));
	filter_add_hosts(&info.filter, "192.0.2.1,2001:db8::/32", err, sizeof(err));
	strcpy(info.host, "web1");
	strcpy(info.boot_id, "b00t");
	strcpy(info.run_id, "42");
	info.labels[info.label_count++] = "env=prod";
	info.labels[info.label_count++] = "zone=a=b\n";
	info.facts.fact[KNOW_ACCEPT].is = FACT_IS_EXACT;
	strcpy(info.facts.fact[KNOW_ACCEPT].by, "fexit/inet_csk_accept");
	info.facts.fact[KNOW_SYN_DROP].is = FACT_IS_DERIVED;
	strcpy(info.facts.fact[KNOW_SYN_DROP].why, "fentry refused: EPERM");
	return info;
}

static void write_some(unsigned int records)
{
	struct recording_info info = make_info();
	struct recording_writer *w = NULL;
	unsigned char record[4096];
	char err[ERR_MAX] = "";

	if (recording_create(&w, path, &info, err, sizeof(err)))
		ok(false, "%s", err);
	for (unsigned int i = 0; i < records; i++) {
		memset(record, (int)i, sizeof(record));
		if (recording_write(w, record, 16 + 8 * i))
			ok(false, "record %u", i);
	}
	if (recording_close(w))
		ok(false, "close");
}

static int read_all(struct seen *seen, char *err, size_t err_size)
{
	struct recording_reader *r = NULL;
	struct recording_info info;
	int rc = recording_open(&r, path, &info, err, err_size);

	if (!rc)
		rc = recording_read(r, see, seen, err, err_size);
	recording_free(r);
	return rc;
}

static long file_size(void)
{
	FILE *f = fopen(path, "r");
	long size;

	fseek(f, 0, SEEK_END);
	size = ftell(f);
	fclose(f);
	return size;
}

static void flip(long at)
{
	FILE *f = fopen(path, "r+");
	int c;

	fseek(f, at, SEEK_SET);
	c = fgetc(f);
	fseek(f, at, SEEK_SET);
	fputc(c ^ 0x10, f);
	fclose(f);
}

static void test_round_trip(void)
{
	struct recording_info want = make_info(), info;
	struct recording_reader *r = NULL;
	struct seen seen = {0};
	char err[ERR_MAX] = "";

	write_some(50);
	ok(recording_open(&r, path, &info, err, sizeof(err)) == 0, "opens %s", err);
	ok(info.fact_version == FACT_VERSION && info.boot_offset_ns == -5 &&
		   info.raw == RECORDING_RAW_YES,
	   "offset, --raw");
	ok(!memcmp(&info.filter, &want.filter, sizeof(info.filter)), "filter");
	is_str(info.kernel, "6.1.0", "kernel");
	is_str(info.version, "9.9", "version");
	is_str(info.host, "web1", "host");
	is_str(info.boot_id, "b00t", "boot_id");
	is_str(info.run_id, "42", "run_id");
	ok(info.label_count == 2, "two labels");
	is_str(info.labels[0], "env=prod", "the first");
	is_str(info.labels[1], "zone=a=b\n", "the second");
	ok(!memcmp(&info.facts, &want.facts, sizeof(info.facts)), "facts");
	ok(recording_read(r, see, &seen, err, sizeof(err)) == 0, "reads %s", err);
	ok(seen.count == 50 && !seen.wrong, "every record, unchanged, aligned to eight");
	recording_free(r);

	seen = (struct seen){.stop_at = 7};
	ok(read_all(&seen, err, sizeof(err)) == -ECANCELED && seen.count == 7,
	   "the reader may stop early");

	write_some(0);
	seen = (struct seen){0};
	ok(read_all(&seen, err, sizeof(err)) == 0 && seen.count == 0,
	   "an empty recording is no error");
}

/* Wherever it is cut: an error that tells where, after everything before it. */
/* From the begin on, as often as one likes; from a pipe not. */
static void test_rewind(void)
{
	struct recording_info info = {0};
	struct seen seen = {.stop_at = 3};
	struct recording_reader *r;
	char err[ERR_MAX] = "", fifo[64];

	write_some(5);
	if (recording_open(&r, path, &info, err, sizeof(err)))
		ok(false, "%s", err);
	ok(recording_read(r, see, &seen, err, sizeof(err)) == -ECANCELED, "stopped at a record");
	for (int i = 0; i < 2; i++) {
		memset(&info, 0, sizeof(info));
		seen = (struct seen){0};
		ok(!recording_rewind(r, err, sizeof(err)) &&
			   !recording_read_head(r, &info, err, sizeof(err)) &&
			   !recording_read(r, see, &seen, err, sizeof(err)),
		   "read again: %s", err);
		ok(seen.count == 5 && !seen.wrong && !strcmp(info.host, "web1") &&
			   info.label_count == 2,
		   "  head and records");
	}
	recording_free(r);
	snprintf(fifo, sizeof(fifo), "%s.fifo", path);
	if (mkfifo(fifo, 0600) || open(fifo, O_RDWR) < 0 ||
	    recording_find(&r, fifo, err, sizeof(err)))
		ok(false, "a FIFO");
	ok(recording_rewind(r, err, sizeof(err)) == -ESPIPE && strstr(err, fifo),
	   "a pipe does not go back: %s", err);
	recording_free(r);
	unlink(fifo);
}

static void test_cut(void)
{
	long whole, head;
	unsigned int bad = 0, least = 0, silent = 0;

	write_some(0);
	head = file_size() - 4;
	write_some(3);
	whole = file_size();
	for (long size = whole - 1; size >= 0; size--) {
		struct seen seen = {0};
		char err[ERR_MAX] = "", where[40];
		unsigned int want = size >= head + 4 + 16 ? 1 : 0;
		int rc;

		want += size >= head + 4 + 16 + 4 + 24;
		want += size >= head + 4 + 16 + 4 + 24 + 4 + 32;
		if (truncate(path, size))
			break;
		rc = read_all(&seen, err, sizeof(err));
		snprintf(where, sizeof(where), "at byte %ld", size);
		bad += rc != -EBADMSG;
		least += seen.count != want;
		silent += size >= 10 && !strstr(err, where);
	}
	ok(bad == 0, "a cut at any of %ld places is noticed", whole);
	ok(least == 0, "what stands before the cut is delivered");
	ok(silent == 0, "the place is named");
}

static void test_damage(void)
{
	long whole, head;
	unsigned int unnoticed = 0, wrong = 0;

	write_some(0);
	head = file_size() - 4;
	write_some(3);
	whole = file_size();
	for (long at = head; at < whole; at++) {
		struct seen seen = {0};
		char err[ERR_MAX] = "";

		flip(at);
		unnoticed += read_all(&seen, err, sizeof(err)) != -EBADMSG;
		wrong += seen.wrong;
		flip(at);
	}
	ok(unnoticed == 0, "a flipped bit in any of %ld bytes is noticed", whole - head);
	ok(wrong == 0, "and never delivered");
	for (long at = 0; at < head; at++) {
		struct seen seen = {0};
		char err[ERR_MAX] = "";

		flip(at);
		read_all(&seen, err, sizeof(err));
		wrong += seen.wrong;
		flip(at);
	}
	ok(wrong == 0, "damage of the head does no harm");
}

static void poke(long at, uint32_t value)
{
	FILE *f = fopen(path, "r+");

	fseek(f, at, SEEK_SET);
	fwrite(&value, sizeof(value), 1, f);
	fclose(f);
}

/*
 * Offsets as the format has them: 10 bytes of text, 2 of byte order, then number, two sizes and a
 * count of four bytes each, then 248 bytes of which the first four are the version of the facts.
 */
static void test_other_formats(void)
{
	static const struct {
		long at;
		uint32_t right, other;
		const char *says;
	} heads[] = {
		{12, 2, 3, "is a recording of format 3"},
		{12, 2, 0, "is a recording of format 0"},
		{16, 248, 264, "is a recording of another format"},
		{20, 260, 276, "is a recording of another format"},
		{28, 1, 2, "holds facts of version 2"},
	};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct recording_reader *r = NULL;
		struct recording_info info = {.boot_offset_ns = 4711}, before = info;
		char err[ERR_MAX] = "";
		int rc;

		write_some(1);
		poke(heads[i].at, heads[i].other);
		rc = recording_open(&r, path, &info, err, sizeof(err));
		ok(rc == -EPROTONOSUPPORT && strstr(err, heads[i].says) && !strstr(err, "damaged"),
		   "another format is no damage: %s", err);
		ok(!r && !memcmp(&info, &before, sizeof(info)), "outputs untouched");
		poke(heads[i].at, heads[i].right);
		ok(recording_open(&r, path, &info, err, sizeof(err)) == 0,
		   "the number stands at byte %ld", heads[i].at);
		recording_free(r);
	}
}

static void test_strangers(void)
{
	struct recording_info info = {.boot_offset_ns = 4711}, before = info;
	struct recording_reader *r = NULL;
	struct recording_writer *w = NULL;
	static char long_label[9000];
	char err[ERR_MAX] = "";
	FILE *f = fopen(path, "w");

	fputs("#!/bin/sh\necho a script is no recording\n", f);
	fclose(f);
	ok(recording_open(&r, path, &info, err, sizeof(err)) == -EBADMSG &&
		   strstr(err, "is not a recording of sockstate"),
	   "a stranger is refused: %s", err);
	ok(!r && !memcmp(&info, &before, sizeof(info)), "outputs untouched");

	write_some(1);
	f = fopen(path, "r+");
	fseek(f, 10, SEEK_SET);
	fputs("\xfe\xff", f);
	fclose(f);
	/*
	 * On a big-endian machine those two bytes are right, and the head that follows is not
	 * touched.
	 */
	ok(recording_open(&r, path, &info, err, sizeof(err)) ==
		   (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? -EPROTONOSUPPORT : 0),
	   "the other byte order: %s", err);
	recording_free(r);
	r = NULL;

	ok(recording_open(&r, "/nonexistent/file", &info, err, sizeof(err)) == -ENOENT,
	   "no such file: %s", err);
	ok(recording_create(&w, "/nonexistent/file", &info, err, sizeof(err)) == -ENOENT && !w,
	   "no such directory: %s", err);
	info.labels[0] = memset(long_label, 'a', sizeof(long_label) - 1);
	info.label_count = 1;
	ok(recording_create(&w, path, &info, err, sizeof(err)) == -E2BIG && !w,
	   "labels that are too long: %s", err);
	info.label_count = 0;
	ok(recording_create(&w, "/dev/full", &info, err, sizeof(err)) == -ENOSPC && !w,
	   "a full disk: %s", err);
	ok(recording_close(NULL) == 0, "closing nothing is fine");
	recording_free(NULL);
}

int main(void)
{
	int fd = mkstemp(path);

	close(fd);
	test_round_trip();
	test_rewind();
	test_cut();
	test_damage();
	test_other_formats();
	test_strangers();
	unlink(path);
	return done();
}
