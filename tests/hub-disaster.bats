# oq-hub: windows in which medical information is given without a card.

load helper
load hub

setup_file() {
	load helper
	cd "$BATS_FILE_TMPDIR" || return
	hub_init hub --people 300 --seed 7
	oq-hub facility add --municipality 那覇市 hub 4719999988
	cp -r hub clean
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	HUB=$BATS_TEST_TMPDIR/hub
	cp -r "$BATS_FILE_TMPDIR/clean" hub
}

teardown() {
	hub_stop
}

# day DAYS: the date so many days from today, in Japan.
day() {
	TZ=Asia/Tokyo date -d "$1 day" +%F
}

# about PERSON: name, birth date, sex and address as the hub answers a question by number with.
about() {
	oq-hub people "$HUB" | jq -c --arg id "$1" 'select(.id == $id and .expected == "valid")' |
		questions "$2" >number
	verify number | jq -c '.eligibility.policies[0] | {name, birth_date, sex, address, consent: "given"}'
}

# line ASK KEYS [FILTER]
line() {
	jq -cn --arg ask "$(printf %.26s "${1}zzzzzzzzzzzzzzzzzzzzzzzzzz")" --argjson keys "$2" \
		'{ask: $ask, disaster: $keys, purposes: ["drugs", "checkups"], months: 12} | '"${3:-.}"
}

post() {
	ask -H 'Content-Type: application/x-ndjson' --data-binary "@$1" "${@:2}" v1/query
}

# told CODE FILE: an error, nothing medical, and an entry that is marked.
told() {
	post "$2" "${@:3}" >answered
	jq -e --arg code "$1" '(has("medical") | not) and .error.code == $code' answered || {
		cat answered
		return 1
	}
	[ "$(oq-hub audit "$HUB" | tail -n 1 | jq -r '[.kind, .result] | join(" ")')" = "disaster $1" ]
}

