# The journal of questions: lib/store's file, step by step, through tests/journal.c, and oq-verify
# that is killed and run again.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	export WORLD=$PWD
	hub_init hub --people 1500 --seed 11
	oq-hub people hub | jq -c --slurp 'unique_by(.insured) | to_entries[] | .value +
		{id: .key} | {id, visit_date, insured}' >people.jsonl
	head -n 10 people.jsonl >ten.jsonl
	# One line in seven asks what an earlier one, near or far, has asked.
	awk '{ line[NR] = $0; print } NR % 7 == 0 { print line[NR - NR % 5] }
		END { for (i = 1; i <= NR; i += 11) print line[i] }' people.jsonl >lines.jsonl
	hub_start hub
}

teardown_file() {
	hub_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	hub_use "$WORLD/hub"
	today=$(TZ=Asia/Tokyo date +%F)
}

journal() {
	"$OQ_BUILD/tests/journal" j.db "$@"
}

# on DAY STEP...: the journal on another day.
on() {
	faketime "$1" "$OQ_BUILD/tests/journal" j.db "${@:2}"
}

# answers FILE: the records without the two times that no two runs share.
answers() {
	jq -c 'del(.eligibility.asked_at, .eligibility.answered_at)' "$1"
}

# audited: how many entries the hub's audit has. asks FROM: those after so many, as "KIND ASK".
audited() {
	oq-hub audit "$WORLD/hub" | wc -l
}

asks() {
	oq-hub audit "$WORLD/hub" | tail -n "+$(($1 + 1))" | jq -r '"\(.kind) \(.ask)"'
}

# states: each state in the journal and how many questions have it.
states() {
	sqlite3 j.db 'SELECT state, count(*) FROM question GROUP BY 1 ORDER BY 1' | paste -sd' '
}

# damage N: the N-th byte of a window's lines becomes another one.
damage() {
	sqlite3 j.db "UPDATE answered SET lines = CAST(substr(lines, 1, $1 - 1) ||
		CASE substr(lines, $1, 1) WHEN x'41' THEN x'42' ELSE x'41' END || substr(lines, $1 + 1) AS BLOB)"
}

# --- the file

@test "a question that was sent is known after a kill, with its ask, and one that was not is not" {
	journal add a aaaaaaaaaaaaaaaaaaaaaaaaaa "$today" - send add b - "$today" - die
	run -0 journal find a find b
	assert_line --index 0 'a sent 1 aaaaaaaaaaaaaaaaaaaaaaaaaa - '
	assert_line --index 1 'b unknown'
}

@test "answers count from the commit on" {
	journal add a - "$today" - add b - "$today" - send answer 1 one two . die
	run -0 journal find a
	assert_output --partial 'a sent 1 '
	journal add c - "$today" - add d - "$today" - send answer 2 three - . commit die
	run -0 journal find c find d
	assert_line --index 0 --regexp '^c answered 2 .* three$'
	assert_line --index 1 --regexp '^d given-up 2 .* $'
}

@test "what a cut run was answered is taken once a line, and says when an earlier line had it" {
	journal add a - "$today" - send answer 1 one . commit die
	run -0 journal find a find a
	assert_line --index 0 --regexp '^a answered 1 [a-z2-7]{26} - one$'
	assert_line --index 1 --regexp '^a answered 1 again '
}

@test "what a run that ended was answered is not used again, but an open question keeps its ask" {
	journal add a - "$today" - add b bbbbbbbbbbbbbbbbbbbbbbbbbb "$today" - send answer 1 one - . end
	run -0 journal find a find b
	assert_line --index 0 'a unknown'
	assert_line --index 1 'b given-up 1 bbbbbbbbbbbbbbbbbbbbbbbbbb - '
	# The same of what it took from one that was cut; what it did not meet stays.
	journal add c - "$today" - add d - "$today" - send answer 2 three four . commit die
	journal find c end
	run -0 journal find c find d
	assert_line --index 0 'c unknown'
	assert_line --index 1 --partial 'd answered 2 '
}

@test "a run that was killed when it had ended, but before it could say so, was cut" {
	journal add a - "$today" - add b - "$today" - send answer 1 one two . end die
	assert_equal "$(xargs <j.db-run)" 1
	journal find a end die
	run -0 journal find a find b find a end
	assert_line --index 0 --regexp '^a answered 1 [a-z2-7]{26} - one$'
	assert_line --index 1 --regexp '^b answered 1 [a-z2-7]{26} - two$'
	assert_line --index 2 --partial 'a answered 1 again '
	assert_equal "$(xargs <j.db-run)" 0
	run -0 journal find a
	assert_output 'a unknown'
}

