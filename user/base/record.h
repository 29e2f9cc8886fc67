/* SPDX-License-Identifier: BSD-2-Clause */
/* record.h - the function that takes records, and the size of a line about an error. */
#ifndef SOCKSTATE_RECORD_H
#define SOCKSTATE_RECORD_H

#include <stddef.h>

#define ERR_MAX 512

/*
 * Gets the bytes of one record, which are valid during the call. Returns 0, or a negative errno
 * that ends the reading.
 */
typedef int (*record_fn)(void *ctx, const void *bytes, size_t size);

#endif
