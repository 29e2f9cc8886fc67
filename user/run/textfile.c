// SPDX-License-Identifier: BSD-2-Clause
#include "run/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"

#define MODE 0644 /* its reader is another user */

struct textfile {
	int dir;
	bool written; /* the file is ours */
	char directory[PATH_MAX];
	char name[NAME_MAX + 1], beside[NAME_MAX + 1];
};

/* The name beside it ends otherwise: node_exporter reads what ends with .prom. */
static int split(struct textfile *t, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t length = slash ? (size_t)(slash - path) : 0;

	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EISDIR;
	if (length >= sizeof(t->directory) ||
	    snprintf(t->beside, sizeof(t->beside), "%s.tmp", name) >= (int)sizeof(t->beside))
		return -ENAMETOOLONG;
	snprintf(t->name, sizeof(t->name), "%s", name);
	if (slash && !length)
		strcpy(t->directory, "/");
	else if (slash)
		snprintf(t->directory, sizeof(t->directory), "%.*s", (int)length, path);
	else
		strcpy(t->directory, ".");
	return 0;
}

int textfile_open(struct textfile **out, const char *path, char *err, size_t err_size)
{
	struct textfile *t = calloc(1, sizeof(*t));
	int rc;

	if (!t) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	rc = split(t, path);
	if (!rc) {
		t->dir = open(t->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		rc = t->dir < 0 ? -errno : 0;
	}
	if (rc) {
		snprintf(err, err_size, "cannot write '%s': %s", path, strerror(-rc));
		free(t);
		return rc;
	}
	*out = t;
	return 0;
}

const char *textfile_directory(const struct textfile *t)
{
	return t ? t->directory : NULL;
}

static int write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

int textfile_write(struct textfile *t, const char *bytes, size_t size)
{
	int fd = openat(t->dir, t->beside, OUT_NEW, MODE);
	int rc;

	if (fd < 0 && errno == EEXIST) { /* of a run that was killed */
		unlinkat(t->dir, t->beside, 0);
		fd = openat(t->dir, t->beside, OUT_NEW, MODE);
	}
	if (fd < 0)
		return -errno;
	rc = write_all(fd, bytes, size);
	close(fd);
	if (!rc && renameat(t->dir, t->beside, t->dir, t->name))
		rc = -errno;
	if (rc)
		unlinkat(t->dir, t->beside, 0);
	else
		t->written = true;
	return rc;
}

void textfile_free(struct textfile *t)
{
	if (!t)
		return;
	if (t->written)
		unlinkat(t->dir, t->name, 0);
	close(t->dir);
	free(t);
}
