// SPDX-License-Identifier: BSD-2-Clause
/*
 * Prints what sockdiag reads, one socket per line, for sockdiag.t:
 *	netns family state laddr lport raddr rport cookie(hex) inode queue backlog drops
 *	retrans srtt_us in out kind
 * Arguments: "time" prints only the count and microseconds; "own" closes foreign namespaces.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kernel/sockdiag.h"

static int print(void *ctx, const struct sockdiag_row *row)
{
	const struct fact_existing *e = &row->e;
	char local[INET6_ADDRSTRLEN], remote[INET6_ADDRSTRLEN];

	if (ctx)
		return 0;
	inet_ntop(e->s.family, e->s.laddr, local, sizeof(local));
	inet_ntop(e->s.family, e->s.raddr, remote, sizeof(remote));
	printf("%u %d %u %s %u %s %u %llx %u %u %u %u %u %u %llu %llu %s\n", e->s.netns,
	       e->s.family == AF_INET ? 4 : 6, e->s.state, local, e->s.lport, remote, e->s.rport,
	       (unsigned long long)e->s.cookie, e->inode, e->q.accept_queue, e->q.backlog,
	       e->q.drops, e->retrans, e->srtt_us, (unsigned long long)e->bytes_in,
	       (unsigned long long)e->bytes_out,
	       row->request			? "request"
	       : row->timewait			? "timewait"
	       : e->s.state == TCP_STATE_LISTEN ? "listen"
						: "full");
	return 0;
}

int main(int argc, char **argv)
{
	bool timed = false, own = false;
	struct timespec a, b;
	struct sockdiag *sd;
	int n, err;

	for (int i = 1; i < argc; i++) {
		timed |= !strcmp(argv[i], "time");
		own |= !strcmp(argv[i], "own");
	}
	n = sockdiag_open(&sd);
	if (n < 0) {
		fprintf(stderr, "open: %s\n", strerror(-n));
		return 1;
	}
	if (own)
		sockdiag_keep_own(sd);
	clock_gettime(CLOCK_MONOTONIC, &a);
	n = sockdiag_dump(sd, NULL, SOCKDIAG_ALL, print, timed ? &timed : NULL);
	clock_gettime(CLOCK_MONOTONIC, &b);
	if (n < 0) {
		fprintf(stderr, "dump: %s\n", strerror(-n));
		return 1;
	}
	if (timed)
		printf("%d %ld\n", n,
		       (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000);
	err = 0;
	n = (int)sockdiag_refused(sd, &err);
	fprintf(stderr, "namespaces %zu refused %d %s%s\n", sockdiag_namespaces(sd), n,
		n ? strerror(err) : "", sockdiag_own_only(sd) ? " own only" : "");
	sockdiag_free(sd);
	return 0;
}
