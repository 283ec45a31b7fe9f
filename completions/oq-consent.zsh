#compdef oq-consent
# Made by: oq-consent --help=zsh

_arguments -s -S \
	'--ask=[ask the patient for these, separated by commas, in this order]:PURPOSES: ' \
	'--grant=[the patient has agreed to these by word of mouth; needs --operator]:PURPOSES: ' \
	'--deny=[the patient has not agreed to these, by word of mouth; needs --operator]:PURPOSES: ' \
	'--operator=[who is at the desk, for the other side'\''s audit]:NAME: ' \
	'--timeout=[how long a question stands, at most 120s; then it was not answered]:SPAN: ' \
	'--wording=[the table of what patients are asked, instead of the installed one]:FILE:_files' \
	'--patient-lang=[the patient'\''s language, which the table must have; else that of --lang]:LANG: ' \
	'--ledger=[the ledger, instead of consent.ledger in the state directory]:FILE:_files' \
	'--state=[the state directory]:DIR:_files -/' \
	'--as-of=[list\: what counted at this moment, instead of now]:TIME: ' \
	'*--against=[check-ledger, prove\: checkpoints, codes, receipts or records, one a line, that are held outside of the ledger; may be given again]:FILE:_files' \
	'*--old-cert=[an earlier certificate of ours, which signed in the ledger; may be given again]:FILE:_files' \
	'--slip[receipt\: for a printer of 58 mm, instead of a page]' \
	'--via=[the way out\: https\://HOST/ or terminal\:DIR]:ROUTE: ' \
	'--hub=[the hub'\''s own name, where it is not the host of --via]:NAME: ' \
	'--facility=[our 10-digit institution code]:CODE: ' \
	'--ca=[PEM certificate of the hub'\''s authority]:FILE:_files' \
	'--cert=[our PEM certificate]:FILE:_files' \
	'--key=[our PEM private key, readable by its owner only]:FILE:_files' \
	'--pass-fd=[descriptor to read the key'\''s passphrase from]:N: ' \
	'--retry-unknown[take an error of this command off the record where asking again can help]' \
	'--max-line=[longest line taken in or written]:BYTES: ' \
	'--summary=[write the closing count as JSON, whole or not at all]:FILE:_files' \
	'--fail-on=[what is a failure\: negative answers \(1\) and unknown ones \(3\), or only unknown ones]:WHAT:(negative unknown)' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'1:verb:((withdraw\:"the patient takes a consent back\: enter it, and tell the hub" list\:"write the consents of the ledger, one a line" check-ledger\:"is the ledger whole, broken, or is its end not proven?" checkpoint\:"print 12 groups of digits that pin the ledger, for the day sheet" receipt\:"print the patient'\''s receipt, that of the last consent if none is named" prove\:"say what was agreed when, and what shows it"))' \
	'*:file:_files'
