# oq-adoption: facilities counted, published figures shown, drawn and recomputed.

# shellcheck disable=SC2154 # run sets stderr
bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || exit 1
	tables=$OQ_TREE/lib/adoption
}

# Reckons the figures of facility lines apart from the command: counts, ranks, rounding.
reckon() { # DAY KEY < LINES
	python3 -c '
import json, sys
from fractions import Fraction
day, key = sys.argv[1:]
kinds = {"hospital_large": "hospital", "clinic_occupational": "clinic_medical",
         "pharmacy_large_chain": "pharmacy"}
members = ["reader_applied_on", "ready_on", "operation_started_on"]
places = {}
for line in sys.stdin:
    f = json.loads(line)
    kind = f.get("facility_class") or {"3": "clinic_dental", "4": "pharmacy"}[f["facility_code"][2]]
    for k in (kinds.get(kind, kind), "all"):
        place = places.setdefault((k, f.get(key, "") if key else ""), [0, 0, 0, [0, 0, 0], [0, 0, 0]])
        place[0] += 1
        place[1] += f.get("claims_mode") in ("online", "disc")
        place[2] += "claims_mode" not in f
        for i in range(3):
            if any(f.get(m, "9") <= day for m in members[i:]):
                place[3][i] += 1
                place[4][i] += f.get("claims_mode") in ("online", "disc")
def pct(a, b):
    tenths = int(Fraction(a * 1000, b) + Fraction(1, 2))
    return "%d.%d" % divmod(tenths, 10)
for k in ["hospital", "clinic_medical", "clinic_dental", "pharmacy", "all"]:
    for i, stage in enumerate(["applied", "ready", "operating"]):
        rows = [(Fraction(p[3][i], p[0]), name, p) for (kind, name), p in places.items() if kind == k]
        rows.sort(key=lambda r: (key != "" and r[1] == "", -r[0], r[1].encode()))
        for rate, name, p in rows:
            rank = 1 + sum(r[0] > rate and r[1] != "" for r in rows) if key and name else ""
            print(k, stage, rank, name, p[3][i], p[0], p[1], p[4][i], p[2], pct(p[3][i], p[0]),
                  pct(p[3][i], p[1]) if p[1] and not p[2] else "", sep="|")
' "$1" "$2"
}

# The same of what the command wrote.
as_rows='.adoption | [.facility_type, .stage, .rank // "", .prefecture // "", .count, .total, .mandated,
	.mandated_count, .mode_unsaid, .pct_of_all, .pct_of_mandated // ""] | map(tostring) | join("|")'

@test "counts, rates and ranks with ties are those of an independent reckoning" {
	python3 - >in <<-'END'
		import json, random
		r = random.Random(7)
		day = lambda: "2022-%02d-%02d" % (r.randint(1, 12), r.randint(1, 28))
		for i in range(600):
		    f = {"id": i, "facility_class": r.choice(["hospital", "hospital_large", "clinic_medical",
		         "clinic_occupational", "clinic_dental", "pharmacy", "pharmacy_large_chain"])}
		    if r.random() < .1:
		        f["facility_code"] = "99" + r.choice("34") + "0000000"
		        del f["facility_class"]
		    days = sorted(day() for _ in range(3))
		    for n, m in enumerate(["reader_applied_on", "ready_on", "operation_started_on"]):
		        if r.random() < .6:
		            f[m] = days[n]
		    f["claims_mode"] = r.choice(["online", "disc", "paper"])
		    if r.random() < .9:
		        f["prefecture"] = r.choice(["青森県", "岩手県", "秋田県", "山形県", "福島県"] + ["県%d" % n for n in range(20)])
		    print(json.dumps(f, ensure_ascii=False))
		END
	oq-adoption --as-of 2022-09-04 in 2>said | jq -r "$as_rows" >out
	diff <(reckon 2022-09-04 '' <in) out
	[ "$(cat said)" = 'oq-adoption: read 600, yes 600, no 0, unknown 0' ]
	oq-adoption --as-of 2022-09-04 --by prefecture <in 2>said | jq -r "$as_rows" >out
	diff <(reckon 2022-09-04 prefecture <in) out
	# There are ties among them, or nothing was seen of ranks.
	cut -d'|' -f1-3 out | sort | uniq -d | grep -q '[0-9]'
	# One who does not say how it claims takes its kind's rate of the mandated away.
	sed '1s/"claims_mode": "[a-z]*"/"x": 1/' in >unsaid
	oq-adoption --as-of 2022-09-04 <unsaid 2>said | jq -r "$as_rows" >out
	diff <(reckon 2022-09-04 '' <unsaid) out
}

