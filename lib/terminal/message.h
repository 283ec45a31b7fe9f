/* What is asked of the terminal, and what it answers: messages of oqs-interface.md 2. */
#ifndef OQ_TERMINAL_MESSAGE_H
#define OQ_TERMINAL_MESSAGE_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/text.h"

/*
 * The codes of our errors. Those of the live system are not public, and all of ours say that they
 * are made up.
 */
enum refusal {
	REFUSAL_FORM,	  /* the file is no request, or not one of ours */
	REFUSAL_KEYS,	  /* one cannot ask for a person like this */
	REFUSAL_KIND,	  /* this terminal does not answer such requests */
	REFUSAL_CENTRE,	  /* the hub could not be asked, or gave no answer */
	REFUSAL_WRITING,  /* the answer does not make a message */
	REFUSAL_CONSENT,  /* nobody agreed to that, as far as is known here */
	REFUSAL_DAY,	  /* it is about a day to come (a fault) */
	REFUSAL_RECEPTION /* nothing was accepted under that number */
};

#define REFERENCES_REQUEST "OQSmuimm01req" /* as oqs.type */
#define WRONG_NUMBER	   "SYN-OTHER"	   /* a reference number that nobody has */

/* What the hub is asked for a request, by its file name. */
enum request_kind {
	REQUEST_INSURANCE,
	REQUEST_MEDICAL,
	REQUEST_REFERENCE,
	REQUEST_BULK,	/* persons are submitted */
	REQUEST_RESULT, /* and their result is fetched */
	REQUEST_OTHER
};
enum request_kind request_kind(const char *name);

/*
 * The first record of the request in the bytes, or all of them in an array: the caller's, or NULL with
 * why, which names no value. name is that of the file.
 */
json_t *request_read(const char *name, const struct buf *, struct why *);
json_t *request_read_all(const char *name, const struct buf *, struct why *);

/* Is it of the institution that is served (NULL: every one)? 0, or -1 with why. */
int request_institution(const json_t *record, const char *institution, struct why *);

/*
 * The question line that the record asks, without line feed, added to out. institution: whose
 * requests are answered, NULL: everybody's. 0, or -1 with why and which refusal it is.
 */
int request_question(const json_t *record, const char *ask, const char *institution,
    struct buf *out, enum refusal *, struct why *);

/*
 * The same for medical information, on that receipt. What is asked as a file is REFUSAL_KIND.
 */
int request_query(const json_t *record, const char *ask, const char *institution,
    const char *receipt, struct buf *out, enum refusal *, struct why *);

/*
 * Each makes the response to a request whose record is asked (NULL: it could not be read), in the
 * encoding, ENCODING_UNKNOWN for that of the request; name is that of the request's file. What
 * code page 932 cannot hold is written in UTF-8. 0, or -1 with why and out is as it was.
 */
int response_answer(const char *name, const json_t *asked, json_t *eligibility, enum encoding,
    struct buf *out, struct why *);
/* The number of a registration is taken; wrong: but the response says another. */
int response_registered(
    const char *name, const json_t *asked, int wrong, enum encoding, struct buf *out, struct why *);
/* About that person; medical is changed to what was asked. */
int response_medical(const char *name, const json_t *asked, json_t *medical, json_t *person,
    enum encoding, struct buf *out, struct why *why);
/* of_person: the file is in order, and what is asked in it is not. */
int response_refusal(const char *name, const json_t *asked, enum refusal, const struct why *cause,
    int of_person, enum encoding, struct buf *out, struct why *);
/* Another code than ours, for a fault. */
int response_error(const char *name, const json_t *asked, const char *code, enum encoding,
    struct buf *out, struct why *);
/* Come again. */
int response_pending(
    const char *name, const json_t *asked, enum encoding, struct buf *out, struct why *);

/* A face result of the facility: the eligibility is changed to one that a card gave. */
int face_result(const char *facility, const char *day, json_t *eligibility, const json_t *consents,
    enum encoding, struct buf *out, struct why *);

/*
 * What responses are made of. A record with what every response to the request has, of that segment;
 * the same for one person of it; a refusal as the answer to him.
 */
#define SEGMENT_NORMAL	 "1"
#define SEGMENT_PENDING	 "2"
#define SEGMENT_ABNORMAL "9"
json_t *response_new(const char *name, const json_t *asked, const char *segment);
void response_echo(json_t *record, const json_t *asked);
void response_refuse(json_t *record, enum refusal, const struct why *cause);
/* The records become one message. Takes them. 0, or -1 with why. */
int response_write(const char *name, const json_t *asked, json_t *records, enum encoding,
    struct buf *out, struct why *);

/* Makes the declaration name the other encoding. 0, or -1 when the buffer has failed. */
int response_misdeclare(struct buf *);

#endif
