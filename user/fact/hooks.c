// SPDX-License-Identifier: BSD-2-Clause
#include "fact/hooks.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* clang-format off */
/*
 * The costs are times of a run, measured on Linux 6.18 (x86-64, bpf_stats), without the 20 to 40 ns
 * that running any program takes. A hook without a cost runs only for the facts that it sends, 100
 * to 400 ns each.
 */
static const struct hook hooks[HOOK_COUNT] = {
	[HOOK_STATE] = {"state", HOOK_TRACEPOINT,
		{{"set_state", "inet_sock_set_state"}, {"set_state_missed", "inet_sock_set_state"}},
		.cost = "each transition of a TCP socket: 120 ns, 15 ns where the filter turns it away"},
	[HOOK_RETRANSMIT] = {"retransmit", HOOK_TRACEPOINT,
		{{"synack_again", "tcp_retransmit_synack"}, {"syn_again", "tcp_retransmit_skb", true}},
		.cost = "each segment sent again: 5 ns"},
	[HOOK_RESET] = {"reset", HOOK_TRACEPOINT,
		{{"reset_received", "tcp_receive_reset"}, {"reset_sent", "tcp_send_reset"}}},

	[HOOK_SYN_BEGIN] = {"syn_begin", HOOK_FUNCTION, {{"syn_begin", "inet_csk_reqsk_queue_hash_add"}}},
	[HOOK_SYNACK_LEAVES] = {"synack_leaves", HOOK_TRACEPOINT, {{"synack_leaves", "net_dev_queue", true}},
		.cost = "each packet sent: 5 ns; each SYN-ACK: 300 ns"},
	[HOOK_EXPIRED] = {"expired", HOOK_FUNCTION,
		{{"request_timer", "reqsk_timer_handler"}, {"request_expired", "reqsk_timer_handler"}}},
	[HOOK_UNREACHABLE] = {"unreachable", HOOK_FUNCTION, {{"request_unreachable", "tcp_req_err"}}},

	[HOOK_SYN_REFUSED] = {"syn_refused", HOOK_FUNCTION,
		{{"syn_comes", "tcp_conn_request"}, {"syn_done", "tcp_conn_request"}},
		.cost = "each SYN to a listener: 20 ns"},
	[HOOK_COOKIE_MADE_V4] = {"cookie_made_v4", HOOK_FUNCTION, {{"cookie_made_v4", "cookie_v4_init_sequence"}}},
	[HOOK_COOKIE_MADE_V6] = {"cookie_made_v6", HOOK_FUNCTION, {{"cookie_made_v6", "cookie_v6_init_sequence"}}},
	[HOOK_SYN_FREED] = {"syn_freed", HOOK_TRACEPOINT,
		{{"syn_answered", "net_dev_queue", true}, {"syn_freed", "consume_skb", true},
		 {"syn_freed_where", "consume_skb", true}},
		.cost = "each packet sent: 5 ns, each packet done with: 5 ns"},
	[HOOK_SYN_FILTERED] = {"syn_filtered", HOOK_TRACEPOINT, {{"syn_filtered", "kfree_skb", true}},
		.cost = "each packet dropped: 5 ns; each SYN that a packet filter drops: a record"},
	[HOOK_DROPPED] = {"dropped", HOOK_TRACEPOINT, {{"segment_dropped", "kfree_skb", true}},
		.cost = "each packet dropped: 5 ns"},
	[HOOK_ACK_REFUSED] = {"ack_refused", HOOK_FUNCTION,
		{{"ack_comes", "tcp_check_req"}, {"ack_done", "tcp_check_req"}},
		.cost = "each final ACK: 20 ns"},
	[HOOK_ACK_DROPPED] = {"ack_dropped", HOOK_TRACEPOINT, {{"ack_dropped", "kfree_skb", true}},
		.cost = "each packet dropped: 5 ns"},
	[HOOK_COOKIE_V4] = {"cookie_v4", HOOK_FUNCTION,
		{{"cookie_comes_v4", "cookie_v4_check"}, {"cookie_done_v4", "cookie_v4_check"}},
		.cost = "each ACK to a listener without a request: 20 ns"},
	[HOOK_COOKIE_V6] = {"cookie_v6", HOOK_FUNCTION,
		{{"cookie_comes_v6", "cookie_v6_check"}, {"cookie_done_v6", "cookie_v6_check"}},
		.cost = "each ACK to a listener without a request: 20 ns"},

	[HOOK_ENQUEUE] = {"enqueue", HOOK_FUNCTION,
		{{"enqueue", "inet_csk_complete_hashdance"}, {"enqueue_unrequested", "inet_csk_reqsk_queue_add"}}},
	[HOOK_LISTENER_READY] = {"listener_ready", HOOK_TRACEPOINT, {{"listener_ready", "sk_data_ready", true}},
		.cost = "each arrival of data for a socket: 5 ns"},
	[HOOK_ACCEPT] = {"accept", HOOK_FUNCTION,
		{{"accept_begin", "inet_csk_accept"}, {"accept_taken", "inet_csk_accept"},
		 {"accept_installed", "fd_install", true}},
		.cost = "each new file descriptor: 5 ns; each accept() call: 60 ns"},
	[HOOK_ACCEPT_FAILED] = {"accept_failed", HOOK_FUNCTION, {{"accept_failed", "__sys_accept4"}},
		.cost = "each accept() call: 5 ns"},
	[HOOK_IO_ACCEPT] = {"io_accept", HOOK_FUNCTION,
		{{"io_accept_begin", "io_accept"}, {"io_accept_end", "io_accept"}}},
	[HOOK_ACCEPT_SYSCALL] = {"accept_syscall", HOOK_SYSCALL,
		{{"sys_enter_accept", "sys_enter_accept"}, {"sys_exit_accept", "sys_exit_accept"},
		 {"sys_enter_accept", "sys_enter_accept4"}, {"sys_exit_accept", "sys_exit_accept4"}},
		.cost = "every system call of every process: 35 ns (the kernel's slow way in and out); each accept(): 300 ns"},
	[HOOK_ACCEPT_ANY_SYSCALL] = {"accept_any_syscall", HOOK_TRACEPOINT,
		{{"any_enter", "sys_enter", true}, {"any_exit", "sys_exit", true}},
		.cost = "every system call of every process: 270 ns"},
	[HOOK_IO_URING] = {"io_uring", HOOK_TRACEPOINT, {{"io_uring_completed", "io_uring_complete", true}},
		.cost = "each completion of io_uring: 50 ns"},
	[HOOK_IO_SUBMIT] = {"io_submit", HOOK_TRACEPOINT, {{"io_submitted", "io_uring_submit_req", true}},
		.cost = "each submission to io_uring: 5 ns; each accept: 160 ns"},
	[HOOK_FORK] = {"fork", HOOK_TRACEPOINT, {{"process_forked", "sched_process_fork", true}},
		.cost = "each new thread or process: 20 ns"},

	[HOOK_LISTEN] = {"listen", HOOK_FUNCTION,
		{{"listen_begin", "inet_listen"}, {"listen_end", "inet_listen"}}},
	[HOOK_LISTEN_ASKED] = {"listen_asked", HOOK_FUNCTION, {{"listen_asked", "__sys_listen"}}},
	[HOOK_LISTEN_SYSCALL] = {"listen_syscall", HOOK_SYSCALL,
		{{"sys_enter_listen", "sys_enter_listen"}, {"sys_exit_listen", "sys_exit_listen"}},
		.cost = "nothing more: the tracepoints of system calls are paid for by accept()"},

	[HOOK_TIMEWAIT] = {"timewait", HOOK_FUNCTION, {{"timewait_begin", "inet_twsk_alloc"}}},
	[HOOK_TIMEWAIT_REAL] = {"timewait_real", HOOK_FUNCTION,
		{{"timewait_segment", "tcp_timewait_state_process"}, {"timewait_real", "tcp_timewait_state_process"}},
		.cost = "each segment to a socket in TIME_WAIT: 20 ns"},
	[HOOK_TIMEWAIT_END] = {"timewait_end", HOOK_FUNCTION, {{"timewait_end", "tcp_twsk_destructor"}}},
};

