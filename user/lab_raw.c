// SPDX-License-Identifier: BSD-2-Clause
/*
 * Raw scripts: what the TUN peer sends and waits for, step by step. The table of steps is the
 * parser, the interpreter and the text in --help.
 */
#define _GNU_SOURCE
#include "lab.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CONNS_MAX 64
#define INBOX_MAX 64
#define STEPS_MAX 512
#define WAIT_MS 3000		/* of a wait step without timeout=MS */
#define PAYLOAD_MAX 1400
#define NEW_ISS_STEP 1000000	/* a SYN on a used tuple starts above everything sent there */

enum want { WANT_SYNACK = 1, WANT_SYN, WANT_FIN, WANT_RST, WANT_DATA, WANT_ACK };

struct step;

/* One connection of the peer, chosen by "use". */
struct peer {
	bool known;		/* has an address */
	union lab_addr local, remote;
	uint32_t iss, snd_nxt;
	uint32_t rcv_nxt;
	bool rcv_known;		/* the kernel's SYN or SYN-ACK was taken note of */
	uint32_t synack_seq;
	bool synack_seen;	/* even if it was dropped */
	bool ts;
	uint32_t ts_recent;
	uint16_t window;
	uint8_t cookie_len;
	uint8_t cookie[16];
	struct lab_seg last;	/* for "again" */
	struct lab_seg inbox[INBOX_MAX];
	unsigned int in, out;
	uint64_t data_bytes;	/* taken note of since the last wait-data */
	int kernel_fd;		/* of k-connect */
};

struct raw {
	const struct lab_peer_job *job;
	struct peer peers[CONNS_MAX];
	struct peer *p;
	uint16_t base_port;
	bool autoack;
	uint64_t sent, received;
	const struct step *step;
};

struct step_rule;

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

struct lab_script {
	int nr;
	struct step steps[STEPS_MAX];
};

enum step_takes {
	TAKES_NUMBER = 1,	/* must have one */
	TAKES_MAYBE = 2,	/* may have one */
	TAKES_TIMEOUT = 4,
	TAKES_SYN = 8,		/* TCP options of a SYN */
};

struct step_rule {
	const char *name;
	int takes;
	uint64_t min, max, def;
	int (*run)(struct raw *raw, const struct step *step);
	int what;		/* flags to send or enum want */
	const char *help;
};

static int step_failed(const struct raw *raw, const char *why)
{
	return lab_fail(raw->job->say, 0, "--raw: step '%s': %s", raw->step->text, why);
}

static void set_up_peer(struct raw *raw, int index)
{
	struct peer *p = &raw->peers[index];

	raw->p = p;
	if (p->known)
		return;
	memset(p, 0, sizeof(*p));
	p->known = true;
	p->kernel_fd = -1;
	p->local = raw->job->tun->peer;
	lab_addr_set_port(&p->local, (uint16_t)(raw->base_port + index));
	p->remote = raw->job->tun->host;
	p->iss = (uint32_t)lab_now_ns() | 1;
	p->snd_nxt = p->iss;
	p->window = 65535;
}

static int emit(struct raw *raw, const struct lab_seg *seg)
{
	struct peer *p = raw->p;
	int err;

	/* Said before, since the kernel answers within the write(). */
	lab_seg_say(raw->job->say, seg, true);
	err = lab_tun_send(raw->job->tun, seg);
	if (err)
		return lab_fail(raw->job->say, -err, "--raw: sending");
	p->last = *seg;
	raw->sent++;
	return 0;
}

static struct lab_seg next_segment(const struct peer *p, uint8_t flags, uint16_t len)
{
	struct lab_seg seg = {
		.src = p->local, .dst = p->remote, .seq = p->snd_nxt, .ack = p->rcv_nxt,
		.flags = flags, .window = p->window, .len = len,
	};

	if (p->ts) {
		seg.ts = true;
		seg.ts_val = (uint32_t)(lab_now_ns() / LAB_NS_PER_MS);
		seg.ts_ecr = flags & LAB_ACK ? p->ts_recent : 0;
	}
	return seg;
}

