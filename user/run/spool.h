/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool.h - lines that wait in a directory, in batches, within a size. The newest batch is open and
 * takes lines; a sealed one is a file of its own, whose name says how many lines it has. The oldest
 * batch is dropped where there is no room, unless it is held.
 *
 * What is here outlives the process. A sealed batch is on the disk before it has its name, so it
 * has as many lines as the name says after a crash of the machine too; what the open one had may
 * be lost.
 *
 *	rc = spool_open(&s, directory, keep_bytes, err, sizeof(err));
 *	spool_append(s, lines, size, count);
 *	spool_seal(s);
 *	fd = spool_hold(s, &batch);		the oldest; -ENOENT: none
 *	spool_let_go(s, taken);			or spool_reject(s)
 */
#ifndef SOCKSTATE_RUN_SPOOL_H
#define SOCKSTATE_RUN_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spool;

struct spool_batch {
	/* ns since 1970 when it was sealed, or the next one that is free: not used twice. */
	uint64_t number;
	uint64_t lines, bytes;
};

/*
 * Makes the directory if it is not there, locks it, and seals what an earlier run left open.
 * Returns 0, or a negative errno with one line in err.
 */
int spool_open(struct spool **out, const char *directory, uint64_t keep_bytes, char *err,
	       size_t err_size);
void spool_free(struct spool *s); /* accepts NULL */
/*
 * So many whole lines, to the open batch. Returns 0, or a negative errno: they could not be written
 * and are counted as dropped.
 */
int spool_append(struct spool *s, const char *lines, size_t bytes, uint64_t count);
/* Lines that came and will not be here. */
void spool_count_dropped(struct spool *s, uint64_t lines);
/*
 * The open batch becomes a sealed one. Returns 0 or a negative errno: it is open still; or -ENOENT:
 * somebody has removed it, and its lines are counted as dropped.
 */
int spool_seal(struct spool *s);
/*
 * A descriptor to read the oldest sealed batch, which the caller closes; the batch is not dropped
 * until it is let go. Returns a negative errno: -ENOENT, there is none.
 */
int spool_hold(struct spool *s, struct spool_batch *batch);
/*
 * taken: it is removed. Otherwise it remains the oldest. Returns 0, or a negative errno: it could
 * not be removed. It will not be held again, but is found by the next spool_open().
 */
int spool_let_go(struct spool *s, bool taken);

/*
 * Nobody will ever take the batch that is held: it is set aside under another name, its lines are
 * counted as dropped, and it goes first where room is needed. Returns 0, or a negative errno: it is
 * held still.
 */
int spool_reject(struct spool *s);

struct spool_figures {
	uint64_t batches;	/* sealed */
	uint64_t open_bytes;	/* of the open one */
	uint64_t lines;		/* of all, with the open one */
	uint64_t dropped_lines; /* since spool_open() */
};

void spool_figures(const struct spool *s, struct spool_figures *out);

#endif
