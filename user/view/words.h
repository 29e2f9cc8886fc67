/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * words.h - what a person reads in place of a word of the contract: "accept queue full" for
 * accept_queue_full. The table, the ladder and the summary all take their words from here. Pure.
 *
 * "" stands for a number that is no word, and for one that tells a person nothing.
 */
#ifndef SOCKSTATE_WORDS_H
#define SOCKSTATE_WORDS_H

#include <stddef.h>

#include "event/event.h"

const char *words_of_cause(unsigned int cause);
/* The same in eight columns, where there are words that short. */
const char *words_of_cause_brief(unsigned int cause);
/*
 * Names the end that closed or reset: "closed by server" where role says that this end is the
 * client and the peer closed. enum close_reason, enum role.
 */
const char *words_of_close(unsigned int close_reason, unsigned int role);
const char *words_of_drop(unsigned int drop_reason);
/* Why a RST was sent, as the program or its owner would say it. */
const char *words_of_reset(unsigned int reset_reason);
/* "SYN", "ACK", and "segment" where it is not known. */
const char *words_of_segment(unsigned int segment);
const char *words_of_lost(unsigned int place);
const char *words_of_verdict(unsigned int verdict);
/* The sentence of a `lost` line that has F_OVERLOAD. */
void words_of_overload(char *text, size_t size, const struct event *e);
const char *words_of_diagnosis(unsigned int diagnosis);

#endif
