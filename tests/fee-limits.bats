# oq-fee: how often an addition is given, in one run and from one run to the next.

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || exit 1
}

# visits KIND VISIT WAY DAY...: lines of one patient.
visits() {
	local kind=$1 visit=$2 way=$3
	shift 3
	printf "{\"date\":\"%s\",\"facility_type\":\"$kind\",\"visit_type\":\"$visit\",\"verified_by\":\"$way\",\"consent\":\"yes\",\"patient\":\"P-1\",\"notified_dx\":false}\n" "$@"
}

# given [OPTION...]: points, or the day that is in the way, of the first addition of each line.
given() {
	oq-fee "$@" 2>said | jq -r '.fees[0] | .counted_on // .points' | paste -sd' '
}

@test "once a month: to the month's last day, and again on the first of the next" {
	[ "$(visits medical initial other 2024-01-31 2024-02-01 2024-02-29 2024-03-01 2024-03-31 2024-03-31 | given)" = \
		'4 4 2024-02-01 4 2024-03-01 2024-03-01' ]
	# Over the end of a year, and in a month that a change of the table cuts.
	[ "$(visits medical initial other 2023-12-31 2024-01-01 2024-05-31 2024-06-01 2024-11-30 2024-12-01 | given)" = \
		'6 4 4 3 3 1' ]
}

@test "once in 3, 6 and 12 calendar months, the present one included" {
	[ "$(visits medical return other 2024-07-31 2024-08-01 2024-09-30 2024-10-01 2024-12-31 2025-01-01 | given)" = \
		'2 2024-07-31 2024-07-31 2 2024-10-01 1' ]
	[ "$(visits pharmacy dispensing card 2023-01-15 2023-06-30 2023-07-01 2023-12-31 2024-01-01 | given)" = \
		'1 2023-01-15 1 2023-07-01 1' ]
	[ "$(visits pharmacy dispensing card 2024-12-01 2025-11-30 2025-12-01 2026-05-31 | given)" = \
		'1 2024-12-01 1 2025-12-01' ]
	[ "$(visits pharmacy dispensing other 2022-04-30 2022-05-01 2022-06-30 2022-07-01 | given)" = \
		'1 2022-04-30 2022-04-30 1' ]
}

@test "what shares a limit: with and without the card, initial and return" {
	# 2 points in July are in the way of 1 point in August and September.
	[ "$({ visits medical return other 2024-07-02; visits medical return card 2024-08-02 2024-09-30 2024-10-01; } | given)" = \
		'2 2024-07-02 2024-07-02 1' ]
	# Initial and return not in one month, either way, and this alone does not bind the next month.
	{ visits medical initial other 2024-07-02; visits medical return other 2024-07-30 2024-08-01
		visits medical initial other 2024-08-02 2024-09-01; } >in
	oq-fee <in 2>said | jq -r '.fees[0] | "\(.points) \(.reason)"' >out
	diff - out <<-'END'
		3 without-card
		0 same-month
		2 without-card
		0 same-month
		3 without-card
	END
	# One of them a month, in 2022.
	[ "$({ visits medical initial other 2022-05-01; visits medical return card 2022-05-31 2022-06-01; } | given)" = \
		'3 2022-05-01 4' ]
}

@test "each addition has its own limit, and what is refused uses none up" {
	for day in 2025-07-01 2025-07-31 2025-08-01; do
		printf '{"date":"%s","facility_type":"medical","visit_type":"initial","patient":7,"usage_rate_pct":%s,"e_prescription":false}\n' \
			$day 3 $day 50 $day 50
	done >in
	oq-fee <in 2>said | jq -r '[.fees[] | "\(.points) \(.counted_on // .reason)"] | join(", ")' >out
	diff - out <<-'END'
		1 standards-met, 0 usage-rate-too-low
		0 2025-07-01, 10 standards-met
		0 2025-07-01, 0 2025-07-01
		0 2025-07-01, 0 usage-rate-too-low
		0 2025-07-01, 0 2025-07-01
		0 2025-07-01, 0 2025-07-01
		1 standards-met, 0 usage-rate-too-low
		0 2025-08-01, 10 standards-met
		0 2025-08-01, 0 2025-08-01
	END
}

@test "lines out of their order find limits used up on both sides" {
	[ "$(visits medical return other 2024-09-10 2024-07-31 2024-06-30 2024-08-15 2024-09-09 | given)" = \
		'2 2024-09-10 2 2024-09-10 2024-09-10' ]
}

