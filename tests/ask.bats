# oq-ask as somebody at the desk uses it: on a terminal of its own, by expect.

# shellcheck disable=SC2154 # stderr is set by run --separate-stderr
load helper
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	day='--visit-date 2026-10-05'
}

# typed 'COMMAND' <STEPS: as tests/ask.exp says; the transcript is $output.
typed() {
	run expect "$OQ_TREE/tests/ask.exp" "$1"
	output=${output//$'\r'/}
}

# The answers to everything after the insurer number, for a person with health insurance.
rest() {
	printf '%s\n' 'Symbol|12' 'Number|3456' 'Branch|01' 'Birth date|1980-01-02' 'Taken from|1' \
		'agree|' "${1:-Enter to go on|}"
}

# steps LINE...: the lines, then the rest.
steps() {
	printf '%s\n' "$@"
	rest
}

@test "a good entry becomes a record, which is valid and can be asked" {
	typed "oq-ask $day >out 2>err" < <(steps 'Insurer number|06130488')
	assert_success
	assert_output --partial 'The check digit is right. 06 health insurance society'
	assert_output --partial '1980-01-02  46 years old'
	assert_equal "$(cat out)" '{"visit_date":"2026-10-05","insured":{"insurer_number":"06130488","symbol":"12","number":"3456","branch":"01","birth_date":"1980-01-02","limit_certificate_consent":false,"taken_from":"certificate"}}'
	assert_equal "$(cat err)" ''
	run "$OQ_TREE/tests/validate" out
	assert_success
	run "$OQ_BUILD/tests/model" question "$(cat out)"
	assert_output --partial '"insured":{"insurer_number":"06130488",'
}

@test "the whole visit: what was typed is what oq-verify would ask" {
	typed "oq-ask $day | oq-verify --dry-run >out" < <(steps 'Insurer number|06130488')
	assert_success
	run jq -c 'del(.ask)' out
	assert_output '{"visit_date":"2026-10-05","insured":{"insurer_number":"06130488","symbol":"12","number":"3456","branch":"01","birth_date":"1980-01-02"}}'
}

@test "digits and letters in full width are taken; symbol and number stay as typed" {
	typed "oq-ask $day >out" <<-'EOF'
		Insurer number|　０６１３０４８８　
		Symbol|１２－３あ
		Number|００７
		Branch|０２
		Birth date|Ｓ１５．９．９
		Taken from|２
		agree|ｙ
		Enter to go on|
	EOF
	assert_success
	assert_equal "$(cat out)" '{"visit_date":"2026-10-05","insured":{"insurer_number":"06130488","symbol":"１２－３あ","number":"００７","branch":"02","birth_date":"1940-09-09","limit_certificate_consent":true,"taken_from":"notice"}}'
}

@test "a wrong check digit is pointed out with what would fit, and must be typed again" {
	typed "oq-ask $day >out" < <(steps 'Insurer number|06130489' 'Insurer number|06130488')
	assert_success
	assert_output --partial 'The check digit is wrong'
	assert_output --partial '0613048[8]  health insurance society'
	refute_output --partial '[8]6130489'
	assert_equal "$(jq -r .insured.insurer_number out)" 06130488
}

@test "neighbours the wrong way round are offered first" {
	typed "oq-ask $day >out" < <(steps 'Insurer number|06130848' 'Insurer number|06130488')
	first=$(grep -m1 '\[' <<<"$output")
	assert_equal "${first#"${first%%[! ]*}"}" '06130[48]8  health insurance society'
}

@test "every offered number has a right check digit and differs by one slip" {
	typed "oq-ask $day >out" <<<$'Insurer number|479989\nInsurer number|/'
	assert_failure 1
	offered=$(grep -oE '^ {4}[0-9]*\[[0-9]+\][0-9]*' <<<"$output" | tr -d ' []')
	[ "$(wc -l <<<"$offered")" -ge 3 ]
	while read -r number; do
		run "$OQ_BUILD/tests/model" insurer "$number"
		assert_output right
	done <<<"$offered"
}

@test "a zero lost in front is offered, never put there" {
	typed "oq-ask $day >out" < <(steps 'Insurer number|6130488' 'Insurer number|06130488')
	assert_output --partial 'An insurer number has 6 or 8 digits'
	assert_output --partial '[0]6130488'
	assert_equal "$(jq -r .insured.insurer_number out)" 06130488
}

@test "late-stage elderly are not asked for symbol and branch" {
	typed "oq-ask $day >out" <<-'EOF'
		Insurer number|39479993
		Number|1234567
		Number|12345678
		Birth date|昭和15年9月9日
		Taken from|5
		agree|
		Enter to go on|
	EOF
	assert_success
	refute_output --partial Symbol
	refute_output --partial Branch
	assert_output --partial '39 late-stage elderly'
	assert_output --partial 'has eight digits'
	assert_equal "$(cat out)" '{"visit_date":"2026-10-05","insured":{"insurer_number":"39479993","number":"12345678","birth_date":"1940-09-09","limit_certificate_consent":false,"taken_from":"old-card"}}'
}

@test "six digits are national health insurance, and symbol and branch may be absent" {
	typed "oq-ask $day >out" <<-'EOF'
		Insurer number|479998
		Symbol|
		Number|3
		Branch|
		Birth date|R1.5.1
		Taken from|4
		agree|いいえ
		Enter to go on|
	EOF
	assert_success
	assert_output --partial 'national health insurance'
	assert_equal "$(jq -c '.insured | keys_unsorted' out)" '["insurer_number","number","birth_date","limit_certificate_consent","taken_from"]'
}

@test "what cannot be is asked again" {
	typed "oq-ask $day >out" <<-'EOF'
		Insurer number|
		cannot be left out|-
		Insurer number|x
		6 or 8 digits|-
		Insurer number|06130488
		Symbol|123456789012345678901
		at most 20|-
		Symbol|12
		Number|
		cannot be left out|-
		Number|3456
		Branch|1
		two digits|-
		Branch|01
		Birth date|80.1.2
		This is no date|-
		Birth date|1980-02-30
		This is no date|-
		Birth date|R8.10.6
		after the visit|-
		Birth date|1980-01-02
		Taken from|6
		Choose one|-
		Taken from|3
		agree|maybe
		Choose one|-
		agree|n
		Enter to go on|
	EOF
	assert_success
	assert_equal "$(jq -r .insured.taken_from out)" prescription
}

@test "a line too long for any field is refused whole" {
	long=$(printf '1%.0s' {1..400})
	typed "oq-ask $day >out" < <(printf '%s\n' "Insurer number|$long" 'too long|-'; steps 'Insurer number|06130488')
	assert_success
	assert_equal "$(jq -r .insured.number out)" 3456
}

@test "a line is corrected by its number, and what becomes due is asked" {
	{
		echo 'Insurer number|39479993'
		printf '%s\n' 'Number|12345678' 'Birth date|1940-09-09' 'Taken from|1' 'agree|'
		printf '%s\n' 'Enter to go on|9' 'no such line|-' 'Enter to go on|2' 'no such line|-' \
			'Enter to go on|１' 'Insurer number|06130488' 'Symbol|12' 'Branch|01' 'Enter to go on|'
	} >steps
	typed "oq-ask $day >out" <steps
	assert_success
	assert_equal "$(jq -c '.insured | [.symbol, .number, .branch]' out)" '["12","12345678","01"]'
}

@test "the other way round symbol and branch are dropped" {
	typed "oq-ask $day >out" < <(
		echo 'Insurer number|06130488'
		printf '%s\n' 'Symbol|12' 'Number|12345678' 'Branch|01' 'Birth date|1940-09-09' 'Taken from|1' \
			'agree|' 'Enter to go on|1' 'Insurer number|39479993' 'Enter to go on|'
	)
	assert_success
	assert_equal "$(jq -c '.insured | [.symbol, .number, .branch]' out)" '[null,"12345678",null]'
}

@test "< goes back to the question before, also in full width and from the summary" {
	typed "oq-ask $day >out" <<-'EOF'
		Insurer number|<
		Insurer number|06130488
		Symbol|99
		Number|＜
		Symbol|12
		Number|3456
		Branch|01
		Birth date|1980-01-02
		Taken from|1
		agree|y
		limit certificate: yes|-
		Enter to go on|<
		agree|n
		limit certificate: no|-
		Enter to go on|
	EOF
	assert_success
	assert_equal "$(jq -r .insured.symbol out)" 12
}

@test "/ gives up: status 1 and nothing written, at any question" {
	typed "oq-ask $day >out" <<<'Insurer number|／'
	assert_failure 1
	typed "oq-ask $day >>out" < <(echo 'Insurer number|06130488'; rest 'Enter to go on|/')
	assert_failure 1
	assert_equal "$(cat out)" ''
}

@test "the end of input: status 1 alone, 0 in a loop" {
	typed "oq-ask $day >out" <<<'Insurer number|^D'
	assert_failure 1
	typed "oq-ask $day >>out" <<<$'Insurer number|06130488\nSymbol|^D'
	assert_failure 1
	typed "oq-ask --loop $day >>out" <<<'Insurer number|^D'
	assert_success
	assert_equal "$(cat out)" ''
}

@test "--loop asks for one person after the other, each record out at once" {
	{
		steps 'Insurer number|06130488'
		echo 'took it|'
		echo 'Insurer number|/'
		echo 'Enter for the next|'
		steps 'Insurer number|479998'
		echo 'Enter for the next|^D'
	} >steps
	typed "oq-ask --loop $day | while read -r line; do echo \"\$line\" >>out; echo took it; done" <steps
	assert_success
	assert_equal "$(jq -r .insured.insurer_number out)" $'06130488\n479998'
	# The first was taken while oq-ask waited for the next person: the steps waited for that.
	assert_equal "$(grep -c 'took it' <<<"$output")" 2
}

@test "--with-id asks for a key of one's own, which is not in the question" {
	typed "oq-ask --with-id $day >out" < <(steps 'Key of your own|k "1"' 'Insurer number|06130488')
	assert_success
	assert_equal "$(jq -r .id out)" 'k "1"'
	run "$OQ_BUILD/tests/model" question "$(cat out)"
	assert_output --partial '"ask"'
	refute_output --partial 'k \"1'
	refute_output --partial '"id"'
}

@test "without --visit-date it is today in Japan" {
	typed "faketime '2026-10-04 15:30:00 UTC' oq-ask >out" < <(steps 'Insurer number|06130488')
	assert_equal "$(jq -r .visit_date out)" 2026-10-05
}

@test "Japanese by option, environment, configuration or locale" {
	for how in '--lang ja' 'OQ_LANG=ja' 'conf' 'LC_ALL=ja_JP.UTF-8'; do
		words=$how env=''
		case $how in
		conf) words='' && echo 'lang = ja' >"$XDG_CONFIG_HOME/oq/oq.conf" ;;
		*=*) words='' env=$how ;;
		esac
		typed "env $env oq-ask $words $day >out" <<-'EOF'
			保険者番号: |06130489
			検証番号が合いません|-
			0613048[8]  健康保険組合|-
			保険者番号: |06130488
			検証番号は正しい。06 健康保険組合|-
			記号（なければ Enter）: |12
			番号: |3456
			枝番（なければ Enter）: |01
			生年月日: |昭和55年1月2日
			1980-01-02  46歳|-
			見たもの|1
			同意|はい
			見たもの: 資格確認書|-
			よければ Enter|
		EOF
		assert_success
		assert_equal "$(jq -c '[.insured.taken_from, .insured.limit_certificate_consent]' out)" '["certificate",true]'
		: >"$XDG_CONFIG_HOME/oq/oq.conf"
	done
}

