Extension: ReferralConsent
Id: referral-consent
Title: "转诊知情同意 Consent to the referral"
Description: "患者对本次转诊的知情同意;急诊可后补。 The patient's consent to this referral; an emergency may add it later."
* ^context[0].type = #element
* ^context[0].expression = "ServiceRequest"
* value[x] 1..1
* value[x] only Reference(Consent)

Extension: ReferralCriterion
Id: referral-criterion
Title: "转诊指征 Criterion met"
Description: "满足的上转或下转指征。 The upward or downward criterion that is met."
* ^context[0].type = #element
* ^context[0].expression = "ServiceRequest"
* value[x] 1..1
* value[x] only CodeableConcept
* valueCodeableConcept from ReferralCriterionVS (required)

Extension: ExternalChoice
Id: external-choice
Title: "集团外就诊原因 Why outside the group"
Description: "转到集团外的原因;只计量,不阻拦。 Why the referral leaves the group; measured, not blocked."
* ^context[0].type = #element
* ^context[0].expression = "ServiceRequest"
* value[x] 1..1
* value[x] only CodeableConcept
* valueCodeableConcept from ExternalChoiceVS (required)

Profile: MgReferral
Parent: ServiceRequest
Id: mg-referral
Title: "转诊申请 MgReferral"
Description: "把患者从一个机构转到另一个机构的申请。状态在任务里流转;同一申请的资源共用 requisition。 A request to move a patient from one organisation to another. Tasks carry its state; everything of one request shares the requisition."
* obeys mg-referral-stat and mg-referral-diagnosis and mg-icd-shape and REF-CONSENT and REF-NOVISIT and REF-CRITERION
* extension contains ReferralConsent named consent 0..1 MS and ReferralCriterion named criterion 0..* MS and ExternalChoice named externalChoice 0..1 MS
* identifier 1..* MS
* identifier ^slicing.discriminator.type = #pattern
* identifier ^slicing.discriminator.path = "type"
* identifier ^slicing.rules = #open
* identifier contains placer 1..1 MS and filler 0..1 MS
* identifier[placer] insert Shown(转诊单号, [[Number given by the placer; a retry with the same number is not a second referral]])
* identifier[placer].type 1..1
* identifier[placer].type = $v2-0203#PLAC
* identifier[placer].system 1..1
* identifier[placer].value 1..1
* identifier[filler] insert Shown(接收方编号, [[Number given by the receiver]])
* identifier[filler].type 1..1
* identifier[filler].type = $v2-0203#FILL
* identifier[filler].value 1..1
* requisition 1..1 MS
* requisition insert Shown(申请组号, [[Equal to Task.groupIdentifier]])
* requisition.system 1..1
* requisition.value 1..1
* intent = #order
* priority 1..1 MS
* category 1..* MS
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains direction 1..1 MS
* category[direction] insert Shown(转诊方向, Direction)
* category[direction] ^patternCodeableConcept.coding.system = "https://medgroup.example.org/fhir/CodeSystem/referral-direction"
* category[direction] from ReferralDirectionVS (required)
* code 1..1 MS
* code from ServiceTypeVS (extensible)
* code insert Shown(请求的服务, [[The service asked for, matched with HealthcareService.type]])
* subject only Reference(Patient)
* subject MS
* encounter MS
* encounter insert Shown(本次就诊, [[The encounter it comes from]])
* authoredOn 1..1 MS
* requester 1..1 MS
* requester only Reference(PractitionerRole)
* performerType MS
* performerType from SpecialtyVS (preferred)
* performerType insert Shown(请求的专科, [[The specialty asked for]])
* performer 0..1 MS
* performer only Reference(HealthcareService or Organization)
* performer insert Shown([[接收方;空则由调度中心分派]], [[The receiver; none means the dispatch centre decides]])
* reasonCode 1..* MS
* reasonCode from DiagnosisVS (required)
* supportingInfo MS
* supportingInfo insert Shown(转诊资料, [[The package: summary and current medicines and allergies and reports]])
* insurance MS

Profile: MgReferralGroupTask
Parent: Task
Id: mg-referral-group-task
Title: "转诊组任务 MgReferralGroupTask"
Description: "同一申请的总任务,始终存在;状态由服务器按子任务推算,不由客户端写。 The task above all tasks of one requisition. It always exists; the server derives its status, clients do not set it."
* meta.tag ^slicing.discriminator.type = #pattern
* meta.tag ^slicing.discriminator.path = "$this"
* meta.tag ^slicing.rules = #open
* meta.tag contains group 1..1 MS
* meta.tag[group] = WorkflowTagCS#referral-group
* groupIdentifier 1..1 MS
* groupIdentifier insert Shown(申请组号, [[Equal to ServiceRequest.requisition]])
* groupIdentifier.system 1..1
* groupIdentifier.value 1..1
* intent = #order
* focus 0..0
* for 1..1 MS
* for only Reference(Patient)
* authoredOn 1..1 MS
* requester 1..1 MS

Profile: MgReferralTask
Parent: Task
Id: mg-referral-task
Title: "转诊任务 MgReferralTask"
Description: "一个转诊申请的办理过程。谁可以把它从哪个状态移到哪个状态,见“转诊”页。 The handling of one referral. The page on referral says who may move it from which status to which."
* obeys mg-task-reason and REF-FEEDBACK
* partOf 1..1 MS
* partOf only Reference(Task)
* partOf insert Shown(组任务, [[The group task]])
* groupIdentifier 1..1 MS
* groupIdentifier.system 1..1
* groupIdentifier.value 1..1
* intent = #order
* focus 1..1 MS
* focus only Reference(ServiceRequest)
* for 1..1 MS
* for only Reference(Patient)
* authoredOn 1..1 MS
* requester 1..1 MS
* requester insert Shown(发起方, [[The placer]])
* owner MS
* owner only Reference(Organization or HealthcareService)
* owner insert Shown(接收方或调度中心, [[The receiver or the dispatch centre]])
* businessStatus MS
* businessStatus from BusinessStatusVS (required)
* statusReason MS
* statusReason from StatusReasonVS (extensible)
* restriction MS
* restriction.period MS
* restriction.period insert Shown([[应答期限,由服务器按 priority 设定]], [[When an answer is due; set by the server from the priority]])
* output MS
* output.type from TaskOutputVS (extensible)

Profile: MgConsent
Parent: Consent
Id: mg-consent
Title: "转诊知情同意书 MgConsent"
Description: "患者或家属对转诊与资料共享的同意。 The agreement of the patient or the family to a referral and to sharing its papers."
* scope = $ConsentScope#treatment
* category 1..* MS
* category ^slicing.discriminator.type = #pattern
* category ^slicing.discriminator.path = "$this"
* category ^slicing.rules = #open
* category contains referral 1..1 MS
* category[referral] = ConsentCategoryCS#referral
* patient 1..1 MS
* dateTime 1..1 MS
* performer 1..* MS
* performer only Reference(Patient or RelatedPerson)
* performer insert Shown(签署人, [[Who signed]])
* organization 1..* MS
* organization insert Shown(取得同意的机构, [[The organisation that asked]])
* provision 1..1 MS
* provision.type 1..1
* provision.type = #permit
* provision.period MS
* source[x] MS
