// The story of a referral: visit, consent, package, request, tasks, dispatch, answer, admission, feedback, step-down.

RuleSet: Agreed(patient, organization, at, until)
* status = #active
* scope = $ConsentScope#treatment
* category[referral] = ConsentCategoryCS#referral
* patient = Reference({patient})
* dateTime = "{at}"
* performer = Reference({patient})
* organization = Reference({organization})
* policyRule.text = "转诊知情同意书（演示）"
* provision.type = #permit
* provision.period.start = "{at}"
* provision.period.end = "{until}"

Instance: demo-consent
InstanceOf: MgConsent
Title: "演示:转诊知情同意书 Demo: consent to a referral"
Description: "患者本人签署。 Signed by the patient."
* insert Demo
* insert Agreed(demo-liu, demo-chc, [[2025-03-10T08:50:00+08:00]], [[2025-04-09T23:59:59+08:00]])

RuleSet: Refers(placer, requisition, direction, service, priority, patient, at)
* identifier[placer].type = $v2-0203#PLAC
* identifier[placer].system = "https://chc.demo.invalid/referral-number"
* identifier[placer].value = "{placer}"
* requisition.type = IdentifierTypeCS#PGN
* requisition.system = "https://chc.demo.invalid/requisition"
* requisition.value = "{requisition}"
* status = #active
* intent = #order
* category[direction] = ReferralDirectionCS#{direction}
* priority = #{priority}
* code = ServiceTypeCS#{service}
* subject = Reference({patient})
* authoredOn = "{at}"

Instance: demo-referral
InstanceOf: MgReferral
Title: "演示:上转 Demo: upward referral"
Description: "社区转市医院住院手术,资料齐全。 From the community centre to the lead hospital for an operation, with the whole package."
* insert Demo
* insert Refers(R20250310001, Q20250310001, up, inpatient, routine, demo-liu, [[2025-03-10T09:00:00+08:00]])
* extension[consent].valueReference = Reference(demo-consent)
* extension[criterion].valueCodeableConcept = UpCriterionCS#not-available
* encounter = Reference(demo-visit)
* requester = Reference(demo-chc-doctor-role)
* performerType = SpecialtyCS#04
* performer = Reference(demo-lead-surgery)
* reasonCode = $ICD10#I83.900 "下肢静脉曲张"
* supportingInfo[0] = Reference(demo-summary)
* supportingInfo[1] = Reference(demo-medicine)
* supportingInfo[2] = Reference(demo-allergy)
* supportingInfo[3] = Reference(demo-ultrasound)

Instance: demo-summary
InstanceOf: Composition
Usage: #example
Title: "演示:转诊记录 Demo: referral note"
Description: "随转诊的摘要。 The summary that goes with the referral."
* insert Demo
* status = #final
* type = $LOINC#57133-1
* type.text = "转诊（院）记录"
* subject = Reference(demo-liu)
* encounter = Reference(demo-visit)
* date = "2025-03-10T08:55:00+08:00"
* author = Reference(demo-chc-doctor-role)
* title = "转诊（院）记录"
* section[0].title = "病情摘要"
* section[0].text.status = #generated
* section[0].text.div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">右下肢静脉曲张 5 年，近 3 个月加重，需手术。</div>"
* section[1].title = "目前用药"
* section[1].entry = Reference(demo-medicine)
* section[2].title = "过敏"
* section[2].entry = Reference(demo-allergy)
* section[3].title = "检查"
* section[3].entry = Reference(demo-ultrasound)

Instance: demo-medicine
InstanceOf: MedicationStatement
Usage: #example
Title: "演示:目前用药 Demo: current medicine"
* insert Demo
* status = #active
* medicationCodeableConcept.text = "地奥司明片 0.45 g"
* subject = Reference(demo-liu)
* effectivePeriod.start = "2025-01-10"

