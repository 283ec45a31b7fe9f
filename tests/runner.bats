# tests/run itself: what has failed, could not run, or was left running is never counted as passed.

load helper

# bats does not always get to end its own clock for a test that is over at once, and then waits
# for it.
runner() {
	env -i BATS_TEST_TIMEOUT=20 PATH=/usr/local/bin:/usr/bin:/bin HOME="$HOME" OQ_BUILD="$PWD/build" \
		"$OQ_TREE/tests/run" "$@"
}

# write FILE: a bats file from standard input, where TEST stands for the mark that bats would find
# in this file, too.
write() {
	sed 's/^TEST/@test/' >"$1"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir build
}

@test "it counts, prints what failed, and its status says so" {
	write a.bats <<-'END'
		TEST "good" { true; }
		TEST "bad" { echo why; false; }
	END
	run runner "$PWD/a.bats"
	assert_failure
	assert_line "FAILED: a: bad"
	assert_line --partial "why"
	assert_equal "${lines[-1]}" "1 passed, 1 failed"
}

@test "all passed is status 0" {
	write a.bats <<<'TEST "good" { true; }'
	run runner "$PWD/a.bats"
	assert_success
	assert_output "1 passed, 0 failed"
}

@test "what could not run is counted apart" {
	write a.bats <<-'END'
		TEST "good" { true; }
		TEST "cardless" { skip "not run: no card"; }
	END
	run runner "$PWD/a.bats"
	assert_success
	assert_line --partial "not run: a: cardless"
	assert_line "1 not run"
	assert_equal "${lines[-1]}" "1 passed, 0 failed"
}

@test "nothing that ran is a failure" {
	write a.bats <<<'TEST "cardless" { skip "not run: no card"; }'
	run runner "$PWD/a.bats"
	assert_failure
}

@test "a file that bash cannot read, or whose set-up fails, has failed" {
	write a.bats <<<'TEST "good" { if; }'
	printf '%s\n' 'setup_file() { false; }' 'TEST "x" { true; }' 'TEST "y" { true; }' | write b.bats
	run runner "$PWD/a.bats"
	assert_failure
	run runner "$PWD/b.bats"
	assert_failure
	assert_equal "${lines[-1]}" "0 passed, 2 failed"
	# Where the clearing up fails, too, bats itself tells nothing but that none ran.
	echo 'teardown_file() { : "$(</none)"; }' >>b.bats
	run runner "$PWD/b.bats"
	assert_failure
	assert_line --partial "Executed 0 instead of expected 2 tests"
	assert_equal "${lines[-1]}" "0 passed, 2 failed"
}

@test "a process left running is a failure, and is ended" {
	# A number of our own: another checkout may be at this test, too.
	write a.bats <<<"TEST \"leaves\" { sleep 4321.$$ >/dev/null 2>&1 3>&- & }"
	run runner "$PWD/a.bats"
	assert_failure
	assert_line --partial "left running"
	run pgrep -f "sleep 4321.$$"
	assert_failure
}
