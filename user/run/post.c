// SPDX-License-Identifier: BSD-2-Clause
#include "run/post.h"

#include <errno.h>
#include <stdio.h>

#ifndef HAVE_LIBCURL

int post_open(struct post **out, const struct post_options *options, char *err, size_t err_size)
{
	(void)out, (void)options;
	snprintf(err, err_size, "this sockstate was built without libcurl and cannot send OTLP");
	return -ENOSYS;
}

void post_free(struct post *p)
{
	(void)p;
}

int post_begin(struct post *p, enum otlp_signal signal, const char *bytes, size_t size)
{
	(void)p, (void)signal, (void)bytes, (void)size;
	return -EIO;
}

void post_wait(struct post *p, int fd, int timeout_ms)
{
	(void)p, (void)fd, (void)timeout_ms;
}

bool post_done(struct post *p, struct post_result *result)
{
	(void)p, (void)result;
	return false;
}

#else

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "otlp/answer.h"
#include "otlp/url.h"
#include "run/library.h"

/* As OTEL_EXPORTER_OTLP_TIMEOUT has it where nobody sets it. */
#define TIMEOUT_MS	   10000L
#define CONNECT_TIMEOUT_MS 5000L
/* Of an answer, of which little is read; a longer one is none. */
#define ANSWER_MAX	   (64u << 10)
/* Far from any receiver's URL. */
#define URL_MAX		   2048

/* easy_init is curl_easy_init(), and so on. */
#define CALLS(CALL)               \
	CALL(global_init)         \
	CALL(easy_init)           \
	CALL(easy_setopt)         \
	CALL(easy_getinfo)        \
	CALL(easy_strerror)       \
	CALL(easy_cleanup)        \
	CALL(multi_init)          \
	CALL(multi_add_handle)    \
	CALL(multi_remove_handle) \
	CALL(multi_perform)       \
	CALL(multi_poll)          \
	CALL(multi_info_read)     \
	CALL(multi_cleanup)       \
	CALL(slist_append)        \
	CALL(slist_free_all)      \
	CALL(url)                 \
	CALL(url_set)             \
	CALL(url_cleanup)

struct calls {
#define CALL(name) __typeof__(curl_##name) *name;
	CALLS(CALL)
#undef CALL
};

struct transfer {
	CURL *easy;
	char *answer;
	size_t size;
	bool too_long;
	char error[CURL_ERROR_SIZE];
};

struct post {
	struct calls call;
	CURLM *multi;
	struct curl_slist *headers;
	struct transfer of[OTLP_SIGNAL_COUNT];
};

static size_t on_answer(char *bytes, size_t one, size_t size, void *ctx)
{
	struct transfer *t = ctx;

	(void)one; /* is 1 */
	if (t->size + size > ANSWER_MAX) {
		t->too_long = true;
		return 0;
	}
	memcpy(t->answer + t->size, bytes, size);
	t->size += size;
	return size;
}

/* Whatever the URL says, nothing but HTTP: another protocol could read files. */
static CURLcode only_http(const struct post *p, CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	return p->call.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	return p->call.easy_setopt(easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

static int set_options(struct post *p, struct transfer *t, const struct post_options *options,
		       const char *url)
{
	CURLcode rc = only_http(p, t->easy);

	rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_URL, url);
	rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_POST, 1L);
	rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_HTTPHEADER, p->headers);
	rc = rc ? rc
		: p->call.easy_setopt(t->easy, CURLOPT_USERAGENT, "sockstate/" SOCKSTATE_VERSION);
	rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
	rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
	rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_answer);
	rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
	rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_PRIVATE, t);
	if (options->certificates)
		rc = rc ? rc : p->call.easy_setopt(t->easy, CURLOPT_CAINFO, options->certificates);
	return rc ? -EINVAL : 0;
}

static int add_header(struct post *p, const char *text)
{
	struct curl_slist *longer = p->call.slist_append(p->headers, text);

	if (!longer)
		return -ENOMEM;
	p->headers = longer;
	return 0;
}

static int make_headers(struct post *p, const struct otlp_pairs *headers)
{
	int rc = add_header(p, "Content-Type: application/json");

	if (!rc)
		rc = add_header(p, "Expect:"); /* does not wait for 100 Continue */
	for (size_t i = 0; !rc && headers && i < headers->count; i++) {
		const char *equals = strchr(headers->pair[i], '=');
		char *text;

		if (!equals)
			continue;
		/* A header without a value ends with a semicolon: curl leaves it out otherwise. */
		if (asprintf(&text, equals[1] ? "%.*s: %s" : "%.*s;%s",
			     (int)(equals - headers->pair[i]), headers->pair[i], equals + 1) < 0)
			return -ENOMEM;
		rc = add_header(p, text);
		free(text);
	}
	return rc;
}

static int open_transfer(struct post *p, enum otlp_signal signal,
			 const struct post_options *options)
{
	struct transfer *t = &p->of[signal];
	size_t n = strlen(options->url);
	char url[URL_MAX];

	t->easy = p->call.easy_init();
	t->answer = malloc(ANSWER_MAX);
	if (!t->easy || !t->answer)
		return -ENOMEM;
	for (; n && options->url[n - 1] == '/'; n--)
		;
	if (snprintf(url, sizeof(url), "%.*s/v1/%s", (int)n, options->url,
		     otlp_signal_name(signal)) >= (int)sizeof(url))
		return -ENAMETOOLONG;
	return set_options(p, t, options, url);
}

