// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/farewell.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* From one end to the other: all of them, and that other end, which nobody else will have. */
static int send_all(int from, int to, const int *fds, size_t count)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE((FAREWELL_MAX + 1) * sizeof(int))];
	} control = {0};
	struct iovec byte = {.iov_base = "", .iov_len = 1};
	struct msghdr message = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE((count + 1) * sizeof(int)),
	};
	struct cmsghdr *header = &control.align;

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN((count + 1) * sizeof(int));
	memcpy(CMSG_DATA(header), fds, count * sizeof(int));
	memcpy(CMSG_DATA(header) + count * sizeof(int), &to, sizeof(to));
	return sendmsg(from, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int farewell_open(struct farewell *f, const int *fds, size_t count)
{
	int end[2], rc;

	*f = (struct farewell){-1, -1};
	if (!count || count > FAREWELL_MAX)
		return -EINVAL;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end))
		return -errno;
	/* The lower one is closed first where the process ends. */
	f->receiver = end[0] < end[1] ? end[0] : end[1];
	f->sender = end[0] < end[1] ? end[1] : end[0];
	rc = send_all(f->sender, f->receiver, fds, count);
	if (rc)
		farewell_close(f);
	return rc;
}

void farewell_close(struct farewell *f)
{
	if (f->receiver >= 0)
		close(f->receiver);
	if (f->sender >= 0)
		close(f->sender);
	*f = (struct farewell){-1, -1};
}
