Profile: MgPatient
Parent: Patient
Id: mg-patient
Title: "医疗集团患者 MgPatient"
Description: "集团内可识别的患者。身份证号经校验,并与出生日期、性别一致。 A patient who can be recognised across a group: the citizen identity number is checked and agrees with birth date and sex."
* obeys GEN-ID-BIRTH and GEN-ID-SEX
* identifier 1..* MS
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains cin 0..* MS and healthCard 0..* MS and empi 0..* MS
* identifier[cin] obeys GEN-ID-CHECKSUM
* identifier[cin] insert Shown(居民身份证号, [[Citizen identity number]])
* identifier[cin].system 1..1
* identifier[cin].system = $CIN
* identifier[cin].value 1..1
* identifier[healthCard] insert Shown(居民健康卡号, [[Resident health card number]])
* identifier[healthCard].system 1..1
* identifier[healthCard].system = $HealthCard
* identifier[healthCard].value 1..1
* identifier[empi] insert Shown(主索引号, [[Master index number, assigned by the server]])
* identifier[empi].system 1..1
* identifier[empi].system = $EMPI
* identifier[empi].value 1..1
* name 1..* MS
* gender 1..1 MS
* birthDate MS
* telecom MS
* address MS
* managingOrganization MS
* managingOrganization insert Shown(建档机构, [[The organisation that keeps the record]])

Profile: MgPractitioner
Parent: Practitioner
Id: mg-practitioner
Title: "医疗集团人员 MgPractitioner"
Description: "医务人员本人;岗位写在 MgPractitionerRole。 A member of staff as a person; what they do where is in MgPractitionerRole."
* obeys GEN-ID-BIRTH and GEN-ID-SEX
* identifier 1..* MS
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains cin 0..* MS and staff 0..* MS and nhsaStaff 0..* MS
* identifier[cin] obeys GEN-ID-CHECKSUM
* identifier[cin] insert Shown(居民身份证号, [[Citizen identity number]])
* identifier[cin].system 1..1
* identifier[cin].system = $CIN
* identifier[cin].value 1..1
* identifier[staff] insert Shown(医务人员编号, [[Staff number]])
* identifier[staff].system 1..1
* identifier[staff].system = $StaffNumber
* identifier[staff].value 1..1
* identifier[nhsaStaff] insert Shown(医保医务人员代码, [[Staff code of the national insurance]])
* identifier[nhsaStaff].system 1..1
* identifier[nhsaStaff].system = $NhsaStaff
* identifier[nhsaStaff].value 1..1
* name 1..* MS

Profile: MgPractitionerRole
Parent: PractitionerRole
Id: mg-practitioner-role
Title: "医疗集团岗位 MgPractitionerRole"
Description: "一个人在一个机构的岗位。请求头 X-Caller 指向它,规则据此判断机构与权限。 What a person does at one organisation. The header X-Caller names it; rules take organisation and rights from it."
* active 1..1 MS
* practitioner 1..1 MS
* organization 1..1 MS
* code 1..* MS
* code from RoleVS (extensible)
* specialty MS
* specialty from SpecialtyVS (preferred)
* period MS
