# For tests of oq-reference: a folder served from a hub, and twelve people with numbers to be registered.
# shellcheck shell=bash disable=SC2154,SC2034 # hub.bash and bats set some, the tests use others

# reference_world: the hub of a file, and its people.
reference_world() {
	export HUB=$BATS_FILE_TMPDIR/hub FACILITY=4719999999
	hub_init "$HUB" --people 60 --seed 7
	hub_start "$HUB"
	oq-hub people "$HUB" | jq -cn '[inputs | select(.insured.branch)][:12] | to_entries[] | .key as $n | .value | {id,
		row: {phone: "099-000-0000"}, insured: (.insured + {reference_number: "P-\($n)"})}' >"$BATS_FILE_TMPDIR/people"
}

# reference_setup: each test has the people, and a directory of its own.
reference_setup() {
	hub_use "$HUB"
	cd "$BATS_TEST_TMPDIR" || return
	cp "$BATS_FILE_TMPDIR/people" .
	serving=
}

# desk_start [OPTION ...]: serves desk, and waits until it is.
desk_start() {
	: >served
	oq-terminal desk --facility "$FACILITY" --settle 0ms --scan 20ms "$@" >served 2>>desk.log 3>&- &
	serving=$!
	wait_for 20 test -s served || { cat desk.log; return 1; }
}

desk_stop() {
	[ -z "$serving" ] || { kill -TERM "$serving" && wait "$serving"; } || true
	serving=
}

# reference_teardown: what a sanitiser has found.
reference_teardown() {
	desk_stop
	run ! grep -hE 'ERROR: (Address|Leak)Sanitizer|runtime error:' desk.log err
}

# faults ROW ...: the schedule with those rows.
faults() {
	printf '%s\n' requests,fault,value "$@" >faults.csv
}

# register [OPTION ...]: over the folder, one request after the other, so that it is known which is which.
register() {
	status=0
	oq-reference --via "terminal:$PWD/desk" --facility "$FACILITY" --jobs 1 --settle 20ms --scan 100ms \
		--poll 100ms --note-after 1s --give-up 3s "$@" 2>err || status=$?
}

# told: what became of each line.
told() {
	jq -r '"\(.insured.reference_number) \(.registration.status // .error.code)"' "$@"
}

nothing_left() {
	assert_equal "$(find desk/req desk/res -type f)" ""
}
