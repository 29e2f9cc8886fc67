// SPDX-License-Identifier: BSD-2-Clause
/* Raw scripts: one table of steps for the parser, the interpreter, --help and the manual. */
#include "lab/raw.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEPS_MAX    512
#define SCRIPT_BYTES 65536
#define WAIT_MS	     3000 /* of a wait step without timeout=MS */

enum step_takes {
	TAKES_NUMBER = 1, /* must have one */
	TAKES_MAYBE = 2,  /* may have one */
	TAKES_TIMEOUT = 4,
	TAKES_SYN = 8, /* TCP options of a SYN */
};

struct lab_script {
	int nr;
	struct step steps[STEPS_MAX];
};

static const struct step_rule rules[] = {
	{"syn", TAKES_SYN, 0, 0, 0, step_syn, LAB_SYN,
	 "open; on a used tuple with a higher sequence number. May be followed by mss=N wscale=N "
	 "ts sack fastopen len=N iss=N"},
	{"again", 0, 0, 0, 0, step_again, 0, "send the last segment once more"},
	{"wait-synack", TAKES_TIMEOUT, 0, 0, 0, step_wait, WANT_SYNACK, "receive the SYN-ACK"},
	{"drop-synack", TAKES_TIMEOUT, 0, 0, 0, step_drop, WANT_SYNACK,
	 "a SYN-ACK comes and is lost"},
	{"expect-synack-retransmit", TAKES_TIMEOUT, 0, 0, 0, step_retransmit, 0,
	 "the same SYN-ACK comes again, and is received"},
	{"ack", 0, 0, 0, 0, step_send, LAB_ACK, "acknowledge what was received"},
	{"bad-ack", 0, 0, 0, 0, step_bad_ack, 0, "acknowledge what was never sent"},
	{"data", TAKES_NUMBER, 1, RAW_PAYLOAD_MAX, 0, step_send, LAB_PSH | LAB_ACK, "send N bytes"},
	{"fin", 0, 0, 0, 0, step_send, LAB_FIN | LAB_ACK, "close"},
	{"rst", 0, 0, 0, 0, step_send, LAB_RST, "reset"},
	{"wait-data", TAKES_MAYBE | TAKES_TIMEOUT, 1, 1 << 30, 1, step_wait_data, 0,
	 "receive N bytes or more, since the last wait-data [1]"},
	{"wait-ack", TAKES_TIMEOUT, 0, 0, 0, step_wait, WANT_ACK,
	 "all that was sent is acknowledged"},
	{"wait-fin", TAKES_TIMEOUT, 0, 0, 0, step_wait, WANT_FIN, "receive the FIN"},
	{"drop-fin", TAKES_TIMEOUT, 0, 0, 0, step_drop, WANT_FIN, "a FIN comes and is lost"},
	{"wait-rst", TAKES_TIMEOUT, 0, 0, 0, step_wait, WANT_RST, "receive a RST"},
	{"wait-syn", TAKES_TIMEOUT, 0, 0, 0, step_wait, WANT_SYN, "receive the SYN of k-connect"},
	{"synack", TAKES_SYN, 0, 0, 0, step_synack, 0, "answer it; after a 'syn' the opens cross"},
	{"expect-silence", TAKES_NUMBER, 0, LAB_MS_MAX, 0, step_silence, 0,
	 "nothing comes for N ms"},
	{"delay", TAKES_NUMBER, 0, LAB_MS_MAX, 0, step_delay, 0,
	 "wait N ms; what comes is kept for later steps"},
	{"wait-input", TAKES_TIMEOUT, 0, 0, 0, step_wait_input, 0, "wait for a line on stdin"},
	{"use", TAKES_NUMBER, 1, RAW_CONNS_MAX, 0, step_use, 0,
	 "go to connection N: peer port --bind-port + N - 1 [1]"},
	{"autoack", TAKES_NUMBER, 0, 1, 0, step_autoack, 0,
	 "1: acknowledge data and FIN as they come; 0: only by steps [0]"},
	{"window", TAKES_NUMBER, 0, 65535, 0, step_window, 0, "announce N from now on [65535]"},
	{"k-connect", 0, 0, 0, 0, step_k_connect, 0, "a kernel socket here connects to the peer"},
	{"k-send", TAKES_NUMBER, 1, RAW_PAYLOAD_MAX, 0, step_k_send, 0, "it sends N bytes"},
	{"k-shutdown", 0, 0, 0, 0, step_k_shutdown, 0, "it closes one half"},
	{"k-close", 0, 0, 0, 0, step_k_close, 0, "it closes"},
};

