# The consent ledger (PROTOCOL 3): what is changed in it is found, what a crash leaves is not called
# tampering, and nothing is lost or doubled wherever a run is killed.
bats_require_minimum_version 1.5.0
load helper
load card

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	openssl ecparam -name prime256v1 -genkey -noout -out facility.key
	openssl req -new -x509 -key facility.key -subj /CN=4719999999 -days 30 -out facility.pem
	openssl ecparam -name prime256v1 -genkey -noout -out other.key
	openssl req -new -x509 -key other.key -subj /CN=4719999999 -days 30 -out other.pem
	mkdir card
	openssl genrsa -out card/auth.key 2048 2>/dev/null
	openssl req -new -x509 -key card/auth.key -subj /CN=card -days 30 -outform DER \
		-out card/auth.der
	chmod 600 ./*.key
	"$OQ_BUILD/tests/ledger" make big 4719999999 facility.pem facility.key 1000
	"$OQ_BUILD/tests/ledger" make small 4719999999 facility.pem facility.key 7
}

setup() {
	W=$BATS_FILE_TMPDIR
	cd "$BATS_TEST_TMPDIR" || return 1
	export OQ_CERT=$W/facility.pem OQ_KEY=$W/facility.key OQ_FACILITY=4719999999
	export OQ_VIA=https://hub.test/ OQ_LEDGER=$PWD/ledger
}

# record: one of a card, to be asked.
record() {
	jq -cn --arg presence "$(presence "$W/card" '.aud = "hub.test"')" '{card: {presence: $presence}}'
}

# grant [OPTION ...]: --grant drugs.
# shellcheck disable=SC2120
grant() {
	oq-consent --grant drugs --operator tanaka "$@"
}

# state [OPTION ...]: what check-ledger says, as "STATE N PROVEN-TO TORN".
state() {
	oq-consent check-ledger "$@" 2>err | jq -r '"\(.state) \(.n) \(.proven_to) \(.torn_bytes)"'
}

@test "a bit that is flipped anywhere is found, in the line that it is in" {
	run "$OQ_BUILD/tests/ledger" flip "$W/small" "$W/facility.pem" 4 "$RANDOM"
	assert_success
	assert [ "$output" -gt 500 ]
	run "$OQ_BUILD/tests/ledger" flip "$W/big" "$W/facility.pem" 60000 "$RANDOM"
	assert_success
	assert [ "$output" -gt 10 ]
}

@test "an entry removed, doubled, moved, and the end cut off: the first is named" {
	run "$OQ_BUILD/tests/ledger" edit "$W/big" "$W/facility.pem"
	assert_success
	assert [ "$output" -ge 20 ]
}

@test "the three answers, as records and statuses" {
	cp "$W/small" ledger
	run -3 --separate-stderr oq-consent check-ledger
	assert_equal "$(jq -r .state <<<"$output")" not-proven
	OQ_BUILD=$OQ_BUILD "$OQ_TREE/tests/validate" -d ledger_check <<<"$output"
	oq-consent checkpoint >points
	run -0 --separate-stderr oq-consent check-ledger --against points
	assert_equal "$(jq -r '"\(.state) \(.n) \(.proven_to)"' <<<"$output")" "whole 8 8"
	sed -i 3d ledger
	run -1 --separate-stderr oq-consent check-ledger --against points
	assert_equal "$(jq -r '"\(.state) \(.n)"' <<<"$output")" "broken 2"
	OQ_BUILD=$OQ_BUILD "$OQ_TREE/tests/validate" -d ledger_check <<<"$output"
	assert_regex "$stderr" 'broken at entry 2'
	rm ledger
	run -7 --separate-stderr oq-consent check-ledger
	assert_output ""
}

@test "the end cut off shows by a receipt of the hub, a code of the patient, a checkpoint of the day sheet" {
	record | grant >held.jsonl 2>/dev/null
	jq -r .consent.receipt held.jsonl >token
	jq -r .consent.code held.jsonl >code
	head -n 1 ledger >short
	local held
	for held in held.jsonl token code; do
		run state --against $held
		assert_output "whole 1 1 0"
		run state --ledger short --against $held
		assert_output "broken 1 0 0"
	done
	oq-consent checkpoint >point
	head -n 2 ledger >short
	run state --ledger short --against point
	assert_output "broken 2 0 0"
	# And held with another content: the ledger was made anew from there.
	rm ledger
	record | grant >again.jsonl 2>/dev/null
	for held in held.jsonl token code; do
		run state --against $held
		assert_output "broken 1 0 0"
	done
}

@test "a ledger made anew with another key, or by another facility, is not ours" {
	"$OQ_BUILD/tests/ledger" make forged 4719999999 "$W/other.pem" "$W/other.key" 3
	run state --ledger forged
	assert_output "broken 1 0 0"
	run state --ledger forged --old-cert "$W/other.pem"
	assert_output "not-proven 3 0 0"
	sed 's/"facility":"4719999999"/"facility":"1312345678"/' "$W/small" >foreign
	chmod 600 foreign
	run state --ledger foreign
	assert_output --partial broken
	run -7 --separate-stderr grant --ledger foreign </dev/null
	assert_regex "$stderr" 'another institution'
}

@test "a torn append is set aside and entered as recovered; that is not tampering" {
	local bytes
	for bytes in 1 20 700; do
		cp "$W/small" ledger
		rm -f ledger.torn
		tail -n 1 "$W/small" | head -c "$bytes" >torn
		cat torn >>ledger
		run state
		assert_output "not-proven 7 0 $bytes"
		assert_regex "$(<err)" 'a crash'
		record | grant >out.jsonl 2>err2
		assert_regex "$(<err2)" "torn line of $bytes bytes"
		run state
		assert_output "not-proven 9 0 0"
		assert_equal "$(sed -n 9p ledger | jq -r .event)" recovered
		assert_equal "$(cat ledger.torn)" "$(cat torn)"
		assert_equal "$(sed -n 9p ledger | jq -r '.token | split(".")[1] | gsub("-"; "+") |
			gsub("_"; "/") | @base64d | fromjson | .torn')" "$(sha256sum <torn | cut -d ' ' -f 1)"
	done
}

@test "a first line that was torn is made anew" {
	printf '{"oq_led' >ledger
	chmod 600 ledger
	record | grant >out.jsonl 2>/dev/null
	run state
	assert_output "not-proven 2 0 0"
	assert_equal "$(cat ledger.torn)" '{"oq_led'
}

@test "what is newer, damaged or open to others is refused before anybody is asked" {
	sed '1s/"oq_ledger":1/"oq_ledger":2/' "$W/small" >newer
	printf 'no ledger\n' >damaged
	cp "$W/small" open
	chmod 600 newer damaged
	chmod 640 open
	local name
	while read -r name code; do
		cp -p "$name" before
		run -7 --separate-stderr grant --ledger "$name" < <(record)
		assert_output ""
		assert_regex "$stderr" "$code"
		cmp "$name" before
	done <<-END
		newer newer version
		damaged is damaged
		open Others can read
	END
}

@test "several desks at once: every receipt is an entry, and the chain is whole" {
	local i pids=()
	for i in 1 2 3 4 5 6; do
		{ for _ in 1 2 3 4; do record; done; } >"in$i"
		grant <"in$i" >"out$i" 2>"err$i" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	run state --against <(cat out?)
	assert_output "whole 24 24 0"
	assert_equal "$(jq -r .consent.receipt out? | sort -u | wc -l)" 24
}

# inject SPEC: one run of two records with that call killed or failing; 137 where it was killed.
inject() {
	env LD_PRELOAD="$OQ_BUILD/tests/inject.so" OQ_INJECT="$1" oq-consent --grant drugs \
		--operator tanaka <in >out.jsonl 2>err
}

@test "killed at every write, sync and truncation: whole or torn and recovered, nothing lost or doubled" {
	case $OQ_BUILD in *sanitized*) could_not_run "the interposer is not for sanitised programs" ;; esac
	make -s -C "$OQ_TREE" "BUILD=$OQ_BUILD" "$OQ_BUILD/tests/inject.so"
	{ record; record; } >in
	local call n status killed=0
	: >held
	for call in write fsync ftruncate; do
		for ((n = 1; n < 12; n++)); do
			status=0
			inject "$call:$n:0" || status=$?
			[ "$status" -eq 0 ] || [ "$status" -eq 137 ] || { cat err; return 1; }
			[ "$status" -eq 0 ] || killed=$((killed + 1))
			# What left is held; what was cut is no record.
			jq -Rc 'fromjson? | select(.consent.receipt)' out.jsonl >>held
			[ ! -s held ] || [ "$(oq-consent check-ledger --against held 2>/dev/null |
				jq -r .state)" != broken ] || { echo "$call $n"; return 1; }
		done
	done
	assert [ "$killed" -ge 6 ]
	grant <in >out.jsonl 2>err
	cat out.jsonl >>held
	run state --against held
	assert_output --regexp '^whole [0-9]+ [0-9]+ 0$'
	assert_equal "$(jq -r .consent.receipt held | sort | uniq -d)" ""
	# Each torn line is in the file beside; one killed in the midst of that is there twice.
	local recovered
	recovered=$(tail -n +2 ledger | jq -r 'select(.event == "recovered").n' | wc -l)
	assert [ "$recovered" -ge 1 ]
	assert [ "$recovered" -le "$(wc -l <ledger.torn)" ]
}

@test "killed at any moment, several desks at once: what left is in the ledger, once" {
	local round i line pids
	for ((i = 0; i < 20; i++)); do record; done >in
	: >held
	for ((round = 0; round < OQ_ROUNDS; round++)); do
		pids=()
		for i in 1 2 3; do
			# One after the other, so that each leaves before the next comes.
			while read -r line; do
				echo "$line"
				sleep 0.01
			done <in 2>/dev/null |
				oq-consent --grant drugs --operator tanaka >"out$i" 2>/dev/null 3>&- &
			pids+=($!)
		done
		wait_for 20 test -s out1
		sleep "0.0$((RANDOM % 10))"
		kill -KILL "${pids[@]}" 2>/dev/null || true
		wait "${pids[@]}" || true
		jq -Rc 'fromjson? | select(.consent.receipt)' out? >>held
		rm out?
	done
	assert [ "$(wc -l <held)" -ge "$OQ_ROUNDS" ]
	record | grant >out1 2>/dev/null
	cat out1 >>held
	run state --against held
	assert_output --regexp '^whole [0-9]+ [0-9]+ 0$'
	assert_equal "$(jq -r .consent.receipt held | sort | uniq -d)" ""
	assert_equal "$(oq-consent list | jq -r .consent | sort | uniq -d)" ""
}

@test "a disk that fills up: the record leaves as an error, and the ledger stays whole" {
	case $OQ_BUILD in *sanitized*) could_not_run "the interposer is not for sanitised programs" ;; esac
	make -s -C "$OQ_TREE" "BUILD=$OQ_BUILD" "$OQ_BUILD/tests/inject.so"
	{ record; record; } >in
	grant <in >/dev/null 2>&1
	local call
	for call in write:1:28 fsync:1:5; do
		inject "$call" || true
		assert_equal "$(jq -r .error.code out.jsonl | head -n 1)" file-unwritable
		assert_equal "$(jq -r 'has("consent")' out.jsonl | head -n 1)" false
		run state --against <(jq -c 'select(.consent)' out.jsonl)
		assert_output --regexp '^whole .* 0$'
	done
}