Instance: demo-allergy
InstanceOf: AllergyIntolerance
Usage: #example
Title: "演示:过敏史 Demo: allergies"
Description: "无已知过敏。 No known allergy."
* insert Demo
* clinicalStatus = http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical#active
* verificationStatus = http://terminology.hl7.org/CodeSystem/allergyintolerance-verification#confirmed
* code.text = "无已知过敏"
* patient = Reference(demo-liu)

Instance: demo-ultrasound
InstanceOf: DiagnosticReport
Usage: #example
Title: "演示:超声报告 Demo: ultrasound report"
* insert Demo
* status = #final
* category = http://terminology.hl7.org/CodeSystem/v2-0074#VUS
* code.text = "下肢静脉超声"
* subject = Reference(demo-liu)
* encounter = Reference(demo-visit)
* effectiveDateTime = "2025-03-08T10:00:00+08:00"
* issued = "2025-03-08T10:20:00+08:00"
* performer = Reference(demo-chc)
* conclusion = "右大隐静脉曲张伴反流"

Instance: demo-group-task
InstanceOf: MgReferralGroupTask
Title: "演示:组任务 Demo: group task"
Description: "申请 Q20250310001 的总任务。 The task above all of requisition Q20250310001."
* insert Demo
* meta.tag[group] = WorkflowTagCS#referral-group
* status = #requested
* intent = #order
* groupIdentifier.type = IdentifierTypeCS#PGN
* groupIdentifier.system = "https://chc.demo.invalid/requisition"
* groupIdentifier.value = "Q20250310001"
* for = Reference(demo-liu)
* authoredOn = "2025-03-10T09:00:00+08:00"
* requester = Reference(demo-chc-doctor-role)

RuleSet: Handles(status, business)
* insert Demo
* status = #{status}
* intent = #order
* groupIdentifier.type = IdentifierTypeCS#PGN
* groupIdentifier.system = "https://chc.demo.invalid/requisition"
* groupIdentifier.value = "Q20250310001"
* partOf = Reference(demo-group-task)
* focus = Reference(demo-referral)
* for = Reference(demo-liu)
* authoredOn = "2025-03-10T09:00:00+08:00"
* requester = Reference(demo-chc-doctor-role)
* businessStatus = BusinessStatusCS#{business}

Instance: demo-task
InstanceOf: MgReferralTask
Title: "演示:待应答的任务 Demo: a task that waits for an answer"
Description: "应答期限由 priority 得出。 The time to answer follows from the priority."
* insert Handles(requested, dispatched)
* owner = Reference(demo-lead-surgery)
* restriction.period.start = "2025-03-10T09:00:00+08:00"
* restriction.period.end = "2025-03-13T09:00:00+08:00"

Instance: demo-task-rejected
InstanceOf: MgReferralTask
Title: "演示:被拒绝的任务 Demo: a rejected task"
Description: "拒绝要有原因;调度员可在同一组下另建任务。 A rejection has a reason; the dispatcher may add another task to the group."
* insert Handles(rejected, redirected)
* owner = Reference(demo-district-surgery)
* statusReason = StatusReasonCS#no-capacity
* statusReason.text = "本周外科无空床"

Instance: demo-task-completed
InstanceOf: MgReferralTask
Title: "演示:已完成的任务 Demo: a completed task"
Description: "产出里有出院小结。 Its output holds the discharge summary."
* insert Handles(completed, feedback-sent)
* owner = Reference(demo-lead-surgery)
* output[0].type = TaskOutputCS#feedback
* output[0].valueReference = Reference(demo-feedback)
* output[1].type = TaskOutputCS#encounter
* output[1].valueReference = Reference(demo-stay)

