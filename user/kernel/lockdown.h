/* SPDX-License-Identifier: BSD-2-Clause */
/* lockdown.h - how far this kernel is locked against its own administrator. */
#ifndef SOCKSTATE_LOCKDOWN_H
#define SOCKSTATE_LOCKDOWN_H

#define LOCKDOWN_MAX 80

/* "none", "integrity" or "confidentiality"; NULL: not known. The word lies in text. */
const char *lockdown_mode(char text[LOCKDOWN_MAX]);

#endif
