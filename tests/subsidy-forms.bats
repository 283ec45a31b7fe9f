# oq-subsidy-report --forms: the papers, as somebody reads them who opens the files. All are made up.

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load helper
shopt -s lastpipe # `run` at the end of a pipe sets its variables here

# Three facilities, drawn once: a clinic with one supplier and a discount, a hospital with seven
# suppliers and sixty lines, one whose names are long and rare.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	jq -cn '
		def facility($code; $name; $class): {facility_code: $code, facility_name: $name,
			facility_class: $class, founder: "架空 太郎", postcode: "100-0001",
			address: "東京都千代田区架空1-2-3", phone: "03-0000-0000", readers_introduced: 1,
			reader_applied_on: "2022-07-01", vendor_contract_on: "2022-10-01",
			operation_started_on: "2023-02-15", project_completed_on: "2023-03-01",
			application_on: "2023-06-01"};
		def supplier($name; $items): {$name, address: "大阪府大阪市架空4-5-6",
			phone: "06-1111-1111", document: "receipt", receipt_issued_on: "2023-03-10",
			paid_on: "2023-03-10", $items,
			receipt_total_yen: ($items | map(.amount_incl_tax_yen) | add)};
		def line($what; $yen): {category: "TERMINAL", label: $what, amount_incl_tax_yen: $yen};
		(facility("1310000011"; "架空クリニック"; "clinic_medical") + {suppliers: [
			supplier("架空システム"; [line("資格確認端末 1台"; 385000),
			{category: "DISCOUNT", label: "値引", amount_incl_tax_yen: -11000},
			{category: "MAINT", label: "保守", amount_incl_tax_yen: 55000}])]}),
		(facility("2710000019"; "架空病院"; "hospital") + {readers_introduced: 3,
			suppliers: [range(7) as $i | supplier("架空業者\($i + 1)";
			[range(if $i == 0 then 36 else 4 end) |
			line("機器\($i + 1)の\(. + 1)番"; 40000 + 7777 * $i + 1013 * .)])]}),
		(facility("1410000018"; "𠮷髙" * 30; "clinic_dental") + {suppliers: [
			supplier("髙" * 60; [line("﨑" * 60; 99999)])]})
	' >projects.jsonl
	oq-subsidy-report --today 2026-11-27 --forms forms projects.jsonl >records.jsonl
	for pdf in forms/*/*.pdf; do
		pdftotext -layout "$pdf" "${pdf%.pdf}.txt"
	done
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit 1
}

# grouped: numbers on standard input with a comma every three digits.
grouped() {
	sed -E ':a; s/^([0-9]+)([0-9]{3})/\1,\2/; ta'
}

@test "each facility has its papers, with the fonts in them" {
	run ls forms/1310000011
	[ "$(grep -c 'pdf$' <<<"$output")" -eq 6 ]
	run ls forms/2710000019
	[ "$(grep -c '^breakdown-[1-7]\.pdf$' <<<"$output")" -eq 7 ]
	for pdf in forms/*/*.pdf; do
		run pdffonts "$pdf"
		[ "$(awk 'NR > 2 { n++ } END { print n + 0 }' <<<"$output")" -ge 1 ]
		[ "$(awk 'NR > 2 && $(NF - 4) != "yes"' <<<"$output")" = "" ]
		run pdfinfo "$pdf"
		assert_regex "$output" 'Page size: +595\.[0-9]+ x 841\.[0-9]+ pts \(A4\)'
		grep -q '公式の様式そのものではありません' "${pdf%.pdf}.txt"
	done
}

@test "the check sheet holds every figure of the assessment" {
	local code figures figure
	while read -r code figures; do
		for figure in $figures; do
			grep -qwF -- "$(grouped <<<"$figure")" "forms/$code/check.txt" ||
				fail "$code: $figure"
		done
	done < <(jq -r '[.facility_code, (.subsidy | to_entries[] | select(.key | endswith("_yen")) | .value)] | join(" ")' records.jsonl)
}

