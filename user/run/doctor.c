// SPDX-License-Identifier: BSD-2-Clause
#include "run/doctor.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/json_text.h"
#include "base/units.h"
#include "fact/hooks.h"
#include "kernel/lockdown.h"
#include "kernel/look.h"
#include "kernel/privilege.h"
#include "kernel/source.h"
#include "kernel/why_source.h"
#include "run/run.h"
#include "run/setup.h"

#define COLUMNS 80
#define INDENT	28 /* where the third column begins */

struct report {
	FILE *out;
	bool color;
};

static const char *paint(const struct report *r, const char *sgr)
{
	return r->color ? sgr : "";
}

static void heading(const struct report *r, const char *text)
{
	fprintf(r->out, "\n%s%s%s\n", paint(r, "\033[1m"), text, paint(r, "\033[m"));
}

/* Words up to the margin, the following lines indented; the cursor stands at column indent. */
static void wrap(const struct report *r, const char *text, int indent)
{
	int column = indent;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column > indent && column + 1 + (int)word > COLUMNS) {
			fprintf(r->out, "\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', r->out);
			column++;
		}
		fprintf(r->out, "%.*s", (int)word, text);
		column += (int)word;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', r->out);
}

/* ---- the facts ---- */

static void fact_line(const struct report *r, enum fact_name name,
		      const struct fact_knowledge *know)
{
	static const char *const sgr[] = {[FACT_IS_ABSENT] = "\033[31m",
					  [FACT_IS_DERIVED] = "\033[33m",
					  [FACT_IS_EXACT] = "\033[32m"};

	fprintf(r->out, "  %-15s  %s%-7s%s  ", fact_name(name), paint(r, sgr[know->is]),
		fact_is_name(know->is), paint(r, "\033[m"));
	wrap(r, fact_meaning(name), INDENT);
	if (know->by[0])
		fprintf(r->out, "%*s%s%s%s\n", INDENT, "", paint(r, "\033[2m"), know->by,
			paint(r, "\033[m"));
	if (know->is != FACT_IS_EXACT && know->why[0]) {
		fprintf(r->out, "%*s", INDENT, "");
		wrap(r, know->why, INDENT);
	}
}

static void fact_lines(const struct report *r, const struct fact_list *facts)
{
	unsigned int count[3] = {0};

	heading(r, "What it can tell");
	for (enum fact_name name = 0; name < KNOW_COUNT; name++) {
		fact_line(r, name, &facts->fact[name]);
		count[facts->fact[name].is]++;
	}
	fprintf(r->out, "\n  %u of %u exact, %u derived, %u absent\n", count[FACT_IS_EXACT],
		(unsigned int)KNOW_COUNT, count[FACT_IS_DERIVED], count[FACT_IS_ABSENT]);
}

/* ---- the cost ---- */

static bool is_of_kind(const char *by, enum hook_kind kind)
{
	static const char *const start[] = {
		[HOOK_TRACEPOINT] = "tp_btf/", [HOOK_FUNCTION] = "f", [HOOK_SYSCALL] = "tp/"};

	return !strncmp(by, start[kind], strlen(start[kind]));
}

/* "fexit/inet_csk_accept" to the hook that has a program there; HOOK_COUNT: none. */
static enum hook_id hook_by(const char *by, size_t len)
{
	const char *target = memrchr(by, '/', len); /* "tp/syscalls/sys_exit_accept4" */

	len -= target ? (size_t)(target + 1 - by) : 0;
	for (enum hook_id id = 0; target && id < HOOK_COUNT; id++) {
		const struct hook *h = hook_get(id);

		for (int i = 0; i < HOOK_PROGRAMS_MAX && h->programs[i].name; i++)
			if (strlen(h->programs[i].target) == len &&
			    !strncmp(h->programs[i].target, target + 1, len) &&
			    is_of_kind(by, h->kind))
				return id;
	}
	return HOOK_COUNT;
}

