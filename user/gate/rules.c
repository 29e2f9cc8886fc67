// SPDX-License-Identifier: BSD-2-Clause
#include "gate/rules.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "base/value.h"
#include "listener/verdict.h"

#define LINE_MAX_BYTES 256
#define RANK_DIGITS    3 /* behind the point: p99.999 */

static const struct {
	const char *name, *meaning;
} measures[GATE_MEASURE_COUNT] = {
#define GATE_MEASURE(id, name, meaning) [GATE_##id] = {name, meaning},
	GATE_MEASURES(GATE_MEASURE)
#undef GATE_MEASURE
};

static int __attribute__((format(printf, 3, 4)))
refuse(char *err, size_t err_size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, err_size, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

const char *gate_measure_name(enum gate_measure measure)
{
	return (unsigned int)measure < GATE_MEASURE_COUNT ? measures[measure].name : "unknown";
}

const char *gate_measure_meaning(enum gate_measure measure)
{
	return (unsigned int)measure < GATE_MEASURE_COUNT ? measures[measure].meaning : "unknown";
}

void gate_rules_init(struct gate_rules *rules)
{
	*rules = (struct gate_rules){.min_connections = 1};
}

/* Parses "p99.9=" or "max="; nothing means the maximum. Returns the rest; NULL: malformed. */
static const char *parse_rank(const char *text, uint32_t *rank)
{
	uint64_t whole, fraction;
	const char *end, *begin;
	uint32_t scale = GATE_RANK_MAX / 100;

	*rank = GATE_RANK_MAX;
	if (!strncmp(text, "max=", 4))
		return text + 4;
	if (*text != 'p')
		return text;
	if (value_digits(text + 1, &whole, &end) || whole > 99)
		return NULL;
	*rank = (uint32_t)whole * scale;
	if (*end == '.') {
		begin = end + 1;
		if (value_digits(begin, &fraction, &end) || end - begin > RANK_DIGITS)
			return NULL;
		for (; begin < end; begin++)
			*rank += (uint32_t)(*begin - '0') * (scale /= 10);
	}
	return *rank && *end == '=' ? end + 1 : NULL;
}

static int parse_time(struct gate_rule *rule, const char *value, char *err, size_t err_size)
{
	const char *time = parse_rank(value, &rule->rank);

	if (time && !value_duration(time, NS_MS, &rule->limit))
		return 0;
	return refuse(err, err_size,
		      "%s: '%.40s' is no limit: give a time for a percentile or the maximum, as in "
		      "p99=50ms or max=2s",
		      gate_measure_name(rule->measure), value);
}

static int parse_count(struct gate_rule *rule, const char *value, char *err, size_t err_size)
{
	const char *end;
	bool queue = rule->measure == GATE_QUEUE;

	if (!value_digits(value, &rule->limit, &end)) {
		rule->percent = queue && !strcmp(end, "%");
		if (!*end || (rule->percent && rule->limit <= 100))
			return 0;
	}
	return refuse(err, err_size, "%s: '%.40s' is no limit: give a number%s",
		      gate_measure_name(rule->measure), value,
		      queue ? ", or a share of what the queue can hold, as in 80%" : "");
}

static int parse_verdicts(struct gate_rule *rule, const char *value, char *err, size_t err_size)
{
	char why[80];

	if (*value && value_list_whole(value, why, sizeof(why)))
		return refuse(err, err_size, "no-verdict: %s", why);
	while (*value) {
		size_t len = strcspn(value, ",");
		unsigned int v = VERDICT_OK + 1;

		while (v < VERDICT_COUNT && (strlen(verdict_name(v)) != len ||
					     strncmp(verdict_name(v), value, len) != 0))
			v++;
		if (v == VERDICT_COUNT)
			return refuse(err, err_size,
				      "no-verdict: '%.*s' is no verdict: choose of app_slow, "
				      "app_stuck, out_of_fds, backlog_too_small, backlog_capped, "
				      "syn_flood",
				      (int)(len < 40 ? len : 40), value);
		rule->verdicts |= 1U << v;
		value += len + (value[len] == ',');
	}
	return rule->verdicts ? 0
			      : refuse(err, err_size,
				       "no-verdict: name at least one verdict, as in "
				       "app_stuck,out_of_fds");
}

static int parse_min(struct gate_rules *rules, const char *value, char *err, size_t err_size)
{
	const char *end;
	uint64_t n;

	if (value_digits(value, &n, &end) || *end)
		return refuse(err, err_size, "min-connections: '%.40s' is no number", value);
	rules->min_connections = n;
	return 0;
}

int gate_rules_add(struct gate_rules *rules, const char *name, const char *value, char *err,
		   size_t err_size)
{
	struct gate_rule rule = {0};
	int rc;

	if (!strcmp(name, "min-connections"))
		return parse_min(rules, value, err, err_size);
	while (rule.measure < GATE_MEASURE_COUNT && strcmp(name, measures[rule.measure].name) != 0)
		rule.measure++;
	switch (rule.measure) {
	case GATE_MEASURE_COUNT:
		return refuse(err, err_size,
			      "'%.40s' is no rule: see 'sockstate check --help' for the list",
			      name);
	case GATE_WAIT:
	case GATE_HANDSHAKE:
		rc = parse_time(&rule, value, err, err_size);
		break;
	case GATE_VERDICT:
		rc = parse_verdicts(&rule, value, err, err_size);
		break;
	default:
		rc = parse_count(&rule, value, err, err_size);
		break;
	}
	if (rc)
		return rc;
	if (rules->count == GATE_RULES_MAX)
		return refuse(err, err_size, "%s: at most %d rules can be given", name,
			      GATE_RULES_MAX);
	rules->rule[rules->count++] = rule;
	return 0;
}

int gate_rules_add_line(struct gate_rules *rules, const char *line, char *err, size_t err_size)
{
	char text[LINE_MAX_BYTES], *name, *value, *save = NULL;
	size_t len = strcspn(line, "#\n");

	if (len >= sizeof(text))
		return refuse(err, err_size, "the line is longer than %d characters",
			      LINE_MAX_BYTES - 1);
	memcpy(text, line, len);
	text[len] = '\0';
	name = text + strspn(text, " \t\r-");
	len = strcspn(name, " \t\r=");
	if (!len)
		return *name ? refuse(err, err_size, "'%.40s' is no rule", text) : 0;
	value = name + len;
	if (*value) {
		*value++ = '\0';
		value += strspn(value, " \t\r=");
	}
	value = strtok_r(value, " \t\r", &save);
	if (!value)
		return refuse(err, err_size, "%.40s: the value is missing", name);
	if (strtok_r(NULL, " \t\r", &save))
		return refuse(err, err_size, "%.40s: one value, and nothing behind it", name);
	return gate_rules_add(rules, name, value, err, err_size);
}

/* In the largest unit that gives a whole number, so that the text parses to the same limit. */
static void time_text(uint64_t ns, char *out, size_t size)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = {{NS_S, "s"}, {NS_MS, "ms"}, {NS_US, "us"}, {1, "ns"}};
	size_t i = 0;

	while (ns % units[i].ns)
		i++;
	snprintf(out, size, "%" PRIu64 "%s", ns / units[i].ns, units[i].name);
}

