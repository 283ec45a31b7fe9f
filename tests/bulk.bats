# oq-verify --bulk through a shared folder that oq-terminal serves from a real hub.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper

setup_file() {
	load helper
	export WORLD=$BATS_FILE_TMPDIR
	hub_init "$WORLD/hub" --people 120 --seed 11
	hub_start "$WORLD/hub"
	oq-hub people "$WORLD/hub" | jq -c --slurp 'unique_by(.insured) | to_entries[] | .value +
		{id: .key} | {id, visit_date, insured}' >"$WORLD/people"
	oq-verify <"$WORLD/people" >"$WORLD/over-https" || [ $? -le 3 ]
}

teardown_file() {
	hub_stop
}

setup() {
	hub_use "$WORLD/hub"
	cd "$BATS_TEST_TMPDIR" || return
	ln -s "$WORLD/people" "$WORLD/over-https" .
	today=$(TZ=Asia/Tokyo date +%F)
	tomorrow=$(TZ=Asia/Tokyo date -d '1 day' +%F)
	serving=
}

teardown() {
	desk_stop
}

# desk_start [FAULT ...]: serves the folder desk, with those rows of a schedule.
desk_start() {
	printf '%s\n' requests,fault,value "$@" >faults.csv
	: >served
	oq-terminal desk --facility 4719999999 --settle 0ms --scan 10ms --faults faults.csv \
		>served 2>>desk.log 3>&- &
	serving=$!
	wait_for 20 test -s served || { cat desk.log; return 1; }
}

desk_stop() {
	[ -n "$serving" ] || return 0
	kill -TERM "$serving" 2>/dev/null || true
	wait "$serving" || true
	serving=
	if grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:' desk.log; then
		cat desk.log
		return 1
	fi
}

# bulk [OPTION ...]: over the folder.
bulk() {
	run --separate-stderr oq-verify --via "terminal:$PWD/desk" --facility 4719999999 \
		--settle 20ms --poll 100ms "$@"
}

outcomes() {
	jq -r '.eligibility.status // .error.code' | sort | uniq -c | xargs
}

statuses() {
	jq -c '[.id, .eligibility.status // .error.code]' "$@"
}

# jobs: what the terminal was given, a line each: the day, and how many persons.
jobs_of() {
	cat desk/.oq-terminal/bulk-* 2>/dev/null | jq -r '"\(.visit_date) \(.persons | length)"' | sort
}

# asked_once: no person was submitted twice.
asked_once() {
	[ -z "$(cat desk/.oq-terminal/bulk-* | jq -c '.persons[].insured' | sort | uniq -d)" ]
}

nothing_left() {
	assert_equal "$(find desk/req desk/res -type f)" ""
}

# --- submit, fetch

@test "submitted, and fetched by another run: one line for one, in order, the answers of the hub" {
	desk_start
	bulk --bulk submit <people
	assert_equal "$status" 3
	echo "$output" >pending
	assert_equal "$(jq -c .id pending)" "$(jq -c .id people)"
	assert_equal "$(jq -c '.eligibility | [.status, .as_of, (.reception_number | length), .actor, .next,
		(.asked_at | length)]' pending | sort -u)" "[\"pending\",\"$today\",18,\"facility\",\"ask-again-later\",25]"
	"$OQ_TREE/tests/validate" pending
	bulk --bulk fetch <pending
	echo "$output" >answered
	diff <(statuses answered) <(statuses over-https)
	assert_equal "$status" "$(jq -s 'map(.eligibility.status // "error") | if any(IN("error", "ambiguous")) then 3 else 1 end' answered)"
	"$OQ_TREE/tests/validate" answered
	assert_equal "$(jq -c 'has("error")' answered | sort -u)" false
	nothing_left

	# What was fetched stays as it is; the lines as they were submitted get the same answers again.
	bulk --bulk fetch <answered
	assert_equal "$output" "$(cat answered)"
	bulk --bulk fetch --changed-since over-https <pending
	assert_equal "$(jq -c '.eligibility | select(.status == "valid") | .changed' <<<"$output" | sort -u)" "[]"
	bulk --bulk fetch <people
	diff <(statuses <<<"$output") <(statuses answered)
	assert_equal "$(jobs_of)" "$today $(wc -l <people)"
	assert_equal "$(find desk/.oq-terminal -name 'bulk-*' | wc -l)" 1
}