/* Takes note of a segment, as a host that received it would. */
static void learn(struct peer *p, const struct lab_seg *seg)
{
	uint32_t end = seg->seq + seg->len + !!(seg->flags & LAB_SYN) + !!(seg->flags & LAB_FIN);

	if (seg->flags & LAB_SYN) {
		p->rcv_nxt = end;
		p->rcv_known = true;
		p->ts = p->ts && seg->ts;
		if (seg->fastopen && seg->cookie_len) {
			p->cookie_len = seg->cookie_len;
			memcpy(p->cookie, seg->cookie, seg->cookie_len);
		}
	} else if (p->rcv_known && seg->seq == p->rcv_nxt) {
		p->rcv_nxt = end;
		p->data_bytes += seg->len;
	}
	if (seg->ts)
		p->ts_recent = seg->ts_val;
}

/* Receives until the deadline or, if once, until one segment for the current connection. */
static int pump(struct raw *raw, uint64_t until_ns, bool once)
{
	struct lab_seg seg;
	int got;

	for (;;) {
		struct peer *at = NULL;

		got = lab_tun_recv(raw->job->tun, &seg, until_ns);
		if (got <= 0)
			return got;
		for (int i = 0; i < CONNS_MAX && !at; i++)
			if (raw->peers[i].known &&
			    lab_addr_equal(&seg.dst, &raw->peers[i].local) &&
			    lab_addr_equal(&seg.src, &raw->peers[i].remote))
				at = &raw->peers[i];
		if (!at)
			continue;	/* late words to a connection of an earlier round */
		raw->received++;
		lab_seg_say(raw->job->say, &seg, false);
		if (at->in - at->out < INBOX_MAX)
			at->inbox[at->in++ % INBOX_MAX] = seg;
		if (raw->autoack && at->rcv_known && !(seg.flags & LAB_SYN) &&
		    (seg.len || seg.flags & LAB_FIN)) {
			struct peer *current = raw->p;
			struct lab_seg ack;

			learn(at, &seg);
			ack = next_segment(at, LAB_ACK, 0);
			raw->p = at;
			emit(raw, &ack);
			raw->p = current;
		}
		if (once && at == raw->p)
			return 1;
	}
}

static bool matches(const struct peer *p, const struct lab_seg *seg, int want)
{
	switch (want) {
	case WANT_SYNACK:
		return (seg->flags & (LAB_SYN | LAB_ACK)) == (LAB_SYN | LAB_ACK);
	case WANT_SYN:
		return (seg->flags & (LAB_SYN | LAB_ACK)) == LAB_SYN;
	case WANT_FIN:
		return seg->flags & LAB_FIN;
	case WANT_RST:
		return seg->flags & LAB_RST;
	case WANT_DATA:
		return seg->len > 0;
	default:
		return seg->flags & LAB_ACK && seg->ack == p->snd_nxt;
	}
}

/* The next segment that matches; those before it are taken note of. */
static int take(struct raw *raw, int want, uint64_t until_ns, struct lab_seg *out)
{
	struct peer *p = raw->p;

	for (;;) {
		while (p->in != p->out) {
			struct lab_seg seg = p->inbox[p->out++ % INBOX_MAX];

			if (matches(p, &seg, want)) {
				*out = seg;
				return 0;
			}
			learn(p, &seg);
		}
		switch (pump(raw, until_ns, true)) {
		case 1:
			break;
		case 0:
			return step_failed(raw, "nothing of the kind came in time");
		default:
			return step_failed(raw, "interrupted");
		}
	}
}

static uint64_t deadline(const struct step *step)
{
	return lab_now_ns() + step->timeout_ms * LAB_NS_PER_MS;
}

