# For the tests of a run that nobody watches: five thousand people, and a hub for each test.
# shellcheck shell=bash
# shellcheck disable=SC2034 # used by whoever loads this

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	export WORLD=$PWD
	hub_init fresh --people 5000 --seed 12
	oq-hub people fresh | jq -c --slurp 'unique_by(.insured) | to_entries[] | .value +
		{id: .key} | {id, visit_date, insured}' >people.jsonl
	head -n 10 people.jsonl >ten.jsonl
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp -r "$WORLD/fresh" hub
	people=$WORLD/people.jsonl
	n=$(wc -l <"$people")
}

teardown() {
	hub_stop
}

# faulty FAULT...: a hub with these rows of a schedule of faults.
faulty() {
	printf 'requests,fault,value\n' >faults
	[ $# -eq 0 ] || printf '%s\n' "$@" >>faults
	hub_start hub --faults faults --admin "$PWD/hub/admin"
}

# verify [OPTION...] <FILE: writes out and err, sets status; status 1 and 3 are answers, too.
verify() {
	status=0
	oq-verify "$@" >out 2>err || status=$?
}

answers() {
	jq -c 'del(.eligibility.asked_at, .eligibility.answered_at)' "$1"
}

# once: the hub has answered each of the people under one identity.
once() {
	oq-hub audit hub | jq -r 'select(.kind == "verify") | .ask' >asks
	assert_equal "$(wc -l <asks)" "$n"
	assert_equal "$(sort -u asks | wc -l)" "$n"
}

answered() {
	[ "$(metric oq_hub_lines_total)" -ge "$1" ]
}

codes() {
	jq -r '.error.code // "answered"' "$1" | sort | uniq -c | xargs
}