Instance: demo-feedback
InstanceOf: Composition
Usage: #example
Title: "演示:出院小结 Demo: discharge summary"
Description: "作为回执送回。 Sent back as feedback."
* insert Demo
* status = #final
* type = $LOINC#18842-5
* type.text = "出院小结"
* subject = Reference(demo-liu)
* encounter = Reference(demo-stay)
* date = "2025-03-15T10:30:00+08:00"
* author = Reference(demo-lead-doctor-role)
* title = "出院小结"
* section.title = "诊疗经过"
* section.text.status = #generated
* section.text.div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">3 月 13 日行手术，恢复良好，转社区随访。</div>"

Instance: demo-referral-down
InstanceOf: MgReferral
Title: "演示:下转 Demo: downward referral"
Description: "出院后回社区随访,附照护计划。 Back to the community centre for follow-up, with a plan."
* insert Demo
* insert Refers(R20250315001, Q20250315001, down, follow-up, routine, demo-liu, [[2025-03-15T10:40:00+08:00]])
* identifier[placer].system = "https://lead.demo.invalid/referral-number"
* requisition.system = "https://lead.demo.invalid/requisition"
* extension[consent].valueReference = Reference(demo-consent-down)
* extension[criterion].valueCodeableConcept = DownCriterionCS#stable
* encounter = Reference(demo-stay)
* requester = Reference(demo-lead-doctor-role)
* performer = Reference(demo-chc-acupuncture)
* reasonCode = $ICD10#I83.900 "下肢静脉曲张"
* supportingInfo[0] = Reference(demo-feedback)
* supportingInfo[1] = Reference(demo-plan)
* supportingInfo[2] = Reference(demo-medicine)
* supportingInfo[3] = Reference(demo-allergy)
* supportingInfo[4] = Reference(demo-ultrasound)

Instance: demo-consent-down
InstanceOf: MgConsent
Title: "演示:下转知情同意书 Demo: consent to the step-down"
* insert Demo
* insert Agreed(demo-liu, demo-lead, [[2025-03-15T09:30:00+08:00]], [[2025-06-15T23:59:59+08:00]])

Instance: demo-plan
InstanceOf: CarePlan
Usage: #example
Title: "演示:下转照护计划 Demo: plan of the step-down"
Description: "有一次随访和负责的家庭医生。 One follow-up and the family doctor who is responsible."
* insert Demo
* status = #active
* intent = #plan
* title = "术后随访计划"
* subject = Reference(demo-liu)
* period.start = "2025-03-15"
* period.end = "2025-06-15"
* author = Reference(demo-lead-doctor-role)
* activity.detail.kind = #Appointment
* activity.detail.code = ServiceTypeCS#follow-up
* activity.detail.status = #scheduled
* activity.detail.scheduledPeriod.start = "2025-03-29"
* activity.detail.scheduledPeriod.end = "2025-03-31"
* activity.detail.performer = Reference(demo-chc-doctor-role)

Instance: demo-referral-emergency
InstanceOf: MgReferral
Title: "演示:急诊转诊 Demo: emergency referral"
Description: "就近,priority 为 stat,同意书可后补。 To the nearest, priority stat, consent may follow."
* insert Demo
* insert Refers(R20250311001, Q20250311001, emergency, chest-pain-centre, stat, demo-zhang, [[2025-03-11T02:20:00+08:00]])
* identifier[placer].system = "https://district.demo.invalid/referral-number"
* requisition.system = "https://district.demo.invalid/requisition"
* extension[criterion].valueCodeableConcept = UpCriterionCS#emergency
* encounter = Reference(demo-emergency-visit)
* requester = Reference(demo-district-office-role)
* performerType = SpecialtyCS#03.04
* performer = Reference(demo-lead-chest-pain)
* reasonCode = $ICD10#I21.900 "急性心肌梗死"
* supportingInfo = Reference(demo-timeline)

