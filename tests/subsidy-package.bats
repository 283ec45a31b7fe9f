# oq-subsidy-report --package and --portal: what is in the archives, checked by tools that are not
# ours.

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load helper
load package

setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	evening
	unpack out/1310000011.zip bags
	unpack out/2710000019.zip bags
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	clinic=bags/1310000011 hospital=bags/2710000019
}

@test "the record names the archives, whose digests they have" {
	jq -r '"\(.package.sha256)  \(.package.file)", "\(.upload.sha256)  \(.upload.file)"' records.jsonl >sums
	[ "$(wc -l <sums)" -eq 4 ]
	sha256sum --strict --quiet -c sums
	run jq -c '[.package.documents, .upload.documents]' records.jsonl
	assert_output "[4,4]
[15,15]"
	[ "$(stat -c %a out/1310000011.zip)" = 600 ]
}

@test "a bag after RFC 8493 that sha256sum checks with nothing of ours" {
	local bag
	for bag in "$clinic" "$hospital"; do
		(cd "$bag" && sha256sum --strict --quiet -c manifest-sha256.txt tagmanifest-sha256.txt sums.sha256)
		printf 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n' | cmp - "$bag/bagit.txt"
		[ "$(cd "$bag" && find data -type f | wc -l)" -eq "$(wc -l <"$bag/manifest-sha256.txt")" ]
		grep -qx "Payload-Oxum: $(find "$bag/data" -type f -printf '%s\n' |
			awk '{ n += $1 } END { print n "." NR }')" "$bag/bag-info.txt"
	done
}

@test "names are day, counterparty, amount; equal ones get _2; originals are byte for byte" {
	run find $clinic/data -type f -printf '%P\n'
	assert_line 'receipt/20230310_架空_システム_東京_429000.PDF'
	assert_line 'contract/20221001_架空_システム_東京_429000'
	assert_line 'breakdown/20230310_架空_システム_東京_429000.pdf'
	assert_line 'report/20230301_社会保険診療報酬支払基金_375375.pdf'
	cmp files/scan/1.PDF "$clinic/data/receipt/20230310_架空_システム_東京_429000.PDF"
	cmp files/contract "$clinic/data/contract/20221001_架空_システム_東京_429000"
	assert_file_exists "$hospital/data/receipt/20230310_架空業者1_166078.PDF"
	assert_file_exists "$hospital/data/receipt/20230310_架空業者1_166078_2.PDF"
	assert_file_exists "$hospital/data/breakdown/20230310_架空業者1_166078_2.pdf"
}

@test "the index is for spreadsheets, and finds each document" {
	local file hash
	[ "$(head -c 3 $clinic/index.csv | xxd -p)" = efbbbf ]
	run head -n 2 $clinic/index.csv
	assert_line --partial 'date,counterparty,amount,kind,file,hash'
	assert_line --partial '"2023-03-10","架空 システム/東京",429000,"receipt","data/receipt/'
	tail -n +2 $hospital/index.csv | tr -d '"' | while IFS=, read -r _ _ _ _ file hash; do
		[ "$(sha256sum <"$hospital/$file")" = "$hash  -" ]
	done
	[ "$(wc -l <$hospital/index.csv)" -eq 16 ]
}

@test "its own check passes, with the signature, whatever the directory" {
	run --separate-stderr sh $clinic/check.sh
	assert_success
	assert_output 'whole: 4 documents, every total comes out'
	[ -z "$stderr" ]
	run sh -c "cd / && sh '$PWD/$hospital/check.sh' '$PWD/facility.pem'"
	assert_success
	run --separate-stderr sh $hospital/check.sh other.pem
	assert_failure 1
	assert_output 'signature.p7s: not a signature of tagmanifest-sha256.txt'
}

@test "the signature is one that openssl knows, of the digests of all" {
	(cd $clinic && openssl cms -verify -binary -inform DER -in signature.p7s \
		-content tagmanifest-sha256.txt -CAfile ../../facility.pem -purpose any -out /dev/null)
	run grep -c . $clinic/tagmanifest-sha256.txt
	assert_output 6
}

@test "the bytes repeat, whatever clock, zone and language" {
	TZ=America/New_York LC_ALL=C OQ_LANG=ja faketime '2030-01-01 00:00:00' \
		oq-subsidy-report --today 2026-11-27 --files files --cert facility.pem --key facility.key \
		--package again --portal again projects.jsonl >again.jsonl
	for archive in out/*.zip up/*.zip; do
		cmp "$archive" "again/${archive#*/}"
	done
}

@test "the record in it is a project, and gives the same amounts" {
	oq-subsidy-report --today 2026-11-27 $clinic/record.json $hospital/record.json >same.jsonl
	diff <(jq -c '.subsidy | del(.explanation)' same.jsonl) <(jq -c '.subsidy | del(.explanation)' records.jsonl)
}

@test "the check reckons every total anew" {
	local change
	cp -r $clinic reckoned
	while read -r change; do
		jq -c "$change" $clinic/record.json >reckoned/record.json
		run sh reckoned/check.sh
		assert_failure 1
		assert_line --partial 'record.json: '
		assert_line --regexp "record.json: (lines|line|the sum|the receipt|what counts|eligible|capped|subsidy|base|the amount)" ||
			fail "$change"
	done <<-'EOF'
		.subsidy.subsidy_yen += 1000
		.subsidy.eligible_cost_yen += 1
		.subsidy.capped_cost_yen -= 1
		.subsidy.base_part_yen -= 1000
		.suppliers[0].items[0].amount_incl_tax_yen += 1
		.suppliers[0].receipt_total_yen += 1
		del(.suppliers[0].items[2])
		.amounts[0].cost_cap_yen = 100000
		.subsidy.explanation |= map(if .step == "counted" then .yen += 1 else . end)
		.subsidy.explanation |= map(if .step == "receipt" then .yen += 1 else . end)
		.documents[0].amount_yen += 1
	EOF
	rm -r reckoned
}

