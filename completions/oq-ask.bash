# shellcheck shell=bash
# Made by: oq-ask --help=bash

_oq_ask()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == = ]]; then
		cur=
	fi
	COMPREPLY=()
	case $prev in
	--config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--visit-date)
		return
		;;
	--lang)
		mapfile -t COMPREPLY < <(compgen -W 'en ja' -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '--loop --visit-date --with-id --config --no-config --lang --help --version' -- "$cur")
		return
	fi
}
complete -F _oq_ask oq-ask