@test "Ctrl-C ends it, the terminal is as it was, and nothing was written" {
	typed "stty -g >before; trap : INT; oq-ask $day >out; echo status \$?; stty -g >after" <<<$'Insurer number|06130488\nSymbol|^C\nstatus|-'
	assert_output --partial 'status 130'
	run diff before after
	assert_success
	assert_equal "$(cat out)" ''
}

@test "without a terminal: status 7, what to do, and no output" {
	run --separate-stderr setsid oq-ask </dev/null
	assert_failure 7
	assert_output ''
	assert_regex "$stderr" 'oq-ask: There is no terminal to ask on'
	assert_regex "$stderr" 'Run it on a terminal, or give records another way.'
}

@test "an output nobody reads is found out before anything is typed" {
	typed "oq-ask $day >&-" </dev/null
	assert_failure 7
	refute_output --partial 'Insurer number'
	typed "{ sleep 0.3; oq-ask $day; echo status \$? >status; } | true" </dev/null
	assert_equal "$(cat status)" 'status 7'
}

@test "an output that closes later, or a full disk, is status 7" {
	typed "oq-ask $day >/dev/full" < <(steps 'Insurer number|06130488')
	assert_failure 7
	assert_output --partial 'The output is not whole'
	{
		steps 'Insurer number|06130488'
		echo 'Enter for the next|-'
		echo 'gone|'
	} >steps
	typed "{ oq-ask --loop $day; echo status \$? >status; } |
		{ head -n 1; sleep 1; exec <&-; echo gone >&2; }" <steps
	assert_equal "$(cat status)" 'status 7'
}

