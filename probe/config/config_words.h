/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tables of the configuration are written with. */
#ifndef ERPROBE_CONFIG_WORDS_H
#define ERPROBE_CONFIG_WORDS_H

#include <stddef.h>

#define FIELDS(table) (table), sizeof(table) / sizeof((table)[0])
#define WORDS(table) {(table), sizeof(table) / sizeof((table)[0])}
/* The place and the size of a text member. */
#define TEXT(type, member) .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define AT(type, member) .offset = offsetof(type, member)

#endif
