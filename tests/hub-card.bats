# oq-hub: cards of its people, presences and what they are answered with.

load helper
load hub
load card

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	hub_init hub --people 300 --seed 7
	oq-hub card add hub 3 --out card
	cp -r hub clean
}

# Every test has the hub and the card of the file, as they were made.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	HUB=$BATS_TEST_TMPDIR/hub
	cp -r "$BATS_FILE_TMPDIR/clean" hub
	cp -r "$BATS_FILE_TMPDIR/card" card
}

teardown() {
	hub_stop
}

serve() {
	hub_start "$HUB" --admin "$HUB/admin" "$@"
}

# by_card ASK TOKEN [DATE]: the question line; asks are filled up with z.
by_card() {
	jq -cn --arg ask "$1" --arg token "$2" --arg day "${3:-$(TZ=Asia/Tokyo date +%F)}" \
		'{ask: ($ask + "z" * 26)[0:26], visit_date: $day, presence: $token}'
}

# code: of the error in the answers to the file asked.
code() {
	verify asked | jq -r '.error.code // "answered"'
}

# audited CODE: so says the last entry, and the chain is whole.
audited() {
	[ "$(oq-hub audit "$HUB" | tail -n 1 | jq -r .result)" = "$1" ]
	oq-hub audit --verify "$HUB" >verdict || return
}

@test "a card is issued with a certificate that openssl verifies, a key and a PIN, all private" {
	[ "$(stat -c %a card card/* | sort -u | paste -sd,)" = 600,700 ]
	openssl x509 -in card/auth.der -inform DER -out auth.pem
	openssl verify -purpose sslclient -CAfile hub/card-ca.pem auth.pem
	cmp <(openssl x509 -in hub/card-ca.pem -outform DER) card/auth-ca.der
	cmp <(openssl x509 -in auth.pem -noout -pubkey) <(openssl pkey -in card/auth.key -pubout)
	run cat card/pin
	assert_output --regexp '^[0-9]{4}$'
	[ "$(stat -c %a hub/card-ca.key)" = 600 ]
	oq-hub card list hub >list
	"$OQ_TREE/tests/validate" -d issued_card list
	[ "$(jq -r '[.person, .serial] | join(" ")' list)" = \
		"3 $(openssl x509 -in auth.pem -noout -serial | sed 's/.*=//' | tr A-F a-f)" ]
	run oq-hub card add hub 99999 --out another
	assert_failure 7
	run oq-hub card add hub 3
	assert_failure 2
}

@test "a presence is answered with all that the person has now" {
	serve
	by_card aa "$(presence card)" >asked
	verify asked >answered
	jq -e '.eligibility | .status == "valid" and .source == "card" and .covering == [0] and
		.reference_numbers == [] and .flags == [] and .consents == {}' answered
	# It is what the numbers of that person are answered with.
	oq-hub people hub | jq -c 'select(.id == "3")' | questions ab >number
	verify number >by_number
	cmp <(jq -S .eligibility.policies answered) <(jq -S .eligibility.policies by_number)
	jq -c '{visit_date: "2026-11-27"} + {eligibility: (.eligibility + {asked_at: .eligibility.answered_at, route: "https:hub"})}' answered >record
	"$OQ_TREE/tests/validate" record
	oq-hub audit hub | head -n 1 | jq -e '.result == "valid" and .person == 3 and .kind == "verify"'
}

@test "all covers of the day are shown, and covering names them" {
	# The cover of another person becomes this one's second.
	sqlite3 hub/people.db "UPDATE person_cover SET person = 3, n = n + 7 WHERE person = 4;
		UPDATE cover SET person = 3 WHERE person = 4;"
	serve
	by_card aa "$(presence card)" >asked
	verify asked >first
	jq -e '.eligibility | .covering == [0, 1] and (.policies | length) == 2 and
		.policies[0] != .policies[1]' first
	verify asked | cmp - first
	# Before the first of them: none covers, the last is shown.
	by_card ab "$(presence card)" 1955-01-01 >asked
	verify asked | jq -e '.eligibility | .status == "invalid" and .covering == [] and
		(.policies | length) == 1 and .actor == "patient"'
	sqlite3 hub/people.db "DELETE FROM person_cover WHERE person = 3"
	by_card ac "$(presence card)" >asked
	verify asked | jq -e '.eligibility | .status == "not-found" and .policies == [] and
		.actor == "patient" and .next == "ask-for-new-insurance"'
	# What was answered first stands, though the covers are not that person's any more.
	by_card aa "$(presence card)" >asked
	[ "$(code)" = ask-reused ]
}

