#include <string.h>
#include <strings.h>

#include "oqs/table.h"

#define TEXT(e, m)                                                                                 \
	{                                                                                          \
		e, m, OQS_TEXT, DISGUISE_TEXT, NULL, NULL, NULL                                    \
	}
#define PLAIN(e, m)                                                                                \
	{                                                                                          \
		e, m, OQS_TEXT, DISGUISE_KEEP, NULL, NULL, NULL                                    \
	}
#define INSURER(e, m)                                                                              \
	{                                                                                          \
		e, m, OQS_TEXT, DISGUISE_INSURER, NULL, NULL, NULL                                 \
	}
#define PADDED(e, m)                                                                               \
	{                                                                                          \
		e, m, OQS_PADDED, DISGUISE_INSURER, NULL, NULL, NULL                               \
	}
#define FACILITY(e, m)                                                                             \
	{                                                                                          \
		e, m, OQS_TEXT, DISGUISE_FACILITY, NULL, NULL, NULL                                \
	}
#define CODE(e, m, codes)                                                                          \
	{                                                                                          \
		e, m, OQS_CODE, DISGUISE_KEEP, NULL, codes, NULL                                   \
	}
#define WORD(e, m, words)                                                                          \
	{                                                                                          \
		e, m, OQS_WORD, DISGUISE_KEEP, words, NULL, NULL                                   \
	}
#define KEPT(type, e, m)                                                                           \
	{                                                                                          \
		e, m, type, DISGUISE_KEEP, NULL, NULL, NULL                                        \
	}
#define DATE(e, m) KEPT(OQS_DATE, e, m)
#define BIRTH(e, m)                                                                                \
	{                                                                                          \
		e, m, OQS_DATE, DISGUISE_BIRTH, NULL, NULL, NULL                                   \
	}
#define PAST(e, m)                                                                                 \
	{                                                                                          \
		e, m, OQS_DATE, DISGUISE_PAST, NULL, NULL, NULL                                    \
	}
#define TIME(e, m)    KEPT(OQS_TIME, e, m)
#define MONTH(e, m)   KEPT(OQS_MONTH, e, m)
#define INTEGER(e, m) KEPT(OQS_INTEGER, e, m)
#define PERCENT(e, m) KEPT(OQS_PERCENT, e, m)
#define FLAG(e, m)    KEPT(OQS_FLAG, e, m)
#define OWN(e, m)     KEPT(OQS_OWN, e, m)
#define BLOCK(e, m, block)                                                                         \
	{                                                                                          \
		e, m, OQS_BLOCK, DISGUISE_KEEP, NULL, NULL, block                                  \
	}
#define UNIT(e, m, block)                                                                          \
	{                                                                                          \
		e, m, OQS_UNIT, DISGUISE_KEEP, NULL, NULL, block                                   \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, NULL, OQS_TEXT, DISGUISE_KEEP, NULL, NULL, NULL                              \
	}

#define OQS(m)	       "/" RECORD_OQS "/" m
#define INSURED(m)     "/" OBJECT_INSURED "/" m
#define ELIGIBILITY(m) "/" OBJECT_ELIGIBILITY "/" m
#define NOTICE(m)      "/" OBJECT_NOTICE "/" m
#define MEDICAL(m)     "/" OBJECT_MEDICAL "/" m
#define ASKED(m)       OQS(OQS_ASKED) "/" m
#define PERSON(m)      OQS(OQS_PERSON) "/" m

#define SEGMENT CODE("SegmentOfResult", OQS(OQS_SEGMENT), " 1 2 9 ")

/* Headers. One serves all of the OQS group: a message uses what it needs. */
static const struct oqs_row header[] = {
	TIME("ProcessExecutionTime", OQS(OQS_EXECUTED_AT)),
	DATE("QualificationConfirmationDate", "/" RECORD_VISIT_DATE),
	FACILITY("MedicalInstitutionCode", OQS(OQS_INSTITUTION_CODE)),
	TEXT("ArbitraryFileIdentifier", OQS(OQS_FILE_ID)),
	WORD("ReferenceClassification", OQS(OQS_SOURCE), words_oqs_source),
	TEXT("ReceptionNumber", OQS(OQS_RECEPTION_NUMBER)),
	SEGMENT,
	PLAIN("ErrorCode", OQS(OQS_ERROR) "/" NOTICE_CODE),
	PLAIN("ErrorMessage", OQS(OQS_ERROR) "/" NOTICE_MESSAGE),
	INTEGER("NumberOfProcessingResult", OQS(OQS_COUNTS) "/" COUNTS_PROCESSED),
	INTEGER("NumberOfNormalProcessing", OQS(OQS_COUNTS) "/" COUNTS_NORMAL),
	INTEGER("NumberOfError", OQS(OQS_COUNTS) "/" COUNTS_ERROR),
	CODE("CharacterCodeIdentifier", OQS(OQS_ENCODING) "/" ENCODING_IDENTIFIER, " 0 1 "),
	END,
};

