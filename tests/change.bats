# oq-verify: --reuse-within and --changed-since.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	export WORLD=$PWD
	hub_init hub --people 60 --seed 7
	oq-hub people hub >people.jsonl
	hub_start hub
	oq-verify <people.jsonl >was.jsonl || [ $? -eq 3 ]
}

teardown_file() {
	hub_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	hub_use "$WORLD/hub"
	cp "$WORLD/people.jsonl" people
	cp "$WORLD/was.jsonl" was
}

verify() {
	run --separate-stderr oq-verify "$@"
}

# changed FILTER: each value of the filter on the changes of the output, with its number.
changed() {
	jq -c "[.eligibility.changed[]?] | $1" <<<"$output" | sort | uniq -c | sed 's/^ *//'
}

audited() {
	oq-hub audit "$WORLD/hub" | wc -l
}

@test "what was answered not long ago is taken once more, a yes or a no, and says so" {
	oq-verify --journal j.db <people >first || [ $? -eq 3 ]
	n=$(audited)
	verify --journal j.db --reuse-within 12h <people
	assert_failure 3
	# Only who did not know is asked again.
	told='.eligibility.status | IN("ambiguous") | not'
	jq -e -s "map(select($told)) | length > 50 and all(.eligibility.reused)" <<<"$output"
	jq -e -s "map(select($told | not)) | length == 1 and all(.eligibility | has(\"reused\") | not)" \
		<<<"$output"
	assert_equal "$(audited)" $((n + 1))
	# answered_at and asked_at are those of the answer.
	times='select(.eligibility.status != "ambiguous") | .eligibility | [.asked_at, .answered_at]'
	diff <(jq -c "$times" first) <(jq -c "$times" <<<"$output")
	# Without the option everybody is asked anew; so is who was answered longer ago.
	verify --journal j.db <people
	jq -e -s 'all(.eligibility | has("reused") | not)' <<<"$output"
	run --separate-stderr faketime '+13 hours' oq-verify --journal j.db --reuse-within 12h <people
	jq -e -s 'all(.eligibility | has("reused") | not)' <<<"$output"
	# Another day is another question.
	day=$(TZ=Asia/Tokyo date -d '+2 days' +%F)
	jq -c --arg day "$day" '.visit_date = $day' people >later
	verify --journal j.db --reuse-within 12h <later
	jq -e -s 'all(.eligibility | has("reused") | not)' <<<"$output"
}

@test "what it reuses it reuses again after a kill" {
	oq-verify --journal j.db <people >first || [ $? -eq 3 ]
	# The output is lost, so this run does not count.
	oq-verify --journal j.db --reuse-within 12h <people >/dev/full 2>/dev/null || [ $? -eq 7 ]
	verify --journal j.db --reuse-within 12h <people
	assert_equal "$(jq -c 'select(.eligibility.reused)' <<<"$output" | wc -l)" \
		"$(jq -c 'select(.eligibility.status != "ambiguous")' first | wc -l)"
}

@test "the same again is no change, and where there is nothing to compare nothing is said" {
	verify --changed-since was <people
	assert_failure 3
	jq -e -s 'all(if .eligibility.status == "ambiguous" then .eligibility | has("changed") | not
		else .eligibility.changed == [] end)' <<<"$output"
	# Errors, strangers, an answer that was neither yes nor no, lines that are none.
	{
		head -n 1 was | jq -c 'del(.eligibility) + {error: {code: "hub-busy"}}'
		sed -n 2p was | jq -c '.eligibility.status = "pending"'
		sed -n 3p was | jq -c '.insured.birth_date = "1911-01-01"'
		printf 'no json\n\n[]\n'
	} >none
	: >empty
	for file in none empty; do
		verify --changed-since "$file" <people
		jq -e -s 'length > 50 and all(.eligibility | has("changed") | not)' <<<"$output"
	done
}

