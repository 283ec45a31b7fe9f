#compdef oq-ask
# Made by: oq-ask --help=zsh

_arguments -s -S \
	'(-l --loop)'{-l,--loop}'[ask for one person after the other, until the end of input \(Ctrl-D\)]' \
	'--visit-date=[day the insurance is asked for, YYYY-MM-DD; today in Japan if not given]:DATE: ' \
	'--with-id[ask for a key of your own, too, which goes into the record and never further]' \
	'--config=[read this configuration file and no other]:FILE:_files' \
	'--no-config[read no configuration file]' \
	'--lang=[language of what people read; records are the same in every language]:LANG:(en ja)' \
	'--help[print this and exit; --help=mdoc, bash, zsh or fish print it in that form]' \
	'--version[print the version and exit]' \
	'*: :'
