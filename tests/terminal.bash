# A terminal for the tests, as small as can be: takes requests out of DIR/req and puts what they
# ask for into DIR/res. What it does with which request stands in DIR/do, one word a request, or in
# DIR/do.NUMBER or DIR/do.GROUPNUMBER, for the person of that number, or his requests of that group
# (OQS, YZK, TKK).
# Faults: never late half huge cut latin cp932 foreign clinic later. While DIR/asleep is there it takes
# nothing.
# shellcheck shell=bash

# terminal_take DIR: takes the next request and prints its name. Fails when there is none.
terminal_take() {
	local file
	for file in "$1"/req/[A-Z]*.xml; do
		[ -e "$file" ] && mv "$file" "$1/taken/" && echo "${file##*/}"
		return
	done
}

# terminal_answer [NAME]: what the answer to a request of stdin is, by the last digit of its number: 1
# invalid, 2 invalid-replaced, 3 not-found, 4 ambiguous, 5 valid-unregistered, 6 refused as a person, 7
# refused as a file, 8 without a result, 9 later; else valid. tests/terminal.jq makes it, and
# tests/medical.jq that to YZK and TKK.
terminal_answer() {
	case ${1-} in
	YZK* | TKK*) jq -c -f "$OQ_TREE/tests/medical.jq" | oq-message encode --type "${1:0:10}res" 2>/dev/null ;;
	*) jq -c -f "$OQ_TREE/tests/terminal.jq" | oq-message encode --type OQSsiquc01res 2>/dev/null ;;
	esac
}

# terminal_put DIR NAME: a response from stdin, whole.
terminal_put() {
	cat >"$1/$2.part" && mv "$1/$2.part" "$1/res/$2"
}

# terminal_pdf DIR NAME [FAULT]: a PDF is the answer.
terminal_pdf() {
	printf '%%PDF-1.7\n%s\n' "$(head -c 3000 /dev/zero | tr '\0' x)" >"$1/$2.part"
	case $3 in
	cut) mv "$1/$2.part" "$1/res/$2" ;;
	half)
		head -c 1000 "$1/$2.part" >"$1/res/$2"
		sleep 1.2
		;;&
	*)
		echo '%%EOF' >>"$1/$2.part"
		cat "$1/$2.part" >"$1/res/$2"
		;;
	esac
}

# terminal_serve DIR NAME [FAULT]: puts the response to a taken request, as the fault says.
terminal_serve() {
	local dir=$1 answer=${2/01req/01res} fault=$3 request number
	request=$(oq-message decode "$dir/taken/$2" 2>/dev/null)
	number=$(jq -r .insured.number <<<"$request")
	[ ! -e "$dir/do.$number" ] || fault=$(<"$dir/do.$number")
	[ ! -e "$dir/do.${2:0:3}$number" ] || fault=$(<"$dir/do.${2:0:3}$number")
	if jq -e '.oqs.asked.file_category | . == "1" or . == "3"' <<<"$request" >/dev/null && [[ $number != *6 ]]; then
		terminal_pdf "$dir" "${answer%.xml}.pdf" "$fault"
		return
	fi
	case $fault in
	never) ;;
	late) sleep 2 && terminal_answer "$2" <<<"$request" | terminal_put "$dir" "$answer" ;;
	half)
		terminal_answer "$2" <<<"$request" >"$dir/half.$2"
		head -c 400 "$dir/half.$2" >"$dir/res/$answer"
		sleep 1.2
		cat "$dir/half.$2" >"$dir/res/$answer"
		;;
	huge) head -c 5M /dev/zero | terminal_put "$dir" "$answer" ;;
	cut) terminal_answer "$2" <<<"$request" | head -c 400 >"$dir/res/$answer" ;;
	latin) terminal_answer "$2" <<<"$request" | LC_ALL=C sed 's/<Name>[^<]*/<Name>\xe9\xff/' | terminal_put "$dir" "$answer" ;;
	cp932) terminal_answer "$2" <<<"$request" | iconv -f UTF-8 -t CP932 | sed 's/UTF-8/Shift_JIS/' | terminal_put "$dir" "$answer" ;;
	foreign) terminal_answer "$2" <<<"$request" | sed 's/<\(Arbitrary[A-Za-z]*\)>[^<]*/<\1>zzzz/' | terminal_put "$dir" "$answer" ;;
	clinic) terminal_answer "$2" <<<"$request" | sed 's/<MedicalInstitutionCode>[^<]*/<MedicalInstitutionCode>4719999988/' | terminal_put "$dir" "$answer" ;;
	later)
		jq -c '.insured.number = "9"' <<<"$request" | terminal_answer "$2" | terminal_put "$dir" "$answer"
		sleep 1
		terminal_answer "$2" <<<"$request" | terminal_put "$dir" "$answer"
		;;
	*) terminal_answer "$2" <<<"$request" | terminal_put "$dir" "$answer" ;;
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
