/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * describe.h - docs/fields.md from the catalogue: what stands in the code stands in the manual.
 */
#ifndef SOCKSTATE_DOCS_FIELDS_H
#define SOCKSTATE_DOCS_FIELDS_H

#include <stdio.h>

void fields_print_markdown(FILE *out);

#endif