/* The candidates of a fact, the preferred one first. why: what is less than exact. */
static const struct candidate {
	enum fact_name fact;
	enum hook_id hook;
	enum fact_is is;
	const char *by;
	const char *why;
	enum hook_id with; /* a second that it takes; HOOK_STATE, which is always there: none */
} candidates[] = {
	{KNOW_SYN_RECV_BEGIN, HOOK_SYN_BEGIN, FACT_IS_EXACT, "fexit/inet_csk_reqsk_queue_hash_add", ""},
	{KNOW_SYN_RECV_BEGIN, HOOK_SYNACK_LEAVES, FACT_IS_DERIVED, "tp_btf/net_dev_queue",
	 "stamped as the SYN-ACK left"},

	{KNOW_HANDSHAKE, HOOK_SYN_BEGIN, FACT_IS_EXACT, "fexit/inet_csk_reqsk_queue_hash_add", ""},
	{KNOW_HANDSHAKE, HOOK_SYNACK_LEAVES, FACT_IS_DERIVED, "tp_btf/net_dev_queue",
	 "measured from when the SYN-ACK left"},
	{KNOW_HANDSHAKE, HOOK_STATE, FACT_IS_DERIVED, "tp_btf/inet_sock_set_state",
	 "taken from the kernel's first round trip sample"},

	{KNOW_SYN_DROP, HOOK_SYN_REFUSED, FACT_IS_EXACT, "fexit/tcp_conn_request", ""},
	{KNOW_SYN_DROP, HOOK_SYN_FREED, FACT_IS_DERIVED, "tp_btf/consume_skb",
	 "a SYN to which no SYN-ACK left; which queue was full follows from the listener's figures"},

	{KNOW_ACK_DROP, HOOK_ACK_REFUSED, FACT_IS_EXACT, "fexit/tcp_check_req", ""},
	{KNOW_ACK_DROP, HOOK_ACK_DROPPED, FACT_IS_DERIVED, "tp_btf/kfree_skb",
	 "ACKs that carry a SYN cookie are not told apart"},

	{KNOW_REQUEST_EXPIRED, HOOK_EXPIRED, FACT_IS_EXACT, "fexit/reqsk_timer_handler", ""},
	{KNOW_REQUEST_EXPIRED, HOOK_RETRANSMIT, FACT_IS_DERIVED, "tp_btf/tcp_retransmit_synack",
	 "its SYN-ACK did not go out again when it should have"},

	{KNOW_ENQUEUE, HOOK_ENQUEUE, FACT_IS_EXACT, "fexit/inet_csk_complete_hashdance", ""},
	{KNOW_ENQUEUE, HOOK_LISTENER_READY, FACT_IS_DERIVED, "tp_btf/sk_data_ready",
	 "the child is the one that was established just before on that CPU"},
	{KNOW_ENQUEUE, HOOK_STATE, FACT_IS_DERIVED, "tp_btf/inet_sock_set_state",
	 "at the transition to ESTABLISHED; the listener is told by its port"},

	{KNOW_ACCEPT, HOOK_ACCEPT, FACT_IS_EXACT, "fexit/inet_csk_accept", ""},
	{KNOW_ACCEPT, HOOK_ACCEPT_SYSCALL, FACT_IS_DERIVED, "tp/syscalls/sys_exit_accept4",
	 "accepts of 32-bit programs and of the kernel itself are only counted, by the queue"},
	{KNOW_ACCEPT, HOOK_ACCEPT_ANY_SYSCALL, FACT_IS_DERIVED, "tp_btf/sys_exit",
	 "accepts of 32-bit programs and of the kernel itself are only counted, by the queue"},

	{KNOW_ACCEPT_CALL, HOOK_ACCEPT_FAILED, FACT_IS_EXACT, "fexit/__sys_accept4", ""},
	{KNOW_ACCEPT_CALL, HOOK_ACCEPT, FACT_IS_DERIVED, "fentry/inet_csk_accept", "errors are not seen"},
	{KNOW_ACCEPT_CALL, HOOK_ACCEPT_SYSCALL, FACT_IS_EXACT, "tp/syscalls/sys_enter_accept4", ""},
	{KNOW_ACCEPT_CALL, HOOK_ACCEPT_ANY_SYSCALL, FACT_IS_DERIVED, "tp_btf/sys_enter", "errors are not seen"},

	{KNOW_ACCEPT_IO_URING, HOOK_IO_ACCEPT, FACT_IS_EXACT,
	 "fexit/io_accept, tp_btf/io_uring_submit_req", "", HOOK_IO_SUBMIT},
	{KNOW_ACCEPT_IO_URING, HOOK_IO_ACCEPT, FACT_IS_DERIVED, "fexit/io_accept",
	 "when they were submitted is not known"},
	{KNOW_ACCEPT_IO_URING, HOOK_IO_URING, FACT_IS_DERIVED,
	 "tp_btf/io_uring_complete, tp_btf/io_uring_submit_req",
	 "stamped at the completion; accepts into fixed files are not seen", HOOK_IO_SUBMIT},
	{KNOW_ACCEPT_IO_URING, HOOK_IO_URING, FACT_IS_DERIVED, "tp_btf/io_uring_complete",
	 "stamped at the completion; accepts into fixed files are not seen; when they were submitted is not known"},

	{KNOW_RELISTEN, HOOK_LISTEN, FACT_IS_EXACT, "fexit/inet_listen", ""},
	{KNOW_RELISTEN, HOOK_LISTEN_SYSCALL, FACT_IS_EXACT, "tp/syscalls/sys_exit_listen", ""},

	{KNOW_RESET_REASON, HOOK_RESET, FACT_IS_EXACT, "tp_btf/tcp_send_reset", ""},

	{KNOW_TIME_WAIT_BEGIN, HOOK_TIMEWAIT, FACT_IS_EXACT, "fexit/inet_twsk_alloc", ""},
	{KNOW_TIME_WAIT_BEGIN, HOOK_STATE, FACT_IS_DERIVED, "tp_btf/inet_sock_set_state",
	 "at the end of FIN_WAIT2 or CLOSING, if the peer's FIN had come"},

	{KNOW_TIME_WAIT_END, HOOK_TIMEWAIT_END, FACT_IS_EXACT, "fentry/tcp_twsk_destructor", ""},
};
/* clang-format on */

