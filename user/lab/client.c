// SPDX-License-Identifier: BSD-2-Clause
/* The lab's client: kernel connections, a thread each, and the door to the TUN peer. */
#include "lab/client.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define CHUNK		65536
#define STACK_BYTES	(256 * 1024)
#define SIG_THREAD_DONE SIGUSR1

struct client {
	const struct client_cfg *cfg;
	struct lab_say say;
	union lab_addr target;
	pthread_t main_thread;
	atomic_ulong active, connected, refused, timed_out, failed, sent, read;
	atomic_bool give_up;
};

struct job {
	struct client *client;
	struct lab_say say;
	uint64_t index;
};

static void pause_ms(uint64_t ms)
{
	uint64_t until = ms == LAB_NEVER ? LAB_MS_MAX * NS_S : ms * NS_MS;
	struct timespec ts;

	until += lab_now_ns();
	ts.tv_sec = (time_t)(until / NS_S);
	ts.tv_nsec = (long)(until % NS_S);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static int open_socket(const struct job *job)
{
	const struct client_cfg *cfg = job->client->cfg;
	union lab_addr own = {0};
	int fd, one = 1, family = job->client->target.sa.sa_family;
	char text[LAB_ADDR_TEXT];

	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, cfg->mptcp ? IPPROTO_MPTCP : 0);
	if (fd < 0)
		return lab_fail(&job->say, errno, "socket()");
	if (cfg->timeout_ms && cfg->timeout_ms != LAB_NEVER) {
		struct timeval tv = {
			.tv_sec = (time_t)(cfg->timeout_ms / 1000),
			.tv_usec = (suseconds_t)(cfg->timeout_ms % 1000 * 1000),
		};

		/* SO_SNDTIMEO is what limits a blocking connect(). */
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	}
	if (!cfg->bind_addr && !cfg->bind_port)
		return fd;
	if (cfg->bind_addr)
		lab_addr_parse(cfg->bind_addr, 0, &own);
	else
		own.sa.sa_family = (sa_family_t)family;
	if (cfg->bind_port)
		lab_addr_set_port(&own, (uint16_t)(cfg->bind_port + job->index));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &own.sa, lab_addr_len(&own))) {
		lab_fail(&job->say, errno, "bind(%d, %s)", fd, lab_addr_text(&own, text));
		close(fd);
		return -1;
	}
	lab_say(&job->say, "bind(%d, %s)", fd, lab_addr_text(&own, text));
	return fd;
}

static const char *payload(char buf[CHUNK])
{
	for (size_t i = 0; i < CHUNK; i++)
		buf[i] = CLIENT_HELLO[i % (sizeof(CLIENT_HELLO) - 1)];
	return buf;
}

/* A socket that connects to the port it is bound to receives its own SYN. */
static int aim_at_self(const struct job *job, int fd, union lab_addr *target)
{
	socklen_t len = sizeof(*target);

	if (!job->client->cfg->bind_port && !job->client->cfg->bind_addr) {
		lab_addr_set_port(target, 0);
		if (bind(fd, &target->sa, lab_addr_len(target)))
			return lab_fail(&job->say, errno, "bind for --simultaneous");
	}
	if (getsockname(fd, &target->sa, &len))
		return -errno;
	return 0;
}

static int do_connect(struct job *job, int fd)
{
	struct client *client = job->client;
	const struct client_cfg *cfg = client->cfg;
	union lab_addr target = client->target, own = {0};
	char from[LAB_ADDR_TEXT], to[LAB_ADDR_TEXT], name[16], buf[CHUNK];
	const char *call = cfg->fastopen ? "sendto" : "connect";
	uint64_t called_ns;
	socklen_t len = sizeof(own);
	ssize_t n;

	if (cfg->simultaneous && aim_at_self(job, fd, &target))
		return -EIO;
	lab_say(&job->say, "%s(%d, %s) called", call, fd, lab_addr_text(&target, to));
	called_ns = lab_now_ns();
	if (cfg->fastopen) {
		n = sendto(fd, payload(buf), cfg->send < CHUNK ? cfg->send : CHUNK,
			   MSG_FASTOPEN | MSG_NOSIGNAL, &target.sa, lab_addr_len(&target));
		if (n > 0)
			atomic_fetch_add(&client->sent, (unsigned long)n);
	} else {
		n = connect(fd, &target.sa, lab_addr_len(&target));
	}
	if (n < 0) {
		int err = errno;

		lab_say(&job->say, "%s(%d) = -1 %s after %.2f ms", call, fd,
			lab_errno_name(err, name), lab_ms(lab_now_ns() - called_ns));
		atomic_fetch_add(err == ECONNREFUSED ? &client->refused
				 : err == ETIMEDOUT || err == EINPROGRESS || err == EAGAIN
					 ? &client->timed_out
					 : &client->failed,
				 1);
		return -err;
	}
	called_ns = lab_now_ns() - called_ns;
	getsockname(fd, &own.sa, &len);
	lab_say(&job->say, "%s(%d) = %zd after %.2f ms  %s > %s", call, fd, n, lab_ms(called_ns),
		lab_addr_text(&own, from), lab_addr_text(&target, to));
	atomic_fetch_add(&client->connected, 1);
	return (int)n;
}

