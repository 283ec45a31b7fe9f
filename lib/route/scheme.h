/* One way out: what it can, and its functions. `impl` is what open() returned. */
#ifndef OQ_ROUTE_SCHEME_H
#define OQ_ROUTE_SCHEME_H

#include "route/route.h"

#define TERMINAL_PREFIX "terminal:"

struct scheme_row {
	const char *prefix; /* of --via: "https:" */
	unsigned can;	    /* bits of enum ability */
	void *(*open)(const struct route_options *, struct why *);
	void (*close)(void *impl);
	const char *(*name)(const void *impl);
	size_t lines;  /* questions in a window */
	int directory; /* is it one, named behind the prefix? */
	/* These four may be NULL: nothing to do. */
	void (*label)(void *impl, struct question *);
	void (*prepare)(void *impl, struct window *);
	void (*handed)(void *impl);
	void (*forget)(void *impl, const char *name);
	int (*start)(void *impl, struct window *);
	struct window *(*work)(void *impl, int64_t timeout, const int *fds, size_t n);
	const struct why *(*down)(const void *impl);
	void (*stop)(void *impl, int64_t grace);
	uint64_t (*count)(const void *impl, const char *what);
};

extern const struct scheme_row https_scheme;
/* Weak: NULL in a program that is not linked with it (route_become). */
extern const struct scheme_row terminal_scheme __attribute__((weak));

#endif
