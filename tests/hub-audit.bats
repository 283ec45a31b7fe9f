# oq-hub: the audit and what is kept: chain, replays, kills.

load helper
load hub

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	hub_init hub --people 300 --seed 7
	HUB=$BATS_TEST_TMPDIR/hub
}

teardown() {
	hub_stop
}

serve() {
	hub_start "$HUB" --admin "$HUB/admin"
}

@test "an entry says who asked about whom, and never a name" {
	serve
	oq-hub people hub --limit 20 >people
	questions aa <people >asked
	verify asked -H 'Oq-Operator: desk 2' >answered
	oq-hub audit hub >audit
	[ "$(wc -l <audit)" -eq 20 ]
	jq -e -s 'all(.kind == "verify" and .facility == "4719999999" and .operator == "desk 2" and
		.purposes == []) and (map(.n) == [range(1; 21)])' audit
	cmp <(jq -r .result audit) <(jq -r .expected people)
	cmp <(jq -r .ask audit) <(jq -r .ask asked)
	# Where nobody, or more than one, was found, nobody is named.
	jq -e -s 'all((.result | test("not-found|ambiguous")) == (has("person") | not))' audit
	run grep -F "$(jq -r '.eligibility.policies[0].name // empty' answered | head -n 1)" audit
	assert_failure 1
	"$OQ_TREE/tests/validate" -d audit audit
}

@test "the same line again gets the same bytes, also after a kill" {
	serve
	oq-hub people hub --limit 256 | questions ab >asked
	verify asked >first
	sleep 1.1 # another second: the time of the first answer stands
	verify asked >again
	cmp first again
	kill -KILL "$hub_pid"
	wait "$hub_pid" || true
	serve
	verify asked >after
	cmp first after
	# In another order, together with what is new, one line at a time.
	oq-hub people hub | tail -n 5 | questions ac >new
	{ cat new; tac asked; } | head -n 256 >mixed
	verify mixed | tail -n +6 | cmp - <(tac first | head -n 251)
	head -n 1 asked >one
	verify one | cmp - <(head -n 1 first)
	[ "$(oq-hub audit hub | jq -s 'map(select(.kind == "replay")) | length')" -eq $((256 + 256 + 251 + 1)) ]
	oq-hub audit --verify hub | jq -e '.entries == 1025 and (has("broken") | not)'
}

@test "what was answered first stands, even when the people have changed since" {
	serve
	oq-hub people hub --limit 1 | questions ad >asked
	verify asked >first
	hub_stop
	# The cover is replaced: a new question no longer finds it.
	sqlite3 hub/people.db "UPDATE cover SET replaced_at = 1 WHERE person = 1;
		UPDATE setting SET value = value + 1 WHERE name = 'generation'"
	serve
	wait_for 20 warm
	verify asked | cmp - first
	sed 's/"ask":"ad/"ask":"ae/' asked >new
	verify new | jq -e '.eligibility.status == "not-found"'
}

@test "the same ask with other content is refused, and the first answer stands" {
	serve
	oq-hub people hub --limit 2 | questions af >asked
	verify asked >first
	jq -c '.visit_date = "2026-01-01"' asked >other
	verify other | jq -e -s 'all(.error.code == "ask-reused")'
	verify asked | cmp - first
	# Twice in one window, too.
	head -n 1 asked | sed 's/"ask":"af/"ask":"ag/' >one
	{ cat one; cat one; jq -c '.visit_date = "2026-01-01"' one; } >window
	verify window >three
	[ "$(jq -r '.error.code // "ok"' three | paste -sd,)" = ok,ok,ask-reused ]
	[ "$(head -n 2 three | uniq | wc -l)" -eq 1 ]
	[ "$(oq-hub audit hub | jq -r 'select(.ask | test("^ag")) | [.kind, .result] | join(" ")' | paste -sd,)" = \
		"verify valid,replay valid,verify ask-reused" ]
}

@test "an ask belongs to the facility that made it" {
	oq-hub facility add hub 4719999981
	serve
	oq-hub people hub --limit 1 | questions ah >asked
	verify asked >first
	jq -c '.visit_date = "2026-01-01"' asked >other
	verify other --cert hub/4719999981.pem --key hub/4719999981.key |
		jq -e '.eligibility.as_of == "2026-01-01"'
	verify asked | cmp - first
}

