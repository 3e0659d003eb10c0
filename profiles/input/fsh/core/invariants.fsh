// A key in capitals is a rule id of CodeSystem/rule. Severity error: national standards and structure, for everyone.
// Severity warning: a rule whose mode (off, advise, enforce) a group sets in its rule pack; the profile only points at it.

Invariant: GEN-ID-CHECKSUM
Description: "居民身份证号的格式或校验码不对(GB 11643)。 The citizen identity number has a wrong shape or check digit (GB 11643)."
* severity = #error
* expression = "use = 'old' or (value.matches('^[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]$') and '10X98765432'.substring((value.substring(0,1).toInteger() * 7 + value.substring(1,1).toInteger() * 9 + value.substring(2,1).toInteger() * 10 + value.substring(3,1).toInteger() * 5 + value.substring(4,1).toInteger() * 8 + value.substring(5,1).toInteger() * 4 + value.substring(6,1).toInteger() * 2 + value.substring(7,1).toInteger() * 1 + value.substring(8,1).toInteger() * 6 + value.substring(9,1).toInteger() * 3 + value.substring(10,1).toInteger() * 7 + value.substring(11,1).toInteger() * 9 + value.substring(12,1).toInteger() * 10 + value.substring(13,1).toInteger() * 5 + value.substring(14,1).toInteger() * 8 + value.substring(15,1).toInteger() * 4 + value.substring(16,1).toInteger() * 2) mod 11, 1) = value.substring(17,1).upper())"
* requirements = "校验码拦住抄错的号码,抄错的号码会把两个人并成一个人。 The check digit stops miscopied numbers, which would join two people into one."

Invariant: GEN-ID-BIRTH
Description: "居民身份证号中的出生日期与 birthDate 不一致。 The birth date inside the citizen identity number differs from birthDate."
* severity = #error
* expression = "identifier.where(system = 'urn:oid:2.16.156.10011.1.3' and value.matches('^[0-9]{17}[0-9Xx]$')).all(%resource.birthDate.empty() or value.substring(6,8).startsWith(%resource.birthDate.toString().replace('-','')))"
* requirements = "两者必有一个错,不能据此认人。 One of the two is wrong, so the record cannot identify a person."

Invariant: GEN-ID-SEX
Description: "居民身份证号第 17 位(奇数为男、偶数为女)与 gender 不一致。 The 17th digit of the citizen identity number (odd male, even female) differs from gender."
* severity = #error
* expression = "identifier.where(system = 'urn:oid:2.16.156.10011.1.3' and value.matches('^[0-9]{17}[0-9Xx]$')).all((%resource.gender.where($this = 'male').empty() or value.substring(16,1).toInteger() mod 2 = 1) and (%resource.gender.where($this = 'female').empty() or value.substring(16,1).toInteger() mod 2 = 0))"
* requirements = "两者必有一个错,不能据此认人。 One of the two is wrong, so the record cannot identify a person."

Invariant: GEN-ORG-USCC
Description: "统一社会信用代码的格式或校验码不对(GB 32100、GB 11714)。 The unified social credit code has a wrong shape or check digit (GB 32100, GB 11714)."
* severity = #error
* expression = "value.matches('^[1-9ANY][0-9A-HJ-NPQRTUWXY]{17}$') and '0123456789ABCDEFGHJKLMNPQRTUWXY'.substring((31 - ('0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(0,1)) * 1 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(1,1)) * 3 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(2,1)) * 9 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(3,1)) * 27 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(4,1)) * 19 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(5,1)) * 26 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(6,1)) * 16 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(7,1)) * 17 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(8,1)) * 20 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(9,1)) * 29 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(10,1)) * 25 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(11,1)) * 13 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(12,1)) * 8 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(13,1)) * 24 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(14,1)) * 10 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(15,1)) * 30 + '0123456789ABCDEFGHJKLMNPQRTUWXY'.indexOf(value.substring(16,1)) * 28) mod 31) mod 31, 1) = value.substring(17,1) and '0123456789X'.substring((11 - ('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(value.substring(8,1)) * 3 + '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(value.substring(9,1)) * 7 + '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(value.substring(10,1)) * 9 + '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(value.substring(11,1)) * 10 + '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(value.substring(12,1)) * 5 + '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(value.substring(13,1)) * 8 + '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(value.substring(14,1)) * 4 + '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'.indexOf(value.substring(15,1)) * 2) mod 11) mod 11, 1) = value.substring(16,1)"
* requirements = "机构按此代码识别,抄错会把转诊送错机构。 Organisations are recognised by it; a miscopied one sends a referral to the wrong place."

Invariant: mg-community-code
Description: "街道代码为 9 位、社区代码为 12 位数字。 A subdistrict code has 9 digits, a community code 12."
* severity = #error
* expression = "value.matches('^[0-9]{9}([0-9]{3})?$')"
* requirements = "按代码判断网格是否重叠。 Overlap of grids is judged by the code."

Invariant: mg-chest-pain-place
Description: "胸痛中心、胸痛救治单元要有位置。 A chest pain centre or unit has a location."
* severity = #error
* expression = "type.coding.where(system = 'https://medgroup.example.org/fhir/CodeSystem/service-type' and (code = 'chest-pain-centre' or code = 'chest-pain-unit')).empty() or location.exists()"
* requirements = "就近查找按位置计算距离。 The nearest one is found by distance."

Invariant: mg-encounter-end
Description: "已结束的就诊要有结束时间。 A finished encounter has an end."
* severity = #error
* expression = "status != 'finished' or period.end.exists()"
* requirements = "回执期限从结束时间算起。 The time limit of the feedback is counted from it."

Invariant: mg-icd-shape
Description: "国家临床版、医保版 ICD-10 代码的形状不对,例如应为 I83.900、I10.x00x002。 A code of the national editions of ICD-10 has a wrong shape; right are I83.900, I10.x00x002."
* severity = #error
* expression = "reasonCode.coding.where(system = 'https://medgroup.example.org/fhir/CodeSystem/icd-10-cn-clinical' or system = 'https://medgroup.example.org/fhir/CodeSystem/icd-10-cn-nhsa').code.all($this.matches('^[A-Z][0-9]{2}([.][0-9x][0-9]{2}(x[0-9]{3})?)?([+*])?$'))"
* requirements = "代码表按地区更新,形状不变;形状错的代码不在任何一版里。 Lists change, the shape does not: a code of another shape is in no edition."