@test "a question that is asked again counts from then on" {
	journal add a aaaaaaaaaaaaaaaaaaaaaaaaaa "$today" - send die
	journal find a add a aaaaaaaaaaaaaaaaaaaaaaaaaa "$today" - send answer 2 late . commit die
	run -0 journal find a
	assert_output 'a answered 2 aaaaaaaaaaaaaaaaaaaaaaaaaa - late'
	assert_equal "$(states)" 'answered|1'
}

@test "the name that a question has on its route is kept" {
	journal add a - "$today" 261005abcdefghijklmn send die
	run -0 journal find a
	assert_output --regexp ' 261005abcdefghijklmn $'
	assert_equal "$(sqlite3 j.db 'SELECT name_on_route FROM question')" 261005abcdefghijklmn
}

@test "a hundred thousand are found again, and none is taken for another" {
	journal many 0 100000 sure 0 100000 die
	journal sure 0 100000 sure 99000 99500 sure 0 300
	run -0 journal find 100000 find 100001 find -1
	assert_output $'100000 unknown\n100001 unknown\n-1 unknown'
}

@test "nobody else can read it, and what others could is closed" {
	journal add a - "$today" - send die
	assert_equal "$(stat -c %a j.db j.db-wal | sort -u)" 600
	chmod 644 j.db
	journal find a
	assert_equal "$(stat -c %a j.db)" 600
}

@test "another process: the one that has it is named" {
	mkfifo hold
	"$OQ_BUILD/tests/journal" j.db wait <hold 3>&- &
	local pid=$!
	exec 9>hold
	wait_for 10 test -s j.db
	# It is there before it is locked.
	wait_for 10 refuses "$pid"
	exec 9>&-
	wait "$pid"
	journal find a
}

refuses() {
	run -7 journal find a
	[ "$output" = "journal-in-use: j.db: process $1" ]
}

@test "a newer format is refused, and left as it is" {
	journal add a - "$today" - send
	sqlite3 j.db 'PRAGMA user_version = 5' >/dev/null
	cp j.db before
	run -7 journal find a
	assert_output --partial 'store-newer: '
	cmp j.db before
}

@test "a journal of the first format becomes one of this, and a copy is kept" {
	journal add a - "$today" - send
	journal_former j.db
	sqlite3 j.db 'DROP VIEW bulk; DROP TABLE bulk_question; DROP TABLE bulk_file; PRAGMA user_version = 1' >/dev/null
	run journal find a
	assert_success
	assert_equal "$(sqlite3 j.db 'PRAGMA user_version; SELECT count(*) FROM bulk; SELECT count(*) FROM question' | xargs)" "4 0 1"
	assert_equal "$(sqlite3 j.db.v1 'PRAGMA user_version')" 1
}

@test "a journal of the third format gets the view that knows packed answers without spans" {
	journal many 0 256 die
	sqlite3 j.db 'DROP VIEW question; CREATE VIEW question AS SELECT id FROM asked; PRAGMA user_version = 3' >/dev/null
	journal sure 0 256
	assert_equal "$(sqlite3 j.db 'PRAGMA user_version; SELECT DISTINCT state FROM question' | xargs)" "4 answered"
	assert_equal "$(sqlite3 j.db.v3 'PRAGMA user_version')" 3
}

@test "a journal of the second format becomes one of this, answers and all" {
	local before
	before=$(audited)
	oq-verify --journal j.db <"$WORLD/people.jsonl" 2>err >/dev/full || assert_equal $? 7
	journal_former j.db
	oq-verify --journal j.db <"$WORLD/people.jsonl" >out 2>err || [ $? -le 3 ]
	assert_equal "$(wc -l <out)" "$(wc -l <"$WORLD/people.jsonl")"
	assert_equal "$(asks "$before" | grep -c '^verify')" "$(wc -l <out)"
	assert_equal "$(sqlite3 j.db 'PRAGMA user_version; SELECT sum(size > 0) > 0 FROM answered' | xargs)" "4 1"
	assert_equal "$(sqlite3 j.db.v2 'PRAGMA user_version')" 2
}