static int run_syn(struct raw *raw, const struct step *step)
{
	struct peer *p = raw->p;
	struct lab_seg seg;

	if (p->last.flags) {
		p->iss = p->snd_nxt + NEW_ISS_STEP;
		p->rcv_known = false;
	}
	if (step->has_iss)
		p->iss = step->iss;
	p->snd_nxt = p->iss;
	p->ts = step->ts;
	seg = next_segment(p, (uint8_t)step->rule->what, step->len);
	p->synack_seen = false;
	seg.mss = step->mss;
	seg.wscale = step->wscale;
	seg.sack = step->sack;
	if (step->fastopen) {
		seg.fastopen = true;
		seg.cookie_len = p->cookie_len;
		memcpy(seg.cookie, p->cookie, p->cookie_len);
	}
	p->snd_nxt += 1u;
	return emit(raw, &seg);
}

/* The SYN-ACK carries the same number as the SYN sent before, as in a crossing open. */
static int run_synack(struct raw *raw, const struct step *step)
{
	struct peer *p = raw->p;
	struct lab_seg seg;

	if (!p->rcv_known)
		return step_failed(raw, "no SYN was received; use wait-syn before");
	seg = next_segment(p, LAB_SYN | LAB_ACK, 0);
	seg.seq = p->iss;
	seg.mss = step->mss;
	seg.wscale = step->wscale;
	seg.sack = step->sack;
	p->snd_nxt = p->iss + 1;
	return emit(raw, &seg);
}

static int run_again(struct raw *raw, const struct step *step)
{
	struct lab_seg seg = raw->p->last;

	(void)step;
	if (!seg.flags)
		return step_failed(raw, "nothing was sent before");
	return emit(raw, &seg);
}

static int run_send(struct raw *raw, const struct step *step)
{
	struct peer *p = raw->p;
	uint8_t flags = (uint8_t)step->rule->what;
	struct lab_seg seg;
	int err;

	if (flags & LAB_ACK && !p->rcv_known)
		return step_failed(raw, "no SYN-ACK was received to acknowledge");
	seg = next_segment(p, flags, flags & LAB_PSH ? (uint16_t)step->number : 0);
	err = emit(raw, &seg);
	p->snd_nxt += seg.len + !!(flags & LAB_FIN);
	return err;
}

static int run_bad_ack(struct raw *raw, const struct step *step)
{
	struct lab_seg seg = next_segment(raw->p, LAB_ACK, 0);

	(void)step;
	seg.ack += 0x10000000;
	return emit(raw, &seg);
}

static int run_wait(struct raw *raw, const struct step *step)
{
	struct peer *p = raw->p;
	struct lab_seg seg;
	int err;

	err = take(raw, step->rule->what, deadline(step), &seg);
	if (err)
		return err;
	learn(p, &seg);
	if (step->rule->what == WANT_SYNACK) {
		p->synack_seen = true;
		p->synack_seq = seg.seq;
		/* Data in a fast open SYN may be acknowledged, or not. */
		p->snd_nxt = seg.ack;
	}
	return 0;
}

static int run_wait_data(struct raw *raw, const struct step *step)
{
	uint64_t until = deadline(step);
	struct lab_seg seg;
	int err;

	while (raw->p->data_bytes < step->number) {
		err = take(raw, WANT_DATA, until, &seg);
		if (err)
			return err;
		learn(raw->p, &seg);
	}
	raw->p->data_bytes = 0;
	return 0;
}

static int run_drop(struct raw *raw, const struct step *step)
{
	struct lab_seg seg;
	int err;

	err = take(raw, step->rule->what, deadline(step), &seg);
	if (err)
		return err;
	if (step->rule->what == WANT_SYNACK) {
		raw->p->synack_seen = true;
		raw->p->synack_seq = seg.seq;
	}
	lab_say(raw->job->say, "     the %s above is lost",
		step->rule->what == WANT_SYNACK ? "SYN-ACK" : "FIN");
	return 0;
}

static int run_retransmit(struct raw *raw, const struct step *step)
{
	struct peer *p = raw->p;
	struct lab_seg seg;
	int err;

	if (!p->synack_seen)
		return step_failed(raw, "no SYN-ACK came before");
	err = take(raw, WANT_SYNACK, deadline(step), &seg);
	if (err)
		return err;
	if (seg.seq != p->synack_seq)
		return step_failed(raw, "a new SYN-ACK came, not the old one again");
	learn(p, &seg);
	return 0;
}

