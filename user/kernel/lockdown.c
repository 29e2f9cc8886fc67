// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/lockdown.h"

#include <stdio.h>
#include <string.h>

/* The word in brackets of "none [integrity] confidentiality". */
const char *lockdown_mode(char text[LOCKDOWN_MAX])
{
	FILE *file = fopen("/sys/kernel/security/lockdown", "re");
	char *word = NULL;

	if (!file)
		return NULL;
	if (fgets(text, LOCKDOWN_MAX, file))
		word = strchr(text, '[');
	fclose(file);
	if (!word)
		return NULL;
	word[1 + strcspn(word + 1, "]")] = '\0';
	return word + 1;
}
