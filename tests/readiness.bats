# oq-readiness probe: which link is broken, over https and in a terminal's folder. The cards' side is
# in readiness-card.bats, the introduction in readiness-steps.bats.
bats_require_minimum_version 1.5.0
load helper
load hub

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	export WORLD=$PWD
	hub_init hub --people 5
	hub_init other --people 1
	hub_start hub
}

teardown_file() {
	hub_dir=$WORLD/hub hub_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	hub_use "$WORLD/hub"
	CARD='--skip card-service --skip card-permission --skip reader --skip card'
}

# probe [OPTION...]: over https, without the cards' side, to the file found; its status in $status.
probe() {
	status=0
	# shellcheck disable=SC2086 # CARD is several options
	oq-readiness probe $CARD "$@" >found 2>err || status=$?
}

# folder_probe [OPTION...]: of the folder here, without what nobody can see.
folder_probe() {
	status=0
	oq-readiness probe --via "terminal:$PWD/folder" --facility 4719999999 --skip line \
		--skip terminal-certificate --skip sign-in --skip clock "$@" >found 2>err || status=$?
}

# step NAME RESULT [CODE]: was it found so?
step() {
	jq -se --arg s "$1" --arg r "$2" --arg c "${3-}" '[.[].readiness | select(.step == $s)]
		| length == 1 and .[0].result == $r and (.[0].code // "") == $c' found >/dev/null || {
		cat found err >&2
		fail "step $1 was not $2 ${3-}"
	}
}

# broken NAME CODE: this is the first link that broke, and those in front of it did not.
broken() {
	step "$1" fail "$2"
	assert_equal "$status" 1
	assert_equal "$(jq -r 'select(.readiness.result == "fail").readiness.step' found | head -n 1)" "$1"
	jq -se 'map(.readiness | select(.result == "fail")) | all(.[]; .actor and .next and .next_en and .next_ja)' \
		found >/dev/null
	[ ! -s err ] || { cat err; return 1; }
}

@test "all is well: every step over https, its time, status 0, and the hub saw no question" {
	probe
	assert_equal "$status" 0
	assert_equal "$(jq -r .readiness.step found | paste -sd ' ')" \
		'configuration authority certificate key name connection tls hub clock'
	run jq -r 'select(.readiness.result != "ok")' found
	assert_output ''
	jq -se 'all(.[].readiness; .milliseconds >= 0 and (.at | test("\\+09:00$")))' found
	"$OQ_TREE/tests/validate" found
	run oq-hub audit "$WORLD/hub"
	assert_output ''
}

@test "no way out, a facility that cannot be one" {
	OQ_VIA='' probe
	broken configuration route-unusable
	probe --facility 123
	broken configuration institution-code-malformed
	probe --facility 4719999998
	assert_equal "$status" 0
	step configuration notice institution-code-malformed
}

@test "authority, certificate and key" {
	probe --ca "$PWD/nowhere.pem"
	broken authority file-unreadable
	OQ_CERT='' probe
	broken certificate route-unusable
	step key unknown step-not-reached
	echo nonsense >nonsense.pem
	probe --cert nonsense.pem
	broken certificate key-unusable
	install -m 644 "$OQ_KEY" open.key
	probe --key open.key
	broken key key-exposed
	probe --key "$WORLD/other/facility.key"
	broken key key-unusable
	step hub unknown step-not-reached
	assert_equal "$(jq -r 'select(.readiness.step == "hub").readiness.detail' found)" key
}

@test "the certificate's last days: reminders at 90, 60, 30, 15 and 7, then its end" {
	end=$(date -d "$(openssl x509 -in "$OQ_CERT" -noout -enddate | cut -d= -f2)" +%s)
	for days in 91 90 7 0; do
		status=0
		# shellcheck disable=SC2086
		faketime "@$((end - days * 86400 - 60))" oq-readiness probe $CARD --skip clock >found || status=$?
		case $days in
		91) step certificate ok ;;
		*)
			step certificate notice certificate-ending
			run jq -r 'select(.readiness.step == "certificate").readiness.detail' found
			assert_output --partial "$days days left"
			;;
		esac
	done
	# shellcheck disable=SC2086
	faketime "@$((end + 3600))" oq-readiness probe $CARD >found || status=$?
	broken certificate certificate-expired
	probe --cert "$WORLD/other/facility.pem" --key "$WORLD/other/facility.key"
	step certificate notice certificate-of-other-authority
	broken tls certificate-refused
}

