// SPDX-License-Identifier: BSD-2-Clause
/* What the lab prints: one stamped line per call, by the clock that the tracer uses. */
#include "lab/lab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 512

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * NS_S + (uint64_t)ts.tv_nsec;
}

uint64_t lab_now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

double lab_ms(uint64_t ns)
{
	return (double)ns / (double)NS_MS;
}

void lab_say_init(struct lab_say *say, const char *command, int stamps, bool quiet)
{
	memset(say, 0, sizeof(*say));
	say->command = command;
	say->stamps = stamps;
	say->quiet = quiet;
	say->start_ns = lab_now_ns();
	say->wall_off_ns = (int64_t)(clock_ns(CLOCK_REALTIME) - lab_now_ns());
}

static int print_stamp(const struct lab_say *say, char *buf, size_t size)
{
	uint64_t now = lab_now_ns();
	struct tm tm;
	time_t sec;

	switch (say->stamps) {
	case LAB_STAMPS_NS:
		return snprintf(buf, size, "%16" PRIu64, now);
	case LAB_STAMPS_WALL:
		now += (uint64_t)say->wall_off_ns;
		sec = (time_t)(now / NS_S);
		localtime_r(&sec, &tm);
		return snprintf(buf, size, "%02d:%02d:%02d.%06" PRIu64, tm.tm_hour, tm.tm_min,
				tm.tm_sec, now % NS_S / 1000);
	default:
		now -= say->start_ns;
		return snprintf(buf, size, "%5" PRIu64 ".%06" PRIu64, now / NS_S,
				now % NS_S / 1000);
	}
}

/* One write() for a line: threads and workers share stdout, and their lines must not mix. */
__attribute__((format(printf, 2, 0))) static void say_line(const struct lab_say *say,
							   const char *fmt, va_list ap)
{
	char line[LINE_MAX_BYTES];
	size_t n, room = sizeof(line) - 1;
	ssize_t done;

	n = (size_t)print_stamp(say, line, room);
	if (say->tag[0])
		n += (size_t)snprintf(line + n, room - n, "  %-6s", say->tag);
	n += (size_t)snprintf(line + n, room - n, "  ");
	vsnprintf(line + n, room - n, fmt, ap);
	n = strlen(line);
	line[n++] = '\n';
	do {
		done = write(STDOUT_FILENO, line, n);
	} while (done < 0 && errno == EINTR);
}

void lab_say(const struct lab_say *say, const char *fmt, ...)
{
	va_list ap;

	if (say->quiet)
		return;
	va_start(ap, fmt);
	say_line(say, fmt, ap);
	va_end(ap);
}

void lab_say_always(const struct lab_say *say, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_line(say, fmt, ap);
	va_end(ap);
}

int lab_fail(const struct lab_say *say, int err, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES], name[16];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (err)
		fprintf(stderr, "sockstate-lab %s: %s: %s (%s)\n", say->command, line,
			lab_errno_name(err, name), strerror(err));
	else
		fprintf(stderr, "sockstate-lab %s: %s\n", say->command, line);
	return err ? -err : -EIO;
}

