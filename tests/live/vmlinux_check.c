// SPDX-License-Identifier: BSD-2-Clause
/*
 * vmlinux_check HEADER KERNEL OBJECT... - holds the types of vmlinux/vmlinux.h against a kernel's
 * own (BTF), as TAP.
 *
 * HEADER is read for what it names and for its marks "[where it exists]"; what the types look like
 * to the compiler comes from the first OBJECT that uses it. A field that is missing or of another
 * kind fails, unless it is marked.
 */
#include <bpf/btf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_LEN 512
#define NAMES_MAX    192
#define OBJECTS_MAX  8

struct named {
	char type[64];
	bool optional;	  /* the whole type */
	char marks[1024]; /* ",field,field," that are marked */
};

static struct named named[NAMES_MAX];
static size_t named_count;
static int tests, failed;

/* ---- the header ---- */

static bool is_marked(const char *line)
{
	const char *comment = strstr(line, "/*");

	return comment && strchr(comment, '[') && strchr(comment, ']');
}

static struct named *add_named(const char *name)
{
	struct named *n;

	if (named_count == NAMES_MAX) {
		fprintf(stderr, "more than %d types\n", NAMES_MAX);
		exit(2);
	}
	n = &named[named_count++];
	snprintf(n->type, sizeof(n->type), "%s", name);
	strcpy(n->marks, ",");
	return n;
}

/* The name that a line declares: what stands before ';', ',', ' :' or '['. */
static void add_mark(struct named *n, const char *line)
{
	char copy[LINE_MAX_LEN], *name;
	size_t len = strcspn(line, ";,=");

	snprintf(copy, sizeof(copy), "%.*s", (int)len, line);
	copy[strcspn(copy, ":[")] = '\0';
	while (*copy && strchr(" \t", copy[strlen(copy) - 1]))
		copy[strlen(copy) - 1] = '\0';
	name = copy + strlen(copy);
	while (name > copy && !strchr(" \t*", name[-1]))
		name--;
	if (strlen(n->marks) + strlen(name) + 2 < sizeof(n->marks)) {
		strcat(n->marks, name);
		strcat(n->marks, ",");
	}
}

/* "struct x {", "enum x {", and "typedef struct {" ... "} x;", which starts at the margin. */
static void read_header(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[LINE_MAX_LEN], name[64];
	struct named *now = NULL;

	if (!file) {
		perror(path);
		exit(2);
	}
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "struct %63[a-zA-Z0-9_] {", name) == 1 && strchr(line, '{')) {
			now = add_named(name);
			now->optional = is_marked(line);
		} else if (sscanf(line, "enum %63[a-zA-Z0-9_] {", name) == 1 && strchr(line, '{')) {
			now = add_named(name);
			now->optional = is_marked(line);
		} else if (!strncmp(line, "typedef struct {", 16)) {
			now = add_named("");
		} else if (line[0] == '}') {
			if (now && !*now->type && sscanf(line, "} %63[a-zA-Z0-9_];", name) == 1) {
				snprintf(now->type, sizeof(now->type), "%s", name);
				now->optional = is_marked(line);
			}
			now = NULL;
		} else if (now && is_marked(line)) {
			add_mark(now, line);
		}
	}
	fclose(file);
}

static bool has_mark(const struct named *n, const char *field)
{
	char pattern[80];

	snprintf(pattern, sizeof(pattern), ",%s,", field);
	return strstr(n->marks, pattern);
}

/* ---- two BTFs ---- */

static const struct btf_type *plain(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t)))
		t = btf__type_by_id(btf, t->type);
	return t;
}

static const struct btf_type *find_type(const struct btf *btf, const char *name)
{
	static const __u32 kinds[] = {BTF_KIND_STRUCT, BTF_KIND_ENUM, BTF_KIND_TYPEDEF};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int id = btf__find_by_name_kind(btf, name, kinds[i]);

		if (id > 0)
			return plain(btf, (__u32)id);
	}
	return NULL;
}

/* Also within members that have no name. */
static const struct btf_member *find_member(const struct btf *btf, const struct btf_type *t,
					    const char *name)
{
	const struct btf_member *m = btf_members(t);

	for (int i = 0; i < btf_vlen(t); i++, m++) {
		const struct btf_type *inner = plain(btf, m->type);
		const struct btf_member *found;

		if (m->name_off && !strcmp(btf__name_by_offset(btf, m->name_off), name))
			return m;
		if (m->name_off || !inner || !btf_is_composite(inner))
			continue;
		found = find_member(btf, inner, name);
		if (found)
			return found;
	}
	return NULL;
}

static bool is_number(const struct btf_type *t)
{
	return btf_is_int(t) || btf_is_any_enum(t);
}

