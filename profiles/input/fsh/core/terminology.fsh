CodeSystem: IdentifierTypeCS
Id: identifier-type
Title: "标识类型 Identifier type"
Description: "HL7 表 0203(R4 版本)没有的标识类型。 Identifier types that table 0203 of the R4 edition does not hold."
* insert Complete
* insert Term(CIN, 居民身份证号, Citizen identity number)
* insert Term(USCC, 统一社会信用代码, Unified social credit code)
* insert Term(MIPLRN, 医疗机构执业许可证登记号, Medical institution practice licence number)
* insert Term(HCOC, [[卫生机构(组织)代码]], [[Health care organisation code]])
* insert Term(NHSAORG, 国家医保定点机构代码, Designated institution code of the national insurance)
* insert Term(NHSASTAFF, 国家医保医务人员代码, Staff code of the national insurance)
* insert Term(EMPI, 患者主索引号, Enterprise master patient index number)
* insert Term(PGN, 申请方组号, Placer group number)

CodeSystem: TierCS
Id: tier
Title: "机构层级 Tier"
Description: "机构在分级诊疗中的层级,数字越大层级越高。 The tier of an organisation in graded care; a larger number is higher."
* ^hierarchyMeaning = #grouped-by
* insert Complete
* insert Term(0, 村级, Village)
* insert Term(1, 乡镇、社区级, Township or community)
* insert Term(2, 县区级, County or district)
* insert Term(3, 市级, City)
* insert Term(4, 省级, Province)

CodeSystem: GroupKindCS
Id: group-kind
Title: "集团形式 Kind of group"
Description: "医疗集团的组织形式。 How closely a group is bound together."
* insert Complete
* insert Defined(tight, 紧密型集团, Tight group, [[一个机构在同一时期、同一类服务中最多属于一个紧密型集团。 An organisation is a member of one tight group at most for a kind of service at a time.]])
* insert Defined(alliance, 联盟, Alliance, [[多个法人的松散联合。 A loose union of several legal persons.]])

CodeSystem: OrganizationKindCS
Id: organization-kind
Title: "非医疗机构类别 Kind of other organisation"
Description: "集团中不提供诊疗的单位。 Bodies of a group that do not treat patients."
* insert Complete
* insert Term(governance, 管理机构, Governing body)
* insert Term(school, 学校, School)
* insert Term(street, 街道, Subdistrict office)

CodeSystem: UnifiedDomainCS
Id: unified-domain
Title: "统一管理领域 Unified domain"
Description: "集团统一管理的八个领域。 The eight domains that a group may manage as one."
* insert Complete
* insert Term(personnel, 人事, Personnel)
* insert Term(finance, 财务, Finance)
* insert Term(quality-insurance, 质量与医保, Quality and insurance)
* insert Term(development, 发展运营, Development and operations)
* insert Term(information, 信息, Information)
* insert Term(drugs-assets, 药械资产, Drugs and devices and assets)
* insert Term(performance, 绩效, Performance)
* insert Term(science-health, 科技与健康事业, Science and public health)

CodeSystem: OwnershipCS
Id: ownership
Title: "经营性质 Ownership"
Description: "医疗机构的经营性质。 Whether an institution works for profit."
* insert Complete
* insert Term(non-profit, 非营利性, Not for profit)
* insert Term(for-profit, 营利性, For profit)

CodeSystem: AffiliationRoleCS
Id: affiliation-role
Title: "成员角色 Role in the group"
Description: "机构在集团中的角色。 What an organisation is to a group."
* insert Complete
* insert Defined(lead, 牵头医院, Lead hospital, [[一个集团在任何时刻恰有一家。 A group has exactly one at any instant.]])
* insert Term(member, 成员单位, Member)
* insert Term(branch, 分院, Branch)
* insert Term(diagnostic-centre, 诊断中心, Diagnostic centre)
* insert Term(pharmacy, 药房, Pharmacy)
* insert Term(delivery, 配送单位, Delivery)
* insert Term(dispatch, 调度中心, Dispatch centre)
* insert Term(school, 学校, School)
* insert Term(street, 街道, Subdistrict office)
* insert Defined(partner, 协作单位, Partner, [[包联等协作关系,不计入紧密型成员。 Works with the group; does not count as membership of a tight group.]])

