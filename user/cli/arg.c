// SPDX-License-Identifier: BSD-2-Clause
#include "cli/arg.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "cli/arg_store.h"

/* How many options of a table may be only_one: each is remembered while a line is read. */
#define ONLY_MAX 4

/* A member that an only_one option has set, and what a person typed for it. */
struct only {
	const unsigned int *place;
	const char *choice;
};

/* A line on its way through a table. */
struct walk {
	const struct arg_table *table;
	const struct arg_line *line;
	void *options;
	int next; /* index of the word to read next */
	bool ended;
	struct only only[ONLY_MAX];
	unsigned int onlys;
	char *err;
	size_t err_size;
};

static int __attribute__((format(printf, 3, 4)))
refuse(char *err, size_t err_size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, err_size, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* ---- names ---- */

const struct arg *arg_at(const struct arg_table *table, size_t i, const struct arg_use **use)
{
	for (size_t u = 0; u < table->nr; i -= table->uses[u++].group->nr) {
		if (i >= table->uses[u].group->nr)
			continue;
		if (use)
			*use = &table->uses[u];
		return &table->uses[u].group->args[i];
	}
	return NULL;
}

const struct arg *arg_by_name(const struct arg_table *table, const char *name, size_t len,
			      const struct arg_use **use)
{
	const struct arg *arg;

	for (size_t i = 0; (arg = arg_at(table, i, use)); i++) {
		if (strlen(arg->name) == len && !memcmp(arg->name, name, len))
			break;
	}
	return arg;
}

static const struct arg *by_letter(const struct arg_table *table, char letter,
				   const struct arg_use **use)
{
	const struct arg *arg;

	for (size_t i = 0; (arg = arg_at(table, i, use)); i++) {
		if (arg->letter && arg->letter == letter)
			break;
	}
	return arg;
}

bool arg_value_optional(const struct arg *arg)
{
	return arg->value && arg->value[0] == '[';
}

/* Letters to add, drop, change or swap with their neighbour; both at most ARG_NAME_MAX long. */
static size_t edits(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t d[ARG_NAME_MAX + 1][ARG_NAME_MAX + 1];

	for (size_t i = 0; i <= a_len; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= b_len; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	}
	return d[a_len][b_len];
}

size_t arg_distance(const char *typed, size_t len, const char *name)
{
	size_t name_len = strlen(name), d;

	if (len > ARG_NAME_MAX || name_len > ARG_NAME_MAX)
		return SIZE_MAX;
	if (len >= 2 && !strncmp(name, typed, len))
		return 0;
	d = edits(typed, len, name, name_len);
	/* A third of the letters may be wrong, and one in the shortest words. */
	return d < len / 3 + 2 ? d : SIZE_MAX;
}

static const struct arg *nearest(const struct arg_table *table, const char *name, size_t len)
{
	const struct arg *arg, *best = NULL;
	size_t best_distance = SIZE_MAX;

	for (size_t i = 0; (arg = arg_at(table, i, NULL)); i++) {
		size_t d = arg_distance(name, len, arg->name);

		if (d < best_distance) {
			best_distance = d;
			best = arg;
		}
	}
	return best;
}

/* ---- what is refused ---- */

/* Room for the names of the commands that have an option; more of them are not all named. */
#define OWNERS_TEXT 96

/* Whether an option belongs to other commands. Names them if they are few. */
static int refuse_elsewhere(const struct walk *w, const char *name, size_t len)
{
	char owners[OWNERS_TEXT] = "";
	bool any = false, all = true;

	for (size_t i = 0; i < w->line->nr; i++) {
		const struct arg_table *table = w->line->tables[i];
		size_t used = strlen(owners);

		if (!arg_by_name(table, name, len, NULL))
			continue;
		/* Without a command, everything else is a command: that one is the remedy. */
		all &= strlen(table->program) > strlen(w->table->program) &&
		       (size_t)snprintf(owners + used, sizeof(owners) - used, "%s'%s'",
					any ? " or " : "", table->program) < sizeof(owners) - used;
		any = true;
	}
	if (!any)
		return 0;
	if (all)
		return refuse(w->err, w->err_size, "--%.*s: only for %s", (int)len, name, owners);
	return refuse(w->err, w->err_size, "--%.*s: not an option of '%s': see '%s --help'",
		      (int)len, name, w->table->program, w->table->program);
}

static int refuse_name(const struct walk *w, const char *name, size_t len)
{
	const struct arg *near;
	int rc = refuse_elsewhere(w, name, len);

	if (rc)
		return rc;
	near = nearest(w->table, name, len);
	if (near)
		return refuse(w->err, w->err_size, "unknown option '--%.*s': did you mean '--%s'?",
			      len > 40 ? 40 : (int)len, name, near->name);
	return refuse(w->err, w->err_size, "unknown option '--%.*s': see '%s --help'",
		      len > 40 ? 40 : (int)len, name, w->table->program);
}

static int refuse_letter(const struct walk *w, char letter)
{
	char other = (char)(letter ^ 0x20); /* the same letter, upper against lower case */
	const struct arg *arg = letter >= 'A' ? by_letter(w->table, other, NULL) : NULL;

	if (arg)
		return refuse(w->err, w->err_size,
			      "unknown option '-%c': did you mean '-%c' (--%s)?", letter, other,
			      arg->name);
	for (size_t i = 0; i < w->line->nr; i++) {
		arg = by_letter(w->line->tables[i], letter, NULL);
		if (arg)
			return refuse_elsewhere(w, arg->name, strlen(arg->name));
	}
	if (letter < ' ' || letter > '~')
		return refuse(w->err, w->err_size, "unknown option: see '%s --help'",
			      w->table->program);
	return refuse(w->err, w->err_size, "unknown option '-%c': see '%s --help'", letter,
		      w->table->program);
}

/* The option that has the word among its choices: "ladder" was meant as "-o ladder". */
static const struct arg *owner_of_choice(const struct arg_table *table, const char *word)
{
	const struct arg *arg;

	for (size_t i = 0; (arg = arg_at(table, i, NULL)); i++) {
		if (arg->kind == ARG_CHOICE && arg_choice(arg, word) >= 0)
			break;
	}
	return arg;
}

int arg_refuse_word(const struct arg_table *table, const char *word, char *err, size_t err_size)
{
	const struct arg *arg;

	if (*word >= '0' && *word <= '9' && arg_by_name(table, "port", 4, NULL))
		return refuse(err, err_size,
			      "unexpected word '%.40s': a port is given as --port %.40s", word,
			      word);
	arg = owner_of_choice(table, word);
	if (arg && arg->letter)
		return refuse(err, err_size, "unexpected word '%s': did you mean -%c %s?", word,
			      arg->letter, word);
	if (arg)
		return refuse(err, err_size, "unexpected word '%s': did you mean --%s %s?", word,
			      arg->name, word);
	if (arg_by_name(table, word, strlen(word), NULL))
		return refuse(err, err_size, "unexpected word '%s': did you mean --%s?", word,
			      word);
	return refuse(err, err_size, "unexpected word '%.40s': see '%s --help'", word,
		      table->program);
}

/* ---- the line ---- */

/* Notes what an only_one option has set; refuses a second choice that differs. */
static int check_only(struct walk *w, const struct arg *arg, const unsigned int *place)
{
	const char *choice = arg->choices[*place - (arg->kind == ARG_CHOICE ? arg->min : 0)];

	for (unsigned int i = 0; i < w->onlys; i++) {
		if (w->only[i].place != place)
			continue;
		if (strcmp(w->only[i].choice, choice))
			return refuse(w->err, w->err_size,
				      "two %s asked for, %s and %s: leave one out", arg->only_one,
				      w->only[i].choice, choice);
		return 0;
	}
	if (w->onlys < ONLY_MAX)
		w->only[w->onlys++] = (struct only){place, choice};
	return 0;
}

static int apply(struct walk *w, const struct arg *arg, const struct arg_use *use,
		 const char *value)
{
	void *group = (char *)w->options + use->off;
	struct arg_fault fault = {.text = w->err, .size = w->err_size};
	int rc;

	snprintf(fault.name, sizeof(fault.name), "--%s", arg->name);
	rc = arg_store(arg, group, value, w->line->context, &fault);
	if (!rc && arg->only_one)
		rc = check_only(w, arg, (const void *)((const char *)group + arg->off));
	w->ended |= arg->kind == ARG_END;
	return rc;
}

/* The next word as a value; NULL where the line has ended. */
static const char *next_word(struct walk *w)
{
	if (w->next == w->line->skip)
		w->next++;
	return w->next < w->line->argc ? w->line->argv[w->next++] : NULL;
}

/*
 * The value of an option that stands in a word of its own. Of a choice that may be left out, the
 * next word is the value only if it is one of the choices.
 */
static int take_value(struct walk *w, const struct arg *arg, const char *typed, const char **value)
{
	if (arg_value_optional(arg)) {
		if (arg->kind == ARG_CHOICE && w->next < w->line->argc &&
		    arg_choice(arg, w->line->argv[w->next]) >= 0)
			*value = next_word(w);
		return 0;
	}
	*value = next_word(w);
	if (*value)
		return 0;
	return refuse(w->err, w->err_size, "%s: the value is missing: give %s", typed, arg->value);
}

static int parse_long(struct walk *w, const char *name)
{
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;
	const struct arg_use *use;
	const struct arg *arg = arg_by_name(w->table, name, len, &use);
	char typed[ARG_NAME_MAX + 3];
	int rc = 0;

	if (!arg)
		return refuse_name(w, name, len);
	if (!arg->value && value)
		return refuse(w->err, w->err_size, "--%s: takes no value: remove '=%.40s'",
			      arg->name, value);
	snprintf(typed, sizeof(typed), "--%s", arg->name);
	if (arg->value && !value)
		rc = take_value(w, arg, typed, &value);
	return rc ? rc : apply(w, arg, use, value);
}

/* "-4", "-vw", "-P80", "-P 80", "-vo json" */
static int parse_letters(struct walk *w, const char *letters)
{
	int rc = 0;

	while (*letters && !rc && !w->ended) {
		const struct arg_use *use;
		const struct arg *arg = by_letter(w->table, *letters, &use);
		const char typed[] = {'-', *letters, '\0'};
		const char *value = NULL;

		if (!arg)
			return refuse_letter(w, *letters);
		letters++;
		if (arg->value && *letters) {
			value = letters;
			letters = "";
		} else if (arg->value) {
			rc = take_value(w, arg, typed, &value);
		}
		rc = rc ? rc : apply(w, arg, use, value);
	}
	return rc;
}

static int parse_word(struct walk *w, const char *word)
{
	const struct arg_table *table = w->table;
	void *group = (char *)w->options + table->operand_off;
	struct arg_fault fault = {.text = w->err, .size = w->err_size};

	if (!table->operand)
		return (w->line->refuse_word ? w->line->refuse_word
					     : arg_refuse_word)(table, word, w->err, w->err_size);
	if (table->operand->kind == ARG_REST) {
		*(char *const **)((char *)group + table->operand->off) =
			w->line->argv + w->next - 1;
		w->ended = true;
		return 0;
	}
	snprintf(fault.name, sizeof(fault.name), "%s", table->operand->value);
	return arg_store(table->operand, group, word, w->line->context, &fault);
}

static void set_defaults(const struct arg_table *table, void *options)
{
	if (table->defaults)
		memcpy(options, table->defaults, table->size);
	else
		memset(options, 0, table->size);
	for (size_t i = 0; i < table->nr; i++) {
		if (table->uses[i].group->init)
			table->uses[i].group->init((char *)options + table->uses[i].off);
	}
}

int arg_parse(const struct arg_table *table, void *options, const struct arg_line *line, char *err,
	      size_t err_size)
{
	struct walk w = {.table = table,
			 .line = line,
			 .options = options,
			 .next = 1,
			 .err = err,
			 .err_size = err_size};
	bool only_words = false;
	const char *word;
	int rc = 0;

	set_defaults(table, options);
	while (!rc && !w.ended && (word = next_word(&w))) {
		if (!only_words && !strcmp(word, "--"))
			only_words = true;
		else if (!only_words && !strncmp(word, "--", 2))
			rc = parse_long(&w, word + 2);
		else if (!only_words && word[0] == '-' && word[1])
			rc = parse_letters(&w, word + 1);
		else
			rc = parse_word(&w, word);
	}
	/* As in -- $COMMAND, where the variable is empty. */
	if (!rc && !w.ended && only_words && table->operand && table->operand->kind == ARG_REST)
		return refuse(err, err_size, "nothing follows --: give %s, or leave -- out",
			      table->operand->value);
	return rc;
}

/* Whether the option in this word, of any command, has its value in the next word. */
static bool value_follows(const struct arg_line *line, const char *word)
{
	for (size_t i = 0; i < line->nr; i++) {
		const struct arg *arg;

		if (!strncmp(word, "--", 2)) {
			arg = arg_by_name(line->tables[i], word + 2, strlen(word + 2), NULL);
			if (arg)
				return arg->value && !arg_value_optional(arg);
			continue;
		}
		for (const char *letter = word + 1; *letter; letter++) {
			arg = by_letter(line->tables[i], *letter, NULL);
			if (arg && arg->value)
				return !letter[1] && !arg_value_optional(arg);
		}
	}
	return false;
}

int arg_find_word(const struct arg_line *line)
{
	for (int i = 1; i < line->argc; i++) {
		const char *word = line->argv[i];

		if (!strcmp(word, "--"))
			return i + 1 < line->argc ? i + 1 : 0;
		if (word[0] != '-' || !word[1])
			return i;
		if (value_follows(line, word))
			i++;
	}
	return 0;
}
