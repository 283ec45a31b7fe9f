/* Names of what a question about medical information holds beside its ask (PROTOCOL 1). */
#ifndef OQ_MODEL_QUERY_H
#define OQ_MODEL_QUERY_H

#define QUESTION_CONSENT  "consent" /* a receipt */
#define QUESTION_PURPOSES "purposes"
#define QUESTION_MONTHS	  "months"

#define ANSWER_LOOKS "looks" /* beside eligibility and medical: who looked */

/* What is handed in by itself. */
#define QUESTION_WITHDRAWAL "withdrawal"

/* Over a terminal, where the centre holds the consent. */
#define QUESTION_UNTIL "until" /* the end of the consents relied upon */
#define QUESTION_PDF   "pdf"   /* name of the files to be saved; absent: no file is asked for */

#endif
