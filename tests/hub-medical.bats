# oq-hub: medical information, with a consent: what it gives, and all that it does not give.
bats_require_minimum_version 1.5.0

load helper
load hub
load card

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	hub_init hub --people 300 --seed 7
	oq-hub facility add --may-attest hub 4719999988
	oq-hub card add hub 18 --out card
	cp -r hub clean
}

# Every test has the hub and the card of the file, as they were made.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	HUB=$BATS_TEST_TMPDIR/hub
	cp -r "$BATS_FILE_TMPDIR/clean" hub
	cp -r "$BATS_FILE_TMPDIR/card" card
	FACILITY=4719999999 SIGNER=hub/facility
}

teardown() {
	hub_stop
}

# full ASK: 26 characters.
full() {
	printf %.26s "${1}zzzzzzzzzzzzzzzzzzzzzzzzzz"
}

# redeem ASK: verifies by card; prints the number of the presence.
redeem() {
	presence card >token
	jq -cn --arg ask "$(full "$1")" --arg day "$(TZ=Asia/Tokyo date +%F)" --rawfile token token \
		'{ask: $ask, visit_date: $day, presence: $token}' >redeeming
	verify redeeming | jq -e .eligibility >/dev/null || return
	part 2 <token | jq -r .jti
}

# part N: of the token on stdin, decoded.
part() {
	local text
	text=$(cut -d . -f "$1")
	printf '%s%s' "$text" "$(printf %.$(((4 - ${#text} % 4) % 4))s ===)" | basenc --base64url -d
}

# consent PRESENCE [FILTER]: a receipt, its claims changed by a jq filter.
consent() {
	"$OQ_BUILD/tests/trust" new-consent "$FACILITY" oq-hub.example |
		jq -c --arg presence "$1" '.presence = $presence |
			.purposes = {drugs: "given", checkups: "given", treatments: "refused"} | '"${2:-.}" >claims
	"$OQ_BUILD/tests/trust" sign "$SIGNER.pem" "$SIGNER.key" oq-consent+jws "$(cat claims)"
}

# withdraw CONSENT: a token that takes it back.
withdraw() {
	"$OQ_BUILD/tests/trust" new-withdrawal "$FACILITY" oq-hub.example \
		"$(printf %s "$1" | part 2 | jq -r .jti)" >claims
	"$OQ_BUILD/tests/trust" sign "$SIGNER.pem" "$SIGNER.key" oq-withdrawal+jws "$(cat claims)"
}

# line ASK CONSENT [FILTER]: a question about drugs and checkups.
line() {
	jq -cn --arg ask "$(full "$1")" --arg consent "$2" \
		'{ask: $ask, consent: $consent, purposes: ["drugs", "checkups"], months: 12} | '"${3:-.}"
}

# now: seconds.
now() {
	date +%s
}

# post SERVICE FILE [CURL OPTION ...]
post() {
	ask -H 'Content-Type: application/x-ndjson' --data-binary "@$2" "${@:3}" "v1/$1"
}

# told CODE FILE: the question of FILE gets this error, nothing medical, and an entry that says so.
told() {
	post query "$2" >answered
	jq -e --arg code "$1" '(has("medical") | not) and .error.code == $code' answered || {
		cat answered
		return 1
	}
	[ "$(oq-hub audit "$HUB" | tail -n 1 | jq -r '[.kind, .result] | join(" ")')" = "query $1" ]
}

