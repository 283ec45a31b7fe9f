# shellcheck shell=bash
# Made by: oq-readiness --help=bash

_oq_readiness()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == = ]]; then
		cur=
	fi
	COMPREPLY=()
	case $prev in
	--ca | --cert | --key | --card-ca | --journal | --textfile | --holidays | --ics | --config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--state)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--via | --facility | --pass-fd | --reader | --terminal-certificate-until | --timeout | --skip | --every | --vendor | --vendor-telephone | --vendor-hours | --on | --name | --max-line)
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W 'records text html' -- "$cur")
		return
		;;
	--show)
		mapfile -t COMPREPLY < <(compgen -W 'estimate reader' -- "$cur")
		return
		;;
	--lang)
		mapfile -t COMPREPLY < <(compgen -W 'en ja' -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '--via --facility --ca --cert --key --pass-fd --card-ca --reader --state --journal --terminal-certificate-until --timeout --skip --format --watch --every --textfile --vendor --vendor-telephone --vendor-hours --holidays --on --ics --show --name --max-line --config --no-config --lang --help --version' -- "$cur")
		return
	fi
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W 'probe consent-screens steps notice questionnaire mandate' -- "$cur")
		return
	fi
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -F _oq_readiness oq-readiness
