# One table of options, from which everything comes: lib/options, through tests/options.c.

bats_require_minimum_version 1.5.0
load helper

options() {
	"$OQ_BUILD/tests/options" "$@"
}

# value NAME ARG...: what the option became.
value() {
	options "${@:2}" | sed -n "s/^$1 //p" | paste -sd' '
}

# refused PART ARG...: ends with 2, says PART and what to try, and prints nothing.
refused() {
	run -2 --separate-stderr options "${@:2}"
	assert_output ''
	# shellcheck disable=SC2154 # set by run
	[[ $stderr == "oq-test: "*"$1"*"; try 'oq-test --help'" ]] || fail "$stderr"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || exit 1
	umask 077
}

@test "long and short options, values apart or attached, operands in between" {
	run options a --via https://h/ -o x b --ca=y -j3 -qa - -- --jobs -1
	for line in 'via https://h/' 'output x' 'ca y' 'jobs 3' 'quiet 1' 'again 1' 'pass-fd -1'; do
		assert_line "$line"
	done
	[ "$(value operand a --via x b - -- --jobs -1)" = 'a b - --jobs -1' ]
	refute_line --partial 'no NULL'
	[ "$(value operand)" = '' ]
}

@test "a flag given twice: the last counts; a list keeps all in order" {
	[ "$(value via --via a --via b)" = b ]
	[ "$(value file --file a -f b -fc --file=d --file e)" = 'a b c d e' ]
}

@test "every type takes what it says and nothing else" {
	[ "$(value max-line --max-line 64K)" = 65536 ]
	[ "$(value max-line --max-line 1m)" = 1048576 ]
	[ "$(value max-line --max-line 1024)" = 1024 ]
	[ "$(value wait --wait 15m)" = 900000 ]
	[ "$(value day --day 2024-02-29)" = 2024-02-29 ]
	[ "$(value time --time 2026-10-05T09:01:12+09:00)" = 2026-10-05T09:01:12+09:00 ]
	[ "$(value pass-fd --pass-fd 5 5</dev/null)" = 5 ]
	[ "$(value fail-on --fail-on unknown)" = unknown ]
	refused '--jobs takes a whole number from 1 to 4' --jobs 5
	refused '--jobs takes a whole number from 1 to 4' --jobs 0
	refused '--jobs takes' --jobs -1
	refused '--jobs takes' --jobs ''
	refused '--jobs takes' --jobs 2x
	refused '--jobs takes' --jobs 99999999999999999999
	refused '--max-line takes a number of bytes such as 4096, 64k or 16m from 1024 to 16777216' --max-line 17m
	refused '--max-line takes' --max-line 1kk
	refused '--max-line takes' --max-line k
	refused '--max-line takes' --max-line 999999999999999999g
	refused '--wait takes a span such as' --wait 90
	refused '--day takes a date' --day 2023-02-29
	refused '--time takes a time' --time 2026-10-05
	refused '--pass-fd takes the number of an open descriptor' --pass-fd 77
	refused '--fail-on takes one of these words: negative unknown' --fail-on neg
	refused '--fail-on takes' --fail-on 'negative unknown'
	refused '--quiet takes no value' --quiet=yes
	refused '--via needs a value: ROUTE' --via
	refused '-o needs a value: FILE' -qo
}

@test "an unknown option is refused with the nearest name" {
	refused "unknown option '--vai', the nearest is '--via'" --vai x
	refused "unknown option '--fasility', the nearest is '--facility'" --fasility=1
	refused "unknown option '--max-lines', the nearest is '--max-line'" --max-lines 5
	refused "unknown option '-x'" -qx
	refused "unknown option '--" --"$(printf 'x%.0s' {1..5000})"
}

@test "flag before environment before file before default" {
	printf 'jobs = 1\nvia = file\n' >c
	[ "$(value jobs)" = 4 ]
	[ "$(value jobs --config c)" = 1 ]
	[ "$(OQ_JOBS=2 value jobs --config c)" = 2 ]
	[ "$(OQ_JOBS=2 value jobs --config c --jobs 3)" = 3 ]
	[ "$(OQ_JOBS='' value jobs --config c)" = 1 ]
	[ "$(OQ_MAX_LINE=2k value max-line)" = 2048 ]
	OQ_JOBS=9 refused 'OQ_JOBS takes a whole number from 1 to 4'
	# what is no configuration is not read from the environment
	[ "$(OQ_OUTPUT=x OQ_PASS_FD=0 value output)" = - ]
}

