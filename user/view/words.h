/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * words.h - the names of the contract in words, for a person: "accept_queue_full" is "accept queue
 * full". Pure.
 */
#ifndef SOCKSTATE_PHRASE_H
#define SOCKSTATE_PHRASE_H

#include <stddef.h>

/* A name that we do not know is shown with blanks for underscores, in buf. */
const char *phrase(const char *name, char *buf, size_t size);

#endif
