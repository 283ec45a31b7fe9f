#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "gen/names.h"
#include "subsidy/forms.h"
#include "subsidy/pack.h"
#include "subsidy/package.h"
#include "subsidy/write.h"
#include "trust/signer.h"

#define PATH_BYTES 4096

int
exhibit_pack(struct pack *pack, const struct exhibit *p, const char *dir, const char *name,
    char hex[static HEX_SIZE], struct why *why)
{
	char pointer[POINTER_SIZE];
	int fd, failed;

	if (p->file == NULL)
		return pack_bytes(pack, name, p->bytes.data, p->bytes.len, hex, why);
	if ((fd = exhibit_open(p, dir, why)) == -1)
		return -1;
	exhibit_pointer(p, pointer);
	failed = pack_file(pack, name, fd, pointer, hex, why);
	close(fd);
	return failed;
}

/* `"package":{"file","sha256","documents"}` */
static void
write_made(
    struct buf *out, const char *name, const char *path, const char *hex, const struct parcel *of)
{
	write_name(out, name);
	buf_addc(out, '{');
	write_text(out, PACKAGE_FILE, path);
	write_text(out, PACKAGE_SHA256, hex);
	write_yen(out, PACKAGE_DOCUMENTS, (int64_t)of->exhibits.n);
	buf_addc(out, '}');
}

static int
write_archives(struct parcel *of, struct why *why)
{
	struct buf path, *out = &of->to->members;
	char hex[HEX_SIZE], space[PATH_BYTES];

	buf_over(&path, space, sizeof space);
	if (of->to->o->package != NULL) {
		if (bag_write(of, &path, hex, why) == -1)
			return -1;
		write_made(out, OBJECT_PACKAGE, space, hex, of);
	}
	buf_reset(&path);
	if (of->to->o->portal != NULL) {
		if (portal_write(of, &path, hex, why) == -1)
			return -1;
		write_made(out, OBJECT_UPLOAD, space, hex, of);
	}
	return 0;
}

/* --- what was drawn --------------------------------------------------------------------------- */

/* Of all papers the application goes with these. */
static int
take_paper(void *to, const struct project *p, const struct paper *paper, struct why *why)
{
	static const enum exhibit_kind kinds[] = { EXHIBIT_BREAKDOWN, EXHIBIT_REPORT };
	struct parcel *of = to;
	struct exhibit *made;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strcmp(paper->form, exhibit_words[kinds[i]]) != 0)
			continue;
		made = exhibits_add(
		    &of->exhibits, p, of->assessment, kinds[i], paper->supplier, ".pdf", why);
		if (made == NULL)
			return -1;
		if (buf_add(&made->bytes, paper->bytes, paper->length) == 0)
			continue;
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	return 0;
}

int
package_project(void *packaging, const struct assessor *by, const struct project *p,
    const struct assessment *a, struct why *why)
{
	struct packaging *to = packaging;
	struct parcel of = { .to = to, .by = by, .project = p, .assessment = a };
	int failed;

	buf_reset(&to->members);
	if (by->again) {
		why_set(why, ERR_PACKAGE_TWICE, "/" PROJECT_FACILITY_CODE, NULL);
		return -1;
	}
	failed = exhibits_collect(&of.exhibits, p, why) == -1 ||
		 forms_render(to->forms, by, p, a, take_paper, &of, why) == -1 ||
		 exhibits_name(&of.exhibits, why) == -1 || write_archives(&of, why) == -1;
	exhibits_free(&of.exhibits);
	return failed ? -1 : 0;
}

/* --- opening ---------------------------------------------------------------------------------- */

struct packaging *
packaging_open(const struct package_options *o, size_t max_line, struct why *why)
{
	struct packaging *to = calloc(1, sizeof *to);

	if (to == NULL) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return NULL;
	}
	to->o = o;
	buf_init(&to->members, max_line);
	if ((o->package == NULL || dir_private(o->package, why) == 0) &&
	    (o->portal == NULL || dir_private(o->portal, why) == 0) &&
	    (o->key == NULL ||
		(to->signer = signer_start(o->cert, o->key, o->pass_fd, why)) != NULL))
		return to;
	packaging_close(to);
	return NULL;
}

void
packaging_close(struct packaging *to)
{
	if (to == NULL)
		return;
	signer_stop(to->signer);
	buf_free(&to->members);
	free(to);
}
