/* SPDX-License-Identifier: BSD-2-Clause */
/* From files to a configuration: reading, merging, checking the whole. */
#include "probe/config/config.h"

#include "probe/config/config_schema.h"
#include "probe/config/config_yaml.h"
#include "probe/config/suggest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_FILES_MAX 1000

/* All files of one configuration. Their texts live until the last rule was checked,
 * since complaints point into them. */
struct files {
	struct source *sources;
	size_t count;
};

static void files_free(struct files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free((char *)(uintptr_t)files->sources[i].text);
		free((char *)(uintptr_t)files->sources[i].name);
	}
	free(files->sources);
	*files = (struct files){0};
}

static void complain_file(struct complaints *c, const char *path, const char *what, const char *todo)
{
	struct source s = {path, "", 0};
	complain(c, (struct place){&s, 0, 0}, "%s%s", what, todo);
}

/* Reads a whole file, bounded. The caller frees; NULL after errno was set (EFBIG: too large). */
static char *slurp(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return NULL;
	size_t size = CONFIG_FILE_BYTES_MAX + 1, have = 0;
	char *text = malloc(size);
	ssize_t got = text ? 1 : -1;
	while (text && have < size && (got = read(fd, text + have, size - have)) != 0) {
		if (got < 0 && errno != EINTR)
			break;
		have += got > 0 ? (size_t)got : 0;
	}
	int error = got < 0 ? errno : have > CONFIG_FILE_BYTES_MAX ? EFBIG : 0;
	close(fd);
	if (error != 0) {
		free(text);
		errno = error;
		return NULL;
	}
	*len = have;
	char *fitted = realloc(text, have + 1); /* of a thousand files each would keep a MiB */
	return fitted ? fitted : text;
}

/* Adds a file's text; complains when it cannot be read. */
static void files_add(struct files *files, const char *path, struct complaints *c)
{
	size_t len = 0;
	char *text = slurp(path, &len);
	if (!text) {
		bool absent = errno == ENOENT;
		complain_file(c, path, errno == EFBIG ? "larger than a configuration may be (1 MiB)" : strerror(errno),
		              absent ? "; write it (erprobe init RESOURCE-ID does), or name another with -c FILE" : "");
		return;
	}
	char *name = strdup(path);
	struct source *more = name ? realloc(files->sources, (files->count + 1) * sizeof(*more)) : NULL;
	if (!more) {
		free(name);
		free(text);
		complain_file(c, path, "out of memory", "");
		return;
	}
	files->sources = more;
	files->sources[files->count++] = (struct source){name, text, len};
}

static int is_yaml(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".yaml") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name); /* not strcoll: the same order everywhere */
}

/* How many files it added, or tried to. */
static size_t files_add_folder(struct files *files, const char *folder, struct complaints *c)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, is_yaml, by_bytes);
	if (n < 0) {
		if (errno != ENOENT)
			complain_file(c, folder, strerror(errno), "");
		return errno == ENOENT ? 0 : 1;
	}
	for (int i = 0; i < n; i++) {
		char path[CONFIG_TEXT_MAX];
		int len = snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (i < FOLDER_FILES_MAX && len > 0 && (size_t)len < sizeof(path))
			files_add(files, path, c);
		else if (i == FOLDER_FILES_MAX)
			complain_file(c, folder, "holds more than 1000 files", "");
		free(entries[i]);
	}
	free(entries);
	return (size_t)n;
}

static void fill_from(struct filling *f, const struct source *source)
{
	struct node_pool pool = {0};
	struct node *top = yaml_tree(source, &pool, f->complaints);
	struct place start = {source, 1, 1};
	if (!top)
		f->auth_known = false;
	else if (node_is_null(top))
		complain(f->complaints, start, "the file is empty; it needs at least 'circuits:'");
	else if (top->kind == NODE_MAP && !top->first)
		complain(f->complaints, start, "the file is empty; it needs at least 'circuits:'");
	else if (top->kind != NODE_MAP)
		complain(f->complaints, top->at, "expected the keys azure, circuits, audit and history at the top of the file");
	else
		section_fill(f, &config_schema, top, f->config);
	node_pool_free(&pool);
}

