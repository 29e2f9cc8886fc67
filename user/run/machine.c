// SPDX-License-Identifier: BSD-2-Clause
#include "run/machine.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* One line of a file in /proc/sys/kernel/random; where there is none the text stays empty. */
static void read_uuid(const char *path, char text[UUID_TEXT])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	text[0] = '\0';
	if (fd < 0)
		return;
	n = read(fd, text, UUID_TEXT - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

void machine_read(struct machine *m)
{
	struct utsname system = {0};

	uname(&system);
	snprintf(m->host, sizeof(m->host), "%.64s", system.nodename);
	snprintf(m->kernel, sizeof(m->kernel), "%.64s", system.release);
	read_uuid("/proc/sys/kernel/random/boot_id", m->boot_id);
	read_uuid("/proc/sys/kernel/random/uuid", m->run_id);
}

static const char *known(const char *text)
{
	return *text ? text : NULL;
}

void machine_put(struct stream_meta *meta, const struct machine *m)
{
	meta->kernel = m->kernel;
	meta->host = known(m->host);
	meta->boot_id = known(m->boot_id);
	meta->run_id = known(m->run_id);
}
