// SPDX-License-Identifier: BSD-2-Clause
#include "view/words.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/text.h"

#define WORDS_OF(kind, ...)                                                                       \
	const char *words_of_##kind(unsigned int number)                                          \
	{                                                                                         \
		static const char *const words[] = {__VA_ARGS__};                                 \
                                                                                                  \
		return number < sizeof(words) / sizeof(words[0]) && words[number] ? words[number] \
										  : "";           \
	}

/* clang-format off */
WORDS_OF(cause,
	[CAUSE_RST_SENT] = "RST sent",
	[CAUSE_RST_RECEIVED] = "RST received",
	[CAUSE_UNREACHABLE] = "peer unreachable",
	[CAUSE_TIMEOUT] = "timed out",
	[CAUSE_LISTENER_CLOSED] = "listener closed",
	[CAUSE_REQUEST_EXPIRED] = "no final ACK",
	[CAUSE_CLIENT_UNREACHABLE] = "client unreachable (ICMP)",
	[CAUSE_REFUSED_BY_ICMP] = "refused by ICMP (port unreachable)",
	[CAUSE_NO_LOCAL_PORT] = "no local port",
	[CAUSE_NO_SYN] = "no SYN sent",
	[CAUSE_ABORTED] = "aborted from outside (ss -K)",
	[CAUSE_REPAIR] = "TCP_REPAIR, no segment")

WORDS_OF(cause_brief,
	[CAUSE_RST_SENT] = "by RST",
	[CAUSE_RST_RECEIVED] = "by RST",
	[CAUSE_UNREACHABLE] = "peer unreachable",
	[CAUSE_TIMEOUT] = "timeout",
	[CAUSE_LISTENER_CLOSED] = "listener closed",
	[CAUSE_REQUEST_EXPIRED] = "no final ACK",
	[CAUSE_CLIENT_UNREACHABLE] = "client unreachable (ICMP)",
	[CAUSE_REFUSED_BY_ICMP] = "by ICMP",
	[CAUSE_NO_LOCAL_PORT] = "no local port",
	[CAUSE_NO_SYN] = "no SYN sent",
	[CAUSE_ABORTED] = "aborted",
	[CAUSE_REPAIR] = "TCP_REPAIR")

/* Of an end whose role is not known. For words_of_close(). */
static WORDS_OF(close_of_an_end,
	[CLOSE_FIN_ACTIVE] = "closed by this end",
	[CLOSE_FIN_PASSIVE] = "closed by peer",
	[CLOSE_FIN_SIMULTANEOUS] = "closed by both",
	[CLOSE_RST_RECEIVED] = "reset by peer",
	[CLOSE_RST_SENT] = "reset by this end",
	[CLOSE_TIMEOUT] = "timed out",
	[CLOSE_UNREACHABLE] = "peer unreachable",
	[CLOSE_REFUSED] = "refused",
	[CLOSE_NEVER_ACCEPTED] = "never accepted",
	[CLOSE_REFUSED_BY_ICMP] = "refused by ICMP",
	[CLOSE_TAKEN_AWAY] = "taken away",
	[CLOSE_CONNECTING] = "closed in SYN_SENT",
	[CLOSE_NO_LOCAL_PORT] = "no local port",
	[CLOSE_NO_SYN] = "no SYN sent",
	[CLOSE_ABORTED] = "aborted from outside",
	[CLOSE_UNKNOWN] = "closed")

WORDS_OF(drop,
	[DROP_UNKNOWN] = "unknown",
	[DROP_ACCEPT_QUEUE_FULL] = "accept queue full",
	[DROP_SYN_QUEUE_FULL] = "SYN queue full",
	[DROP_COOKIE_INVALID] = "SYN cookie invalid",
	[DROP_LISTENER_CLOSED] = "listener closed",
	[DROP_OTHER] = "other",
	[DROP_SIGNATURE] = "no valid TCP-MD5 or TCP-AO",
	[DROP_FILTER] = "socket filter",
	[DROP_POLICY] = "IPsec policy",
	[DROP_TTL] = "below IP_MINTTL",
	[DROP_NETFILTER] = "dropped or rejected by a packet filter",
	[DROP_CONNECTION] = "its connection exists",
	[DROP_REQUEST_EXPIRED] = "no final ACK",
	[DROP_CLIENT_UNREACHABLE] = "client unreachable (ICMP)")

