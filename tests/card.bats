# oq-read-card on a real pcscd, with a virtual card: every outcome, PIN tries, what is dropped when.
bats_require_minimum_version 1.5.0
load helper
load card

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	keys keys ca other-ca auth other
	openssl ecparam -name secp384r1 -genkey -noout -out keys/p384.key
	openssl genrsa -out keys/weak.key 1024 2>/dev/null
	authority ca keys/ca.key
	authority other-ca keys/other-ca.key
	cat ca/ca.pem >card-ca.pem
	card good ca keys/auth.key
	openssl ecparam -name prime256v1 -genkey -noout -out facility.key
	chmod 600 facility.key
	openssl req -new -x509 -key facility.key -subj /CN=1312345678 -days 30 -out facility.pem
	export READER=$BATS_FILE_TMPDIR/reader
	reader_start "$READER" || touch "$BATS_FILE_TMPDIR/no-reader"
}

teardown_file() {
	reader_stop "$READER"
}

setup() {
	[ ! -e "$BATS_FILE_TMPDIR/no-reader" ] || could_not_run "no namespaces here for a private pcscd"
	W=$BATS_FILE_TMPDIR
	LOG=$BATS_TEST_TMPDIR/log
	LAID=
	cd "$BATS_TEST_TMPDIR" || return 1
}

teardown() {
	[ -z "$LAID" ] || take
	[ -z "${LAID2:-}" ] || kill "$LAID2" 2>/dev/null || true
	[ -z "${WATCHER:-}" ] || kill "$WATCHER" 2>/dev/null || true
}

# read_card [OPTION...]: PIN in $PIN (8305 unless set), at the time of $CLOCK.
read_card() {
	run --separate-stderr ${CLOCK:+faketime "$CLOCK"} oq-read-card --no-config --card-ca "$W/card-ca.pem" \
		--facility 1312345678 --via https://hub.test/ --timeout 2s --pin-fd 5 "$@" \
		5<<<"${PIN-8305}"
}

# a_card DIR [NAME=VALUE...]: one more card of the authority, with a key of its own.
a_card() {
	local dir=$1
	shift
	card "$dir" "$W/ca" "$W/keys/auth.key" "$@"
}

# fails CODE: the one record says so, the status is 5, nothing was given out.
fails() {
	assert_equal "$status" 5
	assert_equal "${#lines[@]}" 1
	assert_equal "$(jq -r .error.code <<<"$output")" "$1"
	refute [ "$(jq 'has("card")' <<<"$output")" = true ]
}

# untried: the card never saw a PIN.
untried() {
	run grep -E ' verify |verified' "$LOG"
	assert_failure 1
}

steps() {
	grep -cE '^[0-9]+ [a-z]+ [0-9a-f]{8}' "$LOG"
}

@test "a card and its PIN become a presence, in at most 16 commands" {
	a_card card
	lay card
	read_card
	assert_success
	assert_equal "$(steps)" 16
	assert_equal "$(jq -r '.card | [.method, .assurance, .revocation, .not_after] | join(" ")' <<<"$output")" \
		"pin possession not-checked-locally $(date -u -d '+3 years' +%Y-%m-%d)T23:59:59+09:00"
	refute [ "$(jq '.card | has("serial")' <<<"$output")" = true ]
	run grep -E ' (select )?other ' "$LOG"
	assert_failure 1
	assert_equal "$(cat card/tries)" "3 5"
}

@test "the presence verifies with jose, by the key of the card's certificate" {
	a_card card
	lay card
	read_card
	jq -rj .card.presence <<<"$output" >token
	jwk_public <(openssl x509 -in card/auth.der -inform DER -pubkey -noout) >key.jwk
	jose jws ver -i token -k key.jwk -O claims
	assert_equal "$(jq -r '[.iss, .aud, .exp - .iat, .method, .scope] | join(" ")' claims)" \
		"1312345678 hub.test 300 pin verify"
	assert_equal "$(jq -r '.jti | length' claims)" 26
	read_card --scope self
	jq -rj .card.presence <<<"$output" >token
	jose jws ver -i token -k key.jwk -O claims
	assert_equal "$(jq -r .scope claims)" self
}

