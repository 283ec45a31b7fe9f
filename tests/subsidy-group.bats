# oq-subsidy-report over many: what if, open deadlines, totals, receipts of several facilities, and
# the forms for people. All are made up.

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || exit 1
	"$OQ_TREE/tests/subsidy-country" 200 .
	clinic='{"facility_code":"1310000011","facility_name":"架空クリニック","facility_class":"clinic_medical","reader_applied_on":"2022-06-07","vendor_contract_on":"2023-02-28","operation_started_on":"2023-03-01","project_completed_on":"2023-03-31","suppliers":[{"name":"架空システム","document":"receipt","receipt_issued_on":"2023-03-31","receipt_total_yen":429000,"items":[{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":429000}]}]}'
}

assess() {
	run --separate-stderr oq-subsidy-report --today 2023-09-01 "$@"
}

got() {
	jq -cr "$1" <<<"$output"
}

@test "what if the reader had been applied for a day earlier" {
	echo "$clinic" >p.jsonl
	assess --if reader_applied_on=2022-06-06 p.jsonl
	[ "$status" -eq 0 ]
	[ "$(got .what_if.facts)" = '[{"member":"reader_applied_on","was":"2022-06-07","now":"2022-06-06"}]' ]
	[ "$(got '.what_if.changed[] | "\(.member) \(.was) \(.now)"')" = \
'regime R2 R1
subsidy_yen 429000 321000
base_part_yen 429000 321000' ]
	[ "$(got '"\(.subsidy.regime) \(.subsidy.subsidy_yen)"')" = "R1 321000" ]
	run "$OQ_TREE/tests/validate" - <<<"$output"
	assert_success
	jq -c '.reader_applied_on = "2022-06-06"' p.jsonl >changed.jsonl
	oq-subsidy-report --today 2023-09-01 changed.jsonl | jq -c .subsidy >really
	assess --if reader_applied_on=2022-06-06 p.jsonl
	[ "$(got .subsidy)" = "$(cat really)" ]
}

@test "what if the contract had come too late, and the day of application were known" {
	echo "$clinic" >p.jsonl
	assess --if 事業者との契約日=R5.3.1 --if application_on=2023-09-30 p.jsonl
	[ "$status" -eq 1 ]
	[ "$(got '.what_if.facts[] | "\(.member) \(.was) \(.now)"')" = \
'vendor_contract_on 2023-02-28 R5.3.1
application_on null 2023-09-30' ]
	[ "$(got '.what_if.changed[] | "\(.member): \(.was) \(.now)"')" = \
'subsidy_yen: 429000 0
base_part_yen: 429000 0
fallback_if_basic_rate_applies_yen: null 321000
refusals:  CONTRACT_AFTER_2023-02-28
warnings:  FUTURE_DATE BASIC_RATE_NOT_CONFIRMED' ]
	assess --if vendor_contract_on= p.jsonl
	[ "$(got '.what_if.changed[] | "\(.member): \(.was) \(.now)"')" = 'warnings:  WINDOW_CLOSED_2023-02-28' ]
	for wrong in nothing=1 reader_applied_on=2022-02-30 reader_applied_on; do
		assess --if "$wrong" p.jsonl
		[ "$status" -eq 2 ]
	done
}

@test "an explained figure has the links of its own row only" {
	echo "$clinic" >p.jsonl
	for figure in subsidy_yen fallback_if_basic_rate_applies_yen; do
		assess --explain $figure --if vendor_contract_on=2023-03-01 p.jsonl
		got '[.subsidy.explanation[] | select(.step == "cap").row] | join(" ")'
	done >caps
	[ "$(cat caps)" = $'R2-clinic_medical\nR1-clinic_medical' ]
}

@test "totals by class, prefecture and regime are the sums of the lines" {
	{
		cat projects.jsonl
		jq -c 'del(.reader_applied_on)' <<<"$clinic"
		jq -c '.facility_code = "1" | .facility_class = null' <<<"$clinic"
	} >all.jsonl
	oq-subsidy-report --today 2023-09-01 --totals totals.json all.jsonl >lines || [ $? -eq 3 ]
	[ "$(wc -l <lines)" -eq 202 ]
	run "$OQ_TREE/tests/validate" -d totals totals.json
	assert_success
	for by in 'by_class|(.facility_class // "")' 'by_prefecture|(.facility_code | if length == 10 then .[:2] else "" end)' \
		'by_regime|(.subsidy.regime // "")'; do
		jq -S ".${by%%|*}[] | [.key, .facilities, .refused, .unknown, .eligible_cost_yen, .subsidy_yen, .difference_part_yen]" \
			totals.json >ours
		jq -S -s "group_by(${by#*|})[] | [(.[0] | ${by#*|}), length,
			([.[] | select((.subsidy.refusals // []) != [])] | length), ([.[] | select(.error)] | length),
			(map(.subsidy.eligible_cost_yen // 0) | add), (map(.subsidy.subsidy_yen // 0) | add),
			(map(.subsidy.difference_part_yen // 0) | add)]" lines >theirs
		diff theirs ours
	done
	[ "$(jq .all.facilities totals.json)" -eq 202 ]
	[ "$(stat -c %a totals.json)" = 600 ]
}

# group A B: two clinics share a receipt of 300,000 yen, their parts are A and B.
group() {
	for part in "1310000011 $1" "1310000029 $2"; do
		jq -c --arg code "${part% *}" --argjson yen "${part#* }" '.facility_code = $code
			| .suppliers[0] += {shared: true, receipt_no: "7", receipt_total_yen: 300000}
			| .suppliers[0].items[0].amount_incl_tax_yen = $yen' <<<"$clinic"
	done >group.jsonl
}

@test "the parts of a receipt for several facilities must make it up" {
	group 100000 200000
	assess --shared-receipts group.jsonl
	[ "$status" -eq 0 ]
	[ "$(got '"\(.seq) \(.subsidy.subsidy_yen) \(.subsidy.refusals)"')" = $'1 100000 []\n2 200000 []' ]
	[ "$stderr" = "oq-subsidy-report: read 2, yes 2, no 0, unknown 0" ]
	assess --shared-receipts <(cat group.jsonl)
	[ "$status" -eq 0 ]
	assess group.jsonl
	[ "$(got '.subsidy.warnings | join(" ")' | uniq)" = SHARED_RECEIPT_UNCHECKED ]
	for second in 199999 200001; do
		group 100000 $second
		assess --shared-receipts group.jsonl
		[ "$status" -eq 1 ]
		[ "$(got '.subsidy.refusals | join(" ")' | uniq)" = SHARED_RECEIPT_MISMATCH ]
		[ "$(got '.subsidy.explanation[] | select(.step == "refusal") | "\(.yen) \(.of_yen) \(.row)"' | uniq)" = \
			"$((100000 + second)) 300000 C08" ]
	done
	group 100000 200000
	sed -i '2s/"receipt_total_yen":300000/"receipt_total_yen":400000/' group.jsonl
	assess --shared-receipts group.jsonl
	[ "$(got '.subsidy.refusals | join(" ")' | uniq)" = SHARED_RECEIPT_MISMATCH ]
}

@test "shared receipts in tables, too" {
	cat >facilities.csv <<-'END'
		facility_code,facility_class,reader_applied_on,vendor_contract_on
		1310000011,clinic_medical,2022-07-01,2022-10-01
		1310000029,clinic_medical,2022-07-01,2022-10-01
	END
	cat >items.csv <<-'END'
		facility_code,supplier_name,document,receipt_no,receipt_total_yen,shared,category,label,amount_incl_tax_yen
		1310000011,A,receipt,7,3000,はい,SOFT,x,1000
		1310000029,A,receipt,7,3000,はい,SOFT,x,2000
	END
	assess --shared-receipts --facilities facilities.csv --items items.csv
	[ "$status" -eq 0 ]
	sed -i '$s/2000/2500/' items.csv
	assess --shared-receipts --facilities facilities.csv --items items.csv
	[ "$status" -eq 1 ]
}

@test "every code that can be found has a sentence" {
	grep -oE '"_?[A-Z][A-Z0-9_]+"' "$OQ_TREE/lib/subsidy/sentences.c" | tr -d '"' >parts
	grep -ohE '"(%s)?_?[A-Z][A-Z_0-9]{4,}[A-Z%_a-z0-9]*"' "$OQ_TREE"/lib/subsidy/{assess,cost,documents}.c |
		tr -d '"' | grep -vx 'APPLIED\|DISCOUNT' | sort -u >codes
	[ "$(wc -l <codes)" -gt 40 ]
	run grep -vFf parts codes
	assert_output ''
}

@test "text for people, in both languages, with the open deadline first of all that is open" {
	echo "$clinic" >p.jsonl
	assess --format text --explain subsidy_yen p.jsonl
	[ "$status" -eq 0 ]
	assert_output --partial '1310000011 架空クリニック (clinic_medical): R2 expanded subsidy'
	assert_output --partial 'subsidy: 429,000 yen'
	assert_output --partial 'line with tax 架空システム / 端末: 429,000 yen  [TERMINAL, confirmed,'
	assert_output --partial 'open until 2023-09-30, 29 days left: application_on is missing  [DL-APPLY, confirmed,'
	assess --lang ja --format text --if reader_applied_on=2022-06-06 p.jsonl
	assert_output --partial '架空クリニック (医科診療所): R2 拡充後の補助 -> R1 通常の補助'
	assert_output --partial '補助金額: 429,000円 -> 321,000円'
	assert_output --partial '2023-09-30 まであと29日: 交付申請日が未入力です'
	jq -c '.facility_name = "a\u001b[31mb" | del(.reader_applied_on)' p.jsonl >q.jsonl
	assess --format text q.jsonl
	[ "$status" -eq 3 ]
	assert_output --partial 'a?[31mb'
	assert_output --partial 'subsidy-fact-missing /reader_applied_on'
}

@test "a table for a spreadsheet: a mark, a header, a row a facility, no formulas" {
	{
		jq -c '.facility_name = "=1+1"' <<<"$clinic"
		jq -c '.facility_code = "1310000029" | del(.reader_applied_on)' <<<"$clinic"
		echo '{bad'
	} >p.jsonl
	assess --format csv p.jsonl
	[ "$status" -eq 3 ]
	[ "$(head -c 3 <<<"$output" | xxd -p)" = efbbbf ]
	run --separate-stderr python3 -c '
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig")))
print({len(r) for r in rows}, len(rows))
print(rows[1][1], rows[1][3], rows[1][6], rows[2][14], rows[3][14])' <(printf '%s\n' "$output")
	[ "$output" = "{15} 4
'=1+1 R2 429000 subsidy-fact-missing /reader_applied_on not-json " ]
}

@test "the table shows what a changed fact changes, and what is still open" {
	jq -c 'del(.application_on)' <<<"$clinic" >p.jsonl
	assess --format csv --if reader_applied_on=2022-06-06 p.jsonl
	run --separate-stderr python3 -c '
import csv, sys
head, row = csv.reader(open(sys.argv[1], encoding="utf-8-sig"))
print(head[12], "|", row[12])
print(head[13], "|", row[13])' <(printf '%s\n' "$output")
	assert_output --regexp '^what --if changes \| R2 -> R1; subsidy 429000 -> [0-9]+; basic part 429000 -> [0-9]+
open until, days left, what is missing \| 2023-09-30 29 application_on$'
	assess --format csv p.jsonl
	assert_output --regexp ',"","2023-09-30 29 application_on",$'
}
