/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * decode.h - checks the bytes of a record and returns it as a fact. Pure.
 *
 * Facts come from our own programs and from recordings, which can be cut or made to do harm. Kind,
 * size, states, families and text are checked here and nowhere else; all code behind relies on
 * that.
 */
#ifndef SOCKSTATE_DECODE_H
#define SOCKSTATE_DECODE_H

#include <stddef.h>

#include "fact.h"

/* Bytes of a record of that kind; 0 if the kind is not known. */
size_t fact_size(unsigned int kind);
/*
 * Returns the fact at `bytes`, which must be aligned to eight. Returns NULL if the size, the kind
 * or a field is not as fact.h says. In a fact that is returned, comm ends with NUL.
 */
const struct fact_hdr *fact_decode(const void *bytes, size_t size);

#endif
