/*
 * libarchive takes names of files for text of the locale. While such a time lasts, the locale of
 * this thread says UTF-8, whatever the user's is, and nothing else of it changes.
 */
#ifndef OQ_SUBSIDY_UTF8_NAMES_H
#define OQ_SUBSIDY_UTF8_NAMES_H

#include <locale.h>

struct utf8_names {
	locale_t utf8, before;
};

/* 0, or -1 with errno. End it in the same thread; ending a zeroed one does nothing. */
int utf8_names_begin(struct utf8_names *);
void utf8_names_end(struct utf8_names *);

#endif
