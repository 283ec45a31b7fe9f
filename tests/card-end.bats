# However a reading ends, the card is locked again at once, and the PIN is nowhere.
bats_require_minimum_version 1.5.0
load helper
load card

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	keys keys ca auth
	authority ca keys/ca.key
	export READER=$BATS_FILE_TMPDIR/reader
	reader_start "$READER" || touch "$BATS_FILE_TMPDIR/no-reader"
}

teardown_file() {
	reader_stop "$READER"
}

setup() {
	[ ! -e "$BATS_FILE_TMPDIR/no-reader" ] || could_not_run "no namespaces here for a private pcscd"
	W=$BATS_FILE_TMPDIR
	LOG=$BATS_TEST_TMPDIR/log
	cd "$BATS_TEST_TMPDIR" || return 1
	card card "$W/ca" "$W/keys/auth.key"
}

teardown() {
	[ -z "${READING:-}" ] || kill -KILL "$READING" 2>/dev/null || true
	[ -z "${LAID:-}" ] || take
}

# reading: in the background; its process is in the file `parent`.
reading() {
	bash -c 'echo $$ >parent; exec oq-read-card --no-config --card-ca "$0" --facility 1312345678 \
		--via https://hub.test/ --timeout 2s --pin-fd 5 >out 2>err 5<<<8305' \
		"$W/ca/ca.pem" 3>&- &
	READING=$!
}

# hook TEXT: a program for the card to run; $parent and $child are the two processes.
hook() {
	cat >hook <<-END
		#!/bin/bash
		cd "$PWD" || exit 1
		parent=\$(<parent)
		child=\$(pgrep -P "\$parent")
		$1
	END
	chmod +x hook
}

# Microseconds from the last command that the session sent to the end of its unlocked state.
unlocked_for() {
	awk '$2 ~ /^(verify|key|sign)$/ { last = $1 }
		$2 == "dropped" { print $1 - last; found = 1; exit }
		END { exit !found }' "$LOG"
}

# ended_at STEP SIGNAL WHO: sends it just before the card does the step, and looks how long the
# card stays unlocked.
ended_at() {
	hook "kill -$2 \$$3"
	lay card --fault "run@$1=$PWD/hook"
	reading
	wait "$READING" || true
	wait_for 2 grep -q dropped "$LOG"
	grep -q ' verified' "$LOG"
	local us
	us=$(unlocked_for)
	echo "$1 $2 $3: $us us"
	[ "$us" -lt 100000 ]
	take
}

@test "the child ends at any moment after the PIN: locked within 100 ms" {
	local signal
	for signal in KILL SEGV ABRT BUS; do
		ended_at key "$signal" child
		assert_equal "$(jq -r .error.code out)" card-process-ended
		ended_at sign "$signal" child
		assert_equal "$(jq -r .error.code out)" card-process-ended
	done
}

@test "the parent ends: the child locks the card and ends too" {
	local signal
	for signal in KILL TERM INT HUP SEGV; do
		ended_at key "$signal" parent
		run pgrep -f "$PWD/nothing|oq-read-card.*$W/ca/ca.pem"
		assert_failure
	done
}

@test "a signal from the terminal, which both get" {
	hook "kill -INT \$parent \$child"
	lay card --fault "run@key=$PWD/hook"
	reading
	wait "$READING" || true
	wait_for 2 grep -q dropped "$LOG"
	[ "$(unlocked_for)" -lt 100000 ]
}

@test "both are killed: the daemon resets the card, and takes its power soon" {
	hook "kill -KILL \$parent \$child"
	lay card --fault "run@key=$PWD/hook"
	reading
	wait "$READING" || true
	wait_for 5 grep -q dropped "$LOG"
	grep -q reset "$LOG"
}

@test "a card that falls silent after the PIN is locked when it can be" {
	hook "kill -KILL \$child"
	# It answers after a second in which nobody is left to hear it.
	lay card --fault "slow@sign=1000" --fault "run@key=$PWD/hook"
	reading
	wait "$READING" || true
	wait_for 3 grep -q dropped "$LOG"
	[ "$(unlocked_for)" -lt 100000 ]
}