static const struct oqs_row medical_request_header[] = {
	FACILITY("MedicalInstitutionCode", OQS(OQS_INSTITUTION_CODE)),
	PADDED("InsurerNumber", INSURED(INSURED_INSURER_NUMBER)),
	TEXT("InsuranceCardSymbol", INSURED(INSURED_SYMBOL)),
	TEXT("InsuredPersonIdentificationNumber", INSURED(INSURED_NUMBER)),
	TEXT("BranchNumber", INSURED(INSURED_BRANCH)),
	TEXT("ArbitraryFileIdentifier", OQS(OQS_FILE_ID)),
	END,
};

/* Personal data of medical information: the same four under two sets of names. */
static const struct oqs_row drugs_person[] = {
	TEXT("Name", PERSON_NAME),
	TEXT("KanaName", PERSON_KANA),
	BIRTH("Birth", PERSON_BIRTH_DATE),
	WORD("AdmGendCode", PERSON_SEX, words_person_sex),
	END,
};

static const struct oqs_row checkups_person[] = {
	TEXT("Name", PERSON_NAME),
	TEXT("KanasName", PERSON_KANA),
	BIRTH("Birthday", PERSON_BIRTH_DATE),
	WORD("AdministrativeGenderCode", PERSON_SEX, words_person_sex),
	END,
};

#define MEDICAL_RESULT                                                                             \
	CODE("ResultCode", OQS(OQS_RESULT), NULL), PLAIN("MessageContents", OQS(OQS_MESSAGE))

static const struct oqs_row drugs_header[] = {
	TEXT("ArbitraryFileIdentifier", OQS(OQS_FILE_ID)),
	SEGMENT,
	MEDICAL_RESULT,
	BLOCK("QuaInf", OQS(OQS_PERSON), drugs_person),
	END,
};

static const struct oqs_row checkups_header[] = {
	TEXT("ArbitraryFileIdentifier", OQS(OQS_FILE_ID)),
	SEGMENT,
	MEDICAL_RESULT,
	BLOCK("QualificationsInfo", OQS(OQS_PERSON), checkups_person),
	END,
};

/* Insurance. */
static const struct oqs_row elderly[] = {
	PAST("ElderlyRecipientCertificateDate", ELDERLY_ISSUED_ON),
	DATE("ElderlyRecipientValidStartDate", ELDERLY_VALID_FROM),
	DATE("ElderlyRecipientValidEndDate", ELDERLY_VALID_TO),
	PERCENT("ElderlyRecipientContributionRatio", ELDERLY_COPAY_PERCENT),
	END,
};

#define LIMIT_CODES " A01 A02 A03 A04 A05 A06 B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 "

static const struct oqs_row limit[] = {
	WORD("LimitApplicationCertificateClassification", LIMIT_KIND, words_limit_kind),
	CODE("LimitApplicationCertificateClassificationFlag", LIMIT_CLASS, LIMIT_CODES),
	PAST("LimitApplicationCertificateDate", LIMIT_ISSUED_ON),
	DATE("LimitApplicationCertificateValidStartDate", LIMIT_VALID_FROM),
	DATE("LimitApplicationCertificateValidEndDate", LIMIT_VALID_TO),
	PAST("LimitApplicationCertificateLongTermDate", LIMIT_LONG_STAY_ON),
	END,
};

static const struct oqs_row specific_disease[] = {
	WORD("SpecificDiseasesDiseaseCategory", SPECIFIC_DISEASE_DISEASE,
	    words_specific_disease_disease),
	PAST("SpecificDiseasesCertificateDate", SPECIFIC_DISEASE_ISSUED_ON),
	PAST("SpecificDiseasesValidStartDate", SPECIFIC_DISEASE_VALID_FROM),
	DATE("SpecificDiseasesValidEndDate", SPECIFIC_DISEASE_VALID_TO),
	INTEGER("SpecificDiseasesSelfPay", SPECIFIC_DISEASE_SELF_PAY_YEN),
	END,
};

