/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record.h - how bytes of a record are handed over, and how much room a line about an error has.
 */
#ifndef SOCKSTATE_RECORD_H
#define SOCKSTATE_RECORD_H

#include <stddef.h>

#define ERR_MAX 512

/* Bytes of one record, valid during the call. Returns 0, or a negative errno that ends the drain. */
typedef int (*record_fn)(void *ctx, const void *bytes, size_t size);

#endif
