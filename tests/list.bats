# oq-list: whom to call, totals, medical lists; and oq.jq, the filters beside it.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# booking TIME NUMBER NAME [FILTER]: a valid answer for a person of insurance NUMBER, changed by a
# jq filter.
booking() {
	jq -nc --arg time "$1" --arg n "$2" --arg name "$3" '
		{visit_date: "2026-11-28", insured: {insurer_number: "01479997", symbol: "９９", number: $n, birth_date: "1985-02-03"},
			row: {booked_at: "2026-11-28T\($time):00+09:00", patient_number: ("0" + $n), phone: "000-0000-\($n)"},
			eligibility: {status: "valid", as_of: "2026-11-28", source: "number", route: "hub", notices: [], covering: [0],
				policies: [{card_class: "01", insurer_number: "01479997", symbol: "99", number: $n, name: $name,
					kana: "ｶｸｳ", birth_date: "1985-02-03", acquired_on: "2020-04-01"}],
				consents: {}, reference_numbers: [], flags: []}} | '"${4:-.}"
}

# status WORD: a filter: such an answer, without a policy.
status() {
	echo ".eligibility |= (.status = \"$1\" | .policies = [] | .covering = []) | .row[\"氏名\"] = \"架空　$1\""
}

morning() {
	booking 10:00 2001 "架空　太郎"
	booking 09:30 2002 "架空　次郎" "$(status invalid)"
	booking 11:00 2002 "架空　三郎"
	booking 09:00 2003 "架空　四郎" "$(status no-such-word)"
	booking 12:00 2004 "架空　五郎" "$(status not-asked) | .eligibility.reason = \"private-pay\""
	booking 08:45 2005 "架空　六郎" 'del(.eligibility) | .error = {tool: "oq-verify", code: "hub-busy",
		title: "x", actor: "central", next: "ask-again-later", retry: "later"}'
	booking 13:00 2006 "架空　七郎" '.eligibility.changed = [{member: "branch", was: "01", now: "02", harmless: false}]'
	booking 13:30 2007 "架空　八郎" '.eligibility.changed = [{member: "name", was: "a", now: "b", harmless: true}]'
}

list() {
	run --separate-stderr oq-list "$@"
}

# columns_of WORD...: the display columns at which the words begin, in the lines that hold them.
columns_of() {
	python3 -c '
import sys, unicodedata
width = lambda s: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
lines = sys.stdin.read().split("\n")
print(*sorted({width(l[:l.index(w)]) for w in sys.argv[1:] for l in lines if w in l}))' "$@"
}

@test "those who have to be called come first, by time, members of a household beside each other" {
	morning >records.jsonl
	list <records.jsonl
	assert_success
	assert_line --index 0 "Insurance of the day's bookings 2026-11-28"
	assert_line --index 1 --partial "8 bookings: 4 valid, 1 not valid, 2 not known, 1 not asked. To act on: 4"
	sed -n '/^Somebody/,/^$/p' <<<"$output" | grep -oE '^[ +] [0-9]{2}:[0-9]{2}' >order
	run cat order
	assert_output "  08:45
  09:00
  09:30
+ 11:00
  13:00"
}

@test "an unknown word is not known, and has somebody who acts" {
	booking 09:00 2003 x "$(status no-such-word)" >records.jsonl
	list <records.jsonl
	assert_output --partial "0 valid, 0 not valid, 1 not known"
	assert_line --regexp '09:00 +02003 +架空　no-such-word +not known +we +Ask again later\.'
	refute_output --regexp 'no-such-word +no-such-word'
}

@test "on the telephone a sentence is read out, with the day; what has one source is marked" {
	booking 09:30 2002 x "$(status invalid)" >records.jsonl
	list <records.jsonl
	assert_output --partial "not valid *: I am calling about your visit on 28 November."
	assert_output --partial "My Number Card"
	assert_output --partial "* from a single source"
	list --lang ja <records.jsonl
	assert_output --partial "無効 *: 11月28日（土）のご予約の件でお電話いたしました。"
	assert_output --partial "電話でお伝えする文"
	list --lang ja --place desk <records.jsonl
	assert_output --partial "資格は終了しています。"
	refute_output --partial "お電話"
}

