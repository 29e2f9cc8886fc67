/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pairs.h - lists like OTEL_EXPORTER_OTLP_HEADERS and OTEL_RESOURCE_ATTRIBUTES have:
 * "key=value,key=value", values percent-encoded. Pure.
 */
#ifndef SOCKSTATE_OTLP_PAIRS_H
#define SOCKSTATE_OTLP_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

#define OTLP_PAIRS_MAX 32

struct otlp_pairs {
	const char *pair[OTLP_PAIRS_MAX]; /* "KEY=VALUE", borrowed */
	size_t count;
	char *text; /* what some of them borrow from; NULL: none */
};

/* One "KEY=VALUE" as it is. Returns 0 or -E2BIG. */
int otlp_pairs_add(struct otlp_pairs *p, const char *pair);
/* A whole list, decoded. Returns 0, or -EINVAL, -E2BIG or -ENOMEM with nothing added. */
int otlp_pairs_read(struct otlp_pairs *p, const char *list);
void otlp_pairs_free(struct otlp_pairs *p);

/* Whether it can be a header of HTTP: "NAME=VALUE" with a token (RFC 9110) and no control bytes. */
bool otlp_is_header(const char *pair);

#endif