@test "each thing that counts is told, and what is harmless is told apart" {
	# The last answer about somebody counts; an absent member is never a change.
	cp was others
	jq -c '.eligibility.policies[0] |= (if .copay_percent then .copay_percent = 40 else . end |
			if .elderly then .elderly.copay_percent = 40 else . end |
			if .limit_certificate then .limit_certificate.class = "A99" else . end |
			if .branch then .branch = "88" else . end | .lost_on = null |
			.name = "x" | .insurer_name = "x" | .address = "x")' was >>others
	verify --changed-since others <people
	run changed 'map([.member, .was, .harmless]) | .[]'
	assert_output --partial '["branch","88",false]'
	assert_output --partial '["copay_percent","40",false]'
	assert_output --partial '["elderly.copay_percent","40",false]'
	assert_output --partial '["limit_certificate.class","A99",false]'
	assert_equal "${#lines[@]}" 4
	# Writing, a longer validity.
	jq -c '.eligibility.policies[0] |= if .number then .number |= "00\(.)" | .symbol |= (. // "" |
			gsub("国"; "国") | gsub("1"; "１")) | .insurer_number |= "0\(.)" |
			(if .valid_to then .valid_to = "2020-01-01" | .valid_from = "2019-01-01" else . end)
		else . end' was >others
	verify --changed-since others <people
	run changed 'map([.member, .harmless]) | .[]'
	for member in insurer_number number symbol valid_from valid_to; do
		assert_output --partial "[\"$member\",true]"
	done
	refute_output --partial false
	# A shorter one, another day of acquiring.
	jq -c '.eligibility.policies[0] |= ((if .valid_to then .valid_to = "2099-01-01" else . end) |
		(if .acquired_on then .acquired_on = "1999-01-01" else . end))' was >others
	verify --changed-since others <people
	run changed 'map([.member, .harmless]) | unique | .[]'
	assert_line --partial '["acquired_on",false]'
	assert_line --partial '["valid_to",false]'
	assert_equal "${#lines[@]}" 2
}

@test "another insurer, and what became of the status" {
	jq -c 'select(.eligibility.status == "valid") |
		.eligibility.policies[0].insurer_number = "06139992"' was | head -n 3 >others
	verify --changed-since others <people
	run changed 'map(select(.harmless | not) | [.member, .was]) | .[]'
	assert_output '3 ["insurer_number","06139992"]'
	jq -c '.eligibility.status |= (if . == "valid" then "invalid" else "valid" end)' was >others
	verify --changed-since others <people
	run changed 'map([.member, .was, (.now | test("^valid$")), .harmless]) | .[]'
	assert_line --partial '["status","invalid",true,true]'
	assert_line --partial '["status","valid",false,false]'
	assert_equal "${#lines[@]}" 2
}

@test "a card is known again by its certificate, and a booking by the answer to a card" {
	policy=$(jq -c 'select(.eligibility.status == "valid" and .eligibility.policies[0].branch)' was |
		head -n 1)
	seq=$(jq -r .seq <<<"$policy")
	# A record of a card: no keys of its own.
	jq -c 'del(.insured) + {card: {certificate: "ab", method: "pin", assurance: "possession"}} |
		.eligibility.source = "card" | .eligibility.policies[0].acquired_on = "1999-01-01"' \
		<<<"$policy" >others
	sed -n "${seq}p" people >one
	verify --changed-since others <one
	assert_success
	changed '.' | grep -q '"was":"1999-01-01"'
	# And the other way round: asked again by the card.
	jq -c '. + {card: {certificate: "ab"}}' one >again
	verify --changed-since others <again
	changed '.' | grep -q '"was":"1999-01-01"'
	jq -c '.eligibility.policies[0].branch = "99"' others >strange
	verify --changed-since strange <one
	jq -e '.eligibility | has("changed") | not' <<<"$output"
	verify --changed-since strange <again
	changed '.' | grep -q '"was":"99"'
}

