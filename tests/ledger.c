/*
 * ledger make FILE FACILITY CERT KEY N	N entries of every kind, for ledger.bats
 * ledger flip FILE CERT STEP SEED	flips one bit of every STEP-th byte, and looks whether it is found
 * ledger edit FILE CERT		removes, doubles, moves and cuts entries, the same
 *
 * A change is found when the ledger is not whole against a checkpoint of its last entry, and the
 * entry that is named is the first that is not what it was.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "base/clock.h"
#include "base/file.h"
#include "trust/ledger_check.h"

#define FILE_MAX ((size_t)64 << 20)

static uint8_t signer[IDCERT_FINGERPRINT];

static int
make(char **arg)
{
	struct why why;
	struct signer *s = signer_start(arg[2], arg[3], -1, &why);
	struct ledger *l = s == NULL ? NULL : ledger_open(arg[0], arg[1], &why);
	struct buf token;

	buf_init(&token, JWS_MAX);
	for (int64_t i = 0; l != NULL && i < atoll(arg[4]); i++) {
		struct consent c;
		struct ledger_event e;
		struct ledger_draft d;

		consent_new(&c, arg[1], "hub.test", CONSENT_SCREEN, clock_now());
		ask_new(c.presence);
		c.purposes.given = PURPOSE_SET(FOR_DRUGS);
		c.text = (struct consent_text){ "test", "1", "en" };
		ledger_event_new(&e, arg[1], EVENT_CHECKPOINT, clock_now());
		d = i % 3 == 2 ? draft_event(&e) : draft_consent(&c);
		if (ledger_append(l, s, &d, &token, &why) == -1) {
			ledger_close(l);
			l = NULL;
		}
	}
	if (l == NULL)
		why_print(&why, "ledger");
	buf_free(&token);
	signer_stop(s);
	ledger_close(l);
	return l == NULL;
}

static int
take_signer(const char *path)
{
	FILE *fp = fopen(path, "re");
	X509 *cert = fp == NULL ? NULL : PEM_read_X509(fp, NULL, NULL, NULL);
	unsigned n;
	int ok = cert != NULL && X509_digest(cert, EVP_sha256(), signer, &n) == 1;

	X509_free(cert);
	if (fp != NULL)
		fclose(fp);
	return ok;
}

static void
keep_last(void *context, const struct ledger_entry *e, const struct ledger_token *t)
{
	(void)t;
	memcpy(context, e, sizeof *e);
}

static struct ledger_report
check(const char *path, const struct pin *pin)
{
	const struct ledger_rules rules = { signer, 1, pin, 1 };
	struct ledger_report r;

	ledger_check(path, &rules, NULL, NULL, &r);
	return r;
}

/* The ledger's bytes, and a checkpoint of its last entry. */
static int
load(const char *path, struct buf *bytes, struct pin *pin)
{
	const struct ledger_rules rules = { signer, 1, NULL, 0 };
	static struct ledger_entry last;
	struct ledger_report r;
	struct buf text;
	struct why why;
	char line[128];

	buf_init(bytes, FILE_MAX);
	buf_over(&text, line, sizeof line);
	ledger_check(path, &rules, keep_last, &last, &r);
	return r.state == LEDGER_NOT_PROVEN && checkpoint_write(&text, &last) == 0 &&
	       pin_read(line, text.len, pin, &why) && check(path, pin).state == LEDGER_WHOLE &&
	       file_read(path, FILE_MAX, bytes, &why) == 0;
}

static int
save(const char *path, const char *bytes, size_t n)
{
	FILE *fp = fopen(path, "we");
	int failed = fp == NULL || fwrite(bytes, 1, n, fp) != n;

	return (fp != NULL && fclose(fp) == EOF) || failed ? -1 : 0;
}

