// SPDX-License-Identifier: BSD-2-Clause
/*
 * report.c - `sockstate report`: a recording as one HTML page, which is written whole or not at
 * all.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/recorded.h"
#include "run/run.h"
#include "view/report/page.h"

/* In place of an exit code: there is no page. */
#define NO_PAGE 100

/* Where the page goes: standard output, or a file that gets its name when it is whole. */
struct target {
	const char *path; /* NULL: standard output */
	char tmp[PATH_MAX];
	int fd;
};

/* "overload.rec" of "/var/tmp/overload.rec" */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* What is no regular file, as /dev/null or a FIFO, cannot be replaced by renaming. */
static bool is_special(const char *path)
{
	struct stat status;

	return !stat(path, &status) && !S_ISREG(status.st_mode);
}

static int target_open(struct target *t, const char *path)
{
	*t = (struct target){.fd = STDOUT_FILENO};
	if (!strcmp(path, "-"))
		return 0;
	t->path = path;
	if (is_special(path)) {
		t->fd = open(path, O_WRONLY | O_CLOEXEC);
	} else if ((size_t)snprintf(t->tmp, sizeof(t->tmp), "%s.tmp", path) >= sizeof(t->tmp)) {
		errno = ENAMETOOLONG;
		t->fd = -1;
	} else {
		t->fd = open(t->tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	}
	if (t->fd >= 0)
		return 0;
	run_complain("report: cannot write '%s': %s", path, strerror(errno));
	return -errno;
}

/* Of a page that failed, rc < 0, nothing remains. Returns 0 or a negative errno. */
static int target_close(struct target *t, int rc)
{
	if (t->path && t->fd >= 0 && close(t->fd) && !rc)
		rc = -errno;
	if (*t->tmp && !rc && rename(t->tmp, t->path))
		rc = -errno;
	if (*t->tmp && rc)
		unlink(t->tmp);
	return rc;
}

static int write_page(struct recorded *r, const struct report_options *o, int fd, bool cut)
{
	struct worst_entry worst[WORST_SHOWN];
	const struct page page = {
		.report = r->report,
		.title = o->title ? o->title : base_name(o->recording.path),
		.recording = base_name(o->recording.path),
		.worst = worst,
		.worst_count = recorded_worst(r, worst, WORST_SHOWN),
		.tell = recorded_tell,
		.tell_ctx = r,
		.cut = cut,
	};
	struct out out;
	int rc = out_init(&out, fd);

	if (rc)
		return rc;
	page_write(&out, &page);
	rc = out_flush(&out);
	out_free(&out);
	return rc;
}

/* A port that was mistyped makes no page. */
static bool nothing_matches(const struct recorded *r, const struct report_options *o)
{
	const struct worst *worst = report_worst(r->report);
	size_t count = 0;

	for (unsigned int rank = 0; rank < RANK_COUNT; rank++)
		count += worst->count[rank];
	if (filter_is_open(&o->sockets.filter) || report_listeners(r->report) || count)
		return false;
	run_complain(
		"report: '%s' has no listener and no connection that matches: leave --port out to see what it has",
		r->path);
	return true;
}

/* Reads the recording, which may come from anybody, and writes the page. Returns an exit code. */
static int make_page(const struct report_options *options, const struct run_place *place,
		     const struct target *target)
{
	struct recorded r = {
		.name = "report",
		.path = options->recording.path,
		.sockets = &options->sockets,
		.thresholds = &options->thresholds,
		.place = place,
	};
	int code = recorded_read(&r);
	int rc = 0;

	if (r.opened && place->stopped()) {
		run_complain("report: stopped by a signal, no page was written");
		rc = -EINTR;
	} else if (!r.opened || nothing_matches(&r, options)) {
		rc = -ENODATA;
	} else {
		rc = write_page(&r, options, target->fd, code != EXIT_CLEAN);
		if (rc == -EPIPE && !target->path)
			rc = 0;
		else if (rc)
			run_complain("report: cannot write '%s': %s",
				     target->path ? target->path : "standard output",
				     strerror(-rc));
	}
	recorded_free(&r);
	/* Of a recording that is cut there is a page, and a failure. */
	return !rc ? code : NO_PAGE;
}

/*
 * Whoever reads a recording gives up the rights that the new name of the page needs: that is left
 * to the parent, which reads nothing.
 */
static int make_page_in_child(const struct report_options *options, const struct run_place *place,
			      const struct target *target)
{
	pid_t pid = fork();
	int status;

	if (pid < 0) {
		run_complain("report: cannot fork: %s", strerror(errno));
		return NO_PAGE;
	}
	if (pid == 0)
		_exit(make_page(options, place, target));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : NO_PAGE;
}

int run_report(const struct report_options *options, const struct run_place *place)
{
	struct target target;
	int code, rc;

	/* Before the recording is read, which may take a while. */
	if (target_open(&target, options->output))
		return EXIT_RUNTIME;
	code = make_page_in_child(options, place, &target);
	rc = target_close(&target, code == NO_PAGE ? -ECANCELED : 0);
	if (rc && code != NO_PAGE)
		run_complain("report: cannot write '%s': %s", target.path, strerror(-rc));
	return rc ? EXIT_RUNTIME : code;
}
