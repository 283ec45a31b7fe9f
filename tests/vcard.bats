# The virtual card is so faithful that unmodified OpenSC works with it.
load helper
load card

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return 1
	keys keys ca sign-ca auth sign
	authority ca keys/ca.key
	authority sign-ca keys/sign-ca.key "/C=JP/O=JPKI-OQ-REHEARSAL/OU=JPKI for digital signature"
	card card ca keys/auth.key
	certificate card/sign.der sign-ca keys/sign.key subject=/C=JP/L=13221/CN=x \
		keyUsage=critical,digitalSignature,nonRepudiation policy=1.2.392.200149.8.5.1.1.20
	cp keys/sign.key card/sign.key
	echo ABC123 >card/password
	openssl x509 -in sign-ca/ca.pem -outform DER -out card/sign-ca.der
	export READER=$BATS_FILE_TMPDIR/reader LOG=$BATS_FILE_TMPDIR/log
	reader_start "$READER" || {
		touch "$BATS_FILE_TMPDIR/no-reader"
		return 0
	}
	lay card
	export LAID
}

teardown_file() {
	reader_stop "$READER"
	kill "$LAID" 2>/dev/null || true
}

setup() {
	[ ! -e "$BATS_FILE_TMPDIR/no-reader" ] || could_not_run "no namespaces here for a private pcscd"
	cd "$BATS_FILE_TMPDIR" || return 1
}

@test "opensc-tool names it" {
	run opensc-tool -n
	assert_success
	assert_output --partial jpki
	run opensc-tool -a
	assert_output --partial 3b:88:80:01:00:00:05:e0:b3:81:a1:00:7f
}

@test "pkcs15-tool lists its certificates and PINs, and reads the certificate" {
	run pkcs15-tool --list-certificates
	assert_success
	assert_output --partial "Encoded serial : 02 04 0705D990"
	run pkcs15-tool --list-pins
	assert_output --partial "Tries left     : 3"
	assert_output --partial "Tries left     : 5"
	pkcs15-tool --read-certificate 1 | openssl x509 -outform DER | cmp - card/auth.der
}

@test "pkcs11-tool signs with its key" {
	echo challenge >challenge
	pkcs11-tool --module opensc-pkcs11.so --slot 0 --login --pin 8305 --sign --id 01 \
		--mechanism SHA256-RSA-PKCS --input-file challenge --output-file signature
	openssl x509 -in card/auth.der -inform DER -pubkey -noout >key.pub
	run openssl dgst -sha256 -verify key.pub -signature signature challenge
	assert_output "Verified OK"
}

@test "a wrong PIN costs a try, a right one brings them back, and no log shows either" {
	run pkcs15-tool --verify-pin --auth-id 01 --pin 9712
	assert_failure
	run cat card/tries
	assert_output "2 5"
	pkcs15-tool --verify-pin --auth-id 01 --pin 8305
	run cat card/tries
	assert_output "3 5"
	# The first column of the card's log is a time, and may be any number.
	run grep -E '8305|9712|38333035|39373132' reader/pcscd.log <(cut -d ' ' -f 2- "$LOG")
	assert_failure 1
}
