// SPDX-License-Identifier: BSD-2-Clause
#include <arpa/inet.h>
#include <sys/socket.h>

#include "fact/lookup.h"
#include "tap.h"

/* Listeners of a case: "addr", or "addr v6only", "addr device", "addr netns2", "addr port2". */
static struct lookup_listener make(const char *text, uint8_t addr[16])
{
	struct lookup_listener l = {.netns = 1, .port = 80, .addr = addr};
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, " "), text);
	memset(addr, 0, 16);
	l.family = strchr(name, ':') ? AF_INET6 : AF_INET;
	if (!strcmp(name, "unknown"))
		l.addr = NULL;
	else if (inet_pton(l.family, name, addr) != 1)
		ok(false, "address '%s'", name);
	l.v6only = strstr(text, "v6only");
	l.device = strstr(text, "device");
	l.netns += strstr(text, "netns2") != NULL;
	l.port += (uint16_t)(strstr(text, "port2") != NULL);
	return l;
}

static struct fact_sock make_sock(const char *addr)
{
	struct fact_sock s = {.netns = 1, .lport = 80, .rport = 40000};

	s.family = strchr(addr, ':') ? AF_INET6 : AF_INET;
	inet_pton(s.family, addr, s.laddr);
	return s;
}

static const struct {
	const char *what;
	const char *sock;
	const char *listeners[4];
	int chosen; /* index; -1 none that is certain */
	bool some;  /* at least one suits */
} cases[] = {
	{"the address itself", "10.0.0.1", {"10.0.0.1"}, 0, true},
	{"another address", "10.0.0.1", {"10.0.0.2"}, -1, false},
	{"another port", "10.0.0.1", {"10.0.0.1 port2"}, -1, false},
	{"another namespace", "10.0.0.1", {"10.0.0.1 netns2"}, -1, false},
	{"the wildcard", "10.0.0.1", {"0.0.0.0"}, 0, true},
	{"the address before the wildcard", "10.0.0.1", {"0.0.0.0", "10.0.0.1"}, 1, true},
	{"in whichever order", "10.0.0.1", {"10.0.0.1", "0.0.0.0"}, 0, true},
	{":: serves IPv4", "10.0.0.1", {"::"}, 0, true},
	{"unless v6only", "10.0.0.1", {":: v6only"}, -1, false},
	{"0.0.0.0 before ::", "10.0.0.1", {"::", "0.0.0.0"}, 1, true},
	{"an IPv6 address serves no IPv4", "10.0.0.1", {"fd00::1"}, -1, false},
	{"IPv6 at its address", "fd00::1", {"::", "fd00::1"}, 1, true},
	{"IPv6 at ::, v6only or not", "fd00::1", {":: v6only"}, 0, true},
	{"0.0.0.0 serves no IPv6", "fd00::1", {"0.0.0.0"}, -1, false},
	{"two that are equal", "10.0.0.1", {"10.0.0.1", "10.0.0.1"}, -1, true},
	{"two equal wildcards behind an address",
	 "10.0.0.1",
	 {"0.0.0.0", "0.0.0.0", "10.0.0.1"},
	 2,
	 true},
	{"a device decides", "10.0.0.1", {"10.0.0.1 device"}, -1, true},
	{"a device beside another", "10.0.0.1", {"10.0.0.1", "0.0.0.0 device"}, -1, true},
	{"a device elsewhere", "10.0.0.1", {"10.0.0.1", "10.0.0.2 device"}, 0, true},
	{"an address that is not known", "10.0.0.1", {"unknown"}, 0, true},
	{"a known one before it", "10.0.0.1", {"unknown", "10.0.0.1"}, 1, true},
	{"none at all", "10.0.0.1", {NULL}, -1, false},
};

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fact_sock s = make_sock(cases[i].sock);
		struct lookup_listener l[4];
		struct lookup lookup = {0};
		uint8_t addr[4][16];
		void *wanted = cases[i].chosen < 0 ? NULL : &l[cases[i].chosen];

		for (size_t j = 0; j < 4 && cases[i].listeners[j]; j++) {
			l[j] = make(cases[i].listeners[j], addr[j]);
			lookup_offer(&lookup, &l[j], &s, &l[j]);
		}
		ok(lookup_only(&lookup) == wanted, "%s", cases[i].what);
		ok((lookup.count > 0) == cases[i].some, "%s: whether one suits", cases[i].what);
	}
	return done();
}
