# oq-hub: what init makes, who the people are, what they are answered with.

load helper
load hub

setup_file() {
	load helper
	export HUB=$BATS_FILE_TMPDIR/hub
	hub_init "$HUB" --people 1000 --seed 7
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	hub_stop
}

committed() {
	[ "$(metric oq_hub_commits_total)" = 1 ]
}

# The hub of the file, for one test at a time.
serve() {
	hub_start "$HUB" --admin "$HUB/admin"
}

@test "init makes a private directory whole, and none twice" {
	run oq-hub init new --people 3 --name hub.test --facility 4719999981
	assert_success
	[ "$(stat -c %a new)" = 700 ]
	for key in ca server facility insurer; do
		[ "$(stat -c %a "new/$key.key")" = 600 ]
		openssl verify -CAfile new/ca.pem "new/$key.pem"
	done
	[ "$(stat -c %a new/people.db new/audit.db | sort -u)" = 600 ]
	openssl x509 -in new/server.pem -noout -ext subjectAltName |
		grep -q 'IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:localhost, DNS:hub.test'
	openssl x509 -in new/facility.pem -noout -ext extendedKeyUsage | grep -q 'TLS Web Client'
	[ "$(oq-hub facility list new | jq -r '[.role, .code] | join(" ")' | sort | paste -sd,)" = \
		"facility 4719999981,insurer 06139908" ]
	cp new/ca.pem before
	run oq-hub init new --people 3
	assert_failure 7
	assert_output --partial "File exists"
	cmp before new/ca.pem
}

@test "init does not write where others can read" {
	mkdir -m 755 open
	run oq-hub init open
	assert_failure 4
	[ ! -e open/ca.key ]
}

@test "the same seed gives the same people, another gives others" {
	oq-hub init a --people 300 --seed 5
	oq-hub init b --people 300 --seed 5
	oq-hub init c --people 300 --seed 6
	oq-hub people a >a.jsonl
	oq-hub people b >b.jsonl
	oq-hub people c >c.jsonl
	[ -s a.jsonl ]
	cmp a.jsonl b.jsonl
	run cmp -s a.jsonl c.jsonl
	assert_failure 1
	[ "$(jq -r .id a.jsonl | sort -u | wc -l)" -eq 300 ]
}

@test "forty people already have every status that a hub gives" {
	oq-hub init small --people 40
	[ "$(oq-hub people small | jq -r .expected | sort -u | paste -sd' ')" = \
		"ambiguous invalid invalid-replaced valid valid-unregistered" ]
	[ "$(oq-hub people "$HUB" | jq -r .expected | sort -u | paste -sd' ')" = \
		"ambiguous invalid invalid-replaced not-found valid valid-unregistered" ]
}

@test "what is expected is what is answered, in the order asked" {
	serve
	oq-hub people "$HUB" >people
	questions aa <people >asked
	split -l 256 asked window.
	for window in window.*; do
		verify "$window" >>answered
	done
	cmp <(jq -r .ask asked) <(jq -r .ask answered)
	cmp <(jq -r .expected people) <(jq -r .eligibility.status answered)
	[ "$(wc -l <answered)" -gt 1000 ]
}

@test "covers from memory and from the file are answered alike" {
	oq-hub people "$HUB" --limit 250 | questions bb >asked
	serve
	wait_for 20 warm
	verify asked | jq -c 'del(.eligibility.answered_at)' >warm
	hub_stop
	# Another generation: the file says that the covers in memory are not its own.
	serve
	wait_for 20 warm
	sqlite3 "$HUB/people.db" "UPDATE setting SET value = value + 1 WHERE name = 'generation'"
	sed 's/"ask":"bb/"ask":"bc/' asked >again
	verify again | jq -c 'del(.eligibility.answered_at)' | sed 's/"ask":"bc/"ask":"bb/' >cold
	cmp warm cold
}

@test "answers have the members of records.csv, and over the people every one of a policy" {
	serve
	oq-hub people "$HUB" >people
	questions cc <people >asked
	# Without consent, knowing a certificate: whether it has changed.
	questions cd <people | jq -c 'select(.insured.limit_certificate_consent) |
		.insured |= (del(.limit_certificate_consent) + {limit_certificate: {kind: "limit", class: "A03"}})' >>asked
	split -l 256 asked window.
	for window in window.*; do
		verify "$window" >>answered
	done
	jq -c .eligibility answered | "$OQ_TREE/tests/validate" -d eligibility
	# What only a message of the folder interface has is not ours to give.
	comm -23 <(sed -n 's/^policy,\([a-z0-9_]*\),.*/\1/p' "$OQ_TREE/lib/model/records.csv" |
		grep -vxE 'reference_number|item_id|confirmation_key|prescription_form' | sort) \
		<(jq -r '.eligibility.policies[] | keys[]' answered | sort -u) >missing
	[ ! -s missing ] || { cat missing; false; }
	jq -e -s 'map(.eligibility) |
		all(.status == "valid" or (.actor and .next)) and
		all((.status | test("^valid")) == (.covering == [0])) and
		all((.status | test("not-found|ambiguous")) == (.policies == [])) and
		([.[].policies[].limit_changed] | unique == [null, false, true])' answered >/dev/null
}

