#include "store/journal_private.h"

/*
 * Bulk questions: each is in a file, or in none yet. State as in bulk.h: planned, sent, accepted,
 * done. Days count from 1970.
 */
#define BULK                                                                                       \
	"CREATE TABLE bulk_file(id INTEGER PRIMARY KEY, state INTEGER NOT NULL,"                   \
	" day INTEGER NOT NULL, ask TEXT NOT NULL, name TEXT NOT NULL, fetch TEXT NOT NULL,"       \
	" fetching INTEGER NOT NULL, litter INTEGER NOT NULL, reception TEXT NOT NULL,"            \
	" sent_at INTEGER NOT NULL, accepted_at INTEGER NOT NULL);"                                \
	"CREATE TABLE bulk_question(id INTEGER PRIMARY KEY, ask TEXT NOT NULL UNIQUE,"             \
	" key BLOB NOT NULL, file INTEGER, today INTEGER NOT NULL DEFAULT 0,"                      \
	" day INTEGER NOT NULL, at INTEGER NOT NULL, met INTEGER NOT NULL REFERENCES run,"         \
	" question TEXT NOT NULL, answered_at INTEGER, answer TEXT);"                              \
	"CREATE INDEX bulk_key ON bulk_question(key);"                                             \
	"CREATE INDEX bulk_in ON bulk_question(file);"                                             \
	"CREATE VIEW bulk AS SELECT q.ask, key,"                                                   \
	" strftime('%Y-%m-%dT%H:%M:%S+09:00', sent_at, 'unixepoch', '+9 hours') AS sent_at,"       \
	" 'terminal' AS route, CASE WHEN answer IS NOT NULL THEN 'answered'"                       \
	"  WHEN state > 0 THEN 'sent' ELSE 'planned' END AS state, name AS name_on_route,"         \
	" reception AS reception_number,"                                                          \
	" strftime('%Y-%m-%dT%H:%M:%S+09:00', answered_at, 'unixepoch', '+9 hours')"               \
	"  AS answered_at, answer FROM bulk_question AS q LEFT JOIN bulk_file ON bulk_file.id = "  \
	"file;"

/*
 * One by one. The answers of a window that is packed cannot be read by SQL. Where it has no spans,
 * every question is answered, by a line: n is -1.
 */
#define QUESTION                                                                                   \
	"CREATE VIEW question AS"                                                                  \
	" WITH RECURSIVE nth(i) AS (VALUES(0) UNION ALL SELECT i + 1 FROM nth WHERE i < 255),"     \
	" each AS (SELECT asked.id, route, sent_at, answered_at, lines, size,"                     \
	"  answered.id AS done,"                                                                   \
	"  CAST(substr(questions, 58 * i + 1, 26) AS TEXT) AS ask,"                                \
	"  substr(questions, 58 * i + 27, 32) AS key,"                                             \
	"  CAST(substr(names, 20 * i + 1, 20) AS TEXT) AS name,"                                   \
	"  CAST(substr(spans, 20 * i + 1, 10) AS INTEGER) AS at,"                                  \
	"  CASE spans WHEN '' THEN -1 ELSE CAST(substr(spans, 20 * i + 11, 10) AS INTEGER) END"    \
	"   AS n"                                                                                  \
	"  FROM asked JOIN nth ON i < length(questions) / 58 LEFT JOIN answered USING(id))"        \
	" SELECT ask, key,"                                                                        \
	"  strftime('%Y-%m-%dT%H:%M:%S+09:00', sent_at, 'unixepoch', '+9 hours') AS sent_at,"      \
	"  route, CASE WHEN done IS NULL THEN 'sent' WHEN n = 0 THEN 'given-up'"                   \
	"   ELSE 'answered' END AS state,"                                                         \
	"  name AS name_on_route, CASE WHEN n <> 0 THEN strftime('%Y-%m-%dT%H:%M:%S+09:00',"       \
	"   answered_at, 'unixepoch', '+9 hours') END AS answered_at,"                             \
	"  CASE WHEN n > 0 AND size = 0 THEN CAST(substr(lines, at + 1, n) AS TEXT) END"           \
	"   AS answer,"                                                                            \
	"  max(id) AS last_asked_in FROM each GROUP BY ask;"

static const char *const steps[] = {
	BULK,
	"ALTER TABLE answered ADD COLUMN size INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE answered ADD COLUMN sum INTEGER;",
	"DROP VIEW question;" QUESTION, /* 4: packed answers may have no spans */
};

/*
 * A window is six pages or seven; every commit also writes anew the first page and those where the
 * tables end, and with pages of 32 KiB these are most of what is written.
 */
const struct db_format journal_format = {
	.what = "questions",
	.version = 4,
	/* answered.size: of the lines unpacked, and the sum of what they are packed to; 0: as they are */
	.schema =
	    "PRAGMA page_size = 8192;"
	    "CREATE TABLE run(id INTEGER PRIMARY KEY, began_at INTEGER NOT NULL, ended_at INTEGER);"
	    "CREATE TABLE asked(id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run,"
	    " sent_at INTEGER NOT NULL, route TEXT NOT NULL, last_day INTEGER NOT NULL,"
	    " questions BLOB NOT NULL, names BLOB);"
	    "CREATE TABLE answered(id INTEGER PRIMARY KEY, answered_at INTEGER NOT NULL,"
	    " spans TEXT NOT NULL, lines BLOB NOT NULL, size INTEGER NOT NULL DEFAULT 0,"
	    " sum INTEGER);"
	    "CREATE TABLE taken(id INTEGER, run INTEGER NOT NULL REFERENCES run,"
	    " bits BLOB NOT NULL, PRIMARY KEY(id, run)) WITHOUT ROWID;"
	    "CREATE TABLE place(id INTEGER PRIMARY KEY, entries BLOB NOT NULL);" QUESTION BULK,
	.steps = steps,
	.readable = 2, /* journal_window.c knows them all */
};
