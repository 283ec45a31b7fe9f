# oq-terminal: drugs and checkups out of a real hub, for a card that lay on the stand-in's reader; asked
# by oq-query, and by what speaks only the interface.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper

setup_file() {
	load helper
	export HUB=$BATS_FILE_TMPDIR/hub
	hub_init "$HUB" --name localhost --people 300 --seed 7
	for person in 18 3 9; do oq-hub card add "$HUB" "$person" --out "$HUB.card$person"; done
	hub_start "$HUB"
}

teardown_file() {
	hub_stop
}

setup() {
	hub_use "$HUB"
	export OQ_VIA=${OQ_VIA/127.0.0.1/localhost} FACILITY=4719999999
	cd "$BATS_TEST_TMPDIR" || return
	serving=
}

teardown() {
	[ -z "$serving" ] || { kill -TERM "$serving" && wait "$serving"; } || true
	run ! grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:' desk.log
}

# desk_start [OPTION ...]: serves desk, and waits until it is.
desk_start() {
	: >served
	oq-terminal desk --facility "$FACILITY" --settle 0ms --scan 20ms "$@" >served 2>>desk.log 3>&- &
	serving=$!
	wait_for 20 test -s served || { cat desk.log; return 1; }
}

# tap PERSON [PURPOSE=DECISION ...]: lays the person's card on the reader.
tap() {
	local options=()
	for word in "${@:2}"; do options+=(--consent "$word"); done
	oq-terminal --card "$HUB.card$1" --facility "$FACILITY" "${options[@]}" desk >>faces 2>>desk.log
}

# records: what oq-read-card makes of the taps that it has not seen.
records() {
	oq-read-card --face desk/face --facility "$FACILITY" --state "$PWD" 2>/dev/null
}

query() {
	run --separate-stderr oq-query --via "terminal:$PWD/desk" --facility "$FACILITY" \
		--settle 100ms --note-after 2s --give-up 20s --journal query.db "$@"
}

# ask NAME FILTER: the record of a YZK request for person 18, changed by jq, becomes desk/req/NAME.
ask() {
	jq -c --arg facility "$FACILITY" '{oqs: {type: "YZKsiquc01req", institution_code: $facility, file_id: "F-1",
		asked: {month_from: "2024-01", month_to: "2026-12", file_category: "2", prescriptions: "1", care: "1"}},
		insured: (.eligibility.policies[0] | {insurer_number, symbol, number, branch})} | '"$2" <record |
		oq-message encode --type "${1%%_*}" --encoding cp932 >"$1.part" 2>/dev/null
	mv "$1.part" "desk/req/$1"
}

# told: the lists of an answer on stdin, without what only one of the ways tells.
told() {
	jq -S '.medical | {drugs, checkups, treatments} | del(.. | nulls) | del(.. | objects | (.group, .flags, .own)) |
		map_values(sort)'
}

@test "drugs and checkups come through the folder as they come over the network" {
	tap 18 drugs=given checkups=given treatments=given
	records >record
	desk_start
	query --drugs --treatments --checkups --months 36 --all-origins <record
	assert_success
	jq -c --slurpfile note <(cat desk/.oq-terminal/note-*) '{card: {presence: "x.y.z"}, consent: {receipt: $note[0].receipt,
		expires_at: $note[0].expires_at, given_at: .card.read_at, purposes: (.eligibility.consents)}}' record >receipt
	oq-query --drugs --treatments --checkups --months 36 --all-origins <receipt >direct
	told <<<"$output" >here
	told <direct >there
	diff here there
	[ "$(jq '.drugs | map(.origin) | unique | length' here)" -gt 1 ]
	[ "$(jq '.checkups | length' here)" -gt 0 ]
	"$OQ_TREE/tests/validate" <(echo "$output")
	assert_equal "$(find desk/req desk/res -type f)" ""
	oq-hub audit "$HUB" | jq -se 'map(select(.kind == "query" and .result == "answered")) | length >= 2'
}

@test "a receipt computer that speaks only the interface gets the file that it knows" {
	tap 18 drugs=given
	records >record
	desk_start
	ask YZKsiquc01req_1.xml .
	wait_for 20 test -e desk/res/YZKsiquc01res_1.xml
	head -c 60 desk/res/YZKsiquc01res_1.xml | grep -q Shift_JIS
	oq-message decode desk/res/YZKsiquc01res_1.xml 2>/dev/null >decoded
	jq -e --slurpfile record record '.oqs.result == "1" and .oqs.file_id == "F-1" and (has("error") | not) and
		.oqs.person.birth_date == $record[0].eligibility.policies[0].birth_date and
		(.medical.drugs | length > 0) and (.medical | has("treatments") | not)' decoded
	# Only the months that were asked for.
	ask YZKsiquc01req_2.xml '.oqs.asked.month_to = "2024-01"'
	wait_for 20 test -e desk/res/YZKsiquc01res_2.xml
	oq-message decode desk/res/YZKsiquc01res_2.xml 2>/dev/null | jq -e '.medical.drugs | all(.month <= "2024-01")'
}