static const struct oqs_row specific_diseases[] = {
	BLOCK("SpecificDiseasesCertificateInfo", POLICY_SPECIFIC_DISEASES "/*", specific_disease),
	END,
};

static const struct oqs_row ticket[] = {
	CODE("TicketType", TICKET_TICKET_TYPE, " 01 02 "),
	DATE("MedicalTicketValidDate", TICKET_VALID_DATE),
	DATE("MedicalTicketExpirationDate", TICKET_EXPIRATION_DATE),
	TEXT("IssueNumber", TICKET_ISSUE_NUMBER),
	MONTH("MedicalTreatmentMonth", TICKET_MEDICAL_TREATMENT_MONTH),
	FACILITY("DesignatedMedicalInstitutionCode", TICKET_DESIGNATED_MEDICAL_INSTITUTION_CODE),
	CODE("DesignatedMedicalInstitutionFlag", TICKET_DESIGNATED_MEDICAL_INSTITUTION_FLAG,
	    " 0 1 "),
	TEXT("DesignatedMedicalInstitutionName", TICKET_DESIGNATED_MEDICAL_INSTITUTION_NAME),
	FACILITY("PrescriptionIssuerMedicalInstitutionCode",
	    TICKET_PRESCRIPTION_ISSUER_MEDICAL_INSTITUTION_CODE),
	TEXT("PrescriptionIssuerMedicalInstitutionName",
	    TICKET_PRESCRIPTION_ISSUER_MEDICAL_INSTITUTION_NAME),
	TEXT("InjuryName1", TICKET_INJURY_NAME1),
	TEXT("InjuryName2", TICKET_INJURY_NAME2),
	TEXT("InjuryName3", TICKET_INJURY_NAME3),
	CODE("MedicalTreatmentType", TICKET_MEDICAL_TREATMENT_TYPE, " 01 02 03 04 05 "),
	INTEGER("SelfPayAmount", TICKET_SELF_PAY_AMOUNT),
	TEXT("DistrictContactName", TICKET_DISTRICT_CONTACT_NAME),
	TEXT("HandlingContactName", TICKET_HANDLING_CONTACT_NAME),
	CODE("SingleOrCombinedUse", TICKET_SINGLE_OR_COMBINED_USE, " 01 02 "),
	CODE("StatusOfSocialInsurance", TICKET_STATUS_OF_SOCIAL_INSURANCE, " 01 02 "),
	CODE("ConsistencyFlag", TICKET_CONSISTENCY_FLAG, " 1 "),
	CODE("StatusOfInfecton", TICKET_STATUS_OF_INFECTION, " 01 02 "), /* spelt so */
	CODE("StatusOfElderlyMedicalCare", TICKET_STATUS_OF_ELDERLY_MEDICAL_CARE, " 01 02 "),
	CODE("StatusOfPrefecturalExpenses", TICKET_STATUS_OF_PREFECTURAL_EXPENSES, " 01 02 "),
	TEXT("Remarks1", TICKET_REMARKS1),
	TEXT("Remarks2", TICKET_REMARKS2),
	TEXT("Remarks3", TICKET_REMARKS3),
	END,
};

static const struct oqs_row tickets[] = {
	BLOCK("MedicalTicketInfo", POLICY_MEDICAL_TICKETS "/*", ticket),
	END,
};

/* What a policy said about one purpose; eligibility.consents is made from these (consents.c). */
#define CONSENT(purpose, m) ELIGIBILITY_CONSENTS "/" purpose "/" m
#define ASKED_CONSENT(e, purpose)                                                                  \
	{ e "ConsFlg", CONSENT(purpose, GRANT_DECISION), OQS_GRANT, DISGUISE_KEEP,                 \
		words_grant_decision, NULL, NULL },                                                \
	    KEPT(OQS_UNTIL, e "ConsTime", CONSENT(purpose, GRANT_GIVEN_AT))
#define TIMED_CONSENT(e, purpose)                                                                  \
	ASKED_CONSENT(e, purpose),                                                                 \
	    KEPT(OQS_UNTIL, e "AvailableTime", CONSENT(purpose, GRANT_EXPIRES_AT))

