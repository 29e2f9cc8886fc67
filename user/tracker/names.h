/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * names.h - process names, each kept once: a connection holds a number instead of 16 bytes.
 *
 * Also keeps which name a pid had last, for facts that carry a pid alone. Bounded: when the table
 * is full a new name gets no number (id 0), and no old one is forgotten. Pure.
 */
#ifndef SOCKSTATE_NAMES_H
#define SOCKSTATE_NAMES_H

#include <stdbool.h>
#include <stdint.h>

struct names;

struct names *names_new(void);
void names_free(struct names *n);
/* comm: up to 16 bytes, of any value. Returns its id; 0: it is "", or the table is full. */
uint32_t names_id(struct names *n, const char *comm);
/* NULL for id 0. Valid as long as n is. */
const char *names_text(const struct names *n, uint32_t id);
void names_learn(struct names *n, uint32_t pid, uint32_t id);
/* The id that pid had last, 0 unknown. */
uint32_t names_of_pid(const struct names *n, uint32_t pid);
/* pid forked a process at t (ns), which shares what pid had open then. */
void names_forked(struct names *n, uint32_t pid, uint64_t t);
/* Whether it did so at t or later, as far as is known. */
bool names_forked_since(const struct names *n, uint32_t pid, uint64_t t);

#endif
