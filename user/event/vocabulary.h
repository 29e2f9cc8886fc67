/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vocabulary.h - the closed lists of words that stand on lines: `role`, `basis`, `verdict` and the
 * others. An event carries the number of a word, and only what prints a line turns it into text.
 *
 * Owns each list with its names and meanings. A list here is the whole of what may stand in its
 * field: docs/fields.md, the JSON Schema and the parsers of options read the same tables.
 */
#ifndef SOCKSTATE_VOCABULARY_H
#define SOCKSTATE_VOCABULARY_H

#include <stddef.h>
#include <sys/socket.h>

#include "fact.h"

/* Each list: WORD(id, name, meaning). 0 is no word, unless the list says otherwise. */

#define ROLES(WORD)                                                     \
	WORD(ROLE_LISTENER, "listener", "it listens")                   \
	WORD(ROLE_SERVER, "server", "passive open: a listener made it") \
	WORD(ROLE_CLIENT, "client", "active open: the program called connect()")

#define FAMILIES(WORD)                                                                    \
	WORD(FAMILY_IPV4, "ipv4", "IPv4, also a v4-mapped peer on a dual-stack listener") \
	WORD(FAMILY_IPV6, "ipv6", "IPv6")

#define RESENT_SEGMENTS(WORD)                       \
	WORD(RESENT_SYN, "syn", "the client's SYN") \
	WORD(RESENT_SYNACK, "synack", "the server's SYN-ACK")

#define DIRECTIONS(WORD)                                     \
	WORD(DIRECTION_SENT, "sent", "this machine sent it") \
	WORD(DIRECTION_RECEIVED, "received", "it arrived here")

#define SEGMENTS(WORD)                                                     \
	WORD(SEGMENT_SYN, "syn", "a SYN: no request was made of it")       \
	WORD(SEGMENT_ACK, "ack", "the final ACK of a handshake")           \
	WORD(SEGMENT_SYNACK, "synack", "our SYN-ACK, which did not leave") \
	WORD(SEGMENT_OTHER, "other", "any: the listener discarded it before its queues mattered")

#define BASES(WORD)                                                                           \
	WORD(BASIS_SYN, "syn", "stamped when the SYN made the request")                       \
	WORD(BASIS_SYNACK, "synack", "stamped when the SYN-ACK was sent, microseconds later") \
	WORD(BASIS_RTT, "rtt", "derived from the kernel's SYN-ACK RTT sample")

/* Of a duration: absent, it is exact. */
#define BOUNDS(WORD) WORD(BOUND_AT_LEAST, "at_least", "so long, or longer")

/* Of a role: absent, the socket was seen to open. */
#define ROLE_BASES(WORD)                                                                        \
	WORD(ROLE_BY_LISTENER, "listener", "a listener has its port, in its network namespace") \
	WORD(ROLE_BY_PEER, "peer", "the other end is on this machine, and its role is known")   \
	WORD(ROLE_BY_PORT, "port", "one of its ports, and not the other, was asked for")

#define VIAS(WORD) WORD(VIA_IO_URING, "io_uring", "IORING_OP_ACCEPT took the connection")

/* Why a socket is in CLOSE, where FINs are not the whole story. */
#define CAUSES(WORD)                                                                             \
	WORD(CAUSE_RST_SENT, "rst_sent", "this end sent a RST")                                  \
	WORD(CAUSE_RST_RECEIVED, "rst_received", "the peer sent a RST")                          \
	WORD(CAUSE_UNREACHABLE, "unreachable", "an ICMP error, or no route to the peer")         \
	WORD(CAUSE_TIMEOUT, "timeout", "nobody answered in time")                                \
	WORD(CAUSE_LISTENER_CLOSED, "listener_closed", "its listener closed before accept()")    \
	WORD(CAUSE_REQUEST_EXPIRED, "request_expired", "no final ACK was taken in time")         \
	WORD(CAUSE_CLIENT_UNREACHABLE, "client_unreachable", "an ICMP error ended the request")  \
	WORD(CAUSE_REFUSED_BY_ICMP, "refused_by_icmp", "ICMP port unreachable answered the SYN") \
	WORD(CAUSE_NO_LOCAL_PORT, "no_local_port", "connect() found no local port")              \
	WORD(CAUSE_NO_SYN, "no_syn_sent", "it ended before a SYN was sent")                      \
	WORD(CAUSE_ABORTED, "aborted",                                                           \
	     "ss -K or a BPF program ended it (tcp_abort), without a RST")                       \
	WORD(CAUSE_REPAIR, "tcp_repair",                                                         \
	     "TCP_REPAIR set the state (checkpoint, live migration): no segment passed")