static int run_silence(struct raw *raw, const struct step *step)
{
	int got;

	if (raw->p->in != raw->p->out)
		return step_failed(raw, "a segment came before");
	got = pump(raw, lab_now_ns() + step->number * LAB_NS_PER_MS, true);
	return got < 0 ? step_failed(raw, "interrupted") :
	       got ? step_failed(raw, "a segment came") : 0;
}

static int run_delay(struct raw *raw, const struct step *step)
{
	int err = pump(raw, lab_now_ns() + step->number * LAB_NS_PER_MS, false);

	return err < 0 ? step_failed(raw, "interrupted") : 0;
}

static int run_use(struct raw *raw, const struct step *step)
{
	set_up_peer(raw, (int)step->number - 1);
	return 0;
}

static int run_autoack(struct raw *raw, const struct step *step)
{
	raw->autoack = step->number;
	return 0;
}

static int run_window(struct raw *raw, const struct step *step)
{
	raw->p->window = (uint16_t)step->number;
	return 0;
}

static int run_wait_input(struct raw *raw, const struct step *step)
{
	struct pollfd pfd = { .fd = STDIN_FILENO, .events = POLLIN };
	uint64_t until = deadline(step);
	char c;

	for (;;) {
		/* Segments keep being received meanwhile. */
		if (pump(raw, lab_now_ns() + 10 * LAB_NS_PER_MS, false) < 0)
			return step_failed(raw, "interrupted");
		while (poll(&pfd, 1, 0) > 0) {
			if (read(STDIN_FILENO, &c, 1) != 1)
				return step_failed(raw, "standard input ended");
			if (c == '\n')
				return 0;
		}
		if (lab_now_ns() >= until)
			return step_failed(raw, "no line came in time");
	}
}

static int run_k_connect(struct raw *raw, const struct step *step)
{
	struct peer *p = raw->p;
	char to[LAB_ADDR_TEXT], from[LAB_ADDR_TEXT];
	union lab_addr any = p->remote;
	socklen_t len = sizeof(any);
	int fd;

	(void)step;
	lab_addr_set_port(&any, 0);
	fd = socket(any.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, &any.sa, lab_addr_len(&any)))
		return lab_fail(raw->job->say, errno, "--raw: k-connect");
	getsockname(fd, &any.sa, &len);
	p->remote = any;
	p->kernel_fd = fd;
	if (connect(fd, &p->local.sa, lab_addr_len(&p->local)) && errno != EINPROGRESS)
		return lab_fail(raw->job->say, errno, "--raw: k-connect");
	lab_say(raw->job->say, "connect(%d) by the kernel  %s > %s", fd,
		lab_addr_text(&p->remote, from), lab_addr_text(&p->local, to));
	return 0;
}

static int run_k_send(struct raw *raw, const struct step *step)
{
	char payload[PAYLOAD_MAX];
	ssize_t n;

	memset(payload, 'k', sizeof(payload));
	n = send(raw->p->kernel_fd, payload, step->number, MSG_NOSIGNAL);
	if (n < 0)
		return lab_fail(raw->job->say, errno, "--raw: k-send");
	lab_say(raw->job->say, "write(%d) = %zd by the kernel's socket", raw->p->kernel_fd, n);
	return 0;
}

static int run_k_close(struct raw *raw, const struct step *step)
{
	(void)step;
	if (raw->p->kernel_fd < 0)
		return step_failed(raw, "no k-connect before");
	lab_say(raw->job->say, "close(%d) of the kernel's socket", raw->p->kernel_fd);
	close(raw->p->kernel_fd);
	raw->p->kernel_fd = -1;
	return 0;
}

static int run_k_shutdown(struct raw *raw, const struct step *step)
{
	(void)step;
	if (shutdown(raw->p->kernel_fd, SHUT_WR))
		return lab_fail(raw->job->say, errno, "--raw: k-shutdown");
	lab_say(raw->job->say, "shutdown(%d, SHUT_WR) of the kernel's socket", raw->p->kernel_fd);
	return 0;
}