@test "submitting again, before anything was fetched, submits nothing; equal lines are one" {
	desk_start
	head -n 5 people >five
	head -n 2 people >>five
	bulk --bulk submit <five
	echo "$output" >pending
	bulk --bulk submit <five
	diff <(jq -c 'del(.eligibility.reused)' pending) <(jq -c 'del(.eligibility.reused)' <<<"$output")
	assert_equal "$(jq -c '.eligibility.reused' pending | xargs)" "null null null null null true true"
	assert_equal "$(jobs_of)" "$today 5"
	bulk --bulk fetch <pending
	assert_equal "$(jq -c '.eligibility.reused' <<<"$output" | xargs)" "null null null null null true true"
	# Fetched, a yes or a no may be taken once more, and anything may be asked anew.
	bulk --bulk submit --reuse-within 12h <five
	assert_equal "$(jq -c '[.eligibility.reused, .eligibility.status == "pending"]' <<<"$output" | sort -u)" "[true,false]"
	assert_equal "$(jobs_of)" "$today 5"
	bulk --bulk submit <five
	assert_equal "$(jobs_of | xargs)" "$today 5 $today 5"
}

@test "a file for each visit date, and no more patients in one than --bulk-size" {
	desk_start
	head -n 25 people | jq -c --arg today "$today" --arg tomorrow "$tomorrow" '
		if .id % 5 < 3 then .visit_date = $today elif .id % 5 == 3 then .visit_date = $tomorrow
		else .visit_date = "2026-11-02" end' >mixed
	bulk --bulk --bulk-size 6 <mixed
	assert_equal "$(jobs_of | xargs)" "2026-11-02 5 $today 3 $today 6 $today 6 $tomorrow 5"
	assert_equal "$(jq -c '[.id, .visit_date, .visit_date == .eligibility.as_of]' <<<"$output")" \
		"$(jq -c '[.id, .visit_date, true]' mixed)"
	asked_once
}

@test "a result that is not ready is pending, and waited for with --wait" {
	desk_start 1,pending,2000
	head -n 4 people >four
	bulk --bulk <four
	assert_equal "$status" 3
	assert_equal "$(outcomes <<<"$output")" "4 pending"
	bulk --bulk fetch --wait 60s <<<"$output"
	diff <(statuses <<<"$output") <(head -n 4 over-https | statuses)
	asked_once
	nothing_left
}

@test "told to stop while it waits: pending, 3, and the next run takes it up" {
	desk_start 1,pending,1000
	head -n 4 people >four
	oq-verify --via "terminal:$PWD/desk" --facility 4719999999 --bulk --wait 15m --poll 100ms --settle 20ms \
		<four >out 2>err 3>&- &
	pid=$!
	wait_for 20 any_job
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	assert_equal "$status" 3
	assert_equal "$(outcomes <out)" "4 pending"
	bulk --bulk --wait 60s <four
	diff <(statuses <<<"$output") <(head -n 4 over-https | statuses)
	asked_once
}

any_job() {
	[ -n "$(find desk/.oq-terminal -name 'bulk-*')" ]
}

# --- days to come

@test "where a day to come is refused the question is asked as of today, and says so" {
	desk_start always,future
	head -n 6 people | jq -c --arg day "$tomorrow" 'if .id % 2 == 0 then .visit_date = $day else . end' >some
	bulk --bulk submit <some
	assert_equal "$(jq -r '.eligibility | "\(.status) \(.as_of)"' <<<"$output" | sort | uniq -c | xargs)" "6 pending $today"
	echo "$output" >pending
	bulk --bulk submit <some
	assert_equal "$(jq -r .eligibility.reception_number <<<"$output")" "$(jq -r .eligibility.reception_number pending)"
	bulk --bulk fetch <pending
	diff <(statuses <<<"$output") <(head -n 6 over-https | statuses)
	assert_equal "$(jq -r '.eligibility.as_of' <<<"$output" | sort -u)" "$today"
	assert_equal "$(jq -r '.visit_date' <<<"$output" | sort -u | wc -l)" 2
	asked_once
}

