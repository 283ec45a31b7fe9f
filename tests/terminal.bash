# A terminal for the tests, as small as can be: takes requests out of DIR/req and puts what they
# ask for into DIR/res. What it does with which request stands in DIR/do, one word a request, or in
# DIR/do.NUMBER, for the person of that number.
# Faults: never late half huge cut latin cp932 foreign clinic later. While DIR/asleep is there it takes
# nothing.
# shellcheck shell=bash

# terminal_take DIR: takes the next request and prints its name. Fails when there is none.
terminal_take() {
	local file
	for file in "$1"/req/OQS*.xml; do
		[ -e "$file" ] && mv "$file" "$1/taken/" && echo "${file##*/}"
		return
	done
}

# What the answer to a request of stdin is, by the last digit of its number: 1 invalid, 2
# invalid-replaced, 3 not-found, 4 ambiguous, 5 valid-unregistered, 6 refused as a person, 7 refused
# as a file, 8 without a result, 9 later; else valid. tests/terminal.jq makes it.
terminal_answer() {
	jq -c -f "$OQ_TREE/tests/terminal.jq" | oq-message encode --type OQSsiquc01res 2>/dev/null
}

# terminal_put DIR NAME: a response from stdin, whole.
terminal_put() {
	cat >"$1/$2.part" && mv "$1/$2.part" "$1/res/$2"
}

# terminal_serve DIR NAME [FAULT]: puts the response to a taken request, as the fault says.
terminal_serve() {
	local dir=$1 answer=${2/01req/01res} fault=$3 request number
	request=$(oq-message decode "$dir/taken/$2" 2>/dev/null)
	number=$(jq -r .insured.number <<<"$request")
	[ ! -e "$dir/do.$number" ] || fault=$(<"$dir/do.$number")
	case $fault in
	never) ;;
	late) sleep 2 && terminal_answer <<<"$request" | terminal_put "$dir" "$answer" ;;
	half)
		terminal_answer <<<"$request" >"$dir/half.$2"
		head -c 400 "$dir/half.$2" >"$dir/res/$answer"
		sleep 1.2
		cat "$dir/half.$2" >"$dir/res/$answer"
		;;
	huge) head -c 5M /dev/zero | terminal_put "$dir" "$answer" ;;
	cut) terminal_answer <<<"$request" | head -c 400 >"$dir/res/$answer" ;;
	latin) terminal_answer <<<"$request" | LC_ALL=C sed 's/<Name>[^<]*/<Name>\xe9\xff/' | terminal_put "$dir" "$answer" ;;
	cp932) terminal_answer <<<"$request" | iconv -f UTF-8 -t CP932 | sed 's/UTF-8/Shift_JIS/' | terminal_put "$dir" "$answer" ;;
	foreign) terminal_answer <<<"$request" | sed 's/<ArbitraryIdentifier>[^<]*/<ArbitraryIdentifier>zzzz/' | terminal_put "$dir" "$answer" ;;
	clinic) terminal_answer <<<"$request" | sed 's/<MedicalInstitutionCode>[^<]*/<MedicalInstitutionCode>4719999988/' | terminal_put "$dir" "$answer" ;;
	later)
		jq -c '.insured.number = "9"' <<<"$request" | terminal_answer | terminal_put "$dir" "$answer"
		sleep 1
		terminal_answer <<<"$request" | terminal_put "$dir" "$answer"
		;;
	*) terminal_answer <<<"$request" | terminal_put "$dir" "$answer" ;;
	esac
}

# terminal_loop DIR: the terminal itself, until DIR/end is there.
terminal_loop() {
	local dir=$1 name fault
	until [ -e "$dir/end" ]; do
		if [ -e "$dir/asleep" ] || ! name=$(terminal_take "$dir") || [ -z "$name" ]; then
			sleep 0.05
			continue
		fi
		fault=$(sed -n 1p "$dir/do" 2>/dev/null) && sed -i 1d "$dir/do"
		terminal_serve "$dir" "$name" "$fault" &
	done
	wait
}

# terminal_start DIR: makes the folder and serves it.
terminal_start() {
	mkdir -p "$1/req" "$1/res" "$1/face" "$1/taken"
	terminal_loop "$1" 3>&- >"$1/log" 2>&1 &
	terminal_pid=$!
	terminal_dir=$1
	export OQ_VIA=terminal:$1 OQ_FACILITY=4719999996
}

terminal_stop() {
	[ -n "${terminal_pid:-}" ] || return 0
	touch "$terminal_dir/end"
	wait "$terminal_pid"
	terminal_pid=
}
