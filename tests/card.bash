# Cards to test with: an authority as the JPKI's, cards from it, a private pcscd and a virtual
# reader. Certificates are made by openssl(1), never by what is under test.
# shellcheck shell=bash

JPKI_POLICY=1.2.392.200149.8.5.1.3.30

# keys DIR NAME...: RSA-2048 keys, made once for a file of tests.
keys() {
	local dir=$1 name
	shift
	mkdir -p "$dir"
	for name; do
		openssl genrsa -out "$dir/$name.key" 2048 2>/dev/null
	done
}

# authority DIR KEY [SUBJECT]: DIR/ca.pem, whose database openssl ca(1) wants beside it.
authority() {
	local dir=$1 subject=${3:-/C=JP/O=JPKI-OQ-REHEARSAL/OU=JPKI for user authentication/OU=Rehearsal}
	mkdir -p "$dir"
	cp "$2" "$dir/ca.key"
	echo unique_subject = no >"$dir/index.attr"
	faketime '2020-01-01 00:00:00' openssl req -new -x509 -sha256 -key "$dir/ca.key" \
		-subj "$subject" -days 7300 \
		-config /dev/null -extensions ext -out "$dir/ca.pem" -config <(cat <<-END
			[req]
			distinguished_name = dn
			utf8 = yes
			[dn]
			[ext]
			basicConstraints = critical,CA:TRUE
			keyUsage = critical,keyCertSign,cRLSign
			subjectKeyIdentifier = hash
		END
		)
}

# certificate OUT AUTHORITY KEY [NAME=VALUE...]: a user-authentication certificate as on a card,
# in DER. A value replaces an extension (empty: leaves it out), or subject, from, to, serial, md.
certificate() {
	local out=$1 ca=$2 key=$3 name arg
	# shellcheck disable=SC2054 # the commas are openssl's
	local -A is=(
		[subject]=/C=JP/CN=997794E9AGCIEG13221003A
		[from]=$(date -u -d '-1 year' +%Y%m%d000000Z)
		[to]=$(date -u -d '+3 years' +%Y%m%d145959Z)
		[serial]=0705D990
		[md]=sha256
		[keyUsage]=critical,digitalSignature
		[extendedKeyUsage]=clientAuth
		[certificatePolicies]=critical,@policy
		[issuerAltName]=dirName:ian
		[subjectKeyIdentifier]=hash
		[authorityKeyIdentifier]=keyid:always
		[crlDistributionPoints]=crl
		[authorityInfoAccess]='OCSP;URI:http://ocspauth.invalid/'
		[policy]=$JPKI_POLICY
	)
	shift 3
	for arg; do
		is[${arg%%=*}]=${arg#*=}
	done
	{
		cat <<-END
			oid_section = oids
			[oids]
			[ca]
			default_ca = one
			[one]
			database = $ca/index
			serial = $ca/serial
			new_certs_dir = $ca
			policy = any
			email_in_dn = no
			string_mask = utf8only
			preserve = yes
			[any]
			countryName = optional
			localityName = optional
			organizationName = optional
			organizationalUnitName = optional
			commonName = optional
			[policy]
			policyIdentifier = ${is[policy]}
			CPS.1 = http://www.jpki.invalid/cps.html
			[ian]
			C = JP
			O = Certification service of the rehearsal
			OU = For user authentication
			[crl]
			fullname = dirName:crldp
			[crldp]
			C = JP
			O = JPKI
			OU = JPKI for user authentication
			1.OU = CRL Distribution Points
			2.OU = Tokyo
			CN = Shinjuku-ku CRLDP
			[ext]
		END
		for name in "${!is[@]}"; do
			case $name in
			subject | from | to | serial | md | policy) continue ;;
			esac
			[ -z "${is[$name]}" ] || echo "$name = ${is[$name]}"
		done
	} >"$out.cnf"
	: >"$ca/index"
	echo "${is[serial]}" >"$ca/serial"
	openssl req -new -key "$key" -utf8 -subj "${is[subject]}" -config <(printf '[req]\ndistinguished_name=d\nutf8=yes\n[d]\n') -out "$out.csr" &&
		openssl ca -batch -config "$out.cnf" -utf8 -cert "$ca/ca.pem" -keyfile "$ca/ca.key" \
			-md "${is[md]}" -startdate "${is[from]}" -enddate "${is[to]}" -extensions ext \
			-in "$out.csr" -notext -out "$out.pem" 2>"$out.err" &&
		openssl x509 -in "$out.pem" -outform DER -out "$out" || {
		cat "$out.err" >&2
		return 1
	}
}

# card DIR AUTHORITY KEY [NAME=VALUE...]: a card to lay on the reader. Its PIN is 8305.
card() {
	local dir=$1
	mkdir -p "$dir"
	cp "$3" "$dir/auth.key"
	openssl x509 -in "$2/ca.pem" -outform DER -out "$dir/auth-ca.der"
	echo 8305 >"$dir/pin"
	shift
	certificate "$dir/auth.der" "$@"
}

# reader_start DIR: a private pcscd; sets PCSCLITE_CSOCK_NAME. Fails where namespaces are refused.
reader_start() {
	mkdir -p "$1"
	"$OQ_BUILD/tests/vreader" "$1" 3>&- &
	echo $! >"$1/vreader"
	wait_for 5 reader_socket "$1"
}

reader_socket() {
	export PCSCLITE_CSOCK_NAME=$1/run/pcscd/pcscd.comm
	[ -s "$1/pid" ] && [ -S "$PCSCLITE_CSOCK_NAME" ]
}

