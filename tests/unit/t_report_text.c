/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/golden.h"
#include "tests/unit/report_samples.h"

#include "analysis/record/comment.h"
#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/report/evidence_text.h"
#include "analysis/report/picture.h"
#include "analysis/report/report.h"
#include "analysis/report/report_html.h"
#include "analysis/ticket/ticket.h"
#include "erprobe/channel.h"

#include <math.h>
#include "analysis/value/utf8.h"

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))

static const struct report_place utc = {{0}, 0};

static char *printed(const struct run_result *r, bool color, bool verbose, int width)
{
	struct strbuf b;
	struct text_style style = {.color = color, .verbose = verbose, .width = width};

	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	report_check_text(r, &style, &b);
	char *text = strbuf_take(&b);
	assert_non_null(text);
	return text;
}

static void golden_texts(void **state)
{
	static const int widths[] = {80, 100, 120};

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++)
		for (size_t w = 0; w < COUNT(widths); w++) {
			struct sample *s = sample_rows[i].make();
			char name[80];
			char *text = printed(&s->result, false, false, widths[w]);

			text_format(name, sizeof name, "%s.%d.txt", sample_rows[i].name, widths[w]);
			golden_compare(name, text);
			free(text);
			sample_free(s);
		}
}

/* That nothing tells two faults apart is said where nothing does: one observation is enough, for the one or for the other. */
static void what_tells_two_faults_apart(void **state)
{
	static const struct { size_t pro, contra; bool nothing; } rows[] = {{0, 0, true}, {1, 0, false}, {0, 1, false}, {1, 1, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sample *s = sample_circuit_down();
		struct contest *c = &s->result.circuits[0].faults[0].runner_up;
		c->pro_count = rows[i].pro;
		c->contra_count = rows[i].contra;
		s->result.circuits[0].faults[0].other_domain.known = false;
		char *text = printed(&s->result, false, false, 100);
		assert_int_equal(strstr(text, "Nothing that was seen tells the two apart") != NULL, rows[i].nothing);
		free(text);
		sample_free(s);
	}
}

/* A family that has hops, or one end that is known; IPv4 where there is nothing of either. */
static void what_the_picture_shows(void **state)
{
	static const struct { bool hops, ce, msee; } rows[] = {{true, false, false}, {false, true, false}, {false, false, true}};
	struct ip_addr some;

	(void)state;
	assert_true(ip_addr_parse("2001:db8::1", &some));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct link_result l = {0};

		assert_true(picture_shows(&l, FAM4) && !picture_shows(&l, FAM6));
		l.hop_count[FAM6] = rows[i].hops;
		if (rows[i].ce)
			l.ce[FAM6] = some;
		if (rows[i].msee)
			l.msee[FAM6] = some;
		assert_true(picture_shows(&l, FAM6) && !picture_shows(&l, FAM4));
	}
}

/* Whatever the texts hold: printable UTF-8 and newlines, no line wider than asked. */
static void every_width_is_kept_and_safe(void **state)
{
	static const int widths[] = {0, 20, 72, 80, 93, 100, 120, 200, 5000};
	static const size_t limit[] = {100, 72, 72, 80, 93, 100, 120, 200, 200};

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++)
		for (size_t w = 0; w < COUNT(widths); w++) {
			struct sample *s = sample_rows[i].make();
			char *text = printed(&s->result, false, true, widths[w]);

			for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
				uint32_t cp;
				*end = '\0';
				if (utf8_columns(line) > limit[w])
					fail_msg("%s at %d: %zu columns: %s", sample_rows[i].name, widths[w], utf8_columns(line), line);
				assert_false(end > line && end[-1] == ' ');
				for (const char *c = line; *c != '\0'; c += utf8_next(c, &cp)) {
					utf8_next(c, &cp);
					assert_true(cp != UTF8_INVALID && !utf8_is_unsafe(cp));
				}
			}
			free(text);
			sample_free(s);
		}
}

/* Colour adds codes and nothing else: without them the text is the same. */
static void color_only_adds_codes(void **state)
{
	(void)state;
	struct sample *s = sample_hostile();
	char *plain = printed(&s->result, false, false, 100), *color = printed(&s->result, true, false, 100);
	char *out = color;

	assert_null(strchr(plain, '\x1b'));
	assert_non_null(strchr(color, '\x1b'));
	for (const char *c = color; *c != '\0'; c++) {
		if (*c == '\x1b')
			c += strcspn(c, "m");
		else
			*out++ = *c;
	}
	*out = '\0';
	assert_string_equal(color, plain);
	free(plain);
	free(color);
	sample_free(s);
}

