# How far a run has come: the line that SIGUSR1 asks for, of every command that reads a stream, and
# the one that somebody at a terminal sees.

bats_require_minimum_version 1.5.0
load helper

NUMBERS='done [0-9]+, [0-9.]+ a second, remaining ([0-9]+[smh]|\?), yes [0-9]+, no [0-9]+, unknown [0-9]+'

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	hub_stop
}

said() {
	grep -Eq "^$1: $NUMBERS" err
}

# asked NAME: asks the process how far it is until it says so.
asked() {
	kill -USR1 "$pid" && said "$1"
}

# goes_on LINE COMMAND...: the command has read a line, is asked how far it is, reads another one,
# and ends as if nothing had been.
goes_on() {
	local line=$1 pid status=0
	shift
	mkfifo lines
	"$@" <lines >out 2>err 3>&- &
	pid=$!
	exec 5>lines
	printf '%s\n' "$line" >&5
	# Before it listens a signal would end it.
	wait_for 20 grep -Eq '^SigCgt:.*[2367abef]..$' "/proc/$pid/status" || fail "$1 does not listen"
	wait_for 20 asked "$1" || fail "$1: $(cat err)"
	printf '%s\n' "$line" >&5
	exec 5>&-
	wait "$pid" || status=$?
	[ $status -le 3 ] || fail "$1: status $status, $(cat err)"
	assert_regex "$(tail -n 1 err)" "^$1: read [1-3], "
	rm lines
}

@test "SIGUSR1 says how far it is, in every command that reads a stream, and ends nothing" {
	local record='{"visit_date":"2026-10-05"}'
	openssl ecparam -name prime256v1 -genkey -noout -out key
	openssl req -new -x509 -key key -subj /CN=4719999999 -days 30 -out cert
	goes_on "$record" oq-verify --dry-run
	goes_on "$record" oq-query --drugs --via https://localhost:1/ --ca cert
	goes_on "$record" oq-list
	goes_on "$record" oq-consent --ask drugs --cert cert --key key --facility 4719999999 \
		--ledger "$PWD/ledger" --hub hub.test
	goes_on "$record" oq-subsidy-report
	goes_on '予約日,保険者番号,記号,番号,枝番,生年月日' oq-from-csv
	goes_on "$(oq-message decode "$OQ_TREE"/tests/data/oqs/req/OQSmuquc01req_*.xml 2>err | head -n 1)" \
		oq-message encode
}

@test "on a terminal the line is kept up to date, and gone when the run ends" {
	hub_init hub --people 20 --seed 3
	printf 'requests,fault,value\nalways,slow,2500\n' >slow
	oq-hub people hub | head -n 10 >ten
	hub_start hub --faults slow
	script -qec 'oq-verify <ten >out' /dev/null </dev/null >screen || [ $? -le 3 ]
	tr '\r' '\n' <screen | grep -aE "^oq-verify: $NUMBERS" >shown
	assert_regex "$(head -n 1 shown)" ': done 0, 0.0 a second, remaining \?, yes 0, '
	# It stands alone on its line, which the closing count takes.
	assert_equal "$(grep -c '' screen)" 1
	assert_regex "$(tail -n 1 screen)" $'\r\e\\[Koq-verify: read 10, yes '
	# What a person reads on the same terminal is not written into, and neither is a file.
	run script -qec 'oq-verify <ten' /dev/null </dev/null
	assert_output --partial 'read 10, yes '
	refute_output --partial 'a second'
	oq-verify <ten >out 2>err || [ $? -le 3 ]
	assert_equal "$(grep -c '' err)" 1
}
