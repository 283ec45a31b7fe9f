# Loaded by every bats file: where the build under test is, and a world of its own for each test.
# shellcheck shell=bash

OQ_TREE=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
OQ_BUILD=${OQ_BUILD:-build/plain}
case $OQ_BUILD in
/*) ;;
*) OQ_BUILD=$OQ_TREE/$OQ_BUILD ;;
esac
export OQ_TREE OQ_BUILD

bats_load_library bats-support
bats_load_library bats-assert
bats_load_library bats-file

# Nothing of the person who runs the tests may leak into them: no configuration, state, proxy,
# language or time zone.
world=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}
for name in ${!OQ_*}; do
	case $name in
	OQ_TREE | OQ_BUILD | OQ_ROUNDS) ;;
	*) unset "$name" ;;
	esac
done
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy LANGUAGE TZ
mkdir -p "$world/config/oq" "$world/state"
(umask 077 && : >"$world/config/oq/oq.conf")
export HOME=$world XDG_CONFIG_HOME=$world/config XDG_STATE_HOME=$world/state
export OQ_STATE=$world/state/oq
export LC_ALL=C.UTF-8
export PATH=$OQ_BUILD/bin:$PATH

# What a sanitiser finds must not look like one of our own exit statuses. faketime is preloaded
# before its runtime, which it would refuse.
export ASAN_OPTIONS=exitcode=99:verify_asan_link_order=0
export UBSAN_OPTIONS=halt_on_error=1:exitcode=99:print_stacktrace=1

# How often a kill loop kills; make torture asks for many more.
export OQ_ROUNDS=${OQ_ROUNDS:-10}

# faketime(1) names what it shares after its process, leaves it when it is killed, and fails where
# such a name is left of an earlier process of that number.
for name in /dev/shm/*faketime_s[eh]m_*; do
	[ ! -O "$name" ] || [ -d "/proc/${name##*_}" ] || rm -f "$name"
done

# could_not_run REASON: counted apart by tests/run, never as passed.
could_not_run() {
	skip "not run: $1"
}

# wait_for SECONDS COMMAND...: runs the command until it succeeds; fails when the time is over.
wait_for() {
	local until=$((SECONDS + $1))
	shift
	until "$@" 2>/dev/null; do
		((SECONDS < until)) || return 1
		sleep 0.05
	done
}

# hub_init DIR [OPTION ...]: a hub's files.
hub_init() {
	oq-hub init "$@"
}

# hub_start DIR [OPTION ...]: serves on a free port, and hub_use.
hub_start() {
	hub_dir=$(realpath "$1")
	: >"$hub_dir.url"
	oq-hub serve "$@" >"$hub_dir.url" 2>"$hub_dir.log" 3>&- &
	hub_pid=$!
	wait_for 20 test -s "$hub_dir.url" || { cat "$hub_dir.log"; return 1; }
	hub_use "$hub_dir"
}

# hub_use DIR: the variables with which a client finds the hub that serves DIR. A test whose hub
# was started in setup_file calls it in setup.
hub_use() {
	hub_url=$(head -n 1 "$1.url")
	export OQ_VIA=$hub_url OQ_CA=$1/ca.pem OQ_CERT=$1/facility.pem OQ_KEY=$1/facility.key
}

# hub_stop: asks it to end, waits for that, and fails if a sanitiser had something to say.
hub_stop() {
	[ -n "${hub_pid:-}" ] || return 0
	kill -TERM "$hub_pid" 2>/dev/null || true
	wait "$hub_pid" || true
	hub_pid=
	if grep -E 'ERROR: (Address|Leak)Sanitizer|runtime error:' "$hub_dir.log"; then
		cat "$hub_dir.log"
		return 1
	fi
}

# journal_legible FILE: the answers of a journal as they are, so that SQL can read and change them.
journal_legible() {
	"$OQ_BUILD/tests/journal" legible "$1"
}

# journal_former FILE: a journal as it was in format 2, which had no packed answers.
journal_former() {
	journal_legible "$1"
	sqlite3 "$1" 'DROP VIEW question; CREATE VIEW question AS SELECT id FROM asked;
		ALTER TABLE answered DROP COLUMN size; ALTER TABLE answered DROP COLUMN sum;
		PRAGMA user_version = 2' >/dev/null
}
