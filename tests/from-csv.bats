# oq-from-csv: lists as receipt computers, reservation systems and spreadsheets leave them. All
# people are made up.

# shellcheck disable=SC2154 # run sets stderr and stderr_lines
bats_require_minimum_version 1.5.0
load helper

data=$OQ_TREE/tests/data/csv

setup() {
	cd "$BATS_TEST_TMPDIR" || exit 1
}

# list ROW...: a list with the usual columns, in UTF-8.
list() {
	echo '予約日,患者番号,氏名,保険種別,保険者番号,記号,番号,枝番,生年月日,備考'
	printf '%s\n' "$@"
}

# one CELL...: a list of one row, insurer number, symbol, number, branch and birth date.
one() {
	list "2026/10/5,1,架空　一郎,保険,$1,$2,$3,$4,$5,"
}

# from LIST-FUNCTION ARG...: the records of that list, on the output of `run`.
from() {
	"$@" >list.csv
	run --separate-stderr oq-from-csv list.csv
}

# got FILTER: what jq makes of the records.
got() {
	jq -cr "$1" <<<"$output"
}

@test "a receipt computer's list, CP932 with everything in it, gives just these records" {
	run --separate-stderr oq-from-csv "$data/booking-cp932.csv"
	[ "$status" -eq 3 ]
	[ "$output" = "$(cat "$data/booking-cp932.jsonl")" ]
	[ "$stderr" = "oq-from-csv: read 9, yes 3, no 0, unknown 2, not-asked 4" ]
}

@test "the same list in UTF-8, with or without a byte order mark, gives the same records" {
	iconv -f CP932 -t UTF-8 "$data/booking-cp932.csv" >plain.csv
	{ printf '\xef\xbb\xbf' && cat plain.csv; } >bom.csv
	for f in plain bom; do
		run --separate-stderr oq-from-csv $f.csv
		[ "$output" = "$(cat "$data/booking-cp932.jsonl")" ]
	done
}

@test "a reservation system's list that a spreadsheet saved again" {
	run --separate-stderr oq-from-csv <"$data/reservation-utf8.csv"
	[ "$status" -eq 3 ]
	[ "$output" = "$(cat "$data/reservation-utf8.jsonl")" ]
	[ "${stderr_lines[0]}" = "oq-from-csv: blank rows passed over: 1" ]
}

@test "records are right by the schema" {
	for f in booking-cp932 reservation-utf8; do
		oq-from-csv "$data/$f.csv" >$f.jsonl 2>/dev/null || [ $? -eq 3 ]
		run "$OQ_TREE/tests/validate" $f.jsonl
		assert_success
	done
}

@test "birth dates are read in every form that receipt computers write" {
	forms=(19800102 1980/1/2 1980-01-02 1980.1.2 1980年1月2日 S55.1.2 s55/1/2 S550102 3550102
		昭和55年1月2日 昭和５５年１月２日 １９８０／１／２ Ｓ５５．１．２ 'S55. 1. 2' '1980/1/2 0:00'
		'1980/01/02 00:00:00' 1980-01-02T00:00:00 '1980年1月2日(水)' 1980年1月2日水曜日)
	rows=()
	for form in "${forms[@]}"; do
		rows+=(",1,架空　一郎,保険,06130488,1,2,00,$form,")
	done
	from list "${rows[@]}"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq "${#forms[@]}" ]
	[ "$(got .insured.birth_date | sort | uniq -c | tr -s ' ')" = " ${#forms[@]} 1980-01-02" ]
	[ "$(got '.row["生年月日"]' | sort -u)" = null ]
}

@test "a date of no form, of no calendar, after the visit and of no living memory is an error" {
	rows=()
	for form in 80.1.2 1980/2/30 2026/10/6 1850/1/1 ''; do
		rows+=("2026/10/5,1,架空　一郎,保険,06130488,1,2,00,$form,")
	done
	from list "${rows[@]}"
	[ "$status" -eq 3 ]
	[ "$(got .error.code | paste -sd' ')" = "date-unreadable birth-date-malformed \
birth-date-implausible birth-date-implausible birth-date-missing" ]
	[ "$(got '.insured' | sort -u)" = null ]
	[ "$(got '.row["生年月日"]' | head -n 1)" = 80.1.2 ]
}

