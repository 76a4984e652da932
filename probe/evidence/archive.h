/* SPDX-License-Identifier: BSD-2-Clause */
/* Bundles as one file: the only user of libarchive. */
#ifndef ERPROBE_ARCHIVE_H
#define ERPROBE_ARCHIVE_H

#include "analysis/value/strbuf.h"
#include "probe/evidence/bag.h"

#include <stdbool.h>
#include <stddef.h>

enum archive_form { ARCHIVE_NONE = 0, ARCHIVE_ZIP, ARCHIVE_TAR_GZ };

/* By the name's end: ".zip", ".tar.gz", ".tgz"; ARCHIVE_NONE for others. */
enum archive_form archive_form_of(const char *path);

/* Appends an archive of the bag with all its members below the folder `name`. The same
 * bag gives the same bytes: members are sorted, owners and times left out. False with
 * one line in err. */
bool archive_pack(const struct bag *b, const char *name, enum archive_form form, struct strbuf *out, char *err,
                  size_t err_size);

/* Reads an open .zip, .tar or .tar.gz file (name is for the reason alone) into a begun bag.
 * Everything in it is below one folder, or all of it below none, as of `tar -C BUNDLE .`; "./"
 * before a member's path says nothing. Ceilings are those of a bag, kept while unpacking, so a small file that
 * unpacks to a huge one ends early. Links, devices and encrypted members are refused.
 * Nothing is checked yet (bag_check). False with one line in err. */
bool archive_load(int fd, const char *name, struct bag *b, char *err, size_t err_size);
/* The same from memory. */
bool archive_read_bytes(const void *data, size_t len, struct bag *b, char *err, size_t err_size);

#endif
