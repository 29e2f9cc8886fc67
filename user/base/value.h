/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * value.h - the text of a value becomes a number. No option is named here. Pure.
 */
#ifndef SOCKSTATE_VALUE_H
#define SOCKSTATE_VALUE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The one parser of whole numbers: digits only, no sign, no blanks. *end is set behind the last
 * digit. Returns 0 or -EINVAL, as the other two.
 */
int value_digits(const char *text, uint64_t *value, const char **end);
/* "5", "1.5s", "500ms", "250us", "2m", "1h"; a bare number counts in unit_ns. */
int value_duration(const char *text, uint64_t unit_ns, uint64_t *ns);
/* "65536", "64K", "8M", "1G". */
int value_size(const char *text, uint64_t *bytes);
/*
 * Whether a list with commas has a part, and none that is empty. Returns 0, or -EINVAL with the end
 * of a sentence in err.
 */
int value_list_whole(const char *list, char *err, size_t err_size);

#endif
