# oq-subsidy-report with two tables: facilities and the lines of their receipts. All are made up.

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || exit 1
}

assess() {
	run --separate-stderr oq-subsidy-report --today 2026-11-27 "$@"
}

tables() {
	assess --facilities facilities.csv --items items.csv
}

got() {
	jq -cr "$1" <<<"$output"
}

# japanese: two facilities and their receipts, as a spreadsheet leaves them.
japanese() {
	cat >facilities.csv <<-'END'
		医療機関コード,医療機関名,施設区分,カードリーダー申込日,事業者との契約日,運用開始日,事業完了日,交付申請日,猶予類型,猶予届受理,備考
		1310000011,架空クリニック,医科診療所,令和4年7月1日,R4.10.1,2023/2/15,2023/3/1,2023/6/1,,,急ぎ
		110000016,架空歯科,歯科診療所,2022/7/1,2022/10/1,2023/2/15,2023/9/30,2023/12/31,１,はい,
	END
	cat >items.csv <<-'END'
		医療機関コード,供給者名,書類,領収書番号,領収書発行日,支払日,領収書総額,区分,内訳,税込金額,税抜金額,税率,補助対象
		1310000011,架空システム,領収書,1,2023/3/10,2023/3/10,"¥121,000",資格確認端末の購入・設定 (電子証明書を含む),資格確認端末 1台,"110,000",,,
		1310000011,架空システム,領収書,1,,,,値引,値引,"▲11,000円",,,
		1310000011,架空通信,領収書,2,2023/3/10,2023/3/10,33000,MONTHLY-LINE,月額,33000,,,
		1310000011,架空システム,領収書,1,,,,LEASE,リース,,２０，０００,10%,いいえ
		110000016,架空システム,領収書,1,2023/3/10,2023/3/10,66000,SOFT,ソフト,66000,,,
	END
}

