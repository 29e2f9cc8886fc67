// SPDX-License-Identifier: BSD-2-Clause
#include "cli/arg_store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/units.h"
#include "base/value.h"

int arg_fault(const struct arg_fault *fault, const char *fmt, ...)
{
	int used = snprintf(fault->text, fault->size, "%s: ", fault->name);
	va_list ap;

	if (used >= 0 && (size_t)used < fault->size) {
		va_start(ap, fmt);
		vsnprintf(fault->text + used, fault->size - (size_t)used, fmt, ap);
		va_end(ap);
	}
	return -EINVAL;
}

int arg_choice(const struct arg *arg, const char *value)
{
	for (int i = 0; arg->choices && arg->choices[i]; i++) {
		if (!strcmp(arg->choices[i], value))
			return i;
	}
	return -1;
}

static int store_choice(const struct arg *arg, const char *value, unsigned int *out,
			const struct arg_fault *fault)
{
	int index = value ? arg_choice(arg, value) : 0;
	char list[120] = "";

	if (index >= 0) {
		*out = (unsigned int)arg->min + (unsigned int)index;
		return 0;
	}
	for (unsigned int i = 0; arg->choices[i]; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
			 i == 0		       ? ""
			 : arg->choices[i + 1] ? ", "
					       : " or ",
			 arg->choices[i]);
	return arg_fault(fault, "'%.40s' is unknown: choose %s", value, list);
}

static int store_time(const struct arg *arg, const char *value, uint64_t *out,
		      const struct arg_fault *fault)
{
	char least[24];
	uint64_t ns;

	if (arg->min < NS_MS)
		snprintf(least, sizeof(least), "%" PRIu64 "ns", arg->min);
	else if (arg->min < NS_S)
		snprintf(least, sizeof(least), "%" PRIu64 "ms", arg->min / NS_MS);
	else
		snprintf(least, sizeof(least), "%" PRIu64 "s", arg->min / NS_S);
	if (value_duration(value, arg->unit_ns, &ns))
		return arg_fault(fault, "'%.40s' is not a time: give %s", value,
				 arg->unit_ns == NS_MS ? "milliseconds, or a unit as in 250us or 2s"
						       : "seconds, or a unit as in 500ms or 1m");
	if (ns < arg->min)
		return arg_fault(fault, "'%.40s' is too short: give at least %s", value, least);
	if (ns > arg->max)
		return arg_fault(fault, "'%.40s' is too long: give at most %" PRIu64 "h", value,
				 arg->max / (3600 * NS_S));
	*out = ns;
	return 0;
}

static int store_size(const struct arg *arg, const char *value, size_t *out,
		      const struct arg_fault *fault)
{
	uint64_t bytes;

	if (value_size(value, &bytes))
		return arg_fault(fault,
				 "'%.40s' is not a size: give bytes, or a unit as in 64K or 8M",
				 value);
	if (bytes < arg->min || bytes > arg->max)
		return arg_fault(fault, "'%.40s' is out of range: give 4K to 1G", value);
	if (bytes & (bytes - 1))
		return arg_fault(fault,
				 "'%.40s' is not a power of two: give for example 1M, 2M, 4M or 8M",
				 value);
	*out = (size_t)bytes;
	return 0;
}

static int store_number(const struct arg *arg, const char *value, uint64_t *out,
			const struct arg_fault *fault)
{
	uint64_t number = 1;
	const char *end = "";

	if (value && arg->never && !strcmp(value, arg->never)) {
		*out = UINT64_MAX;
		return 0;
	}
	if (!value || (!value_digits(value, &number, &end) && !*end && number >= arg->min &&
		       number <= arg->max)) {
		*out = number;
		return 0;
	}
	if (arg->max == UINT64_MAX)
		return arg_fault(fault, "'%.40s' is not a count: give a number from %" PRIu64,
				 value, arg->min);
	return arg_fault(
		fault, "'%.40s' is out of range: give a number from %" PRIu64 " to %" PRIu64 "%s%s",
		value, arg->min, arg->max, arg->never ? ", or " : "", arg->never ? arg->never : "");
}

static int store_call(const struct arg *arg, void *group, const char *value, const void *context,
		      const struct arg_fault *fault)
{
	char why[256] = "";

	if (!arg->call(group, arg, value, context, why, sizeof(why)))
		return 0;
	return arg_fault(fault, "%s", why);
}

static int store_text(const struct arg *arg, void *group, const char *value, const void *context,
		      const struct arg_fault *fault)
{
	if (!*value)
		return arg_fault(fault, "the value is empty: give %s", arg->value);
	if (arg->call && store_call(arg, group, value, context, fault))
		return -EINVAL;
	*(const char **)((char *)group + arg->off) = value;
	return 0;
}

int arg_store(const struct arg *arg, void *group, const char *value, const void *context,
	      const struct arg_fault *fault)
{
	void *place = (char *)group + arg->off;
	uint64_t number = 0;
	int rc;

	switch (arg->kind) {
	case ARG_FLAG:
	case ARG_END:
		*(bool *)place = true;
		return 0;
	case ARG_FIXED:
		*(unsigned int *)place = (unsigned int)arg->min;
		return 0;
	case ARG_CHOICE:
		return store_choice(arg, value, place, fault);
	case ARG_NUMBER:
		return store_number(arg, value, place, fault);
	case ARG_NUMBER32:
		rc = store_number(arg, value, &number, fault);
		if (!rc)
			*(uint32_t *)place = (uint32_t)number;
		return rc;
	case ARG_TIME:
		return store_time(arg, value, place, fault);
	case ARG_SIZE:
		return store_size(arg, value, place, fault);
	case ARG_TEXT:
		return store_text(arg, group, value, context, fault);
	case ARG_CALL:
		return store_call(arg, group, value, context, fault);
	case ARG_REST:
		break;
	}
	return 0;
}