@test "with --as-of today nothing is asked about a day to come" {
	desk_start
	jq -c --arg day "$tomorrow" '.visit_date = $day' people | head -n 3 >some
	head -n 1 people | jq -c '.visit_date = "2026-11-02" | .id = "past"' >>some
	bulk --bulk submit --as-of today <some
	assert_equal "$(jq -r .eligibility.as_of <<<"$output" | xargs)" "$today $today $today 2026-11-02"
	bulk --bulk fetch <<<"$output"
	assert_equal "$(jq -r .eligibility.as_of <<<"$output" | xargs)" "$today $today $today 2026-11-02"
}

# --- what does not fit

@test "missing, foreign, doubled, contradicting units and wrong counts are said, and go to nobody" {
	desk_start always,missing,1 always,doubled,2 always,differing,3 always,foreign, always,counts, always,reversed,
	head -n 6 people >six
	bulk --bulk <six
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error.code // "-"' <<<"$output" | xargs)" \
		"oqs-identifier-missing - oqs-answers-differ - - -"
	diff <(statuses <<<"$output" | sed '1d;3d') <(head -n 6 over-https | statuses | sed '1d;3d')
	assert_equal "$(jq -c '.eligibility.flags // [] | map(select(. | startswith("same-key") | not))' <<<"$output" | xargs)" \
		"[] [identifier-repeated,counts-disagree] [] [counts-disagree] [counts-disagree] [counts-disagree]"
	assert_regex "$stderr" "does not fit: asked for 6, missing 1, nobody's 1, twice 1, twice and different 1; its own counts are wrong"
	assert_equal "$(jq -r '.error | select(. != null) | .retry' <<<"$output" | sort -u)" later
	run ! grep -qF "$(head -n 1 people | jq -r .insured.birth_date)" <<<"$stderr"
}

@test "what the other side refuses has its code and words, for a file that was submitted and for a result" {
	desk_start 1,error,SYN-X 3,error,SYN-Y
	head -n 2 people >two
	bulk --bulk submit <two
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error | .code + " " + .upstream.code' <<<"$output" | sort -u)" "oqs-refused SYN-X"
	bulk --bulk <two
	assert_equal "$(jq -r '.error | .code + " " + .upstream.code' <<<"$output" | sort -u)" "oqs-refused SYN-Y"
	bulk --bulk <two
	diff <(statuses <<<"$output") <(head -n 2 over-https | statuses)
	nothing_left
}

@test "a person who cannot be asked for is an error of his own" {
	desk_start
	head -n 3 people >three
	sed -n 2p people | jq -c '.insured.birth_date = "2027-01-01" | .id = "early"' >>three
	sed -n 2p people | jq -c 'del(.insured)' >>three
	echo 'not json' >>three
	bulk --bulk <three
	assert_equal "$(jq -r '.error.code // "-"' <<<"$output" | xargs)" "- - - birth-date-implausible insured-missing not-json"
	assert_equal "$(jobs_of)" "$today 3"
}

@test "the last known limit class goes along, and the answer says whether it changed" {
	desk_start
	jq -c '.insured.limit_certificate_consent = true' people | oq-verify >known || [ $? -le 3 ]
	jq -c '(.eligibility.policies[0].limit_certificate // empty) as $l | {id, visit_date,
		insured: (.insured + {limit_certificate: ($l | {kind, class})})}' known | head -n 2 >some
	sed -n 1p some | jq -c '.insured.limit_certificate.class = "A06" | .id = "other"' >>some
	bulk --bulk <some
	assert_equal "$(jq -c '.eligibility.policies[0] | [.limit_changed, has("limit_certificate")]' <<<"$output" | xargs)" \
		"[false,false] [false,false] [true,false]"
	bulk --bulk <<<"$(sed -n 1p some | jq -c '.insured.limit_certificate.class = "x"')"
	assert_equal "$(jq -r .error.pointer <<<"$output")" /insured/limit_certificate/class
}

