/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * post.h - requests of HTTP by POST, one of each signal at a time, none of which is waited for.
 * post.c is the only file that knows libcurl; built without it (OTLP=0), post_open() says so.
 *
 *	rc = post_open(&p, &options, err, sizeof(err));
 *	post_begin(p, OTLP_METRICS, bytes, size);
 *	post_wait(p, fd, 1000);
 *	while (post_done(p, &done)) ...
 */
#ifndef SOCKSTATE_RUN_POST_H
#define SOCKSTATE_RUN_POST_H

#include "base/record.h"
#include "otlp/delivery.h"
#include "otlp/pairs.h"

struct post_options {
	const char *url; /* http:// or https://; /v1/metrics or /v1/logs is put behind it */
	const struct otlp_pairs *headers; /* besides Content-Type */
	const char *certificates;	  /* a file of CAs in PEM; NULL: the system's */
};

struct post_result {
	enum otlp_signal signal;
	struct delivery_answer answer;
	char why[ERR_MAX]; /* what went wrong, or what the receiver says; "" : nothing */
};

struct post;

/* Loads the library; connects to nothing. Returns 0 or a negative errno with one line in err. */
int post_open(struct post **out, const struct post_options *options, char *err, size_t err_size);
void post_free(struct post *p); /* accepts NULL */
/* bytes stay the caller's and must last until the result. Returns 0 or -EIO. */
int post_begin(struct post *p, enum otlp_signal signal, const char *bytes, size_t size);
/* Until something has happened to a request, fd can be read (-1: none), or the time is over. */
void post_wait(struct post *p, int fd, int timeout_ms);
/* The result of a request that has ended; false: of none. */
bool post_done(struct post *p, struct post_result *result);

#endif
