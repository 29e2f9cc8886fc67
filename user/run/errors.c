// SPDX-License-Identifier: BSD-2-Clause
#include "run/errors.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void errors_keep(struct kept_errors *s)
{
	int ends[2];

	s->saved = s->pipe = -1;
	if (!isatty(STDERR_FILENO) || pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return;
	fflush(stderr);
	s->saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (s->saved >= 0 && dup2(ends[1], STDERR_FILENO) >= 0)
		s->pipe = ends[0];
	else
		close(ends[0]);
	close(ends[1]);
}

const char *errors_latest(struct kept_errors *s)
{
	ssize_t n;

	if (s->pipe < 0)
		return "";
	if (s->len + 512 > sizeof(s->text)) { /* the latest is kept */
		memmove(s->text, s->text + ERRORS_KEPT / 2, s->len - ERRORS_KEPT / 2);
		s->len -= ERRORS_KEPT / 2;
		s->last_line = s->last_line > ERRORS_KEPT / 2 ? s->last_line - ERRORS_KEPT / 2 : 0;
	}
	n = read(s->pipe, s->text + s->len, sizeof(s->text) - 1 - s->len);
	if (n > 0) {
		s->len += (size_t)n;
		s->text[s->len] = '\0';
		s->last_line = s->len - 1;
		while (s->last_line && s->text[s->last_line - 1] != '\n')
			s->last_line--;
	}
	return s->text + s->last_line;
}

void errors_print(struct kept_errors *s)
{
	if (s->pipe < 0)
		return;
	fflush(stderr);
	errors_latest(s);
	dup2(s->saved, STDERR_FILENO);
	fwrite(s->text, 1, s->len, stderr);
	close(s->pipe);
	close(s->saved);
}
