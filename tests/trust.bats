# Presence tokens against jose(1): ours verify there, those made there with one thing wrong are
# refused, each with its own code.
bats_require_minimum_version 1.5.0
load helper
load card

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	keys keys ca other-ca card other
	authority ca keys/ca.key
	authority other-ca keys/other-ca.key
	certificate card.der ca keys/card.key
	certificate old.der ca keys/card.key from=20200101000000Z to=20210101145959Z
	certificate signer.der ca keys/card.key keyUsage=critical,digitalSignature,nonRepudiation
	certificate foreign.der other-ca keys/card.key
	openssl ecparam -name prime256v1 -genkey -noout -out facility.key
	openssl req -new -x509 -key facility.key -subj /CN=1312345678 -days 30 -out facility.pem
	openssl x509 -in facility.pem -outform DER -out facility.der
	openssl ecparam -name secp384r1 -genkey -noout -out keys/p384.key
	certificate p384.der ca keys/p384.key
	local k
	for k in card other p384; do
		jwk_private "keys/$k.key" >"$k.jwk"
	done
	jwk_private facility.key >facility.jwk
}

setup() {
	W=$BATS_FILE_TMPDIR
	cd "$BATS_TEST_TMPDIR" || return 1
	CERT=$W/card.der KEY=$W/card.jwk ALG=RS256 FACILITY=1312345678 HUB=hub.test SCOPE=verify
	ATTESTER=-
}

# claims [FILTER]: what a presence says, changed by a jq filter.
claims() {
	local now
	now=$(date +%s)
	jq -cn --argjson now "$now" '{iss: "1312345678", aud: "hub.test", iat: $now, exp: ($now + 300),
		jti: "abcdefghijklmnopqrstuvwxyz", method: "pin", scope: "verify"} | '"${1:-.}"
}

attested() {
	claims '.method = "visual" | .operator = "tanaka" |
		.["x5t#S256"] = "'"$(openssl dgst -sha256 -binary "$W/card.der" | basenc --base64url | tr -d =)"'" | '"${1:-.}"
}

# token CLAIMS [HEADER-FILTER]: signed by jose, whatever it says.
token() {
	printf %s "$1" >claims
	jq -cn --arg alg "$ALG" --arg x5c "$(base64 -w 0 <"$CERT")" \
		'{alg: $alg, typ: "oq-presence+jws", x5c: [$x5c]} | '"${2:-.}" |
		jq -c '{protected: .}' >template
	jose jws sig -I claims -s "$(cat template)" -k "$KEY" -c | tr -d '\n' >token
}

# raw HEADER CLAIMS: signed by openssl over these very bytes, for what jose would not make.
raw() {
	local head
	head=$(printf %s "$1" | basenc -w 0 --base64url | tr -d =).$(printf %s "$2" | basenc -w 0 --base64url | tr -d =)
	printf %s "$head" >signed
	openssl dgst -sha256 -sign "$W/keys/card.key" -out signature signed
	printf '%s.%s' "$head" "$(basenc -w 0 --base64url <signature | tr -d =)" >token
}

verify() {
	run "$OQ_BUILD/tests/trust" presence token "$FACILITY" "$HUB" "$SCOPE" "$W/ca/ca.pem" "$ATTESTER"
}

refused() {
	verify
	assert_output "$1"
	assert_failure 1
}

@test "base64 comes back, of every length" {
	run "$OQ_BUILD/tests/trust" base64
	assert_output same
}

@test "a token that jose made is good" {
	token "$(claims)"
	verify
	assert_success
	assert_output --regexp '^good pin verify abcdefghijklmnopqrstuvwxyz [0-9a-f]{64}$'
	token "$(claims '.scope = "self"')"
	SCOPE=self verify
	assert_success
}

@test "each claim that is wrong has a code of its own" {
	local filter code
	while read -r code filter; do
		token "$(claims "$filter")"
		verify
		[ "$output" = "$code" ] || {
			echo "$filter: $output instead of $code"
			return 1
		}
		assert_failure 1
	done <<-'END'
		token-issuer-other .iss = "1312345679"
		token-audience-other .aud = "hub.test.example"
		token-not-yet-valid .iat += 62 | .exp += 62
		token-expired .iat -= 362 | .exp -= 362
		token-lifetime-wrong .exp += 1
		token-lifetime-wrong .exp -= 1
		token-id-malformed .jti = "1"
		token-id-malformed .jti = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		token-method-refused .method = "face"
		token-method-refused .method = 1
		token-scope-refused .scope = "self"
		token-scope-refused .scope = "all"
		token-claim-missing del(.iss)
		token-claim-missing del(.aud)
		token-claim-missing del(.iat)
		token-claim-missing del(.exp)
		token-claim-missing del(.jti)
		token-claim-missing del(.method)
		token-claim-missing del(.scope)
		token-claim-unknown .sub = "1"
		token-claim-unknown .operator = "tanaka"
		token-claim-unknown .nbf = .iat
		token-claim-malformed .aud = ["hub.test"]
		token-claim-malformed .iat = "1"
		token-claim-malformed .iat += 0.5
		token-claim-malformed .exp = -1
		token-claim-malformed .iss = ""
		token-claim-malformed .iss = 1312345678
	END
	# Within the skew of 60 s it is good.
	token "$(claims '.iat += 55 | .exp += 55')"
	verify
	assert_success
	token "$(claims '.iat -= 355 | .exp -= 355')"
	verify
	assert_success
}