static const struct oqs_row policy[] = {
	CODE("InsuredCardClassification", POLICY_CARD_CLASS, " 01 02 03 04 05 06 07 A1 "),
	INSURER("InsurerNumber", POLICY_INSURER_NUMBER),
	TEXT("InsuredCardSymbol", POLICY_SYMBOL),
	TEXT("InsuredIdentificationNumber", POLICY_NUMBER),
	TEXT("InsuredBranchNumber", POLICY_BRANCH),
	WORD("PersonalFamilyClassification", POLICY_RELATION, words_policy_relation),
	TEXT("InsuredName", POLICY_INSURED_NAME),
	TEXT("Name", POLICY_NAME),
	TEXT("NameOfOther", POLICY_NAME_OTHER),
	TEXT("NameKana", POLICY_KANA),
	TEXT("NameOfOtherKana", POLICY_KANA_OTHER),
	WORD("Sex1", POLICY_SEX, words_policy_sex),
	WORD("Sex2", POLICY_SEX2, words_policy_sex),
	BIRTH("Birthdate", POLICY_BIRTH_DATE),
	TEXT("Address", POLICY_ADDRESS),
	TEXT("PostNumber", POLICY_POSTAL_CODE),
	PAST("QualificationDate", POLICY_ACQUIRED_ON),
	DATE("DisqualificationDate", POLICY_LOST_ON),
	PAST("InsuredCertificateIssuanceDate", POLICY_ISSUED_ON),
	DATE("InsuredCardValidDate", POLICY_VALID_FROM),
	DATE("InsuredCardExpirationDate", POLICY_VALID_TO),
	PERCENT("InsuredPartialContributionRatio", POLICY_COPAY_PERCENT),
	FLAG("PreschoolClassification", POLICY_PRESCHOOL),
	WORD("ReasonOfLoss", POLICY_LOSS_REASON, words_policy_loss_reason),
	TEXT("InsurerName", POLICY_INSURER_NAME),
	BLOCK("ElderlyRecipientCertificateInfo", POLICY_ELDERLY, elderly),
	ASKED_CONSENT("LimitApplicationCertificateRelated", PURPOSE_LIMIT_CERTIFICATE),
	BLOCK("LimitApplicationCertificateRelatedInfo", POLICY_LIMIT_CERTIFICATE, limit),
	FLAG("LimitApplicationCertificateChanged", POLICY_LIMIT_CHANGED),
	ASKED_CONSENT("SpecificDiseasesCertificateRelated", PURPOSE_SPECIFIC_DISEASES),
	BLOCK("SpecificDiseasesCertificateList", NULL, specific_diseases),
	BLOCK("PublicExpenseResultList", NULL, tickets),
	TIMED_CONSENT("SpecificHealthCheckupsInfo", PURPOSE_CHECKUPS),
	TIMED_CONSENT("PharmacistsInfo", PURPOSE_DRUGS),
	TIMED_CONSENT("DiagnosisInfo", PURPOSE_TREATMENTS),
	TIMED_CONSENT("OperationInfo", PURPOSE_OPERATIONS),
	TIMED_CONSENT("DiagnosisNameInfo", PURPOSE_DISEASES),
	TIMED_CONSENT("InfectiousInfo", PURPOSE_INFECTIONS),
	TIMED_CONSENT("AllergyInfo", PURPOSE_ALLERGIES),
	TIMED_CONSENT("ContraindicationInfo", PURPOSE_CONTRAINDICATIONS),
	TIMED_CONSENT("TestInfo", PURPOSE_TESTS),
	TIMED_CONSENT("PrescriptionInfo", PURPOSE_PRESCRIPTIONS),
	WORD("PrescriptionIssueSelect", POLICY_PRESCRIPTION_FORM, words_policy_prescription_form),
	TEXT("ArbitraryIdentifier", POLICY_ITEM_ID),
	TEXT("ReferenceNumber", POLICY_REFERENCE_NUMBER),
	TEXT("QualificationConfirmationKey", POLICY_CONFIRMATION_KEY),
	END,
};

static const struct oqs_row asked_limit[] = {
	WORD("LimitApplicationCertificateClassification", LIMIT_KIND, words_limit_kind),
	CODE("LimitApplicationCertificateClassificationFlag", LIMIT_CLASS, LIMIT_CODES),
	END,
};

#define KEYS                                                                                       \
	PADDED("InsurerNumber", INSURED(INSURED_INSURER_NUMBER)),                                  \
	    TEXT("InsuredCardSymbol", INSURED(INSURED_SYMBOL)),                                    \
	    TEXT("InsuredIdentificationNumber", INSURED(INSURED_NUMBER)),                          \
	    TEXT("InsuredBranchNumber", INSURED(INSURED_BRANCH))

