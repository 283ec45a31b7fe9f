# oq-verify as its users meet it, against a hub.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	export WORLD=$PWD
	hub_init hub --people 100 --seed 7
	cp -r hub fresh
	oq-hub people hub >people.jsonl
	jq -c --slurp '[.[] | select(.expected == "valid")][:10] | to_entries[] |
		.value + {id: (.key + 1)}' people.jsonl >ten.jsonl
	hub_start hub
}

teardown_file() {
	hub_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	use_hub "$WORLD/hub"
	cp "$WORLD/ten.jsonl" ten # ten whose insurance holds
}

teardown() {
	hub_stop
}

# The hub of all tests, by the variables that a user would set.
use_hub() {
	OQ_VIA=$(head -n 1 "$1.url")
	export OQ_VIA OQ_CA=$1/ca.pem OQ_CERT=$1/facility.pem OQ_KEY=$1/facility.key
}

# faulty FAULT...: a hub of this test's own, with these rows of a schedule of faults.
faulty() {
	cp -r "$WORLD/fresh" hub
	printf 'requests,fault,value\n' >faults
	[ $# -eq 0 ] || printf '%s\n' "$@" >>faults
	hub_start hub --faults faults
}

verify() {
	run --separate-stderr oq-verify "$@"
}

# The ids of the output, in one line.
ids() {
	jq -c .id <<<"$output" | paste -sd' '
}

ten_ids='1 2 3 4 5 6 7 8 9 10'

# Each error code or status of the output, with its number.
outcomes() {
	jq -r '.error.code // .eligibility.status' <<<"$output" | sort | uniq -c | xargs
}

# Peak memory in KiB of oq-verify over a file. A sanitiser keeps freed memory to catch its use.
peak() {
	env ASAN_OPTIONS="$ASAN_OPTIONS:quarantine_size_mb=1" time -f %M -o peak \
		oq-verify <"$1" >out.peak 2>/dev/null
	tail -n 1 peak
}

# times N FILE: the file N times over.
times() {
	local i
	for ((i = 0; i < $1; i++)); do cat "$2"; done
}

# --- what a user does every day

@test "one line" {
	head -n 1 ten >one
	verify <one
	assert_success
	assert_equal "$(outcomes)" "1 valid"
	assert_equal "$stderr" "oq-verify: read 1, yes 1, no 0, unknown 0"
	assert_equal "$(jq -c '.eligibility | [.asked_at, .answered_at] |
		map(test("^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-9:]{8}\\+09:00$")) | all' <<<"$output")" true
	assert_equal "$(jq -r '.eligibility.route' <<<"$output")" 127.0.0.1
}

@test "every synthetic person gets the status that was made for them" {
	verify <"$WORLD/people.jsonl"
	assert_equal "$status" 3
	assert_equal "$(jq -c 'select(.eligibility.status != .expected)' <<<"$output")" ""
	for word in valid invalid invalid-replaced; do
		jq -e --arg word "$word" -n '[inputs.eligibility.status] | index($word) != null' <<<"$output"
	done
}

@test "many lines come out as many, in order, with the caller's bytes untouched" {
	times 30 "$WORLD/people.jsonl" | awk '{ sub(/^{/, "{\"n\" :  " NR ", \"big\":123456789012345678901234567890e-3,"); print }' >many
	oq-verify <many >out 2>err || [ $? -eq 3 ]
	cmp <(jq -c .n many) <(jq -c .n out)
	# All of a line up to what is ours is as it came.
	cmp <(sed 's/}$//' many) <(sed 's/,"seq":.*//' out)
	"$OQ_TREE/tests/validate" out
}

@test "the exit status says yes, no and don't know apart, and --fail-on shifts it" {
	jq -c 'select(.expected == "valid")' "$WORLD/people.jsonl" >yes
	jq -c 'select(.expected == "valid" or .expected == "invalid")' "$WORLD/people.jsonl" >no
	verify <yes
	assert_success
	verify <no
	assert_equal "$status" 1
	verify --fail-on unknown <no
	assert_success
	(cat no && echo '{bad') >unknown
	verify <unknown
	assert_equal "$status" 3
	verify --fail-on unknown <unknown
	assert_equal "$status" 3
}

@test "empty input is an empty output" {
	verify </dev/null
	assert_success
	assert_equal "$output" ""
	assert_equal "$stderr" "oq-verify: read 0, yes 0, no 0, unknown 0"
}

@test "a line leaves when it is answered, without waiting for the next" {
	mkfifo lines
	oq-verify <lines >out 2>err 3>&- &
	pid=$!
	exec 5>lines
	sed -n 1p ten >&5
	wait_for 10 test -s out
	assert_equal "$(wc -l <out)" 1
	sed -n 2p ten >&5
	wait_for 10 grep -q '"seq":2' out
	exec 5>&-
	wait "$pid"
	assert_equal "$(jq -r .id out | xargs)" "1 2"
}

@test "--summary is the count as JSON, with the status" {
	(cat ten && echo '{bad') >eleven
	verify --summary count.json <eleven
	assert_equal "$status" 3
	assert_equal "$(jq -c '[.command, .read, .yes, .unknown, .not_asked, .status]' count.json)" \
		'["oq-verify",11,10,1,0,3]'
	assert_equal "$(stat -c %a count.json)" 600
	verify --summary nowhere/count.json <ten
	assert_equal "$status" 7
	assert_equal "$output" ""
}

@test "--say speaks on the terminal, and does nothing without one" {
	head -n 2 ten >two
	run script -qec "oq-verify --say <two >out 2>/dev/null" /dev/null
	assert_success
	assert_line --index 0 --regexp "^有効 架空.* (本人|家族) $(TZ=Asia/Tokyo date +%F)"
	assert_equal "${#lines[@]}" 2
	assert_equal "$(wc -l <out)" 2
	run --separate-stderr setsid -w oq-verify --say <two
	assert_success
	assert_equal "${#lines[@]}" 2
	refute_regex "$stderr" 有効
}

@test "the desk: oq-ask's record is asked at once and said" {
	jq -c 'del(.expected)' ten | head -n 1 >typed
	run script -qec "oq-verify --as-completed --say <typed >>today.jsonl" /dev/null
	assert_success
	assert_output --partial 有効
	assert_equal "$(jq -r .eligibility.status today.jsonl)" valid
}

# --- what never leaves the house

@test "--dry-run prints the question lines, needs no route and sends nothing" {
	before=$(oq-hub audit "$WORLD/hub" | wc -l)
	unset OQ_VIA OQ_CA OQ_CERT OQ_KEY
	verify --dry-run <ten
	assert_success
	assert_equal "${#lines[@]}" 10
	assert_equal "$(jq -r '.ask | length' <<<"$output" | sort -u)" 26
	assert_equal "$(jq -r .ask <<<"$output" | sort -u | wc -l)" 10
	assert_equal "$(jq -c 'keys_unsorted' <<<"$output" | sort -u)" '["ask","visit_date","insured"]'
	cmp <(jq -cS '[.visit_date, .insured]' ten) <(jq -cS '[.visit_date, .insured]' <<<"$output")
	assert_equal "$(oq-hub audit "$WORLD/hub" | wc -l)" "$before"
}

@test "no foreign member, id, earlier answer or row goes out" {
	jq -c '.id = "secret-id" | .row = {phone: "secret-phone"} | .mine = ["secret-mine"]
		| .insured.secret_member = "secret-in" | .insured.taken_from = "notice"
		| .eligibility = {status: "valid", source: "number", note: "secret-old"}' ten >secrets
	verify --dry-run <secrets
	assert_success
	refute_regex "$output" 'secret|notice'
	cmp <(oq-verify --dry-run <ten 2>/dev/null | jq -c 'del(.ask)') \
		<(jq -c 'del(.ask)' <<<"$output")
	# And the hub keeps nothing of them.
	verify <secrets
	assert_success
	assert_equal "$(grep -rlE 'secret-(id|phone|mine|in|old)' "$WORLD/hub" | wc -l)" 0
}

@test "standard error and the process list hold nothing personal" {
	(cat ten && echo '{"insured":{"insurer_number":"12345678","number":"見られては困る"}}' &&
		echo '{"見られては困る"') >lines
	verify <lines
	assert_equal "$status" 3
	refute_regex "$stderr" '見られては|12345678|[0-9]{4}-[0-9]{2}'
}

# --- lines that are not asked

@test "broken lines cost themselves" {
	yes '{bad' | head -n 1000 >bad
	verify <bad
	assert_equal "$status" 3
	assert_equal "${#lines[@]}" 1000
	assert_equal "$(outcomes)" "1000 not-json"
	assert_equal "$(jq -c .seq <<<"$output" | tail -n 1)" 1000
}

@test "between answers every kind of line keeps its place" {
	{
		sed -n 1p ten
		echo
		echo '[1]'
		sed -n 2p ten
		echo '{"id":"done","error":{"tool":"oq-from-csv","code":"insured-missing","retry":"never"}}'
		echo '{"id":"private","eligibility":{"status":"not-asked","reason":"private-pay"}}'
		printf '{"id":"cr"}\r\n'
		printf '{"a":1,"a":2}\n\xff\n'
		sed -n 3p ten
		printf '{"id":"last"}'
	} >mixed
	verify <mixed
	assert_equal "$status" 3
	assert_equal "$(jq -c '[.seq, .id, .error.code // .eligibility.status]' <<<"$output")" \
'[1,1,"valid"]
[2,null,"blank-line"]
[3,null,"not-an-object"]
[4,2,"valid"]
[null,"done","insured-missing"]
[null,"private","not-asked"]
[7,"cr","insured-missing"]
[8,null,"duplicate-member"]
[9,null,"not-utf-8"]
[10,3,"valid"]
[11,"last","insured-missing"]'
	assert_equal "${lines[4]}" "$(sed -n 5p mixed)"
	assert_equal "${lines[5]}" "$(sed -n 6p mixed)"
	assert_equal "$stderr" "oq-verify: read 11, yes 3, no 0, unknown 7, not-asked 1"
}

@test "a bad line never goes out, and says what to correct" {
	while IFS='|' read -r change code pointer; do
		head -n 1 ten | jq -c "$change" >bad
		verify <bad
		assert_equal "$status" 3
		assert_equal "$change: $(jq -r '.error | .code + " " + .pointer' <<<"$output")" \
			"$change: $code $pointer"
		verify --dry-run <bad
		assert_equal "$output" ""
	done <<-'END'
		.insured.insurer_number = "01130013"|insurer-number-check-digit|/insured/insurer_number
		.insured.insurer_number = "1234567"|insurer-number-length|/insured/insurer_number
		del(.insured.number)|number-missing|/insured/number
		.insured.branch = "1"|branch-malformed|/insured/branch
		.insured.birth_date = "1980-02-30"|birth-date-malformed|/insured/birth_date
		.insured.birth_date = "2999-01-01"|birth-date-implausible|/insured/birth_date
		.visit_date = "tomorrow"|visit-date-malformed|/visit_date
		.insured = 7|member-malformed|/insured
	END
}

@test "a card's answer for the day is kept; --again puts a recheck beside it" {
	day=2026-10-05
	jq -c --arg day $day '.visit_date = $day
		| .eligibility = {status: "valid", as_of: $day, source: "card", recheck: {status: "old"}}' \
		ten | head -n 1 >card
	verify <card
	assert_success
	assert_equal "$output" "$(cat card)"
	assert_equal "$stderr" "oq-verify: read 1, yes 1, no 0, unknown 0"
	verify --again <card
	assert_equal "$(jq -c '.eligibility | [.source, .as_of, .recheck.source, .recheck.as_of]' <<<"$output")" \
		'["card","2026-10-05","number","2026-10-05"]'
	# Another day is another question.
	jq -c '.eligibility.as_of = "2026-10-04"' card >older
	verify <older
	assert_equal "$(jq -c '.eligibility | [.source, .recheck]' <<<"$output")" '["number",null]'
}

@test "a card's answer outlives a recheck that failed, its old recheck does not" {
	head -n 1 ten | jq -c '.insured.number = null | .eligibility =
		{status: "valid", as_of: .visit_date, source: "card", recheck: {status: "old"}}' >card
	verify --again <card
	assert_equal "$status" 3
	assert_equal "$(jq -c '[.eligibility.source, .eligibility.recheck, .error.code]' <<<"$output")" \
		'["card",null,"number-missing"]'
}

@test "a card's record without keys is asked again by the policy that covers the day" {
	head -n 1 ten | jq -c '{id, visit_date, eligibility: {status: "valid", as_of: .visit_date,
		source: "card", covering: [1], policies: [{}, .insured]}}' >card
	verify --again <card
	assert_success
	assert_equal "$(jq -r '.eligibility.recheck.status' <<<"$output")" valid
	assert_equal "$(jq -r '.insured' <<<"$output")" null
}