static const struct step_rule rules[] = {
	{ "syn", TAKES_SYN, 0, 0, 0, run_syn, LAB_SYN,
	  "open; on a used tuple with a higher sequence number. May be followed by mss=N wscale=N "
	  "ts sack fastopen len=N iss=N" },
	{ "again", 0, 0, 0, 0, run_again, 0, "send the last segment once more" },
	{ "wait-synack", TAKES_TIMEOUT, 0, 0, 0, run_wait, WANT_SYNACK, "receive the SYN-ACK" },
	{ "drop-synack", TAKES_TIMEOUT, 0, 0, 0, run_drop, WANT_SYNACK,
	  "a SYN-ACK comes and is lost" },
	{ "expect-synack-retransmit", TAKES_TIMEOUT, 0, 0, 0, run_retransmit, 0,
	  "the same SYN-ACK comes again, and is received" },
	{ "ack", 0, 0, 0, 0, run_send, LAB_ACK, "acknowledge what was received" },
	{ "bad-ack", 0, 0, 0, 0, run_bad_ack, 0, "acknowledge what was never sent" },
	{ "data", TAKES_NUMBER, 1, PAYLOAD_MAX, 0, run_send, LAB_PSH | LAB_ACK, "send N bytes" },
	{ "fin", 0, 0, 0, 0, run_send, LAB_FIN | LAB_ACK, "close" },
	{ "rst", 0, 0, 0, 0, run_send, LAB_RST, "reset" },
	{ "wait-data", TAKES_MAYBE | TAKES_TIMEOUT, 1, 1 << 30, 1, run_wait_data, 0,
	  "receive N bytes or more, since the last wait-data [1]" },
	{ "wait-ack", TAKES_TIMEOUT, 0, 0, 0, run_wait, WANT_ACK, "all that was sent is acknowledged" },
	{ "wait-fin", TAKES_TIMEOUT, 0, 0, 0, run_wait, WANT_FIN, "receive the FIN" },
	{ "drop-fin", TAKES_TIMEOUT, 0, 0, 0, run_drop, WANT_FIN, "a FIN comes and is lost" },
	{ "wait-rst", TAKES_TIMEOUT, 0, 0, 0, run_wait, WANT_RST, "receive a RST" },
	{ "wait-syn", TAKES_TIMEOUT, 0, 0, 0, run_wait, WANT_SYN, "receive the SYN of k-connect" },
	{ "synack", TAKES_SYN, 0, 0, 0, run_synack, 0, "answer it; after a 'syn' the opens cross" },
	{ "expect-silence", TAKES_NUMBER, 0, LAB_MS_MAX, 0, run_silence, 0,
	  "nothing comes for N ms" },
	{ "delay", TAKES_NUMBER, 0, LAB_MS_MAX, 0, run_delay, 0,
	  "wait N ms; what comes is kept for later steps" },
	{ "wait-input", TAKES_TIMEOUT, 0, 0, 0, run_wait_input, 0, "wait for a line on stdin" },
	{ "use", TAKES_NUMBER, 1, CONNS_MAX, 0, run_use, 0,
	  "go to connection N: peer port --bind-port + N - 1 [1]" },
	{ "autoack", TAKES_NUMBER, 0, 1, 0, run_autoack, 0,
	  "1: acknowledge data and FIN as they come; 0: only by steps [0]" },
	{ "window", TAKES_NUMBER, 0, 65535, 0, run_window, 0, "announce N from now on [65535]" },
	{ "k-connect", 0, 0, 0, 0, run_k_connect, 0, "a kernel socket here connects to the peer" },
	{ "k-send", TAKES_NUMBER, 1, PAYLOAD_MAX, 0, run_k_send, 0, "it sends N bytes" },
	{ "k-shutdown", 0, 0, 0, 0, run_k_shutdown, 0, "it closes one half" },
	{ "k-close", 0, 0, 0, 0, run_k_close, 0, "it closes" },
};