static void prices(const struct report *r, const struct fact_list *facts)
{
	bool used[HOOK_COUNT + 1] = {[HOOK_STATE] = true};

	/* A list, as in "tp_btf/io_uring_complete, tp_btf/io_uring_submit_req". */
	for (enum fact_name name = 0; name < KNOW_COUNT; name++) {
		for (const char *by = facts->fact[name].by; *by; by += strspn(by, ", ")) {
			size_t len = strcspn(by, ",");

			used[hook_by(by, len)] = true;
			by += len;
		}
	}

	heading(r, "What it costs");
	for (enum hook_id id = 0; id < HOOK_COUNT; id++) {
		const struct hook *h = hook_get(id);

		if (!used[id] || !h->cost)
			continue;
		fprintf(r->out, "  %-24s  ", h->programs[0].target);
		wrap(r, h->cost, INDENT);
	}
	fputs("  ", r->out);
	wrap(r, "Every other hook runs only for the facts that it sends, 100 to 400 ns each.", 2);
}

/* ---- looks at programs ---- */

static void looks_lines(const struct report *r, const struct doctor_looks *looks)
{
	char text[ERR_MAX + 64];

	heading(r, "What a program does instead of accept() (why)");
	for (unsigned int i = 0; i < looks->count; i++) {
		const struct doctor_walk *w = &looks->walks[i];

		fprintf(r->out, "  %-24s  ", w->hook);
		if (looks->error)
			snprintf(text, sizeof(text), "%s", w->meaning);
		else
			snprintf(text, sizeof(text), "%s: %.1f ms of a CPU here, each time",
				 w->meaning, (double)w->cpu_ns / NS_MS);
		wrap(r, text, INDENT);
	}
	if (looks->error)
		snprintf(text, sizeof(text), "Not possible: %s.", looks->error);
	else
		snprintf(text, sizeof(text),
			 "A look was taken: %llu open files, %llu threads. Looks run in sockstate "
			 "itself, never in a server, and take 1 %% of the time at most.",
			 (unsigned long long)looks->files, (unsigned long long)looks->threads);
	fputs("  ", r->out);
	wrap(r, text, 2);
}

/* ---- the advice ---- */

static bool any_why(const struct fact_list *facts, const char *part)
{
	for (enum fact_name name = 0; name < KNOW_COUNT; name++)
		if (strstr(facts->fact[name].why, part))
			return true;
	return false;
}

/* What stands in a reason, and what to do about it. */
static const struct {
	const char *reason, *advice;
} cures[] = {
	{"fentry refused",
	 "The kernel attaches no programs to its functions (fentry, fexit). Kernels with "
	 "CONFIG_FUNCTION_TRACER and CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS do, as those of Debian, "
	 "Ubuntu and Fedora; small virtual machines often bring their own kernel without them. In a "
	 "container the host's kernel and its lockdown (/sys/kernel/security/lockdown) decide."},
	{"only root has them",
	 "CAP_BPF and CAP_PERFMON alone do not see accept() on a kernel that refuses fentry: system "
	 "calls are traced through tracefs, which only root may read. Run as root, or mount tracefs "
	 "(`mount -t tracefs tracefs /sys/kernel/tracing`) and give CAP_DAC_READ_SEARCH, too."},
	{"tracefs",
	 "System calls are traced through tracefs, which only root may read: run as root, and if it is missing "
	 "mount it with `mount -t tracefs tracefs /sys/kernel/tracing`."},
	{"--syscall-fallback",
	 "--syscall-fallback sees accept() by looking at every system call of every process, at the "
	 "cost of some 270 ns each."},
	{"--name-syn-drops",
	 "--name-syn-drops names the clients whose SYN was refused, at some nanoseconds for each packet of the "
	 "machine. Without it the listener's own counter still tells how many."},
	{"does not tell why", "Reasons of a RST are known to Linux 6.10 and later."},
};

static void advice(const struct report *r, const struct fact_list *facts)
{
	bool any = false;

	for (size_t i = 0; i < sizeof(cures) / sizeof(cures[0]); i++) {
		if (!any_why(facts, cures[i].reason))
			continue;
		if (!any)
			heading(r, "What would bring more");
		any = true;
		fputs("  - ", r->out);
		wrap(r, cures[i].advice, 4);
	}
}

/* ---- the whole ---- */

static void place_lines(const struct report *r, const struct doctor_place *place,
			const struct fact_list *facts)
{
	bool functions = false;

	fprintf(r->out, "%sThis kernel%s\n", paint(r, "\033[1m"), paint(r, "\033[m"));
	fprintf(r->out, "  release   %s\n", place->kernel);
	fprintf(r->out, "  BTF       %s\n", place->btf ? place->btf : "none");
	fprintf(r->out, "  lockdown  %s\n", place->lockdown ? place->lockdown : "not known");
	fputs("  rights    ", r->out);
	wrap(r, *place->rights ? place->rights : "none of those that tracing needs", 12);
	fputs("  sandbox   ", r->out);
	wrap(r, place->sandbox, 12);
	if (!facts)
		return;
	for (enum fact_name name = 0; name < KNOW_COUNT; name++)
		functions |= facts->fact[name].by[0] == 'f';
	fprintf(r->out, "  hooks     %s\n",
		functions ? "functions (fentry, fexit) and tracepoints" : "tracepoints only");
}

