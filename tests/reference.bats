# oq-reference: reference numbers (照会番号) registered at oq-terminal, in front of a real hub, and given back.
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

# given: the numbers that the face reader's results bring for the people, each by name of the reader's folder.
given() {
	oq-terminal --tap "$1" --facility "${2-$FACILITY}" desk >/dev/null 2>>desk.log
	oq-read-card --face desk/face --facility "${2-$FACILITY}" --state "$PWD" 2>/dev/null |
		jq -c '.eligibility | select(.policies != []) | [.reference_numbers, (.policies | map(.reference_number))]' | sort
}

@test "a number is registered, and comes back with the face reader's results of that insurance" {
	desk_start
	register <people >out
	assert_equal "$status" 0
	assert_equal "$(tail -n 1 err)" "oq-reference: read 12, yes 12, no 0, unknown 0"
	assert_equal "$(told out)" "$(jq -r '.insured.reference_number + " registered"' people)"
	jq -se 'all(.registration | .route == "terminal" and .notices == [] and .flags == [] and
		.answered_at != null and .asked_at != null) and all(.row.phone == "099-000-0000")' out
	"$OQ_TREE/tests/validate" out
	nothing_left
	# Kept by the terminal also when it is started again; another number takes the place of the first.
	desk_stop
	desk_start
	head -n 2 people | jq -c '.insured.reference_number |= "Q" + .' >again
	register <again >out
	assert_equal "$(told out | cut -d ' ' -f 2 | xargs)" "registered registered"
	head -n 4 people >four
	{ cat again; sed -n 3,4p people; } | jq -c '[.insured.reference_number] | [., .]' | sort >wanted
	given four | diff wanted -
	# So with bulk results, there once for each person.
	oq-verify --bulk --wait 20s --poll 100ms --settle 20ms --via "terminal:$PWD/desk" --facility "$FACILITY" <four >bulk 2>>err || true
	assert_equal "$(jq -c '.eligibility | [.reference_numbers, (.policies | any(has("reference_number")))]' bulk)" \
		"$(printf '[["%s"],false]\n' QP-0 QP-1 P-2 P-3)"
	# It is this institution's, and nobody else's.
	assert_equal "$(given four 4710000016 | sort -u)" '[[],[null]]'
}

@test "faults: nothing but a normal result with an equal echo is registered" {
	{ sed -n 1,6p people; sed -n 12p people | jq -c 'del(.insured.branch)'; sed -n 7,9p people; } >lines
	faults 1,echo, 2,error,SYN-E-1234 3,pending,300 4,half,0 5,never, 6,twice,300 8,slow,300 9,half,300
	desk_start --faults faults.csv
	register --journal j.db <lines >out
	assert_equal "$status" 3
	assert_equal "$(told out | cut -d ' ' -f 2 | xargs)" "registration-echo-differs oqs-refused registered \
oqs-not-well-formed terminal-silent registered refused registered registered registered"
	assert_equal "$(tail -n 1 err)" "oq-reference: read 10, yes 5, no 1, unknown 4"
	jq -se '.[1].error.upstream.code == "SYN-E-1234" and .[6].registration.flags == ["branch-missing"] and
		(.[6].registration.notices | map(.code)) == ["SYN-E-0002"]' out
	run ! grep -Ff <(jq -r '.insured | .insurer_number, .reference_number' people) err
	"$OQ_TREE/tests/validate" out
	# What is not known is asked once more, but for what the other side refused; a response that stayed damaged
	# is cleared away then.
	register --journal j.db --retry-unknown <out >again
	assert_equal "$(told again | cut -d ' ' -f 2 | sort | uniq -c | xargs)" "1 oqs-not-well-formed 1 oqs-refused 1 refused 7 registered"
	register --journal j.db --retry-unknown <again >out
	assert_equal "$(told out | cut -d ' ' -f 2 | sort | uniq -c | xargs)" "1 oqs-refused 1 refused 8 registered"
	# Then nothing is asked any more, but for a number that has become another.
	jq -c 'select(.registration)' out >known
	register --retry-unknown <known >again
	cmp known again
	jq -c 'select(.registration.status == "registered") | .insured.reference_number += "b"' known | head -n 1 >other
	register --retry-unknown <other >again
	assert_equal "$(jq -c '.registration.reference_number == .insured.reference_number' again)" true
	sed -n 7p lines >refused
	register <refused >out
	assert_equal "$status" 1
	register --fail-on unknown <refused >out
	assert_equal "$status" 0
}