@test "a hub that is down, has no name, is of another authority, does not know us" {
	probe --via https://nowhere.invalid/
	broken name hub-unreachable
	probe --via https://localhost:1/
	step name ok
	broken connection hub-unreachable
	step tls unknown step-not-reached
	probe --ca "$WORLD/other/ca.pem" --cert "$OQ_CERT"
	broken tls hub-not-trusted
	oq-hub facility add "$WORLD/hub" 1310000011
	cert=$(find "$WORLD/hub" -name '1310000011*.pem') key=$(find "$WORLD/hub" -name '1310000011*.key')
	oq-hub facility revoke "$WORLD/hub" 1310000011
	probe --cert "$cert" --key "$key"
	broken hub facility-revoked
	# shellcheck disable=SC2086
	run oq-readiness probe $CARD --cert "$cert" --key "$key" --format text --vendor 架空システム \
		--vendor-telephone 000-0000-0001 --vendor-hours 'Mon-Sun 00:00-23:59'
	assert_failure 1
	assert_line --partial 'The link that is broken: answer of the hub'
	assert_line 'Telephone: 架空システム 000-0000-0001 (Mon-Sun 00:00-23:59; open now)'
}

@test "a clock that is off by ten minutes is broken, by ten seconds a notice" {
	status=0
	# shellcheck disable=SC2086
	faketime '+10 minutes' oq-readiness probe $CARD >found 2>err || status=$?
	broken clock clock-off
	run jq -r 'select(.readiness.step == "clock").readiness.detail' found
	assert_output --regexp '^(599|600|601) seconds ahead of'
	# shellcheck disable=SC2086
	faketime '-20 seconds' oq-readiness probe $CARD >found 2>err
	step clock notice clock-off
}

@test "the call centre's hours are told in Japan's time" {
	friday=$(date -u -d 'next friday' +%F)
	while read -r days time word; do
		day=$(date -u -d "$friday + $days days" +%F)
		# shellcheck disable=SC2086
		TZ=UTC faketime "$day $time" oq-readiness probe $CARD --via https://localhost:1/ >found || true
		assert_equal "$days $time $(jq -r 'select(.readiness.step == "connection").readiness.telephone[0].open' found)" \
			"$days $time $word"
	done <<-END
		0 08:59:00 open-unless-holiday
		0 09:00:00 closed
		1 06:59:59 open-unless-holiday
		1 07:00:00 closed
		2 03:00:00 closed
		2 23:00:00 open-unless-holiday
	END
	for row in "$friday closed" "$(date -d "$friday + 1 day" +%F) open" "$(date -d "$friday - 1 day" +%F) open-unless-holiday"; do
		read -r holiday word <<<"$row"
		echo "$holiday,祝日" >holidays.csv
		# shellcheck disable=SC2086
		TZ=UTC faketime "$friday 08:00:00" oq-readiness probe $CARD --via https://localhost:1/ \
			--holidays holidays.csv >found || true
		assert_equal "$(jq -r 'select(.readiness.step == "connection").readiness.telephone[0].open' found)" "$word"
	done
}

