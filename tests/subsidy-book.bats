# oq-subsidy-report --book: the workbook, opened and recomputed by LibreOffice without its window.
# Everybody in it is made up.

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load helper

calc() {
	timeout 300 soffice "-env:UserInstallation=file://$BATS_FILE_TMPDIR/profile" --headless \
		--convert-to "$@" >/dev/null 2>&1
}

# Without what the formulas came to: whoever opens it has to compute.
emptied() {
	awk '/table:formula="/ {
			sub(/ office:value-type="float" office:value="[^"]*" calcext:value-type="float"/, "")
			formula = 1
		}
		/<text:p>/ && formula { next }
		/<\/table:table-cell>/ { formula = 0 }
		{ print }' "$1"
}

# summary FILE: what the first sheet says of each facility, as figures() does.
summary() {
	sed -n '2,$p' "$1" | grep -v '^合計' | cut -d, -f1,4-10
}

figures() {
	jq -r '[.facility_code, (.subsidy | .regime, .eligible_cost_yen, .capped_cost_yen,
		.subsidy_yen, .base_part_yen, .difference_part_yen,
		.fallback_if_basic_rate_applies_yen // "")] | join(",")' "$@"
}

# Cases of every regime around the caps; late contracts; a discount over two kinds of lines; two
# suppliers; nothing eligible.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	{
		"$OQ_TREE/tests/subsidy-cases" published "$OQ_TREE/lib/subsidy" "$OQ_TREE/tests/data/subsidy" |
			awk 'NR % 4 == 1'
		"$OQ_TREE/tests/subsidy-cases" amounts "$OQ_TREE/lib/subsidy" | awk 'NR % 19 == 1'
	} | cut -f1 | jq -c '., (select(input_line_number == 1) |
		(.facility_code = "9990000001" | .reader_applied_on = "2022-08-01" |
			.vendor_contract_on = "2023-03-01"),
		(.facility_code = "9990000002" | .suppliers[0].items += [
			{category: "MAINT", label: "保守", amount_incl_tax_yen: 33333},
			{category: "DISCOUNT", label: "値引", amount_incl_tax_yen: -7777}] |
			del(.suppliers[0].receipt_total_yen) | .suppliers += [.suppliers[0] | .name = "別"]),
		(.facility_code = "9990000003" | .suppliers[].items[] |= (.category = "MAINT" | .label = "=1+1")))' >projects.jsonl
	oq-subsidy-report --today 2026-11-27 --book book.xlsx projects.jsonl >records.jsonl || [ $? -eq 1 ]
	calc fods book.xlsx
	emptied book.fods >emptied.fods
	# The one line of the first facility costs 1,234,567 yen.
	awk '/table:name="1310000011"/ { here = 1 }
		here && !done && /office:value-type="float"/ && !/formula/ {
			done = sub(/office:value="[^"]*"/, "office:value=\"1234567\"")
		}
		{ print }' emptied.fods >changed.fods
	calc 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1' \
		emptied.fods changed.fods book.xlsx
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit 1
}

@test "recomputed, the workbook comes to the same figures" {
	[ "$(wc -l <records.jsonl)" -gt 20 ]
	[ "$(jq -s '[.[].subsidy.regime] | unique | length' records.jsonl)" -eq 4 ]
	[ "$(jq -s '[.[] | select(.subsidy.fallback_if_basic_rate_applies_yen)] | length' records.jsonl)" -ge 1 ]
	run grep -c '<text:p>2,101,000</text:p>' emptied.fods
	[ "$output" -lt "$(grep -c '<text:p>2,101,000</text:p>' book.fods)" ]
	diff <(figures records.jsonl) <(summary emptied-集計.csv)
}

@test "its last row is the sum of each column" {
	run grep '^合計' emptied-集計.csv
	[ "$output" = "合計,,,,$(jq -rs 'map(.subsidy | [.eligible_cost_yen, .capped_cost_yen,
		.subsidy_yen, .base_part_yen, .difference_part_yen,
		.fallback_if_basic_rate_applies_yen // 0]) | transpose | map(add) | join(",")' records.jsonl)" ]
}

@test "who does not recompute sees the same" {
	diff emptied-集計.csv book-集計.csv
}

@test "a line that is changed in it changes the amounts as an assessment would" {
	run diff <(summary emptied-集計.csv) <(summary changed-集計.csv)
	[ "$(grep -c '^>' <<<"$output")" -eq 1 ]
	head -n 1 projects.jsonl | jq -c 'del(.suppliers[0].receipt_total_yen) |
		.suppliers[0].items[0].amount_incl_tax_yen = 1234567' |
		oq-subsidy-report --today 2026-11-27 >changed.jsonl
	diff <(figures changed.jsonl) <(summary changed-集計.csv | head -n 1)
}

@test "the bytes repeat" {
	faketime '2030-01-01 00:00:00' \
		oq-subsidy-report --today 2026-11-27 --book again.xlsx projects.jsonl >/dev/null || [ $? -eq 1 ]
	cmp book.xlsx again.xlsx
}

@test "no more facilities than it holds; then nothing is written" {
	head -n 1 projects.jsonl | jq -c 'range(1001) as $i | .facility_code = "\(1310000011 + $i)"' >many.jsonl
	run --separate-stderr oq-subsidy-report --book many.xlsx many.jsonl
	[ "$status" -eq 7 ]
	[ "$(tail -n 1 <<<"$output" | jq -r .error.code)" = book-full ]
	assert_file_not_exists many.xlsx
	assert_regex "$stderr" 'no more facilities'
}

@test "texts are no formulas, and one that no cell holds is named" {
	grep -q '<text:p>=1+1</text:p>' book.fods
	run --separate-stderr oq-subsidy-report --book long.xlsx < <(
		jq -c '.suppliers[0].items[0].label = "長" * 20000' <(head -n 1 projects.jsonl))
	[ "$status" -eq 3 ]
	[ "$(jq -r '.error | "\(.code) \(.pointer)"' <<<"$output")" = \
		"form-text-too-long /suppliers/0/items/0/label" ]
}

@test "a workbook that cannot be written is no run that went well" {
	run --separate-stderr oq-subsidy-report --book no/where.xlsx projects.jsonl
	[ "$status" -eq 7 ]
	run --separate-stderr oq-subsidy-report --book /dev/full projects.jsonl
	[ "$status" -eq 7 ]
	# A disk without room, which the library would not notice.
	mkdir full
	run --separate-stderr bash -c "trap '' XFSZ; ulimit -f 128; exec oq-subsidy-report --book full/book.xlsx projects.jsonl"
	[ "$status" -eq 7 ]
	[ "$(wc -l <<<"$output")" -eq "$(wc -l <projects.jsonl)" ]
	[ -z "$(ls -A full)" ]
}
