// SPDX-License-Identifier: BSD-2-Clause
/* What happens to a connection after accept(): read, reply, close. One thread for all of them. */
#include "lab/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define IO_BYTES   65536
#define EVENTS_MAX 64

struct conn {
	int fd;
	uint64_t close_at_ns;
	uint64_t reply_left;
	bool reply_due; /* --read-first: the reply waits for the first data */
	bool ended;	/* nothing more comes from the client */
	struct conn *next;
};

struct conns {
	pthread_mutex_t lock; /* guards arrivals, the only thing acceptors touch */
	struct conn *arrivals;
	struct conn *all; /* the thread's own */
	pthread_t thread;
	atomic_bool quit;
	int epoll, wake;
	char buf[IO_BYTES];
};

static void conn_watch(struct server *server, struct conn *conn, int op)
{
	struct epoll_event ev = {.data.ptr = conn};

	if (!conn->ended)
		ev.events |= server->cfg->no_read ? EPOLLRDHUP : EPOLLIN;
	if (conn->reply_left && !conn->reply_due)
		ev.events |= EPOLLOUT;
	/* epoll reports EPOLLHUP and EPOLLERR unasked: an ended connection has to leave the set. */
	if (!ev.events)
		op = EPOLL_CTL_DEL;
	epoll_ctl(server->conns->epoll, op, conn->fd, &ev);
}

static void conn_write(struct server *server, struct conn *conn)
{
	struct conns *conns = server->conns;
	char name[16];

	while (conn->reply_left) {
		size_t want = conn->reply_left < IO_BYTES ? conn->reply_left : IO_BYTES;
		ssize_t n;

		memset(conns->buf, 'r', want);
		n = send(conn->fd, conns->buf, want, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			lab_say(&server->say, "write(%d) = -1 %s", conn->fd,
				lab_errno_name(errno, name));
			conn->reply_left = 0;
			return;
		}
		lab_say(&server->say, "write(%d) = %zd", conn->fd, n);
		conn->reply_left -= (uint64_t)n;
	}
}

/* With --read-first, the time of --close-after runs from the reply. */
static void conn_reply(struct server *server, struct conn *conn)
{
	conn->reply_due = false;
	if (server->cfg->close_after_ms != LAB_NEVER)
		conn->close_at_ns = lab_now_ns() + server->cfg->close_after_ms * NS_MS;
	conn_write(server, conn);
}

static void conn_read(struct server *server, struct conn *conn)
{
	ssize_t n = recv(conn->fd, server->conns->buf, IO_BYTES, MSG_DONTWAIT);
	char name[16];

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		lab_say(&server->say, "read(%d) = -1 %s", conn->fd, lab_errno_name(errno, name));
		conn->ended = true;
		return;
	}
	lab_say(&server->say, "read(%d) = %zd%s", conn->fd, n, n ? "" : "  end of file");
	if (!n)
		conn->ended = true;
	if (n && conn->reply_due)
		conn_reply(server, conn);
}

static void conn_close(struct server *server, struct conn *conn)
{
	static const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	unsigned long closed;

	if (server->cfg->reset)
		setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	lab_say(&server->say, "close(%d)%s", conn->fd,
		server->cfg->reset ? "  with SO_LINGER 0" : "");
	close(conn->fd);
	free(conn);
	closed = atomic_fetch_add(&server->closed, 1) + 1;
	if (server->cfg->exit_when_done && closed == server->cfg->accept_max)
		kill(getpid(), SERVER_SIG_DONE);
}

static bool conn_finished(const struct server *server, const struct conn *conn, uint64_t now)
{
	if (now >= conn->close_at_ns)
		return true;
	return conn->ended && !server->cfg->hold && server->cfg->close_after_ms == LAB_NEVER;
}

static void take_arrivals(struct server *server)
{
	struct conns *conns = server->conns;
	struct conn *conn, *list;
	uint64_t count;

	if (read(conns->wake, &count, sizeof(count)) < 0)
		return;
	pthread_mutex_lock(&conns->lock);
	list = conns->arrivals;
	conns->arrivals = NULL;
	pthread_mutex_unlock(&conns->lock);
	while ((conn = list)) {
		list = conn->next;
		conn->next = conns->all;
		conns->all = conn;
		if (!conn->reply_due)
			conn_write(server, conn);
		conn_watch(server, conn, EPOLL_CTL_ADD);
	}
}

