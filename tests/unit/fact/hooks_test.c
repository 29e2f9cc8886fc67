// SPDX-License-Identifier: BSD-2-Clause
/* The choice of hooks: which tier serves which fact, and what is said where it is not the best. */
#include "tap.h"

#include "fact/hooks.h"

static struct hooks h;
static struct fact_list facts;

static void begin(const char *absent)
{
	hooks_init(&h, false, false, absent);
}

static void choose(void)
{
	hooks_choose(&h);
	hooks_tell(&h, true, &facts);
}

static void test_full_tier(void)
{
	begin(NULL);
	choose();
	ok(h.chosen[HOOK_STATE] && h.chosen[HOOK_ENQUEUE] && h.chosen[HOOK_ACCEPT],
	   "all allowed: the exact hooks");
	ok(!h.chosen[HOOK_LISTENER_READY] && !h.chosen[HOOK_ACCEPT_SYSCALL] &&
		   !h.chosen[HOOK_SYNACK_LEAVES],
	   "all allowed: no stand-in");
	ok(h.chosen[HOOK_TIMEWAIT_REAL] && h.chosen[HOOK_COOKIE_V4],
	   "all allowed: companions come along");
	for (enum fact_name fact = 0; fact < KNOW_COUNT; fact++)
		ok(facts.fact[fact].is == FACT_IS_EXACT && !facts.fact[fact].why[0],
		   "all allowed: %s is exact", fact_name(fact));
}

static void test_tracepoint_tier(void)
{
	bool functions = false;

	begin(NULL);
	hooks_refuse_kind(&h, HOOK_FUNCTION, "fentry refused: EPERM");
	choose();
	for (enum hook_id id = 0; id < HOOK_COUNT; id++)
		functions |= h.chosen[id] && hook_get(id)->kind == HOOK_FUNCTION;
	ok(!functions, "fentry refused: no function is hooked");
	ok(h.chosen[HOOK_LISTENER_READY] && h.chosen[HOOK_ACCEPT_SYSCALL] &&
		   h.chosen[HOOK_LISTEN_SYSCALL] && h.chosen[HOOK_SYNACK_LEAVES],
	   "fentry refused: the stand-ins");
	ok(!h.chosen[HOOK_ACCEPT_ANY_SYSCALL],
	   "fentry refused: not the one that has to be asked for");
	is_u64(facts.fact[KNOW_ENQUEUE].is, FACT_IS_DERIVED, "fentry refused: enqueue is derived");
	is_str(facts.fact[KNOW_ENQUEUE].why,
	       "fentry refused: EPERM; "
	       "the child is the one that was established just before on that CPU",
	       "fentry refused: the reason, then what is less than exact");
	is_u64(facts.fact[KNOW_TIME_WAIT_END].is, FACT_IS_ABSENT,
	       "fentry refused: no end of TIME_WAIT");
	is_str(facts.fact[KNOW_TIME_WAIT_END].why, "fentry refused: EPERM", "and why");
}

static void test_single_hooks(void)
{
	begin(NULL);
	hooks_refuse(&h, HOOK_ENQUEUE, "enqueue refused: EINVAL");
	hooks_refuse(&h, HOOK_ENQUEUE, "another reason");
	choose();
	ok(h.chosen[HOOK_LISTENER_READY] && h.chosen[HOOK_ACCEPT],
	   "one refused: its stand-in, the others stay");
	ok(!h.chosen[HOOK_SYN_REFUSED] && h.refused[HOOK_SYN_REFUSED],
	   "one refused: what means nothing without it goes too");
	is_str(h.why[HOOK_ENQUEUE], "enqueue refused: EINVAL", "the first reason stays");
	is_str(h.why[HOOK_SYN_REFUSED], "enqueue refused: EINVAL", "and is passed on");

	hooks_refuse(&h, HOOK_LISTENER_READY, "listener_ready refused: EINVAL");
	choose();
	is_str(facts.fact[KNOW_ENQUEUE].by, "tp_btf/inet_sock_set_state",
	       "two refused: the last resort");

	begin(NULL);
	hooks_tell(&h, false, &facts);
	is_u64(facts.fact[KNOW_RESET_REASON].is, FACT_IS_ABSENT,
	       "a kernel that does not say why it resets");
}

static void test_force_absent(void)
{
	size_t len;

	begin("fentry");
	choose();
	ok(!h.chosen[HOOK_ACCEPT] && h.chosen[HOOK_ACCEPT_SYSCALL], "--force-absent fentry");
	begin("accept,reset");
	choose();
	ok(!h.chosen[HOOK_ACCEPT] && !h.chosen[HOOK_IO_ACCEPT] && !h.chosen[HOOK_RESET] &&
		   h.chosen[HOOK_ENQUEUE],
	   "--force-absent with two names");
	is_str(h.why[HOOK_RESET], "reset refused: forced", "and says so");
	begin("state");
	choose();
	ok(h.chosen[HOOK_STATE], "without HOOK_STATE there is nothing");
	ok(!hooks_unknown("fentry,accept", &len), "known names");
	is_str(hooks_unknown("accept,nonsense,listen", &len), "nonsense,listen", "an unknown name");
	is_u64(len, 8, "and its length");
}

int main(void)
{
	test_full_tier();
	test_tracepoint_tier();
	test_single_hooks();
	test_force_absent();
	return done();
}
