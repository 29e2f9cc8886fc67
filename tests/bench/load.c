// SPDX-License-Identifier: BSD-2-Clause
/*
 * load.c - work for a tracer to watch, always the same and counted: `load MODE [option=value]...`
 *
 *	fin	connect, accept, close: 10 transitions a connection, 5 at each end
 *	rst	the client closes with SO_LINGER 0: 6 transitions
 *	storm	listen, shutdown: 2 transitions a turn
 *	hold	count connections are opened, held until a line comes on standard input (or 180 s
 *		have passed), then closed
 *	udp	datagrams of 1400 bytes through lo
 *	tcp	one stream for each thread through lo
 *	lines	no load: counts standard input: lines, bytes, lines that contain with=, JSON
 *		lines by type; keeps the types named in match= in file=
 *
 *	threads=2 seconds=1 count=0 rate=0 port=7460 listeners=0 lines=0 here=0 own=0
 *
 * Each thread is client and server in one, so connect() needs no other thread and its latency is
 * the kernel's own. It ends after seconds, or after count turns of all threads if that is earlier.
 * rate spreads the turns (per second, all threads). The connections of fin and rst go to as many
 * listeners in turn, each at a port of its own; one for each thread at least. With
 * lines=1 these are open before and after, too: "{}" tells that they are, and each line on standard
 * input begins a run. Unless here=1 it works in a network namespace
 * of its own, which goes with the process. With own=1 fin and rst end a connection by shutdown()
 * and by connect(AF_UNSPEC) before they close it: close() ends nothing while another process looks
 * at the file (one that reads /proc/PID/fd), and what ends it is then that process, which a kernel
 * may keep from being traced. Prints one JSON object; times in microseconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"

#define THREADS_MAX 64
#define SECONDS_MAX 86400
#define HOLD_MAX    500000
#define HOLD_MAX_MS 180000
#define SPARE_FILES 32
#define NS_S	    UINT64_C(1000000000)
/*
 * Clients of one port meet themselves in TIME_WAIT: after so many the server is called by its next
 * address.
 */
#define PORTS_BEFORE_NEXT 8000
#define DATAGRAM	  1400
#define CHUNK		  65536

/* Latencies in 32 steps for each power of two: 3 % exact. */
#define STEPS	5
#define BUCKETS (48 << STEPS)

struct options {
	unsigned int threads, port, listeners;
	double seconds;
	uint64_t count, rate;
	bool here, own, lines;
};

struct worker {
	const struct options *o;
	unsigned int index;
	pthread_t thread;
	pthread_barrier_t *ready;
	uint64_t end_ns, share; /* share: turns, 0 without limit */
	uint64_t turns, bytes, errors;
	uint64_t before; /* turns of earlier runs */
	int *listeners;	 /* their ports are the threads' number apart */
	unsigned int listener_count;
	uint64_t first_ns, last_ns;
	int error; /* the last one, errno */
	uint64_t latency[BUCKETS], latency_max;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_S + (uint64_t)t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- latencies ---- */

static unsigned int bucket_of(uint64_t v)
{
	unsigned int shift;

	if (v < (1 << STEPS))
		return (unsigned int)v;
	shift = 63 - (unsigned int)__builtin_clzll(v) - STEPS;
	shift = (shift + 1) << STEPS | (unsigned int)(v >> shift & ((1 << STEPS) - 1));
	return shift < BUCKETS ? shift : BUCKETS - 1;
}

static double middle_of(unsigned int bucket)
{
	unsigned int shift = bucket >> STEPS;
	uint64_t low = bucket & ((1 << STEPS) - 1);

	return shift ? ((double)(low + (1 << STEPS)) + 0.5) * (double)(UINT64_C(1) << (shift - 1))
		     : (double)low;
}

static double percentile_us(const uint64_t *latency, double part)
{
	uint64_t all = 0, seen = 0;

	for (unsigned int i = 0; i < BUCKETS; i++)
		all += latency[i];
	for (unsigned int i = 0; i < BUCKETS; i++) {
		seen += latency[i];
		if (all && (double)seen >= part * (double)all)
			return middle_of(i) / 1000;
	}
	return 0;
}

/* ---- sockets ---- */

static struct sockaddr_in place(unsigned int port, uint32_t nth)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	/* 127.x.y.1: any of them reaches a listener on 0.0.0.0 */
	a.sin_addr.s_addr = htonl(UINT32_C(0x7f000001) + ((nth & 0x3fff) << 8));
	return a;
}