@test "a journal tells what the same question was answered before, also its own" {
	# On the first night there is none.
	oq-verify --journal j.db --changed-since j.db <people >first || [ $? -eq 3 ]
	jq -e -s 'all(.eligibility | has("changed") | not)' first
	journal_legible j.db
	sqlite3 j.db "UPDATE answered SET lines = CAST(replace(replace(CAST(lines AS TEXT),
		'\"copay_percent\":30', '\"copay_percent\":20'), '\"branch\":\"01\"', '\"branch\":\"02\"') AS BLOB)"
	mkdir other
	cp j.db other/j.db
	verify --journal j.db --changed-since j.db <people
	changed 'map([.member, .was, .now, .harmless]) | .[]' >told
	grep -q '\["branch","02","01",false\]' told
	# A run that reuses still tells what had changed when it asked.
	verify --journal j.db --changed-since j.db --reuse-within 1h <people
	jq -e -s 'any(.eligibility.reused)' <<<"$output"
	changed 'map([.member, .was, .now, .harmless]) | .[]' | diff - told
	# And so does one that takes up what was cut: compared is with the run before that one.
	journal_former other/j.db
	verify --journal k.db --changed-since other/j.db <people
	changed 'map([.member, .was, .now, .harmless]) | .[]' | diff - told
	oq-verify --journal other/j.db --changed-since other/j.db <people >/dev/full 2>/dev/null ||
		[ $? -eq 7 ]
	verify --journal other/j.db --changed-since other/j.db <people
	changed 'map([.member, .was, .now, .harmless]) | .[]' | diff - told
	# Another day is another question.
	jq -c '.visit_date = "2031-01-01"' people >later
	verify --journal j.db --changed-since j.db <later
	jq -e -s 'all(.eligibility | has("changed") | not)' <<<"$output"
}

@test "oq.jq and oq-list go by it" {
	jq -c '.eligibility.policies[0] |= if .branch then .branch = "88" else . end' was >others
	oq-verify --changed-since others <people >told || [ $? -eq 3 ]
	n=$(jq -L "$OQ_TREE/lib/list" 'import "oq" as oq; select(oq::changed and oq::valid)' told | jq -s length)
	[ "$n" -gt 10 ]
	assert_equal "$(oq-list --format csv --lang en <told | grep -c 'valid, changed')" "$n"
	"$OQ_TREE/tests/validate" <told
}

@test "wrong use, and files that cannot be read" {
	verify --reuse-within 12h <people
	assert_failure 2
	assert_equal "$stderr" "oq-verify: --reuse-within needs --journal; try 'oq-verify --help'"
	oq-verify --journal j.db <people >/dev/null || [ $? -eq 3 ]
	verify --changed-since j.db <people
	assert_failure 2
	verify --changed-since nowhere <people
	assert_failure 7
	verify --journal k.db --changed-since nowhere.db <people
	assert_failure 7
	printf 'SQLite format 3\0rubbish' >rubbish
	verify --journal k.db --changed-since rubbish <people
	assert_failure 7
	assert_equal "$output" ""
}

@test "whoever looks into the journal meanwhile takes nothing of it away" {
	local n=$((2 * $(wc -l <people)))
	oq-verify --journal j.db <people >first || [ $? -eq 3 ]
	mkfifo lines
	oq-verify --journal j.db --changed-since j.db <lines >out 2>err 3>&- &
	pid=$!
	exec 25>lines
	wait_for 20 test -e j.db-wal
	wait_for 20 eval '[ "$(cat j.db-run)" -gt 0 ]'
	sqlite3 j.db 'SELECT count(*) FROM question' >/dev/null
	# Its log is still the one that it writes to: what is asked now is seen by the next who looks.
	jq -c '.visit_date = "2026-12-24"' people >&25
	wait_for 20 test -s out
	assert_equal "$(sqlite3 j.db 'SELECT count(DISTINCT ask) FROM question')" "$n"
	exec 25>&-
	wait "$pid" || [ $? -eq 3 ]
	assert_equal "$(sqlite3 j.db 'SELECT count(DISTINCT ask) FROM question')" "$n"
}
