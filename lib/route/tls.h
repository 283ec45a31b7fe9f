/* Mutual TLS 1.3 for libcurl: our credentials, our one authority, and what the hub objects to. */
#ifndef OQ_ROUTE_TLS_H
#define OQ_ROUTE_TLS_H

#include "base/error.h"

struct tls;

/*
 * Reads the authority (PEM), and our certificate and key (PEM; both NULL: none). The key must be
 * its owner's only. pass_fd: where its passphrase stands up to a line feed, -1: nowhere.
 * NULL with why.
 */
struct tls *tls_load(const char *ca, const char *cert, const char *key, int pass_fd, struct why *);
void tls_free(struct tls *);

/*
 * Makes a context ours (an SSL_CTX, as CURLOPT_SSL_CTX_FUNCTION gives it): only our authority is
 * trusted, our certificate is shown, and alerts are recorded in the struct tls, which
 * must outlive it. 0, or -1.
 */
int tls_prepare(struct tls *, void *context);

/*
 * The last alert but close_notify that the other side sent since the last call, or -1. Under TLS
 * 1.3 the refusal of a client certificate comes after the handshake, where libcurl calls it one
 * more receive error.
 */
int tls_alert(struct tls *);

#endif
