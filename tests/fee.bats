# oq-fee: additions of the fee table, encounter by encounter. All patients are made up.

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || exit 1
	table=$OQ_TREE/lib/fee/fee_points.csv
}

# cases KIND: made from the table and reckoned separately.
cases() {
	"$OQ_TREE/tests/fee-cases" "$1" "$table" >cases
	cut -f1 cases | oq-fee 2>said >out
	run "$OQ_TREE/tests/fee-cases" check cases out
	assert_success
	grep -qx "oq-fee: read $(wc -l <cases), yes $(wc -l <cases), no 0, unknown 0" said
}

# fees FILTER [OPTION...]: what a filter makes of each entry of the lines on standard input.
fees() {
	local filter=$1
	shift
	oq-fee "$@" 2>said | jq -r ".fees[] | $filter"
}

@test "every row of the table on its first and last day, and not the day before or after" {
	cases days
	[ "$(wc -l <cases)" -gt 500 ]
}

@test "every condition of every row, from both sides" {
	cases conditions
	[ "$(wc -l <cases)" -gt 1000 ]
}

@test "the additions considered are those of the day and the kind of facility" {
	cat >in <<-'END'
		{"date":"2022-03-31","facility_type":"medical","visit_type":"initial"}
		{"date":"2024-05-31","facility_type":"medical","visit_type":"return"}
		{"date":"2024-06-01","facility_type":"dental","visit_type":"return","verified_by":"other"}
		{"date":"2026-05-31","facility_type":"pharmacy"}
		{"date":"2026-06-01","facility_type":"pharmacy"}
	END
	oq-fee --set visit_type=initial <in >out 2>said
	[ "$(jq -r '[.fees[] | "\(.rule)=\(.points) \(.reason)"] | join(", ")' out)" = \
'
F044=0 not-in-period
F061=2 without-card, F072=0 not-for-visit-type
F070=1 standards-met, F124=0 usage-rate-unknown
F150=0 abolished, F145=8 standards-met' ]
}

@test "which branch: cards that give nothing, consents, letters, and what is not known" {
	cat >in <<-'END'
		{"verified_by":"card","consent":"yes"}
		{"verified_by":"card","consent":"yes","no_data_stored":true}
		{"verified_by":"card","consent":"partial"}
		{"verified_by":"card","consent":"no"}
		{"verified_by":"card","consent":"yes","card_unreadable":true}
		{"verified_by":"card","consent":"yes","certificate_expired":true}
		{"verified_by":"other"}
		{"verified_by":"other","information_from_other_institution":true}
		{"verified_by":"card","consent":"no","information_from_other_institution":true}
		{"verified_by":"card"}
		{"verified_by":"any"}
		{}
	END
	branch() {
		fees '"\(.rule)=\(.points) \(.reason)"' --set facility_type=medical --set "visit_type=$2" \
			--set notified_dx=false < <(jq -c ".date = \"$1\"" in) | paste -sd, | sed 's/,/, /g'
	}
	[ "$(branch 2022-05-01 initial)" = 'F001=7 card-and-consent, F001=7 no-data-stored, F003=3 consent-partial, F003=3 consent-refused, F002=3 card-unreadable, F002=3 certificate-expired, F002=3 without-card, F002=3 without-card, F002=3 information-from-other-institution, F001=0 consent-unknown, F001=0 verified-by-unknown, F001=0 verified-by-unknown' ]
	[ "$(branch 2023-02-01 initial)" = 'F016=2 card-and-consent, F016=2 no-data-stored, F015=4 consent-partial, F015=4 consent-refused, F014=4 card-unreadable, F014=4 certificate-expired, F014=4 without-card, F016=2 information-from-other-institution, F016=2 information-from-other-institution, F015=0 consent-unknown, F014=0 verified-by-unknown, F014=0 verified-by-unknown' ]
	[ "$(branch 2023-05-01 return)" = 'F030=0 card-and-consent, F030=0 no-data-stored, F029=2 consent-partial, F029=2 consent-refused, F028=2 card-unreadable, F028=2 certificate-expired, F028=2 without-card, U07=0 points-unknown, U08=0 points-unknown, F029=0 consent-unknown, F028=0 verified-by-unknown, F028=0 verified-by-unknown' ]
}

@test "what oq-verify, oq-consent and oq-query wrote is read" {
	cat >in <<-'END'
		["number", {"eligibility":{"status":"valid","source":"number","consents":{}}}]
		["card, all given", {"eligibility":{"source":"card","consents":{"drugs":{"decision":"given"},"treatments":{"decision":"given"},"checkups":{"decision":"given"}}}}]
		["a part refused", {"eligibility":{"source":"card","consents":{"drugs":{"decision":"given"},"checkups":{"decision":"refused"}}}}]
		["all refused", {"eligibility":{"source":"card","consents":{"drugs":{"decision":"refused"},"checkups":{"decision":"refused"}}}}]
		["not asked", {"eligibility":{"source":"card","consents":{"limit_certificate":{"decision":"given"}}}}]
		["a screen was hidden", {"eligibility":{"source":"card","consents":{"drugs":{"decision":"given"},"checkups":{"decision":"absent"}}}}]
		["unobtainable", {"eligibility":{"source":"card","consents":{"drugs":{"decision":"unobtainable"},"checkups":{"decision":"given"}}}}]
		["expired consent", {"eligibility":{"source":"card","consents":{"drugs":{"decision":"expired"},"checkups":{"decision":"expired"}}}}]
		["a word of tomorrow", {"eligibility":{"source":"card","consents":{"drugs":{"decision":"perhaps"},"checkups":{"decision":"given"}}}}]
		["incomplete", {"eligibility":{"source":"card","consents":{"drugs":{"decision":"given","flags":["incomplete"]},"checkups":{"decision":"given"}}}}]
		["expired certificate", {"eligibility":{"source":"card","flags":["certificate-expired-grace"],"consents":{}}}]
		["expired card", {"card":{"expired_days":3,"method":"pin"},"consent":{"purposes":{"drugs":{"decision":"given"},"checkups":{"decision":"given"}}}}]
		["by oq-consent", {"card":{"method":"pin"},"consent":{"purposes":{"drugs":{"decision":"given"},"checkups":{"decision":"given"}}},"eligibility":{"source":"card","consents":{}}}]
		["not read", {"eligibility":{"source":"card","consents":{"drugs":{"decision":"given"},"checkups":{"decision":"given"}}},"medical":{"asked":["drugs","checkups"],"refused":[],"failed":[{"purpose":"drugs"}],"checkups":[]}}]
		["nothing stored", {"eligibility":{"source":"card","consents":{"drugs":{"decision":"given"},"checkups":{"decision":"given"}}},"medical":{"asked":["drugs"],"refused":[],"drugs":[]}}]
		["refused at oq-query", {"verified_by":"card","medical":{"asked":["drugs","checkups"],"refused":[{"purpose":"checkups","decision":"refused"}],"drugs":[{}]}}]
		["private", {"eligibility":{"status":"not-asked","reason":"private-pay"},"verified_by":"other"}]
		["a list", {"eligibility":{"status":"valid","source":"list"}}]
		["its own word first", {"verified_by":"other","eligibility":{"source":"card","consents":{}}}]
	END
	jq -c '.[0] as $id | .[1] + {id: $id, visit_date: "2024-07-03", facility_code: "1310000011"}' in |
		oq-fee --set visit_type=initial --set verified_by=other --set notified_dx=false 2>said |
		jq -r '"\(.id): \(.fees[0].rule)=\(.fees[0].points) \(.fees[0].reason)"' >out
	cat >wanted <<-'END'
		number: F052=3 without-card
		card, all given: F054=1 card-and-consent
		a part refused: F053=3 consent-partial
		all refused: F053=3 consent-refused
		not asked: F053=0 consent-not-asked
		a screen was hidden: F053=0 consent-not-asked
		unobtainable: F053=0 consent-unobtainable
		expired consent: F053=0 consent-expired
		a word of tomorrow: F053=0 consent-invalid
		incomplete: F053=0 consent-invalid
		expired certificate: F052=3 certificate-expired
		expired card: F052=3 certificate-expired
		by oq-consent: F054=1 card-and-consent
		not read: F053=0 information-not-read
		nothing stored: F054=1 no-data-stored
		refused at oq-query: F053=3 consent-partial
		private: F052=0 insurance-not-covered
		a list: F052=3 without-card
		its own word first: F052=3 without-card
	END
	diff wanted out
}

@test "every reason of records.csv can be had, and no other" {
	{
		"$OQ_TREE/tests/fee-cases" conditions "$table" | cut -f1
		"$OQ_TREE/tests/fee-cases" days "$table" | cut -f1
		cat <<-'END'
			{"date":"2023-02-01","facility_type":"medical","visit_type":"initial","verified_by":"card","consent":"yes","no_data_stored":true}
			{"date":"2023-02-01","facility_type":"medical","visit_type":"initial","verified_by":"card","consent":"partial"}
			{"date":"2023-02-01","facility_type":"medical","visit_type":"initial","verified_by":"card"}
			{"date":"2023-02-01","facility_type":"medical","visit_type":"initial"}
			{"date":"2023-02-01","facility_type":"medical","visit_type":"initial","card_unreadable":true}
			{"date":"2023-02-01","facility_type":"medical","visit_type":"initial","certificate_expired":true}
			{"date":"2023-02-01","facility_type":"medical","visit_type":"initial","information_from_other_institution":true}
			{"date":"2023-02-01","facility_type":"medical","visit_type":"return_outpatient_fee"}
			{"date":"2024-08-01","facility_type":"medical","visit_type":"initial","verified_by":"other","patient":1}
			{"date":"2024-08-31","facility_type":"medical","visit_type":"initial","verified_by":"other","patient":1}
			{"date":"2024-08-31","facility_type":"medical","visit_type":"return","verified_by":"other","patient":1}
			{"date":"2025-08-01","facility_type":"pharmacy","usage_rate_pct":50,"e_prescription":false}
			{"date":"2026-08-01","facility_type":"medical","visit_type":"initial"}
		END
		for decision in absent unobtainable expired invalid; do
			printf '{"date":"2023-02-01","facility_type":"medical","visit_type":"initial","eligibility":{"source":"card","consents":{"drugs":{"decision":"%s"},"checkups":{"decision":"given"}}}}\n' $decision
		done
		echo '{"date":"2023-02-01","facility_type":"medical","visit_type":"initial","eligibility":{"source":"card","consents":{"drugs":{"decision":"given"},"checkups":{"decision":"given"}}},"medical":{"asked":["drugs"],"failed":[{"purpose":"drugs"}]}}'
	} >in
	fees .reason <in | sort -u >had
	# Our table names what it does not know; one that does not says it like this.
	grep -v '^U' "$table" >mine.csv
	echo '{"date":"2022-05-01","facility_type":"dental","visit_type":"return","verified_by":"card","consent":"no"}' |
		fees .reason --rules mine.csv >>had
	sed -n 's/^fee,reason,.*,//p' "$OQ_TREE/lib/model/records.csv" | tr ' ' '\n' | sort >words
	sort -u had | diff words -
}

@test "the patient's share, rounded to ten yen on the whole bill" {
	for share in 1 2 3; do
		seq 0 60 | jq -c '{date: "2025-07-02", facility_type: "medical", visit_type: "initial",
			usage_rate_pct: 50, e_prescription: true, bill_points: .}' |
			oq-fee --share $share 2>said >out
		# 1 and 12 points; four and less go down, five and more up.
		jq -r '.bill_points as $b | .fees[] | [$b, .points, .share_yen, .difference_yen] | @tsv' out |
			awk -v tenths=$share '
				function pays(points, yen) {
					yen = points * 10 * tenths / 10
					return yen % 10 < 5 ? yen - yen % 10 : yen - yen % 10 + 10
				}
				{ whole = pays($1 + 13)
				  if ($3 != whole || $4 != whole - pays($1 + 13 - $2)) { print; bad = 1 } }
				END { exit bad || NR != 122 }'
	done
	[ "$(echo '{"date":"2025-07-02","facility_type":"pharmacy","patient":1}' | oq-fee --share 3 2>said |
		jq -c '[.fees[] | .points, .share_yen, .difference_yen]')" = '[1,0,0,0,0,0]' ]
}

