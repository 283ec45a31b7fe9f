/*
 * The evidence of one project as an archive that proves itself: a bag after BagIt (RFC 8493) in a
 * ZIP (pack.h), CODE.zip, all of it below CODE/:
 *
 *	data/KIND/...		the documents (exhibit.h), originals byte for byte
 *	manifest-sha256.txt	their digests, for sha256sum -c
 *	record.json		the project, its assessment and the list of documents
 *	index.csv		that list for spreadsheets
 *	check.sh		looks at all of this and reckons every total anew: sh, jq
 *	bagit.txt bag-info.txt	what BagIt asks for
 *	tagmanifest-sha256.txt	digests of the six before it
 *	signature.p7s		of the tag manifest, detached
 *	sums.sha256		digests of these two: so a change of either is not taken for one of
 *				what they speak of
 *
 * And the same documents as the one file that the portal takes: CODE_upload.zip.
 */
#ifndef OQ_SUBSIDY_PACKAGE_H
#define OQ_SUBSIDY_PACKAGE_H

#include "base/buf.h"
#include "subsidy/assess.h"
#include "subsidy/exhibit.h"

#define BAG_DECLARATION "bagit.txt"
#define BAG_INFO	"bag-info.txt"
#define BAG_MANIFEST	"manifest-sha256.txt"
#define BAG_TAGS	"tagmanifest-sha256.txt"
#define BAG_RECORD	"record.json"
#define BAG_INDEX	"index.csv"
#define BAG_CHECK	"check.sh"
#define BAG_SIGNATURE	"signature.p7s"
#define BAG_SUMS	"sums.sha256"
#define BAG_SIGNED	"Oq-Signature: " BAG_SIGNATURE "\n" /* a line of bag-info.txt */

struct forms;
struct signer;

struct package_options {
	const char *package, *portal; /* directories for either, or NULL: not wanted */
	const char *files;	      /* where the documents are that projects name */
	const char *cert, *key;	      /* both, or neither: packages are not signed */
	int pass_fd;		      /* as for signer_start() */
	int ascii_names;	      /* in the portal's archive */
};

/* Everything that is open while packages are made. */
struct packaging {
	const struct package_options *o;
	struct signer *signer; /* or NULL */
	struct forms *forms;   /* that draw breakdowns and reports */
	struct buf members;    /* of the last project's record */
};

/*
 * Makes the directories and starts the signer, which must be before forms_open() and restrain().
 * NULL with why. packaging_close() takes NULL.
 */
struct packaging *packaging_open(const struct package_options *, size_t max_line, struct why *why);
void packaging_close(struct packaging *);

/* A project that was assessed with every line, and what of it is packed. */
struct parcel {
	struct packaging *to;
	const struct assessor *by;
	const struct project *project;
	const struct assessment *assessment;
	struct exhibits exhibits;
};

/*
 * Writes what is wanted of a project that was assessed with every line, each archive whole or not
 * at all; `members` are then those that its record gets. 0, or -1 with why. A follower (report.h).
 */
int package_project(void *packaging, const struct assessor *, const struct project *,
    const struct assessment *, struct why *);

/* The bag: at DIR/CODE.zip, whose name is put into path. 0 and the archive's digest, or -1 with why. */
int bag_write(struct parcel *, struct buf *path, char hex[static HEX_SIZE], struct why *);
/* The portal's file, the same: documents only, flat and numbered. */
int portal_write(const struct parcel *, struct buf *path, char hex[static HEX_SIZE], struct why *);

/* Adds one exhibit to an archive under that name. 0 and its digest, or -1 with why. */
struct pack;
int exhibit_pack(struct pack *, const struct exhibit *, const char *dir, const char *name,
    char hex[static HEX_SIZE], struct why *);

#endif
