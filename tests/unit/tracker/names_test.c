// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/names.h"

#include "tap.h"

int main(void)
{
	struct names *n = names_new();
	uint32_t a = names_id(n, "nginx"), b = names_id(n, "nginx: worker");
	const char sixteen[16] = {'0', '1', '2', '3', '4', '5', '6', '7',
				  '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
	uint32_t kept = 0;
	int wrong = 0;

	ok(a && b && a != b && names_id(n, "nginx") == a, "each name is kept once");
	is_str(names_text(n, a), "nginx", "its text");
	is_str(names_text(n, b), "nginx: worker", "and that of one that begins alike");
	ok(names_id(n, "") == 0 && !names_text(n, 0) && !names_text(n, 999), "no name, no text");
	is_str(names_text(n, names_id(n, sixteen)), "0123456789abcdef",
	       "sixteen bytes without an end");
	is_str(names_text(n, names_id(n, "\xff\n\x01")), "\xff\n\x01", "any bytes");

	names_learn(n, 50, a);
	names_learn(n, 0, a);
	names_learn(n, 51, 0);
	ok(names_of_pid(n, 50) == a && !names_of_pid(n, 51) && !names_of_pid(n, 0), "a pid's name");
	names_learn(n, 50, b);
	ok(names_of_pid(n, 50) == b, "its latest");
	names_learn(n, 50 + 4096, a);
	ok(!names_of_pid(n, 50) && names_of_pid(n, 50 + 4096) == a,
	   "a later pid takes the place, never the name");

	for (int i = 0; i < 20000; i++) {
		char comm[17];

		snprintf(comm, sizeof(comm), "p%d", i);
		kept += names_id(n, comm) != 0;
	}
	for (uint32_t i = 0; i < kept; i++) {
		char comm[17];
		uint32_t id;

		snprintf(comm, sizeof(comm), "p%u", i);
		id = names_id(n, comm);
		wrong += !id || strcmp(names_text(n, id), comm) != 0;
	}
	ok(kept > 8000 && kept < 8192 && !wrong, "bounded: the first %u are kept, and found", kept);
	ok(names_id(n, "nginx") == a && names_id(n, "another") == 0, "a new one has no name then");
	names_free(n);
	names_free(NULL);
	return done();
}