@test "the table of advice can be another; it is dated, and a malformed one is refused" {
	booking 09:30 2002 x "$(status invalid)" >records.jsonl
	sed -n 1p "$OQ_TREE/lib/model/next.csv" >advice.csv
	echo 'invalid,,,telephone,,2026-11-27,patient,read-card,Old {date}.,旧。,,recalled' >>advice.csv
	echo 'invalid,,,telephone,2026-11-28,,patient,read-card,New {date}.,新。,,recalled' >>advice.csv
	list --advice advice.csv <records.jsonl
	assert_success
	assert_output --partial "New 28 November."
	refute_output --partial "Old"
	echo 'invalid,,,telephone,2026-11-28,,patient,,,,,recalled' >>advice.csv
	list --advice advice.csv <records.jsonl
	assert_failure 7
	assert_output ""
}

@test "columns stand below each other, whatever the width of the characters" {
	{
		booking 09:00 2001 "Ｆ　ＷＩＤＥ" "$(status invalid) | .row[\"氏名\"] = \"Ｆ　ＷＩＤＥ\""
		booking 09:10 2002 "ｶｸｳ" "$(status invalid) | .row[\"氏名\"] = \"ｶｸｳ ﾊﾝｶｸ ﾅﾏｴ\""
		booking 09:20 2003 "a" "$(status not-found) | .row[\"氏名\"] = \"髙 a\""
	} >records.jsonl
	list --lang ja <records.jsonl
	run columns_of 000-0000-2001 000-0000-2002 000-0000-2003 <<<"$output"
	assert_output --regexp '^[0-9]+$'
}

@test "nothing in a record steers the terminal, turns the direction of reading, or is markup" {
	booking 09:00 2001 x "$(status invalid) | .row[\"氏名\"] = \"a\\u001b[31m\\u0085\\u202e<script>alert(1)</script>&\\\"\\nb\"" >records.jsonl
	list <records.jsonl
	assert_output --partial 'a?[31m??<script>alert(1)</script>&" b'
	list -f html <records.jsonl
	assert_output --partial 'a?[31m??&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot; b'
	refute_output --partial '<script'
}

@test "CSV opens in a spreadsheet: byte order mark, CRLF, quotes, zeros kept, no formulas" {
	booking 09:00 2001 x "$(status invalid) | .row[\"氏名\"] = \"=1+1, \\\"q\\\"\"" >records.jsonl
	morning >>records.jsonl
	oq-list -f csv --lang ja <records.jsonl >list.csv
	run python3 - <<-'EOF'
		import csv, io
		data = open('list.csv', 'rb').read()
		assert data.startswith(b'\xef\xbb\xbf') and data.count(b'\n') == data.count(b'\r\n')
		rows = list(csv.DictReader(io.StringIO(data.decode('utf-8-sig'), newline='')))
		assert len(rows) == 9, rows
		evil = [r for r in rows if '1+1' in r['氏名']][0]
		assert evil['氏名'] == '\'=1+1, "q"' and evil['番号'] == '="02001"', evil
		assert evil['お伝えする文'].startswith('11月28日')
		family = [r for r in rows if r['番号'] == '="02002"']
		assert len(family) == 2 and len({r['世帯'] for r in family}) == 1 and family[0]['世帯'], family
		print('ok')
	EOF
	assert_output ok
}

@test "HTML is one file without script or anything fetched, in the reader's language" {
	morning >records.jsonl
	oq-list -f html --lang ja <records.jsonl >list.html
	run grep -ciE '<script|https?://|src=|@import|url\(|javascript:| on[a-z]+=' list.html
	assert_output 0
	grep -q '<html lang="ja">' list.html
	grep -q '@page{size:A4' list.html
	run xmllint --html --noout list.html
	assert_success
	run xmllint --html --xpath 'count(//tbody/tr)' list.html
	assert_output 8
	run xmllint --html --xpath 'count(//th[text()="対応" or text()="印"])' list.html
	assert_output 3
}

