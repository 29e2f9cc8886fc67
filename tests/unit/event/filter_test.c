// SPDX-License-Identifier: BSD-2-Clause
#include "event/filter.h"

#include <errno.h>
#include <sys/socket.h>

#include "tap.h"

static void test_good(void)
{
	struct filter f;
	char err[200] = "";

	filter_init(&f);
	ok(f.port_ranges == 0 && f.side == SIDE_BOTH && f.ipv4 && f.ipv6,
	   "a new filter restricts nothing");
	ok(filter_add_ports(&f, "9502", err, sizeof(err)) == 0 && f.port_ranges == 1, "one port");
	ok(f.ports[0].first == 9502 && f.ports[0].last == 9502, "is a range of one");
	ok(filter_add_ports(&f, "9500-9510,80,1-65535", err, sizeof(err)) == 0 &&
		   f.port_ranges == 4,
	   "lists and ranges add");
	ok(f.ports[1].first == 9500 && f.ports[1].last == 9510, "the range");
	ok(f.ports[3].first == 1 && f.ports[3].last == 65535, "the widest range");
	ok(filter_add_ports(&f, "00080", err, sizeof(err)) == 0 && f.ports[4].first == 80,
	   "leading zeros are decimal");
}

static void test_bad(void)
{
	static const struct {
		const char *text, *err;
	} bad[] = {
		{"0", "'0' is not a port: give a number from 1 to 65535"},
		{"65536", "'65536' is not a port: give a number from 1 to 65535"},
		{"4294967376", "'4294967376' is not a port: give a number from 1 to 65535"},
		{"80x", "'80x' is not a port: give a number from 1 to 65535"},
		{"-80", "'-80' is not a port: give a number from 1 to 65535"},
		{"80-", "'80-' is not a port: give a number from 1 to 65535"},
		{"80--90", "'-90' is not a port: give a number from 1 to 65535"},
		{"80-90-100", "'90-100' is not a port: give a number from 1 to 65535"},
		{" 80", "' 80' is not a port: give a number from 1 to 65535"},
		{"80, 90", "' 90' is not a port: give a number from 1 to 65535"},
		{"http", "'http' is not a port: give a number from 1 to 65535"},
		{"0-5", "'0' is not a port: give a number from 1 to 65535"},
		{"5-65536", "'65536' is not a port: give a number from 1 to 65535"},
		{"80,,90", "the list '80,,90' has an empty part: remove the extra comma"},
		{",80", "the list ',80' has an empty part: remove the extra comma"},
		{"80,", "the list '80,' has an empty part: remove the extra comma"},
		{",", "the list ',' has an empty part: remove the extra comma"},
		{"", "the list of ports is empty: give for example 9502 or 80,443,9500-9510"},
		{"90-80", "the range '90-80' is the wrong way round: give 80-90"},
	};
	char many[FILTER_RANGES_MAX * 2 + 2];
	struct filter f;
	char err[200];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct filter before;

		filter_init(&f);
		f.port_ranges = 3;
		before = f;
		ok(filter_add_ports(&f, bad[i].text, err, sizeof(err)) == -EINVAL &&
			   !memcmp(&f, &before, sizeof(f)),
		   "'%s' is refused, the filter untouched", bad[i].text);
		is_str(err, bad[i].err, "  and named");
	}

	filter_init(&f);
	for (int i = 0; i <= FILTER_RANGES_MAX; i++)
		memcpy(many + 2 * i, "7,", 2);
	many[2 * FILTER_RANGES_MAX + 1] = '\0';
	ok(filter_add_ports(&f, many, err, sizeof(err)) == -EINVAL && f.port_ranges == 0,
	   "33 parts are too many");
	is_str(err, "more than 32 parts: join neighbouring ports into ranges such as 9500-9510",
	       "  and named");
	many[2 * FILTER_RANGES_MAX - 1] = '\0';
	ok(filter_add_ports(&f, many, err, sizeof(err)) == 0 && f.port_ranges == FILTER_RANGES_MAX,
	   "32 parts are not");
}

