# Consent and withdrawal tokens against jose(1): ours verify there, those made there with one thing
# wrong are refused, each with its own code.
bats_require_minimum_version 1.5.0
load helper
load card

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	openssl ecparam -name prime256v1 -genkey -noout -out facility.key
	openssl req -new -x509 -key facility.key -subj /CN=1312345678 -days 30 -out facility.pem
	openssl x509 -in facility.pem -outform DER -out facility.der
	openssl ecparam -name prime256v1 -genkey -noout -out other.key
	openssl ecparam -name secp384r1 -genkey -noout -out p384.key
	openssl req -new -x509 -key p384.key -subj /CN=1312345678 -days 30 -outform DER -out p384.der
	chmod 600 ./*.key
	local k
	for k in facility other p384; do
		jwk_private $k.key >$k.jwk
	done
}

setup() {
	W=$BATS_FILE_TMPDIR
	cd "$BATS_TEST_TMPDIR" || return 1
	CERT=$W/facility.der KEY=$W/facility.jwk ALG=ES256
}

# claims [FILTER]: what a consent says, changed by a jq filter.
claims() {
	jq -cn --argjson now "$(date +%s)" '{iss: "1312345678", aud: "hub.test", iat: $now,
		exp: ($now + 86400), jti: "abcdefghijklmnopqrstuvwxyz",
		presence: "bcdefghijklmnopqrstuvwxyza", purposes: {drugs: "given", checkups: "refused"},
		text: {id: "medical", version: "2026-04-01", lang: "ja"}, origin: "screen", n: 7,
		prev: ("ab" * 32)} | '"${1:-.}"
}

withdrawal() {
	jq -cn --argjson now "$(date +%s)" '{iss: "1312345678", aud: "hub.test", iat: $now,
		jti: "cdefghijklmnopqrstuvwxyzab", consent: "abcdefghijklmnopqrstuvwxyz", n: 8,
		prev: ("cd" * 32)} | '"${1:-.}"
}

# token TYPE CLAIMS: signed by jose, whatever it says.
token() {
	printf %s "$2" >claims
	jq -cn --arg alg "$ALG" --arg typ "$1" --arg x5c "$(base64 -w 0 <"$CERT")" \
		'{protected: {alg: $alg, typ: $typ, x5c: [$x5c]}}' >template
	jose jws sig -I claims -s "$(cat template)" -k "$KEY" -c | tr -d '\n' >token
}

verify() {
	run "$OQ_BUILD/tests/trust" "$1" token 1312345678 hub.test
}

# each KIND TYPE CLAIMS-FUNCTION: lines of a code and a filter.
each() {
	local filter code
	while read -r code filter; do
		token "$2" "$("$3" "$filter")"
		verify "$1"
		[ "$output" = "$code" ] || {
			echo "$filter: $output instead of $code"
			return 1
		}
		assert_failure 1
	done
}

@test "a consent that jose made is good, and is what it says" {
	local signer
	signer=$(sha256sum <"$W/facility.der" | cut -d ' ' -f 1)
	token oq-consent+jws "$(claims)"
	verify consent
	assert_success
	assert_output "good abcdefghijklmnopqrstuvwxyz bcdefghijklmnopqrstuvwxyza given 1 refused 8 medical 2026-04-01 ja screen [] 7 $signer"
	token oq-consent+jws "$(claims '.origin = "oral" | .operator = "tanaka"')"
	verify consent
	assert_success
	assert_output --partial 'oral [tanaka] 7'
	token oq-consent+jws "$(claims '.operator = "tanaka"')"
	verify consent
	assert_success
	token oq-withdrawal+jws "$(withdrawal .)"
	verify withdrawal
	assert_success
	assert_output "good abcdefghijklmnopqrstuvwxyz [] $signer"
}

@test "each claim of a consent that is wrong has a code of its own" {
	each consent oq-consent+jws claims <<-'END'
		token-issuer-other .iss = "1312345679"
		token-audience-other .aud = "hub.test.example"
		token-not-yet-valid .iat += 62 | .exp += 62
		consent-expired .iat -= 86400 | .exp -= 86400
		token-lifetime-wrong .exp += 1
		token-lifetime-wrong .exp -= 1
		token-id-malformed .jti = "1"
		token-id-malformed .presence = "1"
		token-origin-refused .origin = "face-reader"
		token-origin-refused .origin = 1
		token-claim-missing del(.iss)
		token-claim-missing del(.aud)
		token-claim-missing del(.iat)
		token-claim-missing del(.exp)
		token-claim-missing del(.jti)
		token-claim-missing del(.presence)
		token-claim-missing del(.purposes)
		token-claim-missing del(.text)
		token-claim-missing del(.origin)
		token-claim-missing del(.n)
		token-claim-missing del(.prev)
		token-claim-missing .origin = "oral"
		token-claim-unknown .sub = "1"
		token-claim-malformed .purposes = {}
		token-claim-malformed .purposes = []
		token-claim-malformed .purposes.all = "given"
		token-claim-malformed .purposes.drugs = "expired"
		token-claim-malformed .purposes.drugs = true
		token-claim-malformed del(.text.lang)
		token-claim-malformed .text.more = "1"
		token-claim-malformed .text = "medical"
		token-claim-malformed .n = -1
		token-claim-malformed .n = "7"
		token-claim-malformed .prev = "ab"
		token-claim-malformed .prev |= ascii_upcase
		token-claim-malformed .operator = ""
		token-malformed .operator = "a\u0000b"
	END
	# It is good to its last second.
	token oq-consent+jws "$(claims '.iat -= 86390 | .exp -= 86390')"
	verify consent
	assert_success
}

@test "each claim of a withdrawal that is wrong has a code of its own" {
	each withdrawal oq-withdrawal+jws withdrawal <<-'END'
		token-issuer-other .iss = "1312345679"
		token-audience-other .aud = "hub.test.example"
		token-not-yet-valid .iat += 62
		token-id-malformed .jti = "1"
		token-id-malformed .consent = "1"
		token-claim-missing del(.consent)
		token-claim-missing del(.n)
		token-claim-missing del(.prev)
		token-claim-unknown .exp = 1
		token-claim-unknown .purposes = {drugs: "given"}
	END
}

@test "neither is the other, and neither is signed by another key or kind of key" {
	token oq-consent+jws "$(claims)"
	verify withdrawal
	assert_output token-type-refused
	token oq-presence+jws "$(claims)"
	verify consent
	assert_output token-type-refused
	KEY=$W/other.jwk token oq-consent+jws "$(claims)"
	verify consent
	assert_output token-signature-wrong
	CERT=$W/p384.der KEY=$W/p384.jwk ALG=ES384 token oq-consent+jws "$(claims)"
	verify consent
	assert_output token-algorithm-refused
}

@test "what we write, the signer signs, jose verifies and we read" {
	local claims consent
	"$OQ_BUILD/tests/trust" new-consent 1312345678 hub.test >claims
	claims=$(cat claims)
	"$OQ_BUILD/tests/trust" sign "$W/facility.pem" "$W/facility.key" oq-consent+jws "$claims" >token
	jwk_public <(openssl pkey -in "$W/facility.key" -pubout) >public.jwk
	run jose jws ver -i token -k public.jwk -O -
	assert_output "$claims"
	verify consent
	assert_success
	assert_output --partial 'given 1 refused 1000 medical 2026-04-01 ja screen [] 1'
	run jq -r '.exp - .iat' claims
	assert_output 86400
	consent=$(jq -r .jti claims)
	"$OQ_BUILD/tests/trust" new-withdrawal 1312345678 hub.test "$consent" >claims
	"$OQ_BUILD/tests/trust" sign "$W/facility.pem" "$W/facility.key" oq-withdrawal+jws "$(cat claims)" >token
	verify withdrawal
	assert_success
	assert_output --partial "good $consent"
}