@test "day and time of the booking, in one column or in two" {
	both() {
		echo '予約日時,保険者番号,記号,番号,生年月日'
		printf '%s,06130488,1,2,S55.1.2\n' '2026/10/5 9:05' 2026-10-05T09:05:00 \
			'R8.10.5 午前9:05' '2026年10月5日(月) 9時5分' '２０２６／１０／５　９：０５' \
			202610050905 20261005090500
	}
	from both
	[ "$status" -eq 0 ]
	[ "$(got '[.visit_date, .row] | tojson' | sort | uniq -c | tr -s ' ')" = \
		' 7 ["2026-10-05",{"booked_at":"2026-10-05T09:05:00+09:00"}]' ]
	two() {
		echo '予約日,予約時間,保険者番号,記号,番号,生年月日'
		printf '%s,06130488,1,2,S55.1.2\n' 2026/10/5,午後2:30 2026/10/5,0930 2026/10/5,14時半 \
			,9:30 2026/10/5,夕方 2026/10/5,9:30-9:45 2026/10/5,25:00
	}
	from two
	[ "$(got '[.visit_date, .row.booked_at, .row["予約時間"]] | join("|")')" = \
		"2026-10-05|2026-10-05T14:30:00+09:00|
2026-10-05|2026-10-05T09:30:00+09:00|
2026-10-05|2026-10-05T14:30:00+09:00|
|09:30|
2026-10-05|夕方|
2026-10-05|2026-10-05T09:30:00+09:00|9:30-9:45
2026-10-05|25:00|25:00" ]
}

@test "--visit-date is for rows that name no day; a day that is none is an error" {
	list 2026/10/5,1,,,06130488,1,2,,S55.1.2, ,1,,,06130488,1,2,,S55.1.2, \
		2026/10/32,1,,,06130488,1,2,,S55.1.2, >list.csv
	run --separate-stderr oq-from-csv --visit-date 2026-11-01 list.csv
	[ "$status" -eq 3 ]
	[ "$(got '.visit_date')" = $'2026-10-05\n2026-11-01\n2026-11-01' ]
	[ "$(got '.error.code // empty')" = visit-date-malformed ]
	[ "$(got 'select(.error).row["予約日"]')" = 2026/10/32 ]
	run oq-from-csv --visit-date 2026/11/1 list.csv
	[ "$status" -eq 2 ]
}

@test "a leading zero that a spreadsheet ate is put back, flagged, and the cell kept" {
	for pair in 6130488:06130488 １１００７:011007; do
		from one "${pair%:*}" 1 2 00 S55.1.2
		[ "$(got '.insured.insurer_number')" = "${pair#*:}" ]
		[ "$(got '.insured.flags[]')" = leading-zero-restored ]
		[ "$(got '.row["保険者番号"]')" = "${pair%:*}" ]
	done
	from one 06130488 1 2 7 S55.1.2
	[ "$(got '.insured | [.branch, .flags[0]] | join(" ")')" = "07 branch-zero-restored" ]
	[ "$(got '.row["枝番"]')" = 7 ]
	from one 6130488 1 2 0 S55.1.2
	[ "$(got '.insured.flags | join(" ")')" = "leading-zero-restored branch-zero-restored" ]
}

@test "layout in an insurer number is no matter; symbol, number and branch stay as given" {
	for form in 06130488 ０６１３０４８８ '0613 0488' 06-13-048-8 ' 06130488 ' '　06130488' \
		'"=""06130488"""' '="06130488"'; do
		from one "$form" ' １２－３Ａ' 'ｱ４５ ' ０１ S55.1.2
		[ "$status" -eq 0 ]
		[ "$(got '.insured | [.insurer_number, .symbol, .number, .branch] | join(",")')" = \
			"06130488,１２－３Ａ,ｱ４５,０１" ]
		[ "$(got '.insured.flags')" = null ]
	done
}

@test "an insurer number that cannot be right is an error that points at the cell" {
	for pair in 06130489:insurer-number-check-digit 6130489:insurer-number-length \
		061304881:insurer-number-length 0613O488:insurer-number-length 1:insurer-number-length \
		6.13E+06:spreadsheet-number ６．１３Ｅ＋０６:spreadsheet-number 6E+6:spreadsheet-number; do
		from one "${pair%:*}" 1 2 00 S55.1.2
		[ "$status" -eq 3 ]
		[ "$(got .error.code)" = "${pair#*:}" ]
		[ "$(got .error.pointer)" = /row/保険者番号 ]
		[ "$(got '.row["保険者番号"]')" = "${pair%:*}" ]
		[ "$(got .insured)" = null ]
	done
	from one 06130488 1 1.23E+10 00 S55.1.2
	[ "$(got '[.error.code, .error.pointer] | join(" ")')" = "spreadsheet-number /row/番号" ]
	from one 06130488 1 '' 00 S55.1.2
	[ "$(got .error.code)" = number-missing ]
	from one 06130488 1 2 123 S55.1.2
	[ "$(got .error.code)" = branch-malformed ]
}

@test "private pay, accidents and first visits are not asked, whatever else is in the row" {
	from list ,1,,自費,,,,,, ,2,,自費（健診）,06130488,1,2,,S55.1.2, ,3,,労災保険,x,,,,x, \
		,4,,'自賠責 ',,,,,, ,5,,,,,,,S55.1.2, ,6,,公務災害,,,,,,
	[ "$status" -eq 0 ]
	[ "$(got '[.eligibility.status, .eligibility.reason] | join(" ")')" = \
		"not-asked private-pay
not-asked private-pay
not-asked work-accident
not-asked motor-accident
not-asked first-visit
not-asked work-accident" ]
	[ "$(got 'select(.seq == 2) | .row["保険者番号"], .row["保険種別"]')" = \
		$'06130488\n自費（健診）' ]
	[ "$stderr" = "oq-from-csv: read 6, yes 0, no 0, unknown 0, not-asked 6" ]
}

@test "a number without an insurer number is no first visit but an error" {
	from one '' 1 2 00 S55.1.2
	[ "$status" -eq 3 ]
	[ "$(got .error.code)" = insurer-number-missing ]
}

@test "symbol and number in one column are split where that is safe" {
	joined() {
		echo '保険者番号,記号・番号,生年月日'
		printf '%s,S15.9.9\n' "$@"
	}
	from joined 06130488,１２－３・４５６ '06130488,札幌　12・345' 06130488,12/345 '06130488,12 345' \
		'06130488,札幌　12　345' 06130488,12-345 06130488,12345 39479993,12345678 06130488,・345 \
		06130488,1・2・3
	[ "$(got '[.insured.symbol, .insured.number, .error.code] | map(. // "-") | join(" ")')" = \
		"１２－３ ４５６ -
札幌　12 345 -
12 345 -
12 345 -
- - symbol-number-joined
- - symbol-number-joined
- - symbol-number-joined
- 12345678 -
- - symbol-number-joined
- - symbol-number-joined" ]
	[ "$(got 'select(.seq == 6).row["記号・番号"]')" = 12-345 ]
	[ "$(got 'select(.seq == 1).row | length')" -eq 0 ]
}

@test "a column that is called 番号 is not the insured number beside a better one" {
	rows() {
		echo '番号,患者ID,保険者番号,被保険者証記号,被保険者証番号,生年月日'
		echo '1,77,06130488,12,345,S55.1.2'
		echo '2,78,06130488,12,,S55.1.2'
	}
	from rows
	[ "$(got 'select(.seq == 1) | [.insured.number, .row["番号"]] | join(" ")')" = "345 1" ]
	[ "$(got 'select(.seq == 2).error.code')" = number-missing ]
	pairs() {
		echo '番号,保険者番号,記号番号,生年月日'
		echo '1,06130488,12・345,S55.1.2'
	}
	from pairs
	[ "$(got '[.insured.symbol, .insured.number, .row["番号"]] | join(" ")')" = "12 345 1" ]
}

@test "a bad byte costs its row, and says where it stands" {
	list 2026/10/5,1,前の人,保険,06130488,1,2,00,S55.1.2, \
		2026/10/5,2,@,保険,06130488,1,2,00,S55.1.2,電話 \
		2026/10/5,3,次の人,保険,06130488,1,2,00,S55.1.2, >text.csv
	iconv -f UTF-8 -t CP932 text.csv | LC_ALL=C sed $'s/@/\xff/' >list.csv
	run --separate-stderr oq-from-csv list.csv
	[ "$status" -eq 3 ]
	[ "$(got '.error.code // .row["氏名"]')" = $'前の人\nbytes-not-encoding\n次の人' ]
	at=$(LC_ALL=C grep -abo $'\xff' list.csv | cut -d: -f1)
	[ "$(got '.error.detail // empty')" = "line 3, 氏名: byte $at of the file is not cp932" ]
	[ "$(got 'select(.error).row["氏名"]')" = $'\xef\xbf\xbd' ]
	[ "$(got 'select(.error).row["備考"]')" = 電話 ]
	[ "$(got 'select(.error).insured')" = null ]
	sed $'s/@/\xe3\x81/' text.csv >list.csv
	run --separate-stderr oq-from-csv list.csv
	[ "$(got '.error.detail // empty')" = "line 3, 氏名: byte $(LC_ALL=C grep -abo $'\xe3\x81,' \
		list.csv | cut -d: -f1) of the file is not utf-8" ]
}

@test "a file of bad bytes only ends, and soon" {
	{ list && head -c 400000 /dev/zero | tr '\0' '\255' && echo ,,,,,,,,, && list x; } >list.csv
	run --separate-stderr timeout 20 oq-from-csv list.csv
	[ "$status" -eq 3 ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "the encoding is decided by the first row that is not ASCII, and --encoding overrides" {
	ascii() {
		echo 'visit_date,insurer_number,symbol,number,birth_date,memo'
		echo '2026-10-05,06130488,1,2,1980-01-02,plain'
		printf '2026-10-05,06130488,\x8b\x4c,2,1980-01-02,\x83\x5c\x81\x41\n'
	}
	from ascii
	[ "$status" -eq 0 ]
	[ "$(got 'select(.seq == 2) | .insured.symbol, .row.memo')" = $'記\nソ、' ]
	run --separate-stderr oq-from-csv --encoding utf-8 list.csv
	[ "$status" -eq 3 ]
	at=$(LC_ALL=C grep -abo $'\x8b' list.csv | cut -d: -f1)
	[ "$(got '.error.detail // empty')" = "line 3, symbol: byte $at of the file is not utf-8" ]
	run --separate-stderr oq-from-csv --encoding Shift_JIS list.csv
	[ "$status" -eq 0 ]
	run --separate-stderr oq-from-csv --encoding latin1 list.csv
	[ "$status" -eq 2 ]
	[ -z "$output" ]
}

@test "what is no CSV is named, and what to do" {
	one 06130488 1 2 00 S55.1.2 >list.csv
	iconv -t UTF-16 list.csv >utf16.csv
	iconv -t UTF-16BE list.csv >utf16be.csv
	printf 'PK\x03\x04rest' >book.xlsx
	printf '\xd0\xcf\x11\xe0rest' >book.xls
	: >empty.csv
	printf '\n\r\n  \n' >blank.csv
	for f in utf16.csv:UTF-16 utf16be.csv:UTF-16 book.xlsx:workbook book.xls:workbook \
		empty.csv:empty blank.csv:empty; do
		run --separate-stderr oq-from-csv "${f%:*}"
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[[ ${stderr_lines[0]} == "oq-from-csv: The file is not CSV text: "*"${f#*:}"* ]]
		[[ ${stderr_lines[1]} == *"Save the list as CSV"* ]]
	done
}

@test "a missing column stops before the first line and shows the headers" {
	printf '患者番号,氏名,保険者番号,記号,生年月日\n1,架空,06130488,1,S55.1.2\n' >list.csv
	run --separate-stderr oq-from-csv list.csv
	[ "$status" -eq 2 ]
	[ -z "$output" ]
	[ "${stderr_lines[0]}" = "oq-from-csv: A needed column is missing: insured.number" ]
	[[ ${stderr_lines[1]} == *--print-mapping* ]]
	[ "${stderr_lines[2]}" = "oq-from-csv: the file has: 患者番号, 氏名, 保険者番号, 記号, 生年月日" ]
}

@test "a list without a header does not put its first patient on stderr" {
	printf '2026/10/5,101,架空　一郎,06130488\n2026/10/5,102,見本　花子,06130488\n' >list.csv
	run --separate-stderr oq-from-csv list.csv
	[ "$status" -eq 2 ]
	[[ $stderr == *"looks like a patient's"* ]]
	[[ $stderr != *架空* && $stderr != *06130488* ]]
}

@test "stderr holds nothing of any row" {
	oq-from-csv "$data/booking-cp932.csv" 2>said >/dev/null || [ $? -eq 3 ]
	oq-from-csv "$data/reservation-utf8.csv" 2>>said >/dev/null || [ $? -eq 3 ]
	list '"' 'x"y",1' $'\xff,,,,,,,,,' 秘密,秘密,秘密,秘密,秘密,秘密,秘密,秘密,秘密,秘密 >list.csv
	oq-from-csv list.csv 2>>said >/dev/null || [ $? -eq 3 ]
	assert_file_not_empty said
	run grep -vE '^oq-from-csv: (read [0-9]+, yes|blank rows passed over: [0-9]+$)' said
	assert_output ''
}

@test "quoted cells hold commas, quotes and lines; the last line feed may be missing" {
	printf '保険者番号,記号,番号,生年月日,備考\r\n06130488,"1",2,S55.1.2,"a,""b""\nc"\r\n%s' \
		'06130488,1,2,"S55.1.2","end"' >list.csv
	run --separate-stderr oq-from-csv list.csv
	[ "$status" -eq 0 ]
	[ "$(got '.row["備考"] | tojson')" = $'"a,\\"b\\"\\nc"\n"end"' ]
	tr '\n' '\r' <list.csv >mac.csv
	run --separate-stderr oq-from-csv mac.csv
	[ "${#lines[@]}" -eq 2 ]
}

@test "a quote that is never closed costs its own row only" {
	from list 2026/10/5,1,架空,保険,06130488,1,2,00,S55.1.2, \
		'2026/10/5,2,"開いた,保険,06130488,1,2,00,S55.1.2,' \
		2026/10/5,3,次の人,保険,06130488,1,2,00,S55.1.2, \
		'2026/10/5,4,次の次,保険,06130488,1,2,00,S55.1.2,"よい"' \
		'2026/10/5,5,"また開いた,保険,06130488,1,2,00,S55.1.2,' \
		2026/10/5,6,最後,保険,06130488,1,2,00,S55.1.2,
	[ "$status" -eq 3 ]
	[ "$(got '[.seq, .error.code // .row["氏名"]] | join(" ")')" = "1 架空
2 csv-malformed
3 次の人
4 次の次
5 csv-malformed
6 最後" ]
	[ "$(got 'select(.seq == 2) | .raw')" = '2026/10/5,2,"開いた,保険,06130488,1,2,00,S55.1.2,' ]
	[ "$(got 'select(.seq == 2) | .error.detail')" = \
		"line 3: a quote is not closed, or stands inside a cell" ]
}

@test "two stray quotes that find each other do not swallow the rows between" {
	from list '2026/10/5,1,"開,保険,06130488,1,2,00,S55.1.2,' \
		2026/10/5,2,間の人,保険,06130488,1,2,00,S55.1.2, '2026/10/5,3,閉,保険,06130488,1,2,00,S55.1.2"' \
		2026/10/5,4,次の人,保険,06130488,1,2,00,S55.1.2,
	[ "$(got '.error.code // .row["氏名"]')" = $'csv-malformed\n間の人\ncsv-malformed\n次の人' ]
}

@test "too few and too many cells are errors of one row; blank rows are none" {
	from list 2026/10/5,1 ,,,,,,,,, '' , '  ' ,,,,,,,,,,,, 1,2,3,4,5,6,7,8,9,10,11
	[ "$status" -eq 3 ]
	[ "$(got '[.seq, .raw, .raw_bytes, .error.code, .error.detail] | join("|")')" = \
		"1|2026/10/5,1|11|cells-count|line 2: 2 cells, the header has 10
2|1,2,3,4,5,6,7,8,9,10,11|23|cells-count|line 8: 11 cells, the header has 10" ]
	[ "${stderr_lines[0]}" = "oq-from-csv: blank rows passed over: 3" ]
}

@test "a header alone is a list of nobody" {
	from list
	list | head -c -1 >bare.csv
	for f in list.csv bare.csv; do
		run --separate-stderr oq-from-csv $f
		[ "$status" -eq 0 ]
		[ -z "$output" ]
		[ "$stderr" = "oq-from-csv: read 0, yes 0, no 0, unknown 0" ]
	done
}

@test "headers that stand twice, are blank, or are names of ours stay apart" {
	rows() {
		echo '電話番号,phone,備考,備考,,保険者番号,記号,番号,生年月日,備考 (2)'
		echo 'a,b,c,d,e,06130488,1,2,S55.1.2,f'
	}
	from rows
	[ "$(got .row)" = '{"phone":"a","phone (2)":"b","備考":"c","備考 (2)":"d","column 5":"e","備考 (2) (2)":"f"}' ]
}

@test "headers are compared after width folding and without blanks" {
	rows() {
		echo '"保険者　番号",ｷｺﾞｳ,記　号,"番
号",生年月日　（西暦）,ＴＥＬ,患者ｉｄ'
		echo '06130488,x,1,2,1980/1/2,000,7'
	}
	from rows
	[ "$status" -eq 0 ]
	[ "$(got '[.insured.symbol, .insured.number, .row.phone, .row.patient_number] | join(" ")')" = \
		"1 2 000 7" ]
}

@test "the mapping that is printed is the one in force, and can be given back" {
	oq-from-csv --print-mapping >mine.csv
	cmp mine.csv "$OQ_TREE/lib/csv/booking.csv"
	run --separate-stderr oq-from-csv --mapping mine.csv "$data/booking-cp932.csv"
	[ "$output" = "$(cat "$data/booking-cp932.jsonl")" ]
	iconv -f UTF-8 -t CP932 mine.csv >sjis.csv
	oq-from-csv --mapping sjis.csv --print-mapping >again.csv
	cmp mine.csv again.csv
	status=0
	oq-from-csv --print-mapping >/dev/full 2>said || status=$?
	[ "$status" -eq 7 ]
}

@test "a mapping of one's own: several headers for a member, several members from a header" {
	cat >mine.csv <<-'CSV'
		header,member,form
		保険,insured.insurer_number,digits6-8
		記,insured.symbol,text
		番,insured.number,text
		生,insured.birth_date,date
		区,eligibility.reason,skip-if:じひ=private-pay ジコ*=motor-accident
		同,insured.limit_certificate_consent,yes-if:はい
		携,row.phone,text
		宅,row.phone,text
		いつ,visit_date,date
		いつ,row.booked_at,time
		いつ,row.day,date
		鍵,id,text
	CSV
	cat >list.csv <<-'CSV'
		保険,記,番,生,区,同,携,宅,いつ,鍵
		06130488,1,2,S55.1.2,社保,はい,m,h,2026/10/5 9:30,k1
		06130488,1,2,S55.1.2,ﾌｯｳ,いいえ,,h,2026/10/5 9:30,k2
		06130488,1,2,S55.1.2,じひ,,,,2026/10/5,
		06130488,1,2,S55.1.2,ｼﾞｺあり,,,,2026/10/5,
	CSV
	run --separate-stderr oq-from-csv --mapping mine.csv list.csv
	[ "$status" -eq 0 ]
	[ "$(got '[.visit_date, .id, .insured.limit_certificate_consent, .eligibility.reason, .row] | tojson')" = \
		'["2026-10-05","k1",true,null,{"phone":"m","booked_at":"2026-10-05T09:30:00+09:00","day":"2026-10-05","区":"社保","同":"はい","宅":"h"}]
["2026-10-05","k2",null,null,{"phone":"h","booked_at":"2026-10-05T09:30:00+09:00","day":"2026-10-05","区":"ﾌｯｳ","同":"いいえ"}]
["2026-10-05",null,null,"private-pay",{"day":"2026-10-05","保険":"06130488","記":"1","番":"2","生":"S55.1.2","区":"じひ"}]
["2026-10-05",null,null,"motor-accident",{"day":"2026-10-05","保険":"06130488","記":"1","番":"2","生":"S55.1.2","区":"ｼﾞｺあり"}]' ]
}

@test "a column of reference numbers becomes a member; a row without one has none" {
	cat >list.csv <<-'CSV'
		保険者番号,記号,番号,生年月日,照会番号,患者番号
		06130488,1,2,S55.1.2,P-1,7
		06130488,1,3,S55.1.2,,8
		06130488,1,4,S55.1.2,6.13E+08,9
	CSV
	run --separate-stderr oq-from-csv list.csv
	[ "$status" -eq 0 ]
	# What a spreadsheet has spoilt does not keep anybody from being verified.
	[ "$(got '[.insured.reference_number, .insured.number, .row] | tojson')" = \
		'["P-1","2",{"patient_number":"7"}]
[null,"3",{"patient_number":"8"}]
[null,"4",{"patient_number":"9","照会番号":"6.13E+08"}]' ]
	# The house's own number, if it wants that.
	oq-from-csv --print-mapping | sed 's/^\(患者番号\),row.patient_number,/\1,insured.reference_number,/' >mine.csv
	run --separate-stderr oq-from-csv --mapping mine.csv list.csv
	[ "$(got '[.insured.reference_number, .row] | tojson' | head -n 1)" = '["P-1",{"患者番号":"7"}]' ]
	cut -d , -f 1-4,6 list.csv >less.csv
	run --separate-stderr oq-from-csv --mapping mine.csv less.csv
	[ "$(got '.insured.reference_number' | xargs)" = "7 8 9" ]
}

@test "a mapping without a symbol asks the late-stage elderly; one without the number nobody" {
	printf 'header,member,form\na,insured.insurer_number,digits6-8\nb,insured.number,text\n%s\n' \
		c,insured.birth_date,date >mine.csv
	printf 'a,b,c\n39479993,12345678,S15.9.9\n' >list.csv
	run --separate-stderr oq-from-csv --mapping mine.csv list.csv
	[ "$status" -eq 0 ]
	grep -v number,text mine.csv >less.csv
	run --separate-stderr oq-from-csv --mapping less.csv list.csv
	[ "$status" -eq 2 ]
}

@test "a mapping that is wrong is refused before the list is opened, with row and reason" {
	head=header,member,form
	while IFS='|' read -r text reason; do
		printf '%b' "$text" >mine.csv
		run --separate-stderr oq-from-csv --mapping mine.csv nowhere.csv
		[ "$status" -eq 2 ]
		[ -z "$output" ]
		[[ ${stderr_lines[0]} == "oq-from-csv: The mapping is malformed: mine.csv: $reason"* ]] ||
			fail "$text: ${stderr_lines[0]}"
	done <<-EOF
		a,b,c\n|row 1: it begins with header,member,form
		$head\nx,id\n|row 2: 2 cells, not 3
		$head\nx,id,text\n,id,text\n|row 3: the header is blank
		$head\nx,nobody,text\n|row 2: no member nobody is made from a column
		$head\nx,row.,text\n|row 2: no member row. is made from a column
		$head\nx,id,words\n|row 2: words is no form
		$head\nx,id,date\n|row 2: id is not read as date
		$head\nx,eligibility.reason,skip-if:\n|row 2: skip-if: has no values
		$head\nx,eligibility.reason,skip-if:a=b\n|row 2: a=b: write VALUE=REASON
		$head\nx,eligibility.reason,skip-if:a=private-pay *=private-pay\n|row 2: a value is blank
		$head\nx,insured.limit_certificate_consent,yes-if:*\n|row 2: a value is blank
		$head\n"x,id,text\n|not a whole CSV
		|not a whole CSV
		\xff\xfe\x00|neither UTF-8 nor CP932
	EOF
	run oq-from-csv --mapping nowhere.csv
	[ "$status" -eq 7 ]
}

@test "-o writes a file of mode 0600, whole or not at all" {
	umask 022
	run --separate-stderr oq-from-csv -o out.jsonl "$data/booking-cp932.csv"
	[ "$status" -eq 3 ]
	[ -z "$output" ]
	cmp out.jsonl "$data/booking-cp932.jsonl"
	[ "$(stat -c %a out.jsonl)" = 600 ]
	for list in nowhere.csv /; do
		run oq-from-csv -o out.jsonl $list
		[ "$status" -eq 7 ]
	done
	: >empty.csv
	run oq-from-csv -o out.jsonl empty.csv
	[ "$status" -eq 2 ]
	cmp out.jsonl "$data/booking-cp932.jsonl"
	run oq-from-csv -o nowhere/out.jsonl "$data/booking-cp932.csv"
	[ "$status" -eq 7 ]
	run oq-from-csv -o /dev/full "$data/booking-cp932.csv"
	[ "$status" -eq 7 ]
	run compgen -G 'out.jsonl.*'
	assert_failure
}

@test "-o leaves nothing behind when a signal comes" {
	echo old >out.jsonl
	mkfifo list.csv
	oq-from-csv -o out.jsonl list.csv 2>said &
	pid=$!
	exec 7>list.csv
	one 06130488 1 2 00 S55.1.2 >&7
	wait_for 10 compgen -G 'out.jsonl.*'
	sleep 0.2
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	exec 7>&-
	[ "$status" -eq 7 ]
	[ "$(cat out.jsonl)" = old ]
	run compgen -G 'out.jsonl.*'
	assert_failure
}

@test "a record leaves when its row has come, not when the list ends" {
	mkfifo list.csv out.jsonl
	oq-from-csv list.csv >out.jsonl 2>/dev/null &
	pid=$!
	exec 8<out.jsonl 7>list.csv
	one 06130488 1 2 00 S55.1.2 >&7
	read -r -t 10 line <&8
	[ "$(jq .seq <<<"$line")" -eq 1 ]
	echo '2026/10/5,2,見本,保険,06130488,1,2,00,S55.1.2,' >&7
	read -r -t 10 line <&8
	[ "$(jq .seq <<<"$line")" -eq 2 ]
	exec 7>&-
	wait "$pid"
	exec 8<&-
}

@test "an output that does not take everything is exit status 7" {
	big() {
		list && yes '2026/10/5,1,架空,保険,06130488,1,2,00,S55.1.2,' | head -n 20000
	}
	big >list.csv
	status=0
	oq-from-csv list.csv >/dev/full 2>said || status=$?
	[ "$status" -eq 7 ]
	grep -q "The output is not whole" said
	status=0
	{ oq-from-csv list.csv 2>said || echo $? >status; } | head -n 1 >/dev/null
	[ "$(cat status)" -eq 7 ]
}

@test "a line over the ceiling costs one row, at any size" {
	{
		one 06130488 1 2 00 S55.1.2
		head -c 20971520 /dev/zero | tr '\0' x
		printf '\r\n2026/10/5,2,見本,保険,06130488,1,2,00,S55.1.2,\n'
	} >list.csv
	run --separate-stderr oq-from-csv list.csv
	[ "$status" -eq 3 ]
	[ "$(got '[.seq, .error.code, .raw_bytes, (.raw // "" | length)] | join(" ")')" = "1   0
2 line-too-long 20971520 1024
3   0" ]
	# An open quote is given up at the ceiling; the rows behind it are read.
	{
		one 06130488 1 2 00 S55.1.2
		echo '2026/10/5,2,"開,保険,06130488,1,2,00,S55.1.2,'
		yes '2026/10/5,3,見本,保険,06130488,1,2,00,S55.1.2,' | head -n 100
	} >list.csv
	run --separate-stderr oq-from-csv --max-line 1024 list.csv
	[ "${#lines[@]}" -eq 102 ]
	[ "$(got .error.code | grep -c null)" -eq 101 ]
}

@test "a record that would be over the ceiling leaves as an error" {
	cells=$(printf 'ｱ%.0s' {1..600})
	list "2026/10/5,1,$cells,保険,06130488,1,2,00,S55.1.2," | iconv -f UTF-8 -t CP932 >list.csv
	run --separate-stderr oq-from-csv --max-line 1024 list.csv
	[ "$status" -eq 3 ]
	[ "$(got '[.seq, .error.code, .raw_bytes] | join(" ")')" = \
		"1 line-too-long $(tail -n 1 list.csv | tr -d '\n' | wc -c)" ]
}

@test "--summary counts, and is not there for a run that did not begin" {
	run oq-from-csv --summary count.json "$data/booking-cp932.csv"
	[ "$(jq -c '[.read, .yes, .no, .unknown, .not_asked, .status]' count.json)" = "[9,3,0,2,4,3]" ]
	: >empty.csv
	run oq-from-csv --summary none.json empty.csv
	[ "$status" -eq 2 ]
	assert_file_not_exist none.json
}

@test "wrong use is exit status 2 and writes nothing" {
	for args in "a.csv b.csv" "--visit-date yesterday" "--max-line 1" "--nonsense" "--fail-on no"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr oq-from-csv $args </dev/null
		[ "$status" -eq 2 ]
		[ -z "$output" ]
	done
}

@test "as many records as rows, in their order, and memory stays flat" {
	rows() {
		list && seq "$1" | awk '{ printf "2026/10/5,%d,架空　%d,保険,06130488,1-%d,%d,01,S%d.1.2,\"a,\n%d\"\n",
			$1, $1, $1, $1, 10 + $1 % 50, $1 }'
	}
	rows 2000 >small.csv
	rows 200000 >big.csv
	for f in small big; do
		env ASAN_OPTIONS="$ASAN_OPTIONS:quarantine_size_mb=1" \
			time -f %M -o $f.peak oq-from-csv $f.csv >$f.jsonl 2>/dev/null
	done
	[ $(($(cat big.peak) - $(cat small.peak))) -lt 4096 ]
	[ "$(wc -l <big.jsonl)" -eq 200000 ]
	jq -r '[.seq, .row.patient_number] | join(" ")' big.jsonl | awk '$1 != NR || $2 != NR { exit 1 }'
}

@test "records go on to jq unchanged: nothing in a row can break its line" {
	awk 'BEGIN { printf "保険者番号,記号,番号,生年月日,備考\n"
		for (i = 1; i < 128; i++) if (i != 34) printf "06130488,1,2,S55.1.2,\"<%c>\"\n", i }' >list.csv
	run --separate-stderr oq-from-csv list.csv
	[ "${#lines[@]}" -eq 126 ]
	[ "$(got '.row["備考"] | length' | sort -u)" -eq 3 ]
}
