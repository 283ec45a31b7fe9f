#include <string.h>

#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/x509v3.h>

#include "trust/anchors.h"
#include "trust/idcert.h"
#include "trust/when.h"

/* 利用者証明用 [B]: the signature certificate's is .1.20, a phone's .1.40. */
#define POLICY "1.2.392.200149.8.5.1.3.30"
/* Other names of the signature certificate: name, birth, sex, address of a person [A]. */
#define PERSONAL "1.2.392.200149.8.5.5."

static void
hex(char *out, const uint8_t *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

static int
read_serial(struct idcert *c)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(c->cert);
	int n = ASN1_STRING_length(serial);

	if (n < 1 || 2 * n >= IDCERT_SERIAL_SIZE || ASN1_STRING_type(serial) != V_ASN1_INTEGER)
		return 0;
	hex(c->serial, ASN1_STRING_get0_data(serial), (size_t)n);
	return 1;
}

/* 1, or 0 if the authority's identifier is longer than any that is made. */
static int
make_id(struct idcert *c, X509 *issuer)
{
	const ASN1_OCTET_STRING *key = X509_get0_subject_key_id(issuer);
	const ASN1_INTEGER *serial = X509_get0_serialNumber(c->cert);
	int k = ASN1_STRING_length(key), n = ASN1_STRING_length(serial);
	uint8_t both[64 + IDCERT_SERIAL_SIZE / 2], digest[ALG_DIGEST_MAX];
	size_t len = 0;

	if (k > 64)
		return 0;
	memcpy(both, ASN1_STRING_get0_data(key), (size_t)k);
	memcpy(both + k, ASN1_STRING_get0_data(serial), (size_t)n);
	if (EVP_Q_digest(NULL, "SHA256", NULL, both, (size_t)(k + n), digest, &len) != 1)
		return 0;
	hex(c->id, digest, len);
	return 1;
}

int
idcert_read(struct idcert *c, const uint8_t *der, size_t len, struct why *why)
{
	const uint8_t *p = der;
	size_t n = 0;

	*c = (struct idcert){ 0 };
	c->cert = len > IDCERT_MAX ? NULL : d2i_X509(NULL, &p, (long)len);
	if (c->cert == NULL || p != der + len ||
	    (X509_get_extension_flags(c->cert) & EXFLAG_INVALID) != 0 ||
	    !when_read(X509_get0_notBefore(c->cert), &c->not_before) ||
	    !when_read(X509_get0_notAfter(c->cert), &c->not_after) || !read_serial(c) ||
	    EVP_Q_digest(NULL, "SHA256", NULL, der, len, c->fingerprint, &n) != 1 ||
	    (c->key = X509_get0_pubkey(c->cert)) == NULL) {
		ERR_clear_error();
		idcert_free(c);
		why_set(why, ERR_CARD_CERTIFICATE_MALFORMED, NULL, "%zu bytes", len);
		return 0;
	}
	c->alg = alg_of_key(c->key);
	return 1;
}

void
idcert_free(struct idcert *c)
{
	X509_free(c->cert);
	*c = (struct idcert){ 0 };
}

/* One look at a certificate; each of the functions below returns 1 if that is in order, else 0
 * with why. `at` is the time to judge by. */
struct look {
	struct idcert *c;
	const struct anchors *anchors;
	int64_t at;
	struct why *why;
};

static int
other(const struct look *l, const char *what)
{
	why_set(l->why, ERR_CARD_CERTIFICATE_OTHER, NULL, "%s", what);
	return 0;
}

static int
check_usage(const struct look *l)
{
	if (X509_get_key_usage(l->c->cert) != KU_DIGITAL_SIGNATURE ||
	    (X509_get_extension_flags(l->c->cert) & EXFLAG_KUSAGE) == 0)
		return other(l, "its key usage is not digitalSignature alone");
	if ((X509_get_extension_flags(l->c->cert) & EXFLAG_XKUSAGE) != 0 &&
	    (X509_get_extended_key_usage(l->c->cert) & XKU_SSL_CLIENT) == 0)
		return other(l, "its extended key usage is not clientAuth");
	return 1;
}

static int
check_policy(const struct look *l)
{
	CERTIFICATEPOLICIES *all =
	    X509_get_ext_d2i(l->c->cert, NID_certificate_policies, NULL, NULL);
	int found = 0;

	for (int i = 0; all != NULL && i < sk_POLICYINFO_num(all); i++) {
		char oid[80];

		OBJ_obj2txt(oid, sizeof oid, sk_POLICYINFO_value(all, i)->policyid, 1);
		found |= strcmp(oid, POLICY) == 0;
	}
	CERTIFICATEPOLICIES_free(all);
	return found ? 1 : other(l, "its policy is not that of user authentication");
}