static int listen_on(unsigned int port, int backlog)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, backlog))
		die("listen");
	return fd;
}

/* ---- one turn after another ---- */

/* False when it is time to end. */
static bool next_turn(struct worker *w)
{
	uint64_t now = now_ns();

	if (w->share && w->turns >= w->share)
		return false;
	if (w->o->rate) {
		uint64_t gap = NS_S * w->o->threads / w->o->rate;
		uint64_t due = w->first_ns + w->turns * gap + gap * w->index / w->o->threads;
		struct timespec t = {.tv_sec = (time_t)(due / NS_S), .tv_nsec = (long)(due % NS_S)};

		if (due > w->end_ns || now >= w->end_ns)
			return false;
		if (due > now)
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
		return true;
	}
	return now < w->end_ns;
}

/* All threads begin together. */
static void begin(struct worker *w)
{
	pthread_barrier_wait(w->ready);
	w->first_ns = now_ns();
	w->end_ns = w->first_ns + (uint64_t)(w->o->seconds * (double)NS_S);
}

/* Ends a connection without closing it. */
static void end(int client, int server, bool reset)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};

	if (reset ? connect(client, &nobody, sizeof(nobody))
		  : shutdown(client, SHUT_WR) || shutdown(server, SHUT_WR))
		die("end");
}

static void open_listeners(struct worker *w)
{
	unsigned int share = w->o->listeners / w->o->threads;

	w->listener_count = share ? share : 1;
	w->listeners = calloc(w->listener_count, sizeof(*w->listeners));
	if (!w->listeners)
		die("memory");
	for (unsigned int i = 0; i < w->listener_count; i++)
		w->listeners[i] = listen_on(w->o->port + w->index + i * w->o->threads, 16);
}

static void close_listeners(struct worker *w)
{
	for (unsigned int i = 0; i < w->listener_count; i++)
		close(w->listeners[i]);
	free(w->listeners);
}

static void connections(struct worker *w, bool reset)
{
	const struct linger linger = {.l_onoff = 1};

	begin(w);
	while (next_turn(w)) {
		uint64_t turn = w->before + w->turns + w->errors;
		unsigned int nth = (unsigned int)(turn % w->listener_count);
		struct sockaddr_in a = place(w->o->port + w->index + nth * w->o->threads,
					     (uint32_t)(turn / PORTS_BEFORE_NEXT));
		int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), server;
		uint64_t called, took;

		if (client < 0)
			die("socket");
		called = now_ns();
		if (connect(client, (struct sockaddr *)&a, sizeof(a))) {
			w->error = errno;
			close(client);
			if (++w->errors > 1000)
				break;
			continue;
		}
		took = now_ns() - called;
		w->latency[bucket_of(took)]++;
		if (took > w->latency_max)
			w->latency_max = took;
		server = accept4(w->listeners[nth], NULL, NULL, SOCK_CLOEXEC);
		if (server < 0)
			die("accept");
		if (w->o->own)
			end(client, server, reset);
		else if (reset)
			setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
		close(client);
		close(server);
		w->turns++;
	}
	w->last_ns = now_ns();
}

static void storm(struct worker *w)
{
	int fd = listen_on(w->o->port + w->index, 1);

	if (shutdown(fd, SHUT_RDWR))
		die("shutdown");
	w->turns++;
	begin(w);
	while (next_turn(w)) {
		if (listen(fd, 1) || shutdown(fd, SHUT_RDWR))
			die("listen");
		w->turns++;
	}
	w->last_ns = now_ns();
	close(fd);
}

