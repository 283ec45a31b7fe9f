# Patience: waiting for a hub that fails or is busy, at a pace, while what is answered rests in the
# journal.
# shellcheck disable=SC2154 # set by patience.bash and hub.bash

bats_require_minimum_version 1.5.0
load helper
load hub
load patience

@test "wrong use: patience without a journal, an hour that is none, a pace that is none" {
	export OQ_VIA=https://localhost:1/ OQ_CA=hub/ca.pem
	run -2 oq-verify --retry-for 31s <"$WORLD/ten.jsonl"
	assert_output --partial '--retry-for of more than 30s needs --journal'
	for hour in 24:00 6:00 06:60 06.00 06:0x soon; do
		run -2 oq-verify --until $hour <"$WORLD/ten.jsonl"
		assert_output --partial "--until $hour: it should look like 06:00"
	done
	run -2 oq-verify --rate 0 <"$WORLD/ten.jsonl"
}

# waits OPTION...: starts a run whose first window is not answered, and lets it ask all others.
waits() {
	faulty 1,slow,600000
	oq-verify --journal j.db "$@" <"$people" >out 2>err 3>&- &
	pid=$!
	wait_for 60 answered "$n" || fail "$(metric oq_hub_lines_total) of $n: $(cat err)"
	assert_file_empty out
}

@test "while the first line waits asking goes on, and the answers rest in the journal" {
	waits --timeout 6s
	wait "$pid" || [ $? -le 3 ]
	cp out rested
	assert_equal "$(jq -r 'select(.error or .eligibility.reused).id' out)" ''
	# As a run that nothing held back.
	verify <"$people"
	cmp <(answers rested) <(answers out)
	assert_equal "$(oq-hub audit hub | jq -r 'select(.kind == "replay") | .ask' | wc -l)" 256
}

@test "killed while answers rest, it is taken up, and nothing is asked twice" {
	waits --timeout 600s
	kill -KILL "$pid"
	wait "$pid" || true
	verify --journal j.db <"$people"
	once
	assert_equal "$(codes out)" "$n answered"
	cp out rested
	verify <"$people"
	cmp <(answers rested) <(answers out)
}

@test "without a journal no more is asked than memory holds for" {
	faulty 1,slow,600000
	oq-verify <"$people" >out 2>err 3>&- &
	pid=$!
	wait_for 20 answered 1280
	kill -TERM "$pid"
	wait "$pid" || assert_equal $? 3
	assert_equal "$(metric oq_hub_lines_total)" 1280
	assert_equal "$(wc -l <out)" "$n"
}

@test "--retry-for outlasts a hub that fails, and one that is busy" {
	faulty 1-2,status,502 3,garbled, '4,status,503 1' 5,status,429
	verify --journal j.db --retry-for 2h --jobs 1 <"$WORLD/ten.jsonl"
	assert_equal "$(codes out)" '10 answered'
	assert_equal "$(metric oq_hub_requests_total)" 6
	assert_equal "$(grep -c '' err)" 1
}

@test "--rate holds the windows apart, and makes them small" {
	faulty
	head -n 30 "$people" >thirty
	SECONDS=0
	verify --rate 600 <thirty
	assert_equal "$(codes out)" '30 answered'
	assert_equal "$(metric oq_hub_requests_total)" 3
	[ $SECONDS -ge 2 ]
}
