# oq-verify: records with a presence, asked by card; where the token goes and where it does not.
bats_require_minimum_version 1.5.0

load helper
load hub
load card

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	export WORLD=$PWD
	hub_init hub --people 40 --seed 7
	oq-hub card add hub 3 --out card
	oq-hub people hub | jq -c 'select(.id == "3") | {id, insured}' >by_number
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
}

teardown() {
	[ -z "${LAID:-}" ] || take
	[ -z "${SERVES:-}" ] || hub_stop
}

# at_the_reader CARD: lays it on a reader of pcscd's, for a desk that has a configuration.
at_the_reader() {
	[ ! -e "$WORLD/no-reader" ] || could_not_run "no namespaces here for a private pcscd"
	# shellcheck disable=SC2034 # for lay
	LOG=$BATS_TEST_TMPDIR/log
	cat >"$XDG_CONFIG_HOME/oq/oq.conf" <<-END
		hub = oq-hub.example
		facility = 4719999999
		operator = tanaka
		card-ca = $WORLD/hub/card-ca.pem
	END
	cp -r "$1" laid
	lay laid
}

# record [JQ FILTER]: a new token in the file token, and the record that has it.
record() {
	presence "$WORLD/card" >token
	jq -cn --arg token "$(<token)" --arg day "$(TZ=Asia/Tokyo date +%F)" '{id: "k1",
		visit_date: $day, card: {presence: $token, method: "pin", assurance: "possession",
		read_at: "2026-11-27T09:00:00+09:00"}}'" | ${1:-.}"
}

# verify [OPTION...]: stdin to `output`, as run.
verify() {
	run --separate-stderr oq-verify "$@"
}

codes() {
	jq -r '.eligibility.status // .error.code' <<<"$output" | paste -sd' '
}

redeemed() {
	sqlite3 "$WORLD/hub/audit.db" 'SELECT count(*) FROM presence'
}

@test "a record with a presence is answered by card, and its own bytes stay" {
	record >in
	verify <in
	assert_success
	assert_equal "$(jq -r '.eligibility | [.status, .source, .route] | join(" ")' <<<"$output")" \
		"valid card ${OQ_VIA:8:9}"
	assert_equal "${output%%,\"seq\"*}}" "$(<in)"
	"$OQ_TREE/tests/validate" <<<"$output"
	assert_regex "$stderr" "read 1, yes 1, no 0, unknown 0"
	refute_regex "$stderr" "$(cut -d. -f3 token)"
}

@test "by card and by number travel together, in their order" {
	{
		jq -c '.id = "a"' "$WORLD/by_number"
		record '.id = "b"'
		jq -c '.id = "c"' "$WORLD/by_number"
		jq -c '.id = "d" | . + {card: {presence: "of.no.use"}}' "$WORLD/by_number"
	} >in
	verify <in
	assert_equal "$(jq -r '[.id, .eligibility.source] | join(" ")' <<<"$output" | paste -sd,)" \
		"a number,b card,c number,d number"
}

@test "what is no token is told before it is sent; a bad one by the hub" {
	{
		echo '{"card":{"presence":"a b"}}'
		echo '{"card":{"presence":7}}'
		echo '{"card":{"presence":""}}'
		echo '{"card":{}}'
		echo '{"card":{"presence":"a.b.c"}}'
		printf '{"card":{"presence":"%s"}}\n' "$(head -c 20000 /dev/zero | tr '\0' a)"
	} >in
	verify <in
	assert_equal "$status" 3
	assert_equal "$(codes)" \
		"member-malformed member-malformed member-malformed insured-missing token-malformed member-malformed"
	assert_equal "$(head -n 1 <<<"$output" | jq -r .error.pointer)" /card/presence
}

@test "asked again by a run of its own, a presence is used" {
	record >in
	oq-verify <in >first
	verify <in
	assert_equal "$status" 3
	assert_equal "$(codes)" presence-used
	assert_equal "$(jq -r '.error | [.next, .retry] | join(" ")' <<<"$output")" "read-card-again never"
	# Its own output it keeps: the card has answered for that day.
	verify <first
	assert_success
	assert_equal "$output" "$(<first)"
	# --again asks by the number that the card has shown.
	verify --again <first
	assert_success
	assert_equal "$(jq -r '.eligibility | [.source, .recheck.source] | join(" ")' <<<"$output")" \
		"card number"
}

@test "over a terminal's folder a presence does not go, nor to any file" {
	mkdir -p folder/req folder/res
	record >in
	verify --via terminal:folder --facility 4719999999 --journal j.db --give-up 1s <in
	assert_equal "$status" 3
	assert_equal "$(codes)" not-over-this-route
	assert_regex "$(jq -r .error.detail <<<"$output")" "oq-ask"
	run grep -rl "$(cut -d. -f3 token)" folder j.db*
	assert_output ""
}

@test "with a journal equal lines are asked once; the token is in none of its files" {
	record >in
	cat in in >two
	verify --journal j.db <two
	assert_success
	assert_equal "$(jq -c .eligibility.reused <<<"$output" | paste -sd' ')" "null true"
	assert [ "$(sqlite3 j.db "SELECT count(*) FROM question WHERE state = 'answered'")" -eq 1 ]
	run grep -c "$(cut -d. -f3 token)" j.db
	assert_output 0
}