reader_stop() {
	kill "$(cat "$1/vreader")" 2>/dev/null || true
}

# lay DIR [OPTION...]: lays the card on the reader, logging to $LOG; take takes it away. pcscd looks
# every 0.4 s, and what comes in place of another card between two looks it takes for that card. It
# may call a card absent that it has not yet seen go (it failed under a command): so one more look
# is waited for, and a card that was overlooked all the same is laid again.
lay() {
	local dir=$1 tries
	shift
	for tries in 1 2 3 4; do
		wait_for 20 reader_empty || return
		sleep 0.5
		: >"$LOG"
		"$OQ_BUILD/tests/vcard" --ns "$(<"$READER/pid")" --log "$LOG" "$@" "$dir" 3>&- &
		LAID=$!
		wait_for 20 grep -q inserted "$LOG" || return
		! wait_for 5 card_present || return 0
		echo "lay: not noticed, once more ($tries)"
		take
	done
	return 1
}

# pcscd has seen it: it powers a card up when it finds it.
card_present() {
	grep -q power-on "$LOG"
}

reader_empty() {
	"$OQ_BUILD/tests/card" empty 0
}

take() {
	kill "$LAID" 2>/dev/null
	wait "$LAID" 2>/dev/null || true
	wait_for 20 reader_empty # the next test must not meet this card's ghost
}

# presence CARD [FILTER]: a presence of now, signed by the card in that directory, as a facility of
# `oq-hub init` asks for it; a jq filter changes what it says.
presence() {
	[ -e "$1/jwk" ] || jwk_private "$1/auth.key" >"$1/jwk"
	claims "${2:-.}" >claims.json
	sign_presence RS256 "$1/auth.der" "$1/jwk"
}

# attested CARD OPERATOR CERT KEY [FILTER]: one that the facility signs, having looked at the card.
attested() {
	[ -e "$4.jwk" ] || jwk_private "$4" >"$4.jwk"
	claims '.method = "visual" | .operator = $ARGS.named.who | .["x5t#S256"] = $ARGS.named.card |
		'"${5:-.}" --arg who "$2" --arg card "$(openssl dgst -sha256 -binary "$1/auth.der" |
		basenc --base64url | tr -d =)" >claims.json
	openssl x509 -in "$3" -outform DER -out attester.der
	sign_presence ES256 attester.der "$4.jwk"
}

claims() {
	local id
	id=$(basenc --base32 </dev/urandom | head -c 26 | tr '[:upper:]' '[:lower:]')
	jq -cn --argjson now "$(date +%s)" --arg id "$id" "${@:2}" '{iss: "4719999999",
		aud: "oq-hub.example", iat: $now, exp: ($now + 300), jti: $id, method: "pin",
		scope: "verify"} | '"$1" | tr -d '\n'
}

# sign_presence ALG CERT.der JWK: the file claims.json, signed by jose.
sign_presence() {
	jq -cn --arg alg "$1" --arg x5c "$(base64 -w 0 <"$2")" \
		'{protected: {alg: $alg, typ: "oq-presence+jws", x5c: [$x5c]}}' >template
	jose jws sig -I claims.json -s "$(cat template)" -k "$3" -c | tr -d '\n'
}

# jwk_public FILE: the public key in PEM as a JWK, for jose(1).
jwk_public() {
	openssl pkey -pubin -in "$1" -noout -text | awk '
		/^Modulus:|^pub:/ { take = 1; next }
		/^Exponent:|^ASN1|^NIST/ { take = 0 }
		/P-256/ { curve = "P-256"; size = 64 }
		/P-384/ { curve = "P-384"; size = 96 }
		take { gsub(/[ :]/, ""); hex = hex $0 }
		END { print (curve == "" ? "RSA" : curve), hex, size }' | {
		read -r kind hex size
		if [ "$kind" = RSA ]; then
			printf '{"kty":"RSA","e":"AQAB","n":"%s"}\n' "$(url "${hex#00}")"
		else
			printf '{"kty":"EC","crv":"%s","x":"%s","y":"%s"}\n' "$kind" "$(url "${hex:2:size}")" \
				"$(url "${hex:2+size:size}")"
		fi
	}
}

# url HEX: base64url of the bytes.
url() {
	xxd -r -p <<<"$1" | basenc -w 0 --base64url | tr -d =
}

# jwk_private KEY.pem: the private key as a JWK.
jwk_private() {
	jwk_public <(openssl pkey -in "$1" -pubout) >"$1.public"
	openssl pkey -in "$1" -noout -text | awk '
		/^[a-zA-Z]/ { name = $1; next }
		/^ / { gsub(/[ :]/, ""); hex[name] = hex[name] $0 }
		END { for (name in hex) print name, hex[name] }' | while read -r name hex; do
		case $name in
		privateExponent:) echo d "$(url "${hex#00}")" ;;
		prime1:) echo p "$(url "${hex#00}")" ;;
		prime2:) echo q "$(url "${hex#00}")" ;;
		exponent1:) echo dp "$(url "${hex#00}")" ;;
		exponent2:) echo dq "$(url "${hex#00}")" ;;
		coefficient:) echo qi "$(url "${hex#00}")" ;;
		priv:) echo d "$(url "${hex#00}")" ;;
		esac
	done | jq -cRn --slurpfile public "$1.public" \
		'$public[0] + ([inputs | split(" ") | {key: .[0], value: .[1]}] | from_entries)'
}
