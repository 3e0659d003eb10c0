"""What a vendor's program does with the guide alone: groups, doctors, patients, referrals, over HTTP.

Everything a test makes has ids of its own, so the tests of all articles share one server.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from tests.support.client import Client, Reply

GUIDE = "https://medgroup.example.org/fhir"
CITIZEN = "urn:oid:2.16.156.10011.1.3"
USCC = f"{GUIDE}/NamingSystem/uscc"
DESIGNATED = f"{GUIDE}/NamingSystem/nhsa-org"
COMMUNITY = f"{GUIDE}/NamingSystem/community"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ICD = f"{GUIDE}/CodeSystem/icd-10-cn-clinical"
#: Where the requisitions of these tests have their numbers from.
NUMBERS = "https://vendor.invalid/requisition"
#: How often, and how long in all, a test waits for what the server does by itself.
PAUSE, PATIENCE = 0.1, 30.0

Resource = dict[str, Any]
_people = count(1)


# ---- small pieces ----------------------------------------------------------------------------------------------------


def concept(system: str, code: str, text: str | None = None) -> Resource:
    """A CodeableConcept of a code system of the guide."""
    made: Resource = {"coding": [{"system": f"{GUIDE}/CodeSystem/{system}", "code": code}]}
    return {**made, "text": text} if text else made


def extension(name: str, **value: Any) -> Resource:
    return {"url": f"{GUIDE}/StructureDefinition/{name}", **value}


def criterion(system: str, code: str, text: str | None = None) -> Resource:
    return extension("referral-criterion", valueCodeableConcept=concept(system, code, text))


def outside(code: str) -> Resource:
    return extension("external-choice", valueCodeableConcept=concept("external-choice", code))


def output(kind: str, **value: Any) -> Resource:
    return {"type": concept("task-output", kind), **value}


def business(task: Mapping[str, Any]) -> str | None:
    """The code of Task.businessStatus."""
    coding = task.get("businessStatus", {}).get("coding", [{}])
    code: str | None = coding[0].get("code")
    return code


def citizen(born: str, sex: str) -> str:
    """A citizen identity number of the area under which nobody is registered, with its check character (GB 11643)."""
    order = next(_people)
    digits = f"370200{born.replace('-', '')}{order % 100:02d}{(order // 100 * 2 + (sex == 'male')) % 10}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(int(each) * weight for each, weight in zip(digits, weights, strict=True)) % 11]


def narrative(text: str) -> Resource:
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>'}


def refusals(reply: Reply) -> set[str]:
    """The rules that an OperationOutcome names as errors or warnings."""
    return {
        issue["details"]["coding"][0]["code"]
        for issue in reply.resource["issue"]
        if issue["severity"] in ("error", "warning") and issue["details"]["coding"][0]["system"].endswith("/rule")
    }


# ---- a caller --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Caller:
    """Somebody who sends requests: ``PractitionerRole/x``, ``Organization/x``, or an administrator ("")."""

    client: Client
    name: str = ""

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """`headers` with underscores for dashes."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, body, {"X-Caller": self.name, **sent} if self.name else sent)

    def made(self, resource: Resource, **headers: str) -> Resource:
        """The resource after its creation, which must succeed."""
        reply = self.send("POST", f"/{resource['resourceType']}", resource, **headers)
        assert reply.status == 201, reply.body.decode()
        created: Resource = reply.resource
        return created

    def create(self, resource: Resource) -> str:
        """The reference of a new resource."""
        return f"{resource['resourceType']}/{self.made(resource)['id']}"

    def put(self, resource: Resource) -> Reply:
        return self.send("PUT", f"/{resource['resourceType']}/{resource['id']}", resource)

    def read(self, reference: str) -> Resource:
        reply = self.send("GET", f"/{reference}")
        assert reply.status == 200, reply.body.decode()
        found: Resource = reply.resource
        return found

    def found(self, query: str) -> list[Resource]:
        """What a search finds, included resources too."""
        reply = self.send("GET", f"/{query}")
        assert reply.status == 200, reply.body.decode()
        return [entry["resource"] for entry in reply.resource.get("entry", ())]

    def move(self, task: Mapping[str, Any], status: str, **changes: Any) -> Reply:
        """Read a task, change its status and more, and write it back with the version read; None takes away."""
        now = self.read(f"Task/{task['id']}")
        wanted = {name: each for name, each in {**now, "status": status, **changes}.items() if each is not None}
        return self.send("PUT", f"/Task/{task['id']}", wanted, If_Match=f'W/"{now["meta"]["versionId"]}"')

    def moved(self, task: Mapping[str, Any], status: str, **changes: Any) -> Resource:
        """As :meth:`move`, which must succeed: the task as it is now."""
        reply = self.move(task, status, **changes)
        assert reply.status == 200, reply.body.decode()
        now: Resource = reply.resource
        return now

    def dispatch(self, task: Mapping[str, Any], target: str, reason: str = "", **headers: str) -> Reply:
        """Task/{id}/$dispatch."""
        parameters: list[Resource] = [{"name": "target", "valueReference": {"reference": target}}]
        if reason:
            parameters.append({"name": "reason", "valueString": reason})
        body = {"resourceType": "Parameters", "parameter": parameters}
        return self.send("POST", f"/Task/{task['id']}/$dispatch", body, **headers)