Instance: demo-referral-outside
InstanceOf: MgReferral
Title: "演示:转到集团外 Demo: referral out of the group"
Description: "患者选择省级医院:计量,不阻拦。 The patient chose the provincial hospital: measured, not blocked."
* insert Demo
* insert Refers(R20250310002, Q20250310002, up, outpatient, routine, demo-liu, [[2025-03-10T09:10:00+08:00]])
* extension[consent].valueReference = Reference(demo-consent)
* extension[criterion].valueCodeableConcept = UpCriterionCS#unclear-diagnosis
* extension[externalChoice].valueCodeableConcept = ExternalChoiceCS#patient-choice
* encounter = Reference(demo-visit)
* requester = Reference(demo-chc-doctor-role)
* performer = Reference(demo-outside)
* reasonCode = $ICD10#I83.900 "下肢静脉曲张"
* supportingInfo[0] = Reference(demo-summary)
* supportingInfo[1] = Reference(demo-medicine)
* supportingInfo[2] = Reference(demo-allergy)
* supportingInfo[3] = Reference(demo-ultrasound)

RuleSet: Moment(code, at)
* component[+].code = ChestPainTimeCS#{code}
* component[=].valueDateTime = "{at}"

Instance: demo-timeline
InstanceOf: Observation
Usage: #example
Title: "演示:胸痛时间轴 Demo: chest pain timeline"
Description: "未发生的节点不写,不写 0。 A point of time that is not known is left out, never 0."
* insert Demo
* status = #preliminary
* code = ChestPainTimeCS#chest-pain-timeline
* subject = Reference(demo-zhang)
* encounter = Reference(demo-emergency-visit)
* effectiveDateTime = "2025-03-11T02:20:00+08:00"
* insert Moment(onset, [[2025-03-11T01:20:00+08:00]])
* insert Moment(first-medical-contact, [[2025-03-11T02:10:00+08:00]])
* insert Moment(first-ecg, [[2025-03-11T02:16:00+08:00]])
* insert Moment(ecg-transmitted, [[2025-03-11T02:18:00+08:00]])
* insert Moment(diagnosis, [[2025-03-11T02:20:00+08:00]])

Instance: demo-dispatch-call
InstanceOf: Parameters
Usage: #example
Title: "演示:调度请求 Demo: a call of $dispatch"
* parameter[0].name = "target"
* parameter[0].valueReference = Reference(HealthcareService/demo-lead-surgery)
* parameter[1].name = "reason"
* parameter[1].valueString = "区医院外科无床"

Instance: demo-dispatched
InstanceOf: Provenance
Usage: #example
Title: "演示:调度记录 Demo: record of a dispatch"
* insert Demo
* target = Reference(demo-task)
* recorded = "2025-03-10T09:05:00+08:00"
* activity = ProvenanceActivityCS#dispatched
* agent.who = Reference(demo-dispatcher-role)
* reason.text = "区医院外科无床"

Instance: demo-match-call
InstanceOf: Parameters
Usage: #example
Title: "演示:患者匹配请求 Demo: a call of $match"
* parameter[0].name = "resource"
* parameter[0].resource = demo-match-patient
* parameter[1].name = "onlyCertainMatches"
* parameter[1].valueBoolean = false

Instance: demo-match-patient
InstanceOf: Patient
Usage: #inline
* identifier.system = $CIN
* identifier.value = "37020019680412022X"
* name.text = "刘桂兰"
* birthDate = "1968-04-12"

Instance: demo-refusal
InstanceOf: OperationOutcome
Usage: #example
Title: "演示:拒绝的回答 Demo: a refusal"
Description: "带规则编号、FHIRPath 与中英文说明。 With the rule id, the FHIRPath and a text in both languages."
* issue.severity = #error
* issue.code = #business-rule
* issue.details = RuleCS#REF-CONSENT
* issue.diagnostics = "转诊缺知情同意:请添加扩展 referral-consent。 The referral has no consent: add the extension referral-consent."
* issue.expression = "ServiceRequest.extension"

