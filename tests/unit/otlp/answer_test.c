// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a receiver says: in whatever form proto3's JSON allows, and whatever else it may send. And
 * lists of headers.
 */
#include <errno.h>
#include <string.h>

#include "otlp/answer.h"
#include "otlp/pairs.h"
#include "tap.h"

static const struct {
	const char *text;
	uint64_t rejected;
	const char *message;
} answers[] = {
	{"{}", 0, ""},
	{"", 0, ""},
	{"{\"partialSuccess\":{\"rejectedDataPoints\":\"5\",\"errorMessage\":\"too many\"}}", 5,
	 "too many"},
	{"{\"partialSuccess\":{\"rejectedLogRecords\":5}}", 5, ""},
	{" { \"partialSuccess\" : { \"errorMessage\" : \"careful\" } } ", 0, "careful"},
	{"{\"partialSuccess\":null}", 0, ""},
	{"{\"partialSuccess\":{\"rejectedDataPoints\":\"-5\"}}", 0, ""},
	{"{\"partialSuccess\":{\"rejectedDataPoints\":99999999999999999999999}}", UINT64_MAX, ""},
	{"{\"other\":{\"rejectedDataPoints\":\"5\"}}", 0, ""},
	{"{\"other\":[{\"a\":[1,true,{}]}],\"partialSuccess\":{\"rejectedDataPoints\":\"6\"}}", 6,
	 ""},
	{"{\"rejectedDataPoints\":\"5\"}", 0, ""},
	{"{\"partialSuccess\":{\"rejectedDataPoints\":\"5\"}", 0, ""},
	{"{\"code\":3,\"message\":\"bad \\\"data\\\"\",\"details\":[]}", 0, "bad \"data\""},
	{"<html>503</html>", 0, ""},
	{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 0, ""},
	{"\"\\", 0, ""},
	{"{\"message\":\"\033[31mred\"}", 0, "?[31mred"},
};

static void test_answers(void)
{
	struct otlp_answer a;

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		otlp_answer_read(&a, answers[i].text, strlen(answers[i].text));
		ok(a.rejected == answers[i].rejected && (!strcmp(a.message, answers[i].message) ||
							 strchr(answers[i].message, '?')),
		   "%.60s", answers[i].text);
	}
	ok(!strchr(a.message, '\033'), "no control characters: %s", a.message);
}

static void test_pairs(void)
{
	struct otlp_pairs p = {0};
	char many[400] = "";

	ok(!otlp_pairs_read(&p, "a=1, b = x%20y%2Cz ,,c=%zz%0") && p.count == 3, "three");
	is_str(p.pair[0], "a=1", "one");
	is_str(p.pair[2], "c=%zz%0", "no code stays as it is");
	ok(!strcmp(p.pair[1], "b = x y,z"), "decoded: '%s'", p.pair[1]);
	otlp_pairs_free(&p);
	ok(otlp_pairs_read(&p, "a=1,b") == -EINVAL && !p.count, "no value: none of them");
	ok(otlp_pairs_read(&p, "=1") == -EINVAL, "no key");
	ok(!otlp_pairs_read(&p, "") && !p.count, "an empty list");
	otlp_pairs_free(&p);
	for (int i = 0; i <= OTLP_PAIRS_MAX; i++)
		strcat(many, "a=b,");
	ok(otlp_pairs_read(&p, many) == -E2BIG && !p.count, "too many");
	ok(otlp_is_header("x-api-key=a b") && otlp_is_header("a="), "headers");
	ok(!otlp_is_header("a") && !otlp_is_header("=a") && !otlp_is_header("a b=c") &&
		   !otlp_is_header("a=b\r\nc: d") && !otlp_is_header("a:=b"),
	   "none, which could add others");
}

int main(void)
{
	test_answers();
	test_pairs();
	return done();
}
