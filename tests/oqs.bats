# The room oqs and oq-message: every sample there and back, broken bytes, consents, conflicts, size.

# shellcheck disable=SC2154 # run --separate-stderr sets stderr
bats_require_minimum_version 1.5.0
load helper

data=$OQ_TREE/tests/data/oqs
at=2026-10-05T12:00:00+09:00

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	PATH=$OQ_BUILD/tests:$PATH
	face=$data/face/OQSsiquc01res_face_471999999600000000000000000001_20261005090112.xml
	bulk=$data/res/OQSmuquc02res_202610050103.xml
}

# decode FILE...: quiet but for errors.
decode() {
	oq-message decode --at "$at" "$@" 2>decode.err || { local s=$?; cat decode.err >&2; return $s; }
}

# edited SED FILE: a copy of the file, changed, under its own name in ./edited.
edited() {
	mkdir -p edited
	sed "$1" "$2" >"edited/${2##*/}"
	! cmp -s "$2" "edited/${2##*/}" || fail "sed changed nothing: $1"
	echo "edited/${2##*/}"
}

# Is the build under test a sanitised one, whose memory is the sanitiser's?
sanitized() {
	ldd "$(command -v oq-message)" | grep -q libasan
}

@test "every sample becomes records of the schema, with nothing unknown and nothing flagged" {
	for f in "$data"/{req,res,face}/*.{xml,zip}; do
		[ -e "$f" ] || continue
		decode "$f" >records.jsonl || fail "$f"
		"$OQ_TREE/tests/validate" records.jsonl || fail "$f"
		run jq -c '.oqs.unknown, .oqs.flags, .eligibility.flags | select(. != null and . != [])' \
			records.jsonl
		assert_output ""
	done
}

@test "encode of decode is the sample, decode of encode is the record, for every sample" {
	mkdir -p again
	for f in "$data"/{req,res,face}/*.xml; do
		decode "$f" >records.jsonl
		oq-message encode <records.jsonl >"again/${f##*/}" 2>err || fail "$f: $(cat err)"
		oqs-same "$f" "again/${f##*/}" || fail "$f"
		decode "again/${f##*/}" >again.jsonl
		diff <(jq -S . records.jsonl) <(jq -S . again.jsonl) || fail "$f"
	done
}

@test "the other encoding is the same message" {
	for f in "$data"/{req,res,face}/*.xml; do
		for encoding in utf-8 cp932; do
			decode "$f" >records.jsonl
			oq-message encode --encoding "$encoding" <records.jsonl >"${f##*/}" 2>err ||
				fail "$f: $(cat err)"
			oqs-same "$f" "${f##*/}" || fail "$f as $encoding"
		done
	done
}

@test "a request is written in the documented order, six digits padded with blanks" {
	echo '{"visit_date":"2026-10-05","insured":{"branch":"02","birth_date":"1990-11-30","number":"12","symbol":"架あ","insurer_number":"479998","limit_certificate_consent":false},"oqs":{"type":"OQSsiquc01req","item_id":"7_1","institution_code":"4719999996"}}' |
		oq-message encode >out.xml 2>err
	run cat out.xml
	assert_line --index 0 '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
	assert_line --partial '<InsurerNumber>  479998</InsurerNumber>'
	run bash -c "grep -oE '<[A-Z][A-Za-z]*>' out.xml | tr -d '\n'"
	assert_output '<XmlMsg><MessageHeader><QualificationConfirmationDate><MedicalInstitutionCode><MessageBody><QualificationConfirmSearchInfo><InsurerNumber><InsuredCardSymbol><InsuredIdentificationNumber><InsuredBranchNumber><Birthdate><LimitApplicationCertificateRelatedConsFlg><ArbitraryIdentifier>'
}

