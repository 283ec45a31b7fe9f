#compdef oq-list
# Made by: oq-list --help=zsh

_arguments -s -S \
	'--medical[drugs, treatments and checkups, person by person, the newest first]' \
	'--live[for the desk\: a line as each record comes]' \
	'--day[totals of a day'\''s records, without names]' \
	'--month[totals of a month'\''s records, without names]' \
	'(-f --format)'{-f+,--format=}'[text, CSV for a spreadsheet, or HTML that prints on A4]:FORM:(text csv html)' \
	'--place=[where people are spoken to; the desk with --live, else on the telephone]:PLACE:(telephone desk)' \
	'--advice=[the table of who must act and what to say, instead of the installed one]:FILE:_files' \
	'--max-line=[longest line taken in or written]:BYTES: ' \
	'--summary=[write the closing count as JSON, whole or not at all]:FILE:_files' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'*: :'
