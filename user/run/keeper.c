// SPDX-License-Identifier: BSD-2-Clause
#include "run/keeper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/record.h"
#include "run/recording_name.h"

#define DIRECTORY_MODE 0700 /* addresses and names of programs are nobody else's business */
#define BESIDE	       "story.tmp"
/* Recordings that others have put there are not ours to remove. */
#define NAME "sockstate-story-"
/* The head of a recording, at most. */
#define HEAD_BYTES 16384u

struct kept {
	char name[RECORDING_NAME];
	uint64_t bytes;
};

struct keeper {
	const char *path;
	int dir;
	uint64_t most, total; /* bytes */
	struct kept *kept;    /* the oldest first */
	size_t count, room;
};

/* ---- what is there ---- */

static int add(struct keeper *s, const char *name, uint64_t bytes)
{
	if (s->count == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		struct kept *kept = realloc(s->kept, room * sizeof(*kept));

		if (!kept)
			return -ENOMEM;
		s->kept = kept;
		s->room = room;
	}
	snprintf(s->kept[s->count].name, sizeof(s->kept[0].name), "%s", name);
	s->kept[s->count++].bytes = bytes;
	s->total += bytes;
	return 0;
}

/* Their names are dates. */
static int older(const void *a, const void *b)
{
	return strcmp(((const struct kept *)a)->name, ((const struct kept *)b)->name);
}

static int read_directory(struct keeper *s)
{
	int fd = openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct stat st;

	if (!dir)
		return -errno;
	while (!rc && (entry = readdir(dir))) {
		if (is_recording_name(NAME, entry->d_name) &&
		    !fstatat(s->dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode))
			rc = add(s, entry->d_name, (uint64_t)st.st_size);
	}
	closedir(dir);
	if (s->count)
		qsort(s->kept, s->count, sizeof(*s->kept), older);
	return rc;
}

/* The oldest go until so many bytes fit in. */
static void make_room(struct keeper *s, uint64_t bytes)
{
	size_t gone = 0;

	while (gone < s->count && s->total + bytes > s->most) {
		if (unlinkat(s->dir, s->kept[gone].name, 0) && errno != ENOENT)
			break;
		s->total -= s->kept[gone++].bytes;
	}
	s->count -= gone;
	if (gone)
		memmove(s->kept, s->kept + gone, s->count * sizeof(*s->kept));
}

int keeper_open(struct keeper **out, const char *directory, uint64_t keep_bytes, char *err,
		size_t err_size)
{
	struct keeper *s = calloc(1, sizeof(*s));
	int rc = 0;

	if (!s) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	s->path = directory;
	s->most = keep_bytes;
	if (mkdir(directory, DIRECTORY_MODE) && errno != EEXIST)
		rc = -errno;
	s->dir = rc ? -1 : open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!rc && s->dir < 0)
		rc = -errno;
	if (!rc)
		rc = read_directory(s);
	if (rc) {
		snprintf(err, err_size, "--story: cannot use '%s': %s", directory, strerror(-rc));
		keeper_free(s);
		return rc;
	}
	unlinkat(s->dir, BESIDE, 0); /* of a run that was killed */
	make_room(s, 0);
	*out = s;
	return 0;
}

void keeper_free(struct keeper *s)
{
	if (!s)
		return;
	if (s->dir >= 0)
		close(s->dir);
	free(s->kept);
	free(s);
}

/* ---- one more ---- */

static int write_beside(struct keeper *s, const struct recent *recent,
			const struct recording_info *info)
{
	struct recording_writer *writer = NULL;
	char path[PATH_MAX], err[ERR_MAX];
	int rc, closed;

	if (snprintf(path, sizeof(path), "%s/%s", s->path, BESIDE) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	rc = recording_create_new(&writer, path, info, err, sizeof(err));
	if (rc)
		return rc;
	rc = recent_write(recent, writer);
	closed = recording_close(writer);
	return rc ? rc : closed;
}

int keeper_write(struct keeper *s, const struct recent *recent, const struct recording_info *info,
		 uint64_t now)
{
	uint64_t bytes = recent_bytes(recent) + HEAD_BYTES;
	char name[RECORDING_NAME];
	struct stat st;
	int rc;

	if (bytes > s->most)
		return -EFBIG;
	make_room(s, bytes);
	recording_name(name, NAME, (int64_t)now + info->boot_offset_ns);
	rc = write_beside(s, recent, info);
	if (!rc && (fstatat(s->dir, BESIDE, &st, AT_SYMLINK_NOFOLLOW) ||
		    renameat(s->dir, BESIDE, s->dir, name)))
		rc = -errno;
	if (rc) {
		unlinkat(s->dir, BESIDE, 0);
		return rc;
	}
	return add(s, name, (uint64_t)st.st_size);
}
