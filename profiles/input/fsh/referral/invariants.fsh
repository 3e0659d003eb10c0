// A key in capitals is a rule id of CodeSystem/rule. Severity error: national standards and structure, for everyone.
// Severity warning: a rule whose mode (off, advise, enforce) a group sets in its rule pack; the profile only points at it.

Invariant: mg-referral-stat
Description: "急诊转诊(direction=emergency)的 priority 应为 stat。 An emergency referral has priority stat."
* severity = #error
* expression = "category.coding.where(system = 'https://medgroup.example.org/fhir/CodeSystem/referral-direction' and code = 'emergency').exists().not() or priority = 'stat'"
* requirements = "应答时限按 priority 计算。 The time to answer follows from the priority."

Invariant: REF-CONSENT
Description: "转诊要有知情同意(急诊可后补)。 A referral names the consent (an emergency may add it later)."
* severity = #warning
* expression = "status = 'draft' or category.coding.where(system = 'https://medgroup.example.org/fhir/CodeSystem/referral-direction' and code = 'emergency').exists() or extension.where(url = 'https://medgroup.example.org/fhir/StructureDefinition/referral-consent').exists()"
* requirements = "国卫办医政发〔2024〕21号:经知情同意。 The notice of 2024 asks for informed consent. 是否拒绝由规则包决定。 The rule pack decides whether it is refused."

Invariant: REF-NOVISIT
Description: "转诊要有本次就诊(encounter)。 A referral names the encounter it comes from."
* severity = #warning
* expression = "status = 'draft' or encounter.exists()"
* requirements = "不得未经诊治直接转诊。 Nobody is referred without having been seen. 是否拒绝由规则包决定。 The rule pack decides whether it is refused."

Invariant: REF-CRITERION
Description: "上转要有上转指征,下转要有下转指征。 An upward referral names an upward criterion, a downward one a downward criterion."
* severity = #warning
* expression = "status = 'draft' or ((category.coding.where(system = 'https://medgroup.example.org/fhir/CodeSystem/referral-direction' and code = 'up').exists().not() or extension.where(url = 'https://medgroup.example.org/fhir/StructureDefinition/referral-criterion').value.coding.where(system = 'https://medgroup.example.org/fhir/CodeSystem/up-criterion').exists()) and (category.coding.where(system = 'https://medgroup.example.org/fhir/CodeSystem/referral-direction' and code = 'down').exists().not() or extension.where(url = 'https://medgroup.example.org/fhir/StructureDefinition/referral-criterion').value.coding.where(system = 'https://medgroup.example.org/fhir/CodeSystem/down-criterion').exists()))"
* requirements = "指征说明为什么转。 The criterion says why. 是否拒绝由规则包决定。 The rule pack decides whether it is refused."

Invariant: mg-task-reason
Description: "拒绝、失败、暂停要有原因(statusReason)。 A rejected, failed or on-hold task has a reason (statusReason)."
* severity = #error
* expression = "(status = 'rejected' or status = 'failed' or status = 'on-hold').not() or statusReason.exists()"
* requirements = "没有原因,发起方不知道怎样改。 Without it the placer cannot know what to change."

Invariant: REF-FEEDBACK
Description: "完成的转诊要有回执或出院小结(output)。 A completed referral has its feedback document (output)."
* severity = #warning
* expression = "status != 'completed' or output.where(type.coding.where(system = 'https://medgroup.example.org/fhir/CodeSystem/task-output' and code = 'feedback').exists()).exists()"
* requirements = "闭环:转出方要看到结果。 The loop closes when the sender sees the result. 是否拒绝由规则包决定。 The rule pack decides whether it is refused."

Invariant: mg-referral-diagnosis
Description: "每个 reasonCode 要有一个 ICD-10 编码(国家临床版、医保版、CDA 版或国际版)。 Every reasonCode has a code of an edition of ICD-10 (national clinical, insurance, CDA or international)."
* severity = #error
* expression = "reasonCode.all(coding.where(system = 'https://medgroup.example.org/fhir/CodeSystem/icd-10-cn-clinical' or system = 'https://medgroup.example.org/fhir/CodeSystem/icd-10-cn-nhsa' or system = 'urn:oid:2.16.156.10011.2.3.3.11.3' or system = 'http://hl7.org/fhir/sid/icd-10').exists())"
* requirements = "转诊诊断是转诊单的必填项,须能统计与查重。 The diagnosis is mandatory on every referral form; it is counted and compared."
