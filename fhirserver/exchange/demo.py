"""A demonstration: four groups such as the articles tell of, with invented people, and the story of a referral.

Everything is marked as test data (meta.security HTEST), names of institutions begin with 演示, numbers lie in an area
under which nobody is registered, with right check characters. Pure: it is told through whatever sends requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, product
from typing import Any, NamedTuple
from urllib.parse import quote

from fhirserver.exchange.identity import CITIZEN, SOCIAL_CREDIT, citizen, is_social_credit
from fhirserver.exchange.kinds import CANONICAL

Resource = dict[str, Any]

_AREA = "370200"
_SECURITY = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class Answer(NamedTuple):
    """What came back: the HTTP status and the resource."""

    status: int
    resource: Resource


#: Sends a request: method, path below [base], resource, headers.
Send = Callable[[str, str, Resource | None, Mapping[str, str]], Answer]


@dataclass(frozen=True, slots=True)
class Step:
    """One request of the story and its answer. `title` is Chinese and English; `expected` the status it should have."""

    title: tuple[str, str]
    method: str
    path: str
    caller: str
    expected: int
    answer: Answer


# ---- numbers ---------------------------------------------------------------------------------------------------------


def social_credit(number: int) -> str:
    """An invented unified social credit code with right check characters."""
    head = f"12{_AREA}DEMB{number:04d}"
    return next(code for pair in product(_CREDIT_ALPHABET, repeat=2) if is_social_credit(code := head + "".join(pair)))


def citizen_number(born: str, sequence: int) -> str:
    """An invented citizen identity number; `sequence` is odd for men."""
    head = f"{_AREA}{born.replace('-', '')}{sequence:03d}"
    return next(head + check for check in "0123456789X" if citizen(head + check) is not None)


# ---- groups ----------------------------------------------------------------------------------------------------------


class Member(NamedTuple):
    """A member of a demo group: how its id goes on, name, tier, role, and whose part it is."""

    id: str
    name: str
    tier: int
    role: str = "member"
    part_of: str | None = None
    for_profit: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A demo group. `services` are (id, name, member, kinds, specialties, characteristics)."""

    id: str
    name: str
    kind: str
    members: tuple[Member, ...]
    services: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = field(default=())


_SURGERY, _CARDIOLOGY, _REHABILITATION, _GENERAL = "04", "03.04", "21", "02"

