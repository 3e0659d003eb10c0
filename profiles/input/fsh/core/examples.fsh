// Synthetic people and bodies. Every number has valid check digits and begins with the area 370200, under which nobody is registered.

Instance: demo-group
InstanceOf: MgGroup
Title: "演示:紧密型集团 Demo: a tight group"
Description: "多法人的紧密型集团,统一信息与质量管理。 A tight group of several legal persons that manages information and quality as one."
* insert Demo
* active = true
* name = "演示市医疗集团"
* type[kind] = GroupKindCS#tight
* type[1] = UnifiedDomainCS#information
* type[2] = UnifiedDomainCS#quality-insurance

RuleSet: Institution(uscc, name, tier, class, ownership)
* insert Demo
* active = true
* name = "{name}"
* identifier[uscc].type = IdentifierTypeCS#USCC
* identifier[uscc].value = "{uscc}"
* type[tier] = TierCS#{tier}
* type[class] = WS218CS#{class}
* type[ownership] = OwnershipCS#{ownership}

Instance: demo-lead
InstanceOf: MgOrganization
Title: "演示:牵头医院 Demo: lead hospital"
Description: "市级综合医院。 A city hospital."
* insert Institution(12370200DEMA00013T, 演示市中心医院, 3, A100, non-profit)
* identifier[nhsa].type = IdentifierTypeCS#NHSAORG
* identifier[nhsa].value = "H37020000001"

Instance: demo-district
InstanceOf: MgOrganization
Title: "演示:区级医院 Demo: district hospital"
Description: "区级中西医结合医院,接续了一家并入的医院。 A district hospital that took over another."
* insert Institution(12370200DEMA00021M, 演示区中西医结合医院, 2, A300, non-profit)
* identifier[nhsa].type = IdentifierTypeCS#NHSAORG
* identifier[nhsa].value = "H37020000002"

Instance: demo-chc
InstanceOf: MgOrganization
Title: "演示:社区卫生服务中心 Demo: community health centre"
Description: "转诊的发起机构。 Where the referral starts."
* insert Institution(12370200DEMA0003XD, 演示街道社区卫生服务中心, 1, B100, non-profit)
* identifier[nhsa].type = IdentifierTypeCS#NHSAORG
* identifier[nhsa].value = "H37020000003"

Instance: demo-station
InstanceOf: MgOrganization
Title: "演示:社区卫生服务站 Demo: community health station"
Description: "社区卫生服务中心的下属站点。 A station of the community health centre."
* insert Institution(12370200DEMA00048D, 演示社区卫生服务站, 0, B200, non-profit)
* partOf = Reference(demo-chc)

Instance: demo-private
InstanceOf: MgOrganization
Title: "演示:民营康复医院 Demo: private hospital"
Description: "营利性成员,尚非医保定点。 A member for profit, not designated by the insurance."
* insert Institution(91370200DEMA000563, 演示康复医院, 2, A527, for-profit)

Instance: demo-outside
InstanceOf: MgOrganization
Title: "演示:集团外省级医院 Demo: provincial hospital outside the group"
Description: "不属于本集团。 Not a member of the group."
* insert Institution(12370200DEMA00072X, 演示省立医院, 4, A100, non-profit)

Instance: demo-merged
InstanceOf: MgOrganization
Title: "演示:已并入的医院 Demo: hospital that was merged"
Description: "已停用,由演示区中西医结合医院接续。 No longer active; the district hospital is its successor."
* insert Institution(12370200DEMA000643, 演示区人民医院（已并入）, 2, A100, non-profit)
* active = false

Instance: demo-merger
InstanceOf: Provenance
Usage: #example
Title: "演示:机构合并 Demo: a merger"
Description: "target 为存续机构,entity 为并入的旧机构。 target is the successor, entity the merged hospital."
* insert Demo
* target = Reference(demo-district)
* recorded = "2024-06-01T09:00:00+08:00"
* activity = ProvenanceActivityCS#merged
* agent.who = Reference(demo-group)
* entity.role = #revision
* entity.what = Reference(demo-merged)

RuleSet: Joins(member, role, start)
* insert Demo
* active = true
* period.start = "{start}"
* organization = Reference(demo-group)
* participatingOrganization = Reference({member})
* code = AffiliationRoleCS#{role}

Instance: demo-affiliation-lead
InstanceOf: MgAffiliation
Title: "演示:牵头关系 Demo: the lead"
Description: "集团唯一的牵头医院。 The one lead of the group."
* insert Joins(demo-lead, lead, 2023-07-01)

Instance: demo-affiliation-district
InstanceOf: MgAffiliation
Title: "演示:成员关系(区级) Demo: a member (district)"
* insert Joins(demo-district, member, 2023-07-01)

