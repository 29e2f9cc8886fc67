// SPDX-License-Identifier: BSD-2-Clause
/*
 * Places: what the names of cgroups say, as systemd, engines and kubelet write them.
 */
#include <string.h>

#include "listener/owner_place.h"
#include "tap.h"

#define ID   "4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8"
#define ID2  "00000000000000000000000000000000000000000000000000000000000000ff"
#define UID  "8e7f1c2a-1b3d-4e5f-8a9b-0c1d2e3f4a5b"
#define UID_ "8e7f1c2a_1b3d_4e5f_8a9b_0c1d2e3f4a5b"

static struct owner_place place;

/* The innermost first; NULL ends them. */
static const struct owner_place *of(const char *const names[])
{
	struct summary_place from = {0};

	for (int i = 0; i < SUMMARY_GROUPS && names[i]; i++)
		strncpy(from.group[i], names[i], SUMMARY_GROUP_NAME - 1);
	owner_place_read(&place, &from);
	return &place;
}
#define OF(...) of((const char *const[]){__VA_ARGS__, NULL})

static void test_systemd(void)
{
	OF("nginx.service", "system.slice");
	is_str(place.cgroup, "/system.slice/nginx.service", "the path");
	is_str(place.unit, "nginx.service", "the unit");
	ok(!place.container_id[0] && !place.pod_uid[0], "no container, no pod");
	OF("app.scope", "app.slice", "user@1000.service", "user-1000.slice", "user.slice");
	is_str(place.unit, "user@1000.service", "systemd's unit, not the user's own below it");
	OF("workers", "php-fpm.service", "system.slice");
	is_str(place.unit, "php-fpm.service", "of what a service makes below itself");
	OF(NULL);
	ok(!place.cgroup[0] && !place.unit[0], "the root has no name");
}

static void test_kubernetes(void)
{
	OF("cri-containerd-" ID ".scope", "kubepods-burstable-pod" UID_ ".slice",
	   "kubepods-burstable.slice", "kubepods.slice");
	is_str(place.container_id, ID, "containerd, systemd driver: the container");
	is_str(place.pod_uid, UID, "the pod, as the API writes it");
	is_str(place.unit, "cri-containerd-" ID ".scope", "which systemd knows by this name");
	OF("crio-" ID ".scope", "kubepods-pod" UID_ ".slice", "kubepods.slice");
	is_str(place.container_id, ID, "CRI-O");
	is_str(place.pod_uid, UID, "a guaranteed pod");
	OF(ID, "pod" UID, "besteffort", "kubepods");
	is_str(place.container_id, ID, "cgroupfs driver: the container");
	is_str(place.pod_uid, UID, "the pod");
	OF(ID, "pod0123456789abcdef0123456789abcdef", "burstable", "kubepods");
	is_str(place.pod_uid, "0123456789abcdef0123456789abcdef", "a static pod");
	OF("nginx.service", "system.slice", "cri-containerd-" ID ".scope",
	   "kubepods-pod" UID_ ".slice", "kubepods.slice");
	is_str(place.container_id, ID, "systemd in a container");
}

static void test_engines(void)
{
	OF("docker-" ID ".scope", "system.slice");
	is_str(place.container_id, ID, "docker, systemd driver");
	OF(ID, "docker");
	is_str(place.container_id, ID, "docker, cgroupfs driver");
	OF("container", "libpod-" ID ".scope", "machine.slice");
	is_str(place.container_id, ID, "podman");
	OF("libpod-conmon-" ID ".scope", "machine.slice");
	is_str(place.container_id, "", "the monitor of a container is not in it");
	OF("docker-" ID2 ".scope", "docker-" ID ".scope", "system.slice");
	is_str(place.container_id, ID2, "a container in a container: the inner one");
}

static void test_others(void)
{
	OF("x" ID);
	is_str(place.container_id, "", "digits behind a letter are no container");
	OF("pod-racing.service", "system.slice");
	is_str(place.pod_uid, "", "a service whose name begins with pod");
	OF("pod" UID "x");
	is_str(place.pod_uid, "", "more than a UID");
	OF(".service");
	is_str(place.unit, "", "a unit has a name");
}

static void test_hostile(void)
{
	struct summary_place from;

	/* Every name as long as it can be, without an end. */
	memset(&from, 'a', sizeof(from));
	owner_place_read(&place, &from);
	ok(strlen(place.cgroup) < sizeof(place.cgroup) && !strncmp(place.cgroup, ".../aaa", 7),
	   "names without an end are cut, and what is above is said to be missing");
	ok(strlen(place.hostname) == SUMMARY_HOSTNAME - 1, "so is a host's name");
}

int main(void)
{
	test_systemd();
	test_kubernetes();
	test_engines();
	test_others();
	test_hostile();
	return done();
}
