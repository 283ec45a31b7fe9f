# shellcheck shell=bash
# Made by: oq-hub --help=bash

_oq_hub()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == = ]]; then
		cur=
	fi
	COMPREPLY=()
	case $prev in
	--faults | --grace | --config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--people | --seed | --name | --facility | --municipality | --listen | --admin | --out | --until | --threads | --limit | --event | --kinds | --from | --to)
		return
		;;
	--role)
		mapfile -t COMPREPLY < <(compgen -W 'facility insurer agency kiosk admin' -- "$cur")
		return
		;;
	--lang)
		mapfile -t COMPREPLY < <(compgen -W 'en ja' -- "$cur")
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W '--people --seed --name --facility --role --may-attest --municipality --listen --admin --faults --grace --out --until --threads --limit --event --kinds --from --to --verify --config --no-config --lang --help --version' -- "$cur")
		return
	fi
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W 'init serve facility card consent disaster people audit' -- "$cur")
		return
	fi
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -F _oq_hub oq-hub