@test "180 bookings print on one page of A4" {
	command -v chromium >/dev/null && command -v pdfinfo >/dev/null && [ -n "$(fc-list :lang=ja 2>/dev/null)" ] ||
		could_not_run "no chromium, pdfinfo or Japanese type here"
	for i in {100..279}; do
		case $i in
		1[0-6]9) booking "09:$((i % 60))" "2$i" x "$(status invalid)" ;;
		170 | 180) booking 10:00 "2$i" x "$(status not-found)" ;;
		*) booking "1$((i % 8)):$((10 + i % 50))" "2$i" "見本野　千代$((i % 10))" ;;
		esac
	done >records.jsonl
	oq-list -f html --lang ja <records.jsonl >list.html
	timeout 100 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$PWD/profile" \
		--no-pdf-header-footer --print-to-pdf=list.pdf "file://$PWD/list.html" >chromium.log 2>&1
	run pdfinfo list.pdf
	assert_output --regexp 'Pages: +1[^0-9]'
	assert_output --regexp 'Page size: +59[45].* x 84[12]'
}

@test "--live: each line comes when its record does" {
	mkfifo pipe
	oq-list --live <pipe >live 2>/dev/null 3>&- &
	local pid=$!
	exec 5>pipe
	booking 09:30 2002 x "$(status invalid)" >&5
	wait_for 10 grep -q "架空　invalid" live
	booking 09:40 2003 "架空　太郎" >&5
	wait_for 10 grep -q "架空　太郎" live
	exec 5>&-
	wait "$pid"
	run cat live
	assert_line --index 0 --regexp '^09:30  02002 +架空　invalid +not valid +Ask the patient'
	assert_line --index 1 --regexp '^09:40  02003 +架空　太郎 +valid$'
}

@test "totals count every record, and hold no names" {
	morning >records.jsonl
	echo '{"架空　broken' >>records.jsonl
	booking 09:30 2009 "架空　九郎" '.eligibility.source = "card"' >>records.jsonl
	for mode in day month; do
		for form in text csv html; do
			list --"$mode" -f "$form" <records.jsonl
			assert_equal "$status" 3
			refute_output --partial "架空"
			refute_output --regexp '2001|no-such-word'
		done
	done
	list --month <records.jsonl
	assert_line "Records: 10"
	assert_line --regexp "come back \(返戻\): 1$"
	assert_line --regexp '^by card +1 +1 +0 +0 +0$'
	assert_line --regexp '^by number +8 +4 +1 +2 +1$'
	assert_line --regexp '^hub-busy +1 +Ask again later'
	assert_line --regexp '^not-json +1 '
	assert_line --regexp '^2026-11-28 +9 +5 +1 +2 +1$'
	list --day <records.jsonl
	assert_line --regexp '^valid +5$'
	assert_line --regexp '^not known +1$'
}

@test "a line that is no record is on the list, and the status says so" {
	{
		morning
		echo 'not a record'
	} >records.jsonl
	list <records.jsonl
	assert_failure 3
	assert_output --partial "9 bookings"
	assert_line --regexp '#9 +not known +we +Correct the line'
	assert_equal "$stderr" "oq-list: read 9, yes 8, no 0, unknown 1"
	list </dev/null
	assert_success
	assert_output --partial "0 bookings"
}

@test "an output that is not whole is status 7" {
	morning >records.jsonl
	run --separate-stderr bash -c 'oq-list <records.jsonl >/dev/full'
	assert_failure 7
	run --separate-stderr bash -c 'set -o pipefail; for i in {1..2000}; do cat records.jsonl; done | oq-list --live | head -n 1'
	assert_failure 7
}

@test "wrong use is status 2" {
	for wrong in "--day --month" "--live -f html" "--medical -f csv" "file.jsonl" "--place moon"; do
		# shellcheck disable=SC2086 # several words
		list $wrong </dev/null
		assert_failure 2
		assert_output ""
	done
}

