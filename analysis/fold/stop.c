/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/fold/stop.h"

#include "analysis/diagnose/beside.h"
#include "analysis/diagnose/hypotheses.h"
#include "analysis/value/strbuf.h"
#include "analysis/verdict/unseen.h"
#include "analysis/verdict/verdict.h"

#include <math.h>
#include <string.h>

/* Live stop rules: surer than asked, so that the verdict does not turn in the last
 * second, and the same statement in this many looks. What is less sure may stop
 * when it has stood still: more of the same would not move it. */
#define STOP_CONFIDENCE 0.975
#define STOP_LOOKS 4
#define STILL_LOOKS 15          /* decided, but not that surely */
#define STILL_LOOKS_HARD 5      /* the same of what is dead: it shows at once, or not at all */
#define ROW_STILL_LOOKS 5       /* which row it is does not get clearer */
#define HINT_STILL_LOOKS 30     /* what more probes would tell has moved by then */
#define STILL_UNDECIDED_LOOKS 60
#define STILL_MOVE 0.01
#define HARD_MIN_NS (1700 * NS_PER_MS)  /* patience of the first probes, twice over */
#define SOFT_MIN_NS (6 * NS_PER_SEC)    /* loss and delay: enough to tell 1 % from none */
#define STATEMENT_MIN 0.80              /* the row itself, while time is left */
#define ROW_PATIENCE_NS (9 * NS_PER_SEC)
#define HEALTHY_SURE 0.99               /* a hint of a fault is followed up before "healthy" is said, and so is a loss that would not have shown, … */
#define HEALTHY_PATIENCE_NS (12 * NS_PER_SEC) /* … up to here; … */
#define HINTED_PATIENCE_NS (20 * NS_PER_SEC)  /* … up to here where what was lost, or is not known, leaves room for such a loss */
#define BESIDE_PATIENCE_NS (12 * NS_PER_SEC)  /* the same of a loss or a delay beside what is dead */
#define SOFT_PATIENCE_NS (20 * NS_PER_SEC) /* losses come seldom: a doubt about them ends later than others */
#define SIZES_PATIENCE_NS (12 * NS_PER_SEC)
#define PORTS_PATIENCE_NS (9 * NS_PER_SEC) /* one SYN a second, and the next source port may be the one that lives */
#define PORTS_SURE 0.99                 /* where the row is that sure, they are waited for only if they are known to tell */
#define NEIGHBOUR_PATIENCE_NS (10 * NS_PER_SEC) /* it is asked once a second, and dead when it was silent three times */
#define REFUSED_PATIENCE_NS (14 * NS_PER_SEC) /* a host that has just begun to refuse may be about to let nothing out */
/* A fault does not wait for what Azure has not told yet: a loss or a delay where it is surer than else; what is dead where it is as
 * sure as ever, and neither which fault it is, nor what a dead service may hide, is Azure's to tell, or this time is over. "Healthy"
 * waits up to its own. */
#define SURE_WITHOUT_AZURE 0.99
#define AZURE_PATIENCE_NS (4 * NS_PER_SEC)
#define AZURE_HEALTHY_NS (10 * NS_PER_SEC)
#define AZURE_AGAIN_NS (10 * NS_PER_SEC) /* what dies in mid-run waits so long for Azure's word of it, however sure it is */
#define GIVE_UP_NS (28 * NS_PER_SEC)    /* more of the same will not decide */

static struct look look_at(const struct explanation *e)
{
	struct look l = {.count = e->count, .probability = e->probability};
	for (uint8_t i = 0; i < e->count; i++) {
		text_format(l.fault[i], sizeof l.fault[i], "%s", e->parts[i].row->id);
		l.link[i] = e->parts[i].link;
	}
	return l;
}

static bool look_same(const struct look *a, const struct look *b)
{
	if (a->count != b->count)
		return false;
	for (uint8_t i = 0; i < a->count; i++)
		if (strcmp(a->fault[i], b->fault[i]) != 0 || a->link[i] != b->link[i])
			return false;
	return true;
}

/* Loss, delay and "nothing" need samples, also beside what lets all targets live; what is
 * dead shows at once, be it the MSEE alone or all of a size, and so does a drained link of which Azure itself says that it is. */