Instance: demo-affiliation-chc
InstanceOf: MgAffiliation
Title: "演示:成员关系(社区) Demo: a member (community)"
Description: "负责一个网格。 Responsible for a grid."
* insert Joins(demo-chc, member, 2023-07-01)
* location = Reference(demo-grid)

Instance: demo-affiliation-station
InstanceOf: MgAffiliation
Title: "演示:成员关系(站) Demo: a member (station)"
* insert Joins(demo-station, member, 2023-07-01)

Instance: demo-affiliation-private
InstanceOf: MgAffiliation
Title: "演示:分院关系 Demo: a branch"
* insert Joins(demo-private, branch, 2024-01-01)

Instance: demo-affiliation-dispatch
InstanceOf: MgAffiliation
Title: "演示:调度中心 Demo: the dispatch centre"
Description: "调度中心设在牵头医院。 The lead hospital runs the dispatch centre."
* insert Joins(demo-lead, dispatch, 2023-07-01)

Instance: demo-grid
InstanceOf: MgGrid
Title: "演示:网格 Demo: a grid"
Description: "一个街道的两个社区。 Two communities of a subdistrict."
* insert Demo
* status = #active
* name = "演示街道网格"
* mode = #instance
* type[grid] = LocationTypeCS#grid
* physicalType = $PhysicalType#area
* identifier[community][0].value = "370200001001"
* identifier[community][1].value = "370200001002"
* identifier[division].value = "370200"
* position.longitude = 120.38
* position.latitude = 36.07
* managingOrganization = Reference(demo-chc)
* extension[boundary].valueAttachment.url = "https://grid.demo.invalid/demo-grid.geojson"
* extension[boundary].valueAttachment.title = "演示街道网格边界"

RuleSet: Campus(name, organization, longitude, latitude)
* insert Demo
* status = #active
* name = "{name}"
* mode = #instance
* managingOrganization = Reference({organization})
* position.longitude = {longitude}
* position.latitude = {latitude}

Instance: demo-lead-campus
InstanceOf: Location
Usage: #example
Title: "演示:市中心医院院区 Demo: campus of the lead hospital"
* insert Campus(演示市中心医院院区, demo-lead, 120.33, 36.09)

Instance: demo-district-campus
InstanceOf: Location
Usage: #example
Title: "演示:区医院院区 Demo: campus of the district hospital"
* insert Campus(演示区中西医结合医院院区, demo-district, 120.375, 36.066)

Instance: demo-outside-campus
InstanceOf: Location
Usage: #example
Title: "演示:省立医院院区 Demo: campus of the provincial hospital"
* insert Campus(演示省立医院院区, demo-outside, 120.5, 36.2)

RuleSet: Person(staff, family, given)
* insert Demo
* identifier[staff].type = $v2-0203#PRN
* identifier[staff].value = "{staff}"
* name.use = #official
* name.text = "{family}{given}"
* name.family = "{family}"
* name.given = "{given}"

Instance: demo-chc-doctor
InstanceOf: MgPractitioner
Title: "演示:社区医生 Demo: community doctor"
Description: "带身份证号,与出生日期、性别一致。 With a citizen identity number that agrees with birth date and sex."
* insert Person(DEMO-D01, 孙, 明)
* identifier[cin].type = IdentifierTypeCS#CIN
* identifier[cin].value = "370200197906080139"
* gender = #male
* birthDate = "1979-06-08"

Instance: demo-lead-doctor
InstanceOf: MgPractitioner
Title: "演示:市医院医生 Demo: doctor of the lead hospital"
* insert Person(DEMO-D02, 周, 文)

Instance: demo-lead-clerk
InstanceOf: MgPractitioner
Title: "演示:市医院转诊办 Demo: referral office of the lead hospital"
* insert Person(DEMO-O01, 吴, 兰)

Instance: demo-dispatch-clerk
InstanceOf: MgPractitioner
Title: "演示:调度员 Demo: dispatcher"
* insert Person(DEMO-O02, 郑, 平)

Instance: demo-district-clerk
InstanceOf: MgPractitioner
Title: "演示:区医院转诊办 Demo: referral office of the district hospital"
* insert Person(DEMO-O03, 钱, 华)

RuleSet: Works(person, organization, role)
* insert Demo
* active = true
* practitioner = Reference({person})
* organization = Reference({organization})
* code[0] = RoleCS#{role}

Instance: demo-chc-doctor-role
InstanceOf: MgPractitionerRole
Title: "演示:社区医生岗位 Demo: role of the community doctor"
Description: "X-Caller: PractitionerRole/demo-chc-doctor-role"
* insert Works(demo-chc-doctor, demo-chc, family-doctor)
* code[1] = RoleCS#doctor
* specialty = SpecialtyCS#02

