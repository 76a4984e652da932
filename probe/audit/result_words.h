/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of a result document (analysis/report/schema) that more than one reader of it needs. v may be NULL, or of any type. */
#ifndef ERPROBE_AUDIT_RESULT_WORDS_H
#define ERPROBE_AUDIT_RESULT_WORDS_H

#include "erprobe/result.h"
#include "probe/json/json_in.h"

#include <stddef.h>

/* The place of a word among name(0), …, name(count - 1), or count. */
size_t result_word(const struct json_value *v, const char *(*name)(size_t), size_t count);

/* What is none of their words is STATUS_UNDETERMINED, DOMAIN_NONE, LINK_NULL, CONTACT_NONE. */
enum status result_status(const struct json_value *v);
enum domain result_domain(const struct json_value *v);
enum link_id result_link(const struct json_value *v);
enum contact result_contact(const struct json_value *v);

/* Text that is safe to print; "" where there is none. */
void result_copy(char *dst, size_t size, const struct json_value *v);

#endif
