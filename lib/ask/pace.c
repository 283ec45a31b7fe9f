#include <string.h>

#include "ask/pace.h"
#include "base/clock.h"

#define MINUTE	   60000
#define DAY	   86400
#define JAPAN	   32400 /* seconds before UTC */
#define LOOK_AGAIN 1000	 /* milliseconds: a clock may be put right meanwhile */

/* Two digits of at most that. */
static int
two_digits(const char *text, int most)
{
	int n;

	if (strspn(text, "0123456789") < 2)
		return -1;
	n = (text[0] - '0') * 10 + text[1] - '0';
	return n <= most ? n : -1;
}

int
until_parse(const char *text, int64_t now, int64_t *until)
{
	int hour, minute;
	int64_t wait;

	if (strlen(text) != 5 || text[2] != ':' || (hour = two_digits(text, 23)) == -1 ||
	    (minute = two_digits(text + 3, 59)) == -1)
		return 0;
	wait = (int64_t)hour * 3600 + (int64_t)minute * 60 - (now + JAPAN) % DAY;
	*until = now + (wait > 0 ? wait : wait + DAY);
	return 1;
}

size_t
pace_lines(const struct pace *p, size_t most)
{
	size_t second = (size_t)(p->rate / 60);

	if (p->rate == 0 || second >= most)
		return most;
	return second == 0 ? 1 : second;
}

void
pace_sent(struct pace *p, size_t n)
{
	int64_t now;

	if (p->rate == 0)
		return;
	now = clock_tick();
	if (p->due < now)
		p->due = now;
	p->due += (int64_t)n * MINUTE / p->rate;
}

int64_t
pace_wait(const struct pace *p)
{
	int64_t wait = p->rate == 0 ? 0 : p->due - clock_tick();

	return wait > 0 ? wait : 0;
}

int
pace_over(const struct pace *p, int64_t *wait)
{
	int64_t left;

	if (p->until == 0)
		return 0;
	if ((left = p->until - clock_now()) <= 0)
		return 1;
	left = left > LOOK_AGAIN / 1000 ? LOOK_AGAIN : left * 1000;
	if (*wait == -1 || left < *wait)
		*wait = left;
	return 0;
}