static int
flip(char **arg)
{
	size_t step = (size_t)atoll(arg[2]), n = 0;
	int64_t line = 0;
	struct buf bytes;
	struct pin pin;
	char changed[4096];

	if (!take_signer(arg[1]) || !load(arg[0], &bytes, &pin))
		return 2;
	srand((unsigned)atoi(arg[3]));
	snprintf(changed, sizeof changed, "%s.flipped", arg[0]);
	if (save(changed, bytes.data, bytes.len) == -1)
		return 2;
	for (size_t i = 0, next = (size_t)rand() % step; i < bytes.len; i++) {
		char was = bytes.data[i];
		struct ledger_report r;
		FILE *fp;

		if (i != next) {
			line += was == '\n';
			continue;
		}
		next += 1 + (size_t)rand() % (2 * step - 1);
		bytes.data[i] = (char)(was ^ 1 << rand() % 8);
		fp = fopen(changed, "r+e");
		if (fp == NULL || fseek(fp, (long)i, SEEK_SET) != 0 ||
		    fputc(bytes.data[i], fp) == EOF || fclose(fp) == EOF)
			return 2;
		r = check(changed, &pin);
		/* The first line may become one of a later version; the last may become torn. */
		if (r.state == LEDGER_WHOLE ||
		    (r.n != line && !(line == 0 && r.state == LEDGER_UNTOLD))) {
			printf("byte %zu of line %" PRId64 ": state %d, entry %" PRId64 "\n", i,
			    line, (int)r.state, r.n);
			return 1;
		}
		n++;
		bytes.data[i] = was;
		fp = fopen(changed, "r+e");
		if (fp == NULL || fseek(fp, (long)i, SEEK_SET) != 0 || fputc(was, fp) == EOF ||
		    fclose(fp) == EOF)
			return 2;
		line += was == '\n';
	}
	buf_free(&bytes);
	printf("%zu\n", n);
	return 0;
}

/* The n-th line (0: the first), with its line feed. */
static const char *
line_at(const struct buf *bytes, size_t n, size_t *len)
{
	const char *at = bytes->data;

	while (n-- > 0)
		at = strchr(at, '\n') + 1;
	*len = (size_t)(strchr(at, '\n') + 1 - at);
	return at;
}

/* Is the changed ledger found to be broken at that entry? */
static int
found(const char *path, const struct buf *changed, const struct pin *pin, int64_t at,
    const char *what)
{
	struct ledger_report r;

	if (save(path, changed->data, changed->len) == -1)
		return 0;
	r = check(path, pin);
	if (r.state == LEDGER_BROKEN && r.n == at)
		return 1;
	printf("%s at %" PRId64 ": state %d, entry %" PRId64 "\n", what, at, (int)r.state, r.n);
	return 0;
}

static int
edit(char **arg)
{
	struct buf bytes, changed;
	struct pin pin;
	char path[4096];
	int64_t n = 0;

	if (!take_signer(arg[1]) || !load(arg[0], &bytes, &pin))
		return 2;
	buf_init(&changed, FILE_MAX);
	snprintf(path, sizeof path, "%s.edited", arg[0]);
	for (int64_t i = 1; i < pin.n; i += 1 + pin.n / 6) {
		size_t len, next_len;
		const char *line = line_at(&bytes, (size_t)i, &len);
		const char *next = line_at(&bytes, (size_t)i + 1, &next_len);
		size_t before = (size_t)(line - bytes.data), all = bytes.len;

		buf_reset(&changed);
		buf_add(&changed, bytes.data, before);
		buf_add(&changed, next, all - before - len);
		if (!found(path, &changed, &pin, i, "removed"))
			return 1;
		buf_reset(&changed);
		buf_add(&changed, bytes.data, before + len);
		buf_add(&changed, line, all - before);
		if (!found(path, &changed, &pin, i + 1, "doubled"))
			return 1;
		buf_reset(&changed);
		buf_add(&changed, bytes.data, before);
		buf_add(&changed, next, next_len);
		buf_add(&changed, line, len);
		buf_add(&changed, next + next_len, all - before - len - next_len);
		if (!found(path, &changed, &pin, i, "moved"))
			return 1;
		buf_reset(&changed);
		buf_add(&changed, bytes.data, before);
		if (!found(path, &changed, &pin, i, "cut off"))
			return 1;
		n += 4;
	}
	buf_free(&bytes);
	buf_free(&changed);
	printf("%" PRId64 "\n", n);
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int args;
		int (*run)(char **);
	} verbs[] = { { "make", 5, make }, { "flip", 4, flip }, { "edit", 2, edit } };

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (argc == verbs[i].args + 2 && strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argv + 2);
	return 2;
}