#define CLOSE_REASONS(WORD)                                                                      \
	WORD(CLOSE_FIN_ACTIVE, "fin_active", "this end sent its FIN first")                      \
	WORD(CLOSE_FIN_PASSIVE, "fin_passive", "the peer's FIN came first")                      \
	WORD(CLOSE_FIN_SIMULTANEOUS, "fin_simultaneous", "the FINs crossed")                     \
	WORD(CLOSE_RST_RECEIVED, "rst_received", "the peer sent a RST")                          \
	WORD(CLOSE_RST_SENT, "rst_sent", "this end sent a RST")                                  \
	WORD(CLOSE_TIMEOUT, "timeout", "nobody answered in time")                                \
	WORD(CLOSE_UNREACHABLE, "unreachable", "an ICMP error, or no route to the peer")         \
	WORD(CLOSE_REFUSED, "refused", "a RST answered the SYN")                                 \
	WORD(CLOSE_REFUSED_BY_ICMP, "refused_by_icmp", "ICMP port unreachable answered the SYN") \
	WORD(CLOSE_TAKEN_AWAY, "taken_away",                                                     \
	     "TCP_REPAIR (checkpoint, live migration) took it away without a segment")           \
	WORD(CLOSE_NEVER_ACCEPTED, "never_accepted", "its listener closed before accept()")      \
	WORD(CLOSE_CONNECTING, "closed_connecting", "its owner closed it before an answer")      \
	WORD(CLOSE_NO_LOCAL_PORT, "no_local_port",                                               \
	     "connect() found no local port (EADDRNOTAVAIL)")                                    \
	WORD(CLOSE_NO_SYN, "no_syn_sent", "it ended before a SYN was sent")                      \
	WORD(CLOSE_ABORTED, "aborted",                                                           \
	     "ss -K or a BPF program ended it (tcp_abort), without a RST")                       \
	WORD(CLOSE_UNKNOWN, "unknown", "no FIN, RST or error was seen")

/* By enum fact_drop_reason, and beyond it what the tracker knows besides. 0 is a word. */
#define DROP_REASONS(WORD)                                                                        \
	WORD(DROP_UNKNOWN, "unknown", "refused, and no hook tells why")                           \
	WORD(DROP_ACCEPT_QUEUE_FULL, "accept_queue_full", "the accept queue is at its limit")     \
	WORD(DROP_SYN_QUEUE_FULL, "syn_queue_full", "too many half-open requests")                \
	WORD(DROP_COOKIE_INVALID, "cookie_invalid", "an ACK with a SYN cookie that is not ours")  \
	WORD(DROP_LISTENER_CLOSED, "listener_closed", "the listener closed meanwhile")            \
	WORD(DROP_OTHER, "other", "refused, and the kernel does not tell why")                    \
	WORD(DROP_SIGNATURE, "bad_signature", "discarded: TCP-MD5 or TCP-AO is missing or wrong") \
	WORD(DROP_FILTER, "socket_filter", "discarded by the listener's SO_ATTACH_FILTER")        \
	WORD(DROP_POLICY, "ipsec_policy", "discarded by an IPsec policy")                         \
	WORD(DROP_TTL, "min_ttl", "discarded: below the listener's IP_MINTTL")                    \
	WORD(DROP_NETFILTER, "netfilter",                                                         \
	     "a SYN or SYN-ACK that a packet filter dropped or rejected")                         \
	WORD(DROP_CONNECTION, "connection_exists",                                                \
	     "a SYN for a connection that exists: discarded, an ACK answers it (RFC 5961)")       \
	WORD(DROP_REQUEST_EXPIRED, "request_expired", "given up: no final ACK was taken in time") \
	WORD(DROP_CLIENT_UNREACHABLE, "client_unreachable", "given up: an ICMP error came back")

