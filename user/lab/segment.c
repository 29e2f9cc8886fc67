// SPDX-License-Identifier: BSD-2-Clause
/* TCP segments as bytes: headers, options and checksums, for the TUN peer. */
#include "lab/lab.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define IPV4_HEADER	20 /* without options */
#define IPV6_HEADER	40
#define TCP_HEADER	20
#define TCP_OPTIONS_MAX 40
#define TTL		64

enum tcp_option {
	OPT_END = 0,
	OPT_NOP = 1,
	OPT_MSS = 2,
	OPT_WSCALE = 3,
	OPT_SACK = 4,
	OPT_TS = 8,
	OPT_FASTOPEN = 34,
};

static uint32_t sum_bytes(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	if (n & 1)
		sum += (uint32_t)p[n - 1] << 8;
	return sum;
}

static uint16_t sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)(v >> 16));
	put16(p + 2, (uint16_t)v);
}

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* NOPs fill each option up to a multiple of four bytes: no end-of-list option is needed. */
static size_t build_options(const struct lab_seg *seg, uint8_t *p)
{
	uint8_t *start = p;

	if (seg->mss) {
		*p++ = OPT_MSS;
		*p++ = 4;
		put16(p, seg->mss);
		p += 2;
	}
	if (seg->wscale) {
		*p++ = OPT_NOP;
		*p++ = OPT_WSCALE;
		*p++ = 3;
		*p++ = (uint8_t)(seg->wscale - 1);
	}
	if (seg->sack) {
		*p++ = OPT_NOP;
		*p++ = OPT_NOP;
		*p++ = OPT_SACK;
		*p++ = 2;
	}
	if (seg->ts) {
		*p++ = OPT_NOP;
		*p++ = OPT_NOP;
		*p++ = OPT_TS;
		*p++ = 10;
		put32(p, seg->ts_val);
		put32(p + 4, seg->ts_ecr);
		p += 8;
	}
	if (seg->fastopen) {
		*p++ = OPT_FASTOPEN;
		*p++ = (uint8_t)(2 + seg->cookie_len);
		memcpy(p, seg->cookie, seg->cookie_len);
		p += seg->cookie_len;
		while ((p - start) % 4)
			*p++ = OPT_NOP;
	}
	return (size_t)(p - start);
}

static size_t build_ip(const struct lab_seg *seg, uint8_t *p, size_t tcp_len, uint32_t *pseudo)
{
	if (seg->src.sa.sa_family == AF_INET) {
		memset(p, 0, IPV4_HEADER);
		p[0] = 0x45;
		put16(p + 2, (uint16_t)(IPV4_HEADER + tcp_len));
		p[6] = 0x40; /* don't fragment */
		p[8] = TTL;
		p[9] = IPPROTO_TCP;
		memcpy(p + 12, &seg->src.v4.sin_addr, 4);
		memcpy(p + 16, &seg->dst.v4.sin_addr, 4);
		put16(p + 10, sum_fold(sum_bytes(0, p, IPV4_HEADER)));
		*pseudo = sum_bytes(IPPROTO_TCP + (uint32_t)tcp_len, p + 12, 8);
		return IPV4_HEADER;
	}
	memset(p, 0, IPV6_HEADER);
	p[0] = 0x60;
	put16(p + 4, (uint16_t)tcp_len);
	p[6] = IPPROTO_TCP;
	p[7] = TTL;
	memcpy(p + 8, &seg->src.v6.sin6_addr, 16);
	memcpy(p + 24, &seg->dst.v6.sin6_addr, 16);
	*pseudo = sum_bytes(IPPROTO_TCP + (uint32_t)tcp_len, p + 8, 32);
	return IPV6_HEADER;
}

int lab_seg_build(const struct lab_seg *seg, uint8_t *packet, size_t size)
{
	uint8_t options[TCP_OPTIONS_MAX + 4], *tcp;
	size_t opt_len = build_options(seg, options), tcp_len, ip_len;
	uint32_t sum;

	tcp_len = TCP_HEADER + opt_len + seg->len;
	if (opt_len > TCP_OPTIONS_MAX || IPV6_HEADER + tcp_len > size)
		return -EMSGSIZE;
	ip_len = build_ip(seg, packet, tcp_len, &sum);
	tcp = packet + ip_len;
	put16(tcp, lab_addr_port(&seg->src));
	put16(tcp + 2, lab_addr_port(&seg->dst));
	put32(tcp + 4, seg->seq);
	put32(tcp + 8, seg->flags & LAB_ACK ? seg->ack : 0);
	tcp[12] = (uint8_t)((TCP_HEADER + opt_len) / 4 << 4);
	tcp[13] = seg->flags;
	put16(tcp + 14, seg->window);
	put32(tcp + 16, 0);
	memcpy(tcp + TCP_HEADER, options, opt_len);
	memset(tcp + TCP_HEADER + opt_len, 'x', seg->len);
	put16(tcp + 16, sum_fold(sum_bytes(sum, tcp, tcp_len)));
	return (int)(ip_len + tcp_len);
}