/* Hooks that refine others: `also` is attached with `chosen` if the kernel takes it. */
static const struct {
	enum hook_id chosen, also;
} companions[] = {
	{HOOK_STATE, HOOK_RETRANSMIT},	     {HOOK_STATE, HOOK_RESET},
	{HOOK_EXPIRED, HOOK_UNREACHABLE},    {HOOK_STATE, HOOK_COOKIE_MADE_V4},
	{HOOK_STATE, HOOK_COOKIE_MADE_V6},   {HOOK_ENQUEUE, HOOK_COOKIE_V4},
	{HOOK_ENQUEUE, HOOK_COOKIE_V6},	     {HOOK_LISTEN, HOOK_LISTEN_ASKED},
	{HOOK_TIMEWAIT, HOOK_TIMEWAIT_REAL}, {HOOK_ACCEPT, HOOK_FORK},
	{HOOK_ACCEPT_SYSCALL, HOOK_FORK},    {HOOK_STATE, HOOK_SYN_FILTERED},
	{HOOK_STATE, HOOK_DROPPED},
};

/* Hooks that do the work of another besides, which is then not attached. */
static const struct {
	enum hook_id hook, does;
} doubles[] = {
	{HOOK_ACK_DROPPED, HOOK_DROPPED}, /* one program for each packet dropped */
};

