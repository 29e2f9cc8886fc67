// SPDX-License-Identifier: BSD-2-Clause
#include "otlp/url.h"

#include "tap.h"

int main(void)
{
	static const char *const urls[] = {
		"http://collector:4318",       "https://collector",
		"HTTP://127.0.0.1:1/",	       "http://[::1]:4318/otlp",
		"https://[2001:db8::1]",       "https://user:secret@collector:443/a/b",
		"https://user:a@b@collector/",
	};
	static const char *const none[] = {
		"",
		"foo",
		"collector:4318",
		"file:///etc/passwd",
		"http:/collector",
		"http://",
		"http:///v1",
		"http://:4318",
		"http://collector:",
		"http://collector:0",
		"http://collector:65536",
		"http://collector:43x",
		"http://collector:4318?a=b",
		"http://collector#a",
		"http://collector/a b",
		"http://collector/\n",
		"http://[::1",
		"http://[]:4318",
		"http://[::1]4318",
		"http://user@",
	};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		ok(otlp_is_url(urls[i]), "'%s' is one", urls[i]);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		ok(!otlp_is_url(none[i]), "no. %zu is none", i);
	return done();
}
