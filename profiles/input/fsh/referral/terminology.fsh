CodeSystem: ReferralDirectionCS
Id: referral-direction
Title: "转诊方向 Direction of a referral"
Description: "方向与双方层级一致(REF-DIRECTION)。 The direction agrees with the tiers of both sides (REF-DIRECTION)."
* insert Complete
* insert Defined(up, 上转, Up, [[转向更高层级。 To a higher tier.]])
* insert Defined(down, 下转, Down, [[转向更低层级。 To a lower tier.]])
* insert Defined(lateral, 平转, Lateral, [[转向同级或特色门诊。 To the same tier or a feature clinic.]])
* insert Defined(emergency, 急诊转诊, Emergency, [[就近,不受集团限制,priority 为 stat。 The nearest one, inside the group or not; priority is stat.]])
* insert Defined(consult, 会诊, Consultation, [[患者不转移。 The patient stays.]])

CodeSystem: BusinessStatusCS
Id: business-status
Title: "业务状态 Business status"
Description: "Task.businessStatus:转诊任务在医院里走到哪一步。 How far a referral has come in practice."
* insert Complete
* insert Term(awaiting-dispatch, 待调度, Awaiting dispatch)
* insert Term(dispatched, 已调度, Dispatched)
* insert Term(slot-held, 已占号, Slot held)
* insert Term(booked, 已预约, Booked)
* insert Term(bed-reserved, 已留床, Bed reserved)
* insert Term(pre-admission-tests, 院前检查, Pre-admission tests)
* insert Term(checked-in, 已报到, Checked in)
* insert Term(admitted, 已入院, Admitted)
* insert Term(operated, 已手术, Operated)
* insert Term(ready-to-return, 可转回, Ready to return)
* insert Term(returned, 已转回, Returned)
* insert Term(feedback-sent, 已回执, Feedback sent)
* insert Term(no-show, 未到, Did not come)
* insert Term(timed-out, 已超时, Timed out)
* insert Term(redirected, 已改派, Redirected)
* insert Term(patient-declined, 患者拒绝, Declined by the patient)

CodeSystem: UpCriterionCS
Id: up-criterion
Title: "上转指征 Upward criterion"
Description: "可以上转的情形。 When a patient may be referred upwards."
* insert Complete
* insert Term(emergency, 急危重症, Emergency or critical)
* insert Term(unclear-diagnosis, 诊断不明或两次以上规范治疗无效, Unclear diagnosis or two or more regular treatments failed)
* insert Term(not-available, 需要本机构没有的手术或检查, Needs an operation or test not available here)
* insert Term(notifiable-infection, 依法须转诊的传染病, Infectious disease that the law refers)
* insert Term(poor-control, 慢性病控制不佳, Chronic disease under poor control)

CodeSystem: DownCriterionCS
Id: down-criterion
Title: "下转指征 Downward criterion"
Description: "可以下转的情形。 When a patient may be referred downwards."
* insert Complete
* insert Term(stable, 诊断明确、急性期后病情稳定, Diagnosis clear and stable after the acute phase)
* insert Term(rehabilitation, 需要康复, Needs rehabilitation)
* insert Term(long-term-therapy, 慢性病长期治疗, Long-term therapy of a chronic disease)
* insert Term(palliative, 晚期姑息治疗, Palliative care)
* insert Term(elderly-nursing, 老年护理, Nursing of the elderly)

CodeSystem: ExternalChoiceCS
Id: external-choice
Title: "集团外就诊原因 Why outside the group"
Description: "转到集团外的原因:计量,不阻拦。 Why a referral leaves the group: measured, not blocked."
* insert Complete
* insert Term(patient-choice, 患者选择, Choice of the patient)
* insert Term(capability, 集团内无此能力, The group lacks the ability)
* insert Term(emergency, 急诊就近, Nearest in an emergency)
* insert Term(insurance, 医保原因, Insurance)
* insert Term(out-of-grid, 患者来自网格外, The patient lives outside the grid)

