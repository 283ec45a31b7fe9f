#include <inttypes.h>
#include <string.h>

#include "hub/admin.h"
#include "hub/services.h"

static void
healthz(const struct shared *s, struct buf *out)
{
	buf_addf(out, "{\"status\":\"ok\",\"warm\":%s,\"covers\":%" PRId64 "}\n",
	    atomic_load(&s->shelf) == NULL ? "false" : "true", s->covers);
}

static void
metric(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", name, help, name, type, name,
	    value);
}

/* The text format of Prometheus, version 0.0.4. */
static void
metrics(const struct shared *s, struct buf *out)
{
	struct writer_counts w = writer_counts(s->writer);
	const struct {
		const char *name, *type, *help;
		uint64_t value;
	} rows[] = {
		{ "oq_hub_connections_total", "counter", "Connections accepted.",
		    atomic_load(&s->connections) },
		{ "oq_hub_connections_open", "gauge", "Connections open now.",
		    atomic_load(&s->open) },
		{ "oq_hub_requests_total", "counter", "Requests read whole.",
		    atomic_load(&s->requests) },
		{ "oq_hub_refused_total", "counter", "Requests refused as a whole.",
		    atomic_load(&s->refused) },
		{ "oq_hub_lines_total", "counter", "Lines answered and in the audit.", w.lines },
		{ "oq_hub_replays_total", "counter", "Lines answered with kept bytes.", w.replays },
		{ "oq_hub_commits_total", "counter", "Groups made durable.", w.commits },
		{ "oq_hub_commit_failures_total", "counter", "Groups that could not be.",
		    w.failures },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		metric(out, rows[i].name, rows[i].type, rows[i].help, rows[i].value);
}

static const struct {
	const char *path, *type;
	void (*write)(const struct shared *, struct buf *);
} pages[] = {
	{ "/healthz", "application/json", healthz },
	{ "/metrics", "text/plain; version=0.0.4", metrics },
};

struct job *
admin_serve(const struct shared *s, const struct http_request *r)
{
	static const struct refusal unknown = { HTTP_NOT_FOUND, "", "there is no such page here",
		"" },
				    wrong = { HTTP_METHOD_NOT_ALLOWED, "", "GET",
					    "Allow: GET\r\n" };
	struct job *j;

	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		if (!http_is(&r->path, pages[i].path))
			continue;
		if (!http_is(&r->method, "GET"))
			return service_refuse(&wrong, r->keep_alive);
		if ((j = job_new(0)) == NULL)
			return NULL;
		pages[i].write(s, &j->reply.bytes);
		reply_finish(&j->reply, HTTP_OK, pages[i].type, "", r->keep_alive);
		return j;
	}
	return service_refuse(&unknown, r->keep_alive);
}
