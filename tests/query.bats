# oq-query --via terminal:DIR, against a small terminal of the tests' own (terminal.bash).
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper
load terminal

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	terminal_start "$PWD/oqs"
}

teardown() {
	terminal_stop
}

# ago SECONDS: a time in Japan.
ago() {
	TZ=Asia/Tokyo date -d "@$(($(date +%s) - $1))" +%FT%T+09:00
}

# taps N...: what oq-read-card --face makes of a patient who agreed to everything: number N.
taps() {
	local n
	for n in "$@"; do
		jq -nc --arg n "$n" --arg from "$(ago 60)" --arg to "$(ago -86340)" '
			{decision: "given", given_at: $from, expires_at: $to, usable: true} as $given |
			{visit_date: $from[:10], eligibility: {status: "valid", source: "card", as_of: $from[:10],
				answered_at: $from, notices: [], reference_numbers: [], flags: [], covering: [0],
				policies: [{card_class: "01", insurer_number: "01479997", insurer_name: "全国架空健康保険協会", symbol: "９９",
					number: $n, branch: "01", name: "架空　太郎", birth_date: "1985-02-03"}],
				consents: {drugs: $given, treatments: $given, checkups: $given}},
			id: ("P" + $n), card: {method: "face-reader", assurance: "terminal", read_at: $from}}'
	done
}

# with FILTER: changes each line.
with() {
	jq -c "$1"
}

query() {
	run --separate-stderr oq-query "$@"
}

outcomes() {
	jq -r '.error.code // (.medical | [.refused[]?.decision, .failed[]?.error.code, (.drugs // [] | length),
		(.checkups // [] | length)] | join("/"))' <<<"$output" | xargs
}

taken() {
	find oqs/taken -type f -name "${1-}*" | wc -l
}

nothing_left() {
	assert_equal "$(find oqs/req oqs/res -type f)" ""
}

# --- what is asked, and what it becomes

@test "drugs and checkups become lists; each is one request, under one name" {
	query --drugs --checkups < <(taps 10)
	assert_success
	assert_equal "$stderr" "oq-query: read 1, yes 1, no 0, unknown 0"
	assert_equal "$(jq -c '.medical | [.asked, .refused, .route, has("treatments"), (.drugs | length),
		(.checkups | map(.examined_on))]' <<<"$output")" \
		'[["drugs","checkups"],[],"terminal",false,3,["2026-06-12","2025-06-05"]]'
	"$OQ_TREE/tests/validate" <(echo "$output")
	assert_equal "$(find oqs/taken -type f -printf '%f\n' | sed 's/.*_//' | sort -u | wc -l)" 1
	assert_equal "$(taken YZK) $(taken TKK) $(taken)" "1 1 2"
	nothing_left
}

