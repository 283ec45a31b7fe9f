# shellcheck disable=SC2154 # bats sets stderr
# PROTOCOL 1 as its client keeps it: every row of "what happens", against tests/badhub and nobody.

bats_require_minimum_version 1.5.0
load helper

# certificate NAME AUTHORITY EXTENSION: a key and a certificate.
certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
		-subj "/CN=$1" -out "$1.csr" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 30 \
		-extfile <(echo "$3") -out "$1.pem" 2>/dev/null
	chmod 600 "$1.key"
}

authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
		-subj "/CN=$1" -days 30 -out "$1.pem" 2>/dev/null
}

setup_file() {
	load helper
	export PKI=$BATS_FILE_TMPDIR/pki
	mkdir "$PKI" && cd "$PKI" || return
	authority ca
	authority other
	certificate server ca "subjectAltName=DNS:localhost"
	certificate elsewhere ca "subjectAltName=DNS:elsewhere.example"
	certificate clinic ca "extendedKeyUsage=clientAuth"
	certificate stranger other "extendedKeyUsage=clientAuth"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	for i in {1..10}; do
		echo "{\"id\":$i,\"visit_date\":\"2026-10-05\",\"insured\":{\"insurer_number\":\"06130488\"," \
			"\"number\":\"$i\",\"birth_date\":\"1980-01-02\"}}"
	done >ten
}

teardown() {
	badhub_stop
}

badhub_stop() {
	[ -n "${badhub_pid:-}" ] || return 0
	kill "$badhub_pid" 2>/dev/null || true
	wait "$badhub_pid" || true
	badhub_pid=
}

# badhub BEHAVIOUR...: serves with $SERVER's certificate; sets $hub, logs requests to ./requests.
badhub() {
	local server=$PKI/${SERVER:-server}
	badhub_stop
	: >requests
	"$OQ_BUILD/tests/badhub" "$server.pem" "$server.key" "$PKI/ca.pem" "$@" >requests 2>badhub.err 3>&- &
	badhub_pid=$!
	wait_for 10 test -s requests
	hub=https://localhost:$(head -n 1 requests)/
}

# ask [OPTION...]: the ten lines through the hub.
ask() {
	run --separate-stderr oq-verify --no-config --via "$hub" --ca "$PKI/ca.pem" \
		--cert "$PKI/clinic.pem" --key "$PKI/clinic.key" -j 1 "$@" <"${input:-ten}"
}

# Each of the ten once, in order.
assert_ten() {
	assert_equal "$(jq -c .id <<<"$output" | paste -sd' ')" "1 2 3 4 5 6 7 8 9 10"
}

# Every line has this error, and stderr says it once.
assert_all() {
	assert_ten
	assert_equal "$(jq -r .error.code <<<"$output" | sort -u)" "$1"
	assert_equal "$(jq -r .error.title <<<"$output" | sort -u)" \
		"$(sed -n 's/^oq-verify: \([^:]*\).*/\1/p;q' <<<"$stderr")"
	assert_equal "$(jq -r '.error | [.tool, .actor, .next, .retry] | map(length > 0) | all' \
		<<<"$output" | sort -u)" true
}

# How many questions each request had.
requests() {
	tail -n +2 requests | paste -sd' '
}

@test "a question is answered over mutual TLS" {
	badhub ok
	ask
	assert_success
	assert_ten
	assert_equal "$(jq -r '.eligibility | [.status, .route] | join(" ")' <<<"$output" | sort -u)" \
		"valid localhost"
	assert_equal "$stderr" "oq-verify: read 10, yes 10, no 0, unknown 0"
	assert_equal "$(requests)" 10
}

@test "one line is one connection and one POST" {
	badhub ok
	head -n 1 ten >one
	input=one ask
	assert_success
	assert_equal "$(requests)" 1
}

@test "a refused connect is tried again, and then the line leaves as hub-unreachable" {
	hub=https://localhost:1/
	ask --retry-for 1s
	assert_equal "$status" 6
	assert_all hub-unreachable
	assert_equal "$(jq -r .error.actor <<<"$output" | sort -u)" network
}

