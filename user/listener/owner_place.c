// SPDX-License-Identifier: BSD-2-Clause
#include "listener/owner_place.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define HEX_DIGITS   "0123456789abcdef"
#define CONTAINER_ID 64
/* A UUID, or the 32 digits that kubelet gives to a static pod. */
#define POD_UID	   36
#define STATIC_UID 32

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && !strcmp(text + n - m, end);
}

/*
 * docker-ID.scope, cri-containerd-ID.scope, crio-ID.scope, libpod-ID.scope, or ID alone where the
 * engine has cgroupfs. The monitor of a container (crio-conmon-ID.scope) is not in it.
 */
static void find_container(struct owner_place *out, const char *name)
{
	size_t len = strlen(name);
	const char *id;

	if (ends_with(name, ".scope"))
		len -= strlen(".scope");
	if (len < CONTAINER_ID || strstr(name, "conmon-"))
		return;
	id = name + len - CONTAINER_ID;
	if (strspn(id, HEX_DIGITS) != CONTAINER_ID || (id > name && id[-1] != '-'))
		return;
	memset(out->container_id, 0, sizeof(out->container_id));
	memcpy(out->container_id, id, CONTAINER_ID);
}

/* kubepods-burstable-podUID.slice with _ for -, or podUID where kubelet has cgroupfs. */
static void find_pod(struct owner_place *out, const char *name)
{
	const char *uid = !strncmp(name, "kubepods", 8) ? strstr(name, "-pod") : NULL;
	size_t n;

	if (uid)
		uid += strlen("-pod");
	else if (!strncmp(name, "pod", 3))
		uid = name + 3;
	else
		return;
	n = strspn(uid, HEX_DIGITS "_-");
	if ((n != POD_UID && n != STATIC_UID) || (uid[n] && strcmp(uid + n, ".slice")))
		return;
	memset(out->pod_uid, 0, sizeof(out->pod_uid));
	for (size_t i = 0; i < n; i++)
		out->pod_uid[i] = (char)(uid[i] == '_' ? '-' : uid[i]);
}

/*
 * The outermost one is systemd's; user@1000.service has units of its own below it, which are a
 * user's.
 */
static void find_unit(struct owner_place *out, const char *name)
{
	static const char *const kinds[] = {".service", ".scope", ".socket", ".mount", ".swap"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !out->unit[0]; i++)
		if (ends_with(name, kinds[i]))
			snprintf(out->unit, sizeof(out->unit), "%s", name);
}

void owner_place_read(struct owner_place *out, const struct summary_place *from)
{
	char name[SUMMARY_GROUP_NAME], *p = out->cgroup;

	memset(out, 0, sizeof(*out));
	snprintf(out->hostname, sizeof(out->hostname), "%.*s", SUMMARY_HOSTNAME - 1,
		 from->hostname);
	if (from->cut)
		p = stpcpy(p, "...");
	/* The innermost comes first. */
	for (unsigned int i = SUMMARY_GROUPS; i-- > 0;) {
		snprintf(name, sizeof(name), "%.*s", SUMMARY_GROUP_NAME - 1, from->group[i]);
		if (!name[0])
			continue;
		*p++ = '/';
		p = stpcpy(p, name);
		find_unit(out, name);
		find_container(out, name);
		find_pod(out, name);
	}
}

static void put_text(struct event *e, enum field f, const char *text)
{
	if (text[0])
		event_set_text(e, f, text);
}

void owner_place_put(const struct owner_place *place, struct event *e)
{
	put_text(e, F_CGROUP, place->cgroup);
	put_text(e, F_UNIT, place->unit);
	put_text(e, F_CONTAINER_ID, place->container_id);
	put_text(e, F_POD_UID, place->pod_uid);
	put_text(e, F_HOSTNAME, place->hostname);
}