/* By enum fact_reset_reason, and beyond it what the tracker knows besides. */
#define RESET_REASONS(WORD)                                                                       \
	WORD(FACT_RESET_NO_SOCKET, "no_socket", "no socket takes such a segment")                 \
	WORD(FACT_RESET_STATE, "state", "an abort: SO_LINGER 0, connect() to AF_UNSPEC, ss -K")   \
	WORD(FACT_RESET_ABORT_ON_CLOSE, "abort_on_close", "close() with data unread")             \
	WORD(FACT_RESET_ABORT_ON_LINGER, "abort_on_linger", "TCP_LINGER2: no wait for the FIN")   \
	WORD(FACT_RESET_ABORT_ON_MEMORY, "abort_on_memory", "too many orphans, or no memory")     \
	WORD(FACT_RESET_DISCONNECT, "disconnect", "disconnected with data unsent")                \
	WORD(FACT_RESET_TIMEOUT, "timeout", "keepalive without an answer")                        \
	WORD(FACT_RESET_OTHER, "other", "another reason of the kernel's")                         \
	WORD(FACT_RESET_NO_CONNECTION, "no_connection",                                           \
	     "a segment at a listener, of a connection that it does not know")                    \
	WORD(FACT_RESET_FLAGS, "flags", "flags that make no sense in this state")                 \
	WORD(FACT_RESET_TIME_WAIT_SEGMENT, "timewait", "a segment for a connection in TIME_WAIT") \
	WORD(FACT_RESET_ABORT_ON_DATA, "abort_on_data", "data came after close()")                \
	WORD(FACT_RESET_INVALID_SYN, "invalid_syn",                                               \
	     "a SYN in a request's window, or tcp_abort_on_overflow")                             \
	WORD(FACT_RESET_INVALID_ACK, "invalid_ack", "an ACK outside of what was sent")            \
	WORD(FACT_RESET_PAWS, "paws", "a timestamp from the past (RFC 7323, PAWS)")               \
	WORD(FACT_RESET_TOO_OLD_ACK, "too_old_ack", "an ACK that is too old (RFC 5961)")          \
	WORD(FACT_RESET_UNSENT_ACK, "ack_unsent", "an ACK of data that were never sent")          \
	WORD(FACT_RESET_OLD_ACK, "old_ack", "an old ACK in SYN_RECV")                             \
	WORD(FACT_RESET_MPTCP, "mptcp", "Multipath TCP gave the subflow up")                      \
	WORD(FACT_RESET_ERROR, "error", "the kernel has no name for the cause")                   \
	WORD(RESET_LISTENER_CLOSED, "listener_closed", "its listener closed while it was queued")

/* By enum fact_lost_where; 0 is a word. */
#define LOST_PLACES(WORD)                                                                       \
	WORD(FACT_LOST_RING, "ringbuf", "the ring buffer of a CPU was full")                    \
	WORD(FACT_LOST_RECURSION, "recursion", "a BPF program was running already on that CPU") \
	WORD(FACT_LOST_MAP, "map_full", "a BPF map was full")                                   \
	WORD(FACT_LOST_DECODE, "decode", "a record was not what this version knows")            \
	WORD(FACT_LOST_EVICTED, "evicted", "forgotten to stay within the bound of memory")

/* What the stream does where more comes than its reader sustains. 0 is no word. */
#define OVERLOADS(WORD)                                                                       \
	WORD(OVERLOAD_THINS, "thin",                                                          \
	     "connections that begin now are printed whole once they turn out to be notable") \
	WORD(OVERLOAD_COUNTS, "summary",                                                      \
	     "connections that begin now are counted, and not printed")                       \
	WORD(OVERLOAD_OVER, "over", "connections that begin now are printed again")