CodeSystem: RoleCS
Id: practitioner-role
Title: "岗位 Role of a person"
Description: "人员在机构中的岗位,规则按岗位判断权限。 What a person is at an organisation; rules decide by it who may do what."
* insert Complete
* insert Term(doctor, 医师, Doctor)
* insert Term(nurse, 护士, Nurse)
* insert Term(pharmacist, 药师, Pharmacist)
* insert Term(family-doctor, 家庭医生, Family doctor)
* insert Defined(referral-office, 转诊办公室, Referral office, [[代表本机构发起、接收转诊。 Sends and answers referrals for the organisation.]])
* insert Defined(dispatcher, 调度员, Dispatcher, [[可执行 Task/$dispatch。 May call Task/$dispatch.]])
* insert Term(director, 主任, Director)
* insert Term(administrator, 管理员, Administrator)

CodeSystem: ServiceTypeCS
Id: service-type
Title: "服务类型 Kind of service"
Description: "转诊请求的服务(ServiceRequest.code)与机构提供的服务(HealthcareService.type)用同一套代码,调度时据此匹配。 One list for the service a referral asks for and the service an organisation offers: dispatch compares the two."
* insert Complete
* insert Term(outpatient, 门诊诊疗, Outpatient care)
* insert Term(inpatient, 住院治疗, Inpatient care)
* insert Term(emergency, 急诊救治, Emergency care)
* insert Term(rehabilitation, 康复治疗, Rehabilitation)
* insert Term(nursing, 护理, Nursing care)
* insert Term(palliative, 安宁疗护, Palliative care)
* insert Term(follow-up, 随访管理, Follow-up)
* insert Term(consultation, 会诊, Consultation)
* insert Term(examination, 检查检验, Examination)
* insert Term(family-doctor, 家庭医生服务, Family doctor service)
* insert Term(chest-pain-centre, 胸痛中心, Chest pain centre)
* insert Term(chest-pain-unit, 胸痛救治单元, Chest pain unit)
* insert Term(dispatch, 分级诊疗调度, Referral dispatch)
* insert Term(transport, 患者转运, Patient transport)

CodeSystem: ServiceCharacteristicCS
Id: service-characteristic
Title: "服务特征 Characteristic of a service"
Description: "服务的特征。 What marks a service out."
* insert Complete
* insert Term(feature-clinic, 特色专科门诊, Feature clinic)
* insert Term(discipline-centre, 学科中心, Discipline centre)
* insert Term(disease-control-centre, 疾病防治中心, Disease control centre)
* insert Term(accredited, 已通过认证, Accredited)

CodeSystem: LocationTypeCS
Id: location-type
Title: "位置类型 Kind of location"
Description: "项目用到的位置类型。 Kinds of location of the project."
* insert Complete
* insert Term(grid, 网格, Grid)

CodeSystem: SpecialtyCS
Id: specialty
Title: "诊疗科目 Clinical specialty"
Description: "《医疗机构诊疗科目名录》中常用的代码。 Common codes of the national list of clinical departments."
* insert Fragment
* insert Term(01, 预防保健科, Preventive care)
* insert Term(02, 全科医疗科, General practice)
* insert Term(03, 内科, Internal medicine)
* insert Term(03.01, 呼吸内科专业, Respiratory medicine)
* insert Term(03.02, 消化内科专业, Gastroenterology)
* insert Term(03.03, 神经内科专业, Neurology)
* insert Term(03.04, 心血管内科专业, Cardiology)
* insert Term(03.06, 肾病学专业, Nephrology)
* insert Term(03.07, 内分泌专业, Endocrinology)
* insert Term(04, 外科, Surgery)
* insert Term(04.01, 普通外科专业, General surgery)
* insert Term(04.03, 骨科专业, Orthopaedics)
* insert Term(05, 妇产科, Obstetrics and gynaecology)
* insert Term(07, 儿科, Paediatrics)
* insert Term(10, 眼科, Ophthalmology)
* insert Term(11, 耳鼻咽喉科, Otorhinolaryngology)
* insert Term(12, 口腔科, Stomatology)
* insert Term(13, 皮肤科, Dermatology)
* insert Term(15, 精神科, Psychiatry)
* insert Term(19, 肿瘤科, Oncology)
* insert Term(20, 急诊医学科, Emergency medicine)
* insert Term(21, 康复医学科, Rehabilitation medicine)
* insert Term(50, 中医科, Traditional Chinese medicine)

