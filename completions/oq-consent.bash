# shellcheck shell=bash
# Made by: oq-consent --help=bash

_oq_consent()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == = ]]; then
		cur=
	fi
	COMPREPLY=()
	case $prev in
	--wording | --ledger | --against | --old-cert | --ca | --cert | --key | --summary | --config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--state)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--ask | --grant | --deny | --operator | --timeout | --patient-lang | --as-of | --via | --hub | --facility | --pass-fd | --max-line)
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
		mapfile -t COMPREPLY < <(compgen -W '--ask --grant --deny --operator --timeout --wording --patient-lang --ledger --state --as-of --against --old-cert --slip --via --hub --facility --ca --cert --key --pass-fd --retry-unknown --max-line --summary --fail-on --config --no-config --lang --help --version' -- "$cur")
		return
	fi
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W 'withdraw list check-ledger checkpoint receipt prove' -- "$cur")
		return
	fi
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -F _oq_consent oq-consent
