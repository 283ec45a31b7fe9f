# shellcheck shell=bash
# Made by: oq-list --help=bash

_oq_list()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == = ]]; then
		cur=
	fi
	COMPREPLY=()
	case $prev in
	--advice | --summary | --config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--max-line)
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W 'text csv html' -- "$cur")
		return
		;;
	--place)
		mapfile -t COMPREPLY < <(compgen -W 'telephone desk' -- "$cur")
		return
		;;
	--lang)
		mapfile -t COMPREPLY < <(compgen -W 'en ja' -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '--medical --live --day --month --format --place --advice --max-line --summary --config --no-config --lang --help --version' -- "$cur")
		return
	fi
}
complete -F _oq_list oq-list