@test "every byte flipped, every length cut: no crash, no record from a broken file, no patient in an error" {
	bits=1
	[ "$OQ_ROUNDS" -le 10 ] || bits=255 # make torture
	run oqs-torture "$bits" "$data"/{req,res,face}/*.xml
	assert_success
	assert_output --regexp '^[0-9]+ decodings, [0-9]+ records, [0-9]+ refusals$'
}

@test "a file with a document type is refused, and no entity is expanded" {
	f=$(edited '1a <!DOCTYPE XmlMsg [<!ENTITY e "boo">]>' "$face")
	run --separate-stderr decode "$f"
	assert_failure 3
	assert_output ""
	[[ $stderr == *"oq-message: The file has a document type: OQSsiquc01res_face_"*": line "* ]]
}

@test "bytes that disagree with the declaration are refused with the offset of the first" {
	f=$(edited 's/encoding="Shift_JIS"/encoding="UTF-8"/' "$bulk")
	first=$(LC_ALL=C grep -obUaP '[\x80-\xff]' "$f" | head -n 1 | cut -d: -f1)
	run --separate-stderr decode "$f"
	assert_failure
	assert_output ""
	[[ $stderr == *"byte $first is not utf-8"* ]]
	run --separate-stderr oq-message decode --encoding cp932 "$f"
	assert_success
	[ "${#lines[@]}" -eq 3 ]
}

@test "UTF-8 that is declared Shift_JIS is refused, not read as other characters" {
	mkdir -p edited
	f=edited/${bulk##*/}
	iconv -f CP932 -t UTF-8 "$bulk" >"$f"
	run --separate-stderr decode "$f"
	assert_failure
	assert_output ""
	[[ $stderr == *"is not cp932"* ]]
}