/* From the worst on: the first that holds. 0 is a word. */
#define VERDICTS(WORD)                                                                         \
	WORD(VERDICT_OK, "ok", "nothing is wrong")                                             \
	WORD(VERDICT_OUT_OF_FDS, "out_of_fds", "accept() fails with EMFILE or ENFILE")         \
	WORD(VERDICT_APP_STUCK, "app_stuck", "connections wait, and nobody calls accept()")    \
	WORD(VERDICT_SYN_FLOOD, "syn_flood", "half-open requests whose clients do not answer") \
	WORD(VERDICT_BACKLOG_CAPPED, "backlog_capped", "refusals at net.core.somaxconn")       \
	WORD(VERDICT_BACKLOG_TOO_SMALL, "backlog_too_small",                                   \
	     "refusals in bursts, accept() is quick")                                          \
	WORD(VERDICT_APP_SLOW, "app_slow", "the program calls accept() late")

/* What a program does instead of accept(). 0 is a word, and the only one that is no trouble. */
#define DIAGNOSES(WORD)                                                                            \
	WORD(DIAGNOSIS_KEEPS_UP, "keeps_up", "it accepts as they come, or waits for some to come") \
	WORD(DIAGNOSIS_SLOW_PER_ACCEPT, "slow_per_accept",                                         \
	     "it accepts, but too long passes between two accepts")                                \
	WORD(DIAGNOSIS_BLOCKED_ON_PEER, "blocked_on_peer",                                         \
	     "the thread waits for the other end of a socket or a pipe")                           \
	WORD(DIAGNOSIS_BLOCKED_ON_FILE, "blocked_on_file", "the thread waits for a file")          \
	WORD(DIAGNOSIS_BLOCKED_ON_LOCK, "blocked_on_lock",                                         \
	     "the thread waits for a futex, a semaphore or a file lock")                           \
	WORD(DIAGNOSIS_BLOCKED_ON_CHILD, "blocked_on_child",                                       \
	     "the thread waits for a process of its own")                                          \
	WORD(DIAGNOSIS_SLEEPING, "sleeping", "the thread sleeps for a time that it chose")         \
	WORD(DIAGNOSIS_BUSY, "busy", "the thread computes and does not come to accept()")          \
	WORD(DIAGNOSIS_STARVED, "starved", "the thread is ready to run, but gets no CPU")          \
	WORD(DIAGNOSIS_THROTTLED, "throttled",                                                     \
	     "its cgroup's CPU quota or memory.high holds it back")                                \
	WORD(DIAGNOSIS_STOPPED, "stopped", "a signal stopped the process")                         \
	WORD(DIAGNOSIS_TRACED, "traced", "a debugger holds the process")                           \
	WORD(DIAGNOSIS_FROZEN, "frozen", "its cgroup is frozen")                                   \
	WORD(DIAGNOSIS_UNINTERRUPTIBLE, "uninterruptible",                                         \
	     "the thread is in an uninterruptible sleep (D) in the kernel")                        \
	WORD(DIAGNOSIS_NOBODY_WATCHES, "nobody_watches",                                           \
	     "no thread waits for the listener: not in accept(), epoll, poll or io_uring")         \
	WORD(DIAGNOSIS_DISARMED, "disarmed", "epoll watches it, but not for connections")          \
	WORD(DIAGNOSIS_EDGE_MISSED, "edge_missed",                                                 \
	     "edge-triggered: the last loop stopped before accept() returned EAGAIN")              \
	WORD(DIAGNOSIS_NOT_THE_ACCEPTOR, "not_the_acceptor", "who accepted no longer holds it")    \
	WORD(DIAGNOSIS_OUT_OF_FDS, "out_of_fds",                                                   \
	     "every descriptor that RLIMIT_NOFILE allows is open")                                 \
	WORD(DIAGNOSIS_WRONG_MEMBER, "wrong_member", "others of its SO_REUSEPORT group are idle")  \
	WORD(DIAGNOSIS_UNKNOWN, "unknown",                                                         \
	     "the queue stands still, and what was seen does not tell why")