@test "after 48 hours an ask is forgotten" {
	# The clock stands still in each run of the server; the certificates have days to go.
	local start='2026-11-20 00:00:00'
	FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -f "$start" oq-hub init old --people 50 --seed 7
	HUB=$BATS_TEST_TMPDIR/old
	at() {
		: >"$HUB.url"
		FAKETIME_DONT_FAKE_MONOTONIC=1 faketime -f "$1" oq-hub serve "$HUB" --admin "$HUB/admin" \
			>"$HUB.url" 2>"$HUB.log" 3>&- &
		hub_pid=$!
		wait_for 20 test -s "$HUB.url"
		hub_use "$HUB"
	}
	ask_at() { # the client's clock is that of the server
		faketime -f "$1" curl -sS --cacert "$OQ_CA" --cert "$OQ_CERT" --key "$OQ_KEY" \
			-H 'Content-Type: application/x-ndjson' --data-binary @asked "${OQ_VIA}v1/verify"
	}
	end() {
		pkill -TERM -P "$hub_pid" 2>/dev/null || kill "$hub_pid"
		wait "$hub_pid" || true
		hub_pid=
	}
	oq-hub people old --limit 3 | questions ai >asked
	at '2026-11-20 01:00:00'
	ask_at '2026-11-20 01:00:00' >first
	end
	at '2026-11-22 00:59:59'
	ask_at '2026-11-22 00:59:59' | cmp - first
	end
	at '2026-11-22 01:00:00'
	ask_at '2026-11-22 01:00:00' >later
	end
	[ "$(wc -l <later)" -eq 3 ]
	run cmp -s first later
	assert_failure 1
	[ "$(oq-hub audit old | jq -r .kind | paste -sd' ')" = \
		"verify verify verify replay replay replay verify verify verify" ]
}