@test "a consent gives what it says, and tells what it does not" {
	hub_start "$HUB"
	line ba "$(consent "$(redeem aa)")" '.purposes += ["treatments", "allergies"]' >asked
	post query asked -H 'Oq-Operator: desk 2' >answered
	jq -e '.ask == "bazzzzzzzzzzzzzzzzzzzzzzzz" and .medical.asked ==
		["drugs", "treatments", "checkups", "allergies"] and .medical.refused ==
		[{purpose: "treatments", decision: "refused"}, {purpose: "allergies", decision: "absent"}] and
		(.medical | has("treatments") | not) and (.medical.drugs | length) > 0 and
		(.medical.checkups | length) > 1' answered
	# The same events come from three origins, and checkups have codes of 17 characters.
	jq -e '.medical | ([.drugs[].origin] | unique) == ["claim", "dispensing", "prescription"] and
		([.drugs[] | select(.origin == "claim") | .dispensed_on] -
			([.drugs[] | select(.origin == "dispensing") | .dispensed_on])) == [] and
		all(.drugs[].code; test("^699999[0-9]{3}$")) and
		all(.checkups[].items[].code; length == 17) and
		([.checkups[].examined_on] | . == (sort | reverse))' answered
	jq -c '{medical: .medical}' answered >record
	"$OQ_TREE/tests/validate" record
	oq-hub audit "$HUB" | tail -n 1 | jq -e '.kind == "query" and .result == "answered" and
		.purposes == ["drugs", "checkups"] and .operator == "desk 2" and .person == 18'
	oq-hub audit --verify "$HUB"
	# All of it: treatments when they are agreed to, and nothing for what nobody keeps.
	line bb "$(consent "$(redeem ab)" '.purposes = {treatments: "given", tests: "given"}')" \
		'.purposes = ["treatments", "tests"]' >asked
	post query asked | jq -e '.medical | (keys == ["as_of", "asked", "refused", "treatments"]) and
		.refused == [] and (.treatments | length) > 0'
}

@test "months bound drugs and treatments, not checkups" {
	hub_start "$HUB"
	consent "$(redeem aa)" >receipt
	line ba "$(<receipt)" '.months = 1' >asked
	line bb "$(<receipt)" '.months = 36' >>asked
	line bc "$(<receipt)" 'del(.months)' >>asked
	post query asked >answered
	this=$(TZ=Asia/Tokyo date +%Y-%m)
	jq -e -s --arg this "$this" '(.[0].medical.drugs | all(.month == $this)) and
		(map(.medical.checkups) | unique | length) == 1 and
		(.[1].medical.drugs | length) > 36 and .[1].medical.drugs == .[2].medical.drugs' answered
}

@test "the same people and the same day have the same past, on every hub of that seed" {
	hub_start "$HUB"
	line ba "$(consent "$(redeem aa)")" '.months = 36' >asked
	post query asked | jq -c '.medical | del(.as_of)' >one
	hub_stop
	oq-hub init other --people 300 --seed 7
	oq-hub card add other 18 --out card2
	rm -r card
	mv card2 card
	HUB=$BATS_TEST_TMPDIR/other SIGNER=other/facility
	hub_start "$HUB"
	line ba "$(consent "$(redeem aa)")" '.months = 36' >asked
	post query asked | jq -c '.medical | del(.as_of)' | cmp - one
}

@test "what agencies and insurers registered is answered, too, as of the moment of the question" {
	sqlite3 "$HUB/medical.db" "INSERT INTO drug(person, month, doc, recorded_at, replaced_at) VALUES
		(18, 2026 * 12 + 9, '{\"origin\":\"claim\",\"month\":\"2026-10\",\"code\":\"1\",\"name\":\"a\",\"amount\":\"1\"}', 1, NULL),
		(18, 2026 * 12 + 9, '{\"code\":\"2\"}', 1, 2), (18, 2026 * 12 + 9, '{\"code\":\"3\"}', 9999999999, NULL),
		(18, 2020 * 12, '{\"code\":\"4\"}', 1, NULL), (17, 2026 * 12 + 9, '{\"code\":\"5\"}', 1, NULL);
		INSERT INTO checkup(person, examined_on, doc, recorded_at) VALUES
		(18, 1, '{\"examined_on\":\"2026-01-02\",\"items\":[]}', 1)"
	hub_start "$HUB"
	line ba "$(consent "$(redeem aa)")" '.months = 36' >asked
	post query asked >first
	jq -e '.medical | ([.drugs[].code | select(length == 1)] == ["1"]) and
		.checkups[0] == {examined_on: "2026-01-02", items: []}' first
	# A row closed and another added since: the same line is answered from what was known then.
	sleep 1.1
	sqlite3 "$HUB/medical.db" "UPDATE drug SET replaced_at = $(now) WHERE doc LIKE '%code\":\"1%';
		INSERT INTO drug(person, month, doc, recorded_at) VALUES (18, 2026 * 12 + 9, '{\"code\":\"6\"}', $(now))"
	post query asked | cmp - first
	sleep 1.1
	line bb "$(jq -r .consent asked)" >asked
	post query asked | jq -e '[.medical.drugs[].code | select(length == 1)] == ["6"]'
}