@test "one file counts, the first of --config, OQ_CONFIG, the user's" {
	for name in flag variable xdg home; do
		mkdir -p "$name/oq" "$name/.config/oq"
		echo "via = $name" | tee "$name/oq/oq.conf" >"$name/.config/oq/oq.conf"
	done
	export XDG_CONFIG_HOME=$PWD/xdg
	[ "$(value via)" = xdg ]
	[ "$(OQ_CONFIG=variable/oq/oq.conf value via)" = variable ]
	[ "$(OQ_CONFIG=variable/oq/oq.conf value via --config flag/oq/oq.conf)" = flag ]
	[ "$(OQ_CONFIG=variable/oq/oq.conf value via --no-config)" = - ]
	[ "$(OQ_CONFIG='' value via)" = xdg ]
	unset XDG_CONFIG_HOME
	[ "$(HOME=$PWD/home value via)" = home ]
}

@test "a named file that is missing is a mistake, another is not" {
	refused 'missing: No such file or directory' --config missing
	OQ_CONFIG=missing refused 'missing: No such file or directory'
	[ "$(XDG_CONFIG_HOME=$PWD/nowhere value via)" = - ]
	refused 'Is a directory' --config .
}

@test "comments, blanks, CRLF, a byte order mark, names without a value" {
	printf '\xef\xbb\xbf# ours\r\n\r\n\t via\t=  https://h/#x  # the hub\r\nfacility =\nca = a=b c\n#jobs = 9' >c
	[ "$(value via --config c)" = 'https://h/#x' ]
	[ "$(value facility --config c)" = - ]
	[ "$(value ca --config c)" = 'a=b c' ]
	: >c
	[ "$(value jobs --config c)" = 4 ]
}

@test "a mistake in the file is named with file, line and the nearest name" {
	printf '#\n\nfasility = 1\n' >c
	refused "c:3: unknown name 'fasility', the nearest is 'facility'" --config c
	printf 'via = a\njobs = 2\nvia = b\n' >c
	refused 'c:3: via stands in line 1 already' --config c
	printf 'via = a\nvia = b\n' >c
	refused 'c:2: via stands in line 1 already' --config c --via x
	printf 'card-ca = a\ncard-ca = b\n' >c
	refused 'c:2: card-ca stands in line 1 already' --config c
	printf 'jobs = many\n' >c
	refused 'c:1: jobs takes a whole number from 1 to 4' --config c
	printf 'via\n' >c
	refused "c:1: this is not 'name = value'" --config c
	printf 'via = a\0b\n' >c
	refused 'c:1: this is no text' --config c
	# an option, but not one for the file
	printf 'output = x\n' >c
	refused "c:1: unknown name 'output'" --config c
}

@test "a file that others can write is refused" {
	echo 'via = a' >c
	for mode in 620 602 666; do
		chmod "$mode" c
		refused 'c: others can write this file (mode 0'"$mode" --config c
	done
	chmod 644 c
	[ "$(value via --config c)" = a ]
	[ "$(value via --config <(echo 'via = pipe'))" = pipe ]
	if [ "$(id -u)" = 0 ]; then
		chown 12345 c
		refused 'c belongs to another user' --config c
	fi
}

@test "one file serves all commands: each takes the names of all" {
	printf '%s = \n' ca card-ca cert facility fail-on jobs key lang max-line operator state via >c
	run -0 options --config c
	for command in "$OQ_BUILD"/bin/oq-*; do
		"$command" --help=mdoc | sed -n 's/^\.Pq Ev OQ_//p' | tr 'A-Z_' 'a-z-'
	done | sort -u | sed 's/$/ =/' >all
	[ -s all ] || could_not_run "no commands are built"
	run -0 options --config all
}

@test "the language: flag, environment, file, locale" {
	[ "$(value japanese)" = 0 ]
	[ "$(value japanese --lang ja)" = 1 ]
	[ "$(OQ_LANG=ja value japanese)" = 1 ]
	echo 'lang = ja' >c
	[ "$(value japanese --config c)" = 1 ]
	[ "$(LC_ALL=ja_JP.UTF-8 value japanese)" = 1 ]
	[ "$(LC_ALL=ja_JP.UTF-8 value japanese --lang en)" = 0 ]
	refused '--lang takes one of these words: en ja' --lang fr
}

