#include <stdlib.h>
#include <string.h>

#include <winscard.h>

#include "card/pcsc.h"

/* The pseudo-reader whose state changes when a reader comes or goes. */
#define ARRIVAL	  "\\\\?PnP?\\Notification"
#define NAMES_MAX (READERS_MAX * READER_NAME_SIZE)

struct pcsc {
	SCARDCONTEXT context;
	SCARDHANDLE card;
	DWORD protocol;
	int connected;
	char names[NAMES_MAX];
	SCARD_READERSTATE states[READERS_MAX + 1]; /* as of the last look; the last is ARRIVAL */
	DWORD n;				   /* readers, without ARRIVAL */
	int looked;
};

/*
 * Measured with Debian's pcscd 1.9.9 (my-number-card.md 15). Real contactless readers report a
 * card that left the field in any of the five ways.
 */
static const struct {
	LONG code;
	enum link link;
} codes[] = {
	{ SCARD_S_SUCCESS, LINK_OK },
	{ SCARD_E_TIMEOUT, LINK_LATER },
	{ SCARD_E_NO_SERVICE, LINK_NO_SERVICE },
	{ SCARD_E_SERVICE_STOPPED, LINK_NO_SERVICE },
	{ SCARD_W_SECURITY_VIOLATION, LINK_REFUSED },
	{ SCARD_E_NO_ACCESS, LINK_REFUSED },
	{ SCARD_E_NO_READERS_AVAILABLE, LINK_NO_READER },
	{ SCARD_E_UNKNOWN_READER, LINK_NO_READER },
	{ SCARD_E_READER_UNAVAILABLE, LINK_NO_READER },
	{ SCARD_E_NO_SMARTCARD, LINK_NO_CARD },
	{ SCARD_E_SHARING_VIOLATION, LINK_HELD },
	{ SCARD_W_REMOVED_CARD, LINK_REMOVED },
	{ SCARD_E_NOT_TRANSACTED, LINK_REMOVED },
	{ SCARD_F_COMM_ERROR, LINK_REMOVED },
	{ SCARD_W_UNRESPONSIVE_CARD, LINK_REMOVED },
	{ SCARD_W_UNPOWERED_CARD, LINK_REMOVED },
	{ SCARD_W_RESET_CARD, LINK_RESET },
};

static enum link
link_of(LONG code)
{
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].code == code)
			return codes[i].link;
	return LINK_FAILED;
}

static enum link
pcsc_open(void *self)
{
	struct pcsc *p = self;

	return link_of(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &p->context));
}

/* Which readers are there; p->states get their names and no known state. */
static enum link
list(struct pcsc *p)
{
	DWORD len = sizeof p->names;
	LONG code = SCardListReaders(p->context, NULL, p->names, &len);

	p->n = 0;
	if (code != SCARD_S_SUCCESS && code != SCARD_E_NO_READERS_AVAILABLE)
		return link_of(code);
	memset(p->states, 0, sizeof p->states);
	for (char *name = p->names; code == SCARD_S_SUCCESS && *name != '\0' && p->n < READERS_MAX;
	     name += strlen(name) + 1)
		p->states[p->n++].szReader = name;
	p->states[p->n].szReader = ARRIVAL;
	return LINK_OK;
}

/* Waits for a change since the last look. LINK_LATER: none came. */
static enum link
wait_change(struct pcsc *p, int64_t wait)
{
	LONG code = SCardGetStatusChange(p->context, (DWORD)wait, p->states, p->n + 1);

	return code == SCARD_E_UNKNOWN_READER ? LINK_OK : link_of(code);
}

static enum link
pcsc_look(void *self, struct readers *out, int64_t wait)
{
	struct pcsc *p = self;
	enum link link = LINK_OK, later = LINK_OK;

	if (wait > 0 && p->looked)
		later = wait_change(p, wait);
	if (later != LINK_OK && later != LINK_LATER)
		return later;
	if ((link = list(p)) != LINK_OK)
		return link;
	/* Only real readers: ARRIVAL would wait for the next one. */
	if (p->n > 0) {
		link = link_of(SCardGetStatusChange(p->context, 0, p->states, p->n));
		if (link != LINK_OK && link != LINK_LATER)
			return link;
	}
	out->n = p->n;
	for (DWORD i = 0; i < p->n; i++) {
		DWORD state = p->states[i].dwEventState;

		strncpy(out->reader[i].name, p->states[i].szReader, READER_NAME_SIZE - 1);
		out->reader[i].name[READER_NAME_SIZE - 1] = '\0';
		out->reader[i].card = (state & SCARD_STATE_PRESENT) != 0;
		out->reader[i].events = (unsigned)(state >> 16 & 0xffff);
		p->states[i].dwCurrentState = state;
	}
	p->looked = 1;
	return later;
}

static enum link
pcsc_connect(void *self, const char *reader)
{
	struct pcsc *p = self;
	LONG code = SCardConnect(p->context, reader, SCARD_SHARE_EXCLUSIVE,
	    SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &p->card, &p->protocol);

	if (code != SCARD_S_SUCCESS)
		return link_of(code);
	p->connected = 1;
	return link_of(SCardBeginTransaction(p->card));
}

static enum link
pcsc_transmit(void *self, const uint8_t *command, size_t n, uint8_t *answer, size_t *len)
{
	struct pcsc *p = self;
	const SCARD_IO_REQUEST *pci =
	    p->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
	DWORD got = *len;
	LONG code = SCardTransmit(p->card, pci, command, n, NULL, answer, &got);

	*len = got;
	if (code == SCARD_E_INSUFFICIENT_BUFFER) {
		*len = TRANSPORT_ANSWER; /* too long: the layer above refuses it by its length */
		return LINK_OK;
	}
	if (code == SCARD_S_SUCCESS && got == 0)
		return LINK_REMOVED;
	return link_of(code);
}

static void
pcsc_power_off(void *self)
{
	struct pcsc *p = self;

	if (!p->connected)
		return;
	p->connected = 0;
	SCardEndTransaction(p->card, SCARD_LEAVE_CARD);
	SCardDisconnect(p->card, SCARD_UNPOWER_CARD);
}

static void
pcsc_close(void *self)
{
	struct pcsc *p = self;

	pcsc_power_off(p);
	SCardReleaseContext(p->context);
}

struct way
pcsc_way(void)
{
	static const struct transport ops = { pcsc_open, pcsc_look, pcsc_connect, pcsc_transmit,
		pcsc_power_off, pcsc_close };

	return (struct way){ &ops, calloc(1, sizeof(struct pcsc)), -1 };
}
