// SPDX-License-Identifier: BSD-2-Clause
/*
 * metrics.c - which metrics there are, and what of a series is written as each.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/errnos.h"
#include "event/vocabulary.h"
#include "export/page.h"

#define FURTHER_LABEL 128

static uint64_t queue_of(const struct series *s)
{
	return s->queue;
}

static uint64_t limit_of(const struct series *s)
{
	return s->limit;
}

static uint64_t syn_limit_of(const struct series *s)
{
	return s->syn_limit;
}

static uint64_t syn_queue_of(const struct series *s)
{
	return s->syn_queue;
}

static uint64_t listeners_of(const struct series *s)
{
	return s->listeners;
}

static uint64_t completed_of(const struct series *s)
{
	return s->completed;
}

static uint64_t accepted_of(const struct series *s)
{
	return s->accepted;
}

static uint64_t synack_retrans_of(const struct series *s)
{
	return s->synack_retrans;
}

static uint64_t drops_of(const struct series *s)
{
	return s->drops;
}

static uint64_t never_accepted_of(const struct series *s)
{
	return rare_get(&s->rare, SUMMARY_NEVER_ACCEPTED, 0);
}

static uint64_t syncookies_of(const struct series *s)
{
	return rare_get(&s->rare, SUMMARY_COOKIE_SENT, 0);
}

/* One number a listening address. */
static const struct {
	struct metric metric;
	uint64_t (*value)(const struct series *s);
} numbers[] = {
	{{"sockstate_listeners", METRIC_GAUGE, NULL,
	  "Sockets that listen at the address; more than one with SO_REUSEPORT"},
	 listeners_of},
	{{"sockstate_accept_queue_connections", METRIC_GAUGE, "connections",
	  "Connections that are complete and wait for accept() (sk_ack_backlog)"},
	 queue_of},
	{{"sockstate_accept_queue_limit_connections", METRIC_GAUGE, "connections",
	  "Connections that the accept queue holds: the backlog of listen() and one more"},
	 limit_of},
	{{"sockstate_accept_queue_peak_connections", METRIC_GAUGE, "connections",
	  "Longest accept queue of the last 60 seconds, whoever has scraped meanwhile"},
	 series_peak},
	{{"sockstate_syn_queue_requests", METRIC_GAUGE, "requests",
	  "Half-open connections whose final ACK is missing"},
	 syn_queue_of},
	{{"sockstate_syn_queue_limit_requests", METRIC_GAUGE, "requests",
	  "Half-open connections at which a SYN is refused, or answered with a cookie"},
	 syn_limit_of},
	{{"sockstate_connections", METRIC_COUNTER, NULL,
	  "Handshakes completed, whether accept() was called or not"},
	 completed_of},
	{{"sockstate_accepted", METRIC_COUNTER, NULL, "Connections that accept() returned"},
	 accepted_of},
	{{"sockstate_never_accepted", METRIC_COUNTER, NULL,
	  "Connections that were in the queue when the listener closed: their clients got a RST"},
	 never_accepted_of},
	{{"sockstate_synack_retransmits", METRIC_COUNTER, NULL, "SYN-ACKs sent again"},
	 synack_retrans_of},
	{{"sockstate_listen_drops", METRIC_COUNTER, NULL,
	  "The kernel's own counter (sk_drops) while sockstate runs: refusals, and segments to a "
	  "request that came to nothing"},
	 drops_of},
};

static void put_number(struct metric_out *m, const struct series_set *set,
		       const struct metric *family, uint64_t (*value)(const struct series *s))
{
	metric_family(m, family);
	for (size_t i = 0; i < series_count(set); i++) {
		const struct series *s = series_get(set, i);

		metric_u64(m, s->labels, NULL, value(s));
	}
}

static void put_numbers(struct metric_out *m, const struct series_set *set)
{
	for (size_t f = 0; f < sizeof(numbers) / sizeof(numbers[0]); f++)
		put_number(m, set, &numbers[f].metric, numbers[f].value);
}

static void put_fullness(struct metric_out *m, const struct series_set *set)
{
	static const struct metric now = {
		"sockstate_accept_queue_fullest_ratio", METRIC_GAUGE, "ratio",
		"How full the fullest accept queue of the sockets at the address is; 1: the next "
		"connection is refused"};
	static const struct metric peak = {
		"sockstate_accept_queue_fullest_peak_ratio", METRIC_GAUGE, "ratio",
		"How full the fullest accept queue of the sockets at the address was at most in "
		"the last 60 seconds"};

	metric_family(m, &now);
	for (size_t i = 0; i < series_count(set); i++)
		metric_share(m, series_get(set, i)->labels, NULL, series_get(set, i)->fullest);
	metric_family(m, &peak);
	for (size_t i = 0; i < series_count(set); i++)
		metric_share(m, series_get(set, i)->labels, NULL,
			     series_fullest_peak(series_get(set, i)));
}

