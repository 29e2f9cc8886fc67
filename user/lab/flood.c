// SPDX-License-Identifier: BSD-2-Clause
/*
 * Half-open connections: SYNs from the TUN peer whose SYN-ACKs nobody answers. Of a few, each
 * segment is printed. A flood comes from many addresses at a fixed rate; client_check() limits it.
 */
#include "lab/lab.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#define FLOOD_ADDRS 200	       /* source addresses of a flood: one has too few ports */
#define ANSWER_NS   (1 * NS_S) /* longest wait for the first answers */
#define WINDOW	    65535
#define MSS	    1460

struct half_open {
	const struct lab_peer_job *job;
	uint32_t addrs;
	uint32_t iss;
	uint8_t *answered; /* SYN-ACKs received by connection, 255 at most */
	uint64_t synacks, first, resets;
};

static struct lab_seg segment(const struct half_open *half, uint64_t i, uint8_t flags)
{
	struct lab_seg seg = {
		.src = half->job->tun->peer,
		.dst = half->job->tun->host,
		.seq = half->iss + (uint32_t)i * 1024,
		.flags = flags,
		.window = WINDOW,
	};

	lab_addr_add(&seg.src, (uint32_t)(i % half->addrs));
	lab_addr_set_port(&seg.src, (uint16_t)(half->job->first_port + i / half->addrs));
	return seg;
}

static void note_answer(struct half_open *half, const struct lab_seg *seg)
{
	/*
	 * The acknowledgement number holds the index of the connection; the addresses confirm it.
	 */
	uint64_t i = (uint32_t)(seg->ack - 1 - half->iss) / 1024;
	struct lab_seg syn;

	if (i >= half->job->count)
		return;
	syn = segment(half, i, LAB_SYN);
	if (!lab_addr_equal(&syn.src, &seg->dst))
		return;
	if (!half->job->flood)
		lab_seg_say(half->job->say, seg, false);
	if (seg->flags & LAB_RST) {
		half->resets++;
		return;
	}
	if (!(seg->flags & LAB_SYN))
		return;
	half->synacks++;
	if (!half->answered[i])
		half->first++;
	half->answered[i] = 1;
}

/* Receives until the time given or, if asked, until all are answered. Negative: interrupted. */
static int listen_until(struct half_open *half, uint64_t until_ns, bool or_all)
{
	struct lab_seg seg;
	int got;

	for (;;) {
		if (or_all && half->first + half->resets >= half->job->count)
			return 0;
		got = lab_tun_recv(half->job->tun, &seg, until_ns);
		if (got <= 0)
			return got;
		note_answer(half, &seg);
	}
}

static int send_all(struct half_open *half, uint64_t *sent)
{
	const struct lab_peer_job *job = half->job;
	uint64_t gap_ns = job->flood ? NS_S / job->rate : job->every_ms * NS_MS;
	uint64_t start = lab_now_ns(), next_word = start + NS_S;
	struct lab_seg seg;
	int err;

	for (*sent = 0; *sent < job->count; ++*sent) {
		err = listen_until(half, start + *sent * gap_ns, false);
		if (err < 0)
			return err;
		seg = segment(half, *sent, LAB_SYN);
		seg.mss = MSS;
		if (!job->flood)
			lab_seg_say(job->say, &seg, true);
		err = lab_tun_send(job->tun, &seg);
		if (err)
			return lab_fail(job->say, -err, "sending a SYN");
		if (job->flood && lab_now_ns() >= next_word) {
			next_word += NS_S;
			lab_say(job->say, "flood: SYN sent %" PRIu64 ", SYN-ACK received %" PRIu64,
				*sent + 1, half->synacks);
		}
	}
	return 0;
}

int lab_half_open(const struct lab_peer_job *job)
{
	struct half_open half = {.job = job, .addrs = job->flood ? FLOOD_ADDRS : 1};
	uint64_t sent = 0, start = lab_now_ns(), took;
	int err;

	half.iss = (uint32_t)start;
	half.answered = calloc(job->count, 1);
	if (!half.answered)
		return -ENOMEM;
	err = send_all(&half, &sent);
	took = lab_now_ns() - start;
	if (!err)
		err = listen_until(&half, lab_now_ns() + ANSWER_NS, true);
	if (!err && job->hold_ms) {
		lab_say(job->say, "holding %" PRIu64 " half open", half.first);
		err = listen_until(&half,
				   job->hold_ms == LAB_NEVER ? LAB_NEVER
							     : lab_now_ns() + job->hold_ms * NS_MS,
				   false);
	}
	for (uint64_t i = 0; job->rst_at_end && i < sent; i++) {
		struct lab_seg rst = segment(&half, i, LAB_RST);

		if (!half.answered[i])
			continue;
		rst.seq++;
		if (!job->flood)
			lab_seg_say(job->say, &rst, true);
		lab_tun_send(job->tun, &rst);
	}
	lab_say_always(job->say,
		       "tally: SYN sent %" PRIu64 " in %.2f ms; answered %" PRIu64
		       ", SYN-ACK again %" PRIu64 ", unanswered %" PRIu64 ", reset %" PRIu64,
		       sent, lab_ms(took), half.first, half.synacks - half.first,
		       sent - half.first - half.resets, half.resets);
	free(half.answered);
	/* A signal is the ordinary end of --hold, no failure. */
	return err == -EINTR ? 0 : err;
}
