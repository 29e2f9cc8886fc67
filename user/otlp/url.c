// SPDX-License-Identifier: BSD-2-Clause
#include "otlp/url.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/value.h"

/* "", or ":4318", up to the end. */
static bool is_port(const char *text, const char *end)
{
	const char *behind;
	uint64_t port;

	if (text == end)
		return true;
	return *text == ':' && !value_digits(text + 1, &port, &behind) && behind == end && port &&
	       port <= UINT16_MAX;
}

/* "collector", "collector:4318" or "[::1]:4318", up to the end. */
static bool is_host(const char *text, const char *end)
{
	const char *host = text;

	if (*text == '[') {
		while (text < end && *text != ']')
			text++;
		return text < end && text > host + 1 && is_port(text + 1, end);
	}
	while (text < end && *text != ':')
		text++;
	return text > host && is_port(text, end);
}

bool otlp_is_url(const char *url)
{
	const char *host = !strncasecmp(url, "http://", 7)    ? url + 7
			   : !strncasecmp(url, "https://", 8) ? url + 8
							      : NULL;
	const char *end, *user;

	if (!host)
		return false;
	for (const char *p = url; *p; p++)
		if (!isgraph((unsigned char)*p) || *p == '?' || *p == '#')
			return false;
	end = host + strcspn(host, "/");
	user = memrchr(host, '@', (size_t)(end - host));
	return is_host(user ? user + 1 : host, end);
}