@test "a terminal's folder: well, filling with age, read-only, gone, not answering; nothing is made in it" {
	mkdir -p folder/req folder/res folder/face
	touch folder/res/one.xml
	folder_probe
	assert_equal "$status" 0
	step newest-result ok
	step journal ok
	touch -d '-6 days' folder/res/one.xml
	folder_probe
	step newest-result notice result-old
	assert_equal "$(find folder -type f)" folder/res/one.xml
	export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 # which cannot be told under strace
	run --separate-stderr strace -f -qq -o /dev/null -P "$PWD/folder/req" -e inject=access,faccessat2,faccessat:error=EROFS \
		oq-readiness probe --via "terminal:$PWD/folder" --facility 4719999999
	printf '%s\n' "$output" >found
	: >err
	broken requests folder-read-only
	step space unknown step-not-reached
	run --separate-stderr strace -f -qq -o /dev/null -P "$PWD/folder/res" -e inject=openat:error=ESTALE \
		oq-readiness probe --via "terminal:$PWD/folder" --facility 4719999999
	printf '%s\n' "$output" >found
	broken folder folder-gone
	run --separate-stderr timeout 60 strace -f -qq -o /dev/null -P "$PWD/folder/res" -e inject=openat:delay_enter=30s \
		oq-readiness probe --via "terminal:$PWD/folder" --facility 4719999999 --timeout 1s
	printf '%s\n' "$output" >found
	broken folder folder-gone
	rm -r folder
	folder_probe
	broken folder folder-gone
}

@test "files from the future show a wrong clock" {
	mkdir -p folder/req folder/res
	touch -d '+10 minutes' folder/res/one.xml
	status=0
	oq-readiness probe --via "terminal:$PWD/folder" --facility 4719999999 >found 2>err || status=$?
	broken clock clock-off
}

@test "what only the terminal can see is unknown, with what to look at; a date entered once helps" {
	mkdir -p folder/req folder/res
	touch folder/res/one.xml
	status=0
	oq-readiness probe --via "terminal:$PWD/folder" --facility 4719999999 --skip clock >found || status=$?
	assert_equal "$status" 3
	step line unknown line-not-seen
	step sign-in unknown sign-in-not-seen
	step terminal-certificate unknown terminal-certificate-not-seen
	echo "terminal-certificate-until = $(TZ=Asia/Tokyo date -d '+20 days' +%F)" >"$XDG_CONFIG_HOME/oq/oq.conf"
	oq-readiness probe --via "terminal:$PWD/folder" --facility 4719999999 --skip clock >found || true
	step terminal-certificate notice certificate-ending
	echo "terminal-certificate-until = 2020-01-01" >"$XDG_CONFIG_HOME/oq/oq.conf"
	oq-readiness probe --via "terminal:$PWD/folder" --facility 4719999999 >found || true
	step terminal-certificate fail certificate-expired
	run oq-readiness probe --via "terminal:$PWD/folder" --facility 4719999999 --skip clock --skip line \
		--skip terminal-certificate --skip sign-in --format text
	assert_success
	assert_line 'All is well from here.'
}

@test "the journal: its place must be writable, the file ours alone, and a run is not disturbed" {
	mkdir -p folder/req folder/res
	touch folder/res/one.xml night.db
	chmod 644 night.db
	folder_probe --journal night.db
	broken journal journal-exposed
	chmod 600 night.db
	exec 7>>night.db
	flock 7
	folder_probe --journal night.db
	step journal ok
	exec 7>&-
	folder_probe --journal "$PWD/nowhere/night.db"
	broken journal file-unwritable
}

looked_twice() {
	[ "$(grep -c 'All is well' seen)" -ge 2 ]
}

@test "--textfile is whole, --watch looks again, and a full disk is status 7" {
	probe --textfile "$PWD/oq.prom"
	assert_equal "$status" 0
	grep -qx 'oq_readiness_worst 0' oq.prom
	grep -q '^oq_readiness_certificate_days [0-9]' oq.prom
	# Every sample has one name and one number, and no name's samples are apart.
	run awk '!/^#/ && (NF != 2 || $2 !~ /^[0-9.]+$/)' oq.prom
	assert_output ''
	# shellcheck disable=SC2086
	oq-readiness probe $CARD --watch --every 1s --format text >seen 2>&1 3>&- &
	watcher=$!
	wait_for 20 looked_twice
	kill "$watcher"
	wait "$watcher"
	run bash -c "oq-readiness probe $CARD >/dev/full"
	assert_failure 7
	probe --textfile "$PWD/nowhere/oq.prom"
	assert_equal "$status" 7
	run oq-readiness probe --skip no-such-step
	assert_failure 2
}
