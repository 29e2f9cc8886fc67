// SPDX-License-Identifier: BSD-2-Clause
/*
 * main.c - wiring: the command line, the terminal, the environment and signals, then one of the
 * runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/options.h"
#include "event/describe.h"
#include "fact/hooks.h"
#include "fact/recording.h"
#include "kernel/clock.h"
#include "kernel/privilege.h"
#include "kernel/source.h"
#include "run/doctor.h"
#include "run/run.h"

/* The one variable of the process: a signal handler has no other way to say that it ran. */
static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
	stop_signal = number;
}

static bool stopped(void)
{
	return stop_signal;
}

/*
 * The first signal ends the run cleanly; a second one, if that hangs on a reader that does not
 * read, kills.
 */
static void catch_signals(void)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	struct sigaction old;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		/* nohup asks for SIGHUP to be ignored. */
		if (ends[i] == SIGHUP && !sigaction(SIGHUP, NULL, &old) &&
		    old.sa_handler == SIG_IGN)
			continue;
		sigaction(ends[i], &action, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
}

/* A descriptor 0 to 2 that is closed would be taken by the next file we open, and be written to. */
static int check_descriptors(void)
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

/* A recording that cannot be written should be told before the kernel is asked for anything. */
static int check_record(const char *path)
{
	struct stat status;
	char dir[4096];
	char *slash;

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

static bool want_color(const struct options *o)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (o->color != COLOR_AUTO)
		return o->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb");
}

/*
 * Of the terminal; else what COLUMNS says, as for ls and ps: so output can be fitted on its way
 * through a pipe. 0: unlimited.
 */
static int columns(void)
{
	const char *told = getenv("COLUMNS");
	struct winsize window;
	unsigned long n;
	char *end;

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &window))
		return window.ws_col;
	if (!told || *told < '1' || *told > '9')
		return 0;
	n = strtoul(told, &end, 10);
	return *end || n > 1000 ? 0 : (int)n;
}

static void look_around(struct run_place *place, const struct options *o, char **argv)
{
	setlocale(LC_CTYPE, "");
	*place = (struct run_place){
		.view =
			{
				.fd = STDOUT_FILENO,
				.color = want_color(o),
				.wide = o->wide,
				.header = !o->no_header,
				.utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8"),
				.terminal = isatty(STDOUT_FILENO),
				.columns = columns(),
				.utc_offset_s = clock_utc_offset_s(),
			},
		.argv = (const char *const *)argv,
		.stopped = stopped,
	};
}

/* --netns: the inode of the namespace that is meant. */
static int find_netns(struct options *o)
{
	char path[PATH_MAX];
	struct stat st;
	char *end;

	if (!o->netns)
		return 0;
	if (*o->netns >= '0' && *o->netns <= '9') {
		unsigned long inode = strtoul(o->netns, &end, 10);

		if (!*end && inode && inode <= UINT32_MAX) {
			o->filter.netns = (uint32_t)inode;
			return 0;
		}
	}
	if (!strcmp(o->netns, "self"))
		snprintf(path, sizeof(path), "/proc/self/ns/net");
	else
		snprintf(path, sizeof(path), "%s%s", strchr(o->netns, '/') ? "" : "/run/netns/",
			 o->netns);
	if (stat(path, &st)) {
		run_complain("--netns: '%s': %s: give self, a name of ip netns, a path or an inode",
			     o->netns, strerror(errno));
		return -errno;
	}
	o->filter.netns = (uint32_t)st.st_ino;
	return 0;
}

/* What stdio has printed must have arrived. */
static int close_stdout(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (errno == EPIPE)
		return EXIT_CLEAN;
	run_complain("cannot write to standard output: %s", strerror(errno));
	return EXIT_RUNTIME;
}

int main(int argc, char **argv)
{
	struct run_place place;
	struct options options;
	const char *unknown;
	size_t unknown_len;
	char err[ERR_MAX];

	if (check_descriptors())
		return EXIT_RUNTIME;
	if (options_parse(&options, argc, argv, err, sizeof(err))) {
		run_complain("%s", err);
		return EXIT_USAGE;
	}
	unknown = hooks_unknown(options.force_absent, &unknown_len);
	if (unknown) {
		run_complain(
			"--force-absent: '%.*s' is no hook: fentry, or names of the table in user/fact/hooks.c",
			(int)(unknown_len < 40 ? unknown_len : 40), unknown);
		return EXIT_USAGE;
	}
	catch_signals();
	look_around(&place, &options, argv);

	if (options.help) {
		options_help(stdout);
		return close_stdout(EXIT_CLEAN);
	}
	if (options.version) {
		puts("sockstate " SOCKSTATE_VERSION);
		return close_stdout(EXIT_CLEAN);
	}
	if (options.command == COMMAND_FIELDS) {
		fields_print_markdown(stdout);
		return close_stdout(EXIT_CLEAN);
	}
	if (find_netns(&options))
		return EXIT_USAGE;
	if (options.command == COMMAND_DOCTOR)
		return close_stdout(run_doctor(&options, &place));
	if (options.summary)
		return run_summary(&options, &place);
	if (options.replay)
		return run_replay(&options, &place);
	if (options.record && check_record(options.record))
		return EXIT_RUNTIME;
	return run_live(&options, &place);
}