@test "the requests are what the interface wants" {
	local now first
	taps 10 | with '.eligibility.policies[0].insurer_number = "479998"' >in
	query --drugs --treatments --checkups --months 3 <in
	assert_success
	cd oqs/taken
	oq-message decode ./*.xml 2>/dev/null >../../requests
	cd ../..
	now=$(TZ=Asia/Tokyo date +%Y-%m)
	first=$(date -d "$now-01 -2 months" +%Y-%m)
	assert_equal "$(jq -c 'select(.oqs.type == "YZKsiquc01req") | [.oqs.institution_code, .oqs.asked, .insured]' requests)" \
		'["4719999996",{"month_from":"'"$first"'","month_to":"'"$now"'","file_category":"4","prescriptions":"1","care":"1"},{"insurer_number":"479998","symbol":"９９","number":"10","branch":"01"}]'
	assert_equal "$(jq -c 'select(.oqs.type == "TKKsiquc01req") | [.oqs.asked, .insured.number]' requests)" \
		'[{"file_category":"2","prescriptions":"1","care":"1"},"10"]'
	grep -q '<InsurerNumber>  479998</InsurerNumber>' oqs/taken/YZK*
	assert_equal "$(jq -r '.oqs.file_id' requests | sort -u | grep -cE '^[a-z2-7]{20}$')" 1
	assert_equal "$(jq -c '.medical.treatments | map(.code)' <<<"$output")" '["113001010"]'
}

@test "drugs alone are asked for without treatments, and treatments alone show no drugs" {
	query --drugs < <(taps 10)
	grep -q '<FileCategory>2</FileCategory>' oqs/taken/YZK*
	assert_equal "$(jq -c '.medical | has("treatments")' <<<"$output")" false
	rm oqs/taken/*
	query --treatments < <(taps 20)
	grep -q '<FileCategory>4</FileCategory>' oqs/taken/YZK*
	assert_equal "$(jq -c '.medical | [has("drugs"), (.treatments | length), .asked]' <<<"$output")" '[false,1,["treatments"]]'
	assert_equal "$(taken TKK)" 0
}

@test "one event told by three origins stands there once, or with --all-origins as often as told" {
	query --drugs < <(taps 10)
	assert_equal "$(jq -r '.medical.drugs[] | .origin + " " + .code' <<<"$output")" 'claim 699999001
claim 699999002
prescription 699999003'
	query --drugs --all-origins < <(taps 10)
	assert_equal "$(jq -r '.medical.drugs | length' <<<"$output")" 6
}

@test "nothing stored is an empty list, and a yes" {
	query --drugs --checkups < <(taps 11)
	assert_success
	assert_equal "$(jq -c '.medical | [.drugs, .checkups, .refused]' <<<"$output")" '[[],[],[]]'
}

@test "what the terminal says instead of an answer has its own, unaltered" {
	query --drugs --give-up 5s < <(taps 16 18 19)
	assert_equal "$status" 3
	assert_equal "$(outcomes)" "oqs-refused oqs-answer-incomplete terminal-silent"
	assert_equal "$(jq -c '.error.upstream // empty' <<<"$output")" \
		'{"code":"2","message":"閲覧の同意が確認できません。"}'
	"$OQ_TREE/tests/validate" <(echo "$output")
}

@test "late, half-written, in CP932, later first: all become the answer" {
	printf '%s\n' late half cp932 later >oqs/do
	query --jobs 1 --drugs < <(taps 10 20 30 40)
	assert_success
	assert_equal "$(outcomes)" "3/0 3/0 3/0 3/0"
	nothing_left
}

@test "cut, or another's: never taken for an answer" {
	printf '%s\n' cut foreign >oqs/do
	query --jobs 1 --note-after 1s --drugs < <(taps 10 20)
	assert_equal "$status" 3
	assert_equal "$(outcomes)" "oqs-not-well-formed terminal-answer-foreign"
	query --drugs < <(taps 30 | with '.eligibility.policies[0].birth_date = "1985-02-04"')
	assert_equal "$(outcomes)" terminal-answer-foreign
}

@test "of two requests one fails: what was answered is there, and so is what was not" {
	echo never >oqs/do.TKK10
	query --drugs --checkups --give-up 5s < <(taps 10)
	assert_equal "$status" 3
	assert_equal "$(jq -c '[(.medical.drugs | length), (.medical.failed | map([.purpose, .error.code, .error.tool])),
		(.medical | has("checkups")), has("error")]' <<<"$output")" \
		'[3,[["checkups","terminal-silent","oq-query"]],false,false]'
	"$OQ_TREE/tests/validate" <(echo "$output")
	rm oqs/do.TKK10
	query --drugs --checkups <<<"$output"
	assert_success
	assert_equal "$(outcomes)" "3/2"
}

@test "--retry-unknown asks for what failed, and leaves as it came what was answered or refused" {
	local asked
	echo never >oqs/do.TKK10
	taps 10 11 20 | with 'if .id == "P20" then .eligibility.consents.drugs = {decision: "refused", usable: false} else . end' >in
	query --drugs --checkups --give-up 5s <in
	assert_equal "$status" 3
	rm oqs/do.TKK10
	# The answer outlives the consent.
	with 'if .id == "P11" then .eligibility.consents[].expires_at = .card.read_at else . end' <<<"$output" >before
	asked=$(taken)
	query --retry-unknown --drugs --checkups <before
	assert_equal "$status" 1
	assert_equal "$stderr" "oq-query: read 3, yes 2, no 1, unknown 0"
	assert_equal "$(jq -c '[(.medical.drugs | length), (.medical.checkups | length)]' <<<"${lines[0]}")" "[3,2]"
	assert_equal "${lines[1]}" "$(sed -n 2p before)"
	assert_equal "${lines[2]}" "$(sed -n 3p before)"
	assert_equal "$(taken)" $((asked + 2))
	# What was not asked for then is.
	query --retry-unknown --treatments --drugs --checkups <<<"${lines[0]}"
	assert_success
	assert_equal "$(jq -c '.medical.asked' <<<"$output")" '["drugs","treatments","checkups"]'
	# And without the option everything is.
	query --drugs <before
	assert_equal "$(jq -r '.error.code // (.medical | [.refused[].decision, .asked[]] | join("/"))' <<<"$output" | xargs)" \
		"drugs expired/drugs refused/drugs"
}

# --- consent

@test "nothing is asked for without consent, and each refusal says which it is" {
	{
		taps 10 | with '.eligibility.consents.drugs = {decision: "refused", usable: false}'
		taps 20 | with '.eligibility.consents.drugs = {decision: "expired", usable: false}'
		taps 30 | with '.eligibility.consents.drugs = {decision: "unobtainable", usable: false}'
		taps 40 | with 'del(.eligibility.consents.drugs)'
		taps 50 | with '.eligibility.consents.drugs.decision = "yes"'
		taps 60 | with 'del(.eligibility.consents.drugs.expires_at)'
		taps 70 | with '.eligibility.consents.drugs.flags = ["contradicted"]'
		taps 80 | with '.eligibility.consents.drugs = {decision: "refused", usable: true,
			given_at: .eligibility.consents.checkups.given_at, expires_at: .eligibility.consents.checkups.expires_at}'
		taps 100 | with '.eligibility.consents.drugs.usable = false'
		taps 110 | with 'del(.eligibility.consents.drugs.usable)'
		taps 90 | with '.eligibility.consents.drugs.expires_at = "'"$(ago 1)"'"'
	} >in
	query --drugs <in
	assert_equal "$status" 1
	assert_equal "$(jq -r '.medical.refused[] | .purpose + " " + .decision' <<<"$output")" 'drugs refused
drugs expired
drugs unobtainable
drugs absent
drugs invalid
drugs invalid
drugs invalid
drugs refused
drugs invalid
drugs invalid
drugs expired'
	assert_equal "$(jq -c '.medical | has("drugs")' <<<"$output" | sort -u)" false
	assert_equal "$(taken)" 0
	"$OQ_TREE/tests/validate" <(jq -c "select(.id != \"P50\" and .id != \"P110\")" <<<"$output")
}

@test "what is consented to is asked for, the rest is not" {
	taps 10 | with '.eligibility.consents.drugs = {decision: "refused", usable: false}' >in
	query --drugs --treatments --checkups <in
	assert_equal "$status" 1
	assert_equal "$(jq -c '.medical | [.refused, (.checkups | length), has("drugs"), has("treatments")]' <<<"$output")" \
		'[[{"purpose":"drugs","decision":"refused"},{"purpose":"treatments","decision":"given","needs":"drugs"}],2,false,false]'
	assert_equal "$(taken YZK) $(taken TKK)" "0 1"
}

@test "a consent is usable strictly before its end, and is judged when the request is written" {
	local end
	end=$(ago -2)
	echo late >oqs/do.10
	{
		taps 10
		taps 20 | with '.eligibility.consents.drugs.expires_at = "'"$end"'"'
	} >in
	# The first holds the only slot for two seconds, and the second's consent ends in the meantime.
	query --jobs 1 --drugs <in
	assert_equal "$status" 3
	assert_equal "$(outcomes)" "3/0 consent-expired"
	assert_equal "$(grep -l '>20<' oqs/taken/* | wc -l)" 0
	query --drugs < <(sed -n 2p in)
	assert_equal "$(jq -c .medical.refused <<<"$output")" '[{"purpose":"drugs","decision":"expired"}]'
}

@test "without a face reader's result there is no consent here" {
	{
		echo '{"insured":{"insurer_number":"01479997","number":"77","birth_date":"1985-02-03"}}'
		echo '{"card":{"presence":"a.b.c"}}'
		taps 10 | with '.consent = {receipt: "a.b.c", purposes: {drugs: {decision: "given", usable: true}}}'
		taps 20 | with '.eligibility.source = "number"'
		taps 30 | with '.eligibility.covering = []'
		taps 40 | with '{error: {tool: "oq-verify", code: "hub-failed", retry: "later"}} + .'
		echo '{bad'
	} >in
	query --drugs <in
	assert_equal "$status" 3
	assert_equal "$(jq -r .error.code <<<"$output" | xargs)" "consent-needs-card not-over-this-route not-over-this-route consent-needs-card insured-missing hub-failed not-json"
	assert_equal "$(taken)" 0
}

@test "a disaster is not over this route: the terminal's own menu is named" {
	query --disaster --drugs <<<'{"disaster":{"name":"架空　太郎","birth_date":"1985-02-03","sex":"male","consent":"given","insurer_number":"01479997"}}'
	assert_equal "$status" 3
	assert_equal "$(jq -r .error.code <<<"$output")" not-over-this-route
	jq -r .error.detail <<<"$output" | grep -q 災害時医療情報閲覧
	assert_equal "$(taken)" 0
}

@test "of several insurances one is asked by, an insurance before aid, and it is said" {
	taps 10 | with '.eligibility.policies = [(.eligibility.policies[0] | .card_class = "A1" | .number = "9999996"),
		.eligibility.policies[0], (.eligibility.policies[0] | .number = "50")] | .eligibility.covering = [0, 1, 2]' >in
	query --drugs <in
	assert_success
	assert_equal "$(jq -c .medical.flags <<<"$output")" '["first-of-several-policies"]'
	grep -q '<InsuredPersonIdentificationNumber>10<' oqs/taken/YZK*
	taps 20 | with '.eligibility.policies += [.eligibility.policies[0] | .card_class = "A1"] | .eligibility.covering = [0, 1]' >in
	query --drugs <in
	assert_equal "$(jq -c '.medical | has("flags")' <<<"$output")" false
}

# --- PDFs

@test "--pdf saves what the terminal made, whole, under the record's id" {
	mkdir pdf
	echo half >oqs/do.YZK10
	query --drugs --treatments --checkups --pdf pdf < <(taps 10)
	assert_success
	assert_equal "$(jq -c '.medical | [.pdf, has("drugs")]' <<<"$output")" \
		'[[{"purposes":["drugs","treatments"],"file":"pdf/P10.drugs.pdf"},{"purposes":["checkups"],"file":"pdf/P10.checkups.pdf"}],false]'
	assert_equal "$(find pdf -type f -printf '%f %m\n' | sort | xargs)" "P10.checkups.pdf 600 P10.drugs.pdf 600"
	assert_equal "$(tail -c 6 pdf/P10.drugs.pdf) $(head -c 8 pdf/P10.drugs.pdf)" "%%EOF %PDF-1.7"
	assert_equal "$(grep -ho '<FileCategory>.' oqs/taken/* | sort | xargs)" "<FileCategory>1 <FileCategory>3"
	"$OQ_TREE/tests/validate" <(echo "$output")
	nothing_left
}

@test "a PDF that is cut, refused, or has no name to go by" {
	mkdir pdf
	echo cut >oqs/do.20
	{
		taps 16 20
		taps 30 | with 'del(.id)'
		taps 40 | with '.id = "../x"'
		taps 50 | with '.id = 7'
	} >in
	query --drugs --pdf pdf --note-after 1s <in
	assert_equal "$(jq -r '.error.code // .medical.pdf[].file' <<<"$output" | xargs)" \
		"oqs-refused terminal-answer-damaged member-malformed member-malformed pdf/7.drugs.pdf"
	assert_equal "$(find . -name '*.pdf' -path './pdf/*')" ./pdf/7.drugs.pdf
	query --drugs --pdf nowhere < <(taps 60)
	assert_equal "$status" 7
}

# --- the filter

@test "a slow answer holds back nobody with --as-completed; one that never comes ends as unknown" {
	echo never >oqs/do.10
	mkfifo lines
	oq-query --drugs --as-completed --give-up 12s <lines >out 2>err 3>&- &
	pid=$!
	exec 5>lines
	taps 10 20 30 >&5
	wait_for 10 eval '[ "$(wc -l <out)" -eq 2 ]'
	assert_equal "$(jq -r .id out | sort | xargs)" "P20 P30"
	exec 5>&-
	status=0
	wait "$pid" || status=$?
	assert_equal "$status" 3
	assert_equal "$(sed -n 3p out | jq -r '.id + " " + .error.code')" "P10 terminal-silent"
}

@test "wrong use" {
	query < <(taps 10)
	assert_equal "$status" 2
	query --drugs --months 37 < <(taps 10)
	assert_equal "$status" 2
	query --drugs more < <(taps 10)
	assert_equal "$status" 2
	unset OQ_FACILITY
	query --drugs < <(taps 10)
	assert_equal "$status" 2
}

@test "nothing personal is said on stderr" {
	echo never >oqs/do.10
	query --drugs --checkups --give-up 1s < <(taps 10 16 20)
	run ! grep -E '架空|P10|P16|9999|1985' <<<"$stderr"
}

# --- cut, and taken up again

@test "killed between its two requests: the next run sends what was not, and nothing twice" {
	taps 10 >in
	oq-query --drugs --checkups </dev/null 2>/dev/null
	# The second rename hands over the second request.
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -f -qq -o /dev/null \
		-e inject=rename:error=EIO:signal=KILL:when=2 oq-query --drugs --checkups <in >out 2>err || true
	wait_for 5 eval '[ "$(taken)" -eq 1 ]'
	assert_equal "$(find oqs/req -name 'oq-*.part' | wc -l)" 1
	query --drugs --checkups <in
	assert_success
	assert_equal "$(outcomes)" "3/2"
	assert_equal "$(taken YZK) $(taken TKK)" "1 1"
	nothing_left
}

@test "killed before the answered responses were cleared away: the answers are still there" {
	taps 10 >in
	oq-query --drugs --checkups </dev/null 2>/dev/null
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 strace -f -qq -o /dev/null \
		-e inject=unlink:error=EIO:signal=KILL:when=1 oq-query --drugs --checkups <in >out 2>err || true
	query --drugs --checkups <in
	assert_success
	assert_equal "$(outcomes)" "3/2"
	assert_equal "$(taken)" 2
	nothing_left
}

@test "killed at random and run again: nothing is asked twice, no answer is lost (OQ_ROUNDS)" {
	local round killed=0
	taps 100{0,2,3} 101{0,2,3} >in
	for ((round = 0; round < OQ_ROUNDS; round++)); do
		rm -rf oqs/taken/* journal.db*
		oq-query --drugs --checkups --journal journal.db --give-up 20s --settle 100ms <in >out 2>err 3>&- &
		pid=$!
		sleep "0.$((RANDOM % 9))"
		kill -KILL "$pid" 2>/dev/null || true
		status=0
		wait "$pid" 2>/dev/null || status=$?
		[ "$status" -eq 137 ] || continue # it came to its end before, and the next would ask anew
		killed=$((killed + 1))
		query --drugs --checkups --journal journal.db --give-up 20s --settle 100ms <in
		assert_equal "$(outcomes)" "3/2 3/2 3/2 3/2 3/2 3/2"
		assert_equal "$(grep -hoE 'IdentificationNumber>[0-9]+' oqs/taken/YZK* | sort | uniq -d)" ""
		assert_equal "$(taken YZK) $(taken TKK)" "6 6"
		nothing_left
	done
	[ "$killed" -gt 0 ]
}

@test "in one pipe with oq-verify, each has a journal of its own" {
	taps 10 | oq-verify | oq-query --drugs >out 2>err
	assert_equal "$(jq -r '.medical.drugs | length' out)" 3
	assert_equal "$(taken OQS)" 0
	find "$OQ_STATE" -name '*.db' -printf '%f\n' | sort >journals
	assert_equal "$(xargs <journals)" "terminal-4719999996-query.db terminal-4719999996.db"
}
