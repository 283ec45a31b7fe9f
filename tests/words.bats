# Texts for people in their language; records are the same in every one.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "every text that is marked has its Japanese" {
	(cd "$OQ_TREE" && xgettext -L C -k -k_ -kN_ --from-code=UTF-8 -o - cmd/*.c lib/*/*.[ch]) >oq.pot
	run msgcmp "$OQ_TREE/lib/po/ja.po" oq.pot
	assert_success
}

@test "Japanese where it is asked for or the locale says so, English otherwise" {
	for locale in ja_JP.UTF-8 ja ja_JP.eucJP; do
		LC_ALL=$locale run oq-ask --help
		assert_output --partial '使い方: oq-ask'
	done
	LC_ALL='' LANG=ja_JP.UTF-8 run oq-ask --help
	assert_output --partial '使い方: oq-ask'
	run oq-ask --lang ja --help
	assert_output --partial '使い方: oq-ask'
	OQ_LANG=ja run oq-ask --help
	assert_output --partial '使い方: oq-ask'
	for locale in C POSIX en_US.UTF-8 de_DE.UTF-8 ''; do
		LC_ALL=$locale LANG='' run oq-ask --help
		assert_output --partial 'usage: oq-ask'
	done
	LC_ALL=ja_JP.UTF-8 run oq-ask --lang en --help
	assert_output --partial 'usage: oq-ask'
}

@test "without the catalogue the texts are English, and nothing fails" {
	mkdir -p elsewhere/bin
	cp "$OQ_BUILD/bin/oq-ask" elsewhere/bin
	LC_ALL=ja_JP.UTF-8 run elsewhere/bin/oq-ask --help
	assert_success
	assert_output --partial 'usage: oq-ask'
}

@test "English costs no look for a catalogue" {
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=file -o trace oq-ask --help >/dev/null
	run grep -E 'oq\.mo|/proc/self/exe' trace
	refute_output --partial oq.mo
	LC_ALL=ja ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=file -o trace oq-ask --help >/dev/null
	run grep -c 'oq\.mo' trace
	assert_output 1
}
