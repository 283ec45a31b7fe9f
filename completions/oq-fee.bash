# shellcheck shell=bash
# Made by: oq-fee --help=bash

_oq_fee()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == = ]]; then
		cur=
	fi
	COMPREPLY=()
	case $prev in
	--history | --rules | --summary | --config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--facility | --set | --on | --max-line)
		return
		;;
	--share)
		mapfile -t COMPREPLY < <(compgen -W '1 2 3' -- "$cur")
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W 'json text csv' -- "$cur")
		return
		;;
	--lang)
		mapfile -t COMPREPLY < <(compgen -W 'en ja' -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '--facility --set --share --history --rules --retry-unknown --list --on --format --max-line --summary --config --no-config --lang --help --version' -- "$cur")
		return
	fi
}
complete -F _oq_fee oq-fee
