# For the tests of oq-hub: a hub in a directory of the test's own, asked by curl.
# shellcheck shell=bash

# questions PREFIX: question lines from the records of `oq-hub people`; the asks begin with PREFIX.
questions() {
	jq -c --arg prefix "$1" '
		def letters: tostring | explode | map(. + 49) | implode;
		{ask: ($prefix + (input_line_number | letters) + "z" * 26)[0:26], visit_date, insured}'
}

# ask [CURL OPTION ...] PATH: as the facility, unless --cert and --key say otherwise.
ask() {
	curl -sS --max-time 30 --cacert "$OQ_CA" --cert "$OQ_CERT" --key "$OQ_KEY" \
		"${@:1:$#-1}" "$OQ_VIA${*: -1}"
}

# verify FILE [CURL OPTION ...]: posts the question lines of FILE.
verify() {
	ask -H 'Content-Type: application/x-ndjson' --data-binary "@$1" "${@:2}" v1/verify
}

# refused STATUS [CODE]: head and body of a reply, as `curl -i` has it on stdin, are that refusal.
refused() {
	tr -d '\r' >refusal
	grep -q "^HTTP/1.1 $1 " refusal || { cat refusal; return 1; }
	grep -qi '^content-type: application/problem+json$' refusal || { cat refusal; return 1; }
	tail -n 1 refusal | jq -e --argjson status "$1" --arg code "${2-}" '
		.type == "about:blank" and (.title | length > 0) and (.detail | type == "string") and
		.status == $status and (.code // "") == $code' >/dev/null || { cat refusal; return 1; }
}

# raw SECONDS: the bytes of stdin go over TLS as they are; prints what comes back, until the hub
# ends the connection or the time is over.
raw() {
	local host=${OQ_VIA#https://}
	timeout "$1" openssl s_client -quiet -connect "${host%/}" -CAfile "$OQ_CA" -cert "$OQ_CERT" \
		-key "$OQ_KEY" 2>/dev/null || true
}

# metric NAME: of the hub that listens on $hub_dir/admin.
metric() {
	curl -sS --unix-socket "$hub_dir/admin" http://hub/metrics | awk -v name="$1" '$1 == name { print $2 }'
}

warm() {
	curl -sS --unix-socket "$hub_dir/admin" http://hub/healthz | jq -e .warm
}
