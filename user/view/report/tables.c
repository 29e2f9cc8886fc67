// SPDX-License-Identifier: BSD-2-Clause
/*
 * tables.c - the tables of the page that are not about one listener: states, and what is known.
 */
#include "event/tcp.h"
#include "view/report/html.h"
#include "view/report/parts.h"
#include "view/words.h"

/* In the order of a life. */
static const unsigned int states[] = {
	TCP_STATE_SYN_SENT,  TCP_STATE_SYN_RECV,   TCP_STATE_ESTABLISHED,
	TCP_STATE_FIN_WAIT1, TCP_STATE_FIN_WAIT2,  TCP_STATE_CLOSING,
	TCP_STATE_TIME_WAIT, TCP_STATE_CLOSE_WAIT, TCP_STATE_LAST_ACK,
};

static void put_state(struct out *o, const struct histogram *h, const char *role,
		      unsigned int state)
{
	out_format(o, "<tr><td>%s</td><td>%s</td><td class=\"n\">", role, tcp_state_name(state));
	html_count(o, h->count);
	for (int i = 0; i < 3; i++) {
		out_text(o, "</td><td class=\"n\">");
		html_duration(o, i == 2 ? h->max : histogram_quantile(h, i ? 99 : 50));
	}
	out_text(o, "</td></tr>\n");
}

void part_states(struct out *o, const struct report *r)
{
	static const char *const roles[] = {[REPORT_SERVER] = "server", [REPORT_CLIENT] = "client"};
	bool any = false;

	out_text(o, "<section>\n<h2>Time in each state</h2>\n");
	for (unsigned int role = 0; role < REPORT_ROLES; role++)
		for (unsigned int i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
			const struct histogram *h = report_state(r, role, states[i]);

			if (!h)
				continue;
			if (!any)
				out_text(o, "<div class=\"wide\"><table>\n<thead><tr><th>end</th>"
					    "<th>state</th><th class=\"n\">times left</th>"
					    "<th class=\"n\">p50</th><th class=\"n\">p99</th>"
					    "<th class=\"n\">longest</th></tr></thead>\n<tbody>\n");
			any = true;
			put_state(o, h, roles[role], states[i]);
		}
	if (any)
		out_text(o, "</tbody></table></div>\n<p class=\"dim\">A state counts when a socket "
			    "leaves it: what was open at the end is not in here. Quantiles are at "
			    "most 3.2 % too high.</p>\n");
	else
		out_text(o, "<p class=\"none\">No socket left a state.</p>\n");
	out_text(o, "</section>\n");
}

static void put_losses(struct out *o, const struct report_run *run)
{
	if (!run->lost) {
		out_text(o, "<p>Nothing was lost: every fact that the kernel side saw is in the "
			    "recording.</p>\n");
		return;
	}
	out_text(o, "<p class=\"warn\">");
	html_count(o, run->lost);
	out_text(o, " facts were lost (");
	for (unsigned int i = 0, any = 0; i < FACT_LOST_PLACES; i++) {
		if (!run->lost_at[i])
			continue;
		out_format(o, "%s%s ", any++ ? ", " : "", words_of_lost(i));
		html_count(o, run->lost_at[i]);
	}
	out_text(o, "). What is counted here may be too low by as much.</p>\n");
}

void part_knowledge(struct out *o, const struct report_run *run)
{
	out_text(o, "<section>\n<h2>What is known, and what is not</h2>\n");
	put_losses(o, run);
	out_text(o,
		 "<div class=\"wide\"><table class=\"facts\">\n<thead><tr><th>fact</th><th>is</th>"
		 "<th>because</th></tr></thead>\n<tbody>\n");
	for (unsigned int i = 0; i < KNOW_COUNT; i++) {
		const struct fact_knowledge *fact = &run->facts.fact[i];

		out_format(o, "<tr><td>%s</td><td class=\"%s\">%s</td><td>", fact_meaning(i),
			   fact_is_name(fact->is),
			   fact->is == FACT_IS_ABSENT ? "not visible" : fact_is_name(fact->is));
		html_text(o, fact->why);
		out_text(o, "</td></tr>\n");
	}
	out_text(o, "</tbody></table></div>\n</section>\n");
}