/* Hooks whose facts are wrong or useless without those of another. */
static const struct {
	enum hook_id hook, needs;
} needs[] = {
	{HOOK_SYN_REFUSED, HOOK_SYN_BEGIN},	 /* sends that a SYN got a request */
	{HOOK_SYN_REFUSED, HOOK_ENQUEUE},	 /* sends that a SYN got a child */
	{HOOK_SYN_REFUSED, HOOK_COOKIE_MADE_V4}, /* notes that a SYN got a cookie */
	{HOOK_IO_ACCEPT, HOOK_ACCEPT},		 /* sends the accept that io_accept marks */
	{HOOK_ACCEPT_FAILED, HOOK_ACCEPT},	 /* sends the calls that do not fail */
	/* has paid for the tracepoints of system calls */
	{HOOK_LISTEN_SYSCALL, HOOK_ACCEPT_SYSCALL},
};

const struct hook *hook_get(enum hook_id id)
{
	return &hooks[id];
}

enum hook_id hooks_of_program(const char *program)
{
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		for (size_t i = 0; i < HOOK_PROGRAMS_MAX && hooks[id].programs[i].name; i++) {
			if (!strcmp(hooks[id].programs[i].name, program))
				return id;
		}
	}
	return HOOK_COUNT;
}

void hooks_refuse(struct hooks *h, enum hook_id id, const char *format, ...)
{
	va_list args;

	if (h->refused[id])
		return;
	h->refused[id] = true;
	va_start(args, format);
	vsnprintf(h->why[id], sizeof(h->why[id]), format, args);
	va_end(args);
}