@test "with --with-serial the serial is there, and the certificate's hash is of issuer key and serial" {
	a_card card
	lay card
	read_card --with-serial
	assert_equal "$(jq -r .card.serial <<<"$output")" 0705d990
	local issuer
	issuer=$(openssl x509 -in "$W/ca/ca.pem" -noout -ext subjectKeyIdentifier | tail -n 1 | tr -d ' :')
	assert_equal "$(jq -r .card.certificate <<<"$output")" \
		"$(printf '%s0705D990' "$issuer" | xxd -r -p | sha256sum | cut -d ' ' -f 1)"
}

@test "a full-width PIN is taken, one that cannot be a PIN is never sent" {
	a_card card
	lay card
	PIN=８３０５ read_card
	assert_success
	local pin
	for pin in 830 83055 "83 5" abcd 830५; do
		: >"$LOG"
		PIN=$pin read_card
		fails pin-malformed
		untried
	done
	PIN='' read_card
	fails pin-not-given
}

@test "a wrong PIN says how many tries are left and spends one" {
	a_card card
	lay card
	PIN=1111 read_card
	fails pin-wrong
	assert_equal "$(jq -r .error.detail <<<"$output")" "2 left"
	assert_equal "$(cat card/tries)" "2 5"
	assert_equal "$(grep -c ' verify ' "$LOG")" 1
	grep -q power-off "$LOG"
	# shellcheck disable=SC2154 # set by run
	refute [ "$(grep -c 1111 <<<"$stderr$output")" -gt 0 ]
}

@test "the last try is spent only with --use-last-try" {
	a_card card
	echo 1 5 >card/tries
	lay card
	read_card
	fails pin-last-try
	untried
	read_card --use-last-try
	assert_success
	assert_equal "$(cat card/tries)" "3 5"
	echo 1 5 >card/tries
	take
	lay card
	PIN=1111 read_card --use-last-try
	fails pin-blocked
	assert_equal "$(cat card/tries)" "0 5"
	: >"$LOG"
	read_card --use-last-try
	fails pin-blocked
	untried
}

@test "tries that the card does not tell are not tried" {
	a_card card
	local sw
	for sw in 9000 6700 6300 6a81; do
		lay card --fault "sw@query=$sw"
		read_card
		fails pin-tries-unknown
		untried
		take
	done
	lay card --fault sw@query=6984
	read_card
	fails pin-blocked
	untried
}

@test "--status spends no try and asks for no PIN" {
	a_card card
	echo 1 5 >card/tries
	lay card
	run --separate-stderr oq-read-card --no-config --card-ca "$W/card-ca.pem" --status </dev/null
	assert_success
	assert_equal "$(jq -r '.card | [.tries_left, .method, .assurance, has("presence")] | join(" ")' <<<"$output")" \
		"1 none none false"
	untried
	assert_equal "$(cat card/tries)" "1 5"
}

@test "no PIN goes to a card that cannot serve: each reason has its code" {
	local name code rest
	while read -r code rest; do
		name=card-$code
		# shellcheck disable=SC2086 # words are arguments
		a_card "$name" $rest
		lay "$name"
		read_card
		fails "${code%%.*}" || {
			echo "for $code: $output"
			return 1
		}
		untried
		take
	done <<-END
		card-certificate-other.usage keyUsage=critical,digitalSignature,nonRepudiation
		card-certificate-other.no-usage keyUsage=
		card-certificate-other.policy policy=1.2.392.200149.8.5.1.1.20
		card-certificate-other.no-policy certificatePolicies=
		card-certificate-other.extended extendedKeyUsage=serverAuth
		card-certificate-other.authority basicConstraints=critical,CA:TRUE
		card-certificate-other.locality subject=/C=JP/L=Yokohama/CN=1
		card-certificate-other.country subject=/C=KR/CN=1
		card-certificate-other.names subjectAltName=otherName:1.2.392.200149.8.5.5.1;UTF8:Yamada
		card-certificate-other.critical 1.2.3.4=critical,ASN1:NULL
		card-not-yet-valid from=20991231150000Z to=21001231145959Z
		card-expired from=20200101000000Z to=20210101145959Z
		card-issuer-unknown md=sha1
	END
}

@test "keys, authorities and labels that are not ours" {
	card p384 "$W/ca" "$W/keys/p384.key"
	lay p384
	read_card
	fails card-key-unsupported
	assert_equal "$(jq -r .error.detail <<<"$output")" "ES384: how the next card signs is not public"
	untried
	take
	card weak "$W/ca" "$W/keys/weak.key"
	lay weak
	read_card
	fails card-key-unsupported
	take
	card other "$W/other-ca" "$W/keys/auth.key"
	lay other
	read_card
	fails card-issuer-unknown
	untried
	take
	a_card old
	local label
	for label in JPKIAPICCTOKEN JPKIAPGPSETOKEN JPKIAPIOSTOKEN SOMETHINGELSE; do
		echo "$label" >old/label
		lay old
		read_card
		fails card-kind-unsupported
		untried
		take
	done
}

