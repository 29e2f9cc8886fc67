// SPDX-License-Identifier: BSD-2-Clause
/* sockstate-lab: choose the subcommand. */
#include "lab/lab.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
	"usage: sockstate-lab server [OPTION]...\n"
	"       sockstate-lab client [OPTION]...\n"
	"       sockstate-lab server --help | client --help\n"
	"\n"
	"A small TCP server and a client maker that bring about, on demand, what sockstate\n"
	"explains: full accept queues, half open connections, late accepts, lost or delayed ACKs,\n"
	"resets, simultaneous opens, descriptors running out. Both tell what they call, each line\n"
	"stamped; --stamps ns shows raw CLOCK_MONOTONIC, the clock of the tracer.\n"
	"\n"
	"Play in a network namespace of your own:\n"
	"\n"
	"  unshare -n sh -c 'ip link set lo up; exec sh'\n"
	"\n"
	"  # a queue of 1 that nobody empties: two connect, two keep knocking\n"
	"  sockstate-lab server --backlog 1 --never-accept &\n"
	"  sockstate-lab client --count 4 --timeout 2000 --keep-going\n"
	"\n"
	"  # accepted 200 ms late\n"
	"  sockstate-lab server --accept-delay 200 &\n"
	"  sockstate-lab client --count 3 --every 50\n"
	"\n"
	"  # a handshake of exactly 50 ms, from a peer no kernel stands behind\n"
	"  sockstate-lab server --addr 0.0.0.0 &\n"
	"  sockstate-lab client --raw 'syn; wait-synack; delay 50; ack; data 7; fin'\n"
	"\n"
	"Exit status: 0 as asked, 1 something failed, 2 wrong usage.\n";

int main(int argc, char **argv)
{
	static const struct {
		const struct command *command;
		int (*run)(int argc, char **argv);
	} commands[] = {
		{&lab_server_command, lab_server_main},
		{&lab_client_command, lab_client_main},
	};

	if (argc < 2) {
		fputs("sockstate-lab: say 'server' or 'client'; try 'sockstate-lab --help'\n",
		      stderr);
		return LAB_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		fputs(usage, stdout);
		return LAB_EXIT_OK;
	}
	for (size_t i = 0; i < LAB_ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].command->name))
			return commands[i].run(argc - 1, argv + 1);
	fprintf(stderr, "sockstate-lab: %s: no such command; try 'sockstate-lab --help'\n",
		argv[1]);
	return LAB_EXIT_USAGE;
}
