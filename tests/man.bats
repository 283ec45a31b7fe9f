# The pages: their sections, their lint, and their EXAMPLES, which are run.
#
# In EXAMPLES a line of a display (.Dl or .Bd -literal) that begins with "$ " is a command; one
# that ends with a backslash goes on in the next. The commands of a page are run in order by bash
# (set -o pipefail) in one directory that holds bookings.csv (the demo's list) and hub/ (oq-hub
# init, 300 people); OQ_VIA, OQ_CA, OQ_CERT and OQ_KEY name a hub that serves.
# A command may end with 0, 1 or 3: some answers of invented people are no. Lines under a command
# that do not begin with "$ " are what it prints: they must come in this order, "..." stands for
# any lines. What a page cannot show being run (it needs a person at a terminal, or never ends)
# has a comment above it, and the bats file named there must use the same command:
#
#	.\" run by: ask.bats

load helper

setup_file() {
	load helper
	export MAN_WORLD=$BATS_FILE_TMPDIR
	cd "$MAN_WORLD" || return
	hub_init hub --people 300 --seed 1
	oq-hub people hub | "$OQ_TREE/tests/demo-bookings" >bookings.csv
	hub_start hub
}

teardown_file() {
	hub_stop
}

pages() {
	find "$OQ_TREE/man" -name '*.[157]' | sort
}

command_pages() {
	find "$OQ_TREE/man" -name 'oq-*.1' | sort
}

# The EXAMPLES of a page as lines "run TEXT", "by FILE TEXT" and "out TEXT".
examples() {
	sed 's/^\.\\" run by: /.Dl @by /' "$1" | mandoc -T utf8 -O width=500 |
		sed -e 's/.\x08//g' | awk '
		/^[A-Z]/ { inside = $0 == "EXAMPLES"; next }
		!inside || NF == 0 { in_output = 0; next }
		{ sub(/^ +/, "") }
		/^@by / { by = $2; next }
		more || /^\$ / {
			if (!more) { sub(/^\$ /, ""); text = "" }
			more = sub(/\\$/, "")
			text = text $0
			if (!more) {
				print by == "" ? "run " text : "by " by " " text
				in_output = by == ""
				by = ""
			}
			next
		}
		in_output { print "out " $0 }'
}

# Runs the examples of one page; says which failed.
run_examples() {
	local kind text status failed=0
	: >stdout
	: >wanted
	while IFS=' ' read -r kind text; do
		case $kind in
		out)
			printf '%s\n' "$text" >>wanted
			;;
		run)
			check_output || failed=1
			: >wanted
			status=0
			timeout 60 bash -o pipefail -c "$text" >stdout 2>stderr </dev/null 3>&- ||
				status=$?
			last=$text
			case $status:$text in
			0:* | 1:* | 3:*) ;;
			4:*"jq -e"*) ;; # jq's way to say that nothing was selected
			*)
				echo "status $status: $text"
				cat stderr
				failed=1
				;;
			esac
			;;
		by)
			uses_command "${text%% *}" "${text#* }" || failed=1
			;;
		esac
	done < <(examples "$1")
	check_output || failed=1
	return "$failed"
}

# Did the last command print the lines of the file wanted, in order?
check_output() {
	[ -s wanted ] || return 0
	awk 'NR == FNR { if ($0 == "...") next; wanted[++n] = $0; next }
		{ sub(/^ +/, "") }
		$0 == wanted[found + 1] { found++ }
		END { if (found < n) print "not printed: " wanted[found + 1]; exit found < n }' \
		wanted stdout || { echo "by: $last"; return 1; }
}

# uses_command FILE TEXT: does that bats file use the first command of the text, with its verb?
uses_command() {
	local name
	name=$(grep -oE 'oq-[a-z-]+( [a-z]+)?' <<<"$2" | head -n 1)
	grep -qE "(^|[^a-z-])${name% }" "$OQ_TREE/tests/$1" ||
		{ echo "$1 does not use $name"; return 1; }
}

setup() {
	hub_use "$MAN_WORLD/hub"
	cd "$BATS_TEST_TMPDIR" || return
}

@test "every command has its page" {
	for program in "$OQ_BUILD"/bin/oq-*; do
		assert_file_exist "$OQ_TREE/man/${program##*/}.1"
	done
}

@test "no page has a lint warning" {
	for page in $(pages) "$OQ_BUILD"/man/*; do
		run mandoc -T lint -W warning "$page"
		assert_success
		assert_output ""
	done
}

@test "a command's page says what kind it is, and has the sections that every page has" {
	for page in $(command_pages); do
		for section in NAME SYNOPSIS DESCRIPTION OUTPUT "EXIT STATUS" ENVIRONMENT FILES EXAMPLES; do
			grep -qE "^\.Sh \"?$section\"?$" "$page" || fail "$page: no section $section"
		done
		sed -n '/^\.Sh DESCRIPTION/,/^\.Sh OUTPUT/p' "$page" | head -n 6 |
			grep -qiE 'filter|source|sum|service' || fail "$page: of which kind is it?"
	done
}

@test "the examples of every page run" {
	local failed=0 n
	for page in $(pages); do
		n=$(examples "$page" | grep -cE '^(run|by) ' || true)
		[ "$n" -gt 0 ] || { echo "$page: no example"; failed=1; }
		[ -e bookings.csv ] || cp -r "$MAN_WORLD"/{bookings.csv,hub} .
		run_examples "$page" >said 2>&1 || { echo "$page:"; cat said; failed=1; }
	done
	[ "$failed" -eq 0 ]
}
