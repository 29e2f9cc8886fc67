// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define COMM_SIZE  16
#define NAMES_MAX  8192
#define NAMES_HASH (2 * NAMES_MAX)
#define PIDS_MAX   4096

struct names {
	uint32_t count; /* ids 1 to count are taken */
	char text[NAMES_MAX + 1][COMM_SIZE + 1];
	uint16_t slot[NAMES_HASH]; /* open addressing; 0 empty */
	struct {
		uint32_t pid, id;
		uint64_t forked; /* ns: when it last forked a process; 0 unknown */
	} pid[PIDS_MAX];	 /* direct mapped: a later pid of the same slot wins */
};

struct names *names_new(void)
{
	return calloc(1, sizeof(struct names));
}

void names_free(struct names *n)
{
	free(n);
}

uint32_t names_id(struct names *n, const char *comm)
{
	size_t len = strnlen(comm, COMM_SIZE);

	if (!len)
		return 0;
	for (uint32_t i = hash_text(comm, len);; i++) {
		uint16_t *slot = &n->slot[i % NAMES_HASH];

		if (!*slot) {
			if (n->count == NAMES_MAX)
				return 0;
			*slot = (uint16_t)++n->count;
			memcpy(n->text[*slot], comm, len);
			return *slot;
		}
		if (!strncmp(n->text[*slot], comm, len) && !n->text[*slot][len])
			return *slot;
	}
}

const char *names_text(const struct names *n, uint32_t id)
{
	return id && id <= n->count ? n->text[id] : NULL;
}

/* Makes the place of pid its own. */
static void take_place(struct names *n, uint32_t pid)
{
	if (n->pid[pid % PIDS_MAX].pid == pid)
		return;
	n->pid[pid % PIDS_MAX].pid = pid;
	n->pid[pid % PIDS_MAX].id = 0;
	n->pid[pid % PIDS_MAX].forked = 0;
}

void names_learn(struct names *n, uint32_t pid, uint32_t id)
{
	if (!pid || !id)
		return;
	take_place(n, pid);
	n->pid[pid % PIDS_MAX].id = id;
}

void names_forked(struct names *n, uint32_t pid, uint64_t t)
{
	if (!pid)
		return;
	take_place(n, pid);
	n->pid[pid % PIDS_MAX].forked = t;
}

bool names_forked_since(const struct names *n, uint32_t pid, uint64_t t)
{
	return pid && n->pid[pid % PIDS_MAX].pid == pid && n->pid[pid % PIDS_MAX].forked &&
	       n->pid[pid % PIDS_MAX].forked >= t;
}

uint32_t names_of_pid(const struct names *n, uint32_t pid)
{
	return pid && n->pid[pid % PIDS_MAX].pid == pid ? n->pid[pid % PIDS_MAX].id : 0;
}
