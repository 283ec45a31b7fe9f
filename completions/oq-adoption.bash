# shellcheck shell=bash
# Made by: oq-adoption --help=bash

_oq_adoption()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == = ]]; then
		cur=
	fi
	COMPREPLY=()
	case $prev in
	--summary | --config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--tables)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--as-of | --prefecture | --max-line)
		return
		;;
	--table)
		mapfile -t COMPREPLY < <(compgen -W 'facility prefecture municipality timeseries claims-mode orca card-issuance' -- "$cur")
		return
		;;
	--by)
		mapfile -t COMPREPLY < <(compgen -W 'type prefecture municipality' -- "$cur")
		return
		;;
	--type)
		mapfile -t COMPREPLY < <(compgen -W 'all hospital clinic_medical clinic_dental pharmacy' -- "$cur")
		return
		;;
	--stage)
		mapfile -t COMPREPLY < <(compgen -W 'applied ready operating' -- "$cur")
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W 'json text csv svg' -- "$cur")
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
		mapfile -t COMPREPLY < <(compgen -W '--table --check --tables --by --as-of --type --stage --prefecture --format --max-line --summary --fail-on --config --no-config --lang --help --version' -- "$cur")
		return
	fi
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -F _oq_adoption oq-adoption
