# make install and uninstall: what is laid in place works there, and nothing stays behind.

load helper

make_() {
	make --no-print-directory -C "$OQ_TREE" BUILD="${OQ_BUILD#"$OQ_TREE"/}" \
		SANITIZE="${SANITIZE:-}" DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/opt/oq "$@"
}

setup() {
	case $OQ_BUILD in *sanitized) SANITIZE=1 ;; esac
	root=$BATS_TEST_TMPDIR/root/opt/oq
	cd "$BATS_TEST_TMPDIR" || return
}

@test "what is installed is commands, pages, completions, catalogues and tables" {
	make_ install
	for program in "$OQ_BUILD"/bin/oq-*; do
		name=${program##*/}
		assert_file_executable "$root/bin/$name"
		assert_file_exist "$root/share/man/man1/$name.1"
		assert_file_exist "$root/share/bash-completion/completions/$name"
		assert_file_exist "$root/share/zsh/site-functions/_$name"
		assert_file_exist "$root/share/fish/vendor_completions.d/$name.fish"
		run env -i "$root/bin/$name" --version
		assert_success
		assert_output --regexp "^$name [0-9.]+$"
	done
	for program in "$OQ_BUILD"/libexec/oq-*; do
		assert_file_executable "$root/libexec/${program##*/}"
	done
	for page in man7/oq.7 man5/oq-records.5 man7/oq-errors.7; do
		assert_file_exist "$root/share/man/$page"
	done
	assert_file_exist "$root/share/oq/oq-record.schema.json"
	assert_file_exist "$root/share/oq/night/oq-night-submit.timer"
	run find "$root" -type f -perm /022
	assert_output ""
}

@test "uninstall takes away what install laid, and nothing else" {
	mkdir -p "$root/bin"
	echo mine >"$root/bin/oq-mine"
	make_ install
	make_ uninstall
	run find "$BATS_TEST_TMPDIR/root" -type f
	assert_output "$root/bin/oq-mine"
}
