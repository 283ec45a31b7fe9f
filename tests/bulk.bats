# oq-verify --bulk through a shared folder that oq-terminal serves from a real hub.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper
load bulk

setup_file() {
	load helper
	load bulk
	bulk_world
}

teardown_file() {
	hub_stop
}

setup() {
	bulk_setup
}

teardown() {
	desk_stop
}

# --- submit, fetch

@test "submitted, and fetched by another run: one line for one, in order, the answers of the hub" {
	desk_start
	bulk --bulk submit <people
	assert_equal "$status" 3
	echo "$output" >pending
	assert_equal "$(jq -c .id pending)" "$(jq -c .id people)"
	assert_equal "$(jq -c '.eligibility | [.status, .as_of, (.reception_number | length), .actor, .next,
		(.asked_at | length)]' pending | sort -u)" "[\"pending\",\"$today\",18,\"facility\",\"ask-again-later\",25]"
	"$OQ_TREE/tests/validate" pending
	bulk --bulk fetch <pending
	echo "$output" >answered
	diff <(statuses answered) <(statuses over-https)
	assert_equal "$status" "$(jq -s 'map(.eligibility.status // "error") | if any(IN("error", "ambiguous")) then 3 else 1 end' answered)"
	"$OQ_TREE/tests/validate" answered
	assert_equal "$(jq -c 'has("error")' answered | sort -u)" false
	nothing_left

	# What was fetched stays as it is; the lines as they were submitted get the same answers again.
	bulk --bulk fetch <answered
	assert_equal "$output" "$(cat answered)"
	bulk --bulk fetch --changed-since over-https <pending
	assert_equal "$(jq -c '.eligibility | select(.status == "valid") | .changed' <<<"$output" | sort -u)" "[]"
	bulk --bulk fetch <people
	diff <(statuses <<<"$output") <(statuses answered)
	assert_equal "$(jobs_of)" "$today $(wc -l <people)"
	assert_equal "$(find desk/.oq-terminal -name 'bulk-*' | wc -l)" 1
}

@test "submitting again, before anything was fetched, submits nothing; equal lines are one" {
	desk_start
	head -n 5 people >five
	head -n 2 people >>five
	bulk --bulk submit <five
	echo "$output" >pending
	bulk --bulk submit <five
	diff <(jq -c 'del(.eligibility.reused)' pending) <(jq -c 'del(.eligibility.reused)' <<<"$output")
	assert_equal "$(jq -c '.eligibility.reused' pending | xargs)" "null null null null null true true"
	assert_equal "$(jobs_of)" "$today 5"
	bulk --bulk fetch <pending
	assert_equal "$(jq -c '.eligibility.reused' <<<"$output" | xargs)" "null null null null null true true"
	# Fetched, a yes or a no may be taken once more, and anything may be asked anew.
	bulk --bulk submit --reuse-within 12h <five
	assert_equal "$(jq -c '[.eligibility.reused, .eligibility.status == "pending"]' <<<"$output" | sort -u)" "[true,false]"
	assert_equal "$(jobs_of)" "$today 5"
	bulk --bulk submit <five
	assert_equal "$(jobs_of | xargs)" "$today 5 $today 5"
}

@test "a file for each visit date, and no more patients in one than --bulk-size" {
	desk_start
	head -n 25 people | jq -c --arg today "$today" --arg tomorrow "$tomorrow" '
		if .id % 5 < 3 then .visit_date = $today elif .id % 5 == 3 then .visit_date = $tomorrow
		else .visit_date = "2026-11-02" end' >mixed
	bulk --bulk --bulk-size 6 <mixed
	assert_equal "$(jobs_of | xargs)" "2026-11-02 5 $today 3 $today 6 $today 6 $tomorrow 5"
	assert_equal "$(jq -c '[.id, .visit_date, .visit_date == .eligibility.as_of]' <<<"$output")" \
		"$(jq -c '[.id, .visit_date, true]' mixed)"
	asked_once
}

