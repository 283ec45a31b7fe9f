# oq-hub: a person's own data, at a kiosk, and who looked.

bats_require_minimum_version 1.5.0
load helper
load hub
load card

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	hub_init hub --people 300 --seed 7
	oq-hub facility add --role kiosk --may-attest hub 5555555555
	oq-hub card add hub 18 --out card
	cp -r hub clean
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	HUB=$BATS_TEST_TMPDIR/hub
	cp -r "$BATS_FILE_TMPDIR/clean" hub
	cp -r "$BATS_FILE_TMPDIR/card" card
}

teardown() {
	hub_stop
}

# own CARD [FILTER]: a presence for one's own data at the kiosk.
own() {
	presence "$1" '.iss = "5555555555" | .scope = "self" | '"${2:-.}"
}

# line ASK TOKEN
line() {
	jq -cn --arg ask "$(printf %.26s "${1}zzzzzzzzzzzzzzzzzzzzzzzzzz")" --arg token "$2" \
		'{ask: $ask, presence: $token}'
}

self() {
	ask -H 'Content-Type: application/x-ndjson' --data-binary "@$1" --cert "$HUB/5555555555.pem" \
		--key "$HUB/5555555555.key" "${@:2}" v1/self
}

# told CODE FILE
told() {
	self "$2" >answered
	jq -e --arg code "$1" '(keys == ["ask", "error"]) and .error.code == $code' answered || {
		cat answered
		return 1
	}
	[ "$(oq-hub audit "$HUB" | tail -n 1 | jq -r '[.kind, .result] | join(" ")')" = "self $1" ]
}

@test "a card and its PIN show the person's own data, and who looked when" {
	hub_start "$HUB"
	# Three looks, by another person's number too.
	oq-hub people hub | jq -c 'select((.id == "18" and .expected == "valid") or .id == "17")' |
		questions aa >asked
	verify asked -H 'Oq-Operator: desk 2' >/dev/null
	jq -cn --arg day "$(TZ=Asia/Tokyo date +%F)" --arg token "$(presence card)" \
		'{ask: ("ab" + "z" * 24), visit_date: $day, presence: $token}' >asked
	verify asked >by_card
	line ba "$(own card)" >question
	self question >answered
	jq -e '(keys == ["ask", "eligibility", "looks", "medical"]) and .eligibility.status == "valid" and
		(.medical.drugs | length) > 36 and (.medical.checkups | length) > 1 and
		(.medical | has("treatments")) and .medical.refused == []' answered
	cmp <(jq -S .eligibility.policies answered) <(jq -S .eligibility.policies by_card)
	jq -e '.looks | map([.kind, .facility, .result]) == [["verify", "4719999999", "valid"],
		["verify", "4719999999", "valid"]] and .[1].operator == "desk 2"' answered
	jq -c '.looks[]' answered >looks
	"$OQ_TREE/tests/validate" -d look looks
	jq -c '{medical}' answered >record
	"$OQ_TREE/tests/validate" record
	oq-hub audit "$HUB" | tail -n 1 | jq -e '.kind == "self" and .result == "answered" and
		.person == 18 and .facility == "5555555555"'
	# The same question: anew, and the first look is told of.
	self question | jq -e '.looks | length == 3 and .[0].kind == "self"'
	# Another with the same presence: none.
	line bb "$(jq -r .presence question)" >other
	told presence-used other
	oq-hub audit --verify "$HUB"
}

@test "the view of who looked is made again when it is missing, and follows what came meanwhile" {
	hub_start "$HUB"
	oq-hub people hub | jq -c 'select(.id == "18" and .expected == "valid")' >person
	for i in a b c; do
		questions "a$i" <person >asked
		verify asked >/dev/null
	done
	line ba "$(own card)" >question
	self question | jq -e '.looks | length == 3'
	hub_stop
	rm "$HUB"/looks.db*
	hub_start "$HUB"
	line bb "$(own card)" >question
	self question | jq -e '.looks | length == 4 and .[0].kind == "self"'
	# Behind, when nobody asks.
	questions ad <person >asked
	verify asked >/dev/null
	for ((i = 0; i < 100; i++)); do
		[ "$(sqlite3 "$HUB/looks.db" "SELECT count(*) FROM look")" = 6 ] && break
		sleep 0.2
	done
	[ "$i" -lt 100 ]
}