GROUPS = (
    # article 000: several legal persons, a private chain, a rehabilitation hospital as a branch
    Group(
        "demo-a",
        "演示甲市医疗联盟",
        "alliance",
        (
            Member("hospital", "演示甲市总医院", 3, "lead"),
            Member("second", "演示甲市第二医院", 2),
            Member("rehab", "演示康复医院（民营）", 2, "branch", for_profit=True),
            Member("chain", "演示社区医疗连锁总部", 1, for_profit=True),
            *(Member(f"centre-{n}", f"演示连锁社区中心 {n}", 1, part_of="chain", for_profit=True) for n in range(1, 6)),
            *(Member(f"station-{n}", f"演示连锁服务站 {n}", 0, part_of="chain", for_profit=True) for n in range(1, 11)),
        ),
        (
            ("dispatch", "演示甲市调度中心", "hospital", ("dispatch",), (), ()),
            ("surgery", "演示甲市总医院外科", "hospital", ("inpatient", "outpatient"), (_SURGERY,), ()),
            ("joint-ward", "演示康复联合病房", "rehab", ("rehabilitation", "inpatient"), (_REHABILITATION,), ()),
            ("family", "演示社区家庭医生", "centre-1", ("family-doctor", "follow-up"), (_GENERAL,), ()),
        ),
    ),
    # article 001: a dispatch centre, feature clinics in community centres
    Group(
        "demo-b",
        "演示乙区紧密型医疗集团",
        "tight",
        (
            Member("hospital", "演示乙区中心医院", 3, "lead"),
            Member("district", "演示乙区人民医院", 2),
            *(Member(f"centre-{n}", f"演示乙区社区卫生服务中心 {n}", 1) for n in range(1, 5)),
        ),
        (
            ("dispatch", "演示乙区分级诊疗调度中心", "hospital", ("dispatch",), (), ()),
            ("surgery", "演示乙区中心医院外科", "hospital", ("inpatient", "outpatient"), (_SURGERY,), ()),
            ("district-surgery", "演示乙区人民医院外科", "district", ("inpatient", "outpatient"), (_SURGERY,), ()),
            ("pain", "演示疼痛失眠门诊", "centre-1", ("outpatient",), ("50",), ("feature-clinic",)),
            ("acupuncture", "演示针灸门诊", "centre-2", ("outpatient",), ("50",), ("feature-clinic",)),
            ("follow-up", "演示社区随访", "centre-1", ("follow-up", "family-doctor"), (_GENERAL,), ()),
        ),
    ),
    # article 002: one legal person, 1 + 5 + 16 + N
    Group(
        "demo-c",
        "演示丙市医疗集团",
        "tight",
        (
            Member("hospital", "演示丙市人民医院", 3, "lead"),
            *(Member(f"county-{n}", f"演示丙市县级医院 {n}", 2) for n in range(1, 6)),
            *(Member(f"township-{n}", f"演示丙市镇卫生院 {n}", 1) for n in range(1, 17)),
            *(Member(f"village-{n}", f"演示丙市村卫生室 {n}", 0, part_of=f"township-{n}") for n in range(1, 17)),
        ),
        (
            ("dispatch", "演示丙市调度中心", "hospital", ("dispatch",), (), ()),
            ("medicine", "演示丙市人民医院心内科", "hospital", ("inpatient", "outpatient"), (_CARDIOLOGY,), ()),
        ),
    ),
    # articles 003 and 004: a lead hospital and twelve community hospitals, a chest pain network
    Group(
        "demo-d",
        "演示丁市城市医疗集团",
        "tight",
        (
            Member("hospital", "演示丁市第一医院", 3, "lead"),
            *(Member(f"community-{n}", f"演示丁市社区医院 {n}", 1) for n in range(1, 13)),
        ),
        (
            ("dispatch", "演示丁市调度中心", "hospital", ("dispatch",), (), ()),
            ("chest-pain", "演示丁市胸痛中心", "hospital", ("chest-pain-centre",), (_CARDIOLOGY,), ("accredited",)),
            ("unit", "演示社区胸痛救治单元", "community-1", ("chest-pain-unit",), (_CARDIOLOGY,), ("accredited",)),
        ),
    ),
)

#: Who works where: id, group, member, roles.
_STAFF = (
    ("doctor", "demo-b", "centre-1", ("doctor", "family-doctor"), "孙", "明"),
    ("district-office", "demo-b", "district", ("referral-office",), "钱", "华"),
    ("office", "demo-b", "hospital", ("referral-office",), "吴", "兰"),
    ("hospital-doctor", "demo-b", "hospital", ("doctor",), "周", "文"),
    ("dispatcher", "demo-b", "hospital", ("dispatcher",), "郑", "平"),
)
#: The patients, one in each group: id, family, given, gender, birth, member.
_PATIENTS = (
    ("demo-a-patient", "赵", "春梅", "female", "1951-03-08", 102, "demo-a-centre-1"),
    ("demo-b-patient", "陈", "桂兰", "female", "1968-04-12", 104, "demo-b-centre-1"),
    ("demo-c-patient", "李", "建国", "male", "1959-10-01", 105, "demo-c-township-1"),
    ("demo-d-patient", "张", "海涛", "male", "1962-07-21", 107, "demo-d-community-1"),
)


def concept(system: str, code: str) -> Resource:
    """A CodeableConcept of a code system of the guide."""
    return {"coding": [{"system": f"{CANONICAL}/CodeSystem/{system}", "code": code}]}