static int check_url(const struct post *p, const char *url, char *err, size_t err_size)
{
	CURLU *parts = p->call.url();
	CURLUcode rc = parts ? p->call.url_set(parts, CURLUPART_URL, url, 0) : CURLUE_OUT_OF_MEMORY;

	p->call.url_cleanup(parts);
	if (!rc && otlp_is_url(url))
		return 0;
	snprintf(err, err_size, "--otlp: '%.200s' is no URL: give http://HOST:4318 or https://HOST",
		 url);
	return -EINVAL;
}

static int load(struct post *p, char *err, size_t err_size)
{
	/* as OpenSSL's and gnutls' are called */
	static const char *const files[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
#define CALL(name) LIBRARY_CALL("curl_", struct calls, name)
	static const struct library_call calls[] = {CALLS(CALL)};
#undef CALL
	int rc = library_load(&p->call, files, sizeof(files) / sizeof(files[0]), calls,
			      sizeof(calls) / sizeof(calls[0]));

	if (rc)
		snprintf(err, err_size, "--otlp: libcurl is needed to send (libcurl.so.4: %s)",
			 rc == -ENOSYS ? "too old" : "not found");
	return rc;
}

static int open_parts(struct post *p, const struct post_options *options)
{
	int rc;

	if (p->call.global_init(CURL_GLOBAL_DEFAULT) || !(p->multi = p->call.multi_init()))
		return -ENOMEM;
	rc = make_headers(p, options->headers);
	for (unsigned int s = 0; !rc && s < OTLP_SIGNAL_COUNT; s++)
		rc = open_transfer(p, s, options);
	return rc;
}

int post_open(struct post **out, const struct post_options *options, char *err, size_t err_size)
{
	struct post *p = calloc(1, sizeof(*p));
	int rc;

	if (!p) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	rc = load(p, err, err_size);
	if (!rc)
		rc = check_url(p, options->url, err, err_size);
	if (rc) {
		free(p);
		return rc;
	}
	rc = open_parts(p, options);
	if (rc) {
		snprintf(err, err_size, "--otlp: cannot prepare to send: %s", strerror(-rc));
		post_free(p);
		return rc;
	}
	*out = p;
	return 0;
}

void post_free(struct post *p)
{
	if (!p)
		return;
	for (unsigned int s = 0; s < OTLP_SIGNAL_COUNT; s++) {
		if (p->multi && p->of[s].easy)
			p->call.multi_remove_handle(p->multi, p->of[s].easy);
		p->call.easy_cleanup(p->of[s].easy);
		free(p->of[s].answer);
	}
	p->call.multi_cleanup(p->multi);
	p->call.slist_free_all(p->headers);
	free(p);
}

int post_begin(struct post *p, enum otlp_signal signal, const char *bytes, size_t size)
{
	struct transfer *t = &p->of[signal];

	t->size = 0;
	t->too_long = false;
	t->error[0] = '\0';
	if (p->call.easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size) ||
	    p->call.easy_setopt(t->easy, CURLOPT_POSTFIELDS, bytes) ||
	    p->call.multi_add_handle(p->multi, t->easy))
		return -EIO;
	return 0;
}

void post_wait(struct post *p, int fd, int timeout_ms)
{
	struct curl_waitfd more = {.fd = fd, .events = CURL_WAIT_POLLIN};
	int running;

	p->call.multi_perform(p->multi, &running);
	p->call.multi_poll(p->multi, fd >= 0 ? &more : NULL, fd >= 0, timeout_ms, NULL);
	p->call.multi_perform(p->multi, &running);
}

static void describe(const struct post *p, struct post_result *r, const struct transfer *t,
		     CURLcode code)
{
	struct otlp_answer said;

	if (code && !t->too_long) {
		snprintf(r->why, sizeof(r->why), "%s",
			 t->error[0] ? t->error : p->call.easy_strerror(code));
		return;
	}
	if (t->too_long) {
		snprintf(r->why, sizeof(r->why), "its answer is longer than %u bytes", ANSWER_MAX);
		return;
	}
	otlp_answer_read(&said, t->answer, t->size);
	if (r->answer.status / 100 == 2) {
		r->answer.rejected = said.rejected;
		snprintf(r->why, sizeof(r->why), "%s", said.message);
	} else {
		snprintf(r->why, sizeof(r->why), "HTTP status %u%s%s", r->answer.status,
			 said.message[0] ? ": " : "", said.message);
	}
}

bool post_done(struct post *p, struct post_result *r)
{
	struct transfer *t;
	curl_off_t retry = 0;
	CURLMsg *message;
	long status = 0;
	char *private;
	int left;

	do
		message = p->call.multi_info_read(p->multi, &left);
	while (message && message->msg != CURLMSG_DONE);
	if (!message)
		return false;
	p->call.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
	t = (struct transfer *)private;
	*r = (struct post_result){.signal = (enum otlp_signal)(t - p->of)};
	if (!message->data.result || t->too_long)
		p->call.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	p->call.easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &retry);
	r->answer.status = (unsigned int)status;
	r->answer.too_long = t->too_long;
	r->answer.retry_after_s = retry > 0 ? (uint64_t)retry : 0;
	describe(p, r, t, message->data.result);
	p->call.multi_remove_handle(p->multi, t->easy);
	return true;
}

#endif