@test "a certificate that is absent, cut, endless, of unknown length or too long; filler is fine" {
	a_card card
	cp card/auth.der whole
	rm card/auth.der
	lay card
	read_card
	fails card-without-certificate
	take
	local i=0 bytes
	for bytes in "$(head -c 600 whole | xxd -p)" 3080 3000 "3082ffff$(head -c 300 /dev/zero | xxd -p)" 00; do
		xxd -r -p <<<"$bytes" >card/auth.der
		i=$((i + 1))
		lay card
		read_card
		fails card-certificate-malformed || {
			echo "for $i: $output"
			return 1
		}
		untried
		take
	done
	cat whole <(head -c 700 /dev/zero) >card/auth.der
	lay card
	read_card
	assert_success
}

@test "an authority's file that mixes names, holds no authority or is not there is refused" {
	authority sign "$W/keys/other-ca.key" "/C=JP/O=JPKI-OQ-REHEARSAL/OU=JPKI for digital signature"
	cat "$W/ca/ca.pem" sign/ca.pem >mixed.pem
	local file
	for file in mixed.pem "$W/good/auth.der.pem" "$W/keys/ca.key" /nowhere; do
		run --separate-stderr oq-read-card --no-config --card-ca "$file" --status
		assert_equal "$status" 4
		assert_equal "$output" ""
	done
	# Generations of one name are what a real file holds.
	cat "$W/other-ca/ca.pem" "$W/ca/ca.pem" >generations.pem
	a_card card
	lay card
	read_card --card-ca generations.pem
	assert_success
}

@test "a card taken away at any step says which, and spends nothing before the PIN" {
	a_card card
	local step
	for step in application token certificate pin query verify key sign; do
		: >"$LOG"
		lay card --fault "remove@$step"
		read_card
		fails card-removed || {
			echo "at $step: $output"
			return 1
		}
		[ "$step" = key ] || [ "$step" = sign ] || untried
		LAID=
	done
	assert_equal "$(cat card/tries)" "3 5"
	lay card --fault lost@verify
	PIN=1111 read_card
	fails card-removed
	assert_regex "$(jq -r .error.detail <<<"$output")" "a try may have been spent"
	LAID=
}

@test "another card at any step is noticed: it gets no PIN, and its signature goes nowhere" {
	a_card card
	card other "$W/ca" "$W/keys/other.key" serial=07AAAAAA
	local step
	for step in certificate pin query#2 key sign; do
		echo "at $step"
		lay card --fault "swap@$step=$BATS_TEST_TMPDIR/other"
		read_card
		fails card-swapped || {
			echo "at $step: $output"
			return 1
		}
		[ "$step" = key ] || [ "$step" = sign ] || untried
		take
	done
	assert_equal "$(cat card/tries)" "3 5"
	[ ! -e other/tries ]
	# The certificate of one, from its middle on of the other.
	lay card --fault "swap@certificate#3=$BATS_TEST_TMPDIR/other"
	read_card
	assert_equal "$status" 5
	untried
}

@test "a card that its own power-up made forget is told from another" {
	a_card card
	cp -r card same
	lay card --fault "swap@pin=$BATS_TEST_TMPDIR/same"
	read_card
	fails card-reset
	untried
}

@test "a signature by another key is refused" {
	a_card card
	cp "$W/keys/other.key" card/auth.key
	lay card
	read_card
	fails card-signature-wrong
	take
	a_card card2
	lay card2 --fault flip@sign
	read_card
	fails card-signature-wrong
}

@test "answers that are short, too long, or make no sense" {
	a_card card
	local fault
	for fault in short@application short@token long@certificate long@verify short@sign; do
		lay card --fault "$fault"
		read_card
		fails card-answer-malformed || {
			echo "$fault: $output"
			return 1
		}
		take
	done
	for fault in sw@certificate=6a86 sw@pin=6a80 sw@key=6981 sw@sign=6985 sw@verify=6700; do
		lay card --fault "$fault"
		read_card
		fails card-refused || {
			echo "$fault: $output"
			return 1
		}
		take
	done
	for fault in sw@application=6a82 sw@application=6d00 sw@application=6f00; do
		lay card --fault "$fault"
		read_card
		fails card-foreign
		take
	done
}

