// SPDX-License-Identifier: BSD-2-Clause
/* The steps of raw scripts: what the TUN peer sends, receives, loses and waits for. */
#include "lab/raw.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NEW_ISS_STEP 1000000 /* a SYN on a used tuple begins above all that was sent on it */

static int step_failed(const struct raw *raw, const char *why)
{
	return lab_fail(raw->job->say, 0, "--raw: step '%s': %s", raw->step->text, why);
}

void raw_set_up_peer(struct raw *raw, int index)
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

	/*
	 * Printed first: the kernel answers within write(), and its answer is printed after this.
	 */
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
		.src = p->local,
		.dst = p->remote,
		.seq = p->snd_nxt,
		.ack = p->rcv_nxt,
		.flags = flags,
		.window = p->window,
		.len = len,
	};

	if (p->ts) {
		seg.ts = true;
		seg.ts_val = (uint32_t)(lab_now_ns() / NS_MS);
		seg.ts_ecr = flags & LAB_ACK ? p->ts_recent : 0;
	}
	return seg;
}

/* Moves the state of the connection on, as a host that received this segment would. */
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
int raw_pump(struct raw *raw, uint64_t until_ns, bool once)
{
	struct lab_seg seg;
	int got;

	for (;;) {
		struct peer *at = NULL;

		got = lab_tun_recv(raw->job->tun, &seg, until_ns);
		if (got <= 0)
			return got;
		for (int i = 0; i < RAW_CONNS_MAX && !at; i++)
			if (raw->peers[i].known && lab_addr_equal(&seg.dst, &raw->peers[i].local) &&
			    lab_addr_equal(&seg.src, &raw->peers[i].remote))
				at = &raw->peers[i];
		if (!at)
			continue; /* for a connection of an earlier run of the script */
		raw->received++;
		lab_seg_say(raw->job->say, &seg, false);
		if (at->in - at->out < RAW_INBOX_MAX)
			at->inbox[at->in++ % RAW_INBOX_MAX] = seg;
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

/* The next segment that matches. Those before it are received as well. */
static int take(struct raw *raw, int want, uint64_t until_ns, struct lab_seg *out)
{
	struct peer *p = raw->p;

	for (;;) {
		while (p->in != p->out) {
			struct lab_seg seg = p->inbox[p->out++ % RAW_INBOX_MAX];

			if (matches(p, &seg, want)) {
				*out = seg;
				return 0;
			}
			learn(p, &seg);
		}
		switch (raw_pump(raw, until_ns, true)) {
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
	return lab_now_ns() + step->timeout_ms * NS_MS;
}

int step_syn(struct raw *raw, const struct step *step)
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

/* When opens cross, the SYN-ACK has the sequence number of the SYN sent before (RFC 9293, 3.5). */
int step_synack(struct raw *raw, const struct step *step)
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

int step_again(struct raw *raw, const struct step *step)
{
	struct lab_seg seg = raw->p->last;

	(void)step;
	if (!seg.flags)
		return step_failed(raw, "nothing was sent before");
	return emit(raw, &seg);
}

int step_send(struct raw *raw, const struct step *step)
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

int step_bad_ack(struct raw *raw, const struct step *step)
{
	struct lab_seg seg = next_segment(raw->p, LAB_ACK, 0);

	(void)step;
	seg.ack += 0x10000000;
	return emit(raw, &seg);
}

int step_wait(struct raw *raw, const struct step *step)
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
		/* A SYN-ACK acknowledges the data of a fast open SYN, or the SYN alone. */
		p->snd_nxt = seg.ack;
	}
	return 0;
}

int step_wait_data(struct raw *raw, const struct step *step)
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

int step_drop(struct raw *raw, const struct step *step)
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

int step_retransmit(struct raw *raw, const struct step *step)
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

int step_silence(struct raw *raw, const struct step *step)
{
	int got;

	if (raw->p->in != raw->p->out)
		return step_failed(raw, "a segment came before");
	got = raw_pump(raw, lab_now_ns() + step->number * NS_MS, true);
	return got < 0 ? step_failed(raw, "interrupted")
	       : got   ? step_failed(raw, "a segment came")
		       : 0;
}

int step_delay(struct raw *raw, const struct step *step)
{
	int err = raw_pump(raw, lab_now_ns() + step->number * NS_MS, false);

	return err < 0 ? step_failed(raw, "interrupted") : 0;
}

int step_use(struct raw *raw, const struct step *step)
{
	raw_set_up_peer(raw, (int)step->number - 1);
	return 0;
}

int step_autoack(struct raw *raw, const struct step *step)
{
	raw->autoack = step->number;
	return 0;
}

int step_window(struct raw *raw, const struct step *step)
{
	raw->p->window = (uint16_t)step->number;
	return 0;
}

int step_wait_input(struct raw *raw, const struct step *step)
{
	struct pollfd pfd = {.fd = STDIN_FILENO, .events = POLLIN};
	uint64_t until = deadline(step);
	char c;

	for (;;) {
		/* Segments keep being received meanwhile. */
		if (raw_pump(raw, lab_now_ns() + 10 * NS_MS, false) < 0)
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

int step_k_connect(struct raw *raw, const struct step *step)
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

int step_k_send(struct raw *raw, const struct step *step)
{
	char payload[RAW_PAYLOAD_MAX];
	ssize_t n;

	memset(payload, 'k', sizeof(payload));
	n = send(raw->p->kernel_fd, payload, step->number, MSG_NOSIGNAL);
	if (n < 0)
		return lab_fail(raw->job->say, errno, "--raw: k-send");
	lab_say(raw->job->say, "write(%d) = %zd by the kernel's socket", raw->p->kernel_fd, n);
	return 0;
}

int step_k_close(struct raw *raw, const struct step *step)
{
	(void)step;
	if (raw->p->kernel_fd < 0)
		return step_failed(raw, "no k-connect before");
	lab_say(raw->job->say, "close(%d) of the kernel's socket", raw->p->kernel_fd);
	close(raw->p->kernel_fd);
	raw->p->kernel_fd = -1;
	return 0;
}

int step_k_shutdown(struct raw *raw, const struct step *step)
{
	(void)step;
	if (shutdown(raw->p->kernel_fd, SHUT_WR))
		return lab_fail(raw->job->say, errno, "--raw: k-shutdown");
	lab_say(raw->job->say, "shutdown(%d, SHUT_WR) of the kernel's socket", raw->p->kernel_fd);
	return 0;
}
