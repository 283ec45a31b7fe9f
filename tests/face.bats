# oq-read-card --face: results of the face reader, whole, once, harmless.

# shellcheck disable=SC2154 # run --separate-stderr sets stderr
bats_require_minimum_version 1.5.0
load helper

data=$OQ_TREE/tests/data/oqs/face
one=OQSsiquc01res_face_471999999600000000000000000001_20261005090112.xml
two=OQSsiquc01res_face_471999999600000000000000000002_20261005091530.xml

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p face trash
	export OQ_STATE=$PWD/state
}

teardown() {
	[ -z "${watcher:-}" ] || kill "$watcher" 2>/dev/null || true
}

# watch ARG...: a watcher in the background, its records in out.jsonl.
watch() {
	oq-read-card --face face --watch "$@" >out.jsonl 2>err 3>&- &
	watcher=$!
	wait_for 5 test -s state/face-any.db
}

records() {
	[ "$(wc -l <out.jsonl)" -eq "$1" ]
}

stop() {
	kill -TERM "$watcher"
	wait "$watcher"
	status=$?
	watcher=
}

@test "every sample is handed out as a record of the schema" {
	run --separate-stderr oq-read-card --face "$data"
	assert_success
	[ "${#lines[@]}" -eq 6 ]
	printf '%s\n' "${lines[@]}" >out.jsonl
	"$OQ_TREE/tests/validate" out.jsonl
	run jq -c '[.id, .card.method, .card.assurance, .card.read_at, .visit_date]' out.jsonl
	assert_line --index 0 '["P-000077","face-reader","terminal","2026-10-05T09:01:12+09:00","2026-10-05"]'
}

