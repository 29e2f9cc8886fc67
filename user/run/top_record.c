// SPDX-License-Identifier: BSD-2-Clause
#include "run/top_record.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "run/recording_name.h"
#include "run/run.h"

#define TOLD_MOST 16

struct written {
	bool in_tmp;
	char name[RECORDING_NAME];
	char lasts[TEXT_DURATION_MAX];
};

struct top_recorder {
	struct recent *recent;
	char directory[PATH_MAX]; /* "": not known */
	struct written written[TOLD_MOST];
	unsigned int count;
};

struct top_recorder *top_recorder_new(void)
{
	struct top_recorder *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->recent = recent_new();
	if (!r->recent) {
		free(r);
		return NULL;
	}
	if (!getcwd(r->directory, sizeof(r->directory)))
		r->directory[0] = '\0';
	return r;
}

void top_recorder_free(struct top_recorder *r)
{
	if (!r)
		return;
	recent_free(r->recent);
	free(r);
}

struct recent *top_recorder_recent(struct top_recorder *r)
{
	return r->recent;
}

static const char *directory_of(const struct top_recorder *r, const struct written *w)
{
	return w->in_tmp ? "/tmp" : *r->directory ? r->directory : ".";
}

/* The user that we have become may not be allowed to write where the one before was. */
static int create(struct recording_writer **out, struct written *w,
		  const struct recording_info *info)
{
	char path[RECORDING_NAME + 8], err[ERR_MAX];
	int rc = recording_create_new(out, w->name, info, err, sizeof(err));

	if (rc != -EACCES && rc != -EROFS && rc != -EPERM && rc != -ENOENT)
		return rc;
	snprintf(path, sizeof(path), "/tmp/%s", w->name);
	w->in_tmp = true;
	return recording_create_new(out, path, info, err, sizeof(err));
}

void top_recorder_write(struct top_recorder *r, const struct recording_info *info, uint64_t now,
			char note[TOP_RECORD_NOTE])
{
	const uint64_t begin = recent_begin(r->recent);
	struct recording_writer *writer = NULL;
	struct written w = {0};
	int rc, closed;

	if (!begin) {
		snprintf(note, TOP_RECORD_NOTE, "nothing is kept yet: try again in a second");
		return;
	}
	recording_name(w.name, "sockstate-", (int64_t)now + info->boot_offset_ns);
	rc = create(&writer, &w, info);
	if (!rc) {
		rc = recent_write(r->recent, writer);
		closed = recording_close(writer);
		rc = rc ? rc : closed;
	}
	if (rc) {
		snprintf(note, TOP_RECORD_NOTE, "cannot write '%s' into %.60s: %s", w.name,
			 directory_of(r, &w), strerror(-rc));
		return;
	}
	text_duration(w.lasts, now - begin, false);
	snprintf(note, TOP_RECORD_NOTE, "the last %s are in %s", w.lasts, w.name);
	if (r->count < TOLD_MOST)
		r->written[r->count++] = w;
}

void top_recorder_tell(const struct top_recorder *r)
{
	for (unsigned int i = 0; i < r->count; i++) {
		const struct written *w = &r->written[i];

		run_complain(
			"%s of what happened are in '%s/%s': 'sockstate top --replay' plays them",
			w->lasts, directory_of(r, w), w->name);
	}
}
