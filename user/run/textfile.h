/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * textfile.h - a file that is written anew again and again: a reader finds the one before or the
 * new one, each complete.
 *
 *	rc = textfile_open(&t, path, err, sizeof(err));		before the sandbox
 *	rc = textfile_write(t, bytes, size);
 */
#ifndef SOCKSTATE_RUN_TEXTFILE_H
#define SOCKSTATE_RUN_TEXTFILE_H

#include <stddef.h>

struct textfile;

/* Opens the directory. Returns 0, or a negative errno with one line in err. */
int textfile_open(struct textfile **out, const char *path, char *err, size_t err_size);
/* For the sandbox; NULL without a file. */
const char *textfile_directory(const struct textfile *t);
/* Writes a new file beside it and renames it. Returns 0, or a negative errno. */
int textfile_write(struct textfile *t, const char *bytes, size_t size);
/* Removes the file: what nobody keeps up to date would be read for ever. Accepts NULL. */
void textfile_free(struct textfile *t);

#endif
