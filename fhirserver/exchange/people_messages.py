"""What the rules of people say: identity numbers, records of one person, chest pain, the catalogue, waivers.

A number is shown by its last four characters only.
"""

from __future__ import annotations

from fhirserver.exchange.rules import message

CITIZEN_NUMBER = message(
    "GEN-ID-CHECKSUM",
    422,
    "{shown} is no citizen identity number: 18 characters with a real date and the check character of GB 11643 are"
    " expected. Look whether it was copied wrongly.",
    "{shown} 不是有效的居民身份证号：应为 18 位，日期真实，校验码符合 GB 11643。请核对是否抄错。",
)
CITIZEN_NUMBER_OLD = message(
    "GEN-ID-CHECKSUM",
    422,
    "{shown} is an old number of 15 digits: mark it use=old. It is kept, and nobody is recognised by it.",
    "{shown} 是 15 位旧号：请标注 use=old。旧号予以保存，但不用于识别身份。",
)
CITIZEN_NUMBER_FUTURE = message(
    "GEN-ID-CHECKSUM",
    422,
    "{shown} says a birth date that is in the future. Look whether it was copied wrongly.",
    "{shown} 中的出生日期晚于当前日期。请核对是否抄错。",
)
AREA_UNKNOWN = message(
    "GEN-ID-CHECKSUM",
    422,
    "{shown} begins with an area that GB/T 2260 does not have. It is stored all the same.",
    "{shown} 开头的地区代码不在 GB/T 2260 中。号码仍予以保存。",
)
BIRTH_DIFFERS = message(
    "GEN-ID-BIRTH",
    422,
    "The birth date in the citizen identity number {shown} differs from birthDate. Correct the one that is wrong.",
    "居民身份证号 {shown} 中的出生日期与 birthDate 不一致。请更正有误的一项。",
)
SEX_DIFFERS = message(
    "GEN-ID-SEX",
    422,
    "The sex in the citizen identity number {shown} differs from gender. Correct the one that is wrong.",
    "居民身份证号 {shown} 中的性别与 gender 不一致。请更正有误的一项。",
)
SOCIAL_CREDIT = message(
    "GEN-ORG-USCC",
    422,
    "{shown} is no unified social credit code: 18 characters with the check characters of GB 32100 and GB 11714 are"
    " expected. Look whether it was copied wrongly.",
    "{shown} 不是有效的统一社会信用代码：应为 18 位，校验码符合 GB 32100 与 GB 11714。请核对是否抄错。",
)
DUPLICATE_PATIENT = message(
    "GEN-DUP-PATIENT",
    409,
    "{other} has the citizen identity number {shown} in the same organisation. Use that record, or make it inactive"
    " first (active=false, link replaced-by).",
    "同一机构内 {other} 已使用居民身份证号 {shown}。请使用该档案，或先将其停用（active=false，link 为 replaced-by）。",
)
REVIEW_OPENED = message(
    "GEN-DUP-PATIENT",
    409,
    "{other} has the same citizen identity number {shown}, but name or birth date contradict. The records are not"
    " linked; {task} asks somebody to look.",
    "{other} 的居民身份证号 {shown} 相同，但姓名或出生日期矛盾。两份档案未关联；已生成 {task} 待人工核对。",
)
OUT_OF_ORDER = message(
    "CP-ORDER",
    422,
    "{late} ({late_at}) is before {early} ({early_at}). Correct the time that is wrong; leave out what is not known.",
    "{late}（{late_at}）早于 {early}（{early_at}）。请更正有误的时间；不清楚的时间请不写。",
)
NOT_NEAREST = message(
    "CP-NEAREST",
    200,
    "{nearest} is open and nearer ({near} km, the chosen one {far} km). Refer there, or say why not (external-choice or"
    " note).",
    "{nearest} 已开放且更近（{near} 公里，所选为 {far} 公里）。请转往该处，或说明理由（external-choice 或 note）。",
)
DISEASE_RESTRICTED = message(
    "CAT-RESTRICTED",
    422,
    "The catalogue of {hospital} leaves {code} to others. Of the group these take it: {others}. To admit it all the"
    " same, give a code of catalogue-exemption with a text.",
    "{hospital} 的收治病种目录将 {code} 列为控制病种。集团内可收治的机构：{others}。如仍需收治，"
    "请给出 catalogue-exemption 代码并附文字说明。",
)
NOT_SIGNED = message(
    "FEE-WAIVER",
    422,
    "Nothing is waived without a contract: an active CarePlan of category family-doctor-contract that holds at the time"
    " and names the hospital ({hospital}). Store it first, or leave the waiver out.",
    "减免须以签约为前提：应有 category 为 family-doctor-contract、届时有效且包含本院（{hospital}）的 CarePlan。"
    "请先写入签约，或去掉减免。",
)
NOT_OF_AGE = message(
    "FEE-WAIVER",
    422,
    "By the checked identity number the patient is not {age} or older at the time of the referral. Leave the waiver"
    " out.",
    "按已校验的身份证号，患者转诊时未满 {age} 岁（或无法核实）。请去掉减免。",
)
NOT_CRITICAL = message(
    "FEE-WAIVER",
    422,
    "Nothing says that the patient is critically ill: Encounter.priority EM, or a referral (basedOn) with the direction"
    " or the criterion emergency. State it, or leave the waiver out.",
    "没有依据表明病情危重：Encounter.priority 为 EM，或所依据的转诊（basedOn）方向或指征为 emergency。"
    "请补充，或去掉减免。",
)
