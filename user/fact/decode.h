/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * decode.h - bytes to a checked fact. Pure.
 *
 * Facts come from our own programs and from recordings, which may be cut or hostile: kind, size,
 * states, families and text are checked here, once; everything behind may trust them.
 */
#ifndef SOCKSTATE_DECODE_H
#define SOCKSTATE_DECODE_H

#include <stddef.h>

#include "fact.h"

/* Size of a record of that kind, or 0 for an unknown kind. */
size_t fact_size(unsigned int kind);
/*
 * Returns the fact that stands at bytes (which must be aligned to eight), or NULL where size, kind
 * or a field is not what fact.h says. comm fields are guaranteed to be terminated only if this
 * returned non-NULL.
 */
const struct fact_hdr *fact_decode(const void *bytes, size_t size);

#endif
