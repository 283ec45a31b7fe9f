#include "store/journal_private.h"

/* Large pages: with small ones a window's answers are sixty of them, each written by itself. */
const struct db_format journal_format = {
	.what = "questions",
	.version = 1,
	.schema =
	    "PRAGMA page_size = 32768;"
	    "CREATE TABLE run(id INTEGER PRIMARY KEY, began_at INTEGER NOT NULL, ended_at INTEGER);"
	    "CREATE TABLE asked(id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run,"
	    " sent_at INTEGER NOT NULL, route TEXT NOT NULL, last_day INTEGER NOT NULL,"
	    " questions BLOB NOT NULL, names BLOB);"
	    "CREATE TABLE answered(id INTEGER PRIMARY KEY, answered_at INTEGER NOT NULL,"
	    " spans TEXT NOT NULL, lines BLOB NOT NULL);"
	    "CREATE TABLE taken(id INTEGER, run INTEGER NOT NULL REFERENCES run,"
	    " bits BLOB NOT NULL, PRIMARY KEY(id, run)) WITHOUT ROWID;"
	    "CREATE TABLE place(id INTEGER PRIMARY KEY, entries BLOB NOT NULL);"
	    "CREATE VIEW question AS"
	    " WITH RECURSIVE nth(i) AS (VALUES(0) UNION ALL SELECT i + 1 FROM nth WHERE i < 255),"
	    " each AS (SELECT asked.id, route, sent_at, answered_at, lines, answered.id AS done,"
	    "  CAST(substr(questions, 58 * i + 1, 26) AS TEXT) AS ask,"
	    "  substr(questions, 58 * i + 27, 32) AS key,"
	    "  CAST(substr(names, 20 * i + 1, 20) AS TEXT) AS name,"
	    "  CAST(substr(spans, 20 * i + 1, 10) AS INTEGER) AS at,"
	    "  CAST(substr(spans, 20 * i + 11, 10) AS INTEGER) AS n"
	    "  FROM asked JOIN nth ON i < length(questions) / 58 LEFT JOIN answered USING(id))"
	    " SELECT ask, key,"
	    "  strftime('%Y-%m-%dT%H:%M:%S+09:00', sent_at, 'unixepoch', '+9 hours') AS sent_at,"
	    "  route, CASE WHEN done IS NULL THEN 'sent' WHEN n = 0 THEN 'given-up'"
	    "   ELSE 'answered' END AS state,"
	    "  name AS name_on_route, CASE WHEN n > 0 THEN strftime('%Y-%m-%dT%H:%M:%S+09:00',"
	    "   answered_at, 'unixepoch', '+9 hours') END AS answered_at,"
	    "  CASE WHEN n > 0 THEN CAST(substr(lines, at + 1, n) AS TEXT) END AS answer,"
	    "  max(id) AS last_asked_in FROM each GROUP BY ask;",
};
