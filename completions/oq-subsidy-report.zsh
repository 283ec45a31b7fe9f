#compdef oq-subsidy-report
# Made by: oq-subsidy-report --help=zsh

_arguments -s -S \
	'--facilities=[table of facilities, CSV or JSON lines; --items goes with it]:FILE:_files' \
	'--items=[table of the lines of their receipts, joined by the facility'\''s code]:FILE:_files' \
	'--template=[write both tables with an example here, CSV and a workbook, and read nothing]:DIR:_files -/' \
	'--program=[another grant instead\: a program of extra_subsidies.csv, such as HOME or PMH]:NAME: ' \
	'--explain=[explain this figure from the receipts on, line by line]:FIGURE:(eligible_cost_yen capped_cost_yen subsidy_yen base_part_yen difference_part_yen fallback_if_basic_rate_applies_yen)' \
	'*--if=[assess as if this fact were so, and show what changes \(may be given again\)]:FACT=VALUE: ' \
	'--format=[records, text for people, or a table for a spreadsheet]:FORM:(json text csv)' \
	'--totals=[write sums by class, prefecture and regime as JSON, whole or not at all]:FILE:_files' \
	'--forms=[draw the forms of each project as PDF into a directory of its own here]:DIR:_files -/' \
	'--book=[write a workbook \(xlsx\) here\: a summary and a sheet a facility, sums as formulas]:FILE:_files' \
	'--package=[pack the evidence of each project here, as an archive that proves itself]:DIR:_files -/' \
	'--portal=[pack the documents of each project here, as the one file that the portal takes]:DIR:_files -/' \
	'--ascii-names[name documents for the portal in ASCII only]' \
	'--verify=[look at a package instead\: whether it is whole, and what would come back]:FILE:_files' \
	'--ca=[PEM certificate of the hub'\''s authority]:FILE:_files' \
	'--cert=[our PEM certificate]:FILE:_files' \
	'--key=[our PEM private key, readable by its owner only]:FILE:_files' \
	'--pass-fd=[descriptor to read the key'\''s passphrase from]:N: ' \
	'--shared-receipts[look over all projects first, so that receipts split over several are checked]' \
	'--today=[judge deadlines as of this day, YYYY-MM-DD; today in Japan if not given]:DATE: ' \
	'--files=[look here for the files that suppliers name\: receipts, contracts]:DIR:_files -/' \
	'--rules=[tables of rules that take the place of the installed ones]:DIR:_files -/' \
	'--max-line=[longest line taken in or written]:BYTES: ' \
	'--summary=[write the closing count as JSON, whole or not at all]:FILE:_files' \
	'--fail-on=[what is a failure\: negative answers \(1\) and unknown ones \(3\), or only unknown ones]:WHAT:(negative unknown)' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'*:file:_files'