@test "the table of a day, as records, text and CSV" {
	for on in 2022-04-01 2024-11-30 2024-12-01 2026-06-01; do
		oq-fee --list --on $on >list
		python3 - "$table" $on <<-'END' >wanted
			import csv, sys
			for r in csv.DictReader(open(sys.argv[1], encoding='utf-8')):
			    if r['effective_from'] <= sys.argv[2] <= (r['effective_to'] or '9999'):
			        print(r['row_id'], r['points'] or 'null', r['fee_name'], r['conditions'])
		END
		jq -r '"\(.rule) \(.points) \(.name) \(.conditions // "")"' list | diff wanted -
	done
	oq-fee --list --on 2026-06-01 --facility 4740000011 --format text --lang ja >text
	grep -qE '^行 +加算 +点数' text
	grep -qE '^F145 +電子的調剤情報連携体制整備加算 +8 +1/month' text
	[ "$(wc -l <text)" -eq 4 ]
	oq-fee --list --on 2026-06-01 --set facility_type=dental --format csv >csv
	[ "$(grep -c '^F' csv)" -eq 5 ]
	# Today in Japan, which is tomorrow in Europe.
	faketime -f '2024-11-30 15:00:00' env TZ=UTC "$OQ_BUILD/bin/oq-fee" --list >list
	grep -q '"rule":"F066"' list
	run ! grep -q '"rule":"F052"' list
}

