// SPDX-License-Identifier: BSD-2-Clause
#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUT_FIRST (64 * 1024)
/*
 * A flush shrinks a larger buffer to this size, because it was for a batch that does not come
 * again.
 */
#define OUT_KEEP (4 * 1024 * 1024)

int out_init(struct out *o, int fd)
{
	char *buf = malloc(OUT_FIRST);

	if (!buf)
		return -ENOMEM;
	*o = (struct out){.buf = buf, .cap = OUT_FIRST, .fd = fd};
	return 0;
}

void out_free(struct out *o)
{
	free(o->buf);
	*o = (struct out){.fd = -1};
}

int out_grow(struct out *o, size_t n)
{
	size_t cap = o->cap ? o->cap : OUT_FIRST;
	char *buf;

	if (o->err)
		o->len = 0; /* nobody will read the text */
	while (cap - o->len < n) {
		if (cap > (size_t)-1 / 4) {
			o->err = o->err ? o->err : -ENOMEM;
			return o->err;
		}
		cap *= 2;
	}
	if (cap == o->cap)
		return 0;
	buf = realloc(o->buf, cap);
	if (!buf) {
		o->err = o->err ? o->err : -ENOMEM;
		return o->err;
	}
	o->buf = buf;
	o->cap = cap;
	return 0;
}

void out_bytes(struct out *o, const char *bytes, size_t n)
{
	char *p = out_reserve(o, n);

	if (p) {
		memcpy(p, bytes, n);
		o->len += n;
	}
}

void out_text(struct out *o, const char *text)
{
	out_bytes(o, text, strlen(text));
}

void out_format(struct out *o, const char *format, ...)
{
	va_list args;
	char *p;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		return;
	p = out_reserve(o, (size_t)n + 1);
	if (!p)
		return;
	va_start(args, format);
	vsnprintf(p, (size_t)n + 1, format, args);
	va_end(args);
	o->len += (size_t)n;
}

static void wait_writable(int fd)
{
	struct pollfd pfd = {.fd = fd, .events = POLLOUT};

	poll(&pfd, 1, -1);
}

static void shrink(struct out *o)
{
	char *buf = o->cap > OUT_KEEP ? realloc(o->buf, OUT_KEEP) : NULL;

	if (!buf)
		return;
	o->buf = buf;
	o->cap = OUT_KEEP;
}

int out_flush(struct out *o)
{
	size_t done = 0;

	while (!o->err && done < o->len) {
		ssize_t n = write(o->fd, o->buf + done, o->len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			wait_writable(o->fd);
		else if (errno != EINTR)
			o->err = -errno;
	}
	o->len = 0;
	shrink(o);
	return o->err;
}

int out_create(const char *path, unsigned int mode)
{
	/* Without O_NONBLOCK the open of a FIFO that nobody reads would not return. */
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode);

	if (fd < 0 || !fcntl(fd, F_SETFL, 0))
		return fd < 0 ? -errno : fd;
	close(fd);
	return -EIO;
}

int out_create_new(const char *path, unsigned int mode)
{
	int fd = open(path, OUT_NEW, mode);

	return fd < 0 ? -errno : fd;
}

const char *out_why(int error)
{
	switch (error) {
	case -ENXIO:
		return "it is a FIFO that nobody reads: start the reader first";
	case -EINTR:
		return "it is cut, a signal asked to end while its reader did not read";
	default:
		return strerror(-error);
	}
}
