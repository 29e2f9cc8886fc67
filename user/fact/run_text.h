/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_text.h - which run a recording is of: machine, boot, labels, and the parts of the filter that
 * format 1 had no room for. As text, in the head of a recording (recording_format.h). Pure.
 */
#ifndef SOCKSTATE_RUN_TEXT_H
#define SOCKSTATE_RUN_TEXT_H

#include <stdint.h>

#include "fact/recording.h"

#define RUN_TEXT_MAX 8192

struct run_text {
	uint32_t size;
	char bytes[RUN_TEXT_MAX];
};

/* -E2BIG: the labels are too long. */
int run_text_make(struct run_text *text, const struct recording_info *info);
/*
 * -EBADMSG: it does not make sense; what stood before that is in info. Labels are borrowed from
 * text.
 */
int run_text_take(const struct run_text *text, struct recording_info *info);

#endif
