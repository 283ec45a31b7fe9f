/* Exit statuses, the same for every command (DESIGN 3.7). */
#ifndef OQ_BASE_EXIT_H
#define OQ_BASE_EXIT_H

enum {
	EXIT_YES = 0,	      /* all answered, all yes */
	EXIT_NO = 1,	      /* some no */
	EXIT_USAGE = 2,	      /* wrong use, before the first line is read */
	EXIT_UNKNOWN = 3,     /* some don't know */
	EXIT_CREDENTIALS = 4, /* these three only when the cause stopped every line to be asked */
	EXIT_CARD = 5,
	EXIT_OTHER_SIDE = 6,
	EXIT_LOCAL = 7, /* local input or output; always when the output is not whole */
};

#endif