void lab_script_help(void)
{
	fputs("\nSteps of --raw, separated by ';', ',' or newlines, '#' starts a comment; @FILE reads "
	      "a file:\n", stdout);
	for (size_t i = 0; i < LAB_ARRAY_SIZE(rules); i++) {
		char head[48];

		snprintf(head, sizeof(head), "%s%s", rules[i].name,
			 rules[i].takes & TAKES_NUMBER ? " N" :
			 rules[i].takes & TAKES_MAYBE ? " [N]" : "");
		printf("  %-26s  %s\n", head, rules[i].help);
	}
	printf("Steps that wait take timeout=MS [%d]; what they do not find ends the script, status 1.\n"
	       "Nothing is acknowledged unless a step says so.\n"
	       "\n"
	       "  lost final ACK       syn; wait-synack; expect-synack-retransmit; ack\n"
	       "  reset while queued   syn; wait-synack; ack; delay 100; rst\n"
	       "  TIME_WAIT reused     syn; wait-synack; ack; wait-fin; fin; wait-ack; syn; wait-synack\n"
	       "                       (server --close-after 0)\n"
	       "  opens cross          k-connect; wait-syn; syn; wait-synack; synack\n"
	       "  closes cross         k-connect; wait-syn; synack; wait-ack; k-close; drop-fin; fin\n",
	       WAIT_MS);
}

static int parse_word(struct step *step, const char *word, char *why, size_t why_size)
{
	const int takes = step->rule->takes;
	const char *eq = strchr(word, '=');
	size_t key = eq ? (size_t)(eq - word) : strlen(word);
	uint64_t n = 0;
	int err;

#define KEY(text) (key == sizeof(text) - 1 && !strncmp(word, text, key))
	if (takes & TAKES_TIMEOUT && eq && KEY("timeout"))
		return lab_number(eq + 1, 1, LAB_MS_MAX, &step->timeout_ms, why, why_size);
	if (takes & TAKES_SYN && !eq && (KEY("ts") || KEY("sack") || KEY("fastopen"))) {
		step->ts |= KEY("ts");
		step->sack |= KEY("sack");
		step->fastopen |= KEY("fastopen");
		return 0;
	}
	if (takes & TAKES_SYN && eq &&
	    (KEY("mss") || KEY("wscale") || KEY("len") || KEY("iss"))) {
		uint64_t max = KEY("mss") ? 65535 : KEY("wscale") ? 14 :
			       KEY("len") ? PAYLOAD_MAX : UINT32_MAX;

		err = lab_number(eq + 1, 0, max, &n, why, why_size);
		if (err)
			return err;
		if (KEY("mss")) {
			step->mss = (uint16_t)n;
		} else if (KEY("wscale")) {
			step->wscale = (uint8_t)(n + 1);
		} else if (KEY("len")) {
			step->len = (uint16_t)n;
		} else {
			step->iss = (uint32_t)n;
			step->has_iss = true;
		}
		return 0;
	}
#undef KEY
	if (takes & (TAKES_NUMBER | TAKES_MAYBE))
		return lab_number(word, step->rule->min, step->rule->max, &step->number, why,
				  why_size);
	snprintf(why, why_size, "'%s' takes no '%s'", step->rule->name, word);
	return -EINVAL;
}

static int parse_step(struct step *step, char *text, char *why, size_t why_size)
{
	char *save = NULL, *word = strtok_r(text, " \t\r", &save);
	int words = 0, err = 0;

	for (size_t i = 0; i < LAB_ARRAY_SIZE(rules) && !step->rule; i++)
		if (!strcmp(rules[i].name, word))
			step->rule = &rules[i];
	if (!step->rule) {
		snprintf(why, why_size, "no step is called '%s'", word);
		return -EINVAL;
	}
	step->timeout_ms = WAIT_MS;
	step->number = step->rule->def;
	step->mss = step->rule->takes & TAKES_SYN ? 1460 : 0;
	while (!err && (word = strtok_r(NULL, " \t\r", &save))) {
		words++;
		err = parse_word(step, word, why, why_size);
	}
	if (!err && step->rule->takes & TAKES_NUMBER && !words) {
		snprintf(why, why_size, "'%s' needs a number", step->rule->name);
		err = -EINVAL;
	}
	return err;
}