@test "nothing personal on the command line: an operand is wrong use" {
	run --separate-stderr oq-ask 06130488
	assert_failure 2
	refute_regex "$stderr" 06130488
	run --separate-stderr oq-ask --visit-date 2026-13-01
	assert_failure 2
}

@test "it is restrained before it asks" {
	typed "oq-ask $day >out & sleep 0.5; grep -E '^(Seccomp|NoNewPrivs):' /proc/\$!/status; kill \$!; wait" </dev/null
	assert_output --regexp 'NoNewPrivs:.1'
	assert_output --regexp 'Seccomp:.2'
}

@test "nothing of what was typed is in a file, its arguments or its environment" {
	{
		printf '%s\n' 'Insurer number|06130488' 'Symbol|SEKRET' 'Number|3456' 'Branch|01' \
			'Birth date|1980-01-02' 'Taken from|1' 'agree|'
		echo 'Enter to go on|'
	} >"$BATS_TEST_TMPDIR/steps"
	mkdir world
	typed "cd world && ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o ../trace -e trace=file,network oq-ask $day >/dev/null" <steps
	assert_success
	run grep -E 'O_WRONLY|O_RDWR|O_CREAT|socket|connect' trace
	refute_output --regexp '^[^"]*"/(tmp|home|work|var)'
	refute_output --partial socket
	run grep SEKRET trace
	assert_output ''
	assert_equal "$(ls -A world)" ''
}