@test "without a consent that the hub takes nothing medical comes into the folder" {
	tap 18 drugs=given treatments=refused
	records >record
	desk_start
	ask YZKsiquc01req_treatments.xml '.oqs.asked.file_category = "4"'
	ask TKKsiquc01req_checkups.xml '.oqs.type = "TKKsiquc01req" | del(.oqs.asked.month_from, .oqs.asked.month_to)'
	ask YZKsiquc01req_other.xml '.insured.number = "999"'
	ask YZKsiquc01req_clinic.xml '.oqs.institution_code = "4719999988"'
	ask YZKsiquc01req_pdf.xml '.oqs.asked.file_category = "1"'
	wait_for 20 eval '[ "$(find desk/res -name "*.xml" | wc -l)" -eq 5 ]'
	for name in treatments other clinic pdf; do
		oq-message decode "desk/res/YZKsiquc01res_$name.xml" 2>/dev/null
	done >decoded
	oq-message decode desk/res/TKKsiquc01res_checkups.xml 2>/dev/null >>decoded
	assert_equal "$(jq -r '.error.code + " " + .error.upstream.code' decoded)" 'oqs-refused SYN-E-0006
oqs-refused SYN-E-0006
oqs-refused SYN-E-0001
oqs-refused SYN-E-0003
oqs-refused SYN-E-0006'
	jq -se 'all(has("medical") | not)' decoded
	run ! grep -E '架空|999|treatments_|雁' desk.log
}

@test "a tap by number has no card behind it: its consents are believed by nobody" {
	oq-hub people --limit 1 "$HUB" >one
	oq-terminal --tap one --facility "$FACILITY" --consent drugs=given desk >faces 2>/dev/null
	records >record
	desk_start
	query --drugs <record
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error | .code + " " + .upstream.code' <<<"$output")" "oqs-refused SYN-E-0006"
}

@test "a consent that is over is forgotten, and asked for in vain" {
	tap 18 drugs=given
	records >record
	sed -i 's/"expires_at":"2/"expires_at":"1/' desk/.oq-terminal/note-*
	desk_start
	query --drugs <record
	assert_equal "$(jq -r .error.upstream.code <<<"$output")" SYN-E-0006
	assert_equal "$(find desk/.oq-terminal -name 'note-*')" ""
}

@test "faults befall medical requests, too, and end in the right record" {
	tap 18 drugs=given
	records >record
	printf '%s\n' requests,fault,value 1,error,SYN-E-1234 2,half,600 3,pending,600 4,slow,600 5,twice,300 6,half,0 7,encoding, >faults.csv
	desk_start --faults faults.csv
	for _ in 1 2 3 4 5 6 7; do
		oq-query --via "terminal:$PWD/desk" --facility "$FACILITY" --settle 100ms --note-after 2s \
			--give-up 20s --journal query.db --drugs <record >>out 2>/dev/null || true
	done
	# UTF-8 that says it is code page 932 is one or the other, as its characters happen to be.
	assert_equal "$(jq -r '.error.upstream.code // .error.code // "drugs"' out | sed 's/terminal-answer-damaged/oqs-not-well-formed/' | xargs)" \
		"SYN-E-1234 drugs drugs drugs drugs oqs-not-well-formed oqs-not-well-formed"
}

@test "of three face results the first's drugs never come: the others leave all the same" {
	tap 18 drugs=given
	tap 3 drugs=given
	tap 9 drugs=given
	records >record
	printf '%s\n' requests,fault,value 1,never, >faults.csv
	desk_start --faults faults.csv
	mkfifo lines
	oq-query --via "terminal:$PWD/desk" --facility "$FACILITY" --settle 100ms --give-up 8s --as-completed \
		--journal query.db --drugs <lines >out 2>err 3>&- &
	pid=$!
	exec 5>lines
	sed -n 1p record >&5
	wait_for 10 eval '[ -e query.db ] && sqlite3 query.db "SELECT 1 FROM question" 2>/dev/null | grep -q 1 && [ -z "$(ls desk/req)" ]'
	sed -n 2,3p record >&5
	wait_for 7 eval '[ "$(wc -l <out)" -eq 2 ]'
	assert_equal "$(jq -r '.medical | has("drugs")' out | xargs)" "true true"
	exec 5>&-
	status=0
	wait "$pid" || status=$?
	assert_equal "$status" 3
	assert_equal "$(sed -n 3p out | jq -r .error.code)" terminal-silent
}

@test "wrong use of a card" {
	for wrong in "--card $HUB.card18 --tap - --facility $FACILITY" "--card $HUB.card18" \
		"--card nowhere --facility $FACILITY"; do
		# shellcheck disable=SC2086 # words
		run oq-terminal $wrong desk </dev/null
		assert_failure
		[ "$status" -ge 2 ]
		assert_equal "$(find desk/face -type f 2>/dev/null)" ""
	done
}

@test "a card shows its certificates where that was agreed to, and not otherwise" {
	for person in 18 3 9; do
		tap "$person" limit_certificate=given specific_diseases=given
		tap "$person" drugs=given limit_certificate=refused
	done
	oq-message decode desk/face/* 2>/dev/null >decoded
	jq -se '[.[] | select(.eligibility.consents.limit_certificate.decision == "given")] | length == 3' decoded
	jq -se 'map(select(.eligibility.consents.limit_certificate.decision == "refused")) |
		all(.eligibility.policies[] | has("limit_certificate") | not)' decoded
	assert_equal "$(jq -r '.eligibility.source' decoded | sort -u)" card
}
