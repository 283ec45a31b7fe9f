/*
 * Where a disaster is, as the ministry words it: prefectures and municipalities, separated by
 * blanks. A word that does not begin with a prefecture belongs to the one before it.
 *
 * Words such as 「4県47市町村」 or 「大分県の市町村」 name no place: nobody is in an area that was
 * not said, and such a word is unclear, never taken for the whole prefecture.
 */
#ifndef OQ_HUB_AREA_H
#define OQ_HUB_AREA_H

#include <stddef.h>

struct area {
	int prefecture;	   /* 1 to 47, 0: none was named */
	const char *place; /* the municipality, not NUL-terminated */
	size_t n;	   /* its bytes; 0: the whole prefecture */
	int clear;
};

/* Takes the next place from *text, which moves on. 1, or 0 at the end. */
int area_next(const char **text, struct area *);

/* How many places of it are clear, and how many are not. */
struct area_count {
	size_t clear, unclear;
};
struct area_count area_count(const char *text);

/*
 * Is a facility there: by the prefecture of its institution code and its municipality (NULL: not
 * known)? 1, 0, or -1 when the area names municipalities and the facility's is not known.
 */
int area_includes(const char *text, const char *facility, const char *municipality);

/*
 * Is a facility of one of these kinds, words with blanks between (medical, dental, pharmacy,
 * nursing)? "": any. 1 or 0. area_kinds_valid() says whether all are such words.
 */
int area_kind_fits(const char *kinds, const char *facility);
int area_kinds_valid(const char *kinds);

#endif