Instance: demo-lead-doctor-role
InstanceOf: MgPractitionerRole
Title: "演示:市医院医生岗位 Demo: role of the hospital doctor"
* insert Works(demo-lead-doctor, demo-lead, doctor)
* specialty = SpecialtyCS#04

Instance: demo-lead-office-role
InstanceOf: MgPractitionerRole
Title: "演示:市医院转诊办岗位 Demo: role of the referral office of the lead hospital"
Description: "接收、应答转诊。 Receives and answers referrals."
* insert Works(demo-lead-clerk, demo-lead, referral-office)

Instance: demo-district-office-role
InstanceOf: MgPractitionerRole
Title: "演示:区医院转诊办岗位 Demo: role of the referral office of the district hospital"
* insert Works(demo-district-clerk, demo-district, referral-office)

Instance: demo-dispatcher-role
InstanceOf: MgPractitionerRole
Title: "演示:调度员岗位 Demo: role of the dispatcher"
Description: "可执行 Task/$dispatch。 May call Task/$dispatch."
* insert Works(demo-dispatch-clerk, demo-lead, dispatcher)

RuleSet: Offers(name, organization, type)
* insert Demo
* active = true
* name = "{name}"
* providedBy = Reference({organization})
* type[0] = ServiceTypeCS#{type}

Instance: demo-dispatch
InstanceOf: MgHealthcareService
Title: "演示:调度中心 Demo: dispatch centre"
Description: "没有指定接收方的转诊先到这里。 Referrals without a receiver come here first."
* insert Offers(演示集团分级诊疗调度中心, demo-lead, dispatch)

Instance: demo-lead-surgery
InstanceOf: MgHealthcareService
Title: "演示:市医院外科 Demo: surgery of the lead hospital"
Description: "门诊与住院。 Outpatient and inpatient care."
* insert Offers(演示市中心医院外科, demo-lead, inpatient)
* type[1] = ServiceTypeCS#outpatient
* specialty = SpecialtyCS#04
* location = Reference(demo-lead-campus)

Instance: demo-district-surgery
InstanceOf: MgHealthcareService
Title: "演示:区医院外科 Demo: surgery of the district hospital"
* insert Offers(演示区中西医结合医院外科, demo-district, inpatient)
* type[1] = ServiceTypeCS#outpatient
* specialty = SpecialtyCS#04
* location = Reference(demo-district-campus)

Instance: demo-lead-chest-pain
InstanceOf: MgHealthcareService
Title: "演示:市医院胸痛中心 Demo: chest pain centre"
Description: "已通过认证,全天开放。 Accredited and open all day."
* insert Offers(演示市中心医院胸痛中心, demo-lead, chest-pain-centre)
* specialty = SpecialtyCS#03.04
* characteristic = ServiceCharacteristicCS#accredited
* location = Reference(demo-lead-campus)
* availableTime.daysOfWeek[0] = #mon
* availableTime.daysOfWeek[1] = #tue
* availableTime.daysOfWeek[2] = #wed
* availableTime.daysOfWeek[3] = #thu
* availableTime.daysOfWeek[4] = #fri
* availableTime.daysOfWeek[5] = #sat
* availableTime.daysOfWeek[6] = #sun
* availableTime.allDay = true

Instance: demo-outside-chest-pain
InstanceOf: MgHealthcareService
Title: "演示:省立医院胸痛中心 Demo: chest pain centre outside the group"
* insert Offers(演示省立医院胸痛中心, demo-outside, chest-pain-centre)
* characteristic = ServiceCharacteristicCS#accredited
* location = Reference(demo-outside-campus)

Instance: demo-district-chest-pain
InstanceOf: MgHealthcareService
Title: "演示:区医院胸痛救治单元 Demo: chest pain unit"
* insert Offers(演示区中西医结合医院胸痛救治单元, demo-district, chest-pain-unit)
* characteristic = ServiceCharacteristicCS#accredited
* location = Reference(demo-district-campus)

Instance: demo-chc-acupuncture
InstanceOf: MgHealthcareService
Title: "演示:特色门诊 Demo: a feature clinic"
Description: "社区的针灸特色门诊,可平转。 A feature clinic of a community centre, to which patients are referred sideways."
* insert Offers(演示社区针灸特色门诊, demo-chc, outpatient)
* type[1] = ServiceTypeCS#family-doctor
* type[2] = ServiceTypeCS#follow-up
* specialty = SpecialtyCS#50
* characteristic = ServiceCharacteristicCS#feature-clinic

RuleSet: Citizen(cin, family, given, gender, birth)
* insert Demo
* active = true
* identifier[cin].type = IdentifierTypeCS#CIN
* identifier[cin].value = "{cin}"
* name.use = #official
* name.text = "{family}{given}"
* name.family = "{family}"
* name.given = "{given}"
* gender = #{gender}
* birthDate = "{birth}"

