// SPDX-License-Identifier: BSD-2-Clause
#include "run/http.h"

#include <errno.h>
#include <stdio.h>

#ifndef HAVE_MICROHTTPD

int http_open(struct http **out, const struct http_options *options, char *err, size_t err_size)
{
	(void)out, (void)options;
	snprintf(err, err_size,
		 "this sockstate was built without libmicrohttpd and cannot serve HTTP");
	return -ENOSYS;
}

void http_kept_free(struct http_kept *kept)
{
	(void)kept;
}

void http_poll(struct http *h, int timeout_ms)
{
	(void)h, (void)timeout_ms;
}

void http_free(struct http *h)
{
	(void)h;
}

#else

#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/endpoint.h"
#include "run/library.h"

/* A client that sends nothing for so long is given up. */
#define TIMEOUT_S	 5
/* Connections at once; further ones wait in the kernel's queue until one of these is given up. */
#define CONNECTIONS_MAX	 256
/* Bytes of a connection for the request and its headers; larger ones get 431. */
#define CONNECTION_BYTES (16 * 1024)
#define BACKLOG		 128

#define CALLS(CALL)                       \
	CALL(add_response_header)         \
	CALL(create_response_from_buffer) \
	CALL(destroy_response)            \
	CALL(get_daemon_info)             \
	CALL(get_timeout)                 \
	CALL(lookup_connection_value)     \
	CALL(queue_response)              \
	CALL(run)                         \
	CALL(start_daemon)                \
	CALL(stop_daemon)

struct calls {
#define CALL(name) __typeof__(MHD_##name) *name;
	CALLS(CALL)
#undef CALL
};

/* start_daemon is MHD_start_daemon(), and so on. One for all, for it is one library. */
static struct calls mhd;

struct http {
	struct MHD_Daemon *daemon;
	int epoll;
	http_fn fn;
	void *ctx;
};

static enum MHD_Result send_text(struct MHD_Connection *c, unsigned int status, const char *text)
{
	struct MHD_Response *r =
		mhd.create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result rc;

	if (!r)
		return MHD_NO;
	mhd.add_response_header(r, "Content-Type", "text/plain; charset=utf-8");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		mhd.add_response_header(r, "Allow", "GET, HEAD");
	rc = mhd.queue_response(c, status, r);
	mhd.destroy_response(r);
	return rc;
}

/* libmicrohttpd counts who uses a response: one that is being sent outlives this. */
void http_kept_free(struct http_kept *kept)
{
	if (kept)
		mhd.destroy_response((struct MHD_Response *)kept);
}

/* The response takes the body. NULL when out of memory. */
static struct MHD_Response *make_response(struct out *body, const struct http_page *page)
{
	struct MHD_Response *r = body->err ? NULL
					   : mhd.create_response_from_buffer(body->len, body->buf,
									     MHD_RESPMEM_MUST_FREE);

	if (!r) {
		out_free(body);
		return NULL;
	}
	mhd.add_response_header(r, "Content-Type", page->content_type);
	mhd.add_response_header(r, "Cache-Control", "no-store");
	mhd.add_response_header(r, "X-Content-Type-Options", "nosniff");
	return r;
}

static enum MHD_Result send_page(const struct http *h, struct MHD_Connection *c, const char *path)
{
	const char *accept = mhd.lookup_connection_value(c, MHD_HEADER_KIND, "Accept");
	struct http_page page = {.status = MHD_HTTP_OK};
	struct MHD_Response *r;
	enum MHD_Result rc;
	struct out body;

