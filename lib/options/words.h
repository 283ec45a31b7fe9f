/*
 * Text for people: marked N_() where a constant is needed, _() where it is printed. The English
 * in the code is the key; lib/po/ja.po holds the Japanese. Records are never translated.
 */
#ifndef OQ_OPTIONS_WORDS_H
#define OQ_OPTIONS_WORDS_H

#ifndef N_
#define N_(s) s
#endif
#define _(s) words_say(s)

/*
 * Says which language people read: "ja", "en", or NULL for what LC_ALL, LC_MESSAGES or LANG name
 * (English where they name nothing). Call it before the first text, from main(); without a call
 * it is NULL.
 */
void words_choose(const char *lang);

/* 1 if it is Japanese, else 0: for tables that hold both languages. */
int words_japanese(void);

/*
 * Finds the catalogue now, if one is needed at all: call it before restrain(), after which files
 * can no longer be opened. English needs none.
 */
void words_open(void);

/* The text in the chosen language; the same text when the catalogue has none. Never freed. */
const char *words_say(const char *english) __attribute__((format_arg(1)));

/*
 * The text in Japanese, for papers that are in that language whatever people read; the same text
 * when there is no catalogue. words_open_japanese() is for it what words_open() is for words_say().
 */
const char *words_in_japanese(const char *english) __attribute__((format_arg(1)));
void words_open_japanese(void);

#endif
