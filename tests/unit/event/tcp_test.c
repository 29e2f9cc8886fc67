// SPDX-License-Identifier: BSD-2-Clause
#include "event/tcp.h"

#include "tap.h"

int main(void)
{
	/* Everything that is legal, written again from RFC 9293; all else is not. */
	static const unsigned char pairs[][2] = {
		{TCP_STATE_CLOSE, TCP_STATE_LISTEN},
		{TCP_STATE_CLOSE, TCP_STATE_SYN_SENT},
		{TCP_STATE_CLOSE, TCP_STATE_SYN_RECV},
		{TCP_STATE_LISTEN, TCP_STATE_SYN_RECV},
		{TCP_STATE_LISTEN, TCP_STATE_CLOSE},
		{TCP_STATE_SYN_SENT, TCP_STATE_ESTABLISHED},
		{TCP_STATE_SYN_SENT, TCP_STATE_SYN_RECV},
		{TCP_STATE_SYN_SENT, TCP_STATE_CLOSE},
		{TCP_STATE_SYN_SENT, TCP_STATE_FIN_WAIT1},
		{TCP_STATE_SYN_RECV, TCP_STATE_ESTABLISHED},
		{TCP_STATE_SYN_RECV, TCP_STATE_FIN_WAIT1},
		{TCP_STATE_SYN_RECV, TCP_STATE_CLOSE_WAIT},
		{TCP_STATE_SYN_RECV, TCP_STATE_CLOSE},
		{TCP_STATE_ESTABLISHED, TCP_STATE_FIN_WAIT1},
		{TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE_WAIT},
		{TCP_STATE_ESTABLISHED, TCP_STATE_CLOSE},
		{TCP_STATE_FIN_WAIT1, TCP_STATE_FIN_WAIT2},
		{TCP_STATE_FIN_WAIT1, TCP_STATE_CLOSING},
		{TCP_STATE_FIN_WAIT1, TCP_STATE_TIME_WAIT},
		{TCP_STATE_FIN_WAIT1, TCP_STATE_CLOSE},
		{TCP_STATE_FIN_WAIT2, TCP_STATE_TIME_WAIT},
		{TCP_STATE_FIN_WAIT2, TCP_STATE_CLOSE},
		{TCP_STATE_CLOSING, TCP_STATE_TIME_WAIT},
		{TCP_STATE_CLOSING, TCP_STATE_CLOSE},
		{TCP_STATE_TIME_WAIT, TCP_STATE_CLOSE},
		{TCP_STATE_CLOSE_WAIT, TCP_STATE_LAST_ACK},
		{TCP_STATE_CLOSE_WAIT, TCP_STATE_CLOSE},
		{TCP_STATE_LAST_ACK, TCP_STATE_CLOSE},
	};
	unsigned int wrong = 0;

	is_str(tcp_state_name(1), "ESTABLISHED", "1 is ESTABLISHED");
	is_str(tcp_state_name(3), "SYN_RECV", "3 is SYN_RECV");
	is_str(tcp_state_name(7), "CLOSE", "7 is CLOSE");
	is_str(tcp_state_name(11), "CLOSING", "11 is CLOSING");
	is_str(tcp_state_name(12), "NEW_SYN_RECV", "12 is NEW_SYN_RECV");
	is_str(tcp_state_name(0), "STATE_0", "0 has no name");
	is_str(tcp_state_name(13), "STATE_13", "nor has 13");
	is_str(tcp_state_name(31), "STATE_31", "nor 31");
	is_str(tcp_state_name(32), "STATE_?", "32 is beyond the table");
	is_str(tcp_state_name(0xffffffff), "STATE_?",
	       "the largest number does not index past the end");

	for (unsigned int from = 0; from < 40; from++)
		for (unsigned int to = 0; to < 40; to++) {
			bool want = false;

			for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
				want |= pairs[i][0] == from && pairs[i][1] == to;
			if (tcp_transition_legal(from, to) != want) {
				printf("# %s -> %s\n", tcp_state_name(from), tcp_state_name(to));
				wrong++;
			}
		}
	ok(!wrong, "exactly the legal transitions are legal");
	ok(!tcp_transition_legal(0xffffffff, 1) && !tcp_transition_legal(1, 0xffffffff),
	   "numbers out of range are not");
	return done();
}
