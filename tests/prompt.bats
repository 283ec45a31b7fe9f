# Prompts on the terminal (PROTOCOL 8), through tests/prompt.c.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export PATH=$OQ_BUILD/tests:$PATH
}

# typed 'COMMAND' <STEPS: as tests/ask.exp says.
typed() {
	run expect "$OQ_TREE/tests/ask.exp" "$1"
	output=${output//$'\r'/}
}

@test "a line is asked for by name and comes back without its line feed" {
	typed 'prompt ask oq-x "who? " 0 echo >out' <<<'oq-x: who? |太郎'
	assert_success
	assert_output --partial 'oq-x: who? 太郎'
	assert_equal "$(cat out)" 'line [太郎]'
}

@test "a secret does not show, and the line feed after it does" {
	typed 'prompt ask oq-x "PIN: " 0 hidden >out; echo after' <<<'PIN: |1234'
	assert_success
	refute_output --partial 1234
	assert_output --partial $'PIN: \nafter'
	assert_equal "$(cat out)" 'line [1234]'
}

@test "what was typed before a secret is asked for is no answer to it" {
	typed 'echo ready; sleep 1; prompt ask oq-x "PIN: " 0 hidden >out' <<<$'ready|early\nPIN: |right'
	assert_equal "$(cat out)" 'line [right]'
}

@test "a line that is too long is read to its end and given to nobody" {
	typed 'prompt ask a "one " 0 echo >out; prompt ask a "two " 0 echo >>out' \
		<<<$'one |0123456789012345678901234567890123456789\ntwo |next'
	assert_equal "$(cat out)" $'too long []\nline [next]'
}

@test "one backspace takes one character of Japanese back, whatever the mode was" {
	typed 'stty -iutf8; prompt ask a "one " 0 echo >out' < <(printf 'one |あ\17712\n')
	assert_equal "$(cat out)" 'line [12]'
}

@test "the end of input, an empty line and no answer in time are three answers" {
	typed 'prompt ask a "one " 0 echo >out; prompt ask a "two " 0 echo >>out; prompt ask a "three " 100 echo >>out' \
		<<<$'one |^D\ntwo |\nthree |-'
	assert_equal "$(cat out)" $'end []\nline []\ntimeout []'
}

@test "a key needs no Enter and does not show, in half or full width; other keys do nothing" {
	typed 'prompt ask a "one " 0 12 >out; prompt ask a "two " 0 yn >>out; prompt ask a "three " 100 12 >>out; prompt ask a "four " 0 12 >>out' \
		<<<$'one |xあ２\ntwo |y\nfour |^D'
	assert_success
	assert_output $'a: one a: two a: three \na: four '
	assert_equal "$(cat out)" $'line [2]\nline [y]\ntimeout []\nend []'
}

@test "what was typed before a key is asked for is no answer to it" {
	typed 'echo ready; sleep 1; prompt ask a "key: " 0 12 >out' <<<$'ready|1\nkey: |2'
	assert_equal "$(cat out)" 'line [2]'
}

@test "every signal that ends the process finds the mode as it was" {
	for signal in HUP INT QUIT ALRM TERM USR1 USR2 PIPE; do
		for echo in echo hidden 12; do
			typed "stty -g >before; env --default-signal prompt ask a 'ask: ' 0 $echo & sleep 0.3; kill -$signal \$!; wait \$!; echo status \$?; stty -g >after" <<<'status |-'
			assert_output --partial "status $((128 + $(kill -l "$signal")))"
			run diff before after
			assert_success
		done
	done
}

@test "Ctrl-C and Ctrl-\\ end a hidden prompt, and echo is on again" {
	for key in C '\'; do
		typed "trap : INT QUIT; ulimit -c 0; prompt ask a 'PIN: ' 0 hidden; echo status \$?; stty -a" <<<"PIN: |^$key"
		assert_output --regexp 'status (130|131)'
		assert_output --regexp '[^-]echo '
	done
}

@test "an ignored signal stays ignored" {
	typed "trap '' INT; (sleep 0.3; kill -INT 0) & prompt ask a 'ask: ' 800 hidden >out; wait" <<<'ask: |-'
	assert_equal "$(cat out)" 'timeout []'
}

@test "a stopped prompt gives the terminal back, and asks again when it goes on" {
	cat >steps <<-'EOF'
		$ |prompt ask a 'PIN: ' 0 hidden >out
		a: PIN: |^Z
		Stopped|-
		$ |stty -a | grep -o '[ -]echo ' | tr ' ' _
		_echo_|-
		$ |fg >fg.out
		a: PIN: |5678
		$ |stty -a | grep -o '[ -]echo ' | tr ' ' _
		_echo_|exit
	EOF
	typed "env PS1='$ ' bash --norc --noprofile -i" <steps
	assert_success
	assert_equal "$(cat out)" 'line [5678]'
}

@test "two commands of a pipeline ask one after the other" {
	typed 'prompt ask a "first: " 0 echo >a & sleep 0.3; prompt ask b "second: " 0 echo >b & wait' \
		<<<$'first: |one\nsecond: |two'
	assert_success
	assert_equal "$(cat a b)" $'line [one]\nline [two]'
	refute_output --partial 'first: b: '
}

@test "a line for the desk does not wait for a prompt, and says who speaks" {
	typed 'prompt ask a "ask: " 0 echo >out & sleep 0.3; prompt desk "有効"; wait' <<<$'ask: |-\ndesk: 有効|yes'
	assert_success
	assert_equal "$(cat out)" 'line [yes]'
	typed 'prompt desk "有効"' </dev/null
	assert_output --partial '有効'
	refute_output --partial 'desk:'
}

@test "what comes from outside cannot command the terminal" {
	typed "prompt desk \"\$(printf 'a\\033[2Jb\\302\\233c\\377d')\"" </dev/null
	assert_output --partial 'a?[2Jb?c?d'
	typed "prompt say \"\$(printf 'a\\tb\\rc')\"" </dev/null
	assert_output --partial 'b?c'
}

@test "without a terminal a prompt says so and the desk line is nothing" {
	run setsid prompt ask a 'ask: ' 0 echo </dev/null
	assert_failure 1
	assert_output 'no terminal'
	run setsid prompt desk text </dev/null
	assert_success
	assert_output ''
}