@test "nothing in the folder changes" {
	cp "$data"/*.xml face/
	chmod 500 face
	before=$(find face -printf '%p %s %T@ %i %m\n' | sort)
	oq-read-card --face face >out.jsonl 2>err
	records 6
	[ "$before" = "$(find face -printf '%p %s %T@ %i %m\n' | sort)" ]
	chmod 700 face
}

@test "what was handed out is not handed out again, unless --since asks for it" {
	cp "$data"/*.xml face/
	oq-read-card --face face >out.jsonl 2>err
	records 6
	oq-read-card --face face >out.jsonl 2>err
	records 0
	oq-read-card --face face --since 2026-10-05T10:10:10+09:00 >out.jsonl 2>err
	records 3
}

@test "a result comes as soon as it is complete, and not before" {
	watch
	head -c 1000 "$data/$one" >face/$one
	sleep 1
	records 0
	cp "$data/$one" face/$one
	wait_for 3 records 1
	cp "$data/$two" face/.part
	mv face/.part face/$two
	wait_for 3 records 2
	stop
	[ "$status" -eq 0 ]
}

@test "a restart of --watch repeats nothing" {
	cp "$data/$one" face/
	watch
	wait_for 3 records 1
	stop
	cp "$data/$two" face/
	watch
	wait_for 3 records 1
	sleep 0.5
	records 1
	stop
	run jq -r .visit_date out.jsonl
	assert_output 2026-10-05
}

@test "killed at any moment, every result comes at least once, and none is lost" {
	: >all.jsonl
	cp "$data"/*.xml face/
	for ((i = 0; i < OQ_ROUNDS; i++)); do
		timeout -s KILL "0.$((3 + i % 5))" oq-read-card --face face >>all.jsonl 2>err || true
	done
	oq-read-card --face face >>all.jsonl 2>err
	run jq -rn '[inputs.oqs.file_id] | unique | length' all.jsonl
	assert_output 6
}

@test "a damaged file that stays so is a record with an error, once" {
	head -c 1000 "$data/$one" >face/$one
	run --separate-stderr oq-read-card --face face
	assert_failure 3
	run jq -c '[.error.code, (.eligibility == null), (.card == null)]' <<<"$output"
	assert_output '["oqs-not-well-formed",true,true]'
	run --separate-stderr oq-read-card --face face
	assert_success
	assert_output ""
}

@test "a file of another institution is refused" {
	cp "$data/$one" face/
	run --separate-stderr oq-read-card --face face --facility 4719999988
	assert_failure 3
	run jq -c '[.error.code, .oqs.institution_code, .eligibility, .insured]' <<<"$output"
	assert_output '["foreign-institution","4719999996",null,null]'
}

@test "--once waits for one; --reference for that patient" {
	cp "$data/$two" face/
	oq-read-card --face face --once --reference P-000077 >out.jsonl 2>err 3>&- &
	watcher=$!
	sleep 1
	records 0
	cp "$data/$one" face/
	wait "$watcher"
	watcher=
	run jq -r .id out.jsonl
	assert_output P-000077
	run --separate-stderr oq-read-card --face face --once
	assert_success
	[ "${#lines[@]}" -eq 1 ]
}

@test "--also finds a result that the receipt computer has moved, and hands it out once" {
	watch --also trash
	cp "$data/$one" trash/
	wait_for 3 records 1
	cp "$data/$two" face/
	wait_for 3 records 2
	mv face/$two trash/
	sleep 1.5
	records 2
	stop
}

@test "--take deletes what has been handed out, and nothing else" {
	cp "$data/$one" face/
	cp "$data/$two" trash/
	echo x >face/notes.txt
	oq-read-card --face face --also trash --take >out.jsonl 2>err
	records 2
	run ls face trash
	assert_output "face:
notes.txt

trash:
$two"
}

@test "a reader that goes away ends the watch; a full disk forgets nothing" {
	cp "$data/$one" face/
	run --separate-stderr bash -c 'oq-read-card --face face >/dev/full'
	assert_failure 7
	oq-read-card --face face >out.jsonl 2>err
	records 1
	cp "$data/$two" face/
	run timeout 20 bash -o pipefail -c 'oq-read-card --face face --watch --since 2026-10-05T00:00:00+09:00 2>err | head -n 1 >first.jsonl'
	[ "$status" -ne 124 ]
	[ "$(wc -l <first.jsonl)" -eq 1 ]
}

# Does the watcher wait for SIGUSR1 (blocked, by signalfd) yet? Until it does, the signal ends it.
waits_for_usr1() {
	((0x$(sed -n 's/^SigBlk:[[:space:]]*//p' "/proc/$watcher/status") & 0x200))
}

@test "SIGUSR1 says when the last result was" {
	watch
	wait_for 20 waits_for_usr1
	kill -USR1 "$watcher"
	wait_for 3 grep -q 'no result yet' err
	cp "$data/$one" face/
	wait_for 3 records 1
	kill -USR1 "$watcher"
	wait_for 3 grep -qE 'last result 2026-10-05T09:01:12\+09:00, -?[0-9]+ s ago' err
	stop
}

@test "--say tells the desk in one line, a derived share marked" {
	cp "$data"/*_20261005093001.xml face/
	run script -qec "oq-read-card --face face --say >/dev/null 2>&1" /dev/null </dev/null
	assert_output --partial '有効 全国架空健康保険協会　見本支部 本人 3割* 限度額○ 2026-10-05'
}

@test "the state is private, and one of a newer version is refused" {
	cp "$data/$one" face/
	oq-read-card --face face >out.jsonl 2>err
	[ "$(stat -c %a state/face-any.db)" = 600 ]
	sqlite3 state/face-any.db 'PRAGMA user_version=2'
	run --separate-stderr oq-read-card --face face
	assert_failure 7
	[[ $stderr == *newer* ]]
	echo rubbish >state/face-any.db
	run --separate-stderr oq-read-card --face face
	assert_failure 7
}

@test "wrong use, and a folder that is not there" {
	run oq-read-card --watch --once --face face
	assert_failure 2
	run oq-read-card --face face extra
	assert_failure 2
	run --separate-stderr oq-read-card --face nowhere
	assert_failure 7
	[[ $stderr == *nowhere* ]]
}