@test "no answer leaves before its entry is on the disk: kill -9 while windows are under way" {
	local round any=0
	oq-hub people hub --limit 64 | questions aaaaaa >base
	for client in a b c d; do
		for i in {00..29}; do
			sed "s/^{\"ask\":\"...../{\"ask\":\"$client-$i/" base
		done >"all.$client"
	done
	for ((round = 1; round <= OQ_ROUNDS; round++)); do
		serve
		for client in a b c d; do
			# New asks in each round; a digit is not of base32, so letters stand for digits.
			sed "s/-\(..\)/r$((round % 1000 + 1000))\1/" "all.$client" |
				sed 'h; s/^{"ask":"\(........\).*/\1/; y/0123456789/ghijklmnop/; G
					s/^\(.*\)\n{"ask":"......../{"ask":"\1/; s/\("ask":".\{26\}\)[^"]*/\1/' |
				split -l 64 - "part.$client."
		done
		askers=()
		for client in a b c d; do
			for part in "part.$client".*; do
				verify "$part" >>"answered.$client" 2>/dev/null || break
			done &
			askers+=($!)
		done
		sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
		kill -KILL "$hub_pid"
		wait "$hub_pid" || true
		hub_pid=
		# Not all children: one of them is the clock that limits this test.
		wait "${askers[@]}" || true
		# Whole lines only: the last reply may have been cut.
		cat answered.* 2>/dev/null | jq -rR 'fromjson? | .ask' | sort -u >got
		any=$((any + $(wc -l <got)))
		oq-hub audit hub | jq -r .ask | sort -u >kept
		comm -23 got kept >lost
		[ ! -s lost ] || { head lost; false; }
		oq-hub audit --verify hub | jq -e 'has("broken") | not' >/dev/null
		rm -f answered.* part.*
	done
	[ "$any" -gt 0 ]
}

@test "the chain is whole, and any change is found at its entry" {
	serve
	oq-hub people hub --limit 100 | questions al >asked
	split -l 10 asked window.
	for window in window.*; do
		verify "$window" >/dev/null
	done
	hub_stop
	run oq-hub audit --verify hub
	assert_success
	[ "$(jq -r .entries <<<"$output")" -eq 100 ]
	cp -r hub good

	# A byte of an entry's text.
	blob=$(sqlite3 hub/audit.db "SELECT hex(entries) FROM audit WHERE n = 41")
	operator=$(printf 4719999999 | od -An -tx1 | tr -d ' \n' | tr a-f A-F)
	changed=$(awk -v blob="$blob" -v what="$operator" 'BEGIN {
		for (i = 1; i <= 4; i++) { # the fourth entry of the row
			at = index(substr(blob, from + 1), what) + from
			from = at + length(what) - 1
		}
		print substr(blob, 1, at - 1) "35" substr(blob, at + 2)
	}')
	sqlite3 hub/audit.db "UPDATE audit SET entries = x'$changed' WHERE n = 41"
	run oq-hub audit --verify hub
	assert_failure 1
	[ "$(jq -r .broken <<<"$output")" -eq 44 ]
	[ "$(jq -r .entries <<<"$output")" -eq 43 ]

	# A row that is gone, one that is twice, two that have changed places, the first.
	while IFS='|' read -r entry sql; do
		rm -r hub && cp -r good hub
		sqlite3 hub/audit.db "$sql"
		run oq-hub audit --verify hub
		assert_failure 1
		[ "$(jq -r .broken <<<"$output")" -eq "$entry" ] || { echo "$sql: $output"; false; }
	done <<-'END'
		51|DELETE FROM audit WHERE n = 51
		11|UPDATE audit SET entries = (SELECT entries FROM audit WHERE n = 1) WHERE n = 11
		21|UPDATE audit SET id = id + 1000 WHERE n = 21
		1|DELETE FROM audit WHERE n = 1
		100|UPDATE audit SET entries = substr(entries, 1, length(entries) - 1) WHERE n = 91
	END

	# What was cut off at the end cannot be seen, only its hash missed.
	rm -r hub && cp -r good hub
	sqlite3 hub/audit.db "DELETE FROM audit WHERE n = 91"
	run oq-hub audit --verify hub
	assert_success
	[ "$(jq -r .entries <<<"$output")" -eq 90 ]
}

@test "every byte of every entry counts" {
	serve
	oq-hub people hub --limit 3 | questions am >asked
	verify asked >/dev/null
	hub_stop
	sqlite3 hub/audit.db "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE" >/dev/null
	blob=$(sqlite3 hub/audit.db "SELECT hex(entries) FROM audit")
	cp -r hub good
	for ((i = 0; i < ${#blob}; i += 2)); do
		flipped=$(printf '%02X' $((16#${blob:i:2} ^ 1)))
		sqlite3 hub/audit.db "UPDATE audit SET entries = x'${blob:0:i}$flipped${blob:i+2}'"
		run oq-hub audit --verify hub
		assert_failure 1
	done
}

@test "where it cannot be told, --verify says 3" {
	run oq-hub audit --verify nowhere
	assert_failure 3
	sqlite3 hub/audit.db "PRAGMA user_version = 99"
	run oq-hub audit --verify hub
	assert_failure 3
	head -c 20000 /dev/urandom >hub/audit.db
	run oq-hub audit --verify hub
	assert_failure 3
	run oq-hub audit hub
	assert_failure 7
}

@test "the hub does not begin on an audit whose end is damaged" {
	serve
	oq-hub people hub --limit 1 | questions an >asked
	verify asked >/dev/null
	hub_stop
	sqlite3 hub/audit.db "UPDATE audit SET entries = x'00'"
	run oq-hub serve hub
	assert_failure 7
	assert_output --partial "damaged"
}

@test "answers that cannot be made durable do not leave" {
	# The disk refuses from the moment the hub is asked.
	serve
	oq-hub people hub --limit 3 | questions ao >asked
	sqlite3 hub/audit.db >held 2>&1 < <(echo 'BEGIN IMMEDIATE; SELECT 1;'; sleep 12; echo 'ROLLBACK;') &
	holder=$!
	wait_for 5 test -s held
	verify asked -i | refused 503
	grep -qi '^retry-after: ' refusal
	wait "$holder"
	verify asked | jq -e -s 'length == 3 and all(.eligibility)'
	oq-hub audit --verify hub | jq -e '.entries == 3'
	[ "$(metric oq_hub_commit_failures_total)" = 1 ]
}

@test "one fsync at most for 256 lines of a stream" {
	command -v strace >/dev/null || could_not_run "no strace"
	serve
	wait_for 20 warm
	oq-hub people hub | head -n 256 | questions ap >asked
	strace -f -qq -e trace=fsync,fdatasync -o calls -p "$hub_pid" 2>/dev/null &
	tracer=$!
	wait_for 10 grep -q "TracerPid:.*$tracer" "/proc/$hub_pid/status" || could_not_run "may not trace"
	# Four windows in flight, as oq-verify has them.
	host=${OQ_VIA#https://}
	"$OQ_BUILD/tests/load" -a "${host%/}" -o "$hub_pid" -A "$OQ_CA" -C "$OQ_CERT" -K "$OQ_KEY" \
		-b asked -u /v1/verify -c 4 -n 100 -l 256
	[ "$(metric oq_hub_lines_total)" = 25600 ]
	kill "$tracer"
	wait "$tracer" || true
	[ "$(grep -cE '(fsync|fdatasync)\(' calls)" -le 100 ] || { cat calls; false; }
	[ "$(grep -cE '(fsync|fdatasync)\(' calls)" -ge 1 ]
}
