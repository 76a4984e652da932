/* SPDX-License-Identifier: BSD-2-Clause */
#include "erprobe/baseline.h"

#include <stdlib.h>
#include <string.h>

#define HOUR_S INT64_C(3600)
/* A sample is kept each 1/22 of the half-life and pushes out any of 32 by chance: so one lives
 * a half-life on average with even odds (32 ln 2 = 22). While the whole is younger, its age
 * takes the half-life's place. */
#define KEEPS_A_HALF_LIFE 22
/* Answers of this many probes are remembered; beyond it both counts are halved. */
#define ASKED_MAX 400
#define WEEK_STEP 3               /* an hour of the week moves a third of the way to what is new */
#define WEEKS_MIN 3               /* before it counts */
#define WEEKS_MAX 200
/* A drift: the median stands this far above where it once was, also at half of that while it
 * lasts; after a month it is what is normal. As far below, it is that at once. */
#define DRIFT_LEAST_US 1000
#define DRIFT_SHARE 10            /* a tenth */
#define DRIFT_SIGMAS 4
#define DRIFT_ACCEPTED_S BASELINE_FORGET_S
#define FORGET_HOP_S (4 * BASELINE_HALF_LIFE_S)

/* -- samples -- */

/* The same numbers for the same runs, whatever the machine: splitmix64's mixing. */
static uint32_t chance(uint64_t n)
{
	n += UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(n >> 32);
}

