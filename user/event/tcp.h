/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcp.h - TCP as numbers and names: the kernel's states, which transitions are legal (RFC 9293
 * 3.3.2). Owns the one table of each. Pure.
 */
#ifndef SOCKSTATE_TCP_H
#define SOCKSTATE_TCP_H

#include <stdbool.h>

/* The kernel's numbers, include/net/tcp_states.h. */
enum tcp_state {
	TCP_STATE_NONE,
	TCP_STATE_ESTABLISHED,
	TCP_STATE_SYN_SENT,
	TCP_STATE_SYN_RECV,
	TCP_STATE_FIN_WAIT1,
	TCP_STATE_FIN_WAIT2,
	TCP_STATE_TIME_WAIT,
	TCP_STATE_CLOSE,
	TCP_STATE_CLOSE_WAIT,
	TCP_STATE_LAST_ACK,
	TCP_STATE_LISTEN,
	TCP_STATE_CLOSING,
	TCP_STATE_NEW_SYN_RECV,
	TCP_STATE_COUNT
};

/*
 * "ESTABLISHED", ...; a state without a name is "STATE_<n>" in a static table up to 31, else
 * "STATE_?".
 */
const char *tcp_state_name(unsigned int state);

/*
 * Whether a socket may go from old to new. As the events tell it (SYN_RECV begins at the SYN),
 * not as the kernel's tracepoint does.
 */
bool tcp_transition_legal(unsigned int old_state, unsigned int new_state);

#endif
