/* The one file that the portal takes for a facility: documents only, flat and numbered. */
#include <stdio.h>

#include "subsidy/pack.h"
#include "subsidy/package.h"

#define NAME_BYTES 120

/* "02_breakdown_架空システム.pdf"; with ASCII names "02_breakdown_1.pdf", by the supplier's number. */
static void
write_name_of(struct buf *out, const struct exhibit *p, size_t number, int ascii)
{
	buf_addf(out, "%02zu_%s", number, exhibit_words[p->kind]);
	if (p->supplier != NOWHERE && ascii)
		buf_addf(out, "_%ld", p->supplier + 1);
	if (p->supplier != NOWHERE && !ascii) {
		buf_addc(out, '_');
		name_part(out, p->counterparty, NAME_BYTES);
	}
	buf_adds(out, p->ending);
}

static int
add_all(const struct parcel *of, struct pack *pack, struct why *why)
{
	const struct exhibits *all = &of->exhibits;
	char hex[HEX_SIZE], space[EXHIBIT_PATH_SIZE];
	struct buf name;
	size_t number = 0;

	/* Receipts first, then what belongs to them; contracts, which not everybody asks for, last. */
	for (int kind = 0; kind < N_EXHIBITS; kind++)
		for (size_t i = 0; i < all->n; i++) {
			const struct exhibit *p = &all->exhibits[i];

			if ((int)p->kind != kind)
				continue;
			buf_over(&name, space, sizeof space);
			write_name_of(&name, p, ++number, of->to->o->ascii_names);
			if (exhibit_pack(pack, p, of->to->o->files, space, hex, why) == -1)
				return -1;
		}
	return 0;
}

int
portal_write(const struct parcel *of, struct buf *path, char hex[static HEX_SIZE], struct why *why)
{
	struct pack *pack;

	buf_addf(path, "%s/", of->to->o->portal);
	name_part(path, of->project->code, 40);
	buf_adds(path, "_upload.zip");
	if (buf_failed(path)) {
		why_set(why, ERR_OUT_OF_MEMORY, NULL, NULL);
		return -1;
	}
	if ((pack = pack_open(path->data, why)) == NULL)
		return -1;
	if (add_all(of, pack, why) == 0)
		return pack_close(pack, 0, hex, why);
	pack_abort(pack);
	return -1;
}