static void healthy_is_short_and_verbose_is_not(void **state)
{
	(void)state;
	struct sample *s = sample_healthy();
	char *brief = printed(&s->result, false, false, 100), *full = printed(&s->result, false, true, 100);

	assert_null(strstr(brief, "hop by hop"));
	assert_non_null(strstr(full, "hop by hop"));
	assert_non_null(strstr(full, "tcp 179 msee"));
	size_t lines = 0;
	for (const char *c = brief; *c != '\0'; c++)
		lines += *c == '\n';
	assert_true(lines <= 30);
	free(brief);
	free(full);
	sample_free(s);
}

/* The page has what the text has of Azure's side, and says in the same words who must act. */
static void the_page_says_what_azure_says(void **state)
{
	(void)state;
	struct sample *s = sample_circuit_down();
	struct strbuf page;

	strbuf_init(&page, STRBUF_MAX_DEFAULT);
	report_html(&s->result, &utc, &page);
	assert_non_null(strstr(page.text, "<h3>What Azure says, as of 2026-"));
	assert_non_null(strstr(page.text, "<td class=\"k\">primary</td><td>ARP 172.16.3.1 Incomplete"));
	assert_non_null(strstr(page.text, "</td><td>BGP 172.16.3.1 "));
	assert_non_null(strstr(page.text, "to act: the provider, Equinix"));
	strbuf_free(&page);
	s->circuit.handoff = HANDOFF_DIRECT;
	strbuf_init(&page, STRBUF_MAX_DEFAULT);
	report_html(&s->result, &utc, &page);
	assert_non_null(strstr(page.text, "to act: whoever runs the cross-connect"));
	assert_non_null(strstr(page.text, ">WAN (cross-connect)<"));
	assert_null(strstr(page.text, "WAN (provider)"));
	strbuf_free(&page);
	for (int width = 72; width <= 120; width += 24) {
		char *text = printed(&s->result, false, false, width);
		assert_non_null(strstr(text, "Who must act: whoever runs the cross-connect"));
		assert_non_null(strstr(text, "DEGRADED   frankfurt-1   WAN (cross-connect)"));
		assert_true(strstr(text, "│ WAN (cross-connect) ") || strstr(text, "│ WAN  ")); /* whole, or not at all */
		assert_null(strstr(text, "WAN (provider)"));
		free(text);
	}
	strbuf_init(&page, STRBUF_MAX_DEFAULT);
	report_summary_text(&s->result, &utc, &page);
	assert_non_null(strstr(page.text, "domain WAN (cross-connect)"));
	assert_null(strstr(page.text, "WAN (provider)"));
	strbuf_free(&page);
	sample_free(s);
}

static void several_circuits_begin_with_an_overview(void **state)
{
	(void)state;
	struct sample *a = sample_healthy(), *b = sample_circuit_down();
	struct circuit_result both[2] = {a->result.circuits[0], b->result.circuits[0]};
	struct run_result r = a->result;

	r.circuits = both;
	r.circuit_count = 2;
	char *text = printed(&r, false, false, 100);
	assert_memory_equal(text, "✓ HEALTHY       frankfurt-1\n! DEGRADED      frankfurt-1   wan.circuit-down   primary link\n",
	                    strlen("✓ HEALTHY       frankfurt-1\n"));
	golden_compare("two-circuits.100.txt", text);
	free(text);
	sample_free(a);
	sample_free(b);
}

