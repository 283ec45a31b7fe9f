#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "trust/anchors.h"
#include "trust/when.h"

struct anchors {
	STACK_OF(X509) * certs;
};

void
anchors_free(struct anchors *a)
{
	if (a == NULL)
		return;
	sk_X509_pop_free(a->certs, X509_free);
	free(a);
}

/* NULL if it may be an authority beside the first, else what is wrong with it. */
static const char *
unfit(X509 *cert, X509 *first)
{
	if (X509_check_ca(cert) != 1)
		return "holds a certificate that is no authority's";
	if ((X509_get_key_usage(cert) & KU_KEY_CERT_SIGN) == 0)
		return "holds an authority that may not sign certificates";
	if (X509_get0_subject_key_id(cert) == NULL)
		return "holds an authority without a key identifier";
	if (X509_self_signed(cert, 1) != 1)
		return "holds an authority that did not sign itself";
	if (X509_NAME_cmp(X509_get_subject_name(cert), X509_get_subject_name(first)) != 0)
		return "mixes authorities of different names";
	return NULL;
}

static int
read_all(struct anchors *a, FILE *fp, const char *path, struct why *why)
{
	X509 *cert;

	while ((cert = PEM_read_X509(fp, NULL, NULL, NULL)) != NULL) {
		X509 *first = sk_X509_num(a->certs) > 0 ? sk_X509_value(a->certs, 0) : cert;
		const char *wrong = unfit(cert, first);

		if (wrong != NULL || sk_X509_push(a->certs, cert) <= 0) {
			X509_free(cert);
			why_set(why, wrong != NULL ? ERR_CARD_CA_UNUSABLE : ERR_OUT_OF_MEMORY, NULL,
			    "%s %s", path, wrong != NULL ? wrong : "");
			return -1;
		}
	}
	/* The end of the file shows as "no start line"; anything else is a broken certificate. */
	if (sk_X509_num(a->certs) > 0 &&
	    ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE)
		return 0;
	why_set(why, ERR_CARD_CA_UNUSABLE, NULL, "%s holds no readable certificate", path);
	return -1;
}

struct anchors *
anchors_load(const char *path, struct why *why)
{
	struct anchors *a = calloc(1, sizeof *a);
	FILE *fp = NULL;
	int failed = 1;

	if (a == NULL || (a->certs = sk_X509_new_null()) == NULL)
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", path);
	else if ((fp = fopen(path, "re")) == NULL)
		why_set(why, ERR_CARD_CA_UNUSABLE, NULL, "%s: %s", path, strerror(errno));
	else
		failed = read_all(a, fp, path, why);
	if (fp != NULL)
		fclose(fp);
	ERR_clear_error();
	if (!failed)
		return a;
	anchors_free(a);
	return NULL;
}

static int
valid_at(X509 *cert, int64_t at)
{
	int64_t from, to;

	return when_read(X509_get0_notBefore(cert), &from) &&
	       when_read(X509_get0_notAfter(cert), &to) && from <= at && at <= to;
}

X509 *
anchors_issuer(const struct anchors *a, X509 *cert, int64_t at)
{
	for (int i = 0; i < sk_X509_num(a->certs); i++) {
		X509 *anchor = sk_X509_value(a->certs, i);
		int signed_by = X509_check_issued(anchor, cert) == X509_V_OK &&
				X509_verify(cert, X509_get0_pubkey(anchor)) == 1;

		ERR_clear_error();
		if (signed_by && valid_at(anchor, at))
			return anchor;
	}
	return NULL;
}
