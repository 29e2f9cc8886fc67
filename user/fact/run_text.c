// SPDX-License-Identifier: BSD-2-Clause
/*
 * run_text.c - the part of a recording's head that is text: "key=value" and a NUL, again and
 * again. A reader passes over keys that it does not know, so a new key needs no new format.
 *
 *	host=web1  boot_id=...  run_id=...  label=env=prod  lport=9502-9504  laddr=10.0.0.0/8
 */
#include "fact/run_text.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* What a key's value is stored in: a text of recording_info ... */
static const struct {
	const char *key;
	size_t at, size;
} texts[] = {
	{"host", offsetof(struct recording_info, host), RECORDING_HOST},
	{"boot_id", offsetof(struct recording_info, boot_id), RECORDING_UUID},
	{"run_id", offsetof(struct recording_info, run_id), RECORDING_UUID},
};
#define TEXTS (sizeof(texts) / sizeof(texts[0]))

/* ... or a part of its filter, in the words of the command line. */
static int add_lports(struct filter *f, const char *value, char *err, size_t err_size)
{
	return filter_add_lports(f, value, NULL, err, err_size);
}

static int add_rports(struct filter *f, const char *value, char *err, size_t err_size)
{
	return filter_add_rports(f, value, NULL, err, err_size);
}

static const struct {
	const char *key;
	int (*add)(struct filter *f, const char *value, char *err, size_t err_size);
} filters[] = {
	{"lport", add_lports},
	{"rport", add_rports},
	{"laddr", filter_add_laddrs},
	{"filter_host", filter_add_hosts},
};
#define FILTERS (sizeof(filters) / sizeof(filters[0]))

/* ---- writing ---- */

static int put(struct run_text *text, const char *key, const char *value)
{
	size_t room = sizeof(text->bytes) - text->size;
	int n = snprintf(text->bytes + text->size, room, "%s=%s", key, value);

	if (n < 0 || (size_t)n >= room)
		return -E2BIG;
	text->size += (uint32_t)n + 1;
	return 0;
}

static int put_ports(struct run_text *text, const char *key, const struct port_range *ports,
		     unsigned int count)
{
	char value[16];
	int rc = 0;

	for (unsigned int i = 0; i < count && !rc; i++) {
		snprintf(value, sizeof(value), "%u-%u", ports[i].first, ports[i].last);
		rc = put(text, key, value);
	}
	return rc;
}

static int put_nets(struct run_text *text, const char *key, const struct net_prefix *nets,
		    unsigned int count)
{
	char value[NET_PREFIX_MAX];
	int rc = 0;

	for (unsigned int i = 0; i < count && !rc; i++) {
		net_prefix_text(value, &nets[i]);
		rc = put(text, key, value);
	}
	return rc;
}

int run_text_make(struct run_text *text, const struct recording_info *info)
{
	const struct filter *f = &info->filter;
	int rc = 0;

	text->size = 0;
	for (unsigned int i = 0; i < TEXTS && !rc; i++) {
		const char *value = (const char *)info + texts[i].at;

		if (*value)
			rc = put(text, texts[i].key, value);
	}
	for (unsigned int i = 0; i < info->label_count && !rc; i++)
		rc = put(text, "label", info->labels[i]);
	if (!rc)
		rc = put_ports(text, "lport", f->lports, f->lport_ranges);
	if (!rc)
		rc = put_ports(text, "rport", f->rports, f->rport_ranges);
	if (!rc)
		rc = put_nets(text, "laddr", f->laddr, f->laddrs);
	return rc ? rc : put_nets(text, "filter_host", f->host, f->hosts);
}

/* ---- reading ---- */

static int take_label(struct recording_info *info, const char *value)
{
	if (info->label_count == RECORDING_LABELS || !strchr(value, '='))
		return -EBADMSG;
	info->labels[info->label_count++] = value;
	return 0;
}

static int take(struct recording_info *info, const char *key, size_t len, const char *value)
{
	char why[160];

	for (unsigned int i = 0; i < TEXTS; i++) {
		if (strlen(texts[i].key) != len || memcmp(texts[i].key, key, len) != 0)
			continue;
		if (strlen(value) >= texts[i].size)
			return -EBADMSG;
		strcpy((char *)info + texts[i].at, value);
	}
	for (unsigned int i = 0; i < FILTERS; i++) {
		if (strlen(filters[i].key) == len && !memcmp(filters[i].key, key, len) &&
		    filters[i].add(&info->filter, value, why, sizeof(why)))
			return -EBADMSG;
	}
	return len == 5 && !memcmp(key, "label", len) ? take_label(info, value) : 0;
}

int run_text_take(const struct run_text *text, struct recording_info *info)
{
	const char *p = text->bytes, *end = p + text->size;

	while (p < end) {
		const char *nul = memchr(p, '\0', (size_t)(end - p));
		const char *equals = nul ? memchr(p, '=', (size_t)(nul - p)) : NULL;
		int rc = equals ? take(info, p, (size_t)(equals - p), equals + 1) : -EBADMSG;

		if (rc)
			return rc;
		p = nul + 1;
	}
	return 0;
}