static void udp(struct worker *w)
{
	char data[DATAGRAM] = {0};
	struct sockaddr_in a = place(w->o->port + w->index, 0);
	int in = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
	    out = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (in < 0 || out < 0 || bind(in, (struct sockaddr *)&a, sizeof(a)) ||
	    connect(out, (struct sockaddr *)&a, sizeof(a)))
		die("udp");
	begin(w);
	while (next_turn(w)) {
		if (send(out, data, sizeof(data), 0) < 0)
			die("send");
		if (recv(in, data, sizeof(data), MSG_DONTWAIT) > 0)
			w->bytes += sizeof(data);
		w->turns++;
	}
	w->last_ns = now_ns();
	close(in);
	close(out);
}

static void tcp(struct worker *w)
{
	static char zeros[CHUNK];
	static _Thread_local char data[CHUNK];
	unsigned int port = w->o->port + w->index;
	struct sockaddr_in a = place(port, 0);
	int listener = listen_on(port, 1), out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), in;

	if (out < 0 || connect(out, (struct sockaddr *)&a, sizeof(a)) ||
	    (in = accept(listener, NULL, NULL)) < 0)
		die("connect");
	close(listener);
	begin(w);
	while (next_turn(w)) {
		ssize_t n = send(out, zeros, sizeof(zeros), MSG_DONTWAIT);

		if (n < 0 && errno != EAGAIN)
			die("send");
		n = recv(in, data, sizeof(data), MSG_DONTWAIT);
		if (n > 0)
			w->bytes += (uint64_t)n;
		w->turns++;
	}
	w->last_ns = now_ns();
	close(in);
	close(out);
}

static void *work_fin(void *w)
{
	return connections(w, false), NULL;
}
static void *work_rst(void *w)
{
	return connections(w, true), NULL;
}
static void *work_storm(void *w)
{
	return storm(w), NULL;
}
static void *work_udp(void *w)
{
	return udp(w), NULL;
}
static void *work_tcp(void *w)
{
	return tcp(w), NULL;
}

static const struct mode {
	const char *name;
	void *(*work)(void *w);
	unsigned int transitions; /* of a turn */
	bool listens;
} modes[] = {
	{"fin", work_fin, 10, true}, {"rst", work_rst, 6, true},  {"storm", work_storm, 2, false},
	{"udp", work_udp, 0, false}, {"tcp", work_tcp, 0, false},
};

