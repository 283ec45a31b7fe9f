# oq-terminal: a folder served from a real hub, asked as a receipt computer asks and by oq-verify.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load helper

setup_file() {
	load helper
	export HUB=$BATS_FILE_TMPDIR/hub
	hub_init "$HUB" --people 300 --seed 11
	hub_start "$HUB"
}

teardown_file() {
	hub_stop
}

setup() {
	hub_use "$HUB"
	export FACILITY=4719999999
	cd "$BATS_TEST_TMPDIR" || return
	serving=
}

teardown() {
	desk_stop
}

# desk_start DIR [OPTION ...]: serves DIR, and waits until it is.
desk_start() {
	: >served
	oq-terminal "$@" >served 2>>desk.log 3>&- &
	serving=$!
	wait_for 20 test -s served || { cat desk.log; return 1; }
}

desk_stop() {
	[ -n "$serving" ] || return 0
	kill -TERM "$serving" 2>/dev/null || true
	wait "$serving" && desk_status=0 || desk_status=$?
	serving=
	if grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:' desk.log; then
		cat desk.log
		return 1
	fi
}

# verify [OPTION ...]: some may be no, and some unknown.
verify() {
	local status=0
	oq-verify "$@" || status=$?
	case $status in 0 | 1 | 3) ;; *) return 1 ;; esac
}

# people [OPTION ...]: records of the hub's people.
people() {
	oq-hub people "$@" "$HUB"
}

# request FILTER: the record of a request for the first person, changed by jq.
request() {
	people --limit 1 | jq -c '{visit_date, insured, oqs: {type: "OQSsiquc01req",
		institution_code: "4719999999", file_id: "F-1", item_id: "I-1"}} | '"${1:-.}"
}

# put NAME [OPTION ...]: the record on standard input becomes the request desk/req/NAME.
put() {
	mkdir -p desk/req
	oq-message encode "${@:2}" >"desk/$1.part" 2>/dev/null
	mv "desk/$1.part" "desk/req/$1"
}

decode() {
	oq-message decode "$@" 2>/dev/null
}

answered() {
	[ "$(find desk/res -name '*.xml' | wc -l)" -ge "$1" ]
}

# outcome FILE: what a receipt computer reads in the response.
outcome() {
	decode "$1" | jq -r '[.oqs.segment, .oqs.result,
		.eligibility.status // .error.upstream.code // .error.code] | map(. // "-") | join(" ")'
}

@test "people get the status over the folder that they get over the network" {
	people | awk 'NR % 6 == 1' >people
	verify <people >there
	desk_start desk --facility "$FACILITY" --settle 0ms --scan 10ms
	verify --via "terminal:$PWD/desk" --facility "$FACILITY" --journal here.db <people >here
	[ "$(wc -l <here)" -eq "$(wc -l <people)" ]
	jq -r '[.id, .eligibility.status // .error.code] | join(" ")' there >there.status
	jq -r '[.id, .eligibility.status // .error.code] | join(" ")' here >here.status
	diff there.status here.status
	[ "$(cut -d ' ' -f 2 here.status | sort -u | wc -l)" -gt 2 ]
	desk_stop
	[ "$desk_status" -eq 0 ]
	[ -z "$(find desk/req desk/res desk/.oq-terminal -type f ! -name lock)" ]
}

