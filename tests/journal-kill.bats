# A run with a journal, killed at any moment and run again: as if nothing had been. `make torture`
# does it two hundred times with twenty thousand lines.

bats_require_minimum_version 1.5.0
load helper

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	export WORLD=$PWD
	local people=1500
	[ "$OQ_ROUNDS" -le 10 ] || people=16500
	hub_init fresh --people $people --seed 11
	# One line in seven asks what an earlier one, near or far, has asked.
	oq-hub people fresh | jq -c --slurp 'unique_by(.insured) | to_entries[] | .value +
		{id: .key} | {id, visit_date, insured}' | awk '{ line[NR] = $0; print }
		NR % 7 == 0 { print line[NR - NR % 5] }
		END { for (i = 1; i <= NR; i += 11) print line[i] }' >lines.jsonl
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	hub_stop
}

# answers FILE: the records without the two times that no two runs share.
answers() {
	jq -c 'del(.eligibility.asked_at, .eligibility.answered_at)' "$1"
}

# fresh_hub: one whose audit is empty.
fresh_hub() {
	hub_stop
	rm -rf hub
	cp -r "$WORLD/fresh" hub
	hub_start hub
	seen=0
}

# killed: starts a run and kills it at a random moment of the time that a whole one takes. 1 when
# it was faster.
killed() {
	local ms=$((RANDOM * whole_ms / 32768)) pid
	oq-verify --journal j.db --lane batch <"$WORLD/lines.jsonl" >part 2>err 3>&- &
	pid=$!
	sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ $? -eq 137 ]
}

# one_round: kills a run, and every other time the next one too, and runs it again to its end; all
# of it is as one run that nobody disturbed. 2 when a run could not be killed.
one_round() {
	rm -f j.db*
	killed || return 2
	((RANDOM % 2)) || killed || return 2
	oq-verify --journal j.db <"$WORLD/lines.jsonl" >out 2>err || [ $? -le 3 ] || fail "$(cat err)"
	cmp <(answers out) undisturbed || fail "the output differs"
	oq-hub audit hub | tail -n "+$((seen + 1))" | jq -r '"\(.kind) \(.ask)"' >audit
	sort -u audit >asks
	assert_equal "$(grep -c '^verify' asks)" "$distinct"
	assert_equal "$(cut -d' ' -f2 asks | sort -u | wc -l)" "$distinct"
	seen=$((seen + $(wc -l <audit)))
}

@test "killed at any moment and run again, as if nothing had been (OQ_ROUNDS)" {
	local done=0 tries=0 whole_ms distinct status seen
	[ "$OQ_ROUNDS" -le 10 ] || assert [ "$(wc -l <"$WORLD/lines.jsonl")" -ge 20000 ]
	distinct=$(jq -c .insured "$WORLD/lines.jsonl" | sort -u | wc -l)
	fresh_hub
	whole_ms=$(date +%s%3N)
	oq-verify --journal whole.db <"$WORLD/lines.jsonl" >whole 2>err || [ $? -le 3 ]
	whole_ms=$(($(date +%s%3N) - whole_ms))
	answers whole >undisturbed
	fresh_hub
	while [ $done -lt "$OQ_ROUNDS" ]; do
		tries=$((tries + 1))
		[ $tries -le $((OQ_ROUNDS * 20)) ] || fail "only $done of $tries runs could be killed"
		status=0
		one_round || status=$?
		if [ $status -eq 2 ]; then
			fresh_hub # what it has asked until then is not counted
			continue
		fi
		[ $status -eq 0 ] || return 1
		done=$((done + 1))
		((done % 10)) || fresh_hub
	done
}
