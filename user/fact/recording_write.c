// SPDX-License-Identifier: BSD-2-Clause
/* A recording is made: the head at once, then record after record. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "fact/recording_format.h"
#include "fact/run_text.h"

struct recording_writer {
	FILE *file;
	int error; /* negative errno of the first write that failed; 0: none */
};

static int writer_put(struct recording_writer *w, const void *bytes, size_t size)
{
	if (!w->error && fwrite(bytes, 1, size, w->file) != size)
		w->error = errno ? -errno : -EIO;
	return w->error;
}

static void write_head(struct recording_writer *w, const struct recording_info *info,
		       const struct run_text *text)
{
	uint16_t order = BYTE_ORDER_TAG;
	struct head head = {FORMAT_VERSION, sizeof(struct about), sizeof(struct known), KNOW_COUNT};
	struct about about = {
		.fact_version = info->fact_version,
		.port_ranges = info->filter.port_ranges,
		.boot_offset_ns = info->boot_offset_ns,
		.side = (uint8_t)info->filter.side,
		.ipv4 = info->filter.ipv4,
		.ipv6 = info->filter.ipv6,
		.raw = (uint8_t)info->raw,
		.netns = info->filter.netns,
	};

	for (unsigned int i = 0; i < info->filter.port_ranges && i < FORMAT_RANGES; i++) {
		about.ports[i].first = info->filter.ports[i].first;
		about.ports[i].last = info->filter.ports[i].last;
	}
	copy_text(about.kernel, sizeof(about.kernel), info->kernel);
	copy_text(about.version, sizeof(about.version), info->version);

	writer_put(w, RECORDING_MAGIC, MAGIC_BYTES);
	writer_put(w, &order, sizeof(order));
	writer_put(w, &head, sizeof(head));
	writer_put(w, &about, sizeof(about));
	for (unsigned int i = 0; i < KNOW_COUNT; i++) {
		struct known known = {.is = info->facts.fact[i].is};

		copy_text(known.name, sizeof(known.name), fact_name((enum fact_name)i));
		copy_text(known.why, sizeof(known.why), info->facts.fact[i].why);
		copy_text(known.by, sizeof(known.by), info->facts.fact[i].by);
		writer_put(w, &known, sizeof(known));
	}
	writer_put(w, &text->size, sizeof(text->size));
	writer_put(w, text->bytes, text->size);
	recording_flush(w);
}

int recording_flush(struct recording_writer *w)
{
	if (!w->error && fflush(w->file))
		w->error = errno ? -errno : -EIO;
	return w->error;
}

/* Addresses and names of programs are nobody else's business. */
#define RECORDING_MODE 0600

static int open_to_write(const char *path, bool new)
{
	int fd;

	if (new)
		return out_create_new(path, RECORDING_MODE);
	if (strcmp(path, "-") != 0)
		return out_create(path, RECORDING_MODE);
	fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	return fd < 0 ? -errno : fd;
}

static int create(struct recording_writer **out, const char *path, bool new,
		  const struct recording_info *info, char *err, size_t err_size)
{
	struct recording_writer *w = NULL;
	struct run_text text;
	int fd = -1, rc;

	if (run_text_make(&text, info)) {
		snprintf(err, err_size, "the labels are too long for a recording: leave some out");
		return -E2BIG;
	}
	w = calloc(1, sizeof(*w));
	if (!w)
		goto fail;
	fd = open_to_write(path, new);
	if (fd < 0) {
		errno = -fd;
		goto fail;
	}
	w->file = fdopen(fd, "w");
	if (!w->file)
		goto fail;
	fd = -1;
	setvbuf(w->file, NULL, _IOFBF, BUFFER_BYTES);
	write_head(w, info, &text);
	if (w->error) {
		errno = -w->error;
		goto fail;
	}
	*out = w;
	return 0;
fail:
	rc = errno ? -errno : -ENOMEM;
	snprintf(err, err_size, "cannot write '%s': %s",
		 strcmp(path, "-") ? path : "standard output", out_why(rc));
	if (fd >= 0)
		close(fd);
	recording_close(w);
	return rc;
}

int recording_create(struct recording_writer **out, const char *path,
		     const struct recording_info *info, char *err, size_t err_size)
{
	return create(out, path, false, info, err, err_size);
}

int recording_create_new(struct recording_writer **out, const char *path,
			 const struct recording_info *info, char *err, size_t err_size)
{
	return create(out, path, true, info, err, err_size);
}

int recording_write(struct recording_writer *w, const void *bytes, size_t size)
{
	struct prefix prefix = {(uint16_t)size, checksum(bytes, size)};

	if (size == 0 || size > RECORD_MAX)
		return -EINVAL;
	writer_put(w, &prefix, sizeof(prefix));
	return writer_put(w, bytes, size);
}

int recording_close(struct recording_writer *w)
{
	struct prefix end = {0, checksum(NULL, 0)};
	int rc;

	if (!w)
		return 0;
	if (w->file) {
		writer_put(w, &end, sizeof(end));
		if (fclose(w->file) && !w->error)
			w->error = -errno;
	}
	rc = w->error;
	free(w);
	return rc;
}
