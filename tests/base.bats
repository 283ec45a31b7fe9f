# Time, dates, characters, files and restraint, through tests/base.c.

load helper

base() {
	"$OQ_BUILD/tests/base" "$@"
}

@test "dates are read in every form that receipt computers write" {
	for form in 19800102 1980-01-02 1980/1/2 1980.1.2 1980年1月2日 S55.1.2 s55/1/2 S55-01-02 \
		昭和55年1月2日 昭55.1.2 ㍼55年1月2日 S550102 3550102 １９８０／１／２ Ｓ５５．１．２ \
		'S 55. 1. 2' ' 1980/01/02 ' '１９８０年　１月　２日'; do
		run base date "$form"
		assert_output 1980-01-02
	done
	run base date 令和元年5月1日 R4/10/3 H31.4.30 T15.12.24 M6.1.1
	assert_output $'2019-05-01\n2022-10-03\n2019-04-30\n1926-12-24\n1873-01-01'
}

@test "a day is written in its era, from the first to the last day" {
	run base era 1872-12-31 1873-01-01 1912-07-29 1912-07-30 1926-12-24 1926-12-25 1989-01-07 \
		1989-01-08 2019-04-30 2019-05-01 2020-01-01 2023-03-10
	[ "$output" = "1872-12-31 same
明治6年1月1日 same
明治45年7月29日 same
大正元年7月30日 same
大正15年12月24日 same
昭和元年12月25日 same
昭和64年1月7日 same
平成元年1月8日 same
平成31年4月30日 same
令和元年5月1日 same
令和2年1月1日 same
令和5年3月10日 same" ]
}

@test "a date that is none, or of no calendar or era, is told apart" {
	run base date 80.1.2 S55.1/2 55年1月2日 198012 yesterday '' 1980-1-2-3
	assert_output "$(printf 'no form\n%.0s' 1 2 3 4 5 6 7)"
	run base date 1980-13-01 1981-02-29 H31.5.1 S64.1.8 S1.12.24 3640108
	assert_output "$(printf 'no such day\n%.0s' 1 2 3 4 5 6)"
}

@test "every day of ten thousand years comes back" {
	run base days all
	assert_output same
}

@test "an age is full on the birthday, by law the day before" {
	run base age 1956-04-01:2026-03-31 1956-04-01:2026-04-01 2000-02-29:2025-02-28
	assert_output $'69 70\n70 70\n24 25'
}

@test "times carry +09:00 whatever came and whatever TZ is" {
	TZ=America/New_York run base time 2026-10-05T00:01:12Z 2026-10-05T09:01:12.5+09:00 \
		2026-10-05T09:01:12 2026-10-05T25:00:00Z 1969-12-31T23:59:59+00:00
	assert_output $'2026-10-05T09:01:12+09:00\n2026-10-05T09:01:12+09:00\nno time\nno time\n1970-01-01T08:59:59+09:00'
}

@test "spans" {
	run base span 90s 15m 12h 7d 250ms 7 s 7w 1.5h 9999999999s
	assert_output $'90000\n900000\n43200000\n604800000\n250\nno span\nno span\nno span\nno span\nno span'
}

@test "folding joins width, hyphens and voicing marks but keeps the long vowel" {
	run base fold '１２－３４' '12‐34' '12−34' 'ｶﾞｰﾊﾟｳﾞ' 'ガー' 'ａｂｃ　ｄ' '髙'
	assert_output $'12-34\n12-34\n12-34\nガーパヴ\nガー\nABC D\n髙'
}

@test "what folding leaves as it is is said to be so: ASCII but small letters, kana and kanji" {
	run base folded '' ア a ﾞ ﾟ
	assert_output $'50887\n50887\n0\n0\n0'
}

@test "widths on a terminal" {
	run base columns 保険 ｶﾅ abc 髙① ''
	assert_output $'4\n2\n3\n3\n0'
}

@test "JSON strings are escaped and always UTF-8" {
	run base json $'a"b\\c\nd\x01e' $'\xff健' '</>'
	assert_output $'"a\\"b\\\\c\\nd\\u0001e"\n"�健"\n"</>"'
}

@test "code page 932: vendor characters, backslash and tilde come through, bad bytes have an offset" {
	bytes=$(printf '\x5c\x7e\xfb\xfc\x87\x40\x87\x8a\xf0\x40' | base convert cp932)
	assert_equal "$bytes" "$(printf '\\~髙①㈱\xee\x80\x80')"
	assert_equal "$(printf '\\~髙①㈱' | base convert to-cp932 | od -An -tx1)" ' 5c 7e fb fc 87 40 87 8a'
	assert_equal "$(printf 'ab\x81' | base convert cp932)" 'bad byte at 2'
	assert_equal "$(printf 'ab\xa0c' | base convert cp932)" 'bad byte at 2'
	assert_equal "$(printf 'ab\xe5\x81\x00' | base convert utf-8)" 'bad byte at 2'
	assert_equal "$(printf 'a髙𠮷' | base convert to-cp932)" 'bad byte at 4'
}

@test "encodings are told apart" {
	assert_equal "$(printf '保険' | base convert detect)" utf-8
	assert_equal "$(printf '\x95\xdb\x8c\xaf' | base convert detect)" cp932
	assert_equal "$(printf '\xff\xff\x80' | base convert detect)" unknown
}

@test "a file appears whole or not at all" {
	mkdir "$BATS_TEST_TMPDIR/dir"
	cd "$BATS_TEST_TMPDIR/dir"
	echo old >file
	run base whole abort
	assert_equal "$(ls) $(cat file)" 'file old'
	run base whole die
	assert_failure
	assert_equal "$(cat file)" old
	rm file.*
	run base whole commit
	assert_equal "$(ls) $(cat file) $(stat -c %a file)" 'file new 600'
}

@test "an ask is 26 characters and never comes twice" {
	run base asks 1000
	assert_equal "$(sort -u <<<"$output" | grep -Ec '^[a-z2-7]{26} 1$')" 1000
}

@test "restraint refuses what a profile does not allow" {
	cd "$BATS_TEST_TMPDIR"
	touch readable other
	for what in none:inet none:unix none:packet none:exec inet:unix inet:packet none:create; do
		run base restrained "$what"
		refute_output allowed
	done
	assert_not_exists created
	run base restrained inet:inet
	assert_output allowed
	run base restrained none:readable
	assert_output allowed
}

@test "restraint keeps files out of reach where the kernel has Landlock" {
	[ "$(base kernel has)" = landlock ] || could_not_run "no Landlock in this kernel"
	cd "$BATS_TEST_TMPDIR"
	touch readable other
	run base restrained none:other
	assert_output 'Permission denied'
	run base restrained write:create
	assert_output 'Permission denied'
}
