/* What a probe found: as records, as a short list for people, as numbers for monitoring. */
#ifndef OQ_READINESS_REPORT_H
#define OQ_READINESS_REPORT_H

#include <stdio.h>

#include "pipe/output.h"
#include "readiness/contact.h"
#include "readiness/probe.h"

/* A record a step. 0, or -1 when the output has failed. */
int report_records(const struct probe *, const struct contacts *, struct output *);

/* One line a step, what to do, and a verdict that ends with whom to telephone. */
void report_text(const struct probe *, const struct contacts *, FILE *);

/* A textfile of the Prometheus node exporter, whole or not at all. 0, or -1 with why. */
int report_metrics(const struct probe *, const char *path, struct why *);

/* How the verdict counts: ok and notice are yes. */
enum verdict report_verdict(enum found);

#endif