static void parse_options(struct lab_seg *seg, const uint8_t *p, size_t n)
{
	while (n && *p != OPT_END) {
		size_t len = *p == OPT_NOP ? 1 : n > 1 ? p[1] : 0;

		if (!len || len > n || (*p != OPT_NOP && len < 2))
			return;
		if (*p == OPT_MSS && len == 4)
			seg->mss = get16(p + 2);
		if (*p == OPT_WSCALE && len == 3)
			seg->wscale = (uint8_t)(p[2] + 1);
		if (*p == OPT_SACK)
			seg->sack = true;
		if (*p == OPT_TS && len == 10) {
			seg->ts = true;
			seg->ts_val = get32(p + 2);
			seg->ts_ecr = get32(p + 6);
		}
		if (*p == OPT_FASTOPEN && len - 2 <= sizeof(seg->cookie)) {
			seg->fastopen = true;
			seg->cookie_len = (uint8_t)(len - 2);
			memcpy(seg->cookie, p + 2, len - 2);
		}
		p += len;
		n -= len;
	}
}

bool lab_seg_parse(const uint8_t *p, size_t n, struct lab_seg *seg)
{
	size_t ip, tcp_header;

	memset(seg, 0, sizeof(*seg));
	if (n >= IPV4_HEADER && p[0] >> 4 == 4 && p[9] == IPPROTO_TCP) {
		ip = (size_t)(p[0] & 15) * 4;
		seg->src.v4.sin_family = seg->dst.v4.sin_family = AF_INET;
		memcpy(&seg->src.v4.sin_addr, p + 12, 4);
		memcpy(&seg->dst.v4.sin_addr, p + 16, 4);
	} else if (n >= IPV6_HEADER && p[0] >> 4 == 6 && p[6] == IPPROTO_TCP) {
		ip = IPV6_HEADER;
		seg->src.v6.sin6_family = seg->dst.v6.sin6_family = AF_INET6;
		memcpy(&seg->src.v6.sin6_addr, p + 8, 16);
		memcpy(&seg->dst.v6.sin6_addr, p + 24, 16);
	} else {
		return false;
	}
	if (n < ip + TCP_HEADER)
		return false;
	p += ip;
	n -= ip;
	tcp_header = (size_t)(p[12] >> 4) * 4;
	if (tcp_header < TCP_HEADER || tcp_header > n)
		return false;
	lab_addr_set_port(&seg->src, get16(p));
	lab_addr_set_port(&seg->dst, get16(p + 2));
	seg->seq = get32(p + 4);
	seg->ack = get32(p + 8);
	seg->flags = p[13];
	seg->window = get16(p + 14);
	seg->len = (uint16_t)(n - tcp_header);
	parse_options(seg, p + TCP_HEADER, tcp_header - TCP_HEADER);
	return true;
}

void lab_seg_say(const struct lab_say *say, const struct lab_seg *seg, bool sent)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} names[] = {
		{LAB_SYN, "SYN"},
		{LAB_FIN, "FIN"},
		{LAB_RST, "RST"},
		{LAB_ACK, "ACK"},
	};
	char flags[24] = "", extra[64] = "", ack[24] = "", src[LAB_ADDR_TEXT], dst[LAB_ADDR_TEXT];
	size_t n = 0;

	for (size_t i = 0; i < LAB_ARRAY_SIZE(names); i++)
		if (seg->flags & names[i].flag)
			n += (size_t)snprintf(flags + n, sizeof(flags) - n, "%s%s", n ? "-" : "",
					      names[i].name);
	if (seg->flags & LAB_ACK)
		snprintf(ack, sizeof(ack), "%u", seg->ack);
	if (seg->fastopen)
		snprintf(extra, sizeof(extra), "  fast open cookie of %u", seg->cookie_len);
	lab_say(say, "%s %-8s seq %-10u ack %-10s len %-5u %s > %s%s", sent ? "send" : "recv",
		flags, seg->seq, ack, seg->len, lab_addr_text(&seg->src, src),
		lab_addr_text(&seg->dst, dst), extra);
}