static void figures(void **state)
{
	static const struct { int64_t ns; const char *text; } ms[] = {
	    {0, "0.00"}, {412345, "0.41"}, {415000, "0.42"}, {99994000, "99.99"}, {99996000, "100.0"}, {184249000, "184.2"},
	    {-2100000, "-2.10"}, {-4000, "0.00"}, {INT64_C(12345678900000), "12345678.9"},
	};
	static const struct { double r; const char *share, *bound; } shares[] = {
	    {0, "0 %", "0 %"},           {0.0001, "< 0.1 %", "0.1 %"}, {0.03, "3.0 %", "3.0 %"}, {0.0301, "3.0 %", "3.1 %"},
	    {0.9999, "99.9 %", "100 %"}, {1, "100 %", "100 %"},        {-1, "-", "-"},           {1.5, "-", "-"},
	};
	static const struct { double c; const char *text; } sure[] = {
	    {0, "confidence 0.00"}, {0.29, "confidence 0.29"}, {0.949, "confidence 0.94"}, {0.9949, "confidence 0.99"},
	    {0.995, "confidence > 0.99"}, {1, "confidence > 0.99"},
	};
	char buf[WORDS_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(ms); i++)
		assert_string_equal(ms_words(ms[i].ns, false, buf), ms[i].text);
	for (size_t i = 0; i < COUNT(shares); i++) {
		assert_string_equal(percent_words(shares[i].r, buf), shares[i].share);
		assert_string_equal(bound_words(shares[i].r, buf), shares[i].bound);
	}
	for (size_t i = 0; i < COUNT(sure); i++)
		assert_string_equal(confidence_words(sure[i].c, buf), sure[i].text);
	assert_string_equal(loss_words(&(struct ratio_bound){.known = false}, false, buf), "loss not measured");
	assert_string_equal(loss_words(&(struct ratio_bound){0.04, 0.01, 0.07, true}, false, buf), "loss 4.0 % (1.0 % – 7.0 %)");
	assert_string_equal(loss_words(&(struct ratio_bound){0.04, 0.01, 0.07, true}, true, buf), "loss 4.0 %");
	assert_string_equal(loss_words(&(struct ratio_bound){0, 0, 0.03, true}, true, buf), "loss ≤ 3.0 %");
	assert_string_equal(loss_words(&(struct ratio_bound){0, 0, 0, true}, true, buf), "loss 0 %");
	assert_string_equal(segment_loss_words(&(struct ratio_bound){0, 0, 0, true}, true, false, buf), "loss 0 %");
	const struct ratio_bound maybe = {0.03, 0, 0.109, true}, surely = {0.03, 0.01, 0.109, true};
	assert_string_equal(segment_loss_words(&maybe, true, false, buf), "loss ≤ 10.9 %");
	assert_string_equal(segment_loss_words(&maybe, true, true, buf), "loss 3.0 %");
	assert_string_equal(segment_loss_words(&maybe, false, false, buf), "loss 3.0 % (0 % – 10.9 %)");
	assert_string_equal(segment_loss_words(&surely, true, false, buf), "loss 3.0 %");
	static const struct { double ratio; const char *text; } odds[] = {
		{1.35, "1.4 : 1"}, {9.94, "9.9 : 1"}, {9.96, "10 : 1"}, {12, "12 : 1"}, {118, "120 : 1"}, {999, "1,000 : 1"},
		{48321, "48,000 : 1"}, {999999, "1,000,000 : 1"}, {1.01e6, "> 1,000,000 : 1"}, {1e300, "> 1,000,000 : 1"}, {1.0 / 12, "1 : 12"}};
	for (size_t i = 0; i < sizeof odds / sizeof odds[0]; i++)
		assert_string_equal(odds_words(log(odds[i].ratio), buf), odds[i].text);
	assert_string_equal(age_words(-1, buf), "-");
	assert_string_equal(age_words(119 * NS_PER_SEC, buf), "119 s");
	assert_string_equal(age_words(INT64_C(7199) * NS_PER_SEC, buf), "119 min");
	assert_string_equal(age_words(INT64_C(86400) * 3 * NS_PER_SEC, buf), "3 d");
}

/* Each says what happened and ends with the name that documents and evidence have of it. */
static void why_probes_did_not_leave(void **state)
{
	(void)state;
	for (uint8_t r = 0; r <= SEND_RESULTS; r++) {
		const char *words = not_sent_words(r), *name = comment_send_result_name(r);
		size_t len = strlen(words), end = strlen(name);

		assert_true(len > end + 12);
		assert_int_equal(words[len - end - 2], '(');
		assert_memory_equal(words + len - end - 1, name, end);
		assert_string_equal(words + len - 1, ")");
	}
	assert_non_null(strstr(not_sent_words(SEND_REFUSED_RATE), "they are no loss"));
	assert_non_null(strstr(not_sent_words(SEND_NO_BUFFER), "lower --rate"));
}

/* An outcome is as wide as its words: a size is not cut. */
static void outcomes_are_not_cut(void **state)
{
	static const int widths[] = {72, 80, 120};

	(void)state;
	for (size_t w = 0; w < COUNT(widths); w++) {
		struct sample *s = sample_circuit_down();
		struct check_result *c = &s->result.circuits[0].links[0].checks[0];

		assert_true(s->result.circuits[0].links[0].check_count > 0);
		text_format(c->outcome, sizeof c->outcome, "1500 bytes pass");
		char *text = printed(&s->result, false, true, widths[w]);
		assert_non_null(strstr(text, "  1500 bytes pass  "));
		free(text);
		sample_free(s);
	}
}