# answer FILTER ...: takes as many requests, and answers each as it should be, changed by its filter.
answer() {
	local filter file
	for filter; do
		until file=$(cd desk/req && ls ./*.xml); do sleep 0.05; done 2>/dev/null
		oq-message decode "desk/req/$file" 2>/dev/null | jq -c '.oqs += {type: "OQSsiimm01res", segment: "1", result: "1",
			executed_at: "2026-10-05T09:00:00+09:00"} | '"$filter" |
			oq-message encode --type OQSsiimm01res >response 2>>answers
		rm "desk/req/$file"
		mv response "desk/res/${file/req_/res_}"
	done
}

@test "what a terminal may say beside: each has its own answer" {
	mkdir -p desk/req desk/res
	head -n 1 people | jq -c '.insured.symbol = "架空１" | range(13) as $n | .insured.reference_number = "P-\($n)"' >lines
	answer . 'del(.oqs.segment)' 'del(.oqs.result)' '.oqs.result = "3"' 'del(.oqs.reference_number)' \
		'.oqs.reference_number += " "' '.insured.branch = "01"' 'del(.insured.symbol)' '.insured.symbol = "架空1"' \
		'.insured.number += "0"' '.oqs.file_id = "zzzz"' '.oqs.institution_code = "4719999988"' \
		'.oqs.notices = [{code: "SYN-I-1", message: "架空の　お知らせ"}]' 3>&- &
	register <lines >out
	wait $!
	assert_equal "$(told out | cut -d ' ' -f 2 | xargs)" "registered oqs-answer-incomplete oqs-answer-incomplete oqs-refused \
registration-echo-differs registration-echo-differs registration-echo-differs registration-echo-differs \
registration-echo-differs registration-echo-differs terminal-answer-foreign foreign-institution registered"
	jq -se '.[-1].registration.notices == [{code: "SYN-I-1", message: "架空の　お知らせ"}]' out
	"$OQ_TREE/tests/validate" out
}

@test "only the number and the keys leave; in code page 932 the echo is the same" {
	desk_start --encoding cp932
	head -n 1 people | jq -c '.insured.symbol = "架空・ｱ" | .insured.insurer_number |= " " + .' >line
	register --archive . <line >out
	assert_equal "$status" 0
	iconv -f cp932 -t utf-8 OQSsiimm01res_* | grep -q '<ReferenceNumber>P-.*</ReferenceNumber>'
	desk_stop
	oq-reference --via "terminal:$PWD/desk" --facility "$FACILITY" --settle 50ms --give-up 1s <line >out 2>err 3>&- &
	wait_for 20 eval 'cp desk/req/OQSsiimm01req_* request'
	wait $! || true
	assert_equal "$(told out)" "$(jq -r .insured.reference_number line) terminal-asleep"
	assert_equal "$(grep -o '<[A-Z][A-Za-z]*' request | tr -d '<' | xargs)" "XmlMsg MessageHeader MedicalInstitutionCode \
ArbitraryFileIdentifier MessageBody ReferenceNumberRegistrationInfo ReferenceNumber InsurerNumber InsuredCardSymbol \
InsuredIdentificationNumber InsuredBranchNumber"
}

@test "lines that cannot be registered, and lines that are none" {
	desk_start
	sed -n 1p people | jq -c '., .insured.reference_number = (null, "", 5, " ", "x" * 51, "a\u0007", "x" * 50),
		(.insured.number = ""), (.insured.insurer_number |= "1" + .[1:]), del(.insured), del(.insured.birth_date)' >lines
	{ echo nonsense; head -n 1 people | jq -c '.error = {code: "not-json"}'; } >>lines
	register <lines >out
	assert_equal "$status" 3
	assert_equal "$(jq -r '.registration.status // .error.code' out | xargs)" "registered reference-number-missing \
reference-number-missing member-malformed reference-number-malformed reference-number-malformed \
reference-number-malformed registered number-missing insurer-number-check-digit insured-missing registered not-json not-json"
	assert_equal "$(jq -r 'select(.error.code == "reference-number-malformed").error.pointer' out | sort -u)" /insured/reference_number
	# An old answer does not stand beside a new error, and an equal line is asked once.
	sed -n 1p out | jq -c '., ., (.insured.reference_number = "x" * 51)' >lines
	register <lines >out
	assert_equal "$(jq -c '[.registration.status, .registration.reused, .error.code]' out | xargs)" \
		"[registered,null,null] [registered,true,null] [null,null,reference-number-malformed]"
}

@test "over a hub there are none; wrong use is 2" {
	run --separate-stderr oq-reference --via "$OQ_VIA" <people
	assert_failure 3
	assert_equal "$(jq -r .error.code <<<"$output" | sort -u)" not-over-this-route
	for wrong in "--via terminal:desk" "--via ftp://x" "--months 3" "--via terminal:$PWD/desk --facility 12" \
		"--via terminal:$PWD/desk --facility $FACILITY more"; do
		# shellcheck disable=SC2086 # words
		run env -u OQ_VIA oq-reference $wrong <people
		assert_failure 2
	done
	run oq-reference --via "terminal:$PWD/none" --facility "$FACILITY" <people
	assert_failure 6
}

@test "killed at any moment and run again: each number is registered once (OQ_ROUNDS)" {
	local round killed=0
	jq -r '.insured.reference_number + " registered"' people >wanted
	for ((round = 0; round < OQ_ROUNDS; round++)); do
		rm -rf desk kept j.db*
		mkdir kept
		desk_start
		while :; do
			status=0
			oq-reference --via "terminal:$PWD/desk" --facility "$FACILITY" --settle 20ms --jobs 2 --give-up 20s \
				--archive kept --journal j.db <people >out 2>err 3>&- &
			sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
			kill -KILL $! 2>/dev/null || true
			wait $! || status=$?
			[ "$status" -eq 137 ] || break
			killed=$((killed + 1))
			((killed % 3)) || { kill -KILL "$serving"; wait "$serving" || true; desk_start; }
		done
		assert_equal "$status" 0
		told out | diff wanted -
		assert_equal "$(oq-message decode kept/* 2>/dev/null | jq -r .oqs.reference_number | sort)" "$(jq -r .insured.reference_number people | sort)"
		nothing_left
		desk_stop
	done
	[ "$killed" -gt 0 ]
}

@test "the page's examples: everybody who is booked" {
	oq-hub people "$HUB" | "$OQ_TREE/tests/demo-bookings" >bookings.csv
	desk_start
	export OQ_VIA="terminal:$PWD/desk" OQ_FACILITY=$FACILITY
	run_example() {
		sed -n 's/^\$ //p' "$OQ_TREE/man/oq-reference.1" | sed -n "$1p" | sed "s| --via terminal:/mnt/oqs --facility 4719999996| --settle 20ms|"
	}
	# $ oq-from-csv bookings.csv | jq -c '.insured.reference_number = .row.patient_number' | oq-reference --via terminal:/mnt/oqs --facility 4719999996 >registered
	bash -c "$(run_example 1)" 2>err || [ $? -le 3 ]
	assert_equal "$(jq -r 'select(.registration.status == "registered") | .registration.reference_number == .row.patient_number' registered | sort -u)" true
	# $ jq -r 'select(.registration.status == "refused") | .insured.reference_number + " " + .registration.notices[0].message' registered
	bash -c "$(run_example 2)" >refused
	assert_equal "$(wc -l <refused)" "$(jq -r .registration.status registered | grep -c refused)"
}
