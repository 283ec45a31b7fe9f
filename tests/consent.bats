# oq-consent as the desk and the patient use it; the ledger itself is in ledger.bats.
bats_require_minimum_version 1.5.0
load helper
load card

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	openssl ecparam -name prime256v1 -genkey -noout -out facility.key
	openssl req -new -x509 -key facility.key -subj /CN=4719999999 -days 30 -out facility.pem
	openssl genrsa -out rsa.key 2048 2>/dev/null
	openssl req -new -x509 -key rsa.key -subj /CN=4719999999 -days 30 -out rsa.pem
	mkdir card
	openssl genrsa -out card/auth.key 2048 2>/dev/null
	openssl req -new -x509 -key card/auth.key -subj /CN=card -days 30 -outform DER \
		-out card/auth.der
	chmod 600 ./*.key
}

setup() {
	W=$BATS_FILE_TMPDIR
	cd "$BATS_TEST_TMPDIR" || return 1
	export OQ_CERT=$W/facility.pem OQ_KEY=$W/facility.key OQ_FACILITY=4719999999
	export OQ_VIA=https://hub.test/ OQ_LEDGER=$PWD/ledger
}

# record [FILTER [MORE]]: one of a card; filters change what the presence says, and the record.
record() {
	jq -cn --arg presence "$(presence "$W/card" ".aud = \"hub.test\" | ${1:-.}")" \
		'{card: {presence: $presence,
		method: "pin", assurance: "possession", read_at: "2026-10-05T09:00:00+09:00"}} | '"${2:-.}"
}

# face [FILTER]: a result of the face reader, read a moment ago.
face() {
	jq -cn '(now + 32400 | strftime("%Y-%m-%dT%H:%M:%S+09:00")) as $given |
		(now + 32400 + 86400 | strftime("%Y-%m-%dT%H:%M:%S+09:00")) as $until |
		{eligibility: {status: "valid", source: "card", route: "terminal", consents: {
		drugs: {decision: "given", given_at: $given, expires_at: $until, usable: true},
		checkups: {decision: "refused", usable: false},
		treatments: {decision: "absent", usable: false}}}} | '"${1:-.}"
}

insured() {
	printf '%s\n' '{"insured":{"insurer_number":"06130488","symbol":"12","number":"345","birth_date":"1980-01-02"}}'
}

# asked 'COMMAND' <STEPS: as tests/ask.exp says.
asked() {
	run expect "$OQ_TREE/tests/ask.exp" "$1"
	output=${output//$'\r'/}
}

# said FILE: purposes and decisions.
said() {
	jq -c '.consent.purposes | map_values(.decision)' "$1"
}

# payload: what the token on stdin says.
payload() {
	jq -R 'split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson'
}

@test "one question a purpose, one key each, no Enter, in Japanese" {
	record >in
	asked 'oq-consent --lang ja --ask drugs,checkups <in >out 2>err; echo status $?' <<-'END'
		薬剤情報|-
		1 同意する   2 同意しない: |1
		特定健診情報|-
		1 同意する   2 同意しない: |２
		status |-
	END
	assert_output --partial 'oq-consent: 薬剤情報'
	assert_output --partial 'status 1'
	assert_equal "$(said out)" '{"drugs":"given","checkups":"refused"}'
	assert_equal "$(jq -r '.consent | "\(.origin) \(.text.id) \(.text.version) \(.text.lang)"' out)" \
		"screen oq-medical 2026-04-01 ja"
	"$OQ_TREE/tests/validate" out
	run cat err
	refute_output --partial drugs
}

@test "the receipt says what was shown, to whom it is addressed, and its place in the ledger" {
	record >in
	asked 'oq-consent --patient-lang en --operator tanaka --ask drugs <in >out; echo status $?' \
		<<<$'I do not agree: |1\nstatus |-'
	assert_output --partial 'status 0'
	jq -r .consent.receipt out | payload >claims
	assert_equal "$(jq -r '"\(.iss) \(.aud) \(.exp - .iat) \(.origin) \(.operator) \(.n) \(.text.lang)"' claims)" \
		"4719999999 hub.test 86400 screen tanaka 1 en"
	assert_equal "$(jq -r .prev claims)" "$(head -n 1 ledger | sha256sum | cut -d ' ' -f 1)"
	assert_equal "$(jq -r .presence claims)" "$(jq -r .card.presence in | payload | jq -r .jti)"
	assert_equal "$(jq -r .consent.receipt out)" "$(sed -n 2p ledger | jq -r .token)"
	assert_equal "$(stat -c %a ledger)" 600
}

@test "receipts verify with jose, of either kind of key" {
	local kind
	for kind in facility rsa; do
		record | OQ_CERT=$W/$kind.pem OQ_KEY=$W/$kind.key oq-consent --ledger "$kind.ledger" \
			--grant drugs --operator tanaka >out 2>/dev/null
		jq -rj .consent.receipt out >token
		jwk_public <(openssl x509 -in "$W/$kind.pem" -noout -pubkey) >jwk
		run jose jws ver -i token -k jwk -O claims
		assert_success
		assert_equal "$(jq -r .purposes.drugs claims)" given
	done
}

@test "no answer in time is neither yes nor no, and the rest is not asked" {
	record >in
	asked 'oq-consent --timeout 1s --ask drugs,checkups <in >out 2>err; echo status $?' <<<'status |-'
	assert_output --partial 'status 3'
	refute_output --partial 'Health checkups'
	assert_equal "$(said out)" '{"drugs":"absent","checkups":"absent"}'
	assert_equal "$(jq -c '[.error, .consent.receipt]' out)" '[null,null]'
	assert_equal "$(wc -l <ledger)" 1
	"$OQ_TREE/tests/validate" out
	record >in
	asked 'oq-consent --timeout 2s --ask drugs,checkups <in >out 2>err; echo status $?' \
		<<<$'I do not agree: |1\nstatus |-'
	assert_output --partial 'status 3'
	assert_equal "$(said out)" '{"drugs":"given","checkups":"absent"}'
	assert_equal "$(jq -r .consent.receipt out | payload | jq -c .purposes)" '{"drugs":"given"}'
	run -2 oq-consent --timeout 121s --ask drugs
}

@test "what was typed before the question is no answer to it, and other keys are none" {
	record >in
	asked 'echo ready; sleep 1; oq-consent --ask drugs <in >out; echo status $?' \
		<<<$'ready|1\nI do not agree: |x92\nstatus |-'
	assert_output --partial 'status 1'
	assert_equal "$(said out)" '{"drugs":"refused"}'
}

@test "Ctrl-C ends the run with the terminal as it was, and nothing is entered" {
	record >in
	asked 'stty -g >before; trap : INT; oq-consent --ask drugs <in >out; echo status $?; stty -g >after' \
		<<<$'I do not agree: |^C\nstatus |-'
	assert_output --partial 'status 130'
	cmp before after
	assert_equal "$(wc -l <ledger)" 1
	assert_equal "$(wc -c <out)" 0
}

@test "without a terminal nobody is asked" {
	record >in
	run -7 --separate-stderr setsid -w oq-consent --ask drugs <in
	assert_equal "$(jq -r .error.code <<<"$output")" no-terminal
	assert_equal "$(wc -l <ledger)" 1
}

@test "by word of mouth: an operator is named, and there is no purpose all" {
	run -2 --separate-stderr oq-consent --grant drugs </dev/null
	assert_regex "$stderr" operator
	run -2 --separate-stderr oq-consent --grant all --operator tanaka </dev/null
	assert_regex "$stderr" 'no purpose all'
	run -2 --separate-stderr oq-consent --grant drugs --deny drugs --operator tanaka </dev/null
	run -2 --separate-stderr oq-consent --ask drugs --deny checkups --operator tanaka </dev/null
	record | oq-consent --grant drugs --deny checkups --operator tanaka >out 2>/dev/null || true
	assert_equal "$(jq -r .consent.receipt out | payload | jq -c '[.origin, .operator, .purposes]')" \
		'["oral","tanaka",{"drugs":"given","checkups":"refused"}]'
	assert_equal "$(sed -n 2p ledger | jq -r .event)" given
	record | oq-consent --deny drugs --operator tanaka >out 2>/dev/null || true
	assert_equal "$(sed -n 3p ledger | jq -r .event)" refused
}

@test "a presence that the hub would refuse is refused before anybody is asked" {
	local code filter
	while read -r code filter; do
		record "$filter" >in
		run -3 --separate-stderr oq-consent --grant drugs --operator tanaka <in
		assert_equal "$(jq -r .error.code <<<"$output")" "$code"
	done <<-'END'
		token-audience-other .aud = "other.test"
		token-issuer-other .iss = "1312345678"
		token-expired .iat -= 400 | .exp -= 400
		token-id-malformed .jti = "x"
	END
	record . '.card.presence |= .[:-4] + "AAAA"' >in
	run -3 --separate-stderr oq-consent --grant drugs --operator tanaka <in
	assert_equal "$(jq -r .error.code <<<"$output")" token-signature-wrong
	record >in
	run -3 --separate-stderr oq-consent --via terminal:folder --grant drugs --operator tanaka <in
	assert_equal "$(jq -r .error.code <<<"$output")" not-over-this-route
	assert_equal "$(wc -l <ledger)" 1
}

@test "a certificate in its time of grace takes no consent, and the record goes on" {
	record . '.card.expired_days = 3' >in
	run -3 --separate-stderr oq-consent --grant drugs --operator tanaka <in
	assert_equal "$(said <(echo "$output"))" '{"drugs":"unobtainable"}'
	assert_equal "$(jq -c .error <<<"$output")" null
}

@test "what a face result carries is taken over: no question, no receipt, an entry" {
	face >in
	run -0 --separate-stderr setsid -w oq-consent --ask drugs <in
	echo "$output" >out
	assert_equal "$(said out)" '{"drugs":"given","checkups":"refused"}'
	assert_equal "$(jq -c '.consent | [.receipt, .origin, .expires_at]' out)" \
		"$(jq -c '[null, "face-reader", .eligibility.consents.drugs.expires_at]' in)"
	jq -c .consent out >consent
	"$OQ_TREE/tests/validate" -d consent consent
	sed -n 2p ledger | jq -r .token | payload >claims
	assert_equal "$(jq -c '[.event, .purposes]' claims)" \
		'["taken-over",{"drugs":"given","checkups":"refused"}]'
	# Who still has the record can show that it is that one.
	assert_equal "$(jq -r .about claims)" "$(jq -cjS .eligibility in | sha256sum | cut -d ' ' -f 1)"
}

@test "a purpose that a face result refuses, does not carry or has over needs a new reading" {
	face >in
	face '.eligibility.consents.drugs |= (.given_at = "2026-01-01T09:00:00+09:00" |
		.expires_at = "2026-01-02T09:00:00+09:00")' >over
	local purpose file
	while read -r purpose file; do
		run -3 --separate-stderr oq-consent --ask "$purpose" <"$file"
		assert_equal "$(jq -r .error.code <<<"$output")" consent-needs-new-reading
		assert_equal "$(jq -c .consent <<<"$output")" null
	done <<-END
		checkups in
		treatments in
		operations in
		drugs,checkups in
		drugs over
	END
	assert_equal "$(wc -l <ledger)" 1
	run -1 --separate-stderr oq-consent <in
	assert_equal "$(wc -l <ledger)" 2
}

@test "without a card only the limit certificate, by word of mouth; oq-verify sends the flag" {
	insured >in
	run -3 --separate-stderr oq-consent --grant limit_certificate,drugs --operator tanaka <in
	echo "$output" >out
	assert_equal "$(said out)" '{"limit_certificate":"given","drugs":"unobtainable"}'
	assert_equal "$(jq -c '.consent | [.receipt, .origin]' out)" '[null,"oral"]'
	"$OQ_TREE/tests/validate" out
	assert_equal "$(OQ_VIA="" oq-verify --dry-run <out 2>/dev/null | jq .insured.limit_certificate_consent)" true
	run -1 --separate-stderr oq-consent --deny limit_certificate --operator tanaka \
		< <(jq -c '.insured.limit_certificate_consent = true' in)
	assert_equal "$(OQ_VIA="" oq-verify --dry-run <<<"$output" 2>/dev/null |
		jq .insured.limit_certificate_consent)" null
	assert_equal "$(tail -n +2 ledger | jq -r .event | paste -sd' ')" "given refused"
	run -3 --separate-stderr setsid -w oq-consent --ask drugs <in
	assert_equal "$(said <(echo "$output"))" '{"drugs":"unobtainable"}'
	assert_equal "$(wc -l <ledger)" 3
}

@test "in a disaster, by word of mouth: what could be asked; what could not is unobtainable" {
	local given='{"disaster":{"name":"x","birth_date":"1980-01-02","sex":"male","address":"y","consent":"given"}}'
	run -0 --separate-stderr oq-consent --grant drugs --operator tanaka <<<"$given"
	assert_equal "$(jq -c '[.consent.purposes.drugs.decision, .consent.receipt, .consent.origin]' <<<"$output")" \
		'["given",null,"oral"]'
	run -3 --separate-stderr oq-consent --grant drugs,limit_certificate --operator tanaka \
		<<<"${given/given/unable}"
	assert_equal "$(said <(echo "$output"))" '{"drugs":"unobtainable","limit_certificate":"unobtainable"}'
	assert_equal "$(wc -l <ledger)" 2
}

@test "one line out for each line in, in order, whatever they are" {
	{
		face
		echo '{bad'
		insured
		echo '{"error":{"tool":"oq-read-card","code":"card-removed"}}'
		record
	} >in
	oq-consent --grant drugs --operator tanaka <in >out 2>err || true
	assert_equal "$(wc -l <out)" 5
	assert_equal "$(jq -c '[.consent.origin, .error.code]' out | paste -sd' ')" \
		'["face-reader",null] [null,"not-json"] [null,null] [null,"card-removed"] ["oral",null]'
	assert_equal "$(tail -n 1 err)" "oq-consent: read 5, yes 2, no 0, unknown 3"
}

@test "the wording is a table: another version, another language, none" {
	sed -n 1p "$OQ_BUILD/share/oq/wording.csv" >w.csv
	grep ',en,' "$OQ_BUILD/share/oq/wording.csv" | sed 's/,oq-medical,2026-04-01,en,/,clinic,7,pt,/' >>w.csv
	record | oq-consent --wording w.csv --patient-lang pt --grant drugs --operator tanaka \
		>out 2>/dev/null
	assert_equal "$(jq -c .consent.text out)" '{"id":"clinic","version":"7","lang":"pt"}'
	run -7 --separate-stderr oq-consent --wording w.csv --grant drugs --operator tanaka </dev/null
	assert_regex "$stderr" 'no wording'
	sed -i '/,pt,drugs,/d' w.csv
	run -7 --separate-stderr oq-consent --wording w.csv --patient-lang pt --grant drugs \
		--operator tanaka </dev/null
	assert_regex "$stderr" 'drugs, in pt'
	run -7 --separate-stderr faketime 2026-03-31 oq-consent --grant drugs --operator tanaka </dev/null
}

@test "list: what counts now, and what counted then" {
	face >f
	insured >i
	record >in
	oq-consent --grant drugs --operator tanaka <in >one 2>/dev/null
	oq-consent <f >/dev/null 2>&1 || true
	oq-consent --grant limit_certificate --operator tanaka <i >/dev/null 2>&1
	record | oq-consent --deny drugs --operator tanaka >/dev/null 2>&1 || true
	run -0 --separate-stderr oq-consent list
	assert_equal "$(jq -r .state <<<"$output" | paste -sd' ')" "given given given refused"
	assert_equal "$(jq -r .origin <<<"$output" | paste -sd' ')" "oral face-reader oral oral"
	"$OQ_TREE/tests/validate" -d agreement <<<"$output"
	run -0 oq-consent list --as-of 2026-01-01T00:00:00+09:00
	assert_output ""
	run -0 --separate-stderr faketime -f +25h oq-consent list
	assert_equal "$(jq -r .state <<<"$output" | head -n 1)" expired
	oq-consent withdraw "$(jq -r .consent.code one)" --via terminal:folder >/dev/null 2>&1 || true
	run -0 --separate-stderr oq-consent list
	assert_equal "$(jq -r .state <<<"$output" | head -n 1)" withdrawn
	sed -i 3d ledger
	run -1 --separate-stderr oq-consent list
	assert_equal "$(jq -r .n <<<"$output")" 1
	assert_regex "$stderr" 'broken at entry 2'
}

@test "withdraw: in the ledger at once, once, and it says that no hub was told" {
	record | oq-consent --grant drugs --operator tanaka >out 2>/dev/null
	unset OQ_VIA
	run -3 --separate-stderr oq-consent withdraw "$(jq -r .consent.code out)"
	assert_equal "$(jq -r '"\(.state) \(.hub)"' <<<"$output")" "withdrawn not-told"
	assert_regex "$stderr" 'hub was not told'
	assert_equal "$(sed -n 3p ledger | jq -r .token | payload | jq -r '"\(.consent) \(.aud)"')" \
		"$(jq -r .consent.receipt out | payload | jq -r '"\(.jti) \(.aud)"')"
	run -3 --separate-stderr oq-consent withdraw 1
	assert_equal "$(wc -l <ledger)" 3
	run -3 --separate-stderr oq-consent check-ledger
	run -1 --separate-stderr oq-consent withdraw 1-0000-0000-0000-0000-0000-0000
	assert_regex "$stderr" 'no such entry'
	# A hub that is named and cannot be asked does not keep it out of the ledger either.
	record | oq-consent --via https://hub.test/ --grant drugs --operator tanaka >out 2>/dev/null
	run -6 --separate-stderr oq-consent --via https://127.0.0.1:1/ --ca "$W/facility.pem" \
		withdraw "$(jq -r .consent.code out)"
	assert_equal "$(jq -r '"\(.state) \(.hub)"' <<<"$output")" "withdrawn not-told"
	assert_equal "$(tail -n 1 ledger | jq -r .event)" withdrawn
}

@test "the patient's page and slip, in the patient's language, no line too wide" {
	record | oq-consent --patient-lang ja --grant drugs --deny checkups --operator 田中 >out 2>/dev/null || true
	run -0 oq-consent receipt --lang ja
	assert_line '  薬剤情報: 同意する'
	assert_line '  特定健診情報: 同意しない'
	assert_line "  $(jq -r .consent.code out)"
	run -0 oq-consent receipt --slip --patient-lang en 1
	assert_line '  Medicines: I agree'
	[ "$(sed 's/^ *//' <<<"$output" | grep -A 1 -E '^1-' | paste -sd- | tr -d ' ')" = \
		"$(jq -r .consent.code out)" ]
	oq-consent receipt --slip --lang ja >slip
	[ "$(wc -L <slip)" -le 32 ]
	run -1 --separate-stderr oq-consent receipt 7
	assert_output ""
}

