/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sockstate-lab: a small TCP server and a client maker that bring about, on demand, every
 * situation sockstate explains.
 *
 * This header owns what the lab's files share: the narrator that stamps each line, option
 * tables, addresses, and the TUN peer. The lab knows nothing of the tracer: it is an independent
 * witness, and shares with it the parser of command lines and units alone.
 */
#ifndef LAB_H
#define LAB_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include "cli/arg.h"

#include "base/units.h"

#define LAB_NEVER	  UINT64_MAX	     /* "forever" on the command line */
#define LAB_MS_MAX	  UINT64_C(86400000) /* one day: a longer wait is a typing error */
#define LAB_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

enum lab_exit {
	LAB_EXIT_OK = 0,
	LAB_EXIT_FAIL = 1,
	LAB_EXIT_USAGE = 2,
};

int lab_server_main(int argc, char **argv);
int lab_client_main(int argc, char **argv);

/* lab/say.c: the narrator, the clock, addresses and error names */

enum lab_stamps {
	LAB_STAMPS_RELATIVE = 1,
	LAB_STAMPS_WALL,
	LAB_STAMPS_NS,
};

struct lab_say {
	const char *command; /* "server" or "client", for errors on stderr */
	char tag[24];	     /* which worker or thread prints; "" where there is only one */
	uint64_t start_ns;   /* CLOCK_MONOTONIC; relative stamps count from here */
	int64_t wall_off_ns; /* CLOCK_REALTIME minus CLOCK_MONOTONIC */
	int stamps;	     /* enum lab_stamps */
	bool quiet;
};

