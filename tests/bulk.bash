# For the tests of oq-verify --bulk: a hub, and a folder that oq-terminal serves from it.
# shellcheck shell=bash

# bulk_world: the hub of a test file, its people, and what it answers over https.
bulk_world() {
	export WORLD=$BATS_FILE_TMPDIR
	hub_init "$WORLD/hub" --people 120 --seed 11
	hub_start "$WORLD/hub"
	oq-hub people "$WORLD/hub" | jq -c --slurp 'unique_by(.insured) | to_entries[] | .value +
		{id: .key} | {id, visit_date, insured}' >"$WORLD/people"
	oq-verify <"$WORLD/people" >"$WORLD/over-https" || [ $? -le 3 ]
}

# bulk_setup: a test begins.
bulk_setup() {
	hub_use "$WORLD/hub"
	cd "$BATS_TEST_TMPDIR" || return
	ln -s "$WORLD/people" "$WORLD/over-https" .
	export today tomorrow
	today=$(TZ=Asia/Tokyo date +%F)
	tomorrow=$(TZ=Asia/Tokyo date -d '1 day' +%F)
	serving=
}

# desk_start [FAULT ...]: serves the folder desk, with those rows of a schedule.
desk_start() {
	printf '%s\n' requests,fault,value "$@" >faults.csv
	: >served
	oq-terminal desk --facility 4719999999 --settle 0ms --scan 10ms --faults faults.csv \
		>served 2>>desk.log 3>&- &
	serving=$!
	wait_for 20 test -s served || { cat desk.log; return 1; }
}

desk_stop() {
	[ -n "$serving" ] || return 0
	kill -TERM "$serving" 2>/dev/null || true
	wait "$serving" || true
	serving=
	if grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:' desk.log; then
		cat desk.log
		return 1
	fi
}

# bulk [OPTION ...]: over the folder.
bulk() {
	run --separate-stderr oq-verify --via "terminal:$PWD/desk" --facility 4719999999 \
		--settle 20ms --poll 100ms "$@"
}

outcomes() {
	jq -r '.eligibility.status // .error.code' | sort | uniq -c | xargs
}

statuses() {
	jq -c '[.id, .eligibility.status // .error.code]' "$@"
}

# jobs: what the terminal was given, a line each: the day, and how many persons.
jobs_of() {
	cat desk/.oq-terminal/bulk-* 2>/dev/null | jq -r '"\(.visit_date) \(.persons | length)"' | sort
}

# asked_once: no person was submitted twice.
asked_once() {
	[ -z "$(cat desk/.oq-terminal/bulk-* | jq -c '.persons[].insured' | sort | uniq -d)" ]
}

nothing_left() {
	assert_equal "$(find desk/req desk/res -type f)" ""
}

any_job() {
	[ -n "$(find desk/.oq-terminal -name 'bulk-*')" ]
}