@test "what is no journal is not taken for one" {
	cp "$WORLD/ten.jsonl" j.db
	run -7 journal find a
	assert_output --partial 'journal-damaged: '
	cmp j.db "$WORLD/ten.jsonl"
	rm j.db
	sqlite3 j.db 'CREATE TABLE mine(x); PRAGMA user_version = 4' >/dev/null
	run -7 journal find a
	assert_output --partial 'store-unusable: '
	assert_equal "$(sqlite3 j.db .tables)" mine
}

@test "damage anywhere in the tables is found, and nothing is trusted" {
	journal many 0 1200
	local size offset found=0
	size=$(stat -c %s j.db)
	for ((offset = 100; offset < size; offset += size / 97)); do
		cp j.db good.db
		printf '\xa5\x5a\xa5\x5a' | dd of=j.db bs=1 seek=$offset conv=notrunc status=none
		run journal sure 0 1200
		# Unused bytes may change; an answer that is given is the one that was kept.
		[ "$status" = 0 ] || [ "$status" = 7 ] || [ "$output" != "${output%is not as it was*}" ] ||
			fail "at $offset: status $status: $output"
		[ "$status" != 7 ] || found=$((found + 1))
		mv good.db j.db
	done
	[ $found -gt 5 ] || fail "only $found of 97 were found"
}

@test "packed or not, SQL says what became of each question; only packed answers it cannot show" {
	local long
	long=$(printf 'long %.0s' {1..1000})
	journal many 0 256 add a - "$today" - add b - "$today" - add c - "$today" - send \
		answer 2 "$long" - "$long." . add d - "$today" - send answer 3 short . add e - "$today" - send die
	assert_equal "$(sqlite3 j.db "SELECT state, count(*), count(answered_at), count(answer) FROM question
		GROUP BY last_asked_in, state" | xargs)" 'answered|256|256|0 answered|2|2|0 given-up|1|0|0 answered|1|1|1 sent|1|0|0'
	run -0 journal find a find b find c
	assert_line --index 0 --regexp '^a answered 2 .* long $'
	assert_line --index 1 --regexp '^b given-up 2 '
	assert_line --index 2 --regexp '^c answered 2 .* long \.$'
}

@test "a byte of packed answers that is another one is damage, wherever it is" {
	journal many 0 256 die
	local size at
	size=$(sqlite3 j.db 'SELECT length(lines) FROM answered')
	[ "$size" -lt "$(sqlite3 j.db 'SELECT size FROM answered')" ]
	cp j.db good.db
	for ((at = 1; at <= size; at += size / 20)); do
		damage $at
		run -7 journal find 1
		assert_output 'journal-damaged: window 1'
		cp good.db j.db
	done
	# Nor is it taken at its word: how much there is, and what it is the sum of.
	for set in 'size = size + 1' 'size = size - 1' 'size = -1' 'size = 1 << 26' 'size = 1 << 40' \
		'sum = NULL' 'sum = sum + 1' "lines = x''" "lines = x'', size = 0" "spans = 'x'" "spans = '00000000000000000001'"; do
		sqlite3 j.db "UPDATE answered SET $set"
		run -7 journal find 1
		assert_output 'journal-damaged: window 1'
		cp good.db j.db
	done
	journal sure 0 256
}

@test "killed while it is made: the next one makes it" {
	printf 'half' >j.db.new
	printf '7' >j.db-run
	journal add a - "$today" - send
	assert_file_not_exist j.db.new
	: >empty.db
	"$OQ_BUILD/tests/journal" empty.db find a
}

@test "questions go two days after their day, and 48 hours after they were asked" {
	on '2026-10-05 21:00' add booked - 2026-10-08 - send answer 1 x . end
	on '2026-10-05 21:00' add past - 2026-09-01 - send answer 2 x . commit die
	on '2026-10-07 20:00' commit # opened, and not yet 48 hours
	assert_equal "$(states)" 'answered|2'
	on '2026-10-07 22:00' end
	assert_equal "$(sqlite3 j.db 'SELECT id FROM asked')" 1
	on '2026-10-10 09:00' end
	assert_equal "$(sqlite3 j.db 'SELECT id FROM asked')" 1
	on '2026-10-11 09:00' end
	assert_equal "$(states)" ''
	for table in asked answered taken place; do
		assert_equal "$(sqlite3 j.db "SELECT count(*) FROM $table")" 0
	done
	# And what comes after is found.
	on '2026-10-11 09:00' many 0 40000
	on '2026-10-11 09:05' sure 0 40000
}

