/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http.h - a small HTTP server for pages that are made on request. http.c is the only file that
 * knows libmicrohttpd; without the library (HTTP=0) http_open() says so.
 *
 * One thread: http_poll() does what is due and returns. Bounds keep a slow or hostile client from
 * holding more than its share: connections, memory of each, and the time without a byte.
 */
#ifndef SOCKSTATE_HTTP_H
#define SOCKSTATE_HTTP_H

#include <stddef.h>

#include "base/out.h"

struct http;

/* A page that is sent as it is to all who ask for it. */
struct http_kept;
void http_kept_free(struct http_kept *kept); /* accepts NULL */

struct http_page {
	int status;
	const char *content_type;
	/*
	 * NULL: the page is made for this request. Else it is kept there: with nothing in body the
	 * one that was made last is sent again.
	 */
	struct http_kept **kept;
};
/*
 * Writes the page for a path into body, which is empty. accept: the value of the request's header
 * Accept, "" where it has none.
 */
typedef void (*http_fn)(void *ctx, const char *path, const char *accept, struct http_page *page,
			struct out *body);

struct http_options {
	const char *where; /* "127.0.0.1:9435", "[::1]:9435" or "unix:/run/sockstate.sock" */
	int fd;		   /* a socket that listens already, instead; -1: none */
	http_fn fn;
	void *ctx;
};

/*
 * Binds and listens, so it comes before rights are given up. Returns 0 or a negative errno with a
 * sentence in err.
 */
int http_open(struct http **out, const struct http_options *options, char *err, size_t err_size);
/* Serves for at most timeout_ms. */
void http_poll(struct http *h, int timeout_ms);
void http_free(struct http *h);

#endif