# relay TWIST: serves the folder desk from the terminal's own, `behind`, and lets every response go
# through the shell function TWIST, which is called with the file and may rewrite or rename it.
relay() {
	local file
	mkdir -p behind/req behind/res desk/req desk/res
	until [ -e end ]; do
		for file in desk/req/[A-Z]*.xml; do
			[ ! -e "$file" ] || mv "$file" behind/req/
		done
		for file in behind/res/[A-Z]*.xml; do
			[ -e "$file" ] || continue
			mkdir -p twisted
			mv "$file" twisted/
			(cd twisted && "$1" "${file##*/}")
			mv twisted/* desk/res/
		done
		sleep 0.02
	done
}

relay_start() {
	oq-terminal behind --facility 4719999999 --settle 0ms --scan 10ms >served 2>>desk.log 3>&- &
	serving=$!
	rm -f end
	relay "$1" 3>&- &
	relaying=$!
	wait_for 20 test -s served
}

relay_stop() {
	touch end
	wait $relaying || true
	desk_stop
	rm -rf served behind desk "$OQ_STATE"
}

twist_zip() {
	case $1 in
	OQSmuquc02res*)
		python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1][:-4] + ".zip", "w").write(sys.argv[1])' "$1"
		rm "$1"
		;;
	esac
}

twist_birth() {
	sed -i '0,/<Birthdate>[0-9]*/s//<Birthdate>19000101/' "$1"
}

twist_reception() {
	case $1 in OQSmuquc02res*) sed -i 's/<ReceptionNumber>[0-9]*/<ReceptionNumber>1/' "$1" ;; esac
}

twist_unsaid() {
	case $1 in OQSmuquc01res*) sed -i 's/<ReceptionNumber>[0-9]*/<ReceptionNumber>/' "$1" ;; esac
}

@test "a result in a ZIP; one about another person, another reception; an acceptance without a number" {
	head -n 3 people >three
	relay_start twist_zip
	bulk --bulk <three
	diff <(statuses <<<"$output") <(head -n 3 over-https | statuses)
	nothing_left
	relay_stop

	relay_start twist_birth
	bulk --bulk <three
	assert_equal "$(jq -r '.error.code // "-"' <<<"$output" | xargs)" "terminal-answer-foreign - -"
	relay_stop

	relay_start twist_reception
	bulk --bulk <three
	assert_equal "$(outcomes <<<"$output")" "3 terminal-answer-foreign"
	relay_stop

	# Nobody knows whether it was accepted: so it is not submitted again.
	relay_start twist_unsaid
	bulk --bulk submit <three
	assert_equal "$(outcomes <<<"$output")" "3 oqs-answer-incomplete"
	bulk --bulk submit --give-up 500ms <three
	assert_equal "$(outcomes <<<"$output")" "3 terminal-silent"
	assert_equal "$(find behind/.oq-terminal -name 'bulk-*' | wc -l)" 1
	relay_stop
}

# --- ways out

@test "over https the lines themselves are the batch" {
	head -n 1 people >one
	run --separate-stderr oq-verify --bulk <one
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error | .code + " " + .next' <<<"$output")" "not-over-this-route use-other-route"
	assert_regex "$(jq -r .error.detail <<<"$output")" "ask without --bulk"
}

@test "wrong use" {
	run -2 oq-verify --as-of today <people
	run -2 oq-verify --bulk --as-completed <people
	run -2 oq-verify --bulk=often <people
	run -2 oq-verify --bulk --bulk-size 0 <people
	run --separate-stderr oq-verify --bulk both --dry-run <people
	assert_success
	assert_equal "${#lines[@]}" "$(wc -l <people)"
}

@test "what was not submitted cannot be fetched" {
	desk_start
	head -n 1 people >one
	bulk --bulk fetch <one
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error | .code + " " + .next' <<<"$output")" "bulk-not-submitted submit-first"
}

@test "a terminal that takes nothing: taken back, and submitted by the next run" {
	mkdir -p desk/req desk/res
	head -n 3 people >three
	bulk --bulk submit --give-up 1s <three
	assert_equal "$status" 6
	assert_equal "$(outcomes <<<"$output")" "3 terminal-asleep"
	nothing_left
	desk_start
	bulk --bulk submit --retry-unknown <<<"$output"
	assert_equal "$(outcomes <<<"$output")" "3 pending"
	assert_equal "$(jobs_of)" "$today 3"
}

@test "taken and never accepted: not submitted again, however often" {
	desk_start 1,never,
	head -n 3 people >three
	for _ in 1 2; do
		bulk --bulk submit --give-up 1s <three
		assert_equal "$status" 6
		assert_equal "$(outcomes <<<"$output")" "3 terminal-silent"
	done
	desk_stop
	grep -q 'read 1,' desk.log
}

