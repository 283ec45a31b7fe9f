# shellcheck shell=bash
# Made by: oq-read-card --help=bash

_oq_read_card()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == = ]]; then
		cur=
	fi
	COMPREPLY=()
	case $prev in
	--shares | --card-ca | --grace | --cert | --key | --summary | --config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--face | --also | --state)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--reference | --since | --at | --reader | --timeout | --pin-fd | --via | --hub | --operator | --pass-fd | --facility | --max-line)
		return
		;;
	--method)
		mapfile -t COMPREPLY < <(compgen -W 'pin visual' -- "$cur")
		return
		;;
	--scope)
		mapfile -t COMPREPLY < <(compgen -W 'verify self' -- "$cur")
		return
		;;
	--fail-on)
		mapfile -t COMPREPLY < <(compgen -W 'negative unknown' -- "$cur")
		return
		;;
	--lang)
		mapfile -t COMPREPLY < <(compgen -W 'en ja' -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '--face --also --watch --once --reference --since --at --take --say --shares --state --method --scope --reader --timeout --status --merge --pin-fd --use-last-try --with-serial --card-ca --grace --via --hub --operator --cert --key --pass-fd --facility --max-line --summary --fail-on --config --no-config --lang --help --version' -- "$cur")
		return
	fi
}
complete -F _oq_read_card oq-read-card