def _marked(type: str, profile: str | None = None, /, **content: Any) -> Resource:
    meta: Resource = {"security": [_SECURITY]}
    if profile is not None:
        meta["profile"] = [f"{CANONICAL}/StructureDefinition/{profile}"]
    return {"resourceType": type, "meta": meta, **content}


def setup(today: datetime) -> Resource:
    """A transaction of the four groups, their services, staff and patients: PUT by id, so it can be sent again."""
    numbers = count(1)
    resources = [each for group in GROUPS for each in _group(group, numbers, today)]
    resources += [each for row in _STAFF for each in _employed(row)]
    resources += [_patient(row) for row in _PATIENTS]
    entries = [
        {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
        for each in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _group(group: Group, numbers: Iterator[int], today: datetime) -> Iterator[Resource]:
    kind = concept("group-kind", group.kind)
    yield _marked("Organization", "mg-group", id=group.id, active=True, type=[kind], name=group.name)
    since = (today - timedelta(days=400)).date().isoformat()
    for member in group.members:
        id = f"{group.id}-{member.id}"
        ownership = "for-profit" if member.for_profit else "non-profit"
        organization = _marked("Organization", "mg-organization", id=id, active=True, name=member.name)
        organization["identifier"] = [{"system": SOCIAL_CREDIT, "value": social_credit(next(numbers))}]
        organization["type"] = [concept("tier", str(member.tier)), concept("ownership", ownership)]
        if member.part_of is not None:
            organization["partOf"] = {"reference": f"Organization/{group.id}-{member.part_of}"}
        yield organization
        roles = (member.role, "dispatch") if member.role == "lead" else (member.role,)
        for role in roles:
            yield _marked(
                "OrganizationAffiliation",
                "mg-affiliation",
                id=f"{id}-{role}",
                active=True,
                period={"start": since},
                organization={"reference": f"Organization/{group.id}"},
                participatingOrganization={"reference": f"Organization/{id}"},
                code=[concept("affiliation-role", role)],
            )
    yield from _services(group)


def _services(group: Group) -> Iterator[Resource]:
    for number, (id, name, member, kinds, specialties, characteristics) in enumerate(group.services):
        service = _marked("HealthcareService", "mg-healthcare-service", id=f"{group.id}-{id}", active=True, name=name)
        service["providedBy"] = {"reference": f"Organization/{group.id}-{member}"}
        service["type"] = [concept("service-type", each) for each in kinds]
        if specialties:
            service["specialty"] = [concept("specialty", each) for each in specialties]
        if characteristics:
            service["characteristic"] = [concept("service-characteristic", each) for each in characteristics]
            place = _marked("Location", id=f"{group.id}-{id}-place", status="active", mode="instance", name=name)
            place["position"] = {"longitude": round(120.3 + number / 50, 2), "latitude": round(36.05 + number / 50, 2)}
            place["managingOrganization"] = service["providedBy"]
            service["location"] = [{"reference": f"Location/{place['id']}"}]
            yield place
        yield service


def _employed(row: tuple[str, str, str, tuple[str, ...], str, str]) -> Iterator[Resource]:
    id, group, member, roles, family, given = row
    person = _marked("Practitioner", "mg-practitioner", id=f"{group}-{id}")
    person["identifier"] = [{"system": f"{CANONICAL}/demo-staff", "value": f"{group}-{id}"}]
    person["name"] = [{"text": family + given, "family": family, "given": [given]}]
    yield person
    yield _marked(
        "PractitionerRole",
        "mg-practitioner-role",
        id=f"{group}-{id}-role",
        active=True,
        practitioner={"reference": f"Practitioner/{group}-{id}"},
        organization={"reference": f"Organization/{group}-{member}"},
        code=[concept("practitioner-role", role) for role in roles],
    )


def _patient(row: tuple[str, str, str, str, str, int, str]) -> Resource:
    id, family, given, gender, born, sequence, member = row
    patient = _marked("Patient", "mg-patient", id=id, active=True, gender=gender, birthDate=born)
    patient["identifier"] = [{"system": CITIZEN, "value": citizen_number(born, sequence)}]
    patient["name"] = [{"use": "official", "text": family + given, "family": family, "given": [given]}]
    patient["managingOrganization"] = {"reference": f"Organization/{member}"}
    return patient


# ---- the story -------------------------------------------------------------------------------------------------------

DOCTOR = "PractitionerRole/demo-b-doctor-role"
DISPATCHER = "PractitionerRole/demo-b-dispatcher-role"
DISTRICT = "PractitionerRole/demo-b-district-office-role"
OFFICE = "PractitionerRole/demo-b-office-role"
PHYSICIAN = "PractitionerRole/demo-b-hospital-doctor-role"
_PATIENT = {"reference": "Patient/demo-b-patient"}


class Story:
    """The story of a referral, told step by step; `number` makes its numbers new each time it is told."""

    def __init__(self, send: Send, now: datetime, number: str) -> None:
        self._send = send
        self._now = now
        self._number = number
        self.steps: list[Step] = []

    def tell(self) -> Iterator[Step]:
        """Send the requests one after the other, each when it is asked for."""
        yield self._step("建立四个集团", "Four groups are set up", "", 200, "POST", "", setup(self._now))
        yield from self._refer()
        yield from self._answer()
        yield from self._treat()

    # -- community centre

    def _refer(self) -> Iterator[Step]:
        patient = {"resourceType": "Patient", **_patient_asked()}
        parameters = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": patient}]}
        yield self._step(
            "社区医生按身份证号找到患者",
            "The doctor finds the patient",
            DOCTOR,
            200,
            "POST",
            "Patient/$match",
            parameters,
        )
        self._request = self._referral()
        without = {**self._request, "status": "active", "extension": self._request["extension"][1:]}
        yield self._step(
            "没有知情同意的转诊被拒绝", "Without consent it is refused", DOCTOR, 422, "POST", "ServiceRequest", without
        )
        yield self._step(
            "就诊、同意书、资料与申请一次提交",
            "Visit, consent, package and request in one transaction",
            DOCTOR,
            200,
            "POST",
            "",
            self._transaction(),
        )
        yield self._step("服务器已建好组任务与子任务", "The server has made the tasks", DOCTOR, 200, "GET", self._tasks)
        self._task = self._child()

    # -- dispatch, district hospital, lead hospital

    def _answer(self) -> Iterator[Step]:
        worklist = "Task?owner=HealthcareService/demo-b-dispatch&business-status=awaiting-dispatch&_sort=authored-on"
        yield self._step("调度员的工作列表", "The dispatcher's worklist", DISPATCHER, 200, "GET", worklist)
        target = {"name": "target", "valueReference": {"reference": "HealthcareService/demo-b-district-surgery"}}
        reason = {"name": "reason", "valueString": "就近，病情适合二级医院"}
        body = {"resourceType": "Parameters", "parameter": [target, reason]}
        path = f"Task/{self._task['id']}/$dispatch"
        yield self._step("别人不能调度", "Nobody else may dispatch", DOCTOR, 403, "POST", path, body)
        yield self._step(
            "调度员分派给区医院", "Dispatched to the district hospital", DISPATCHER, 200, "POST", path, body
        )
        self._task = self._last
        refused = {
            **self._task,
            "status": "rejected",
            "statusReason": {**concept("status-reason", "no-capacity"), "text": "本周外科无空床"},
        }
        yield self._move("区医院没有床，拒绝", "The district hospital has no bed", DISTRICT, refused)
        names = ("resourceType", "meta", "intent", "groupIdentifier", "focus", "for", "requester", "partOf", "priority")
        again = {name: self._task[name] for name in names if name in self._task}
        again |= {
            "status": "requested",
            "authoredOn": self._at(),
            "owner": {"reference": "HealthcareService/demo-b-surgery"},
        }
        yield self._step(
            "调度员改派给中心医院", "Routed again, to the lead hospital", DISPATCHER, 201, "POST", "Task", again
        )
        self._task = self._last
        inbox = "Task?owner=HealthcareService/demo-b-surgery&status=requested&_include=Task:focus"
        inbox += "&_sort=-priority,authored-on"
        yield self._step("中心医院的收件箱", "The lead hospital's inbox", OFFICE, 200, "GET", inbox)
        promise = {"type": concept("task-output", "encounter"), "valuePeriod": {"start": self._at(days=1)}}
        accepted = {**self._task, "status": "accepted", "output": [promise]}
        yield self._move("接受即留床（直通车）", "Accepted, and a bed with it: the direct train", OFFICE, accepted)
        self._task = self._last

    # -- stay, feedback

    def _treat(self) -> Iterator[Step]:
        stay = self._task["output"][0]["valueReference"]["reference"]
        yield self._step("计划中的住院", "The stay that is planned", OFFICE, 200, "GET", stay)
        encounter = {**self._last, "status": "in-progress"}
        encounter["class"] = {**encounter["class"], "code": "IMP"}
        encounter["period"] = {"start": self._at()}
        early = {**self._task, "status": "in-progress"}
        yield self._move("患者未到，不能开始", "Not before the patient has come", OFFICE, early, 422)
        yield self._step("患者到院入院", "The patient is admitted", OFFICE, 200, "PUT", stay, encounter)
        yield self._move("任务进行中", "In progress", OFFICE, early)
        self._task = self._last
        late = {**self._task, "status": "cancelled"}
        yield self._move("已开始，转出方不能再取消", "Too late for the placer to cancel", DOCTOR, late, 409)
        document = self._document("18842-5", "出院小结", "手术顺利，恢复良好，转社区随访。", PHYSICIAN)
        document["encounter"] = {"reference": stay}
        yield self._step("出院小结", "The discharge summary", PHYSICIAN, 201, "POST", "Composition", document)
        feedback = {
            "type": concept("task-output", "feedback"),
            "valueReference": {"reference": f"Composition/{self._last['id']}"},
        }
        done = {**self._task, "status": "completed", "output": [*self._task["output"], feedback]}
        yield self._move("回执送回，转诊完成", "Feedback is returned, the referral is completed", OFFICE, done)
        story = f"{self._tasks}&_include=Task:focus&_revinclude=Provenance:target"
        yield self._step("一次查到整个过程", "The whole story in one search", DOCTOR, 200, "GET", story)

    # -- sending

    @property
    def _last(self) -> Resource:
        return self.steps[-1].answer.resource

    @property
    def _tasks(self) -> str:
        number = self._request["requisition"]
        return f"Task?group-identifier={quote(number['system'], safe='/:')}|{number['value']}"

    def _child(self) -> Resource:
        found: Resource = next(each["resource"] for each in self._last["entry"] if "focus" in each["resource"])
        return found

    def _move(self, zh: str, en: str, caller: str, task: Resource, expected: int = 200) -> Step:
        return self._step(zh, en, caller, expected, "PUT", f"Task/{task['id']}", task, task["meta"]["versionId"])

    def _step(
        self,
        zh: str,
        en: str,
        caller: str,
        expected: int,
        method: str,
        path: str,
        resource: Resource | None = None,
        version: str | None = None,
    ) -> Step:
        headers = {"X-Caller": caller} if caller else {}
        if version is not None:
            headers["If-Match"] = f'W/"{version}"'
        step = Step((zh, en), method, path, caller, expected, self._send(method, path, resource, headers))
        self.steps.append(step)
        return step

    # -- what is sent

    def _at(self, **later: float) -> str:
        return (self._now + timedelta(**later)).isoformat(timespec="seconds")

    def _document(self, code: str, title: str, text: str, author: str) -> Resource:
        div = f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>'
        return _marked(
            "Composition",
            status="final",
            type={"coding": [{"system": "http://loinc.org", "code": code}]},
            subject=_PATIENT,
            date=self._at(),
            author=[{"reference": author}],
            title=title,
            section=[{"title": title, "text": {"status": "generated", "div": div}}],
        )

    def _referral(self) -> Resource:
        urns = [f"urn:uuid:00000000-0000-4000-8000-{number:012d}" for number in range(1, 7)]
        visit, consent, *package = urns
        extensions = [
            {"url": f"{CANONICAL}/StructureDefinition/referral-consent", "valueReference": {"reference": consent}},
            {
                "url": f"{CANONICAL}/StructureDefinition/referral-criterion",
                "valueCodeableConcept": concept("up-criterion", "not-available"),
            },
        ]
        placer = {
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PLAC"}]},
            "system": "https://demo-b.demo.invalid/referral-number",
            "value": f"R{self._number}",
        }
        requisition = {
            "type": concept("identifier-type", "PGN"),
            "system": "https://demo-b.demo.invalid/requisition",
            "value": f"Q{self._number}",
        }
        return _marked(
            "ServiceRequest",
            "mg-referral",
            extension=extensions,
            identifier=[placer],
            requisition=requisition,
            status="active",
            intent="order",
            category=[concept("referral-direction", "up")],
            priority="urgent",
            code=concept("service-type", "inpatient"),
            subject=_PATIENT,
            encounter={"reference": visit},
            authoredOn=self._at(),
            requester={"reference": DOCTOR},
            performerType=concept("specialty", _SURGERY),
            reasonCode=[
                {
                    "coding": [
                        {
                            "system": f"{CANONICAL}/CodeSystem/icd-10-cn-clinical",
                            "code": "I83.900",
                            "display": "下肢静脉曲张",
                        }
                    ]
                }
            ],
            supportingInfo=[{"reference": each} for each in package],
        )

    def _transaction(self) -> Resource:
        agreed = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "treatment"}
        confirmed = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
        clinical = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
        ambulatory = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}
        centre = {"reference": "Organization/demo-b-centre-1"}
        resources = [
            _marked(
                "Encounter",
                "mg-encounter",
                status="finished",
                **{"class": ambulatory},
                subject=_PATIENT,
                serviceProvider=centre,
                period={"start": self._at(minutes=-30), "end": self._at(minutes=-5)},
            ),
            _marked(
                "Consent",
                "mg-consent",
                status="active",
                scope={"coding": [agreed]},
                category=[concept("consent-category", "referral")],
                patient=_PATIENT,
                dateTime=self._at(minutes=-10),
                performer=[_PATIENT],
                organization=[centre],
                policyRule={"text": "转诊知情同意书（演示）"},
                provision={"type": "permit", "period": {"start": self._at(minutes=-10), "end": self._at(days=30)}},
            ),
            self._document("57133-1", "转诊记录", "下肢静脉曲张加重，需手术。", DOCTOR),
            _marked(
                "MedicationStatement",
                status="active",
                medicationCodeableConcept={"text": "地奥司明片 0.45 g"},
                subject=_PATIENT,
            ),
            _marked(
                "AllergyIntolerance",
                clinicalStatus={"coding": [{"system": clinical, "code": "active"}]},
                verificationStatus={"coding": [{"system": confirmed, "code": "confirmed"}]},
                code={"text": "无已知过敏"},
                patient=_PATIENT,
            ),
            _marked("DiagnosticReport", status="final", code={"text": "下肢静脉超声"}, subject=_PATIENT),
        ]
        entries: list[Resource] = [
            {
                "fullUrl": f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
                "resource": each,
                "request": {"method": "POST", "url": each["resourceType"]},
            }
            for number, each in enumerate(resources, 1)
        ]
        identifier = self._request["identifier"][0]
        once = {"ifNoneExist": f"identifier={identifier['system']}|{identifier['value']}"}
        entries.append({"resource": self._request, "request": {"method": "POST", "url": "ServiceRequest", **once}})
        return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _patient_asked() -> Resource:
    """What the doctor knows of the patient."""
    known = _patient(_PATIENTS[1])
    return {name: known[name] for name in ("identifier", "name", "birthDate")}