@test "an answer never stands beside an error, whichever is newer" {
	head -n 1 ten | jq -c '.eligibility = {status: "invalid", source: "number"}' >older
	verify <older
	assert_equal "$(jq -r .eligibility.status <<<"$output")" valid
	jq -c '.insured.branch = "x"' older >failing
	verify <failing
	assert_equal "$(jq -c '[.eligibility, .error.code]' <<<"$output")" '[null,"branch-malformed"]'
}

@test "--retry-unknown asks again what our own error says may pass, and nothing else" {
	OQ_VIA=https://localhost:1/ oq-verify --retry-for 1ms <ten >failed || [ $? -eq 6 ]
	{
		cat failed
		echo '{"id":"other","error":{"tool":"oq-from-csv","code":"x","retry":"now"}}'
		echo '{"id":"never","error":{"tool":"oq-verify","code":"insured-missing","retry":"never"}}'
	} >mixed
	verify <mixed
	assert_equal "$status" 3
	assert_equal "$output" "$(cat mixed)"
	verify --retry-unknown <mixed
	assert_equal "$status" 3
	assert_equal "$(outcomes)" "1 insured-missing 10 valid 1 x"
	assert_equal "$(jq -c 'select(.eligibility) | .error' <<<"$output" | sort -u)" null
	# What was answered now is what it would have been at first, but for the times.
	oq-verify <ten 2>/dev/null | jq -c 'del(.eligibility.asked_at, .eligibility.answered_at)' >once
	cmp once <(jq -c 'select(.eligibility) | del(.eligibility.asked_at, .eligibility.answered_at)' <<<"$output")
}