@test "a response is in its request's encoding, or as --encoding says, and its elements in order" {
	request | put OQSsiquc01req_1.xml --encoding cp932
	request | put OQSsiquc01req_2.xml --encoding utf-8
	desk_start desk
	[ "$(cat served)" = desk ]
	wait_for 20 answered 2
	head -c 60 desk/res/OQSsiquc01res_1.xml | grep -q 'encoding="Shift_JIS"'
	head -c 60 desk/res/OQSsiquc01res_2.xml | grep -q 'encoding="UTF-8"'
	iconv -f cp932 -t utf-8 desk/res/OQSsiquc01res_1.xml | tr -d '\r' |
		sed -e 's/Shift_JIS/UTF-8/' -e '/ProcessExecutionTime/d' -e '/CharacterCode/d' >one
	sed -e '/ProcessExecutionTime/d' -e '/CharacterCode/d' desk/res/OQSsiquc01res_2.xml >two
	diff one two
	[ "$(grep -o '<[A-Z][A-Za-z0-9]*' two | head -n 13 | tr -d '<' | xargs)" = \
		"XmlMsg MessageHeader QualificationConfirmationDate MedicalInstitutionCode ArbitraryFileIdentifier ReferenceClassification SegmentOfResult MessageBody ProcessingResultStatus QualificationValidity QualificationConfirmSearchInfo InsurerNumber InsuredCardSymbol" ]
	[ "$(outcome desk/res/OQSsiquc01res_2.xml)" = "1 1 valid" ]
	decode desk/res/OQSsiquc01res_1.xml | jq -e '.oqs.file_id == "F-1" and .oqs.item_id == "I-1" and
		.oqs.encoding.identifier == "1" and .eligibility.source == "number"'
	[ "$(stat -c %a desk/res/OQSsiquc01res_1.xml desk/res | xargs)" = "660 700" ]
	[ -z "$(ls desk/req)" ]
	desk_stop
	request | put OQSsiquc01req_3.xml --encoding utf-8
	desk_start desk --encoding cp932
	wait_for 20 answered 3
	head -c 60 desk/res/OQSsiquc01res_3.xml | grep -q 'encoding="Shift_JIS"'
}

@test "what cannot be answered is an error in its place, and stderr names nobody" {
	request '.oqs.institution_code = "4710000016"' | put OQSsiquc01req_foreign.xml
	request '.insured.insurer_number = "01139905"' | put OQSsiquc01req_digit.xml
	request '.oqs.type = "OQSsiimm01req" | .oqs.reference_number = "P-77" | del(.insured.branch)' |
		put OQSsiimm01req_patient77.xml
	cp "$OQ_TREE/tests/data/oqs/req/YZKsiquc01req_02261005091010010.xml" desk/req
	cp "$OQ_TREE/tests/data/oqs/req/OQSmuquc01req_202610050101.xml" desk/req
	cp "$OQ_TREE/tests/data/oqs/req/OQSmuquc02req_202610050102.xml" desk/req
	echo '<XmlMsg/>' >desk/req/EPSsizzz01req_patient77.xml
	printf '<XmlMsg><Mess' >desk/req/OQSsiquc01req_damaged.xml
	echo "not ours" >desk/req/readme.xml
	desk_start desk --facility "$FACILITY"
	wait_for 20 answered 8
	cd desk/res || return
	[ "$(outcome OQSsiquc01res_foreign.xml)" = "9 2 SYN-E-0001" ]
	[ "$(outcome OQSsiquc01res_damaged.xml)" = "9 2 SYN-E-0001" ]
	[ "$(outcome OQSsiquc01res_digit.xml)" = "1 2 SYN-E-0002" ]
	[ "$(outcome OQSsiimm01res_patient77.xml)" = "1 2 SYN-E-0002" ]
	[ "$(outcome OQSmuquc01res_202610050101.xml)" = "9 2 SYN-E-0001" ]
	[ "$(outcome OQSmuquc02res_202610050102.xml)" = "9 - SYN-E-0001" ]
	decode YZKsiquc01res_02261005091010010.xml | jq -e '.error.code == "oqs-refused" and
		(has("medical") | not)'
	grep -q '<SegmentOfResult>9<' YZKsiquc01res_02261005091010010.xml EPSsizzz01res_patient77.xml
	cd ../..
	[ "$(ls desk/req)" = readme.xml ]
	desk_stop
	grep -q 'EPSsizzz01req: such requests are not served' desk.log
	run grep -E 'patient77|01139905|P-77' desk.log
	assert_failure 1
	grep -q 'read 8, yes 0, no 0, unknown 8' desk.log
}