/* What a load at the place of the one would get from the other. */
static bool same_kind(const struct btf_type *ours, const struct btf_type *kernels)
{
	if (is_number(ours) && is_number(kernels))
		return ours->size == kernels->size;
	return btf_kind(ours) == btf_kind(kernels) ||
	       (btf_is_composite(ours) && btf_is_composite(kernels));
}

static int check_members(const struct named *n, const struct btf *ours, const struct btf_type *t,
			 const struct btf *kernel, const struct btf_type *kt, int *fields)
{
	const struct btf_member *m = btf_members(t);
	int bad = 0;

	for (int i = 0; i < btf_vlen(t); i++, m++) {
		const char *name = btf__name_by_offset(ours, m->name_off);
		const struct btf_type *type = plain(ours, m->type);
		const struct btf_member *km;

		if (!*name) {
			bad += check_members(n, ours, type, kernel, kt, fields);
			continue;
		}
		(*fields)++;
		km = find_member(kernel, kt, name);
		if (!km) {
			printf("# %s.%s is not in this kernel%s\n", n->type, name,
			       has_mark(n, name) ? ", as its mark allows" : "");
			bad += !has_mark(n, name);
		} else if (!same_kind(type, plain(kernel, km->type))) {
			printf("# %s.%s is of another kind or size in this kernel%s\n", n->type,
			       name, has_mark(n, name) ? ", as its mark allows" : "");
			bad += !has_mark(n, name);
		}
	}
	return bad;
}

static bool enum_has(const struct btf *btf, const struct btf_type *t, const char *name)
{
	for (int i = 0; i < btf_vlen(t); i++) {
		__u32 off = btf_is_enum(t) ? btf_enum(t)[i].name_off : btf_enum64(t)[i].name_off;

		if (!strcmp(btf__name_by_offset(btf, off), name))
			return true;
	}
	return false;
}

static int check_enum(const struct named *n, const struct btf *ours, const struct btf_type *t,
		      const struct btf *kernel, const struct btf_type *kt, int *fields)
{
	int bad = 0;

	for (int i = 0; i < btf_vlen(t); i++) {
		const char *name = btf__name_by_offset(ours, btf_enum(t)[i].name_off);

		(*fields)++;
		if (enum_has(kernel, kt, name))
			continue;
		printf("# %s %s is not in this kernel%s\n", n->type, name,
		       has_mark(n, name) ? ", as its mark allows" : "");
		bad += !has_mark(n, name);
	}
	return bad;
}

static void check(const struct named *n, const struct btf *ours, const struct btf *kernel)
{
	const struct btf_type *t = find_type(ours, n->type);
	const struct btf_type *kt = find_type(kernel, n->type);
	int fields = 0, bad = 0;

	if (!t) {
		printf("# no program uses %s\n", n->type);
		bad = 1;
	} else if (!kt) {
		printf("# %s is not in this kernel%s\n", n->type,
		       n->optional ? ", as its mark allows" : "");
		bad = !n->optional;
	} else if (btf_is_composite(t)) {
		bad = check_members(n, ours, t, kernel, kt, &fields);
	} else if (btf_is_enum(t)) {
		bad = check_enum(n, ours, t, kernel, kt, &fields);
	}
	printf("%sok %d - %s: %d fields\n", bad ? "not " : "", ++tests, n->type, fields);
	failed += bad != 0;
}

static struct btf *parse(const char *path)
{
	struct btf *btf = btf__parse(path, NULL);

	if (btf)
		return btf;
	fprintf(stderr, "cannot read the types of %s\n", path);
	exit(2);
}

/* The last one where none uses the type: check() says so. */
static const struct btf *that_uses(struct btf *const *objects, int count, const char *type)
{
	for (int i = 0; i < count - 1; i++) {
		const struct btf_type *t = find_type(objects[i], type);

		if (t && !btf_is_fwd(t))
			return objects[i];
	}
	return objects[count - 1];
}

int main(int argc, char **argv)
{
	struct btf *objects[OBJECTS_MAX], *kernel;
	int count = argc - 3;

	if (count < 1 || count > OBJECTS_MAX) {
		fprintf(stderr, "usage: vmlinux_check HEADER KERNEL OBJECT...\n");
		return 2;
	}
	read_header(argv[1]);
	kernel = parse(argv[2]);
	for (int i = 0; i < count; i++)
		objects[i] = parse(argv[3 + i]);
	for (size_t i = 0; i < named_count; i++)
		check(&named[i], that_uses(objects, count, named[i].type), kernel);
	printf("1..%d\n", tests);
	for (int i = 0; i < count; i++)
		btf__free(objects[i]);
	btf__free(kernel);
	return failed != 0;
}
