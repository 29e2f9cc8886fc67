// SPDX-License-Identifier: BSD-2-Clause
/*
 * The tracker's stories: tests/unit/stories/NAME.story, one situation each (storybook.h tells how to read them).
 *
 *	tracker_test			all of them
 *	tracker_test --print FILE	a story as it is told now, to write a new one with, and then to read it critically
 */
#include <dirent.h>
#include <stdarg.h>

#include "storybook.h"
#include "tap.h"

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	if (!file || !text || fread(text, 1, (1 << 20) - 1, file) == 0) {
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	return text;
}

/* The first line that differs, with its number. */
static void show_difference(const char *got, const char *want)
{
	int number = 1;

	for (;;) {
		size_t g = strcspn(got, "\n"), w = strcspn(want, "\n");

		if (g != w || strncmp(got, want, g) != 0) {
			printf("# line %d\n# got:  %.*s\n# want: %.*s\n", number, (int)g, got, (int)w, want);
			return;
		}
		if (!got[g] || !want[w])
			return;
		got += g + 1;
		want += w + 1;
		number++;
	}
}

static void check_story(const char *directory, const char *name)
{
	char path[1024], *want, *got;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	want = read_file(path);
	if (!ok(want, "%s can be read", path))
		return;
	got = retell(want);
	if (!ok(!strcmp(got, want), "%s", name))
		show_difference(got, want);
	free(got);
	free(want);
}

static int is_story(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return len > 6 && !strcmp(d->d_name + len - 6, ".story");
}

int main(int argc, char **argv)
{
	char directory[512] = __FILE__;
	struct dirent **list;
	int count;

	if (argc == 3 && !strcmp(argv[1], "--print")) {
		char *story = read_file(argv[2]), *told = story ? retell(story) : NULL;

		fputs(told ? told : "cannot read it\n", stdout);
		free(told);
		free(story);
		return !told;
	}
	strcpy(strrchr(directory, '/'), "/stories");
	count = scandir(directory, &list, is_story, alphasort);
	ok(count > 30, "%s holds the stories", directory);
	for (int i = 0; i < count; i++) {
		check_story(directory, list[i]->d_name);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	return done();
}
