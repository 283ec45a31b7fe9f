# The schema and the pages that are generated from records.csv, errors.csv and next.csv.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	records=$OQ_TREE/lib/model/records.csv
	schema=$OQ_BUILD/gen/oq-record.schema.json
}

# Every member of records.csv as "object member", without the header.
members() {
	sed 1d "$records" | cut -d, -f1,2 | tr , ' '
}

validate() {
	"$OQ_TREE/tests/validate" "$@"
}

@test "the schema has every object and member, and is additive everywhere" {
	run jq -r '."$defs" | to_entries[] | .key as $o | .value.properties | keys[] | "\($o) \(.)"' "$schema"
	assert_success
	while read -r member; do
		grep -qx "$member" <<<"$output" || fail "the schema has no $member"
	done < <(members)
	run jq -c '[."$defs"[] | .additionalProperties] | unique' "$schema"
	assert_output '[true]'
}

@test "every reference in the schema resolves" {
	run jq -r '. as $s | [.. | objects | ."$ref"? // empty] | unique[]
		| select(ltrimstr("#/$defs/") as $d | $s."$defs" | has($d) | not)' "$schema"
	assert_output ''
}

# These are lines or files of their own: what --summary writes, what a hub prints, a project whose
# subsidy is asked for.
alone='agreement audit chain credential encounter evidence facility fee_rule held hello issued_card ledger ledger_check project summary totals window'

@test "every object that does not stand alone is held by another, and all are described" {
	run jq -r '. as $s | [.. | objects | ."$ref"? // empty | ltrimstr("#/$defs/")] as $held
		| ."$defs" | keys[] | select(. as $o | $held | index([$o]) | not)' "$schema"
	assert_output "${alone// /$'\n'}"
	run awk '/^\.Ss / { name = $2; getline; if (/^\./) print name }' "$OQ_BUILD/man/oq-records.5"
	assert_output ''
}

# A note that tells some of the words tells all of them, unless it says that they are examples.
@test "the words of a member are those its note explains" {
	run python3 - "$records" <<-'EOF'
		import csv, re, sys
		for row in csv.DictReader(open(sys.argv[1], encoding='utf-8')):
		    here = row['object'] + '.' + row['member'] + ':'
		    words = [w.split('=')[-1] for w in row['words'].split()]
		    codes = [w.split('=')[0] for w in row['words'].split() if '=' in w]
		    if words and row['type'].rstrip('?') not in ('word', 'array'):
		        print(here, 'words, but it is no word')
		    if len(set(words)) != len(words) or len(set(codes)) != len(codes):
		        print(here, 'a word or code twice')
		    for word in words:
		        if not re.fullmatch('[a-z0-9]+(-[a-z0-9]+)*', word):
		            print(here, word, 'is not kebab-case')
		    told = [w for w in words if re.search('(?<![a-z0-9-])%s(?![a-z0-9-])' % w, row['note'])]
		    if told and len(told) < len(words) and not re.search('such as|…', row['note']):
		        print(here, 'the note leaves out', *sorted(set(words) - set(told)))
		    for code, word in (w.split('=') for w in row['words'].split() if '=' in w):
		        if re.search(r'\b%s\b' % word, row['note']) and re.search(r'\b%s [a-z]' % code, row['note']) \
		           and not re.search(r'\b%s %s\b' % (code, word), row['note']):
		            print(here, 'the note gives', code, 'another word')
	EOF
	assert_success
	assert_output ''
}

@test "names are snake_case, none twice in an object" {
	run bash -c 'sed 1d "$1" | cut -d, -f1,2 | sort | uniq -d' - "$records"
	assert_output ''
	run bash -c 'sed 1d "$1" | cut -d, -f2 | grep -vE "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"' - "$records"
	assert_output ''
}

@test "a right record passes, with members of the caller's own" {
	echo '{"seq":1,"id":7,"mine":{"x":1},"insured":{"insurer_number":"06130488","symbol":"12","number":"3","birth_date":"1980-01-02","taken_from":"old-card"},"eligibility":{"status":"not-asked","reason":"private-pay"}}' >r.jsonl
	run validate r.jsonl
	assert_success
	assert_output ''
}