@test "help fits into 80 columns and has every option, its words and its default" {
	run -0 options --help
	assert_output --partial 'usage: oq-test [OPTION ...] [FILE ...]'
	assert_line '  -j, --jobs N            windows in flight (default 4)'
	[[ $(tr -s ' \n' ' ' <<<"$output") == *'only unknown ones (one of: negative unknown) (default negative)'* ]]
	for option in via facility ca jobs max-line fail-on pass-fd output directory file day time wait \
		quiet again config no-config lang help version; do
		assert_line --regexp "^ +(-., )?--$option( [A-Z]+)?( |\$)"
	done
	for command in "$OQ_BUILD"/tests/options "$OQ_BUILD"/bin/oq-*; do
		[ ! -x "$command" ] || "$command" --help
	done >helps
	run awk 'length > 80 || / $/' helps
	assert_output ''
	run -0 options --verbs --help
	assert_line '  init DIR                make a new one'
}

@test "help and version answer whatever else is on the line, and check that it was written" {
	run -0 --separate-stderr options --jobs 2 --version --unknown
	assert_output 'oq-test 0.1.0'
	for what in --help --version --help=zsh; do
		run -7 bash -c "'$OQ_BUILD/tests/options' $what >/dev/full"
		assert_output --partial 'No space left on device'
	done
	refused '--help takes one of these words: mdoc bash zsh fish' --help=perl
	refused '--version takes no value' --version=1
}

@test "the option list as mdoc is clean" {
	{
		printf '.Dd October 5, 2026\n.Dt OQ-TEST 1\n.Os\n.Sh NAME\n.Nm oq-test\n.Nd nothing\n'
		printf '.Sh DESCRIPTION\n.Bl -tag -width Ds\n'
		options --help=mdoc
		printf '.El\n'
	} >page
	run -0 mandoc -Tlint -Wall page
	assert_output ''
	mandoc -Tascii page | col -b >text
	grep -q -- '-j N, --jobs N' text
	grep -qF '\here\].' text
	grep -qF '(OQ_MAX_LINE)' text
}

@test "completion for bash" {
	options --help=bash >oq.bash
	shellcheck oq.bash
	cat >try <<-'END'
		source ./oq.bash
		compopt() { :; }
		COMP_WORDS=(oq-test "$@")
		COMP_CWORD=$#
		_oq_test
		printf '%s\n' "${COMPREPLY[@]}"
	END
	: >alpha
	mkdir beta
	[ "$(bash try --ma)" = --max-line ]
	[ "$(bash try --fail-on un)" = unknown ]
	[ "$(bash try --fail-on = u)" = unknown ]
	[ "$(bash try --fail-on =)" = $'negative\nunknown' ]
	[ "$(bash try --ca al)" = alpha ]
	[ "$(bash try -o = al)" = alpha ]
	[ "$(bash try --directory be)" = beta ]
	[ "$(bash try --place be)" = beta ]
	[ "$(bash try --jobs '')" = '' ]
	[ "$(bash try al)" = alpha ]
	options --verbs --help=bash >oq.bash
	[ "$(bash try s)" = serve ]
	[ "$(bash try serve be)" = beta ]
	[ "$(complete -p oq-test 2>/dev/null; bash -c 'source ./oq.bash; complete -p oq-test')" = 'complete -F _oq_test oq-test' ]
}

@test "completion for zsh" {
	mkdir functions
	options --verbs --help=zsh >functions/_oq-test
	zsh -n functions/_oq-test
	cat >try.exp <<-'END'
		set timeout 20
		log_user 0
		spawn -noecho zsh -f
		send "PS1='READY> '; fpath=(\$PWD/functions \$fpath); autoload -Uz compinit; compinit -u -D; print set-\$((1+1))\r"
		expect "set-2"
		send "oq-test --fai\t"
		expect "oq-test --fail-on="
		send "un\t"
		expect "unknown"
		send "\025oq-test se\t"
		expect "oq-test serve "
		send "\025oq-test --directory\t"
		expect "oq-test --directory="
		send "\025exit\r"
		expect eof
		puts {all found}
	END
	run expect -f try.exp
	assert_output 'all found'
}

@test "completion for fish" {
	options --verbs --help=fish >oq.fish
	: >alpha
	mkdir beta
	complete() { fish --no-config -c "source oq.fish; complete -C 'oq-test $1'" | cut -f1; }
	[ "$(complete --max)" = --max-line ]
	[ "$(complete '--fail-on u')" = unknown ]
	[ "$(complete 's')" = serve ]
	[ "$(complete '--ca al')" = alpha ]
	[ "$(complete '--directory b')" = beta/ ]
	[ "$(complete '--place b')" = beta/ ]
	[ "$(complete '--jobs ')" = '' ]
	fish --no-config -c "source oq.fish; complete -C 'oq-test s'" | grep -qF "answer 'questions': until told to stop"
}