@test "the check sheet says what is found, in Japanese, and where" {
	local check=forms/2710000019/check.txt sentence
	sentence=$(sed -n '/^msgid "the form has fewer rows"$/{n;s/^msgstr "\(.*\)"$/\1/p}' "$OQ_TREE/lib/po/ja.po")
	[ -n "$sentence" ]
	grep -qF "$sentence (MORE_THAN_15_ROWS)" $check
	grep -qE '注意 .* 供給者 1$' $check
}

@test "what is typed into the portal stands in the screen's order, digits alone" {
	local yen
	yen=$(jq -r 'select(.facility_code == "1310000011") | .subsidy | "\(.eligible_cost_yen) \(.subsidy_yen)"' records.jsonl)
	run awk '/総事業費/ { a = $2 } /補助金申請額/ { print a, $2 }' forms/1310000011/check.txt
	[ "$output" = "$yen" ]
}

@test "a breakdown comes to its receipt, line by line" {
	grep -qE '総額 \(①\+②\) +429,000 円' forms/1310000011/breakdown-1.txt
	grep -qE '資格確認端末 1台 +385,000$' forms/1310000011/breakdown-1.txt
	grep -qE '値引 +値引 +-9,625 +-1,375$' forms/1310000011/breakdown-1.txt
	grep -qE '保守 +55,000$' forms/1310000011/breakdown-1.txt
	grep -qE '小計 .* 375,375 +53,625$' forms/1310000011/breakdown-1.txt
	grep -q '令和5年3月10日' forms/1310000011/breakdown-1.txt
}

@test "sixty lines are all there, fifteen a sheet, with sums a sheet and of all" {
	local all
	[ "$(cat forms/2710000019/breakdown-*.txt | grep -oE '機器[1-7]の[0-9]+番' | sort -u | wc -l)" -eq 60 ]
	[ "$(grep -c 'この用紙の小計' forms/2710000019/breakdown-1.txt)" -eq 3 ]
	grep -q '3 枚のうち 3 枚目' forms/2710000019/breakdown-1.txt
	all=$(jq 'select(.facility_code == "2710000019") | .suppliers[0].receipt_total_yen' projects.jsonl | grouped)
	grep -qE "全用紙の小計 .* $all +0\$" forms/2710000019/breakdown-1.txt
	run pdfinfo forms/2710000019/breakdown-1.pdf
	assert_line --regexp 'Pages: +3'
}

@test "long names wrap and rare characters are drawn" {
	local page=forms/1410000018/breakdown-1
	[ "$(tr -cd '𠮷' <$page.txt | wc -m)" -eq 30 ]
	pdftotext -bbox $page.pdf - |
		awk -F'"' '/<word/ { n++; if ($2 < 50 || $6 > 546) out++ } END { exit !(n > 20 && out == 0) }'
}

@test "no amount is broken over two lines, however large" {
	head -n 1 projects.jsonl | jq -c '.suppliers[0] |= (.receipt_total_yen = 88888888888 |
		.items[0].amount_incl_tax_yen = 88888888888)' |
		run -1 oq-subsidy-report --today 2026-11-27 --forms large
	for form in check assets breakdown-1; do
		pdftotext -layout large/1310000011/$form.pdf text
		grep -qE ' 88,888,8(88|77),888( |$)' text
		run -1 grep -E '^ *[0-9]{1,3}$' text
	done
	pdftotext -layout large/1310000011/check.pdf text
	grep -qE '合計 +88,888,888,888 .* [0-9,]{5,}$' text
}

@test "the grant's shares come to the grant" {
	run grep -E '^ *合計' forms/2710000019/assets.txt
	assert_regex "$output" "$(jq 'select(.facility_code == "2710000019") | .subsidy.subsidy_yen' records.jsonl | grouped)"
	grep -q '税務の助言ではありません' forms/2710000019/assets.txt
}