@test "one upload, documents only, flat and numbered, its names flagged as UTF-8" {
	run change up/1310000011_upload.zip - list
	run python3 -c '
import sys, zipfile
for i in zipfile.ZipFile(sys.argv[1]).infolist():
    print(i.filename, bool(i.flag_bits & 0x800), i.date_time[:3])' up/1310000011_upload.zip
	assert_output "01_receipt_架空_システム_東京.PDF True (1980, 1, 1)
02_breakdown_架空_システム_東京.pdf True (1980, 1, 1)
03_report.pdf False (1980, 1, 1)
04_contract_架空_システム_東京 True (1980, 1, 1)"
	pack --portal ascii --ascii-names projects.jsonl >/dev/null
	run python3 -m zipfile -l ascii/1310000011_upload.zip
	assert_line --regexp '^01_receipt_1\.PDF '
	assert_line --regexp '^04_contract_1 '
	[ "$(LC_ALL=C grep -c '[^ -~]' <<<"$output")" -eq 0 ]
	rm -r ascii
}

@test "what cannot be packed is named, and nothing of it is written" {
	head -n 1 projects.jsonl | jq -c '
		(.suppliers[0].receipt_file = "scan/none.pdf"),
		(.suppliers[0].receipt_file = "../projects.jsonl"),
		(.suppliers[0].receipt_file = "/etc/passwd"),
		(.suppliers[0].contract_file = "scan"),
		(.suppliers[0] |= del(.receipt_issued_on, .paid_on)),
		(.suppliers[0] |= del(.name)),
		del(.founder)' >bad.jsonl
	mkfifo files/scan/pipe
	head -n 1 projects.jsonl | jq -c '.suppliers[0].receipt_file = "scan/pipe"' >>bad.jsonl
	ln -s ../facility.key files/link
	head -n 1 projects.jsonl | jq -c '.suppliers[0].receipt_file = "link"' >>bad.jsonl
	jq -c '.facility_code = "13100000\(input_line_number + 10)"' bad.jsonl >each.jsonl
	run --separate-stderr pack --package bad each.jsonl
	rm files/scan/pipe files/link
	[ "$status" -eq 3 ]
	run jq -r '"\(.error.code) \(.error.pointer)"' <<<"$output"
	assert_output "evidence-unreadable /suppliers/0/receipt_file
evidence-unreadable /suppliers/0/receipt_file
evidence-unreadable /suppliers/0/receipt_file
evidence-unreadable /suppliers/0/contract_file
subsidy-fact-missing /suppliers/0/receipt_issued_on
subsidy-fact-missing /suppliers/0/name
form-field-missing /founder
evidence-unreadable /suppliers/0/receipt_file
evidence-unreadable /suppliers/0/receipt_file"
	[ -z "$(ls bad)" ]
}

@test "a facility has one package a run; the second is an error and the first stays" {
	cat projects.jsonl projects.jsonl >twice.jsonl
	run --separate-stderr pack --package twice twice.jsonl
	[ "$status" -eq 3 ]
	[ "$(jq -r '.error.code // "-"' <<<"$output" | tr '\n' ' ')" = "- - package-twice package-twice " ]
	cmp out/1310000011.zip twice/1310000011.zip
}

@test "an archive that cannot be written is the run's failure" {
	mkdir -p full/1310000011.zip
	run --separate-stderr pack --package full projects.jsonl
	[ "$status" -eq 7 ]
	[ "$(ls full)" = "1310000011.zip
2710000019.zip" ]
}

@test "killed at any moment, an archive is whole or not there" {
	local round
	for ((round = 0; round < OQ_ROUNDS; round++)); do
		rm -rf killed
		timeout -s KILL "0.$(printf %02d $((round * 7 % 40 + 2)))" \
			bash -c 'exec oq-subsidy-report --today 2026-11-27 --files files --cert facility.pem \
			--key facility.key --package killed projects.jsonl' >/dev/null 2>&1 || [ $? -eq 137 ]
		for archive in killed/*.zip; do
			[ ! -e "$archive" ] || cmp "$archive" "out/${archive#*/}"
		done
	done
}

@test "without a key a package is not signed, and says so" {
	oq-subsidy-report --today 2026-11-27 --files files --package unsigned projects.jsonl >/dev/null
	unpack unsigned/1310000011.zip unsigned
	[ ! -e unsigned/1310000011/signature.p7s ]
	run --separate-stderr sh unsigned/1310000011/check.sh
	assert_success
	[ "$stderr" = "nobody has signed this package" ]
}

@test "wrong use is said before a project is read" {
	local options
	while read -r -a options; do
		run --separate-stderr oq-subsidy-report "${options[@]}" </dev/null
		[ "$status" -eq 2 ] || fail "${options[*]}"
	done <<-'EOF'
		--package p --if readers_introduced=2
		--portal p --program HOME
		--package p --cert facility.pem
		--ascii-names
		--verify x --package p
		--verify x projects.jsonl
		--verify x --format csv
	EOF
	cp facility.key exposed.key
	chmod 644 exposed.key
	run --separate-stderr oq-subsidy-report --package p --cert facility.pem --key exposed.key projects.jsonl
	[ "$status" -eq 4 ]
}