static void test_match(void)
{
	struct filter f;
	char err[200];

	filter_init(&f);
	ok(!filter_asks_for_port(&f, 80), "no port was asked for");
	ok(!filter_add_ports(&f, "80,90-92", err, sizeof(err)) && filter_asks_for_port(&f, 91) &&
		   !filter_asks_for_port(&f, 81),
	   "these were");
	filter_init(&f);
	ok(filter_match(&f, AF_INET, 0, 0) && filter_match(&f, AF_INET6, 1, 2),
	   "no restriction: everything matches");
	f.ipv6 = false;
	ok(filter_match(&f, AF_INET, 1, 2) && !filter_match(&f, AF_INET6, 1, 2), "IPv4 only");
	f.ipv6 = true;
	f.ipv4 = false;
	ok(!filter_match(&f, AF_INET, 1, 2) && filter_match(&f, AF_INET6, 1, 2), "IPv6 only");
	ok(!filter_match_listener(&f, AF_INET, false, 1) &&
		   filter_match_listener(&f, AF_INET6, true, 1) &&
		   filter_match_listener(&f, AF_INET6, false, 1),
	   "listeners on IPv6");
	f = (struct filter){.ipv4 = true};
	ok(filter_match_listener(&f, AF_INET, false, 1) &&
		   !filter_match_listener(&f, AF_INET6, true, 1) &&
		   filter_match_listener(&f, AF_INET6, false, 1),
	   "listeners that serve IPv4");
	f = (struct filter){.ipv6 = true};
	filter_init(&f);
	filter_add_ports(&f, "9500-9510,80", err, sizeof(err));
	ok(filter_match(&f, AF_INET, 9500, 1) && filter_match(&f, AF_INET, 1, 9510) &&
		   filter_match(&f, AF_INET, 80, 1),
	   "either end, both edges");
	ok(!filter_match(&f, AF_INET, 9499, 9511), "beside the edges");
	ok(!filter_match(&f, AF_INET, 0, 0), "a port that is not known matches no range");
	f.side = SIDE_SERVER;
	ok(filter_match(&f, AF_INET, 80, 1) && !filter_match(&f, AF_INET, 1, 80),
	   "server: the local port");
	f.side = SIDE_CLIENT;
	ok(!filter_match(&f, AF_INET, 80, 1) && filter_match(&f, AF_INET, 1, 80),
	   "client: the remote port");
}

static void test_ends(void)
{
	struct filter f;
	char err[200];

	filter_init(&f);
	ok(filter_is_open(&f), "a new filter is open");
	ok(!filter_add_lports(&f, "80,8000-8010", NULL, err, sizeof(err)) && !filter_is_open(&f),
	   "local ports");
	ok(filter_match(&f, AF_INET, 8005, 443) && !filter_match(&f, AF_INET, 443, 8005),
	   "--lport is of the local end");
	ok(filter_match_listener(&f, AF_INET, false, 80), "  a listener has one");
	filter_init(&f);
	ok(!filter_add_rports(&f, "443", NULL, err, sizeof(err)), "remote ports");
	ok(filter_match(&f, AF_INET, 50000, 443) && !filter_match(&f, AF_INET, 443, 50000) &&
		   !filter_match_listener(&f, AF_INET, false, 443),
	   "--rport is of the remote end, which a listener has not");
	ok(!filter_add_ports(&f, "50000", err, sizeof(err)) &&
		   filter_match(&f, AF_INET, 50000, 443) && !filter_match(&f, AF_INET, 50001, 443),
	   "with --port both must hold");
	filter_init(&f);
	ok(filter_add_lports(&f, "1,2,3,4,5,6,7,8,9", NULL, err, sizeof(err)) == -EINVAL &&
		   f.lport_ranges == 0,
	   "more than eight parts");
	is_str(err, "more than 8 parts: join neighbouring ports into ranges such as 9500-9510",
	       "  and how to have fewer");
}

