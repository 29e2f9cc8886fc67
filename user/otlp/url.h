/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * url.h - whether a receiver of OTLP can have this URL: http or https, a host, and a port or a path
 * if it is given. /v1/metrics follows it, so it has no query. Pure.
 */
#ifndef SOCKSTATE_OTLP_URL_H
#define SOCKSTATE_OTLP_URL_H

#include <stdbool.h>

bool otlp_is_url(const char *url);

#endif
