/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listed.h - a row of the kernel's tables as a row of a listing.
 */
#ifndef SOCKSTATE_LISTED_H
#define SOCKSTATE_LISTED_H

struct sockdiag_row;

/* For snapshot_list(); ctx is the struct listing. Returns 0 or -ENOMEM. */
int listed_add(void *ctx, const struct sockdiag_row *row);

#endif