static const struct oqs_row search[] = {
	KEYS,
	BIRTH("Birthdate", INSURED(INSURED_BIRTH_DATE)),
	FLAG("LimitApplicationCertificateRelatedConsFlg",
	    INSURED(INSURED_LIMIT_CERTIFICATE_CONSENT)),
	BLOCK("LimitApplicationCertificateRelatedInfo", INSURED(INSURED_LIMIT_CERTIFICATE),
	    asked_limit),
	TEXT("ArbitraryIdentifier", OQS(OQS_ITEM_ID)),
	END,
};

static const struct oqs_row list_search[] = {
	DATE("ConsentDateFrom", ASKED(ASKED_CONSENT_FROM)),
	DATE("ConsentDateTo", ASKED(ASKED_CONSENT_TO)),
	DATE("ExaminationDateFrom", ASKED(ASKED_EXAMINATION_FROM)),
	DATE("ExaminationDateTo", ASKED(ASKED_EXAMINATION_TO)),
	MONTH("MedicalTreatmentMonth", ASKED(ASKED_MONTH)),
	CODE("MedicalTreatmentFlag", ASKED(ASKED_CARE), " 1 2 3 4 "),
	END,
};

#define RESULT                                                                                     \
	CODE("ProcessingResultStatus", OQS(OQS_RESULT), " 1 2 "),                                  \
	    PLAIN("ProcessingResultCode", NOTICE(NOTICE_CODE)),                                    \
	    PLAIN("ProcessingResultMessage", NOTICE(NOTICE_MESSAGE))
#define VALIDITY                                                                                   \
	WORD("QualificationValidity", ELIGIBILITY(ELIGIBILITY_STATUS), words_eligibility_status),  \
	    WORD("PrescriptionIssueSelect", ELIGIBILITY(ELIGIBILITY_PRESCRIPTION_FORM),            \
		words_eligibility_prescription_form)
#define POLICIES(block)                                                                            \
	BLOCK("ResultOfQualificationConfirmation", ELIGIBILITY(ELIGIBILITY_POLICIES) "/*", block)
#define REFERENCES TEXT("ReferenceNumber", ELIGIBILITY(ELIGIBILITY_REFERENCE_NUMBERS) "/*")

static const struct oqs_row results[] = { POLICIES(policy), END };

static const struct oqs_row single_request[] = {
	BLOCK("QualificationConfirmSearchInfo", NULL, search),
	END,
};

static const struct oqs_row single_result[] = {
	RESULT,
	VALIDITY,
	BLOCK("QualificationConfirmSearchInfo", NULL, search),
	BLOCK("ResultList", NULL, results),
	POLICIES(policy),
	END,
};

static const struct oqs_row bulk_request[] = {
	UNIT("QualificationConfirmSearchInfo", NULL, search),
	END,
};

static const struct oqs_row acceptance[] = {
	TEXT("ReceptionNumber", OQS(OQS_RECEPTION_NUMBER)),
	TIME("ReceptionDateTime", OQS(OQS_ACCEPTED_AT)),
	RESULT, /* when the upload itself failed */
	END,
};

static const struct oqs_row fetch[] = {
	TEXT("ReceptionNumber", OQS(OQS_RECEPTION_NUMBER)),
	END,
};

static const struct oqs_row bulk_unit[] = {
	BLOCK("QualificationConfirmSearchInfo", NULL, search),
	RESULT,
	VALIDITY,
	POLICIES(policy),
	BLOCK("ResultList", NULL, results),
	REFERENCES,
	END,
};

static const struct oqs_row bulk_result[] = {
	UNIT("BulkConfirmUnit", NULL, bulk_unit),
	END,
};

static const struct oqs_row list_request[] = {
	BLOCK("QualificationConfirmSearchInfo", NULL, list_search),
	END,
};

static const struct oqs_row list_unit[] = {
	BLOCK("QualificationConfirmSearchInfo", NULL, search),
	RESULT,
	VALIDITY,
	BLOCK("ResultList", NULL, results),
	POLICIES(policy),
	REFERENCES,
	END,
};

static const struct oqs_row list_result[] = {
	UNIT("BulkConfirmUnit", NULL, list_unit),
	END,
};

/* Reference numbers (照会番号). */
static const struct oqs_row registration[] = {
	TEXT("ReferenceNumber", OQS(OQS_REFERENCE_NUMBER)),
	KEYS,
	END,
};

static const struct oqs_row register_request[] = {
	BLOCK("ReferenceNumberRegistrationInfo", NULL, registration),
	END,
};

static const struct oqs_row register_result[] = {
	BLOCK("ReferenceNumberRegistrationInfo", NULL, registration),
	RESULT,
	END,
};

