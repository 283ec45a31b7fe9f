#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exit.h"
#include "options/rows.h"

#define SYSTEM_CONFIG "/etc/oq/oq.conf"

/*
 * One file serves all commands, so each takes the names of all (PROTOCOL 6), and leaves alone those
 * that are not in its own table. A row that is marked OPTION_CONF in any command stands here.
 */
static const char *const shared[] = {
	"advice",
	"ca",
	"card-ca",
	"cert",
	"face",
	"facility",
	"fail-on",
	"grace",
	"holidays",
	"hub",
	"jobs",
	"key",
	"lang",
	"ledger",
	"max-line",
	"method",
	"open-days",
	"operator",
	"reader",
	"shares",
	"state",
	"terminal-certificate-until",
	"timeout",
	"vendor",
	"vendor-hours",
	"vendor-telephone",
	"via",
	"wording",
};
#define N_SHARED (sizeof shared / sizeof *shared)

struct config {
	struct reading *reading;
	const char *path;
	size_t line;
	size_t *mentioned; /* by name: its line, or 0 */
};

/* The i-th name that may stand in the file, or NULL for a row that may not. */
static const char *
name_at(const struct command *cmd, size_t i)
{
	if (i >= row_count(cmd))
		return shared[i - row_count(cmd)];
	return row_at(cmd, i)->flags & OPTION_CONF ? row_at(cmd, i)->name : NULL;
}

static size_t
name_count(const struct command *cmd)
{
	return row_count(cmd) + N_SHARED;
}

/* The first index with that name; an unknown name ends the process. */
static size_t
name_find(const struct config *c, const char *name)
{
	const struct command *cmd = c->reading->cmd;
	struct nearest near = { 0 };

	for (size_t i = 0; i < name_count(cmd); i++) {
		const char *known = name_at(cmd, i);

		if (known == NULL)
			continue;
		if (strcmp(known, name) == 0)
			return i;
		nearest_try(&near, name, strlen(name), known);
	}
	usage_error(cmd, _("%s:%zu: unknown name '%s', the nearest is '%s'"), c->path, c->line,
	    name, near.best);
}

static char *
trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && strchr(" \t\r\n", end[-1]) != NULL)
		*--end = '\0';
	return s + strspn(s, " \t");
}

/* A '#' at the beginning or after a blank starts a comment; inside a word it is itself. */
static void
cut_comment(char *s)
{
	for (char *p = s; (p = strchr(p, '#')) != NULL; p++)
		if (p == s || p[-1] == ' ' || p[-1] == '\t') {
			*p = '\0';
			return;
		}
}

/* A name without a value counts as not there, so that a template may list them all. */
static void
read_value(struct config *c, size_t i, const char *value)
{
	struct reading *r = c->reading;
	const char *name = name_at(r->cmd, i);
	size_t n = strlen(value) + 1;
	char label[512], *kept;

	if (c->mentioned[i] != 0)
		usage_error(r->cmd, _("%s:%zu: %s stands in line %zu already"), c->path, c->line,
		    name, c->mentioned[i]);
	c->mentioned[i] = c->line;
	if (i >= row_count(r->cmd) || r->given[i] || *value == '\0')
		return;
	kept = memcpy(keep(n), value, n);
	snprintf(label, sizeof label, "%.400s:%zu: %s", c->path, c->line, name);
	row_set(r, i, kept, label);
}

static void
read_line(struct config *c, char *line, size_t len)
{
	char *equals, *name;

	if (strlen(line) != len)
		usage_error(c->reading->cmd, _("%s:%zu: this is no text"), c->path, c->line);
	if (c->line == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3; /* some editors leave a byte order mark */
	cut_comment(line);
	line = trim(line);
	if (*line == '\0')
		return;
	if ((equals = strchr(line, '=')) == NULL)
		usage_error(
		    c->reading->cmd, _("%s:%zu: this is not 'name = value'"), c->path, c->line);
	*equals = '\0';
	name = trim(line);
	read_value(c, name_find(c, name), trim(equals + 1));
}

/* What stands in the file decides whom we trust: nobody else may be able to write it. */
static void
check_writers(const struct config *c, FILE *fp)
{
	const struct command *cmd = c->reading->cmd;
	struct stat st;

	if (fstat(fileno(fp), &st) == -1)
		usage_error(cmd, "%s: %s", c->path, strerror(errno));
	if (st.st_uid != 0 && st.st_uid != geteuid())
		usage_error(cmd, _("%s belongs to another user, who can write it"), c->path);
	if (S_ISREG(st.st_mode) && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		usage_error(cmd, _("%s: others can write this file (mode %04o); chmod go-w it"),
		    c->path, (unsigned)(st.st_mode & 07777));
}

static void
read_file(struct config *c, FILE *fp)
{
	const struct command *cmd = c->reading->cmd;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	c->mentioned = keep(name_count(cmd) * sizeof *c->mentioned);
	memset(c->mentioned, 0, name_count(cmd) * sizeof *c->mentioned);
	check_writers(c, fp);
	errno = 0;
	while ((n = getline(&line, &cap, fp)) != -1) {
		c->line++;
		read_line(c, line, (size_t)n);
	}
	if (ferror(fp) || !feof(fp))
		usage_error(cmd, "%s: %s", c->path, strerror(errno));
	free(line);
}

/* NULL if there is no such file; one that is there and cannot be opened ends the process. */
static FILE *
open_if_there(const struct command *cmd, const char *path)
{
	FILE *fp = fopen(path, "re");

	if (fp == NULL && errno != ENOENT && errno != ENOTDIR)
		usage_error(cmd, "%s: %s", path, strerror(errno));
	return fp;
}

/* $XDG_CONFIG_HOME/oq/oq.conf; its default is ~/.config, and a relative path is none (XDG). */
static FILE *
open_users(const struct command *cmd, char *path, size_t n)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int len = -1;

	if (xdg != NULL && xdg[0] == '/')
		len = snprintf(path, n, "%s/oq/oq.conf", xdg);
	else if (home != NULL && home[0] == '/')
		len = snprintf(path, n, "%s/.config/oq/oq.conf", home);
	return len > 0 && (size_t)len < n ? open_if_there(cmd, path) : NULL;
}

void
config_read(struct reading *r)
{
	const char *named = r->common.config, *variable = getenv("OQ_CONFIG");
	struct config c = { .reading = r };
	char path[4096];
	FILE *fp;

	if (named == NULL && variable != NULL && *variable != '\0')
		named = variable;
	if (named != NULL) {
		c.path = named;
		if ((fp = fopen(named, "re")) == NULL)
			usage_error(r->cmd, "%s: %s", named, strerror(errno));
	} else {
		c.path = path;
		if ((fp = open_users(r->cmd, path, sizeof path)) == NULL) {
			c.path = SYSTEM_CONFIG;
			fp = open_if_there(r->cmd, SYSTEM_CONFIG);
		}
	}
	if (fp == NULL)
		return;
	read_file(&c, fp);
	fclose(fp);
}