@test "a file of persons is accepted, and its result fetched as often as one likes" {
	people --limit 3 | jq -c '{visit_date, insured, oqs: {type: "OQSmuquc01req", institution_code: "4719999999",
		file_id: "F-1", item_id: "I-\(.id)"}}' | put OQSmuquc01req_1.xml --encoding cp932
	desk_start desk --facility "$FACILITY"
	wait_for 20 answered 1
	head -c 60 desk/res/OQSmuquc01res_1.xml | grep -q 'encoding="Shift_JIS"'
	decode desk/res/OQSmuquc01res_1.xml >accepted
	jq -e '.oqs.file_id == "F-1" and (.oqs | has("segment") | not) and (.oqs.accepted_at | length == 25)' accepted
	number=$(jq -r .oqs.reception_number accepted)
	[[ $number =~ ^[0-9]{18}$ ]]
	for i in 2 3; do
		jq -n -c --arg n "$number" '{oqs: {type: "OQSmuquc02req", institution_code: "4719999999", reception_number: $n}}' |
			put OQSmuquc02req_$i.xml
	done
	jq -n -c '{oqs: {type: "OQSmuquc02req", institution_code: "4719999999", reception_number: "../lock"}}' |
		put OQSmuquc02req_4.xml
	wait_for 20 answered 4
	decode desk/res/OQSmuquc02res_2.xml >result
	diff <(jq -c '.eligibility.answered_at = 0 | del(.oqs.executed_at)' result) \
		<(decode desk/res/OQSmuquc02res_3.xml | jq -c '.eligibility.answered_at = 0 | del(.oqs.executed_at)')
	jq -s -e --arg n "$number" 'length == 3 and all(.eligibility.status == "valid") and
		(map(.oqs.item_id) == ["I-1", "I-2", "I-3"]) and all(.oqs.counts == {processed: 3, normal: 3, error: 0}) and
		all(.oqs.reception_number == $n) and all(.oqs | has("conflicts") | not)' result
	[ "$(outcome desk/res/OQSmuquc02res_4.xml)" = "9 - SYN-E-0008" ]
}

@test "a request in the middle of being written is not taken, one taken back not answered" {
	desk_start desk --settle 1s
	request | oq-message encode >whole 2>/dev/null
	head -c 300 whole >desk/req/OQSsiquc01req_1.xml
	cp whole desk/req/OQSsiquc01req_2.xml
	rm desk/req/OQSsiquc01req_2.xml
	sleep 1.5
	[ -e desk/req/OQSsiquc01req_1.xml ]
	tail -c +301 whole >>desk/req/OQSsiquc01req_1.xml
	wait_for 20 answered 1
	[ "$(outcome desk/res/OQSsiquc01res_1.xml)" = "1 1 valid" ]
	[ ! -e desk/res/OQSsiquc01res_2.xml ]
}

@test "a folder that goes away is reported once, and served again when it is back" {
	desk_start desk
	mv desk/req away
	wait_for 20 grep -q 'shared folder is not there' desk.log
	sleep 0.5
	mv away desk/req
	request | put OQSsiquc01req_1.xml
	wait_for 20 answered 1
	[ "$(grep -c 'shared folder is not there' desk.log)" -eq 1 ]
}

@test "a hub that cannot be reached is an error of the centre" {
	request | put OQSsiquc01req_1.xml
	OQ_VIA=https://127.0.0.1:1/ desk_start desk --retry-for 1s
	wait_for 20 answered 1
	[ "$(outcome desk/res/OQSsiquc01res_1.xml)" = "9 2 SYN-E-0004" ]
	decode desk/res/OQSsiquc01res_1.xml | jq -e '.error.upstream.message | test("hub-unreachable")'
}

# Takes every response away, as a receipt computer does, and notes its name.
consume() {
	local file
	for file in desk/res/*.xml; do
		[ -e "$file" ] || continue
		xmllint --noout "$file" || echo "broken ${file##*/}" >>consumed
		echo "${file##*/}" >>consumed
		rm "$file"
	done
}

# How many different questions the hub has had.
questions() {
	oq-hub audit "$HUB" | jq -r '.ask // empty' | sort -u | wc -l
}

@test "killed at any moment, each request is answered once, also when its response is taken at once" {
	local round n=0 asked
	asked=$(questions)
	: >consumed
	mkdir -p desk/req
	request | oq-message encode >one 2>/dev/null
	for ((round = 0; round < OQ_ROUNDS; round++)); do
		for _ in 1 2 3 4 5 6; do
			n=$((n + 1))
			cp one "desk/$n"
			mv "desk/$n" "desk/req/OQSsiquc01req_$n.xml"
		done
		desk_start desk --settle 0ms --scan 10ms
		sleep "0.$((RANDOM % 10))$((RANDOM % 10))"
		consume
		kill -KILL "$serving"
		wait "$serving" || true
		serving=
		consume
	done
	desk_start desk --settle 0ms
	wait_for 20 eval 'consume; [ "$(wc -l <consumed)" -ge '"$n"' ]'
	sleep 0.5
	consume
	[ "$(($(questions) - asked))" -eq "$n" ]
	for ((; n > 0; n--)); do echo "OQSsiquc01res_$n.xml"; done | sort >wanted
	sort consumed | diff wanted -
	desk_stop
	[ -z "$(find desk/.oq-terminal -type f ! -name lock)" ]
}