@test "a name that nobody has is hub-unreachable" {
	hub=https://no-such-hub.invalid/
	ask --retry-for 1s
	assert_equal "$status" 6
	assert_all hub-unreachable
}

@test "a hub that accepts and says nothing is a connect that timed out" {
	badhub mute
	ask --retry-for 1ms --timeout 300ms
	assert_equal "$status" 6
	assert_all hub-unreachable
}

@test "a hub of another authority is not trusted, whatever the system trusts" {
	badhub ok
	run --separate-stderr oq-verify --no-config --via "$hub" --ca "$PKI/other.pem" \
		--cert "$PKI/clinic.pem" --key "$PKI/clinic.key" <ten
	assert_equal "$status" 4
	assert_all hub-not-trusted
	assert_regex "$stderr" 'not from the authority in --ca'
	assert_equal "$(requests)" ""
}

@test "a certificate for another name is not trusted" {
	SERVER=elsewhere badhub ok
	ask
	assert_equal "$status" 4
	assert_all hub-not-trusted
	assert_equal "$(requests)" ""
}

@test "a clock that is off by a day says so" {
	badhub ok
	run --separate-stderr faketime -f -1d oq-verify --no-config --via "$hub" --ca "$PKI/ca.pem" \
		--cert "$PKI/clinic.pem" --key "$PKI/clinic.key" <ten
	assert_equal "$status" 4
	assert_all hub-not-trusted
	assert_regex "$stderr" 'check the clock of this machine'
	run --separate-stderr faketime -f +31d oq-verify --no-config --via "$hub" --ca "$PKI/ca.pem" \
		--cert "$PKI/clinic.pem" --key "$PKI/clinic.key" <ten
	assert_equal "$status" 4
	assert_regex "$stderr" 'has expired: check the clock of this machine'
}

@test "a hub that wants a certificate, and gets none or a stranger's, is certificate-refused" {
	badhub ok
	run --separate-stderr oq-verify --no-config --via "$hub" --ca "$PKI/ca.pem" <ten
	assert_equal "$status" 4
	assert_all certificate-refused
	assert_regex "$stderr" 'give --cert and --key \(TLS alert 116\)'
	run --separate-stderr oq-verify --no-config --via "$hub" --ca "$PKI/ca.pem" \
		--cert "$PKI/stranger.pem" --key "$PKI/stranger.key" <ten
	assert_equal "$status" 4
	assert_all certificate-refused
	assert_regex "$stderr" 'not from an authority it knows \(TLS alert 48\)'
	assert_equal "$(requests)" ""
	# With the right one the same lines are asked again.
	echo "$output" >refused
	input=refused ask --retry-unknown
	assert_success
	assert_ten
	assert_equal "$(jq -r .eligibility.status <<<"$output" | sort -u)" valid
}

@test "an expired certificate of ours is certificate-refused, and is said to be that" {
	badhub ok
	openssl x509 -x509toreq -in "$PKI/clinic.pem" -signkey "$PKI/clinic.key" 2>/dev/null |
		faketime -f -30d openssl x509 -req -CA "$PKI/ca.pem" -CAkey "$PKI/ca.key" -days 10 \
			-out expired.pem 2>/dev/null
	run --separate-stderr oq-verify --no-config --via "$hub" --ca "$PKI/ca.pem" \
		--cert expired.pem --key "$PKI/clinic.key" <ten
	assert_equal "$status" 4
	assert_all certificate-refused
	assert_regex "$stderr" 'has expired, or is not valid yet \(TLS alert 45\)'
}

@test "a hub that does not speak TLS 1.3 is hub-incompatible" {
	openssl s_server -accept 127.0.0.1:0 -www -tls1_2 -cert "$PKI/server.pem" \
		-key "$PKI/server.key" >accept 2>&1 </dev/null 3>&- &
	badhub_pid=$!
	wait_for 10 grep -q '^ACCEPT' accept
	hub=https://localhost:$(sed -n 's/^ACCEPT .*://p' accept)/
	ask
	assert_equal "$status" 6
	assert_all hub-incompatible
	assert_regex "$stderr" 'does not speak TLS 1.3'
}