@test "the same line gets the same bytes, also after a kill; other content is ask-reused" {
	hub_start "$HUB"
	line ba "$(consent "$(redeem aa)")" >asked
	post query asked >first
	jq -e .medical first >/dev/null
	sleep 1.1 # another second: the time of the first answer stands
	post query asked | cmp - first
	[ "$(oq-hub audit "$HUB" | tail -n 1 | jq -r '[.kind, .result, .person] | join(" ")')" = "replay answered 18" ]
	kill -KILL "$hub_pid"
	wait "$hub_pid" || true
	hub_start "$HUB"
	post query asked | cmp - first
	jq -c '.months = 6' asked >other
	told ask-reused other
	oq-hub audit --verify "$HUB"
}

@test "without consent nothing is said" {
	hub_start "$HUB"
	line ba x 'del(.consent)' >asked
	told consent-missing asked
	line bb x >asked
	told token-malformed asked
	# Nothing given of what is asked.
	consent "$(redeem aa)" >receipt
	line bc "$(<receipt)" '.purposes = ["treatments"]' >asked
	told consent-not-given asked
	line bd "$(<receipt)" '.purposes = ["tests", "operations"]' >asked
	told consent-not-given asked
}

@test "a presence that was not redeemed here, or by an old card, carries no consent" {
	hub_start "$HUB"
	line ba "$(consent "$(ask_id)")" >asked
	told presence-not-redeemed asked
	# Another facility redeemed it, and this one signs the consent.
	redeem aa >jti
	FACILITY=4719999988 SIGNER=hub/4719999988 consent "$(<jti)" >receipt
	line bb "$(<receipt)" >asked
	OQ_CERT=$HUB/4719999988.pem OQ_KEY=$HUB/4719999988.key told presence-not-redeemed asked
	hub_stop
	sqlite3 "$HUB/audit.db" "UPDATE presence SET in_grace = 1"
	hub_start "$HUB"
	line bc "$(consent "$(<jti)")" >asked
	told certificate-expired-grace asked
}

ask_id() {
	basenc --base32 </dev/urandom | head -c 26 | tr '[:upper:]' '[:lower:]'
}

@test "a consent that is over, or not yet, or for another hub" {
	hub_start "$HUB"
	redeem aa >jti
	local code filter n=0
	while read -r code filter; do
		line "b$(printf %02d $((n += 1)) | tr 0-9 a-j)" "$(consent "$(<jti)" "$filter")" >asked
		told "$code" asked
	done <<-'END'
		consent-expired .iat -= 86400 | .exp -= 86400
		token-lifetime-wrong .exp += 1
		token-not-yet-valid .iat += 100 | .exp += 100
		token-audience-other .aud = "another.example"
		token-issuer-other .iss = "4719999988"
		token-claim-missing del(.prev)
		token-claim-malformed .purposes.all = "given"
		token-origin-refused .origin = "face-reader"
	END
}

