/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * words.h - the texts that the table, JSON and JUnit forms of a gate's result share. Pure.
 */
#ifndef SOCKSTATE_GATE_WORDS_H
#define SOCKSTATE_GATE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "gate/gate.h"

#define GATE_VALUE_MAX 160
#define GATE_WORDS_MAX 512

/* Whether a rule limits a time, in ns. */
bool gate_is_time(const struct gate_rule *rule);
/* "app_slow,app_stuck": bits by enum verdict. */
void gate_verdict_list(uint32_t bits, char *out, size_t size);
/* "61.2 ms", "12 (limit 10)", "app_stuck"; "-" if nothing was measured. */
void gate_value_text(const struct gate_rule *rule, const struct gate_finding *f, bool utf8,
		     char out[GATE_VALUE_MAX]);
/* Why a rule cannot be judged. */
void gate_unknown_text(const struct gate *g, const struct gate_finding *f, char *out, size_t size);
/* The listener's address and port. */
void gate_place_text(const struct gate_listener *is, char out[TEXT_END_MAX]);
/* The client's address and port. False: it is not known. */
bool gate_client_text(const struct gate_connection *c, char out[TEXT_END_MAX]);
/* The result over all rules in one sentence. */
void gate_result_text(const struct gate *g, char *out, size_t size);

#endif
