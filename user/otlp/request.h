/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request.h - requests of OTLP/HTTP in its JSON encoding (opentelemetry-proto 1.x, docs/
 * specification.md, "JSON Protobuf Encoding"): what all of them begin and end with, and attributes.
 * Keys are in lowerCamelCase, 64-bit integers are strings, enumerations are numbers. Pure.
 *
 * A request that has become OTLP_REQUEST_BYTES long is handed over and another one begun, so a
 * receiver is never sent more than that and one item.
 */
#ifndef SOCKSTATE_OTLP_REQUEST_H
#define SOCKSTATE_OTLP_REQUEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/out.h"

enum otlp_signal { OTLP_METRICS, OTLP_LOGS, OTLP_SIGNAL_COUNT };

#define OTLP_REQUEST_BYTES (1u << 20)

/* "metrics", "logs" */
const char *otlp_signal_name(enum otlp_signal signal);

/* Who sends. Texts are borrowed; one that is NULL or empty is not told. */
struct otlp_source {
	const char *version, *kernel, *host, *boot_id, *run_id;
	const char *const *more; /* attributes of the resource, "KEY=VALUE" each; NULL: none */
	size_t more_count;
};

/* One request that is complete: items are data points or log records. */
typedef void (*otlp_fn)(void *ctx, enum otlp_signal signal, const char *bytes, size_t size,
			uint64_t items);

struct otlp_request {
	enum otlp_signal signal;
	struct out out;
	struct out head; /* what each begins with */
	uint64_t items;	 /* in out */
	otlp_fn fn;
	void *ctx;
};

/* Returns 0 or -ENOMEM. */
int otlp_request_init(struct otlp_request *r, enum otlp_signal signal,
		      const struct otlp_source *source, otlp_fn fn, void *ctx);
void otlp_request_free(struct otlp_request *r); /* accepts a zeroed one */
/*
 * An item follows: writes what stands before it. The caller writes the item, and what encloses
 * several.
 */
void otlp_request_item(struct otlp_request *r);
/* tail: what closes what the caller has opened. Nothing is handed over where there is no item. */
void otlp_request_end(struct otlp_request *r, const char *tail);

/* "KEY":"VALUE", where the value is an integer of 64 bits. */
void otlp_put_number(struct out *o, const char *key, uint64_t value);
/* A JSON string. */
void otlp_put_text(struct out *o, const char *text);
/* An attribute (message KeyValue), behind a comma unless it is the first of its list. */
void otlp_put_attribute(struct out *o, const char *key, const char *value);
void otlp_put_attribute_number(struct out *o, const char *key, int64_t value);
void otlp_put_attribute_bool(struct out *o, const char *key, int value);

#endif
