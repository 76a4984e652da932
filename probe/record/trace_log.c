/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/trace_log.h"

#include "erprobe/event.h"
#include "erprobe/exit_code.h"
#include "probe/record/plan_words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 10 /* of a number with 32 bits */
#define TURN_BYTES ((size_t)1 << 20) /* of words: all silence, and all ends, of one turn of the run's loop */

struct trace_log *trace_log_new(const struct trace_options *o, size_t destinations)
{
	struct trace_log *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->options = *o;
	l->destinations = calloc(destinations + 1, sizeof *l->destinations);
	l->ended_at = calloc(destinations + 1, sizeof *l->ended_at);
	l->destination_count = destinations;
	strbuf_init(&l->words, TRACE_LOG_WORDS_MAX);
	if (l->destinations && l->ended_at)
		return l;
	trace_log_free(l);
	return NULL;
}

void trace_log_free(struct trace_log *l)
{
	if (!l)
		return;
	for (size_t i = 0; l->destinations && i < l->destination_count; i++)
		free(l->destinations[i]);
	for (size_t i = 0; i < l->name_count; i++)
		free(l->names[i].name);
	free(l->destinations);
	free(l->ended_at);
	free(l->names);
	strbuf_free(&l->words);
	free(l);
}

/* Cut where it is longer than can be read back. */
static char *bounded(const char *text)
{
	char safe[TRACE_LOG_TEXT_MAX];

	text_safe(safe, sizeof safe, text);
	return strdup(safe);
}

bool trace_log_destination(struct trace_log *l, size_t trace, const char *text)
{
	if (!text)
		return true;
	l->destinations[trace] = bounded(text);
	return l->destinations[trace] != NULL;
}

bool trace_log_name(struct trace_log *l, const struct ip_addr *address, const char *name)
{
	if (l->name_count % 64 == 0) {
		struct trace_log_name *grown = realloc(l->names, (l->name_count + 64) * sizeof *grown);
		if (!grown)
			return false;
		l->names = grown;
	}
	char *copy = bounded(name);
	if (copy)
		l->names[l->name_count++] = (struct trace_log_name){*address, copy};
	return copy != NULL;
}

/* -- words -- */

void trace_log_frame(struct trace_log *l)
{
	l->frames++;
}

static void add_number(struct strbuf *out, char before, uint32_t n)
{
	strbuf_add_char(out, before);
	strbuf_add_int(out, n);
}

void trace_log_decided(void *arg, const struct trace_decision *d)
{
	struct trace_log *l = arg;

	if (l->frames > 0) {
		add_number(&l->words, 'f', l->frames);
		strbuf_add_char(&l->words, ' ');
	}
	l->frames = 0;
	add_number(&l->words, (char)d->kind, d->flow);
	switch (d->kind) {
	case TRACE_DECIDED_ASK:
		add_number(&l->words, '.', d->ttl);
		if (d->size > 0)
			add_number(&l->words, '.', d->size);
		break;
	case TRACE_DECIDED_NOT_SENT:
		add_number(&l->words, '.', d->index);
		strbuf_add_char(&l->words, '.');
		strbuf_add(&l->words, plan_word(WORD_RESULT, d->why));
		break;
	case TRACE_DECIDED_SILENT:
	case TRACE_DECIDED_ASIDE:
		add_number(&l->words, '.', d->index);
		break;
	case TRACE_DECIDED_SEARCH:
		add_number(&l->words, '.', d->ttl);
		break;
	case TRACE_DECIDED_STEP:
		strbuf_addf(&l->words, ".%" PRIx64, d->ready);
		break;
	default:
		break;
	}
	strbuf_add_char(&l->words, ' ');
}

bool trace_log_has_room(const struct trace_log *l)
{
	return l->words.len <= TRACE_LOG_WORDS_MAX - TURN_BYTES && !l->words.failed;
}

/* -- and back -- */

