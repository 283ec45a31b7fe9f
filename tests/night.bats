# The night and the morning as oq-night(7) has them: the page's own crontab, run as cron runs it, and
# the systemd units, as they are installed.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper

setup_file() {
	load helper
	export WORLD=$BATS_FILE_TMPDIR
	cd "$WORLD" || return
	hub_init hub --people 120 --seed 11
	hub_start hub
	# What the receipt computer exports: without days, for the calendar gives them.
	oq-hub people hub | jq -r -s '(map(select(.expected != "ambiguous") | .insured) | unique)[:60][] |
		[.insurer_number, .symbol, .number, .branch, .birth_date] | @csv' >rows
	{ echo '保険者番号,記号,番号,枝番,生年月日' && head -n 40 rows; } >bookings.csv
	{ head -n 1 bookings.csv && tail -n 30 rows; } >ahead.csv
}

teardown_file() {
	hub_stop
}

# A user with a configuration, and a directory for the work.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export HOME=$PWD/home
	mkdir -p "$HOME/night" "$HOME/.config/oq"
	hub_use "$WORLD/hub"
	(umask 077 && printf '%s\n' "via = $OQ_VIA" "ca = $OQ_CA" "cert = $OQ_CERT" "key = $OQ_KEY" \
		'facility = 4719999999' 'open-days = sun mon tue wed thu fri sat' >"$HOME/.config/oq/oq.conf")
	cp "$WORLD"/*.csv "$HOME/night/"
	: >"$HOME/night/answers.jsonl"
	serving=
}

teardown() {
	[ -z "$serving" ] || { kill "$serving" && wait "$serving" || true; }
}

# over_terminal: a folder that the stand-in serves takes the hub's place in the configuration.
over_terminal() {
	: >served
	oq-terminal desk --facility 4719999999 --settle 0ms --scan 10ms >served 2>desk.log 3>&- &
	serving=$!
	wait_for 20 test -s served || { cat desk.log; return 1; }
	sed -i "s,^via .*,via = terminal:$PWD/desk,; /^ca\|^cert\|^key/d" "$HOME/.config/oq/oq.conf"
}

# crontab BEGIN: the lines of the page from that comment on.
crontab() {
	sed -n "/^\.\\\\\" crontab: $1\$/,/^\.\\\\\" crontab: end/p" "$OQ_TREE/man/oq-night.7" |
		grep -v '^\.' | sed 's/\\e/\\/g'
}

# cron LINE: runs it as cron does: in the home, with an environment of its own, by the shell that the
# crontab names; prints what would be mailed. Six o'clock may be now: then it would stop at another hour.
cron() {
	local shell path line=${1/--until 06:00/--until $(TZ=Asia/Tokyo date -d '5 hours' +%H:%M)}
	shell=$(crontab begin | sed -n 's/^SHELL=//p')
	path=$(crontab begin | sed -n 's/^PATH=//p')
	(cd "$HOME" && env -i HOME="$HOME" LOGNAME=clinic SHELL="$shell" PATH="$OQ_BUILD/bin:$path" \
		"$shell" -c "$(cut -d' ' -f6- <<<"$line")" 2>&1 </dev/null 3>&-)
}

# job BEGIN N: the N-th job of a crontab: what is mailed in $output, and its status.
job() {
	run cron "$(crontab "$1" | grep '^[0-9]' | sed -n "$2p")"
}

# statuses FILE: each status or error, with its number.
statuses() {
	jq -r '.eligibility.status // .error.code' "$1" | sort | uniq -c | xargs
}

in_days() {
	TZ=Asia/Tokyo date -d "$1 days" +%F
}

# asking: the process that asks in the night's directory, and whether it has.
asking() {
	local pid
	for pid in $(pgrep -x oq-verify); do
		[ "$(readlink "/proc/$pid/cwd")" != "$HOME/night" ] || echo "$pid"
	done
}

asks_in_vain() {
	[ "$(sqlite3 "$HOME/night/night.db" "SELECT count(*) FROM question WHERE state = 'sent'")" -eq 40 ]
}

# Nobody's name, number or day of birth is in what is mailed.
nobody() {
	! grep -F -f <(jq -r '.eligibility.policies[]? | .name, .kana, .birth_date' "$HOME"/night/*.jsonl) \
		<<<"$1" || return 1
}

@test "the crontab is one: times, a command, no percent sign" {
	for which in begin hub; do
		while read -r minute hour day month weekday command; do
			[[ "$minute $hour $day $month $weekday" =~ ^[0-9]+\ [0-9]+\ \*\ \*\ 1-6$ ]]
			[[ $command != *%* ]]
			bash -n -c "$command"
		done < <(crontab "$which" | grep -v '^#\|^[A-Z]*=')
	done
}

@test "over a terminal: submitted at closing time, fetched before opening, asked ahead once" {
	over_terminal
	night=$HOME/night
	job begin 1
	assert_failure 3
	nobody "$output"
	assert_line --regexp '^oq-verify: read 40, .*unknown 40'
	assert_equal "$(jq -r '.visit_date + " " + .eligibility.status' "$night/submitted.jsonl" | sort -u)" \
		"$(in_days 1) pending"
	job begin 2
	assert_failure 3
	assert_equal "$(jq -r '.visit_date + " " + .eligibility.status' "$night/ahead.jsonl" | sort -u)" \
		"$(in_days 3) pending"
	# In the morning; the line's status is that of the list, and the mail says how many are no.
	job begin 3
	assert_success
	assert_line --regexp '^oq-verify: read 40, yes [0-9]+, no [0-9]+, unknown 0'
	assert_equal "$(jq -r .visit_date "$night/night.jsonl" | sort -u)" "$(in_days 1)"
	grep -q "<table" "$night/night.html"
	job begin 4
	assert_equal "$(wc -l <"$night/answers.jsonl")" 30
	assert_equal "$(jq -c 'has("error") or .eligibility.status == "pending"' "$night/answers.jsonl" |
		sort -u)" false
	# Two evenings later those of ahead.csv are tomorrow's, and are compared with what was said then.
	mv "$night/ahead.csv" "$night/bookings.csv"
	jq -c '(.eligibility.policies[]? | .branch | select(. == "01")) = "02"' "$night/answers.jsonl" >were
	cp were "$night/answers.jsonl"
	job begin 1
	job begin 3
	assert_equal "$(jq -c 'select(.eligibility.status | IN("valid", "invalid", "invalid-replaced", "not-found")) |
		.eligibility | has("changed")' "$night/night.jsonl" | sort -u)" true
	jq -e -s '[.[].eligibility.changed[]? | select(.was == "02" and .now == "01" and (.harmless | not))] |
		length > 0' "$night/night.jsonl"
	assert_equal "$(statuses "$night/night.jsonl")" "$(statuses "$night/answers.jsonl")"
}

@test "what goes wrong is mailed, and the status is the one that counts" {
	over_terminal
	rm "$HOME/night/bookings.csv"
	job begin 1
	assert_failure 7 # of the first command: that is what pipefail is for
	assert_line --partial 'bookings.csv: No such file or directory'
	# The terminal's folder is not there.
	cp "$WORLD/bookings.csv" "$HOME/night/"
	mv desk/req desk/away
	job begin 1
	assert_failure 6
	assert_line --partial 'oq-verify: '
	mv desk/away desk/req
	job begin 1
	assert_failure 3
}

@test "over a hub: one job in the evening, and in the morning who could not be told" {
	night=$HOME/night
	job hub 1
	assert_failure 1
	# In the evening there is only a process of the hub that fails.
	printf 'requests,fault,value\nalways,garbled,\n' >faults
	: >url
	oq-hub serve "$WORLD/hub" --faults faults >url 2>faulty.log 3>&- &
	serving=$!
	wait_for 20 test -s url
	cp --preserve=mode "$HOME/.config/oq/oq.conf" right
	sed -i "s,^via = .*,via = $(cat url)," "$HOME/.config/oq/oq.conf"
	evening=$(crontab hub | grep '^[0-9]' | sed -n 2p)
	cron "$evening" >mail 3>&- &
	job=$!
	# It would try until six; then the machine is turned off.
	wait_for 30 asks_in_vain
	kill -TERM "$(asking)"
	wait "$job" || status=$?
	assert_equal "$status" 3
	assert_equal "$(jq -c 'has("error")' "$night/night.jsonl" | sort | uniq -c | xargs)" "40 true"
	cat right >"$HOME/.config/oq/oq.conf"
	job hub 3
	assert_success
	assert_equal "$(jq -c 'has("error")' "$night/morning.jsonl" | sort -u)" false
	grep -q "<table" "$night/night.html"
	# Once more, in the course of the morning: nobody is asked again.
	n=$(oq-hub audit "$WORLD/hub" | wc -l)
	cp "$night/morning.jsonl" "$night/night.jsonl"
	job hub 3
	assert_equal "$(oq-hub audit "$WORLD/hub" | wc -l)" "$n"
}

# exec_of UNIT [WHAT]: runs its commands as systemd would: in its directory, with its environment.
exec_of() {
	local unit=$1 what=${2:-ExecStart} line
	line=$(sed -n "s/^$what=//p" "$OQ_TREE/lib/night/$unit")
	line=${line//%i/oq-night-fetch.service}
	line=${line//%%/%}
	line=${line//\$\$/\$}
	(cd "$HOME/night" && umask 077 && eval "env -i HOME='$HOME' MAILTO=clinic PATH='$OQ_BUILD/bin:$PATH' $line" 3>&-)
}

# succeeds UNIT STATUS: does systemd take that status for a success?
succeeds() {
	[ "$2" = 0 ] || grep -E "^SuccessExitStatus=.*\b$2\b" "$OQ_TREE/lib/night/$1"
}

@test "systemd knows the units, and finds their commands" {
	command -v systemd-analyze || could_not_run "no systemd-analyze"
	mkdir run
	cp "$OQ_TREE"/lib/night/* .
	run env XDG_RUNTIME_DIR="$PWD/run" systemd-analyze --user --man=no verify ./oq-night*
	assert_success
	assert_output ""
	for timer in oq-night-*.timer; do
		systemd-analyze calendar "$(sed -n 's/^OnCalendar=//p' "$timer")"
		assert_file_exist "${timer%.timer}.service"
	done
	# The jobs are those of the crontab.
	diff <(crontab begin | grep '^[0-9]' | cut -d' ' -f6- | sed 's/^set -o pipefail; //; s/^cd night && //' |
		tr ';' '\n' | sed 's/^ *//' | sort) \
		<(sed -n "s/^Exec[A-Za-z]*=.* -c '\(oq.*\)'$/\1/p" oq-night-*.service | sort)
}

