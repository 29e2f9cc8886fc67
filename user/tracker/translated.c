// SPDX-License-Identifier: BSD-2-Clause
#include "tracker/translated.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

struct endpoint {
	uint8_t addr[16];
	uint16_t port;
};

struct handshake {
	uint32_t client_isn, server_isn;
	conn_id server, client;	 /* client 0: no pair */
	struct endpoint told[2]; /* of a pair: on the lines of the server's end, of the client's */
};

struct handshakes {
	struct handshake list[TRANSLATED_MAX];
	struct event_end end; /* of the line that is being made */
};

struct handshakes *handshakes_new(void)
{
	return calloc(1, sizeof(struct handshakes));
}

static struct handshake *slot_of(const struct tracker *t, const struct conn *c)
{
	uint64_t isns = (uint64_t)c->client_isn << 32 | c->server_isn;

	return &t->handshakes->list[hash_u64(isns, 32) % TRANSLATED_MAX];
}

static bool is_of(const struct handshake *slot, const struct conn *c)
{
	return c && c->isns_known && c->client_isn == slot->client_isn &&
	       c->server_isn == slot->server_isn;
}

/* A pair keeps its place as long as both ends live. */
static bool is_taken(const struct tracker *t, const struct handshake *slot)
{
	return slot->client && is_of(slot, conn_get(t->conns, slot->server)) &&
	       is_of(slot, conn_get(t->conns, slot->client));
}

void translated_server(struct tracker *t, const struct conn *c)
{
	struct handshake *slot = slot_of(t, c);

	if (is_taken(t, slot))
		return;
	slot->client_isn = c->client_isn;
	slot->server_isn = c->server_isn;
	slot->server = conn_id_of(t->conns, c);
	slot->client = 0;
}

static struct endpoint endpoint(const uint8_t addr[16], uint16_t port)
{
	struct endpoint e = {.port = port};

	memcpy(e.addr, addr, sizeof(e.addr));
	return e;
}

static bool differ(const struct endpoint *a, const struct endpoint *b)
{
	return a->port != b->port || memcmp(a->addr, b->addr, sizeof(a->addr));
}

/* Each end is told how the other sees the server's address; if they agree, the client's. */
static bool learn_pair(struct handshake *slot, const struct conn *server, const struct conn *client)
{
	struct endpoint it = endpoint(server->laddr, server->lport),
			called = endpoint(client->raddr, client->rport),
			caller = endpoint(client->laddr, client->lport),
			seen = endpoint(server->raddr, server->rport);
	bool destination = differ(&it, &called);

	slot->told[0] = destination ? called : caller;
	slot->told[1] = destination ? it : seen;
	return destination || differ(&caller, &seen);
}

bool translated_client(struct tracker *t, struct conn *c)
{
	struct handshake *slot = slot_of(t, c);
	struct conn *server = conn_get(t->conns, slot->server);

	if (!is_of(slot, c) || slot->client || !is_of(slot, server) ||
	    server->family != c->family || !learn_pair(slot, server, c))
		return false;
	slot->client = conn_id_of(t->conns, c);
	server->flags |= CONN_TRANSLATED;
	c->flags |= CONN_TRANSLATED;
	return true;
}

void translated_line(struct tracker *t, const struct conn *c)
{
	const struct handshake *slot = conn_is(c, CONN_TRANSLATED) ? slot_of(t, c) : NULL;
	const struct endpoint *told;

	if (!slot || !slot->client || !is_of(slot, c))
		return;
	told = &slot->told[c->role == ROLE_CLIENT];
	t->handshakes->end = (struct event_end){told->addr, told->port};
	event_field(&t->lines.e, F_TRANSLATED)->end = &t->handshakes->end;
}