/* Returns false at the end of file or an error. */
static bool do_read(struct job *job, int fd, uint64_t *bytes)
{
	char buf[CHUNK], name[16];
	ssize_t n = recv(fd, buf, sizeof(buf), 0);

	if (n < 0)
		lab_say(&job->say, "read(%d) = -1 %s", fd, lab_errno_name(errno, name));
	else
		lab_say(&job->say, "read(%d) = %zd%s", fd, n, n ? "" : "  end of file");
	if (n <= 0)
		return false;
	*bytes += (uint64_t)n;
	atomic_fetch_add(&job->client->read, (unsigned long)n);
	return true;
}

static void do_write(struct job *job, int fd, uint64_t left)
{
	char buf[CHUNK], name[16];

	payload(buf);
	while (left) {
		ssize_t n = send(fd, buf, left < CHUNK ? left : CHUNK, MSG_NOSIGNAL);

		if (n < 0) {
			lab_say(&job->say, "write(%d) = -1 %s", fd, lab_errno_name(errno, name));
			return;
		}
		lab_say(&job->say, "write(%d) = %zd", fd, n);
		atomic_fetch_add(&job->client->sent, (unsigned long)n);
		left -= (uint64_t)n;
	}
}

static void do_close(struct job *job, int fd)
{
	static const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	uint64_t bytes = 0;

	switch (job->client->cfg->close) {
	case CLOSE_NEVER:
		pause_ms(LAB_NEVER);
		return;
	case CLOSE_SHUTDOWN:
		lab_say(&job->say, "shutdown(%d, SHUT_WR)", fd);
		shutdown(fd, SHUT_WR);
		while (do_read(job, fd, &bytes))
			;
		lab_say(&job->say, "close(%d)", fd);
		break;
	case CLOSE_RST:
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		lab_say(&job->say, "close(%d)  with SO_LINGER 0", fd);
		break;
	default:
		lab_say(&job->say, "close(%d)", fd);
	}
	close(fd);
}

static void live(struct job *job)
{
	struct client *client = job->client;
	const struct client_cfg *cfg = client->cfg;
	uint64_t bytes = 0;
	int fd, res;

	fd = open_socket(job);
	if (fd < 0) {
		atomic_fetch_add(&client->failed, 1);
		if (!cfg->keep_going)
			atomic_store(&client->give_up, true);
		return;
	}
	res = do_connect(job, fd);
	if (res < 0) {
		if (!cfg->keep_going)
			atomic_store(&client->give_up, true);
		lab_say(&job->say, "close(%d)", fd);
		close(fd);
		return;
	}
	do_write(job, fd, cfg->send - (uint64_t)res);
	while (bytes < cfg->read && do_read(job, fd, &bytes))
		;
	while (cfg->read_eof && do_read(job, fd, &bytes))
		;
	if (cfg->hold_ms)
		pause_ms(cfg->hold_ms);
	do_close(job, fd);
}

static void *job_main(void *arg)
{
	struct job *job = arg;
	struct client *client = job->client;

	live(job);
	free(job);
	atomic_fetch_sub(&client->active, 1);
	pthread_kill(client->main_thread, SIG_THREAD_DONE);
	return NULL;
}

static int start_job(struct client *client, uint64_t index)
{
	struct job *job = calloc(1, sizeof(*job));
	pthread_attr_t attr;
	pthread_t thread;
	int err;

	if (!job)
		return -ENOMEM;
	job->client = client;
	job->say = client->say;
	job->index = index;
	if (client->cfg->count > 1)
		snprintf(job->say.tag, sizeof(job->say.tag), "#%" PRIu64, index + 1);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	atomic_fetch_add(&client->active, 1);
	err = pthread_create(&thread, &attr, job_main, job);
	pthread_attr_destroy(&attr);
	if (err) {
		atomic_fetch_sub(&client->active, 1);
		free(job);
	}
	return -err;
}

/* Waits until a thread ends or the time has come. Returns true after SIGINT or SIGTERM. */
static bool wait_signal(uint64_t until_ns)
{
	uint64_t now = lab_now_ns(), wait_ns = 0;
	struct timespec ts;
	sigset_t set;
	int sig;

	if (until_ns > now)
		wait_ns = until_ns - now < NS_S ? until_ns - now : NS_S;
	ts.tv_sec = (time_t)(wait_ns / NS_S);
	ts.tv_nsec = (long)(wait_ns % NS_S);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIG_THREAD_DONE);
	sig = sigtimedwait(&set, NULL, &ts);
	return sig == SIGINT || sig == SIGTERM;
}