Instance: demo-liu
InstanceOf: MgPatient
Title: "演示:刘桂兰 Demo: Liu Guilan"
Description: "下肢静脉曲张,待上转手术。 Varicose veins, to be referred up for an operation."
* insert Citizen(37020019680412022X, 刘, 桂兰, female, 1968-04-12)
* identifier[healthCard].type = $v2-0203#HC
* identifier[healthCard].value = "DEMO0000000001"
* telecom.system = #phone
* telecom.value = "00000000001"
* address.text = "演示市演示区演示街道演示社区 1 号"
* address.city = "演示市"
* address.district = "演示区"
* address.extension[http://hl7.org/fhir/StructureDefinition/geolocation].extension[latitude].valueDecimal = 36.071
* address.extension[http://hl7.org/fhir/StructureDefinition/geolocation].extension[longitude].valueDecimal = 120.381
* managingOrganization = Reference(demo-chc)

Instance: demo-zhang
InstanceOf: MgPatient
Title: "演示:张海涛 Demo: Zhang Haitao"
Description: "急性胸痛;身份证号另有 15 位旧号。 Acute chest pain; also carries the old number of 15 digits."
* insert Citizen(370200196207210358, 张, 海涛, male, 1962-07-21)
* identifier[cin][1].use = #old
* identifier[cin][1].value = "370200620721035"
* managingOrganization = Reference(demo-chc)

RuleSet: Visit(status, class, patient, organization, start)
* insert Demo
* status = #{status}
* class = $ActCode#{class}
* subject = Reference({patient})
* serviceProvider = Reference({organization})
* period.start = "{start}"

Instance: demo-visit
InstanceOf: MgEncounter
Title: "演示:社区门诊 Demo: visit at the community centre"
Description: "上转由此而来。 The upward referral comes from it."
* insert Visit(finished, AMB, demo-liu, demo-chc, [[2025-03-10T08:30:00+08:00]])
* period.end = "2025-03-10T09:00:00+08:00"
* identifier.system = $OutpatientNumber
* identifier.value = "M20250310001"
* identifier.assigner = Reference(demo-chc)
* reasonCode = $ICD10#I83.900 "下肢静脉曲张"

Instance: demo-stay
InstanceOf: MgEncounter
Title: "演示:转入住院 Demo: inpatient stay after the referral"
Description: "basedOn 指回转诊,origin 为转出机构。 basedOn points back at the referral, origin at the sender."
* insert Visit(finished, IMP, demo-liu, demo-lead, [[2025-03-12T10:00:00+08:00]])
* period.end = "2025-03-15T10:00:00+08:00"
* identifier.system = $InpatientNumber
* identifier.value = "Z20250312001"
* basedOn = Reference(demo-referral)
* reasonCode = $ICD10#I83.900 "下肢静脉曲张"
* hospitalization.origin = Reference(demo-chc)
* hospitalization.admitSource = $AdmitSource#3
* hospitalization.dischargeDisposition = DischargeDispositionCS#3

Instance: demo-contract
InstanceOf: CarePlan
Usage: #example
Title: "演示:家庭医生签约 Demo: family doctor contract"
Description: "与区级医院签约,减免以此为前提。 Signed with the district hospital; a waiver rests on it."
* insert Demo
* status = #active
* intent = #plan
* category = CarePlanCategoryCS#family-doctor-contract
* subject = Reference(demo-zhang)
* period.start = "2025-01-01"
* period.end = "2025-12-31"
* author = Reference(demo-chc-doctor-role)
* contributor[0] = Reference(demo-chc)
* contributor[1] = Reference(demo-district)

Instance: demo-emergency-visit
InstanceOf: MgEncounter
Title: "演示:胸痛急诊 Demo: emergency visit"
Description: "先诊疗后付费。 Treated first, paid later."
* insert Visit(in-progress, EMER, demo-zhang, demo-district, [[2025-03-11T02:10:00+08:00]])
* priority = http://terminology.hl7.org/CodeSystem/v3-ActPriority#EM
* reasonCode = $ICD10#I21.900 "急性心肌梗死"
* extension[prepayWaiver].extension[payAfter].valueBoolean = true
* extension[prepayWaiver].extension[deductible].valueBoolean = true
* extension[prepayWaiver].extension[basis][0].valueCodeableConcept = WaiverBasisCS#contract
* extension[prepayWaiver].extension[basis][1].valueCodeableConcept = WaiverBasisCS#age-60
* extension[prepayWaiver].extension[basis][2].valueCodeableConcept = WaiverBasisCS#critical
