/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arg.h - a parser of command lines that knows no option: tables of options are handed in.
 *
 * A group is a table of options and the struct that they fill. A command uses several groups; its
 * struct of options embeds the struct of each. --help, completions and the OPTIONS part of the
 * manual are made from the same tables. Pure: no environment, no terminal, no exit.
 *
 *	struct color { unsigned int when; };
 *	static const struct arg rows[] = {
 *		{.kind = ARG_CHOICE, .name = "color", .value = "WHEN", .choices = whens,
 *		 .help = "auto, always or never", ARG_MEMBER(struct color, when)},
 *	};
 *	const struct arg_group color_group = {.title = "What is printed", ARG_ROWS(rows)};
 */
#ifndef SOCKSTATE_CLI_ARG_H
#define SOCKSTATE_CLI_ARG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum arg_kind {
	ARG_FLAG,     /* bool: becomes true */
	ARG_END,      /* the same, and the rest of the line is not looked at: --help */
	ARG_FIXED,    /* unsigned int: becomes min; takes no value */
	ARG_CHOICE,   /* unsigned int: min + the index in choices */
	ARG_NUMBER,   /* uint64_t, min to max */
	ARG_NUMBER32, /* uint32_t, min to max */
	ARG_TIME,     /* uint64_t ns, min to max; a bare number counts in unit_ns */
	ARG_SIZE,     /* size_t bytes, min to max, a power of two */
	ARG_TEXT,     /* const char *; call() only looks at it, where there is one */
	ARG_CALL,     /* handed to call() */
	ARG_REST,     /* char *const *: for operands only, this word and all that follow it */
};

/* What a shell may offer for the value, where choices do not say. */
enum arg_complete {
	ARG_COMPLETE_NOTHING,
	ARG_COMPLETE_FILES,
	ARG_COMPLETE_NETNS,
	ARG_COMPLETE_PORTS,
	ARG_COMPLETE_HOOKS, /* with commas between them, as ports and words */
	ARG_COMPLETE_WORDS, /* of word() */
};

struct arg {
	enum arg_kind kind;
	char letter;	  /* 0: none */
	const char *name; /* without the dashes */
	const char *
		value; /* what the value is called in --help; "[X]": it may be left out; NULL: none */
	const char *help; /* a sentence without a capital letter or a full stop */
	/*
	 * What the manual says besides: sentences. NULL: nothing. Options and words in capitals are
	 * set apart by the generator.
	 */
	const char *more;
	size_t off; /* of the member in the group's struct */
	uint64_t min, max;
	uint64_t unit_ns;  /* ARG_TIME */
	const char *never; /* ARG_NUMBER: this word stands for UINT64_MAX; NULL: no word does */
	const char *const *choices; /* ends with NULL */
	/* ARG_CHOICE, ARG_FIXED: two different ones are refused as "two FORMS asked for". */
	const char *only_one;
	enum arg_complete complete;
	const char *(*word)(size_t i); /* ARG_COMPLETE_WORDS; NULL behind the last */
	/*
	 * ARG_CALL, ARG_TEXT: 0, or -EINVAL with the end of a sentence in err, which follows "--name: ".
	 * context is the caller's.
	 */
	int (*call)(void *group, const struct arg *arg, const char *value, const void *context,
		    char *err, size_t err_size);
};

#define ARG_MEMBER(type, member) .off = offsetof(type, member)

struct arg_group {
	const char *title; /* groups that follow each other with the same title share the heading */
	const char *about; /* a sentence below the heading, or NULL */
	const struct arg *args;
	size_t nr;
	void (*init)(void *group); /* sets defaults other than 0; or NULL */
};

#define ARG_ROWS(rows) .args = (rows), .nr = sizeof(rows) / sizeof((rows)[0])

/* A group in a command: off is where its struct lies in the command's. */
struct arg_use {
	const struct arg_group *group;
	size_t off;
};

#define ARG_USE(type, member, of)                             \
	{                                                     \
		.group = &(of), .off = offsetof(type, member) \
	}

struct arg_table {
	const char *program;  /* what a person types before the options: "sockstate doctor" */
	size_t size;	      /* of the command's struct of options */
	const void *defaults; /* such a struct to begin with; NULL: all 0 */
	const struct arg_use *uses;
	size_t nr;
	const struct arg *operand; /* takes each word that is no option; NULL: there are none */
	size_t operand_off;	   /* where the struct lies that operand->off counts from */
};

#define ARG_USES(list) .uses = (list), .nr = sizeof(list) / sizeof((list)[0])

/* What a person may ask a program for, by one word. */
struct command {
	const char *name;    /* the word that names it; NULL: what runs without a word */
	const char *usage;   /* what follows the name in the first lines of --help */
	const char *summary; /* a sentence without a capital letter or a full stop */
	const char *more;    /* sentences for the manual, or NULL */
	struct arg_table args;
	/* "--this and --that: why not", for options that contradict each other; NULL: they agree. */
	const char *(*contradiction)(const void *options);
};

/* A command line, and what is around the table. */
struct arg_line {
	int argc;
	char *const *argv; /* argv[0] is the program */
	int skip;	   /* index of the word that named the command; 0: none did */
	/* The tables of all commands: to say of an option that it belongs to another one. */
	const struct arg_table *const *tables;
	size_t nr;
	const void *context; /* for ARG_CALL */
	/* The sentence for a word that nobody takes: -EINVAL. NULL: arg_refuse_word(). */
	int (*refuse_word)(const struct arg_table *table, const char *word, char *err,
			   size_t err_size);
};

/*
 * Fills options, a struct of table->size bytes, which is set to the defaults and by init() first.
 * Returns 0, or -EINVAL with one line in err that names option, value and remedy.
 */
int arg_parse(const struct arg_table *table, void *options, const struct arg_line *line, char *err,
	      size_t err_size);
/* Index of the first word that is neither an option nor an option's value; 0: there is none. */
int arg_find_word(const struct arg_line *line);
/* "unexpected word 'ladder': did you mean -o ladder?", or what else it may have meant. */
int arg_refuse_word(const struct arg_table *table, const char *word, char *err, size_t err_size);

/* The options of a table in order; NULL behind the last. Their use in *use if that is not NULL. */
const struct arg *arg_at(const struct arg_table *table, size_t i, const struct arg_use **use);
/* The option of that name, or NULL; its use as above. */
const struct arg *arg_by_name(const struct arg_table *table, const char *name, size_t len,
			      const struct arg_use **use);
/* The value may be left out. */
bool arg_value_optional(const struct arg *arg);
/*
 * How far apart two words are, for "did you mean". 0: they are equal, or typed is the beginning of
 * name. SIZE_MAX: too far.
 */
size_t arg_distance(const char *typed, size_t len, const char *name);

/* ---- help ---- */

#define ARG_HELP_COLUMN 28

/* The options under their headings, with the table's defaults in brackets. */
void arg_help(FILE *out, const struct arg_table *table);
/* The default of an option as text, "" where it has none; use is the one of arg_at(). */
void arg_default(const struct arg_table *table, const struct arg_use *use, const struct arg *arg,
		 char *text, size_t size);
/* Words from a column on, wrapped below it; ends without a newline. */
void arg_wrap(FILE *out, const char *text, int column);
/* One line of a table: the name, then the text from the column on. */
void arg_help_row(FILE *out, const char *name, const char *text, const char *tail);

#endif
