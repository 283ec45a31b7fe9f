#include <ctype.h>
#include <string.h>

#include "trust/audience.h"

int
token_audience(const char *via, const char *hub, char *out, size_t n)
{
	static const char scheme[] = "https://";
	const char *host = via + sizeof scheme - 1;
	size_t len;

	if (strncasecmp(via, scheme, sizeof scheme - 1) != 0)
		return -1;
	if (*host == '[')
		len = strcspn(++host, "]");
	else
		len = strcspn(host, ":/");
	if (len == 0 || len >= n || (hub != NULL && strlen(hub) >= n))
		return -1;
	if (hub != NULL) {
		memcpy(out, hub, strlen(hub) + 1);
		return 0;
	}
	for (size_t i = 0; i < len; i++)
		out[i] = (char)tolower((unsigned char)host[i]);
	out[len] = '\0';
	return 0;
}