static bool is_soft(const struct posterior *p)
{
	const struct explanation *e = &p->list[0];
	for (uint8_t i = 0; i < e->count; i++) {
		char target = e->parts[i].row->target, msee = e->parts[i].row->msee;
		bool dead = msee == 'X' || msee == 'b' || e->parts[i].row->size != '\0', drained = target == 'a' && hypothesis_is_said(p->seen, &e->parts[i]);
		if (target == 'L' || ((target == 'A' || target == 'a') && !dead && !drained))
			return true;
	}
	return false;
}

/* How probable the least certain row of the statement is. */
static double least_row(const struct posterior *p, const struct explanation *e)
{
	double least = 1;
	for (uint8_t i = 0; i < e->count; i++)
		least = fmin(least, posterior_of_fault(p, &e->parts[i]));
	return least;
}

/* How long the statement and its probabilities have stood. They are measured against where
 * they stood still, so that a slow drift is a move. */
static void look_follow(struct look *look, const struct look *before)
{
	bool same = look_same(look, before);
	look->same = same ? before->same + 1 : 1;
	if (same && fabs(look->probability - before->probability) < STILL_MOVE)
		look->still = before->still + 1;
	if (same && fabs(look->row - before->row) < STILL_MOVE)
		look->row_still = before->row_still + 1;
	if (look->still > 1)
		look->probability = before->probability;
	if (look->row_still > 1)
		look->row = before->row;
}

/* Is something still to be learned of the sizes that the links carry? */
static bool sizes_open(const struct observables *o)
{
	for (int l = 0; l < LINKS; l++)
		for (int fam = 0; fam < FAMILIES; fam++)
			if (o->links[l].size[fam].wanted)
				return true;
	return false;
}

/* Does another source port stay to be asked that would tell a dead way from a dead link? row: how probable what leads is. */
static bool ports_open(const struct observables *o, double row)
{
	bool open = false;
	for (int l = 0; l < LINKS; l++)
		open = open || o->links[l].ports_open || (row < PORTS_SURE && o->links[l].ports_weigh);
	return open;
}

/* How probable is what comes seldom, and so would show only as more is asked? What leads is "no fault". */
static double seldom(const struct posterior *p)
{
	double all = 0;
	for (size_t i = 0; i < p->count; i++) {
		bool may = false;
		for (uint8_t k = 0; k < p->list[i].count; k++)
			may = may || p->list[i].parts[k].row->target == 'L' || p->list[i].parts[k].row->flap != '\0';
		all += may ? p->list[i].probability : 0;
	}
	return all;
}

/* May more probes still show what "healthy" would pass over? What no probe tells from it (a link without traffic that may be
 * drained on purpose; a delay, where nothing says what is usual) stays as probable as it is, however long it is waited for. */
static bool healthy_is_early(const struct posterior *p, const struct look *look, int64_t elapsed_ns)
{
	if (elapsed_ns >= HEALTHY_PATIENCE_NS)
		return elapsed_ns < HINTED_PATIENCE_NS && unseen_hinted(p);
	bool hinted = p->list[0].probability < HEALTHY_SURE &&
	              (look->still < HINT_STILL_LOOKS || p->seen->interruption.lost > 0 || seldom(p) > 1 - HEALTHY_SURE);
	return hinted || p->seen->shared_soon || !unseen_enough(p);
}

static bool names_a_service(const struct explanation *e)
{
	for (uint8_t i = 0; i < e->count; i++)
		if (e->parts[i].row->scope >= SCOPE_SERVICE)
			return true;
	return false;
}

/* Is it still to be told how a link's sessions stand? Behind a service that is dead everywhere, a link may be. */
static bool sessions_open(const struct observables *o)
{
	const struct az_snapshot *s = o->snapshot;
	for (int l = 0; l < LINKS; l++)
		if (!s || s->arp[l].part.read == AZ_NOT_ASKED || s->bgp[l].part.read == AZ_NOT_ASKED)
			return true;
	return false;
}

/* Azure is being asked once more, and has not been waited for too long. */
static bool awaits_second_answer(const struct stop_moment *now)
{
	return now->azure_again && now->again_ns < AZURE_AGAIN_NS;
}