@test "what was taken before a kill is asked with the identity of then, and answered once" {
	request | put OQSsiquc01req_1.xml
	OQ_VIA=https://127.0.0.1:1/ desk_start desk --retry-for 1m
	wait_for 20 test -e desk/.oq-terminal/taken-OQSsiquc01req_1.xml
	kill -KILL "$serving"
	wait "$serving" || true
	serving=
	[ -z "$(find desk/req desk/res -type f)" ]
	desk_start desk
	wait_for 20 answered 1
	[ "$(outcome desk/res/OQSsiquc01res_1.xml)" = "1 1 valid" ]
	desk_stop
	rm desk/res/*
	# Ready, but not yet moved, and the request not yet removed.
	cp "$OQ_TREE/tests/data/oqs/res/OQSsiquc01res_202610050001.xml" desk/.oq-terminal/ready-OQSsiquc01req_2.xml
	request | put OQSsiquc01req_2.xml
	mv desk/req/OQSsiquc01req_2.xml desk/.oq-terminal/taken-OQSsiquc01req_2.xml
	: >desk/.oq-terminal/ready-OQSsiquc01req_3.xml.Ab12Cd
	desk_start desk
	cmp desk/res/OQSsiquc01res_2.xml "$OQ_TREE/tests/data/oqs/res/OQSsiquc01res_202610050001.xml"
	sleep 0.5
	[ "$(ls desk/res)" = OQSsiquc01res_2.xml ]
	[ "$(ls desk/.oq-terminal)" = lock ]
}

# value_of FAULT: that of its row.
value_of() {
	case $1 in
	slow | pending) echo 700 ;;
	half) echo 0 ;;
	order) echo 1 ;;
	error) echo SYN-E-1234 ;;
	twice) echo 300 ;;
	esac
}

# What stands in res in the end for two faults: the worse one decides.
expected() {
	case " $* " in
	*" never "*) echo nothing ;;
	*" half "*) echo broken ;;
	*" encoding "*) echo broken ;;
	*" error "*) echo "9 2 SYN-E-1234" ;;
	*) echo "1 1 valid" ;;
	esac
}

found() {
	[ -e "$1" ] || { echo nothing; return; }
	local said
	said=$(outcome "$1")
	echo "${said:-broken}"
}

@test "every fault, and every two of them, ends as they say" {
	local faults=(slow order pending half encoding error never twice) a b n=100
	echo requests,fault,value >faults.csv
	for a in "${faults[@]}"; do
		for b in "${faults[@]}"; do
			[[ $a < $b || $a == "$b" ]] || continue
			n=$((n + 1))
			echo "$((n - 100)),$a,$(value_of "$a")" >>faults.csv
			[ "$a" = "$b" ] || echo "$((n - 100)),$b,$(value_of "$b")" >>faults.csv
			expected "$a" "$b" >"want.$n"
			request | put "OQSsiquc01req_$n.xml"
		done
	done
	request | put "OQSsiquc01req_999.xml" # lets the last one of those that wait go
	desk_start desk --faults faults.csv
	wait_for 20 test -e desk/res/OQSsiquc01res_999.xml
	wait_for 20 eval '[ "$(ls desk/.oq-terminal)" = lock ]'
	for file in want.*; do
		n=${file#want.}
		[ "$(found "desk/res/OQSsiquc01res_$n.xml")" = "$(cat "$file")" ] ||
			fail "$(grep "^$((n - 100))," faults.csv | xargs): $(found "desk/res/OQSsiquc01res_$n.xml"), not $(cat "$file")"
	done
}

@test "pending first, half first, twice, out of order: seen while it happens" {
	local n
	printf '%s\n' requests,fault,value 1,pending,1500 2,half,1500 3,twice,1500 4,order,1 5,slow,1500 >faults.csv
	for n in 1 2 3 4 5; do request | put "OQSsiquc01req_$n.xml"; done
	desk_start desk --faults faults.csv
	wait_for 20 test -e desk/res/OQSsiquc01res_1.xml
	[ "$(outcome desk/res/OQSsiquc01res_1.xml)" = "2 - pending" ]
	wait_for 20 test -e desk/res/OQSsiquc01res_2.xml
	run xmllint --noout desk/res/OQSsiquc01res_2.xml
	assert_failure
	wait_for 20 test -e desk/res/OQSsiquc01res_3.xml
	cp desk/res/OQSsiquc01res_3.xml three
	rm desk/res/OQSsiquc01res_3.xml
	wait_for 20 test -e desk/res/OQSsiquc01res_3.xml
	cmp three desk/res/OQSsiquc01res_3.xml
	wait_for 20 test -e desk/res/OQSsiquc01res_4.xml
	[ -e desk/res/OQSsiquc01res_5.xml ]
	[ "$(outcome desk/res/OQSsiquc01res_1.xml)" = "1 1 valid" ]
	[ "$(outcome desk/res/OQSsiquc01res_2.xml)" = "1 1 valid" ]
}

@test "a schedule that is none is refused, with its line" {
	for row in 0,slow,1 2-1,slow,1 1,slow 1,slow,x 1,never,1 1,strange,1 1,error 1; do
		printf '%s\n' requests,fault,value always,twice,5 "$row" >faults.csv
		run oq-terminal --faults faults.csv desk
		assert_failure 7
		assert_output --partial 'faults.csv:3'
	done
}

@test "a tap becomes a face result that oq-read-card reads, with the consents given" {
	people --limit 3 >people
	run --separate-stderr oq-terminal --tap people --facility "$FACILITY" --consent drugs=given \
		--consent checkups=refused --consent treatments=expired --consent tests=unobtainable \
		--consent limit_certificate=given desk
	assert_success
	[ "$(wc -l <<<"$output")" -eq 3 ]
	[ "$(sort <<<"$output")" = "$(ls desk/face)" ]
	[[ $(head -n 1 <<<"$output") =~ ^OQSsiquc01res_face_4719999999[0-9a-f]{20}_[0-9]{14}\.xml$ ]]
	assert_equal "$stderr" "oq-terminal: read 3, yes 3, no 0, unknown 0"
	oq-read-card --face desk/face --facility "$FACILITY" --state "$PWD" >cards
	[ "$(wc -l <cards)" -eq 3 ]
	verify --via "terminal:$PWD/desk" --facility "$FACILITY" <cards >after
	cmp cards after
	[ -z "$(ls desk/req)" ]
	head -n 1 people | oq-terminal --tap - --facility "$FACILITY" --encoding cp932 faces >name
	decode "faces/face/$(cat name)" | jq -e '.eligibility.source == "card" and
		.oqs.encoding.identifier == "1" and (.eligibility.consents | all(.decision == "absent"))'
	decode desk/face/* >faces.jsonl
	jq -e '.eligibility.source == "card"' faces.jsonl
	[ "$(jq -c 'select(.eligibility.policies | length > 0) | .eligibility.consents |
		[.drugs, .checkups, .treatments, .tests, .operations] |
		map("\(.decision) \(.usable)") | join(",")' faces.jsonl | sort -u)" = \
		'"given true,refused false,expired false,unobtainable false,absent false"' ]
	jq -se 'all(.[].eligibility.consents.drugs | select(.usable);
		((.expires_at[:19] + "Z" | fromdate) - (.given_at[:19] + "Z" | fromdate)) == 86400)' faces.jsonl
}

@test "certificates stand in a face result only with their consent" {
	people >people
	oq-terminal --tap people --facility "$FACILITY" --consent limit_certificate=given \
		--consent specific_diseases=refused with >/dev/null
	oq-terminal --tap people --facility "$FACILITY" --consent limit_certificate=refused without >/dev/null
	decode with/face/* | jq -c '.eligibility.policies[]?' >with.jsonl
	decode without/face/* | jq -c '.eligibility.policies[]?' >without.jsonl
	jq -se 'any(has("limit_certificate")) and (any(has("specific_diseases")) | not)' with.jsonl
	jq -se 'any(has("limit_certificate") or has("specific_diseases")) | not' without.jsonl
}

@test "a tap that fails is counted, and the others are written" {
	{ people --limit 1; echo nonsense; echo '{"id":7}'; } >people
	run --separate-stderr oq-terminal --tap people --facility "$FACILITY" desk
	assert_failure 3
	[ "$(wc -l <<<"$output")" -eq 1 ]
	[ "$(find desk/face -type f | wc -l)" -eq 1 ]
	[[ $stderr == *"read 3, yes 1, no 0, unknown 2" ]]
	run oq-terminal --tap missing --facility "$FACILITY" desk
	assert_failure 7
	people --limit 1 >people
	run --separate-stderr bash -c 'oq-terminal --tap people --facility "$FACILITY" desk >/dev/full'
	assert_failure 7
	OQ_VIA=https://127.0.0.1:1/ run oq-terminal --tap people --facility "$FACILITY" --retry-for 0s desk
	assert_failure 6
}

@test "a schedule of faults for a receipt computer that is asked through oq-verify" {
	printf '%s\n' requests,fault,value 1,error,SYN-E-1234 2,half,600 3,pending,600 4,slow,600 >faults.csv
	desk_start desk --faults faults.csv
	people --limit 1 >one
	for _ in 1 2 3 4; do
		verify --via "terminal:$PWD/desk" --facility "$FACILITY" <one >>out
	done
	[ "$(jq -r '.error.upstream.code // .eligibility.status' out | xargs)" = "SYN-E-1234 valid valid valid" ]
}

@test "wrong use is 2, a second server on a folder 7" {
	for wrong in "" "a b" "--via terminal:x desk" "--consent drugs=given desk" \
		"--tap - desk" "--facility 12 desk" "--encoding latin1 desk" \
		"--tap - --facility 4719999999 --consent drugs desk" \
		"--tap - --facility 4719999999 --consent drug=given desk" \
		"--tap - --facility 4719999999 --consent drugs=yes desk"; do
		# shellcheck disable=SC2086 # words
		run oq-terminal $wrong </dev/null
		assert_failure 2
		[ ! -e desk ]
	done
	run env -u OQ_VIA oq-terminal desk
	assert_failure 2
	desk_start desk
	run oq-terminal desk
	assert_failure 7
	run bash -c 'oq-terminal other >/dev/full'
	assert_failure 7
	touch file
	run oq-terminal file
	assert_failure 7
}

# seen A B: what oq-verify makes of two faults: the worse one decides.
seen() {
	case " $* " in
	*" never "*) echo terminal-silent ;;
	*" half "*" encoding "* | *" encoding "*" half "*) echo broken ;;
	*" half "*) echo oqs-not-well-formed ;;
	*" encoding "*) echo terminal-answer-damaged ;;
	*" error "*) echo SYN-E-1234 ;;
	*) echo valid ;;
	esac
}

@test "every fault, and every two of them, ends in the right record of oq-verify" {
	local faults=(slow order pending half encoding error never twice) a b n=0
	echo requests,fault,value >faults.csv
	people --limit 1 >one
	for a in "${faults[@]}"; do
		for b in "${faults[@]}"; do
			[[ $a < $b || $a == "$b" ]] || continue
			n=$((n + 1))
			echo "$n,$a,$(value_of "$a")" >>faults.csv
			[ "$a" = "$b" ] || echo "$n,$b,$(value_of "$b")" >>faults.csv
			seen "$a" "$b" >"want.$n"
		done
	done
	desk_start desk --faults faults.csv --settle 0ms --scan 10ms
	# One after the other, so that it is known which is which; the last lets those go that wait for it.
	for ((i = 1; i <= n + 1; i++)); do
		oq-verify --via "terminal:$PWD/desk" --facility "$FACILITY" --journal "$i.db" --settle 100ms \
			--note-after 2s --give-up 20s <one >"out.$i" 2>>err 3>&- &
		eval "asking_$i=$!"
		wait_for 20 eval '[ -s "$i.db" ] && sqlite3 "$i.db" "SELECT 1 FROM question" 2>/dev/null | grep -q 1'
		wait_for 20 eval '[ -z "$(ls -A desk/req)" ]'
	done
	for ((i = 1; i <= n; i++)); do
		pid=asking_$i
		wait "${!pid}" || true
		got=$(jq -r '.error.upstream.code // .error.code // .eligibility.status' "out.$i")
		[ "$(cat "want.$i")" != broken ] || [[ $got != oqs-not-well-formed && $got != terminal-answer-damaged ]] || got=broken
		assert_equal "$(grep "^$i," faults.csv | xargs): $got" "$(grep "^$i," faults.csv | xargs): $(cat "want.$i")"
	done
}