CodeSystem: AdmitSourceCS
Id: admit-source
Title: "入院途径 Admission route"
Description: "病案首页的入院途径代码。 Routes of admission of the front page of the medical record."
* ^url = "urn:oid:2.16.156.10011.2.3.1.270"
* insert Complete
* insert Term(1, 急诊, Emergency)
* insert Term(2, 门诊, Outpatient)
* insert Term(3, 其他医疗机构转入, Transferred in from another institution)
* insert Term(9, 其他, Other)

CodeSystem: DischargeDispositionCS
Id: discharge-disposition
Title: "离院方式 Way of leaving hospital"
Description: "病案首页的离院方式代码。 Ways of leaving hospital of the front page of the medical record."
* insert Complete
* insert Term(1, 医嘱离院, Discharged on advice)
* insert Term(2, 医嘱转院, Transferred on advice)
* insert Term(3, 医嘱转社区卫生服务机构或乡镇卫生院, Transferred to primary care on advice)
* insert Term(4, 非医嘱离院, Left against advice)
* insert Term(5, 死亡, Died)
* insert Term(9, 其他, Other)

ValueSet: TierVS
Id: tier
Title: "机构层级 Tier"
Description: "全部层级。 Every tier."
* insert WholeSystem(TierCS)

ValueSet: GroupKindVS
Id: group-kind
Title: "集团形式 Kind of group"
Description: "全部集团形式。 Every kind of group."
* insert WholeSystem(GroupKindCS)

ValueSet: UnifiedDomainVS
Id: unified-domain
Title: "统一管理领域 Unified domain"
Description: "八个领域。 The eight domains."
* insert WholeSystem(UnifiedDomainCS)

ValueSet: OwnershipVS
Id: ownership
Title: "经营性质 Ownership"
Description: "全部经营性质。 Every form of ownership."
* insert WholeSystem(OwnershipCS)

ValueSet: AffiliationRoleVS
Id: affiliation-role
Title: "成员角色 Role in the group"
Description: "全部成员角色。 Every role of an organisation in a group."
* insert WholeSystem(AffiliationRoleCS)

ValueSet: RoleVS
Id: practitioner-role
Title: "岗位 Role of a person"
Description: "规则认识的岗位。 The roles that rules know."
* insert WholeSystem(RoleCS)

ValueSet: ServiceTypeVS
Id: service-type
Title: "服务类型 Kind of service"
Description: "全部服务类型。 Every kind of service."
* insert WholeSystem(ServiceTypeCS)

ValueSet: ServiceCharacteristicVS
Id: service-characteristic
Title: "服务特征 Characteristic of a service"
Description: "全部服务特征。 Every characteristic."
* insert WholeSystem(ServiceCharacteristicCS)

ValueSet: SpecialtyVS
Id: specialty
Title: "诊疗科目 Clinical specialty"
Description: "诊疗科目名录。 The national list of clinical departments."
* insert WholeSystem(SpecialtyCS)

ValueSet: DischargeDispositionVS
Id: discharge-disposition
Title: "离院方式 Way of leaving hospital"
Description: "全部离院方式。 Every way of leaving hospital."
* insert WholeSystem(DischargeDispositionCS)

ValueSet: AdmitSourceVS
Id: admit-source
Title: "入院途径 Admission route"
Description: "全部入院途径。 Every route of admission."
* insert WholeSystem(AdmitSourceCS)

ValueSet: DiagnosisVS
Id: diagnosis
Title: "诊断 Diagnosis (ICD-10)"
Description: "ICD-10 的国家临床版、医保版、CDA 所用版本与国际版;各版本之间不可互相比较。 The national clinical, insurance, CDA and international editions of ICD-10; codes of two editions are never compared."
* ^experimental = false
* include codes from system $ICD10
* include codes from system $ICD10NHSA
* include codes from system $ICD10CDA
* include codes from system $ICD10WHO
