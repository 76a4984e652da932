/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/web/door.h"

#include "analysis/value/strbuf.h"
#include "probe/host/library.h"
#include "probe/host/now.h"
#include "probe/host/say.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h> /* EV_READ */
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/time.h>

#define SWEEP_NS (200 * NS_PER_MS)
#define SWEEP_FULL_NS (10 * NS_PER_MS) /* while others wait outside */
#define SHOWN_OUT_AT_ONCE (DOOR_GUESTS_MAX / 8)
#define WORDS_EVERY_NS (60 * NS_PER_SEC)
#define WORDS_ROOM 300
/* What a guest may send ahead of being read; also what he may send into a stream. */
#define READ_AHEAD (DOOR_HEADERS_MAX * 2)

/* -- the library's part that only this file needs -- */

#define HTTP_CALLS(X) \
	X(accept_socket_with_handle) X(add_header) X(bound_socket_get_listener) X(connection_get_bufferevent) X(connection_set_closecb) \
	X(del_accept_socket) X(new) X(request_free) X(request_get_command) X(request_get_connection) X(request_get_input_headers) X(request_get_output_headers) \
	X(request_get_uri) X(request_own) X(send_reply) X(send_reply_chunk) X(send_reply_start) X(set_allowed_methods) X(set_bevcb) \
	X(set_default_content_type) X(set_gencb) X(set_max_body_size) X(set_max_headers_size) X(set_timeout)

static struct {
#define X(name) __typeof__(evhttp_##name) *name;
	HTTP_CALLS(X)
#undef X
} http;

static bool load(char *err, size_t err_size)
{
	static const struct library_call calls[] = {
#define X(name) {"evhttp_" #name, &http.name},
		HTTP_CALLS(X)
#undef X
	};

	return library_load("libevent_extra-2.1.so.7", "libevent-extra-2.1-7", calls, sizeof calls / sizeof calls[0], err, err_size);
}

/* -- texts -- */

struct door_text {
	size_t holders, len;
	char bytes[];
};

struct door_text *door_text_new(const void *bytes, size_t len)
{
	struct door_text *t = malloc(sizeof *t + len);

	if (!t)
		return NULL;
	t->holders = 1;
	t->len = len;
	if (len > 0)
		memcpy(t->bytes, bytes, len);
	return t;
}

struct door_text *door_text_hold(struct door_text *t)
{
	t->holders++;
	return t;
}

void door_text_drop(struct door_text *t)
{
	if (t && --t->holders == 0)
		free(t);
}

bool door_text_is(const struct door_text *t, const void *bytes, size_t len)
{
	return t && t->len == len && (len == 0 || memcmp(t->bytes, bytes, len) == 0);
}

const char *door_text_bytes(const struct door_text *t)
{
	return t->bytes;
}

size_t door_text_len(const struct door_text *t)
{
	return t->len;
}

static void on_sent(const void *bytes, size_t len, void *text)
{
	(void)bytes;
	(void)len;
	door_text_drop(text);
}

/* Without a copy: a hundred slow readers share one page. */
static bool add(struct evbuffer *to, struct door_text *t)
{
	if (t->len == 0)
		return true;
	if (evbuffer_add_reference(to, t->bytes, t->len, on_sent, t) != 0)
		return false;
	door_text_hold(t);
	return true;
}

/* -- guests -- */

/* A connection. evhttp owns it and tells nobody of its end: a second reference keeps the
 * bufferevent, and one without callbacks was given up by evhttp. */
struct guest {
	struct guest *next;
	struct bufferevent *bev;
	struct mono_ns leave_at;
	bool shown_out;
	struct evhttp_request *stream; /* or NULL */
};

struct door {
	struct loop *loop;
	struct evhttp *http;
	struct evhttp_bound_socket *bound;
	const struct door_header *headers; /* ends with a NULL name */
	door_fn *fn;
	void *arg;
	struct guest *guests; /* the oldest first */
	struct guest *expected; /* the record of the next one */
	size_t guest_count, stream_count;
	struct loop_event *hurry; /* sweeps more often, or NULL */
};

struct door_visit {
	struct door *door;
	struct evhttp_request *request;
	struct guest *guest;
	const struct door_header *instead; /* of one of the door's own; NULL for none */
};

static bool is_gone(const struct guest *g)
{
	bufferevent_data_cb read, write;
	bufferevent_event_cb event;
	void *arg;

	bufferevent_getcb(g->bev, &read, &write, &event, &arg);
	return !read && !write && !event;
}

/* evhttp sees the end of the connection, and drops it. */
static void show_out(struct guest *g)
{
	if (!g->shown_out)
		shutdown(bufferevent_getfd(g->bev), SHUT_RDWR);
	g->shown_out = true;
}

/* The record of the next guest is made before he comes: evhttp would serve one without it
 * beside all limits. */
