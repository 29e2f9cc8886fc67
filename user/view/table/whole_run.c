// SPDX-License-Identifier: BSD-2-Clause
/*
 * whole_run.c - what the table prints of the whole run: at its head what is traced, at its end what
 * was seen, with the times of each listener.
 */
#include "event/filter.h"
#include "event/owner.h"
#include "event/totals.h"
#include "view/table/cells.h"
#include "view/table/table.h"
#include "view/totals.h"

static char *put_ports(char *p, const char *name, const struct port_range *ports,
		       unsigned int count)
{
	if (count)
		p = stpcpy(p, name);
	for (unsigned int i = 0; i < count; i++) {
		if (i)
			*p++ = ',';
		p = text_u64(p, ports[i].first);
		if (ports[i].last != ports[i].first) {
			*p++ = '-';
			p = text_u64(p, ports[i].last);
		}
	}
	return p;
}

static char *put_nets(char *p, const char *name, const struct net_prefix *nets, unsigned int count)
{
	char text[NET_PREFIX_MAX];

	if (count)
		p = stpcpy(p, name);
	for (unsigned int i = 0; i < count; i++) {
		net_prefix_text(text, &nets[i]);
		p = stpcpy(stpcpy(p, i ? "," : ""), text);
	}
	return p;
}

#define OWNER_COLUMNS 40 /* of a name or a cgroup */
#define OWNER_ROOM    (4 * OWNER_COLUMNS)

static char *put_owners(char *p, const struct owner_filter *f, bool utf8)
{
	for (unsigned int i = 0; i < f->pid_count; i++)
		p = text_u64(stpcpy(p, i ? "," : ", pid "), f->pids[i]);
	for (unsigned int i = 0; i < f->comm_count; i++) {
		p = stpcpy(p, i ? "," : ", comm ");
		text_clean(p, OWNER_ROOM, f->comms[i], OWNER_COLUMNS, utf8);
		p += strlen(p);
	}
	if (f->cgroup) {
		p = stpcpy(p, ", cgroup ");
		text_clean(p, OWNER_ROOM, f->cgroup, OWNER_COLUMNS, utf8);
		p += strlen(p);
	}
	return p;
}

/* The longest line has all that a filter holds: ranges of ports, nets and owners. */
#define TRACED_MAX                                                                         \
	(192 + (FILTER_RANGES_MAX + 2 * FILTER_SIDE_RANGES_MAX) * 12 +                     \
	 2 * FILTER_NETS_MAX * NET_PREFIX_MAX + OWNERS_MAX * (TEXT_U64_MAX + OWNER_ROOM) + \
	 OWNER_ROOM)

static void put_traced(struct line *l, const struct event *e)
{
	const struct table *t = l->t;
	const struct filter *f = event_has(e, F_FILTER) ? e->v[F_FILTER].filter : NULL;
	const char *version = event_text(e, F_VERSION), *kernel = event_text(e, F_KERNEL);
	char text[TRACED_MAX], *p = text;

	p = stpcpy(p, "sockstate");
	if (version) {
		*p++ = ' ';
		text_clean(p, 32, version, 24, t->base.options.utf8);
		p += strlen(p);
	}
	if (kernel) {
		p = stpcpy(stpcpy(p, table_dot(t)), "Linux ");
		text_clean(p, 72, kernel, 40, t->base.options.utf8);
		p += strlen(p);
	}
	if (f) {
		p = stpcpy(p, table_dot(t));
		if (!f->port_ranges && !f->lport_ranges && !f->rport_ranges)
			p = stpcpy(p, "every port");
		p = put_ports(p, "port ", f->ports, f->port_ranges);
		p = put_ports(p, f->port_ranges ? ", local port " : "local port ", f->lports,
			      f->lport_ranges);
		p = put_ports(p,
			      f->port_ranges || f->lport_ranges ? ", remote port " : "remote port ",
			      f->rports, f->rport_ranges);
		p = put_nets(p, ", local address ", f->laddr, f->laddrs);
		p = put_nets(p, ", host ", f->host, f->hosts);
		if (f->side != SIDE_BOTH)
			p = stpcpy(p, f->side == SIDE_SERVER ? ", server side" : ", client side");
		if (f->ipv4 != f->ipv6)
			p = stpcpy(p, f->ipv4 ? ", IPv4" : ", IPv6");
		if (f->owner)
			p = put_owners(p, f->owner, t->base.options.utf8);
	}
	*p = '\0';
	table_put_words(l, text, 0);
	table_end_row(l);
}

