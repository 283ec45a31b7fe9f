# oq-subsidy-report: the amounts. Everybody and everything in it is made up; what must come out of
# the rules is reckoned by tests/subsidy-cases from the same tables, on its own.

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load helper
shopt -s lastpipe # `run` at the end of a pipe sets its variables here

setup() {
	cd "$BATS_TEST_TMPDIR" || exit 1
}

cases() {
	"$OQ_TREE/tests/subsidy-cases" "$1" "$OQ_TREE/lib/subsidy" "${@:2}"
}

# agree KIND [OPTION ...]: assesses the cases of cases.tsv and compares.
agree() {
	[ -s cases.tsv ]
	cut -f1 cases.tsv >projects.jsonl
	cut -f2 cases.tsv >expected
	run --separate-stderr oq-subsidy-report --today 2026-11-27 "$@" projects.jsonl
	[ "$status" -le 1 ]
	jq -r '.subsidy | "\(.regime) \(.subsidy_yen) \(.base_part_yen) \(.difference_part_yen) "
		+ "\(.fallback_if_basic_rate_applies_yen // "-") "
		+ (if .refusals == [] then "-" else .refusals | join(",") end)' <<<"$output" >got
	diff expected got
}

# project [MEMBERS [SUPPLIER-MEMBERS [ITEMS]]]: a clinic's project in which nothing is wrong, with
# members added or replaced.
project() {
	jq -cn --argjson p "{${1:-}}" --argjson s "{${2:-}}" --argjson i "[${3:-}]" '{
		facility_code: "1310000011", facility_name: "架空クリニック",
		facility_class: "clinic_medical", readers_introduced: 1,
		reader_applied_on: "2022-07-01", vendor_contract_on: "2022-10-01",
		operation_started_on: "2023-02-15", project_completed_on: "2023-03-01",
		application_on: "2023-06-01"} + $p + {suppliers: [{name: "架空システム",
		document: "receipt", receipt_issued_on: "2023-03-10", paid_on: "2023-03-10",
		receipt_total_yen: 110000} + $s + {items: (if $i == [] then
		[{category: "TERMINAL", label: "資格確認端末 1台", amount_incl_tax_yen: 110000}]
		else $i end)}]}'
}

# assess [OPTION ...]: the output for the project on standard input.
assess() {
	run --separate-stderr oq-subsidy-report --today 2026-11-27 "$@"
}

got() {
	jq -cr "$1" <<<"$output"
}

# refused CODE, warned CODE: that and nothing else.
refused() {
	[ "$status" -eq 1 ]
	[ "$(got '.subsidy.refusals | join(" ")')" = "$1" ]
	[ "$(got .subsidy.subsidy_yen)" -eq 0 ]
	[ "$(got '[.subsidy.explanation[] | select(.step == "refusal") | .code] | unique | join(" ")')" = "$1" ]
}

warned() {
	[ "$status" -eq 0 ]
	[ "$(got '.subsidy.warnings | join(" ")')" = "$1" ]
}

# unknown CODE POINTER: it could not be told, and why.
unknown() {
	[ "$status" -eq 3 ]
	[ "$(got '"\(.error.code) \(.error.pointer)"')" = "$1 $2" ]
}

@test "every published figure comes out of the tables" {
	cases published "$OQ_TREE/tests/data/subsidy" >cases.tsv
	agree
}

@test "every row of the rules gives its amount around the cap and the cut" {
	cases amounts >cases.tsv
	agree
}

@test "the regime changes on just the day that the table names, for every class" {
	cases windows >cases.tsv
	agree
}

@test "the difference is paid within its window only, and not to who was paid" {
	cases differences >cases.tsv
	agree
}

@test "every deadline holds on its last day and not on the next, with every kind of grace" {
	cases lateness >cases.tsv
	agree
}

@test "neighbouring grants give their published caps and end on their day" {
	for program in EP-BASIC EP-ADD HOME ONLINE FLOW LIMITED PMH PMH-RC OCC; do
		cases programs "$program" >cases.tsv
		agree --program "$program"
	done
	project | assess --program ADDREADER
	unknown subsidy-rule-missing /facility_class
	project | assess --program NONE
	[ "$status" -eq 2 ]
}

