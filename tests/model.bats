# Checks, folding and the question line, through tests/model.c.

load helper

model() {
	"$OQ_BUILD/tests/model" "$@"
}

@test "check digits: every example of the ministry and of claims-uke.md 9" {
	run model insurer 06130488 33120015 54016027 06479992 479998 00479998 39479993
	assert_output "$(printf 'right\n%.0s' 1 2 3 4 5 6 7)"
	run model institution 3410712362 0110113719 4719999999 4719999981 4749999977
	assert_output "$(printf 'right\n%.0s' 1 2 3 4 5)"
}

@test "every other last digit of an insurer number is refused, and the right one named" {
	for last in 0 1 2 3 4 5 6 7 9; do
		run model insurer "0613048$last"
		assert_output --partial "insurer-number-check-digit : 0613048 would end in 8, not in $last"
	done
}

@test "every single wrong digit is found, as the rule promises" {
	number=06130488
	for ((at = 0; at < 8; at++)); do
		for digit in {0..9}; do
			[ "$digit" != "${number:at:1}" ] || continue
			run model insurer "${number:0:at}$digit${number:at+1}"
			assert_output --partial insurer-number-check-digit
		done
	done
}

@test "an insurer number comes padded with blanks and in full width" {
	run model insurer '  479998' '０６１３０４８８' '　　４７９９９８' '06130488 '
	assert_output "$(printf 'right\n%.0s' 1 2 3 4)"
}

@test "an insurer number of another length or alphabet is refused" {
	for bad in 6130488 47999 0 061304880 0613048800000000000000 '' ' ' 06-130488 '0613 0488' \
		06130488x ０６１３０４8X $'06130488\n'; do
		run model insurer "$bad"
		assert_output --partial insurer-number-length
	done
}

@test "an institution code with another last digit is flagged, never refused" {
	run model institution 4719999996 1349999970
	assert_output $'institution-code-check-digit\ninstitution-code-check-digit'
	for bad in 341071236 34107123620 341071236X ３４１０７１２３６２ ''; do
		run model institution "$bad"
		assert_output --partial institution-code-malformed
	done
}

@test "a branch has two digits, and 00 is one" {
	run model branch 00 01 99 ０１
	assert_output "$(printf 'right\n%.0s' 1 2 3 4)"
	for bad in 1 001 A1 '' '0 1'; do
		run model branch "$bad"
		assert_output --partial branch-malformed
	done
}

@test "symbols and numbers hold what stands on paper, up to 20 characters" {
	twenty=あいうえおかきくけこさしすせそたちつてと
	run model symbol 12 '協・東京' １２－３４ '記 号' $'\ue000' "$twenty" ●
	assert_output "$(printf 'right\n%.0s' 1 2 3 4 5 6 7)"
	for bad in '' ' ' '　' "${twenty}な" $'12\t3' $'1\u200b2' $'1\ufffd2' $'1\u202e2' $'\xff' \
		$'1\n2' $'\x7f'; do
		run model symbol "$bad"
		assert_output --partial symbol-malformed
		run model number "$bad"
		assert_output --partial number-malformed
	done
}

@test "a birth date is a day, not after the visit, not impossibly long ago" {
	run model birth 1980-01-02 2026-10-05 1896-10-05 2000-02-29
	assert_output "$(printf 'right\n%.0s' 1 2 3 4)"
	run model birth 1980-02-30 19800102 S55.1.2 '' '1980-01-02 '
	assert_line --index 0 'birth-date-malformed : write it YYYY-MM-DD'
	[ "$(grep -c birth-date-malformed <<<"$output")" -eq 5 ]
	run model birth 2026-10-06 1895-10-04
	assert_line --index 0 --partial 'birth-date-implausible : it is after the visit'
	assert_line --index 1 --partial 'birth-date-implausible : it is over 130 years'
}

@test "the law number names the kind of insurance" {
	run model kind 06130488 39479993 01130012 479998 00479998 12130000 ０６１３０４８８
	assert_line --index 0 '06|健康保険組合|health insurance society'
	assert_line --index 1 '39|後期高齢者医療|late-stage elderly'
	assert_line --index 2 --partial '01|全国健康保険協会'
	assert_line --index 3 '|国民健康保険|national health insurance'
	assert_line --index 4 '|国民健康保険|national health insurance'
	assert_line --index 5 --partial '12|生活保護'
	assert_line --index 6 --partial '06|'
	run model kind 99130488 1234567 x ''
	assert_output "$(printf 'unknown\n%.0s' 1 2 3 4)"
}