@test "two runs on one folder take each their own" {
	desk_start
	head -n 40 people >a
	tail -n 40 people >b
	for name in a b; do
		oq-verify --via "terminal:$PWD/desk" --facility 4719999999 --settle 20ms --journal $name.db \
			--bulk --bulk-size 7 --wait 60s --poll 100ms <$name >$name.out 2>/dev/null 3>&- &
		pids+=" $!"
	done
	for pid in $pids; do
		wait "$pid" || true
	done
	diff <(statuses a.out) <(head -n 40 over-https | statuses)
	diff <(statuses b.out) <(tail -n 40 over-https | statuses)
	nothing_left
}

# --- cut, and taken up again

# killed_at CALL N [OPTION ...]: of `some`, a run that dies instead of its N-th such call.
killed_at() {
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -f -qq -o /dev/null \
		-e inject="$1":error=EIO:signal=KILL:when="$2" oq-verify --via "terminal:$PWD/desk" \
		--facility 4719999999 --settle 20ms "${@:3}" <some >out 2>err || true
	run ! grep -q '^oq-verify: read' err
}

@test "killed before a file is handed over, and before its acceptance is cleared away: one submission" {
	desk_start
	head -n 3 people >some
	bulk --bulk submit </dev/null # makes the journal
	killed_at rename 1 --bulk submit
	assert_equal "$(find desk/req -name 'oq-*.part' | wc -l)" 1
	assert_equal "$(jobs_of)" ""
	killed_at unlink 1 --bulk submit
	wait_for 20 any_job
	bulk --bulk submit <some
	assert_equal "$(outcomes <<<"$output")" "3 pending"
	assert_equal "$(jobs_of)" "$today 3"
	nothing_left
	killed_at unlink 1 --bulk fetch
	bulk --bulk fetch <some
	diff <(statuses <<<"$output") <(head -n 3 over-https | statuses)
	nothing_left
}

# crash ROUND: the terminal is killed in every third round, and started again.
crash() {
	[ $(($1 % 3)) -eq 0 ] || return 0
	kill -KILL $serving
	wait $serving || true
	desk_start "${faults[@]}"
}

# step NAME OPTION ...: of `some`, killed at random; when it was, run again to its end.
step() {
	local way=(--via "terminal:$PWD/desk" --facility 4719999999 --settle 10ms --poll 50ms --give-up 20s)
	status=0
	oq-verify "${way[@]}" "${@:2}" <some >"$1" 2>err 3>&- &
	pid=$!
	sleep "0.0$((RANDOM % 10))"
	crash "$round"
	sleep "0.0$((RANDOM % 10))"
	kill -KILL $pid 2>/dev/null || true
	wait $pid 2>/dev/null || status=$?
	[ "$status" -eq 137 ] || return 0
	killed=$((killed + 1))
	oq-verify "${way[@]}" "${@:2}" <some >"$1" 2>err || true
}

@test "terminal and steps killed at random and run again: asked once, no answer lost (OQ_ROUNDS)" {
	local round killed=0 faults=()
	head -n 30 people >today
	jq -c --arg day "$tomorrow" '.visit_date = $day' today >future
	head -n 30 over-https | statuses >statuses
	for ((round = 0; round < OQ_ROUNDS; round++)); do
		rm -rf desk "$OQ_STATE"
		cp today some
		faults=(9999,slow,1)
		if [ $((round % 2)) -eq 0 ]; then
			desk_start "${faults[@]}"
			step pending --bulk submit --bulk-size 9
			assert_equal "$(statuses pending)" "$(jq -c '[.id, "pending"]' some)"
			step answered --bulk fetch --wait 60s
		else
			# The day is refused, and all asked as of today, in one run.
			cp future some
			faults=(always,future,)
			desk_start "${faults[@]}"
			step answered --bulk --bulk-size 9 --wait 60s
		fi
		diff <(statuses answered) statuses
		assert_equal "$(jobs_of | xargs)" "$today 3 $today 9 $today 9 $today 9"
		asked_once
		nothing_left
		desk_stop
	done
	echo "killed $killed"
	[ "$killed" -gt 0 ]
}