@test "an unanswered prompt, or one ended by the user, leaves the card untouched" {
	lay card
	mkfifo pin
	exec 6<>pin
	bash -c 'echo $$ >parent; exec oq-read-card --no-config --card-ca "$0" --facility 1312345678 \
		--via https://hub.test/ --pin-fd 5 >out 2>err 5<pin' "$W/ca/ca.pem" 3>&- &
	READING=$!
	wait_for 3 grep -q query "$LOG"
	kill -TERM "$READING"
	exec 6>&-
	wait "$READING" || true
	wait_for 2 grep -q power-off "$LOG"
	run grep -E ' verify ' "$LOG"
	assert_failure
	[ ! -e card/tries ]
}

# In the memory that a process may write to.
@test "the PIN is in no memory once it was sent, in no core, argument, environment, log or page file" {
	[ "$(id -u)" -eq 0 ] || could_not_run "only root may read the memory of a process that cannot be dumped"
	! grep -q __asan_init "$OQ_BUILD/bin/oq-read-card" ||
		could_not_run "a sanitiser keeps what was freed, and maps terabytes"
	cat >search.py <<-'END'
		import sys
		pid, found = sys.argv[1], 0
		needles = [bytes.fromhex(h) for h in sys.argv[2:]]
		with open(f"/proc/{pid}/mem", "rb", 0) as mem:
		    for line in open(f"/proc/{pid}/maps"):
		        where, mode = line.split()[:2]
		        if mode[:2] != "rw":
		            continue
		        a, b = (int(x, 16) for x in where.split("-"))
		        mem.seek(a)
		        try:
		            text = mem.read(b - a)
		        except OSError:
		            continue
		        for n in needles:
		            if n in text:
		                print(pid, where, n.hex(), line.split()[-1])
		                found = 1
		print("searched", pid)
		sys.exit(found)
	END
	hook '
		for p in $parent $child; do
			python3 search.py $p 002000800438333035 38333035 >>searched || touch found
			tr "\0" "\n" </proc/$p/cmdline >>outside
			tr "\0" "\n" </proc/$p/environ >>outside
			grep VmLck /proc/$p/status >>locked
			grep "core file" /proc/$p/limits >>limits
		done
		kill -SEGV $child'
	ulimit -c unlimited
	lay card --fault "run@key=$PWD/hook"
	reading
	wait "$READING" || true
	cat searched
	assert_equal "$(grep -c searched searched)" 2
	[ ! -e found ]
	run grep -c 8305 outside out err "$READER/pcscd.log"
	assert_failure 1
	run grep -v ' 0 kB' locked
	assert_equal "${#lines[@]}" 2
	assert_equal "$(awk '{ print $5, $6 }' limits | sort -u)" "0 0"
	run find . -name 'core*'
	assert_output ""
	# The search finds what is there: the daemon, which must have had it, is not ours to wipe.
	printf 8305 >held
	python3 -c 'import os,time;x=bytearray(open("held","rb").read());open("ready","w");time.sleep(5)' 3>&- &
	wait_for 3 test -e ready
	run python3 search.py $! 38333035
	assert_failure 1
	kill $!
}

@test "the PIN on the terminal is not echoed, and full-width digits are taken" {
	lay card
	cat >session <<-END
		set timeout 5
		log_user 1
		spawn -noecho bash -c "oq-read-card --no-config --card-ca $W/ca/ca.pem --facility 1312345678 --via https://hub.test/ >out 2>err"
		expect "3 tries left"
		send "12\r"
		expect "No try was spent"
		expect "3 tries left"
		send "８３０５\r"
		expect eof
	END
	run expect session
	assert_success
	assert_equal "$(jq -r .card.method out)" pin
	refute_output --partial 8305
	refute_output --partial ８３０５
	assert_equal "$(grep -c ' verify ' "$LOG")" 1
}