/* Behind a cut of the corporate network nothing was seen of a link: that is not called healthy. */
static void internal_ticket(const struct run_result *r, const struct report_place *place, struct strbuf *out)
{
	report_ticket(r, AUDIENCE_INTERNAL, place, out);
}

static void links_behind_a_cut_are_not_seen(void **state)
{
	(void)state;
	for (int cut = 0; cut <= 1; cut++) {
		struct sample *s = cut ? sample_nothing() : sample_healthy();
		struct circuit_result *c = s->result.circuits;

		verdict_of(&c->faults[0], STATUS_FAULT, DOMAIN_CORPORATE, "corp.path-down", LINK_NULL, 0.99, "The corporate path is cut.");
		c->fault_count = 1;
		c->links[0].status = c->links[1].status = cut ? STATUS_UNDETERMINED : STATUS_HEALTHY;
		for (size_t t = 0; cut && t < c->target_count; t++)
			c->targets[t].over[0] = c->targets[t].over[1] = false;
		char *text = printed(&s->result, false, false, 100);
		assert_int_equal(strstr(text, "\n· not seen") != NULL, cut);
		assert_int_equal(strstr(text, "✓ healthy") != NULL, !cut);
		assert_string_equal(link_status_words(c, &c->links[0]), cut ? "not seen" : "healthy");
		free(text);
		text = printed(&s->result, true, false, 100);
		assert_int_equal(strstr(text, "\033[2m· not seen") != NULL, cut); /* neither good nor bad */
		free(text);
		static void (*const papers[])(const struct run_result *, const struct report_place *, struct strbuf *) = {
		    report_html, report_summary_text, internal_ticket};
		for (size_t i = 0; i < sizeof papers / sizeof papers[0]; i++) {
			struct strbuf paper;
			strbuf_init(&paper, STRBUF_MAX_DEFAULT);
			papers[i](&s->result, &utc, &paper);
			size_t links = 0; /* beside the summary's heading of all that was not seen */
			for (const char *at = paper.text; (at = strstr(at, "not seen")) != NULL; at++)
				links += strncmp(at, "not seen or not tested", strlen("not seen or not tested")) != 0;
			if ((links > 0) != cut)
				fail_msg("paper %zu, %d: %zu", i, cut, links);
			strbuf_free(&paper);
		}
		/* What stands of a link itself is said of it, and so is an MSEE that answers. */
		c->links[0].status = STATUS_DEGRADED;
		assert_string_equal(link_status_words(c, &c->links[0]), "degraded");
		c->links[0].status = STATUS_UNDETERMINED;
		for (size_t i = 0; i < c->links[0].segment_count; i++)
			c->links[0].segments[i].loss.known = false;
		assert_string_equal(link_status_words(c, &c->links[0]), cut ? "not seen" : "undetermined");
		sample_free(s);
	}
}

/* One of a thing is no several. */
static void counts_of_one(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 2; n++) {
		struct sample *s = sample_healthy();
		s->result.probes_not_sent = s->result.probes_sent = n;
		s->result.match.forged = s->result.capture_dropped = s->result.capture_received = s->result.resets_sent = n;
		char *text = printed(&s->result, false, false, 100);
		assert_non_null(strstr(text, n == 1 ? "1 probe could not leave" : "2 probes could not leave"));
		assert_non_null(strstr(text, n == 1 ? "1 answer carried" : "2 answers carried"));
		assert_non_null(strstr(text, n == 1 ? "lost 1 frame: " : "lost 2 frames: "));
		assert_non_null(strstr(text, n == 1 ? "1 probe of " : "2 probes of "));
		assert_non_null(strstr(text, n == 1 ? "1 reset of half-open" : "2 resets of half-open"));
		assert_non_null(strstr(text, n == 1 ? "1 frame captured" : "2 frames captured"));
		free(text);
		sample_free(s);
	}
}

static void wraps_at_words(void **state)
{
	struct strbuf b;
	struct page p;
	struct text_style style = {.width = 72};

	(void)state;
	strbuf_init(&b, 10000);
	page_init(&p, &style, &b);
	page_text(&p, TONE_PLAIN, "ab ");
	page_wrap(&p, TONE_PLAIN, "one two three four five six seven eight nine ten eleven twelve thirteen 14 15", 3);
	page_to(&p, 70);
	page_wrap(&p, TONE_PLAIN, "long 東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京 end", 2);
	assert_string_equal(b.text, "ab one two three four five six seven eight nine ten eleven twelve\n"
	                            "   thirteen 14 15\n\n"
	                            "  long\n"
	                            "  東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東京東\n"
	                            "  京東京 end\n");
	strbuf_free(&b);
}

