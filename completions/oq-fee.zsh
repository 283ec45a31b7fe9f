#compdef oq-fee
# Made by: oq-fee --help=zsh

_arguments -s -S \
	'--facility=[our 10-digit institution code]:CODE: ' \
	'*--set=[what a line that says nothing of it means \(may be given again\)]:MEMBER=VALUE: ' \
	'--share=[add what the patient pays, and what the addition makes of it, in yen]:TENTHS:(1 2 3)' \
	'--history=[limits used up in earlier runs; it is replaced when all is written]:FILE:_files' \
	'--rules=[the fee table, instead of the installed one]:FILE:_files' \
	'--retry-unknown[take up lines again that this command could not answer]' \
	'--list[print the table in force, and read nothing]' \
	'--on=[with --list\: on this day, YYYY-MM-DD; today in Japan if not given]:DATE: ' \
	'--format=[with --list\: records, text for people, or a table for a spreadsheet]:FORM:(json text csv)' \
	'--max-line=[longest line taken in or written]:BYTES: ' \
	'--summary=[write the closing count as JSON, whole or not at all]:FILE:_files' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'*: :'
