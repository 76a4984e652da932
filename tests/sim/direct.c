/* SPDX-License-Identifier: BSD-2-Clause */
/* ExpressRoute Direct: no provider, and a pair of Microsoft's ports of which Azure tells state and light. */
#include "tests/sim/world.h"

#define PORT_ID "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/expressRoutePorts/p-1"
#define LIGHT_USUAL "-3.1"
#define LIGHT_WEAK "-11.6" /* below what Azure calls healthy, and enough */
#define LIGHT_NONE "-40.0"

static const char *const names[LINKS] = {"link1", "link2"};

static void sample(struct az_metric *m, const char *name, int l, const char *value)
{
	sim_text(&m->name, name);
	sim_text(&m->link, names[l]);
	sim_text(&m->average, value);
}

static void set_port(struct sim_world *w, int l, const char *admin, bool line, const char *light)
{
	struct az_snapshot *s = &w->azure;
	bool enabled = admin[0] == 'E';
	sim_text(&s->port.rows[l].name, names[l]);
	sim_text(&s->port.rows[l].admin_state, admin);
	sample(&s->port_state.rows[2 * l], "AdminState", l, enabled ? "1" : "0");
	sample(&s->port_state.rows[2 * l + 1], "LineProtocol", l, line ? "1" : "0");
	sample(&s->port_light.rows[l], "RxLightLevel", l, light);
}

void world_direct(struct sim_world *w)
{
	struct az_snapshot *s = &w->azure;
	w->direct = true;
	s->circuit.provider_state.present = false;
	sim_text(&s->circuit.express_route_port, PORT_ID);
	s->port.part.read = s->port_state.part.read = s->port_light.part.read = AZ_OK;
	s->port.count = s->port_light.count = LINKS;
	s->port_state.count = 2 * (size_t)LINKS;
	for (int l = 0; l < LINKS; l++)
		set_port(w, l, "Enabled", true, LIGHT_USUAL);
}

void direct_shut(struct sim_world *w, int l)
{
	if (!w->azure_stale)
		set_port(w, l, "Disabled", false, LIGHT_NONE);
}

void direct_weak(struct sim_world *w, int l)
{
	if (w->direct && !w->azure_stale)
		set_port(w, l, "Enabled", true, LIGHT_WEAK);
}

/* A number of its own: the trial's are left as they are. */
static double drawn(const struct sim_world *w)
{
	struct sim_rng apart = {.s = w->rng.s ^ 0xD1EC7D1EC7D1EC7DULL};
	sim_uniform(&apart);
	return sim_uniform(&apart);
}

/* Who is at the other end of the port's fibre may be a carrier's multiplexer, whose light stays. */
void direct_cut(struct sim_world *w, int l)
{
	double x = drawn(w);
	if (w->direct && !w->azure_stale && x >= 0.2)
		set_port(w, l, "Enabled", false, x < 0.5 ? LIGHT_USUAL : LIGHT_NONE);
}

/* A router that is dead reports nothing new. */
void direct_msee_dead(struct sim_world *w, int l)
{
	if (w->direct && !w->azure_stale && drawn(w) < 0.5)
		set_port(w, l, "Enabled", false, LIGHT_USUAL);
}