static const struct oqs_row bulk_register_request[] = {
	UNIT("ReferenceNumberRegistrationInfo", NULL, registration),
	END,
};

static const struct oqs_row bulk_register_result[] = {
	UNIT("BulkRegistrationUnit", NULL, register_result),
	END,
};

/*
 * Drugs and treatments. Months hold dates hold drugs; the record has flat lists instead, made from
 * these (medical.c). The same thing has three vocabularies.
 */
static const struct oqs_row medical_request[] = {
	MONTH("StartDate", ASKED(ASKED_MONTH_FROM)),
	MONTH("EndDate", ASKED(ASKED_MONTH_TO)),
	CODE("FileCategory", ASKED(ASKED_FILE_CATEGORY), " 1 2 3 4 "),
	CODE("PrDiInfClassification", ASKED(ASKED_PRESCRIPTIONS), " 0 1 "),
	CODE("MedicalTreatmentFlag", ASKED(ASKED_CARE), " 1 2 3 4 "),
	END,
};

#define DRUG(p, class)                                                                             \
	PLAIN(p "DrugC", DRUG_CODE), PLAIN(p "DrugN", DRUG_NAME),                                  \
	    PLAIN(p "IngreN", DRUG_INGREDIENT), PLAIN(p "Qua1", DRUG_AMOUNT),                      \
	    PLAIN(p "Unit", DRUG_UNIT), TEXT(p "UsageN", DRUG_USAGE),                              \
	    TEXT(p "SpInst", DRUG_INSTRUCTION), INTEGER(p "Times", DRUG_TIMES),                    \
	    CODE(class, DRUG_CLASS, NULL), END

static const struct oqs_row claim_drug[] = { DRUG("", "MeTrIdCl") };
static const struct oqs_row dispensing_drug[] = { DRUG("Cz", "CzUsageCl") };
static const struct oqs_row prescription_drug[] = { DRUG("Sh", "ShUsageCl") };

static const struct oqs_row claim_treatment[] = {
	PLAIN("SinInfN", TREATMENT_NAME),
	PLAIN("SinInfCd", TREATMENT_CODE),
	CODE("MeTrIdCl", TREATMENT_CLASS, NULL),
	PLAIN("Qua1", TREATMENT_AMOUNT),
	INTEGER("Times", TREATMENT_TIMES),
	PLAIN("Unit", TREATMENT_UNIT),
	END,
};

#define ITEMS(list, element, member, block)                                                        \
	static const struct oqs_row list[] = { BLOCK(element, member "/*", block), END }

ITEMS(claim_drugs, "DrugInf", MEDICAL_DRUGS, claim_drug);
ITEMS(claim_treatments, "MeTrInf", MEDICAL_TREATMENTS, claim_treatment);
ITEMS(dispensing_drugs, "CzDrugInf", MEDICAL_DRUGS, dispensing_drug);
ITEMS(prescription_drugs, "ShDrugInf", MEDICAL_DRUGS, prescription_drug);

static const struct oqs_row claim_date[] = {
	DATE("DiDate", DRUG_DISPENSED_ON),
	DATE("PrDate", DRUG_PRESCRIBED_ON),
	BLOCK("DrugInfs", NULL, claim_drugs),
	BLOCK("MeTrInfs", NULL, claim_treatments),
	END,
};

static const struct oqs_row dispensing_date[] = {
	DATE("CzDiDate", DRUG_DISPENSED_ON),
	DATE("CzPrDate", DRUG_PRESCRIBED_ON),
	BLOCK("CzDrugInfs", NULL, dispensing_drugs),
	END,
};

static const struct oqs_row prescription_date[] = {
	DATE("ShPrDate", DRUG_PRESCRIBED_ON),
	BLOCK("ShDrugInfs", NULL, prescription_drugs),
	END,
};

ITEMS(claim_dates, "DiDateInf", OQS_DATES, claim_date);
ITEMS(dispensing_dates, "CzDiDateInf", OQS_DATES, dispensing_date);
ITEMS(prescription_dates, "ShPrDateInf", OQS_DATES, prescription_date);

static const struct oqs_row claim_month[] = {
	CODE("DiOrg", DRUG_FACILITY_KIND, NULL),
	FACILITY("MeTrDiHCd", DRUG_FACILITY_CODE),
	FACILITY("PrlsHCd", DRUG_PRESCRIBER_CODE),
	TEXT("MeTrDiHNm", DRUG_FACILITY_NAME),
	MONTH("MeTrMonth", DRUG_MONTH),
	TEXT("PrlsHNm", DRUG_PRESCRIBER_NAME),
	OWN("PrIsOrg", DRUG_OWN),
	CODE("InOut", DRUG_IN_OUT, NULL),
	BLOCK("DiDateInfs", NULL, claim_dates),
	END,
};

