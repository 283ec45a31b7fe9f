#!/bin/sh
# Checks this package: every file is what a manifest says, no other is there, and every total comes
# out of its lines again. Needs sh, sha256sum, find, diff and jq; where there is openssl it looks at
# the signature. Unpack the archive, then: sh check.sh [AUTHORITY.pem]
# Says what is wrong, each with the file that it is about; status 0 if nothing is.
set -eu
authority=${1:+$(realpath "$1")}
cd "$(dirname "$0")"
export LC_ALL=C
# It may be this file that was changed, and it then ends anywhere.
broken() {
	echo "check.sh: did not come to its end; what is named above or this file was changed" >&2
	exit 1
}
trap '[ -n "${ended-}" ] || broken' EXIT || broken

# compare MANIFEST: how the files named on standard input differ from it.
compare() {
	made=$(sort | while IFS= read -r file; do sha256sum "$file"; done)
	if printf '%s' "${made:+$made
}" | cmp -s - "$1"; then
		return
	fi
	differing=$(printf '%s\n' "$made" | diff "$1" - | sed -n 's/^[<>] .\{66\}//p' | sort -u)
	[ -n "$differing" ] || echo "$1: its form was changed"
	printf '%s' "${differing:+$differing
}" | while IFS= read -r file; do
		if [ ! -f "$file" ]; then
			echo "$file: missing, $1 names it"
		elif cut -c 67- "$1" | grep -qxF -e "$file"; then
			echo "$file: changed, it is not as $1 says"
		else
			echo "$file: unproven, $1 does not name it"
		fi
	done
}

signed() {
	grep -qx 'Oq-Signature: signature.p7s' bag-info.txt
}

# The files that are not documents, but for those that the tag manifest cannot name.
tags() {
	find . -type f ! -path './data/*' ! -path ./tagmanifest-sha256.txt ! -path ./sums.sha256 |
		sed 's|^\./||' | if signed; then grep -vx signature.p7s; else cat; fi
}

# And these.
last() {
	! signed || echo signature.p7s
	echo tagmanifest-sha256.txt
}

signature() {
	set -- -noverify
	[ -z "$authority" ] || set -- -CAfile "$authority"
	if command -v openssl >/dev/null; then
		openssl cms -verify -binary -inform DER -in signature.p7s -out /dev/null \
			-content tagmanifest-sha256.txt -purpose any -no_check_time \
			"$@" 2>/dev/null ||
			echo "signature.p7s: not a signature of tagmanifest-sha256.txt"
	else
		echo "the signature was not checked: there is no openssl" >&2
	fi
}

# Prints what does not come out as it is written.
totals() {
	jq -r '
		def sum: add // 0;
		def unless($holds; $what): if $holds then empty else "record.json: \($what)" end;
		# The amount that a row of the rules gives for a cost.
		def amount($cost): . as $r | (.rate | split("/") | map(tonumber)) as [$num, $den]
			| ([$cost, .cost_cap_yen] | min) as $capped
			| ($capped * $num / $den | floor) as $exact | ($exact - $exact % .unit_yen) as $cut
			| [if (.rounding_known | not) and $capped == .cost_cap_yen then .subsidy_cap_yen
				else $cut end, .subsidy_cap_yen] | min;
		. as $r | .subsidy as $s
		| [$s.explanation[] | select(.pointer // "" | startswith("/suppliers/"))
			| . + {at: (.pointer | split("/") | [(.[2], .[4]) | if . == null then . else tonumber end])}] as $steps
		| def of($step; $n): [$steps[] | select(.step == $step and .at[0] == $n)];
		def said($code): $s.refusals + $s.warnings | any(. == $code);
		(range($r.suppliers | length) as $n | $r.suppliers[$n] as $supplier
			| ([of("line"; $n)[].yen] | sum) as $sum
			| unless((of("line"; $n) | length) == ($supplier.items | length); "lines of supplier \($n)"),
			unless([of("receipt"; $n)[].yen] == [$sum]; "the sum of the lines of supplier \($n)"),
			unless([of("receipt"; $n)[].of_yen] == [$supplier.receipt_total_yen];
				"the receipt of supplier \($n)"),
			unless($supplier.receipt_total_yen == null or $supplier.receipt_total_yen == $sum
				or $supplier.shared or said("ROUNDING_DIFFERENCE") or ($s.refusals | length > 0);
				"the receipt of supplier \($n) and its lines"),
			(of("line"; $n)[] | $supplier.items[.at[1]] as $item
				| unless($item.amount_incl_tax_yen == null or $item.amount_incl_tax_yen == .yen;
					"line \(.at[1]) of supplier \($n)")),
			([of("spread"; $n)[] | {key: "\(.at[1])", value: .yen}] | from_entries) as $net
			| ([of("line"; $n)[] | {key: "\(.at[1])", value: .yen}] | from_entries) as $gross
			| (of("counted"; $n)[]
				| unless(.of_yen == ($net["\(.at[1])"] // $gross["\(.at[1])"]) and .yen <= .of_yen;
					"what counts of line \(.at[1]) of supplier \($n)"))),
		([$steps[] | select(.step == "counted") | .yen] | sum) as $eligible
		| unless($eligible == $s.eligible_cost_yen; "eligible_cost_yen"),
		unless(([$eligible, $r.amounts[0].cost_cap_yen] | min) == $s.capped_cost_yen; "capped_cost_yen"),
		($r.amounts | map(amount($eligible))) as $amounts
		| ($s.refusals | length > 0) as $refused
		| unless($s.subsidy_yen == (if $refused then 0 else $amounts[0] end); "subsidy_yen"),
		unless($s.subsidy_yen == $s.base_part_yen + $s.difference_part_yen; "base_part_yen and difference_part_yen"),
		unless($refused or $s.base_part_yen == ($amounts[1] // $amounts[0]); "base_part_yen"),
		unless($s.fallback_if_basic_rate_applies_yen == null or
			$s.fallback_if_basic_rate_applies_yen == $amounts[1]; "fallback_if_basic_rate_applies_yen"),
		($r.documents[] | select(.kind == "receipt") | $r.suppliers[.supplier] as $supplier
			| unless($supplier.receipt_total_yen == null or .amount_yen == $supplier.receipt_total_yen;
				"the amount of \(.file)"))
	' record.json || echo "record.json: it cannot be read"
	jq -r '"\ufeffdate,counterparty,amount,kind,file,hash", (.documents[]
		| [.date, .counterparty, .amount_yen, .kind, .file, .sha256] | @csv)' record.json |
		cmp -s - index.csv || echo "index.csv: not the documents of record.json"
	jq -r '.documents | sort_by(.file)[] | "\(.sha256)  \(.file)"' record.json |
		cmp -s - manifest-sha256.txt || echo "manifest-sha256.txt: not the documents of record.json"
}

look() {
	find . ! -type f ! -type d | sed 's|^\./||; s|$|: it is no file|'
	find . -type f -path './data/*' | sed 's|^\./||' | compare manifest-sha256.txt
	tags | compare tagmanifest-sha256.txt
	last | compare sums.sha256
	if signed; then signature; else echo "nobody has signed this package" >&2; fi
	totals
}

found=$(look)
printf '%s' "${found:+$found
}"
# Once more, by nothing of ours, in case that this file itself was changed.
sha256sum --quiet --strict -c sums.sha256 tagmanifest-sha256.txt manifest-sha256.txt || broken
ended=1
[ -z "$found" ] || exit 1
echo "whole: $(wc -l <manifest-sha256.txt) documents, every total comes out"