static int compare_us(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static size_t values_of(const struct baseline_way *w, enum baseline_quantity q, int32_t *out)
{
	size_t n = 0;

	for (uint8_t i = 0; i < w->sample_count; i++)
		if (w->samples[i].us[q] != BASELINE_UNKNOWN)
			out[n++] = w->samples[i].us[q];
	qsort(out, n, sizeof *out, compare_us);
	return n;
}

static int32_t middle(const int32_t *sorted, size_t n)
{
	return n % 2 ? sorted[n / 2] : (int32_t)(((int64_t)sorted[n / 2 - 1] + sorted[n / 2]) / 2);
}

static int32_t hour_more(const struct baseline_way *w, int64_t at_s)
{
	const struct baseline_hour *h = &w->week[(at_s / HOUR_S) % BASELINE_WEEK];

	return h->weeks >= WEEKS_MIN && h->more_us > 0 ? h->more_us : 0;
}

struct baseline_usual baseline_usual(const struct baseline_way *w, enum baseline_quantity q, int64_t at_s)
{
	struct baseline_usual u = {.known = false};
	int32_t values[BASELINE_SAMPLES] = {0}, away[BASELINE_SAMPLES] = {0};
	size_t n = values_of(w, q, values);

	if (n == 0 || at_s < 0)
		return u;
	u.known = true;
	u.runs = (uint32_t)n;
	u.median_us = u.week_us = middle(values, n);
	for (size_t i = 0; i < n; i++) {
		away[i] = abs(values[i] - u.median_us);
		u.squares_us2 += (double)away[i] * away[i];
		if (away[i] > u.widest_us)
			u.widest_us = away[i];
	}
	qsort(away, n, sizeof *away, compare_us);
	u.sigma_us = (int32_t)((int64_t)middle(away, n) * 14826 / 10000);
	if (q == BASELINE_MSEE || q == BASELINE_TARGET) /* not the WAN: it may be the corporate network's hour */
		u.median_us += hour_more(w, at_s);
	return u;
}

static void take_hour(struct baseline_way *w, const struct baseline_sample *s)
{
	struct baseline_hour *h = &w->week[(s->at_s / HOUR_S) % BASELINE_WEEK];
	struct baseline_usual u = {.known = false};
	int32_t values[BASELINE_SAMPLES] = {0}, more, most;
	size_t n = values_of(w, BASELINE_MSEE, values);

	if (s->us[BASELINE_MSEE] == BASELINE_UNKNOWN || n < BASELINE_SAMPLES)
		return; /* no median yet to stand above */
	u.median_us = middle(values, n);
	more = s->us[BASELINE_MSEE] - u.median_us;
	most = u.median_us; /* one odd run in a week's hour moves it by a third of this at most */
	more = more > most ? most : more < -most ? -most : more;
	h->more_us += h->weeks == 0 ? more : (more - h->more_us) / WEEK_STEP;
	/* Several runs an hour are one week of it: the way's last run tells whether it is new. */
	if ((h->weeks == 0 || w->last_s / HOUR_S != s->at_s / HOUR_S) && h->weeks < WEEKS_MAX)
		h->weeks++;
}

static void take_sample(struct baseline_way *w, const struct baseline_sample *s)
{
	int64_t newest = 0, age = s->at_s - w->since_s, every;

	if (w->sample_count < BASELINE_SAMPLES) {
		w->samples[w->sample_count++] = *s;
		return;
	}
	for (size_t i = 0; i < BASELINE_SAMPLES; i++)
		if (w->samples[i].at_s > newest)
			newest = w->samples[i].at_s;
	every = (age < BASELINE_HALF_LIFE_S ? age : BASELINE_HALF_LIFE_S) / KEEPS_A_HALF_LIFE;
	if (s->at_s - newest >= every)
		w->samples[chance(w->runs) % BASELINE_SAMPLES] = *s;
}

/* -- drift -- */

/* How far the median may be from the anchor. */
static int64_t drift_allowed(const struct baseline_way *w, const struct baseline_usual *u)
{
	int64_t most = DRIFT_LEAST_US;

	if (w->anchor_us / DRIFT_SHARE > most)
		most = w->anchor_us / DRIFT_SHARE;
	if ((int64_t)DRIFT_SIGMAS * u->sigma_us > most)
		most = (int64_t)DRIFT_SIGMAS * u->sigma_us;
	return w->drift_since_s > 0 ? most / 2 : most;
}

static void look_for_drift(struct baseline_way *w, int64_t at_s)
{
	int32_t values[BASELINE_SAMPLES] = {0};
	bool anew = w->anchor_us == BASELINE_UNKNOWN || (w->drift_since_s > 0 && at_s - w->drift_since_s > DRIFT_ACCEPTED_S);
	enum baseline_quantity q = !anew ? (enum baseline_quantity)w->anchor_of :
	                           values_of(w, BASELINE_WAN, values) == BASELINE_SAMPLES ? BASELINE_WAN : BASELINE_MSEE;
	size_t n = values_of(w, q, values);
	struct baseline_usual u;
	int64_t more, allowed;

	if (n < (anew ? BASELINE_SAMPLES : BASELINE_SAMPLES / 2))
		return;
	u = baseline_usual(w, q, at_s);
	more = (int64_t)u.week_us - w->anchor_us;
	allowed = drift_allowed(w, &u);
	if (anew || more < -allowed) {
		w->anchor_us = u.week_us;
		w->anchor_of = (uint8_t)q;
		w->drift_since_s = 0;
	} else if (more <= allowed) {
		w->drift_since_s = 0;
	} else if (w->drift_since_s == 0) {
		w->drift_since_s = at_s;
	}
}

/* -- ways and hops -- */

bool baseline_same_ends(const struct baseline_way *known, const struct baseline_way *seen)
{
	return ip_addr_equal(&known->ce, &seen->ce) && ip_addr_equal(&known->msee, &seen->msee) &&
	       memcmp(known->link_addr, seen->link_addr, sizeof known->link_addr) == 0;
}

bool baseline_is_old(const struct baseline_way *w, int64_t at_s)
{
	return w->runs > 0 && at_s - w->last_s > BASELINE_FORGET_S;
}

/* Is a hop on the way of this link? Those before the links part are on both. */
static bool is_on_way(const struct baseline_hop *h, uint8_t link, uint8_t fam)
{
	return h->fam == fam && (h->link == link || h->link == LINK_ANY);
}

static const struct baseline_hop *find_hop(const struct baseline *b, const struct baseline_hop *h, uint8_t link)
{
	for (uint8_t i = 0; i < b->hop_count; i++)
		if (is_on_way(&b->hops[i], link, h->fam) && b->hops[i].ttl == h->ttl && ip_addr_equal(&b->hops[i].addr, &h->addr))
			return &b->hops[i];
	return NULL;
}

const struct baseline_hop *baseline_new_hop(const struct baseline *known, const struct baseline *seen, uint8_t link, uint8_t fam,
                                            const struct baseline_hop **usual)
{
	for (uint8_t i = 0; i < seen->hop_count; i++) {
		const struct baseline_hop *h = &seen->hops[i], *other = NULL;
		bool any_known = false;

		if (!is_on_way(h, link, fam))
			continue;
		for (uint8_t k = 0; k < seen->hop_count; k++)
			any_known = any_known || (is_on_way(&seen->hops[k], link, fam) && seen->hops[k].ttl == h->ttl &&
			                          find_hop(known, &seen->hops[k], link));
		for (uint8_t k = 0; k < known->hop_count && !other; k++)
			if (is_on_way(&known->hops[k], link, fam) && known->hops[k].ttl == h->ttl)
				other = &known->hops[k];
		if (any_known || !other)
			continue;
		if (usual)
			*usual = other;
		return h;
	}
	return NULL;
}

static void drop_hop(struct baseline *b, uint8_t place)
{
	b->hops[place] = b->hops[--b->hop_count];
}

static void drop_way(struct baseline *b, uint8_t link, uint8_t fam)
{
	for (uint8_t i = b->hop_count; i-- > 0;)
		if (is_on_way(&b->hops[i], link, fam))
			drop_hop(b, i);
	for (uint8_t i = b->answerer_count; i-- > 0;)
		if (b->answerers[i].fam == fam && (b->answerers[i].link == link || b->answerers[i].link == LINK_ANY))
			b->answerers[i] = b->answerers[--b->answerer_count];
	memset(&b->ways[link][fam], 0, sizeof b->ways[link][fam]);
}

static uint8_t oldest_hop(const struct baseline *b)
{
	uint8_t oldest = 0;

	for (uint8_t i = 1; i < b->hop_count; i++)
		if (b->hops[i].last_s < b->hops[oldest].last_s)
			oldest = i;
	return oldest;
}

/* What has not been seen for a month is no part of the path any more. */
static void take_hops(struct baseline *b, const struct baseline *seen, int64_t at_s)
{
	for (uint8_t i = 0; i < seen->hop_count; i++) {
		struct baseline_hop h = seen->hops[i];

		h.last_s = at_s;
		for (uint8_t k = 0; k < b->hop_count; k++)
			if (b->hops[k].link == h.link && b->hops[k].fam == h.fam && b->hops[k].ttl == h.ttl &&
			    ip_addr_equal(&b->hops[k].addr, &h.addr)) {
				drop_hop(b, k);
				break;
			}
		if (b->hop_count == BASELINE_HOPS_MAX)
			drop_hop(b, oldest_hop(b));
		b->hops[b->hop_count++] = h;
	}
	for (uint8_t i = b->hop_count; i-- > 0;)
		if (at_s - b->hops[i].last_s > FORGET_HOP_S)
			drop_hop(b, i);
}

/* -- answerers -- */

static bool same_question(const struct baseline_answerer *a, const struct baseline_answerer *b)
{
	return a->link == b->link && a->fam == b->fam && a->place == b->place && a->hop == b->hop && a->kind == b->kind &&
	       a->port == b->port && a->target == b->target;
}

const struct baseline_answerer *baseline_answerer(const struct baseline *b, const struct baseline_answerer *like)
{
	for (uint8_t i = 0; i < b->answerer_count; i++)
		if (same_question(&b->answerers[i], like))
			return &b->answerers[i];
	return NULL;
}

static struct baseline_answerer *answerer_place(struct baseline *b, const struct baseline_answerer *like)
{
	uint8_t oldest = 0;

	for (uint8_t i = 0; i < b->answerer_count; i++) {
		if (same_question(&b->answerers[i], like))
			return &b->answerers[i];
		if (b->answerers[i].last_s < b->answerers[oldest].last_s)
			oldest = i;
	}
	if (b->answerer_count < BASELINE_ANSWERERS_MAX)
		oldest = b->answerer_count++;
	b->answerers[oldest] = *like;
	b->answerers[oldest].asked = b->answerers[oldest].answered = 0;
	return &b->answerers[oldest];
}

static void take_answerers(struct baseline *b, const struct baseline *seen, int64_t at_s)
{
	for (uint8_t i = 0; i < seen->answerer_count; i++) {
		const struct baseline_answerer *s = &seen->answerers[i];
		struct baseline_answerer *a = answerer_place(b, s);

		a->asked += s->asked;
		a->answered += s->answered;
		while (a->asked > ASKED_MAX) {
			a->asked /= 2;
			a->answered /= 2;
		}
		if (s->reply_ttl > 0)
			a->reply_ttl = s->reply_ttl;
		a->last_s = at_s;
	}
}

/* -- a run -- */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void take_way(struct baseline_way *w, const struct baseline_way *seen, int64_t at_s)
{
	if (w->runs == 0) {
		*w = (struct baseline_way){.ce = seen->ce, .msee = seen->msee, .since_s = at_s, .anchor_us = BASELINE_UNKNOWN};
		memcpy(w->link_addr, seen->link_addr, sizeof w->link_addr);
	}
	if (w->targets != seen->targets) /* the fastest of other targets was no measure for these */
		for (uint8_t i = 0; i < w->sample_count; i++)
			w->samples[i].us[BASELINE_TARGET] = BASELINE_UNKNOWN;
	w->targets = seen->targets;
	w->runs += w->runs < UINT32_MAX;
	take_hour(w, &seen->samples[0]);
	take_sample(w, &seen->samples[0]);
	look_for_drift(w, at_s);
	w->last_s = at_s;
}

static bool was_taken(const struct baseline *b, int64_t at_s)
{
	for (int l = 0; l < LINKS; l++)
		for (int f = 0; f < FAMILIES; f++)
			if (b->ways[l][f].runs > 0 && b->ways[l][f].last_s == at_s)
				return true;
	return false;
}

/* The clock was stepped back: what lies in the future by it is taken to be of now, so that it
 * fades like the rest and nothing waits for the clock to catch up. */
static void turn_back(struct baseline *b, int64_t at_s)
{
	for (int l = 0; l < LINKS; l++)
		for (int f = 0; f < FAMILIES; f++) {
			struct baseline_way *w = &b->ways[l][f];

			for (uint8_t i = 0; i < w->sample_count; i++)
				w->samples[i].at_s = earlier(w->samples[i].at_s, at_s);
			w->since_s = earlier(w->since_s, at_s);
			w->last_s = earlier(w->last_s, at_s);
			w->drift_since_s = earlier(w->drift_since_s, at_s);
		}
	for (uint8_t i = 0; i < b->hop_count; i++)
		b->hops[i].last_s = earlier(b->hops[i].last_s, at_s);
	for (uint8_t i = 0; i < b->answerer_count; i++)
		b->answerers[i].last_s = earlier(b->answerers[i].last_s, at_s);
}

/* Is a way another than the one that was learned? A hop tells so also where no time was measured. */
static bool is_another(const struct baseline *b, const struct baseline *seen, uint8_t link, uint8_t fam)
{
	const struct baseline_way *known = &b->ways[link][fam], *now = &seen->ways[link][fam];

	return known->runs > 0 && ((now->sample_count > 0 && !baseline_same_ends(known, now)) || baseline_new_hop(b, seen, link, fam, NULL));
}

void baseline_take(struct baseline *b, const struct baseline_run *r)
{
	bool drop[LINKS][FAMILIES];
	int64_t at_s = r->at.ns / NS_PER_SEC;

	if (at_s < 0)
		return;
	if (was_taken(b, at_s))
		return;
	turn_back(b, at_s);
	for (uint8_t l = 0; l < LINKS; l++)
		for (uint8_t f = 0; f < FAMILIES; f++)
			drop[l][f] = baseline_is_old(&b->ways[l][f], at_s) || is_another(b, &r->seen, l, f);
	/* Only then: with one link's way go the hops that it shares with the other's. */
	for (uint8_t l = 0; l < LINKS; l++)
		for (uint8_t f = 0; f < FAMILIES; f++)
			if (drop[l][f])
				drop_way(b, l, f);
	for (int l = 0; l < LINKS; l++)
		for (int f = 0; f < FAMILIES; f++)
			if (r->seen.ways[l][f].sample_count > 0)
				take_way(&b->ways[l][f], &r->seen.ways[l][f], at_s);
	take_hops(b, &r->seen, at_s);
	take_answerers(b, &r->seen, at_s);
}
