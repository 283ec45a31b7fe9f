# oq-readiness: hidden consent screens, the steps of the introduction, papers, who is obliged.
bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# results N PURPOSES: N face results of a day; each says something of those purposes.
results() {
	jq -nc --argjson n "$1" --arg purposes "$2" 'range($n) | {visit_date: "2026-11-27", eligibility: {
		status: "valid", source: "card", consents: (["drugs", "treatments", "checkups", "limit_certificate"]
			| map({key: ., value: {decision: (. as $p | if $purposes | split(" ") | index($p)
				then (if input_line_number % 2 == 0 then "refused" else "given" end) else "absent" end)}})
			| from_entries)}}'
}

screen() {
	jq -r --arg p "$1" '.screen | select(.purpose == $p) | [.result, .results, .flags] | join(" ")' found
}

@test "20 results and no flag: the screen is probably hidden; 19 do not tell" {
	results 20 'drugs checkups' >day
	run -1 oq-readiness consent-screens <day
	printf '%s\n' "$output" >found
	assert_equal "$(screen drugs)" 'ok 20 20'
	assert_equal "$(screen checkups)" 'ok 20 20'
	assert_equal "$(screen treatments)" 'fail 20 0'
	"$OQ_TREE/tests/validate" found
	head -n 19 day >fewer
	run -3 oq-readiness consent-screens <fewer
	printf '%s\n' "$output" >found
	assert_equal "$(screen treatments)" 'unknown 19 0'
	assert_equal "$(screen drugs)" 'ok 19 19'
}

@test "answers by number are no face results; days are counted apart; bad lines are told" {
	results 30 drugs | jq -c '.eligibility.source = "number"' >day
	run --separate-stderr -3 oq-readiness consent-screens <day
	assert_output ''
	{
		results 20 drugs
		results 20 drugs | jq -c '.visit_date = "2026-11-28"'
		echo '{bad'
	} >day
	run --separate-stderr -3 oq-readiness consent-screens <day
	assert_equal "$(jq -r '.screen.date' <<<"$output" | sort | uniq -c | awk '{print $1}' | sort -u)" 12
	# shellcheck disable=SC2154 # bats sets stderr
	assert_equal "$stderr" 'oq-readiness: 1 lines could not be read'
}