static int
check_constraints(const struct look *l)
{
	if ((X509_get_extension_flags(l->c->cert) & EXFLAG_CA) != 0)
		return other(l, "it is an authority's");
	if ((X509_get_extension_flags(l->c->cert) & EXFLAG_CRITICAL) != 0)
		return other(l, "it has a critical extension that we do not know");
	return 1;
}

/* Country, organisation and one common name, and nothing about a person. */
static int
check_subject(const struct look *l)
{
	const X509_NAME *name = X509_get_subject_name(l->c->cert);
	int common = 0, japan = 0;

	for (int i = 0; i < X509_NAME_entry_count(name); i++) {
		const X509_NAME_ENTRY *e = X509_NAME_get_entry(name, i);
		const ASN1_STRING *text = X509_NAME_ENTRY_get_data(e);

		switch (OBJ_obj2nid(X509_NAME_ENTRY_get_object(e))) {
		case NID_countryName:
			japan = ASN1_STRING_length(text) == 2 &&
				memcmp(ASN1_STRING_get0_data(text), "JP", 2) == 0;
			break;
		case NID_commonName:
			common++;
			break;
		case NID_organizationName:
		case NID_organizationalUnitName:
			break;
		default:
			return other(l, "its subject tells more than a number");
		}
	}
	return common == 1 && japan ? 1 : other(l, "its subject is not a number in Japan");
}

static int
check_alternative_names(const struct look *l)
{
	int critical, personal = 0;
	GENERAL_NAMES *all = X509_get_ext_d2i(l->c->cert, NID_subject_alt_name, &critical, NULL);

	if (all == NULL && critical != -1)
		return other(l, "its alternative names cannot be read");

	for (int i = 0; all != NULL && i < sk_GENERAL_NAME_num(all); i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(all, i);
		char oid[80] = "";

		if (g->type == GEN_OTHERNAME)
			OBJ_obj2txt(oid, sizeof oid, g->d.otherName->type_id, 1);
		personal |= strncmp(oid, PERSONAL, sizeof PERSONAL - 1) == 0;
	}
	GENERAL_NAMES_free(all);
	return personal ? other(l, "it names a person") : 1;
}

static int
check_chain(const struct look *l)
{
	int64_t at = l->at < l->c->not_after ? l->at : l->c->not_after;
	X509 *issuer = anchors_issuer(l->anchors, l->c->cert, at);
	int md = NID_undef;

	if (issuer == NULL || !make_id(l->c, issuer)) {
		why_set(l->why, ERR_CARD_ISSUER_UNKNOWN, NULL,
		    "no authority in --card-ca issued it, or not any more");
		return 0;
	}
	if (X509_get_signature_info(l->c->cert, &md, NULL, NULL, NULL) != 1 ||
	    (md != NID_sha256 && md != NID_sha384)) {
		why_set(l->why, ERR_CARD_ISSUER_UNKNOWN, NULL,
		    "it is signed with a digest weaker than SHA-256");
		return 0;
	}
	return 1;
}

/* Cards have RSA-2048; ES256 is for facilities only. */
static int
check_key(const struct look *l)
{
	const struct alg *alg = l->c->alg;

	if (alg != NULL && strcmp(alg->name, "ES256") != 0 &&
	    (alg->half > 0 || EVP_PKEY_get_bits(l->c->key) == 2048))
		return 1;
	why_set(l->why, ERR_CARD_KEY_UNSUPPORTED, NULL, "%s of %d bits",
	    EVP_PKEY_get0_type_name(l->c->key), EVP_PKEY_get_bits(l->c->key));
	return 0;
}

static int
check_begun(const struct look *l)
{
	if (l->at >= l->c->not_before)
		return 1;
	why_set(l->why, ERR_CARD_NOT_YET_VALID, NULL, NULL);
	return 0;
}

/* In the order in which a refusal tells most: what it is, who says so, what it can, when. */
static int (*const looks[])(const struct look *) = { check_usage, check_policy, check_constraints,
	check_alternative_names, check_subject, check_chain, check_key, check_begun };

enum idcert_verdict
idcert_check(struct idcert *c, const struct anchors *anchors, int64_t at, struct why *why)
{
	struct look l = { c, anchors, at, why };

	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if (!looks[i](&l))
			return IDCERT_REFUSED;
	if (at <= c->not_after)
		return IDCERT_GOOD;
	why_set(why, ERR_CARD_EXPIRED, NULL, NULL);
	return IDCERT_EXPIRED;
}