# --- order, memory, big lines

@test "order is kept over a slow window; --as-completed lets the others leave" {
	faulty "1,slow,2000"
	times 8 "$WORLD/people.jsonl" | head -n 700 | jq -c '{n: input_line_number} + .' >many
	oq-verify <many >out 2>/dev/null || [ $? -eq 3 ]
	cmp <(jq -c .n many) <(jq -c .n out)
	hub_stop
	rm -rf hub
	faulty "1,slow,4000"
	(cat many && echo '{bad') >with-bad
	oq-verify --as-completed <with-bad >out 2>err 3>&- &
	pid=$!
	# Whichever window is the slow one, the others and the last line are out before it.
	wait_for 3 two_windows_out
	kill -0 "$pid"
	grep -q not-json out
	wait "$pid" || [ $? -eq 3 ]
	cmp <(jq -c .n with-bad 2>/dev/null | sort) <(jq -c 'select(.n).n' out | sort)
	assert_equal "$(wc -l <out)" 701
}

two_windows_out() {
	[ "$(wc -l <out)" -ge 445 ]
}

@test "memory does not grow with the number of lines" {
	times 100 "$WORLD/people.jsonl" | head -n 10000 >short
	times 10 short >long
	a=$(peak short)
	b=$(peak long)
	assert_equal "$(wc -l <out.peak)" 100000
	[ "$b" -le $((a + 4096)) ] || fail "$a KiB, then $b KiB"
}

