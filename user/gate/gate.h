/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gate.h - holds what listeners did against rules: events in, findings out. Pure.
 *
 * A rule is *held* or *broken* on evidence only. What a lost fact, or a fact that this kernel does
 * not show, could have changed is *unknown*.
 *
 *	struct gate *g = gate_new(&config);
 *	gate_event(g, e);	every event of the stream, the summary too
 *	gate_result(g);
 *	for each listener and rule: gate_judge(g, listener, rule, &finding);
 */
#ifndef SOCKSTATE_GATE_H
#define SOCKSTATE_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/coverage.h"
#include "event/event.h"
#include "event/filter.h"
#include "gate/rules.h"

enum gate_verdict {
	GATE_HELD,
	GATE_TOO_LITTLE, /* fewer connections than --min-connections: too few to judge */
	GATE_UNKNOWN,	 /* a rule needs facts that were lost or that this kernel does not show */
	GATE_BROKEN,
	GATE_VERDICT_COUNT
};
/* "held", "too_little", "unknown", "broken" */
const char *gate_verdict_name(enum gate_verdict verdict);

struct gate_config {
	struct gate_rules rules;
	struct filter filter; /* the ports that were asked for; none: every listener */
};

/* The connection that a finding rests on. */
struct gate_connection {
	uint64_t t;	 /* ns, CLOCK_MONOTONIC: of the event; 0: there is no such connection */
	uint64_t cookie; /* 0 unknown */
	uint64_t value;	 /* ns, or what the rule counts */
	int family;	 /* 0: the client is not known */
	uint8_t addr[16];
	char zone[16]; /* of a link-local address; "": none, or not known */
	uint16_t port; /* of the client, host order */
};

#define GATE_WORST    3
#define GATE_COMM     16
#define GATE_SENTENCE 256

struct gate_listener {
	uint64_t cookie; /* 0 unknown */
	uint32_t netns;	 /* inode; 0 unknown */
	uint32_t pid;	 /* owner; 0 unknown */
	char comm[GATE_COMM];
	int family; /* 0: the address is not known */
	uint8_t addr[16];
	char zone[16];	      /* as above */
	uint16_t port;	      /* host order */
	uint64_t connections; /* handshakes completed while watched */
	uint64_t accepts;
	char why[GATE_SENTENCE]; /* what its program did instead of accept(), at the last look */
};

struct gate_finding {
	enum gate_verdict verdict; /* HELD, UNKNOWN or BROKEN */
	bool measured_known;
	uint64_t measured; /* ns or a count; VERDICT: bits of the verdicts that occurred */
	uint64_t limit;	   /* of the rule; a percentage is converted to connections */
	uint64_t samples;  /* WAIT, HANDSHAKE: how many were measured */
	struct gate_connection worst[GATE_WORST]; /* the worst first; t 0: there are no more */
	enum fact_name missing; /* UNKNOWN: the fact that is absent; KNOW_COUNT: none */
	uint64_t pending;	/* WAIT: connections that still wait, less than the limit so far */
	uint64_t lost;		/* UNKNOWN: how many facts were lost */
};

struct gate;

/* NULL when out of memory. The config is copied. */
struct gate *gate_new(const struct gate_config *config);
void gate_free(struct gate *g);
/* 0 or -ENOMEM. */
int gate_event(struct gate *g, const struct event *e);

size_t gate_listeners(const struct gate *g);
const struct gate_listener *gate_listener(const struct gate *g, size_t listener);
const struct gate_rules *gate_rules(const struct gate *g);
void gate_judge(const struct gate *g, size_t listener, size_t rule, struct gate_finding *finding);
/*
 * The result over all listeners and rules: the first of broken, too little, unknown, held that
 * applies.
 */
enum gate_verdict gate_result(const struct gate *g);
/* What the run can know of a fact, as its meta line said. */
const struct fact_knowledge *gate_fact(const struct gate *g, enum fact_name fact);
/*
 * Cookies of the worst connections of broken rules, each once, of every rule its worst first.
 * Returns how many.
 */
size_t gate_worst(const struct gate *g, uint64_t *cookies, size_t max);
/* Whether a connection is among the worst of any rule. */
bool gate_is_worst(const struct gate *g, uint64_t cookie);
/* Connections that wait for accept() now. */
size_t gate_waiting(const struct gate *g);
/* ns from the first event to the latest. */
uint64_t gate_duration(const struct gate *g);
/* Handshakes completed at all listeners. */
uint64_t gate_connections(const struct gate *g);
/*
 * The first single port of the filter with fewer connections than --min-connections; 0: none.
 */
uint16_t gate_idle_port(const struct gate *g);

#endif
