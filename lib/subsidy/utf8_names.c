#include "subsidy/utf8_names.h"

int
utf8_names_begin(struct utf8_names *n)
{
	n->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (n->utf8 == (locale_t)0)
		return -1;
	n->before = uselocale(n->utf8);
	return 0;
}

void
utf8_names_end(struct utf8_names *n)
{
	if (n->utf8 == (locale_t)0)
		return;
	uselocale(n->before);
	freelocale(n->utf8);
	*n = (struct utf8_names){ 0 };
}