static int load(const char *text, char **out, char *why, size_t why_size)
{
	size_t size = 1 << 16, n;
	char *buf;
	FILE *file;

	if (text[0] != '@') {
		*out = strdup(text);
		return *out ? 0 : -ENOMEM;
	}
	file = fopen(text + 1, "re");
	buf = calloc(1, size);
	if (!file || !buf) {
		snprintf(why, why_size, "'%s' cannot be read", text + 1);
		if (file)
			fclose(file);
		free(buf);
		return -ENOENT;
	}
	n = fread(buf, 1, size - 1, file);
	buf[n] = '\0';
	fclose(file);
	*out = buf;
	return 0;
}

int lab_script_parse(const char *text, struct lab_script **out, char *why, size_t why_size)
{
	struct lab_script *script = calloc(1, sizeof(*script));
	char *copy = NULL, *at, *save = NULL, *line, *part, *save_part;
	int err = script ? load(text, &copy, why, why_size) : -ENOMEM;

	for (at = copy; !err && (line = strtok_r(at, "\n", &save)); at = NULL) {
		line[strcspn(line, "#")] = '\0';
		for (; !err && (part = strtok_r(line, ";,", &save_part)); line = NULL) {
			struct step *step;

			part += strspn(part, " \t\r");
			if (!*part)
				continue;
			if (script->nr == STEPS_MAX) {
				snprintf(why, why_size, "more than %d steps", STEPS_MAX);
				err = -E2BIG;
				break;
			}
			step = &script->steps[script->nr++];
			snprintf(step->text, sizeof(step->text), "%.60s", part);
			err = parse_step(step, part, why, why_size);
		}
	}
	if (!err && !script->nr) {
		snprintf(why, why_size, "the script has no step");
		err = -EINVAL;
	}
	free(copy);
	if (err) {
		free(script);
		return err;
	}
	*out = script;
	return 0;
}

void lab_script_free(struct lab_script *script)
{
	free(script);
}

static int run_once(const struct lab_script *script, struct raw *raw)
{
	int err = 0;

	memset(raw->peers, 0, sizeof(raw->peers));
	set_up_peer(raw, 0);
	raw->autoack = false;
	for (int i = 0; i < script->nr && !err; i++) {
		raw->step = &script->steps[i];
		err = raw->step->rule->run(raw, raw->step);
	}
	return err;
}

int lab_script_run(const struct lab_script *script, const struct lab_peer_job *job)
{
	struct raw *raw = calloc(1, sizeof(*raw));
	uint64_t done = 0, until;
	int err = 0, ports = 1;

	if (!raw)
		return -ENOMEM;
	raw->job = job;
	for (int i = 0; i < script->nr; i++)
		if (script->steps[i].rule->run == run_use && (int)script->steps[i].number > ports)
			ports = (int)script->steps[i].number;
	if (job->first_port + job->count * (uint64_t)ports > 65536)
		err = lab_fail(job->say, 0, "--raw: %" PRIu64 " runs with %d ports each, from %u, are "
			       "more than there are", job->count, ports, job->first_port);
	for (; done < job->count && !err; done++) {
		if (done && job->every_ms)
			err = pump(raw, lab_now_ns() + job->every_ms * LAB_NS_PER_MS, false);
		raw->base_port = (uint16_t)(job->first_port + done * (uint64_t)ports);
		if (!err)
			err = run_once(script, raw);
	}
	if (!err && job->hold_ms) {
		lab_say(job->say, "the peer stays, silent");
		until = job->hold_ms == LAB_NEVER ? LAB_NEVER :
			lab_now_ns() + job->hold_ms * LAB_NS_PER_MS;
		pump(raw, until, false);
	}
	lab_say_always(job->say, "tally: script run %" PRIu64 " of %" PRIu64 " times%s; segments sent %"
		       PRIu64 ", received %" PRIu64, done, job->count, err ? ", the last failed" : "",
		       raw->sent, raw->received);
	for (int i = 0; i < CONNS_MAX; i++)
		if (raw->peers[i].known && raw->peers[i].kernel_fd >= 0)
			close(raw->peers[i].kernel_fd);
	free(raw);
	return err;
}
