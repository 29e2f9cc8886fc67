/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_why.h - the arrays of a line of the type why, as JSON.
 */
#ifndef SOCKSTATE_JSON_WHY_H
#define SOCKSTATE_JSON_WHY_H

#include "base/out.h"
#include "event/event.h"

/* kind: KIND_DIAGNOSES, KIND_HOLDERS, KIND_WATCHERS or KIND_THREADS. */
void json_why(struct out *out, enum field_kind kind, const struct why_report *r);

#endif
