Profile: MgOrganization
Parent: Organization
Id: mg-organization
Title: "医疗集团机构 MgOrganization"
Description: "医疗机构及其他单位。层级(tier)决定转诊方向。 A medical institution or another body. Its tier decides which way a referral goes."
* active 1..1 MS
* active insert Shown(是否在用;合并后的旧机构为 false, [[In use; false for a hospital that was merged away]])
* name 1..1 MS
* identifier 1..* MS
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains uscc 0..1 MS and miplrn 0..1 MS and hcoc 0..1 MS and nhsa 0..1 MS
* identifier[uscc] obeys GEN-ORG-USCC
* identifier[uscc] insert Shown(统一社会信用代码, [[Unified social credit code]])
* identifier[uscc].system 1..1
* identifier[uscc].system = $USCC
* identifier[uscc].value 1..1
* identifier[miplrn] insert Shown(执业许可证登记号, [[Practice licence number]])
* identifier[miplrn].system 1..1
* identifier[miplrn].system = $MIPLRN
* identifier[miplrn].value 1..1
* identifier[hcoc] insert Shown([[卫生机构(组织)代码]], [[Health care organisation code]])
* identifier[hcoc].system 1..1
* identifier[hcoc].system = $HCOC
* identifier[hcoc].value 1..1
* identifier[nhsa] insert Shown(医保定点机构代码, [[Designated institution code; without it no Coverage pays here]])
* identifier[nhsa].system 1..1
* identifier[nhsa].system = $NhsaOrg
* identifier[nhsa].value 1..1
* type MS
* type ^slicing.discriminator.type = #pattern
* type ^slicing.discriminator.path = "$this"
* type ^slicing.rules = #open
* type contains tier 0..1 MS and class 0..1 MS and ownership 0..1 MS
* type[tier] insert Shown(层级, [[Tier 0 to 4]])
* type[tier] ^patternCodeableConcept.coding.system = "https://medgroup.example.org/fhir/CodeSystem/tier"
* type[tier] from TierVS (required)
* type[class] insert Shown(机构类别, [[Class of institution by WS 218]])
* type[class] ^patternCodeableConcept.coding.system = "https://medgroup.example.org/fhir/CodeSystem/ws-218"
* type[ownership] insert Shown(经营性质, Ownership)
* type[ownership] ^patternCodeableConcept.coding.system = "https://medgroup.example.org/fhir/CodeSystem/ownership"
* type[ownership] from OwnershipVS (required)
* partOf MS

Profile: MgGroup
Parent: Organization
Id: mg-group
Title: "医疗集团 MgGroup"
Description: "医疗集团本身。多法人联盟没有统一社会信用代码,合并为一个法人后才有。成员用 MgAffiliation 连接。 The group itself. A union of several legal persons has no social credit code of its own, a merged one has. Members are joined by MgAffiliation."
* active 1..1 MS
* name 1..1 MS
* identifier MS
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains uscc 0..1 MS
* identifier[uscc] obeys GEN-ORG-USCC
* identifier[uscc] insert Shown([[统一社会信用代码(仅唯一法人的集团)]], [[Unified social credit code, of a group that is one legal person]])
* identifier[uscc].system 1..1
* identifier[uscc].system = $USCC
* identifier[uscc].value 1..1
* type 1..* MS
* type ^slicing.discriminator.type = #pattern
* type ^slicing.discriminator.path = "$this"
* type ^slicing.rules = #open
* type contains kind 1..1 MS and unified 0..8 MS
* type[kind] insert Shown(紧密型或联盟, [[Tight group or alliance]])
* type[kind] ^patternCodeableConcept.coding.system = "https://medgroup.example.org/fhir/CodeSystem/group-kind"
* type[kind] from GroupKindVS (required)
* type[unified] insert Shown(统一管理的领域, [[Domains managed as one]])
* type[unified] ^patternCodeableConcept.coding.system = "https://medgroup.example.org/fhir/CodeSystem/unified-domain"
* type[unified] from UnifiedDomainVS (required)

Profile: MgAffiliation
Parent: OrganizationAffiliation
Id: mg-affiliation
Title: "成员关系 MgAffiliation"
Description: "哪个机构自何时起以何种角色属于哪个集团。规则按事件发生时的关系判断,退出集团不改变历史。 Which organisation belongs to which group, as what and since when. Rules look at the relation of the time of the event: leaving a group changes no history."
* active 1..1 MS
* period 1..1 MS
* period.start 1..1
* organization 1..1 MS
* organization insert Shown(集团, [[The group]])
* participatingOrganization 1..1 MS
* participatingOrganization insert Shown(成员, [[The member]])
* code 1..1 MS
* code from AffiliationRoleVS (required)
* location MS
* location insert Shown(所负责的网格, [[The grids it is responsible for]])
* specialty MS
* specialty insert Shown([[服务类别;缺省为全部]], [[Kind of service it is a member for; none means all]])

