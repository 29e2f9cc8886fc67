// SPDX-License-Identifier: BSD-2-Clause
#include "base/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/value.h"

static int read_path(struct endpoint *out, const char *path)
{
	struct endpoint read = {.address.path.sun_family = AF_UNIX,
				.size = sizeof(read.address.path)};

	if (!*path)
		return -EINVAL;
	if (strlen(path) >= sizeof(read.address.path.sun_path))
		return -ENAMETOOLONG;
	strcpy(read.address.path.sun_path, path);
	*out = read;
	return 0;
}

static int read_ipv6(struct endpoint *out, char *host, size_t len, uint16_t port)
{
	struct endpoint read = {.address.in6.sin6_family = AF_INET6,
				.size = sizeof(read.address.in6)};

	if (host[0] != '[' || host[len - 1] != ']')
		return -EINVAL;
	host[len - 1] = '\0';
	if (inet_pton(AF_INET6, host + 1, &read.address.in6.sin6_addr) != 1)
		return -EINVAL;
	read.address.in6.sin6_port = htons(port);
	*out = read;
	return 0;
}

int endpoint_read(struct endpoint *out, const char *text)
{
	struct endpoint read = {.address.in4.sin_family = AF_INET,
				.size = sizeof(read.address.in4)};
	const char *colon = strrchr(text, ':'), *end;
	char host[INET6_ADDRSTRLEN + 2];
	size_t len = colon ? (size_t)(colon - text) : 0;
	uint64_t port;

	if (!strncmp(text, "unix:", 5))
		return read_path(out, text + 5);
	if (!len || len >= sizeof(host) || value_digits(colon + 1, &port, &end) || *end ||
	    port > UINT16_MAX)
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = '\0';
	if (inet_pton(AF_INET, host, &read.address.in4.sin_addr) != 1)
		return read_ipv6(out, host, len, (uint16_t)port);
	read.address.in4.sin_port = htons((uint16_t)port);
	*out = read;
	return 0;
}
