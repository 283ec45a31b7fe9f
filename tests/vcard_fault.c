#include <stdlib.h>
#include <string.h>

#include "vcard_fault.h"

static const char *const kinds[] = { "silent", "slow", "short", "cut", "long", "flip", "sw",
	"remove", "lost", "swap", "run" };

int
fault_parse(const char *text, struct fault *f)
{
	const char *at = strchr(text, '@'), *argument = strchr(text, '=');
	size_t n;

	*f = (struct fault){ .argument = argument == NULL ? "" : argument + 1 };
	if (at == NULL)
		return 0;
	n = strcspn(at + 1, "#=");
	if (n == 0 || n >= sizeof f->step)
		return 0;
	memcpy(f->step, at + 1, n);
	if (at[1 + n] == '#')
		f->nth = atoi(at + 2 + n);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strlen(kinds[i]) == (size_t)(at - text) &&
		    strncmp(kinds[i], text, (size_t)(at - text)) == 0) {
			f->kind = (enum fault_kind)i;
			return 1;
		}
	return 0;
}

static const char *
step_of_file(unsigned id)
{
	static const struct {
		unsigned id;
		const char *step;
	} files[] = {
		{ 0x0006, "token" },
		{ 0x000a, "certificate" },
		{ 0x0018, "pin" },
		{ 0x0017, "key" },
	};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (files[i].id == id)
			return files[i].step;
	return "other";
}

const char *
step_of(const struct card *c, const uint8_t *cmd, size_t n)
{
	if (n < 4)
		return "other";
	if (cmd[1] == 0xa4 && cmd[2] == 0x04)
		return n > 5 && cmd[5] == 0xa0 ? "drop" : "application";
	if (cmd[1] == 0xa4)
		return n > 6 ? step_of_file((unsigned)(cmd[5] << 8 | cmd[6])) : "other";
	if (cmd[1] == 0xb0)
		return step_of_file((cmd[2] & 0x80) != 0 ? cmd[2] & 0x1fU : c->current);
	if (cmd[1] == 0x20)
		return n == 4 ? "query" : "verify";
	return cmd[0] == 0x80 && cmd[1] == 0x2a ? "sign" : "other";
}

int
fault_due(struct fault *f, const char *step)
{
	if (strcmp(f->step, step) != 0)
		return 0;
	f->seen++;
	return f->nth == 0 || f->nth == f->seen;
}
