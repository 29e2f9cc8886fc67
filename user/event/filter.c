// SPDX-License-Identifier: BSD-2-Clause
#include "event/filter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "base/value.h"

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

/* Where ranges are added to. */
struct range_list {
	struct port_range *ranges;
	unsigned int *count;
	unsigned int max;
};

static int add_ranges(const struct range_list *list, const char *text, port_by_name_fn port_by_name,
		      char *err, size_t err_size)
{
	struct port_range added[FILTER_RANGES_MAX];
	unsigned int count = *list->count;
	const char *part = text;
	int rc;

	if (!*text) {
		snprintf(err, err_size,
			 "the list of ports is empty: give for example 9502 or 80,443,9500-9510");
		return -EINVAL;
	}
	if (value_list_whole(text, err, err_size))
		return -EINVAL;
	for (;;) {
		size_t len = strcspn(part, ",");

		if (count == list->max) {
			snprintf(
				err, err_size,
				"more than %u parts: join neighbouring ports into ranges such as 9500-9510",
				list->max);
			return -EINVAL;
		}
		rc = port_by_name && is_letter(*part)
			     ? parse_service(part, len, &added[count], port_by_name, err, err_size)
			     : parse_part(part, len, &added[count], err, err_size);
		if (rc)
			return rc;
		count++;
		if (!part[len])
			break;
		part += len + 1;
	}
	memcpy(&list->ranges[*list->count], &added[*list->count],
	       (count - *list->count) * sizeof(added[0]));
	*list->count = count;
	return 0;
}

int filter_add_named_ports(struct filter *f, const char *text, port_by_name_fn port_by_name,
			   char *err, size_t err_size)
{
	const struct range_list list = {f->ports, &f->port_ranges, FILTER_RANGES_MAX};

	return add_ranges(&list, text, port_by_name, err, err_size);
}

int filter_add_lports(struct filter *f, const char *text, port_by_name_fn port_by_name, char *err,
		      size_t err_size)
{
	const struct range_list list = {f->lports, &f->lport_ranges, FILTER_SIDE_RANGES_MAX};

	return add_ranges(&list, text, port_by_name, err, err_size);
}

int filter_add_rports(struct filter *f, const char *text, port_by_name_fn port_by_name, char *err,
		      size_t err_size)
{
	const struct range_list list = {f->rports, &f->rport_ranges, FILTER_SIDE_RANGES_MAX};

	return add_ranges(&list, text, port_by_name, err, err_size);
}

int filter_add_ports(struct filter *f, const char *text, char *err, size_t err_size)
{
	return filter_add_named_ports(f, text, NULL, err, err_size);
}

/* ---- networks ---- */