CodeSystem: DiseaseClassCS
Id: disease-class
Title: "病种分类 Class of disease"
Description: "收治病种目录的四类。 The four classes of the admission catalogue."
* insert Complete
* insert Term(strategic, 战略病种, Strategic)
* insert Term(key, 重点病种, Key)
* insert Term(general, 一般病种, General)
* insert Defined(controlled, 控制病种, Controlled, [[应由下级机构收治(CAT-RESTRICTED)。 Belongs to a lower tier (CAT-RESTRICTED).]])

CodeSystem: CatalogueExemptionCS
Id: catalogue-exemption
Title: "限定收治豁免 Exemption from the catalogue"
Description: "控制病种仍可收治的理由,须附文字;写在转诊的 referral-criterion 或就诊的 reasonCode。 Why a controlled disease is admitted all the same, with a text; in referral-criterion of a referral or reasonCode of an encounter."
* insert Complete
* insert Term(emergency, 急诊, Emergency)
* insert Term(severe-comorbidity, 严重合并症, Severe comorbidity)
* insert Term(complication, 并发症, Complication)
* insert Term(teaching, 教学需要, Teaching)
* insert Term(patient-insists, 患者坚持, The patient insists)

CodeSystem: StatusReasonCS
Id: status-reason
Title: "状态原因 Reason of a status"
Description: "拒绝、取消、暂停、失败的原因。 Why a referral was rejected, cancelled, held or failed."
* insert Complete
* insert Term(no-capacity, 无床位或号源, No bed or slot)
* insert Term(wrong-service, 不属本科室范围, Not our service)
* insert Term(not-indicated, 无转诊指征, No indication)
* insert Term(incomplete, 资料不全, Papers incomplete)
* insert Term(patient-declined, 患者拒绝, The patient declined)
* insert Term(timed-out, 超时未应答, No answer in time)
* insert Term(left, 离院, Left)
* insert Term(died, 死亡, Died)
* insert Term(no-show, 未到, Did not come)
* insert Term(waiting, 等待条件具备, Waiting)

CodeSystem: WorkflowTagCS
Id: workflow-tag
Title: "流程标签 Workflow tag"
Description: "写在 meta.tag。 Set in meta.tag."
* insert Complete
* insert Defined(referral-group, 转诊组任务, Group task of a referral, [[同一申请的总任务,状态由服务器推算。 The one task above all of a requisition; the server derives its status.]])
* insert Defined(catalogue-override, 限定病种收治记录, Admission of a controlled disease, [[服务器写在 Provenance 上,用于计数(CAT-RESTRICTED)。 Set by the server on a Provenance, which is counted (CAT-RESTRICTED).]])

CodeSystem: TaskOutputCS
Id: task-output
Title: "任务产出 Output of a task"
Description: "转诊任务的产出。 What a referral task yields."
* insert Complete
* insert Term(feedback, 回执或出院小结, Feedback or discharge summary)
* insert Term(appointment, 预约, Appointment)
* insert Term(encounter, 就诊, Encounter)
* insert Defined(identity-decision, 身份核对结论, Decision on identity, [[identity-review 任务的结论。 What a task identity-review came to.]])

CodeSystem: TaskCodeCS
Id: task-code
Title: "任务类型 Kind of task"
Description: "转诊以外的任务类型(Task.code)。 Kinds of task beside referrals (Task.code)."
* insert Complete
* insert Defined(identity-review, 身份核对, Identity review, [[同一身份证号而姓名或出生日期矛盾:focus 与 for 是两份患者档案,由人判断是否同一人。 One identity number and contradicting names or birth dates: focus and for are two patient records; somebody decides whether they are one person.]])