static const struct oqs_row dispensing_month[] = {
	CODE("CzDiOrg", DRUG_FACILITY_KIND, NULL),
	FACILITY("CzMeTrDiHCd", DRUG_FACILITY_CODE),
	FACILITY("CzPrlsHCd", DRUG_PRESCRIBER_CODE),
	TEXT("CzMeTrDiHNm", DRUG_FACILITY_NAME),
	MONTH("CzDiMonth", DRUG_MONTH),
	TEXT("CzPrlsHNm", DRUG_PRESCRIBER_NAME),
	OWN("CzPrIsOrg", DRUG_OWN),
	CODE("CzPrCl", DRUG_IN_OUT, NULL),
	BLOCK("CzDiDateInfs", NULL, dispensing_dates),
	END,
};

static const struct oqs_row prescription_month[] = {
	CODE("ShPrOrg", DRUG_FACILITY_KIND, NULL),
	FACILITY("ShMeTrDiHCd", DRUG_FACILITY_CODE),
	FACILITY("ShPrHCd", DRUG_PRESCRIBER_CODE),
	TEXT("ShMeTrDiHNm", DRUG_FACILITY_NAME),
	MONTH("ShPrMonth", DRUG_MONTH),
	TEXT("ShPrHNm", DRUG_PRESCRIBER_NAME),
	OWN("ShPrIsOrg", DRUG_OWN),
	CODE("ShPrCl", DRUG_IN_OUT, NULL),
	BLOCK("ShPrDateInfs", NULL, prescription_dates),
	END,
};

ITEMS(prescription_months, "ShPrMonthInf", "/" OBJECT_MEDICAL "/" DRUG_ORIGIN_PRESCRIPTION,
    prescription_month);
ITEMS(dispensing_months, "CzDiMonthInf", "/" OBJECT_MEDICAL "/" DRUG_ORIGIN_DISPENSING,
    dispensing_month);

static const struct oqs_row drugs_result[] = {
	BLOCK("MeTrMonthInf", MEDICAL(DRUG_ORIGIN_CLAIM) "/*", claim_month),
	BLOCK("ShPrInf", NULL, prescription_months),
	BLOCK("CzDiInf", NULL, dispensing_months),
	MEDICAL_RESULT, /* header or body: not known which */
	END,
};

/* Checkups. The name of the list around them is not known for certain. */
static const struct oqs_row item[] = {
	PLAIN("ItemCode", ITEM_CODE),
	PLAIN("ItemName", ITEM_NAME),
	CODE("DataType", ITEM_TYPE, NULL),
	TEXT("DataValue", ITEM_VALUE),
	PLAIN("Unit", ITEM_UNIT),
	PLAIN("Oid", ITEM_OID),
	TEXT("DataValueName", ITEM_VALUE_NAME),
	END,
};

ITEMS(items, "HealthCheckupResultAndQuestionInfo", CHECKUP_ITEMS, item);

static const struct oqs_row checkup[] = {
	DATE("EffectiveTime", CHECKUP_EXAMINED_ON),
	BLOCK("HealthCheckupResultAndQuestionInfos", NULL, items),
	END,
};

ITEMS(checkups, "SpecificHealthCheckupInfo", MEDICAL(MEDICAL_CHECKUPS), checkup);

static const struct oqs_row checkups_result[] = {
	BLOCK("SpecificHealthCheckupInfos", NULL, checkups),
	BLOCK("SpecificHealthCheckupInfo", MEDICAL(MEDICAL_CHECKUPS) "/*", checkup),
	MEDICAL_RESULT,
	END,
};

static const struct oqs_row checkups_request[] = {
	CODE("FileCategory", ASKED(ASKED_FILE_CATEGORY), " 1 2 "),
	CODE("PrDiInfClassification", ASKED(ASKED_PRESCRIPTIONS), " 0 1 "),
	CODE("MedicalTreatmentFlag", ASKED(ASKED_CARE), " 1 2 3 4 "),
	END,
};

/* Messages. */
#define ROOT(name, head, body)                                                                     \
	static const struct oqs_row name[] = { BLOCK("MessageHeader", NULL, head),                 \
		BLOCK("MessageBody", NULL, body), END }