/* Is something under way that may still change the statement, however sure it is? */
static bool more_is_open(const struct posterior *p, const struct look *look, const struct stop_moment *now, bool soft)
{
	const struct explanation *e = &p->list[0];
	int64_t elapsed = now->elapsed_ns;
	return (e->parts[0].row->scope == SCOPE_NONE && healthy_is_early(p, look, elapsed)) ||
	       awaits_second_answer(now) ||
	       (now->azure_pending && elapsed < AZURE_PATIENCE_NS && names_a_service(e) && sessions_open(p->seen)) ||
	       (!soft && elapsed < BESIDE_PATIENCE_NS && beside_is_hinted(p)) ||
	       (soft && p->seen->fell_silent.lately && elapsed < SOFT_PATIENCE_NS) ||
	       (p->seen->fell_silent.neighbour && elapsed < NEIGHBOUR_PATIENCE_NS) ||
	       (sizes_open(p->seen) && elapsed < SIZES_PATIENCE_NS) ||
	       (p->seen->refused_lately && elapsed < REFUSED_PATIENCE_NS) ||
	       (ports_open(p->seen, least_row(p, e)) && elapsed < PORTS_PATIENCE_NS);
}

/* For how long what is asked has spoken of what is there now: what died in the run has been dead for less than the run. */
static int64_t told_for(const struct observables *o, const struct stop_moment *now)
{
	if (o->fell_silent.dead_from.ns == 0)
		return now->elapsed_ns;
	int64_t since = wall_since(o->path->seen->now, o->fell_silent.dead_from);
	return since < now->elapsed_ns ? since : now->elapsed_ns;
}

bool stop_stands(struct look *memory, const struct posterior *p, const struct stop_moment *now)
{
	const struct explanation *e = &p->list[0];
	struct look look = look_at(e);
	double row = look.row = least_row(p, e);
	look_follow(&look, memory);
	*memory = look;
	double asked = now->asked, sure = asked > STOP_CONFIDENCE ? asked : STOP_CONFIDENCE;
	bool soft = is_soft(p);
	if (now->azure_pending) { /* what Azure may still say is part of the doubt */
		bool healthy = e->parts[0].row->scope == SCOPE_NONE;
		asked = sure = soft && sure < SURE_WITHOUT_AZURE ? SURE_WITHOUT_AZURE : sure;
		if (healthy && now->elapsed_ns < AZURE_HEALTHY_NS)
			asked = sure = 2; /* not yet */
	}
	int64_t patience = soft ? SOFT_PATIENCE_NS : ROW_PATIENCE_NS;
	/* What is in flight may take it below what was asked. */
	double barely = now->elapsed_ns < patience ? fmin(asked + STILL_MOVE, (1 + asked) / 2) : asked;
	bool clearer = soft || look.row_still < ROW_STILL_LOOKS || (now->azure_pending && now->elapsed_ns < AZURE_PATIENCE_NS);
	bool enough = told_for(p->seen, now) >= (soft ? SOFT_MIN_NS : HARD_MIN_NS) &&
	              (row >= STATEMENT_MIN || !clearer || now->elapsed_ns >= ROW_PATIENCE_NS) && !more_is_open(p, &look, now, soft);
	bool stands = enough && ((look.same >= STOP_LOOKS && verdict_stands(p, sure)) ||
	                         (look.still >= (soft ? STILL_LOOKS : STILL_LOOKS_HARD) && verdict_stands(p, barely)));
	bool awaited = now->azure_pending || awaits_second_answer(now);
	bool hopeless = !awaited && now->elapsed_ns >= patience && look.still >= STILL_UNDECIDED_LOOKS;
	return stands || hopeless;
}

/* The looks that must agree come before, so that what is clear is said at HARD_MIN. */
bool stop_looks(int64_t elapsed_ns)
{
	return elapsed_ns >= HARD_MIN_NS - (ROW_STILL_LOOKS + 1) * STOP_LOOK_NS;
}

bool stop_gives_up(int64_t elapsed_ns)
{
	return elapsed_ns >= GIVE_UP_NS;
}
