# Who must be called, as a table: one line for every record that says what to do next.
#	jq -nr --rawfile next lib/base/next.csv -f tests/demo.jq results.jsonl

# word: sentence
def sentences: $next | split("\n")[1:] | map(
	capture("^(?<key>[^,]+),(?:\"(?<quoted>(?:[^\"]|\"\")*)\"|(?<plain>[^,]*)),")
	| .value = (.plain // (.quoted | gsub("\"\""; "\""))) | {key, value}) | from_entries;

def pad($n): . + " " * ([$n - length, 0] | max);
def line: (.[0] | pad(11)) + (.[1] | pad(7)) + (.[2] | pad(28)) + .[3];

sentences as $sentence |
(["PATIENT", "TIME", "STATUS", "NEXT STEP"] | line),
(inputs | select((.eligibility.next // .error.next) != null) | [
	.row.patient_number // "record \(.seq)",
	(.row.booked_at // "" | .[11:16]),
	.eligibility.status // .error.code,
	$sentence[.eligibility.next // .error.next]
] | line)
