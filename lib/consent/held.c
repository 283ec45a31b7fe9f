#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>

#include "consent/held.h"

int
held_signer(struct held *h, const char *path, struct why *why)
{
	FILE *fp = fopen(path, "re");
	X509 *cert = fp == NULL ? NULL : PEM_read_X509(fp, NULL, NULL, NULL);
	uint8_t *to = h->signers + h->rules.n_signers * IDCERT_FINGERPRINT;
	unsigned n = 0;
	int r = -1;

	if (fp == NULL)
		why_set(why, ERR_FILE_UNREADABLE, NULL, "%s: %s", path, strerror(errno));
	else if (cert == NULL || h->rules.n_signers == HELD_SIGNERS ||
		 X509_digest(cert, EVP_sha256(), to, &n) != 1)
		why_set(why, ERR_KEY_UNUSABLE, NULL, "%s holds no PEM certificate", path);
	else
		r = 0;
	if (r == 0)
		h->rules.n_signers++;
	h->rules.signers = h->signers;
	X509_free(cert);
	if (fp != NULL)
		fclose(fp);
	return r;
}

/* 1, or 0 with why. */
static int
add_pin(struct held *h, const char *line, size_t len, struct why *why)
{
	struct pin *grown;

	while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == ' '))
		len--;
	if (len == 0)
		return 1;
	grown = realloc(h->pins, (h->rules.n_pins + 1) * sizeof *grown);
	if (grown == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, "%s", "");
		return 0;
	}
	h->pins = grown;
	h->rules.pins = grown;
	return pin_read(line, len, &grown[h->rules.n_pins], why) && ++h->rules.n_pins > 0;
}

int
held_pins(struct held *h, const char *text, size_t *line, struct why *why)
{
	*line = 0;
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		++*line;
		if (!add_pin(h, text, n, why))
			return -1;
		text += n + (text[n] == '\n');
	}
	return 0;
}

void
held_free(struct held *h)
{
	free(h->pins);
	*h = (struct held){ 0 };
}