@test "forged: signed by another facility, a stranger, a revoked one, an insurer, or changed" {
	hub_start "$HUB"
	redeem aa >jti
	SIGNER=hub/4719999988 consent "$(<jti)" >receipt
	line ba "$(<receipt)" >asked
	told token-issuer-other asked
	# The whole token is of the other facility.
	FACILITY=4719999988 SIGNER=hub/4719999988 consent "$(<jti)" >receipt
	line bb "$(<receipt)" >asked
	told token-issuer-other asked
	SIGNER=hub/insurer consent "$(<jti)" >receipt
	line bc "$(<receipt)" >asked
	told token-certificate-refused asked
	openssl ecparam -name prime256v1 -genkey -noout -out stranger.key
	chmod 600 stranger.key
	openssl req -new -x509 -key stranger.key -subj /CN=4719999999 -days 30 -out stranger.pem
	SIGNER=stranger consent "$(<jti)" >receipt
	line bd "$(<receipt)" >asked
	told token-certificate-refused asked
	# Another body under the good signature.
	consent "$(<jti)" '.purposes = {drugs: "refused"}' >receipt
	jq -c '.purposes = {drugs: "given"}' claims | tr -d '\n' | basenc -w 0 --base64url | tr -d = >body
	line be "$(cut -d . -f 1 <receipt).$(<body).$(cut -d . -f 3 <receipt)" >asked
	told token-signature-wrong asked
	# The presence token itself is no consent.
	line bf "$(<token)" >asked
	told token-type-refused asked
}

@test "a renewed certificate of the facility may sign, a revoked one may not" {
	hub_start "$HUB"
	redeem aa >jti
	oq-hub facility add hub 4719999999
	SIGNER=hub/4719999999 consent "$(<jti)" >receipt
	line ba "$(<receipt)" >asked
	post query asked | jq -e .medical >/dev/null
	fingerprint=$(openssl x509 -in hub/4719999999.pem -outform DER | sha256sum | cut -c 1-64)
	sqlite3 "$HUB/people.db" "UPDATE credential SET revoked_at = 1 WHERE fingerprint = x'$fingerprint'"
	line bb "$(<receipt)" >asked
	told token-certificate-refused asked
}

@test "two consents of one number: the first stands" {
	hub_start "$HUB"
	redeem aa >jti
	consent "$(<jti)" '.jti = "abcdefghijklmnopqrstuvwxyz" | .purposes = {drugs: "given"}' >first
	consent "$(<jti)" '.jti = "abcdefghijklmnopqrstuvwxyz" | .purposes = {drugs: "given", checkups: "given"}' >second
	line ba "$(<first)" >asked
	post query asked | jq -e '.medical | has("drugs") and (has("checkups") | not)'
	line bb "$(<second)" >asked
	told consent-changed asked
}

@test "from a withdrawal on nothing is answered, not even again what was answered before" {
	hub_start "$HUB"
	consent "$(redeem aa)" >receipt
	line ba "$(<receipt)" >asked
	post query asked | jq -e .medical >/dev/null
	jq -cn --arg ask "$(full ca)" --arg token "$(withdraw "$(<receipt)")" '{ask: $ask, withdrawal: $token}' >back
	post consent back >held
	jq -e --arg jti "$(part 2 <receipt | jq -r .jti)" '.held | .consent == $jti and
		.state == "withdrawn" and (.withdrawn_at | length) == 25 and (.expires_at | length) == 25' held
	"$OQ_TREE/tests/validate" -d held <(jq -c .held held)
	told consent-withdrawn asked
	line bb "$(<receipt)" >asked
	told consent-withdrawn asked
	# Once more: the first moment stands. Also after a kill.
	sleep 1.1
	post consent back | cmp - held
	kill -KILL "$hub_pid"
	wait "$hub_pid" || true
	hub_start "$HUB"
	told consent-withdrawn asked
	oq-hub audit "$HUB" | jq -e -s 'map(select(.kind == "withdrawal")) | length == 2 and
		all(.result == "withdrawn" and .person == 18)'
	oq-hub audit --verify "$HUB"
}

