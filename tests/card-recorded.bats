# Readings from recorded sessions: what the daemon here cannot be made to say, and odd stacks.
bats_require_minimum_version 1.5.0
load helper
load card

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	keys keys ca auth
	authority ca keys/ca.key
	card card ca keys/auth.key
	export READER=$BATS_FILE_TMPDIR/reader LOG=$BATS_FILE_TMPDIR/log
	reader_start "$READER" || {
		touch no-reader
		return 0
	}
	lay card
	"$OQ_BUILD/tests/card" record session ca/ca.pem 8305 >recorded
	take
}

teardown_file() {
	reader_stop "$READER"
}

setup() {
	[ ! -e "$BATS_FILE_TMPDIR/no-reader" ] || could_not_run "no namespaces here for a private pcscd"
	cd "$BATS_FILE_TMPDIR" || return 1
}

play() {
	run timeout 20 "$OQ_BUILD/tests/card" play "$1" ca/ca.pem "${PIN:-8305}" "${2:-pin}"
}

@test "a session recorded over pcscd is played back byte for byte, any PIN" {
	run cat recorded
	assert_output "0705d990 3 token"
	play session
	assert_output "0705d990 3 token"
	PIN=1111 play session
	assert_output "0705d990 3 token"
	# Neither as sent nor as text; four digits by themselves come about in any certificate.
	run grep 38333035 session
	assert_failure
	run grep 8305 <(grep -v '^[<>] [0-9a-f*]*$' session)
	assert_failure
	assert_equal "$(grep -c '^>' session)" 16
	grep -qx '> 0020008004\*\*\*\*\*\*\*\*' session
	assert_equal "$(tail -n 2 session)" "$(printf 'off\nclose')"
}

@test "any command that differs from the record ends it" {
	sed 's/^> 00b0010000/> 00b0010001/' session >other
	play other
	assert_output --partial card-failed
}

# Debian 12's pcscd has no polkit, so that it never refuses a user: this record stands for one.
@test "a daemon that does not permit us" {
	printf 'open refused\n' >refused
	play refused
	assert_output "card-service-refused: at the start"
}

@test "what the daemon may say at each call" {
	local word code
	while read -r word code; do
		printf 'open %s\n' "$word" >said
		play said
		assert_output --regexp "^$code: at the start"
		sed "s/^connect .*/connect $word/; /^connect/q" session >said
		play said
		assert_output --regexp "^$code: "
		sed "/^> 00200080$/,\$d" session >said
		printf '> 00200080\n< %s\noff\nclose\n' "$word" >>said
		play said
		assert_output --regexp "^$code: "
	done <<-END
		no-service card-service-missing
		removed card-removed
		reset card-reset
		failed card-failed
	END
	sed "s/^connect .*/connect held/; /^connect/q" session >said
	for _ in $(seq 60); do echo "connect held"; done >>said
	play said
	assert_output "reader-held: Test Reader 00 00"
}

@test "a stack that answers 61xx and 6Cxx is followed, never for the PIN" {
	awk '/^> 00b0000000$/ { print "> 00b0000000"; print "< 6c80"; print "> 00b0000080"
			getline; print substr($0, 1, 2 + 256) "9000"
			print "> 00b0008000"; print "< " substr($0, 3 + 256, 256) "9000"; next }
		/^> 802a/ { print; getline; print "< 6100"; print "> 00c0000000" }
		{ print }' session >odd
	play odd
	assert_output "0705d990 3 token"
	awk '/^> 0020008004/ { print; getline; print "< 6100"; next } { print }' session >odd
	play odd
	assert_output --partial card-refused
}

# Debian 12's pcscd takes a virtual reader only when it starts: this record stands for a cable.
@test "a reader that is connected later is found, and a card that comes after it" {
	{
		printf 'open ok\nlook ok\n.\nlook later\n.\nlook ok\n0 0 Test Reader 00 00\n.\n'
		sed 1d session
	} >later
	play later
	assert_output "0705d990 3 token"
}

@test "a record that is not there, or empty" {
	play /nowhere
	assert_output file-unreadable
	: >empty
	play empty
	assert_output --partial card-failed
}

@test "which reader is chosen" {
	choose() {
		run "$OQ_BUILD/tests/card" choose "$@"
	}
	choose ""
	assert_output no-reader
	choose "" A B
	assert_output no-card
	choose "" A B:card
	assert_output "one 1"
	choose "" A:card B:card
	assert_output many
	choose 1 A:card B:card
	assert_output "one 1"
	choose 2 A:card B:card
	assert_output no-reader
	choose 99999999999999999999999 A
	assert_output no-reader
	choose "Sony RC" "Sony RC-S300 00" "Sony RC-S300 01:card"
	assert_output ambiguous
	choose "S300 01" "Sony RC-S300 00" "Sony RC-S300 01:card"
	assert_output "one 1"
	choose Sony Sony:card "Sony 2:card"
	assert_output "one 0"
	choose Sony "Other:card"
	assert_output no-reader
}
