# oq-readiness probe, the cards' side: a real pcscd with a virtual card, and recorded sessions for what
# the daemon here cannot be made to say.
bats_require_minimum_version 1.5.0
load helper
load card

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	keys keys ca other-ca auth
	authority ca keys/ca.key
	authority other-ca keys/other-ca.key
	cat ca/ca.pem >card-ca.pem
	card good ca keys/auth.key
	card over ca keys/auth.key from=20200101000000Z to=20210101145959Z
	card strange other-ca keys/auth.key
	export READER=$BATS_FILE_TMPDIR/reader
	reader_start "$READER" || touch no-reader
}

teardown_file() {
	reader_stop "$READER"
}

setup() {
	W=$BATS_FILE_TMPDIR
	LOG=$BATS_TEST_TMPDIR/log
	LAID=
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	[ -z "$LAID" ] || take
}

# at_the_reader STEP RESULT [CODE]: what a probe finds there now.
at_the_reader() {
	oq-readiness probe --skip configuration --card-ca "$W/card-ca.pem" >found 2>err || true
	found "$@"
	[ ! -s err ]
}

found() {
	jq -se --arg s "$1" --arg r "$2" --arg c "${3-}" '[.[].readiness | select(.step == $s)]
		| length == 1 and .[0].result == $r and (.[0].code // "") == $c' found >/dev/null || {
		cat found err >&2
		fail "step $1 was not $2 ${3-}"
	}
}

@test "a card, none, one from elsewhere, one that has ended; no PIN is spent" {
	[ ! -e "$W/no-reader" ] || could_not_run "no namespaces here for a private pcscd"
	at_the_reader card unknown card-missing
	found reader ok
	lay "$W/good"
	at_the_reader card ok
	# VERIFY with digits (0020 .. 04) is what would spend a try.
	run grep -i '00200080 *04' "$LOG"
	assert_failure
	take
	lay "$W/strange"
	at_the_reader card fail card-issuer-unknown
	take
	lay "$W/over"
	at_the_reader card notice card-expired
	take
	lay "$W/good" --fault sw@application=6a82
	at_the_reader card fail card-foreign
}

@test "without --card-ca the reader is looked at, and the card is not known" {
	[ ! -e "$W/no-reader" ] || could_not_run "no namespaces here for a private pcscd"
	oq-readiness probe --skip configuration >found || true
	found card-service ok
	found card-permission ok
	found reader ok
	found card unknown card-ca-unusable
}

@test "pcscd stopped" {
	PCSCLITE_CSOCK_NAME=$PWD/nowhere at_the_reader card-service fail card-service-missing
	found card-permission unknown step-not-reached
	found card unknown step-not-reached
	run jq -r 'select(.readiness.step == "card-service").readiness | .actor, .next' found
	assert_output $'operator\nstart-card-service'
}

# recorded STEP RESULT [CODE]: what a probe finds in the session on stdin.
recorded() {
	cat >session
	: >err
	"$OQ_BUILD/tests/readiness" session "$W/card-ca.pem" >found
	found "$@"
}

@test "not permitted, no reader, a reader that is held" {
	recorded card-permission fail card-service-refused <<<'open refused'
	found card-service ok
	found reader unknown step-not-reached
	recorded reader fail reader-missing <<-'END'
		open ok
		look ok
		.
		look no-reader
		close
	END
	found card-permission ok
	# It is tried again for a while before it is given up.
	held=$(printf 'connect held\n%.0s' {1..60})
	recorded reader fail reader-held <<-END
		open ok
		look ok
		0 1 Test Reader 00 00
		.
		$held
	END
}
