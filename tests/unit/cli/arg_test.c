// SPDX-License-Identifier: BSD-2-Clause
/* The parser with a table of its own: what no command of sockstate uses yet is held here too. */
#include "cli/arg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

struct inner {
	unsigned int way; /* 1 + the index; 0: not given */
	uint64_t wait;
};

struct outer {
	bool help;
	struct inner inner;
	uint64_t bytes;
	char *const *rest;
	const char *word;
};

static const char *const ways[] = {"slow", "fast", NULL};

static const struct arg inner_args[] = {
	{.kind = ARG_CHOICE,
	 .name = "way",
	 .value = "[WAY]",
	 .help = "how",
	 .min = 1,
	 .choices = ways,
	 ARG_MEMBER(struct inner, way)},
	{.kind = ARG_NUMBER,
	 .letter = 't',
	 .name = "wait",
	 .value = "MS",
	 .help = "how long",
	 .max = 1000,
	 .never = "forever",
	 ARG_MEMBER(struct inner, wait)},
};

static const struct arg outer_args[] = {
	{.kind = ARG_NUMBER,
	 .name = "bytes",
	 .value = "[N]",
	 .help = "how much",
	 .max = 9,
	 ARG_MEMBER(struct outer, bytes)},
	{.kind = ARG_END, .name = "help", .help = "this", ARG_MEMBER(struct outer, help)},
};

static const struct arg_group inner_group = {.title = "Inner", ARG_ROWS(inner_args)},
			      outer_group = {.title = "Outer", ARG_ROWS(outer_args)};

static const struct arg_use uses[] = {
	ARG_USE(struct outer, inner, inner_group),
	{.group = &outer_group},
};

static const struct arg rest = {
	.kind = ARG_REST, .value = "COMMAND", ARG_MEMBER(struct outer, rest)};
static const struct arg word = {.kind = ARG_TEXT, .value = "WORD", ARG_MEMBER(struct outer, word)};

static const struct outer defaults = {.inner = {.way = 2, .wait = 7}};

static int parse(const struct arg *operand, struct outer *o, char *err, size_t err_size,
		 char *const *argv)
{
	const struct arg_table table = {.program = "demo",
					.size = sizeof(struct outer),
					.defaults = &defaults,
					ARG_USES(uses),
					.operand = operand};
	struct arg_line line = {.argv = argv};

	while (argv[line.argc])
		line.argc++;
	return arg_parse(&table, o, &line, err, err_size);
}

#define PARSE(operand, ...) \
	parse(operand, &o, err, sizeof(err), (char *[]){(char *)"demo", ##__VA_ARGS__, NULL})
#define W(text) ((char *)(text))

static void test_values(void)
{
	struct outer o;
	char err[200];

	ok(PARSE(NULL) == 0 && o.inner.way == 2 && o.inner.wait == 7, "the table's defaults");
	ok(PARSE(NULL, W("--way")) == 0 && o.inner.way == 1, "a choice left out is the first one");
	ok(PARSE(NULL, W("--way"), W("fast")) == 0 && o.inner.way == 2, "a choice behind a blank");
	ok(PARSE(NULL, W("--way=fast")) == 0 && o.inner.way == 2, "a choice behind =");
	ok(PARSE(&word, W("--way"), W("other")) == 0 && o.inner.way == 1 &&
		   !strcmp(o.word, "other"),
	   "a word that is no choice is no value");
	ok(PARSE(NULL, W("--bytes")) == 0 && o.bytes == 1, "a number left out is 1");
	ok(PARSE(NULL, W("--bytes=5")) == 0 && o.bytes == 5, "or given behind =");
	ok(PARSE(NULL, W("-tforever")) == 0 && o.inner.wait == UINT64_MAX, "a word for never");
	ok(PARSE(NULL, W("-t"), W("1001")) == -EINVAL, "too high");
	is_str(err, "--wait: '1001' is out of range: give a number from 0 to 1000, or forever",
	       "  and the word is named");
	ok(PARSE(NULL, W("--help"), W("--nonsense")) == 0 && o.help, "--help ends the parse");
}

static void test_words(void)
{
	struct outer o;
	char err[200];

	ok(PARSE(&rest, W("-t"), W("3"), W("curl"), W("-t"), W("x")) == 0 && o.inner.wait == 3 &&
		   !strcmp(o.rest[0], "curl") && !strcmp(o.rest[1], "-t") &&
		   !strcmp(o.rest[2], "x") && !o.rest[3],
	   "from the first word on, a line belongs to the program it names");
	ok(PARSE(&rest, W("--"), W("-x")) == 0 && !strcmp(o.rest[0], "-x"), "or from -- on");
	ok(PARSE(&rest) == 0 && !o.rest, "no word is no word");
	ok(PARSE(NULL, W("fast")) == -EINVAL, "a word that nobody takes");
	is_str(err, "unexpected word 'fast': did you mean --way fast?", "  and what it may mean");
	ok(PARSE(NULL, W("wait")) == -EINVAL, "an option without its dashes");
	is_str(err, "unexpected word 'wait': did you mean --wait?", "  and what it may mean");
	ok(PARSE(&word, W("")) == -EINVAL, "an empty word");
	is_str(err, "WORD: the value is empty: give WORD", "  and which");
}

static void test_distance(void)
{
	ok(arg_distance("wait", 4, "wait") == 0 && arg_distance("wa", 2, "wait") == 0,
	   "equal, and a beginning");
	ok(arg_distance("wiat", 4, "wait") == 1, "two letters swapped count once");
	ok(arg_distance("zebra", 5, "wait") == SIZE_MAX, "too far");
}

static void test_help(void)
{
	const struct arg_table table = {.program = "demo",
					.size = sizeof(struct outer),
					.defaults = &defaults,
					ARG_USES(uses)};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	arg_help(out, &table);
	fclose(out);
	is_str(text,
	       "\nInner:\n"
	       "      --way[=WAY]           how [fast]\n"
	       "  -t, --wait MS             how long [7]\n"
	       "\nOuter:\n"
	       "      --bytes[=N]           how much\n"
	       "      --help                this\n",
	       "help with the defaults");
	free(text);
}

int main(void)
{
	test_values();
	test_words();
	test_distance();
	test_help();
	return done();
}
