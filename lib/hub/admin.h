/* The admin listener: /healthz and /metrics, plain HTTP, for this machine only. */
#ifndef OQ_HUB_ADMIN_H
#define OQ_HUB_ADMIN_H

#include "hub/http.h"
#include "hub/worker.h"

/* The reply to an admin request. NULL without memory. */
struct job *admin_serve(const struct shared *, const struct http_request *);

#endif
