/*
 * The controlling terminal: prompts, and the one line for the desk (--say).
 *
 * Every prompt takes flock on the terminal's device, says which command asks and what, and
 * restores the terminal's mode on every signal (PROTOCOL 8).
 */
#ifndef OQ_OPTIONS_TTY_H
#define OQ_OPTIONS_TTY_H

#include <stddef.h>
#include <stdint.h>

struct tty;

/* Opens /dev/tty. NULL when the process has none. */
struct tty *tty_open(const char *tool);
void tty_close(struct tty *);

/* Writes text; returns 0 or -1. */
int tty_say(struct tty *, const char *text);

enum tty_answer { TTY_LINE, TTY_END, TTY_TIMEOUT, TTY_INTERRUPTED, TTY_FAILED, TTY_TOO_LONG };

/*
 * Shows prompt and reads one line into out (n bytes with NUL, without the line feed), echoed or
 * not. timeout in milliseconds, 0: none. The caller wipes what is secret.
 */
enum tty_answer tty_ask(
    struct tty *, const char *prompt, int echo, int64_t timeout, char *out, size_t n);

/*
 * Shows prompt and waits for one of the keys (ASCII; full width does as well), which needs no Enter
 * and does not show. What was typed before does not count. TTY_LINE and *key, or why there is none.
 */
enum tty_answer tty_key(
    struct tty *, const char *prompt, const char *keys, int64_t timeout, char *key);

/* One line on /dev/tty if there is one, for --say; personal data may stand in it. */
void tty_desk(const char *tool, const char *line);

#endif
