# shellcheck shell=bash
# Made by: oq-subsidy-report --help=bash

_oq_subsidy_report()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}

	if [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $cur == = ]]; then
		cur=
	fi
	COMPREPLY=()
	case $prev in
	--facilities | --items | --totals | --book | --verify | --ca | --cert | --key | --summary | --config)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--template | --forms | --package | --portal | --files | --rules)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--program | --if | --pass-fd | --today | --max-line)
		return
		;;
	--explain)
		mapfile -t COMPREPLY < <(compgen -W 'eligible_cost_yen capped_cost_yen subsidy_yen base_part_yen difference_part_yen fallback_if_basic_rate_applies_yen' -- "$cur")
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W 'json text csv' -- "$cur")
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
		mapfile -t COMPREPLY < <(compgen -W '--facilities --items --template --program --explain --if --format --totals --forms --book --package --portal --ascii-names --verify --ca --cert --key --pass-fd --shared-receipts --today --files --rules --max-line --summary --fail-on --config --no-config --lang --help --version' -- "$cur")
		return
	fi
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
complete -F _oq_subsidy_report oq-subsidy-report
