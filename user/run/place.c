// SPDX-License-Identifier: BSD-2-Clause
#include "run/place.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <linux/nsfs.h>
#include <locale.h>
#include <netdb.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fact/hooks.h"
#include "kernel/clock.h"
#include "run/run.h"
#include "stream/configure.h"

#define COLUMNS_MAX 1000

/* A file that we open would get a descriptor 0 to 2 that is closed, and would be written to. */
int place_check_descriptors(void)
{
	int missing_output = fcntl(STDOUT_FILENO, F_GETFD) < 0;

	for (int fd = open("/dev/null", O_RDWR); fd >= 0; fd = dup(fd)) {
		if (fd > STDERR_FILENO) {
			close(fd);
			break;
		}
	}
	if (missing_output)
		run_complain("cannot write to standard output: it is closed");
	return missing_output ? -EBADF : 0;
}

static bool want_color(const struct opt_color *color)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (color && color->when != COLOR_AUTO)
		return color->when == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb");
}

/*
 * The width of the terminal. Where output is no terminal, COLUMNS, as for ls and ps: so output can
 * be fitted on its way through a pipe. 0: unlimited.
 */
void place_window(struct run_window *window)
{
	const char *given = getenv("COLUMNS");
	struct winsize size;
	unsigned long n;
	char *end;

	*window = (struct run_window){0};
	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size)) {
		*window = (struct run_window){.columns = size.ws_col, .rows = size.ws_row};
		return;
	}
	if (!given || *given < '1' || *given > '9')
		return;
	n = strtoul(given, &end, 10);
	if (!*end && n <= COLUMNS_MAX)
		window->columns = (int)n;
}

void place_follow_terminal(const struct run_place *place, struct run_window *last,
			   struct view *view)
{
	struct run_window now;

	if (!place->view.terminal)
		return;
	place_window(&now);
	if (now.columns == last->columns && now.rows == last->rows)
		return;
	*last = now;
	view_resize(view, now.columns, now.rows);
}

void place_look_around(struct run_place *place, struct command_line *line, char *const *argv)
{
	const struct opt_table *table = command_group(line, &group_table);
	const struct opt_labels *labels = command_group(line, &group_labels);
	struct run_window window;

	setlocale(LC_CTYPE, "");
	place_window(&window);
	place->argv = (const char *const *)argv;
	place->view = (struct view_options){
		.fd = STDOUT_FILENO,
		.color = want_color(command_group(line, &group_color)),
		.wide = table && table->wide,
		.header = !table || !table->no_header,
		.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
		.terminal = isatty(STDOUT_FILENO),
		.columns = window.columns,
		.rows = window.rows,
		.utc_offset_s = clock_utc_offset_s(),
	};
	if (labels) {
		place->view.labels = labels->label;
		place->view.label_count = labels->count;
	}
}

/* Asked of the file itself, since any file has an inode. */
static bool is_netns(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool is = fd >= 0 && ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET;

	if (fd >= 0)
		close(fd);
	return is;
}

#define NETNS_WANTED "give self, a pid, a name of ip netns, a path or an inode"
/* The kernel's inodes of namespaces begin here (PROC_DYNAMIC_FIRST of fs/proc/generic.c). */
#define FIRST_INODE 0xf0000000UL

static void path_of_netns(const char *netns, char *path, size_t size)
{
	if (!strcmp(netns, "self") || !netns[strspn(netns, "0123456789")])
		snprintf(path, size, "/proc/%s/ns/net", netns);
	else
		snprintf(path, size, "%s%s", strchr(netns, '/') ? "" : "/run/netns/", netns);
}

/* --netns: the inode of the namespace that is meant. */
static int find_netns(struct opt_sockets *sockets)
{
	const char *netns = sockets->netns;
	char path[PATH_MAX];
	struct stat st;
	char *end;
	unsigned long inode = strtoul(netns, &end, 10);

	if (*netns >= '0' && *netns <= '9' && !*end && inode >= FIRST_INODE &&
	    inode <= UINT32_MAX) {
		sockets->filter.netns = (uint32_t)inode;
		return 0;
	}
	path_of_netns(netns, path, sizeof(path));
	if (stat(path, &st)) {
		run_complain("--netns: '%s': %s: " NETNS_WANTED, netns, strerror(errno));
		return -errno;
	}
	if (!is_netns(path)) {
		run_complain("--netns: '%s' is no network namespace: " NETNS_WANTED, netns);
		return -EINVAL;
	}
	sockets->filter.netns = (uint32_t)st.st_ino;
	return 0;
}