@test "who is protected is shown to nobody" {
	person=$(sqlite3 "$HUB/people.db" "SELECT person FROM cover
		WHERE instr('2367ABEF', substr(hex(substr(doc, 2, 1)), 2)) > 0 ORDER BY person LIMIT 1")
	oq-hub card add hub "$person" --out hidden
	hub_start "$HUB"
	line ba "$(own hidden)" >question
	told person-protected question
	oq-hub audit "$HUB" | tail -n 1 | jq -e --argjson person "$person" '.person == $person'
}

@test "what is no presence for that" {
	hub_start "$HUB"
	line ba "$(presence card '.iss = "5555555555"')" >question
	told token-scope-refused question
	line bb "$(own card '.iss = "4719999999"')" >question
	told token-issuer-other question
	line bc "$(own card '.iat -= 400 | .exp -= 400')" >question
	told token-expired question
	# That an operator looked is not enough.
	attested card tanaka "$HUB/5555555555.pem" "$HUB/5555555555.key" \
		'.iss = "5555555555" | .scope = "self"' >token
	line bd "$(<token)" >question
	told token-method-refused question
	echo '{"ask":"bezzzzzzzzzzzzzzzzzzzzzzzz"}' >question
	told question-malformed question
	oq-hub card revoke hub "$(oq-hub card list hub | jq -r .serial)"
	line bf "$(own card)" >question
	told card-revoked question
}

@test "one line, from a kiosk" {
	hub_start "$HUB"
	line ba "$(own card)" >question
	self question --cert "$HUB/facility.pem" --key "$HUB/facility.key" -i | refused 403 role-refused
	cat question question >two
	self two -i | refused 413
	ask -H 'Content-Type: application/x-ndjson' --data-binary @question --cert "$HUB/5555555555.pem" \
		--key "$HUB/5555555555.key" -i v1/query | refused 403 role-refused
}

@test "oq-query --self: the record gets the insurance, the medical information and who looked" {
	hub_start "$HUB"
	jq -cn --arg token "$(own card)" '{id: 1, card: {presence: $token,
		method: "pin", assurance: "possession", read_at: "2026-10-05T09:00:00+09:00"}}' >record
	OQ_CERT=$HUB/5555555555.pem OQ_KEY=$HUB/5555555555.key run --separate-stderr oq-query --self <record
	assert_success
	jq -e '.id == 1 and .eligibility.status == "valid" and (.medical.drugs | length) > 12 and
		(.medical.looks | type) == "array" and .medical.asked == ["drugs", "treatments", "checkups"] and
		.medical.refused == []' <<<"$output"
	"$OQ_TREE/tests/validate" <(echo "$output")
	# The presence is used up, and not needed where nothing is unknown.
	echo "$output" >answered
	OQ_CERT=$HUB/5555555555.pem OQ_KEY=$HUB/5555555555.key run --separate-stderr oq-query --self --retry-unknown <answered
	assert_success
	assert_equal "$output" "$(cat answered)"
	# With a facility's certificate, without a card, over a terminal.
	run --separate-stderr oq-query --self <record
	assert_failure 4
	OQ_CERT=$HUB/5555555555.pem OQ_KEY=$HUB/5555555555.key run --separate-stderr oq-query --self <<<'{"id":2}'
	assert_equal "$(jq -r .error.code <<<"$output")" consent-needs-card
	mkdir -p desk/req desk/res
	run --separate-stderr oq-query --self --via "terminal:$PWD/desk" --facility 5555555555 <record
	assert_equal "$(jq -r .error.code <<<"$output")" not-over-this-route
	run oq-query --self --drugs <record
	assert_failure 2
}

# seen: how many rows of the audit are in the looks so far.
seen() {
	sqlite3 "file:$HUB/looks.db?mode=ro" 'SELECT row FROM seen'
}

@test "while a night's looks are taken in, whoever asks at the desk is answered in between" {
	hub_start "$HUB"
	oq-hub people hub | head -n 256 | questions da >asked
	head -n 1 asked >one
	local address=${OQ_VIA#https://} all row between='' n=0
	# A machine may be so quick that nobody sees it: then once more.
	while [ -z "$between" ] && [ $((++n)) -le 5 ]; do
		"$OQ_BUILD/tests/load" -o "$hub_pid" -a "${address%/}" -c 4 -n 200 -l 256 -b asked \
			-A "$OQ_CA" -C "$OQ_CERT" -K "$OQ_KEY" >/dev/null
		all=$(sqlite3 "file:$HUB/audit.db?mode=ro" 'SELECT max(id) FROM audit')
		row=$(seen)
		while [ "$row" -lt "$all" ]; do
			if [ "$row" -gt "$((all - 190))" ]; then
				verify one | jq -e .eligibility >/dev/null
				[ "$(seen)" -ge "$all" ] || between=yes
				break
			fi
			row=$(seen)
		done
	done
	[ -n "$between" ]
	# And then they are all there.
	all=$(sqlite3 "file:$HUB/audit.db?mode=ro" 'SELECT max(id) FROM audit')
	wait_for 60 eval '[ "$(seen)" -eq "$all" ]'
}
