#compdef oq-terminal
# Made by: oq-terminal --help=zsh

_arguments -s -S \
	'--via=[the way out\: https\://HOST/ or terminal\:DIR]:ROUTE: ' \
	'--hub=[the hub'\''s own name, where it is not the host of --via]:NAME: ' \
	'--facility=[our 10-digit institution code]:CODE: ' \
	'--ca=[PEM certificate of the hub'\''s authority]:FILE:_files' \
	'--cert=[our PEM certificate]:FILE:_files' \
	'--key=[our PEM private key, readable by its owner only]:FILE:_files' \
	'--pass-fd=[descriptor to read the key'\''s passphrase from]:N: ' \
	'--operator=[who is at the desk, for the other side'\''s audit]:NAME: ' \
	'--tap=[write face results for the records of FILE \(- is standard input\) and end]:FILE:_files' \
	'--card=[write a face result for the card of a rehearsal \(oq-hub card add\) and end]:DIR:_files -/' \
	'*--consent=[with --tap or --card, what the patient said at the reader, such as drugs=given]:PURPOSE=DECISION: ' \
	'--encoding=[the encoding of what is written, instead of that of each request]:NAME:(utf-8 cp932)' \
	'--faults=[a schedule of faults to make, for testing receipt computers]:FILE:_files' \
	'--scan=[how often to look for requests]:SPAN: ' \
	'--settle=[how long a request must stand unchanged before it is taken]:SPAN: ' \
	'--retry-for=[patience with a hub that is down or wants us to wait]:SPAN: ' \
	'--timeout=[patience with one request, from connect to last byte]:SPAN: ' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'*:file:_files'