static void expect_guest(struct door *d)
{
	struct guest *g = d->expected ? NULL : calloc(1, sizeof *g);

	if (!g)
		return;
	g->bev = bufferevent_socket_new(loop_base(d->loop), -1, BEV_OPT_CLOSE_ON_FREE);
	if (g->bev)
		d->expected = g;
	else
		free(g);
}

static void sweep(void *arg);

/* One too many, or no memory for the next: others wait in the kernel's queue until a sweep has
 * found room. Each guest counts until then, since his descriptor is closed only after his end. */
static void let_in(struct door *d)
{
	struct evconnlistener *listener = d->bound ? http.bound_socket_get_listener(d->bound) : NULL;
	bool full;

	expect_guest(d);
	full = !d->expected || d->guest_count > DOOR_GUESTS_MAX;
	if (full && !d->hurry)
		d->hurry = loop_every(d->loop, SWEEP_FULL_NS, sweep, d); /* without memory for it the usual one must do */
	if (!full) {
		loop_drop(d->loop, d->hurry);
		d->hurry = NULL;
	}
	if (listener && full)
		evconnlistener_disable(listener);
	else if (listener)
		evconnlistener_enable(listener);
}

static void make_room(struct door *d)
{
	int left = SHOWN_OUT_AT_ONCE;

	for (struct guest *g = d->guests; g && left > 0; g = g->next) {
		if (g->stream)
			continue;
		show_out(g);
		left--;
	}
}

static void sweep(void *arg)
{
	struct door *d = arg;
	struct mono_ns now = now_mono();

	for (struct guest **at = &d->guests; *at;) {
		struct guest *g = *at;

		if (!is_gone(g)) {
			if (mono_since(now, g->leave_at) >= 0)
				show_out(g);
			at = &g->next;
			continue;
		}
		*at = g->next;
		d->guest_count--;
		bufferevent_decref(g->bev);
		free(g);
	}
	/* Whoever came last has been read by now, and was answered if his request was whole. */
	if (d->guest_count > DOOR_GUESTS_MAX)
		make_room(d);
	let_in(d);
}

/* A new connection. */
static struct bufferevent *on_guest(struct event_base *base, void *arg)
{
	struct door *d = arg;
	struct guest *g = d->expected, **at = &d->guests;

	(void)base;
	d->expected = NULL;
	bufferevent_incref(g->bev);
	bufferevent_setwatermark(g->bev, EV_READ, 0, READ_AHEAD);
	g->leave_at = mono_add(now_mono(), DOOR_VISIT_S * NS_PER_SEC);
	while (*at)
		at = &(*at)->next;
	*at = g;
	d->guest_count++;
	let_in(d);
	return g->bev;
}

static struct guest *guest_of(struct door *d, struct evhttp_request *request)
{
	struct bufferevent *bev = http.connection_get_bufferevent(http.request_get_connection(request));

	for (struct guest *g = d->guests; g; g = g->next)
		if (g->bev == bev)
			return g;
	return NULL;
}

/* -- requests -- */

/* A header's value; NULL when it was not sent. Twice is an attempt to be read in two ways:
 * then it is "", which no rule takes. */
static const char *header(struct evhttp_request *request, const char *name)
{
	const struct evkeyvalq *list = http.request_get_input_headers(request);
	const struct evkeyval *h;
	const char *found = NULL;

	TAILQ_FOREACH(h, list, next) {
		if (strcasecmp(h->key, name) == 0)
			found = found ? "" : h->value;
	}
	return found;
}

static void add_headers(const struct door_visit *v, const char *type)
{
	struct evkeyvalq *out = http.request_get_output_headers(v->request);

	for (const struct door_header *h = v->door->headers; h->name; h++)
		http.add_header(out, h->name, v->instead && strcmp(v->instead->name, h->name) == 0 ? v->instead->value : h->value);
	http.add_header(out, "Content-Type", type);
	http.add_header(out, "Connection", "close");
}

void door_header_instead(struct door_visit *v, const struct door_header *h)
{
	v->instead = h;
}

void door_answer(struct door_visit *v, int code, const char *type, struct door_text *const *texts, size_t count)
{
	bool head = http.request_get_command(v->request) == EVHTTP_REQ_HEAD;
	struct evbuffer *body = evbuffer_new();
	char length[24];
	size_t len = 0;
	bool ok = body != NULL;

	for (size_t i = 0; i < count; i++) {
		len += texts[i]->len;
		ok = ok && (head || add(body, texts[i]));
	}
	text_format(length, sizeof length, "%zu", ok ? len : 0);
	add_headers(v, type);
	http.add_header(http.request_get_output_headers(v->request), "Content-Length", length);
	http.send_reply(v->request, ok ? code : 503, NULL, ok ? body : NULL);
	if (body)
		evbuffer_free(body);
}