static const char *further(char out[FURTHER_LABEL], const char *name, const char *value)
{
	out[0] = '\0';
	metric_label(out, FURTHER_LABEL, name, value);
	return out;
}

static void put_refused(struct metric_out *m, const struct series_set *set)
{
	static const struct metric family = {
		"sockstate_refused", METRIC_COUNTER, NULL,
		"SYNs and final ACKs that the listener refused, by the queue that was full"};
	static const enum drop_reason reasons[] = {DROP_ACCEPT_QUEUE_FULL, DROP_SYN_QUEUE_FULL};
	char label[FURTHER_LABEL];

	metric_family(m, &family);
	for (size_t i = 0; i < series_count(set); i++)
		for (size_t r = 0; r < sizeof(reasons) / sizeof(reasons[0]); r++)
			metric_u64(m, series_get(set, i)->labels,
				   further(label, "reason", drop_reason_name(reasons[r])),
				   series_get(set, i)->refused[reasons[r]]);
}

/* ---- what happens rarely ---- */

/* Those of which an alert asks have a sample before the first: an increase is a difference. */
static void put_accept_errors(struct metric_out *m, const struct series_set *set)
{
	static const struct metric family = {
		"sockstate_accept_errors", METRIC_COUNTER, NULL,
		"Calls of accept() that failed, by errno; EAGAIN is no failure"};
	static const uint32_t asked[] = {EMFILE, ENFILE};
	char label[FURTHER_LABEL];

	metric_family(m, &family);
	for (size_t i = 0; i < series_count(set); i++) {
		const struct series *s = series_get(set, i);
		struct rare_counts errors = {0};

		for (size_t j = 0; j < sizeof(asked) / sizeof(asked[0]); j++)
			rare_add(&errors, SUMMARY_ACCEPT_ERROR, asked[j], 0);
		rare_merge(&errors, &s->rare);
		for (size_t j = 0; j < errors.used; j++) {
			const struct rare_count *c = &errors.at[j];

			if (c->kind == SUMMARY_ACCEPT_ERROR)
				metric_u64(m, s->labels,
					   further(label, "error", errno_name((int)c->number)),
					   c->count);
		}
	}
}

/* A RST that arrives does not say why, so it has no reason. */
static void put_resets_of(struct metric_out *m, const char *labels, const struct rare_counts *rare)
{
	char label[FURTHER_LABEL];

	metric_u64(m, labels,
		   further(label, "direction",
			   vocabulary_name(&vocabulary_direction, DIRECTION_RECEIVED)),
		   rare_get(rare, SUMMARY_RESET_RECEIVED, 0));
	for (size_t j = 0; j < rare->used; j++) {
		const struct rare_count *c = &rare->at[j];

		if (c->kind != SUMMARY_RESET_SENT)
			continue;
		further(label, "direction", vocabulary_name(&vocabulary_direction, DIRECTION_SENT));
		if (c->number != FACT_RESET_UNKNOWN)
			metric_label(label, sizeof(label), "reason",
				     vocabulary_name(&vocabulary_reset_reason, c->number));
		metric_u64(m, labels, label, c->count);
	}
}

static void put_resets(struct metric_out *m, const struct export_state *state)
{
	static const struct metric family = {
		"sockstate_resets", METRIC_COUNTER, NULL,
		"RSTs that were sent or received for connections of the listener, and sent for "
		"segments to its port"};
	static const struct metric others = {
		"sockstate_other_resets", METRIC_COUNTER, NULL,
		"RSTs of clients, and those sent from ports where nobody listens"};

	metric_family(m, &family);
	for (size_t i = 0; i < series_count(state->series); i++) {
		const struct series *s = series_get(state->series, i);

		put_resets_of(m, s->labels, &s->rare);
	}
	metric_family(m, &others);
	put_resets_of(m, "", tally_nobody_rare(state->tally));
}