@test "the bytes of what is gone are gone" {
	on '2026-10-05 21:00' add a - 2026-10-05 - send answer 1 架空花子 . end
	grep -q 架空花子 j.db
	on '2026-10-20 21:00' end
	run ! grep -q 架空花子 j.db j.db-wal
}

@test "where it is unless somebody says otherwise" {
	run -0 "$OQ_BUILD/tests/journal" where "$PWD/a/b" 4719999999
	assert_output "$PWD/a/b/terminal-4719999999.db"
	assert_equal "$(stat -c %a a a/b | sort -u)" 700
	run -7 "$OQ_BUILD/tests/journal" where "$WORLD/ten.jsonl/x" 4719999999
	assert_output --partial 'file-unwritable: '
}

# --- oq-verify with one

@test "equal lines are asked once, and the later ones say so" {
	local before
	before=$(audited)
	{ cat "$WORLD/ten.jsonl" "$WORLD/ten.jsonl"; head -n 1 "$WORLD/ten.jsonl"; } >in
	for flags in '' --as-completed; do
		# shellcheck disable=SC2086 # none or one
		oq-verify --journal "j$flags.db" $flags <in >out 2>err || [ $? -le 3 ]
		assert_equal "$(jq -c .id out | sort | uniq -c | awk '{ n[$1]++ } END { print n[2], n[3] }')" '9 1'
		assert_equal "$(jq -c .eligibility.reused out | sort | uniq -c | xargs)" '10 null 11 true'
		"$OQ_TREE/tests/validate" out
	done
	assert_equal "$(asks "$before" | sort -u | wc -l)" 20
	assert_equal "$(asks "$before" | wc -l)" 20
}

@test "a day's second run asks anew; another day is another question" {
	local before
	before=$(audited)
	for run in 1 2; do
		oq-verify --journal j.db <"$WORLD/ten.jsonl" >out.$run 2>err || [ $? -le 3 ]
	done
	assert_equal "$(asks "$before" | sort -u | grep -c '^verify')" 20
	cmp <(answers out.1) <(answers out.2)
	assert_equal "$(jq -c .eligibility.reused out.2 | sort -u)" null
}

@test "the answers of a desk's window can be read by SQL, those of a large one by the next run" {
	head -n 3 "$WORLD/ten.jsonl" | oq-verify --journal j.db >few 2>err || [ $? -le 3 ]
	diff <(sqlite3 j.db 'SELECT answer FROM question' | jq -c .eligibility.status | sort) \
		<(jq -c .eligibility.status few | sort)
	rm j.db*
	oq-verify --journal j.db <"$WORLD/people.jsonl" >first 2>err || [ $? -le 3 ]
	assert_equal "$(sqlite3 j.db "SELECT count(answer), sum(state = 'answered') > 1000 FROM question")" '0|1'
	[ "$(sqlite3 j.db 'SELECT max(size) > 4 * max(length(lines)) FROM answered')" = 1 ]
	oq-verify --journal j.db --reuse-within 12h <"$WORLD/people.jsonl" >again 2>err || [ $? -le 3 ]
	[ "$(jq -c 'select(.eligibility.reused)' again | wc -l)" -gt 1000 ]
	cmp <(answers first) <(answers again | jq -c 'del(.eligibility.reused)')
}

@test "an answer that was damaged: nothing is taken from its window, and nothing is asked" {
	local before
	oq-verify --journal j.db <"$WORLD/ten.jsonl" 2>err >/dev/full || assert_equal $? 7
	before=$(audited)
	damage 100
	run -7 --separate-stderr oq-verify --journal j.db <"$WORLD/ten.jsonl"
	assert_equal "$(jq -r .error.code <<<"$output" | sort | uniq -c | xargs)" '10 journal-failed'
	[[ $stderr == *'The journal failed'*'window 1'* ]] || fail "$stderr"
	assert_equal "$(audited)" "$before"
}

@test "no journal, no file; and none for --dry-run" {
	oq-verify <"$WORLD/ten.jsonl" >out 2>err || [ $? -le 3 ]
	oq-verify --dry-run --journal j.db <"$WORLD/ten.jsonl" >out
	assert_equal "$(wc -l <out)" 10
	assert_file_not_exist j.db
}