has_redeemed() {
	[ "$(sqlite3 hub/audit.db 'SELECT count(*) FROM presence')" -eq 1 ]
}

# cut_run: a run that is killed when the hub, one of the test's own, has redeemed the presence and
# has not yet answered.
cut_run() {
	cp -r "$WORLD/hub" hub
	sqlite3 hub/audit.db 'DELETE FROM presence'
	printf 'requests,fault,value\n1,slow,60000\n' >faults.csv
	hub_start hub --faults faults.csv
	SERVES=1
	record >in
	oq-verify --journal j.db <in >cut.jsonl 2>/dev/null 3>&- &
	local asking=$!
	wait_for 20 has_redeemed
	kill -KILL "$asking"
	wait "$asking" || true
}

@test "a run that was killed is taken up, and gets the answer that the card was given" {
	cut_run
	run cat cut.jsonl
	assert_output ""
	run grep -c "$(cut -d. -f3 token)" j.db j.db-wal
	assert_output $'j.db:0\nj.db-wal:0'
	verify --journal j.db <in
	assert_success
	assert_equal "$(codes)" valid
	assert_equal "$(oq-hub audit hub | jq -r '"\(.kind) \(.ask)"' | tail -n 2 | sort -u | wc -l)" 2
	assert_equal "$(oq-hub audit hub | jq -r .ask | tail -n 2 | sort -u | wc -l)" 1
	has_redeemed
}

@test "a run that is taken up when the token has long expired gets that answer, too" {
	cut_run
	kill -KILL "$hub_pid"
	wait "$hub_pid" || true
	: >hub.url
	faketime -f +1h oq-hub serve hub >hub.url 2>hub.log 3>&- &
	local later=$!
	hub_pid=$later
	wait_for 20 test -s hub.url
	hub_use "$PWD/hub"
	run --separate-stderr faketime -f +1h oq-verify --journal j.db <in
	pkill -TERM -P "$later"
	wait "$later" || true
	hub_pid=
	assert_success
	assert_equal "$(codes)" valid
}

@test "a token is dead after five minutes and the skew, and says what to do" {
	presence "$WORLD/card" '.iat -= 361 | .exp -= 361' >token
	jq -cn --arg token "$(<token)" '{card: {presence: $token}}' >in
	verify <in
	assert_equal "$status" 3
	assert_equal "$(codes)" token-expired
	assert_equal "$(jq -r .error.next <<<"$output")" read-card-again
	presence "$WORLD/card" '.iat -= 350 | .exp -= 350' >token
	jq -cn --arg token "$(<token)" '{card: {presence: $token}}' >in
	verify <in
	assert_success
}

# --- from the card on the reader to the insurance

@test "a card is laid on the reader, its PIN typed, and the insurance stands there" {
	at_the_reader "$WORLD/card"
	run --separate-stderr bash -o pipefail -c \
		"oq-read-card --pin-fd 5 5<laid/pin | oq-verify"
	assert_success
	assert_equal "$(jq -r '[.card.method, .card.assurance, .eligibility.source, .eligibility.status] |
		join(" ")' <<<"$output")" "pin possession card valid"
	"$OQ_TREE/tests/validate" <<<"$output"
	# Nobody has dropped the token from the line, and it is of no use any more.
	run --separate-stderr oq-verify < <(jq -c 'del(.eligibility)' <<<"$output")
	assert_equal "$(codes)" presence-used
}

@test "the page's example shows the insurance of whoever lays a card" {
	at_the_reader "$WORLD/card"
	cp "$WORLD/hub/card-ca.pem" jpki.pem
	line=$(sed -n '/run by: verify-card.bats/{n;s/^\.Dl \$ //p}' "$OQ_TREE/man/oq-read-card.1")
	run bash -o pipefail -c "${line/oq-read-card/oq-read-card --pin-fd 5 5<laid/pin}"
	assert_success
	assert_output --partial '"valid"'
}

@test "an operator has looked: no PIN, and the hub believes a facility that may attest" {
	at_the_reader "$WORLD/card"
	run --separate-stderr bash -o pipefail -c "oq-read-card --method visual | oq-verify"
	assert_success
	assert_equal "$(jq -r '[.card.assurance, .eligibility.status] | join(" ")' <<<"$output")" \
		"attested valid"
}

@test "a card that has expired asks for no PIN and shows the insurance, marked" {
	oq-hub card add "$WORLD/hub" 6 --out late --until "$(date -d '-20 days' +%F)"
	at_the_reader late
	run --separate-stderr bash -o pipefail -c "oq-read-card | oq-verify"
	assert_success
	assert_equal "$(jq -c '[.card.assurance, .eligibility.source, .eligibility.flags]' <<<"$output")" \
		'["attested","card",["certificate-expired-grace"]]'
	assert_regex "$(jq .card.expired_days <<<"$output")" '^(19|20|21)$'
}
