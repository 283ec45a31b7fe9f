# oq-verify --via terminal:DIR, against a small terminal of the tests' own (terminal.bash).
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper
load terminal

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	terminal_start "$PWD/oqs"
}

teardown() {
	terminal_stop
	hub_stop
}

# people N...: a record each, whose number is N: its last digit says what the terminal answers.
people() {
	local n
	for n in "$@"; do
		printf '{"id":%s,"visit_date":"2026-10-05","insured":{"insurer_number":"01479997","symbol":"９９","number":"%s","birth_date":"1985-02-03"}}\n' "$n" "$n"
	done
}

verify() {
	run --separate-stderr oq-verify "$@"
}

outcomes() {
	jq -r '.error.code // .eligibility.status' <<<"$output" | xargs
}

# How many requests the terminal has taken.
taken() {
	find oqs/taken -type f | wc -l
}

any_taken() {
	[ "$(taken)" -gt 0 ]
}

nothing_left() {
	assert_equal "$(find oqs/req oqs/res -type f)" ""
}

# --- what the terminal says

@test "each answer of the terminal has its own" {
	people 10 11 12 13 14 15 16 17 18 19 >in
	verify --give-up 5s <in
	assert_equal "$status" 3
	assert_equal "$(outcomes)" "valid invalid invalid-replaced not-found ambiguous valid-unregistered oqs-refused oqs-refused oqs-answer-incomplete pending"
	assert_equal "$(jq -r '.eligibility.route // empty' <<<"$output" | sort -u)" terminal
	assert_equal "$(jq -c '.error.upstream // empty' <<<"$output")" \
		'{"code":"SYN-P01","message":"架空の本人エラー"}
{"code":"SYN-E01","message":"架空の　エラー"}'
	assert_equal "$(jq -c .id <<<"$output" | xargs)" "10 11 12 13 14 15 16 17 18 19"
	"$OQ_TREE/tests/validate" <(echo "$output")
	assert_equal "$(taken)" 10
	nothing_left
}

@test "an answer has the members that a hub's has, when it was asked, and nothing of the folder" {
	verify < <(people 10 11)
	assert_equal "$status" 1
	assert_equal "$(jq -r '.eligibility | [.source, .as_of, .route, .actor // "", .next // ""] | join(" ")' <<<"$output")" \
		'number 2026-10-05 terminal  
number 2026-10-05 terminal patient ask-for-new-insurance'
	assert_equal "$(jq -c '.eligibility.asked_at | test("^20[0-9-]{8}T[0-9:]{8}\\+09:00$")' <<<"$output" | sort -u)" true
	assert_equal "$(jq -c 'has("oqs")' <<<"$output" | sort -u)" false
}