@test "each member of the header that is refused has its code" {
	local filter code
	while read -r code filter; do
		token "$(claims)" "$filter"
		verify
		[ "$output" = "$code" ] || {
			echo "$filter: $output instead of $code"
			return 1
		}
	done <<-'END'
		token-type-refused .typ = "JWT"
		token-type-refused .typ = "oq-consent+jws"
		token-type-refused del(.typ)
		token-key-refused .jwk = {kty: "RSA", n: "AQAB", e: "AQAB"}
		token-key-refused .jku = "https://evil.test/"
		token-key-refused .x5u = "https://evil.test/"
		token-key-refused del(.x5c) | .kid = "1"
		token-certificate-malformed del(.x5c)
		token-certificate-malformed .x5c = []
		token-certificate-malformed .x5c = [.x5c[0], .x5c[0]]
		token-certificate-malformed .x5c = ["AAAA"]
		token-certificate-malformed .x5c = [.x5c[0] + "AAAA"]
		token-header-unknown .zip = "DEF"
	END
	token "$(claims)"
	raw "$(jq -c '.protected | .crit = ["exp"]' template)" "$(claims)"
	refused token-critical-refused
	raw "$(jq -c '.protected | .alg = "none"' template)" "$(claims)"
	refused token-algorithm-refused
	raw "$(jq -c '.protected | .alg = "HS256"' template)" "$(claims)"
	refused token-algorithm-refused
	raw "$(jq -c '.protected | .alg = "ES256"' template)" "$(claims)"
	refused token-algorithm-refused
	# A hint at the key beside the certificate itself does no harm.
	token "$(claims)" '.kid = "1"'
	verify
	assert_success
}

@test "a member that stands twice is refused, in header and claims" {
	token "$(claims)"
	local head
	head=$(jq -c .protected template)
	raw "{\"alg\":\"none\",${head#?}" "$(claims)"
	refused token-duplicate-member
	raw "$head" "{\"iss\":\"1\",$(claims | cut -c 2-)"
	refused token-duplicate-member
}

@test "what is not three parts of base64url JSON" {
	local text
	for text in '' . .. a.b a.b.c.d '!.!.!' 'e30.e30.' 'W10.W10.AA' 'e30=.e30.AA'; do
		printf %s "$text" >token
		verify
		assert_failure 1
		assert_output --regexp '^token-(malformed|certificate-malformed)$'
	done
	head -c 20000 /dev/zero | tr '\0' a >token
	refused token-malformed
}

@test "any byte changed, and any cut, is refused" {
	token "$(claims)"
	local n i
	n=$(stat -c %s token)
	cp token whole
	for ((i = 0; i < n; i += 61)); do
		cp whole token
		printf '%s' "$(head -c $((i + 1)) whole | tail -c 1 | tr 'A-Za-z0-9_.-' 'B-ZAb-za1-90.-_')" |
			dd of=token bs=1 seek="$i" conv=notrunc status=none
		verify
		assert_failure 1
		head -c "$i" whole >token
		verify
		assert_failure 1
	done
}

@test "the card must be one of ours, good now, and the one that signed" {
	KEY=$W/other.jwk token "$(claims)"
	refused token-signature-wrong
	CERT=$W/foreign.der token "$(claims)"
	refused card-issuer-unknown
	CERT=$W/old.der token "$(claims)"
	refused card-expired
	CERT=$W/signer.der token "$(claims)"
	refused card-certificate-other
	# The next card.
	CERT=$W/p384.der KEY=$W/p384.jwk ALG=ES384 token "$(claims)"
	verify
	assert_success
	# A facility's certificate is no card's, even if it could be.
	CERT=$W/facility.der KEY=$W/facility.jwk ALG=ES256 token "$(claims)"
	refused token-algorithm-refused
}