@test "tables with Japanese headers, words, dates and numbers" {
	japanese
	tables
	[ "$status" -eq 0 ]
	[ "$(got '[.facility_code, .facility_name, .facility_class, .subsidy.eligible_cost_yen, .subsidy.subsidy_yen] | join(" ")')" = \
'1310000011 架空クリニック clinic_medical 100833 100000
0110000016 架空歯科 clinic_dental 66000 66000' ]
}

@test "tables in CP932 are the same as in UTF-8, with a mark at the beginning or not" {
	japanese
	tables
	local utf8=$output
	for table in facilities items; do
		iconv -f UTF-8 -t CP932 $table.csv >$table.sjis
		printf '\xef\xbb\xbf' | cat - $table.csv >$table.bom
	done
	assess --facilities facilities.sjis --items items.sjis
	[ "$output" = "$utf8" ]
	assess --facilities facilities.bom --items items.sjis
	[ "$output" = "$utf8" ]
}

@test "a country in two tables is what it is as projects, in any order and from a pipe" {
	"$OQ_TREE/tests/subsidy-country" 300 .
	oq-subsidy-report --today 2026-11-27 projects.jsonl >nested 2>nested.said
	oq-subsidy-report --today 2026-11-27 --facilities facilities.jsonl --items items.jsonl >flat 2>flat.said
	cmp nested flat
	cmp nested.said flat.said
	[ "$(wc -l <flat)" -eq 300 ]
	oq-subsidy-report --today 2026-11-27 --facilities <(cat facilities.jsonl) --items <(cat items.jsonl) >piped
	cmp nested piped
	# The lines of a facility keep their order; facilities are mixed.
	awk '{ print substr($0, 19, 10) % 7 "\t" NR "\t" $0 }' items.jsonl | sort -k1,1n -k2,2n | cut -f3 >mixed.jsonl
	run ! cmp -s items.jsonl mixed.jsonl
	oq-subsidy-report --today 2026-11-27 --facilities facilities.jsonl --items mixed.jsonl >mixed
	cmp nested mixed
	tac facilities.jsonl >back.jsonl
	oq-subsidy-report --today 2026-11-27 --facilities back.jsonl --items items.jsonl | jq -cS 'del(.seq)' | sort >back
	jq -cS 'del(.seq)' nested | sort | cmp - back
}

@test "English headers, and what a table does not need, are taken too" {
	cat >facilities.csv <<-'END'
		facility_code,facility_class,reader_applied_on,grace_notice_type,grace_notice_accepted,application_on
		1310000011,clinic_medical,2022-07-01,1,true,2023-12-31
	END
	cat >items.csv <<-'END'
		facility_code,supplier_name,document,receipt_total_yen,category,label,amount_incl_tax_yen
		1310000011,A,receipt,1000,SOFT,x,1000
	END
	tables
	[ "$status" -eq 0 ]
	[ "$(got '.subsidy.deadlines[-1] | "\(.row) \(.given)"')" = "DL-APPLY-G1456 2023-12-31" ]
}

@test "rows without facility, facilities without rows, and rows that contradict each other" {
	japanese
	cat >>items.csv <<-'END'
		1410000010,架空システム,領収書,1,2023/3/10,2023/3/10,66000,SOFT,ソフト,66000,,,
		1410000010,架空システム,領収書,1,2023/3/10,2023/3/10,66000,SOFT,ソフト,66000,,,
		0110000016,架空システム,領収書,1,2023/3/10,2023/3/10,77000,SOFT,ソフト,66000,,,
	END
	echo '1340000015,架空薬局,薬局,2022/7/1,2022/10/1,2023/2/15,2023/3/1,2023/6/1,,,' >>facilities.csv
	tables
	[ "$status" -eq 3 ]
	[ "$(got '"\(.facility_code) \(.error.code // (.subsidy.refusals | join(" ")))"')" = \
'1310000011 
0110000016 supplier-contradicted
1340000015 NO_ELIGIBLE_LINE
1410000010 items-without-facility' ]
	[ "$(got 'select(.error).error | "\(.pointer) \(.detail)"')" = \
'/receipt_total_yen row 8 of the items
null 2 rows, the first is row 6' ]
	[ "$stderr" = "oq-subsidy-report: read 4, yes 1, no 1, unknown 2" ]
}

@test "a cell that is none of its column, and a row that cannot be taken apart" {
	japanese
	sed -i '2s/110,000/十一万/' items.csv
	echo '1310000011,too,few' >>items.csv
	tables
	[ "$status" -eq 3 ]
	[ "$(got 'select(.error) | "\(.facility_code) \(.error.code) \(.error.detail)"' | sort)" = \
'1310000011 sheet-row-unread items.csv: row 1: 税込金額
null cells-count line 7: 3 cells, the header has 13' ]
}

@test "a table without its columns, an Excel workbook, one table alone: nothing is read" {
	japanese
	sed -i 1s/区分,内訳/項目,内訳/ items.csv
	tables
	[ "$status" -eq 2 ]
	[[ $stderr == *"items.csv: 区分 (category)"* ]]
	[ -z "$output" ]
	printf 'PK\003\004' >items.csv
	tables
	[ "$status" -eq 2 ]
	assess --facilities facilities.csv
	[ "$status" -eq 2 ]
	assess --facilities facilities.csv --items items.csv more
	[ "$status" -eq 2 ]
	assess --facilities facilities.csv --items none.csv
	[ "$status" -eq 7 ]
}

@test "the templates: Japanese headers, one example that is assessed, drop-downs; nothing is written over" {
	mkdir forms
	run --separate-stderr oq-subsidy-report --template forms
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
	[ "$(find forms | sort | tr '\n' ' ')" = "forms forms/facilities.csv forms/items.csv forms/subsidy.xlsx " ]
	for table in facilities items; do
		[ "$(head -c 3 forms/$table.csv | xxd -p)" = efbbbf ]
		[ "$(wc -l <forms/$table.csv)" -eq 2 ]
	done
	assess --facilities forms/facilities.csv --items forms/items.csv
	[ "$status" -eq 0 ]
	[ "$(got '.subsidy | "\(.subsidy_yen) \(.warnings)"')" = '330000 []' ]
	run python3 - forms/subsidy.xlsx <<-'END'
		import re, sys, zipfile
		z = zipfile.ZipFile(sys.argv[1])
		assert z.testzip() is None
		texts = re.findall(r'<t[^>]*>([^<]*)</t>', z.read('xl/sharedStrings.xml').decode())
		cell = re.compile(r'<c r="([A-Z]+)(\d+)"[^>]*?(?: t="(s)")?><v>([^<]*)</v>')
		for n, table in ((1, 'facilities'), (2, 'items')):
		    xml = z.read(f'xl/worksheets/sheet{n}.xml').decode()
		    rows = {}
		    for _, row, shared, value in cell.findall(xml):
		        rows.setdefault(row, []).append(texts[int(value)] if shared else value)
		    lines = open(f'forms/{table}.csv', encoding='utf-8-sig').read().splitlines()
		    assert rows['1'] == lines[0].split(','), rows['1']
		    assert rows['2'] == [c for c in lines[1].split(',') if c], rows['2']
		    print(table, len(re.findall(r'<dataValidation ', xml)))
	END
	[ "$output" = $'facilities 5\nitems 5' ]
	run --separate-stderr oq-subsidy-report --template forms
	[ "$status" -eq 2 ]
	rm forms/subsidy.xlsx forms/items.csv
	run --separate-stderr oq-subsidy-report --template forms
	[ "$status" -eq 2 ]
	[ "$(find forms | wc -l)" -eq 2 ]
	run --separate-stderr oq-subsidy-report --template no/where
	[ "$status" -ne 0 ]
}
