"""Referrals for tests: made and moved over HTTP as members of the demo group do, each with a patient of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from tests.support.client import Client, Reply

GUIDE = "https://medgroup.example.org/fhir"
PLACER = "PractitionerRole/demo-chc-doctor-role"
OWNER = "PractitionerRole/demo-district-office-role"
LEAD = "PractitionerRole/demo-lead-office-role"
DISPATCHER = "PractitionerRole/demo-dispatcher-role"
RECEIVER = "HealthcareService/demo-district-surgery"
DISPATCH = "HealthcareService/demo-dispatch"

Resource = dict[str, Any]
_number = count(1)


def concept(system: str, code: str) -> Resource:
    """A CodeableConcept of a code system of the guide."""
    return {"coding": [{"system": f"{GUIDE}/CodeSystem/{system}", "code": code}]}


def output(kind: str, **value: Any) -> Resource:
    """A Task.output: ``output("feedback", valueReference={...})``."""
    return {"type": concept("task-output", kind), **value}


REASON = concept("status-reason", "no-capacity")
SURGERY = concept("specialty", "04")
_PACKAGE: Mapping[str, Resource] = {
    "Composition": {
        "status": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "57133-1"}]},
        "date": "2025-03-10",
        "author": [{"reference": PLACER}],
        "title": "转诊记录",
    },
    "MedicationStatement": {"status": "active", "medicationCodeableConcept": {"text": "x"}},
    "AllergyIntolerance": {
        "clinicalStatus": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}
            ]
        },
        "code": {"text": "x"},
    },
    "DiagnosticReport": {"status": "final", "code": {"text": "x"}},
}


def sent(caller: str, version: str | None = None) -> dict[str, str]:
    """The headers of a call."""
    headers = {"X-Caller": caller} if caller else {}
    return {**headers, "If-Match": f'W/"{version}"'} if version else headers


@dataclass
class Referral:
    """A patient with a visit, consent and package, and what the placer asks for; `client` is of an administrator."""

    client: Client
    number: str = field(default_factory=lambda: f"{next(_number)}-{uuid4()}")
    ids: dict[str, str] = field(default_factory=dict)
    request: Resource = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.ids:
            self._prepare()
        self.request = self.request or self.written()

    def _prepare(self) -> None:
        patient = self._create("Patient", {"identifier": [{"system": "urn:test", "value": self.number}]})
        subject = {"reference": patient}
        self._create("Encounter", self.visit("finished", "AMB", provider="Organization/demo-chc"))
        consent = {
            "status": "active",
            "scope": {
                "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "treatment"}]
            },
            "category": [concept("consent-category", "referral")],
            "patient": subject,
            "policyRule": {"text": "x"},
        }
        self._create("Consent", consent)
        for type, content in _PACKAGE.items():
            name = "patient" if type == "AllergyIntolerance" else "subject"
            self._create(type, {**content, name: subject})

    def _create(self, type: str, content: Resource) -> str:
        reply = self.client.post(f"/{type}", {"resourceType": type, **content})
        assert reply.status == 201, reply.body.decode()
        self.ids[type] = f"{type}/{reply.resource['id']}"
        return self.ids[type]

    def visit(self, status: str, kind: str, provider: str, based_on: str | None = None) -> Resource:
        """An Encounter of the patient."""
        made: Resource = {
            "resourceType": "Encounter",
            "status": status,
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": kind},
            "subject": {"reference": self.ids["Patient"]},
            "serviceProvider": {"reference": provider},
            "period": {"start": "2025-03-10T08:00:00+08:00"},
        }
        if status == "finished":
            made["period"]["end"] = "2025-03-10T09:00:00+08:00"
        return {**made, "basedOn": [{"reference": based_on}]} if based_on else made

    def written(self, direction: str = "up", **more: Any) -> Resource:
        """The ServiceRequest as the placer writes it; what is None in `more` is left out."""
        extensions = {
            "referral-consent": {"valueReference": {"reference": self.ids["Consent"]}},
            "referral-criterion": {"valueCodeableConcept": concept(f"{direction}-criterion", "not-available")},
        }
        if direction == "down":
            extensions["referral-criterion"] = {"valueCodeableConcept": concept("down-criterion", "stable")}
        elif direction != "up":
            del extensions["referral-criterion"]
        made = {
            "resourceType": "ServiceRequest",
            "extension": [{"url": f"{GUIDE}/StructureDefinition/{name}", **each} for name, each in extensions.items()],
            "identifier": [
                {
                    "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PLAC"}]},
                    "system": "urn:test:referral",
                    "value": f"R{self.number}",
                }
            ],
            "requisition": self.requisition,
            "status": "active",
            "intent": "order",
            "category": [concept("referral-direction", direction)],
            "priority": "stat" if direction == "emergency" else "routine",
            "code": concept("service-type", "inpatient"),
            "subject": {"reference": self.ids["Patient"]},
            "encounter": {"reference": self.ids["Encounter"]},
            "authoredOn": "2025-03-10T09:00:00+08:00",
            "requester": {"reference": PLACER},
            "performerType": SURGERY,
            "performer": [{"reference": RECEIVER}],
            "reasonCode": [{"coding": [{"system": f"{GUIDE}/CodeSystem/icd-10-cn-clinical", "code": "I83.900"}]}],
            "supportingInfo": [{"reference": self.ids[type]} for type in _PACKAGE],
        }
        return {name: value for name, value in {**made, **more}.items() if value is not None}

    @property
    def requisition(self) -> Resource:
        return {"system": "urn:test:requisition", "value": f"Q{self.number}"}

    # ---- sending

    def post(self, caller: str = PLACER, **more: Any) -> Reply:
        """POST the request, changed by `more`."""
        self.request = self.written(**more)
        reply = self.client.request("POST", "/ServiceRequest", self.request, sent(caller))
        if reply.status == 201:
            self.ids["ServiceRequest"] = f"ServiceRequest/{reply.resource['id']}"
        return reply

    def send(self, caller: str = PLACER, **more: Any) -> Referral:
        """As :meth:`post`, which must succeed."""
        reply = self.post(caller, **more)
        assert reply.status == 201, reply.body.decode()
        return self

    def story(self, *more: str) -> list[Resource]:
        """Everything one search for the requisition finds."""
        query = "&".join((f"group-identifier=urn:test:requisition|Q{self.number}", *more))
        bundle = self.client.get(f"/Task?{query}&_count=500").resource
        return [entry["resource"] for entry in bundle.get("entry", ())]

    @property
    def group(self) -> Resource:
        """The group task."""
        (found,) = [task for task in self.story() if "focus" not in task]
        return found

    @property
    def tasks(self) -> list[Resource]:
        """The child tasks, oldest first."""
        found = [task for task in self.story() if "focus" in task]
        return sorted(found, key=lambda task: (task["meta"]["lastUpdated"], task["id"]))

    @property
    def task(self) -> Resource:
        """The one child task that goes on, or else the last one."""
        ended = ("rejected", "cancelled", "failed", "completed")
        going = [task for task in self.tasks if task["status"] not in ended]
        return going[0] if going else self.tasks[-1]

    def read(self, type: str) -> Resource:
        """The current version of a resource of this referral."""
        found: Resource = self.client.get(f"/{self.ids[type]}").resource
        return found

    # ---- moving

    def put(self, caller: str, task: Resource | None = None, **changes: Any) -> Reply:
        """PUT the task with changes, and the version it has."""
        task = self.task if task is None else task
        changed = {**task, **changes}
        version = task["meta"]["versionId"]
        return self.client.request("PUT", f"/Task/{task['id']}", changed, sent(caller, version))

    def move(self, caller: str, status: str, **changes: Any) -> Resource:
        """As :meth:`put` to a status, which must succeed; the task as it is stored."""
        reply = self.put(caller, status=status, **changes)
        assert reply.status == 200, reply.body.decode()
        moved: Resource = reply.resource
        return moved

    def arrive(self, kind: str = "IMP") -> str:
        """The patient comes to the receiver; the encounter."""
        based_on = self.ids["ServiceRequest"]
        visit = self.visit("in-progress", kind, "Organization/demo-district", based_on)
        reply = self.client.post("/Encounter", visit)
        assert reply.status == 201, reply.body.decode()
        self.ids["Stay"] = f"Encounter/{reply.resource['id']}"
        return self.ids["Stay"]

    def feedback(self) -> Resource:
        """A Task.output with the discharge summary."""
        document = {**_PACKAGE["Composition"], "resourceType": "Composition"}
        reply = self.client.post("/Composition", {**document, "subject": {"reference": self.ids["Patient"]}})
        assert reply.status == 201, reply.body.decode()
        return output("feedback", valueReference={"reference": f"Composition/{reply.resource['id']}"})

    def bundle(self, status: str = "requested") -> Resource:
        """A transaction of the request, the group task and the child task."""
        request, above = (f"urn:uuid:00000000-0000-4000-8000-00000000000{number}" for number in (1, 2))
        common = {
            "resourceType": "Task",
            "status": status,
            "intent": "order",
            "groupIdentifier": self.requisition,
            "for": {"reference": self.ids["Patient"]},
            "authoredOn": "2025-03-10T09:00:00+08:00",
            "requester": {"reference": PLACER},
        }
        tag = {"system": f"{GUIDE}/CodeSystem/workflow-tag", "code": "referral-group"}
        task = {**common, "focus": {"reference": request}, "partOf": [{"reference": above}]}
        sent_as = {"draft": "draft", "requested": "active"}[status]
        entries = [
            {"fullUrl": request, "resource": {**self.request, "status": sent_as}},
            {"fullUrl": above, "resource": {**common, "meta": {"tag": [tag]}}},
            {"fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000003", "resource": task},
        ]
        for entry in entries:
            entry["request"] = {"method": "POST", "url": entry["resource"]["resourceType"]}
        return {"resourceType": "Bundle", "type": "transaction", "entry": entries}

    def draft(self) -> Referral:
        """A request and a task that have not been sent yet, in one transaction."""
        reply = self.client.request("POST", "", self.bundle("draft"), sent(PLACER))
        assert reply.status == 200, reply.body.decode()
        location = reply.resource["entry"][0]["response"]["location"]
        self.ids["ServiceRequest"] = "/".join(location.split("/")[:2])
        return self

    def reach(self, status: str) -> Referral:
        """Bring a new referral to a status."""
        if status == "draft":
            return self.draft()
        self.send()
        for step in _WAYS[status]:
            if step == "in-progress":
                self.arrive()
            changes: Resource = {"output": [self.feedback()]} if step == "completed" else {}
            if step in ("rejected", "on-hold", "failed"):
                changes["statusReason"] = REASON
            self.move(PLACER if step == "cancelled" else OWNER, step, **changes)
        return self


#: How to come to a status from requested.
_WAYS: Mapping[str, tuple[str, ...]] = {
    "requested": (),
    "received": ("received",),
    "accepted": ("accepted",),
    "rejected": ("rejected",),
    "cancelled": ("cancelled",),
    "in-progress": ("accepted", "in-progress"),
    "on-hold": ("accepted", "in-progress", "on-hold"),
    "failed": ("accepted", "in-progress", "failed"),
    "completed": ("accepted", "in-progress", "completed"),
}
