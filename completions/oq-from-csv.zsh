#compdef oq-from-csv
# Made by: oq-from-csv --help=zsh

_arguments -s -S \
	'--encoding=[encoding of the list\: utf-8 or cp932 \(Shift_JIS to Windows\); else it is found out]:NAME: ' \
	'--mapping=[what the columns are, instead of the mapping for booking lists that is built in]:FILE:_files' \
	'--print-mapping[print the mapping in force, to start one'\''s own from, and read nothing]' \
	'--visit-date=[day of the visit for rows that name none, YYYY-MM-DD]:DATE: ' \
	'--for=[the same, by the calendar\: next-open-day, or next-open-day+2 for two open days later]:WHEN: ' \
	'--open-days=[weekdays on which the clinic is open, such as \"mon tue wed fri sat\"]:WORDS: ' \
	'--holidays=[days on which it is closed, or open, all the same]:FILE:_files' \
	'--print-day[print the day of --for, and read nothing]' \
	'(-o --output)'{-o+,--output=}'[write the records to a file of mode 0600, whole or not at all]:FILE:_files' \
	'--max-line=[longest line taken in or written]:BYTES: ' \
	'--summary=[write the closing count as JSON, whole or not at all]:FILE:_files' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'*:file:_files'