@test "a presence is redeemed once: the same line gets the same bytes, another ask nothing" {
	serve
	presence card >token
	by_card aa "$(<token)" >asked
	verify asked >first
	sleep 1.1 # another second: the time of the first answer stands
	verify asked | cmp - first
	by_card ab "$(<token)" >other
	verify other | jq -e '.error | .code == "presence-used" and .pointer == "/presence" and
		.next == "read-card-again"'
	audited presence-used
	# In one window: the first line has it.
	presence card >token
	{ by_card ac "$(<token)"; by_card ad "$(<token)"; by_card ac "$(<token)"; } >asked
	[ "$(code | paste -sd' ')" = "answered presence-used answered" ]
	verify asked | jq -s -e '.[0] == .[2]'
	# Another facility cannot have the token at all.
	oq-hub facility add hub 4719999981
	by_card ae "$(<token)" >asked
	verify asked --cert hub/4719999981.pem --key hub/4719999981.key |
		jq -e '.error.code == "token-issuer-other"'
	# No token lies in the store.
	run grep -c "$(cut -d. -f3 token)" hub/audit.db hub/audit.db-wal
	assert_output --regexp 'audit.db:0'
	assert_output --regexp 'audit.db-wal:0'
}

@test "what was answered stands after a kill and after the token has expired" {
	serve
	presence card >token
	by_card aa "$(<token)" >asked
	by_card ab "$(<token)" >other
	verify asked >first
	kill -KILL "$hub_pid"
	wait "$hub_pid" || true
	serve
	verify asked | cmp - first
	verify other | jq -e '.error.code == "presence-used"'
	hub_stop
	: >hub.url
	faketime -f +400s oq-hub serve hub >hub.url 2>hub.log 3>&- &
	hub_pid=$!
	wait_for 20 test -s hub.url
	hub_use "$HUB"
	verify asked | cmp - first
	verify other | jq -e '.error.code == "token-expired"'
	pkill -TERM -P "$hub_pid" # of faketime
	wait "$hub_pid" || true
	hub_pid=
	run jq -r '[.kind, .result, .person // "-"] | join(" ")' <(oq-hub audit hub)
	assert_output "$(printf '%s\n' "verify valid 3" "replay valid 3" "verify presence-used 3" \
		"replay valid 3" "verify token-expired -")"
}

kept() {
	[ "$(sqlite3 hub/audit.db 'SELECT count(*) FROM presence')" -eq "$1" ]
}

@test "a presence is forgotten when no question and no consent can mean it any more" {
	serve
	by_card aa "$(presence card)" >asked
	verify asked >first
	by_card ab "$(presence card)" >asked
	verify asked >second
	hub_stop
	sqlite3 hub/audit.db "UPDATE presence SET expires_at = expires_at - 180000 WHERE ask LIKE 'aa%'"
	serve
	wait_for 10 kept 1
	[ "$(sqlite3 hub/audit.db "SELECT substr(ask, 1, 2) FROM presence")" = ab ]
}

@test "killed at any moment, a presence has answered one ask or none" {
	local i letters won
	for ((i = 0; i < OQ_ROUNDS; i++)); do
		serve
		presence card >token
		letters=$(tr 0-9 a-j <<<"$i")
		by_card "one$letters" "$(<token)" >one
		by_card "two$letters" "$(<token)" >two
		verify one >answer.one 2>/dev/null &
		local asking=$!
		verify two >answer.two 2>/dev/null &
		sleep "0.0$((RANDOM % 30 + 10))"
		kill -KILL "$hub_pid"
		wait "$hub_pid" "$asking" $! || true
		serve
		verify one >again.one
		verify two >again.two
		# One of them has it, and whoever had got it before the kill.
		won=$(cat again.one again.two | jq -s 'map(select(.eligibility)) | length')
		[ "$won" -eq 1 ]
		if grep -q eligibility answer.one; then
			cmp answer.one again.one
		elif grep -q eligibility answer.two; then
			cmp answer.two again.two
		fi
		rm -f hub/audit.lock
		hub_stop
		oq-hub audit --verify hub >verdict
	done
	# As many rows as presences that were answered.
	[ "$(sqlite3 hub/audit.db 'SELECT count(*) FROM presence')" -eq \
		"$(oq-hub audit hub | jq -s 'map(select(.kind == "verify" and .result == "valid")) | length')" ]
}