void hooks_refuse_kind(struct hooks *h, enum hook_kind kind, const char *why)
{
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		if (hooks[id].kind == kind)
			hooks_refuse(h, id, "%s", why);
	}
}

static bool is_name(const char *part, size_t len, const char *name)
{
	return strlen(name) == len && !strncmp(part, name, len);
}

static bool name_in_list(const char *name, const char *list)
{
	while (list && *list) {
		size_t len = strcspn(list, ",");

		if (is_name(list, len, name))
			return true;
		list += len + (list[len] == ',');
	}
	return false;
}

const char *hooks_unknown(const char *list, size_t *len)
{
	for (; list && *list; list += *len + (list[*len] == ',')) {
		bool known;

		*len = strcspn(list, ",");
		known = is_name(list, *len, "fentry");
		for (enum hook_id id = 0; id < HOOK_COUNT && !known; id++)
			known = is_name(list, *len, hooks[id].name);
		if (!known)
			return list;
	}
	return NULL;
}

void hooks_init(struct hooks *h, bool name_syn_drops, bool syscall_fallback, const char *absent)
{
	memset(h, 0, sizeof(*h));
	if (name_in_list("fentry", absent))
		hooks_refuse_kind(h, HOOK_FUNCTION, "fentry refused: forced");
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		if (id != HOOK_STATE && name_in_list(hooks[id].name, absent))
			hooks_refuse(h, id, "%s refused: forced", hooks[id].name);
	}
	if (!name_syn_drops) {
		hooks_refuse(h, HOOK_SYN_FREED, FACT_WHY_SYNS_COUNTED);
		hooks_refuse(h, HOOK_SYN_FILTERED, FACT_WHY_SYNS_COUNTED);
	}
	if (!syscall_fallback)
		hooks_refuse(h, HOOK_ACCEPT_ANY_SYSCALL, "only with --syscall-fallback");
}