static int run_kernel(struct client *client)
{
	const struct client_cfg *cfg = client->cfg;
	uint64_t start = lab_now_ns(), started = 0, bad;
	uint64_t end = cfg->duration_s ? start + cfg->duration_s * NS_S : LAB_NEVER;
	bool told = false;

	client->main_thread = pthread_self();
	while (!told && lab_now_ns() < end) {
		bool more = started < cfg->count && !atomic_load(&client->give_up);
		uint64_t due = start + started * cfg->every_ms * NS_MS;

		if (!more && !atomic_load(&client->active))
			break;
		if (more && atomic_load(&client->active) < cfg->parallel) {
			if (lab_now_ns() >= due) {
				if (start_job(client, started)) {
					lab_fail(&client->say, EAGAIN, "starting a thread");
					atomic_fetch_add(&client->failed, 1);
					break;
				}
				started++;
				continue;
			}
			told = wait_signal(due < end ? due : end);
			continue;
		}
		told = wait_signal(end);
	}
	bad = atomic_load(&client->refused) + atomic_load(&client->timed_out) +
	      atomic_load(&client->failed);
	lab_say_always(&client->say,
		       "tally: %" PRIu64 " started, %lu connected, %lu refused, "
		       "%lu timed out, %lu failed, %lu left open; bytes sent %lu, read %lu",
		       started, atomic_load(&client->connected), atomic_load(&client->refused),
		       atomic_load(&client->timed_out), atomic_load(&client->failed),
		       atomic_load(&client->active), atomic_load(&client->sent),
		       atomic_load(&client->read));
	return bad && !cfg->keep_going ? LAB_EXIT_FAIL : LAB_EXIT_OK;
}

static void note_signal(int sig)
{
	(void)sig; /* its arrival ends ppoll() */
}

static int run_peer(struct client *client, const struct lab_script *script)
{
	const struct client_cfg *cfg = client->cfg;
	const struct sigaction action = {.sa_handler = note_signal};
	struct lab_tun tun;
	struct lab_peer_job job = {
		.say = &client->say,
		.tun = &tun,
		.first_port =
			(uint16_t)(cfg->bind_port ? cfg->bind_port
						  : PEER_PORT + lab_now_ns() / 1000 % PEER_PORTS),
		.count = cfg->flood ? cfg->flood : cfg->count,
		.every_ms = cfg->every_ms,
		.rate = cfg->rate,
		.hold_ms = cfg->hold_ms,
		.flood = cfg->flood,
		.rst_at_end = cfg->close == CLOSE_RST,
	};
	struct lab_seg seg;
	int err;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	err = lab_tun_open(&tun, &client->say, cfg->addr, cfg->bind_addr, (uint16_t)cfg->port,
			   cfg->any_netns);
	if (err)
		return LAB_EXIT_FAIL;
	if (script) {
		err = lab_script_run(script, &job);
	} else if (cfg->tun) {
		uint64_t until = !cfg->hold_ms || cfg->hold_ms == LAB_NEVER
					 ? LAB_NEVER
					 : lab_now_ns() + cfg->hold_ms * NS_MS;

		while (lab_tun_recv(&tun, &seg, until) > 0)
			lab_seg_say(&client->say, &seg, false);
	} else {
		err = lab_half_open(&job);
	}
	lab_tun_close(&tun);
	return err ? LAB_EXIT_FAIL : LAB_EXIT_OK;
}

int lab_client_main(int argc, char **argv)
{
	struct client_cfg cfg;
	struct client client = {.cfg = &cfg};
	struct lab_script *script = NULL;
	bool peer;
	char why[256];
	sigset_t set;
	int err;

	err = lab_parse(&lab_client_command, &cfg, argc, argv);
	if (!err && cfg.help)
		return lab_help(&lab_client_command, lab_script_help);
	peer = cfg.tun || cfg.half_open || cfg.flood || cfg.script;
	if (!err)
		err = client_check(&cfg, peer);
	if (!err && cfg.script && lab_script_parse(cfg.script, &script, why, sizeof(why)))
		err = lab_usage_error("client", "--raw: %s", why);
	if (err)
		return LAB_EXIT_USAGE;
	lab_say_init(&client.say, "client", cfg.stamps, cfg.quiet);
	if (cfg.name)
		prctl(PR_SET_NAME, cfg.name);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIG_THREAD_DONE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (peer) {
		err = run_peer(&client, script);
		lab_script_free(script);
		return err;
	}
	lab_addr_parse(cfg.addr ? cfg.addr : "127.0.0.1", (uint16_t)cfg.port, &client.target);
	return run_kernel(&client);
}
