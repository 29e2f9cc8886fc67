// SPDX-License-Identifier: BSD-2-Clause
#include "base/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>

#include "tap.h"

static void test_addresses(void)
{
	struct endpoint at;
	char text[INET6_ADDRSTRLEN] = "";

	ok(!endpoint_read(&at, "127.0.0.1:9435") && at.address.any.sa_family == AF_INET &&
		   at.address.in4.sin_addr.s_addr == htonl(INADDR_LOOPBACK) &&
		   at.address.in4.sin_port == htons(9435) && at.size == sizeof(at.address.in4),
	   "IPv4");
	ok(!endpoint_read(&at, "[fe80::1]:65535") && at.address.any.sa_family == AF_INET6 &&
		   at.address.in6.sin6_port == htons(65535) && at.size == sizeof(at.address.in6),
	   "IPv6");
	is_str(inet_ntop(AF_INET6, &at.address.in6.sin6_addr, text, sizeof(text)), "fe80::1",
	       "  its address");
	ok(!endpoint_read(&at, "unix:/run/a.sock") && at.address.any.sa_family == AF_UNIX &&
		   at.size == sizeof(at.address.path),
	   "a socket in the file system");
	is_str(at.address.path.sun_path, "/run/a.sock", "  its path");
}

static void test_none(void)
{
	static const char *const none[] = {
		"",
		"nowhere",
		":9435",
		"127.0.0.1",
		"127.0.0.1:",
		"127.0.0.1:x",
		"127.0.0.1:65536",
		"127.0.0.1:-1",
		"127.0.0.1: 80",
		"127.0.0.1:80 ",
		"localhost:80",
		"::1:80",
		"[::1]",
		"[::1:80",
		"[]:80",
		"[127.0.0.1]:80",
		"127.0.0.256:80",
		"127.0.0.1:+80",
		"unix:",
		"UNIX:/a",
		"[fe80::1%lo]:1",
		"[::1]:80:[::1]",
	};
	char path[5 + sizeof(((struct sockaddr_un *)0)->sun_path) + 1] = "unix:";
	struct endpoint at = {.size = 42};

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ok(endpoint_read(&at, none[i]) == -EINVAL && at.size == 42, "'%s' is none",
		   none[i]);
	memset(path + 5, 'a', sizeof(path) - 6);
	ok(endpoint_read(&at, path) == -ENAMETOOLONG && at.size == 42, "a path that is too long");
	path[sizeof(path) - 2] = '\0';
	ok(!endpoint_read(&at, path), "the longest path");
}

int main(void)
{
	test_addresses();
	test_none();
	return done();
}