static unsigned int count_of(const struct fact_list *facts, enum fact_is is)
{
	unsigned int count = 0;

	for (enum fact_name name = 0; name < KNOW_COUNT; name++)
		count += facts->fact[name].is == is;
	return count;
}

/* Options that would make something visible. */
static const char *const worth_it[] = {"--name-syn-drops", "--syscall-fallback"};

static void conclusion(const struct report *r, const struct fact_list *facts)
{
	bool any = false;

	fprintf(r->out, "\n%sTracing works.%s Exact %u, derived %u, not visible %u.",
		paint(r, "\033[1m"), paint(r, "\033[m"), count_of(facts, FACT_IS_EXACT),
		count_of(facts, FACT_IS_DERIVED), count_of(facts, FACT_IS_ABSENT));
	for (size_t i = 0; i < sizeof(worth_it) / sizeof(worth_it[0]); i++) {
		if (!any_why(facts, worth_it[i]))
			continue;
		fprintf(r->out, "%s%s", any ? ", " : " Worth it: ", worth_it[i]);
		any = true;
	}
	fputs(any ? ".\n" : "\n", r->out);
}

static int finish(FILE *out)
{
	errno = 0;
	return fflush(out) || ferror(out) ? (errno ? -errno : -EIO) : 0;
}

int doctor_report(FILE *out, const struct doctor_place *place, const struct doctor_result *result,
		  bool color)
{
	const struct report r = {.out = out, .color = color};

	place_lines(&r, place, result->facts);
	if (!result->facts)
		return finish(out);
	fact_lines(&r, result->facts);
	prices(&r, result->facts);
	if (result->looks)
		looks_lines(&r, result->looks);
	advice(&r, result->facts);
	conclusion(&r, result->facts);
	return finish(out);
}

/* ---- JSON ---- */

/* ,"key":"text"; null where there is none. */
static void member(FILE *out, const char *key, const char *text)
{
	char json[6 * ERR_MAX + 8];

	if (!text || strlen(text) >= ERR_MAX) {
		fprintf(out, ",\"%s\":null", key);
		return;
	}
	*json_text(json, text) = '\0';
	fprintf(out, ",\"%s\":%s", key, json);
}

static void looks_json(FILE *out, const struct doctor_looks *looks)
{
	fprintf(out, ",\"looks\":{\"possible\":%s", looks->error ? "false" : "true");
	if (looks->error)
		member(out, "error", looks->error);
	else
		fprintf(out, ",\"files\":%llu,\"threads\":%llu", (unsigned long long)looks->files,
			(unsigned long long)looks->threads);
	fputs(",\"walks\":[", out);
	for (unsigned int i = 0; i < looks->count; i++) {
		const struct doctor_walk *w = &looks->walks[i];

		fprintf(out, "%s{\"hook\":\"%s\",\"meaning\":\"%s\"", i ? "," : "", w->hook,
			w->meaning);
		if (!looks->error)
			fprintf(out, ",\"cpu_ns\":%llu", (unsigned long long)w->cpu_ns);
		fputs("}", out);
	}
	fputs("]}", out);
}

int doctor_json(FILE *out, const struct doctor_place *place, const struct doctor_result *result)
{
	const struct fact_list *facts = result->facts;

	fprintf(out, "{\"works\":%s", facts ? "true" : "false");
	member(out, "error", result->error);
	member(out, "kernel", place->kernel);
	member(out, "btf", place->btf);
	member(out, "lockdown", place->lockdown);
	member(out, "rights", place->rights);
	member(out, "sandbox", place->sandbox);
	if (facts) {
		fprintf(out, ",\"exact\":%u,\"derived\":%u,\"absent\":%u,\"facts\":{",
			count_of(facts, FACT_IS_EXACT), count_of(facts, FACT_IS_DERIVED),
			count_of(facts, FACT_IS_ABSENT));
		for (enum fact_name name = 0; name < KNOW_COUNT; name++) {
			const struct fact_knowledge *know = &facts->fact[name];

			fprintf(out, "%s\"%s\":{\"is\":\"%s\"", name ? "," : "", fact_name(name),
				fact_is_name(know->is));
			if (know->by[0])
				member(out, "by", know->by);
			if (know->is != FACT_IS_EXACT && know->why[0])
				member(out, "why", know->why);
			fputs("}", out);
		}
		fputs("}", out);
	}
	if (result->looks)
		looks_json(out, result->looks);
	fputs("}\n", out);
	return finish(out);
}