/* Closes what is due and returns how long the thread may sleep, as epoll_wait() wants it. */
static int close_due(struct server *server)
{
	uint64_t now = lab_now_ns(), next = LAB_NEVER;
	struct conn **at = &server->conns->all, *conn;

	while ((conn = *at)) {
		if (conn_finished(server, conn, now)) {
			*at = conn->next;
			conn_close(server, conn);
			continue;
		}
		if (conn->close_at_ns < next)
			next = conn->close_at_ns;
		at = &conn->next;
	}
	if (next == LAB_NEVER)
		return -1;
	return (int)((next - now + NS_MS - 1) / NS_MS);
}

static void *conns_main(void *arg)
{
	struct server *server = arg;
	struct conns *conns = server->conns;
	struct epoll_event events[EVENTS_MAX];

	for (;;) {
		int timeout = close_due(server);
		int n = epoll_wait(conns->epoll, events, EVENTS_MAX, timeout);

		if (atomic_load(&conns->quit))
			break;
		for (int i = 0; i < n; i++) {
			struct conn *conn = events[i].data.ptr;

			if (!conn) {
				take_arrivals(server);
				continue;
			}
			if (events[i].events & EPOLLOUT)
				conn_write(server, conn);
			if (server->cfg->no_read) {
				if (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
					conn->ended = true;
			} else if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
				conn_read(server, conn);
			}
			conn_watch(server, conn, EPOLL_CTL_MOD);
		}
	}
	return NULL;
}

int conns_start(struct server *server)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};
	struct conns *conns = calloc(1, sizeof(*conns));
	int err;

	if (!conns)
		return -ENOMEM;
	pthread_mutex_init(&conns->lock, NULL);
	conns->epoll = epoll_create1(EPOLL_CLOEXEC);
	conns->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (conns->epoll < 0 || conns->wake < 0 ||
	    epoll_ctl(conns->epoll, EPOLL_CTL_ADD, conns->wake, &ev)) {
		err = -errno;
		free(conns);
		return err;
	}
	server->conns = conns;
	err = -pthread_create(&conns->thread, NULL, conns_main, server);
	if (err) {
		free(conns);
		server->conns = NULL;
	}
	return err;
}

static void conns_wake(struct conns *conns)
{
	uint64_t one = 1;

	if (write(conns->wake, &one, sizeof(one)) < 0)
		return; /* the pipe is full: the thread has been woken already */
}

void conns_add(struct server *server, int fd)
{
	struct conns *conns = server->conns;
	struct conn *conn = calloc(1, sizeof(*conn));

	if (!conn) {
		close(fd);
		return;
	}
	conn->fd = fd;
	conn->reply_left = server->cfg->reply;
	conn->reply_due = server->cfg->read_first;
	conn->close_at_ns = LAB_NEVER;
	if (server->cfg->close_after_ms != LAB_NEVER && !conn->reply_due)
		conn->close_at_ns = lab_now_ns() + server->cfg->close_after_ms * NS_MS;
	pthread_mutex_lock(&conns->lock);
	conn->next = conns->arrivals;
	conns->arrivals = conn;
	pthread_mutex_unlock(&conns->lock);
	conns_wake(conns);
}

/* To be called after acceptors_stop(): nobody may add a connection any more. */
void conns_stop(struct server *server)
{
	struct conns *conns = server->conns;
	struct conn *conn;

	atomic_store(&conns->quit, true);
	conns_wake(conns);
	pthread_join(conns->thread, NULL);
	while ((conn = conns->arrivals)) {
		conns->arrivals = conn->next;
		conn->next = conns->all;
		conns->all = conn;
	}
	while ((conn = conns->all)) {
		conns->all = conn->next;
		conn_close(server, conn);
	}
	close(conns->epoll);
	close(conns->wake);
	pthread_mutex_destroy(&conns->lock);
	free(conns);
	server->conns = NULL;
}
