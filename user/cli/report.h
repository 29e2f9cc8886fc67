/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report.h - the options of `sockstate report` and `sockstate explain`, which read a recording.
 */
#ifndef SOCKSTATE_CLI_REPORT_H
#define SOCKSTATE_CLI_REPORT_H

#include "cli/groups.h"

struct opt_recording {
	const char *path; /* NULL: none was named */
};

struct report_options {
	struct opt_recording recording;
	struct opt_sockets sockets;
	struct opt_thresholds thresholds;
	struct opt_common common;
	const char *output; /* path of the page, or "-"; NULL: none was named */
	const char *title;  /* of the page, or NULL */
};

struct explain_options {
	struct opt_recording recording;
	struct opt_sockets sockets;
	struct opt_thresholds thresholds;
	struct opt_common common;
	/* The client's end; family 0: the worst connection. */
	int family; /* AF_INET or AF_INET6 */
	uint8_t addr[16];
	uint16_t port;		/* host order */
	const char *connection; /* as given, or NULL */
	bool json;
};

#endif
