# The hub's two lanes: who waits at a desk is answered before what nobody waits for.

bats_require_minimum_version 1.5.0
load helper
load hub

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	hub_init hub --people 30 --seed 9
	hub_start hub --threads 1
	oq-hub people hub | questions batch >asked
}

teardown() {
	[ -z "${hub_pid:-}" ] || kill -CONT "$hub_pid" || true
	exec 21>&- 22>&- 23>&- 24>&- 25>&-
	hub_stop
}

# request LANE FILE: the bytes of a request, in one write: who has seen some of it come has all.
request() {
	printf 'POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nOq-Lane: %s\r\nContent-Length: %d\r\n\r\n' \
		"$1" "$(wc -c <"$2")" | cat - "$2" >whole
	cat whole
}

# line N: that question alone.
line() {
	sed -n "$1p" asked
}

# waiting N: so many connections have sent the hub something that it has not read.
waiting() {
	local port=${OQ_VIA##*:}
	[ "$(awk -v port="$(printf ':%04X' "${port%/}")" \
		'index($2, port) && $4 == "01" && $5 !~ /:00000000$/' /proc/net/tcp | wc -l)" -eq "$1" ]
}

@test "a desk window that waits with batch windows is taken first, and those after it in turn" {
	local fd
	for fd in 21 22 23 24 25; do
		mkfifo "in$fd"
		raw 60 <"in$fd" >"out$fd" 3>&- &
		eval "exec $fd>in$fd"
		line $((fd - 20)) >one
		request desk one >&$fd
		wait_for 20 grep -q '"ask"' "out$fd"
	done
	kill -STOP "$hub_pid"
	for fd in 21 22 23 24; do
		line $((fd - 10)) >one
		request batch one >&$fd
	done
	wait_for 20 waiting 4
	line 15 >one
	request desk one >&25
	wait_for 20 waiting 5
	kill -CONT "$hub_pid"
	for fd in 21 22 23 24 25; do
		wait_for 20 twice $fd
	done
	oq-hub audit hub | jq -r .ask >audit
	assert_equal "$(sed -n 6p audit)" "$(line 15 | jq -r .ask)"
	assert_equal "$(tail -n +7 audit | sort)" "$(sed -n 11,14p asked | jq -r .ask | sort)"
}

twice() {
	[ "$(grep -c '"ask"' "out$1")" -eq 2 ]
}

@test "who leaves while his batch window waits harms nobody" {
	mkfifo in21 in22
	for fd in 21 22; do
		raw 60 <in$fd >out$fd 3>&- &
		eval "exec $fd>in$fd"
		eval "left$fd=$!"
		line $((fd - 20)) >one
		request desk one >&$fd
		wait_for 20 grep -q '"ask"' out$fd
	done
	kill -STOP "$hub_pid"
	for fd in 21 22; do
		line $((fd - 10)) >one
		request batch one >&$fd
	done
	wait_for 20 waiting 2
	# shellcheck disable=SC2154 # set by eval
	pkill -KILL -P "$left21" || kill -KILL "$left21"
	exec 21>&-
	kill -CONT "$hub_pid"
	wait_for 20 twice 22
	verify asked -H 'Oq-Lane: batch' >answers
	assert_equal "$(wc -l <answers)" "$(wc -l <asked)"
}
