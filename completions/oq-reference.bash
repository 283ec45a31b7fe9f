# shellcheck shell=bash
# Made by: oq-reference --help=bash

_oq_reference()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == = ]]; then
		cur=
	fi
	COMPREPLY=()
	case $prev in
	--ca | --cert | --key | --journal | --summary | --config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--state | --archive)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--via | --facility | --pass-fd | --operator | --jobs | -j | --wait | --poll | --bulk-size | --retry-for | --rate | --until | --timeout | --scan | --settle | --note-after | --give-up | --max-line)
		return
		;;
	--lane)
		mapfile -t COMPREPLY < <(compgen -W 'desk batch' -- "$cur")
		return
		;;
	--bulk)
		mapfile -t COMPREPLY < <(compgen -W 'submit fetch both' -- "$cur")
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
		mapfile -t COMPREPLY < <(compgen -W '--via --facility --ca --cert --key --pass-fd --operator --lane --jobs --journal --state --as-completed --bulk --wait --poll --bulk-size --retry-unknown --retry-for --rate --until --timeout --scan --settle --note-after --give-up --keep --archive --max-line --summary --fail-on --config --no-config --lang --help --version' -- "$cur")
		return
	fi
}
complete -F _oq_reference oq-reference
