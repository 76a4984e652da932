/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct batch {
	size_t count;
	struct probe_spec specs[SEND_ITEMS_MAX];
	struct send_item items[SEND_ITEMS_MAX];   /* len 0: will not be sent, result says why */
	uint8_t bytes[SEND_ITEMS_MAX][CRAFT_BYTES_MAX];
};

struct batch *batch_new(void)
{
	return calloc(1, sizeof(struct batch));
}

static void refuse(struct send_item *i, enum send_result result, int32_t error)
{
	i->len = 0;
	i->result = result;
	i->error = error;
}

void batch_add(struct packet *p, const struct probe_spec *s)
{
	struct batch *b = p->batch;

	policy_expect(&p->policy, s);
	b->specs[b->count++] = *s;
}

static void prepare(struct packet *p, size_t number, struct mono_ns now)
{
	struct batch *b = p->batch;
	const struct probe_spec *s = &b->specs[number];
	struct send_item *i = &b->items[number];
	enum send_result judged = policy_check(&p->policy, s, now);

	*i = (struct send_item){.probe = s, .bytes = b->bytes[number]};
	if (judged != SEND_OK)
		refuse(i, judged, 0);
	else if (p->lines[s->iface].down)
		refuse(i, SEND_LINK_DOWN, ENETDOWN);
	else if ((i->len = craft_build(p->craft, s, p->lines[s->iface].link_addr, b->bytes[number])) == 0)
		refuse(i, send_result_of(ENOMEM), ENOMEM);
	else
		i->mac = links_way(&p->links, s, i->len, now);
}

static void say_sent(struct packet *p, const struct send_item *i)
{
	struct channel_sent r;

	memset(&r, 0, sizeof(r));
	outbox_head(&r.head, CHANNEL_SENT);
	r.probe_id = i->probe->id;
	r.result = i->result;
	r.error = i->error;
	outbox_put(p->outbox, &r, sizeof(r));
}

/* Items from the first on that leave by the same interface. */
static size_t same_line(const struct batch *b, size_t from)
{
	size_t n = 1;

	while (from + n < b->count && b->items[from + n].len > 0 && b->specs[from + n].iface == b->specs[from].iface)
		n++;
	return n;
}

void batch_send(struct packet *p, struct mono_ns now)
{
	struct batch *b = p->batch;

	links_look(&p->links, now);
	for (size_t i = 0; i < b->count; i++)
		prepare(p, i, now);
	for (size_t i = 0, n; i < b->count; i += n) {
		n = 1;
		if (b->items[i].len > 0)
			sender_send(&p->lines[b->specs[i].iface].sender, b->items + i, n = same_line(b, i));
	}
	for (size_t i = 0; i < b->count; i++) {
		if (b->items[i].result == SEND_OK)
			policy_sent(&p->policy, &b->specs[i]);
		p->links.sent += b->items[i].mac != NULL && b->items[i].result == SEND_OK;
		if (!p->bulk || b->items[i].result != SEND_OK)
			say_sent(p, &b->items[i]);
	}
	b->count = 0;
}