@test "403 stops: nobody asks a second time" {
	badhub 403
	for i in {1..60}; do cat ten; done >many
	input=many ask
	assert_equal "$status" 4
	assert_equal "$(jq -r .error.code <<<"$output" | sort | uniq -c | xargs)" "600 facility-unknown"
	assert_equal "$(requests)" 256
}

@test "400, 404, 405, 411, 415 and a redirect stop as hub-incompatible" {
	for answer in 400 404 405 411 415 301; do
		badhub "$answer"
		ask
		assert_equal "$answer $status" "$answer 6"
		assert_all hub-incompatible
		assert_equal "$(jq -r .error.upstream.code <<<"$output" | sort -u)" "$answer"
		assert_equal "$(requests)" 10
	done
}

@test "413 halves the window until it fits" {
	badhub limit:3
	ask
	assert_success
	assert_ten
	assert_equal "$(requests)" "10 5 3 3 3 1"
}

@test "413 for one line alone is question-too-large, and stops no other line" {
	badhub 413 413 413 413 413 ok
	ask
	assert_equal "$status" 3
	assert_ten
	assert_equal "$(jq -r '.error.code // "answered"' <<<"$output" | paste -sd' ')" \
		"question-too-large$(printf ' answered%.0s' {1..9})"
	assert_equal "$(requests)" "10 5 3 2 1 1 1 1 1 1 1 1 1 1"
}

@test "an answer over the ceiling is refused alone: its neighbours are asked without it" {
	badhub wide:2000 ok
	ask
	assert_success
	assert_ten
	assert_equal "$(requests)" "10 5 5"
	badhub wide:17000
	head -n 2 ten >two
	input=two ask
	assert_equal "$status" 3
	assert_equal "$(jq -r .error.code <<<"$output" | xargs)" "answer-too-large answer-too-large"
}

@test "429 and 503 without Retry-After are waited for, and then the line leaves as hub-busy" {
	for answer in 429 503; do
		badhub "$answer" ok
		ask
		assert_success
		assert_equal "$(requests)" "10 10"
		badhub "$answer"
		ask --retry-for 500ms
		assert_equal "$answer $status" "$answer 6"
		assert_all hub-busy
	done
}

@test "500, 502, 504 and 408 are tried three times in all, with the same asks" {
	for answer in 500 502 504 408; do
		badhub "$answer" "$answer" ok
		ask
		assert_success
		assert_equal "$(requests)" "10 10 10"
		badhub "$answer"
		ask
		assert_equal "$answer $status" "$answer 6"
		assert_all hub-failed
		assert_equal "$(requests)" "10 10 10"
	done
}

@test "an error that a later window does not have leaves the others answered" {
	for i in {1..60}; do cat ten; done >many
	badhub ok 500 500 500 ok
	input=many ask
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error.code // "answered"' <<<"$output" | uniq -c | xargs)" \
		"256 answered 256 hub-failed 88 answered"
	assert_equal "$stderr" "oq-verify: The hub gave no usable answer: the hub answered 500
oq-verify: Ask again later.
oq-verify: read 600, yes 344, no 0, unknown 256"
}

@test "only https goes out, and never through a proxy of the environment" {
	badhub ok
	export https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1
	ask
	assert_success
	for via in http://localhost/ ftp://localhost/ localhost file:///etc/passwd \
		https://user:word@localhost/ 'https://localhost/?x'; do
		hub=$via ask
		assert_equal "$via $status" "$via 2"
		assert_equal "$output" ""
	done
}

