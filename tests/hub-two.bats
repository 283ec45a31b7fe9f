# oq-hub: several processes that serve one directory.
bats_require_minimum_version 1.5.0

load helper
load hub

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	hub_init hub --people 300 --seed 7
	HUB=$BATS_TEST_TMPDIR/hub
	pids=()
}

teardown() {
	local i
	for i in "${!pids[@]}"; do
		stop "$i"
	done
	if grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:' log.*; then
		return 1
	fi
}

# serve N: the N-th process on the directory; its address is in url.N.
serve() {
	: >"url.$1"
	oq-hub serve "$HUB" >"url.$1" 2>"log.$1" 3>&- &
	pids[$1]=$!
	wait_for 20 test -s "url.$1" || { cat "log.$1"; return 1; }
	export OQ_CA=$HUB/ca.pem OQ_CERT=$HUB/facility.pem OQ_KEY=$HUB/facility.key
}

# stop N [SIGNAL]
stop() {
	kill "-${2:-TERM}" "${pids[$1]}"
	wait "${pids[$1]}" || true
	unset "pids[$1]"
}

# by N FILE: the answers of the N-th process to the question lines of FILE.
by() {
	OQ_VIA=$(cat "url.$1") verify "$2"
}

@test "what one process has answered, the other repeats, and holds to" {
	serve 1
	serve 2
	oq-hub people hub --limit 40 | questions aa >asked
	by 1 asked >first
	by 2 asked >again
	cmp first again
	jq -c '.visit_date = "2026-01-01"' asked >other
	by 2 other | jq -e -s 'all(.error.code == "ask-reused")'
	# And the other way round, while the first has entries of its own in between.
	oq-hub people hub --limit 40 | questions bb >later
	by 2 later >first
	by 1 <(head -n 1 other) >/dev/null
	by 1 later | cmp - first
	[ "$(oq-hub audit hub | jq -s 'map(select(.kind == "replay")) | length')" -eq 80 ]
	# Two chains, both whole, and each goes on when another process takes its place.
	oq-hub audit --verify hub >chains
	jq -e -s 'length == 2 and (map(.entries) | add) == 201 and all(has("broken") | not)' chains
	stop 1
	serve 1
	by 1 later | cmp - first
	oq-hub audit --verify hub | jq -e -s --slurpfile were chains '
		map(.writer) == ($were | map(.writer)) and (map(.entries) | add) == 241'
}

@test "places are few, and who finds none is told so" {
	local n fd
	for n in '' -2 -3 -4 -5 -6 -7 -8; do
		exec {fd}>"hub/audit.lock$n"
		flock -n "$fd"
	done
	run oq-hub serve hub
	assert_failure 7
	assert_output --partial "by 8 processes"
}

@test "kill -9 of one of two loses no answer, and both chains hold" {
	local round client any=0
	oq-hub people hub --limit 64 | questions aaaaaa >base
	serve 1
	for ((round = 1; round <= (OQ_ROUNDS + 2) / 3; round++)); do
		serve 2
		askers=()
		for client in 1 2; do
			for i in {a..l}; do
				letter=$(tr 0-9 g-p <<<"$((round % 10))$client")
				sed "s/^{\"ask\":\".../{\"ask\":\"$letter$i/" \
					base >"part.$client.$i"
				by "$client" "part.$client.$i" >>"answered.$client" 2>/dev/null || break
			done &
			askers+=($!)
		done
		wait_for 20 test -s answered.2
		sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
		stop 2 KILL
		wait "${askers[@]}" || true
		cat answered.* | jq -rR 'fromjson? | .ask' | sort >got
		any=$((any + $(wc -l <got)))
		uniq -d got >twice
		[ ! -s twice ]
		# What is answered is in the audit once, in the chain of one of them.
		oq-hub audit hub | jq -r 'select(.kind == "verify") | .ask' | sort >kept
		[ -z "$(uniq -d kept)" ]
		comm -23 got kept >lost
		[ ! -s lost ] || { head lost; false; }
		oq-hub audit --verify hub | jq -e -s 'length == 2 and all(has("broken") | not)' >/dev/null
		# What the one was killed over is asked of the other: nothing gets a second answer.
		for part in part.2.*; do
			by 1 "$part"
		done | sort >after
		sort answered.2 | grep '}$' | comm -23 - after >changed
		[ ! -s changed ] || { head -c 2000 changed; false; }
		rm -f answered.* part.*
	done
	[ "$any" -gt 0 ]
}