	if (out_init(&body, -1))
		return MHD_NO;
	h->fn(h->ctx, path, accept ? accept : "", &page, &body);
	if (page.kept && *page.kept && !body.len && !body.err) {
		out_free(&body);
		return mhd.queue_response(c, MHD_HTTP_OK, (struct MHD_Response *)*page.kept);
	}
	r = make_response(&body, &page);
	if (!r)
		return send_text(c, MHD_HTTP_INTERNAL_SERVER_ERROR, "out of memory\n");
	rc = mhd.queue_response(c, (unsigned int)page.status, r);
	if (page.kept) {
		http_kept_free(*page.kept);
		*page.kept = (struct http_kept *)r;
	} else {
		mhd.destroy_response(r);
	}
	return rc;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *path,
				  const char *method, const char *version, const char *data,
				  size_t *size, void **state)
{
	static int seen;

	(void)version, (void)data;
	/* The first call comes with the headers alone. */
	if (!*state) {
		*state = &seen;
		return MHD_YES;
	}
	if (*size) { /* a body, which no page wants */
		*size = 0;
		return MHD_YES;
	}
	if (strcmp(method, "GET") && strcmp(method, "HEAD"))
		return send_text(c, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
	return send_page(ctx, c, path);
}

/* ---- the socket ---- */

static int say(char *err, size_t err_size, const char *where, int rc)
{
	snprintf(err, err_size, "cannot listen at %s: %s%s", where, strerror(-rc),
		 rc == -EADDRINUSE ? ": give another --listen" : "");
	return rc;
}

static int listen_at(const struct sockaddr *address, socklen_t size)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int rc;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (bind(fd, address, size) || listen(fd, BACKLOG)) {
		rc = -errno;
		close(fd);
		return rc;
	}
	return fd;
}

/* A socket that nobody serves any more is in the way; without rights we could not remove it. */
static void remove_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat st;

	if (fd < 0)
		return;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) &&
	    errno == ECONNREFUSED && !lstat(address->sun_path, &st) && S_ISSOCK(st.st_mode))
		unlink(address->sun_path);
	close(fd);
}

static int listen_where(const char *where, char *err, size_t err_size)
{
	struct endpoint at;
	int fd = endpoint_read(&at, where);

	if (!fd && at.address.any.sa_family == AF_UNIX)
		remove_stale(&at.address.path);
	if (!fd)
		fd = listen_at(&at.address.any, at.size);
	return fd < 0 ? say(err, err_size, where, fd) : fd;
}

/* What serves is loaded; a static program has it linked. */
static int load(char *err, size_t err_size)
{
#ifdef HTTP_LINKED
#define CALL(name) .name = MHD_##name,
	mhd = (struct calls){CALLS(CALL)};
#undef CALL
	(void)err, (void)err_size;
	return 0;
#else
	static const char *const files[] = {"libmicrohttpd.so.12"};
#define CALL(name) LIBRARY_CALL("MHD_", struct calls, name)
	static const struct library_call calls[] = {CALLS(CALL)};
#undef CALL
	int rc = library_load(&mhd, files, 1, calls, sizeof(calls) / sizeof(calls[0]));

	if (rc)
		snprintf(err, err_size, "libmicrohttpd is needed to serve: %s %s", files[0],
			 rc == -ENOSYS ? "is too old" : "cannot be loaded");
	return rc;
#endif
}

int http_open(struct http **out, const struct http_options *options, char *err, size_t err_size)
{
	struct http *h = calloc(1, sizeof(*h));
	const union MHD_DaemonInfo *info;
	int fd, rc;

	if (!h) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	rc = load(err, err_size);
	if (rc) {
		free(h);
		return rc;
	}
	h->fn = options->fn;
	h->ctx = options->ctx;
	fd = options->fd >= 0 ? options->fd : listen_where(options->where, err, err_size);
	if (fd < 0) {
		free(h);
		return fd;
	}
	h->daemon = mhd.start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, h,
				     MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
				     (unsigned int)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
				     (unsigned int)TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				     (size_t)CONNECTION_BYTES, MHD_OPTION_END);
	info = h->daemon ? mhd.get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	if (!info) {
		snprintf(err, err_size, "cannot start the HTTP server");
		close(fd);
		http_free(h);
		return -EIO;
	}
	h->epoll = info->epoll_fd;
	*out = h;
	return 0;
}

void http_poll(struct http *h, int timeout_ms)
{
	struct pollfd p = {.fd = h->epoll, .events = POLLIN};
	MHD_UNSIGNED_LONG_LONG due;

	if (mhd.get_timeout(h->daemon, &due) == MHD_YES && due < (unsigned int)timeout_ms)
		timeout_ms = (int)due;
	poll(&p, 1, timeout_ms);
	mhd.run(h->daemon);
}

void http_free(struct http *h)
{
	if (!h)
		return;
	if (h->daemon)
		mhd.stop_daemon(h->daemon);
	free(h);
}

#endif
