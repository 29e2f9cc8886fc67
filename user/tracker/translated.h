/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * translated.h - both ends of a connection are on this machine, and an address is translated
 * between them (NAT, a published port). Their ends do not name each other then; their initial
 * sequence numbers do, which NAT leaves as they are. (A SYN proxy changes them: no pair is found.)
 *
 * Remembers the latest TRANSLATED_MAX handshakes of servers. A pair that is not remembered any more
 * is not found; none is found wrongly but with a chance of 2^-64.
 */
#ifndef SOCKSTATE_TRANSLATED_H
#define SOCKSTATE_TRANSLATED_H

#include "tracker/impl.h"

#define TRANSLATED_MAX 1024 /* a power of two */

struct handshakes *handshakes_new(void);

/* The initial sequence numbers of c, a server's end, are known now. */
void translated_server(struct tracker *t, const struct conn *c);
/* So are those of c, a client's end without another end of its address. True: it has one. */
bool translated_client(struct tracker *t, struct conn *c);
/* Sets `translated` on the line that is being made, if c is an end of such a pair. */
void translated_line(struct tracker *t, const struct conn *c);

#endif