void table_head(struct line *l, const struct event *e)
{
	put_traced(l, e);
}

static void put_number_right(struct line *l, uint64_t v, unsigned int until)
{
	char number[TEXT_U64_MAX];
	unsigned int n = (unsigned int)(text_u64(number, v) - number);

	table_pad_to(l, until > n ? until - n : 0);
	table_put(l, number, n, n);
}

static void put_quantiles(struct line *l, const char *label, const struct quantiles *q)
{
	const uint64_t v[4] = {q->p50, q->p90, q->p99, q->max};

	table_pad_to(l, 39);
	table_put(l, label, strlen(label), (unsigned int)strlen(label));
	table_pad_to(l, 49);
	for (int i = 0; i < (q->count == 1 ? 1 : 4); i++) {
		if (l->end - l->p < 32)
			return;
		if (i)
			table_put(l, " ", 1, 1);
		l->p = text_duration_right(l->p, v[i], TEXT_DURATION_COLUMNS,
					   l->t->base.options.utf8);
		l->col += TEXT_DURATION_COLUMNS;
	}
	if (q->count == 1) /* one value has no percentiles */
		table_put(l, " n=1", 4, 4);
}

/* Who owns it at the end; the lines before may have named an earlier one. */
static const char *owner_of_row(struct table *t, const struct listener_summary *s,
				const struct table_listener *known)
{
	if (s->pid || s->comm)
		return table_owner(t, s->comm, s->pid ? s->pid : TABLE_NO_PID)->text;
	return known ? known->owner : "";
}

/*
 * The row of a listener, with its owner below the address: only who owns it tells it from others
 * with the same address and port.
 */
static void listener_row(struct line *l, const struct listener_summary *s)
{
	const struct table_listener *known = table_listener(l->t, s->cookie);
	const char *owner = owner_of_row(l->t, s, known);
	bool two_rows = s->handshake.count && s->accept_wait.count;
	char text[TEXT_END_MAX];
	size_t n = text_end_in(text, s->family, s->addr, s->port,
			       s->ifname ? s->ifname
			       : known	 ? known->zone
					 : NULL);

	table_put_end(l, text, n, PEER_COLUMNS);
	put_number_right(l, s->accepted, 29);
	put_number_right(l, s->drops, 37);
	if (s->handshake.count)
		put_quantiles(l, "handshake", &s->handshake);
	if (two_rows || *owner) {
		table_end_row(l);
		if (*owner) {
			table_put(l, "  ", 2, 2);
			table_put(l, owner, strlen(owner), text_columns(owner));
		}
	}
	if (s->accept_wait.count)
		put_quantiles(l, "wait", &s->accept_wait);
	table_end_row(l);
	if (l->t->several && s->netns) { /* containers listen on equal addresses and ports */
		n = (size_t)(text_u64(stpcpy(text, "  netns "), s->netns) - text);
		table_put(l, text, n, (unsigned int)n);
		table_end_row(l);
	}
}

static void put_total(struct line *l, const char *color, const char *text)
{
	table_color_on(l, color);
	table_put_words(l, text, 0);
	table_color_off(l, color);
	table_end_row(l);
}

void table_summary(struct line *l, const struct event *e)
{
	struct table *t = l->t;
	const struct listener_summaries *all =
		event_has(e, F_LISTENERS) ? e->v[F_LISTENERS].listeners : NULL;
	char text[TOTALS_MAX];

	table_end_row(l);
	totals_counts(text, e, t->base.options.utf8);
	put_total(l, PLAIN, text);
	if (totals_refused(text, e, t->base.options.utf8))
		put_total(l, RED, text);
	if (totals_stuck(text, e, t->base.options.utf8))
		put_total(l, YELLOW, text);
	if (totals_lost(text, e))
		put_total(l, LOUD, text);
	if (!all || !all->count)
		return;
	table_color_on(l, DIM);
	table_put(l, "LISTENER             ACCEPTED REFUSED", 37, 37);
	table_pad_to(l, 49);
	table_put(l, "    p50     p90     p99     max", 31, 31);
	table_color_off(l, DIM);
	table_end_row(l);
	for (size_t i = 0; i < all->count; i++) {
		/* Room for each on its own: there may be many. */
		out_advance(&t->base.out, l->p);
		if (!table_begin_line(l))
			return;
		listener_row(l, &all->list[i]);
	}
}
