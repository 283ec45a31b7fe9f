# The folder protocol of the receipt computer's side, step by step (folder.c).

bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p oqs/req oqs/res archive
}

@test "requests, readings, leftovers, the archive" {
	run "$OQ_BUILD/tests/folder" oqs archive
	assert_output ""
	assert_success
	assert_equal "$(find oqs/req -type f)" ""
	assert_equal "$(cat archive/answer.xml)" kept
}

@test "an archive on another file system" {
	[ "$(stat -c %d /dev/shm)" != "$(stat -c %d .)" ] || could_not_run "no other file system here"
	elsewhere=$(mktemp -d /dev/shm/oq.XXXXXX)
	run "$OQ_BUILD/tests/folder" oqs "$elsewhere"
	rm -r "$elsewhere"
	assert_output ""
	assert_success
}

@test "a folder that is none is named" {
	run "$OQ_BUILD/tests/folder" nowhere
	assert_equal "$status" 1
	assert_output folder-gone
	rmdir oqs/res
	run "$OQ_BUILD/tests/folder" oqs
	assert_output folder-gone
}
