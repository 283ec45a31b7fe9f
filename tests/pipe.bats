# Lines in, lines out: lib/pipe, through tests/pipe.c and tests/splice.c.

bats_require_minimum_version 1.5.0
load helper

pipe() {
	"$OQ_BUILD/tests/pipe" "$@"
}

# Peak memory in KiB of a filter over the file. A sanitiser keeps freed memory to catch its use.
peak() {
	env ASAN_OPTIONS="$ASAN_OPTIONS:quarantine_size_mb=1" time -f %M -o peak "$OQ_BUILD/tests/pipe" filter 16777216 <"$1" >/dev/null 2>&1
	cat peak
}

setup() {
	cd "$BATS_TEST_TMPDIR" || exit 1
}

@test "byte order mark, CRLF and a missing last line feed are taken in and never show" {
	run pipe lines 1024 < <(printf '\xef\xbb\xbfabc\r\n\r\n{"a":1}\n\xef\xbb\xbfinner\nlast\r')
	assert_output "$(printf '%s\n' '1 3 3: abc' '2 0 0: ' '3 7 7: {"a":1}' \
		$'4 8 8: \xef\xbb\xbfinner' '5 4 4: last')"
}

@test "empty input, a lone byte order mark and a lone line feed" {
	run pipe lines 1024 </dev/null
	assert_output ''
	run pipe lines 1024 < <(printf '\xef\xbb\xbf')
	assert_output ''
	run pipe lines 1024 < <(printf '\n')
	assert_output '1 0 0: '
	run pipe lines 1024 < <(printf '\xef\xbb')
	assert_output $'1 2 2: \xef\xbb'
}

@test "the ceiling is for the text, without what is taken off" {
	x=$(head -c 1024 /dev/zero | tr '\0' x)
	run pipe lines 1024 < <(printf '\xef\xbb\xbf%s\r\n%s\n%sy\n%s\r\r\n%s' "$x" "$x" "$x" "$x" "$x")
	assert_line --index 0 --partial '1 1024 1024: '
	assert_line --index 1 --partial '2 1024 1024: '
	assert_line --index 2 --partial '3 1025 1024 over: '
	assert_line --index 3 --partial '4 1025 1024 over: '
	assert_line --index 4 --partial '5 1024 1024: '
}

@test "a line far over the ceiling costs itself and not the next, CR or not" {
	run pipe lines 1024 < <(head -c 20971520 /dev/zero | tr '\0' x; printf '\r\nnext\r\n'
		head -c 1000000 /dev/zero | tr '\0' y)
	assert_line --index 0 --partial '1 20971520 1024 over: xxx'
	assert_line --index 1 '2 4 4: next'
	assert_line --index 2 --partial '3 1000000 1024 over: yyy'
	[ "${#lines[@]}" -eq 3 ]
}

@test "lines of every length around the block size arrive whole" {
	head -c 262144 /dev/zero | tr '\0' x >xs
	for n in {1..100}; do
		head -c $((131072 - 50 + n)) xs
		printf '%s\n' "$n"
		head -c $((262144 - 50 + n)) xs
		echo
	done >long
	pipe lines 1000000 <long >out
	[ "$(cut -d' ' -f1-3 out)" = "$(awk '{ print NR, length, length ":" }' long)" ]
}

@test "reading without blocking: pieces, later, and the end" {
	mkfifo in
	pipe lines 1024 try <in >out &
	exec 9>in
	printf 'ab' >&9
	wait_for 10 grep -c later out
	printf 'c\nd\ne' >&9
	wait_for 10 grep -q '2 1 1: d' out
	exec 9>&-
	wait $!
	run grep -v later out
	assert_output $'1 3 3: abc\n2 1 1: d\n3 1 1: e'
}

@test "reading a file without blocking never has to wait" {
	seq 1 100000 >numbers
	pipe lines 1024 try <numbers >out
	run grep -c later out
	assert_output 0
	[ "$(cut -d' ' -f4 out | tail -1)" = 100000 ]
}

@test "a line that is no object says why, and each reason has its own code" {
	run pipe record 1024 < <(printf '%s\n' '' '   ' '{bad' '[{}]' '"x"' 7 '{"a":{"b":1,"b":2}}' \
		'{"a":1} {}' $'{"a":"\x8e\x52"}' "{\"a\":\"$(printf '%2000s' '')\"}" '{"a":"\ud800"}' '{}')
	assert_output "$(cat <<-'END'
		blank-line
		blank-line
		not-json: byte 4: string or '}' expected
		not-an-object
		not-an-object
		not-an-object
		duplicate-member: byte 15: duplicate object key near '"b"'
		not-json: byte 9: end of file expected
		not-utf-8: byte 7
		line-too-long: 2008 bytes, at most 1024 (--max-line)
		not-json: byte 13: invalid Unicode '\uD800'
		object 0
	END
	)"
}