#define WORD_ID(id, name, meaning) id,
enum role { ROLE_UNKNOWN, ROLES(WORD_ID) };
enum family { FAMILY_UNKNOWN, FAMILIES(WORD_ID) };
enum resent_segment { RESENT_UNKNOWN, RESENT_SEGMENTS(WORD_ID) };
enum direction { DIRECTION_UNKNOWN, DIRECTIONS(WORD_ID) };
enum segment { SEGMENT_UNKNOWN, SEGMENTS(WORD_ID) };
enum basis { BASIS_UNKNOWN, BASES(WORD_ID) };
enum bound { BOUND_NONE, BOUNDS(WORD_ID) };
enum role_basis { ROLE_SEEN, ROLE_BASES(WORD_ID) };
enum via { VIA_UNKNOWN, VIAS(WORD_ID) };
enum cause { CAUSE_NONE, CAUSES(WORD_ID) };
enum close_reason { CLOSE_NONE, CLOSE_REASONS(WORD_ID) };
enum { RESET_LISTENER_CLOSED = FACT_RESET_REASONS, RESET_REASON_COUNT };
enum drop_reason { DROP_REASONS(WORD_ID) DROP_REASON_COUNT };
enum verdict { VERDICTS(WORD_ID) VERDICT_COUNT };
enum overload_word { OVERLOAD_NONE, OVERLOADS(WORD_ID) };
enum diagnosis { DIAGNOSES(WORD_ID) DIAGNOSIS_COUNT };
#undef WORD_ID

struct word {
	const char *name; /* NULL: no word has this number */
	const char *meaning;
	unsigned int len; /* of the name */
};

struct vocabulary {
	const struct word *words;
	unsigned int count;
};

extern const struct vocabulary vocabulary_role, vocabulary_family, vocabulary_resent_segment,
	vocabulary_direction, vocabulary_segment, vocabulary_basis, vocabulary_via,
	vocabulary_bound, vocabulary_role_basis, vocabulary_cause, vocabulary_close_reason,
	vocabulary_drop_reason, vocabulary_reset_reason, vocabulary_lost_place, vocabulary_verdict,
	vocabulary_diagnosis, vocabulary_overload;

/* NULL where no word has this number. */
static inline const struct word *vocabulary_word(const struct vocabulary *v, unsigned int number)
{
	return number < v->count && v->words[number].name ? &v->words[number] : NULL;
}

/* "unknown" where no word has this number. */
static inline const char *vocabulary_name(const struct vocabulary *v, unsigned int number)
{
	const struct word *word = vocabulary_word(v, number);

	return word ? word->name : "unknown";
}

static inline const char *drop_reason_name(enum drop_reason reason)
{
	return vocabulary_name(&vocabulary_drop_reason, reason);
}

/* The listener's queues have no part in it. */
static inline int drop_is_discard(enum drop_reason reason)
{
	return reason >= DROP_SIGNATURE && reason <= DROP_CONNECTION;
}

/* A request that was given up, or a segment that was discarded, is no refusal. */
static inline int drop_is_refusal(enum drop_reason reason)
{
	return reason != DROP_REQUEST_EXPIRED && reason != DROP_CLIENT_UNREACHABLE &&
	       !drop_is_discard(reason);
}

static inline const char *verdict_name(enum verdict verdict)
{
	return vocabulary_name(&vocabulary_verdict, verdict);
}

static inline const char *diagnosis_name(enum diagnosis diagnosis)
{
	return vocabulary_name(&vocabulary_diagnosis, diagnosis);
}

static inline int diagnosis_is_trouble(enum diagnosis diagnosis)
{
	return diagnosis != DIAGNOSIS_KEEPS_UP;
}

static inline enum family family_of(int af)
{
	return af == AF_INET6 ? FAMILY_IPV6 : FAMILY_IPV4;
}

#endif