const char *lab_script_step(size_t i, char *head, size_t size)
{
	if (i >= LAB_ARRAY_SIZE(rules))
		return NULL;
	snprintf(head, size, "%s%s", rules[i].name,
		 rules[i].takes & TAKES_NUMBER	? " N"
		 : rules[i].takes & TAKES_MAYBE ? " [N]"
						: "");
	return rules[i].help;
}

void lab_script_help(FILE *out)
{
	const char *help;
	char head[48];

	fputs("\nSteps of --raw, separated by ';', ',' or newlines, '#' starts a comment; @FILE\n"
	      "reads a file:\n",
	      out);
	for (size_t i = 0; (help = lab_script_step(i, head, sizeof(head))); i++)
		arg_help_row(out, head, help, "");
	fprintf(out,
		"Steps that wait take timeout=MS [%d]; what they do not find ends the script with\n"
		"status 1. Nothing is acknowledged unless a step says so.\n"
		"\n"
		"  late final ACK     syn; wait-synack; delay 50; ack\n"
		"  lost final ACK     syn; wait-synack; expect-synack-retransmit; ack\n"
		"  lost SYN-ACK       syn; drop-synack; expect-synack-retransmit; ack\n"
		"  reset in queue     syn; wait-synack; ack; delay 100; rst\n"
		"  TIME_WAIT reused   syn; wait-synack; ack; wait-fin; fin; wait-ack; syn;\n"
		"                     wait-synack            (server --close-after 0)\n"
		"  ACK finds no room  use 1; syn; wait-synack; ack; use 2; syn; wait-synack; ack;\n"
		"                     use 3; syn; wait-synack; use 4; syn; wait-synack; use 3;\n"
		"                     ack; use 4; ack        (server --backlog 2 --never-accept)\n"
		"  opens cross        k-connect; wait-syn; syn; wait-synack; synack\n"
		"  closes cross       k-connect; wait-syn; synack; wait-ack; k-close; drop-fin;\n"
		"                     fin\n",
		WAIT_MS);
}

static int parse_word(struct step *step, const char *word, char *why, size_t why_size)
{
	const int takes = step->rule->takes;
	const char *eq = strchr(word, '=');
	size_t key = eq ? (size_t)(eq - word) : strlen(word);
	uint64_t n = 0;
	int err;

#define KEY(text) (key == sizeof(text) - 1 && !strncmp(word, text, key))
	if (takes & TAKES_TIMEOUT && eq && KEY("timeout"))
		return lab_number(eq + 1, 1, LAB_MS_MAX, &step->timeout_ms, why, why_size);
	if (takes & TAKES_SYN && !eq && (KEY("ts") || KEY("sack") || KEY("fastopen"))) {
		step->ts |= KEY("ts");
		step->sack |= KEY("sack");
		step->fastopen |= KEY("fastopen");
		return 0;
	}
	if (takes & TAKES_SYN && eq && (KEY("mss") || KEY("wscale") || KEY("len") || KEY("iss"))) {
		uint64_t max = KEY("mss")      ? 65535
			       : KEY("wscale") ? 14
			       : KEY("len")    ? RAW_PAYLOAD_MAX
					       : UINT32_MAX;

		err = lab_number(eq + 1, 0, max, &n, why, why_size);
		if (err)
			return err;
		if (KEY("mss")) {
			step->mss = (uint16_t)n;
		} else if (KEY("wscale")) {
			step->wscale = (uint8_t)(n + 1);
		} else if (KEY("len")) {
			step->len = (uint16_t)n;
		} else {
			step->iss = (uint32_t)n;
			step->has_iss = true;
		}
		return 0;
	}
#undef KEY
	if (takes & (TAKES_NUMBER | TAKES_MAYBE))
		return lab_number(word, step->rule->min, step->rule->max, &step->number, why,
				  why_size);
	snprintf(why, why_size, "'%s' takes no '%s'", step->rule->name, word);
	return -EINVAL;
}

static int parse_step(struct step *step, char *text, char *why, size_t why_size)
{
	char *save = NULL, *word = strtok_r(text, " \t\r", &save);
	int words = 0, err = 0;

	for (size_t i = 0; i < LAB_ARRAY_SIZE(rules) && !step->rule; i++)
		if (!strcmp(rules[i].name, word))
			step->rule = &rules[i];
	if (!step->rule) {
		snprintf(why, why_size, "no step is called '%s'", word);
		return -EINVAL;
	}
	step->timeout_ms = WAIT_MS;
	step->number = step->rule->def;
	step->mss = step->rule->takes & TAKES_SYN ? 1460 : 0;
	while (!err && (word = strtok_r(NULL, " \t\r", &save))) {
		words++;
		err = parse_word(step, word, why, why_size);
	}
	if (!err && step->rule->takes & TAKES_NUMBER && !words) {
		snprintf(why, why_size, "'%s' needs a number", step->rule->name);
		err = -EINVAL;
	}
	return err;
}