Profile: MgGrid
Parent: Location
Id: mg-grid
Title: "网格 MgGrid"
Description: "集团负责的一片地区。社区代码不得与另一个在用网格重复(GRID-OVERLAP)。 An area a group is responsible for. No community may belong to two active grids (GRID-OVERLAP)."
* extension contains http://hl7.org/fhir/StructureDefinition/location-boundary-geojson named boundary 0..1
* status 1..1 MS
* name 1..1 MS
* mode = #instance
* physicalType 1..1
* physicalType = $PhysicalType#area
* type 1..* MS
* type ^slicing.discriminator.type = #pattern
* type ^slicing.discriminator.path = "$this"
* type ^slicing.rules = #open
* type contains grid 1..1 MS
* type[grid] = LocationTypeCS#grid
* identifier 1..* MS
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains community 1..* MS and division 0..* MS
* identifier[community] obeys mg-community-code
* identifier[community] insert Shown(街道或社区代码, [[Code of the subdistrict or community]])
* identifier[community].system 1..1
* identifier[community].system = $Community
* identifier[community].value 1..1
* identifier[division] insert Shown(行政区划代码, [[Administrative division]])
* identifier[division].system 1..1
* identifier[division].system = $Division
* identifier[division].value 1..1
* position MS

Profile: MgHealthcareService
Parent: HealthcareService
Id: mg-healthcare-service
Title: "医疗服务 MgHealthcareService"
Description: "机构提供的服务:转诊的去向、特色门诊、胸痛中心、调度中心。 A service an organisation offers: where referrals go, a feature clinic, a chest pain centre, the dispatch centre."
* obeys mg-chest-pain-place
* active 1..1 MS
* name 1..1 MS
* providedBy 1..1 MS
* type 1..* MS
* type from ServiceTypeVS (extensible)
* specialty MS
* specialty from SpecialtyVS (preferred)
* characteristic MS
* characteristic from ServiceCharacteristicVS (extensible)
* location MS
* coverageArea MS
* availableTime MS

Profile: MgEncounter
Parent: Encounter
Id: mg-encounter
Title: "就诊 MgEncounter"
Description: "门诊、急诊、住院和预住院就诊。转诊来自一次就诊,接诊方的就诊用 basedOn 指回转诊。 An outpatient, emergency, inpatient or pre-admission encounter. A referral comes from one; the receiver's encounter points back with basedOn."
* obeys mg-encounter-end and mg-icd-shape
* extension contains PrepayWaiver named prepayWaiver 0..1 MS
* subject 1..1 MS
* subject only Reference(Patient)
* serviceProvider 1..1 MS
* period MS
* basedOn MS
* basedOn insert Shown(所依据的转诊, [[The referral it answers]])
* reasonCode MS
* hospitalization MS
* hospitalization.origin MS
* hospitalization.origin insert Shown(转出机构, [[The organisation that sent the patient]])
* hospitalization.admitSource MS
* hospitalization.admitSource from AdmitSourceVS (preferred)
* hospitalization.dischargeDisposition MS
* hospitalization.dischargeDisposition from DischargeDispositionVS (preferred)

Extension: PrepayWaiver
Id: prepay-waiver
Title: "先诊疗后付费 Prepayment waiver"
Description: "免挂号费、免起付线、先诊疗后付费,以及依据。服务器核对三条依据(FEE-WAIVER):与本院的签约(CarePlan)、身份证号算出的年龄、危重(Encounter.priority 为 EM,或转诊方向、指征为 emergency)。 What is waived at admission, and on what grounds. The server verifies all three (FEE-WAIVER): the contract with this hospital (CarePlan), the age by the identity number, and that it is critical (Encounter.priority EM, or a referral with direction or criterion emergency)."
* ^context[0].type = #element
* ^context[0].expression = "Encounter"
* ^context[1].type = #element
* ^context[1].expression = "Coverage"
* extension contains registrationFee 0..1 and deductible 0..1 and payAfter 0..1 and basis 1..*
* extension[registrationFee] insert Shown(免挂号费, [[No registration fee]])
* extension[registrationFee].value[x] only boolean
* extension[deductible] insert Shown(无起付线, [[No deductible]])
* extension[deductible].value[x] only boolean
* extension[payAfter] insert Shown(先诊疗后付费, [[Treated first and paid later]])
* extension[payAfter].value[x] only boolean
* extension[basis] insert Shown(依据, [[The grounds]])
* extension[basis].value[x] only CodeableConcept
* extension[basis].valueCodeableConcept from WaiverBasisVS (required)

CodeSystem: CarePlanCategoryCS
Id: care-plan-category
Title: "照护计划类别 Category of a care plan"
Description: "项目用到的 CarePlan.category。 Categories of care plans of the project."
* insert Complete
* insert Defined(family-doctor-contract, 家庭医生签约, Family doctor contract, [[author、contributor 或照护团队的 managingOrganization 为签约机构,period 为签约期。 author, contributor or the managingOrganization of the care team is who it was signed with; period is how long it holds.]])

CodeSystem: WaiverBasisCS
Id: waiver-basis
Title: "减免依据 Grounds of a waiver"
Description: "三条依据须同时成立(FEE-WAIVER)。 All three grounds must hold (FEE-WAIVER)."
* insert Complete
* insert Term(contract, 与本院签约, Signed with this hospital)
* insert Term(age-60, 年满 60 岁, Aged 60 or more)
* insert Term(critical, 病情危重, Critically ill)

ValueSet: WaiverBasisVS
Id: waiver-basis
Title: "减免依据 Grounds of a waiver"
Description: "全部依据。 Every ground."
* insert WholeSystem(WaiverBasisCS)