@test "who the patient is" {
	cat >in <<-'END'
		{"id":"none"}
		{"id":"none again"}
		{"id":"empty","patient":""}
		{"id":"number","patient":12}
		{"id":"the same as text","patient":"12"}
		{"id":"another","patient":"13"}
		{"id":"elsewhere","patient":"12","facility_code":"1310000011"}
		{"id":"row","row":{"patient_number":"12"}}
		{"id":"key","eligibility":{"reference_numbers":["K1","K2"]}}
		{"id":"key again","eligibility":{"reference_numbers":["K1"]},"insured":{"insurer_number":"06130488","number":"5"}}
		{"id":"insured","insured":{"insurer_number":"06130488","symbol":"1","number":"5","branch":"01"}}
		{"id":"twin","insured":{"insurer_number":"06130488","symbol":"1","number":"5","branch":"02"}}
		{"id":"policy","insured":{"insurer_number":"x","number":"9"},"eligibility":{"covering":[1],"policies":[{"number":"9"},{"insurer_number":"06130488","symbol":"1","number":"5","branch":"02"}]}}
		{"id":"moved bounds","insured":{"insurer_number":"06130488","symbol":"15","number":"","branch":"02"}}
	END
	jq -c '. + {date: "2025-07-01"}' in | oq-fee --set facility_type=medical --set visit_type=initial 2>said |
		jq -r 'select(.fees[0].points == 0) | .id' >out
	diff - out <<-'END'
		the same as text
		row
		key again
		policy
	END
}

@test "a history keeps limits from one run to the next, without saying whose" {
	umask 022
	visits medical return other 2024-07-31 | given --history h >out
	visits medical return other 2024-09-30 | given --history h >>out
	visits medical return other 2024-10-01 | given --history h >>out
	visits medical return card 2024-10-01 | given --history h >>out
	diff - out <<-'END'
		2
		2024-07-31
		2
		2024-10-01
	END
	run ! grep -q P-1 h
	grep -qxE 'oq-fee-history 1 [0-9a-f]{32} .*' h
	[ "$(stat -c %a h h.lock | sort -u)" = 600 ]
	[ -z "$(find . -name 'h.?*' ! -name h.lock)" ]
}

@test "a history and one run are the same" {
	for day in 2024-0{1..9}-{05,25} 2024-1{0..2}-{05,25}; do
		for patient in 1 2 3 4 5 6 7; do
			((RANDOM % 2)) && kind="initial" || kind="return"
			printf '{"date":"%s","facility_type":"medical","visit_type":"%s","verified_by":"other","patient":%d,"notified_dx":false}\n' \
				"$day" $kind $patient
		done
	done >in
	oq-fee <in 2>said | jq -c .fees >whole
	split -l 50 in part.
	for part in part.*; do
		oq-fee --history h <"$part" 2>said | jq -c .fees
	done >pieces
	diff whole pieces
}

@test "a history whose run was cut or lost its output is what it was" {
	visits medical return other 2024-07-31 | given --history h
	cp h before
	visits medical return other 2024-11-30 >in
	run --separate-stderr bash -c 'oq-fee --history h <in >/dev/full'
	[ "$status" -eq 7 ]
	cmp h before
	mkdir closed && cp h closed && chmod 500 closed
	if [ "$(id -u)" -ne 0 ]; then
		run --separate-stderr oq-fee --history closed/h <in
		[ "$status" -eq 7 ]
	fi
	chmod 700 closed
	# A line that is no encounter costs itself only.
	{ echo rubbish; cat in; } >mixed
	run --separate-stderr bash -c 'oq-fee --history h <mixed'
	[ "$status" -eq 3 ]
	run ! cmp -s h before
}

@test "killed at any moment, a history and its output go together" {
	local part killed=0 status
	for day in 2024-{04..11}-{05,25}; do
		for patient in {1..40}; do
			printf '{"date":"%s","facility_type":"medical","visit_type":"return","verified_by":"other","patient":%d,"notified_dx":false}\n' \
				"$day" "$patient"
		done
	done >in
	oq-fee <in 2>said | jq -c .fees >whole
	split -n "l/$OQ_ROUNDS" in part.
	: >pieces
	for part in part.*; do
		while :; do
			cp h before 2>said || : >before
			# The last line comes late, so that a kill can meet every step.
			{ head -n -1 "$part"; sleep 0.0$((RANDOM % 3)); tail -n 1 "$part"; } |
				oq-fee --history h >out 2>said 3>&- &
			sleep "0.0$((RANDOM % 5))"
			kill -KILL $! 2>/dev/null && killed=$((killed + 1))
			wait $! && status=0 || status=$?
			[ "$status" -eq 137 ] || break
			# Replaced: then all had been written.
			[ ! -e h ] || cmp -s h before || break
		done
		[ "$status" -eq 0 ] || [ "$status" -eq 137 ]
		[ "$(wc -l <out)" -eq "$(wc -l <"$part")" ]
		jq -c .fees out >>pieces
	done
	[ "$killed" -gt 0 ]
	diff whole pieces
	rm -f h.??????
	[ "$(stat -c %a h)" = 600 ]
}

