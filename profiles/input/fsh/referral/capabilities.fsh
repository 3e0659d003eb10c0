RuleSet: Uses(type, profile)
* rest[=].resource[+].type = #{type}
* rest[=].resource[=].supportedProfile[0] = "https://medgroup.example.org/fhir/StructureDefinition/{profile}"

RuleSet: Does(code)
* rest[=].resource[=].interaction[+].code = #{code}

RuleSet: Finds(name, type)
* rest[=].resource[=].searchParam[+].name = "{name}"
* rest[=].resource[=].searchParam[=].type = #{type}

RuleSet: Operates(name, id)
* rest[=].resource[=].operation[+].name = "{name}"
* rest[=].resource[=].operation[=].definition = "https://medgroup.example.org/fhir/OperationDefinition/{id}"

RuleSet: Requirement(id, name)
* insert Definition(CapabilityStatement, {id}, {name})
* date = "2025-03-01"
* kind = #requirements
* fhirVersion = #4.0.1
* format[0] = #json
* implementationGuide = "https://medgroup.example.org/fhir/ImplementationGuide/medgroup.exchange"

RuleSet: ReadWrite
* insert Does(read)
* insert Does(create)
* insert Does(update)
* insert Does(search-type)

Instance: exchange-server
InstanceOf: CapabilityStatement
Usage: #definition
Title: "集团服务器 Server of the group"
* insert Requirement(exchange-server, ExchangeServer)
* title = "集团服务器 Server of the group"
* description = "集团服务器为成员提供的能力。工作流资源(Task)的更新须带 If-Match。 What the server of a group offers its members. An update of a workflow resource (Task) needs If-Match."
* format[1] = #xml
* rest[+].mode = #server
* rest[=].interaction[0].code = #transaction
* rest[=].interaction[1].code = #batch
* insert Uses(Patient, mg-patient)
* insert ReadWrite
* insert Finds(identifier, token)
* insert Finds(name, string)
* insert Finds(birthdate, date)
* insert Operates(match, patient-match)
* insert Uses(Practitioner, mg-practitioner)
* insert ReadWrite
* insert Finds(identifier, token)
* insert Uses(PractitionerRole, mg-practitioner-role)
* insert ReadWrite
* insert Finds(organization, reference)
* insert Finds(role, token)
* insert Uses(Organization, mg-organization)
* rest[=].resource[=].supportedProfile[1] = "https://medgroup.example.org/fhir/StructureDefinition/mg-group"
* insert ReadWrite
* insert Finds(identifier, token)
* insert Finds(name, string)
* insert Finds(partof, reference)
* insert Finds(tier, token)
* rest[=].resource[=].searchParam[=].definition = "https://medgroup.example.org/fhir/SearchParameter/organization-tier"
* insert Uses(OrganizationAffiliation, mg-affiliation)
* insert ReadWrite
* insert Finds(primary-organization, reference)
* insert Finds(participating-organization, reference)
* insert Finds(role, token)
* insert Finds(active, token)
* insert Uses(Location, mg-grid)
* insert ReadWrite
* insert Finds(near, special)
* insert Finds(type, token)
* insert Finds(identifier, token)
* insert Uses(HealthcareService, mg-healthcare-service)
* insert ReadWrite
* insert Finds(service-type, token)
* insert Finds(specialty, token)
* insert Finds(characteristic, token)
* insert Finds(organization, reference)
* insert Operates(nearest, healthcareservice-nearest)
* insert Uses(Encounter, mg-encounter)
* insert ReadWrite
* insert Finds(patient, reference)
* insert Finds(based-on, reference)
* insert Uses(Consent, mg-consent)
* insert ReadWrite
* insert Finds(patient, reference)
* insert Uses(ServiceRequest, mg-referral)
* insert ReadWrite
* insert Finds(requisition, token)
* insert Finds(identifier, token)
* insert Finds(category, token)
* insert Finds(patient, reference)
* insert Finds(performer, reference)
* insert Finds(requester, reference)
* insert Uses(Task, mg-referral-task)
* rest[=].resource[=].supportedProfile[1] = "https://medgroup.example.org/fhir/StructureDefinition/mg-referral-group-task"
* rest[=].resource[=].versioning = #versioned-update
* insert Does(read)
* insert Does(update)
* insert Does(patch)
* insert Does(search-type)
* insert Does(history-instance)
* insert Finds(owner, reference)
* insert Finds(requester, reference)
* insert Finds(status, token)
* insert Finds(business-status, token)
* insert Finds(group-identifier, token)
* insert Finds(focus, reference)
* insert Finds(due, date)
* rest[=].resource[=].searchParam[=].definition = "https://medgroup.example.org/fhir/SearchParameter/task-due"
* insert Finds(tag, token)
* rest[=].resource[=].searchParam[=].definition = "https://medgroup.example.org/fhir/SearchParameter/task-tag"
* insert Operates(dispatch, task-dispatch)