static void on_request(struct evhttp_request *request, void *arg)
{
	struct door *d = arg;
	struct door_visit v = {d, request, guest_of(d, request), NULL};
	const char *target = http.request_get_uri(request);
	const struct web_request r = {
		.target = target ? target : "", .host = header(request, "Host"), .origin = header(request, "Origin"),
		.accept = header(request, "Accept"), .fetch_site = header(request, "Sec-Fetch-Site"),
		.fetch_mode = header(request, "Sec-Fetch-Mode"),
	};

	d->fn(d->arg, &v, &r);
}

/* -- streams -- */

/* The request is ours (request_own): evhttp has let go of it by now. */
static void on_stream_end(struct evhttp_connection *c, void *arg)
{
	struct guest *g = arg;

	(void)c;
	if (g->stream)
		http.request_free(g->stream);
	g->stream = NULL;
}

static void count_streams(struct door *d)
{
	d->stream_count = 0;
	for (const struct guest *g = d->guests; g; g = g->next)
		d->stream_count += g->stream != NULL;
}

bool door_stream(struct door_visit *v, const char *type)
{
	const struct timeval write_limit = {DOOR_VISIT_S, 0};
	struct guest *g = v->guest;

	count_streams(v->door);
	if (!g || v->door->stream_count >= DOOR_STREAMS_MAX)
		return false;
	http.request_own(v->request);
	g->stream = v->request;
	g->leave_at = mono_add(now_mono(), DOOR_STREAM_S * NS_PER_SEC);
	http.connection_set_closecb(http.request_get_connection(v->request), on_stream_end, g);
	/* He has no more to say: no limit for his silence, only for not reading. */
	bufferevent_set_timeouts(g->bev, NULL, &write_limit);
	add_headers(v, type);
	http.send_reply_start(v->request, 200, NULL);
	return true;
}

static void send_to(struct guest *g, struct door_text *t)
{
	struct evbuffer *chunk = evbuffer_new();

	if (evbuffer_get_length(bufferevent_get_output(g->bev)) > DOOR_BEHIND_MAX)
		show_out(g);
	else if (chunk && add(chunk, t))
		http.send_reply_chunk(g->stream, chunk);
	if (chunk)
		evbuffer_free(chunk);
}

void door_send(struct door *d, struct door_text *t)
{
	for (struct guest *g = d->guests; g; g = g->next)
		if (g->stream && !g->shown_out)
			send_to(g, t);
}

void door_greet(struct door_visit *v, struct door_text *t)
{
	if (v->guest && v->guest->stream)
		send_to(v->guest, t);
}

/* -- troubles -- */

/* One line now and then, however often it happens. */
static void complain(const char *what)
{
	static struct mono_ns next;
	struct mono_ns now = now_mono();

	if (mono_since(now, next) < 0)
		return;
	next = mono_add(now, WORDS_EVERY_NS);
	say(SAY_WARNING, "the process that serves the page: %s", what);
}

static void on_library_words(int severity, const char *text)
{
	if (severity != EVENT_LOG_DEBUG)
		complain(text);
}

/* No descriptor, or no memory of the kernel, and the connection still waits: again with the next sweep. */
static void on_no_guest(struct evconnlistener *listener, void *http_of_door)
{
	char text[WORDS_ROOM];

	(void)http_of_door;
	text_format(text, sizeof text, "cannot take a connection: %s; tried again", strerror(errno));
	evconnlistener_disable(listener);
	complain(text);
}

/* -- the door itself -- */

struct door *door_open(struct loop *l, door_fn *fn, void *arg, const struct door_header *headers, char *err, size_t err_size)
{
	struct door *d;

	if (!load(err, err_size))
		return NULL;
	event_set_log_callback(on_library_words);
	d = calloc(1, sizeof *d);
	/* A door is never closed: without one its process ends. */
	if (!d || !(d->http = http.new(loop_base(l))) || !loop_every(l, SWEEP_NS, sweep, d)) {
		text_format(err, err_size, "out of memory");
		free(d);
		return NULL;
	}
	d->loop = l;
	d->fn = fn;
	d->arg = arg;
	d->headers = headers;
	http.set_allowed_methods(d->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	http.set_max_headers_size(d->http, DOOR_HEADERS_MAX);
	http.set_max_body_size(d->http, 0);
	http.set_timeout(d->http, DOOR_IDLE_S);
	http.set_default_content_type(d->http, NULL);
	http.set_bevcb(d->http, on_guest, d);
	http.set_gencb(d->http, on_request, d);
	return d;
}

bool door_listen(struct door *d, int fd)
{
	if (d->bound)
		http.del_accept_socket(d->http, d->bound);
	d->bound = fd >= 0 ? http.accept_socket_with_handle(d->http, fd) : NULL;
	if (d->bound)
		evconnlistener_set_error_cb(http.bound_socket_get_listener(d->bound), on_no_guest);
	let_in(d);
	return d->bound != NULL || fd < 0;
}
