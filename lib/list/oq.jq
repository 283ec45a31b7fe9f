# Filters over records, for jq:
#	jq -L /usr/local/share/oq 'import "oq" as oq; select(oq::must_call)' records.jsonl
# Yes, no and don't know are three answers: what a filter cannot tell is not true for it, but for
# `unknown`. A word that this version does not know is not known.

# The insurance holds.
def valid:
	.error == null and (.eligibility.status | IN("valid", "valid-unregistered"));

# The patient has to be told something before the visit (the rows of next.csv for the telephone).
def must_call:
	.error == null and ((.eligibility.status |
			IN("invalid", "invalid-replaced", "not-found", "ambiguous", "valid-unregistered")) or
		(.eligibility.status == "valid" and
			((.eligibility.flags // []) | index("certificate-expired-grace") != null)));

# Something differs from the answer before, and somebody has to take it over.
def changed:
	[.eligibility.changed[]? | select(.harmless != true)] | length > 0;

# It could not be told: an error, no answer, or an answer that is neither yes nor no.
def unknown:
	.error != null or (.eligibility.status |
		IN("valid", "valid-unregistered", "invalid", "invalid-replaced", "not-found", "not-asked") | not);

# A policy of a valid answer covers the day (YYYY-MM-DD); a bound that is not there is open.
def covers($day):
	valid and any(.eligibility.policies[]?;
		(.acquired_on == null or .acquired_on <= $day) and (.lost_on == null or $day < .lost_on));

# The record's shape and outcome without people, for a report of a defect: every text and number
# becomes "***" but those named here.
def mask:
	["status", "as_of", "asked_at", "answered_at", "source", "reason", "reused", "actor", "next", "flags",
		"covering", "tool", "code", "title", "retry", "decision", "usable", "asked", "purpose", "type",
		"segment", "result"] as $shown |
	["insured", "row", "card", "policies", "drugs", "treatments", "checkups", "reference_numbers", "upstream",
		"person", "detail"] as $hidden |
	. as $record | reduce paths(type != "object" and type != "array") as $path (.;
		if ($path == ["seq"] or $path == ["visit_date"]) or
			($path[0] | IN("eligibility", "error", "medical", "oqs", "consent")) and
			all($path[]; IN($hidden[]) | not) and
			any($path[]; IN($shown[])) or ($record | getpath($path)) == null
		then . else setpath($path; "***") end);

# The booking as it was before anything was asked, to ask anew.
def keep:
	with_entries(select(.key | IN("seq", "id", "visit_date", "insured", "row")));
