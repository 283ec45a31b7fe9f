# From the card on the reader to a printed drug list, and what the hub makes of a withdrawal.
bats_require_minimum_version 1.5.0
load helper
load card

setup_file() {
	load helper
	load card
	export WORLD=$BATS_FILE_TMPDIR
	cd "$WORLD" || return
	hub_init hub --people 20
	oq-hub card add hub 7 --out card
	hub_start hub
	export READER=$PWD/reader
	reader_start "$READER" || touch no-reader
}

teardown_file() {
	reader_stop "$READER"
	hub_dir=$WORLD/hub hub_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	hub_use "$WORLD/hub"
	export OQ_LEDGER=$PWD/ledger
	cat >"$XDG_CONFIG_HOME/oq/oq.conf" <<-END
		hub = oq-hub.example
		facility = 4719999999
		operator = tanaka
		card-ca = $WORLD/hub/card-ca.pem
	END
}

teardown() {
	[ -z "${LAID:-}" ] || take
}

at_the_reader() {
	[ ! -e "$WORLD/no-reader" ] || could_not_run "no namespaces here for a private pcscd"
	export LOG=$BATS_TEST_TMPDIR/log
	cp -r "$WORLD/card" laid
	lay laid
}

# record: of the card, without a reader.
record() {
	jq -cn --arg presence "$(presence "$WORLD/card")" '{card: {presence: $presence}}'
}

code_of() {
	jq -r '.error.code // "none"' "$1"
}

@test "card, PIN, two questions, insurance, drugs: from insertion to a printed list" {
	at_the_reader
	run expect "$OQ_TREE/tests/ask.exp" 'oq-read-card | oq-consent --lang ja --ask drugs,checkups |
		oq-verify | oq-query --drugs --checkups >visit.jsonl 2>err; echo status $?' <<-END
		oq-read-card: |$(<laid/pin)
		oq-consent: 薬剤情報|-
		2 同意しない: |1
		oq-consent: 特定健診情報|-
		2 同意しない: |1
		status |-
	END
	output=${output//$'\r'/}
	assert_output --partial 'status 0'
	assert_equal "$(jq -r '[.card.method, .consent.origin, .eligibility.status, .medical.refused | tostring] |
		join(" ")' visit.jsonl)" "pin screen valid []"
	assert [ "$(jq '.medical.drugs | length' visit.jsonl)" -gt 0 ]
	assert [ "$(jq '.medical.checkups | length' visit.jsonl)" -gt 0 ]
	"$OQ_TREE/tests/validate" visit.jsonl
	oq-list --medical --lang ja <visit.jsonl >printed
	jq -r '.medical.drugs[0].name' visit.jsonl >name
	grep -qF "$(<name)" printed
	# The receipt that the hub has is an entry of the ledger.
	run -0 oq-consent check-ledger --against visit.jsonl
}

@test "what was refused is not given, and an expired presence asks nobody" {
	record | oq-consent --grant drugs --deny checkups 2>/dev/null | oq-verify 2>/dev/null >verified || true
	oq-query --drugs --checkups <verified >visit.jsonl 2>/dev/null || true
	assert_equal "$(jq -c '[(.medical | has("drugs"), has("checkups")), .medical.refused]' visit.jsonl)" \
		'[true,false,[{"purpose":"checkups","decision":"refused"}]]'
	record | oq-consent --deny drugs 2>/dev/null | oq-verify 2>/dev/null >verified || true
	run ! oq-query --drugs <verified
	refute_output --partial '"drugs":[{'
}

@test "a withdrawal reaches the hub at once: the next question with that consent gets nothing" {
	record | oq-consent --grant drugs 2>/dev/null | oq-verify 2>/dev/null >verified
	oq-query --drugs <verified >before 2>/dev/null
	assert_equal "$(code_of before)" none
	run -0 --separate-stderr oq-consent withdraw "$(jq -r .consent.code verified)"
	assert_equal "$(jq -r '"\(.state) \(.hub)"' <<<"$output")" "withdrawn told"
	oq-query --drugs <verified >after 2>/dev/null || true
	assert_equal "$(code_of after)" consent-withdrawn
	assert_equal "$(jq -c .medical after)" null
	assert_equal "$(oq-hub audit "$WORLD/hub" | jq -r .kind | tail -n 2 | paste -sd' ')" "withdrawal query"
}

@test "a withdrawal before the consent was ever used is taken, too, and again later" {
	record | oq-consent --grant drugs 2>/dev/null | oq-verify 2>/dev/null >verified
	run -3 --separate-stderr oq-consent --via terminal:folder withdraw 1
	run -0 --separate-stderr oq-consent withdraw 1
	assert_equal "$(jq -r .hub <<<"$output")" told
	assert_equal "$(tail -n +2 ledger | jq -r .event | paste -sd' ')" "given withdrawn"
	oq-query --drugs <verified >after 2>/dev/null || true
	assert_equal "$(code_of after)" consent-withdrawn
}

@test "a hub that does not know the facility says so; the withdrawal stays in the ledger" {
	openssl ecparam -name prime256v1 -genkey -noout -out stranger.key
	openssl req -new -x509 -key stranger.key -subj /CN=4719999999 -days 30 -out stranger.pem
	chmod 600 stranger.key
	export OQ_CERT=$PWD/stranger.pem OQ_KEY=$PWD/stranger.key
	record | oq-consent --grant drugs >out 2>/dev/null
	run -4 --separate-stderr oq-consent withdraw 1
	assert_equal "$(jq -r '"\(.state) \(.hub)"' <<<"$output")" "withdrawn not-told"
	assert_equal "$(tail -n 1 ledger | jq -r .event)" withdrawn
}
