/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * out.h - text that gathers in memory and leaves in one write.
 *
 * Owns the buffer and keeps the first error: after an error it accepts text and drops it. Knows
 * nothing of what the text means. The file descriptor stays the caller's.
 *
 *	struct out o;
 *	out_init(&o, STDOUT_FILENO);
 *	char *p = out_reserve(&o, 64);
 *	if (p)
 *		out_advance(&o, write_some(p));
 *	out_text(&o, "\n");
 *	err = out_flush(&o);
 */
#ifndef SOCKSTATE_OUT_H
#define SOCKSTATE_OUT_H

#include <fcntl.h>
#include <stddef.h>

struct out {
	char *buf;
	size_t len, cap;
	int fd;
	int err; /* 0, or the first error as a negative errno */
};

/* Returns 0 or -ENOMEM. */
int out_init(struct out *o, int fd);
void out_free(struct out *o);

/* Grows the buffer so that n more bytes fit. Returns 0, or a negative errno, which is kept. */
int out_grow(struct out *o, size_t n);

/* Returns where n bytes can be written, or NULL. They count only after out_advance(). */
static inline char *out_reserve(struct out *o, size_t n)
{
	if (o->cap - o->len < n && out_grow(o, n))
		return NULL;
	return o->buf + o->len;
}

/* end: one past the last byte that was written at what out_reserve() returned. */
static inline void out_advance(struct out *o, const char *end)
{
	o->len = (size_t)(end - o->buf);
}

void out_bytes(struct out *o, const char *bytes, size_t n);
void out_text(struct out *o, const char *text);
void out_format(struct out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Writes everything that was gathered. Continues after a partial write and after EINTR, and waits
 * for a full pipe that is non-blocking. Returns 0, or the kept error; -EPIPE: the reader has gone.
 */
int out_flush(struct out *o);

/*
 * Opens a file to be written from its beginning; a new one gets that mode. Does not wait for the
 * reader of a FIFO. Returns the descriptor, or a negative errno.
 */
int out_create(const char *path, unsigned int mode);
/*
 * How out_create_new() opens: a file that exists is not written, nor is the target of a link.
 */
#define OUT_NEW (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)
/* A descriptor, or a negative errno: -EEXIST. */
int out_create_new(const char *path, unsigned int mode);
/* Why such a file cannot be opened or written. error: a negative errno */
const char *out_why(int error);

#endif