@test "a line of 20 MiB is one record, and the next is answered" {
	{
		head -c 20971520 /dev/zero | tr '\0' x
		echo
		head -n 1 ten
	} >long
	verify <long
	assert_equal "$status" 3
	assert_equal "$(jq -c '[.seq, .raw_bytes, (.raw | length? // 0), .error.code // .eligibility.status]' <<<"$output")" \
		'[1,20971520,1024,"line-too-long"]
[2,null,0,"valid"]'
}

@test "a line of 15 MiB goes through whole" {
	head -n 1 ten | head -c -2 >long
	{
		printf ',"pad":"'
		head -c 15728640 /dev/zero | tr '\0' x
		printf '"}\n'
	} >>long
	oq-verify <long >out
	assert_equal "$(jq -c '[.eligibility.status, (.pad | length)]' out)" '["valid",15728640]'
}

# --- when something is wrong here

@test "a closed pipe and a full disk end it with 7 and a message" {
	times 100 ten >many
	run --separate-stderr bash -c 'oq-verify <many >/dev/full'
	assert_equal "$status" 7
	assert_regex "$stderr" 'The output is not whole: No space left on device'
	run --separate-stderr bash -c 'oq-verify <many | true; exit "${PIPESTATUS[0]}"'
	assert_equal "$status" 7
	assert_regex "$stderr" 'Broken pipe'
}

