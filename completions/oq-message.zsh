#compdef oq-message
# Made by: oq-message --help=zsh

_arguments -s -S \
	'--at=[judge consents at this moment instead of now]:TIME: ' \
	'--type=[what the message is, such as OQSsiquc01res, where the file'\''s name does not say]:TYPE: ' \
	'--encoding=[how the bytes are encoded, whatever they declare; for encode, what to write]:NAME:(utf-8 cp932)' \
	'--request=[the bulk request that was answered\: finds foreign and missing identifiers]:FILE:_files' \
	'--unknown[decode lists what the table does not know, without values, instead of records]' \
	'(-d --dir)'{-d+,--dir=}'[anonymise writes here, each sample under a name of its own]:DIR:_files -/' \
	'--facility=[our 10-digit institution code]:CODE: ' \
	'--max-line=[longest line taken in or written]:BYTES: ' \
	'--summary=[write the closing count as JSON, whole or not at all]:FILE:_files' \
	'--fail-on=[what is a failure\: negative answers \(1\) and unknown ones \(3\), or only unknown ones]:WHAT:(negative unknown)' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'1:verb:((decode\:"messages become records" encode\:"the records on standard input become one message" anonymise\:"real messages become samples with other people in them"))' \
	'*:file:_files'
