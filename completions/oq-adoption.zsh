#compdef oq-adoption
# Made by: oq-adoption --help=zsh

_arguments -s -S \
	'--table=[figures that were published, instead of facilities that are counted]:NAME:(facility prefecture municipality timeseries claims-mode orca card-issuance)' \
	'--check[recompute and compare what was published, and read nothing]' \
	'--tables=[tables that take the place of the installed ones]:DIR:_files -/' \
	'--by=[count by kind of facility only, or by place, too, and rank the places]:WHAT:(type prefecture municipality)' \
	'*--as-of=[count as of this day, YYYY-MM-DD \(may be given again\); today in Japan if not given; of a table, its figures of that day only]:DATE: ' \
	'--type=[only this kind of facility]:KIND:(all hospital clinic_medical clinic_dental pharmacy)' \
	'--stage=[only this stage]:STAGE:(applied ready operating)' \
	'--prefecture=[only this prefecture]:NAME: ' \
	'--format=[records, text for people, a table for a spreadsheet, or a picture]:FORM:(json text csv svg)' \
	'--max-line=[longest line taken in or written]:BYTES: ' \
	'--summary=[write the closing count as JSON, whole or not at all]:FILE:_files' \
	'--fail-on=[what is a failure\: negative answers \(1\) and unknown ones \(3\), or only unknown ones]:WHAT:(negative unknown)' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'*:file:_files'
