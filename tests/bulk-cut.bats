# oq-verify --bulk that is killed and run again, and what comes through a folder in another form.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper
load bulk

setup_file() {
	load helper
	load bulk
	bulk_world
}

teardown_file() {
	hub_stop
}

setup() {
	bulk_setup
}

teardown() {
	desk_stop
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
