# Lines split over machines with GNU parallel, as oq-night(7) has it: here over two hubs on one store.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	hub_init hub --people 900 --seed 5
	oq-hub people hub | jq -c --slurp 'unique_by(.insured)[] | select(.expected != "ambiguous")' >bookings.jsonl
	pids=()
	export OQ_CA=$PWD/hub/ca.pem OQ_CERT=$PWD/hub/facility.pem OQ_KEY=$PWD/hub/facility.key
}

teardown() {
	local pid
	for pid in "${pids[@]}"; do
		kill "$pid" && wait "$pid" || true
	done
	! grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:' log.*
}

# serve N [OPTION ...]: the N-th process on the store.
serve() {
	: >"url.$1"
	oq-hub serve hub "${@:2}" >"url.$1" 2>"log.$1" 3>&- &
	pids[$1]=$!
	wait_for 20 test -s "url.$1"
}

# The commands of the page that use the first word.
page_command() {
	sed -n '/^\.Sh EXAMPLES/,$p' "$OQ_TREE/man/oq-night.7" | mandoc -T utf8 -O width=500 -mdoc |
		sed -e 's/.\x08//g' -e ':a; /\\$/ { N; s/\\\n *//; ba }' | sed -n "s/^ *\\$ \($1 .*\)/\1/p"
}

# Each question that was answered in the audit, once for each time.
asked() {
	oq-hub audit hub | jq -r 'select(.kind == "verify") | .ask'
}

answers() {
	jq -c 'del(.eligibility.asked_at, .eligibility.answered_at, .eligibility.reused, .seq)' "$@"
}

# waits PART: its questions have left, and nothing has come back.
waits() {
	[ "$(sqlite3 "$1.db" "SELECT group_concat(DISTINCT state) FROM question")" = sent ]
}

@test "split over two hubs, jobs killed, and the job log run again: as one undisturbed run" {
	serve 1
	printf 'requests,fault,value\nalways,slow,60000\n' >faults
	serve 2 --faults faults
	cat url.1 url.2 >hubs
	eval "$(page_command split)"
	cmp <(cat part-0?.jsonl) bookings.jsonl
	again=$(page_command parallel)
	# Two of the four parts wait for the second hub when they are killed, and so is the hub.
	bash -c "$again" >said 2>&1 3>&- &
	run=$!
	for part in part-01 part-03; do
		wait_for 30 waits "$part"
		pkill -KILL -f "^oq-verify .*--journal $part\.db"
	done
	wait "$run" && false
	assert_equal "$(eval "$(page_command awk)" | sort | xargs)" "2 4"
	kill -KILL "${pids[2]}"
	wait "${pids[2]}" || true
	serve 2 --listen "$(sed 's,https://,,; s,/,,' url.2)"
	cmp hubs <(cat url.1 url.2)
	eval "$again"
	n=$(asked | wc -l)
	assert_equal "$(eval "$(page_command awk)")" ""
	# Once more, when nothing is left to do.
	eval "$again"
	assert_equal "$(asked | wc -l)" "$n"
	eval "$(page_command cat)"
	# Everybody was asked about once, whoever answered; and both chains hold.
	assert_equal "$n" "$(wc -l <bookings.jsonl)"
	assert_equal "$(asked | sort -u | wc -l)" "$n"
	oq-hub audit --verify hub | jq -e -s 'length == 2 and all(has("broken") | not)'
	oq-verify --via "$(cat url.1)" <bookings.jsonl >undisturbed || [ $? -eq 1 ]
	cmp <(answers undisturbed) <(answers night.jsonl)
}