static bool build(const struct files *files, struct config *out, struct complaints *c)
{
	struct filling f = {.config = out, .complaints = c, .auth_known = true};
	for (size_t i = 0; i < files->count; i++)
		fill_from(&f, &files->sources[i]);
	if (files->count > 0)
		rules_whole(&f, (struct place){&files->sources[files->count - 1], 1, 1});
	rules_azure_default(&out->azure);
	free(f.origins);
	if (c->count > 0)
		config_free(out);
	return c->count == 0;
}

bool config_read_from(const char *main_file, const char *folder, struct config *out, struct strbuf *errors)
{
	struct complaints c = {.out = errors};
	struct files files = {0};
	*out = (struct config){0};
	/* A missing main file is no error where the folder has some. */
	if (folder && access(main_file, F_OK) != 0 && errno == ENOENT) {
		if (files_add_folder(&files, folder, &c) == 0)
			files_add(&files, main_file, &c);
	} else {
		files_add(&files, main_file, &c);
		if (folder)
			files_add_folder(&files, folder, &c);
	}
	bool ok = build(&files, out, &c);
	files_free(&files);
	return ok;
}

bool config_read(const char *path, struct config *out, struct strbuf *errors)
{
	return path ? config_read_from(path, NULL, out, errors)
	            : config_read_from(CONFIG_PATH_DEFAULT, CONFIG_DIR_DEFAULT, out, errors);
}

bool config_parse(const char *name, const char *text, size_t len, struct config *out, struct strbuf *errors)
{
	struct complaints c = {.out = errors};
	struct source source = {name, text, len};
	struct files files = {&source, 1};
	*out = (struct config){0};
	return build(&files, out, &c);
}

static void circuit_free(struct plan_circuit *c)
{
	free(c->domains);
	free(c->targets);
}

void config_free(struct config *c)
{
	for (size_t i = 0; i < c->circuit_count; i++)
		circuit_free(&c->circuits[i]);
	free(c->circuits);
	free(c->channels);
	*c = (struct config){0};
}

static bool is_named(const struct plan_circuit *c, char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(c->name, names[i]) == 0)
			return true;
	}
	return false;
}

static bool has_circuit(const struct config *c, const char *name, struct suggestion *near)
{
	for (size_t i = 0; i < c->circuit_count; i++) {
		if (strcmp(c->circuits[i].name, name) == 0)
			return true;
		suggest_offer(near, c->circuits[i].name);
	}
	return false;
}

bool config_select(struct config *c, char *const *names, size_t count, char *err, size_t err_size)
{
	for (size_t i = 0; i < count; i++) {
		struct suggestion near = suggest_for(names[i]);
		if (has_circuit(c, names[i], &near))
			continue;
		const char *best = suggest_best(&near);
		char safe[NAME_MAX_LEN];
		text_safe(safe, sizeof(safe), names[i]);
		text_format(err, err_size, "no circuit named '%s' is configured%s%s%s", safe, best ? "; did you mean '" : "",
		            best ? best : "", best ? "'?" : "; `erprobe config show` lists them");
		return false;
	}
	size_t kept = 0;
	for (size_t i = 0; i < c->circuit_count; i++) {
		if (count == 0 || is_named(&c->circuits[i], names, count))
			c->circuits[kept++] = c->circuits[i];
		else
			circuit_free(&c->circuits[i]);
	}
	c->circuit_count = kept;
	if (kept > CONFIG_RUN_CIRCUITS_MAX)
		text_format(err, err_size, "%zu circuits are more than one run can have (%d): name some of them; `erprobe audit` takes them all",
		            kept, CONFIG_RUN_CIRCUITS_MAX);
	return kept <= CONFIG_RUN_CIRCUITS_MAX;
}

const char *config_history_path(const struct config *c)
{
	return c->history_path[0] ? c->history_path : HISTORY_PATH_DEFAULT;
}