step() {
	jq -r --arg k "$1" '.onboarding | select(.key == $k) | [.state, .due_on // "-", .from // "-",
		(.blocked_by // [] | join(","))] | join(" ")' found
}

@test "what is done, open, blocked by what, due when" {
	cat >progress <<-'END'
		# what we have done
		account = 2026-04-01
		  reader=2026-04-02   # applied
		line = due 2026-11-01
		certificate_notice = 2026-06-01
	END
	run -1 oq-readiness steps --on 2026-11-02 progress
	printf '%s\n' "$output" >found
	"$OQ_TREE/tests/validate" found
	assert_equal "$(wc -l <found)" 18
	assert_equal "$(step account)" 'done - - '
	assert_equal "$(step estimate)" 'open - - '
	assert_equal "$(step line)" 'overdue 2026-11-01 - estimate'
	# 180 days to download (onboarding.md 4)
	assert_equal "$(step certificate_install)" 'blocked 2026-11-28 - terminal'
	assert_equal "$(step certificate_renewal)" 'blocked - - certificate_install'
	run -0 oq-readiness steps --on 2026-11-01 progress
	run -0 oq-readiness steps
	printf '%s\n' "$output" >found
	assert_equal "$(step account)" 'open - - '
	assert_equal "$(step reader)" 'blocked - - account'
}

@test "the certificate is renewed within 90 days of 3 years and 3 months, again and again" {
	echo 'certificate_install = 2026-11-30' >progress
	for case in '2029-11-29 later 2030-02-28 2029-11-30' '2029-11-30 open 2030-02-28 2029-11-30' \
		'2030-02-28 open 2030-02-28 2029-11-30' '2030-03-01 overdue 2030-02-28 2029-11-30'; do
		read -r on expected <<<"$case"
		oq-readiness steps --on "$on" progress >found || true
		assert_equal "$on $(step certificate_renewal)" "$on $expected "
	done
	echo 'certificate_renewal = 2030-01-15' >>progress
	oq-readiness steps --on 2030-01-16 progress >found
	assert_equal "$(step certificate_renewal)" 'later 2033-04-15 2033-01-15 '
}

@test "the grant's last days go by regime and grace, never by what is only recalled" {
	local grace expected
	while read -r grace expected; do
		printf 'regime = R2\ngrace = %s\n' "$grace" >progress
		oq-readiness steps --on 2023-01-01 progress >found || true
		assert_equal "$grace $(jq -r '.onboarding | select(.key == "grant_application") | .due_on // "-"' found)" \
			"$grace $expected"
	done <<-END
		none 2023-09-30
		1 2023-12-31
		6 2023-12-31
		2 -
	END
}

@test "a file that is wrong is refused with its line" {
	local line
	for line in 'nothing = 2026-01-01' 'account 2026-01-01' 'account = 2026-13-01' 'account = due' \
		"$(printf 'account = 2026-01-01\naccount = 2026-01-02')" "$(printf 'x%.0s' {1..300})"; do
		echo "$line" >progress
		run --separate-stderr -2 oq-readiness steps progress
		assert_output ''
		[[ $stderr == *"malformed: line $(wc -l <progress): "* ]]
	done
	run -7 oq-readiness steps /nowhere/progress
}

@test "the calendar has one event for what is due, folded and with its reminders" {
	printf 'certificate_install = 2026-06-10\nline = due 2026-12-01\n' >progress
	oq-readiness steps --on 2026-11-27 --lang ja --ics due.ics progress >found
	assert_equal "$(grep -c '^BEGIN:VEVENT' due.ics)" 2
	assert_equal "$(grep -c $'\r$' due.ics)" "$(wc -l <due.ics)"
	run awk '{ sub(/\r$/, "") } length > 75' due.ics
	assert_output ''
	grep -q $'^DTSTART;VALUE=DATE:20290910\r$' due.ics
	for days in 90 60 30 15 7 6 5 4 3 2 1; do
		grep -q "^TRIGGER:-P${days}D" due.ics
	done
	iconv -f UTF-8 -t UTF-16 due.ics >/dev/null
	# No event is put in twice by whoever imports it twice.
	assert_equal "$(grep -c '^UID:certificate_renewal-20290910@oq-readiness' due.ics)" 1
	run -7 oq-readiness steps --ics "$PWD/nowhere/due.ics" progress
}

@test "papers as of a day, in both languages; what is only recalled says so" {
	run -0 oq-readiness notice --lang ja --on 2024-05-31 --name 架空医院
	assert_line '医療情報・システム基盤整備体制充実加算を算定しています。'
	assert_line 架空医院
	run -0 oq-readiness notice --lang ja --on 2024-06-01
	assert_line '医療情報取得加算を算定しています。'
	run -0 oq-readiness notice --lang ja --on 2026-06-01
	assert_equal "$(grep -c '連携体制整備加算' <<<"$output")" 3
	run -0 oq-readiness notice --lang ja --format html --on 2026-06-01 --facility 1340000015
	assert_equal "$(grep -c '電子的調剤情報連携体制整備加算' <<<"$output")" 1
	assert_equal "$(grep -c '連携体制整備加算' <<<"$output")" 1
	xmllint --html --noout - <<<"$output"
	run -0 oq-readiness questionnaire --lang ja --format html
	assert_equal "$(grep -o '□ はい' <<<"$output" | wc -l)" 8
	assert_line --partial '別紙様式54'
	run -0 oq-readiness steps --show estimate --lang ja
	assert_equal "${#lines[@]}" 5
	run -0 oq-readiness steps --show reader
	assert_equal "${#lines[@]}" 5
	run -2 oq-readiness notice --format records
	run bash -c 'oq-readiness notice >/dev/full'
	assert_failure 7
}

@test "obliged, exempt, excused until when; a missing fact is unknown" {
	local on answer until status facts
	while read -r on answer until status facts; do
		# shellcheck disable=SC2086
		run --separate-stderr -"$status" oq-readiness mandate --on "$on" $facts
		assert_equal "$on $facts: $(jq -r '.mandate | [.answer, .until // "-"] | join(" ")' <<<"$output")" \
			"$on $facts: $answer $until"
		"$OQ_TREE/tests/validate" /dev/stdin <<<"$output"
	done <<-'END'
		2023-03-31 not-yet - 0
		2023-04-01 obliged - 0
		2024-03-31 exempt - 0 handwritten-claims
		2024-04-01 unknown - 3 handwritten-claims
		2024-04-01 exempt - 0 handwritten-claims paper-notification
		2023-09-30 grace 2023-09-30 0 system-work
		2023-10-01 grace-ended 2023-09-30 1 system-work
		2023-06-01 grace-ended 2023-05-31 1 system-work=2023-05-31
		2024-07-31 grace 2024-07-31 0 no-line=2024-01-31
		2024-08-01 grace-ended 2024-07-31 1 no-line=2024-01-31
		2026-11-27 grace - 0 no-line
		2024-12-01 grace 2024-12-01 0 home-visits-only
		2024-12-02 grace-ended 2024-12-01 1 home-visits-only
		2024-12-02 grace - 0 home-visits-only hardship
		2024-06-01 grace-ended 2024-05-01 1 closing=2024-05-01
		2026-11-27 exempt - 0 elderly-physician paper-notification home-visits-only
	END
	run -2 oq-readiness mandate no-such-fact
	run -2 oq-readiness mandate no-line=soon
	run -2 oq-readiness mandate --on 2026-02-30
}
