// SPDX-License-Identifier: BSD-2-Clause
#include <stdlib.h>

#include "fact/hooks.h"
#include "tap.h"

static void choose(struct hooks *h, const char *absent, struct fact_list *facts)
{
	hooks_init(h, false, false, absent);
	hooks_choose(h);
	hooks_tell(h, true, facts);
}

static void test_table(void)
{
	unsigned int nameless = 0, programless = 0, lost = 0, twice = 0;

	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		const struct hook *hook = hook_get(id);

		nameless += !hook->name || !*hook->name;
		programless += !hook->programs[0].name;
		for (size_t i = 0; i < HOOK_PROGRAMS_MAX && hook->programs[i].name; i++) {
			lost += hooks_of_program(hook->programs[i].name) != id;
			lost += !hook->programs[i].target;
		}
		for (enum hook_id other = 0; other < id; other++)
			twice += !strcmp(hook_get(other)->name, hook->name);
	}
	ok(!nameless && !twice, "every hook has a name of its own");
	ok(!programless, "and a program");
	ok(!lost, "a program belongs to one hook, and is for something");
	ok(hooks_of_program("no_such_program") == HOOK_COUNT, "others belong to none");
}

static void test_everything(void)
{
	static const enum hook_id never[] = {
		HOOK_SYNACK_LEAVES,  HOOK_SYN_FREED,	      HOOK_ACK_DROPPED, HOOK_LISTENER_READY,
		HOOK_ACCEPT_SYSCALL, HOOK_ACCEPT_ANY_SYSCALL, HOOK_IO_URING,	HOOK_LISTEN_SYSCALL,
	};
	unsigned int inexact = 0, chosen = 0;
	struct fact_list facts;
	struct hooks h;

	choose(&h, NULL, &facts);
	for (enum fact_name fact = 0; fact < KNOW_COUNT; fact++)
		inexact += facts.fact[fact].is != FACT_IS_EXACT || *facts.fact[fact].why;
	ok(!inexact, "a kernel that takes everything: every fact is exact, and needs no excuse");
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		chosen += h.chosen[never[i]];
	ok(!chosen, "nothing is attached that stands in for something");
	ok(h.chosen[HOOK_STATE] && h.chosen[HOOK_RESET] && h.chosen[HOOK_RETRANSMIT],
	   "transitions and what refines them are always there");
	ok(h.chosen[HOOK_DROPPED], "nothing does its work besides its own");
	ok(h.chosen[HOOK_COOKIE_V4] && h.chosen[HOOK_UNREACHABLE] && h.chosen[HOOK_TIMEWAIT_REAL],
	   "what refines another hook is attached with it");
}

static void test_tracepoints(void)
{
	unsigned int functions = 0;
	struct fact_list facts;
	struct hooks h;

	choose(&h, "fentry", &facts);
	for (enum hook_id id = 0; id < HOOK_COUNT; id++)
		functions += h.chosen[id] && hook_get(id)->kind == HOOK_FUNCTION;
	ok(!functions, "without fentry nothing of it is chosen");
	ok(facts.fact[KNOW_ENQUEUE].is == FACT_IS_DERIVED && h.chosen[HOOK_LISTENER_READY],
	   "a tracepoint stands in for it");
	is_str(facts.fact[KNOW_ENQUEUE].by, "tp_btf/sk_data_ready", "which is named");
	ok(h.chosen[HOOK_ACK_DROPPED] && !h.chosen[HOOK_DROPPED],
	   "one program is enough for each packet that is dropped");
	is_str(facts.fact[KNOW_ENQUEUE].why,
	       "fentry refused: forced; the child is the one that was established just before on "
	       "that CPU",
	       "with the reason, and with what is less than exact");
	ok(facts.fact[KNOW_ACCEPT].is == FACT_IS_DERIVED,
	   "a system call is not as exact as a function: 32-bit programs have others");
	ok(facts.fact[KNOW_RELISTEN].is == FACT_IS_EXACT && !*facts.fact[KNOW_RELISTEN].why,
	   "where it is, nothing is said");
	ok(facts.fact[KNOW_TIME_WAIT_END].is == FACT_IS_ABSENT, "some facts have nothing else");
	is_str(facts.fact[KNOW_TIME_WAIT_END].why, "fentry refused: forced", "and say why");
	is_str(facts.fact[KNOW_SYN_DROP].why,
	       "fentry refused: forced; counted, but named only with --name-syn-drops",
	       "a fact that is absent for two reasons has both");

	hooks_init(&h, true, false, "fentry");
	hooks_choose(&h);
	hooks_tell(&h, true, &facts);
	ok(facts.fact[KNOW_SYN_DROP].is == FACT_IS_DERIVED && h.chosen[HOOK_SYN_FREED],
	   "an option brings a hook that costs too much to be chosen unasked");
}