ROOT(single_request_root, header, single_request);
ROOT(single_result_root, header, single_result);
ROOT(bulk_request_root, header, bulk_request);
ROOT(acceptance_root, header, acceptance);
ROOT(fetch_root, header, fetch);
ROOT(bulk_result_root, header, bulk_result);
ROOT(list_request_root, header, list_request);
ROOT(list_result_root, header, list_result);
ROOT(register_request_root, header, register_request);
ROOT(register_result_root, header, register_result);
ROOT(bulk_register_request_root, header, bulk_register_request);
ROOT(bulk_register_result_root, header, bulk_register_result);
ROOT(drugs_request_root, medical_request_header, medical_request);
ROOT(drugs_result_root, drugs_header, drugs_result);
ROOT(checkups_request_root, medical_request_header, checkups_request);
ROOT(checkups_result_root, checkups_header, checkups_result);

#define NUMBER ELIGIBILITY_SOURCE_NUMBER
#define LIST   ELIGIBILITY_SOURCE_LIST

static const struct oqs_message messages[] = {
	{ "OQSsiquc01req", OQS_REQUEST, single_request_root, NULL, NULL },
	{ "OQSsiquc01res", OQS_ELIGIBILITY, single_result_root, NULL, NULL },
	{ "OQSmuquc01req", OQS_REQUEST, bulk_request_root, NULL, NULL },
	{ "OQSmuquc01res", OQS_ACCEPTANCE, acceptance_root, NULL, NULL },
	{ "OQSmuquc02req", OQS_REQUEST, fetch_root, NULL, NULL },
	{ "OQSmuquc02res", OQS_ELIGIBILITY, bulk_result_root, NUMBER, NULL },
	{ "OQSsiimm01req", OQS_REQUEST, register_request_root, NULL, NULL },
	{ "OQSsiimm01res", OQS_REGISTRATION, register_result_root, NULL, NULL },
	{ "OQSmuimm01req", OQS_REQUEST, bulk_register_request_root, NULL, NULL },
	{ "OQSmuimm01res", OQS_ACCEPTANCE, acceptance_root, NULL, NULL },
	{ "OQSmuimm02req", OQS_REQUEST, fetch_root, NULL, NULL },
	{ "OQSmuimm02res", OQS_REGISTRATION, bulk_register_result_root, NULL, NULL },
	{ "OQSmutic01req", OQS_REQUEST, list_request_root, NULL, NULL },
	{ "OQSmutic01res", OQS_ACCEPTANCE, acceptance_root, NULL, NULL },
	{ "OQSmutic02req", OQS_REQUEST, fetch_root, NULL, NULL },
	{ "OQSmutic02res", OQS_ELIGIBILITY, list_result_root, LIST, NULL },
	{ "OQSmuhvq01req", OQS_REQUEST, list_request_root, NULL, NULL },
	{ "OQSmuhvq01res", OQS_ACCEPTANCE, acceptance_root, NULL, NULL },
	{ "OQSmuhvq02req", OQS_REQUEST, fetch_root, NULL, NULL },
	{ "OQSmuhvq02res", OQS_ELIGIBILITY, list_result_root, LIST, NULL },
	{ "OQSmuonq01req", OQS_REQUEST, list_request_root, NULL, NULL },
	{ "OQSmuonq01res", OQS_ACCEPTANCE, acceptance_root, NULL, NULL },
	{ "OQSmuonq02req", OQS_REQUEST, fetch_root, NULL, NULL },
	{ "OQSmuonq02res", OQS_ELIGIBILITY, list_result_root, LIST, NULL },
	{ "YZKsiquc01req", OQS_REQUEST, drugs_request_root, NULL, NULL },
	{ "YZKsiquc01res", OQS_MEDICAL, drugs_result_root, NULL, MEDICAL_DRUGS },
	{ "TKKsiquc01req", OQS_REQUEST, checkups_request_root, NULL, NULL },
	{ "TKKsiquc01res", OQS_MEDICAL, checkups_result_root, NULL, MEDICAL_CHECKUPS },
};

const struct oqs_message *
oqs_message_find(const char *name)
{
	const char *slash = strrchr(name, '/'), *base = slash == NULL ? name : slash + 1;

	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
		size_t n = strlen(messages[i].type);

		if (strncasecmp(base, messages[i].type, n) == 0 &&
		    strchr("_.", base[n]) != NULL) /* finds the end of the name too */
			return &messages[i];
	}
	return NULL;
}

int
oqs_message_bulk(const struct oqs_message *message)
{
	return strncmp(message->type + 3, "mu", 2) == 0;
}
