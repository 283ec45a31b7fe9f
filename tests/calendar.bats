# oq-from-csv: the day by the calendar of the clinic.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export OQ_OPEN_DAYS='mon tue wed fri sat'
	# As the Cabinet Office publishes it, in Shift_JIS with CRLF; the clinic's own days below.
	printf '国民の祝日・休日月日,国民の祝日・休日名称\r\n2026/11/3,文化の日\r\n2026/11/23,勤労感謝の日\r\n2027/1/1,元日\r\n2027/1/11,成人の日\r\n' |
		iconv -t CP932 >holidays.csv
	printf '2026-12-30,\nR8.12.31,\n2027-01-02,\n2026-12-03,open\n' >>holidays.csv
}

# on TIME ARGUMENT...: the day that it prints at that time in Japan.
on() {
	run --separate-stderr faketime "$(date -d "$1 +0900" '+%F %T')" oq-from-csv --print-day "${@:2}"
}

@test "the next day on which it is open" {
	while read -r at day_plain day; do
		on "$at 19:05" --for next-open-day
		assert_equal "$at $output" "$at $day_plain"
		on "$at 19:05" --for next-open-day --holidays holidays.csv
		assert_equal "$at $output" "$at $day"
		assert_equal "$stderr" ""
	done <<-'END'
		2026-11-02 2026-11-03 2026-11-04
		2026-11-20 2026-11-21 2026-11-21
		2026-11-21 2026-11-23 2026-11-24
		2026-12-02 2026-12-04 2026-12-03
		2026-12-29 2026-12-30 2027-01-04
	END
	on '2026-12-28 19:05' --for next-open-day+2 --holidays holidays.csv
	assert_output 2027-01-05
}

@test "it is the day of Japan, wherever the machine is" {
	# 23:59 in Japan, and two minutes later.
	TZ=America/New_York on '2026-11-06 23:59' --for next-open-day
	assert_output 2026-11-07
	TZ=America/New_York on '2026-11-07 00:01' --for next-open-day
	assert_output 2026-11-09
}

@test "rows that name no day get it, others keep theirs" {
	printf '予約日,保険者番号,記号,番号,生年月日\n,06130488,1,2,S55.1.2\n2026/12/8,06130488,1,2,S55.1.2\n' >list
	run --separate-stderr faketime '2026-11-20 01:00:00' oq-from-csv --for next-open-day list
	assert_success
	assert_equal "$(jq -r .visit_date <<<"$output" | xargs)" "2026-11-21 2026-12-08"
}

@test "a list of holidays that ends before the day says so" {
	on '2027-01-11 19:05' --for next-open-day --holidays holidays.csv --lang en
	assert_success
	assert_output 2027-01-12
	assert_equal "$stderr" "oq-from-csv: holidays.csv ends before that day"
}

@test "wrong use and files that are none" {
	local wrong
	for wrong in '--for tomorrow' '--for next-open-day+0' '--for next-open-day+31' \
		'--for next-open-day+2x' '--for next-open-day --open-days moon' \
		'--for next-open-day --visit-date 2026-10-05' ''; do
		# shellcheck disable=SC2086 # several words
		run oq-from-csv --print-day $wrong
		assert_failure 2
	done
	unset OQ_OPEN_DAYS
	run oq-from-csv --for next-open-day --print-day
	assert_failure 2
	assert_output --partial '--for needs --open-days'
	export OQ_OPEN_DAYS=mon
	printf 'day\n2026-10-05\nsoon,holiday\n' >bad.csv
	run oq-from-csv --for next-open-day --holidays bad.csv list
	assert_failure 2
	assert_output --partial 'bad.csv, line 3: it begins with no day'
	run oq-from-csv --for next-open-day --holidays nowhere list
	assert_failure 7
	: >bad.csv
	run oq-from-csv --for next-open-day --holidays bad.csv list
	assert_failure 2
	# Closed on every Monday there is.
	for week in {1..60}; do
		date -d "2026-10-05 +$((7 * week)) days" +%F,
	done >bad.csv
	run faketime '2026-10-07 01:00:00' oq-from-csv --for next-open-day --holidays bad.csv --print-day
	assert_failure 2
	assert_output --partial 'not open so often'
}
