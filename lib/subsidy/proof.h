/* Is a package whole? Its files against its manifests, and its signature. */
#ifndef OQ_SUBSIDY_PROOF_H
#define OQ_SUBSIDY_PROOF_H

#include "subsidy/unpack.h"
#include "trust/cms.h"

enum fault_kind {
	FAULT_CHANGED,	/* not the bytes that the manifest names */
	FAULT_MISSING,	/* a manifest names it */
	FAULT_UNPROVEN, /* no manifest names it, or it is no file, or there are several */
	N_FAULTS
};

struct fault {
	enum fault_kind kind;
	char *file; /* below the directory of the bag, or as the archive has it */
};

struct proof {
	struct fault *faults;
	size_t n, room;
	int no_memory;
	int is_signed; /* then: */
	enum cms_verdict signature;
	struct cms_signer signer;
};

/* Which files of an archive a proof reads: for unpack_fd(). */
int proof_wants(const char *name);

/*
 * The member below the bag's directory, as "record.json"; NULL if it is not there, or there are
 * several of that name.
 */
const struct member *proof_member(const struct unpacked *, const char *file);

/* 0 with all faults found, in the order of their files; -1 without memory. trust may be NULL. */
int proof_make(struct proof *, const struct unpacked *, const struct cms_trust *);
void proof_free(struct proof *);

/* Does a fault of that file stand in it? */
int proof_doubts(const struct proof *, const char *file);

#endif
