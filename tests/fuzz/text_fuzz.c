// SPDX-License-Identifier: BSD-2-Clause
/*
 * What people write beyond the command line's words: filters, rules of a gate, names of closed
 * lists. The first byte chooses the reader, the rest is its text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "event/filter.h"
#include "event/owner.h"
#include "event/vocabulary.h"
#include "gate/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint16_t port_by_name(const char *name)
{
	return !strcmp(name, "http") ? 80 : 0;
}

/* An error has words (run_complain() cleans them), and what was to be changed is untouched. */
static void check(int rc, const char *err, const void *before, const void *after, size_t size)
{
	if (rc && (!err[0] || memcmp(before, after, size)))
		abort();
}

static void filters(unsigned int which, const char *text)
{
	static int (*const add[])(struct filter *, const char *, port_by_name_fn, char *,
				  size_t) = {filter_add_named_ports, filter_add_lports,
					     filter_add_rports};
	static int (*const add_nets[])(struct filter *, const char *, char *, size_t) = {
		filter_add_ports, filter_add_laddrs, filter_add_hosts};
	const uint8_t addr[16] = {10, 0, 0, 1};
	struct filter f, before;
	char err[512] = "", net[NET_PREFIX_MAX];
	int rc;

	memset(&f, 0, sizeof(f));
	filter_init(&f);
	before = f;
	rc = which < 3 ? add[which](&f, text, port_by_name, err, sizeof(err))
		       : add_nets[which - 3](&f, text, err, sizeof(err));
	check(rc, err, &before, &f, sizeof(f));
	if (f.port_ranges > FILTER_RANGES_MAX || f.laddrs > FILTER_NETS_MAX ||
	    f.hosts > FILTER_NETS_MAX)
		abort();
	for (unsigned int i = 0; i < f.laddrs; i++)
		net_prefix_text(net, &f.laddr[i]);
	filter_match(&f, AF_INET, 80, 40000);
	filter_match_listener(&f, AF_INET6, false, 80);
	filter_match_nets(&f, AF_INET, addr, addr, false);
	filter_match_nets(&f, AF_INET6, addr, addr, true);
}

static void rules(const char *text)
{
	char err[512] = "", said[GATE_RULE_TEXT];
	struct gate_rules r, before;
	int rc;

	memset(&r, 0, sizeof(r));
	gate_rules_init(&r);
	before = r;
	rc = gate_rules_add_line(&r, text, err, sizeof(err));
	check(rc, err, &before, &r, sizeof(r));
	if (r.count > GATE_RULES_MAX)
		abort();
	/* A rule reads back as it was written. */
	for (size_t i = 0; i < r.count; i++) {
		struct gate_rules again;

		gate_rule_text(&r.rule[i], said, sizeof(said));
		memset(&again, 0, sizeof(again));
		gate_rules_init(&again);
		if (gate_rules_add_line(&again, said, err, sizeof(err)) || again.count != 1 ||
		    again.rule[0].measure != r.rule[i].measure)
			abort();
	}
}

static void owners(const char *text)
{
	struct owner_filter f;
	char err[512] = "";

	memset(&f, 0, sizeof(f));
	owner_add_pids(&f, text, err, sizeof(err));
	owner_add_comm(&f, text, err, sizeof(err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size < 1)
		return 0;
	text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (data[0] % 8 < 6)
		filters(data[0] % 8, text);
	else if (data[0] % 8 == 6)
		rules(text);
	else
		owners(text);
	free(text);
	return 0;
}
