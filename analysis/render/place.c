/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/render/place.h"

#include "analysis/value/strbuf.h"

#include <string.h>

const char *place_text(const struct report_place *place, struct wall_ns t, char buf[PLACE_TEXT_MAX])
{
	char utc[WALL_TEXT_MAX], local[WALL_TEXT_MAX];

	wall_text(t, utc);
	wall_text(wall_add(t, place->utc_offset_s * NS_PER_SEC), local);
	if (place->zone[0] == '\0' || (place->utc_offset_s == 0 && strcmp(place->zone, "UTC") == 0))
		text_format(buf, PLACE_TEXT_MAX, "%.10s %.8s UTC", utc, utc + 11);
	else
		text_format(buf, PLACE_TEXT_MAX, "%.10s %.8s UTC (%.10s %.8s %s)", utc, utc + 11, local, local + 11, place->zone);
	return buf;
}