@test "a key that others can read is never used" {
	badhub ok
	cp "$PKI/clinic.key" loose.key
	chmod 640 loose.key
	run --separate-stderr oq-verify --no-config --via "$hub" --ca "$PKI/ca.pem" \
		--cert "$PKI/clinic.pem" --key loose.key <ten
	assert_equal "$status" 4
	assert_equal "$output" ""
	assert_regex "$stderr" 'loose.key has mode 0640'
	assert_regex "$stderr" 'chmod 600'
}

@test "a key's passphrase comes from a descriptor, and a wrong one or none is said" {
	badhub ok
	openssl pkcs8 -topk8 -in "$PKI/clinic.key" -out locked.key -passout pass:架空の合言葉
	chmod 600 locked.key
	with() {
		run --separate-stderr oq-verify --no-config --via "$hub" --ca "$PKI/ca.pem" \
			--cert "$PKI/clinic.pem" --key locked.key "$@" <ten
	}
	with --pass-fd 5 5<<<架空の合言葉
	assert_success
	assert_ten
	with --pass-fd 5 5<<<another
	assert_equal "$status" 4
	assert_regex "$stderr" 'passphrase is wrong'
	with
	assert_equal "$status" 4
	assert_regex "$stderr" 'needs a passphrase: give it with --pass-fd'
}

@test "a key that is not the certificate's, and a file that is no PEM, are said before the first line" {
	badhub ok
	run --separate-stderr oq-verify --no-config --via "$hub" --ca "$PKI/ca.pem" \
		--cert "$PKI/clinic.pem" --key "$PKI/stranger.key" <ten
	assert_equal "$status" 4
	assert_regex "$stderr" 'stranger.key is not the key of .*clinic.pem'
	run --separate-stderr oq-verify --no-config --via "$hub" --ca ten <ten
	assert_equal "$status" 4
	assert_equal "$output" ""
	assert_equal "$(requests)" ""
}

@test "the operator is told to the hub, and cannot smuggle a header" {
	badhub ok
	ask --operator 受付A
	assert_success
	ask --operator $'x\r\nOq-Lane: batch'
	assert_equal "$status" 2
}

# --- oq-query

# A record with a receipt, until so many seconds from now.
receipt() {
	jq -nc --argjson now "$(date +%s)" --argjson left "$1" '
		def t: . + 32400 | todate | sub("Z"; "+09:00");
		{decision: "given", usable: true} as $yes |
		{id: 1, card: {presence: "p.p.p"}, eligibility: {status: "valid", source: "card", consents: {}},
			consent: {receipt: "r.r.r", given_at: ($now - 60 | t), expires_at: ($now + $left | t),
				purposes: {drugs: $yes, checkups: {decision: "refused", usable: false}}}}'
}

query() {
	run --separate-stderr oq-query --no-config --via "$hub" --ca "$PKI/ca.pem" \
		--cert "$PKI/clinic.pem" --key "$PKI/clinic.key" "$@"
}

@test "oq-query sends the receipt and what it gives, and never the presence" {
	badhub 'say:"medical":{"asked":["drugs"],"refused":[],"as_of":"2026-10-05T09:00:00+09:00","drugs":[]}'
	query --drugs --checkups --treatments --months 6 < <(receipt 3600)
	assert_equal "$status" 1
	assert_equal "$(head -n 1 badhub.err)" "POST /v1/query HTTP/1.1"
	assert_equal "$(sed -n 2p badhub.err | jq -c 'del(.ask)')" '{"purposes":["drugs"],"months":6,"consent":"r.r.r"}'
	assert_equal "$(grep -c p.p.p badhub.err)" 0
	assert_equal "$(jq -c '.medical | [.asked, .refused, .drugs, .route]' <<<"$output")" \
		'[["drugs","treatments","checkups"],[{"purpose":"treatments","decision":"absent"},{"purpose":"checkups","decision":"refused"}],[],"localhost"]'
}

