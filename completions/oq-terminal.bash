# shellcheck shell=bash
# Made by: oq-terminal --help=bash

_oq_terminal()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == = ]]; then
		cur=
	fi
	COMPREPLY=()
	case $prev in
	--ca | --cert | --key | --tap | --faults | --config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--card)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--via | --hub | --facility | --pass-fd | --operator | --consent | --scan | --settle | --retry-for | --timeout)
		return
		;;
	--encoding)
		mapfile -t COMPREPLY < <(compgen -W 'utf-8 cp932' -- "$cur")
		return
		;;
	--lang)
		mapfile -t COMPREPLY < <(compgen -W 'en ja' -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '--via --hub --facility --ca --cert --key --pass-fd --operator --tap --card --consent --encoding --faults --scan --settle --retry-for --timeout --config --no-config --lang --help --version' -- "$cur")
		return
	fi
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -F _oq_terminal oq-terminal
