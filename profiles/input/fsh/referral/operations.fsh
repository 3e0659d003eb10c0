RuleSet: Definition(kind, id, name)
* url = "https://medgroup.example.org/fhir/{kind}/{id}"
* name = "{name}"
* status = #active
* experimental = false

RuleSet: Parameter(name, use, min, max, type, documentation)
* parameter[+].name = #{name}
* parameter[=].use = #{use}
* parameter[=].min = {min}
* parameter[=].max = "{max}"
* parameter[=].type = #{type}
* parameter[=].documentation = "{documentation}"

Instance: task-dispatch
InstanceOf: OperationDefinition
Usage: #definition
Title: "调度 Dispatch a referral"
* insert Definition(OperationDefinition, task-dispatch, TaskDispatch)
* title = "调度 Dispatch a referral"
* kind = #operation
* affectsState = true
* description = "调度员把状态为 requested 的转诊任务交给一个接收方:设 owner,businessStatus 为 dispatched,并写 Provenance。接收方须在用、提供所请求的服务、层级合适;否则 422 REF-CAPABILITY。不是调度员:403 REF-OWNER。状态不对:409 REF-STATE。已分派过的任务须带 If-Match 才能改派。同一 Idempotency-Key 重发得到同一结果。 A dispatcher hands a referral task in status requested to a receiver: owner is set, businessStatus becomes dispatched, a Provenance is written. The target must be active, offer the service asked for and be of a fitting tier, else 422 REF-CAPABILITY. Not a dispatcher: 403 REF-OWNER. Another status: 409 REF-STATE. A task that was dispatched already is handed on only with If-Match. A retry with the same Idempotency-Key gets the same answer."
* code = #dispatch
* resource = #Task
* system = false
* type = false
* instance = true
* insert Parameter(target, in, 1, 1, Reference, [[接收方:HealthcareService 或 Organization。 The receiver: a HealthcareService or an Organization.]])
* parameter[=].targetProfile[0] = "http://hl7.org/fhir/StructureDefinition/HealthcareService"
* parameter[=].targetProfile[1] = "http://hl7.org/fhir/StructureDefinition/Organization"
* insert Parameter(reason, in, 0, 1, string, [[为什么选它。 Why this one.]])
* insert Parameter(return, out, 1, 1, Task, [[移交后的任务。 The task after it was handed over.]])

Instance: healthcareservice-nearest
InstanceOf: OperationDefinition
Usage: #definition
Title: "就近查找 Nearest service"
* insert Definition(OperationDefinition, healthcareservice-nearest, HealthcareServiceNearest)
* title = "就近查找 Nearest service"
* kind = #operation
* affectsState = false
* description = "按直线距离由近到远列出在给定时刻开放、在用的服务,不看集团;胸痛中心与胸痛救治单元须已通过认证(characteristic=accredited)。按 availableTime、notAvailable 判断开放,未写时间的视为开放;位置或所属机构已停用的不列。返回 searchset,距离在 entry.search 的扩展 location-distance 里,单位 km。 Lists the services that are active and open at the given time, nearest first by straight line, whatever their group; chest pain centres and units are accredited (characteristic=accredited). availableTime and notAvailable tell when they are open, without times they are; where the location or the organisation is no longer in use, none is listed. Answers a searchset; the distance in km is the extension location-distance of entry.search."
* code = #nearest
* resource = #HealthcareService
* system = false
* type = true
* instance = false
* insert Parameter(code, in, 1, 1, code, [[服务类型(CodeSystem service-type),例如 chest-pain-centre。 Kind of service (CodeSystem service-type), such as chest-pain-centre.]])
* insert Parameter(lat, in, 1, 1, decimal, [[纬度,度(WGS 84)。 Latitude in degrees (WGS 84).]])
* insert Parameter(lng, in, 1, 1, decimal, [[经度,度(WGS 84)。 Longitude in degrees (WGS 84).]])
* insert Parameter(at, in, 0, 1, dateTime, [[时刻;缺省为现在。 The time; now when absent.]])
* insert Parameter(count, in, 0, 1, integer, [[最多返回几个;缺省 10。 How many at most; 10 when absent.]])
* insert Parameter(return, out, 1, 1, Bundle, [[由近到远的 HealthcareService 及其 Location。 HealthcareServices, nearest first, with their Locations.]])