@test "oq-query asks nothing with a receipt that is over, none, or a face reader's word" {
	badhub ok
	{
		receipt -1
		receipt 3600 | jq -c 'del(.consent)'
		receipt 3600 | jq -c 'del(.consent) | .card = {method: "visual"}'
		receipt 3600 | jq -c 'del(.consent, .card)'
		receipt 3600 | jq -c 'del(.consent, .card, .eligibility)'
		receipt 3600 | jq -c '.consent.receipt = ("x" * 20000)'
	} >in
	query --drugs <in
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error.code // .medical.refused[].decision' <<<"$output" | xargs)" \
		"expired consent-missing consent-missing not-over-this-route consent-needs-card question-too-large"
	query --drugs --pdf . < <(receipt 3600)
	assert_equal "$(jq -r .error.code <<<"$output")" not-over-this-route
	assert_equal "$(requests)" ""
}

@test "oq-query takes what the hub refuses, and its errors, as they are" {
	badhub 'say:"medical":{"asked":["drugs"],"refused":[{"purpose":"drugs","decision":"expired"}],"as_of":"2026-10-05T09:00:00+09:00"}' \
		'say:"error":{"tool":"oq-hub","code":"token-signature-wrong","title":"t","actor":"facility","next":"n","retry":"never"}'
	query --drugs < <(receipt 3600)
	assert_equal "$status" 1
	assert_equal "$(jq -c '.medical | [.refused, has("drugs")]' <<<"$output")" '[[{"purpose":"drugs","decision":"expired"}],false]'
	query --drugs < <(receipt 3600)
	assert_equal "$status" 3
	assert_equal "$(jq -r '.error.code + " " + .error.upstream.code' <<<"$output")" "token-signature-wrong token-signature-wrong"
}

@test "oq-query shows nothing that it did not ask for, and says what was not answered" {
	badhub 'say:"medical":{"asked":["drugs"],"refused":[],"drugs":[],"checkups":[{}],"treatments":[{}]}' \
		'say:"medical":{"asked":["drugs"],"refused":[],"as_of":"2026-10-05T09:00:00+09:00"}' \
		'say:"medical":{"drugs":{}}'
	query --drugs --checkups < <(receipt 3600)
	assert_equal "$(jq -c '.medical | [.drugs, has("checkups"), has("treatments")]' <<<"$output")" '[[],false,false]'
	query --drugs < <(receipt 3600)
	assert_equal "$status" 3
	assert_equal "$(jq -c '.medical | [.flags, has("drugs")]' <<<"$output")" '[["unanswered:drugs"],false]'
	query --drugs < <(receipt 3600)
	assert_equal "$(jq -r .error.code <<<"$output")" hub-failed
}

@test "oq-query sends at most 16 questions together" {
	badhub 'say:"medical":{"asked":["drugs"],"refused":[],"as_of":"2026-10-05T09:00:00+09:00","drugs":[]}'
	for n in {1..40}; do receipt 3600 | jq -c ".id = $n"; done >in
	query -j 1 --drugs <in
	assert_success
	assert_equal "$(jq -c .id <<<"$output" | xargs)" "$(seq 40 | xargs)"
	assert_equal "$(requests)" "16 16 8"
}

@test "oq-query --disaster sends the keys of the person, and nothing else" {
	badhub 'say:"medical":{"asked":["drugs"],"refused":[],"as_of":"2026-10-05T09:00:00+09:00","disaster":{"id":3,"area":"架空県"},"drugs":[]}'
	cat >in <<-'END'
		{"id":1,"disaster":{"name":"架空　太郎","birth_date":"1980-01-02","sex":"male","address":"架空県","consent":"unable","x":1},"insured":{}}
		{"id":2,"disaster":{"name":"架空　太郎"}}
	END
	query --disaster --drugs <in
	assert_equal "$status" 3
	assert_equal "$(sed -n 2p badhub.err | jq -c 'del(.ask)')" \
		'{"purposes":["drugs"],"months":12,"disaster":{"name":"架空　太郎","birth_date":"1980-01-02","sex":"male","consent":"unable","address":"架空県"}}'
	assert_equal "$(jq -r '.error.code // .medical.disaster.area' <<<"$output" | xargs)" "架空県 member-malformed"
}