@test "foreign, unknown and revoked cards are refused, each with its own code in the audit" {
	serve
	# Of another authority: what another hub has issued.
	oq-hub init elsewhere --people 40
	oq-hub card add elsewhere 3 --out foreign
	by_card aa "$(presence foreign)" >asked
	[ "$(code)" = card-issuer-unknown ]
	audited card-issuer-unknown
	# Of this one, and not in its store.
	oq-hub card add hub 4 --out unknown
	sqlite3 hub/people.db "DELETE FROM card WHERE person = 4"
	by_card ab "$(presence unknown)" >asked
	[ "$(code)" = card-unknown ]
	audited card-unknown
	oq-hub card revoke hub "$(oq-hub card list hub | jq -r 'select(.person == 3).serial')"
	by_card ac "$(presence card)" >asked
	[ "$(code)" = card-revoked ]
	audited card-revoked
	[ "$(oq-hub audit hub | tail -n 1 | jq .person)" -eq 3 ]
	run oq-hub card revoke hub 00
	assert_failure 1
	oq-hub card list hub | jq -e 'has("revoked_at")'
	# An answer given before stands, revoked or not: see "what was answered stands".
	[ "$(sqlite3 hub/audit.db 'SELECT count(*) FROM presence')" -eq 0 ]
}

@test "a token that says what it should not is refused before anything is looked up" {
	local filter expected
	serve
	while read -r expected filter; do
		by_card "a$(tr -dc '[:lower:]' <<<"$filter" | head -c 20)" "$(presence card "$filter")" >asked
		[ "$(code)" = "$expected" ] || { echo "$filter: $(code)"; false; }
		audited "$expected"
	done <<-'END'
		token-audience-other .aud = "127.0.0.1"
		token-issuer-other .iss = "4719999981"
		token-scope-refused .scope = "self"
		token-expired .iat -= 400 | .exp -= 400
		token-claim-unknown .sub = "3"
		token-claim-missing del(.jti)
	END
	by_card b "$(presence card | sed 's/.$/A/;t')x" >asked
	run code
	refute_output answered
	[ "$(sqlite3 hub/audit.db 'SELECT count(*) FROM presence')" -eq 0 ]
}

@test "a question is by card or by number, and its token is one" {
	serve
	presence card >token
	by_card aa "$(<token)" | jq -c '. + {insured: {insurer_number: "1", number: "1", birth_date: "2000-01-01"}}' >asked
	[ "$(code)" = question-malformed ]
	for presence in '"a b"' '"é"' '""' '"a\\u002eb"' 7 null '"unclosed'; do
		printf '{"ask":"%s","visit_date":"2026-11-27","presence":%s}\n' \
			abcdefghijklmnopqrstuvwxyz "$presence" >asked
		[ "$(code)" = question-malformed ]
	done
	printf '{"presence":"%s" , "visit_date": "2026-11-27",\t"ask":"%s"}' "$(<token)" \
		abcdefghijklmnopqrstuvwxyz >asked
	[ "$(code)" = answered ]
}

@test "who looked is believed of a facility that may attest, and of no other" {
	serve
	attested card 田中 hub/facility.pem hub/facility.key >token
	by_card aa "$(<token)" >asked
	verify asked | jq -e '.eligibility | .status == "valid" and .source == "card"'
	oq-hub facility add hub 4719999981
	attested card t hub/4719999981.pem hub/4719999981.key '.iss = "4719999981"' >token
	by_card ab "$(<token)" >asked
	verify asked --cert hub/4719999981.pem --key hub/4719999981.key |
		jq -e '.error.code == "token-method-refused"'
	audited token-method-refused
	# A certificate that is nobody's card.
	cp -r card other
	openssl x509 -in hub/ca.pem -outform DER -out other/auth.der
	attested other t hub/facility.pem hub/facility.key >token
	by_card ac "$(<token)" >asked
	[ "$(code)" = card-unknown ]
}