@test "39,999 prescriptions are a pharmacy, 40,000 are a large chain" {
	local at
	at=$(awk -F, '$1 == "LARGE-CHAIN" { print $4 }' "$OQ_TREE/lib/subsidy/subsidy_limits.csv")
	[ "$at" -eq 40000 ]
	{
		project "\"facility_class\":\"pharmacy\",\"group_prescriptions_per_month\":$((at - 1))"
		project "\"facility_code\":\"1340000015\",\"facility_class\":\"pharmacy\",\"group_prescriptions_per_month\":$at"
		project "\"facility_code\":\"1340000023\",\"facility_class\":\"pharmacy_large_chain\",\"group_prescriptions_per_month\":$((at - 1))"
	} | assess
	[ "$status" -eq 0 ]
	[ "$(got '"\(.facility_class) \(.subsidy.subsidy_yen) \(.subsidy.warnings | index("CLASS_BY_PRESCRIPTIONS") != null)"')" = \
'pharmacy 110000 false
pharmacy_large_chain 55000 true
pharmacy 110000 true' ]
}

@test "every step of the amount names row, source and confidence" {
	project | assess
	[ "$status" -eq 0 ]
	got '.subsidy.explanation[] | select(.step | IN("regime", "cap", "rate", "rounding"))
		| "\(.step) \(.row) \(.source) \(.confidence)"' >steps
	[ "$(wc -l <steps)" -eq 4 ]
	run ! grep -v ' R2-clinic_medical JMEDJ-20211;MHLW-152;SEED confirmed$' steps
	assess < <(project)
	[ "$(got '[.subsidy.deadlines[] | .row != null and .source != "" and .confidence != ""] | all')" = true ]
}

@test "what is only recalled never decides silently" {
	project '"facility_class":"pharmacy_large_chain","reader_applied_on":"2021-03-31"' | assess
	warned RULE_UNCONFIRMED
	project '"grace_notice":{"type":2,"accepted":true},"project_completed_on":"2024-03-31","application_on":"2024-07-01"' |
		assess
	warned "APPLIED_DEADLINE_UNCONFIRMED_2024-06-30 APPLIED_AFTER_2024-06-30_UNCONFIRMED"
}

@test "a deadline that passed without its date is a warning, an open one says how many days are left" {
	project '"application_on":null' >p.jsonl
	assess --today 2023-09-30 p.jsonl
	warned ''
	[ "$(got '.subsidy.deadlines[] | select(.open) | "\(.fact) \(.to) \(.days_left)"')" = "application_on 2023-09-30 0" ]
	assess --today 2023-10-01 p.jsonl
	warned WINDOW_CLOSED_2023-09-30
	[ "$(got .subsidy.subsidy_yen)" -eq 110000 ]
}

@test "without --today it is today, in Japan" {
	project '"application_on":null' >p.jsonl
	TZ=UTC run --separate-stderr faketime -f '2023-09-30 14:59:50' oq-subsidy-report p.jsonl
	warned ''
	TZ=UTC run --separate-stderr faketime -f '2023-09-30 15:00:10' oq-subsidy-report p.jsonl
	warned WINDOW_CLOSED_2023-09-30
}

@test "a breakdown that is not its receipt is refused, and says both sums" {
	project '' '"receipt_total_yen":120000' | assess
	refused RECEIPT_BREAKDOWN_MISMATCH
	[ "$(got '.subsidy.explanation[] | select(.step == "refusal") | "\(.yen) \(.of_yen) \(.pointer) \(.row)"')" = \
		"110000 120000 /suppliers/0 C04" ]
	[ "$(got .subsidy.eligible_cost_yen)" -eq 110000 ]
}

@test "estimates and invoices are no receipts, a transfer slip is one" {
	project '' '"document":"estimate"' | assess
	refused ESTIMATE_NOT_RECEIPT
	project '' '"document":"invoice"' | assess
	refused INVOICE_NOT_RECEIPT
	project '' '"document":"transfer_slip"' | assess
	warned ''
}

@test "amounts without tax are found out, on the receipt and on the lines" {
	project '' '"receipt_total_yen":100000' | assess
	refused TAX_EXCLUSIVE_AMOUNTS
	project '' '' '{"category":"TERMINAL","label":"資格確認端末","amount_incl_tax_yen":100000}' | assess
	refused TAX_EXCLUSIVE_AMOUNTS
	project '' '"receipt_total_yen":100000' \
		'{"category":"TERMINAL","label":"資格確認端末","amount_excl_tax_yen":100000,"tax_rate_pct":10}' | assess
	refused TAX_EXCLUSIVE_AMOUNTS
}

@test "dates that have not come yet are refused on documents, and flagged elsewhere" {
	project '"application_on":"2027-01-01"' '"paid_on":"2026-11-28"' | assess
	[ "$status" -eq 1 ]
	[ "$(got '.subsidy.refusals | index("FUTURE_DATE") != null')" = true ]
	[ "$(got '.subsidy.explanation[] | select(.code == "FUTURE_DATE") | "\(.step) \(.pointer)"')" = \
'refusal /suppliers/0/paid_on
warning /application_on' ]
}

@test "an amount of 16 digits is refused, whatever its sign" {
	for yen in 1234567890123456 99999999999999999999999999 100000000000; do
		project '' '' "{\"category\":\"TERMINAL\",\"label\":\"資格確認端末\",\"amount_incl_tax_yen\":$yen}" |
			sed "s/\"amount_incl_tax_yen\":[0-9e+.]*/\"amount_incl_tax_yen\":$yen/" | assess
		[ "$status" -eq 1 ]
		[ "$(got '.subsidy.refusals[0]')" = AMOUNT_TOO_LARGE ]
	done
	project '' "\"receipt_total_yen\":1234567890123456" | assess
	[ "$(got '.subsidy.refusals[0]')" = AMOUNT_TOO_LARGE ]
	project '' '' '{"category":"TERMINAL","label":"資格確認端末","amount_incl_tax_yen":110000.5}' | assess
	unknown member-malformed /suppliers/0/items/0/amount_incl_tax_yen
}

@test "a receipt file that is named must be there, and hold something" {
	mkdir files
	project '' '"receipt_file":"a.pdf"' >p.jsonl
	assess p.jsonl
	warned ''
	assess --files files p.jsonl
	refused RECEIPT_FILE_MISSING
	: >files/a.pdf
	assess --files files p.jsonl
	refused RECEIPT_FILE_MISSING
	echo x >files/a.pdf
	assess --files files p.jsonl
	warned ''
}

@test "the second project of a facility is refused, over all files" {
	project >one.jsonl
	project '"facility_code":"1310000029"' >two.jsonl
	assess one.jsonl two.jsonl one.jsonl
	[ "$status" -eq 1 ]
	[ "$(got '"\(.seq) \(.subsidy.refusals | join(" "))"')" = $'1 \n2 \n3 FACILITY_CODE_TWICE' ]
}

@test "the addressee is the facility, the founder or the corporation" {
	project '"founder":"架空 太郎","corporate_name":"医療法人ＡＢ会"' '"addressee":"架空太郎　様"' | assess
	warned ''
	project '"founder":"架空 太郎","corporate_name":"医療法人ＡＢ会"' '"addressee":"医療法人AB会御中"' | assess
	warned ''
	project '' '"addressee":"架空クリニック 御中"' | assess
	warned ''
	project '"founder":"架空 太郎"' '"addressee":"上様"' | assess
	refused ADDRESSEE_OTHER
}

@test "a code that has not ten digits is refused, a check digit that does not fit is a warning" {
	project '"facility_code":"131000001"' | assess
	refused FACILITY_CODE_NOT_10_DIGITS
	project '"facility_code":"1310000012"' | assess
	warned FACILITY_CODE_CHECK_DIGIT
}

@test "a negative line must say that it is a discount, or on what" {
	project '' '"receipt_total_yen":105000' '{"category":"TERMINAL","label":"資格確認端末","amount_incl_tax_yen":110000},{"label":"調整","amount_incl_tax_yen":-5000}' |
		assess
	refused NEGATIVE_LINE_NAMES_NOTHING
}

@test "a discount is spread in proportion, the rest of it to the largest" {
	project '' '"receipt_total_yen":99999' '{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":66667},{"category":"MAINT","label":"保守","amount_incl_tax_yen":33333},{"category":"DISCOUNT","label":"値引","amount_incl_tax_yen":-1}' |
		assess --explain eligible_cost_yen
	[ "$status" -eq 0 ]
	[ "$(got .subsidy.eligible_cost_yen)" -eq 66666 ]
	[ "$(got '.subsidy.explanation[] | select(.step == "spread") | "\(.pointer) \(.of_yen) \(.yen)"')" = \
		"/suppliers/0/items/0 66667 66666" ]
	project '' '"receipt_total_yen":90000' '{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":60000},{"category":"MAINT","label":"保守","amount_incl_tax_yen":40000},{"category":"値引","label":"値引","amount_incl_tax_yen":-10000}' |
		assess
	[ "$(got .subsidy.eligible_cost_yen)" -eq 54000 ]
	[ "$(got '.subsidy.explanation[] | select(.step == "spread") | "\(.pointer) \(.of_yen) \(.yen)"')" = \
'/suppliers/0/items/0 60000 54000
/suppliers/0/items/1 40000 36000' ]
}

@test "a discount that names its line falls on that alone" {
	for name in MAINT 保守 保守・メンテナンス費用; do
		project '' '"receipt_total_yen":90000' '{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":60000},{"category":"MAINT","label":"保守","amount_incl_tax_yen":40000},{"category":"DISCOUNT","label":"値引","amount_incl_tax_yen":-10000,"applies_to":"'$name'"}' |
			assess
		[ "$status" -eq 0 ]
		[ "$(got .subsidy.eligible_cost_yen)" -eq 60000 ]
	done
	project '' '"receipt_total_yen":50000' '{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":60000},{"category":"DISCOUNT","label":"値引","amount_incl_tax_yen":-10000,"applies_to":"SOFT"}' |
		assess
	refused NOTHING_TO_SPREAD_OVER
}

@test "what the table leaves open must be said; what it decides cannot be talked away" {
	project '' '' '{"category":"LEASE","label":"リース","amount_incl_tax_yen":110000}' | assess
	unknown subsidy-eligibility-unclear /suppliers/0/items/0/eligible
	project '' '' '{"category":"LEASE","label":"リース","amount_incl_tax_yen":110000,"eligible":true}' | assess
	warned ELIGIBLE_AS_STATED
	[ "$(got .subsidy.subsidy_yen)" -eq 110000 ]
	project '' '' '{"category":"MAINT","label":"保守","amount_incl_tax_yen":110000,"eligible":true}' | assess
	refused NO_ELIGIBLE_LINE
	[ "$(got '.subsidy.warnings[0]')" = NOT_ELIGIBLE_BY_TABLE ]
	project '' '' '{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":110000,"eligible":false}' | assess
	refused NO_ELIGIBLE_LINE
	project '' '' '{"category":"NONE","label":"?","amount_incl_tax_yen":110000}' | assess
	unknown subsidy-category-unknown /suppliers/0/items/0/category
}

@test "readers beyond the free ones count 99,000 yen each" {
	while read -r quantity counted; do
		project '"facility_class":"hospital","readers_introduced":3' '"receipt_total_yen":400000' \
			'{"category":"READER-EXTRA","label":"カードリーダー","amount_incl_tax_yen":400000,"eligible":true,"quantity":'"$quantity"'}' |
			assess
		[ "$(got .subsidy.eligible_cost_yen)" -eq "$counted" ]
	done < <(awk -F, '/^RD-H/ { print $6, $8 }' "$OQ_TREE/lib/subsidy/subsidy_rules.csv")
}

@test "tax may be rounded once a line or once a document before October 2023" {
	items='{"category":"TERMINAL","label":"端末","amount_excl_tax_yen":1005,"tax_rate_pct":10},{"category":"SOFT","label":"ソフト","amount_excl_tax_yen":1005,"tax_rate_pct":10}'
	while read -r issued total rounding outcome; do
		project '"application_on":null,"project_completed_on":null' "\"receipt_issued_on\":\"$issued\",\"receipt_total_yen\":$total,\"registration_number\":\"T8700110005901\"$rounding" "$items" |
			assess
		[ "$(got '.subsidy | .refusals + .warnings | map(select(startswith("WINDOW") | not)) | join(" ")')" = \
			"${outcome/-/}" ] || { echo "$issued $total: $output"; return 1; }
	done <<-'END'
		2023-09-30 2210 ,"tax_rounding":"down" -
		2023-09-30 2211 ,"tax_rounding":"down" -
		2023-09-30 2212 ,"tax_rounding":"up" -
		2023-09-30 2212 ,"tax_rounding":"down" ROUNDING_DIFFERENCE
		2023-09-30 2213 ,"tax_rounding":"down" RECEIPT_BREAKDOWN_MISMATCH
		2023-10-01 2211 ,"tax_rounding":"down" -
		2023-10-01 2210 ,"tax_rounding":"down" TAX_ROUNDED_PER_LINE
		2023-10-01 2212 ,"tax_rounding":"down" RECEIPT_BREAKDOWN_MISMATCH
	END
}

@test "a yen a line is a rounding difference, with the lines that can explain it" {
	project '' '"receipt_total_yen":110001' '{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":55000},{"category":"SOFT","label":"ソフト","amount_incl_tax_yen":55001}' |
		assess
	warned ''
	project '' '"receipt_total_yen":110000' '{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":55000},{"category":"SOFT","label":"ソフト","amount_incl_tax_yen":55001}' |
		assess
	warned ROUNDING_DIFFERENCE
	[ "$(got '.subsidy.explanation[] | select(.code == "ROUNDING_DIFFERENCE") | "\(.pointer) \(.yen)"')" = \
		"/suppliers/0/items/1 1" ]
	project '' '"receipt_total_yen":109999' '{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":55000},{"category":"SOFT","label":"ソフト","amount_incl_tax_yen":55001}' |
		assess
	refused RECEIPT_BREAKDOWN_MISMATCH
}

@test "a registration number is expected from October 2023, with its check digit" {
	while read -r issued number outcome; do
		project '"application_on":null' "\"receipt_issued_on\":\"$issued\",\"registration_number\":$number" | assess
		[ "$(got '.subsidy.warnings | map(select(startswith("REG"))) | join(" ")')" = "${outcome/-/}" ] ||
			{ echo "$issued $number: $output"; return 1; }
	done <<-'END'
		2023-09-30 null -
		2023-10-01 null REGISTRATION_NUMBER_MISSING
		2023-10-01 "T8700110005901" -
		2023-10-01 "T7700110005901" REGISTRATION_NUMBER_CHECK_DIGIT
		2023-10-01 "8700110005901" REGISTRATION_NUMBER_MALFORMED
	END
}

@test "a bare 一式 is refused, more rows than the form has are flagged" {
	project '' '' '{"category":"TERMINAL","label":"一式","amount_incl_tax_yen":110000}' | assess
	refused LUMP_LINE
	project '' '' "$(printf '{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":10000},%.0s' {1..10})$(printf '{"category":"SOFT","label":"ソフト","amount_incl_tax_yen":%d},' 1000 1000 1000 1000 1000)"'{"category":"SOFT","label":"ソフト","amount_incl_tax_yen":5000}' |
		assess
	warned MORE_THAN_15_ROWS
}

@test "what decides and is missing is an error with its pointer, never a guess" {
	project '"reader_applied_on":null' | assess
	unknown subsidy-fact-missing /reader_applied_on
	project '"facility_class":null' | assess
	unknown subsidy-fact-missing /facility_class
	project '"facility_class":"hospital","readers_introduced":null' | assess
	unknown subsidy-fact-missing /readers_introduced
	project '' '' '{"category":"TERMINAL","label":"端末","amount_excl_tax_yen":100000}' | assess
	unknown subsidy-fact-missing /suppliers/0/items/0/tax_rate_pct
	project '"reader_applied_on":"2022-02-30"' | assess
	unknown member-malformed /reader_applied_on
	project '"facility_class":"shop"' | assess
	unknown member-malformed /facility_class
	project '"suppliers":1' | jq -c '.suppliers = 1' | assess
	unknown member-malformed /suppliers
}

@test "a broken line costs one line, and one that has an error stays as it came" {
	{
		project
		echo '{bad'
		echo '{"seq":7,"error":{"code":"mine"}}'
	} | assess
	[ "$status" -eq 3 ]
	[ "$(got '"\(.seq) \(.error.code)"')" = $'1 null\n2 not-json\n7 mine' ]
	[ "$stderr" = "oq-subsidy-report: read 3, yes 1, no 0, unknown 2" ]
}

@test "one yen explained: receipt, line, row, rounding, and nothing beside the figure's chain" {
	project '"reader_applied_on":"2022-06-06","operation_started_on":"2022-06-07"' '"receipt_total_yen":143000' \
		'{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":121000},{"category":"MAINT","label":"保守","amount_incl_tax_yen":22000}' >p.jsonl
	assess --explain difference_part_yen p.jsonl
	[ "$status" -eq 0 ]
	[ "$(got '.subsidy.explanation[] | "\(.step) \(.of_yen) \(.yen) \(.row)"')" = \
'regime null null R1D-clinic_medical
receipt 143000 143000 null
line null 121000 TERMINAL
counted 121000 121000 TERMINAL
line null 22000 MAINT
counted 22000 0 MAINT
eligible null 121000 null
cap 121000 121000 R1D-clinic_medical
rate 121000 121000 R1D-clinic_medical
rounding 121000 121000 R1D-clinic_medical
cap 121000 121000 R1-clinic_medical
rate 121000 90750 R1-clinic_medical
rounding 90750 90000 R1-clinic_medical
base 121000 90000 R1-clinic_medical
difference 121000 31000 R1D-clinic_medical' ]
	assess --explain eligible_cost_yen p.jsonl
	[ "$(got '[.subsidy.explanation[].step] | unique | join(" ")')" = "counted eligible line receipt" ]
}

@test "a table of one's own takes the place of the installed one" {
	mkdir mine
	sed '/^R2-clinic_medical,/s/,429000,1,1,429000,/,300000,1,1,300000,/' \
		"$OQ_TREE/lib/subsidy/subsidy_rules.csv" >mine/subsidy_rules.csv
	project '' '"receipt_total_yen":440000' '{"category":"TERMINAL","label":"端末","amount_incl_tax_yen":440000}' >p.jsonl
	assess --rules mine p.jsonl
	[ "$(got .subsidy.subsidy_yen)" -eq 300000 ]
	assess p.jsonl
	[ "$(got .subsidy.subsidy_yen)" -eq 429000 ]
	echo 'rule_id,source,confidence' >mine/subsidy_rules.csv
	echo 'R2-x,,confirmed' >>mine/subsidy_rules.csv
	assess --rules mine p.jsonl
	[ "$status" -eq 7 ]
	[[ $stderr == *table-malformed* || $stderr == *"mine/subsidy_rules.csv"* ]]
}

@test "its records are those of the schema, what it reads too" {
	{
		project '"grace_notice":{"type":1,"accepted":false}' '"receipt_total_yen":1'
		project '"reader_applied_on":null'
		project '"facility_code":"1310000029","application_on":null'
	} >p.jsonl
	"$OQ_TREE/tests/validate" -d project p.jsonl || "$OQ_TREE/tests/validate" -d project <(sed 's/"[a-z_]*":null,//g' p.jsonl)
	assess p.jsonl
	[ "$status" -eq 3 ]
	run "$OQ_TREE/tests/validate" - <<<"$output"
	assert_success
}

@test "it cannot open a socket of any family once it reads" {
	cat >try.c <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <errno.h>
		#include <stdio.h>
		#include <sys/socket.h>
		#include <unistd.h>
		ssize_t read(int fd, void *to, size_t n) {
			static ssize_t (*real)(int, void *, size_t);
			static int tried;
			if (real == NULL)
				real = (ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
			if (fd == 0 && !tried++)
				for (int f = 1; f < 45; f++)
					if (socket(f, SOCK_STREAM, 0) != -1 || errno != EPERM)
						fprintf(stderr, "family %d: not refused\n", f);
			if (fd == 0 && tried == 1)
				fprintf(stderr, "tried\n");
			return real(fd, to, n);
		}
	END
	cc -shared -fPIC -o try.so try.c -ldl
	project >p.jsonl
	# A sanitised build kills where a release refuses.
	LD_PRELOAD=$PWD/try.so run --separate-stderr oq-subsidy-report <p.jsonl
	if [ "$status" -eq 159 ]; then
		[ -z "$output" ]
	else
		[ "$status" -eq 0 ]
		[[ $stderr == tried* ]]
		[[ $stderr != *"not refused"* ]]
	fi
}
