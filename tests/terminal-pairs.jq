# What came of a pair of faults and should not have: nothing, when all is well. Of each pair comes a line:
# number of the record, the two faults, and for each request what may be said of it, in words between
# commas. $all are the records, of which those behind the pairs had no fault; the arguments are the options
# with which they were asked.
def said($record; $undisturbed; $purpose):
	if $record | has("error") then $record.error
	else first($record.medical.failed[]? | select(.purpose == $purpose) | .error) // null end |
	if . then [.code, .upstream.code // empty]
	elif ($record | has("medical")) and ($record.medical[$purpose] | map(del(.flags)) | sort) ==
		($undisturbed.medical[$purpose] | map(del(.flags)) | sort) then ["answered"]
	else ["another answer"] end;
def may($words): . - ($words | split(",")) == [];
def record($id): $all[] | select(.id == $id);

split("\t") as [$n, $a, $b] | (split("\t")[3:]) as $seen | ($n | tonumber) as $n |
[$ARGS.positional[] | said(record($n); record(37 + ($n - 1) % 3); .[2:])] as $said |
select(
	# A question without any answer has one error, that of either request.
	(if record($n) | has("error") then $seen | any(. == "answered") or all(. as $words | $said[0] | may($words) | not)
	else ([$seen, ($seen | reverse)] | any(. as $words | [$said, $words] | transpose | all(.[1] as $may | .[0] | may($may)))) | not end)) |
"\($a) \($b): \($said), not \($seen)"