/* What Azure says that explains a link stands beside its states, with Azure's own time. */
/* What may be true beside the verdict is no alternative of it, in the text as on the page; that nothing is wrong has words. */
static void instead_and_beside(void **state)
{
	struct sample *s = sample_rows[0].make();
	struct verdict *v = &s->result.circuits[0].faults[0];
	struct strbuf page;

	(void)state;
	v->status = STATUS_DEGRADED;
	v->alternative_count = 2;
	v->alternatives[0] = (struct alternative){.fault = "azure.nsg", .domain = DOMAIN_AZURE, .link = LINK_NULL, .probability = .6, .beside = true};
	v->alternatives[1] = (struct alternative){.fault = "none", .link = LINK_NULL, .probability = .02};
	char *text = printed(&s->result, false, false, 100);
	const char *instead = strstr(text, "What it could be instead\n  no fault   probability 2.0 %\n");
	assert_non_null(instead);
	assert_non_null(strstr(instead, "What may be there besides\n  azure.nsg   Azure   probability 60.0 %\n"));
	free(text);
	strbuf_init(&page, STRBUF_MAX_DEFAULT);
	report_html(&s->result, &utc, &page);
	assert_non_null(strstr(page.text, "instead</h3>\n<ul>\n<li>no fault, probability 2.0 %</li>\n</ul>\n<h3>What may be there besides</h3>\n<ul>\n<li>azure.nsg, Azure, probability 60.0 %</li>"));
	strbuf_free(&page);
	sample_free(s);
}

static void azure_explains(void **state)
{
	struct az_failover_test test = {.status = {true, "Running"}, .link = {true, "Secondary"},
	                                .category = {true, "BgpDisconnect"}, .began = {true, "2026-01-31T11:00:00Z"}};
	struct az_event event = {.id = {true, "M-1"}, .kind = {true, "PlannedMaintenance"}, .title = {true, "Edge upgrade"}};
	struct az_metric drop = {.highest = {true, "2500"}};
	struct sample *s = sample_healthy();
	(void)state;
	s->azure.routes[0].count = 1;
	s->azure.peering.prefix6[LINK_SECONDARY] = (struct az_text){true, "fd00:4::/126"};
	char *before = printed(&s->result, false, false, 120);
	assert_null(strstr(before, "failover test"));
	assert_non_null(strstr(before, "; 1 route\n"));
	assert_non_null(strstr(before, "fd00:4::/126"));
	assert_non_null(strstr(before, "; 0 routes\n"));
	s->azure.routes[0].count = 0;
	free(before);
	s->azure.failover_tests = (struct az_failover_tests){part("tests"), &test, 1};
	s->azure.circuit_events = (struct az_events){part("events"), &event, 1};
	s->azure.drops = (struct az_metrics){part("drops"), &drop, 1};
	char *text = printed(&s->result, false, false, 120);
	assert_non_null(strstr(text, "a link failover test runs on the secondary, BgpDisconnect, since 2026-01-31T11:00:00Z"));
	assert_non_null(strstr(text, "PlannedMaintenance, M-1, Edge upgrade"));
	assert_non_null(strstr(text, "up to 2500 bit/s"));
	free(text);
	s->azure.failover_tests.rows = NULL; /* they are not the sample's to free */
	s->azure.circuit_events.rows = NULL;
	s->azure.drops.rows = NULL;
	sample_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(golden_texts), cmocka_unit_test(what_tells_two_faults_apart), cmocka_unit_test(what_the_picture_shows), cmocka_unit_test(every_width_is_kept_and_safe),
	    cmocka_unit_test(color_only_adds_codes), cmocka_unit_test(healthy_is_short_and_verbose_is_not),
	    cmocka_unit_test(the_page_says_what_azure_says), cmocka_unit_test(several_circuits_begin_with_an_overview), cmocka_unit_test(figures),
	    cmocka_unit_test(why_probes_did_not_leave), cmocka_unit_test(outcomes_are_not_cut),
	    cmocka_unit_test(links_behind_a_cut_are_not_seen),
	    cmocka_unit_test(counts_of_one),
	    cmocka_unit_test(instead_and_beside),
	    cmocka_unit_test(wraps_at_words), cmocka_unit_test(azure_explains),
	};

	return cmocka_run_group_tests_name("report_text", tests, NULL, NULL);
}