/* strerrorname_np() needs glibc 2.32. The lab meets few errors, and lists them here. */
const char *lab_errno_name(int err, char buf[16])
{
	static const struct {
		int err;
		const char *name;
	} names[] = {
		{EPERM, "EPERM"},
		{EINTR, "EINTR"},
		{EIO, "EIO"},
		{EBADF, "EBADF"},
		{EAGAIN, "EAGAIN"},
		{ENOMEM, "ENOMEM"},
		{EACCES, "EACCES"},
		{EBUSY, "EBUSY"},
		{ENODEV, "ENODEV"},
		{EINVAL, "EINVAL"},
		{ENFILE, "ENFILE"},
		{EMFILE, "EMFILE"},
		{EPIPE, "EPIPE"},
		{ENOENT, "ENOENT"},
		{ENOSYS, "ENOSYS"},
		{EPROTO, "EPROTO"},
		{ENOTSOCK, "ENOTSOCK"},
		{ENOPROTOOPT, "ENOPROTOOPT"},
		{EPROTONOSUPPORT, "EPROTONOSUPPORT"},
		{EOPNOTSUPP, "EOPNOTSUPP"},
		{EAFNOSUPPORT, "EAFNOSUPPORT"},
		{EADDRINUSE, "EADDRINUSE"},
		{EADDRNOTAVAIL, "EADDRNOTAVAIL"},
		{ENETDOWN, "ENETDOWN"},
		{ENETUNREACH, "ENETUNREACH"},
		{ECONNABORTED, "ECONNABORTED"},
		{ECONNRESET, "ECONNRESET"},
		{ENOBUFS, "ENOBUFS"},
		{EISCONN, "EISCONN"},
		{ENOTCONN, "ENOTCONN"},
		{ETIMEDOUT, "ETIMEDOUT"},
		{ECONNREFUSED, "ECONNREFUSED"},
		{EHOSTUNREACH, "EHOSTUNREACH"},
		{EALREADY, "EALREADY"},
		{EINPROGRESS, "EINPROGRESS"},
		{ECANCELED, "ECANCELED"},
	};

	for (size_t i = 0; i < LAB_ARRAY_SIZE(names); i++)
		if (names[i].err == err)
			return names[i].name;
	snprintf(buf, 16, "errno %d", err);
	return buf;
}

/* "fe80::1%eth0": of an address on one link alone (RFC 4007). */
static bool parse_zoned(const char *text, struct sockaddr_in6 *a)
{
	const char *zone = strchr(text, '%');
	char bare[INET6_ADDRSTRLEN];

	if (!zone || zone - text >= (ptrdiff_t)sizeof(bare))
		return false;
	memcpy(bare, text, (size_t)(zone - text));
	bare[zone - text] = '\0';
	a->sin6_scope_id = if_nametoindex(zone + 1);
	return a->sin6_scope_id && inet_pton(AF_INET6, bare, &a->sin6_addr) == 1;
}

int lab_addr_parse(const char *text, uint16_t port, union lab_addr *addr)
{
	union lab_addr a;

	memset(&a, 0, sizeof(a));
	if (inet_pton(AF_INET, text, &a.v4.sin_addr) == 1) {
		a.sa.sa_family = AF_INET;
	} else if (inet_pton(AF_INET6, text, &a.v6.sin6_addr) == 1 || parse_zoned(text, &a.v6)) {
		a.sa.sa_family = AF_INET6;
	} else {
		return -EINVAL;
	}
	lab_addr_set_port(&a, port);
	*addr = a;
	return 0;
}

socklen_t lab_addr_len(const union lab_addr *addr)
{
	return addr->sa.sa_family == AF_INET ? sizeof(addr->v4) : sizeof(addr->v6);
}

uint16_t lab_addr_port(const union lab_addr *addr)
{
	/* sin_port and sin6_port have the same offset. */
	return ntohs(addr->v4.sin_port);
}

void lab_addr_set_port(union lab_addr *addr, uint16_t port)
{
	addr->v4.sin_port = htons(port);
}

bool lab_addr_equal(const union lab_addr *a, const union lab_addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family || a->v4.sin_port != b->v4.sin_port)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	return !memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr));
}

const char *lab_addr_text(const union lab_addr *addr, char buf[LAB_ADDR_TEXT])
{
	char host[INET6_ADDRSTRLEN] = "?";

	if (addr->sa.sa_family == AF_INET) {
		inet_ntop(AF_INET, &addr->v4.sin_addr, host, sizeof(host));
		snprintf(buf, LAB_ADDR_TEXT, "%s:%u", host, lab_addr_port(addr));
	} else {
		inet_ntop(AF_INET6, &addr->v6.sin6_addr, host, sizeof(host));
		snprintf(buf, LAB_ADDR_TEXT, "[%s]:%u", host, lab_addr_port(addr));
	}
	return buf;
}