@test "in its time of grace an expired card shows the insurance, and says so; then nothing" {
	oq-hub card add hub 4 --out late --until "$(date -d '-20 days' +%F)"
	oq-hub card add hub 5 --out gone --until "$(date -d '-100 days' +%F)"
	serve
	by_card aa "$(attested late t hub/facility.pem hub/facility.key)" >asked
	verify asked >first
	jq -e '.eligibility | .status == "valid" and .flags == ["certificate-expired-grace"]' first
	verify asked | cmp - first
	by_card ab "$(attested gone t hub/facility.pem hub/facility.key)" >asked
	[ "$(code)" = card-expired ]
	audited card-expired
	# With its own key an expired card proves nothing.
	by_card ac "$(presence late)" >asked
	[ "$(code)" = card-expired ]
	hub_stop
	# Another rule, another answer.
	sed 's/^grace,\([^,]*\),,3,/grace,\1,,0,/' "$OQ_BUILD/share/oq/grace.csv" >strict.csv
	serve --grace strict.csv
	by_card ad "$(attested late t hub/facility.pem hub/facility.key)" >asked
	[ "$(code)" = card-expired ]
	hub_stop
	sed 's/^grace,[^,]*,/grace,2099-01-01,/' "$OQ_BUILD/share/oq/grace.csv" >later.csv
	serve --grace later.csv
	by_card ae "$(attested late t hub/facility.pem hub/facility.key)" >asked
	[ "$(code)" = card-expired ]
	hub_stop
	# A table that does not tell is refused, and nothing is served.
	sed 's/,3,0,/,three,0,/' "$OQ_BUILD/share/oq/grace.csv" >wrong.csv
	run oq-hub serve hub --grace wrong.csv
	assert_failure 7
	assert_output --partial "wrong.csv: row 1"
}

@test "the next card, with a key on P-384, needs nothing new of the hub" {
	mkdir ca
	cp hub/card-ca.pem ca/ca.pem
	cp hub/card-ca.key ca/ca.key
	echo unique_subject = no >ca/index.attr
	openssl ecparam -name secp384r1 -genkey -noout -out next.key
	certificate next.der ca next.key serial=07AAAAAA
	local issuer hash
	issuer=$(openssl x509 -in hub/card-ca.pem -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :')
	hash=$(xxd -r -p <<<"${issuer}07AAAAAA" | sha256sum | cut -d' ' -f1)
	sqlite3 hub/people.db "INSERT INTO card VALUES(x'$hash', x'$(sha256sum <next.der | cut -d' ' -f1)',
		'07aaaaaa', 4, 2000000000, 0, NULL)"
	serve
	jwk_private next.key >next.jwk
	claims . >claims.json
	by_card aa "$(sign_presence ES384 next.der next.jwk)" >asked
	[ "$(code)" = answered ]
	[ "$(oq-hub audit hub | jq .person)" -eq 4 ]
}

@test "a hub without an authority of cards knows none; it gets one with its first card" {
	rm hub/card-ca.*
	serve
	by_card aa "$(presence card)" >asked
	[ "$(code)" = card-issuer-unknown ]
	hub_stop
	oq-hub card add hub 4 --out new
	serve
	by_card ab "$(presence new)" >asked
	[ "$(code)" = answered ]
}

@test "stores of the format before are migrated, and copies kept" {
	sqlite3 hub/people.db "DROP TABLE card; DROP INDEX cover_birth; PRAGMA user_version = 1"
	sqlite3 hub/audit.db "INSERT INTO setting VALUES('writer', 4711); DROP TABLE writer;
		DROP TABLE presence; DROP TABLE consent; DROP TABLE registration; PRAGMA user_version = 1"
	oq-hub people hub --limit 5 >/dev/null 2>err || true
	serve
	[ "$(sqlite3 hub/people.db.v1 'PRAGMA user_version')" = 1 ]
	[ "$(sqlite3 hub/audit.db.v1 'PRAGMA user_version')" = 1 ]
	[ "$(sqlite3 hub/people.db 'PRAGMA user_version; SELECT count(*) FROM card')" = $'3\n0' ]
	[ "$(sqlite3 hub/audit.db 'PRAGMA user_version; SELECT count(*) FROM presence')" = $'5\n0' ]
	[ "$(sqlite3 hub/audit.db 'SELECT id FROM writer')" = 4711 ]
	oq-hub card add hub 3 --out new
	by_card aa "$(presence new)" >asked
	[ "$(code)" = answered ]
	sqlite3 hub/people.db "PRAGMA user_version = 4"
	run oq-hub card list hub
	assert_failure 7
	assert_output --partial "format 4"
}