@test "the request is what the interface wants, with names that nobody else has" {
	people 10 | jq -c '.insured += {limit_certificate_consent: true, insurer_number: "479998", branch: "01"}' >in
	oq-verify <in >out
	cd oqs/taken
	request=$(echo *)
	[[ $request =~ ^OQSsiquc01req_[0-9]{6}[a-z2-7]{14}\.xml$ ]] || fail "$request"
	assert_equal "${request:14:6}" "$(TZ=Asia/Tokyo date +%y%m%d)"
	oq-message decode "$request" >../../request.jsonl 2>/dev/null
	cd ../..
	assert_equal "$(jq -c '[.visit_date, .oqs.institution_code, .insured]' request.jsonl)" \
		'["2026-10-05","4719999996",{"insurer_number":"479998","symbol":"９９","number":"10","branch":"01","birth_date":"1985-02-03","limit_certificate_consent":true}]'
	assert_equal "$(jq -r '.oqs.item_id | test("^[a-z2-7]{20}$")' request.jsonl)" true
	grep -q '<InsurerNumber>  479998</InsurerNumber>' oqs/taken/*
	grep -q '<Birthdate>19850203</Birthdate>' oqs/taken/*
}

@test "without the patient's word the limit certificate is not asked for" {
	oq-verify < <(people 10) >out
	grep -q '<LimitApplicationCertificateRelatedConsFlg>0<' oqs/taken/*
}

@test "late, half-written, in CP932, later first: all become the answer" {
	printf '%s\n' late half cp932 later >oqs/do
	verify --jobs 1 < <(people 10 20 11 30)
	assert_equal "$(outcomes)" "valid valid invalid valid"
	nothing_left
}

@test "cut, of no encoding, another's, another clinic's: never taken for an answer" {
	printf '%s\n' cut latin foreign clinic >oqs/do
	verify --jobs 1 --note-after 1s < <(people 10 20 30 40)
	assert_equal "$status" 3
	assert_equal "$(outcomes)" "oqs-not-well-formed terminal-answer-damaged terminal-answer-foreign foreign-institution"
	# What is not whole stays where it is.
	assert_equal "$(find oqs/res -type f | wc -l)" 2
}

@test "a response over the ceiling is no answer, and is not read into memory" {
	echo huge >oqs/do
	verify --give-up 5s < <(people 10)
	assert_equal "$status" 3
	assert_equal "$(outcomes)" terminal-answer-damaged
}

@test "lines that need no question, or cannot have one, do not reach the folder" {
	{
		people 10 | jq -c '.insured.insurer_number = "01479998"'
		echo '{"eligibility":{"status":"not-asked","reason":"private-pay"}}'
		echo '{"card":{"presence":"a.b.c"}}'
		echo '{bad'
	} >in
	verify <in
	assert_equal "$(outcomes)" "insurer-number-check-digit not-asked not-over-this-route not-json"
	assert_equal "$(taken)" 0
}

@test "equal lines are one request" {
	verify < <(people 10 10 10)
	assert_success
	assert_equal "$(outcomes)" "valid valid valid"
	assert_equal "$(taken)" 1
	assert_equal "$(jq -c '.eligibility.reused' <<<"$output" | xargs)" "null true true"
}

@test "a slow answer holds back nobody with --as-completed, and everybody without" {
	echo late >oqs/do.10
	verify --as-completed < <(people 10 20 30)
	assert_equal "$(jq -c .id <<<"$output" | tail -n 1)" 10
	assert_equal "$(jq -c .id <<<"$output" | sort | xargs)" "10 20 30"
	echo late >oqs/do.40
	verify < <(people 40 50 60)
	assert_equal "$(jq -c .id <<<"$output" | xargs)" "40 50 60"
}

# --- the face reader's results come first

@test "a result of the face reader is no question, and keeps every byte" {
	cp "$OQ_TREE"/tests/data/oqs/face/*.xml oqs/face/
	oq-read-card --face oqs/face --once >faces.jsonl 2>err || true
	jq -e 'select(.eligibility.source == "card")' faces.jsonl >/dev/null
	jq -c 'select(.eligibility.source == "card")' faces.jsonl >tapped
	verify <tapped
	assert_equal "$(sed 's/,"seq":[0-9]*}$/}/' <<<"$output")" "$(sed 's/,"seq":[0-9]*}$/}/' tapped)"
	assert_equal "$(taken)" 0
	assert_equal "$(find oqs/req oqs/res -type f)" ""
}

# --- what becomes of responses

@test "--keep leaves a response, --archive moves it" {
	oq-verify --keep < <(people 10) >out
	assert_equal "$(find oqs/res -type f | wc -l)" 1
	mkdir archive
	oq-verify --archive archive < <(people 20) >out
	assert_equal "$(find oqs/res -type f | wc -l)" 1
	assert_equal "$(find archive -type f -name 'OQSsiquc01res_*.xml' | wc -l)" 1
	verify --keep --archive archive < <(people 30)
	assert_equal "$status" 2
	verify --archive nowhere < <(people 30)
	assert_equal "$status" 7
}

@test "files of others are neither read nor removed" {
	cp "$OQ_TREE"/tests/data/oqs/res/OQSsiquc01res_202610050001.xml oqs/res/
	echo x >oqs/req/oq-abcdefghijklm-261005abcdefghijklmn.part
	before=$(find oqs/res oqs/req -type f -printf '%p %s %T@ %A@ %i\n' | sort)
	oq-verify < <(people 10 20) >out
	assert_equal "$(find oqs/res oqs/req -type f -printf '%p %s %T@ %A@ %i\n' | sort)" "$before"
}

# --- a terminal that does not work

@test "a terminal that takes nothing is asleep; the requests are taken back, the rest leaves soon" {
	touch oqs/asleep
	SECONDS=0
	verify --give-up 1s --note-after 1s < <(people $(seq 100 10 690))
	[ $SECONDS -lt 10 ] || fail "took $SECONDS s"
	assert_equal "$status" 6
	assert_equal "$(jq -r .error.code <<<"$output" | sort | uniq -c | xargs)" "60 terminal-asleep"
	assert_equal "$(jq -r '.error | .actor + " " + .retry' <<<"$output" | sort -u)" "facility later"
	assert_equal "$(grep -c 'takes no request' <<<"$stderr")" 1
	nothing_left
	rm oqs/asleep
	verify --retry-unknown <<<"$output"
	assert_success
	assert_equal "$(taken)" 60
}

@test "a terminal that wakes is asked again in the same run" {
	touch oqs/asleep
	mkfifo lines
	oq-verify --give-up 3s --note-after 2s <lines >out 2>err 3>&- &
	pid=$!
	exec 5>lines
	people 10 >&5
	wait_for 10 test -s out
	rm oqs/asleep
	sleep 5
	people 20 >&5
	exec 5>&-
	wait "$pid" || true
	assert_equal "$(jq -r '.error.code // .eligibility.status' out | xargs)" "terminal-asleep valid"
}

@test "taken and not answered is silent; the late answer is found without asking again" {
	echo never >oqs/do
	verify --give-up 3s < <(people 10)
	assert_equal "$status" 6
	assert_equal "$(outcomes)" terminal-silent
	name=$(basename oqs/taken/*)
	oq-message decode "oqs/taken/$name" 2>/dev/null | terminal_answer | terminal_put oqs "${name/01req/01res}"
	verify --retry-unknown <<<"$output"
	assert_success
	assert_equal "$(outcomes)" valid
	assert_equal "$(taken)" 1
	nothing_left
}

@test "a silent question without a late answer is asked anew, under another name" {
	echo never >oqs/do
	verify --give-up 3s < <(people 10)
	verify --retry-unknown <<<"$output"
	assert_success
	assert_equal "$(taken)" 2
}

@test "a folder that is not there, or goes away" {
	verify --via terminal:nowhere < <(people 10)
	assert_equal "$status" 6
	grep -q 'shared folder is not there' <<<"$stderr"
	echo never >oqs/do
	(sleep 0.7 && mv oqs gone) 3>&- &
	verify --give-up 2s --scan 200ms < <(people 10)
	wait $!
	mv gone oqs
	assert_equal "$(outcomes)" folder-gone
	assert_equal "$status" 6
}

@test "a folder without room, and one that lets nobody write" {
	unshare -rm true 2>/dev/null || could_not_run "this kernel lets nobody mount"
	terminal_stop
	people 10 20 >in
	export -f terminal_loop
	OQ_RUN="oq-verify --via terminal:m --facility $OQ_FACILITY --give-up 1s" run --separate-stderr \
		unshare -rm bash -c 'mkdir m && mount -t tmpfs -o size=16k none m && mkdir m/req m/res &&
			head -c 20k /dev/zero >m/fill 2>/dev/null; $OQ_RUN <in'
	assert_equal "$status" 7
	assert_equal "$(outcomes)" "folder-full folder-full"
	OQ_RUN="oq-verify --via terminal:n --facility $OQ_FACILITY --give-up 1s" run --separate-stderr \
		unshare -rm bash -c 'mkdir n && mount -t tmpfs none n && mkdir n/req n/res &&
			mount -o remount,ro n && $OQ_RUN <in'
	assert_equal "$status" 7
	grep -q 'does not let us in' <<<"$stderr"
}

@test "wrong use" {
	unset OQ_FACILITY
	verify < <(people 10)
	assert_equal "$status" 2
	grep -q -e '--facility' <<<"$stderr"
	verify --facility 4719999996 --via terminal: < <(people 10)
	assert_equal "$status" 2
}

@test "somebody at a terminal is told that it takes long" {
	echo late >oqs/do
	people 10 >in
	script -qec "oq-verify --note-after 1s <in >out" said >/dev/null
	grep -q 'the terminal has the request' said
	echo late >oqs/do
	people 20 >in
	oq-verify --note-after 1s <in >out 2>err
	run ! grep -q 'the terminal has' err
}

# --- cut, and taken up again

@test "one journal is for one run at a time" {
	echo late >oqs/do
	oq-verify < <(people 10) >out 2>err 3>&- &
	pid=$!
	wait_for 5 test -s "$OQ_STATE/terminal-4719999996.db"
	sleep 0.3
	verify < <(people 20)
	assert_equal "$status" 7
	wait "$pid"
}

@test "a run that is stopped says so, and the next finds what was under way" {
	echo late >oqs/do
	oq-verify < <(people 10) >out 2>err 3>&- &
	pid=$!
	wait_for 5 any_taken
	kill -TERM "$pid"
	sleep 0.3
	kill -TERM "$pid"
	wait "$pid" || true
	assert_equal "$(jq -r '.error.code // .eligibility.status' out)" terminal-silent
	verify --retry-unknown <out
	assert_equal "$(outcomes)" valid
	assert_equal "$(taken)" 1
}

# killed_at CALL LINES: a run that dies instead of its first such call, which is not about making the
# journal.
killed_at() {
	oq-verify </dev/null 2>/dev/null
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -f -qq -o /dev/null \
		-e inject="$1":error=EIO:signal=KILL:when=1 oq-verify <"$2" >out 2>err || true
	run ! grep -q '^oq-verify: read' err
}

@test "killed before the request was handed over: it is handed over by the next run, once" {
	people 10 >in
	killed_at rename in
	assert_equal "$(find oqs/req -name 'oq-*.part' | wc -l)" 1
	assert_equal "$(taken)" 0
	verify <in
	assert_success
	assert_equal "$(taken)" 1
	nothing_left
}

@test "killed before the answered response was cleared away: the answer is still there" {
	people 10 >in
	killed_at unlink in
	assert_equal "$(taken)" 1
	verify <in
	assert_success
	assert_equal "$(outcomes)" valid
	assert_equal "$(taken)" 1
	nothing_left
}

@test "killed at random and run again: nothing is asked twice, no answer is lost (OQ_ROUNDS)" {
	local round killed=0
	people 100{0,1,2,3,4,5} 101{0,1,2,3,4,5} >in
	for ((round = 0; round < OQ_ROUNDS; round++)); do
		rm -rf oqs/taken/* journal.db*
		oq-verify --journal journal.db --give-up 20s --settle 100ms <in >out 2>err 3>&- &
		pid=$!
		sleep "0.$((RANDOM % 9))"
		kill -KILL "$pid" 2>/dev/null || true
		status=0
		wait "$pid" 2>/dev/null || status=$?
		[ "$status" -eq 137 ] || continue # it came to its end before, and the next would ask anew
		killed=$((killed + 1))
		verify --journal journal.db --give-up 20s --settle 100ms <in
		assert_equal "$(jq -r '"\(.id) \(.eligibility.asked_at != null)"' <<<"$output")" "$(jq -r '"\(.id) true"' in)"
		assert_equal "$(grep -ho '<InsuredIdentificationNumber>[0-9]*' oqs/taken/* | sort | uniq -d)" ""
		assert_equal "$(taken)" 12
		nothing_left
	done
	[ "$killed" -gt 0 ]
}

@test "two runs on one folder get each their own answers" {
	people $(seq 100 10 190) >a
	people $(seq 201 10 291) >b
	oq-verify --journal a.db <a >a.out 2>/dev/null 3>&- &
	one=$!
	oq-verify --journal b.db <b >b.out 2>/dev/null 3>&- &
	wait "$one"
	wait $! || true
	assert_equal "$(jq -r '"\(.id) \(.eligibility.status)"' a.out)" "$(jq -r '"\(.id) valid"' a)"
	assert_equal "$(jq -r '"\(.id) \(.eligibility.status)"' b.out)" "$(jq -r '"\(.id) invalid"' b)"
	nothing_left
}

# --- a program of its own

@test "what the folder needs is loaded for the folder only, and when it is not there, which is named" {
	mkdir bin
	cp "$OQ_BUILD/bin/oq-verify" bin
	people 10 >in
	run --separate-stderr bin/oq-verify <in
	assert_equal "$status" 7
	assert_equal "$output" ""
	assert_regex "$stderr" "bin/../libexec/oq-verify: No such file or directory"
	assert_equal "$(taken)" 0
	bin/oq-verify --version
	bin/oq-verify --dry-run --via https://127.0.0.1:1/ <in >questions
	assert_equal "$(wc -l <questions)" 1
}

@test "two oq-verify and a watched face folder, all killed at random: each gets its own, once (OQ_ROUNDS)" {
	local round i status killed=0 faces=("$OQ_TREE"/tests/data/oqs/face/*.xml)
	# again NAME: takes up a run that was killed; one that came to its end before would ask anew.
	again() {
		[ ! -e "$1.killed" ] || oq-verify --journal "$1.db" --give-up 20s --settle 100ms <"$1" >"$1.out" 2>err || true
	}
	people 100{0,2,5} 101{0,2,5} >a
	people 200{1,3,4} 201{1,3,4} >b
	for ((round = 0; round < OQ_ROUNDS; round++)); do
		rm -rf oqs/taken/* oqs/face/* a.db* b.db* *.killed seen watched
		oq-verify --journal a.db --give-up 20s --settle 100ms <a >a.out 2>err 3>&- &
		pids="$!=a"
		oq-verify --journal b.db --give-up 20s --settle 100ms <b >b.out 2>err 3>&- &
		pids+=" $!=b"
		oq-read-card --face oqs/face --watch --state seen >watched 2>err 3>&- &
		pids+=" $!=watch"
		for i in "${!faces[@]}"; do
			cp "${faces[i]}" oqs/face/part && mv oqs/face/part "oqs/face/${faces[i]##*/}"
		done
		for pid in $(shuf -e $pids); do
			sleep "0.$((RANDOM % 5))"
			kill -KILL "${pid%=*}" 2>/dev/null || true
			status=0
			wait "${pid%=*}" 2>/dev/null || status=$?
			[ "$status" -ne 137 ] || : >"${pid#*=}.killed"
		done
		again a
		again b
		killed=$((killed + $(find . -maxdepth 1 -name '[ab].killed' | wc -l)))
		echo >>watched # what was killed may have left half a line
		oq-read-card --face oqs/face --state seen >>watched 2>err || true
		assert_equal "$(jq -r '"\(.id) \(.eligibility.status)"' a.out | xargs)" \
			"1000 valid 1002 invalid-replaced 1005 valid-unregistered 1010 valid 1012 invalid-replaced 1015 valid-unregistered"
		assert_equal "$(jq -r '"\(.id) \(.eligibility.status)"' b.out | xargs)" \
			"2001 invalid 2003 not-found 2004 ambiguous 2011 invalid 2013 not-found 2014 ambiguous"
		assert_equal "$(grep -hoE '<InsuredIdentificationNumber>[0-9]+' oqs/taken/* | sort | uniq -d)" ""
		assert_equal "$(taken)" 12
		nothing_left
		# Each result of the face reader came, and lies there as it was.
		assert_equal "$(jq -Rrn '[inputs | fromjson? | .oqs.file_id // empty] | unique | length' watched)" "${#faces[@]}"
		diff -r oqs/face "$OQ_TREE/tests/data/oqs/face"
	done
	[ "$killed" -gt 0 ]
}

# --- the other way out

@test "the same people get the same statuses over oq-terminal and over https" {
	local facility
	hub_init hub --people 30 --seed 7
	oq-hub people hub >people.jsonl
	hub_start hub
	facility=$(openssl x509 -in hub/facility.pem -noout -subject | grep -oE '[0-9]{10}')
	mkdir -p desk/req desk/res desk/face
	oq-terminal "$PWD/desk" --facility "$facility" >/dev/null 2>err.terminal 3>&- &
	serving=$!
	status=0
	oq-verify --via "terminal:$PWD/desk" --facility "$facility" --settle 100ms <people.jsonl >terminal.out || status=$?
	kill -TERM "$serving"
	wait "$serving" || true
	assert_equal "$status" 3
	oq-verify <people.jsonl >hub.out || true
	hub_stop
	for out in terminal.out hub.out; do
		jq -c '[.id, .eligibility.status, .eligibility.actor, .eligibility.next, .error.code]' $out >$out.short
	done
	cmp terminal.out.short hub.out.short
}