static void set_mask(struct net_prefix *net)
{
	uint8_t mask[16] = {0};

	for (unsigned int bit = 0; bit < net->bits; bit++)
		mask[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	memcpy(net->mask, mask, sizeof(mask));
}

static int bad_net(const char *text, size_t len, const char *why, char *err, size_t err_size)
{
	snprintf(err, err_size, "'%.*s%s' %s", (int)(len > QUOTE_MAX ? QUOTE_MAX : len), text,
		 len > QUOTE_MAX ? "..." : "", why);
	return -EINVAL;
}

/* "10.0.0.0/8" */
static int parse_net(const char *part, size_t len, struct net_prefix *net, char *err,
		     size_t err_size)
{
	const char *slash = memchr(part, '/', len);
	size_t addr_len = slash ? (size_t)(slash - part) : len;
	char addr[INET6_ADDRSTRLEN];
	unsigned int most, bits = 0;
	const char *p = slash ? slash + 1 : NULL;

	*net = (struct net_prefix){.family = memchr(part, ':', addr_len) ? AF_INET6 : AF_INET};
	snprintf(addr, sizeof(addr), "%.*s", (int)addr_len, part);
	if (addr_len >= sizeof(addr) || inet_pton((int)net->family, addr, net->addr) != 1)
		return bad_net(
			part, len,
			"is no address: give for example 10.0.0.0/8, 192.0.2.1 or 2001:db8::/32",
			err, err_size);
	most = net->family == AF_INET ? 32 : 128;
	net->bits = most;
	if (p) {
		for (; p < part + len && *p >= '0' && *p <= '9' && bits <= most; p++)
			bits = bits * 10 + (unsigned int)(*p - '0');
		if (p == slash + 1 || p != part + len || bits > most)
			return bad_net(part, len,
				       net->family == AF_INET
					       ? "has no such prefix: give a length from 0 to 32"
					       : "has no such prefix: give a length from 0 to 128",
				       err, err_size);
		net->bits = bits;
	}
	set_mask(net);
	if (net->addr[0] & ~net->mask[0] || net->addr[1] & ~net->mask[1]) {
		char text[NET_PREFIX_MAX];

		net->addr[0] &= net->mask[0];
		net->addr[1] &= net->mask[1];
		net_prefix_text(text, net);
		snprintf(err, err_size, "'%.*s' has bits behind its prefix: give %s, or %.*s",
			 (int)len, part, text, (int)addr_len, part);
		return -EINVAL;
	}
	return 0;
}

static int add_nets(struct net_prefix *nets, unsigned int *count, const char *text, char *err,
		    size_t err_size)
{
	struct net_prefix added[FILTER_NETS_MAX];
	unsigned int n = *count;
	int rc;

	if (*text && value_list_whole(text, err, err_size))
		return -EINVAL;
	for (;;) {
		size_t len = strcspn(text, ",");

		if (n == FILTER_NETS_MAX) {
			snprintf(err, err_size, "more than %d networks: give shorter prefixes",
				 FILTER_NETS_MAX);
			return -EINVAL;
		}
		rc = parse_net(text, len, &added[n], err, err_size);
		if (rc)
			return rc;
		n++;
		if (!text[len])
			break;
		text += len + 1;
	}
	memcpy(&nets[*count], &added[*count], (n - *count) * sizeof(added[0]));
	*count = n;
	return 0;
}

int filter_add_laddrs(struct filter *f, const char *text, char *err, size_t err_size)
{
	return add_nets(f->laddr, &f->laddrs, text, err, err_size);
}

int filter_add_hosts(struct filter *f, const char *text, char *err, size_t err_size)
{
	return add_nets(f->host, &f->hosts, text, err, err_size);
}

void net_prefix_text(char text[NET_PREFIX_MAX], const struct net_prefix *net)
{
	char *p = text_addr(text, (int)net->family, (const uint8_t *)net->addr);

	*p = '\0';
	if (net->bits < (net->family == AF_INET ? 32u : 128u))
		sprintf(p, "/%u", net->bits);
}

static bool in_nets(const struct net_prefix *nets, unsigned int count, int family,
		    const uint8_t addr[16])
{
	uint64_t words[2];

	memcpy(words, addr, sizeof(words));
	for (unsigned int i = 0; i < count; i++) {
		if ((int)nets[i].family == family &&
		    (words[0] & nets[i].mask[0]) == nets[i].addr[0] &&
		    (words[1] & nets[i].mask[1]) == nets[i].addr[1])
			return true;
	}
	return false;
}

bool filter_match_nets(const struct filter *f, int family, const uint8_t laddr[16],
		       const uint8_t raddr[16], bool listener)
{
	static const uint8_t any[16];

	if (f->laddrs && !in_nets(f->laddr, f->laddrs, family, laddr) &&
	    !(listener && !memcmp(laddr, any, sizeof(any))))
		return false;
	return !f->hosts || listener || in_nets(f->host, f->hosts, family, laddr) ||
	       in_nets(f->host, f->hosts, family, raddr);
}

/* ---- matching ---- */

bool filter_is_open(const struct filter *f)
{
	return !f->port_ranges && !f->lport_ranges && !f->rport_ranges && !f->laddrs && !f->hosts &&
	       f->side == SIDE_BOTH && f->ipv4 && f->ipv6 && !f->netns;
}

bool filter_brings(const struct filter *f)
{
	return f->port_ranges || f->lport_ranges || f->rport_ranges || f->laddrs;
}

static bool in_ranges(const struct port_range *ranges, unsigned int count, uint16_t port)
{
	for (unsigned int i = 0; i < count; i++) {
		if (port >= ranges[i].first && port <= ranges[i].last)
			return true;
	}
	return false;
}

bool filter_asks_for_port(const struct filter *f, uint16_t port)
{
	return f->port_ranges && in_ranges(f->ports, f->port_ranges, port);
}

bool filter_match(const struct filter *f, int family, uint16_t lport, uint16_t rport)
{
	if ((family == AF_INET && !f->ipv4) || (family == AF_INET6 && !f->ipv6))
		return false;
	/* No range holds port 0, so an end that is not known yet never matches. */
	if (f->lport_ranges && !in_ranges(f->lports, f->lport_ranges, lport))
		return false;
	if (f->rport_ranges && !in_ranges(f->rports, f->rport_ranges, rport))
		return false;
	if (f->port_ranges == 0)
		return true;
	return (f->side != SIDE_CLIENT && in_ranges(f->ports, f->port_ranges, lport)) ||
	       (f->side != SIDE_SERVER && in_ranges(f->ports, f->port_ranges, rport));
}

bool filter_match_listener(const struct filter *f, int family, bool v6only, uint16_t port)
{
	return filter_match(f, family == AF_INET6 && !v6only ? AF_UNSPEC : family, port, 0);
}
