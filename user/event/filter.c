// SPDX-License-Identifier: BSD-2-Clause
#include "event/filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define PORT_MAX 65535
/* How much of a bad value an error quotes. */
#define QUOTE_MAX 40

void filter_init(struct filter *f)
{
	*f = (struct filter){.side = SIDE_BOTH, .ipv4 = true, .ipv6 = true};
}

/* Digits only, 1 to 65535. */
static int parse_port(const char *text, size_t len, uint16_t *port)
{
	unsigned int value = 0;

	if (len == 0 || len > 5)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		value = value * 10 + (unsigned int)(text[i] - '0');
	}
	if (value < 1 || value > PORT_MAX)
		return -EINVAL;
	*port = (uint16_t)value;
	return 0;
}

static int bad_port(const char *text, size_t len, char *err, size_t err_size)
{
	snprintf(err, err_size, "'%.*s%s' is not a port: give a number from 1 to 65535",
		 (int)(len > QUOTE_MAX ? QUOTE_MAX : len), text, len > QUOTE_MAX ? "..." : "");
	return -EINVAL;
}

/* "http", as whoever knows the names says. */
static int parse_service(const char *part, size_t len, struct port_range *range,
			 port_by_name_fn port_by_name, char *err, size_t err_size)
{
	char name[QUOTE_MAX + 1];
	uint16_t port = 0;

	if (len <= QUOTE_MAX) {
		snprintf(name, sizeof(name), "%.*s", (int)len, part);
		port = port_by_name(name);
	}
	if (port) {
		*range = (struct port_range){port, port};
		return 0;
	}
	snprintf(err, err_size,
		 "'%.*s%s' is neither a port nor a service: give a number from 1 to 65535",
		 (int)(len > QUOTE_MAX ? QUOTE_MAX : len), part, len > QUOTE_MAX ? "..." : "");
	return -EINVAL;
}

/* One part of the list: "80" or "9500-9510". */
static int parse_part(const char *part, size_t len, struct port_range *range, char *err,
		      size_t err_size)
{
	const char *dash = memchr(part, '-', len);
	size_t first_len = dash ? (size_t)(dash - part) : len;
	size_t last_len;

	/* "-80" and "80-" are bad ports as a whole: naming an empty half would help nobody. */
	if (first_len == 0 || parse_port(part, first_len, &range->first))
		return bad_port(part, first_len ? first_len : len, err, err_size);
	if (!dash) {
		range->last = range->first;
		return 0;
	}
	last_len = len - first_len - 1;
	if (last_len == 0 || parse_port(dash + 1, last_len, &range->last))
		return bad_port(last_len ? dash + 1 : part, last_len ? last_len : len, err,
				err_size);
	if (range->first > range->last) {
		snprintf(err, err_size, "the range '%.*s' is the wrong way round: give %u-%u",
			 (int)len, part, range->last, range->first);
		return -EINVAL;
	}
	return 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int filter_add_named_ports(struct filter *f, const char *text, port_by_name_fn port_by_name,
			   char *err, size_t err_size)
{
	struct filter added = *f;
	const char *part = text;
	struct port_range *range;
	int rc;

	if (!*text) {
		snprintf(err, err_size,
			 "the list of ports is empty: give for example 9502 or 80,443,9500-9510");
		return -EINVAL;
	}
	for (;;) {
		size_t len = strcspn(part, ",");

		if (len == 0) {
			snprintf(err, err_size,
				 "the list '%.*s' has an empty part: remove the extra comma",
				 QUOTE_MAX, text);
			return -EINVAL;
		}
		if (added.port_ranges == FILTER_RANGES_MAX) {
			snprintf(
				err, err_size,
				"more than %d parts: join neighbouring ports into ranges such as 9500-9510",
				FILTER_RANGES_MAX);
			return -EINVAL;
		}
		range = &added.ports[added.port_ranges];
		rc = port_by_name && is_letter(*part)
			     ? parse_service(part, len, range, port_by_name, err, err_size)
			     : parse_part(part, len, range, err, err_size);
		if (rc)
			return rc;
		added.port_ranges++;
		if (!part[len])
			break;
		part += len + 1;
	}
	*f = added;
	return 0;
}

int filter_add_ports(struct filter *f, const char *text, char *err, size_t err_size)
{
	return filter_add_named_ports(f, text, NULL, err, err_size);
}

static bool in_ranges(const struct filter *f, uint16_t port)
{
	for (unsigned int i = 0; i < f->port_ranges; i++) {
		if (port >= f->ports[i].first && port <= f->ports[i].last)
			return true;
	}
	return false;
}

bool filter_match(const struct filter *f, int family, uint16_t lport, uint16_t rport)
{
	if ((family == AF_INET && !f->ipv4) || (family == AF_INET6 && !f->ipv6))
		return false;
	if (f->port_ranges == 0)
		return true;
	/* No range holds port 0, so an end that is not known yet never matches. */
	return (f->side != SIDE_CLIENT && in_ranges(f, lport)) ||
	       (f->side != SIDE_SERVER && in_ranges(f, rport));
}

bool filter_match_listener(const struct filter *f, int family, bool v6only, uint16_t port)
{
	return filter_match(f, family == AF_INET6 && !v6only ? AF_UNSPEC : family, port, 0);
}
