// SPDX-License-Identifier: BSD-2-Clause
/*
 * Places: put together from their parts, and never from some of them.
 */
#include <stdio.h>
#include <string.h>

#include "listener/places.h"
#include "tap.h"

static struct places *places;
static struct event line;

static void part(uint32_t pid, unsigned int number, const char *name)
{
	struct fact_place f = {.pid = pid, .part = (uint8_t)number};

	snprintf(f.name, sizeof(f.name), "%s", name);
	places_learn(places, &f);
}

static void host(uint32_t pid, unsigned int groups, const char *name)
{
	struct fact_place f = {.pid = pid, .part = FACT_PLACE_HOST, .groups = (uint8_t)groups};

	snprintf(f.name, sizeof(f.name), "%s", name);
	places_learn(places, &f);
}

/* The text of a field on a line of pid, "" if it is not there. */
static const char *of(uint32_t pid, enum field f)
{
	const char *text;

	event_init(&line, EVENT_LISTENER, 1);
	places_put(places, pid, &line);
	text = event_text(&line, f);
	return text ? text : "";
}

static void test_parts(void)
{
	part(7, 0, "nginx.service");
	is_str(of(7, F_CGROUP), "", "nothing is known before the end");
	part(7, 1, "system.slice");
	host(7, 2, "web-0");
	is_str(of(7, F_CGROUP), "/system.slice/nginx.service", "the path");
	is_str(of(7, F_UNIT), "nginx.service", "the unit");
	is_str(of(7, F_HOSTNAME), "web-0", "the host");
	ok(!event_has(&line, F_CONTAINER_ID) && !event_has(&line, F_POD_UID),
	   "what it does not tell is absent");
	is_str(of(8, F_CGROUP), "", "nobody else's");
	is_str(of(7 + FACT_PLACES, F_CGROUP), "", "nor of the pid that would take its place");
	is_str(of(0, F_CGROUP), "", "nor of no process");
}

static void test_move(void)
{
	part(7, 0, "other.service");
	is_str(of(7, F_UNIT), "nginx.service", "it moves: until all has come it is where it was");
	host(7, 1, "web-0");
	is_str(of(7, F_CGROUP), "/other.service", "then it is there");
}

static void test_loss(void)
{
	part(9, 0, "a.service");
	host(9, 2, "h");
	is_str(of(9, F_HOSTNAME), "", "a part is lost: nothing is known");
	part(9, 1, "system.slice");
	host(9, 2, "h");
	is_str(of(9, F_CGROUP), "", "nor is one of before taken for it");
	part(9, 0, "a.service");
	part(9, 0, "b.service");
	part(9, 1, "system.slice");
	host(9, 2, "h");
	is_str(of(9, F_CGROUP), "/system.slice/b.service", "a first part begins anew");
	host(9, 0, "h");
	is_str(of(9, F_CGROUP), "", "the root has no name");
	is_str(of(9, F_HOSTNAME), "h", "but a host");
}

static void test_two(void)
{
	part(20, 0, "a.service");
	part(21, 0, "b.service");
	host(20, 1, "h");
	host(21, 1, "h");
	is_str(of(20, F_UNIT), "a.service", "parts of two processes come mixed");
	is_str(of(21, F_UNIT), "b.service", "and are not");
	part(20 + FACT_PLACES, 0, "c.service");
	is_str(of(20, F_UNIT), "", "a later process of the same slot takes it");
	host(0, 0, "h");
}

int main(void)
{
	places = places_new();
	test_parts();
	test_move();
	test_loss();
	test_two();
	places_free(places);
	return done();
}
