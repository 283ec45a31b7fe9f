# oq-terminal: every fault of its schedule, in every combination of two, as oq-query sees it for drugs and
# for checkups. (tests/terminal.bats has the same for insurance.)
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper

setup_file() {
	load helper
	export HUB=$BATS_FILE_TMPDIR/hub FACILITY=4719999999
	hub_init "$HUB" --name localhost --people 300 --seed 7
	hub_start "$HUB"
}

teardown_file() {
	hub_stop
}

setup() {
	hub_use "$HUB"
	export OQ_VIA=${OQ_VIA/127.0.0.1/localhost}
	cd "$BATS_TEST_TMPDIR" || return
}

# pairs: each fault with itself and with every other, a line each. Those that wait for a later answer
# never come so close that they wait for each other.
pairs() {
	local faults=(slow order pending half encoding error twice never) a b
	for b in "${!faults[@]}"; do
		for ((a = 0; a <= b; a++)); do echo "${faults[a]} ${faults[b]}"; done
	done
}

# schedule N: that of the pairs. N is 1: both befall one request; two rows of one fault are as good as one.
# N is 2: of the two requests of a question each has one of them.
schedule() {
	local -A values=([slow]=300 [order]=1 [pending]=300 [half]=0 [error]=SYN-E-1234 [twice]=300)
	local n=0 a b
	echo requests,fault,value
	while read -r a b; do
		n=$((n + $1))
		printf '%s\n' "$((n - $1 + 1)),$a,${values[$a]-}" "$n,$b,${values[$b]-}"
	done < <(pairs)
}

# seen FAULT [FAULT]: what oq-query makes of faults of one request: the worse one decides.
seen() {
	case " $* " in
	*" never "*) echo terminal-silent ;;
	# UTF-8 that says it is code page 932 is one or the other, as its characters happen to be.
	*" half "* | *" encoding "*) echo oqs-not-well-formed,terminal-answer-damaged ;;
	*" error "*) echo oqs-refused,SYN-E-1234 ;;
	*) echo answered ;;
	esac
}

# taken FOLDER N: waits until N questions are remembered as sent, and nothing lies in req, or is about to:
# in this order, since a question is prepared there before it is remembered.
taken() {
	local pause
	for pause in .02 .05 .1 .2 {,,,,,,,,,,,}{.5,.5,.5,.5,.5}; do
		[ "$(sqlite3 "$1.db" 'SELECT count(*) FROM asked')" = "$2" ] && [ -z "$(ls -A "$1/req")" ] && return
		sleep "$pause"
	done 2>/dev/null
	return 1
}

# ask FOLDER OPTION ...: asks for the lines, the next one when those before it have been taken, so that
# it is known which request is which.
ask() {
	local n=0 line
	mkfifo "$1.lines"
	oq-query --via "terminal:$PWD/$1" --facility "$FACILITY" --settle 50ms --scan 100ms --note-after 1s \
		--give-up 5s --as-completed --journal "$1.db" "${@:2}" <"$1.lines" >"$1.out" 2>"$1.err" 3>&- &
	exec 5>"$1.lines"
	while read -r line; do
		n=$((n + 1))
		echo "$line" >&5
		taken "$1" "$n" || break
	done <lines
	exec 5>&-
	wait $! || echo $? >"$1.status"
}

# befall FOLDER OPTION ...: the same, with a terminal that misbehaves.
befall() {
	mkdir -p "$1/.oq-terminal" "$1/req"
	cp cards/.oq-terminal/note-* "$1/.oq-terminal"
	schedule $(($# - 1)) >"$1.csv"
	oq-terminal "$1" --facility "$FACILITY" --settle 0ms --scan 20ms --faults "$1.csv" >"$1.served" 2>"$1.log" 3>&- &
	local serving=$!
	wait_for 20 test -s "$1.served" && ask "$@"
	kill -TERM "$serving"
	wait "$serving"
}

# differ FOLDER OPTION ...: of what came of the pairs, what should not have.
differ() {
	local n=0 a b
	while read -r a b; do
		n=$((n + 1))
		printf '%s\t%s\t%s\t' "$n" "$a" "$b"
		if [ $# -eq 2 ]; then
			seen "$a" "$b"
		else
			printf '%s\t%s\n' "$(seen "$a")" "$(seen "$b")"
		fi
	done < <(pairs) | jq -Rr --args --slurpfile all "$1.out" -f "$OQ_TREE/tests/terminal-pairs.jq" -- "${@:2}"
}

@test "every fault, and every two of them, ends in the right record, for drugs and for checkups" {
	local person folder purpose befalling
	for person in 13 14 16; do
		oq-hub card add "$HUB" "$person" --out "card$person"
		oq-terminal --card "card$person" --facility "$FACILITY" --consent drugs=given --consent checkups=given \
			cards >/dev/null 2>&1
	done
	oq-read-card --face cards/face --facility "$FACILITY" --state "$PWD" >records 2>/dev/null
	assert_equal "$(wc -l <records)" 3
	# The same person's consents of another second are another question. The last three have no fault.
	jq -cn '[inputs] as $three | range(1; 40) as $n | $three[($n - 1) % 3] | .id = $n | .eligibility.consents |= map_values(
		if .given_at then (.given_at, .expires_at) |= ((.[:19] + "Z" | fromdate - $n | todate[:19]) + "+09:00") else . end)' <records >lines
	befall drugs --drugs &
	befalling=($!)
	befall both --drugs --checkups &
	befalling+=($!)
	befall checkups --checkups
	wait "${befalling[@]}"
	for folder in drugs checkups both; do
		assert_equal "$(cat "$folder.status")" 3
		assert_equal "$(jq .id "$folder.out" | sort -n | xargs)" "$(seq -s ' ' 39)"
	done
	# Three people, with something each, so that an answer for another than was asked would show.
	for purpose in drugs checkups; do
		assert_equal "$(jq -c --arg purpose "$purpose" 'select(.id > 36) | .medical[$purpose] | select(length > 0)' both.out | sort -u | wc -l)" 3
	done
	assert_equal "$(differ drugs --drugs)" ""
	assert_equal "$(differ checkups --checkups)" ""
	assert_equal "$(differ both --drugs --checkups)" ""
	run ! grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:' ./*.log ./*.err
}