static void put_rare(struct metric_out *m, const struct export_state *state)
{
	static const struct metric cookies = {"sockstate_syncookies", METRIC_COUNTER, NULL,
					      "SYN-ACKs that were sent with a SYN cookie"};

	/* What this kernel does not let us see is left out. */
	if (state->facts->fact[KNOW_ACCEPT_CALL].is == FACT_IS_EXACT)
		put_accept_errors(m, state->series);
	put_resets(m, state);
	if (state->counts_cookies)
		put_number(m, state->series, &cookies, syncookies_of);
}

static void put_times(struct metric_out *m, const struct series_set *set)
{
	static const struct metric oldest = {
		"sockstate_oldest_queued_seconds", METRIC_GAUGE, "seconds",
		"How long the oldest connection in the accept queue waits, or longer; 0: none waits"};
	static const struct metric wait = {
		"sockstate_accept_wait_seconds", METRIC_HISTOGRAM, "seconds",
		"Time from the end of the handshake until accept() returned the connection"};
	static const struct metric handshake = {"sockstate_handshake_seconds", METRIC_HISTOGRAM,
						"seconds",
						"Time from the first SYN-ACK to the final ACK"};

	metric_family(m, &oldest);
	for (size_t i = 0; i < series_count(set); i++)
		metric_seconds(m, series_get(set, i)->labels, NULL, series_get(set, i)->oldest_ns);
	metric_family(m, &wait);
	for (size_t i = 0; i < series_count(set); i++)
		metric_histogram(m, series_get(set, i)->labels, &series_get(set, i)->accept_wait);
	metric_family(m, &handshake);
	for (size_t i = 0; i < series_count(set); i++)
		metric_histogram(m, series_get(set, i)->labels, &series_get(set, i)->handshake);
}

static void put_verdicts(struct metric_out *m, const struct series_set *set)
{
	static const struct metric family = {
		"sockstate_listener_verdict", METRIC_GAUGE, NULL,
		"1 for what the last second says of the listener, 0 for the other verdicts"};
	char label[VERDICT_COUNT][FURTHER_LABEL];

	for (unsigned int v = 0; v < VERDICT_COUNT; v++)
		further(label[v], "verdict", verdict_name(v));
	metric_family(m, &family);
	for (size_t i = 0; i < series_count(set); i++)
		for (unsigned int v = 0; v < VERDICT_COUNT; v++)
			metric_u64(m, series_get(set, i)->labels, label[v],
				   series_get(set, i)->verdicts >> v & 1);
}

static void put_why(struct metric_out *m, const struct series_set *set)
{
	static const struct metric family = {
		"sockstate_listener_why", METRIC_INFO, NULL,
		"What the program does instead of accepting, for as long as it does"};
	char label[FURTHER_LABEL];

	metric_family(m, &family);
	for (size_t i = 0; i < series_count(set); i++)
		for (unsigned int d = 0; d < DIAGNOSIS_UNKNOWN; d++)
			if (series_get(set, i)->diagnoses >> d & 1)
				metric_u64(m, series_get(set, i)->labels,
					   further(label, "diagnosis", diagnosis_name(d)), 1);
}

/* ---- what this run can see, and what it costs ---- */

static void put_facts(struct metric_out *m, const struct fact_list *facts)
{
	static const struct metric family = {
		"sockstate_fact", METRIC_GAUGE, NULL,
		"1 for how well this kernel lets us see a fact: exact, derived or absent"};
	char labels[FURTHER_LABEL];

	metric_family(m, &family);
	for (unsigned int i = 0; i < KNOW_COUNT; i++) {
		labels[0] = '\0';
		metric_label(labels, sizeof(labels), "fact", fact_name(i));
		metric_label(labels, sizeof(labels), "is", fact_is_name(facts->fact[i].is));
		metric_u64(m, labels, NULL, 1);
	}
}

static void put_lost(struct metric_out *m, const struct tally *t)
{
	static const struct metric family = {
		"sockstate_facts_lost", METRIC_COUNTER, NULL,
		"What was not counted, by the place where it was lost; anything but 0 makes the "
		"other counters too small"};
	static const enum fact_lost_where places[] = {FACT_LOST_RECURSION, FACT_LOST_MAP};
	char label[FURTHER_LABEL];

	metric_family(m, &family);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		metric_u64(m, "",
			   further(label, "lost_at",
				   vocabulary_name(&vocabulary_lost_place, places[i])),
			   tally_lost(t, places[i]));
}

static void put_build(struct metric_out *m, const struct export_state *state)
{
	static const struct metric family = {"sockstate_build", METRIC_INFO, NULL,
					     "The version of sockstate and of the kernel"};
	char labels[2 * FURTHER_LABEL] = "";

	metric_label(labels, sizeof(labels), "version", state->version);
	metric_label(labels, sizeof(labels), "kernel", state->kernel);
	metric_family(m, &family);
	metric_u64(m, labels, NULL, 1);
}