@test "an attested presence: only from the facility itself, where it may" {
	export CERT=$W/facility.der KEY=$W/facility.jwk ALG=ES256
	token "$(attested)"
	refused token-method-refused
	ATTESTER=$W/facility.pem
	verify
	assert_success
	assert_output --regexp "^good visual verify abcdefghijklmnopqrstuvwxyz [A-Za-z0-9_-]{43}$"
	token "$(attested 'del(.operator)')"
	refused token-claim-missing
	token "$(attested 'del(.["x5t#S256"])')"
	refused token-claim-missing
	token "$(attested '.["x5t#S256"] = "AAAA"')"
	refused token-claim-malformed
	token "$(attested '.exp += 86400')"
	refused token-lifetime-wrong
	CERT=$W/card.der KEY=$W/card.jwk ALG=RS256 token "$(attested)"
	refused token-certificate-refused
}

@test "the signer signs what it knows, with a key that is private and its own" {
	chmod 600 "$W/facility.key"
	run "$OQ_BUILD/tests/trust" sign "$W/facility.pem" "$W/facility.key" oq-presence+jws '{"a":1}'
	assert_success
	printf %s "$output" >token
	jwk_public <(openssl pkey -in "$W/facility.key" -pubout) >public.jwk
	run jose jws ver -i token -k public.jwk -O -
	assert_output '{"a":1}'
	run "$OQ_BUILD/tests/trust" sign "$W/facility.pem" "$W/facility.key" JWT '{"a":1}'
	assert_output signer-failed
	run "$OQ_BUILD/tests/trust" sign "$W/facility.pem" "$W/keys/card.key" oq-presence+jws '{}'
	assert_output key-unusable
	chmod 644 "$W/facility.key"
	run "$OQ_BUILD/tests/trust" sign "$W/facility.pem" "$W/facility.key" oq-presence+jws '{}'
	assert_output key-exposed
	chmod 600 "$W/facility.key"
	run "$OQ_BUILD/tests/trust" sign /nowhere "$W/facility.key" oq-presence+jws '{}'
	assert_output file-unreadable
}

# A private key of a group from its number: SEC 1 (RFC 5915) as DER, the rest is computed.
ec_key() {
	local oid=$1 number=$2 n=$((${#2} / 2))
	printf '30%02x02010104%02x%sa0%02x%s' $((3 + 2 + n + 2 + ${#oid} / 2)) "$n" "$number" \
		$((${#oid} / 2)) "$oid" | xxd -r -p | openssl pkey -inform DER
}

@test "a signature that repeats is the one of RFC 6979, A.2.5 and A.2.6" {
	ec_key 06082a8648ce3d030107 \
		C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721 >p256.key
	run bash -c '"$OQ_BUILD/tests/trust" repeat p256.key sample | openssl asn1parse -inform DER'
	assert_line --partial EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
	assert_line --partial F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
	run bash -c '"$OQ_BUILD/tests/trust" repeat p256.key test | openssl asn1parse -inform DER'
	assert_line --partial F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367
	assert_line --partial 019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083
	ec_key 06052b81040022 6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA\
9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5 >p384.key
	run bash -c '"$OQ_BUILD/tests/trust" repeat p384.key sample | openssl asn1parse -inform DER'
	assert_line --partial 94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46
	assert_line --partial 99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8
}

@test "the signer signs a list of digests, and no other bytes" {
	local key
	openssl req -x509 -newkey rsa:2048 -noenc -keyout rsa.key -subj /CN=1312345678 -days 30 -out rsa.pem 2>/dev/null
	openssl req -new -x509 -key "$W/keys/p384.key" -subj /CN=1312345678 -days 30 -out p384.pem
	cp "$W/facility.key" "$W/facility.pem" .
	cp "$W/keys/p384.key" p384.key
	printf 'a' | sha256sum | sed 's/-$/a file/' >list
	for key in facility rsa p384; do
		"$OQ_BUILD/tests/trust" list $key.pem $key.key "$(cat list)
" >$key.p7s
		"$OQ_BUILD/tests/trust" list $key.pem $key.key "$(cat list)
" | cmp - $key.p7s
		openssl cms -verify -binary -inform DER -in $key.p7s -content list -CAfile $key.pem \
			-purpose any -out /dev/null
		run openssl cms -verify -binary -inform DER -in $key.p7s -content $key.pem -noverify
		assert_failure
	done
	for text in "" "$(cat list)" "eyJhbGciOiJFUzI1NiJ9.e30" "$(cat list)
not a digest
" "$(tr a-f A-F <list)
"; do
		run "$OQ_BUILD/tests/trust" list facility.pem facility.key "$text"
		assert_failure
		assert_output signer-failed
	done
}