@test "what odd cards do and is harmless" {
	a_card card
	local fault
	a_card bare authorityKeyIdentifier=none subjectKeyIdentifier=none issuerAltName= \
		crlDistributionPoints= authorityInfoAccess= extendedKeyUsage=
	lay bare
	read_card
	assert_success
	take
	for fault in sw@application#1=6f00 sw@token#1=6a86 cut@certificate#2=7 slow@sign=1500 slow@certificate=300; do
		lay card --fault "$fault"
		read_card
		assert_success || {
			echo "$fault"
			return 1
		}
		take
	done
}

@test "a silent card is given up, at the step where it fell silent" {
	a_card card
	local step
	for step in application certificate sign; do
		lay card --fault "silent@$step"
		read_card
		fails card-silent || {
			echo "at $step: $output"
			return 1
		}
		kill -9 "$LAID"
		LAID=
	done
}

@test "no daemon, no reader, no card, held by another program" {
	PCSCLITE_CSOCK_NAME=$PWD/nothing read_card
	fails card-service-missing
	read_card --reader Nobody
	fails reader-missing
	assert_regex "$(jq -r .error.detail <<<"$output")" "Test Reader 00 00"
	read_card --reader 7
	fails reader-missing
	read_card --reader Test
	fails reader-ambiguous
	read_card --reader "Test Reader 00 00"
	fails card-missing
	a_card card
	lay card --fault slow@application=3000
	"$OQ_BUILD/bin/oq-read-card" --no-config --card-ca "$W/card-ca.pem" --status >holder 2>&1 3>&- &
	local holder=$!
	sleep 0.5
	read_card
	fails reader-held
	wait "$holder"
	assert_equal "$(jq .card.tries_left holder)" 3
}

@test "of two cards the one of ours is taken; of two of ours none, unless one is named" {
	a_card card
	a_card second serial=07BBBBBB
	lay card
	local log=$LOG
	"$OQ_BUILD/tests/vcard" --ns "$(<"$READER/pid")" --port 40001 --log second.log \
		--fault sw@application=6a82 second 3>&- &
	LAID2=$!
	wait_for 5 grep -q power-on second.log
	read_card
	assert_success
	kill "$LAID2"
	wait_for 20 "$OQ_BUILD/tests/card" empty 1
	: >second.log
	"$OQ_BUILD/tests/vcard" --ns "$(<"$READER/pid")" --port 40001 --log second.log second 3>&- &
	LAID2=$!
	wait_for 5 grep -q power-on second.log
	read_card
	fails card-ambiguous
	read_card --reader 1 --with-serial
	assert_equal "$(jq -r .card.serial <<<"$output")" 07bbbbbb
	LOG=$log
}

@test "an expired certificate in its time of grace: no PIN, an attested presence, the days" {
	a_card card from=20200101000000Z to="$(date -u -d '-20 days' +%Y%m%d)145959Z"
	lay card
	read_card
	fails attestation-not-possible
	untried
	read_card --operator tanaka --cert "$W/facility.pem" --key "$W/facility.key"
	assert_success
	assert_regex "$(jq -r '.card | [.method, .assurance, .expired_days] | join(" ")' <<<"$output")" \
		'^visual attested (19|20|21)$'
	untried
}

@test "the grace ends three months after the last day in Japan" {
	a_card card from=20200101000000Z to=20261130145959Z
	export FAKETIME_DONT_FAKE_MONOTONIC=1 TZ=UTC
	lay card
	CLOCK="2027-02-28 14:59:58" read_card --operator t --cert "$W/facility.pem" --key "$W/facility.key"
	assert_equal "$(jq .card.expired_days <<<"$output")" 90
	CLOCK="2027-02-28 15:00:01" read_card --operator t --cert "$W/facility.pem" --key "$W/facility.key"
	fails card-expired
	CLOCK="2026-11-30 14:59:58" read_card
	assert_success
	assert_regex "$stderr" "ends in 0 days"
	CLOCK="2026-09-01 16:00:00" read_card
	assert_regex "$stderr" "ends in 89 days"
	CLOCK="2026-08-31 10:00:00" read_card
	refute_regex "$stderr" "ends in"
}