@test "folding: padding, width, hyphens, leading zeros of numbers only" {
	run model fold 'insurer:  479998' insurer:00479998 insurer:４７９９９８
	assert_output $'[479998]\n[479998]\n[479998]'
	run model fold symbol:１２－３４ symbol:12-34 symbol:12‐34 'symbol: 012　' symbol:ｷｺﾞｳ
	assert_output $'[12-34]\n[12-34]\n[12-34]\n[012]\n[キゴウ]'
	run model fold number:００１２３ number:00123 number:123 number:000 number: number:0あ
	assert_output $'[123]\n[123]\n[123]\n[0]\n[]\n[あ]'
	run model fold symbol:ー symbol:―
	assert_output $'[ー]\n[-]'
}

@test "the question holds the known members only, the insurer number in half width" {
	run model question '{"id":7,"visit_date":"2026-10-05","row":{"phone":"090"},"insured":{
		"insurer_number":"　　４７９９９８","symbol":"１２","number":"００３","branch":"０１",
		"birth_date":"1980-01-02","limit_certificate_consent":true,"taken_from":"portal","x":1}}'
	assert_output '{"ask":"aaaaaaaaaaaaaaaaaaaaaaaaaa","visit_date":"2026-10-05","insured":{"insurer_number":"479998","symbol":"１２","number":"００３","branch":"01","birth_date":"1980-01-02","limit_certificate_consent":true}}'
}

@test "an absent, null or empty branch is none, and today in Japan is the visit date" {
	for none in '' '"branch":null,' '"branch":"",'; do
		run faketime '2026-10-04 15:30:00 UTC' "$OQ_BUILD/tests/model" question "{\"insured\":{$none
			\"insurer_number\":\"479998\",\"number\":\"3\\\"\",\"birth_date\":\"1980-01-02\"}}"
		assert_output '{"ask":"aaaaaaaaaaaaaaaaaaaaaaaaaa","visit_date":"2026-10-05","insured":{"insurer_number":"479998","number":"3\"","birth_date":"1980-01-02"}}'
	done
}

@test "what is missing or malformed is named by a pointer, and nothing goes out" {
	good='"insurer_number":"479998","number":"3","birth_date":"1980-01-02"'
	while IFS='|' read -r record expected; do
		run model question "$record"
		assert_output --partial "$expected"
	done <<-EOF
		{}|insured-missing /insured
		{"insured":[]}|member-malformed /insured
		{"insured":{}}|insurer-number-missing /insured/insurer_number
		{"insured":{"insurer_number":""}}|insurer-number-missing /insured/insurer_number
		{"insured":{"insurer_number":479998}}|member-malformed /insured/insurer_number
		{"insured":{"insurer_number":"479998"}}|number-missing /insured/number
		{"insured":{"insurer_number":"479998","number":"3"}}|birth-date-missing /insured/birth_date
		{"insured":{"insurer_number":"479997","number":"3","birth_date":"1980-01-02"}}|check-digit /insured/insurer_number
		{"insured":{$good,"symbol":7}}|member-malformed /insured/symbol
		{"insured":{$good,"symbol":" "}}|symbol-malformed /insured/symbol
		{"insured":{$good,"branch":"1"}}|branch-malformed /insured/branch
		{"insured":{$good,"limit_certificate_consent":"1"}}|member-malformed /insured/limit_certificate_consent
		{"insured":{"insurer_number":"479998","number":"3\u0000","birth_date":"1980-01-02"}}|member-malformed /insured/number
		{"visit_date":"2026-10-05\u0000","insured":{$good}}|visit-date-malformed /visit_date
		{"visit_date":20261005,"insured":{$good}}|visit-date-malformed /visit_date
		{"visit_date":"1979-12-31","insured":{$good}}|birth-date-implausible /insured/birth_date
	EOF
}

@test "a status is yes, no, unknown or not asked; a new word is unknown" {
	run model status valid valid-unregistered invalid invalid-replaced not-found ambiguous \
		pending not-asked no-such-word NULL ''
	assert_output $'yes\nyes\nno\nno\nno\nunknown\nunknown\nnot asked\nunknown\nunknown\nunknown'
}
