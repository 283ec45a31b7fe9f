/* Where a PIN comes from: the terminal, without echo, or a descriptor. Never from anywhere else. */
#ifndef OQ_CARD_PIN_H
#define OQ_CARD_PIN_H

#include "base/error.h"
#include "card/jpki.h"

/*
 * Four ASCII digits, without a NUL; full-width ones are taken too. Reads the first line of fd, or
 * where fd is -1 asks on the terminal, saying how many tries are left. 0, or -1 with why
 * (pin-malformed, pin-not-given): nothing has been sent to the card then.
 */
int pin_get(const char *tool, int fd, int tries, char pin[static PIN_DIGITS], struct why *why);

#endif