@test "a NUL byte is never part of a record, wherever it stands" {
	run pipe record < <(printf '%s\0%s\n' '{"id":1' '}' '{"id":true' '}' '' '{"id":1}' '{"id":1}' '' \
		'{"i' 'd":1}' '{"id":"' '"}')
	assert_output "$(printf 'not-json: byte %d: a NUL\n' 8 11 1 9 4 8)"
}

@test "what jansson quotes of a value never gets into a message" {
	run pipe record < <(printf '%s\n' '{"name":"佐藤花子" "x"}' '{"name":secretname}')
	refute_output --partial 佐藤
	refute_output --partial secretname
}

@test "foreign numbers of any size and NUL cost nothing" {
	run pipe record < <(printf '%s\n' '{"n":123456789012345678901234567890}' '{"n":[-1e999,1e400,0.1e999]}' \
		'{"a\u0000b":"\u0000","a\u0000c":1}' '{"a\u0000":1,"a\ufdd0":2,"a\ufdd00":3}' \
		"{\"n\":$(printf '9%.0s' {1..5000})}")
	assert_output "$(printf 'object %s\n' 1 1 2 3 1)"
}

@test "a foreign number does not excuse what is wrong elsewhere" {
	run pipe record < <(printf '%s\n' '{"n":1e999,"n":1}' '{"n":1e999.5}' '{"n":1e999' '{"n":01e999}' \
		'[1e999]' '{"a\u0000":1,"a\u0000":2}' '{"n":-}' '{"n":1.e999}' '{"n":1e999e}')
	[ "$(cut -d: -f1 <<<"$output" | tr '\n' ' ')" = \
		'duplicate-member not-json not-json not-json not-an-object duplicate-member not-json not-json not-json ' ]
}

@test "a foreign big number leaves the other numbers whole" {
	run pipe filter 4096 < <(printf '%s\n' '{"n":1e999,"want":12}')
	assert_line --partial '"echo":"xxxxxxxxxx"'
}

@test "a member with a NUL is not taken for its beginning" {
	run pipe text number < <(printf '%s\n' '{"number":"123\u0000456"}' '{"number":"123"}' '{"number":123}' '{}')
	assert_output $'none\n123\nnone\nnone'
}

@test "deep nesting does not crash" {
	deep() { printf '{"a":%s%s}\n' "$(printf '[%.0s' $(seq "$1"))" "$(printf ']%.0s' $(seq "$1"))"; }
	run pipe record < <(deep 2047; deep 2048; head -c 5000000 /dev/zero | tr '\0' '[')
	assert_line --index 0 'object 1'
	assert_line --index 1 --partial 'nested-too-deep: '
	assert_line --index 2 --partial 'nested-too-deep: '
}

@test "splicing keeps every foreign byte (20,000 generated objects)" {
	run -0 "$OQ_BUILD/tests/splice" 1 20000
	assert_output '20000 objects'
}