@test "the bytes repeat, whatever clock, zone and language" {
	TZ=America/New_York LC_ALL=C OQ_LANG=ja faketime '2030-01-01 00:00:00' \
		oq-subsidy-report --today 2026-11-27 --forms again projects.jsonl >again.jsonl
	for pdf in forms/*/*.pdf; do
		cmp "$pdf" "again/${pdf#forms/}"
	done
}

@test "a breakdown of an earlier run goes" {
	jq -c 'select(.facility_code == "1310000011") | .suppliers += .suppliers | .suppliers[1].name = "別"' \
		projects.jsonl >two.jsonl
	oq-subsidy-report --today 2026-11-27 --forms made two.jsonl >/dev/null
	assert_file_exists made/1310000011/breakdown-2.pdf
	oq-subsidy-report --today 2026-11-27 --forms made projects.jsonl >/dev/null
	assert_file_not_exists made/1310000011/breakdown-2.pdf
	assert_file_exists made/1310000011/breakdown-1.pdf
}

@test "what a form lacks is named with the form, and nothing is drawn" {
	run --separate-stderr oq-subsidy-report --forms lacking < <(head -n 1 projects.jsonl |
		jq -c 'del(.founder, .phone, .suppliers[0].address, .suppliers[0].items[1].label)')
	[ "$status" -eq 3 ]
	[ "$(jq -r '.error | "\(.code) \(.pointer) \(.detail)"' <<<"$output")" = "form-field-missing \
/suppliers/0/address breakdown 1: supplier_address, label 2; report: founder, phone; application: founder, phone" ]
	[ -z "$(find lacking -type f)" ]
	# Nor is a path made of what is no code.
	run --separate-stderr oq-subsidy-report --forms lacking < <(head -n 1 projects.jsonl |
		jq -c '.facility_code = "../elsewhere"')
	[ "$status" -eq 3 ]
	[ "$(jq -r '.error | "\(.pointer) \(.detail)"' <<<"$output")" = "/facility_code all: facility_code" ]
	assert_file_not_exists elsewhere
}

@test "a character that no font has, a text too long for paper: the member is named" {
	run --separate-stderr oq-subsidy-report --forms lacking < <(head -n 1 projects.jsonl |
		jq -c '., (.suppliers[0].items[2].label = "保\udbff\udffd守"),
			(.facility_code = "2710000019" | .suppliers[0].address = "長" * 301)' | tail -n 2)
	[ "$status" -eq 3 ]
	[ "$(jq -r '.error | "\(.code) \(.pointer)"' <<<"$output")" = "character-without-font /suppliers/0/items/2/label
form-text-too-long /suppliers/0/address" ]
	[ -z "$(find lacking -type f)" ]
}

@test "where it cannot be written is the run's failure" {
	mkdir -p full/1310000011/report.pdf
	run --separate-stderr oq-subsidy-report --forms full < <(head -n 1 projects.jsonl)
	[ "$status" -eq 7 ]
	[ "$(jq -r .error.code <<<"$output")" != null ]
}

@test "a paper of a subsidy that is refused says so, and the check sheet why" {
	head -n 1 projects.jsonl | jq -c '.suppliers[0].document = "invoice"' |
		run -1 --separate-stderr oq-subsidy-report --today 2026-11-27 --forms refused
	for pdf in refused/1310000011/*.pdf; do
		pdftotext -layout "$pdf" text
		grep -q '差戻しになる点があります' text
	done
	pdftotext -layout refused/1310000011/check.pdf text
	grep -qE '差戻し .*INVOICE_NOT_RECEIPT' text
	grep -qE '補助金申請額 +0 ' text
	run -1 grep '差戻しになる点があります' forms/1310000011/report.txt
}

@test "forms are of what is so" {
	run --separate-stderr oq-subsidy-report --forms x --if application_on= projects.jsonl
	[ "$status" -eq 2 ]
	assert_regex "$stderr" 'not with --if'
}