@test "a filter: lines keep their bytes and their order, errors stay, our own member is replaced" {
	printf '%s\n' '{"big":12345678901234567890123, "date":"2025-01-05","facility_type":"pharmacy","fees":[1]}' \
		'' '[1]' '{"a":1,"a":2}' '{"error":{"tool":"oq-verify","code":"hub-busy","retry":"later"}}' \
		'{"error":{"tool":"oq-fee","code":"visit-type-missing","retry":"never"}}' \
		'{"facility_type":"dental","date":"2025-01-05"}' '{"date":"2025-01-05"}' \
		'{"date":"2025-13-01","facility_type":"pharmacy"}' '{"date":"2025-01-01","facility_type":"vet"}' \
		'{"date":"2025-01-01","facility_type":"pharmacy","usage_rate_pct":"12.3456"}' \
		'{"date":"2025-01-01","facility_type":"pharmacy","notified_dx":"perhaps"}' \
		'{"date":"2025-01-01","facility_type":"pharmacy","verified_by":3}' \
		'{"visit_date":"yesterday","facility_type":"pharmacy"}' >in
	run --separate-stderr bash -c 'oq-fee --summary count.json <in'
	[ "$status" -eq 3 ]
	[ "${#lines[@]}" -eq 14 ]
	[ "$stderr" = 'oq-fee: read 14, yes 1, no 0, unknown 13' ]
	[ "$(jq .unknown count.json)" -eq 13 ]
	[ "${lines[0]%%\"fees\"*}" = '{"big":12345678901234567890123, "date":"2025-01-05","facility_type":"pharmacy",' ]
	[ "$(jq -r '[.error.code // (.fees | length), .error.pointer // empty] | join(" ")' <<<"$output")" = \
'2
blank-line
not-an-object
duplicate-member
hub-busy
visit-type-missing
visit-type-missing /visit_type
facility-type-missing /facility_type
member-malformed /date
member-malformed /facility_type
member-malformed /usage_rate_pct
member-malformed /notified_dx
member-malformed /verified_by
visit-date-malformed /visit_date' ]
	[ "${lines[4]}" = "$(sed -n 5p in)" ]
}

@test "what its output is agrees with the schema" {
	"$OQ_TREE/tests/fee-cases" days "$table" | cut -f1 | jq -c 'del(.consent)' >in
	oq-fee --share 3 <in >out 2>said
	"$OQ_TREE/tests/validate" out
}

@test "wrong use is said before anything is read" {
	for wrong in "--set colour=red" "--set notified_dx=perhaps" "--set visit_type" "--facility 1320000011" \
		"--facility 13" "--share 4" "--list --history h" "--list --share 1" \
		"--on 2024-01-01" "file"; do
		# shellcheck disable=SC2086 # one option and its value
		run --separate-stderr oq-fee $wrong
		[ "$status" -eq 2 ] || fail "$wrong: $status"
		[ -z "$output" ]
	done
}

@test "a table that is none is named by its row and column" {
	echo '{"id":1}' >in
	broken() { # SED WANTED
		sed "$1" "$table" >broken.csv
		for how in "" --list "--history used"; do
			# shellcheck disable=SC2086 # one option and its value
			run --separate-stderr oq-fee --rules broken.csv $how <in
			[ "$status" -eq 7 ] || fail "$how: $status"
			[ -z "$output" ]
			[[ $stderr == *"$2"* ]] || fail "$how: $stderr"
		done
	}
	broken 's/^F001,/,/' 'broken.csv: row 1: row_id: empty'
	broken 's/limit_group/limit_gruop/' 'limit_group: no such column'
	broken '/^F001/s/,7,/,seven,/' 'row 1: points: seven'
	broken '/^F001/s#1/month#2/month#' 'row 1: frequency_limit: 2/month'
	broken '/^F001/s#1/month#1/0months#' 'row 1: frequency_limit: 1/0months'
	broken '/^F001/s/,card,/,kaado,/' 'row 1: verified_by: kaado'
	broken '/^F001/s/claims_mode=online/claims_mode=fax/' 'row 1: requires: claims_mode=fax'
	broken '/^F001/s/claims_mode=online/claims_mode=online|/' 'row 1: requires:'
	broken '/^F001/s/claims_mode=online/claims_mode~online/' 'row 1: requires: claims_mode~online'
	broken '/^F001/s/<=day/<=week/' 'row 1: requires: operation_started_on<=week'
	broken 's/acquisition-m-return,confirmed/nobody-knows,confirmed/' 'not_with: nobody-knows'
	broken '/^F001/s/,evidence-m,/,,/' 'row 1: limit_group: empty'
	[ ! -e used ]
}

@test "rules are read with the first line, but a file that is none is told at once" {
	run --separate-stderr oq-fee --rules nowhere.csv </dev/null
	[ "$status" -eq 7 ]
	[[ $stderr == *nowhere.csv* ]]
	mkfifo rules
	sleep 20 3>&- >rules &
	writer=$!
	run --separate-stderr timeout 10 oq-fee --rules rules </dev/null
	kill "$writer"
	[ "$status" -eq 0 ]
	[ "$stderr" = 'oq-fee: read 0, yes 0, no 0, unknown 0' ]
}

@test "a broken table is told while the first patient is waited for" {
	sed 's/^F001,/,/' "$table" >broken.csv
	mkfifo desk
	sleep 20 3>&- >desk &
	writer=$!
	run --separate-stderr timeout 10 oq-fee --rules broken.csv <desk
	kill "$writer"
	[ "$status" -eq 7 ]
	[ -z "$output" ]
	[[ $stderr == *"broken.csv: row 1: row_id: empty"* ]]
}

@test "where input, output or messages are closed, no file takes their place" {
	echo '{"visit_date":"2024-01-04","facility_type":"medical","visit_type":"initial"}' >line
	run --separate-stderr bash -c 'oq-fee --history used <line >&-'
	[ "$status" -eq 7 ]
	[[ $stderr == *"The output is not whole: Bad file descriptor"* ]]
	[ ! -e used ]
	[ ! -s used.lock ]
	run --separate-stderr bash -c 'oq-fee --history used <&-'
	[ "$status" -eq 7 ]
	[[ $stderr == *"Reading the input failed: Bad file descriptor"* ]]
	[ ! -e used ]
	run --separate-stderr bash -c 'oq-fee --history used <line 2>&-'
	[ "$status" -eq 0 ]
	[ "$(wc -l <<<"$output")" -eq 1 ]
	[ -s used ]
	[ ! -s used.lock ]
}

@test "a table of one's own: any name, any year, any condition" {
	cat >mine.csv <<-'END'
		row_id,fee_name,effective_from,effective_to,facility_type,visit_type,verified_by,consent,points,frequency_limit,code,conditions,source,confidence,family,also,requires,reason,limit_group,not_with,limit_confidence
		A,Fancy 1,2031-02-01,2031-02-28,dental,return,card,any,50,1/2months,9,,HERE,confirmed,fancy,,usage_rate_pct>10+usage_rate_pct<20|setting!=outpatient,,f,,recalled
		C,Fancy 3,2031-01-01,2031-01-31,dental,return,any,any,1,,,,HERE,confirmed,fancy,,claims_mode=online|usage_rate_pct>50+setting=outpatient,,,,
		B,Fancy 2,2031-02-01,,dental,return,other,any,20,1/2months,,,HERE,confirmed,fancy,,operation_started_on<month,,f,,recalled
	END
	cat >in <<-'END'
		{"verified_by":"card","usage_rate_pct":10}
		{"verified_by":"card","usage_rate_pct":10.001}
		{"verified_by":"card","usage_rate_pct":"19.9990"}
		{"verified_by":"card","usage_rate_pct":20}
		{"verified_by":"card","usage_rate_pct":20,"setting":"house_call"}
		{"verified_by":"card"}
		{"verified_by":"other","operation_started_on":"2031-01-31"}
		{"verified_by":"other","operation_started_on":"2031-02-01"}
		{"verified_by":"other","date":"2031-03-01"}
		{"date":"2031-01-31","claims_mode":"disc"}
		{"date":"2031-01-31","claims_mode":"disc","usage_rate_pct":51}
		{"date":"2031-01-31","claims_mode":"disc","usage_rate_pct":51,"setting":"home_visit"}
		{"date":"2031-01-31","claims_mode":"online"}
	END
	[ "$(jq -c '{date: "2031-02-28"} + .' in | fees '"\(.rule)\(.points) \(.reason)"' --rules mine.csv \
		--set facility_type=dental --set visit_type=return | paste -sd,)" = \
'A0 usage-rate-too-low,A50 standards-met,A50 standards-met,A0 usage-rate-too-low,A50 standards-met,A0 usage-rate-unknown,B20 without-card,B0 not-in-operation,B20 without-card,C0 usage-rate-unknown,C1 standards-met,C0 claims-not-online,C1 standards-met' ]
}

@test "it is restrained before it reads, and says nothing of a patient" {
	mkfifo in
	oq-fee <in >out 2>said 3>&- &
	exec 4>in
	wait_for 20 grep -qE '^Seccomp:.2' /proc/$!/status
	grep -qE '^NoNewPrivs:.1' /proc/$!/status
	echo '{"date":"SEKRET","facility_type":"medical","visit_type":"SEKRET","patient":"SEKRET"}' >&4
	exec 4>&-
	wait $! || [ $? -eq 3 ]
	run ! grep -q SEKRET said
}