@test "the four ways a line leaves, one in, one out, same order" {
	cat >in <<-'END'
		{ "id" : 1.50 , "want" : "yes" }
		{"id":2,"want":"no","seq":77,"\u0065cho":1,"z":"\/"}
		{bad
		{"id":4,"want":"fail","echo":{"old":true},"n":1e999}
		{"id":5,"error":{"code":"x"},"n":12345678901234567890123}
		{"id":6,"want":"not-asked"}
	END
	run -3 --separate-stderr pipe filter 4096 <in
	assert_line --index 0 '{ "id" : 1.50 , "want" : "yes","seq":1,"echo":"" }'
	assert_line --index 1 '{"id":2,"want":"no","seq":77,"\u0065cho":"","z":"\/"}'
	assert_line --index 2 --regexp '^\{"seq":3,"raw":"\{bad","raw_bytes":4,"error":\{"tool":"oq-test","code":"not-json",'
	assert_line --index 3 --regexp '^\{"id":4,"want":"fail","n":1e999,"seq":4,"error":\{.*"detail":"as was wanted","pointer":"/want".*"retry":"later"\}\}$'
	assert_line --index 4 '{"id":5,"error":{"code":"x"},"n":12345678901234567890123}'
	assert_line --index 5 '{"id":6,"want":"not-asked","seq":6,"echo":""}'
	[ "${#lines[@]}" -eq 6 ]
	# shellcheck disable=SC2154 # set by run
	[ "$stderr" = 'oq-test: read 6, yes 1, no 1, unknown 3, not-asked 1' ]
	pipe filter 4096 <in 2>/dev/null | jq -e . >/dev/null
}

@test "only an own error that may go away is asked again" {
	cat >in <<-'END'
		{"a":1,"error":{"tool":"oq-test","retry":"later"},"b":2}
		{"a":1,"error":{"tool":"oq-test","retry":"never"},"b":2}
		{"a":1,"error":{"tool":"oq-else","retry":"later"},"b":2}
		{"a":1,"error":{"tool":"oq-test","retry":"now"},"want":"fail"}
		{"a":1,"error":"broken"}
		{"error":null,"a":1}
	END
	run -3 --separate-stderr pipe filter 4096 retry <in
	assert_line --index 0 '{"a":1,"b":2,"seq":1,"echo":""}'
	assert_line --index 1 '{"a":1,"error":{"tool":"oq-test","retry":"never"},"b":2}'
	assert_line --index 2 '{"a":1,"error":{"tool":"oq-else","retry":"later"},"b":2}'
	assert_line --index 3 --partial '{"a":1,"want":"fail","seq":4,"error":{"tool":"oq-test","code":"hub-failed"'
	assert_line --index 4 '{"a":1,"error":"broken"}'
	assert_line --index 5 '{"a":1,"seq":6,"echo":""}'
	run -3 --separate-stderr pipe filter 4096 <in
	assert_line --index 0 '{"a":1,"error":{"tool":"oq-test","retry":"later"},"b":2}'
}

@test "raw holds 1,024 characters, and U+FFFD for what is not UTF-8" {
	{
		printf '山%.0s' {1..1500}
		printf '\n\x8e\x52\x00\x01"\xff\n'
	} >in
	pipe filter 65536 <in >out 2>/dev/null || true
	[ "$(sed -n 1p out | jq '.raw | length')" = 1024 ]
	[ "$(sed -n 1p out | jq '.raw_bytes')" = 4500 ]
	[ "$(sed -n 2p out | jq -c '[.raw, .raw_bytes, .seq, .error.code]')" = \
		'["�R\u0000\u0001\"�",6,2,"not-utf-8"]' ]
}

@test "an answer over the ceiling becomes a failure, never a cut line" {
	printf '{"id":%d,"want":%d}\n' 1 1990 2 4000 3 20 >in
	run -3 --separate-stderr pipe filter 2048 <in
	[ "$(jq -r '.error.code // (.echo | length)' <<<"$output" | tr '\n' ' ')" = '1988 answer-too-large 18 ' ]
	[ "$(jq -c '[.id, .seq]' <<<"$output" | tr '\n' ' ')" = '[1,1] [2,2] [3,3] ' ]
}

@test "a failure that does not fit beside its record leaves as a broken line" {
	printf '{"want":"fail","x":"%1990s"}\n' '' >in
	run -3 --separate-stderr pipe filter 2048 <in
	[ "$(jq -c '[keys_unsorted, .error.code]' <<<"$output")" = '[["seq","raw","raw_bytes","error"],"hub-failed"]' ]
}

@test "a record of a source over the ceiling becomes an error" {
	run -3 --separate-stderr pipe source 1024 '{"a":1}' "{\"a\":\"$(printf '%2000s' '')\"}"
	assert_line --index 0 '{"a":1}'
	assert_line --index 1 --partial '{"error":{"tool":"oq-test","code":"answer-too-large"'
}

@test "yes '{bad' | head -1000: a thousand lines out, status 3" {
	run -3 --separate-stderr bash -c "yes '{bad' | head -1000 | '$OQ_BUILD/tests/pipe' filter 1024"
	[ "${#lines[@]}" -eq 1000 ]
	[ "$stderr" = 'oq-test: read 1000, yes 0, no 0, unknown 1000' ]
}

@test "a closed pipe ends with 7 and a message, not with a signal" {
	# shellcheck disable=SC2016
	run bash -c 'yes "{}" | head -200000 | { "$0" filter 1024 2>err; echo "$?" >status; } | head -1' \
		"$OQ_BUILD/tests/pipe"
	[ "$(cat status)" = 7 ]
	grep -q '^oq-test: The output is not whole: Broken pipe' err
}

@test "a full disk ends with 7 and a message, for one line as for many" {
	for n in 1 100000; do
		run -7 --separate-stderr bash -c "yes '{}' | head -$n | '$OQ_BUILD/tests/pipe' filter 1024 >/dev/full"
		[[ $stderr == *'The output is not whole: No space left on device'* ]]
	done
}

@test "input that cannot be read ends with 7" {
	run -7 --separate-stderr pipe filter 1024 <"$BATS_TEST_TMPDIR"
	[[ $stderr == *'Reading the input failed'* ]]
	# shellcheck disable=SC2016
	run -7 --separate-stderr bash -c '"$0" filter 1024 <&-' "$OQ_BUILD/tests/pipe"
	[[ $stderr == *'Reading the input failed: Bad file descriptor'* ]]
}

@test "an answer leaves before the next line is typed" {
	mkfifo in
	pipe filter 1024 <in >out 2>/dev/null &
	exec 9>in
	echo '{"a":1}' >&9
	wait_for 10 grep -q '"echo"' out
	echo '{"a":2}' >&9
	wait_for 10 grep -q '"a":2' out
	exec 9>&-
	wait $!
}

@test "an output that does not block and a slow reader lose nothing" {
	python3 - "$OQ_BUILD/tests/pipe" <<-'END'
		import fcntl, os, subprocess, sys, time
		r, w = os.pipe()
		fcntl.fcntl(w, fcntl.F_SETFL, os.O_NONBLOCK)
		source = subprocess.Popen(["sh", "-c", "yes '{}' | head -20000"], stdout=subprocess.PIPE)
		p = subprocess.Popen([sys.argv[1], "filter", "1024"], stdin=source.stdout, stdout=w,
		    stderr=subprocess.DEVNULL)
		source.stdout.close()
		os.close(w)
		time.sleep(0.3)
		data = open(r, "rb").read()
		source.wait()
		assert p.wait() == 0
		assert data.count(b"\n") == 20000, data.count(b"\n")
	END
}

@test "memory does not grow with the number of lines" {
	awk 'BEGIN { for (i = 0; i < 400000; i++) printf "{\"id\":%d,\"want\":\"yes\"}\n", i }' >many
	head -4000 many >few
	few=$(peak few)
	many=$(peak many)
	[ $((many - few)) -lt 512 ]
}

@test "the exit status: local, one cause for all, unknown, no, yes" {
	status() { run --separate-stderr pipe tally "$@"; echo "$status"; }
	[ "$(status negative - yes yes)" = 0 ]
	[ "$(status negative - yes no)" = 1 ]
	[ "$(status unknown - yes no)" = 0 ]
	[ "$(status unknown - yes no unknown)" = 3 ]
	[ "$(status negative - no unknown)" = 3 ]
	[ "$(status negative - not-asked)" = 0 ]
	[ "$(status negative -)" = 0 ]
	[ "$(status negative local yes unknown hub-unreachable)" = 7 ]
	[ "$(status negative - unknown unknown hub-unreachable hub-failed)" = 6 ]
	[ "$(status negative - unknown certificate-refused)" = 4 ]
	# a line that did not have to be asked does not hide the cause
	[ "$(status negative - unknown unknown yes hub-unreachable hub-unreachable)" = 6 ]
	# one line was answered, or the causes differ, or it only made a line unknown
	[ "$(status negative - unknown yes hub-unreachable answered)" = 3 ]
	[ "$(status negative - unknown unknown hub-unreachable certificate-refused)" = 3 ]
	[ "$(status negative - unknown unknown hub-unreachable hub-unreachable answer-too-large)" = 3 ]
}

@test "the count is one line on stderr; not-asked only when there is any" {
	run --separate-stderr pipe tally negative - yes no unknown
	[ "$stderr" = 'oq-test: read 3, yes 1, no 1, unknown 1' ]
	run --separate-stderr pipe tally negative - yes not-asked
	[ "$stderr" = 'oq-test: read 2, yes 1, no 0, unknown 0, not-asked 1' ]
}

@test "the summary is JSON, private, whole or not at all, with the time in Japan" {
	TZ=UTC run -3 faketime -f '2026-10-05 00:01:12' "$OQ_BUILD/tests/pipe" summary night.json
	[ "$(jq -c . night.json)" = '{"command":"oq-test","read":180,"yes":171,"no":6,"unknown":3,"not_asked":0,"status":3,"finished_at":"2026-10-05T09:01:12+09:00"}' ]
	[ "$(stat -c %a night.json)" = 600 ]
	run -7 --separate-stderr pipe summary missing/night.json
	[[ $stderr == *'missing/night.json: No such file or directory'* ]]
	run -7 --separate-stderr pipe summary /dev/full
	[ -c /dev/full ]
}