static void test_nets(void)
{
	static const uint8_t ten[16] = {10, 1, 2, 3}, other[16] = {192, 0, 2, 1}, any[16];
	static const uint8_t six[16] = {0x20, 0x01, 0x0d, 0xb8, 1};
	static const struct {
		const char *text, *err;
	} bad[] = {
		{"10.0.0.1/8",
		 "'10.0.0.1/8' has bits behind its prefix: give 10.0.0.0/8, or 10.0.0.1"},
		{"10.0.0.0/33", "'10.0.0.0/33' has no such prefix: give a length from 0 to 32"},
		{"10.0.0.0/", "'10.0.0.0/' has no such prefix: give a length from 0 to 32"},
		{"10.0.0.0/8x", "'10.0.0.0/8x' has no such prefix: give a length from 0 to 32"},
		{"2001:db8::/129",
		 "'2001:db8::/129' has no such prefix: give a length from 0 to 128"},
		{"2001:db8::1/32",
		 "'2001:db8::1/32' has bits behind its prefix: give 2001:db8::/32, or 2001:db8::1"},
		{"", "'' is no address: give for example 10.0.0.0/8, 192.0.2.1 or 2001:db8::/32"},
		{"ten",
		 "'ten' is no address: give for example 10.0.0.0/8, 192.0.2.1 or 2001:db8::/32"},
		{"10.0.0.0/8,", "the list '10.0.0.0/8,' has an empty part: remove the extra comma"},
	};
	char text[NET_PREFIX_MAX];
	struct filter f;
	char err[200];

	filter_init(&f);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int rc = filter_add_hosts(&f, bad[i].text, err, sizeof(err));

		ok(rc == -EINVAL && f.hosts == 0, "'%s' is refused", bad[i].text);
		is_str(err, bad[i].err, "  with the remedy");
	}
	ok(filter_match_nets(&f, AF_INET, ten, other, false), "without networks all pass");
	ok(!filter_add_hosts(&f, "10.0.0.0/8,2001:db8::/32", err, sizeof(err)) && f.hosts == 2,
	   "two networks");
	net_prefix_text(text, &f.host[0]);
	is_str(text, "10.0.0.0/8", "  as they were given");
	ok(filter_match_nets(&f, AF_INET, ten, other, false) &&
		   filter_match_nets(&f, AF_INET, other, ten, false) &&
		   filter_match_nets(&f, AF_INET6, any, six, false),
	   "--host: either end");
	ok(!filter_match_nets(&f, AF_INET, other, other, false), "  and nothing else");
	ok(filter_match_nets(&f, AF_INET, other, any, true), "  a listener may have such a peer");
	filter_init(&f);
	ok(!filter_add_laddrs(&f, "192.0.2.1", err, sizeof(err)), "an address");
	net_prefix_text(text, &f.laddr[0]);
	is_str(text, "192.0.2.1", "  is itself");
	ok(filter_match_nets(&f, AF_INET, other, ten, false) &&
		   !filter_match_nets(&f, AF_INET, ten, other, false),
	   "--laddr: the local end");
	ok(filter_match_nets(&f, AF_INET, any, any, true) &&
		   filter_match_nets(&f, AF_INET6, any, any, true) &&
		   !filter_match_nets(&f, AF_INET, ten, any, true),
	   "  a listener on all addresses, and none of another");
	filter_init(&f);
	ok(!filter_add_hosts(&f, "0.0.0.0/0", err, sizeof(err)) &&
		   filter_match_nets(&f, AF_INET, ten, other, false) &&
		   !filter_match_nets(&f, AF_INET6, six, six, false),
	   "0.0.0.0/0 is all of IPv4");
}

int main(void)
{
	test_good();
	test_bad();
	test_match();
	test_ends();
	test_nets();
	return done();
}