@test "a result that is not ready is pending, and waited for with --wait" {
	desk_start 2-3,pending,1
	head -n 4 people >four
	bulk --bulk <four
	assert_equal "$status" 3
	assert_equal "$(outcomes <<<"$output")" "4 pending"
	bulk --bulk fetch --wait 60s <<<"$output"
	diff <(statuses <<<"$output") <(head -n 4 over-https | statuses)
	asked_once
	nothing_left
}

@test "told to stop while it waits: pending, 3, and the next run takes it up" {
	desk_start 2-9999,pending,1
	head -n 4 people >four
	oq-verify --via "terminal:$PWD/desk" --facility 4719999999 --bulk --wait 15m --poll 100ms --settle 20ms \
		<four >out 2>err 3>&- &
	pid=$!
	wait_for 20 any_job
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	assert_equal "$status" 3
	assert_equal "$(outcomes <out)" "4 pending"
	desk_stop
	desk_start 1,pending,1
	bulk --bulk --wait 60s <four
	diff <(statuses <<<"$output") <(head -n 4 over-https | statuses)
	asked_once
}

# --- days to come

@test "where a day to come is refused the question is asked as of today, and says so" {
	desk_start always,future
	head -n 6 people | jq -c --arg day "$tomorrow" 'if .id % 2 == 0 then .visit_date = $day else . end' >some
	bulk --bulk submit <some
	assert_equal "$(jq -r '.eligibility | "\(.status) \(.as_of)"' <<<"$output" | sort | uniq -c | xargs)" "6 pending $today"
	echo "$output" >pending
	bulk --bulk submit <some
	assert_equal "$(jq -r .eligibility.reception_number <<<"$output")" "$(jq -r .eligibility.reception_number pending)"
	bulk --bulk fetch <pending
	diff <(statuses <<<"$output") <(head -n 6 over-https | statuses)
	assert_equal "$(jq -r '.eligibility.as_of' <<<"$output" | sort -u)" "$today"
	assert_equal "$(jq -r '.visit_date' <<<"$output" | sort -u | wc -l)" 2
	asked_once
}

@test "with --as-of today nothing is asked about a day to come" {
	desk_start
	jq -c --arg day "$tomorrow" '.visit_date = $day' people | head -n 3 >some
	head -n 1 people | jq -c '.visit_date = "2026-11-02" | .id = "past"' >>some
	bulk --bulk submit --as-of today <some
	assert_equal "$(jq -r .eligibility.as_of <<<"$output" | xargs)" "$today $today $today 2026-11-02"
	bulk --bulk fetch <<<"$output"
	assert_equal "$(jq -r .eligibility.as_of <<<"$output" | xargs)" "$today $today $today 2026-11-02"
}

# --- what does not fit

@test "missing, foreign, doubled, contradicting units and wrong counts are said, and go to nobody" {
	desk_start always,missing,1 always,doubled,2 always,differing,3 always,foreign, always,counts, always,reversed,
	head -n 6 people >six
	bulk --bulk <six
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error.code // "-"' <<<"$output" | xargs)" \
		"oqs-identifier-missing - oqs-answers-differ - - -"
	diff <(statuses <<<"$output" | sed '1d;3d') <(head -n 6 over-https | statuses | sed '1d;3d')
	assert_equal "$(jq -c '.eligibility.flags // [] | map(select(. | startswith("same-key") | not))' <<<"$output" | xargs)" \
		"[] [identifier-repeated,counts-disagree] [] [counts-disagree] [counts-disagree] [counts-disagree]"
	assert_regex "$stderr" "does not fit: asked for 6, missing 1, nobody's 1, twice 1, twice and different 1; its own counts are wrong"
	assert_equal "$(jq -r '.error | select(. != null) | .retry' <<<"$output" | sort -u)" later
	run ! grep -qF "$(head -n 1 people | jq -r .insured.birth_date)" <<<"$stderr"
}

@test "what the other side refuses has its code and words, for a file that was submitted and for a result" {
	desk_start 1,error,SYN-X 3,error,SYN-Y
	head -n 2 people >two
	bulk --bulk submit <two
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error | .code + " " + .upstream.code' <<<"$output" | sort -u)" "oqs-refused SYN-X"
	bulk --bulk <two
	assert_equal "$(jq -r '.error | .code + " " + .upstream.code' <<<"$output" | sort -u)" "oqs-refused SYN-Y"
	bulk --bulk <two
	diff <(statuses <<<"$output") <(head -n 2 over-https | statuses)
	nothing_left
}

