# The response of tests/terminal.bash to a request, as oq-message decode gives it.
(.insured.number[-1:]) as $digit |
{
	visit_date,
	insured,
	oqs: (.oqs + {type: "OQSsiquc01res", segment: "1", result: "1",
		encoding: {identifier: "0"}}),
	eligibility: {
		status: ({"1": "invalid", "2": "invalid-replaced", "3": "not-found", "4": "ambiguous",
			"5": "valid-unregistered"}[$digit] // "valid"),
		as_of: .visit_date, answered_at: "2026-10-05T09:00:00+09:00", source: "number",
		policies: [.insured + {card_class: "01", name: "架空　太郎", sex: "male",
			insurer_name: "全国架空健康保険協会"} | del(.limit_certificate_consent)]
	}
} |
if $digit == "3" or $digit == "4" then .eligibility.policies = []
elif $digit == "6" then
	.oqs.result = "2" | .eligibility = null | .oqs.notices = [{code: "SYN-P01", message: "架空の本人エラー"}]
elif $digit == "7" then
	.oqs.segment = "9" | del(.oqs.result) | .eligibility = null |
	.oqs.error = {code: "SYN-E01", message: "架空の　エラー"}
elif $digit == "8" then del(.oqs.result)
elif $digit == "9" then .oqs.segment = "2" | del(.oqs.result) | .eligibility = null
else . end | del(..|nulls)