@test "a withdrawal may come before its consent, and only its own facility may send it" {
	hub_start "$HUB"
	consent "$(redeem aa)" >receipt
	local FACILITY=4719999988 SIGNER=hub/4719999988
	jq -cn --arg ask "$(full ca)" --arg token "$(withdraw "$(<receipt)")" '{ask: $ask, withdrawal: $token}' >back
	post consent back | jq -e '.error | .code == "token-issuer-other" and .pointer == "/withdrawal"'
	FACILITY=4719999999 SIGNER=hub/facility
	line ba "$(<receipt)" >asked
	post query asked | jq -e .medical >/dev/null
	# The other facility's own words do not reach it either.
	FACILITY=4719999988 SIGNER=hub/4719999988
	post consent back --cert hub/4719999988.pem --key hub/4719999988.key | jq -e '.error.code == "token-issuer-other"'
	line bb "$(<receipt)" >asked
	post query asked | jq -e .medical >/dev/null
	FACILITY=4719999999 SIGNER=hub/facility
	consent "$(redeem ab)" >receipt
	jq -cn --arg ask "$(full cb)" --arg token "$(withdraw "$(<receipt)")" '{ask: $ask, withdrawal: $token}' >back
	post consent back | jq -e '.held | .state == "withdrawn" and (has("expires_at") | not)'
	oq-hub consent list "$HUB" | tail -n 1 | jq -e '.state == "withdrawn" and (has("receipt") | not)'
	line bc "$(<receipt)" >asked
	told consent-withdrawn asked
}

@test "a consent handed in is kept; one to insurance use registers, once" {
	hub_start "$HUB"
	consent "$(redeem aa)" '.purposes = {insurance_use: "given"}' >receipt
	jq -cn --arg ask "$(full ca)" --rawfile token receipt '{ask: $ask, consent: $token}' >handed
	post consent handed >held
	jq -e '.held | .state == "stored" and (.registered_at | length) == 25' held
	oq-hub audit "$HUB" | tail -n 2 | jq -e -s 'map(.result) == ["registered", "stored"] and
		all(.kind == "consent" and .person == 18 and .purposes == ["insurance_use"])'
	sleep 1.1
	post consent handed | cmp - held
	consent "$(redeem ab)" '.purposes = {insurance_use: "given", drugs: "given"}' >receipt
	jq -cn --arg ask "$(full cb)" --rawfile token receipt '{ask: $ask, consent: $token}' >handed
	post consent handed | jq -e --slurpfile first held '.held.registered_at == $first[0].held.registered_at'
	[ "$(oq-hub audit "$HUB" | jq -s 'map(select(.result == "registered")) | length')" = 1 ]
	oq-hub consent list "$HUB" >list
	"$OQ_TREE/tests/validate" -d held list
	jq -e -s --rawfile last receipt 'length == 2 and all(.state == "stored" and .person == 18 and
		.facility == "4719999999") and .[1].receipt == $last and
		.[1].purposes == ["drugs", "insurance_use"]' list
	# Refused, it registers nobody.
	consent "$(redeem ac)" '.purposes = {insurance_use: "refused", drugs: "given"}' >receipt
	line ba "$(<receipt)" '.purposes = ["drugs"]' >asked
	post query asked | jq -e .medical >/dev/null
	[ "$(sqlite3 "$HUB/audit.db" "SELECT count(*) FROM registration")" = 1 ]
	# An error is one line's.
	{ echo '{"ask":"x"}'; cat handed; jq -cn --arg ask "$(full cd)" '{ask: $ask}'; } >three
	post consent three | jq -e -s 'map(.error.code // .held.state) ==
		["question-malformed", "stored", "question-malformed"]'
}