static void put_one(struct metric_out *m, const struct metric *family, uint64_t value)
{
	metric_family(m, family);
	metric_u64(m, "", NULL, value);
}

static void put_self(struct metric_out *m, const struct export_state *state)
{
	static const struct metric cpu = {"process_cpu_seconds", METRIC_COUNTER, "seconds",
					  "CPU time of the exporter, user and system"};
	static const struct metric age = {"sockstate_read_age_seconds", METRIC_GAUGE, "seconds",
					  "How old these figures are"};

	metric_family(m, &cpu);
	metric_seconds(m, "", NULL, state->cpu_ns);
	if (state->resident_bytes)
		put_one(m,
			&(struct metric){"process_resident_memory_bytes", METRIC_GAUGE, "bytes",
					 "Memory of the exporter"},
			state->resident_bytes);
	put_one(m,
		&(struct metric){"process_start_time_seconds", METRIC_GAUGE, "seconds",
				 "When the exporter started, since 1970"},
		(uint64_t)state->started_s);
	metric_family(m, &age);
	metric_seconds(m, "", NULL, state->read_age_ns);
	put_one(m,
		&(struct metric){"sockstate_read_errors", METRIC_COUNTER, NULL,
				 "How often the counters could not be read"},
		state->read_errors);
	put_one(m,
		&(struct metric){"sockstate_listeners_shared", METRIC_GAUGE, NULL,
				 "Listeners beyond --max-listeners, which share the series with "
				 "the address other"},
		series_shared(state->series));
}

static void put_otlp(struct metric_out *m, const struct export_state *state)
{
	static const struct metric
		delivered = {"sockstate_otlp_delivered", METRIC_COUNTER, NULL,
			     "Data points and log records that the receiver took"},
		undelivered = {"sockstate_otlp_undelivered", METRIC_COUNTER, NULL,
			       "Data points and log records that were not delivered: "
			       "rejected or refused by the receiver, or without room "
			       "while it was away (overflow), or left by a process "
			       "that ended"};
	static const enum delivery_fate fates[] = {DELIVERY_REJECTED, DELIVERY_REFUSED,
						   DELIVERY_OVERFLOW, DELIVERY_LEFT};
	const struct delivery_counts *counts = state->otlp;
	char label[2 * FURTHER_LABEL];

	metric_family(m, &delivered);
	for (unsigned int s = 0; s < OTLP_SIGNAL_COUNT; s++)
		metric_u64(m, "", further(label, "signal", otlp_signal_name(s)),
			   counts->of[s][DELIVERY_TAKEN]);
	metric_family(m, &undelivered);
	for (unsigned int s = 0; s < OTLP_SIGNAL_COUNT; s++)
		for (size_t f = 0; f < sizeof(fates) / sizeof(fates[0]); f++) {
			further(label, "signal", otlp_signal_name(s));
			metric_label(label, sizeof(label), "reason", delivery_fate_name(fates[f]));
			metric_u64(m, "", label, counts->of[s][fates[f]]);
		}
	put_one(m,
		&(struct metric){"sockstate_otlp_restarts", METRIC_COUNTER, NULL,
				 "How often the process that sends was started again"},
		state->otlp_restarts);
	put_one(m,
		&(struct metric){"sockstate_otlp_forgotten", METRIC_COUNTER, NULL,
				 "Sockets of which no log records are made, because too many were "
				 "open to wait whether they turn out to be notable"},
		state->otlp_forgotten);
}

static void put_all(struct metric_out *m, const struct export_state *state)
{
	put_numbers(m, state->series);
	put_fullness(m, state->series);
	put_refused(m, state->series);
	put_rare(m, state);
	put_times(m, state->series);
	put_verdicts(m, state->series);
	put_why(m, state->series);
	put_facts(m, state->facts);
	put_lost(m, state->tally);
	put_build(m, state);
	if (state->otlp)
		put_otlp(m, state);
	put_self(m, state);
	metric_end(m);
}

void export_metrics(struct out *o, enum metric_form form, const struct export_state *state)
{
	struct metric_out m = {.out = o, .form = form};

	put_all(&m, state);
}

void export_otlp(struct otlp_metrics *otlp, const struct export_state *state)
{
	struct metric_out m = {.form = METRIC_OTLP, .otlp = otlp};

	put_all(&m, state);
}