Instance: member-placer
InstanceOf: CapabilityStatement
Usage: #definition
Title: "转出方 Member that refers"
* insert Requirement(member-placer, MemberPlacer)
* title = "转出方 Member that refers"
* description = "转出机构的系统作为客户端须做到的:登记患者与就诊,提交转诊,查看进展,取消。 What the system of a referring member does as a client: register patient and encounter, send the referral, follow it, cancel it."
* rest[+].mode = #client
* rest[=].interaction[0].code = #transaction
* insert Uses(Patient, mg-patient)
* insert Does(create)
* insert Does(read)
* insert Operates(match, patient-match)
* insert Uses(Encounter, mg-encounter)
* insert Does(create)
* insert Uses(Consent, mg-consent)
* insert Does(create)
* insert Uses(ServiceRequest, mg-referral)
* insert Does(create)
* insert Does(read)
* insert Uses(HealthcareService, mg-healthcare-service)
* insert Does(search-type)
* insert Finds(service-type, token)
* insert Finds(specialty, token)
* insert Operates(nearest, healthcareservice-nearest)
* insert Uses(Task, mg-referral-task)
* insert Does(read)
* insert Does(search-type)
* insert Does(update)
* insert Finds(group-identifier, token)
* insert Finds(requester, reference)
* insert Finds(modified, date)

Instance: member-receiver
InstanceOf: CapabilityStatement
Usage: #definition
Title: "转入方 Member that receives"
* insert Requirement(member-receiver, MemberReceiver)
* title = "转入方 Member that receives"
* description = "转入机构的系统作为客户端须做到的:维护服务与岗位,轮询收件箱,应答,登记入院,送回执。成员无须自建 FHIR 服务器。 What the system of a receiving member does as a client: keep services and roles, poll the inbox, answer, register the admission, send the feedback. A member needs no FHIR server of its own."
* rest[+].mode = #client
* rest[=].interaction[0].code = #transaction
* insert Uses(HealthcareService, mg-healthcare-service)
* insert Does(create)
* insert Does(update)
* insert Uses(PractitionerRole, mg-practitioner-role)
* insert Does(create)
* insert Does(update)
* insert Uses(ServiceRequest, mg-referral)
* insert Does(read)
* insert Uses(Patient, mg-patient)
* insert Does(read)
* insert Uses(Encounter, mg-encounter)
* insert Does(create)
* insert Does(update)
* insert Uses(Task, mg-referral-task)
* insert Does(read)
* insert Does(search-type)
* insert Does(update)
* insert Finds(owner, reference)
* insert Finds(status, token)
* insert Finds(due, date)

Instance: member-server
InstanceOf: CapabilityStatement
Usage: #definition
Title: "成员自建服务器 Member with a server of its own"
* insert Requirement(member-server, MemberServer)
* title = "成员自建服务器 Member with a server of its own"
* description = "可选:成员自建 FHIR 服务器时,供其他成员读取其资料的最低要求。 Optional: what a member that runs a FHIR server of its own offers at least, so that others can read what a referral points at."
* rest[+].mode = #server
* insert Uses(Patient, mg-patient)
* insert Does(read)
* insert Uses(Encounter, mg-encounter)
* insert Does(read)
* insert Uses(ServiceRequest, mg-referral)
* insert Does(read)
