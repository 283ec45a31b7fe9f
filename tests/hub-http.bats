# oq-hub on the wire: TLS, roles, limits, faults (PROTOCOL 1, oq-http(7)).

load helper
load hub

setup_file() {
	load helper
	load hub
	export HUB=$BATS_FILE_TMPDIR/hub
	cd "$BATS_FILE_TMPDIR" || return
	hub_init "$HUB" --people 300 --seed 7
	oq-hub people "$HUB" --limit 256 >people
	export PEOPLE=$BATS_FILE_TMPDIR/people
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	hub_stop
}

serve() {
	hub_start "$HUB" --admin "$HUB/admin" "$@"
}

# faulty ROW...: serves with this schedule.
faulty() {
	printf '%s\n' requests,fault,value "$@" >faults
	serve --faults faults
}

@test "who has no certificate of the authority does not get in" {
	serve
	run curl -sS --cacert "$OQ_CA" "${OQ_VIA}v1/hello"
	assert_failure
	assert_output --partial "certificate required"
	oq-hub init stranger
	run ask --cert stranger/facility.pem --key stranger/facility.key v1/hello
	assert_failure
	assert_output --partial "unknown ca"
	# Nor does who made a certificate himself.
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout own.key -out own.pem \
		-subj /CN=4719999999 -days 1 2>/dev/null
	run ask --cert own.pem --key own.key v1/hello
	assert_failure
	[ "$(ask v1/hello | jq -r .role)" = facility ]
	ask v1/hello | jq -e '.limits == {verify: {lines: 256, bytes: 1048576}, query: {lines: 16, bytes: 262144},
		consent: {lines: 16, bytes: 262144}, self: {lines: 1, bytes: 262144}}'
}

@test "a certificate that is over does not get in" {
	faketime '2020-01-01 00:00:00' oq-hub init old
	# The authority is good for ten years, its certificates for 825 days.
	hub_start old --admin old/admin
	run ask --insecure v1/hello
	assert_failure
	assert_output --partial "certificate expired"
	hub_stop
	run oq-hub serve nowhere
	assert_failure
}

@test "only TLS 1.3 is spoken" {
	serve
	run ask --tls-max 1.2 v1/hello
	assert_failure
	ask --tlsv1.3 v1/hello | jq -e .name
}

@test "a key that others can read is not served with" {
	oq-hub init open
	chmod 644 open/server.key
	run oq-hub serve open
	assert_failure 4
	assert_output --partial "chmod 600"
}

@test "role, revocation and unknown certificates are told apart, on every request" {
	serve
	head -n 1 "$PEOPLE" | questions aa >asked
	verify asked -i --cert "$HUB/insurer.pem" --key "$HUB/insurer.key" | refused 403 role-refused
	oq-hub facility add "$HUB" 4719999981 --may-attest
	oq-hub facility list "$HUB" | jq -e -s 'any(.code == "4719999981" and .may_attest and .role == "facility")'
	# One connection, before and after.
	request() {
		printf 'POST /v1/verify HTTP/1.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n' \
			"$(wc -c <asked)"
		cat asked
	}
	OQ_CERT=$HUB/4719999981.pem OQ_KEY=$HUB/4719999981.key
	{
		request
		wait_for 10 grep -q eligibility replies
		oq-hub facility revoke "$HUB" 4719999981
		request
		wait_for 10 grep -q 403 replies
	} | raw 20 >replies
	grep -q '"status":"valid"' replies
	grep -q '"code":"facility-revoked"' replies
	run oq-hub facility revoke "$HUB" 4719999981
	assert_failure 1
	sqlite3 "$HUB/people.db" "DELETE FROM credential WHERE code = '4719999981'"
	verify asked -i | refused 403 facility-unknown
}

@test "facility add refuses what is no code and replaces the files of one" {
	run oq-hub facility add "$HUB" 12345
	assert_failure
	run oq-hub facility add "$HUB" 0613990x --role insurer
	assert_failure
	oq-hub facility add "$HUB" 1312345678
	cp "$HUB/1312345678.pem" first.pem
	oq-hub facility add "$HUB" 1312345678
	run cmp -s first.pem "$HUB/1312345678.pem"
	assert_failure 1
	[ "$(oq-hub facility list "$HUB" | jq -s 'map(select(.code == "1312345678")) | length')" = 2 ]
	oq-hub facility revoke "$HUB" 1312345678
	[ "$(oq-hub facility list "$HUB" |
		jq -s 'map(select(.code == "1312345678" and .revoked_at)) | length')" = 2 ]
}

