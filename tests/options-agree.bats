# Each command's options are one table: the page's list, the completions and --help come from it.
# `make pages completions` writes the files anew.

load helper

commands() {
	for program in "$OQ_BUILD"/bin/oq-*; do
		basename "$program"
	done
}

# each FUNCTION [ARG]: runs it for every command, naming the one that failed.
each() {
	local command n=0
	for command in $(commands); do
		"$1" "$command" "${@:2}" || fail "$command: $1 ${*:2}"
		n=$((n + 1))
	done
	[ "$n" -gt 0 ] || fail "no commands in $OQ_BUILD/bin"
}

page_agrees() {
	diff -u <("$1" --help=mdoc) \
		<(sed -n '/^\.\\" options: begin/,/^\.\\" options: end/{//!p}' "$OQ_TREE/man/$1.1")
}

completion_agrees() {
	diff -u <("$1" "--help=$2") "$OQ_TREE/completions/$1.$2"
}

# Every long option of --help stands in the page and in every completion.
options_everywhere() {
	local option found=0
	for option in $("$1" --help | grep -oE '^ +(-[A-Za-z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
		found=1
		mandoc -T utf8 "$OQ_TREE/man/$1.1" | col -b | grep -qF -- "$option" ||
			{ echo "$option: not in the page"; return 1; }
		for shell in bash zsh fish; do
			grep -qF -- "${option#--}" "$OQ_TREE/completions/$1.$shell" ||
				{ echo "$option: not in the completion of $shell"; return 1; }
		done
	done
	[ "$found" -eq 1 ]
}

says_version() {
	"$1" --version | grep -qE "^$1 [0-9]+\.[0-9]+\.[0-9]+$"
}

refuses_unknown_option() {
	local status=0
	"$1" --no-such-option </dev/null >out 2>err || status=$?
	[ "$status" -eq 2 ] && [ ! -s out ] && grep -q "no-such-option" err
}

bash_completes() {
	bash --norc --noprofile -c '
		. /usr/share/bash-completion/bash_completion
		. "$1" || exit
		spec=$(complete -p "$2") || exit
		function=$(sed -E "s/.* -F ([^ ]+) .*/\1/" <<<"$spec")
		COMP_WORDS=("$2" --vers) COMP_CWORD=1 COMP_LINE="$2 --vers" COMP_POINT=${#COMP_LINE}
		"$function" "$2" --vers "$2"
		printf "%s\n" "${COMPREPLY[@]}" | grep -qE "^--version *$"' \
		sh "$OQ_TREE/completions/$1.bash" "$1"
}

# zsh's completion works only at a prompt: zpty gives it one.
zsh_completes() {
	mkdir -p functions
	cp "$OQ_TREE/completions/$1.zsh" "functions/_$1"
	head -n 1 "functions/_$1" | grep -q "^#compdef $1" || return 1
	zsh -f -c '
		zmodload zsh/zpty
		zpty -b z "TERM=dumb PATH=$PATH zsh -f -i"
		zpty -w z "PS1=; unsetopt zle_bracketed_paste; fpath=($PWD/functions \$fpath); autoload -U compinit; compinit -u -D; print REA""DY"
		zpty -r z out "*READY*"
		zpty -w -n z "$1 --vers"$'"'\t'"'
		for i in {1..40}; do
			sleep 0.1
			zpty -r -t z part && out+=$part
			[[ $out == *--version* ]] && exit 0
		done
		print -r -- $out
		exit 1' zsh "$1"
}

fish_completes() {
	fish --no-config -c "source $OQ_TREE/completions/$1.fish; complete -C '$1 --vers'" |
		grep -q '^--version'
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "the page's list of options is the command's" {
	each page_agrees
}

@test "the completions are the command's" {
	for shell in bash zsh fish; do
		each completion_agrees "$shell"
	done
}

@test "every option of --help is in the page and in the completions" {
	each options_everywhere
}

@test "--version names the command and its version" {
	each says_version
}

@test "an unknown option is wrong use, said on stderr, with nothing on stdout" {
	each refuses_unknown_option
}

@test "bash completes" {
	each bash_completes
}

@test "zsh completes" {
	each zsh_completes
}

@test "fish completes" {
	each fish_completes
}
