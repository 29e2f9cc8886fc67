/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * settings.h - sizes of the settings that user space writes into the programs before it loads them.
 *
 * Both sides include this header: user/event/filter.h, which parses the settings, and
 * bpf/settings.bpf.h, which has room for them.
 */
#ifndef SOCKSTATE_SETTINGS_H
#define SOCKSTATE_SETTINGS_H

/* Port ranges that a filter can hold. port_wanted() of bpf/sock.bpf.h loops over them. */
#define FILTER_RANGES_MAX 32

#endif