@test "limits: 256 lines, and 1 MiB" {
	serve
	questions ab <"$PEOPLE" >asked
	[ "$(wc -l <asked)" -eq 256 ]
	[ "$(verify asked | wc -l)" -eq 256 ]
	{ cat asked; head -n 1 asked; } >many
	verify many -i | refused 413
	yes "$(head -n 1 asked)" | head -c $((1 << 20)) >full
	verify full -i | refused 413
	head -c $(((1 << 20) + 1)) /dev/zero >large
	verify large -i -H Expect: | refused 413
	verify large -i | refused 413
	tr '\0' 'x' <large | head -c $((1 << 20)) >line
	verify line | jq -e '.error.code == "question-malformed"'
	: >empty
	verify empty -i | refused 400
	# The connection can be used after what was refused.
	[ "$(metric oq_hub_connections_open)" = 0 ]
}

@test "what is not asked as it should be is refused with its own status" {
	serve
	head -n 1 "$PEOPLE" | questions ac >asked
	ask -i v1/nothing | refused 404
	ask -i v1/verify | refused 405
	grep -qi '^allow: POST$' refusal
	ask -i -X DELETE v1/hello | refused 405
	grep -qi '^allow: GET$' refusal
	ask -i -X BREW v1/verify | refused 405
	verify asked -i -H 'Transfer-Encoding: chunked' | refused 411
	ask -i -H 'Content-Type: application/json' --data-binary @asked v1/verify | refused 415
	ask -i -H 'Content-Type: application/x-ndjson; charset=utf-8' --data-binary @asked v1/verify |
		grep -q '^HTTP/1.1 200 '
	gzip -k asked
	verify asked.gz -i -H 'Content-Encoding: gzip' | refused 415
	verify asked -i -H 'Oq-Lane: fast' | refused 400
	verify asked -i -H "Oq-Operator: $(head -c 200 /dev/zero | tr '\0' a)" | refused 400
	verify asked -i -H 'Oq-Lane: batch' | grep -q '^HTTP/1.1 200 '
}

@test "what is no HTTP is refused and the connection ended" {
	serve
	local long
	long=$(head -c 20000 /dev/zero | tr '\0' a)
	try() { # STATUS TEXT
		printf "$2" | raw 10 >reply
		refused "$1" <reply || { printf '%q\n' "${2:0:100}"; return 1; }
	}
	try 400 'hello\r\n\r\n'
	try 400 'GET v1/hello HTTP/1.1\r\n\r\n'
	try 505 'GET /v1/hello HTTP/1.0\r\n\r\n'
	try 400 'GET /v1/hello HTTP/1.1\r\nA b: c\r\n\r\n'
	try 400 'GET /v1/hello HTTP/1.1\r\nA: b\r\n c\r\n\r\n'
	try 400 'GET /v1/hello HTTP/1.1\nHost: x\r\n\r\n'
	try 400 'POST /v1/verify HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'
	try 400 'POST /v1/verify HTTP/1.1\r\nContent-Length: +1\r\n\r\nx'
	try 413 'POST /v1/verify HTTP/1.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: 99999999999999999999\r\n\r\n'
	try 411 'POST /v1/verify HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
	try 431 "GET /v1/hello HTTP/1.1\r\nA: $long\r\n\r\n"
	ask v1/hello | jq -e .name
}

