# A clinic's and a hospital's evening, packed once, for the files that look at packages. Everybody and
# everything is made up.
# shellcheck shell=bash

# evening: makes projects.jsonl, scans, keys, and packs both in out and up.
evening() {
	jq -cn '
		def facility($code; $name; $class): {facility_code: $code, facility_name: $name,
			facility_class: $class, founder: "架空 太郎", postcode: "100-0001",
			address: "東京都千代田区架空1-2-3", phone: "03-0000-0000", readers_introduced: 1,
			reader_applied_on: "2022-07-01", vendor_contract_on: "2022-10-01",
			operation_started_on: "2023-02-15", project_completed_on: "2023-03-01",
			application_on: "2023-06-01", start_date_entered: true,
			main_grant_already_paid: false};
		def supplier($name; $items): {$name, address: "大阪府大阪市架空4-5-6",
			phone: "06-1111-1111", document: "receipt", receipt_issued_on: "2023-03-10",
			paid_on: "2023-03-10", receipt_file: "scan/1.PDF", $items,
			receipt_total_yen: ($items | map(.amount_incl_tax_yen) | add)};
		def line($what; $yen): {category: "TERMINAL", label: $what, amount_incl_tax_yen: $yen};
		(facility("1310000011"; "架空クリニック"; "clinic_medical") + {suppliers: [
			supplier("架空 システム/東京"; [line("資格確認端末 1台"; 385000),
			{category: "DISCOUNT", label: "値引", amount_incl_tax_yen: -11000},
			{category: "MAINT", label: "保守", amount_incl_tax_yen: 55000}])
			+ {contract_file: "contract"}]}),
		(facility("2710000019"; "架空病院"; "hospital") + {readers_introduced: 3,
			suppliers: [range(7) as $i | supplier("架空業者\($i % 6 + 1)";
			[range(4) | line("機器\($i + 1)の\(. + 1)番"; 40000 + 7777 * ($i % 6) + 1013 * .)])]})
	' >projects.jsonl
	mkdir -p files/scan
	head -c 3000 /dev/urandom >files/scan/1.PDF
	: >files/contract
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout facility.key \
		-subj /CN=1310000011 -days 30 -out facility.pem 2>/dev/null
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout other.key \
		-subj /CN=other -days 30 -out other.pem 2>/dev/null
	pack --package out --portal up projects.jsonl >records.jsonl
}

# pack [OPTION ...]: signed, as of one day.
pack() {
	oq-subsidy-report --today 2026-11-27 --files files --cert facility.pem --key facility.key "$@"
}

# unpack ARCHIVE DIR
unpack() {
	python3 -m zipfile -e "$1" "$2"
}

change() {
	"$OQ_TREE/tests/package-change" "$@"
}
