// SPDX-License-Identifier: BSD-2-Clause
#include "event/tcp.h"

static const char *const state_names[32] = {
	[TCP_STATE_NONE] = "STATE_0",
	[TCP_STATE_ESTABLISHED] = "ESTABLISHED",
	[TCP_STATE_SYN_SENT] = "SYN_SENT",
	[TCP_STATE_SYN_RECV] = "SYN_RECV",
	[TCP_STATE_FIN_WAIT1] = "FIN_WAIT1",
	[TCP_STATE_FIN_WAIT2] = "FIN_WAIT2",
	[TCP_STATE_TIME_WAIT] = "TIME_WAIT",
	[TCP_STATE_CLOSE] = "CLOSE",
	[TCP_STATE_CLOSE_WAIT] = "CLOSE_WAIT",
	[TCP_STATE_LAST_ACK] = "LAST_ACK",
	[TCP_STATE_LISTEN] = "LISTEN",
	[TCP_STATE_CLOSING] = "CLOSING",
	[TCP_STATE_NEW_SYN_RECV] = "NEW_SYN_RECV",
	[13] = "STATE_13",
	[14] = "STATE_14",
	[15] = "STATE_15",
	[16] = "STATE_16",
	[17] = "STATE_17",
	[18] = "STATE_18",
	[19] = "STATE_19",
	[20] = "STATE_20",
	[21] = "STATE_21",
	[22] = "STATE_22",
	[23] = "STATE_23",
	[24] = "STATE_24",
	[25] = "STATE_25",
	[26] = "STATE_26",
	[27] = "STATE_27",
	[28] = "STATE_28",
	[29] = "STATE_29",
	[30] = "STATE_30",
	[31] = "STATE_31",
};

#define TO(state) (1u << TCP_STATE_##state)

/*
 * RFC 9293 figure 5, with what the kernel adds: every state may end in CLOSE at once (RST, timeout,
 * abort, and FIN_WAIT2's hand-over to a timewait socket); FIN and ACK may come in one segment
 * (FIN_WAIT1 -> TIME_WAIT); the final ACK may carry the FIN (SYN_RECV -> CLOSE_WAIT); simultaneous
 * open passes SYN_SENT -> SYN_RECV. A request begins where no socket was (CLOSE) or at its listener
 * (LISTEN).
 */
static const unsigned short legal[TCP_STATE_COUNT] = {
	[TCP_STATE_CLOSE] = TO(LISTEN) | TO(SYN_SENT) | TO(SYN_RECV),
	[TCP_STATE_LISTEN] = TO(SYN_RECV) | TO(CLOSE),
	[TCP_STATE_SYN_SENT] = TO(ESTABLISHED) | TO(SYN_RECV) | TO(FIN_WAIT1) | TO(CLOSE),
	[TCP_STATE_SYN_RECV] = TO(ESTABLISHED) | TO(FIN_WAIT1) | TO(CLOSE_WAIT) | TO(CLOSE),
	[TCP_STATE_ESTABLISHED] = TO(FIN_WAIT1) | TO(CLOSE_WAIT) | TO(CLOSE),
	[TCP_STATE_FIN_WAIT1] = TO(FIN_WAIT2) | TO(CLOSING) | TO(TIME_WAIT) | TO(CLOSE),
	[TCP_STATE_FIN_WAIT2] = TO(TIME_WAIT) | TO(CLOSE),
	[TCP_STATE_CLOSING] = TO(TIME_WAIT) | TO(CLOSE),
	[TCP_STATE_TIME_WAIT] = TO(CLOSE),
	[TCP_STATE_CLOSE_WAIT] = TO(LAST_ACK) | TO(CLOSE),
	[TCP_STATE_LAST_ACK] = TO(CLOSE),
};

const char *tcp_state_name(unsigned int state)
{
	return state < sizeof(state_names) / sizeof(*state_names) ? state_names[state] : "STATE_?";
}

bool tcp_transition_legal(unsigned int old_state, unsigned int new_state)
{
	if (old_state >= TCP_STATE_COUNT || new_state >= TCP_STATE_COUNT)
		return false;
	return legal[old_state] >> new_state & 1;
}
