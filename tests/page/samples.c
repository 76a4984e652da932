/* SPDX-License-Identifier: BSD-2-Clause */
/* samples DIR: writes the page of each made result as DIR/NAME.html. */
#include "tests/unit/report_samples.h"

#include "analysis/report/report_html.h"

#include <stdio.h>

static bool write_page(const char *dir, const char *name, const struct sample *s)
{
	static const struct report_place place = {"CET", 3600};
	struct strbuf page;
	char path[512];
	FILE *f;

	strbuf_init(&page, STRBUF_MAX_DEFAULT);
	report_html(&s->result, &place, &page);
	snprintf(path, sizeof path, "%s/%s.html", dir, name);
	f = strbuf_ok(&page) ? fopen(path, "w") : NULL;
	bool ok = f && fwrite(page.text, 1, page.len, f) == page.len;
	ok = f && fclose(f) == 0 && ok;
	strbuf_free(&page);
	return ok;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		struct sample *(*make)(void);
	} samples[] = {{"healthy", sample_healthy},         {"circuit-down", sample_circuit_down}, {"gateway-down", sample_gateway_down},
	               {"undetermined", sample_undetermined}, {"dual-stack", sample_dual_stack},     {"silent-msee", sample_silent_msee},
	               {"long-ipv6", sample_long_ipv6},       {"nothing", sample_nothing},           {"hostile", sample_hostile},
	               {"heard", sample_heard}};

	for (size_t i = 0; argc == 2 && i < sizeof samples / sizeof samples[0]; i++) {
		struct sample *s = samples[i].make();
		bool ok = write_page(argv[1], samples[i].name, s);

		sample_free(s);
		if (!ok) {
			fprintf(stderr, "samples: %s: not written\n", samples[i].name);
			return 3;
		}
	}
	if (argc != 2)
		fprintf(stderr, "usage: samples DIR\n");
	return argc == 2 ? 0 : 3;
}