@test "what is no question is refused, and the others are answered" {
	hub_start "$HUB"
	consent "$(redeem aa)" >receipt
	local filter n=0
	line bz "$(<receipt)" >asked
	while read -r filter; do
		line "b$(printf %02d $((n += 1)) | tr 0-9 a-j)" "$(<receipt)" "$filter" >>asked
	done <<-'END'
		.months = 0
		.months = 37
		.months = "12"
		.purposes = []
		.purposes = ["drugs", "drugs"]
		.purposes = ["limit_certificate"]
		.purposes = ["insurance_use"]
		.purposes = ["all"]
		.purposes = "drugs"
		.more = 1
		.ask = "short"
		.disaster = {}
		.consent = 1
		del(.purposes)
	END
	echo '[]' >>asked
	post query asked >answered
	jq -e -s 'length == 16 and (.[0] | has("medical")) and
		all(.[1:][]; .error.code == "question-malformed" and (has("medical") | not))' answered
	jq -e -s '.[1].ask == "babzzzzzzzzzzzzzzzzzzzzzzz" and .[11].ask == null and
		.[1].error.pointer == "/months" and .[14].error.pointer == "/purposes"' answered
	line zz "$(<receipt)" >>asked
	post query asked -i | refused 413
	head -c 300000 /dev/zero | tr '\0' x >asked
	post query asked -i | refused 413
	post query handed --cert "$HUB/insurer.pem" --key "$HUB/insurer.key" -i --data-binary '{}' | refused 403 role-refused
}

@test "a hub of an older version gets what it lacks, and a copy is kept" {
	rm "$HUB/medical.db"
	sqlite3 "$HUB/audit.db" "INSERT INTO setting VALUES('writer', 4711); DROP TABLE writer;
		DROP TABLE consent; DROP TABLE registration; PRAGMA user_version = 2"
	sqlite3 "$HUB/people.db" "DROP INDEX cover_birth; PRAGMA user_version = 2"
	hub_start "$HUB"
	[ -e "$HUB/audit.db.v2" ]
	[ -e "$HUB/people.db.v2" ]
	line ba "$(consent "$(redeem aa)")" >asked
	# Its people were made before histories were: they have none.
	post query asked | jq -e '.medical | .drugs == [] and .checkups == []'
}

# by_card ASK [CONSENT]: the question by card with the presence of the file token.
by_card() {
	jq -cn --arg ask "$(full "$1")" --arg day "$(TZ=Asia/Tokyo date +%F)" --rawfile token token \
		--arg consent "${2-}" '{ask: $ask, visit_date: $day, presence: $token} +
			if $consent == "" then {} else {consent: $consent} end'
}

@test "a consent may go with the question by card: certificates, registration, and medical information at once" {
	oq-hub card add hub 13 --out another
	hub_start "$HUB"
	presence another >token
	by_card aa >asked
	verify asked | jq -e '.eligibility.policies[0] | .limit_changed == null and (has("limit_certificate") | not)'
	presence another >token
	consent "$(part 2 <token | jq -r .jti)" '.purposes = {limit_certificate: "given",
		specific_diseases: "refused", insurance_use: "given", drugs: "given"}' >receipt
	by_card ab "$(<receipt)" >asked
	verify asked >first
	jq -e '.eligibility.policies[0] | (.limit_certificate.class | length) == 3 and
		(has("specific_diseases") | not)' first
	oq-hub audit "$HUB" | tail -n 2 | jq -e -s '(map([.kind, .result, .person]) ==
		[["consent", "registered", 13], ["verify", "valid", 13]]) and
		.[1].purposes == ["drugs", "limit_certificate", "insurance_use"]'
	verify asked | cmp - first
	line ba "$(<receipt)" '.purposes = ["drugs"]' >question
	post query question | jq -e .medical >/dev/null
	# What was said of the insurance stands after a withdrawal, what is medical does not.
	jq -cn --arg ask "$(full ca)" --arg token "$(withdraw "$(<receipt)")" '{ask: $ask, withdrawal: $token}' >back
	post consent back | jq -e '.held.state == "withdrawn"'
	verify asked | cmp - first
	told consent-withdrawn question
	oq-hub audit --verify "$HUB"
}