# ---- the clock -------------------------------------------------------------------------------------------------------


def now(client: Client) -> datetime:
    return datetime.fromisoformat(client.get("/$clock").resource["parameter"][0]["valueInstant"])


def later(client: Client, **duration: float) -> str:
    """An instant so much later than the server's time."""
    return (now(client) + timedelta(**duration)).isoformat(timespec="seconds")


def forward(client: Client, unit: str, value: int) -> None:
    """Move the server's clock on."""
    by = {"value": value, "system": "http://unitsofmeasure.org", "code": unit}
    body = {"resourceType": "Parameters", "parameter": [{"name": "by", "valueDuration": by}]}
    assert client.post("/$clock", body).status == 200


# ---- a group ---------------------------------------------------------------------------------------------------------


@dataclass
class Group:
    """A medical group with a lead hospital (tier 3), a district hospital (2), a community centre (1), a station (0).

    Each has an office that answers, and a doctor; the lead hospital has the dispatch centre and its clerk.
    """

    client: Client
    kind: str = "tight"
    tag: str = field(default_factory=lambda: f"g{uuid4().hex[:8]}")

    def __post_init__(self) -> None:
        self.admin = Caller(self.client)
        entries = [{"resourceType": "Organization", "type": [concept("group-kind", self.kind)], "name": self.tag}]
        resources = [{**entries[0], "id": self.tag, "active": True}]
        for key, tier in (("lead", 3), ("district", 2), ("centre", 1), ("station", 0)):
            resources.append(self.organization(key, tier, partOf="centre" if key == "station" else None))
            resources.append(self.affiliation(key, "lead" if key == "lead" else "member"))
            resources += [self.role(key, "doctor"), self.role(key, "referral-office")]
        resources.append(self.role("lead", "dispatcher"))
        resources.append(self.service("dispatch", "lead", "dispatch"))
        resources.append(self.affiliation("lead", "dispatch"))
        for key in ("lead", "district"):
            resources.append(self.service(f"{key}-surgery", key, "inpatient", "outpatient", specialty="04"))
        resources.append(self.service("family", "centre", "family-doctor", "follow-up", "outpatient", specialty="02"))
        self.write(*resources)

    def write(self, *resources: Resource) -> None:
        """Store these together."""
        reply = self.put_all(*resources)
        assert reply.status == 200, reply.body.decode()

    def put_all(self, *resources: Resource) -> Reply:
        entries = [
            {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
            for each in resources
        ]
        return self.client.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries})

    # ---- what it consists of

    def id(self, key: str) -> str:
        return f"{self.tag}-{key}"

    def organization(self, key: str, tier: int | None = None, partOf: str | None = None, **more: Any) -> Resource:  # noqa: N803
        made: Resource = {"resourceType": "Organization", "id": self.id(key), "active": True, "name": self.id(key)}
        if tier is not None:
            made["type"] = [concept("tier", str(tier))]
        if partOf is not None:
            made["partOf"] = {"reference": f"Organization/{self.id(partOf)}"}
        return {**made, **more}

    def affiliation(self, key: str, role: str, **more: Any) -> Resource:
        return {
            "resourceType": "OrganizationAffiliation",
            "id": self.id(f"{key}-{role}"),
            "active": True,
            "period": {"start": "2023-07-01"},
            "organization": {"reference": f"Organization/{self.tag}"},
            "participatingOrganization": {"reference": f"Organization/{self.id(key)}"},
            "code": [concept("affiliation-role", role)],
            **more,
        }

    def role(self, key: str, *codes: str) -> Resource:
        return {
            "resourceType": "PractitionerRole",
            "id": self.id(f"{key}-{codes[0]}"),
            "active": True,
            "organization": {"reference": f"Organization/{self.id(key)}"},
            "code": [concept("practitioner-role", code) for code in codes],
        }

    def service(self, key: str, provider: str, *types: str, specialty: str | None = None, **more: Any) -> Resource:
        made: Resource = {
            "resourceType": "HealthcareService",
            "id": self.id(key),
            "active": True,
            "name": self.id(key),
            "providedBy": {"reference": f"Organization/{self.id(provider)}"},
            "type": [concept("service-type", type) for type in types],
        }
        if specialty is not None:
            made["specialty"] = [concept("specialty", specialty)]
        return {**made, **more}

    def member(self, key: str, tier: int, role: str = "member", **more: Any) -> None:
        """Take in another organisation, with a doctor and an office."""
        self.write(
            self.organization(key, tier, **more),
            self.affiliation(key, role),
            self.role(key, "doctor"),
            self.role(key, "referral-office"),
        )

    # ---- who calls

    def doctor(self, key: str) -> Caller:
        return Caller(self.client, f"PractitionerRole/{self.id(key)}-doctor")

    def office(self, key: str) -> Caller:
        return Caller(self.client, f"PractitionerRole/{self.id(key)}-referral-office")

    def body(self, key: str) -> Caller:
        return Caller(self.client, f"Organization/{self.id(key)}")

    @property
    def dispatcher(self) -> Caller:
        return Caller(self.client, f"PractitionerRole/{self.id('lead')}-dispatcher")

    def at(self, key: str) -> str:
        """A reference to a service of the group."""
        return f"HealthcareService/{self.id(key)}"

    # ---- patients

    def patient(self, name: str = "王演示", born: str = "1950-05-05", sex: str = "female", at: str = "centre") -> str:
        return self.admin.create(person(f"Organization/{self.id(at)}", name, born, sex))


