/* One package, looked at by who has it: is it whole, whose is it, would the application come back? */
#ifndef OQ_SUBSIDY_VERIFY_H
#define OQ_SUBSIDY_VERIFY_H

#include "subsidy/judge.h"
#include "subsidy/proof.h"
#include "subsidy/report.h"

struct verifier {
	const char *path; /* for people */
	const struct rules *rules;
	struct cms_trust *trust; /* NULL: the signer's certificate is not judged */
	enum format format;	 /* FORMAT_JSON, or else lines for people in their language */
	int fd;
};

/*
 * Opens the archive and loads the authority (NULL: none): call it before restrain(). NULL with why
 * (file-unreadable, key-unusable, out-of-memory). verifier_close() takes NULL.
 */
struct verifier *verifier_open(
    const char *path, const char *ca, const struct rules *, enum format, struct why *why);
void verifier_close(struct verifier *);

/* Looks at the archive and writes the record, or the lines, of what was found. */
void report_package(struct report *, const struct verifier *);

/*
 * The same of bytes in memory: adds to out what was found, members of a record or lines without the
 * last line feed. 0 and the verdict, or -1 with why: package-malformed, or what an assessment may
 * say of the project inside.
 */
int verify_memory(
    const struct verifier *, const void *, size_t, struct buf *out, enum verdict *, struct why *);

#endif
