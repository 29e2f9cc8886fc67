// SPDX-License-Identifier: BSD-2-Clause
/*
 * Loads and attaches the object of --summary by the loader, for loader.t:
 *	loader_try OBJECT [TARGET]
 * TARGET is the kernel function or tracepoint that one program attaches to ("sk_data_ready"); its
 * last letter is changed in the object, so that no kernel has it. Prints a line for each hook of
 * the object: its name, "chosen", "refused" or "spare", and why. Then "passes" and how often the
 * object was opened. Exit status 1 and the loader's line if nothing could be loaded.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/loader.h"
#include "kernel/privilege.h"

#define OBJECT_MAX (4 << 20)

struct
try {
	char *bytes;
	size_t size;
	unsigned int passes;
	struct bpf_object *obj;
};

static int read_object(struct try *t, const char *path)
{
	FILE *in = fopen(path, "rb");

	t->bytes = malloc(OBJECT_MAX);
	if (!in || !t->bytes)
		return -1;
	t->size = fread(t->bytes, 1, OBJECT_MAX, in);
	fclose(in);
	return t->size && t->size < OBJECT_MAX ? 0 : -1;
}

/* In the names of sections, and in BTF, which names them too. Returns how many. */
static unsigned int make_unknown(struct try *t, const char *target)
{
	size_t len = strlen(target);
	unsigned int found = 0;

	for (size_t i = 1; i + len < t->size; i++) {
		char *at = t->bytes + i;

		if (at[-1] != '/' || memcmp(at, target, len) || at[len] != '\0')
			continue;
		at[len - 1] ^= 1;
		found++;
	}
	return found;
}

static int open_object(void *ctx, const struct bpf_object_open_opts *opts, struct bpf_object **obj)
{
	struct try *t = ctx;

	t->passes++;
	t->obj = bpf_object__open_mem(t->bytes, t->size, opts);
	if (!t->obj)
		return -errno;
	*obj = t->obj;
	return 0;
}

static void close_object(void *ctx)
{
	struct try *t = ctx;

	bpf_object__close(t->obj);
	t->obj = NULL;
}

static const enum hook_id tried[] = {
	HOOK_STATE,  HOOK_RETRANSMIT,  HOOK_ENQUEUE,	 HOOK_LISTENER_READY,
	HOOK_ACCEPT, HOOK_ACK_REFUSED, HOOK_ACK_DROPPED, HOOK_IO_URING,
};

static const struct loader_object object = {
	.hooks = tried,
	.hook_count = sizeof(tried) / sizeof(tried[0]),
	.without = "not tried",
	.settings_follow_choice = true,
	.open = open_object,
	.close = close_object,
};

int main(int argc, char **argv)
{
	const struct kernel_options options = {.filter = {.ipv4 = true, .ipv6 = true}};
	struct try t = {0};
	struct loader l = {0};
	char err[512] = "";
	int rc;

	if (argc < 2 || read_object(&t, argv[1])) {
		fprintf(stderr, "cannot read the object\n");
		return 2;
	}
	if (argc > 2 && !make_unknown(&t, argv[2])) {
		fprintf(stderr, "no program attaches to %s\n", argv[2]);
		return 2;
	}
	rc = privilege_check(err, sizeof(err));
	if (!rc)
		rc = loader_open(&l, &object, &t, &options, NULL, err, sizeof(err));
	if (rc)
		printf("%s\n", err);
	for (size_t i = 0; !rc && i < object.hook_count; i++) {
		enum hook_id id = tried[i];

		printf("%s %s %s\n", hook_get(id)->name,
		       l.hooks.chosen[id]    ? "chosen"
		       : l.hooks.refused[id] ? "refused"
					     : "spare",
		       l.hooks.why[id]);
	}
	printf("passes %u\n", t.passes);
	loader_close(&l);
	free(t.bytes);
	return rc ? 1 : 0;
}