static void refuse_what_lacks(struct hooks *h)
{
	for (size_t again = 0; again < COUNT(needs); again++) {
		for (size_t i = 0; i < COUNT(needs); i++) {
			if (h->refused[needs[i].needs])
				hooks_refuse(h, needs[i].hook, "%s", h->why[needs[i].needs]);
		}
	}
}

/* The hook for want of which a candidate cannot serve; HOOK_COUNT: it can. */
static enum hook_id wanting(const struct hooks *h, const struct candidate *c)
{
	if (h->refused[c->hook])
		return c->hook;
	return h->refused[c->with] ? c->with : HOOK_COUNT;
}

/* The candidate that serves the fact; NULL if no candidate can. */
static const struct candidate *best_candidate(const struct hooks *h, enum fact_name fact)
{
	for (size_t i = 0; i < COUNT(candidates); i++) {
		if (candidates[i].fact == fact && wanting(h, &candidates[i]) == HOOK_COUNT)
			return &candidates[i];
	}
	return NULL;
}

void hooks_choose(struct hooks *h)
{
	refuse_what_lacks(h);
	memset(h->chosen, 0, sizeof(h->chosen));
	h->chosen[HOOK_STATE] = true;
	for (enum fact_name fact = 0; fact < KNOW_COUNT; fact++) {
		const struct candidate *best = best_candidate(h, fact);

		if (best)
			h->chosen[best->hook] = h->chosen[best->with] = true;
	}
	for (size_t i = 0; i < COUNT(companions); i++) {
		if (h->chosen[companions[i].chosen] && !h->refused[companions[i].also])
			h->chosen[companions[i].also] = true;
	}
	for (size_t i = 0; i < COUNT(needs); i++) {
		if (h->chosen[needs[i].hook])
			h->chosen[needs[i].needs] = true;
	}
	for (size_t i = 0; i < COUNT(doubles); i++) {
		if (h->chosen[doubles[i].hook])
			h->chosen[doubles[i].does] = false;
	}
}

/* The first reason why a candidate that is preferred to this one is missing. */
static const char *why_not_better(const struct hooks *h, enum fact_name fact,
				  const struct candidate *served)
{
	for (size_t i = 0; i < COUNT(candidates); i++) {
		if (&candidates[i] == served)
			break;
		if (candidates[i].fact == fact)
			return h->why[wanting(h, &candidates[i])];
	}
	return "";
}

/* Writes the reasons why no candidate serves the fact, each once. */
static void tell_absent(const struct hooks *h, enum fact_name fact, struct fact_knowledge *know)
{
	for (size_t i = 0; i < COUNT(candidates); i++) {
		size_t len = strlen(know->why);
		const char *why;

		if (candidates[i].fact != fact)
			continue;
		why = h->why[wanting(h, &candidates[i])];
		if (!strstr(know->why, why))
			snprintf(know->why + len, sizeof(know->why) - len, "%s%s", len ? "; " : "",
				 why);
	}
}

void hooks_tell(const struct hooks *h, bool reset_reasons, struct fact_list *facts)
{
	memset(facts, 0, sizeof(*facts));
	for (enum fact_name fact = 0; fact < KNOW_COUNT; fact++) {
		struct fact_knowledge *know = &facts->fact[fact];
		const struct candidate *best = best_candidate(h, fact);
		const char *reason;

		if (!best) {
			tell_absent(h, fact, know);
			continue;
		}
		if (fact == KNOW_RESET_REASON && !reset_reasons) {
			snprintf(know->why, sizeof(know->why),
				 "this kernel does not tell why it sends a RST");
			continue;
		}
		know->is = best->is;
		snprintf(know->by, sizeof(know->by), "%s", best->by);
		if (best->is == FACT_IS_EXACT)
			continue;
		reason = why_not_better(h, fact, best);
		snprintf(know->why, sizeof(know->why), "%s%s%s", reason, *reason ? "; " : "",
			 best->why);
	}
}