medical() {
	jq -nc '{eligibility: {status: "valid", covering: [0], policies: [{name: "架空　太郎", kana: "ｶｸｳ ﾀﾛｳ",
			birth_date: "1985-02-03", sex: "male"}]},
		medical: {asked: ["drugs", "checkups"], refused: [], as_of: "2026-11-28T09:00:00+09:00",
			drugs: [{origin: "claim", month: "2026-08", dispensed_on: "2026-08-11", facility_name: "架空薬局",
					code: "699999001", name: "架空錠５ｍｇ", amount: "1", unit: "錠", usage: "分１　朝食後", times: 14},
				{origin: "prescription", month: "2026-10", prescribed_on: "2026-10-02", facility_name: "架空クリニック",
					code: "699999003", name: "例示軟膏", amount: "10", unit: "ｇ", times: 1},
				{origin: "claim", month: "2026-08", dispensed_on: "2026-08-11", facility_name: "架空薬局",
					code: "699999002", name: "ｶﾌﾟｾﾙ", amount: "0.5", unit: "錠"}],
			checkups: [
				{examined_on: "2024-06-05", items: [{code: "9A751000000000001", name: "収縮期血圧", value: "131", unit: "mm[Hg]"},
					{code: "3D046000001920402", name: "ＨｂＡ１ｃ", value: "5.25", unit: "%"},
					{code: "9N001000000000001", name: "身長", value: "1.70", unit: "m"}]},
				{examined_on: "2026-06-12", items: [{code: "9A751000000000001", name: "収縮期血圧", value: "128", unit: "mm[Hg]"},
					{code: "3D046000001906202", name: "ＨｂＡ１ｃ", value: "5.4", unit: "%"},
					{code: "9N001000000000001", name: "身長", value: "170", unit: "cm"},
					{code: "1A010000000190111", name: "尿蛋白", value: "1", value_name: "（－）"}]},
				{examined_on: "2025-06-12", items: [{code: "9A751000000000001", name: "収縮期血圧", value: "140", unit: "mm[Hg]"}]}]}}
		| '"${1:-.}"
}

@test "--medical: drugs newest first, by day and facility" {
	medical >records.jsonl
	list --medical <records.jsonl
	assert_success
	assert_output --partial "架空　太郎 ｶｸｳ ﾀﾛｳ 1985-02-03 male"
	assert_output --partial "as of 2026-11-28 09:00"
	run grep -oE '例示軟膏|架空錠５ｍｇ|ｶﾌﾟｾﾙ' <<<"$output"
	assert_output "例示軟膏
架空錠５ｍｇ
ｶﾌﾟｾﾙ"
	list --medical --lang ja <records.jsonl
	assert_equal "$(grep -c '2026-08-11' <<<"$output")" 1
	run columns_of 例示軟膏 架空錠５ｍｇ ｶﾌﾟｾﾙ <<<"$output"
	assert_output --regexp '^[0-9]+$'
}

@test "--medical: checkups beside earlier years, with a trend where values can be compared" {
	medical >records.jsonl
	list --medical <records.jsonl
	assert_line --regexp '^Item +Unit +2026-06-12 +2025-06-12 +2024-06-05 +Trend$'
	assert_line --regexp '^収縮期血圧 +mm\[Hg\] +128 +140 +131 +▃█▁ -12$'
	assert_line --regexp '^ＨｂＡ１ｃ +% +5\.4 +5\.25 +▁█ \+0\.15 \*$'
	assert_line --regexp '^身長 +170 cm +1\.70 m$'
	assert_line --regexp '^尿蛋白 +（－）$'
	assert_line "* measured in another way than before"
}

@test "--medical: refused, failed, not answered, not asked, in a file and nothing stored are six things" {
	medical '.medical |= (.drugs = [] | del(.checkups) | .asked += ["treatments"] |
		.refused = [{purpose: "checkups", decision: "refused"}] |
		.failed = [{purpose: "treatments", error: {next: "wake-terminal"}}])' >records.jsonl
	medical '.medical |= (del(.drugs, .checkups) | .pdf = [{purposes: ["drugs"], file: "a.pdf"}])' >>records.jsonl
	jq -c 'del(.medical) | .error = {code: "consent-expired", next: "ask-consent-again"}' records.jsonl |
		head -n 1 >>more.jsonl
	cat more.jsonl >>records.jsonl
	list --medical <records.jsonl
	assert_output --regexp 'Drugs
nothing is stored

Treatments
could not be told: Wake the terminal[^
]*

Checkups
not shown: the patient did not agree'
	assert_output --regexp 'Drugs
saved as a file: a.pdf

Treatments
not asked

Checkups
could not be told: no answer'
	assert_output --partial "could not be told: Lay the card again"
}

@test "--medical takes what oq-message decodes" {
	for file in "$OQ_TREE"/tests/data/oqs/res/{YZK,TKK}*.xml; do
		oq-message decode "$file" >>records.jsonl
	done
	list --medical -f html --lang ja <records.jsonl
	assert_success
	assert_output --partial "例示軟膏０．１％"
	assert_output --partial "収縮期血圧（１回目）"
	# On paper each person begins a page.
	assert_equal "$(grep -c '<h2 class="c">' <<<"$output")" "$(wc -l <records.jsonl)"
	assert_output --partial 'h2.c{font-size:13pt;break-before:page}'
}