@test "input that cannot be read ends it with 7" {
	run --separate-stderr oq-verify <"$PWD"
	assert_equal "$status" 7
	assert_regex "$stderr" 'Reading the input failed: Is a directory'
}

@test "wrong use is said before the first line is read" {
	for use in "" "--via https://localhost/" "--jobs 0" "--jobs 5" "--lane fast" "file.jsonl" \
		"--facility 123" "--via terminal:/srv/oqs --ca $OQ_CA" "--cert $OQ_CERT"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr env -u OQ_VIA -u OQ_CA -u OQ_CERT -u OQ_KEY oq-verify $use <ten
		assert_equal "$use: $status" "$use: 2"
		assert_equal "$output" ""
		assert_regex "$stderr" "try 'oq-verify --help'"
	done
}

@test "SIGTERM: nothing more is asked, and every line leaves" {
	faulty "always,slow,1000"
	times 30 "$WORLD/people.jsonl" >many
	oq-verify <many >out 2>err 3>&- &
	pid=$!
	sleep 0.5
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	assert_equal "$status" 3
	cmp <(jq -c .id many) <(jq -c .id out)
	assert_equal "$(jq -r 'select(.error).error.code' out | sort -u)" not-asked-stopped
	jq -e -n '[inputs.eligibility.status | select(.)] | length >= 256' out
	assert_regex "$(tail -n 1 err)" '^oq-verify: read [0-9]+, '
}

@test "SIGINT while it waits for input ends it with 3, though all is answered" {
	mkfifo lines
	oq-verify --summary count.json <lines >out 2>err 3>&- &
	pid=$!
	exec 5>lines
	cat ten >&5
	wait_for 10 grep -q '"seq":10' out
	kill -INT "$pid"
	status=0
	wait "$pid" || status=$?
	exec 5>&-
	assert_equal "$status" 3
	assert_equal "$(wc -l <out)" 10
	assert_equal "$(jq -c '[.read, .yes, .status]' count.json)" '[10,10,3]'
}

@test "what is under way has five seconds when it is stopped" {
	faulty "always,slow,20000"
	oq-verify <ten >out 2>err 3>&- &
	pid=$!
	sleep 1
	kill -TERM "$pid"
	SECONDS=0
	status=0
	wait "$pid" || status=$?
	[ "$SECONDS" -ge 4 ] && [ "$SECONDS" -le 8 ]
	assert_equal "$status" 3
	assert_equal "$(jq -r .error.code out | sort | uniq -c | xargs)" "10 not-asked-stopped"
}

# --- the hub's faults

@test "a hub that fails once is asked again, whatever the fault" {
	for fault in "cut,40" "garbled," "status,503 1" "status,500" "status,429" "status,502" \
		"status,504" "few,1" "foreign," "doubled,"; do
		rm -rf hub
		faulty "1,$fault"
		verify <ten
		assert_equal "$fault: $status" "$fault: 0"
		assert_equal "$(ids)" "$ten_ids"
		hub_stop
	done
}

