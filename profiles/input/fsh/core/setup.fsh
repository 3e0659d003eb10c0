// The demo group as one transaction: PUT by id, so it can be sent again.
RuleSet: Put(id, type)
* entry[+].fullUrl = "https://medgroup.example.org/fhir/{type}/{id}"
* entry[=].resource = {id}
* entry[=].request.method = #PUT
* entry[=].request.url = "{type}/{id}"

Instance: demo-setup
InstanceOf: Bundle
Usage: #example
Title: "演示:建立集团 Demo: set up the group"
Description: "机构、成员关系、网格、位置、人员、岗位、服务与患者。 Organisations, affiliations, grid, locations, staff, roles, services and patients."
* type = #transaction
* insert Put(demo-group, Organization)
* insert Put(demo-lead, Organization)
* insert Put(demo-district, Organization)
* insert Put(demo-chc, Organization)
* insert Put(demo-station, Organization)
* insert Put(demo-private, Organization)
* insert Put(demo-outside, Organization)
* insert Put(demo-merged, Organization)
* insert Put(demo-affiliation-lead, OrganizationAffiliation)
* insert Put(demo-affiliation-district, OrganizationAffiliation)
* insert Put(demo-affiliation-chc, OrganizationAffiliation)
* insert Put(demo-affiliation-station, OrganizationAffiliation)
* insert Put(demo-affiliation-private, OrganizationAffiliation)
* insert Put(demo-affiliation-dispatch, OrganizationAffiliation)
* insert Put(demo-grid, Location)
* insert Put(demo-lead-campus, Location)
* insert Put(demo-district-campus, Location)
* insert Put(demo-outside-campus, Location)
* insert Put(demo-chc-doctor, Practitioner)
* insert Put(demo-lead-doctor, Practitioner)
* insert Put(demo-lead-clerk, Practitioner)
* insert Put(demo-dispatch-clerk, Practitioner)
* insert Put(demo-district-clerk, Practitioner)
* insert Put(demo-chc-doctor-role, PractitionerRole)
* insert Put(demo-lead-doctor-role, PractitionerRole)
* insert Put(demo-lead-office-role, PractitionerRole)
* insert Put(demo-district-office-role, PractitionerRole)
* insert Put(demo-dispatcher-role, PractitionerRole)
* insert Put(demo-dispatch, HealthcareService)
* insert Put(demo-lead-surgery, HealthcareService)
* insert Put(demo-district-surgery, HealthcareService)
* insert Put(demo-lead-chest-pain, HealthcareService)
* insert Put(demo-outside-chest-pain, HealthcareService)
* insert Put(demo-district-chest-pain, HealthcareService)
* insert Put(demo-chc-acupuncture, HealthcareService)
* insert Put(demo-liu, Patient)
* insert Put(demo-zhang, Patient)
* insert Put(demo-contract, CarePlan)
* insert Put(demo-merger, Provenance)