static void test_system_calls(void)
{
	struct fact_list facts;
	struct hooks h;

	choose(&h, "fentry,accept_syscall", &facts);
	ok(facts.fact[KNOW_ACCEPT].is == FACT_IS_ABSENT && !h.chosen[HOOK_ACCEPT_ANY_SYSCALL],
	   "every system call is looked at only on request");
	ok(!h.chosen[HOOK_LISTEN_SYSCALL] && facts.fact[KNOW_RELISTEN].is == FACT_IS_ABSENT,
	   "listen()'s tracepoints are not attached where accept()'s do not pay for them");
	hooks_init(&h, false, true, "fentry,accept_syscall");
	hooks_choose(&h);
	hooks_tell(&h, true, &facts);
	ok(facts.fact[KNOW_ACCEPT].is == FACT_IS_DERIVED && h.chosen[HOOK_ACCEPT_ANY_SYSCALL],
	   "on request they are");
}

/* What one hook cannot do without goes with it, and the fact falls back. */
static void test_needs(void)
{
	struct fact_list facts;
	struct hooks h;

	choose(&h, "cookie_made_v4", &facts);
	ok(!h.chosen[HOOK_SYN_REFUSED] && facts.fact[KNOW_SYN_DROP].is == FACT_IS_ABSENT,
	   "without cookies a served SYN would pass for a refused one");
	choose(&h, "enqueue", &facts);
	ok(!h.chosen[HOOK_SYN_REFUSED] && !h.chosen[HOOK_COOKIE_V4],
	   "nor is it known without the queue");
	choose(&h, "accept", &facts);
	ok(!h.chosen[HOOK_IO_ACCEPT] && h.chosen[HOOK_IO_URING],
	   "without accept io_uring's accepts come from its tracepoint");
	ok(h.chosen[HOOK_IO_SUBMIT], "and when they were called from another");
	ok(!h.chosen[HOOK_ACCEPT_FAILED] && facts.fact[KNOW_ACCEPT_CALL].is == FACT_IS_EXACT,
	   "and calls from the system calls");
	choose(&h, "state", &facts);
	ok(h.chosen[HOOK_STATE], "transitions cannot be refused: without them there is nothing");
}

/* An accept of io_uring without the time of its call is not all that is to be known of it. */
static void test_two_hooks(void)
{
	const struct fact_knowledge *know;
	struct fact_list facts;
	struct hooks h;

	know = &facts.fact[KNOW_ACCEPT_IO_URING];
	choose(&h, NULL, &facts);
	ok(know->is == FACT_IS_EXACT && h.chosen[HOOK_IO_ACCEPT] && h.chosen[HOOK_IO_SUBMIT],
	   "a fact can take two hooks");
	choose(&h, "io_submit", &facts);
	ok(know->is == FACT_IS_DERIVED && h.chosen[HOOK_IO_ACCEPT] && !h.chosen[HOOK_IO_SUBMIT],
	   "with one of them it is less than exact");
	is_str(know->why, "io_submit refused: forced; when they were submitted is not known",
	       "and says what is missing");
	choose(&h, "io_accept,io_submit", &facts);
	ok(know->is == FACT_IS_DERIVED && h.chosen[HOOK_IO_URING] && !h.chosen[HOOK_IO_SUBMIT],
	   "what stands in for the first may lack the second, too");
	choose(&h, "io_accept,io_uring", &facts);
	ok(know->is == FACT_IS_ABSENT && !h.chosen[HOOK_IO_SUBMIT],
	   "the second alone is of no use");
	is_str(know->why, "io_accept refused: forced; io_uring refused: forced",
	       "each reason once");
}

static void test_reasons(void)
{
	struct fact_list facts;
	struct hooks h;

	hooks_init(&h, false, false, NULL);
	hooks_refuse(&h, HOOK_TIMEWAIT_END, "no %s", "such function");
	hooks_refuse(&h, HOOK_TIMEWAIT_END, "again");
	hooks_choose(&h);
	hooks_tell(&h, false, &facts);
	is_str(facts.fact[KNOW_TIME_WAIT_END].why, "no such function", "the first reason stays");
	ok(facts.fact[KNOW_RESET_REASON].is == FACT_IS_ABSENT,
	   "a kernel may have the hook and not the reason of a RST");
	is_str(facts.fact[KNOW_RESET_REASON].why, "this kernel does not tell why it sends a RST",
	       "which is said");
}

static void test_unknown(void)
{
	const char *list = "state,fentry,stat,accept";
	size_t len = 0;

	ok(!hooks_unknown(NULL, &len) && !hooks_unknown("", &len), "no list, no unknown name");
	ok(!hooks_unknown("fentry,accept,timewait_end", &len), "known names");
	ok(hooks_unknown(list, &len) == list + 13 && len == 4, "a part of a name is no name");
}

int main(void)
{
	test_table();
	test_everything();
	test_tracepoints();
	test_system_calls();
	test_needs();
	test_two_hooks();
	test_reasons();
	test_unknown();
	return done();
}