@test "the text of answers is pinned to its format number" {
	# Kept asks are answered again from what is stored (store/audit.h). Whoever changes a byte here
	# raises ANSWER_FORMAT in lib/hub/answer.h, and then the sum below (which also changes with the people).
	oq-hub people "$HUB" | jq -c '.visit_date = "2026-10-05"' | questions ee >asked
	questions ef < <(oq-hub people "$HUB") | jq -c '.visit_date = "2026-10-05" |
		select(.insured.limit_certificate_consent) |
		.insured |= (del(.limit_certificate_consent) + {limit_certificate: {}})' >>asked
	serve
	split -l 256 asked window.
	for window in window.*; do
		verify "$window" | sed 's/"answered_at":"[^"]*"/"answered_at":""/' >>answered
	done
	grep -q '^#define ANSWER_FORMAT 2 ' "$OQ_TREE/lib/hub/answer.h"
	[ "$(sha256sum <answered)" = "fd0f292bfbd47e2fd76b4aaf5f086f58a1e41c17d34375714a44020b0063b5e4  -" ] || { sha256sum answered; false; }
}

@test "age and month are those of the day asked" {
	serve
	oq-hub people "$HUB" >people
	questions ff <people | head -n 256 >asked
	verify asked >answered
	# Somebody between 70 and 74 has a certificate, from August to July.
	jq -c '.eligibility.policies[0].elderly // empty' answered | head -n 1 |
		jq -e '.valid_to[5:] == "07-31" or .valid_to < "2027-07-31"'
	# A late-stage cover begins on the 75th birthday, and the one before ends that day.
	verify asked | jq -r '.eligibility.policies[0] | select(.copay_percent) |
		[.birth_date, .acquired_on] | @tsv' | while read -r birth acquired; do
		[ "$((${birth%%-*} + 75))${birth#????}" = "$acquired" ]
	done
	# A ticket is of the month asked.
	jq -c 'select(.insured.insurer_number | test("^12")) | .ask = "fg" + .ask[2:] | .visit_date = "2027-02-11"' \
		asked >aid
	verify aid | jq -r '.eligibility.policies[].medical_tickets[] |
		[.valid_date, .expiration_date, .medical_treatment_month] | join(" ")' | sort -u >tickets
	[ "$(cat tickets)" = "2027-02-01 2027-02-28 2027-02" ]
}

@test "an address that is protected is not given" {
	serve
	oq-hub people "$HUB" | questions gg | head -n 256 >asked
	verify asked >answered
	jq -e -s '[.[].eligibility.policies[] | select(has("address") | not)] |
		length > 0 and all(has("postal_code") | not)' answered
}

@test "symbol and number are compared as people write them" {
	serve
	oq-hub people "$HUB" | jq -c 'select(.insured.symbol == "100" and .expected == "valid")' |
		head -n 1 | questions hh >plain
	[ -s plain ]
	jq -c '.ask = "hi" + .ask[2:] | .insured.symbol = "１００" | .insured.number = "000" + .insured.number |
		.insured.insurer_number = "  " + .insured.insurer_number' plain >wide
	# The same with escapes and in another order.
	jq -c '{insured: {birth_date: .insured.birth_date, number: .insured.number,
		symbol: "@", insurer_number: .insured.insurer_number}, visit_date, ask: ("hj" + .ask[2:])}' plain |
		sed 's/"@"/"\\u0031\\uff10\\u0030"/' >other
	for q in plain wide other; do
		[ "$(verify "$q" | jq -r .eligibility.status)" = valid ] || verify "$q"
	done
}

@test "a line that is no question is answered in place" {
	serve
	oq-hub people "$HUB" --limit 1 | questions jj >good
	ask=$(jq -r .ask good)
	{
		cat good
		echo '[1]'
		echo '{bad'
		echo
		echo "{\"ask\":\"$ask\",\"visit_date\":\"2026-13-01\"}"
		jq -c '.ask = "jk" + .ask[2:] | .id = 1' good
		jq -c '.ask = "jl" + .ask[2:] | .insured.name = "x"' good
		jq -c '.ask = "jm" + .ask[2:] | {ask, visit_date, presence: "a.b.c"}' good
		jq -c '.ask = "short"' good
		jq -c 'del(.insured.birth_date)' good | sed 's/"jj/"jn/'
		sed 's/"visit_date"/"visit_date":"2026-10-05","visit_date"/; s/"jj/"jo/' good
		printf '{"ask":"%s","visit_date":"2026-10-05","insured":{"number":"\xff"}}\n' "jp${ask#jj}"
		jq -c '.ask = "jq" + .ask[2:]' good | tr -d '\n'
	} >asked
	verify asked >answered
	[ "$(wc -l <answered)" -eq 13 ]
	[ "$(jq -r '.eligibility.status // .error.code' answered | paste -sd,)" = \
		"valid,$(yes question-malformed | head -n 6 | paste -sd,),token-malformed,$(
			yes question-malformed | head -n 4 | paste -sd,),valid" ]
	cmp <(jq -r '.ask[0:2] // "-"' answered) <(printf '%s\n' jj - - - jj jk jl jm - jn jo - jq)
	jq -e -s '.[4].error.pointer == "/visit_date" and .[6].error.pointer == "/insured" and
		.[7].error.pointer == "/presence" and .[9].error.pointer == "/insured/birth_date" and
		.[10].error.pointer == "/visit_date"' answered
	jq -c 'select(.error) | .error' answered | "$OQ_TREE/tests/validate" -d error
}

