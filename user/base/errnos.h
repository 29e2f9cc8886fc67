/* SPDX-License-Identifier: BSD-2-Clause */
/* errnos.h - the name of an errno, "EMFILE"; one that has no name here is "errno <n>". Pure. */
#ifndef SOCKSTATE_ERRNOS_H
#define SOCKSTATE_ERRNOS_H

/* A static string; the next call with a nameless number may overwrite it. */
const char *errno_name(int err);

#endif