static void rights(char *text, size_t size)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} matter[] = {{CAP_BPF, "CAP_BPF"},
		      {CAP_PERFMON, "CAP_PERFMON"},
		      {CAP_SYS_ADMIN, "CAP_SYS_ADMIN"}};
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(matter) / sizeof(matter[0]); i++)
		if (privilege_has(matter[i].bit) && used < size)
			used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
						 matter[i].name);
	if (geteuid() == 0 && used < size)
		snprintf(text + used, size - used, "%sroot", used ? ", " : "");
}

static void print(const struct doctor_options *options, const struct run_place *place,
		  const struct doctor_result *result)
{
	struct doctor_place here = {0};
	struct utsname system = {0};
	char held[128], mode[LOCKDOWN_MAX], sandbox[256] = "off: --no-sandbox";
	struct sandbox done;

	uname(&system);
	rights(held, sizeof(held));
	here.kernel = system.release;
	here.btf = access(KERNEL_BTF, R_OK) ? NULL : KERNEL_BTF;
	here.rights = held;
	here.lockdown = lockdown_mode(mode);
	/* What a run would enter; nothing but printing is left to be done. */
	if (!options->common.no_sandbox) {
		sandbox_enter(&done, SANDBOX_RINGS | SANDBOX_WALKS | SANDBOX_NETLINK, NULL);
		sandbox_describe(sandbox, sizeof(sandbox), &done);
	}
	here.sandbox = sandbox;
	if (options->json)
		doctor_json(stdout, &here, result);
	else
		doctor_report(stdout, &here, result, place->view.color);
}

static int ignore(void *ctx, const void *bytes, size_t size)
{
	(void)ctx;
	(void)bytes;
	(void)size;
	return 0;
}

/* err: room for looks->error. */
static void take_look(struct doctor_looks *looks, const struct kernel_options *kernel,
		      char err[ERR_MAX])
{
	struct why_source *source = NULL;
	struct why_seen seen = {0};
	int rc = why_source_open(&source, kernel, err, ERR_MAX);

	if (!rc) {
		rc = why_source_look(source, 0, 0, true, ignore, NULL);
		seen = why_source_seen(source);
		if (rc)
			snprintf(err, ERR_MAX, "%s", strerror(-rc));
	}
	*looks = (struct doctor_looks){
		.error = rc ? err : NULL, .files = seen.files, .threads = seen.threads};
	for (enum why_walk i = 0; i < WHY_WALKS; i++)
		looks->walks[looks->count++] =
			(struct doctor_walk){why_walk_hook(i), why_walk_meaning(i), seen.cpu_ns[i]};
	why_source_free(source);
}

/* The same attempt as a live run makes, and what came of it. */
int run_doctor(const struct doctor_options *options, const struct run_place *place)
{
	const struct kernel_options kernel = {
		.filter = {.ipv4 = true, .ipv6 = true},
		.name_syn_drops = options->hooks.name_syn_drops,
		.syscall_fallback = options->hooks.syscall_fallback,
		.verbose = options->common.verbose,
		.force_absent = options->tests.force_absent,
	};
	struct source_kernel *source = NULL;
	struct fact_list facts = {0};
	char err[ERR_MAX] = "", look_err[ERR_MAX] = "";
	struct doctor_looks looks;
	int rc = setup_rights(err, sizeof(err));

	if (!rc)
		rc = source_kernel_open(&source, &kernel, &facts, err, sizeof(err));
	if (!options->quiet) {
		struct doctor_result result = {rc ? NULL : &facts, rc ? err : NULL, NULL};

		if (!rc) {
			take_look(&looks, &kernel, look_err);
			result.looks = &looks;
		}
		print(options, place, &result);
		if (rc && !options->json)
			run_complain("tracing does not work here: %s", err);
	}
	source_kernel_free(source);
	return rc ? EXIT_RUNTIME : EXIT_CLEAN;
}