@test "two runs on one journal: the second ends with 7 and names the first" {
	mkfifo lines
	oq-verify --journal j.db <lines >out 2>err 3>&- &
	local pid=$!
	exec 9>lines
	wait_for 10 test -s j.db
	wait_for 10 second_is_refused "$pid"
	cat "$WORLD/ten.jsonl" >&9
	exec 9>&-
	wait "$pid" || [ $? -le 3 ]
	assert_equal "$(wc -l <out)" 10
}

second_is_refused() {
	run -7 --separate-stderr oq-verify --journal j.db <"$WORLD/ten.jsonl"
	[ -z "$output" ] && [[ $stderr == *"Another run uses this journal: j.db: process $1"* ]]
}

@test "a damaged journal is named before anything is asked" {
	printf 'not a journal' >j.db
	run -7 --separate-stderr oq-verify --journal j.db <"$WORLD/ten.jsonl"
	assert_output ''
	[[ $stderr == *'The journal is damaged or is none: '*j.db* ]] || fail "$stderr"
	run -7 --separate-stderr oq-verify --journal nowhere/j.db <"$WORLD/ten.jsonl"
	[[ $stderr == *'nowhere'* ]] || fail "$stderr"
}

@test "the journal's disk is full: every line leaves, none that was not remembered is asked" {
	local before
	before=$(audited)
	# 256 KiB a file for the shell's children, and no signal for going over it; output is a pipe.
	(
		trap '' XFSZ
		ulimit -f 256
		oq-verify --journal j.db <"$WORLD/lines.jsonl" 2>err || echo $? >status
	) | cat >out
	assert_equal "$(cat status)" 7
	assert_equal "$(wc -l <out)" "$(wc -l <"$WORLD/lines.jsonl")"
	cmp <(jq -c .id out) <(jq -c .id "$WORLD/lines.jsonl")
	assert_equal "$(jq -r '.error | select(.) | "\(.code) \(.retry)"' out | sort -u)" 'journal-failed later'
	assert_equal "$(grep -c 'The journal failed' err)" 1
	# What was asked can be taken up: no identity is lost.
	oq-verify --journal j.db <"$WORLD/lines.jsonl" >again 2>err || [ $? -le 3 ]
	assert_equal "$(jq -r '.error.code | select(.)' again)" ''
	assert_equal "$(asks "$before" | grep -c '^verify')" "$(jq -c .insured "$WORLD/lines.jsonl" | sort -u | wc -l)"
}

@test "stopped by a signal, it is taken up: asked is only what is left" {
	local before
	before=$(audited)
	mkfifo lines
	oq-verify --journal j.db <lines >out 2>err 3>&- &
	local pid=$!
	exec 9>lines
	head -n 300 "$WORLD/people.jsonl" >&9
	wait_for 20 test -s out
	kill -TERM "$pid"
	exec 9>&-
	wait "$pid" || [ $? -eq 3 ]
	oq-verify --journal j.db <"$WORLD/people.jsonl" >again 2>err || [ $? -le 3 ]
	assert_equal "$(wc -l <again)" "$(wc -l <"$WORLD/people.jsonl")"
	assert_equal "$(asks "$before" | grep -c '^verify')" "$(wc -l <"$WORLD/people.jsonl")"
	assert_equal "$(jq -c .eligibility.reused again | sort -u)" null
}

@test "its output was not taken: the next run has the answers" {
	local before
	before=$(audited)
	oq-verify --journal j.db <"$WORLD/people.jsonl" 2>err >/dev/full || assert_equal $? 7
	oq-verify --journal j.db <"$WORLD/people.jsonl" >out 2>err || [ $? -le 3 ]
	assert_equal "$(asks "$before" | grep -c '^verify')" "$(wc -l <"$WORLD/people.jsonl")"
}

@test "one commit, and one fsync, for 256 questions" {
	env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" \
		strace -f -e trace=fsync,fdatasync -o calls oq-verify --journal j.db \
		<"$WORLD/people.jsonl" >out 2>err || [ $? -le 3 ]
	local windows
	windows=$(sqlite3 j.db 'SELECT count(*) FROM asked')
	[ "$windows" -le $((($(wc -l <"$WORLD/people.jsonl") + 255) / 256 + 1)) ]
	# And what making, ending and closing the file take, however long the input is.
	[ "$(grep -c sync calls)" -le $((windows + 16)) ] || fail "$(grep -c sync calls) for $windows windows"
}