@test "two runs do not share a history" {
	mkfifo in
	visits medical return other 2024-07-31 >one
	oq-fee --history h <in >out 2>said 3>&- &
	local first=$!
	exec 4>in
	cat one >&4
	wait_for 20 test -s out
	run --separate-stderr oq-fee --history h <one
	[ "$status" -eq 7 ]
	[ -z "$output" ]
	[[ $stderr == *"Another run uses this history"* ]]
	exec 4>&-
	wait $first
	[ "$(given --history h <one)" = 2024-07-31 ]
}

@test "a history that is none, is cut, or is of tomorrow is refused and left alone" {
	visits medical return other 2024-06-30 2024-07-31 | given --history good
	refused() { # WANTED, of the file h
		cp h before
		run --separate-stderr bash -c 'visits medical return other 2024-09-01 | oq-fee --history h'
		[ "$status" -eq 7 ] || fail "$1: $status"
		[ -z "$output" ]
		[[ $stderr == *"$1"* ]] || fail "$stderr"
		cmp h before
	}
	export -f visits
	: >h && refused 'h:1: no first line'
	echo '{"oq_ledger":1}' >h && refused 'h:1: no history of oq-fee'
	sed '1s/history 1/history 2/' good >h && refused 'a newer version'
	sed '1s/.$/x/' good >h && refused 'h:1: its first line'
	sed '1s/ [0-9a-f]/ /' good >h && refused 'h:1: its first line'
	sed '2s/^./g/' good >h && refused 'h:2: no charge'
	sed '2s/-0/-9/' good >h && refused 'h:2: no charge'
	sed '2s/ [^ ]*$/ /' good >h && refused 'h:2: no charge'
	sed '2d' good >h && refused 'another number of charges'
	sed '$d' good >h && refused 'it is cut off'
	{ cat good; echo; } >h && refused 'more than a history'
	head -c -1 good >h && refused 'this is no line'
	mkdir d
	run --separate-stderr oq-fee --history d <good
	[ "$status" -eq 7 ]
	# One that knows more than the table is kept.
	awk '/^end/ { print "0123456789abcdef 2024-07-01 tomorrows-group"; $2++ } { print }' good >h
	visits medical return other 2024-08-01 | given --history h
	grep -q ' tomorrows-group$' h
}

@test "what is over is forgotten, and asked for again it is not guessed" {
	visits medical initial other 2024-01-10 2024-02-10 2024-03-10 2024-04-10 | given --history h
	# March is kept for lines that come a month late.
	[ "$(grep -c '^[0-9a-f]* 2024-' h)" -eq 2 ]
	[ "$(visits medical initial other 2024-03-31 2024-04-01 2024-05-01 | given --history h)" = '2024-03-10 2024-04-10 4' ]
	visits medical initial other 2024-02-28 >late
	run --separate-stderr bash -c 'oq-fee --history h <late'
	[ "$status" -eq 3 ]
	[ "$(jq -r .error.code <<<"$output")" = limits-forgotten ]
	# Nobody's limits are nobody's matter.
	run --separate-stderr bash -c 'jq -c "del(.patient)" late | oq-fee --history h'
	[ "$status" -eq 0 ]
	# A year that is a slip of the pen forgets nothing of today's.
	visits medical initial other 2024-07-10 9999-07-10 | faketime '2024-07-10' "$OQ_BUILD/bin/oq-fee" --history slip >out 2>said
	grep -q ' 2024-07-10 ' slip
	[ "$(visits medical initial other 2024-07-31 | given --history slip)" = 2024-07-10 ]
}

@test "memory goes with open limits, not with lines or patients" {
	case $OQ_BUILD in *sanitized) could_not_run "memory is not its own under a sanitiser" ;; esac
	# 2,000 new patients a month.
	months() { # FIRST LAST
		awk -v first="$1" -v last="$2" 'BEGIN {
			for (m = first; m <= last; m++)
				for (i = 0; i < 2000; i++)
					printf "{\"date\":\"%d-%02d-%02d\",\"facility_type\":\"medical\",\"visit_type\":\"initial\",\"verified_by\":\"other\",\"patient\":\"%d-%d\"}\n", \
						2022 + m / 12, m % 12 + 1, i % 28 + 1, m, i }'
	}
	months 3 6 >few
	months 3 43 >many
	few=$("$OQ_BUILD/tests/cputime" -i few -o out oq-fee 2>said | cut -d' ' -f2)
	many=$("$OQ_BUILD/tests/cputime" -i many -o out oq-fee 2>said | cut -d' ' -f2)
	[ "$(jq '.fees[0].points' out | sort -un | paste -sd,)" = 1,3,4,6 ]
	# The kernel counts pages of a process some hundred KiB wrong; 72,000 limits kept take megabytes.
	[ "$((many - few))" -lt 1024 ] || fail "$few KiB, $many KiB"
}