static int load(const char *text, char **out, char *why, size_t why_size)
{
	size_t size = SCRIPT_BYTES, n;
	char *buf;
	FILE *file;

	if (text[0] != '@') {
		*out = strdup(text);
		return *out ? 0 : -ENOMEM;
	}
	file = fopen(text + 1, "re");
	buf = calloc(1, size);
	if (!file || !buf) {
		snprintf(why, why_size, "'%s' cannot be read", text + 1);
		if (file)
			fclose(file);
		free(buf);
		return -ENOENT;
	}
	n = fread(buf, 1, size - 1, file);
	buf[n] = '\0';
	fclose(file);
	*out = buf;
	return 0;
}

int lab_script_parse(const char *text, struct lab_script **out, char *why, size_t why_size)
{
	struct lab_script *script = calloc(1, sizeof(*script));
	char *copy = NULL, *at, *save = NULL, *line, *part, *save_part;
	int err = script ? load(text, &copy, why, why_size) : -ENOMEM;

	for (at = copy; !err && (line = strtok_r(at, "\n", &save)); at = NULL) {
		line[strcspn(line, "#")] = '\0';
		for (; !err && (part = strtok_r(line, ";,", &save_part)); line = NULL) {
			struct step *step;

			part += strspn(part, " \t\r");
			if (!*part)
				continue;
			if (script->nr == STEPS_MAX) {
				snprintf(why, why_size, "more than %d steps", STEPS_MAX);
				err = -E2BIG;
				break;
			}
			step = &script->steps[script->nr++];
			snprintf(step->text, sizeof(step->text), "%.60s", part);
			err = parse_step(step, part, why, why_size);
		}
	}
	if (!err && !script->nr) {
		snprintf(why, why_size, "the script has no step");
		err = -EINVAL;
	}
	free(copy);
	if (err) {
		free(script);
		return err;
	}
	*out = script;
	return 0;
}

void lab_script_free(struct lab_script *script)
{
	free(script);
}

static int run_once(const struct lab_script *script, struct raw *raw)
{
	int err = 0;

	/* Sockets of k-connect stay open, as the peer's connections do, until the process ends. */
	memset(raw->peers, 0, sizeof(raw->peers));
	raw_set_up_peer(raw, 0);
	raw->autoack = false;
	for (int i = 0; i < script->nr && !err; i++) {
		raw->step = &script->steps[i];
		err = raw->step->rule->run(raw, raw->step);
	}
	return err;
}

int lab_script_run(const struct lab_script *script, const struct lab_peer_job *job)
{
	struct raw *raw = calloc(1, sizeof(*raw));
	uint64_t done = 0, until;
	int err = 0, ports = 1;

	if (!raw)
		return -ENOMEM;
	raw->job = job;
	for (int i = 0; i < script->nr; i++)
		if (script->steps[i].rule->run == step_use && (int)script->steps[i].number > ports)
			ports = (int)script->steps[i].number;
	if (job->first_port + job->count * (uint64_t)ports > 65536)
		err = lab_fail(job->say, 0,
			       "--raw: %" PRIu64 " runs with %d ports each, from %u,"
			       " are more than there are",
			       job->count, ports, job->first_port);
	for (; done < job->count && !err; done++) {
		if (done && job->every_ms)
			err = raw_pump(raw, lab_now_ns() + job->every_ms * NS_MS, false);
		raw->base_port = (uint16_t)(job->first_port + done * (uint64_t)ports);
		if (!err)
			err = run_once(script, raw);
	}
	if (!err && job->hold_ms) {
		lab_say(job->say, "the peer stays, silent");
		until = job->hold_ms == LAB_NEVER ? LAB_NEVER : lab_now_ns() + job->hold_ms * NS_MS;
		raw_pump(raw, until, false);
	}
	lab_say_always(job->say,
		       "tally: script run %" PRIu64 " of %" PRIu64 " times%s; segments "
		       "sent %" PRIu64 ", received %" PRIu64,
		       done, job->count, err ? ", the last failed" : "", raw->sent, raw->received);
	free(raw);
	return err;
}