@test "the ministry's list loads: what has no dates or no clear place is listed, not opened" {
	cat >list.csv <<-'END'
		event,area,from,to,note,source,confidence
		雨,宮城県 大崎市 等,,,window not found,TEST,confirmed
		風,島根県出雲市 福岡県・佐賀県・大分県の市町村,2023-07-08,2023-07-14,,TEST,confirmed
		地震,4県47市町村,2024-01-01,2024-01-07,,TEST,confirmed
		地震,石川県 19市町,,2024-03-07,,TEST,single-source
		台風,北海道余市町 四日市市,2024-01-01,2024-01-07,,TEST,single-source
	END
	oq-hub disaster load "$HUB" list.csv >windows
	"$OQ_TREE/tests/validate" -d window windows
	[ "$(jq -r '[.id, .state, .reason, .unclear // 0] | join(" ")' windows)" = "1 not-opened no-dates 1
2 over  1
3 not-opened area-unclear 1
4 not-opened no-dates 1
5 over  0" ]
	# Once more: nothing is there twice.
	oq-hub disaster load "$HUB" list.csv | cmp - windows
	oq-hub disaster list "$HUB" | cmp - windows
	sed -i 's/2023-07-08/2023-99-08/' list.csv
	run oq-hub disaster load "$HUB" list.csv
	assert_failure
	assert_output --partial 'list.csv:3'
}

@test "a window is opened for places and days that can be told, and closed at once" {
	oq-hub disaster open --event 地震 --from "$(day -1)" --to "$(day 5)" --kinds 'medical pharmacy' "$HUB" \
		'沖縄県 那覇市 鹿児島県' >window
	jq -e '.state == "open" and .kinds == ["medical", "pharmacy"] and .event == "地震" and (has("unclear") | not)' window
	oq-hub disaster open --from "$(day 1)" --to "$(day 2)" "$HUB" 石川県 | jq -e '.state == "to-come"'
	run oq-hub disaster open --from "$(day -1)" --to "$(day 2)" "$HUB" 4県
	assert_failure 2
	run oq-hub disaster open --from "$(day -1)" "$HUB" 石川県
	assert_failure 2
	run oq-hub disaster open --from "$(day 2)" --to "$(day 1)" "$HUB" 石川県
	assert_failure 2
	run oq-hub disaster open --from "$(day 1)" --to "$(day 2)" --kinds vets "$HUB" 石川県
	assert_failure 2
	oq-hub disaster close "$HUB" 1
	run oq-hub disaster close "$HUB" 1
	assert_failure 1
	run oq-hub disaster close "$HUB" x
	assert_failure 2
	[ "$(oq-hub disaster list "$HUB" | jq -r .state | paste -sd' ')" = "closed to-come" ]
}

@test "in an open window name, birth date, sex and address or insurer suffice, and each look is marked" {
	hub_start "$HUB"
	about 18 aa >keys
	line ba "$(<keys)" >asked
	told disaster-not-open asked
	oq-hub disaster open --from "$(day -1)" --to "$(day 5)" "$HUB" 沖縄県 >window
	post asked -H 'Oq-Operator: tent 1' >answered
	jq -e '.medical | .disaster == {id: 1, area: "沖縄県"} and (.drugs | length) > 0 and
		(.checkups | length) > 0 and .refused == [] and .asked == ["drugs", "checkups"]' answered
	jq -c '{medical}' answered >record
	"$OQ_TREE/tests/validate" record
	oq-hub audit "$HUB" | tail -n 1 | jq -e '.kind == "disaster" and .result == "answered-oral" and
		.person == 18 and .operator == "tent 1" and .purposes == ["drugs", "checkups"] and .window == 1'
	# The same bytes again; the patient who cannot be asked; no address but the insurer.
	sleep 1.1
	post asked | cmp - answered
	line bb "$(jq -c '.consent = "unable"' keys)" >asked
	post asked | jq -e .medical >/dev/null
	oq-hub audit "$HUB" | tail -n 1 | jq -e '.kind == "disaster" and .result == "answered-unable"'
	line bc "$(jq -c --arg number "$(jq -r .insured.insurer_number number)" 'del(.address) | .insurer_number = $number' keys)" >asked
	post asked | jq -e .medical >/dev/null
	# Folded, the kana, without the number of the house.
	jq -c '.name |= gsub("　"; " ") | .address |= sub("[0-9].*$"; "")' keys >loose
	line bd "$(<loose)" >asked
	post asked | jq -e .medical >/dev/null
	line be "$(jq -c --arg kana "$(verify number | jq -r '.eligibility.policies[0].kana')" '.name = $kana' keys)" >asked
	post asked | jq -e .medical >/dev/null
	# Closed, nobody is told any more, not even what was answered before.
	oq-hub disaster close "$HUB" 1
	line ba "$(<keys)" >asked
	told disaster-not-open asked
	oq-hub audit --verify "$HUB"
}

@test "who is not found is not shown, and neither is one of two" {
	hub_start "$HUB"
	oq-hub disaster open --from "$(day -1)" --to "$(day 5)" "$HUB" 沖縄県 >window
	about 18 aa >keys
	local filter n=0
	while read -r filter; do
		line "b$(printf %02d $((n += 1)) | tr 0-9 a-j)" "$(jq -c "$filter" keys)" >asked
		told person-not-found asked
	done <<-'END'
		.name = "架空　太郎"
		.birth_date = "1952-04-09"
		.sex = if .sex == "male" then "female" else "male" end
		.address = "架空県"
		.address = "沖縄県那覇市1"
		.address += "0"
		del(.address) | .insurer_number = "06139908"
	END
	sqlite3 "$HUB/people.db" "UPDATE cover SET doc = (SELECT c.doc FROM cover c WHERE c.person = 18 LIMIT 1) WHERE person = 19"
	line ca "$(<keys)" >asked
	told person-ambiguous asked
}

@test "who is withheld is found by nobody's address" {
	hub_start "$HUB"
	oq-hub disaster open --from "$(day -1)" --to "$(day 5)" "$HUB" 沖縄県 >window
	about 18 aa >keys
	# The flag of the packed cover (store/cover.c).
	sqlite3 "$HUB/people.db" "UPDATE cover SET doc = CAST(substr(doc, 1, 1) || x'03' || substr(doc, 3) AS BLOB) WHERE person = 18"
	line ba "$(<keys)" >asked
	told person-not-found asked
}

@test "only the facilities that the window names" {
	hub_start "$HUB"
	about 18 aa >keys
	line ba "$(<keys)" >asked
	oq-hub disaster open --from "$(day -1)" --to "$(day 5)" --kinds pharmacy "$HUB" 沖縄県 >window
	told disaster-not-open asked
	oq-hub disaster open --from "$(day -1)" --to "$(day 5)" "$HUB" 石川県 >window
	told disaster-not-open asked
	oq-hub disaster open --from "$(day -9)" --to "$(day -1)" "$HUB" 沖縄県 >window
	oq-hub disaster open --from "$(day 1)" --to "$(day 9)" "$HUB" 沖縄県 >window
	told disaster-not-open asked
	# A municipality: the hub must know where the facility is.
	oq-hub disaster open --from "$(day -1)" --to "$(day 5)" "$HUB" 沖縄県那覇市 >window
	told facility-place-unknown asked
	post asked --cert "$HUB/4719999988.pem" --key "$HUB/4719999988.key" | jq -e '.medical.disaster.id == 5'
	oq-hub disaster close "$HUB" 5
	oq-hub disaster open --from "$(day -1)" --to "$(day 5)" "$HUB" 沖縄県宮古島市 >window
	told disaster-not-open asked --cert "$HUB/4719999988.pem" --key "$HUB/4719999988.key"
}

@test "what is no question in a disaster" {
	hub_start "$HUB"
	oq-hub disaster open --from "$(day -1)" --to "$(day 5)" "$HUB" 沖縄県 >window
	about 18 aa >keys
	local filter n=0
	while read -r filter; do
		line "b$(printf %02d $((n += 1)) | tr 0-9 a-j)" "$(<keys)" "$filter"
	done >asked <<-'END'
		del(.disaster.name)
		del(.disaster.address)
		.disaster.insurer_number = "06139908"
		del(.disaster.consent)
		.disaster.consent = "refused"
		.disaster.sex = "unset"
		.disaster.more = 1
		.disaster = []
		.disaster.name = ""
		.disaster.birth_date = "1952-02-30"
		.consent = "a.b.c"
		.purposes = ["limit_certificate"]
	END
	post asked | jq -e -s 'length == 12 and all(.error.code == "question-malformed" and
		(has("medical") | not))'
}