static double cpu_s(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static bool run_once(const struct mode *mode, const struct options *o, struct worker *w)
{
	uint64_t sum[BUCKETS] = {0}, turns = 0, bytes = 0, errors = 0, first = UINT64_MAX, last = 0,
		 max = 0;
	uint64_t transitions;
	double seconds, cpu = cpu_s();
	pthread_barrier_t ready;
	int error = 0;

	if (pthread_barrier_init(&ready, NULL, o->threads))
		die("memory");
	for (unsigned int i = 0; i < o->threads; i++) {
		w[i].ready = &ready;
		w[i].share = o->count ? o->count / o->threads + (i < o->count % o->threads) : 0;
		errno = pthread_create(&w[i].thread, NULL, mode->work, &w[i]);
		if (errno)
			die("thread");
	}
	for (unsigned int i = 0; i < o->threads; i++) {
		pthread_join(w[i].thread, NULL);
		for (unsigned int b = 0; b < BUCKETS; b++)
			sum[b] += w[i].latency[b];
		turns += w[i].turns;
		bytes += w[i].bytes;
		errors += w[i].errors;
		error = w[i].error ? w[i].error : error;
		first = w[i].first_ns < first ? w[i].first_ns : first;
		last = w[i].last_ns > last ? w[i].last_ns : last;
		max = w[i].latency_max > max ? w[i].latency_max : max;
		memset(w[i].latency, 0, sizeof(w[i].latency));
		w[i].before += w[i].turns + w[i].errors;
		w[i].turns = w[i].errors = w[i].latency_max = 0;
	}
	seconds = (double)(last - first) / (double)NS_S;
	/* A listener that is opened and closed has two of its own. */
	transitions = mode->transitions * turns;
	for (unsigned int i = 0; i < o->threads && !o->lines; i++)
		transitions += 2 * w[i].listener_count;
	printf("{\"mode\":\"%s\",\"threads\":%u,\"seconds\":%.6f,\"turns\":%llu,\"rate\":%.1f,\"transitions\":%llu,\"bytes\":%llu,"
	       "\"errors\":%llu,\"p50_us\":%.2f,\"p90_us\":%.2f,\"p99_us\":%.2f,\"max_us\":%.2f,\"cpu_s\":%.4f}\n",
	       mode->name, o->threads, seconds, (unsigned long long)turns,
	       seconds > 0 ? (double)turns / seconds : 0, (unsigned long long)transitions,
	       (unsigned long long)bytes, (unsigned long long)errors, percentile_us(sum, 0.5),
	       percentile_us(sum, 0.9), percentile_us(sum, 0.99), (double)max / 1000,
	       cpu_s() - cpu);
	fflush(stdout);
	if (errors)
		fprintf(stderr, "load: %llu connections failed: %s\n", (unsigned long long)errors,
			strerror(error));
	return errors == 0;
}

/* False where none comes: whoever started us has gone. */
static bool wait_for_line(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	char c;

	while (poll(&in, 1, HOLD_MAX_MS) == 1 && read(STDIN_FILENO, &c, 1) == 1) {
		if (c == '\n')
			return true;
	}
	return false;
}

static int run(const struct mode *mode, const struct options *o)
{
	struct worker *w = calloc(o->threads, sizeof(*w));
	bool good = true;

	if (!w)
		die("memory");
	for (unsigned int i = 0; i < o->threads; i++) {
		w[i].o = o;
		w[i].index = i;
		if (mode->listens)
			open_listeners(&w[i]);
	}
	if (o->lines) {
		puts("{}");
		fflush(stdout);
	}
	while (!o->lines || wait_for_line()) {
		good = run_once(mode, o, w) && good;
		if (!o->lines)
			break;
	}
	for (unsigned int i = 0; i < o->threads; i++)
		close_listeners(&w[i]);
	free(w);
	return !good;
}

/* ---- hold ---- */

/*
 * One process's share: tells with a byte that they are open, closes them when go ends, tells that.
 */
static void hold_share(const struct options *o, unsigned int index, uint64_t count, int go,
		       int told)
{
	const struct linger linger = {.l_onoff = 1};
	int *fds = calloc(2 * count, sizeof(*fds));
	int listener = listen_on(o->port + index, 1024);
	char c = 0;

	if (!fds)
		die("memory");
	for (uint64_t i = 0; i < count; i++) {
		struct sockaddr_in a = place(o->port + index, (uint32_t)(i / PORTS_BEFORE_NEXT));

		fds[2 * i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fds[2 * i] < 0 || connect(fds[2 * i], (struct sockaddr *)&a, sizeof(a)))
			die("connect");
		fds[2 * i + 1] = accept(listener, NULL, NULL);
		if (fds[2 * i + 1] < 0)
			die("accept");
	}
	if (write(told, &c, 1) != 1 || read(go, &c, 1) != 0)
		die("hold");
	for (uint64_t i = 0; i < 2 * count; i++) {
		if (i % 2 == 0)
			setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
		close(fds[i]);
	}
	close(listener);
	if (write(told, &c, 1) != 1)
		die("hold");
	exit(0);
}

/* False where a process has failed. */
static bool all_told(int told, unsigned int processes)
{
	char c;

	for (unsigned int i = 0; i < processes; i++)
		if (read(told, &c, 1) != 1)
			return false;
	return true;
}

/* In as many processes as the limit of descriptors takes. */
static int hold(const struct options *o)
{
	struct rlimit files;
	int go[2], told[2];
	uint64_t share;
	unsigned int processes;

	if (getrlimit(RLIMIT_NOFILE, &files) || pipe(go) || pipe(told))
		die("hold");
	share = (files.rlim_cur - SPARE_FILES) / 2;
	if (share > o->count)
		share = o->count;
	processes = (unsigned int)((o->count + share - 1) / share);
	for (unsigned int i = 0; i < processes; i++) {
		uint64_t left = o->count - i * share;

		if (fork())
			continue;
		close(go[1]);
		close(told[0]);
		hold_share(o, i, left < share ? left : share, go[0], told[1]);
	}
	close(told[1]);
	if (!all_told(told[0], processes))
		return 1;
	printf("{\"mode\":\"hold\",\"open\":%llu}\n", (unsigned long long)o->count);
	fflush(stdout);
	wait_for_line();
	close(go[1]);
	if (!all_told(told[0], processes))
		return 1;
	printf("{\"mode\":\"hold\",\"open\":0}\n");
	fflush(stdout);
	/* The namespace goes with us: not before the tracer has been looked at. */
	wait_for_line();
	return 0;
}

/* ---- threads that sleep ---- */

#define STACK_BYTES (256 << 10)

static void *doze(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static int doze_all(const struct options *o)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	pthread_attr_setguardsize(&attr, 0); /* a guard would be a mapping of its own */
	for (uint64_t i = 0; i < o->count; i++) {
		errno = pthread_create(&thread, &attr, doze, NULL);
		if (errno)
			die("pthread_create");
	}
	printf("{\"mode\":\"doze\",\"threads\":%llu}\n", (unsigned long long)o->count);
	fflush(stdout);
	wait_for_line();
	return 0;
}

/* ---- lines
 ---- */

#define TYPES_MAX    16
#define TYPE_MAX_LEN 23

struct lines {
	uint64_t count, bytes, with_count;
	const char *match, *with;
	FILE *kept;
	struct {
		char name[TYPE_MAX_LEN + 1];
		uint64_t count;
	} types[TYPES_MAX];
};

static bool listed(const char *list, const char *name)
{
	size_t len = strlen(name), part;

	for (; list && *list; list += part + (list[part] == ',')) {
		part = strcspn(list, ",");
		if (part == len && !memcmp(list, name, len))
			return true;
	}
	return false;
}

/* A line of JSON is known by its first bytes. */
static void look_at_type(struct lines *l, const char *line, size_t len)
{
	static const char head[] = "{\"type\":\"";
	const size_t head_len = sizeof(head) - 1;
	char name[TYPE_MAX_LEN + 1] = "";
	const char *quote;
	size_t i;

	if (len <= head_len || memcmp(line, head, head_len))
		return;
	quote = memchr(line + head_len, '"', len - head_len);
	if (!quote || (size_t)(quote - line) - head_len > TYPE_MAX_LEN)
		return;
	memcpy(name, line + head_len, (size_t)(quote - line) - head_len);
	for (i = 0; i < TYPES_MAX && l->types[i].count && strcmp(l->types[i].name, name); i++)
		;
	if (i < TYPES_MAX) {
		memcpy(l->types[i].name, name, sizeof(name));
		l->types[i].count++;
	}
	if (l->kept && listed(l->match, name)) {
		fwrite(line, 1, len, l->kept);
		fputc('\n', l->kept);
		fflush(l->kept);
	}
}

/* A reader that is never the bottleneck. */
static int lines(const char *match, const char *path, const char *with)
{
	static char buf[1 << 20];
	struct lines l = {.match = match, .with = with};
	size_t have = 0;
	ssize_t n;

	l.kept = path ? fopen(path, "w") : NULL;
	if (path && !l.kept)
		die(path);
	while ((n = read(STDIN_FILENO, buf + have, sizeof(buf) - have)) > 0 ||
	       (n < 0 && errno == EINTR)) {
		char *at = buf, *end;

		if (n < 0)
			continue;
		have += (size_t)n;
		l.bytes += (uint64_t)n;
		while ((end = memchr(at, '\n', have - (size_t)(at - buf)))) {
			size_t len = (size_t)(end - at);

			l.count++;
			if (with && memmem(at, len, with, strlen(with)))
				l.with_count++;
			look_at_type(&l, at, len);
			at = end + 1;
		}
		have -= (size_t)(at - buf);
		if (have == sizeof(buf))
			have = 0; /* no line is that long */
		memmove(buf, at, have);
	}
	printf("{\"mode\":\"lines\",\"lines\":%llu,\"bytes\":%llu,\"with\":%llu",
	       (unsigned long long)l.count, (unsigned long long)l.bytes,
	       (unsigned long long)l.with_count);
	for (size_t i = 0; i < TYPES_MAX && l.types[i].count; i++)
		printf(",\"type_%s\":%llu", l.types[i].name, (unsigned long long)l.types[i].count);
	printf("}\n");
	if (l.kept)
		fclose(l.kept);
	return n < 0;
}

/* ---- start ---- */

static void own_namespace(void)
{
	struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd, ports;

	if (unshare(CLONE_NEWNET))
		die("a network namespace of its own");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &up))
		die("lo");
	close(fd);
	/* Many ports, none of which is a listener's. */
	ports = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY);
	if (ports >= 0) {
		if (write(ports, "10240 65000", 11) < 0)
			perror("load: port range");
		close(ports);
	}
}

