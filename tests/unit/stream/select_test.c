// SPDX-License-Identifier: BSD-2-Clause
#include "stream/select.h"

#include "event/tcp.h"
#include "event/vocabulary.h"
#include "tap.h"

#define MS UINT64_C(1000000)

static struct event event_of(enum event_type type, enum role role, uint64_t cookie)
{
	struct event e = {0};

	event_init(&e, type, 1);
	if (role)
		event_set_enum(&e, F_ROLE, role);
	if (cookie)
		event_set(&e, F_COOKIE, cookie);
	return e;
}

static bool passes(const struct selection *s, enum event_type type, enum role role)
{
	struct event e = event_of(type, role, 0);

	return select_passes(s, &e);
}

static bool passes_with(const struct selection *s, enum event_type type, enum field f, uint64_t ns)
{
	struct event e = event_of(type, ROLE_SERVER, 7);

	event_set(&e, f, ns);
	return select_passes(s, &e);
}

static void check_side(void)
{
	const struct selection server = {.side = SIDE_SERVER}, client = {.side = SIDE_CLIENT};
	struct event raw = event_of(EVENT_STATE, ROLE_SERVER, 1);

	ok(passes(&server, EVENT_STATE, ROLE_SERVER) &&
		   passes(&server, EVENT_STATE, ROLE_LISTENER) &&
		   !passes(&server, EVENT_STATE, ROLE_CLIENT),
	   "--side server: no lines of clients");
	ok(!passes(&client, EVENT_STATE, ROLE_SERVER) &&
		   !passes(&client, EVENT_LISTENER, ROLE_LISTENER) &&
		   passes(&client, EVENT_STATE, ROLE_CLIENT),
	   "--side client: none of servers and listeners");
	ok(passes(&server, EVENT_RESET, ROLE_UNKNOWN) && passes(&client, EVENT_RESET, ROLE_UNKNOWN),
	   "what is of no known side passes");
	event_set(&raw, F_RAW, true);
	ok(select_passes(&client, &raw), "so does a transition of --raw");
}

static void check_old_time_wait(void)
{
	const struct selection s = {.count_time_wait = true}, all = {0};
	struct event e = event_of(EVENT_SOCKET, ROLE_CLIENT, 1);

	event_set(&e, F_SOCKET_STATE, TCP_STATE_TIME_WAIT);
	ok(select_only_counts(&s, &e) && !select_only_counts(&all, &e),
	   "what was in TIME_WAIT before is counted, unless all is asked for");
	event_set(&e, F_SOCKET_STATE, TCP_STATE_ESTABLISHED);
	ok(!select_only_counts(&s, &e), "  not what was ESTABLISHED");
	e = event_of(EVENT_STATE, ROLE_CLIENT, 1);
	event_set(&e, F_NEW, TCP_STATE_TIME_WAIT);
	ok(!select_only_counts(&s, &e), "  nor what enters it now");
}

static void check_only(void)
{
	const struct selection s = {.only = 1u << EVENT_ACCEPT | 1u << EVENT_DROP};

	ok(passes(&s, EVENT_ACCEPT, ROLE_SERVER) && passes(&s, EVENT_DROP, ROLE_SERVER) &&
		   !passes(&s, EVENT_STATE, ROLE_SERVER) &&
		   !passes(&s, EVENT_LISTENER, ROLE_LISTENER),
	   "--only accept,drop");
	ok(passes(&s, EVENT_META, 0) && passes(&s, EVENT_LOST, 0) && passes(&s, EVENT_SUMMARY, 0),
	   "meta, lost and summary pass");
}

static void check_thresholds(void)
{
	const struct selection wait = {.min_wait_ns = 100 * MS}, age = {.min_age_ns = 100 * MS};

	ok(passes_with(&wait, EVENT_ACCEPT, F_ACCEPT_WAIT_NS, 100 * MS) &&
		   passes_with(&wait, EVENT_CLOSE, F_ACCEPT_WAIT_NS, 200 * MS) &&
		   !passes_with(&wait, EVENT_ACCEPT, F_ACCEPT_WAIT_NS, 100 * MS - 1),
	   "--min-wait: accept and close lines that tell such a wait");
	ok(!passes(&wait, EVENT_ACCEPT, ROLE_SERVER) && !passes(&wait, EVENT_STATE, ROLE_SERVER),
	   "no line of a connection without a known wait");
	ok(passes(&wait, EVENT_DROP, ROLE_SERVER) && passes(&wait, EVENT_LISTENER, ROLE_LISTENER) &&
		   passes(&wait, EVENT_STATE, ROLE_LISTENER) && passes(&wait, EVENT_VERIFY, 0),
	   "refusals, listeners and differences are no such lines");
	ok(passes_with(&age, EVENT_CLOSE, F_LIFE_NS, 100 * MS) &&
		   !passes_with(&age, EVENT_CLOSE, F_LIFE_NS, 99 * MS) &&
		   !passes(&age, EVENT_STATE, ROLE_CLIENT),
	   "--min-age: close lines of long lives");
}

static void check_sample(void)
{
	const struct selection s = {.sample = 10};
	unsigned int chosen = 0, together = 0;

	for (uint64_t cookie = 1; cookie <= 10000; cookie++) {
		struct event a = event_of(EVENT_STATE, ROLE_SERVER, cookie);
		struct event b = event_of(EVENT_CLOSE, ROLE_SERVER, cookie);

		chosen += select_passes(&s, &a);
		together += select_passes(&s, &a) == select_passes(&s, &b);
	}
	ok(chosen > 900 && chosen < 1100, "--sample 1/10: a tenth of the connections");
	ok(together == 10000, "with all their lines");
	ok(passes(&s, EVENT_LISTENER, ROLE_LISTENER) && passes(&s, EVENT_LOST, 0),
	   "listeners and losses are not sampled");
}

/* Whatever does not pass is not made; of what others learn from everything is. */
static void check_unwanted(void)
{
	const uint32_t close = 1u << EVENT_CLOSE, why = 1u << EVENT_WHY;
	const struct selection all = {0}, only_close = {.only = close}, only_why = {.only = why};
	uint32_t unwanted = select_unwanted(&only_close);
	bool passed = false;

	ok(select_unwanted(&all) == 0, "without --only every line is made");
	for (int type = 0; type < EVENT_TYPE_COUNT; type++)
		passed |= unwanted >> type & 1 && passes(&only_close, type, ROLE_SERVER);
	ok(!passed, "--only close: no line that passes is left out");
	ok(unwanted >> EVENT_STATE & 1 && unwanted >> EVENT_ACCEPT & 1 && !(unwanted & close),
	   "states and accepts are");
	ok(!(unwanted >> EVENT_LISTENER & 1) && !(unwanted >> EVENT_DROP & 1) &&
		   !(unwanted >> EVENT_SOCKET & 1),
	   "listeners, drops and sockets are not: others learn from them");
	ok(!(select_unwanted(&only_why) >> EVENT_ACCEPT & 1) &&
		   !(select_unwanted(&only_why) >> EVENT_STATE & 1),
	   "--only why: nor are accepts and states, which say whom to look at");
}

int main(void)
{
	check_side();
	check_old_time_wait();
	check_only();
	check_thresholds();
	check_sample();
	check_unwanted();
	return done();
}
