# The response of tests/terminal.bash to a request for medical information: by the last digit of the
# number 1 nothing is stored, 6 refused, 8 without a result, 9 later; else two drugs told by three
# origins, one not yet dispensed, and two checkups.
(.insured.number[-1:]) as $digit |
(.oqs.type[:3]) as $group |
def drug($code; $more): {origin: "claim", month: "2026-08", dispensed_on: "2026-08-11", prescribed_on: "2026-08-10",
	facility_code: "4749999970", facility_name: "架空薬局例示店", prescriber_code: "4719999988",
	prescriber_name: "架空クリニック", code: $code, name: ("架空錠" + $code[-1:]), amount: "1", unit: "錠", times: 14,
	class: "21", own: false} + $more;
{
	oqs: {type: ($group + "siquc01res"), file_id: .oqs.file_id, result: "1", encoding: {identifier: "0"},
		person: {name: "架空　太郎", birth_date: "1985-02-03", sex: "male"}},
	medical: ({YZK: {
			drugs: [drug("699999001"; {}), drug("699999002"; {}),
				drug("699999001"; {origin: "dispensing"}), drug("699999002"; {origin: "dispensing"}),
				(drug("699999001"; {origin: "prescription", facility_code: "4719999988"}) | del(.dispensed_on)),
				(drug("699999003"; {origin: "prescription", facility_code: "4719999988", prescribed_on: "2026-10-02",
					month: "2026-10"}) | del(.dispensed_on))],
			treatments: (if .oqs.asked.file_category == "4" then [{month: "2026-08", date: "2026-08-10",
				code: "113001010", name: "架空管理料", amount: "1", times: 1, facility_code: "4719999988"}] else [] end)},
		TKK: {checkups: [{examined_on: "2026-06-12", items: [{code: "9A751000000000001", name: "収縮期血圧",
				type: "PQ", value: "128", unit: "mm[Hg]"}]},
			{examined_on: "2025-06-05", items: [{code: "9A751000000000001", name: "収縮期血圧",
				type: "PQ", value: "131", unit: "mm[Hg]"}]}]}}[$group])
} |
if $digit == "1" then .medical = {}
elif $digit == "6" then .oqs.result = "2" | .oqs.message = "閲覧の同意が確認できません。" | .medical = {}
elif $digit == "8" then del(.oqs.result)
elif $digit == "9" then .oqs.segment = "2" | del(.oqs.result) | .medical = {}
else . end
