// SPDX-License-Identifier: BSD-2-Clause
#include "run/listed.h"

#include "event/tcp.h"
#include "kernel/sockdiag.h"
#include "listing/listing.h"

static enum listing_kind kind_of(const struct sockdiag_row *row)
{
	if (row->e.s.state == TCP_STATE_LISTEN)
		return LISTING_LISTENER;
	if (row->request)
		return LISTING_REQUEST;
	if (row->timewait)
		return LISTING_TIMEWAIT;
	return row->queued ? LISTING_QUEUED : LISTING_CONNECTION;
}

int listed_add(void *ctx, const struct sockdiag_row *row)
{
	struct listing_row made;

	listing_row_make(&made, &row->e, &row->figures, kind_of(row));
	return listing_add(ctx, &made);
}