CodeSystem: IdentityDecisionCS
Id: identity-decision
Title: "身份核对结论 Decision on identity"
Description: "identity-review 任务 output 的取值。 Values of the output of a task identity-review."
* insert Complete
* insert Defined(same-person, 同一人, One person, [[服务器关联两份档案。 The server links the records.]])
* insert Defined(different-persons, 不是同一人, Two people, [[服务器解除关联,且不再自动关联。 The server takes the link away and sets it no more.]])

CodeSystem: ConsentCategoryCS
Id: consent-category
Title: "同意书类别 Category of consent"
Description: "项目用到的同意书类别。 Categories of consent of the project."
* insert Complete
* insert Term(referral, 转诊知情同意, Consent to a referral)

CodeSystem: ProvenanceActivityCS
Id: provenance-activity
Title: "来源活动 Activity of a provenance"
Description: "服务器或机构在 Provenance 中记下的活动。 What a Provenance says was done."
* insert Complete
* insert Term(dispatched, 调度, Dispatched)
* insert Term(timed-out, 超时升级, Escalated after a time-out)
* insert Defined(catalogue-override, 收治限定病种, Controlled disease admitted, [[target 为就诊或转诊,reason 为豁免理由。 target is the encounter or referral, reason the exemption.]])
* insert Defined(merged, 机构合并, Merged, [[target 为存续机构,entity 为并入的旧机构。 target is the successor, entity the hospital that was merged.]])

CodeSystem: ChestPainTimeCS
Id: chest-pain-time
Title: "胸痛时间节点 Chest pain timeline"
Description: "胸痛救治的时间节点,先后不得颠倒(CP-ORDER)。 The points of time of chest pain care, which keep their order (CP-ORDER)."
* insert Complete
* insert Term(chest-pain-timeline, 胸痛时间轴, Chest pain timeline)
* insert Term(onset, 发病, Onset)
* insert Term(first-medical-contact, 首次医疗接触, First medical contact)
* insert Term(first-ecg, 首份心电图, First ECG)
* insert Term(ecg-transmitted, 心电图传输, ECG transmitted)
* insert Term(diagnosis, 确诊, Diagnosis)
* insert Term(thrombolysis-start, 溶栓开始, Thrombolysis started)
* insert Term(door-out, 离开转出医院, Door out)
* insert Term(door-in, 到达接收医院, Door in)
* insert Term(cath-lab-activation, 导管室启动, Catheter laboratory activated)
* insert Term(wire-crossing, 导丝通过, Wire crossing)