/* The number that the word goes on with, up to max; -1 when there is none. */
static int64_t take_number(const char **at, uint32_t max)
{
	const char *from = *at;
	uint64_t n = 0;

	for (; **at >= '0' && **at <= '9' && *at - from <= DIGITS_MAX; (*at)++)
		n = n * 10 + (uint64_t)(**at - '0');
	return *at > from && *at - from <= DIGITS_MAX && n <= max ? (int64_t)n : -1;
}

/* The next part, behind a dot. */
static int64_t take_part(const char **at, uint32_t max)
{
	if (**at != '.')
		return -1;
	(*at)++;
	return take_number(at, max);
}

static bool take_result(const char **at, struct trace_decision *d)
{
	char word[32];
	size_t len = strcspn(*at, " ");

	if (**at != '.' || len > sizeof word)
		return false;
	memcpy(word, *at + 1, len - 1);
	word[len - 1] = '\0';
	*at += len;
	int value = plan_word_value(WORD_RESULT, word);
	d->why = (uint8_t)(value > 0 ? value : 0);
	return value > 0;
}

static bool take_ready(const char **at, struct trace_decision *d)
{
	char *end;

	if (**at != '.' || strspn(*at + 1, "0123456789abcdef") == 0 || strspn(*at + 1, "0123456789abcdef") > 16)
		return false;
	d->ready = strtoull(*at + 1, &end, 16);
	*at = end;
	return true;
}

static bool take_parts(const char **at, struct trace_decision *d)
{
	int64_t n = 0, size = 0;

	switch (d->kind) {
	case TRACE_DECIDED_ASK:
		n = take_part(at, UINT8_MAX);
		if (n > 0 && **at == '.')
			size = take_part(at, UINT16_MAX);
		d->ttl = (uint8_t)n;
		d->size = (uint16_t)size;
		return n > 0 && size >= 0;
	case TRACE_DECIDED_SEARCH:
		n = take_part(at, UINT8_MAX);
		d->ttl = (uint8_t)n;
		return n >= 0;
	case TRACE_DECIDED_NOT_SENT:
	case TRACE_DECIDED_SILENT:
	case TRACE_DECIDED_ASIDE:
		n = take_part(at, UINT16_MAX);
		d->index = (uint16_t)n;
		return n >= 0 && (d->kind != TRACE_DECIDED_NOT_SENT || take_result(at, d));
	case TRACE_DECIDED_STEP:
		return take_ready(at, d);
	case TRACE_DECIDED_BEGIN:
	case TRACE_DECIDED_WALK:
	case TRACE_DECIDED_SIZED:
	case TRACE_DECIDED_END:
	case TRACE_DECIDED_CUT:
		return true;
	default:
		return false;
	}
}

bool trace_log_next(const char **at, struct trace_log_word *out)
{
	const char *here = *at + strspn(*at, " ");
	bool ok;

	memset(out, 0, sizeof *out);
	*at = here;
	if (*here == '\0')
		return false;
	char kind = *here++;
	int64_t n = take_number(&here, kind == 'f' ? UINT32_MAX : UINT16_MAX);
	if (kind == 'f') {
		out->frames = (uint32_t)(n > 0 ? n : 0);
		ok = n > 0;
	} else {
		out->decision.kind = (uint8_t)kind;
		out->decision.flow = (uint16_t)n;
		ok = n >= 0 && take_parts(&here, &out->decision);
	}
	if (!ok || (*here != ' ' && *here != '\0'))
		return false;
	*at = here;
	return true;
}

size_t trace_log_all(const struct trace_log *l)
{
	return l->destination_count + l->bad + l->done_before;
}

int trace_exit_code(size_t reached, size_t all, uint8_t reason)
{
	if (reason == END_HELPER_LOST)
		return EXIT_ERROR;
	if (reason == END_INTERRUPTED)
		return EXIT_INTERRUPTED;
	if (reached == 0)
		return EXIT_NONE_REACHED;
	return reached == all ? EXIT_ALL_REACHED : EXIT_SOME_REACHED;
}
