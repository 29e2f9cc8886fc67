/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * raw.h - a raw script as steps: lab/script.c has the table of steps and reads scripts, lab/raw.c
 * does the steps.
 */
#ifndef LAB_RAW_H
#define LAB_RAW_H

#include "lab/lab.h"

#define RAW_CONNS_MAX	64
#define RAW_INBOX_MAX	64
#define RAW_PAYLOAD_MAX 1400

enum raw_want { WANT_SYNACK = 1, WANT_SYN, WANT_FIN, WANT_RST, WANT_DATA, WANT_ACK };

struct step;
struct step_rule;

/* One connection of the peer, chosen by "use". */
struct peer {
	bool known; /* has an address */
	union lab_addr local, remote;
	uint32_t iss, snd_nxt;
	uint32_t rcv_nxt;
	bool rcv_known; /* the kernel's SYN or SYN-ACK was taken note of */
	uint32_t synack_seq;
	bool synack_seen; /* even if it was dropped */
	bool ts;
	uint32_t ts_recent;
	uint16_t window;
	uint8_t cookie_len;
	uint8_t cookie[16];
	struct lab_seg last; /* for "again" */
	struct lab_seg inbox[RAW_INBOX_MAX];
	unsigned int in, out;
	uint64_t data_bytes; /* taken note of since the last wait-data */
	int kernel_fd;	     /* of k-connect */
};

struct raw {
	const struct lab_peer_job *job;
	struct peer peers[RAW_CONNS_MAX];
	struct peer *p;
	uint16_t base_port;
	bool autoack;
	uint64_t sent, received;
	const struct step *step;
};

struct step {
	const struct step_rule *rule;
	char text[64];
	uint64_t number;
	uint64_t timeout_ms;
	uint16_t mss;
	uint8_t wscale;
	bool sack, ts, fastopen;
	uint16_t len;
	bool has_iss;
	uint32_t iss;
};

struct step_rule {
	const char *name;
	int takes;
	uint64_t min, max, def;
	int (*run)(struct raw *raw, const struct step *step);
	int what; /* flags to send or enum raw_want */
	const char *help;
};

void raw_set_up_peer(struct raw *raw, int index);
/* Receives until the deadline or, if once, until one segment for the current connection. */
int raw_pump(struct raw *raw, uint64_t until_ns, bool once);

/* The steps. They return 0, or a negative errno after a complaint. */
int step_again(struct raw *raw, const struct step *step);
int step_autoack(struct raw *raw, const struct step *step);
int step_bad_ack(struct raw *raw, const struct step *step);
int step_delay(struct raw *raw, const struct step *step);
int step_drop(struct raw *raw, const struct step *step);
int step_k_close(struct raw *raw, const struct step *step);
int step_k_connect(struct raw *raw, const struct step *step);
int step_k_send(struct raw *raw, const struct step *step);
int step_k_shutdown(struct raw *raw, const struct step *step);
int step_retransmit(struct raw *raw, const struct step *step);
int step_send(struct raw *raw, const struct step *step);
int step_silence(struct raw *raw, const struct step *step);
int step_syn(struct raw *raw, const struct step *step);
int step_synack(struct raw *raw, const struct step *step);
int step_use(struct raw *raw, const struct step *step);
int step_wait(struct raw *raw, const struct step *step);
int step_wait_data(struct raw *raw, const struct step *step);
int step_wait_input(struct raw *raw, const struct step *step);
int step_window(struct raw *raw, const struct step *step);

#endif /* LAB_RAW_H */