Instance: patient-match
InstanceOf: OperationDefinition
Usage: #definition
Title: "患者匹配 Patient match"
* insert Definition(OperationDefinition, patient-match, PatientMatch)
* title = "患者匹配 Patient match"
* kind = #query
* affectsState = false
* base = "http://hl7.org/fhir/OperationDefinition/Patient-match"
* description = "按校验过的身份证号(或服务器的主索引号),其次按姓名(含拼音与首字母)、出生日期、电话、性别找人。entry.search 带 score(0 至 1)与扩展 match-grade:certain(号码相同且姓名、出生日期不矛盾)、probable、possible;姓名加出生日期只是 possible。号码不同的不列。各项权重在规则包 GEN-DUP-PATIENT 的参数 match-… 里。跨机构的同一人被关联,不被合并。 Finds a person by checked identity number (or the server's master index number), then by name (pinyin and initials too), birth date, phone and gender. entry.search carries score (0 to 1) and the extension match-grade: certain (the same number, name and birth date not contradicting), probable or possible; name and birth date alone are possible. Another number: not listed. The weights are the parameters match-… of GEN-DUP-PATIENT in the rule pack. One person in two organisations is linked, not merged."
* code = #match
* resource = #Patient
* system = false
* type = true
* instance = false
* insert Parameter(resource, in, 1, 1, Resource, [[要找的 Patient,知道多少写多少。 The Patient to find, as much as is known.]])
* insert Parameter(onlyCertainMatches, in, 0, 1, boolean, [[只要确定的。 Only certain matches.]])
* insert Parameter(count, in, 0, 1, integer, [[最多返回几个。 How many at most.]])
* insert Parameter(return, out, 1, 1, Bundle, [[searchset,最可能的在前。 A searchset, most likely first.]])

RuleSet: Search(id, code, base, type, expression)
* url = "https://medgroup.example.org/fhir/SearchParameter/{id}"
* status = #active
* experimental = false
* code = #{code}
* base[0] = #{base}
* type = #{type}
* expression = "{expression}"
* xpathUsage = #normal

Instance: task-due
InstanceOf: SearchParameter
Usage: #definition
Title: "应答期限 due"
* insert Search(task-due, due, Task, date, Task.restriction.period.end)
* name = "TaskDue"
* description = "任务的期限(restriction.period.end)。 When the task is due (restriction.period.end)."
* comparator[0] = #eq
* comparator[1] = #ne
* comparator[2] = #gt
* comparator[3] = #ge
* comparator[4] = #lt
* comparator[5] = #le
* comparator[6] = #sa
* comparator[7] = #eb

Instance: task-tag
InstanceOf: SearchParameter
Usage: #definition
Title: "任务标签 tag"
* insert Search(task-tag, tag, Task, token, Task.meta.tag)
* name = "TaskTag"
* description = "任务的标签,例如 referral-group。 A tag of the task, such as referral-group."

Instance: conceptmap-venue
InstanceOf: SearchParameter
Usage: #definition
Title: "目录所属医院 venue"
* insert Search(conceptmap-venue, venue, ConceptMap, reference, [[ConceptMap.useContext.where(code.code = 'venue').value.ofType(Reference)]])
* name = "ConceptMapVenue"
* description = "收治病种目录所属的医院(useContext 的 venue)。 The hospital whose catalogue a concept map is (useContext venue)."
* target[0] = #Organization

Instance: organization-tier
InstanceOf: SearchParameter
Usage: #definition
Title: "层级 tier"
* insert Search(organization-tier, tier, Organization, token, [[Organization.type.coding.where(system = 'https://medgroup.example.org/fhir/CodeSystem/tier')]])
* name = "OrganizationTier"
* description = "机构的层级,0 至 4。 The tier of an organisation, 0 to 4."

Instance: clock
InstanceOf: OperationDefinition
Usage: #definition
Title: "服务器时钟 Clock of the server"
* insert Definition(OperationDefinition, clock, Clock)
* title = "服务器时钟 Clock of the server"
* kind = #operation
* affectsState = true
* description = "演示与测试用:以 FHIRSERVER_CLOCK 启动的服务器才有。GET 看时间;管理员(不带 X-Caller)POST 把时钟向前调到某一时刻或一段时长之后,答复返回时所有进程已用新时间;不晚于现在:409。 For shows and tests, on a server started with FHIRSERVER_CLOCK only. GET tells the time; an administrator (without X-Caller) moves the clock forward by POST, to an instant or by a duration, and when the answer comes every process has the new time. Not later than now: 409."
* code = #clock
* system = true
* type = false
* instance = false
* insert Parameter(to, in, 0, 1, instant, [[调到的时刻。 The time to move it to.]])
* insert Parameter(by, in, 0, 1, Duration, [[向前多久:ms、s、min、h、d、wk。 How far forward: ms, s, min, h, d, wk.]])
* insert Parameter(now, out, 1, 1, instant, [[现在的时刻。 The time it is.]])
