// SPDX-License-Identifier: BSD-2-Clause
#include "base/value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define NS_US UINT64_C(1000)

int value_digits(const char *text, uint64_t *value, const char **end)
{
	uint64_t sum = 0;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	for (; *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(sum, (uint64_t)10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(*text - '0'), &sum))
			return -EINVAL;
	}
	*value = sum;
	*end = text;
	return 0;
}

int value_duration(const char *text, uint64_t unit_ns, uint64_t *ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {{"ns", 1},	  {"us", NS_US},    {"ms", NS_MS},
		     {"s", NS_S}, {"m", 60 * NS_S}, {"h", 3600 * NS_S}};
	uint64_t whole, sum, fraction = 0, scale = 1;
	const char *p;

	if (value_digits(text, &whole, &p))
		return -EINVAL;
	if (*p == '.') {
		if (p[1] < '0' || p[1] > '9')
			return -EINVAL;
		for (p++; *p >= '0' && *p <= '9'; p++) {
			/* The tenth digit after the point is below every clock here. */
			if (scale < NS_S) {
				fraction = fraction * 10 + (uint64_t)(*p - '0');
				scale *= 10;
			}
		}
	}
	if (*p) {
		unit_ns = 0;
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
			if (!strcmp(p, units[i].name))
				unit_ns = units[i].ns;
		}
		if (!unit_ns)
			return -EINVAL;
	}
	if (__builtin_mul_overflow(whole, unit_ns, &sum) ||
	    __builtin_add_overflow(sum, (uint64_t)((unsigned __int128)fraction * unit_ns / scale),
				   &sum))
		return -EINVAL;
	*ns = sum;
	return 0;
}

int value_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "KMG";
	uint64_t value;
	const char *p;

	if (value_digits(text, &value, &p))
		return -EINVAL;
	if (*p) {
		const char *unit = strchr(units, *p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);

		if (!unit || p[1] ||
		    __builtin_mul_overflow(value, UINT64_C(1) << (10 * (unit - units + 1)), &value))
			return -EINVAL;
	}
	*bytes = value;
	return 0;
}

int value_list_whole(const char *list, char *err, size_t err_size)
{
	size_t n = strlen(list);

	if (n && *list != ',' && list[n - 1] != ',' && !strstr(list, ",,"))
		return 0;
	if (n)
		snprintf(err, err_size,
			 "the list '%.40s' has an empty part: remove the extra comma", list);
	else
		snprintf(err, err_size, "the list is empty");
	return -EINVAL;
}
