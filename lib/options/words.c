#include <libintl.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/beside.h"
#include "options/words.h"

#define DOMAIN "oq"

static const char *chosen; /* set by words_choose() only */
static pthread_once_t opened = PTHREAD_ONCE_INIT;

void
words_choose(const char *lang)
{
	chosen = lang;
}

/* The first of these that is set counts, even when it names no language (POSIX 8.2). */
static const char *
locale_name(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return "C";
}

int
words_japanese(void)
{
	return strncmp(chosen != NULL ? chosen : locale_name(), "ja", 2) == 0;
}

/*
 * The locale is C.UTF-8, which every machine has, not one that may not be generated here; any but
 * plain C makes gettext look at LANGUAGE. Only messages: data never depends on the locale.
 */
static void
open_catalogue(void)
{
	char directory[4096];

	if (beside("share/locale", directory, sizeof directory) == -1)
		return;
	if (setenv("LANGUAGE", "ja", 1) == -1 || setlocale(LC_MESSAGES, "C.UTF-8") == NULL)
		return;
	if (bindtextdomain(DOMAIN, directory) == NULL ||
	    bind_textdomain_codeset(DOMAIN, "UTF-8") == NULL)
		return;
	/* The first look-up maps the file. */
	(void)dgettext(DOMAIN, "usage");
}

void
words_open_japanese(void)
{
	pthread_once(&opened, open_catalogue);
}

void
words_open(void)
{
	if (words_japanese())
		words_open_japanese();
}

const char *
words_in_japanese(const char *english)
{
	words_open_japanese();
	return dgettext(DOMAIN, english);
}

const char *
words_say(const char *english)
{
	words_open();
	return words_japanese() ? dgettext(DOMAIN, english) : english;
}
