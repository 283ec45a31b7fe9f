/* GET /v1/hello: who we are, and how we know you. */
#include <string.h>

#include "base/clock.h"
#include "gen/names.h"
#include "hub/services.h"
#include "options/options.h"

#define API "v1"

static void
put(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, "%c\"%s\":", out->len == HTTP_REPLY_ROOM ? '{' : ',', name);
	buf_addjson(out, text, strlen(text));
}

enum served
hello_serve(struct request *r, struct job *j)
{
	struct buf *out = &j->reply.bytes;
	char now[TIME_SIZE];

	time_format(clock_now(), now);
	put(out, HELLO_NAME, people_name(r->people));
	put(out, HELLO_VERSION, OQ_VERSION);
	put(out, HELLO_API, API);
	put(out, HELLO_TIME, now);
	buf_adds(out, ",\"" HELLO_LIMITS "\":");
	service_limits(out);
	put(out, HELLO_CODE, r->credential.code);
	put(out, HELLO_ROLE, r->credential.role);
	buf_adds(out, "}\n");
	reply_finish(&j->reply, HTTP_OK, "application/json", "", r->http->keep_alive);
	return SERVED_NOW;
}
