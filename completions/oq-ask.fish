# Made by: oq-ask --help=fish
complete -c oq-ask -f
complete -c oq-ask -l loop -s l -d 'ask for one person after the other, until the end of input (Ctrl-D)'
complete -c oq-ask -l visit-date -x -d 'day the insurance is asked for, YYYY-MM-DD; today in Japan if not given'
complete -c oq-ask -l with-id -d 'ask for a key of your own, too, which goes into the record and never further'
complete -c oq-ask -l config -r -F -d 'read this configuration file and no other'
complete -c oq-ask -l no-config -d 'read no configuration file'
complete -c oq-ask -l lang -x -a 'en ja' -d 'language of what people read; records are the same in every language'
complete -c oq-ask -l help -d 'print this and exit; --help=mdoc, bash, zsh or fish print it in that form'
complete -c oq-ask -l version -d 'print the version and exit'