@test "a person who cannot be asked for is an error of his own" {
	desk_start
	head -n 3 people >three
	sed -n 2p people | jq -c '.insured.birth_date = "2027-01-01" | .id = "early"' >>three
	sed -n 2p people | jq -c 'del(.insured)' >>three
	echo 'not json' >>three
	bulk --bulk <three
	assert_equal "$(jq -r '.error.code // "-"' <<<"$output" | xargs)" "- - - birth-date-implausible insured-missing not-json"
	assert_equal "$(jobs_of)" "$today 3"
}

@test "the last known limit class goes along, and the answer says whether it changed" {
	desk_start
	jq -c '.insured.limit_certificate_consent = true' people | oq-verify >known || [ $? -le 3 ]
	jq -c '(.eligibility.policies[0].limit_certificate // empty) as $l | {id, visit_date,
		insured: (.insured + {limit_certificate: ($l | {kind, class})})}' known | head -n 2 >some
	sed -n 1p some | jq -c '.insured.limit_certificate.class = "A06" | .id = "other"' >>some
	bulk --bulk <some
	assert_equal "$(jq -c '.eligibility.policies[0] | [.limit_changed, has("limit_certificate")]' <<<"$output" | xargs)" \
		"[false,false] [false,false] [true,false]"
	bulk --bulk <<<"$(sed -n 1p some | jq -c '.insured.limit_certificate.class = "x"')"
	assert_equal "$(jq -r .error.pointer <<<"$output")" /insured/limit_certificate/class
}

# --- ways out

@test "over https the lines themselves are the batch" {
	head -n 1 people >one
	run --separate-stderr oq-verify --bulk <one
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error | .code + " " + .next' <<<"$output")" "not-over-this-route use-other-route"
	assert_regex "$(jq -r .error.detail <<<"$output")" "ask without --bulk"
}

@test "wrong use" {
	run -2 oq-verify --as-of today <people
	run -2 oq-verify --bulk --as-completed <people
	run -2 oq-verify --bulk=often <people
	run -2 oq-verify --bulk --bulk-size 0 <people
	run --separate-stderr oq-verify --bulk both --dry-run <people
	assert_success
	assert_equal "${#lines[@]}" "$(wc -l <people)"
}

@test "what was not submitted cannot be fetched" {
	desk_start
	head -n 1 people >one
	bulk --bulk fetch <one
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error | .code + " " + .next' <<<"$output")" "bulk-not-submitted submit-first"
}

@test "a terminal that takes nothing: taken back, and submitted by the next run" {
	mkdir -p desk/req desk/res
	head -n 3 people >three
	bulk --bulk submit --give-up 1s <three
	assert_equal "$status" 6
	assert_equal "$(outcomes <<<"$output")" "3 terminal-asleep"
	nothing_left
	desk_start
	bulk --bulk submit --retry-unknown <<<"$output"
	assert_equal "$(outcomes <<<"$output")" "3 pending"
	assert_equal "$(jobs_of)" "$today 3"
}

@test "taken and never accepted: not submitted again, however often" {
	desk_start 1,never,
	head -n 3 people >three
	for _ in 1 2; do
		bulk --bulk submit --give-up 1s <three
		assert_equal "$status" 6
		assert_equal "$(outcomes <<<"$output")" "3 terminal-silent"
	done
	desk_stop
	grep -q 'read 1,' desk.log
}

@test "two runs on one folder take each their own" {
	desk_start
	head -n 40 people >a
	tail -n 40 people >b
	for name in a b; do
		oq-verify --via "terminal:$PWD/desk" --facility 4719999999 --settle 20ms --journal $name.db \
			--bulk --bulk-size 7 --wait 60s --poll 100ms <$name >$name.out 2>/dev/null 3>&- &
		pids+=" $!"
	done
	for pid in $pids; do
		wait "$pid" || true
	done
	diff <(statuses a.out) <(head -n 40 over-https | statuses)
	diff <(statuses b.out) <(tail -n 40 over-https | statuses)
	nothing_left
}