@test "the prefecture is told by the code, and choices are kept" {
	printf '%s\n' '{"facility_code":"0130000019"}' '{"facility_code":"4740000011"}' \
		'{"facility_code":"4840000011"}' '{"facility_code":"1330000019","prefecture":"別府県"}' |
		oq-adoption --by prefecture --type all --stage ready >out 2>said
	[ "$(jq -r '.adoption | "\(.rank) \(.prefecture) \(.total)"' out)" = \
'1 別府県 1
1 北海道 1
1 沖縄県 1
null null 1' ]
	printf '%s\n' '{"facility_code":"0130000019","municipality":"札幌市"}' '{"facility_code":"0130000019","municipality":"函館市"}' |
		oq-adoption --by municipality --type clinic_dental --stage ready --prefecture 北海道 >out 2>said
	[ "$(jq -r '.adoption.municipality' out | paste -sd' ')" = '函館市 札幌市' ]
}

@test "several days make a series, in order and each once" {
	echo '{"facility_class":"hospital","operation_started_on":"2022-06-01"}' |
		oq-adoption --as-of 2022-06-01 --as-of 2022-05-31 --as-of 2022-06-01 --type all --stage applied >out 2>said
	[ "$(jq -r '.adoption | "\(.as_of) \(.count)"' out | paste -sd' ')" = '2022-05-31 0 2022-06-01 1' ]
	echo '{"facility_class":"hospital","ready_on":"2022-06-01"}' |
		TZ=UTC faketime -f '2022-05-31 15:00:00' "$OQ_BUILD/bin/oq-adoption" --type all --stage ready >out 2>said
	[ "$(jq -r '.adoption | "\(.as_of) \(.count)"' out)" = '2022-06-01 1' ]
}

@test "a line that is none costs one record; contradicting days are told and counted" {
	printf '%s\n' '{bad' '{"facility_class":"nowhere"}' '{"error":{"tool":"x"}}' \
		'{"facility_class":"pharmacy","claims_mode":"fax"}' '{"facility_class":"pharmacy","ready_on":"2022-02-30"}' \
		'{"facility_class":"pharmacy","facility_code":7}' >bad
	echo '{"facility_class":"hospital","operation_started_on":"2022-01-01","reader_applied_on":"2022-02-01"}' >odd
	run --separate-stderr oq-adoption --as-of 2022-09-04 --summary s.json bad odd
	[ "$status" -eq 3 ]
	[ "$stderr" = 'oq-adoption: read 7, yes 0, no 1, unknown 6' ]
	jq -e '.read == 7 and .no == 1 and .unknown == 6' s.json
	[ "$(jq -r 'select(.error) | .error.code // "as it came"' <<<"$output" | paste -sd' ')" = \
		'not-json facility-type-missing as it came member-malformed member-malformed member-malformed' ]
	[ "$(jq -c 'select(.adoption_check) | [.seq, .adoption_check.check, .adoption_check.result]' <<<"$output")" = \
		'[7,"stages","difference"]' ]
	[ "$(jq -r 'select(.adoption.stage == "applied" and .adoption.facility_type == "all") | .adoption.count' <<<"$output")" = 1 ]
	grep -F '{"adoption' <<<"$output" >figures && "$OQ_TREE/tests/validate" figures
	run --separate-stderr oq-adoption odd --format text
	[ "$status" -eq 1 ]
	run --separate-stderr oq-adoption bad odd --format text
	[ "$status" -eq 3 ]
	[[ $output == *'1 facilities counted, 6 lines not counted'* ]]
}

@test "every figure of a table is shown as it was published, in every form" {
	for pair in facility:adoption_facility prefecture:adoption_prefecture \
		municipality:adoption_municipality timeseries:adoption_timeseries \
		claims-mode:claims_mode orca:orca card-issuance:card_issuance; do
		oq-adoption --table "${pair%:*}" >out
		python3 - out "$tables/${pair#*:}.csv" <<-'END' || fail "$pair"
			import csv, json, sys
			out = [json.loads(l)["adoption"] for l in open(sys.argv[1], encoding="utf-8")]
			rows = list(csv.DictReader(open(sys.argv[2], encoding="utf-8")))
			assert len(out) == len(rows) > 0
			for o, r in zip(out, rows):
			    assert sorted(str(v) for v in o.values()) == sorted(v for v in r.values() if v), (o, r)
		END
		oq-adoption --table "${pair%:*}" --format csv --lang en >sheet
		[ "$(grep -c , sheet)" -eq $(($(wc -l <out) + 1)) ] || fail "$pair: csv"
		cat out >>all
	done
	"$OQ_TREE/tests/validate" all
	[ "$(oq-adoption --table facility --type all --stage ready --as-of 2022-09-04 | jq .adoption.count)" = 76561 ]
	oq-adoption --table facility --format text --lang ja | grep -q '^2022-09-04  病院  *運用開始  *8191  *44.7  *44.9'
}

@test "check agrees with every figure that can be recomputed, and reports the rest" {
	run --separate-stderr oq-adoption --check
	[ "$status" -eq 3 ]
	printf '%s\n' "$output" >out
	"$OQ_TREE/tests/validate" out
	[ "$(jq -r '.adoption_check | select(.check == "percentage" and .result == "ok") | .recomputed' out | paste -sd' ')" = \
		'70.0 33.3 28.3 75.5 36.0 30.5 14.5 11.6 9.0 13.6 24.3 70.0 33.3 28.3 91.8 59.3 49.6 33.5' ]
	[ "$(jq -r '.adoption_check | select(.result == "unknown") | "\(.table) \(.of)"' out)" = \
'facility 12 figures of pct_of_all
facility 12 figures of pct_of_mandated
prefecture 44 figures of operation_rate_pct
municipality 120 figures of application_rate_pct
municipality 120 figures of operation_rate_pct
timeseries 9 figures of pct_of_all
card-issuance 2 figures of rate_pct' ]
	[ "$(jq -r '.adoption_check | select(.result == "difference" and .check != "remark") | "\(.table) \(.check) \(.published) \(.recomputed)"' out)" = \
'municipality same-day 2022-07-31 2022-09-04
timeseries growth 56.7 57.1
orca sum 51 84
orca list 20.1 20.0' ]
	[ "$(jq -r '.adoption_check | select(.result == "rounding") | "\(.published) \(.recomputed)"' out | paste -sd,)" = \
		'6.6 6.5,1.0 0.9,8.6 8.5' ]
	[ "$(jq -r '.adoption_check | select(.check == "remark") | .of' out | sort -u | wc -l)" -eq 11 ]
	run --separate-stderr oq-adoption --check --table claims-mode
	[ "$status" -eq 0 ]
	run --separate-stderr oq-adoption --check --table orca --format text --lang ja
	[ "$status" -eq 1 ]
	[[ $output == *公表値* ]]
}

@test "each kind of mistake in a table is found" {
	# broken TABLE SED CHECK: one more difference of that kind than before.
	broken() {
		local before after
		rm -rf t && cp -r "$tables" t
		before=$(oq-adoption --check --table "$1" --tables t 2>said | grep -c "\"check\":\"$3\".*\"result\":\"difference\"" || true)
		sed -i "$2" t/*"${1/-/_}".csv
		after=$(oq-adoption --check --table "$1" --tables t 2>said | grep -c "\"check\":\"$3\".*\"result\":\"difference\"" || true)
		[ "$after" -gt "$before" ] || fail "$*: $before, $after"
	}
	broken facility 's/,33.3,36.0,/,33.4,36.0,/' percentage
	broken facility 's/,33.3,36.0,/,33.3,36.1,/' percentage
	broken facility 's/,8191,/,8192,/' sum
	broken facility 's/,87.9,91.0/,88.9,91.0/' band
	broken facility 's/hospital,ready,8191,,50.3/hospital,ready,8191,,86.1/' stages
	broken prefecture 's/^hospital,2,山形,67.2/hospital,2,山形,75.1/' order
	broken prefecture 's/^hospital,,全国,44.7/hospital,,全国,44.8/' agreement
	broken municipality 's/^1082,/1083,/' list
	broken municipality 's/玖珂郡,100.0,83.3/玖珂郡,83.2,83.3/' stages
	broken timeseries 's/,113835,49.6,/,113835,49.5,/' percentage
	broken timeseries 's/,160716,70.0,/,160717,70.0,/' agreement
	broken claims-mode 's/hospital,online,0.8/hospital,online,1.0/' sum
	broken card-issuance 's/,population,51.3/,population,51.9/' band
	broken card-issuance 's/,cards_issued,33.5/,cards_issued,33.4/' percentage
}

@test "rounding is decimal: halves go up, at any size" {
	cp -r "$tables" t
	{
		head -n 1 "$tables/adoption_timeseries.csv"
		echo '2022-01-01,applied,all,1,12.5,8,S,confirmed'
		echo '2022-01-02,applied,all,1,6.3,16,S,confirmed'
		echo '2022-01-03,applied,all,5,0.5,1000,S,confirmed'
		echo '2022-01-04,applied,all,285,28.50,1000,S,confirmed'
		echo '2022-01-05,applied,all,1005,1.01,100000,S,confirmed'
		echo '2022-01-06,applied,all,2,67,3,S,confirmed'
		echo '2022-01-07,applied,all,999999999999,100.0,1000000000000,S,confirmed'
	} >t/adoption_timeseries.csv
	oq-adoption --check --table timeseries --tables t 2>said |
		jq -r '.adoption_check | select(.check == "percentage") | "\(.result) \(.recomputed)"' >out
	[ "$(paste -sd, out)" = 'ok 12.5,ok 6.3,ok 0.5,ok 28.50,ok 1.01,ok 67,ok 100.0' ]
}

@test "pictures are valid, follow the screen, and say what they show" {
	printf '%s\n' '{"facility_class":"hospital","prefecture":"<&\">県","municipality":"とても長い名前の村の中の村とても長い名前の村"}' >in
	pictures=0
	picture() {
		oq-adoption --format svg --lang ja "$@" >p.svg 2>said || fail "$*: $(cat said)"
		xmllint --noout p.svg || fail "$*"
		# Title, day and unit in words; colours for both screens; nothing fetched, no script.
		for word in '<title ' '<desc ' prefers-color-scheme:dark '時点: 20' '>[^<]*\(%\|万施設\)[^<]*<'; do
			grep -q "$word" p.svg || fail "$*: no $word"
		done
		run grep -ciE 'script|href|url\(|@import' p.svg
		[ "$output" = 0 ]
		# No word begins or ends outside, by a width that no font exceeds.
		python3 - p.svg <<-'END' || fail "$*: a text outside"
			import sys, unicodedata, xml.etree.ElementTree as tree
			svg = tree.parse(sys.argv[1]).getroot()
			for t in svg.iter("{http://www.w3.org/2000/svg}text"):
			    size = int(t.get("font-size"))
			    wide = sum(size if unicodedata.east_asian_width(c) in "WF" else size * .6 for c in t.text or "")
			    x = int(t.get("x")) - {"start": 0, "middle": wide / 2, "end": wide}[t.get("text-anchor")]
			    assert x >= 0 and x + wide <= int(svg.get("width")), t.text
			    assert 0 < int(t.get("y")) <= int(svg.get("height")), t.text
		END
		pictures=$((pictures + 1))
	}
	picture --table facility
	[ "$(grep -c '<rect.*class="f s[0-2]"' p.svg)" -eq $((15 + 3)) ]
	grep -q '<title id="title">オンライン資格確認の導入状況（施設の種別）</title>' p.svg
	picture --table claims-mode
	picture --table timeseries
	grep -q 'stroke-dasharray' p.svg
	picture --table prefecture --type pharmacy
	[ "$(grep -c '<circle' p.svg)" -eq $((11 + 1)) ]
	picture --table municipality
	[ "$(grep -c '<circle' p.svg)" -eq $((240 + 2)) ]
	[ "$(xmllint --xpath 'string(//*[local-name()="text"][starts-with(., "1 ")])' p.svg)" = '1  山口県 玖珂郡' ]
	[ "$(xmllint --xpath 'count(//*[local-name()="text"][starts-with(., "17 ")])' p.svg)" -eq 2 ]
	picture in
	picture --as-of 2022-01-01 --as-of 2022-02-01 in
	picture --by prefecture in
	picture --by municipality in
	xmllint --xpath '//*[local-name()="text"]/text()' p.svg | grep -q '&lt;&amp;"&gt;県 とても長い'
	[ "$pictures" -eq 9 ]
}

@test "wrong use is refused before anything is read" {
	for wrong in '--table nothing' '--table orca --type all' '--table facility in' '--check in' \
		'--check --format svg' '--check --stage ready' '--tables .' '--as-of tomorrow' '--by street' \
		'--table orca --format svg' '--table prefecture --format svg' '--table facility --by prefecture' \
		'--table facility --as-of 2022-01-01 --as-of 2022-01-02'; do
		# shellcheck disable=SC2086
		run --separate-stderr oq-adoption $wrong </dev/null
		[ "$status" -eq 2 ] || fail "$wrong: $status"
		[ -z "$output" ]
	done
	run --separate-stderr oq-adoption nowhere.jsonl
	[ "$status" -eq 7 ]
	run --separate-stderr oq-adoption --check --tables nowhere
	[ "$status" -eq 7 ]
	cp -r "$tables" t && sed -i 1s/pct_of_all/pct/ t/adoption_facility.csv
	run --separate-stderr oq-adoption --table facility --tables t
	[ "$status" -eq 7 ]
	[[ $stderr == *'pct_of_all: no such column'* ]]
	for what in '--table facility' --check; do
		# shellcheck disable=SC2086
		run --separate-stderr bash -c "oq-adoption $what >/dev/full"
		[ "$status" -eq 7 ]
	done
	run --separate-stderr bash -c 'echo "{}" | oq-adoption >/dev/full'
	[ "$status" -eq 7 ]
}

@test "memory does not grow with lines" {
	case $OQ_BUILD in *sanitized) could_not_run "memory is not its own under a sanitiser" ;; esac
	line='{"facility_class":"hospital","prefecture":"青森県","operation_started_on":"2022-01-01"}'
	yes "$line" | head -n 1000 >few
	yes "$line" | head -n 100000 >many
	few=$("$OQ_BUILD/tests/cputime" -i few -o out oq-adoption --by municipality 2>said | cut -d' ' -f2)
	many=$("$OQ_BUILD/tests/cputime" -i many -o out oq-adoption --by municipality 2>said | cut -d' ' -f2)
	[ $((many - few)) -lt 1024 ] || fail "$few KiB, $many KiB"
}