@test "a question by card with a wrong consent is refused, and its presence is still good" {
	hub_start "$HUB"
	consent "$(redeem aa)" >receipt
	presence card >token
	by_card ab "$(<receipt)" >asked
	verify asked | jq -e '.error | .code == "presence-not-redeemed" and .pointer == "/consent"'
	SIGNER=hub/4719999988 consent "$(part 2 <token | jq -r .jti)" >receipt
	by_card ac "$(<receipt)" >asked
	verify asked | jq -e '.error.code == "token-issuer-other"'
	[ "$(oq-hub audit "$HUB" | tail -n 2 | jq -r .result | paste -sd' ')" = "presence-not-redeemed token-issuer-other" ]
	by_card ad >asked
	verify asked | jq -e '.eligibility.status == "valid"'
	[ "$(sqlite3 "$HUB/audit.db" "SELECT count(*) FROM consent")" = 0 ]
	# By number there is nothing for it to stand on.
	oq-hub people hub --limit 1 | questions ae | jq -c --rawfile token receipt '.consent = $token' >asked
	verify asked | jq -e '.error | .code == "question-malformed" and .pointer == "/consent"'
}

@test "oq-verify sends the receipt with the presence, and oq-query what it gives" {
	oq-hub card add hub 13 --out another
	hub_start "$HUB"
	presence another >token
	consent "$(part 2 <token | jq -r .jti)" '.purposes = {limit_certificate: "given", drugs: "given", checkups: "refused"}' >receipt
	jq -c --rawfile token token --rawfile receipt receipt --arg now "$(TZ=Asia/Tokyo date +%FT%T+09:00)" \
		--arg until "$(TZ=Asia/Tokyo date -d '1 day' +%FT%T+09:00)" '{id: "k", card: {presence: $token,
			method: "pin", assurance: "possession", read_at: $now},
			consent: {receipt: $receipt, given_at: $now, expires_at: $until, origin: "screen", text: .text,
				purposes: (.purposes | map_values({decision: ., given_at: $now, expires_at: $until,
					usable: (. == "given")}))}}' claims >record
	oq-verify <record >verified
	jq -e '.eligibility.policies[0].limit_certificate.class | length == 3' verified
	run --separate-stderr oq-query --drugs --checkups <verified
	assert_failure 1
	jq -e '.medical | (.drugs | type) == "array" and .refused[0].purpose == "checkups"' <<<"$output"
	jq -c '.consent.receipt = "not a token"' record >wrong
	run --separate-stderr oq-verify <wrong
	assert_failure 3
	jq -e '.error.pointer == "/consent/receipt"' <<<"$output"
}

@test "while others ask, nothing is answered behind the withdrawal in the audit" {
	hub_start "$HUB"
	consent "$(redeem aa)" >receipt
	local k i askers=()
	for k in a b c d; do
		for i in {a..z}; do
			line "b$k$i" "$(<receipt)" '.months = 1'
		done >"lines$k"
		# One after the other on one connection, as long as there is an answer.
		(while IFS= read -r line; do
			printf '%s\n' "$line" >"one$k"
			post query "one$k" >"answer$k"
			cat "answer$k" >>"answers$k"
			grep -q '"error"' "answer$k" && break
		done <"lines$k") &
		askers+=($!)
	done
	until [ "$(cat answers? 2>/dev/null | grep -c '"medical"')" -ge 8 ]; do
		sleep 0.05
	done
	jq -cn --arg ask "$(full ca)" --arg token "$(withdraw "$(<receipt)")" '{ask: $ask, withdrawal: $token}' >back
	post consent back | jq -e '.held.state == "withdrawn"'
	wait "${askers[@]}" || true
	oq-hub audit "$HUB" >audit
	jq -e -s '(map(.result == "withdrawn") | index(true)) as $at |
		$at != null and (.[:$at] | map(select(.result == "answered")) | length >= 8) and
		all(.[$at:][]; .result != "answered")' audit
	# Each answer that left has its entry, and no other.
	[ "$(jq -s 'map(select(.result == "answered")) | length' audit)" = "$(cat answers? | grep -c '"medical"')" ]
	! cat answers? | grep '"error"' | grep -vq consent-withdrawn
}