def person(organization: str, name: str, born: str, sex: str, number: str | None = None) -> Resource:
    return {
        "resourceType": "Patient",
        "identifier": [{"system": CITIZEN, "value": number or citizen(born, sex)}],
        "active": True,
        "name": [{"use": "official", "text": name}],
        "gender": sex,
        "birthDate": born,
        "managingOrganization": {"reference": organization},
    }


# ---- a referral ------------------------------------------------------------------------------------------------------


class Referral:
    """What one doctor sends: the visit, the consent and the package are stored, `request` is ready to be sent."""

    def __init__(
        self,
        group: Group,
        *,
        by: str = "centre",
        to: str | None = None,
        direction: str = "up",
        service: str = "inpatient",
        specialty: str | None = "04",
        why: Sequence[Resource] = (criterion("up-criterion", "not-available"),),
        disease: str = "I83.900",
        patient: str | None = None,
        requisition: str | None = None,
        **more: Any,
    ) -> None:
        self.group, self.placer, self.number = group, group.doctor(by), requisition or f"Q{uuid4().hex[:12]}"
        self.provider = f"Organization/{group.id(by)}"
        self.patient = patient or group.patient()
        self.subject = {"reference": self.patient}
        self.since = now(group.client)
        encounter = self.placer.create(self.visit("AMB", "finished", disease))
        consent = self.placer.create(self._consent())
        package = [{"reference": self.placer.create(each)} for each in self._package(encounter)]
        self.request: Resource = {
            "resourceType": "ServiceRequest",
            "meta": {"profile": [f"{GUIDE}/StructureDefinition/mg-referral"]},
            "extension": [extension("referral-consent", valueReference={"reference": consent}), *why],
            "identifier": [
                {
                    "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PLAC"}]},
                    "system": "https://vendor.invalid/referral",
                    "value": f"R{uuid4().hex[:12]}",
                }
            ],
            "requisition": {"system": NUMBERS, "value": self.number},
            "status": "active",
            "intent": "order",
            "priority": "routine",
            "category": [concept("referral-direction", direction)],
            "code": concept("service-type", service),
            "subject": self.subject,
            "encounter": {"reference": encounter},
            "authoredOn": self.since.isoformat(timespec="seconds"),
            "requester": {"reference": self.placer.name},
            "reasonCode": [{"coding": [{"system": ICD, "code": disease}]}],
            "supportingInfo": package,
        }
        if to is not None:
            self.request["performer"] = [{"reference": to}]
        if specialty is not None:
            self.request["performerType"] = concept("specialty", specialty)
        self.request.update(more)

    # ---- what belongs to it

    def visit(self, kind: str, status: str, disease: str = "I83.900", **more: Any) -> Resource:
        """An encounter that began an hour ago."""
        start = (self.since - timedelta(hours=1)).isoformat(timespec="seconds")
        period = {"start": start, "end": self.since.isoformat(timespec="seconds")}
        return {
            "resourceType": "Encounter",
            "status": status,
            "class": {"system": ACT, "code": kind},
            "subject": self.subject,
            "serviceProvider": {"reference": self.provider},
            "period": period if status == "finished" else {"start": start},
            "reasonCode": [{"coding": [{"system": ICD, "code": disease}]}],
            **more,
        }

    def _consent(self) -> Resource:
        return {
            "resourceType": "Consent",
            "status": "active",
            "scope": {
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "treatment"}]
            },
            "category": [concept("consent-category", "referral")],
            "patient": self.subject,
            "dateTime": self.since.isoformat(timespec="seconds"),
            "performer": [self.subject],
            "organization": [{"reference": self.provider}],
            "policyRule": {"text": "转诊知情同意书"},
            "provision": {"type": "permit"},
        }

    def document(self, title: str, code: str, author: str, encounter: str) -> Resource:
        return {
            "resourceType": "Composition",
            "status": "final",
            "type": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "subject": self.subject,
            "encounter": {"reference": encounter},
            "date": self.since.isoformat(timespec="seconds"),
            "author": [{"reference": author}],
            "title": title,
            "section": [{"title": title, "text": narrative(title)}],
        }

    def _package(self, encounter: str) -> list[Resource]:
        allergy = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
        return [
            self.document("转诊记录", "57133-1", self.placer.name, encounter),
            {
                "resourceType": "MedicationStatement",
                "status": "active",
                "medicationCodeableConcept": {"text": "阿司匹林肠溶片"},
                "subject": self.subject,
            },
            {
                "resourceType": "AllergyIntolerance",
                "clinicalStatus": {"coding": [{"system": allergy, "code": "active"}]},
                "code": {"text": "青霉素"},
                "patient": self.subject,
            },
            {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "超声"}, "subject": self.subject},
        ]

    # ---- sending and following it

    def post(self, by: Caller | None = None, **headers: str) -> Reply:
        return (by or self.placer).send("POST", "/ServiceRequest", self.request, **headers)

    def sent(self, **headers: str) -> Referral:
        """As :meth:`post`, which must succeed."""
        reply = self.post(**headers)
        assert reply.status == 201, reply.body.decode()
        self.id = f"ServiceRequest/{reply.resource['id']}"
        return self

    def story(self) -> list[Resource]:
        """The whole story of the requisition in one search."""
        number = quote(f"{NUMBERS}|{self.number}", safe="")
        included = "_include=Task:focus&_revinclude=Provenance:target"
        return self.placer.found(f"Task?group-identifier={number}&{included}&_count=200")

    @property
    def whole(self) -> Resource:
        """The group task."""
        (found,) = [each for each in self.story() if each["resourceType"] == "Task" and "focus" not in each]
        return found

    @property
    def tasks(self) -> list[Resource]:
        """The child tasks, oldest first."""
        found = [each for each in self.story() if each["resourceType"] == "Task" and "focus" in each]
        return sorted(found, key=lambda task: task["id"])

    @property
    def task(self) -> Resource:
        return self.tasks[-1]

    def activities(self) -> list[str]:
        """What was done to its tasks, in order."""
        found = [each for each in self.story() if each["resourceType"] == "Provenance"]
        ordered = sorted(found, key=lambda each: (each["recorded"], each["id"]))
        return [each["activity"]["coding"][0]["code"] for each in ordered]

    def wait(self, code: str) -> Resource:
        """The task that has come to a businessStatus without anybody's doing."""
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last:
            for task in self.tasks:
                if business(task) == code:
                    return task
            time.sleep(PAUSE)
        raise AssertionError(self.tasks)

    # ---- what the receiver does

    def arrive(self, receiver: Caller, kind: str = "IMP") -> str:
        """The patient comes; the encounter."""
        stay = self.visit(kind, "in-progress", basedOn=[{"reference": self.id}])
        provider = receiver.read(receiver.name)["organization"]
        hospitalization = {"origin": {"reference": self.provider}}
        return receiver.create({**stay, "serviceProvider": provider, "hospitalization": hospitalization})

    def feedback(self, receiver: Caller, encounter: str) -> Resource:
        """The output with the discharge summary."""
        summary = receiver.create(self.document("出院小结", "18842-5", receiver.name, encounter))
        return output("feedback", valueReference={"reference": summary})
