#compdef oq-read-card
# Made by: oq-read-card --help=zsh

_arguments -s -S \
	'--face=[the folder where the face reader'\''s results appear]:DIR:_files -/' \
	'*--also=[a folder that the receipt computer moves them to; may be given again]:DIR:_files -/' \
	'(-w --watch)'{-w,--watch}'[go on until stopped, each result as soon as it is complete]' \
	'(-1 --once)'{-1,--once}'[wait for one result and end]' \
	'--reference=[only results of the patient with this reference number]:ID: ' \
	'--since=[results from this time on, also those handed out before]:TIME: ' \
	'--at=[judge consents at this moment instead of now]:TIME: ' \
	'--take[delete a result from the folder when it has been handed out]' \
	'--say[say each result in one line on the terminal, if there is one]' \
	'--shares=[the table of shares by age that --say uses, instead of the installed one]:FILE:_files' \
	'--state=[where it is remembered what was handed out]:DIR:_files -/' \
	'--method=[without --face\: the card signs with its PIN, or an operator has looked]:HOW:(pin visual)' \
	'--scope=[what the card signs for\: asking for the insurance, or, at a kiosk, for one'\''s own data]:WHAT:(verify self)' \
	'--reader=[the PC/SC reader, by its name, a part of it, or its number from 0]:NAME: ' \
	'--timeout=[how long to wait for a card to be laid on the reader]:SPAN: ' \
	'--status[look at the card and the tries left, and spend none]' \
	'--merge[read a record a line, and add a card to each]' \
	'--pin-fd=[descriptor to read the PIN from, instead of the terminal]:N: ' \
	'--use-last-try[go on where a wrong PIN would block the card]' \
	'--with-serial[write the serial number of the card'\''s certificate]' \
	'--card-ca=[PEM certificates of the cards'\'' authority]:FILE:_files' \
	'--grace=[the table of a card'\''s time of grace, instead of the installed one]:FILE:_files' \
	'--via=[the way out\: https\://HOST/ or terminal\:DIR]:ROUTE: ' \
	'--hub=[the hub'\''s own name, where it is not the host of --via]:NAME: ' \
	'--operator=[who is at the desk, for the other side'\''s audit]:NAME: ' \
	'--cert=[our PEM certificate]:FILE:_files' \
	'--key=[our PEM private key, readable by its owner only]:FILE:_files' \
	'--pass-fd=[descriptor to read the key'\''s passphrase from]:N: ' \
	'--facility=[our 10-digit institution code]:CODE: ' \
	'--max-line=[longest line taken in or written]:BYTES: ' \
	'--summary=[write the closing count as JSON, whole or not at all]:FILE:_files' \
	'--fail-on=[what is a failure\: negative answers \(1\) and unknown ones \(3\), or only unknown ones]:WHAT:(negative unknown)' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'*: :'
