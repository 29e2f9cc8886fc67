// SPDX-License-Identifier: BSD-2-Clause
/*
 * Answers of sock_diag. The input is a batch as it comes from recv(), in memory of exactly its
 * length; the first byte says what the receiver of the rows returns, and when.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"
#include "fact/decode.h"
#include "fact/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct receiver {
	unsigned int rows, refuse_at; /* 0: never */
};

static int on_row(void *ctx, struct sockdiag_row *row)
{
	struct receiver *r = ctx;

	if (row->e.s.state >= TCP_STATE_COUNT || row->e.s.netns != 7)
		abort();
	/* It goes the way of every fact. */
	if (!fact_decode(&row->e, sizeof(row->e)))
		abort();
	return ++r->rows == r->refuse_at ? -EIO : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct receiver receiver = {0};
	bool interrupted = false;
	void *bytes;
	int rc;

	if (size < 1)
		return 0;
	receiver.refuse_at = data[0] % 4;
	bytes = malloc(size - 1 ? size - 1 : 1);
	if (!bytes)
		return 0;
	memcpy(bytes, data + 1, size - 1);
	rc = diag_batch(bytes, size - 1, 1, 7, on_row, &receiver, &interrupted);
	if (rc > 1 || (receiver.refuse_at && receiver.rows > receiver.refuse_at))
		abort();
	free(bytes);
	return 0;
}