@test "code page 932, not Shift_JIS: 髙 ① ㈱ come through; gaiji and black circles are flagged" {
	mkdir -p edited
	f=edited/${bulk##*/}
	iconv -f CP932 -t UTF-8 "$bulk" |
		sed 's/<Name>架空　太郎/<Name>髙橋①㈱/; s/例示町１－２－３/例●町/; s/全国架空/全国'$'\xee\x80\x80''/' |
		iconv -f UTF-8 -t CP932 >"$f"
	decode "$f" >records.jsonl
	run jq -rs '.[1].eligibility | .policies[0].name, .flags[]' records.jsonl
	assert_output $'髙橋①㈱\nreplaced-character:address\nuser-defined-character:insurer_name'
}

@test "a character that code page 932 lacks is refused by name, and nothing is cut short" {
	f=$(edited 's/<Name>架空/<Name>𠮷空/' "$data/res/OQSsiquc01res_202610050001.xml")
	decode "$f" >records.jsonl
	run --separate-stderr oq-message encode --encoding cp932 <records.jsonl
	assert_failure 3
	assert_output ""
	[[ $stderr == *"/eligibility/policies/0/name: U+20BB7 is not in cp932"* ]]
}

@test "a byte order mark, CRLF and scrambled order are fine" {
	mkdir -p edited
	f=edited/${face##*/}
	{ printf '\xef\xbb\xbf' && sed 's/$/\r/' "$face"; } >"$f"
	diff <(decode "$face" | jq -S .) <(decode "$f" | jq -S .)
	run jq -r '.eligibility.status' <(decode "$data"/face/*_20261005113344.xml)
	assert_output valid
}

@test "unknown elements and codes are kept, flagged, and written back to their place" {
	f=$(edited 's|<Sex1>.*</Sex1>|<Sex1>8</Sex1><Neu a="b">x<y/>z</Neu><Birthdate>1985022X</Birthdate>|; s|<Birthdate>[0-9]*</Birthdate>||' "$face")
	decode "$f" >records.jsonl
	run jq -c '.oqs.unknown, .eligibility.flags' records.jsonl
	in='MessageBody/ResultList/ResultOfQualificationConfirmation'
	assert_line --index 0 "[{\"path\":\"$in/Sex1\",\"value\":\"8\"},{\"path\":\"$in/Neu/@a\",\"value\":\"b\"},{\"path\":\"$in/Neu/#text\",\"value\":\"x\"},{\"path\":\"$in/Neu/#text\",\"value\":\"z\"},{\"path\":\"$in/Birthdate\",\"value\":\"1985022X\"}]"
	assert_line --index 1 '["unknown-code:sex","unknown-element","malformed:birth_date"]'
	sed -i 's|x<y/>z|xz|' "$f"
	decode "$f" >records.jsonl
	oq-message encode <records.jsonl >out.xml 2>err
	oqs-same "$f" out.xml
}

@test "--unknown lists what the table does not know, and no value" {
	f=$(edited 's|<Sex1>.*</Sex1>|<Sex1>8</Sex1><Neu>架空</Neu>|' "$face")
	run --separate-stderr oq-message decode --unknown "$f"
	assert_success
	run jq -c '[.path, .count]' <<<"$output"
	assert_output '["MessageBody/ResultList/ResultOfQualificationConfirmation/Sex1",1]
["MessageBody/ResultList/ResultOfQualificationConfirmation/Neu",1]
["unknown-code:sex",1]'
}

@test "given, refused, expired, unobtainable, absent and malformed are six answers" {
	f=$(edited '
		s|<OperationInfoConsFlg>1<|<OperationInfoConsFlg>2<|
		s|<DiagnosisInfoConsFlg>1<|<DiagnosisInfoConsFlg>3<|
		s|<SpecificHealthCheckupsInfoConsFlg>1<|<SpecificHealthCheckupsInfoConsFlg>7<|
		s|<LimitApplicationCertificateRelatedConsFlg>1<|<LimitApplicationCertificateRelatedConsFlg>0<|' \
		"$face")
	run jq -r '.eligibility.consents | [.drugs, .limit_certificate, .operations, .treatments, .tests, .checkups] | map(.decision, .usable) | @csv' <(decode "$f")
	assert_output '"given",true,"refused",false,"expired",false,"unobtainable",false,"absent",false,"invalid",false'
}

@test "a grant is usable strictly before its end" {
	for moment in '2026-10-06T09:01:11+09:00 true' '2026-10-06T09:01:12+09:00 false' \
		'2026-10-06T00:01:11Z true' '2026-10-06T00:01:12Z false'; do
		run jq -r .eligibility.consents.drugs.usable \
			<(oq-message decode --at "${moment% *}" "$face" 2>err)
		assert_output "${moment#* }"
	done
}

@test "a grant without both times, with a time that is none, or from a misspelt element is not usable" {
	f=$(edited '/<PharmacistsInfoAvailableTime>/d' "$face")
	run jq -c '.eligibility.consents.drugs | [.decision, .usable, .flags]' <(decode "$f")
	assert_output '["given",false,["incomplete"]]'
	f=$(edited 's|<PharmacistsInfoConsTime>.*</|<PharmacistsInfoConsTime>20261305090112</|' "$face")
	run jq -c '.eligibility.consents.drugs | [.decision, .usable, .flags], .given_at' <(decode "$f")
	assert_output $'["given",false,["malformed-time"]]\nnull'
	f=$(edited 's|PharmacistsInfo|PharmaceuticalInfo|g' "$face")
	run jq -c '.eligibility.consents.drugs, (.oqs.unknown | length), .eligibility.flags' <(decode "$f")
	assert_output $'{"decision":"absent","usable":false}\n3\n["unknown-element"]'
	f=$(edited 's|<PharmacistsInfoConsFlg>1|<PharmacistsInfoConsFlg>0|' "$face")
	run jq -c '.eligibility.consents.drugs | [.decision, .usable, .flags]' <(decode "$f")
	assert_output '["refused",false,["inconsistent"]]'
}

@test "policies that contradict each other give no consent" {
	two=$data/face/OQSsiquc01res_face_471999999600000000000000000004_20261005101010.xml
	f=$(edited '0,/<PharmacistsInfoConsFlg>1/s//<PharmacistsInfoConsFlg>0/' "$two")
	decode "$f" >records.jsonl
	run jq -c '.eligibility.consents.drugs | [.decision, .usable, .flags, (.said | map(.decision))]' records.jsonl
	assert_output '["invalid",false,["contradicted"],["refused","given"]]'
	oq-message encode <records.jsonl >out.xml 2>err
	oqs-same "$f" out.xml
}

@test "what failed is an error with the other side's words, and no answer stands beside it" {
	run jq -c '[.error.code, .error.upstream.code, (.eligibility == null), .insured.number]' \
		<(decode "$data/res/OQSsiquc01res_202610050011.xml")
	assert_output '["oqs-refused","SYN-E-0002",true,"77"]'
	f=$(edited 's|<SegmentOfResult>1<|<SegmentOfResult>9<|' "$face")
	run jq -c '[.error.code, (.eligibility == null), .oqs.set_aside.eligibility.status, (.card == null)]' \
		<(decode "$f")
	assert_output '["oqs-refused",true,"valid",true]'
	f=$(edited '/<SegmentOfResult>/d' "$face")
	run jq -r .error.code <(decode "$f")
	assert_output oqs-answer-incomplete
}

@test "covering names the policies of the day, and none of an answer that is not valid" {
	run jq -c .eligibility.covering <(decode "$data"/face/*_20261005101010.xml)
	assert_output '[0,1]'
	f=$(edited 's|<QualificationDate>20260601<|<QualificationDate>20261006<|' \
		"$data/face/OQSsiquc01res_face_471999999600000000000000000004_20261005101010.xml")
	run jq -c .eligibility.covering <(decode "$f")
	assert_output '[0]'
	f=$(edited 's|<QualificationDate>20180401</QualificationDate>|&<DisqualificationDate>20261005</DisqualificationDate>|' \
		"$data/face/OQSsiquc01res_face_471999999600000000000000000004_20261005101010.xml")
	run jq -c .eligibility.covering <(decode "$f")
	assert_output '[1]'
	run jq -c .eligibility.covering <(decode "$data/res/OQSsiquc01res_202610050012.xml")
	assert_output '[]'
}

# bulk_edited SED: the bulk sample, changed.
bulk_edited() {
	mkdir -p edited
	iconv -f CP932 -t UTF-8 "$bulk" | sed "$1" | iconv -f UTF-8 -t CP932 >"edited/${bulk##*/}"
	echo "edited/${bulk##*/}"
}

@test "one identifier with two answers: neither is used, both are kept" {
	f=$(bulk_edited 's|1002_1|1001_1|')
	run --separate-stderr decode "$f"
	assert_failure 3
	run jq -c '[.oqs.item_id, .error.code, .eligibility.status, .oqs.set_aside.eligibility.status, .oqs.conflicts]' <<<"$output"
	assert_line --index 0 '["1003_1","oqs-refused",null,null,null]'
	assert_line --index 1 '["1001_1","oqs-answers-differ",null,"valid",["answers-differ"]]'
	assert_line --index 2 '["1001_1","oqs-answers-differ",null,"valid",["answers-differ"]]'
}

@test "one identifier with one answer twice is said and kept; so is one key in several units" {
	unit=$(iconv -f CP932 -t UTF-8 "$bulk" | tr -d '\r' | awk '/<BulkConfirmUnit>/ { n++ } n == 2' | sed '/<\/BulkConfirmUnit>/q')
	mkdir -p edited
	f=edited/${bulk##*/}
	iconv -f CP932 -t UTF-8 "$bulk" | awk -v unit="$unit" '/<\/MessageBody>/ { print unit } 1' |
		iconv -f UTF-8 -t CP932 >"$f"
	run jq -c 'select(.oqs.item_id == "1001_1") | [.eligibility.status, .oqs.conflicts, .eligibility.flags]' \
		<(oq-message decode "$f" 2>err)
	assert_line --index 0 '["valid",["identifier-repeated","same-key-in-several-units","counts-disagree"],["same-key-in-several-units"]]'
	[ "${#lines[@]}" -eq 2 ]
}

@test "keys are compared folded: width and leading zeros of the number do not make another key" {
	"$OQ_TREE/tests/oqs-bulk" 2 utf-8 | sed '
		s|<InsuredIdentificationNumber>2<|<InsuredIdentificationNumber>００１<|
		s|<InsuredCardSymbol>99910001<|<InsuredCardSymbol>９９９１０００１<|' >OQSmuquc02res_f.xml
	run jq -c .eligibility.flags <(decode OQSmuquc02res_f.xml)
	assert_output $'["same-key-in-several-units"]\n["same-key-in-several-units"]'
	run jq -r '.insured.number' <(decode OQSmuquc02res_f.xml)
	assert_output $'1\n００１'
}

@test "counts that disagree, foreign and missing identifiers are reported" {
	f=$(bulk_edited 's|<NumberOfError>1<|<NumberOfError>0<|')
	run jq -c .oqs.conflicts <(oq-message decode "$f" 2>err)
	assert_line --index 1 '["counts-disagree"]'
	f=$(bulk_edited 's|1002_1|9999_1|')
	run --separate-stderr decode --request "$data/req/OQSmuquc01req_202610050101.xml" "$f"
	assert_failure 3
	run jq -c '[.oqs.item_id, .error.code, .oqs.conflicts]' <<<"$output"
	assert_line --index 2 '["9999_1",null,["foreign-identifier"]]'
	assert_line --index 3 '["1002_1","oqs-identifier-missing",["identifier-missing"]]'
	run --separate-stderr decode --request "$data/req/OQSmuquc01req_202610050101.xml" "$bulk"
	assert_success
}

@test "a ZIP with the one message in it is read; paths, several messages and bombs are refused" {
	diff <(decode "$bulk" | jq -S .) <(decode "$data/res/OQSmuquc02res_202610050104.zip" | jq -S .)
	cp "$bulk" OQSmuquc02res_1.xml
	cp "$bulk" OQSmuquc02res_2.xml
	mkdir -p sub
	cp "$bulk" sub/OQSmuquc02res_3.xml
	python3 - <<-'END'
		import zipfile
		z = zipfile.ZipFile("OQSmuquc02res_several.zip", "w")
		z.write("OQSmuquc02res_1.xml"); z.write("OQSmuquc02res_2.xml"); z.close()
		z = zipfile.ZipFile("OQSmuquc02res_path.zip", "w")
		z.write("OQSmuquc02res_1.xml", "../OQSmuquc02res_1.xml"); z.close()
		z = zipfile.ZipFile("OQSmuquc02res_none.zip", "w")
		z.write("OQSmuquc02res_1.xml", "readme.txt"); z.close()
		z = zipfile.ZipFile("OQSmuquc02res_many.zip", "w")
		for i in range(70): z.writestr("n%d.txt" % i, "x")
		z.close()
	END
	head -c 700 "$data/res/OQSmuquc02res_202610050104.zip" >OQSmuquc02res_cut.zip
	for f in several path none many cut; do
		run --separate-stderr decode "OQSmuquc02res_$f.zip"
		assert_failure
		assert_output ""
		[[ $stderr == *"OQSmuquc02res_$f.zip: "* ]] || fail "$stderr"
	done
}

@test "a ZIP bomb costs neither memory nor a record" {
	python3 - <<-'END'
		import zipfile
		z = zipfile.ZipFile("OQSmuquc02res_bomb.zip", "w", zipfile.ZIP_DEFLATED)
		with z.open("OQSmuquc02res_bomb.xml", "w", force_zip64=True) as f:
		    f.write(b'<?xml version="1.0" encoding="UTF-8"?><XmlMsg>')
		    for i in range(300): f.write(b" " * (1 << 20))
		z.close()
	END
	run --separate-stderr /usr/bin/time -f '%M' oq-message decode OQSmuquc02res_bomb.zip
	[ "$status" -ne 0 ]
	assert_output ""
	peak=$(tail -n 1 <<<"$stderr")
	sanitized || [ "$peak" -lt 32768 ] || fail "peak $peak KiB"
}

@test "20,000 units in flat memory" {
	! sanitized || could_not_run "the sanitiser's own memory would be measured"
	"$OQ_TREE/tests/oqs-bulk" 20000 >OQSmuquc02res_big.xml
	[ "$(stat -c %s OQSmuquc02res_big.xml)" -gt 30000000 ]
	run --separate-stderr bash -c '/usr/bin/time -f "peak %M" oq-message decode OQSmuquc02res_big.xml | wc -l'
	assert_output 20000
	peak=$(sed -n 's/^peak //p' <<<"$stderr")
	[ "$peak" -lt 32768 ] || fail "peak $peak KiB"
}

@test "a bulk result that is broken in its last unit gives no record at all" {
	"$OQ_TREE/tests/oqs-bulk" 3000 utf-8 >whole.xml
	head -c -40 whole.xml >OQSmuquc02res_cut.xml
	run --separate-stderr decode OQSmuquc02res_cut.xml
	assert_failure 3
	assert_output ""
	[[ $stderr == *"OQSmuquc02res_cut.xml: line "*"XmlMsg/MessageBody"* ]]
}

@test "encode of many units is one message again" {
	"$OQ_TREE/tests/oqs-bulk" 300 >OQSmuquc02res_x.xml
	decode OQSmuquc02res_x.xml | oq-message encode >again.xml 2>err
	oqs-same OQSmuquc02res_x.xml again.xml
	decode OQSmuquc02res_x.xml | sed '7s/BULK-20261006/OTHER/' >mixed.jsonl
	run --separate-stderr bash -c 'oq-message encode <mixed.jsonl >cut.xml'
	assert_failure 7
	[[ $stderr == *"do not belong to one message"* ]]
	run --separate-stderr decode --type OQSmuquc02res cut.xml
	assert_failure
	assert_output ""
}

@test "a message without a name needs --type; a name that says nothing is refused" {
	cp "$face" result.xml
	run --separate-stderr decode result.xml
	assert_failure
	assert_output ""
	[[ $stderr == *"--type"* ]]
	run --separate-stderr decode --type OQSsiquc01res - <"$face"
	assert_success
	[ "${#lines[@]}" -eq 1 ]
}

@test "one broken file of several costs itself only; a closed or full output is said" {
	head -c 900 "$face" >OQSsiquc01res_cut.xml
	run --separate-stderr decode "$face" OQSsiquc01res_cut.xml "$bulk"
	assert_failure 3
	[ "${#lines[@]}" -eq 4 ]
	run --separate-stderr bash -c 'oq-message decode "$1" >/dev/full' sh "$face"
	assert_failure 7
	run --separate-stderr decode nowhere/OQSsiquc01res_x.xml
	assert_failure 7
	run --separate-stderr bash -c 'oq-message decode "$1" | oq-message encode >/dev/full' sh "$face"
	assert_failure 7
}

@test "wrong use ends with 2 before anything is read" {
	for args in "" decode "decode --at yesterday $face" "decode --encoding euc $face" nonsense \
		"encode $face" "decode --type NoSuch $face" "anonymise $face $face"; do
		# shellcheck disable=SC2086 # words
		run oq-message $args
		assert_failure 2
	done
}

@test "own drugs are told by the code where the message does not say" {
	f=$data/res/YZKsiquc01res_04261005091110010.xml
	run jq -c '.medical.drugs[0] | [.own, .flags]' <(decode --facility 4719999988 "$f")
	assert_output '[true,["own-computed"]]'
	run jq -c '.medical.drugs[0] | [.own, .flags]' <(decode --facility 4719999996 "$f")
	assert_output '[false,["own-computed"]]'
	run jq -c '[.medical.asked, (.medical.drugs | map(.origin))]' \
		<(decode "$data/res/YZKsiquc01res_02261005091010010.xml")
	assert_output '[["drugs"],["claim","claim","dispensing","dispensing","prescription"]]'
}

# texts FILE: the values of a message, one a line, in UTF-8.
texts() {
	xmllint --format --encode UTF-8 "$1" 2>/dev/null | sed -n 's|^ *<\([A-Za-z0-9]*\)>\(.*\)</.*|\1 \2|p'
}

@test "anonymise: the same elements, widths and check digits, other people" {
	for f in "$data"/res/OQSsiquc01res_202610050001.xml "$data"/face/*_20261005101010.xml \
		"$data"/res/TKKsiquc01res_*.xml; do
		oq-message anonymise "$f" >"${f##*/}" 2>err
		diff <(texts "$f" | cut -d' ' -f1) <(texts "${f##*/}" | cut -d' ' -f1)
		diff <(texts "$f" | awk '{ print $1, length($0) }') \
			<(texts "${f##*/}" | awk '{ print $1, length($0) }')
		run comm -12 <(texts "$f" | grep -E '^(Insured)?Name |^Name(Kana)? |^Address |^PostNumber |^InsuredIdentificationNumber [0-9]{3}' | sort -u) \
			<(texts "${f##*/}" | sort -u)
		assert_output ""
		decode "${f##*/}" >records.jsonl
	done
	run jq -r '.eligibility.policies[].insurer_number' \
		<(decode "$(basename "$data"/face/*_20261005101010.xml)")
	"$OQ_BUILD/tests/model" insurer "${lines[@]}" | grep -vx right && fail "check digits"
	[[ ${lines[0]} == 06* && ${lines[1]} == 12* ]]
}

@test "anonymise: one key for a run, so that answers still match requests; another the next time" {
	oq-message anonymise -d . "$data"/req/OQSsiquc01req_202610050001.xml \
		"$data"/res/OQSsiquc01res_202610050001.xml 2>err
	files=(OQSsiquc01req_*.xml OQSsiquc01res_*.xml)
	[ "${#files[@]}" -eq 2 ]
	[ "${files[0]#OQSsiquc01req}" = "${files[1]#OQSsiquc01res}" ]
	[ "${files[0]}" != OQSsiquc01req_202610050001.xml ]
	jq -se '.[0].insured == .[1].insured and .[0].oqs.item_id == .[1].oqs.item_id' \
		<(decode "${files[@]}")
	[ "$(stat -c %a "${files[0]}")" = 600 ]
	a=$(oq-message anonymise "$face" 2>err | md5sum)
	b=$(oq-message anonymise "$face" 2>err | md5sum)
	[ "$a" != "$b" ]
}

@test "anonymise: gaiji stay gaiji, what the table does not know is disguised too" {
	f=$(edited 's|<Name>架空|<Name>'$'\xee\x80\x80''髙𠮷|; s|<Sex1>|<Neu>架空太郎</Neu><Sex1>|' "$face")
	oq-message anonymise --type OQSsiquc01res "$f" >out.xml 2>err
	run jq -rn --rawfile x out.xml '$x | capture("<Name>(?<n>[^<]*)").n | explode[0:3] | [(.[0] >= 57344 and .[0] <= 59223), (.[2] > 65535)]  | @csv'
	assert_output "true,true"
	run grep -c 架空太郎 out.xml
	assert_output 0
}
