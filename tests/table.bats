# Dated rows with source and confidence: lib/table, through tests/table.c.

bats_require_minimum_version 1.5.0
load helper

table() {
	"$OQ_BUILD/tests/table" "$@"
}

# malformed PART: the table t is refused, with this after its name.
malformed() {
	run -7 table t
	assert_line --index 0 --partial "A table of rules is malformed: t$1"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || exit 1
	cat >rules <<-'END'
		rule_id,kind,from,to,note,source,confidence
		A,x,2023-04-01,2023-12-31,"of two
		lines, quoted",LAW,confirmed

		B,x,2024-01-01,,,LAW,single-source
		C,y,,2023-06-30,,,recalled
		D,y,,,always,LAW,confirmed
	END
}

@test "cells by row and column, empty ones, and a column that is not there" {
	run table rules
	assert_output '4 rows'
	run table rules 0 note
	assert_output $'of two\nlines, quoted'
	run table rules 1 to
	assert_output ''
	run table rules 3 rule_id
	assert_output D
	run table rules 3 until
	assert_output 'no such column'
}

@test "a line is the same whether it was cut where it lies or parsed" {
	# With CR before each line feed all of it is for the parser.
	cat >lying <<-'END'
		a,b,source,confidence
		 1 , x y ,S,confirmed
		"1, 2"," kept ",S,confirmed
		"say ""a""",	tab	,"S",confirmed
		"","",S,"confirmed"
		,,S,confirmed
		 "1" , "2",S,confirmed
		"over

		lines",3,S,confirmed
		日本,"語, 語",S,confirmed

		last,,S,confirmed
	END
	sed 's/$/\r/' lying >parsed
	[ "$(table lying)" = '9 rows' ]
	[ "$(table parsed)" = '9 rows' ]
	for row in 0 1 2 3 4 5 6 7 8; do
		for column in a b source confidence; do
			printf '[%s]\n' "$(table lying $row $column)" >>had
			printf '[%s]\n' "$(table parsed $row $column | tr -d '\r')" >>wanted
		done
	done
	diff wanted had
	[ "$(table lying 0 b)" = 'x y' ]
	[ "$(table lying 1 b)" = ' kept ' ]
	[ "$(table lying 2 a)" = 'say "a"' ]
	printf 'a,source,confidence\n1,S,confirmed' >t
	[ "$(table t 0 confidence)" = confirmed ]
	printf 'a,source,confidence\n1,S,confirmed\n\n\n' >t
	[ "$(table t)" = '1 rows' ]
}

@test "in force from the first day to the last, both inclusive, open where empty" {
	[ "$(table rules find kind x 2023-03-31)" = '' ]
	[ "$(table rules find kind x 2023-04-01)" = 0 ]
	[ "$(table rules find kind x 2023-12-31)" = 0 ]
	[ "$(table rules find kind x 2024-01-01)" = 1 ]
	[ "$(table rules find kind x 9999-12-31)" = 1 ]
	[ "$(table rules find kind y 2023-06-30)" = $'2\n3' ]
	[ "$(table rules find kind y 2023-07-01)" = 3 ]
	[ "$(table rules find kind '*' 2023-05-01)" = $'0\n2\n3' ]
	[ "$(table rules find kind z 2023-05-01)" = '' ]
	[ "$(table rules find colour x 2023-05-01)" = '' ]
}

@test "effective_from and effective_to are the same; no dates are always" {
	printf 'a,effective_from,effective_to,source,confidence\n1,2024-01-01,2024-01-31,S,confirmed\n' >t
	[ "$(table t find a 1 2024-01-31)" = 0 ]
	[ "$(table t find a 1 2024-02-01)" = '' ]
	printf '\xef\xbb\xbfa,source,confidence\r\n1,S,confirmed\r\n' >t
	[ "$(table t find a 1 0001-01-01)" = 0 ]
}

@test "what is malformed is named by its line" {
	head='a,from,to,source,confidence'
	printf '%s\n' "$head" '1,,,S,confirmed' '1,,,S' >t
	malformed ':3: another number of cells'
	printf '%s\n' "$head" '1,2024-1-1,,S,confirmed' >t
	malformed ':2: not a date: 2024-1-1'
	printf '%s\n' "$head" '"1' '2",,2023-02-29,S,confirmed' >t
	malformed ':3: not a date: 2023-02-29'
	printf '%s\n' "$head" '1,,,,confirmed' >t
	malformed ':2: no source, but confidence confirmed'
	printf '%s\n' "$head" '1,,,S,sure' >t
	malformed ':2: unknown confidence: sure'
	printf '%s\n' 'a,source' '1,S' >t
	malformed ':1: no column confidence'
	printf '%s\n' 'a,confidence' '1,confirmed' >t
	malformed ':1: no column source'
	printf '%s\n' 'a,a,source,confidence' >t
	malformed ':1: two columns named a'
	printf '%s\n' "$head" '1,"a"b,,S,confirmed' >t
	malformed ':2: '
	printf '%s\n' "$head" '1,"a' >t
	malformed ':2: '
	printf '%s\n\x8e\x52\n' "$head" >t
	malformed ': byte 29 is not UTF-8'
	printf '%s\n1\0,,,S,confirmed\n' "$head" >t
	malformed ':2: a cell with a NUL'
	: >t
	malformed ':0: no header'
}

@test "a file that is missing or no file" {
	run -7 table missing
	assert_output --partial 'missing: No such file or directory'
	run -7 table .
	assert_output --partial 'Is a directory'
}
