#compdef oq-readiness
# Made by: oq-readiness --help=zsh

_arguments -s -S \
	'--via=[the way out\: https\://HOST/ or terminal\:DIR]:ROUTE: ' \
	'--facility=[our 10-digit institution code]:CODE: ' \
	'--ca=[PEM certificate of the hub'\''s authority]:FILE:_files' \
	'--cert=[our PEM certificate]:FILE:_files' \
	'--key=[our PEM private key, readable by its owner only]:FILE:_files' \
	'--pass-fd=[descriptor to read the key'\''s passphrase from]:N: ' \
	'--card-ca=[PEM certificates of the cards'\'' authority]:FILE:_files' \
	'--reader=[the card reader\: its name, a part of it, or its number from 0]:READER: ' \
	'--state=[where state is kept]:DIR:_files -/' \
	'--journal=[probe\: the journal that runs use]:FILE:_files' \
	'--terminal-certificate-until=[probe\: last day of the terminal'\''s certificate, read off there once]:DATE: ' \
	'--timeout=[probe\: how long a step may take]:SPAN: ' \
	'*--skip=[probe\: leave out this step; may be given again]:STEP: ' \
	'(-f --format)'{-f+,--format=}'[records, or text for people; notice and questionnaire\: text or HTML]:FORM:(records text html)' \
	'--watch[probe\: again and again]' \
	'--every=[probe\: with --watch, how often]:SPAN: ' \
	'--textfile=[probe\: numbers for the Prometheus node exporter, whole or not at all]:FILE:_files' \
	'--vendor=[the system vendor, for those who have to telephone]:NAME: ' \
	'--vendor-telephone=[the vendor'\''s number]:NUMBER: ' \
	'--vendor-hours=[the vendor'\''s hours, as '\''Mon-Fri 09\:00-17\:30; Sat 09\:00-12\:00'\'']:HOURS: ' \
	'--holidays=[probe\: public holidays, as for oq-from-csv\(1\)\: is the call centre open?]:FILE:_files' \
	'--on=[steps, notice, questionnaire, mandate\: as of that day; default today]:DATE: ' \
	'--ics=[steps\: what is due, as an iCalendar, whole or not at all]:FILE:_files' \
	'--show=[steps\: questions for a quotation, or makers of readers]:WHAT:(estimate reader)' \
	'--name=[notice\: the facility'\''s name below it]:NAME: ' \
	'--max-line=[longest line taken in or written]:BYTES: ' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'1:verb:((probe\:"walk what a check-in needs, and name the link that is broken" consent-screens\:"find purposes that a day of face results never asked for" steps\:"the steps of the introduction, from the file of what is done" notice\:"the notice for the wall and the web" questionnaire\:"the standard questionnaire \(問診票\), to print" mandate\:"is the facility obliged, exempt or excused?"))' \
	'*:file:_files'
