// SPDX-License-Identifier: BSD-2-Clause
/*
 * Records, one by one, in memory of exactly their length. The first byte chooses: the rest as it
 * stands, or with a kind and the size that fits it, so that the fuzzer gets to the fields. A fact
 * that is let through keeps what decode.h promises.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"
#include "fact/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_sock(const struct fact_sock *s)
{
	if ((s->family != AF_INET && s->family != AF_INET6) || s->state >= TCP_STATE_COUNT)
		abort();
}

static void expect_task(const struct fact_task *task)
{
	if (strnlen(task->comm, sizeof(task->comm)) == sizeof(task->comm))
		abort();
}

static void expect(const struct fact_hdr *h, size_t size)
{
	if (h->size != size || (h->kind != FACT_LOOK && size != fact_size(h->kind)))
		abort();
	switch (h->kind) {
	case FACT_STATE:
		expect_sock(&((const struct fact_state *)h)->s);
		if (((const struct fact_state *)h)->old >= TCP_STATE_COUNT ||
		    ((const struct fact_state *)h)->new >= TCP_STATE_COUNT)
			abort();
		break;
	case FACT_LISTEN:
		expect_sock(&((const struct fact_listen *)h)->s);
		expect_task(&((const struct fact_listen *)h)->task);
		break;
	case FACT_ACCEPT:
		expect_task(&((const struct fact_accept *)h)->task);
		break;
	case FACT_EXISTING:
		expect_sock(&((const struct fact_existing *)h)->s);
		expect_task(&((const struct fact_existing *)h)->task);
		break;
	case FACT_PLACE:
		if (((const struct fact_place *)h)->part > FACT_PLACE_HOST ||
		    ((const struct fact_place *)h)->groups > FACT_PLACE_GROUPS ||
		    strnlen(((const struct fact_place *)h)->name, FACT_PLACE_NAME) ==
			    FACT_PLACE_NAME)
			abort();
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fact_hdr *fact;
	size_t whole = size ? size - 1 : 0;
	unsigned int kind;
	void *bytes;

	if (size < 2)
		return 0;
	kind = data[0] / 2 % (FACT_KINDS + 1);
	if (data[0] & 1 && fact_size(kind))
		whole = fact_size(kind);
	bytes = calloc(1, whole);
	if (!bytes)
		return 0;
	memcpy(bytes, data + 1, size - 1 < whole ? size - 1 : whole);
	if (data[0] & 1 && fact_size(kind)) {
		((struct fact_hdr *)bytes)->kind = (__u8)kind;
		((struct fact_hdr *)bytes)->size = (__u16)whole;
	}
	fact = fact_decode(bytes, whole);
	if (fact)
		expect(fact, whole);
	free(bytes);
	return 0;
}