/* As many as this process may have. */
static void allow_files(void)
{
	struct rlimit files;

	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

static double number(const char *text, const char *value, double max)
{
	char *end;
	double n = strtod(value, &end);

	if (*end || end == value || !(n >= 0 && n <= max)) {
		fprintf(stderr, "load: '%s' is not a number from 0 to %.0f\n", text, max);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	struct options o = {.threads = 2, .port = 7460, .seconds = 1};
	const char *match = NULL, *path = NULL, *with = NULL;

	if (argc < 2) {
		fprintf(stderr,
			"usage: load fin|rst|storm|hold|udp|tcp|doze|lines [option=value]...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		const char *value = strchr(argv[i], '=');
		size_t len = value ? (size_t)(value - argv[i]) : 0;

		value = value ? value + 1 : "";
#define IS(name) (len == strlen(name) && !memcmp(argv[i], name, len))
		if (IS("threads"))
			o.threads = (unsigned int)number(argv[i], value, THREADS_MAX);
		else if (IS("seconds"))
			o.seconds = number(argv[i], value, SECONDS_MAX);
		else if (IS("count"))
			o.count = (uint64_t)number(argv[i], value, 1e9);
		else if (IS("rate"))
			o.rate = (uint64_t)number(argv[i], value, 1e7);
		else if (IS("listeners"))
			o.listeners = (unsigned int)number(argv[i], value, 50000);
		else if (IS("port"))
			o.port = (unsigned int)number(argv[i], value, 65535);
		else if (IS("here"))
			o.here = number(argv[i], value, 1) > 0;
		else if (IS("lines"))
			o.lines = number(argv[i], value, 1) > 0;
		else if (IS("own"))
			o.own = number(argv[i], value, 1) > 0;
		else if (IS("match"))
			match = value;
		else if (IS("file"))
			path = value;
		else if (IS("with"))
			with = value;
		else {
			fprintf(stderr, "load: unknown option '%s'\n", argv[i]);
			return 2;
		}
	}
	if (!strcmp(argv[1], "lines"))
		return lines(match, path, with);
	if (!strcmp(argv[1], "doze"))
		return doze_all(&o);
	if (o.threads < 1)
		o.threads = 1;
	allow_files();
	if (!o.here)
		own_namespace();
	if (!strcmp(argv[1], "hold")) {
		if (o.count < 1 || o.count > HOLD_MAX) {
			fprintf(stderr, "load: hold: give count=1 to %d\n", HOLD_MAX);
			return 2;
		}
		return hold(&o);
	}
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(argv[1], modes[i].name))
			return run(&modes[i], &o);
	fprintf(stderr, "load: unknown mode '%s'\n", argv[1]);
	return 2;
}