@test "--method visual: the facility signs who looked, over the card's certificate" {
	a_card card
	lay card
	read_card --method visual --operator 受付田中 --cert "$W/facility.pem" --key "$W/facility.key"
	assert_success
	jq -rj .card.presence <<<"$output" >token
	untried
	jwk_public <(openssl x509 -in "$W/facility.pem" -pubkey -noout) >key.jwk
	jose jws ver -i token -k key.jwk -O claims
	assert_equal "$(jq -r '[.method, .operator, .["x5t#S256"]] | join(" ")' claims)" \
		"visual 受付田中 $(openssl dgst -sha256 -binary card/auth.der | basenc --base64url | tr -d =)"
	chmod 640 "$W/facility.key"
	read_card --method visual --operator t --cert "$W/facility.pem" --key "$W/facility.key"
	chmod 600 "$W/facility.key"
	assert_equal "$status" 4
}

@test "a presence is made out to the host of --via, or to the name that --hub says" {
	a_card card
	lay card
	local said
	for said in "hub.test " "hub.own --hub hub.own"; do
		# shellcheck disable=SC2086
		read_card ${said#* }
		assert_equal "$(jq -r .card.presence <<<"$output" | cut -d. -f2 | tr -- -_ +/ |
			base64 -d 2>/dev/null | jq -r .aud)" "${said%% *}"
	done
}

@test "--merge adds the card to the record that came in" {
	a_card card
	lay card
	run --separate-stderr oq-read-card --no-config --card-ca "$W/card-ca.pem" --facility 1312345678 \
		--via https://hub.test/ --timeout 2s --pin-fd 5 --merge \
		5<<<8305 <<<'{"id":9999999999999999999999,"visit_date":"2026-11-22"}'
	assert_success
	assert_regex "$output" '^\{"id":9999999999999999999999,"visit_date":"2026-11-22",.*"card":\{'
}

@test "--watch reads each card once" {
	a_card card
	oq-read-card --no-config --card-ca "$W/card-ca.pem" --facility 1312345678 \
		--via https://hub.test/ --method visual --operator t --cert "$W/facility.pem" \
		--key "$W/facility.key" --watch >out 2>err 3>&- </dev/null &
	WATCHER=$!
	sleep 0.3
	lay card
	wait_for 3 grep -q . out
	sleep 1
	take
	lay card
	wait_for 3 has_lines 2 out
	kill -TERM "$WATCHER"
	wait "$WATCHER" || true
	has_lines 2 out
	assert_equal "$(grep -c "not recognised" err)" 2
	# Without a terminal nobody could say that they looked at each.
	assert_equal "$(jq -r .error.code out | sort -u)" attestation-withheld
}

has_lines() {
	[ "$(wc -l <"$2")" -eq "$1" ]
}

@test "--watch tells a trouble once while it lasts" {
	PCSCLITE_CSOCK_NAME=$PWD/nothing oq-read-card --no-config --card-ca "$W/card-ca.pem" \
		--facility 1312345678 --via https://hub.test/ --watch >out 2>err 3>&- </dev/null &
	WATCHER=$!
	sleep 2.5
	kill -TERM "$WATCHER"
	wait "$WATCHER" || true
	assert_equal "$(jq -r .error.code out)" card-service-missing
	assert_equal "$(grep -c "does not run" err)" 1
}

@test "wrong use ends with 2, a terminal's route is refused before the card is touched" {
	run --separate-stderr oq-read-card --no-config --pin-fd 0 --card-ca "$W/card-ca.pem"
	assert_equal "$status" 2
	run --separate-stderr oq-read-card --no-config --card-ca "$W/card-ca.pem" --watch --merge
	assert_equal "$status" 2
	read_card --via terminal:/tmp
	assert_equal "$status" 2
	assert_regex "$stderr" "face"
}

@test "a closed pipe and a full disk are told" {
	a_card card
	lay card
	run bash -c "oq-read-card --no-config --card-ca '$W/card-ca.pem' --status >/dev/full"
	assert_equal "$status" 7
}

@test "the page's example shows what is the matter with a card" {
	cp "$W/ca/ca.pem" jpki.pem
	a_card card
	lay card
	run bash -o pipefail -c "$(sed -n '/run by: card.bats/{n;s/^\.Dl \$ //p}' "$OQ_TREE/man/oq-read-card.1")"
	assert_success
	assert_output --partial '"tries_left": 3'
}
