# oq-reference --bulk: files of reference numbers (照会番号), at oq-terminal in front of a real hub.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper
load reference

setup_file() {
	load helper
	reference_world
}

teardown_file() {
	hub_stop
}

setup() {
	reference_setup
}

teardown() {
	reference_teardown
}

@test "submitted, fetched by a later run, registered: as one by one" {
	faults 4-6,pending,1
	desk_start --faults faults.csv
	{ cat people; sed -n 2p people | jq -c 'del(.insured.branch)'; echo nonsense; sed -n 3p people; } >lines
	register --bulk=submit --bulk-size 5 <lines >pending
	assert_equal "$status" 3
	assert_equal "$(jq -r '.registration.status // .error.code' pending | uniq -c | xargs)" "13 pending 1 not-json 1 pending"
	assert_equal "$(jq -r '.registration.reception_number // empty' pending | sort -u | wc -l)" 3
	"$OQ_TREE/tests/validate" pending
	nothing_left
	register --bulk=fetch <pending >early
	assert_equal "$(jq -r '.registration.status // .error.code' early | sort | uniq -c | xargs)" "1 not-json 14 pending"
	assert_equal "$status" 3
	register --bulk=fetch --wait 20s <early >ended
	assert_equal "$status" 3
	assert_equal "$(told ended | sed -n 1,13p)" "$(jq -r '.insured.reference_number + " registered"' people; echo P-1 refused)"
	jq -se '(.[12].registration | .flags == ["branch-missing"] and (.notices | map(.code)) == ["SYN-E-0002"]) and
		.[14].registration.status == "registered" and all(.registration | has("reception_number") | not)' ended
	"$OQ_TREE/tests/validate" ended
	nothing_left
	# They come back as those do that were registered one by one.
	oq-terminal --tap people --facility "$FACILITY" desk >/dev/null 2>>desk.log
	oq-read-card --face desk/face --facility "$FACILITY" --state "$PWD" 2>/dev/null |
		jq -c '.eligibility | select(.policies != []).reference_numbers[]' | sort >back
	jq -c .insured.reference_number people | sort | diff - back
	# What was not submitted is not fetched; what has its answer keeps it.
	sed -n 1p people | jq -c '.insured.reference_number = "Q-1"' >other
	register --bulk=fetch <other >out
	assert_equal "$(told out)" "Q-1 bulk-not-submitted"
	register --bulk=fetch <ended >again
	cmp ended again
}

@test "a result is matched by its echo: missing, doubled, different, foreign and wrong ones are told" {
	faults 2,missing,3 2,doubled,2 2,differing,4 2,foreign, 2,echo, 2,reversed,
	desk_start --faults faults.csv
	register --bulk --wait 20s <people >out
	assert_equal "$status" 3
	{
		printf 'P-%s\n' "0 registration-echo-differs" "1 registered" "2 registration-echo-differs" "3 oqs-answers-differ"
		sed -n '5,$p' people | jq -r '.insured.reference_number + " registered"'
	} >wanted
	told out | diff wanted -
	grep -qE 'asked for 12, missing 2, nobody.s 2, twice 1, twice and different 1$' err
	run ! grep -Ff <(jq -r '.insured | .insurer_number, .reference_number' people) err
	# Asked once more they are what they were meant to be.
	register --bulk --wait 20s --retry-unknown <out >again
	assert_equal "$status" 0
	assert_equal "$(told again)" "$(jq -r '.insured.reference_number + " registered"' people)"
	nothing_left
}

@test "files that are refused, damaged or not answered" {
	# Request 1: the file is not accepted. 2 and 3 are well; of what 4 submits 5 gets no result.
	faults 1,error,SYN-E-1 5,error,SYN-E-2 6,half,0
	desk_start --faults faults.csv
	for n in 1 2 3 4; do sed -n "$((3 * n - 2)),$((3 * n))p" people >"file$n"; done
	register --bulk --wait 5s <file1 >out
	assert_equal "$(jq -r '.error | .code + " " + .upstream.code' out | sort -u)" "oqs-refused SYN-E-1"
	register --bulk --wait 5s <file2 >out
	assert_equal "$(jq -r .registration.status out | sort -u)" registered
	register --bulk=submit --wait 5s <file3 >out
	register --bulk=fetch --wait 5s <file3 >out
	assert_equal "$(jq -r '.error | .code + " " + .upstream.code' out | sort -u)" "oqs-refused SYN-E-2"
	nothing_left
	register --bulk=submit <file4 >out
	assert_equal "$(jq -r '.error.code // .registration.status' out | sort -u)" oqs-not-well-formed
}

@test "a result is fetched as what it was submitted as, and one by one asks the hub nothing" {
	desk_start
	register --bulk=submit --keep <people >pending
	oq-message decode desk/res/OQSmuimm01res_* 2>/dev/null | jq -e '.oqs.reception_number | length == 18'
	oq-message decode desk/res/OQSmuimm01res_* 2>/dev/null | jq -c '{oqs: {type: "OQSmuquc02req", institution_code: "4719999999",
		reception_number: .oqs.reception_number}}' | oq-message encode >request 2>/dev/null
	mv request desk/req/OQSmuquc02req_1.xml
	wait_for 20 test -e desk/res/OQSmuquc02res_1.xml
	oq-message decode desk/res/OQSmuquc02res_1.xml 2>/dev/null | jq -e '.error.code == "oqs-refused"'
	oq-hub audit "$HUB" >before
	register --bulk=fetch --wait 20s <pending >ended
	assert_equal "$status" 0
	oq-hub audit "$HUB" | diff before -
}

@test "killed at any moment and run again: each number is submitted once (OQ_ROUNDS)" {
	local round killed=0
	jq -r '.insured.reference_number + " registered"' people >wanted
	for ((round = 0; round < OQ_ROUNDS; round++)); do
		rm -rf desk kept j.db*
		mkdir kept
		desk_start
		while :; do
			status=0
			oq-reference --via "terminal:$PWD/desk" --facility "$FACILITY" --settle 20ms --poll 50ms --give-up 20s \
				--bulk --bulk-size 5 --wait 30s --archive kept --journal j.db <people >out 2>err 3>&- &
			sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
			kill -KILL $! 2>/dev/null || true
			wait $! || status=$?
			[ "$status" -eq 137 ] || break
			killed=$((killed + 1))
			((killed % 3)) || { kill -KILL "$serving"; wait "$serving" || true; desk_start; }
		done
		assert_equal "$status" 0
		told out | diff wanted -
		assert_equal "$(oq-message decode kept/OQSmuimm01res_* 2>/dev/null | jq -r .oqs.reception_number | sort -u | wc -l)" 3
		nothing_left
		desk_stop
	done
	[ "$killed" -gt 0 ]
}

@test "wrong use, and no way over a hub" {
	run --separate-stderr oq-reference --via "$OQ_VIA" --bulk <people
	assert_failure 3
	assert_equal "$(jq -r .error.code <<<"$output" | sort -u)" not-over-this-route
	for wrong in "--bulk=send" "--bulk --as-completed" "--bulk --bulk-size 0" "--bulk --bulk-size 1001" "--as-of today"; do
		# shellcheck disable=SC2086 # words
		run oq-reference --via "terminal:$PWD/desk" --facility "$FACILITY" $wrong <people
		assert_failure 2
	done
}