@test "hello tells who is asked and who asks" {
	serve
	ask v1/hello >hello
	jq -e '.name == "oq-hub.example" and .api == "v1" and .role == "facility" and
		.code == "4719999999" and .limits.verify == {lines: 256, bytes: 1048576} and
		(.time | test("^20.*[+]09:00$"))' hello
	ask --cert "$HUB/insurer.pem" --key "$HUB/insurer.key" v1/hello | jq -e '.role == "insurer"'
}

@test "the admin listener tells health and counts, on a socket or on a port" {
	serve
	wait_for 20 warm
	curl -sS --unix-socket "$HUB/admin" http://hub/healthz |
		jq -e '.status == "ok" and .covers > 1000'
	oq-hub people "$HUB" --limit 5 | questions kk >asked
	verify asked >/dev/null
	[ "$(metric oq_hub_lines_total)" = 5 ]
	[ "$(metric oq_hub_commits_total)" = 1 ]
	[ "$(metric oq_hub_replays_total)" = 0 ]
	verify asked >/dev/null
	[ "$(metric oq_hub_replays_total)" = 5 ]
	curl -isS --unix-socket "$HUB/admin" http://hub/v1/hello | refused 404
	curl -isS --unix-socket "$HUB/admin" -d x http://hub/metrics | refused 405
	[ "$(stat -c %a "$HUB/admin")" = 700 ]
	hub_stop
	assert_not_exist "$HUB/admin"
	port=$(( 20000 + RANDOM % 20000 ))
	until hub_start "$HUB" --admin "127.0.0.1:$port"; do
		port=$(( 20000 + RANDOM % 20000 ))
	done
	curl -sS "http://127.0.0.1:$port/healthz" | jq -e '.status == "ok"'
}

@test "a signal ends the hub when what is under way is answered" {
	printf 'requests,fault,value\nalways,slow,1500\n' >faults
	oq-hub people "$HUB" --limit 5 | questions ll >asked
	for signal in TERM INT; do
		hub_start "$HUB" --faults faults --admin "$HUB/admin"
		sed "s/\"ll/\"l${signal,,}/; s/\(\"ask\":\".\{26\}\)[^\"]*/\1/" asked >now
		verify now >answered &
		client=$!
		wait_for 10 committed
		kill "-$signal" "$hub_pid"
		wait "$hub_pid"
		hub_pid=
		wait "$client"
		[ "$(jq -r .eligibility.status answered | wc -l)" -eq 5 ]
	done
}

@test "an address that is taken, or is none, is said" {
	serve
	run oq-hub init other
	run oq-hub serve other --admin "127.0.0.1:$(sed 's/.*:\([0-9]*\).*/\1/' "$HUB.url")"
	assert_failure 7
	assert_output --partial "Address already in use"
	run oq-hub serve other --listen localhost
	assert_failure 7
	run oq-hub serve other --listen hub.test:0
	assert_failure 7
}

@test "a store of a newer version is refused, one that is none too" {
	oq-hub init newer --people 1
	sqlite3 newer/people.db 'PRAGMA user_version = 99'
	run oq-hub people newer
	assert_failure 7
	assert_output --partial "newer version"
	run oq-hub serve newer
	assert_failure 7
	head -c 5000 /dev/urandom >newer/people.db
	run oq-hub people newer
	assert_failure 7
	run oq-hub people nowhere
	assert_failure 7
}

@test "wrong use is exit 2 with a hint" {
	for words in "" "init" "serve" "facility" "facility add $HUB" "people $HUB more" "dance $HUB"; do
		# shellcheck disable=SC2086
		run oq-hub $words
		assert_failure 2
		assert_output --partial "--help"
	done
	run oq-hub init x --people -1
	assert_failure 2
}

@test "a list that cannot be written whole is exit 7" {
	run bash -c "oq-hub people '$HUB' >/dev/full"
	assert_failure 7
	run bash -c "oq-hub people '$HUB' | head -n 1 >/dev/null; echo \${PIPESTATUS[0]}"
	assert_line 7
}

@test "parts of the hub by themselves" {
	for part in siphash packed folded asks shortened entries day; do
		"$OQ_BUILD/tests/hub" "$part"
	done
	mkdir things
	"$OQ_BUILD/tests/hub" migrate things
	oq-hub people "$HUB" --limit 100 | questions nn |
		sed 'p; s/"number":"/&1234567890123456/' | "$OQ_BUILD/tests/hub" usual # also long texts
}