@test "requests one behind the other on a connection are answered in order" {
	serve
	questions ad <"$PEOPLE" | head -n 3 >asked
	while read -r line; do
		printf 'POST /v1/verify HTTP/1.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n%s' \
			"${#line}" "$line"
		printf 'GET /v1/hello HTTP/1.1\r\n\r\n'
	done <asked >bytes
	{ cat bytes; wait_for 10 eval '[ "$(grep -c HTTP/1.1 replies)" = 6 ]'; } | raw 5 >replies
	[ "$(grep -oE '"ask":"[a-z]*"|"name":"oq' replies | paste -sd,)" = \
		"$(jq -r '"\"ask\":\"\(.ask)\",\"name\":\"oq"' asked | paste -sd,)" ]
}

@test "a request that comes byte by byte is understood" {
	serve
	printf 'GET /v1/hello HTTP/1.1\r\nConnection: close\r\n\r\n' >bytes
	while IFS= read -r -n 1 -d '' byte; do
		printf '%s' "$byte"
		sleep 0.01
	done <bytes | raw 10 >reply
	grep -q '^HTTP/1.1 200 OK' reply
}

@test "fault: slow" {
	faulty 2,slow,700
	head -n 1 "$PEOPLE" | questions ae >asked
	verify asked -o /dev/null -w '%{time_total}\n' >first
	verify asked -o /dev/null -w '%{time_total}\n' >second
	awk 'NR == FNR { first = $1; next } { exit !($1 >= 0.7 && first < 0.7) }' first second
}

@test "fault: cut" {
	faulty 1,cut,100
	head -n 1 "$PEOPLE" | questions af >asked
	run verify asked -o got
	assert_failure
	[ "$(wc -c <got)" -eq 100 ]
	verify asked >whole
	cmp got <(head -c 100 whole)
}

@test "fault: garbled" {
	faulty always,garbled,
	head -n 1 "$PEOPLE" | questions ag >asked
	verify asked >got
	run jq -e . got
	assert_failure
}

@test "fault: status, with and without Retry-After" {
	faulty '1,status,503 2' 2,status,500 3-4,status,429 5,status,502 6,status,504
	head -n 1 "$PEOPLE" | questions ah >asked
	verify asked -i | refused 503
	grep -qi '^retry-after: 2$' refusal
	verify asked -i | refused 500
	run grep -qi '^retry-after' refusal
	assert_failure
	verify asked -i | refused 429
	verify asked -i | refused 429
	verify asked -i | refused 502
	verify asked -i | refused 504
	verify asked | jq -e .eligibility
}

@test "fault: few, doubled, foreign" {
	faulty 1,few,2 2,doubled 3,foreign
	head -n 5 "$PEOPLE" | questions ai >asked
	verify asked >few
	verify asked >doubled
	verify asked >foreign
	verify asked >whole
	[ "$(wc -l <whole)" -eq 5 ]
	cmp few <(head -n 3 whole)
	cmp doubled <(sed p whole)
	[ "$(jq -r .ask foreign | sort -u)" = aaaaaaaaaaaaaaaaaaaaaaaaaa ]
}

@test "fault: certificate" {
	faulty 1,certificate,
	run ask v1/hello
	assert_failure 60
	ask v1/hello | jq -e .name
}

@test "a schedule that cannot be read is said with its line" {
	for row in 1,slow 0,cut,1 3-2,cut,1 1,dance,1 1,cut,x 1,doubled,2 x,cut,1; do
		printf '%s\n' requests,fault,value '# a comment' "$row" >faults
		run oq-hub serve "$HUB" --faults faults
		assert_failure 7
		assert_output --partial "faults:3:"
	done
	run oq-hub serve "$HUB" --faults nowhere
	assert_failure 7
}

@test "who leaves while the answer waits does no harm" {
	faulty always,slow,300
	questions aj <"$PEOPLE" >asked
	for i in {1..40}; do
		sed "s/\"aj/\"a$(printf %x "$((i % 8))" | tr 0-7 k-r)/" asked >now
		timeout "0.0$((i % 10 + 1))" curl -sS --cacert "$OQ_CA" --cert "$OQ_CERT" --key "$OQ_KEY" \
			-H 'Content-Type: application/x-ndjson' --data-binary @now "${OQ_VIA}v1/verify" \
			>/dev/null 2>&1 || true
	done
	[ "$(verify asked | wc -l)" -eq 256 ]
	wait_for 10 eval '[ "$(metric oq_hub_connections_open)" = 0 ]'
}

@test "a hundred connections that say nothing do not keep others waiting" {
	serve
	local host=${OQ_VIA#https://} i fds=()
	host=${host%/}
	for i in {1..100}; do
		exec {fd}<>"/dev/tcp/${host%:*}/${host##*:}"
		fds+=("$fd")
	done
	[ "${#fds[@]}" -eq 100 ]
	ask v1/hello | jq -e .name
}
