/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reset.bpf.h - what the tracepoint tcp_send_reset tells of a RST: why it is sent, and for whom.
 *
 * tcp_send_reset(sk, skb, reason); the reason since 6.10. Without a full socket (none, a listener,
 * a request, a timewait socket) the segment that the RST answers tells the ends. With a full socket
 * skb can be NULL.
 */
#ifndef SOCKSTATE_RESET_BPF_H
#define SOCKSTATE_RESET_BPF_H

#include "sock.bpf.h"

#define REASON(name, ours)                                                           \
	if (bpf_core_enum_value_exists(enum sk_rst_reason, SK_RST_REASON_##name) &&  \
	    reason == bpf_core_enum_value(enum sk_rst_reason, SK_RST_REASON_##name)) \
		return FACT_RESET_##ours;

static __always_inline __u32 reset_reason_of(__u32 reason)
{
	REASON(NOT_SPECIFIED, UNKNOWN)
	REASON(NO_SOCKET, NO_SOCKET)
	REASON(TCP_STATE, STATE)
	REASON(TCP_ABORT_ON_CLOSE, ABORT_ON_CLOSE)
	REASON(TCP_ABORT_ON_LINGER, ABORT_ON_LINGER)
	REASON(TCP_ABORT_ON_MEMORY, ABORT_ON_MEMORY)
	REASON(TCP_DISCONNECT_WITH_DATA, DISCONNECT)
	REASON(TCP_KEEPALIVE_TIMEOUT, TIMEOUT)
	REASON(TCP_FLAGS, FLAGS)
	REASON(TCP_TIMEWAIT_SOCKET, TIME_WAIT_SEGMENT)
	REASON(TCP_ABORT_ON_DATA, ABORT_ON_DATA)
	REASON(INVALID_SYN, INVALID_SYN)
	REASON(TCP_INVALID_ACK_SEQUENCE, INVALID_ACK)
	REASON(TCP_RFC7323_PAWS, PAWS)
	REASON(TCP_TOO_OLD_ACK, TOO_OLD_ACK)
	REASON(TCP_ACK_UNSENT_DATA, UNSENT_ACK)
	REASON(TCP_OLD_ACK, OLD_ACK)
	REASON(ERROR, ERROR)
	REASON(MPTCP_RST_EUNSPEC, MPTCP)
	REASON(MPTCP_RST_EMPTCP, MPTCP)
	REASON(MPTCP_RST_ERESOURCE, MPTCP)
	REASON(MPTCP_RST_EPROHIBIT, MPTCP)
	REASON(MPTCP_RST_EWQ2BIG, MPTCP)
	REASON(MPTCP_RST_EBADPERF, MPTCP)
	REASON(MPTCP_RST_EMIDDLEBOX, MPTCP)
	return FACT_RESET_OTHER;
}

/* ctx: of tcp_send_reset. state: of its socket, TCP_CLOSE without one. */
static __always_inline __u32 reset_reason(const __u64 *ctx, __u8 state)
{
	__u32 reason = FACT_RESET_UNKNOWN;

	if (bpf_core_enum_value_exists(enum sk_rst_reason, SK_RST_REASON_NO_SOCKET))
		reason = reset_reason_of(ctx[2]);
	return reason == FACT_RESET_FLAGS && state == TCP_LISTEN ? FACT_RESET_NO_CONNECTION
								 : reason;
}

#endif