RuleSet: Entry(uuid, instance, type)
* entry[+].fullUrl = "urn:uuid:{uuid}"
* entry[=].resource = {instance}
* entry[=].request.method = #POST
* entry[=].request.url = "{type}"

Instance: demo-transaction
InstanceOf: Bundle
Usage: #example
Title: "演示:一次提交整个转诊 Demo: a whole referral in one transaction"
Description: "就诊、同意书、资料、申请、组任务与子任务一次提交,要么全部成立,要么全不成立。患者与机构已登记。 Encounter, consent, package, request, group task and child task in one transaction, all or nothing. Patient and organisations are registered already."
* type = #transaction
* insert Entry([[10000000-0000-4000-8000-000000000001]], tx-visit, Encounter)
* insert Entry([[10000000-0000-4000-8000-000000000002]], tx-consent, Consent)
* insert Entry([[10000000-0000-4000-8000-000000000003]], tx-medicine, MedicationStatement)
* insert Entry([[10000000-0000-4000-8000-000000000004]], tx-allergy, AllergyIntolerance)
* insert Entry([[10000000-0000-4000-8000-000000000005]], tx-report, DiagnosticReport)
* insert Entry([[10000000-0000-4000-8000-000000000006]], tx-summary, Composition)
* insert Entry([[10000000-0000-4000-8000-000000000007]], tx-referral, ServiceRequest)
* entry[=].request.ifNoneExist = "identifier=https://chc.demo.invalid/referral-number|R20250310003"
* insert Entry([[10000000-0000-4000-8000-000000000008]], tx-group-task, Task)
* insert Entry([[10000000-0000-4000-8000-000000000009]], tx-task, Task)

Instance: tx-visit
InstanceOf: MgEncounter
Usage: #inline
* meta.profile = Canonical(MgEncounter)
* insert Visit(finished, AMB, Patient/demo-zhang, Organization/demo-chc, [[2025-03-10T14:00:00+08:00]])
* period.end = "2025-03-10T14:20:00+08:00"
* reasonCode = $ICD10#E11.900 "2型糖尿病"

Instance: tx-consent
InstanceOf: MgConsent
Usage: #inline
* insert Agreed(Patient/demo-zhang, Organization/demo-chc, [[2025-03-10T14:15:00+08:00]], [[2025-04-09T23:59:59+08:00]])

Instance: tx-medicine
InstanceOf: MedicationStatement
Usage: #inline
* status = #active
* medicationCodeableConcept.text = "盐酸二甲双胍片 0.5 g"
* subject.reference = "Patient/demo-zhang"

Instance: tx-allergy
InstanceOf: AllergyIntolerance
Usage: #inline
* clinicalStatus = http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical#active
* verificationStatus = http://terminology.hl7.org/CodeSystem/allergyintolerance-verification#confirmed
* code.text = "青霉素"
* patient.reference = "Patient/demo-zhang"

Instance: tx-report
InstanceOf: DiagnosticReport
Usage: #inline
* status = #final
* code = $LOINC#4548-4
* code.text = "糖化血红蛋白"
* subject.reference = "Patient/demo-zhang"
* effectiveDateTime = "2025-03-08T08:00:00+08:00"
* issued = "2025-03-08T10:10:00+08:00"
* conclusion = "7.1 %"

Instance: tx-summary
InstanceOf: Composition
Usage: #inline
* status = #final
* type = $LOINC#57133-1
* subject.reference = "Patient/demo-zhang"
* encounter.reference = "urn:uuid:10000000-0000-4000-8000-000000000001"
* date = "2025-03-10T14:18:00+08:00"
* author.reference = "PractitionerRole/demo-chc-doctor-role"
* title = "转诊（院）记录"
* section.title = "病情摘要"
* section.text.status = #generated
* section.text.div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">2 型糖尿病，两种药物后血糖仍未达标。</div>"