# proof: the page's commands, as somebody without oq would run them: nothing but sh and three tools.
proof() {
	mkdir -p bare
	local tool
	for tool in sh jose jq sha256sum; do
		ln -sf "$(command -v $tool)" "bare/$tool"
	done
	sed -n '/^\.\\" proof: begin/,/^\.\\" proof: end/{/^\./!p}' "$OQ_TREE/man/oq-consent.1" |
		sed 's/\\e/\\/g' >proof.sh
	run env -i PATH="$PWD/bare" code="$1" point="$2" bare/sh proof.sh
}

@test "offline: slip, ledger and a printed checkpoint show what was agreed, with jose, sha256sum and jq" {
	local kind
	for kind in facility rsa; do
		export OQ_CERT=$W/$kind.pem OQ_KEY=$W/$kind.key
		rm -f ledger
		record | oq-consent --deny drugs --operator tanaka >/dev/null 2>&1 || true
		record | oq-consent --grant drugs --deny checkups --operator tanaka >out 2>/dev/null || true
		record | oq-consent --grant drugs --operator tanaka >/dev/null 2>&1
		oq-consent checkpoint >points
		record | oq-consent --grant drugs --operator tanaka >later 2>/dev/null
		code=$(jq -r .consent.code out)
		proof "$code" "$(<points)"
		assert_success
		assert_line 'the receipt of this slip'
		assert_line '    "checkups": "refused"'
		assert_line 'as on the day sheet'
		refute_output --partial broken
		cp ledger whole
		# Another slip, another answer, another day sheet.
		proof "2-0000${code#2-????}" "$(<points)"
		refute_output --partial 'of this slip'
		sed -i '2s/"refused"/"given"/' ledger
		proof "$code" "$(<points)"
		assert_line 'broken before line 3'
		cp whole ledger
		proof "$code" "$(sed 's/.....$/00001/' points)"
		assert_line 'not the line of the day sheet'
	done
}

