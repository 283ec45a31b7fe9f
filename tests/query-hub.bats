# oq-query --via https: against a real hub: on receipts, and in a disaster.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper
load hub
load card

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	hub_init hub --people 300 --seed 7
	oq-hub card add hub 18 --out card
	cp -r hub clean
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	HUB=$BATS_TEST_TMPDIR/hub FACILITY=4719999999
	cp -r "$BATS_FILE_TMPDIR/clean" hub
	cp -r "$BATS_FILE_TMPDIR/card" card
	hub_start "$HUB"
}

teardown() {
	hub_stop
}

# part N: of the token on stdin, decoded.
part() {
	local text
	text=$(cut -d . -f "$1")
	printf '%s%s' "$text" "$(printf %.$(((4 - ${#text} % 4) % 4))s ===)" | basenc --base64url -d
}

# agreed FILTER: a record of person 18, verified by card, and a receipt whose claims the filter sets.
agreed() {
	presence card >token
	jq -cn --rawfile token token --arg at "$(TZ=Asia/Tokyo date +%FT%T+09:00)" \
		'{id: 18, card: {presence: $token, method: "pin", assurance: "possession", read_at: $at}}' |
		oq-verify 2>/dev/null >verified
	"$OQ_BUILD/tests/trust" new-consent "$FACILITY" oq-hub.example |
		jq -c --arg presence "$(part 2 <token | jq -r .jti)" '.presence = $presence | '"$1" >claims
	"$OQ_BUILD/tests/trust" sign hub/facility.pem hub/facility.key oq-consent+jws "$(cat claims)" >receipt
	jq -c --rawfile receipt receipt --slurpfile claims claims '
		def t: . + 32400 | todate | sub("Z"; "+09:00");
		.consent = {receipt: $receipt, given_at: ($claims[0].iat | t), expires_at: ($claims[0].exp | t),
			origin: "screen", purposes: ($claims[0].purposes | map_values({decision: ., usable: (. == "given")}))}' verified
}

query() {
	run --separate-stderr oq-query "$@"
}

@test "with a receipt: what is stored, each event once, and what was refused" {
	agreed '.purposes = {drugs: "given", checkups: "given", treatments: "refused"}' >record
	query --drugs --checkups --treatments --months 36 --all-origins <record
	assert_equal "$status" 1
	jq -c . <<<"$output" >all
	jq -e '(.medical.drugs | map(.origin) | unique | length) > 1 and (.medical.checkups | length) > 1 and
		(.medical | has("treatments") | not) and
		.medical.refused == [{purpose: "treatments", decision: "refused"}]' all
	"$OQ_TREE/tests/validate" all
	query --drugs --months 36 <record
	assert_success
	jq -c . <<<"$output" >once
	# What was dispensed at a place on a day is told by one origin, and nothing is told that was not.
	jq -e '.medical.drugs | map(select(.dispensed_on)) | group_by([.facility_code, .dispensed_on]) |
		all(map(.origin) | unique | length == 1)' once
	jq -e --slurpfile all all '($all[0].medical.drugs | map(select(.origin == "claim")) | length) ==
		(.medical.drugs | map(select(.origin == "claim")) | length) and
		(.medical.drugs | length) < ($all[0].medical.drugs | length)' once
	query --drugs --months 1 <record
	jq -e --arg month "$(TZ=Asia/Tokyo date +%Y-%m)" '.medical.drugs | all(.month == $month)' <<<"$output"
}

@test "what the hub does not take shows nothing, whatever the record says of it" {
	agreed '.purposes = {drugs: "refused"}' | jq -c '.consent.purposes.drugs = {decision: "given", usable: true}' >record
	agreed '.purposes = {drugs: "given"}' | jq -c '.consent.receipt |= sub(".{10}$"; "AAAAAAAAAA")' >>record
	agreed '.purposes = {drugs: "given"} | .presence = ("a" * 26)' >>record
	agreed '.purposes = {drugs: "given"} | .iat -= 90000 | .exp -= 90000' | jq -c '.consent.expires_at |= sub("^20"; "21")' >>record
	query --drugs <record
	assert_equal "$status" 3
	assert_equal "$(jq -r .error.code <<<"$output" | xargs)" \
		"consent-not-given token-signature-wrong presence-not-redeemed consent-expired"
	assert_equal "$(jq -c 'has("medical")' <<<"$output" | sort -u)" false
}

@test "a consent that was withdrawn gives nothing from that moment on" {
	agreed '.purposes = {drugs: "given"}' >record
	query --drugs <record
	assert_success
	"$OQ_BUILD/tests/trust" new-withdrawal "$FACILITY" oq-hub.example "$(jq -r .jti claims)" >taken_back
	jq -cn --rawfile token <("$OQ_BUILD/tests/trust" sign hub/facility.pem hub/facility.key oq-withdrawal+jws \
		"$(cat taken_back)") '{ask: ("w" * 26), withdrawal: $token}' >line
	ask -H 'Content-Type: application/x-ndjson' --data-binary @line v1/consent | jq -e .held
	query --drugs <record
	assert_equal "$status" 3
	assert_equal "$(jq -r .error.code <<<"$output")" consent-withdrawn
}

@test "in a disaster a person is found without a card, where a window is open" {
	oq-hub people hub | jq -c 'select(.id == "18" and .expected == "valid")' | oq-verify 2>/dev/null |
		jq -c '{id, disaster: (.eligibility.policies[0] | {name, birth_date, sex, address, consent: "given"})}' >record
	query --disaster --drugs --checkups <record
	assert_equal "$(jq -r .error.code <<<"$output")" disaster-not-open
	oq-hub disaster open --from "$(TZ=Asia/Tokyo date -d '-1 day' +%F)" --to "$(TZ=Asia/Tokyo date -d '5 day' +%F)" hub 沖縄県
	{ cat record; jq -c '.disaster.name = "架空　太郎"' record; } >two
	query --disaster --drugs --checkups <two
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error.code // .medical.disaster.area' <<<"$output" | xargs)" "沖縄県 person-not-found"
	jq -se '.[0].medical | (.drugs | length) > 0 and .refused == []' <<<"$output"
	"$OQ_TREE/tests/validate" <(head -n 1 <<<"$output")
}
