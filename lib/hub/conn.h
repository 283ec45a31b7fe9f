/* A connection: reads requests one after the other, has them served, sends the replies. */
#ifndef OQ_HUB_CONN_H
#define OQ_HUB_CONN_H

#include "hub/worker.h"

enum door { DOOR_HUB, DOOR_ADMIN };

/* Takes over an accepted socket. Closes it where that fails. */
void conn_open(struct worker *, int fd, enum door);

/* One of the worker's that wait, the first: it is its turn. */
void conn_serve(struct conn *);

/* The writer has the job done. Frees it where its connection is gone. */
void conn_done(struct job *);

/* No more requests: closes it now when nothing is under way, else after that. */
void conn_stop(struct conn *);
void conn_close(struct conn *);
struct conn *conn_next(const struct conn *);

#endif