static int check_hooks(const char *force_absent)
{
	size_t len;
	const char *unknown = hooks_unknown(force_absent, &len);

	if (unknown)
		run_complain(
			"--force-absent: '%.*s' is no hook: fentry, or names of the table in user/fact/hooks.c",
			(int)(len < 40 ? len : 40), unknown);
	return unknown ? -EINVAL : 0;
}

/* A recording that cannot be written is refused before the kernel is asked for anything. */
static int check_record(const char *path)
{
	struct stat status;
	char dir[PATH_MAX];
	char *slash;

	if (!strcmp(path, "-") && isatty(STDOUT_FILENO)) {
		run_complain(
			"--record: a recording is no text for a terminal: give a file name, or a pipe");
		return -EINVAL;
	}
	if (!strcmp(path, "-"))
		return 0;
	if (!access(path, W_OK)) {
		if (stat(path, &status) || !S_ISDIR(status.st_mode))
			return 0;
		errno = EISDIR;
	} else if (errno == ENOENT) {
		snprintf(dir, sizeof(dir), "%s", path);
		slash = strrchr(dir, '/');
		if (!slash)
			snprintf(dir, sizeof(dir), ".");
		else
			slash[slash == dir] = '\0';
		if (!access(dir, W_OK | X_OK))
			return 0;
	}
	run_complain("--record: cannot write '%s': %s", path, strerror(errno));
	return -errno;
}

/* --cgroup: /proc/PID/cgroup, which everybody may read. */
static bool in_cgroup(const char *cgroup, uint32_t pid)
{
	char path[32], text[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/cgroup", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return owner_cgroup_matches(text, cgroup);
}

int place_check_line(struct command_line *line)
{
	struct opt_owner *owner = command_group(line, &group_owner);
	struct opt_sockets *sockets = command_group(line, &group_sockets);
	const struct opt_tests *tests = command_group(line, &group_tests);

	if (owner)
		owner->filter.in_cgroup = in_cgroup;
	if (tests && check_hooks(tests->force_absent))
		return EXIT_USAGE;
	if (sockets && sockets->netns && find_netns(sockets))
		return EXIT_USAGE;
	if (line->id == COMMAND_TRACE && line->options.trace.record &&
	    check_record(line->options.trace.record))
		return EXIT_RUNTIME;
	return EXIT_CLEAN;
}

struct view *place_view(const struct run_place *place, const struct trace_options *options,
			const struct view_options *view_options)
{
	const struct run_guest *guest = place->guest;

	return guest && guest->view ? guest->view(guest->ctx, view_options)
				    : stream_view_new(options, view_options);
}

void place_guest_kernel(const struct run_place *place, const struct kernel_options *options)
{
	if (place->guest && place->guest->kernel)
		place->guest->kernel(place->guest->ctx, options);
}

int place_guest_begin(const struct run_place *place, struct stream *stream, struct live *live)
{
	const struct run_guest *guest = place->guest;

	return guest && guest->begin ? guest->begin(guest->ctx, stream, live) : 0;
}

void place_guest_record(const struct run_place *place, const void *bytes, size_t size)
{
	if (place->guest && place->guest->record)
		place->guest->record(place->guest->ctx, bytes, size);
}

void place_guest_end(const struct run_place *place)
{
	if (place->guest && place->guest->end)
		place->guest->end(place->guest->ctx);
}

bool place_guest_again(const struct run_place *place)
{
	const struct run_guest *guest = place->guest;

	return guest && guest->again && guest->again(guest->ctx);
}

bool place_guest_over(const struct run_place *place)
{
	const struct run_guest *guest = place->guest;

	return guest && guest->over && guest->over(guest->ctx);
}

uint16_t place_port_by_name(const char *name)
{
	const struct servent *service = getservbyname(name, "tcp");

	return service ? ntohs((uint16_t)service->s_port) : 0;
}

int place_close_stdout(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (errno == EPIPE)
		return EXIT_CLEAN;
	run_complain("cannot write to standard output: %s", strerror(errno));
	return EXIT_RUNTIME;
}

#define PASSED_FD 3 /* SD_LISTEN_FDS_START */

int place_passed_socket(void)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	socklen_t size = sizeof(int);
	int listens = 0;

	if (!pid || !count || strtol(pid, NULL, 10) != getpid() || strcmp(count, "1"))
		return -ENOENT;
	if (getsockopt(PASSED_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) || !listens)
		return -ENOENT;
	return PASSED_FD;
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

struct place_otlp place_otlp(void)
{
	return (struct place_otlp){
		.endpoint = variable("OTEL_EXPORTER_OTLP_ENDPOINT"),
		.headers = variable("OTEL_EXPORTER_OTLP_HEADERS"),
		.certificate = variable("OTEL_EXPORTER_OTLP_CERTIFICATE"),
		.attributes = variable("OTEL_RESOURCE_ATTRIBUTES"),
	};
}
