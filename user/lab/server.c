// SPDX-License-Identifier: BSD-2-Clause
/* The lab's server: one process, or the several that share a listener. */
#include "lab/server.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

static int run_alone(const struct server_cfg *cfg, const struct lab_say *say)
{
	uint16_t port = (uint16_t)cfg->port;
	struct lab_say mine = *say;
	pid_t pid;
	int fd;

	if (listener_open(cfg, say, &port, false, &fd))
		return LAB_EXIT_FAIL;
	server_ready(cfg, port);
	if (cfg->stall[0]) {
		int rc = server_stall(cfg, say, fd);

		if (rc)
			return rc < 0 ? LAB_EXIT_FAIL : LAB_EXIT_OK;
	}
	if (cfg->exit_keep_ms == LAB_NEVER)
		return server_serve(cfg, say, fd);
	pid = fork();
	if (pid < 0) {
		lab_fail(say, errno, "fork");
		return LAB_EXIT_FAIL;
	}
	if (!pid) {
		snprintf(mine.tag, sizeof(mine.tag), "heir");
		return server_serve(cfg, &mine, fd);
	}
	lab_say(say, "process %d serves on", (int)pid);
	usleep((useconds_t)(cfg->exit_keep_ms * 1000));
	lab_say(say, "exit: the listener stays with process %d", (int)pid);
	return LAB_EXIT_OK;
}

/* Installed without SA_RESTART: that the interrupted call returns EINTR is all it is for. */
static void ignore_signal(int sig)
{
	(void)sig;
}

int lab_server_main(int argc, char **argv)
{
	const struct sigaction kick = {.sa_handler = ignore_signal};
	struct server_cfg cfg;
	struct lab_say say;
	sigset_t set;
	int err;

	err = lab_parse(&lab_server_command, &cfg, argc, argv);
	if (!err && cfg.help)
		return lab_help(&lab_server_command, NULL);
	if (!err)
		err = server_check(&cfg);
	if (err)
		return LAB_EXIT_USAGE;
	lab_say_init(&say, "server", cfg.stamps, cfg.quiet);
	if (cfg.name)
		prctl(PR_SET_NAME, cfg.name);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SERVER_SIG_KICK);
	sigaddset(&set, SERVER_SIG_DONE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigaction(SERVER_SIG_KICK, &kick, NULL);
	if (cfg.workers > 1)
		return server_run_workers(&cfg, &say);
	if (cfg.pass_listener)
		return server_run_passed(&cfg, &say);
	return run_alone(&cfg, &say);
}
