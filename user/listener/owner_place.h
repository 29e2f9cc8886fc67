/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * owner_place.h - where the owner of a listener runs: its cgroup, and what systemd, container
 * engines and kubelet write into the cgroup's name. No engine and no API server is asked. Pure.
 *
 *	/kubepods.slice/kubepods-pod8e7f1c2a_....slice/cri-containerd-4f0b....scope
 *	/system.slice/nginx.service
 */
#ifndef SOCKSTATE_OWNER_PLACE_H
#define SOCKSTATE_OWNER_PLACE_H

#include "event/event.h"
#include "summary.h"

/* "" is not known. What is not used is zero, so two places can be compared by memcmp(). */
struct owner_place {
	/* from the root of the unified hierarchy; "..." stands for what is above too deep a one */
	char cgroup[SUMMARY_GROUPS * SUMMARY_GROUP_NAME + 8];
	char unit[SUMMARY_GROUP_NAME]; /* of systemd */
	char container_id[65];	       /* 64 digits */
	char pod_uid[37];
	char hostname[SUMMARY_HOSTNAME]; /* of its UTS namespace; in Kubernetes the pod's name */
};

void owner_place_read(struct owner_place *out, const struct summary_place *from);
/* The fields of an event that are known. e borrows from place. */
void owner_place_put(const struct owner_place *place, struct event *e);

#endif