@test "the units' commands do the same, and end with a status that counts as success" {
	over_terminal
	night=$HOME/night
	for unit in submit ahead; do
		run exec_of "oq-night-$unit.service"
		assert_equal "$status" 3
		succeeds "oq-night-$unit.service" 3
	done
	run exec_of oq-night-fetch.service
	succeeds oq-night-fetch.service "$status"
	run ! succeeds oq-night-fetch.service 3
	exec_of oq-night-fetch.service ExecStopPost
	grep -q "<table" "$night/night.html"
	run exec_of oq-night-answers.service
	succeeds oq-night-answers.service "$status"
	assert_equal "$(wc -l <"$night/answers.jsonl")" 30
	rm "$night/bookings.csv"
	run exec_of oq-night-submit.service
	run ! succeeds oq-night-submit.service "$status"
}

@test "a unit that failed is mailed" {
	mkdir bin
	printf '#!/bin/sh\ncat >%s/mail\n' "$PWD" >bin/sendmail
	printf '#!/bin/sh\necho "journal: $*"\n' >bin/journalctl
	chmod +x bin/*
	PATH=$PWD/bin:$PATH exec_of oq-night-mail@.service
	run cat mail
	assert_line --index 0 'To: clinic'
	assert_line --index 1 'Subject: oq-night-fetch.service has failed'
	assert_line --partial 'journal: --user --unit oq-night-fetch.service'
}
