# oq-subsidy-report --verify, and the check that a package carries: what somebody changed is named.

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load helper
load package

setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	evening
	unpack out/1310000011.zip .
	change out/1310000011.zip - list >files.list
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	package=out/1310000011.zip bag=1310000011
}

verify() {
	run --separate-stderr oq-subsidy-report --verify "$@"
}

# named JOB FILE: --verify fails and names the file.
named() {
	verify changed.zip
	[ "$status" -eq 1 ] || fail "$*: status $status"
	jq -e --arg file "$2" '.package | (.changed + .missing + .unproven) | index($file)' <<<"$output" \
		>/dev/null || fail "$*: $output"
}

# unpack_damaged ARCHIVE FILE: what stands in it, whatever its checksum.
unpack_damaged() {
	change "$1" - show "$2"
}

# caught WHAT FILE: its own check fails and names the file.
caught() {
	run sh $bag/check.sh
	[ "$status" -ne 0 ] || fail "$*: passed"
	[[ $output == *"$2"* ]] || fail "$*: $output"
}

# checks ROW...: a line for each, as "C01 ok".
checks() {
	jq -r '.package.checks[] | "\(.row) \(.verdict)"' <<<"$output"
}

@test "a package as it was written passes, every check is judged" {
	for archive in out/*.zip; do
		verify "$archive"
		[ "$status" -eq 0 ]
		[ "$(jq -c '.package | [.sealed, .signature, .changed, .missing, .unproven, .differing]' \
			<<<"$output")" = '[true,"unknown-signer",[],[],[],[]]' ]
		diff <(checks) <(tail -n +2 "$OQ_TREE/lib/subsidy/evidence_checks.csv" | cut -d, -f1 |
			sed 's/$/ ok/; s/^C16 ok/C16 not-judged/')
	done
	[ "$(jq -r '.facility_code + " " + .facility_name' <<<"$output")" = "2710000019 架空病院" ]
}

@test "whose signature it is, judged by the authority" {
	verify $package --ca facility.pem
	[ "$status" -eq 0 ]
	[ "$(jq -r '.package | "\(.signature) \(.signer) \(.fingerprint)"' <<<"$output")" = "good 1310000011 $(
		openssl x509 -in facility.pem -outform DER | sha256sum | cut -c -64)" ]
	verify $package --ca other.pem
	[ "$status" -eq 1 ]
	[ "$(jq -r .package.signature <<<"$output")" = not-trusted ]
	oq-subsidy-report --today 2026-11-27 --files files --package unsigned projects.jsonl >/dev/null
	verify unsigned/1310000011.zip
	[ "$status" -eq 0 ]
	[ "$(jq -r .package.signature <<<"$output")" = absent ]
	verify unsigned/1310000011.zip --ca facility.pem
	[ "$status" -eq 1 ]
	verify $package --ca "$OQ_TREE/LICENSE"
	[ "$status" -eq 4 ]
}

@test "any byte of any file: --verify fails and names it" {
	local size file at
	while read -r size file; do
		for at in 0 $((size / 3)) $((size / 2)) -1; do
			[ "$size" -eq 0 ] && continue
			change $package changed.zip flip "$file" "$at"
			named "byte $at" "$file"
		done
	done <files.list
	[ "$(wc -l <files.list)" -ge 13 ]
}

@test "any byte between the files, too" {
	local at size
	size=$(stat -c %s $package)
	for at in $(seq 0 97 1500) $(seq $((size - 2200)) 61 $((size - 1))) $((size - 1)); do
		change $package changed.zip byte "$at"
		verify changed.zip
		[ "$status" -eq 1 ] || fail "byte $at: status $status"
	done
}

@test "a file added, removed, renamed, twice, outside or no file: --verify fails and names it" {
	local size file
	while read -r size file; do
		change $package changed.zip remove "$file"
		named remove "$file"
		change $package changed.zip rename "$file"
		named rename "$file"
	done <files.list
	for file in data/receipt/more.pdf more check.sh.x; do
		change $package changed.zip add "$file"
		named add "$file"
	done
	change $package changed.zip twice record.json
	named twice "$bag/record.json"
	change $package changed.zip outside more.pdf
	named outside ../more.pdf
	change $package changed.zip link data/link
	named link "$bag/data/link"
	# Packed anew it is no longer as it was written, but every file is.
	change $package changed.zip anew
	verify changed.zip
	[ "$status" -eq 1 ]
	[ "$(jq -c '.package | [.sealed, .changed, .missing, .unproven]' <<<"$output")" = '[false,[],[],[]]' ]
}

@test "any byte of any file: its own check fails and names it" {
	local size file at
	while read -r size file; do
		for at in $((size / 2)) -1; do
			[ "$size" -eq 0 ] && continue
			change $package changed.zip flip "$file" "$at"
			unpack_damaged changed.zip "$file" >"$bag/$file"
			caught "byte $at" "$file"
			unpack_damaged $package "$file" >"$bag/$file"
		done
	done <files.list
	sh $bag/check.sh
}

@test "a file added, removed or renamed: its own check fails and names it" {
	local size file
	while read -r size file; do
		mv "$bag/$file" "$bag/$file.x"
		[ "$file" != check.sh ] || cp "$bag/$file.x" "$bag/check.sh.y"
		run sh "$(find $bag -maxdepth 1 -name 'check.sh*' | head -n 1)"
		[ "$status" -ne 0 ]
		[[ $output == *"$file: missing"* || $output == *"$file: No such file"* ]] || fail "$output"
		rm -f $bag/check.sh.y
		mv "$bag/$file.x" kept
		mv kept "$bag/$file"
	done <files.list
	for file in data/more.pdf more data/receipt/.hidden; do
		: >"$bag/$file"
		caught add "$file: unproven"
		rm "$bag/$file"
	done
	ln -s /etc/passwd $bag/data/link
	caught link "data/link: it is no file"
	rm $bag/data/link
	sh $bag/check.sh
}

@test "what was made anew without the key is not of its signature" {
	cp -r $bag forged
	printf x >>"$(find forged/data/receipt -type f)"
	(cd forged && find data -type f | LC_ALL=C sort | while read -r file; do sha256sum "$file"; done >manifest-sha256.txt
		cut -c 67- tagmanifest-sha256.txt | while read -r file; do sha256sum "$file"; done >tags
		mv tags tagmanifest-sha256.txt
		for file in signature.p7s tagmanifest-sha256.txt; do sha256sum $file; done >sums.sha256
		sha256sum --quiet -c sums.sha256 tagmanifest-sha256.txt manifest-sha256.txt)
	run sh forged/check.sh
	assert_failure 1
	assert_line 'signature.p7s: not a signature of tagmanifest-sha256.txt'
	python3 -c 'import os, zipfile
with zipfile.ZipFile("changed.zip", "w") as z:
    for d, _, files in os.walk("forged"):
        for f in files:
            z.write(os.path.join(d, f))'
	verify changed.zip
	[ "$status" -eq 1 ]
	[ "$(jq -r .package.signature <<<"$output")" = bad ]
}

# What an application comes back for: each project has one thing wrong.
@test "each row of the checks fails by what it is about" {
	local row want nth=0
	head -n 1 projects.jsonl | jq -c '
		["C01", "fail", del(.suppliers[0].receipt_file)],
		["C01", "fail", (.suppliers[0].document = "estimate")],
		["C01", "unknown", del(.suppliers[0].document)],
		["C03", "fail", (.completion_report_present = false)],
		["C04", "fail", (.suppliers[0].receipt_total_yen -= 9)],
		["C05", "fail", (.suppliers[0].receipt_total_yen += 900)],
		["C05", "unknown", del(.suppliers[0].receipt_total_yen)],
		["C06", "fail", (.suppliers[0] |= (.items = [.items[0] | .amount_incl_tax_yen = 390000]))],
		["C07", "fail", (.suppliers[0].items[0].label = "一式")],
		["C08", "unknown", (.suppliers[0] |= (.shared = true | .receipt_total_yen += 1000000))],
		["C09", "fail", (.main_grant_already_paid = true)],
		["C09", "not-judged", del(.main_grant_already_paid)],
		["C10", "fail", (.suppliers[0].receipt_issued_on = "2023-06-02")],
		["C11", "fail", (.start_date_entered = false)],
		["C11", "unknown", del(.start_date_entered)],
		["C12", "fail", (.suppliers[0].paid_on = "2023-06-02")],
		["C15", "fail", (.suppliers[0].items[0].amount_incl_tax_yen -= 16000
			| .suppliers[0].items += [range(16) | {category: "TERMINAL", label: "ケーブル \(.)",
			amount_incl_tax_yen: 1000}])]' >wrong.jsonl
	jq -c '.[2] | .facility_code = "13100000\(input_line_number + 10)"' wrong.jsonl >each.jsonl
	oq-subsidy-report --today 2026-11-27 --files files --package wrong each.jsonl >wrong.out || [ $? -eq 1 ]
	while read -r row want; do
		nth=$((nth + 1))
		verify "$(sed -n "${nth}p" wrong.out | jq -r .package.file)"
		checks | grep -qx "$row $want" || fail "$row $want: $output"
		case $row:$want in
		C11:* | C15:* | *:not-judged) [ "$status" -eq 0 ] ;; # nothing comes back for it
		*:fail) [ "$status" -eq 1 ] ;;
		*:unknown) [ "$status" -eq 3 ] ;;
		esac || fail "$row $want: status $status"
	done < <(jq -r '"\(.[0]) \(.[1])"' wrong.jsonl)
	[ "$nth" -eq 17 ]
}

@test "the rules reckon a package again" {
	mkdir rules
	sed 's/^\(R2-clinic_medical,.*\)429000/\1100000/' "$OQ_TREE/lib/subsidy/subsidy_rules.csv" >rules/subsidy_rules.csv
	verify $package --rules rules
	[ "$status" -eq 1 ]
	[ "$(jq -c .package.differing <<<"$output")" != '[]' ]
}

@test "for people, in their language" {
	verify $package --format text --lang ja
	[ "$status" -eq 0 ]
	assert_line '  C01 領収書の写しがない (見積書・請求書のみ): 問題なし'
	change $package changed.zip flip record.json 9
	verify changed.zip --format text
	[ "$status" -eq 1 ]
	assert_line '  changed: record.json'
}

@test "what is no package is not told" {
	local file
	printf 'PK\003\004' >short
	printf '' >empty
	head -c 5000 $package >torn
	for file in short empty torn projects.jsonl up/1310000011_upload.zip .; do
		verify $file
		[ "$status" -eq 3 ] || fail "$file: $status"
		[ "$(jq -r .error.code <<<"$output")" = package-malformed ]
	done
	verify nothing-there
	[ "$status" -eq 7 ]
}