@test "prove says the same: the code pins the words, a checkpoint the time" {
	record | oq-consent --grant drugs --operator tanaka >out 2>/dev/null
	code=$(jq -r .consent.code out)
	run -3 oq-consent prove "$code"
	assert_line 'Agreed: drugs'
	assert_line "No checkpoint from there on was given: the time is that of the facility's clock."
	oq-consent checkpoint >points
	run -0 oq-consent prove "${code^^}" --against points
	assert_line --partial 'The checkpoint of entry 2 shows that it was there on '
	run -3 oq-consent prove 1 --against points
	sed -i '2s/"given"/"refused"/' ledger
	run -1 oq-consent prove "$code" --against points
	run -1 oq-consent prove 2-0000-0000-0000-0000-0000-0000
}

@test "both processes have entered their profiles before the first line is read" {
	mkfifo in
	oq-consent --grant drugs --operator tanaka <in >out 2>err 3>&- &
	local desk=$! pid
	exec 7>in
	wait_for 20 grep -q 'Seccomp:.2' "/proc/$desk/status"
	for pid in "$desk" $(pgrep -P "$desk"); do
		grep -q 'NoNewPrivs:.1' "/proc/$pid/status"
		grep -q 'Seccomp:.2' "/proc/$pid/status"
	done
	[ "$(pgrep -cP "$desk")" -eq 1 ]
	exec 7>&-
	wait "$desk"
	assert_equal "$(wc -c <out)" 0
}