static void rank_text(uint32_t rank, char *out, size_t size)
{
	const uint32_t scale = GATE_RANK_MAX / 100;
	size_t len;

	if (rank == GATE_RANK_MAX) {
		snprintf(out, size, "max");
		return;
	}
	snprintf(out, size, "p%u.%03u", rank / scale, rank % scale);
	for (len = strlen(out); out[len - 1] == '0'; len--)
		out[len - 1] = '\0';
	if (out[len - 1] == '.')
		out[len - 1] = '\0';
}

void gate_rule_text(const struct gate_rule *rule, char *out, size_t size)
{
	char rank[16], limit[32];
	size_t len;

	switch (rule->measure) {
	case GATE_WAIT:
	case GATE_HANDSHAKE:
		rank_text(rule->rank, rank, sizeof(rank));
		time_text(rule->limit, limit, sizeof(limit));
		snprintf(out, size, "%s %s=%s", gate_measure_name(rule->measure), rank, limit);
		break;
	case GATE_VERDICT:
		snprintf(out, size, "no-verdict ");
		for (unsigned int v = 0; v < VERDICT_COUNT; v++) {
			len = strlen(out);
			if (rule->verdicts >> v & 1)
				snprintf(out + len, size - len, "%s%s",
					 rule->verdicts & ((1U << v) - 1) ? "," : "",
					 verdict_name(v));
		}
		break;
	default:
		snprintf(out, size, "%s %" PRIu64 "%s", gate_measure_name(rule->measure),
			 rule->limit, rule->percent ? "%" : "");
		break;
	}
}