@test "a hub that always fails costs the lines, and says so once" {
	while IFS='|' read -r fault code exit; do
		rm -rf hub
		faulty "always,$fault"
		verify --retry-for 1s --timeout 1s <ten
		assert_equal "$fault: $status" "$fault: $exit"
		assert_equal "$(ids)" "$ten_ids"
		assert_equal "$(jq -r '.error.code // empty' <<<"$output" | sort -u)" "$code"
		assert_equal "$(grep -c '^oq-verify: The hub' <<<"$stderr")" 1
		hub_stop
	done <<-'END'
		cut,40|hub-failed|6
		garbled,|hub-failed|6
		foreign,|hub-failed|6
		slow,3000|hub-failed|6
		few,1|hub-failed|3
		status,500|hub-failed|6
		status,503 60|hub-busy|6
		status,429 60|hub-busy|6
		certificate,|hub-not-trusted|4
	END
}

@test "Retry-After is waited for" {
	faulty "1,status,503 2"
	SECONDS=0
	verify <ten
	assert_success
	[ "$SECONDS" -ge 2 ]
	hub_stop
	rm -rf hub
	faulty "1,status,503 3600"
	SECONDS=0
	verify --retry-for 5s <ten
	assert_equal "$status" 6
	assert_equal "$(outcomes)" "10 hub-busy"
	[ "$SECONDS" -le 2 ]
}

@test "asking again under the same ask is a replay, not a second question" {
	faulty "1,cut,40"
	head -n 1 ten >one
	verify <one
	assert_success
	run --separate-stderr oq-hub audit hub
	assert_equal "$(jq -r .kind <<<"$output" | sort | uniq -c | xargs)" "1 replay 1 verify"
}

@test "a hub that comes up while there is patience gets every line" {
	hub_init late --people 100 --seed 7
	port=$((20000 + RANDOM % 20000))
	oq-verify --via "https://localhost:$port/" --ca late/ca.pem --cert late/facility.pem \
		--key late/facility.key --retry-for 60s --journal j.db <ten >out 2>err 3>&- &
	pid=$!
	wait_for 20 grep -q 'The hub cannot be reached' err
	hub_start late --listen "127.0.0.1:$port"
	wait "$pid"
	assert_equal "$(jq -r .eligibility.status out | uniq -c | xargs)" "10 valid"
}

@test "credentials of every wrong kind are status 4, and nobody is asked" {
	cp -r "$WORLD/fresh" other
	hub_init stranger --people 1 --seed 2
	verify --ca stranger/ca.pem <ten
	assert_equal "$status" 4
	assert_equal "$(outcomes)" "10 hub-not-trusted"
	verify --cert stranger/facility.pem --key stranger/facility.key <ten
	assert_equal "$status" 4
	assert_equal "$(outcomes)" "10 certificate-refused"
	run --separate-stderr env -u OQ_CERT -u OQ_KEY oq-verify <ten
	assert_equal "$status" 4
	assert_equal "$(outcomes)" "10 certificate-refused"
	verify --cert "$WORLD/hub/insurer.pem" --key "$WORLD/hub/insurer.key" <ten
	assert_equal "$status" 4
	assert_equal "$(outcomes)" "10 role-refused"
	assert_regex "$stderr" 'Ask the hub.s operator'
}

@test "a revoked facility, and one whose certificate has expired" {
	faulty
	oq-hub facility revoke hub 4719999999
	verify <ten
	assert_equal "$status" 4
	assert_equal "$(outcomes)" "10 facility-revoked"
	hub_stop
	rm -rf hub
	cp -r "$WORLD/fresh" hub
	openssl req -new -key hub/facility.key -subj "/O=oq/OU=facility/CN=4719999999" 2>/dev/null |
		faketime -f -30d openssl x509 -req -CA hub/ca.pem -CAkey hub/ca.key -days 10 \
			-extfile <(echo extendedKeyUsage=clientAuth) -out hub/facility.pem 2>/dev/null
	hub_start hub
	verify <ten
	assert_equal "$status" 4
	assert_equal "$(outcomes)" "10 certificate-refused"
	assert_regex "$stderr" 'TLS alert 45'
}

@test "a clock that is off by a day is said, with what it shows" {
	run --separate-stderr faketime -f -1d oq-verify <ten
	assert_equal "$status" 4
	assert_equal "$(outcomes)" "10 hub-not-trusted"
	assert_regex "$stderr" "check the clock of this machine first, it says $(TZ=Asia/Tokyo date -d yesterday +%F)T"
}