union lab_addr {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

#define LAB_ADDR_TEXT (INET6_ADDRSTRLEN + sizeof("[]:65535"))

uint64_t lab_now_ns(void); /* CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns() */
void lab_say_init(struct lab_say *say, const char *command, int stamps, bool quiet);
void lab_say(const struct lab_say *say, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same even with --quiet: for the totals at the end. */
void lab_say_always(const struct lab_say *say, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* One line on stderr; returns -err, so a failing path can end in "return lab_fail(...)". */
int lab_fail(const struct lab_say *say, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
const char *lab_errno_name(int err, char buf[16]);

int lab_addr_parse(const char *text, uint16_t port, union lab_addr *addr);
socklen_t lab_addr_len(const union lab_addr *addr);
uint16_t lab_addr_port(const union lab_addr *addr);
void lab_addr_set_port(union lab_addr *addr, uint16_t port);
bool lab_addr_equal(const union lab_addr *a, const union lab_addr *b);
void lab_addr_add(union lab_addr *addr, uint32_t n); /* n further hosts in its network */
const char *lab_addr_text(const union lab_addr *addr, char buf[LAB_ADDR_TEXT]);
double lab_ms(uint64_t ns);

/* lab/usage.c: the command line, by the tables of cli/arg.h */

extern const struct command lab_server_command, lab_client_command;

/* clang-format off: rows of a table whose struct of options is S. */
#define LAB_FLAG(field, n, h)                                                \
	{                                                                    \
		.kind = ARG_FLAG, .name = n, .help = h, ARG_MEMBER(S, field) \
	}
#define LAB_NUM(field, n, v, lo, hi, h)                                                     \
	{                                                                                   \
		.kind = ARG_NUMBER, .name = n, .value = v, .help = h, .min = lo, .max = hi, \
		ARG_MEMBER(S, field)                                                        \
	}
#define LAB_MS(field, n, v, h)                                                           \
	{                                                                                \
		.kind = ARG_NUMBER, .name = n, .value = v, .help = h, .max = LAB_MS_MAX, \
		.never = "forever", ARG_MEMBER(S, field)                                 \
	}
#define LAB_TEXT(field, n, v, h)                                                         \
	{                                                                                \
		.kind = ARG_TEXT, .name = n, .value = v, .help = h, ARG_MEMBER(S, field) \
	}
/* 1 + the index in choices; 0 is "not given". */
#define LAB_CHOICE(field, n, v, c, h)                                                         \
	{                                                                                     \
		.kind = ARG_CHOICE, .name = n, .value = v, .help = h, .min = 1, .choices = c, \
		ARG_MEMBER(S, field)                                                          \
	}
#define LAB_CALL(fn, n, v, h)                                                  \
	{                                                                      \
		.kind = ARG_CALL, .name = n, .value = v, .help = h, .call = fn \
	}
#define LAB_HELP                                                                           \
	{                                                                                  \
		.kind = ARG_END, .letter = 'h', .name = "help", .help = "print this text", \
		ARG_MEMBER(S, help)                                                        \
	}
/* clang-format on */

/* A number in a script. On error writes "'x' is not a number from 0 to 9" to why. */
int lab_number(const char *text, uint64_t min, uint64_t max, uint64_t *out, char *why,
	       size_t why_size);
/* 0, or -EINVAL after one line on stderr. */
int lab_parse(const struct command *command, void *cfg, int argc, char **argv);
/* --help, then what after() prints. Returns an exit code. */
int lab_help(const struct command *command, void (*after)(FILE *out));
int lab_usage_error(const char *command, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* lab/tun.c: a TUN device and the segments that go through it; the program is the far host */

enum lab_tcp_flag {
	LAB_FIN = 0x01,
	LAB_SYN = 0x02,
	LAB_RST = 0x04,
	LAB_PSH = 0x08,
	LAB_ACK = 0x10,
};

struct lab_seg {
	union lab_addr src, dst;
	uint32_t seq, ack;
	uint8_t flags; /* enum lab_tcp_flag */
	uint16_t window;
	uint16_t len;	/* payload bytes; sent as 'x' */
	uint16_t mss;	/* 0: the option is absent; so it is for those below */
	uint8_t wscale; /* the shift plus 1 */
	bool sack;
	bool ts;
	uint32_t ts_val, ts_ecr;
	bool fastopen;
	uint8_t cookie_len;
	uint8_t cookie[16];
};

struct lab_tun {
	const struct lab_say *say;
	int fd;
	char name[16];
	union lab_addr host; /* where the kernel's server is, with its port */
	union lab_addr peer; /* first address of the far side, port 0 */
};

/* target and peer may be NULL: then a network 198.18.N.0/24 that is free is taken. */
int lab_tun_open(struct lab_tun *tun, const struct lab_say *say, const char *target,
		 const char *peer, uint16_t port, bool any_netns);
void lab_tun_close(struct lab_tun *tun);
int lab_tun_send(const struct lab_tun *tun, const struct lab_seg *seg);
/* Returns 1 for a TCP segment, 0 once until_ns has passed, or a negative errno, -EINTR included. */
int lab_tun_recv(const struct lab_tun *tun, struct lab_seg *seg, uint64_t until_ns);
/* lab/segment.c: the bytes of an IP packet. */
/* Returns how many bytes they are, or -EMSGSIZE. */
int lab_seg_build(const struct lab_seg *seg, uint8_t *packet, size_t size);
/* False for what is not TCP: the kernel also sends router solicitations and the like. */
bool lab_seg_parse(const uint8_t *packet, size_t size, struct lab_seg *seg);
void lab_seg_say(const struct lab_say *say, const struct lab_seg *seg, bool sent);

/* lab/raw.c and lab/flood.c: what the client does with the TUN peer */

struct lab_peer_job {
	const struct lab_say *say;
	struct lab_tun *tun;
	uint16_t first_port;
	uint64_t count;
	uint64_t every_ms;
	uint64_t rate; /* per second, flood only */
	uint64_t hold_ms;
	bool flood; /* many source addresses, no line for each segment */
	bool rst_at_end;
};

struct lab_script;
int lab_script_parse(const char *text, struct lab_script **script, char *why, size_t why_size);
void lab_script_free(struct lab_script *script);
int lab_script_run(const struct lab_script *script, const struct lab_peer_job *job);
void lab_script_help(FILE *out);
/* What step i does, its name and number in head; NULL behind the last. */
const char *lab_script_step(size_t i, char *head, size_t size);
int lab_half_open(const struct lab_peer_job *job);

#endif /* LAB_H */
