#include <sys/mman.h>

#include "store/reserve.h"

void *
reserve(size_t size)
{
	void *p = mmap(
	    NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	madvise(p, size, MADV_HUGEPAGE); /* a wish */
	return p;
}

void
reserve_free(void *p, size_t size)
{
	if (p != NULL)
		munmap(p, size);
}
