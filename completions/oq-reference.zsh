#compdef oq-reference
# Made by: oq-reference --help=zsh

_arguments -s -S \
	'--via=[the way out\: https\://HOST/ or terminal\:DIR]:ROUTE: ' \
	'--facility=[our 10-digit institution code]:CODE: ' \
	'--ca=[PEM certificate of the hub'\''s authority]:FILE:_files' \
	'--cert=[our PEM certificate]:FILE:_files' \
	'--key=[our PEM private key, readable by its owner only]:FILE:_files' \
	'--pass-fd=[descriptor to read the key'\''s passphrase from]:N: ' \
	'--operator=[who is at the desk, for the other side'\''s audit]:NAME: ' \
	'--lane=[whether somebody at the desk waits for the answers, or nobody does]:LANE:(desk batch)' \
	'(-j --jobs)'{-j+,--jobs=}'[windows in flight]:N: ' \
	'--journal=[remember questions here, and take up from it what was cut]:FILE:_files' \
	'--state=[where the journal of a terminal is, unless --journal names it]:DIR:_files -/' \
	'--as-completed[let a line leave when it is answered, not in its order]' \
	'--bulk=[ask a terminal in files of many patients\: submit them, fetch the results, or both]::STEP:(submit fetch both)' \
	'--wait=[with --bulk, patience with results that are not ready]:SPAN: ' \
	'--poll=[with --bulk, ask again this often for a result that is not ready]:SPAN: ' \
	'--bulk-size=[with --bulk, patients in one file, at most]:N: ' \
	'--retry-unknown[ask again where our own error says that this can help]' \
	'--retry-for=[patience with a hub that is down, fails or wants us to wait; more than 30s needs a journal]:SPAN: ' \
	'--rate=[ask at most so many questions a minute]:N: ' \
	'--until=[stop asking at that time in Japan, as a signal would]:HH:MM: ' \
	'--timeout=[patience with one request, from connect to last byte]:SPAN: ' \
	'--scan=[look into the terminal'\''s folder this often, also when nothing is reported of it]:SPAN: ' \
	'--settle=[time between two readings of a response that must be the same]:SPAN: ' \
	'--note-after=[say on a terminal that an answer takes longer than this]:SPAN: ' \
	'--give-up=[patience with the terminal, from a request to its response]:SPAN: ' \
	'--keep[leave the terminal'\''s responses in the folder instead of removing them]' \
	'--archive=[move the terminal'\''s responses here instead of removing them]:DIR:_files -/' \
	'--max-line=[longest line taken in or written]:BYTES: ' \
	'--summary=[write the closing count as JSON, whole or not at all]:FILE:_files' \
	'--fail-on=[what is a failure\: negative answers \(1\) and unknown ones \(3\), or only unknown ones]:WHAT:(negative unknown)' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'*: :'