Instance: tx-referral
InstanceOf: MgReferral
Usage: #inline
* insert Refers(R20250310003, Q20250310003, up, outpatient, routine, Patient/demo-zhang, [[2025-03-10T14:20:00+08:00]])
* extension[consent].valueReference.reference = "urn:uuid:10000000-0000-4000-8000-000000000002"
* extension[criterion].valueCodeableConcept = UpCriterionCS#poor-control
* encounter.reference = "urn:uuid:10000000-0000-4000-8000-000000000001"
* requester.reference = "PractitionerRole/demo-chc-doctor-role"
* performerType = SpecialtyCS#03.07
* reasonCode = $ICD10#E11.900 "2型糖尿病"
* supportingInfo[0].reference = "urn:uuid:10000000-0000-4000-8000-000000000006"
* supportingInfo[1].reference = "urn:uuid:10000000-0000-4000-8000-000000000003"
* supportingInfo[2].reference = "urn:uuid:10000000-0000-4000-8000-000000000004"
* supportingInfo[3].reference = "urn:uuid:10000000-0000-4000-8000-000000000005"

RuleSet: Drafted
* status = #requested
* intent = #order
* groupIdentifier.type = IdentifierTypeCS#PGN
* groupIdentifier.system = "https://chc.demo.invalid/requisition"
* groupIdentifier.value = "Q20250310003"
* for.reference = "Patient/demo-zhang"
* authoredOn = "2025-03-10T14:20:00+08:00"
* requester.reference = "PractitionerRole/demo-chc-doctor-role"

Instance: tx-group-task
InstanceOf: MgReferralGroupTask
Usage: #inline
* insert Drafted
* meta.tag[group] = WorkflowTagCS#referral-group

Instance: tx-task
InstanceOf: MgReferralTask
Usage: #inline
* insert Drafted
* partOf.reference = "urn:uuid:10000000-0000-4000-8000-000000000008"
* focus.reference = "urn:uuid:10000000-0000-4000-8000-000000000007"
* owner.reference = "HealthcareService/demo-dispatch"
* businessStatus = BusinessStatusCS#awaiting-dispatch

RuleSet: Catalogue(id, name)
* insert Definition(ConceptMap, {id}, {name})
* useContext.code = $UsageContext#venue
* useContext.valueReference = Reference(demo-lead)
* group.source = $ICD10

RuleSet: Maps(code, target)
* group.element[+].code = #{code}
* group.element[=].target.code = #{target}
* group.element[=].target.equivalence = #relatedto

Instance: demo-disease-class
InstanceOf: ConceptMap
Usage: #definition
Title: "演示:收治病种目录 Demo: admission catalogue"
* insert Catalogue(demo-disease-class, DemoDiseaseClass)
* title = "演示:收治病种目录 Demo: admission catalogue"
* description = "演示市中心医院的病种分类;useContext 指明医院。 The classes of disease of the demo lead hospital; useContext names the hospital."
* targetCanonical = "https://medgroup.example.org/fhir/ValueSet/disease-class"
* group.target = "https://medgroup.example.org/fhir/CodeSystem/disease-class"
* insert Maps(I21.900, strategic)
* insert Maps(I63.900, key)
* insert Maps(I83.900, general)
* insert Maps(I10.x00x002, controlled)

Instance: demo-lowest-tier
InstanceOf: ConceptMap
Usage: #definition
Title: "演示:病种最低层级 Demo: lowest tier of a disease"
* insert Catalogue(demo-lowest-tier, DemoLowestTier)
* title = "演示:病种最低层级 Demo: lowest tier of a disease"
* description = "能收治该病种的最低层级。 The lowest tier that should admit the disease."
* targetCanonical = "https://medgroup.example.org/fhir/ValueSet/tier"
* group.target = "https://medgroup.example.org/fhir/CodeSystem/tier"
* insert Maps(I21.900, 3)
* insert Maps(I63.900, 2)
* insert Maps(I83.900, 2)
* insert Maps(I10.x00x002, 1)
