# What may go wrong in a night that nobody watches: right status, right actor, and nothing lost.
# shellcheck disable=SC2154 # set by patience.bash and hub.bash

bats_require_minimum_version 1.5.0
load helper
load hub
load patience

# begins OPTION...: a run of which the first 2000 lines are answered, or nearly so, and which waits
# for more; begun FILE: what is left of the people, and its end.
begins() {
	mkfifo lines
	oq-verify "$@" <lines >out 2>err 3>&- &
	pid=$!
	exec 25>lines
	head -n 2000 "$people" >&25
	wait_for 20 test -s out
}

ends() {
	exec 25>&-
	status=0
	wait "$pid" || status=$?
	rm lines
	cmp <(jq .id out) <(jq .id "$people")
}

@test "the hub is killed and comes again on its port: every line is answered, once" {
	hub_start hub
	local port=${OQ_VIA##*:}
	begins --journal j.db --retry-for 2h
	kill -KILL "$hub_pid"
	wait "$hub_pid" || true
	tail -n +2001 "$people" >&25 3>&- & # it takes no more than it has room for
	local rest=$!
	wait_for 60 grep -q 'The hub cannot be reached' err
	hub_start hub --listen "127.0.0.1:${port%/}" 25>&-
	wait "$rest"
	ends
	assert_equal "$(codes out)" "$n answered"
	once
}

@test "after an outage --retry-unknown asks the day's file for what is unknown, and for nothing else" {
	hub_start hub
	begins --journal j.db --retry-for 1s
	hub_stop
	tail -n +2001 "$people" >&25
	ends
	assert_equal "$status" 3
	assert_regex "$(codes out)" '^[0-9]+ answered [0-9]+ hub-unreachable$'
	cp out day
	hub_start hub
	verify --journal j.db --retry-unknown <day
	assert_equal "$(codes out)" "$n answered"
	once
	# Whoever was known stays as he was, to the byte. Any window may be the one that was lost.
	cmp <(jq -c 'select(.error | not)' day) <(awk 'NR == FNR { day[$0]; next } $0 in day' day out)
}

# jumps TIME: the run's clock shows another time, and goes on from there.
jumps() {
	printf '%s\n' "$1" >clock.new
	mv clock.new clock
}

# on_clock COMMAND...: runs it by that clock.
on_clock() {
	TZ=Asia/Tokyo LD_PRELOAD=$(faketime -f +0 printenv LD_PRELOAD) FAKETIME_TIMESTAMP_FILE=$PWD/clock \
		FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 "$@"
}

@test "--until stops as a signal does: what is under way is answered, the rest leaves as not asked" {
	faulty always,slow,2500
	local day
	day=$(TZ=Asia/Tokyo date -d tomorrow +%F)
	jumps "@$day 05:00:00"
	on_clock oq-verify --journal j.db --until 06:00 <"$people" >out 2>err 3>&- &
	pid=$!
	wait_for 20 answered 1 # but held back: the answers are slow
	jumps "@$day 06:00:01"
	status=0
	wait "$pid" || status=$?
	assert_equal "$status" 3
	cmp <(jq .id out) <(jq .id "$people")
	assert_regex "$(codes out)" "^[0-9]+ answered [0-9]+ not-asked-stopped$"
	assert_equal "$(jq -r 'select(.error).error | "\(.actor) \(.retry)"' out | sort -u)" 'operator now'
	assert_regex "$(tail -n 1 err)" "^oq-verify: read $n, yes "
	# In the morning somebody asks for the rest.
	hub_stop
	cp out day
	hub_start hub
	verify --journal j.db --retry-unknown <day
	assert_equal "$(codes out)" "$n answered"
	once
}

@test "the clock jumps: nothing is lost, no time out is longer or shorter, and --until looks at it" {
	hub_start hub
	local day left=300
	# The day before it is to come, too: the hub's certificate is not valid earlier.
	day=$(TZ=Asia/Tokyo date -d '2 days' +%F)
	jumps "@$day 05:00:00"
	mkfifo lines
	for until in '' 06:00; do
		# shellcheck disable=SC2086 # none or one
		on_clock oq-verify --journal j.db ${until:+--until $until} <lines >out 2>err 3>&- &
		pid=$!
		exec 25>lines
		head -n 300 "$people" >&25
		wait_for 20 test -s out
		jumps "@$(date -d "$day -1 day" +%F) 03:00:00"
		sed -n 301,600p "$people" >&25
		wait_for 20 grep -q '"id":599,' out
		jumps "@$day 06:00:01"
		if [ -n "$until" ]; then
			wait_for 20 grep -q '^oq-verify: read 600,' err
			left=0
		fi
		tail -n +601 "$people" | head -n $left >&25
		exec 25>&-
		status=0
		wait "$pid" || status=$?
		assert_equal "$(codes out)" "$((600 + left)) answered"
		[ -z "$until" ] || assert_equal "$status" 3
		jumps "@$day 05:00:00"
	done
}

@test "our certificate expires while it asks: what is left leaves as that, and can be asked again" {
	hub_start hub
	local port=${OQ_VIA##*:}
	begins --journal j.db
	# The hub's clock has passed it when the next connection is made.
	hub_stop
	LD_PRELOAD=$(faketime -f +0 printenv LD_PRELOAD) FAKETIME=+9000d \
		hub_start hub --listen "127.0.0.1:${port%/}" 25>&-
	tail -n +2001 "$people" >&25
	ends
	assert_equal "$status" 3
	hub_stop
	assert_regex "$(codes out)" '^[0-9]+ answered [0-9]+ certificate-refused$'
	assert_equal "$(jq -r 'select(.error).error.actor' out | sort -u)" operator
	assert_regex "$(cat err)" 'TLS alert 45'
	# When it has been renewed.
	mv out day
	hub_start hub
	verify --journal j.db --retry-unknown <day
	assert_equal "$(codes out)" "$n answered"
	once
}

@test "the journal's directory vanishes: what was asked leaves, the rest is not asked without it" {
	hub_start hub
	for how in 'rm -r kept' 'mv kept elsewhere'; do
		mkdir kept
		begins --journal kept/j.db
		$how
		tail -n +2001 "$people" >&25
		ends
		assert_equal "$status" 7
		assert_regex "$(codes out)" '^[0-9]+ answered [0-9]+ journal-failed$'
		assert_equal "$(jq -r 'select(.error).error | "\(.actor) \(.retry)"' out | sort -u)" 'operator later'
		assert_equal "$(grep -c 'The journal failed' err)" 1
		rm out
	done
	# Moved, it still is one: nothing that it knows gets another identity.
	mv elsewhere kept
	verify --journal kept/j.db <"$people"
	assert_equal "$(codes out)" "$n answered"
	assert_equal "$(sqlite3 kept/j.db 'SELECT count(*), count(DISTINCT key) FROM question')" "$n|$n"
}