CodeSystem: RuleCS
Id: rule
Title: "规则 Rule"
Description: "OperationOutcome.issue.details.coding 中的规则编号;http 为强制模式下的状态码。 The rule ids of OperationOutcome.issue.details.coding; http is the status in enforce mode."
* insert Complete
* ^property[0].code = #http
* ^property[0].type = #integer
* ^property[0].description = "强制模式下的 HTTP 状态码 HTTP status in enforce mode"
* insert Rule(GEN-ID-CHECKSUM, 身份证号校验, Check digit of the citizen identity number, 422)
* insert Rule(GEN-ID-BIRTH, 身份证号与出生日期一致, Identity number agrees with birth date, 422)
* insert Rule(GEN-ID-SEX, 身份证号与性别一致, Identity number agrees with sex, 422)
* insert Rule(GEN-ORG-USCC, 统一社会信用代码校验, Check digits of the social credit code, 422)
* insert Rule(GEN-IFMATCH, 更新须带版本, Update without the version read, 428)
* insert Rule(GEN-DUP-PATIENT, 同一机构内患者重复, Patient twice in one organisation, 409)
* insert Rule(GOV-LEAD, 集团只有一家牵头医院, One lead hospital in a group, 409)
* insert Rule(GOV-DOUBLE, 不得同时属于两个紧密型集团, Member of two tight groups, 409)
* insert Rule(GOV-CYCLE, 上级机构成环, Organisation is part of itself, 422)
* insert Rule(GRID-OVERLAP, 网格重叠, Grids overlap, 409)
* insert Rule(REF-CONSENT, 缺知情同意, Consent missing, 422)
* insert Rule(REF-NOVISIT, 缺本次就诊, No originating encounter, 422)
* insert Rule(REF-DIRECTION, 方向与层级不符, Direction does not agree with the tiers, 422)
* insert Rule(REF-CRITERION, 缺转诊指征, Criterion missing, 422)
* insert Rule(REF-NOTMEMBER, 双方不在同一集团, The two sides share no group, 422)
* insert Rule(REF-LEVEL, 越级上转, More than one tier skipped, 422)
* insert Rule(REF-CAPABILITY, 接收方不能提供此服务, Target cannot offer the service, 422)
* insert Rule(REF-DUP, 重复转诊, Same referral already active, 409)
* insert Rule(REF-REPEAT, 同一转诊重复预约, Second booking for one requisition, 409)
* insert Rule(REF-PACKAGE, 转诊资料不全, Referral package incomplete, 422)
* insert Rule(REF-OWNER, 无权操作此任务, Not yours to move, 403)
* insert Rule(REF-STATE, 状态不允许, Transition not allowed, 409)
* insert Rule(REF-FEEDBACK, 缺回执, Feedback document missing, 422)
* insert Rule(REF-DOWNPLAN, 下转缺照护计划, Step-down without a plan, 422)
* insert Rule(REF-TIME, 应答时限, Time to answer, 200)
* insert Rule(CAT-RESTRICTED, 限定收治病种, Controlled disease, 422)
* insert Rule(CP-NEAREST, 未选最近的胸痛中心, Not the nearest chest pain centre, 200)
* insert Rule(CP-ORDER, 胸痛时间颠倒, Timeline out of order, 422)
* insert Rule(FEE-WAIVER, 不符合先诊疗后付费, Waiver not justified, 422)
* insert Rule(FEE-NOTDESIGNATED, 非医保定点机构, Not a designated institution, 422)

RuleSet: Rule(code, zh, en, http)
* insert Term({code}, {zh}, {en})
* #{code} ^property[0].code = #http
* #{code} ^property[0].valueInteger = {http}

ValueSet: ReferralDirectionVS
Id: referral-direction
Title: "转诊方向 Direction of a referral"
Description: "全部方向。 Every direction."
* insert WholeSystem(ReferralDirectionCS)

ValueSet: BusinessStatusVS
Id: business-status
Title: "业务状态 Business status"
Description: "全部业务状态。 Every business status."
* insert WholeSystem(BusinessStatusCS)

ValueSet: ReferralCriterionVS
Id: referral-criterion
Title: "转诊指征 Criterion of a referral"
Description: "上转指征、下转指征与限定收治豁免。 Upward and downward criteria and exemptions from the catalogue."
* ^experimental = false
* include codes from system UpCriterionCS
* include codes from system DownCriterionCS
* include codes from system CatalogueExemptionCS

ValueSet: ExternalChoiceVS
Id: external-choice
Title: "集团外就诊原因 Why outside the group"
Description: "全部原因。 Every reason."
* insert WholeSystem(ExternalChoiceCS)

ValueSet: DiseaseClassVS
Id: disease-class
Title: "病种分类 Class of disease"
Description: "四类病种。 The four classes."
* insert WholeSystem(DiseaseClassCS)

ValueSet: StatusReasonVS
Id: status-reason
Title: "状态原因 Reason of a status"
Description: "全部原因。 Every reason."
* insert WholeSystem(StatusReasonCS)

ValueSet: TaskOutputVS
Id: task-output
Title: "任务产出 Output of a task"
Description: "全部产出。 Every output."
* insert WholeSystem(TaskOutputCS)

ValueSet: RuleVS
Id: rule
Title: "规则 Rule"
Description: "全部规则编号。 Every rule id."
* insert WholeSystem(RuleCS)
