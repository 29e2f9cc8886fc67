/* SPDX-License-Identifier: BSD-2-Clause */
/* errnos.h - the name of an errno, as "EMFILE"; without a name it is "errno <n>". */
#ifndef SOCKSTATE_ERRNOS_H
#define SOCKSTATE_ERRNOS_H

/* Returns a static string. For a number without a name it is overwritten by the next such call. */
const char *errno_name(int err);

#endif
