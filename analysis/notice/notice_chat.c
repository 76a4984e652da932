/* SPDX-License-Identifier: BSD-2-Clause */
/* Events for rooms in which people talk. Names come from outside, so nothing may be taken
 * for markup or for a mention that wakes everybody: values stand only where the format has
 * plain text, "@" becomes its full-width twin, and what the format's markup begins with
 * is escaped where it cannot be avoided. */
#include "analysis/notice/notice_forms.h"

#include "analysis/render/words.h"

#include <stdio.h>
#include <string.h>

#define FACT_MAX (SENTENCE_MAX * 6)
#define FULL_WIDTH_AT "\xef\xbc\xa0" /* U+FF20 */

/* escape: &, < and > as entities, as Slack's text wants them, which also keep <!channel>
 * and <http://…|text> from being read. */
static void plain(const char *text, bool escape, char out[FACT_MAX])
{
	char safe[NOTICE_TITLE_MAX];
	size_t n = 0;

	text_safe(safe, sizeof safe, text);
	for (const char *c = safe; *c && n + 8 < FACT_MAX; c++) {
		const char *as = *c == '@' ? FULL_WIDTH_AT
		                 : !escape ? NULL
		                 : *c == '&' ? "&amp;"
		                 : *c == '<' ? "&lt;"
		                 : *c == '>' ? "&gt;"
		                             : NULL;

		if (as) {
			memcpy(out + n, as, strlen(as));
			n += strlen(as);
		} else {
			out[n++] = *c;
		}
	}
	out[n] = '\0';
}

/* The i-th fact for people; false at the end. */
static bool fact(const struct notice *n, size_t i, const char **name, char value[FACT_MAX], bool escape)
{
	static const char *const names[] = {"Summary", "Planned maintenance", "Who must act", "Since", "Measured from", "Run"};
	char since[WALL_TEXT_MAX], minute[32];

	wall_text(n->opened_at, since);
	snprintf(minute, sizeof minute, "%.10s %.5s UTC", since, since + 11);
	const char *const values[] = {
		n->summary, n->maintenance, contact_words(n->contact, n->handoff), minute, n->edge, n->run_id};

	if (i >= sizeof names / sizeof names[0])
		return false;
	*name = names[i];
	plain(values[i], escape, value);
	return true;
}

static void slack_text(struct json_out *j, const char *text)
{
	json_object(j, "text");
	json_text(j, "type", "plain_text");
	json_text(j, "text", text);
	json_bool(j, "emoji", false);
	json_object_end(j);
}

/* "text" is what phones and older servers show; blocks are what Slack shows. */
void notice_form_slack(struct json_out *j, const struct notice *n)
{
	char title[NOTICE_TITLE_MAX], value[FACT_MAX], line[FACT_MAX + 40];
	const char *name;

	notice_title(n, title);
	plain(title, true, value);
	json_object(j, NULL);
	json_text(j, "text", value);
	json_array(j, "blocks");
	json_object(j, NULL);
	json_text(j, "type", "section");
	plain(title, false, value);
	slack_text(j, value);
	json_object_end(j);
	for (size_t i = 0; fact(n, i, &name, value, false); i++) {
		if (!value[0])
			continue;
		json_object(j, NULL);
		json_text(j, "type", "section");
		text_format(line, sizeof line, "%s: %s", name, value);
		slack_text(j, line);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static const char *teams_color(const struct notice *n)
{
	if (n->test)
		return "Default";
	if (n->step == INCIDENT_CLOSED)
		return "Good";
	return n->status == STATUS_FAULT ? "Attention" : "Warning";
}

/* A RichTextBlock shows its runs as they are; a TextBlock would read Markdown. */
static void teams_run(struct json_out *j, const char *text, const char *color, bool strong)
{
	json_object(j, NULL);
	json_text(j, "type", "RichTextBlock");
	json_array(j, "inlines");
	json_object(j, NULL);
	json_text(j, "type", "TextRun");
	json_text(j, "text", text);
	json_text(j, "weight", strong ? "Bolder" : "Default");
	json_text(j, "color", color);
	json_object_end(j);
	json_array_end(j);
	json_object_end(j);
}

void notice_form_teams(struct json_out *j, const struct notice *n)
{
	char title[NOTICE_TITLE_MAX], value[FACT_MAX], line[FACT_MAX + 40];
	const char *name;

	json_object(j, NULL);
	json_text(j, "type", "message");
	json_array(j, "attachments");
	json_object(j, NULL);
	json_text(j, "contentType", "application/vnd.microsoft.card.adaptive");
	json_null(j, "contentUrl");
	json_object(j, "content");
	json_text(j, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
	json_text(j, "type", "AdaptiveCard");
	json_text(j, "version", "1.2");
	json_array(j, "body");
	plain(notice_title(n, title), false, value);
	teams_run(j, value, teams_color(n), true);
	for (size_t i = 0; fact(n, i, &name, value, false); i++) {
		if (!value[0])
			continue;
		text_format(line, sizeof line, "%s: %s", name, value);
		teams_run(j, line, "Default", false);
	}
	json_array_end(j);
	json_object_end(j);
	json_object_end(j);
	json_array_end(j);
	json_object_end(j);
}