@test "the table of advice is whole: known words, sources, and the words that records carry" {
	run python3 - "$OQ_TREE" <<-'EOF'
		import csv, sys
		table = lambda name: list(csv.DictReader(open(sys.argv[1] + '/' + name, encoding='utf-8')))
		words = {r['word'] for r in table('lib/base/next.csv')}
		for r in table('lib/model/next.csv'):
		    who = r['status'] + '/' + r['place']
		    if r['next'] not in words: print(who, 'has no such next step', r['next'])
		    if not r['source']: print(who, 'has no source')
		    if r['place'] not in ('', 'telephone', 'desk'): print(who, 'is nowhere')
		    if r['place'] == 'telephone' and not ('{date}' in r['en'] and '{date}' in r['ja']): print(who, 'names no day')
		    if not r['en'].endswith(('.', '?')) or not r['ja'].endswith('。'): print(who, 'is no sentence')
	EOF
	assert_success
	assert_output ""
	python3 - "$OQ_TREE" >wanted <<-'EOF'
		import csv, sys
		seen = set()
		for r in csv.DictReader(open(sys.argv[1] + '/lib/model/next.csv', encoding='utf-8')):
		    if r['place'] != 'telephone' and r['route'] in ('', 'terminal') and not r['source_of_answer'] and r['status'] not in seen:
		        seen.add(r['status'])
		        print(r['status'], r['actor'], r['next'])
	EOF
	while read -r word actor next; do
		case $word in changed | certificate-expired-grace) continue ;; esac
		run "$OQ_BUILD/tests/model" advice "$word"
		assert_output "$actor $next"
	done <wanted
}

# filter EXPRESSION: with the module, over records.jsonl.
filter() {
	run jq -c -L "$OQ_BUILD/share/oq" 'import "oq" as oq; '"$1" records.jsonl
}

@test "oq.jq: yes, no and don't know" {
	{
		for word in valid valid-unregistered invalid invalid-replaced not-found ambiguous pending unknown \
			not-asked no-such-word; do
			booking 09:00 2001 x ".id = \"$word\" | .eligibility.status = \"$word\""
		done
		booking 09:00 2001 x '.id = "error" | del(.eligibility) | .error = {code: "hub-busy"}'
		echo '{"id":"bare"}'
	} >records.jsonl
	filter 'select(oq::valid) | .id'
	assert_output '"valid"
"valid-unregistered"'
	filter '[select(oq::unknown) | .id][]'
	assert_output '"ambiguous"
"pending"
"unknown"
"no-such-word"
"error"
"bare"'
	filter 'select(oq::must_call) | .id'
	python3 - "$OQ_TREE" >wanted <<-'EOF'
		import csv, sys
		for r in csv.DictReader(open(sys.argv[1] + '/lib/model/next.csv', encoding='utf-8')):
		    if r['place'] == 'telephone' and r['actor'] == 'patient' and r['status'] != 'certificate-expired-grace':
		        print('"' + r['status'] + '"')
	EOF
	assert_equal "$(sort <<<"$output")" "$(sort wanted)"
}

@test "oq.jq: changed, covers, keep" {
	morning >records.jsonl
	filter 'select(oq::changed) | .row.patient_number'
	assert_output '"02006"'
	booking 09:00 2001 x '.eligibility.policies[0].lost_on = "2026-12-01"' >records.jsonl
	filter '[oq::covers("2020-03-31"), oq::covers("2020-04-01"), oq::covers("2026-11-30"), oq::covers("2026-12-01")]'
	assert_output '[false,true,true,false]'
	filter 'oq::keep | keys'
	assert_output '["insured","row","visit_date"]'
}

@test "oq.jq: mask leaves the outcome and nobody" {
	{
		morning
		medical '.insured = {number: "2001"} | .consent = {receipt: "aaa.bbb"} | .card = {presence: "ccc", expired_days: 5}'
	} >records.jsonl
	filter 'oq::mask'
	assert_success
	refute_output --regexp '架空|2001|ｶｸｳ|1985|軟膏|mm\[Hg\]|aaa|ccc|000-0000|booked_at":"2'
	assert_output --partial '"status":"invalid"'
	assert_output --partial '"code":"hub-busy"'
}