/* Of "other" the kernel has a reason, and we no name for it. */
WORDS_OF(reset,
	[FACT_RESET_NO_SOCKET] = "no socket for this segment",
	[FACT_RESET_STATE] = "aborted",
	[FACT_RESET_ABORT_ON_CLOSE] = "closed with data unread",
	[FACT_RESET_ABORT_ON_LINGER] = "FIN not awaited (TCP_LINGER2)",
	[FACT_RESET_ABORT_ON_MEMORY] = "orphan limit or out of memory",
	[FACT_RESET_DISCONNECT] = "disconnected with data unsent",
	[FACT_RESET_TIMEOUT] = "keepalive without an answer",
	[FACT_RESET_NO_CONNECTION] = "no such connection",
	[FACT_RESET_FLAGS] = "unexpected flags",
	[FACT_RESET_TIME_WAIT_SEGMENT] = "already in TIME_WAIT",
	[FACT_RESET_ABORT_ON_DATA] = "data came after the close",
	[FACT_RESET_INVALID_SYN] = "bad SYN, or abort_on_overflow",
	[FACT_RESET_INVALID_ACK] = "ACK outside of what was sent",
	[FACT_RESET_PAWS] = "old timestamp (PAWS)",
	[FACT_RESET_TOO_OLD_ACK] = "ACK too old",
	[FACT_RESET_UNSENT_ACK] = "ACK of data never sent",
	[FACT_RESET_OLD_ACK] = "old ACK",
	[FACT_RESET_MPTCP] = "MPTCP gave the subflow up",
	[FACT_RESET_ERROR] = "error in the kernel",
	[RESET_LISTENER_CLOSED] = "listener closed")

WORDS_OF(segment,
	[SEGMENT_UNKNOWN] = "segment",
	[SEGMENT_SYN] = "SYN",
	[SEGMENT_ACK] = "ACK",
	[SEGMENT_SYNACK] = "SYN-ACK",
	[SEGMENT_OTHER] = "segment")

WORDS_OF(lost,
	[FACT_LOST_RING] = "ringbuf",
	[FACT_LOST_RECURSION] = "recursion",
	[FACT_LOST_MAP] = "map full",
	[FACT_LOST_DECODE] = "decode",
	[FACT_LOST_EVICTED] = "evicted")

WORDS_OF(verdict,
	[VERDICT_OK] = "ok",
	[VERDICT_OUT_OF_FDS] = "out of fds",
	[VERDICT_APP_STUCK] = "app stuck",
	[VERDICT_SYN_FLOOD] = "syn flood",
	[VERDICT_BACKLOG_CAPPED] = "backlog capped",
	[VERDICT_BACKLOG_TOO_SMALL] = "backlog too small",
	[VERDICT_APP_SLOW] = "app slow")

WORDS_OF(diagnosis,
	[DIAGNOSIS_KEEPS_UP] = "keeps up",
	[DIAGNOSIS_SLOW_PER_ACCEPT] = "slow per accept",
	[DIAGNOSIS_BLOCKED_ON_PEER] = "blocked on peer",
	[DIAGNOSIS_BLOCKED_ON_FILE] = "blocked on file",
	[DIAGNOSIS_BLOCKED_ON_LOCK] = "blocked on lock",
	[DIAGNOSIS_BLOCKED_ON_CHILD] = "blocked on child",
	[DIAGNOSIS_SLEEPING] = "sleeping",
	[DIAGNOSIS_BUSY] = "busy",
	[DIAGNOSIS_STARVED] = "starved",
	[DIAGNOSIS_THROTTLED] = "throttled",
	[DIAGNOSIS_STOPPED] = "stopped",
	[DIAGNOSIS_TRACED] = "traced",
	[DIAGNOSIS_FROZEN] = "frozen",
	[DIAGNOSIS_UNINTERRUPTIBLE] = "uninterruptible",
	[DIAGNOSIS_NOBODY_WATCHES] = "nobody watches",
	[DIAGNOSIS_DISARMED] = "disarmed",
	[DIAGNOSIS_EDGE_MISSED] = "edge missed",
	[DIAGNOSIS_NOT_THE_ACCEPTOR] = "not the acceptor",
	[DIAGNOSIS_OUT_OF_FDS] = "out of fds",
	[DIAGNOSIS_WRONG_MEMBER] = "wrong member",
	[DIAGNOSIS_UNKNOWN] = "not known")
	/* clang-format on */

	const char *words_of_close(unsigned int close_reason, unsigned int role)
{
	bool server = role == ROLE_SERVER;

	if (role != ROLE_SERVER && role != ROLE_CLIENT)
		return words_of_close_of_an_end(close_reason);
	switch (close_reason) {
	case CLOSE_FIN_ACTIVE:
		return server ? "closed by server" : "closed by client";
	case CLOSE_FIN_PASSIVE:
		return server ? "closed by client" : "closed by server";
	case CLOSE_RST_SENT:
		return server ? "reset by server" : "reset by client";
	case CLOSE_RST_RECEIVED:
		return server ? "reset by client" : "reset by server";
	default:
		return words_of_close_of_an_end(close_reason);
	}
}

void words_of_overload(char *text, size_t size, const struct event *e)
{
	static const char *const what[] = {
		[OVERLOAD_THINS] = "THINNED from here on: only new connections that are notable",
		[OVERLOAD_COUNTS] = "COUNTED from here on: no new connections",
		[OVERLOAD_OVER] = "every new connection again",
	};
	unsigned int word = event_enum(e, F_OVERLOAD);

	snprintf(text, size, "%s; %llu socket%s not printed so far",
		 word < sizeof(what) / sizeof(what[0]) && what[word] ? what[word] : "overload",
		 (unsigned long long)event_get(e, F_UNPRINTED), text_s(event_get(e, F_UNPRINTED)));
}