@test "each kind of violation is found and named" {
	while IFS='|' read -r record expected; do
		run validate - <<<"$record"
		assert_failure 1
		assert_output --partial "$expected"
	done <<-'EOF'
		[]|line 1: : is array, not object
		{"seq":"1"}|/seq: is string, not integer
		{"seq":1.5}|/seq: is number, not integer
		{"id":{}}|/id: is object
		{"visit_date":"2026-10-5"}|/visit_date: does not match
		{"insured":{"insurer_number":"1","birth_date":"1980-01-02"}}|/insured/number: is absent
		{"insured":{"insurer_number":"1","number":"3","birth_date":"1980-01-02","taken_from":"x"}}|/insured/taken_from: is none of the words
		{"eligibility":{}}|/eligibility/status: is absent
		{"eligibility":{"status":"valid"}}|/eligibility/policies: is absent
		{"eligibility":{"status":"pending","policies":[{}]}}|/eligibility/policies/0/name: is absent
		{"eligibility":{"status":"pending","covering":[-1]}}|/eligibility/covering/0: is under 0
		{"eligibility":{"status":"pending","consents":{"drugs":{"decision":"given"}}}}|/eligibility/consents/drugs/usable: is absent
		{"eligibility":{"status":"pending","recheck":{"status":"maybe"}}}|/eligibility/recheck/status: is none
		{"eligibility":{"status":"pending","answered_at":"2026-10-05T09:00:00Z"}}|/eligibility/answered_at: does not match
		{"error":{"tool":"t","code":"no-such-code","title":"t","actor":"patient","next":"correct-line","retry":"never"}}|/error/code: is none
		{"error":{"tool":"t","code":"not-json","title":"t","actor":"patient","next":"pray","retry":"never"}}|/error/next: is none
	EOF
}

@test "the line of a violation is named, and what cannot be checked is neither right nor wrong" {
	run validate - <<<$'{"seq":1}\n{"seq":2}\n{"seq":"3"}'
	assert_failure 1
	assert_output 'line 3: /seq: is string, not integer'
	run validate - </dev/null
	assert_failure 2
	run validate - <<<'{bad'
	assert_failure 2
	run validate no-such-file
	assert_failure 2
	run validate -d nothing - <<<'{}'
	assert_failure 2
}

@test "an object alone is checked by its name" {
	run validate -d error - <<<'{"tool":"t","code":"not-json","title":"t","actor":"facility","next":"correct-line","retry":"never"}'
	assert_success
	run validate -d error - <<<'{}'
	assert_failure 1
}

@test "the generated pages are clean, and name every member, code and next step" {
	run mandoc -T lint -W warning "$OQ_BUILD/man/oq-records.5" "$OQ_BUILD/man/oq-errors.7"
	assert_success
	assert_output ''
	mandoc -T utf8 "$OQ_BUILD/man/oq-records.5" | col -b >records.txt
	while read -r _ member; do
		grep -q "^ *$member (" records.txt || fail "oq-records(5) has no $member"
	done < <(members)
	mandoc -T utf8 "$OQ_BUILD/man/oq-errors.7" | col -b >errors.txt
	cut -d, -f1 "$OQ_TREE/lib/base/errors.csv" "$OQ_TREE/lib/base/next.csv" | grep -v '^code$\|^word$' |
		while read -r code; do
			grep -q "^ *$code$" errors.txt || fail "oq-errors(7) has no $code"
		done
}

@test "every example record in oq-records(5) is one" {
	sed -n '/^\.Bd -literal/,/^\.Ed/p' "$OQ_BUILD/man/oq-records.5" | grep -v '^\.' | tr -d '\n' >example.jsonl
	run validate example.jsonl
	assert_success
}

@test "every error has a next step with a sentence in both languages" {
	run python3 - "$OQ_TREE/lib/base" <<-'EOF'
		import csv, sys
		table = lambda name: list(csv.DictReader(open(sys.argv[1] + '/' + name, encoding='utf-8')))
		nexts, errors = table('next.csv'), table('errors.csv')
		words = {n['word'] for n in nexts}
		for n in nexts:
		    if not n['en'].endswith('.') or not n['ja'].endswith(('。', '）')):
		        print(n['word'], 'is no sentence')
		for e in errors:
		    if e['next'] not in words: print(e['code'], 'has no next step')
		    if e['retry'] not in ('never', 'later', 'now'): print(e['code'], e['retry'])
		    if e['actor'] not in ('patient', 'facility', 'insurer', 'network', 'central', 'operator'): print(e['code'], e['actor'])
		    if e['exit'] not in ('0', '2', '4', '5', '6', '7'): print(e['code'], e['exit'])
		if len({e['code'] for e in errors}) != len(errors): print('a code twice')
		if len(words) != len(nexts): print('a word twice')
	EOF
	assert_success
	assert_output ''
}
