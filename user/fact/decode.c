// SPDX-License-Identifier: BSD-2-Clause
#include "fact/decode.h"

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"

#define ERRNO_MAX 4095 /* the kernel's MAX_ERRNO */

static bool good_state(unsigned int state)
{
	return state < TCP_STATE_COUNT;
}

static bool good_sock(const struct fact_sock *s)
{
	return (s->family == AF_INET || s->family == AF_INET6) && good_state(s->state);
}

static bool good_comm(const struct fact_task *task)
{
	return memchr(task->comm, 0, sizeof(task->comm));
}

static bool check_header(const struct fact_hdr *h)
{
	(void)h;
	return true;
}

static bool check_state(const struct fact_hdr *h)
{
	const struct fact_state *f = (const void *)h;

	return good_sock(&f->s) && good_state(f->old) && good_state(f->new);
}

static bool check_process(const struct fact_hdr *h)
{
	const struct fact_process *f = (const void *)h;

	return good_comm(&f->task);
}

static bool check_place(const struct fact_hdr *h)
{
	const struct fact_place *f = (const void *)h;

	return f->part <= FACT_PLACE_HOST && f->groups <= FACT_PLACE_GROUPS &&
	       memchr(f->name, 0, sizeof(f->name));
}

static bool check_interface(const struct fact_hdr *h)
{
	const struct fact_interface *f = (const void *)h;

	return memchr(f->name, 0, sizeof(f->name));
}

static bool check_listen(const struct fact_hdr *h)
{
	const struct fact_listen *f = (const void *)h;

	return good_sock(&f->s) && good_comm(&f->task) && good_state(f->old) &&
	       good_state(f->new) && f->err <= ERRNO_MAX;
}

static bool check_connect(const struct fact_hdr *h)
{
	const struct fact_connect *f = (const void *)h;

	return good_sock(&f->s) && good_comm(&f->task) && good_state(f->old) && good_state(f->new);
}

static bool check_established(const struct fact_hdr *h)
{
	const struct fact_established *f = (const void *)h;

	return good_sock(&f->s) && good_state(f->old) && good_state(f->new);
}

static bool check_closed(const struct fact_hdr *h)
{
	const struct fact_closed *f = (const void *)h;

	return good_sock(&f->s) && good_state(f->old) && good_state(f->new) && f->err <= ERRNO_MAX;
}

static bool check_syn(const struct fact_hdr *h)
{
	const struct fact_syn *f = (const void *)h;

	return good_sock(&f->s);
}

static bool check_drop(const struct fact_hdr *h)
{
	const struct fact_drop *f = (const void *)h;

	return good_sock(&f->s) && f->reason < FACT_DROP_REASONS;
}

static bool check_accept(const struct fact_hdr *h)
{
	const struct fact_accept *f = (const void *)h;

	if (!good_comm(&f->task) || f->err < 0 || f->err > ERRNO_MAX || f->fd < -1)
		return false;
	/* An accept() that failed has no socket, so older records leave the family open. */
	return good_sock(&f->s) ||
	       (f->s.family == AF_UNSPEC && f->s.sk == 0 && good_state(f->s.state));
}

static bool check_reset(const struct fact_hdr *h)
{
	const struct fact_reset *f = (const void *)h;

	return good_sock(&f->s) && f->reason < FACT_RESET_REASONS;
}

static bool check_timewait(const struct fact_hdr *h)
{
	const struct fact_timewait *f = (const void *)h;

	return good_sock(&f->s);
}

static bool check_existing(const struct fact_hdr *h)
{
	const struct fact_existing *f = (const void *)h;

	return good_sock(&f->s) && good_comm(&f->task) && f->fd >= -1;
}

static bool check_lost(const struct fact_hdr *h)
{
	const struct fact_lost *f = (const void *)h;

	return f->where < FACT_LOST_PLACES;
}

/* What is behind it, why/look.c checks. */
static bool check_look(const struct fact_hdr *h, size_t size)
{
	const struct fact_look *f = (const void *)h;

	return size >= sizeof(*f) && size <= sizeof(*f) + FACT_LOOK_MAX && h->size == size &&
	       size == sizeof(*f) + f->size && f->what <= FACT_LOOK_END;
}

static const struct {
	size_t size;
	bool (*check)(const struct fact_hdr *h);
} kinds[FACT_KINDS] = {
	[FACT_STATE] = {sizeof(struct fact_state), check_state},
	[FACT_LISTEN] = {sizeof(struct fact_listen), check_listen},
	[FACT_CONNECT] = {sizeof(struct fact_connect), check_connect},
	[FACT_ESTABLISHED] = {sizeof(struct fact_established), check_established},
	[FACT_CLOSED] = {sizeof(struct fact_closed), check_closed},
	[FACT_SYN] = {sizeof(struct fact_syn), check_syn},
	[FACT_RETRANSMIT] = {sizeof(struct fact_syn), check_syn},
	[FACT_EXPIRED] = {sizeof(struct fact_syn), check_syn},
	[FACT_DROP] = {sizeof(struct fact_drop), check_drop},
	[FACT_ENQUEUE] = {sizeof(struct fact_enqueue), check_header},
	[FACT_ACCEPT] = {sizeof(struct fact_accept), check_accept},
	[FACT_RESET] = {sizeof(struct fact_reset), check_reset},
	[FACT_TIMEWAIT] = {sizeof(struct fact_timewait), check_timewait},
	[FACT_TIMEWAIT_END] = {sizeof(struct fact_timewait), check_timewait},
	[FACT_EXISTING] = {sizeof(struct fact_existing), check_existing},
	[FACT_EXISTING_END] = {sizeof(struct fact_hdr), check_header},
	[FACT_LOST] = {sizeof(struct fact_lost), check_lost},
	[FACT_TICK] = {sizeof(struct fact_hdr), check_header},
	[FACT_PROCESS] = {sizeof(struct fact_process), check_process},
	[FACT_PLACE] = {sizeof(struct fact_place), check_place},
	[FACT_INTERFACE] = {sizeof(struct fact_interface), check_interface},
	[FACT_LOOK] = {sizeof(struct fact_look), check_header}, /* and more: check_look() */
};

size_t fact_size(unsigned int kind)
{
	return kind < FACT_KINDS ? kinds[kind].size : 0;
}

const struct fact_hdr *fact_decode(const void *bytes, size_t size)
{
	const struct fact_hdr *h = bytes;

	if (size < sizeof(*h))
		return NULL;
	if (h->kind == FACT_LOOK)
		return check_look(h, size) ? h : NULL;
	/* fact_size() of an unknown kind is 0, and no record has that size. */
	if (h->size != size || fact_size(h->kind) != size)
		return NULL;
	return kinds[h->kind].check(h) ? h : NULL;
}
