"""What the frame of this room says: of rule packs, of the clock. What rules say stands beside the rules."""

from __future__ import annotations

from fhirserver.outcome import Message

PACK_UNREADABLE = Message(
    "pack-unreadable",
    "invalid",
    "{place}: not YAML: {problem}",
    "{place}：不是合法的 YAML：{problem}",
)
PACK_INVALID = Message(
    "pack-invalid",
    "invalid",
    "{place}: {path} is wrong: {problem}",
    "{place}：{path} 有误：{problem}",
)
PACK_KEY_TWICE = Message(
    "pack-key-twice",
    "invalid",
    "{place}: {name} stands here a second time: keep one",
    "{place}：{name} 在此重复出现，请只保留一处",
)
PACK_RULE_UNKNOWN = Message(
    "pack-rule-unknown",
    "not-found",
    "{place}: there is no rule {name}{near}; `fhirserver rules list` names those there are",
    "{place}：没有规则 {name}{near}；可用 `fhirserver rules list` 列出所有规则",
)
PACK_OVERLAP = Message(
    "pack-overlap",
    "conflict",
    "{place}: pack {id} is for the same group or area and time as {other}: end one before the other begins",
    "{place}：规则包 {id} 与 {other} 的集团（地区）和生效时间重叠，请使其前后衔接",
)
PACKS_ABSENT = Message(
    "packs-absent",
    "not-found",
    "{folder} is no folder: FHIRSERVER_RULE_PACKS names the folder of the rule packs (*.yaml)",
    "{folder} 不是目录：FHIRSERVER_RULE_PACKS 应为规则包（*.yaml）所在目录",
)
CLOCK_REAL = Message(
    "clock-real",
    "not-supported",
    "This server has the machine's time; one that is started with FHIRSERVER_CLOCK has a clock that can be moved",
    "本服务器使用机器的时间；以 FHIRSERVER_CLOCK 启动的服务器才有可调的时钟",
    status=404,
)
CLOCK_FOR_ADMINISTRATORS = Message(
    "clock-for-administrators",
    "forbidden",
    "Only an administrator moves the clock: call without X-Caller",
    "只有管理员可以调整时钟：请不带 X-Caller 调用",
)
CLOCK_ONE_OF = Message(
    "clock-one-of",
    "required",
    "Say either to (an instant) or by (a Duration)",
    "请给出 to（时刻）或 by（时长）之一",
)
CLOCK_BACKWARDS = Message(
    "clock-backwards",
    "conflict",
    "The clock only goes forward: it is {now}, and {found} is not later",
    "时钟只能前进：现在是 {now}，{found} 不晚于现在",
)
CLOCK_TOO_FAR = Message(
    "clock-too-far",
    "value",
    "The clock goes no further than the year {last}",
    "时钟最远只能到 {last} 年",
    status=422,
)
CLOCK_DURATION = Message(
    "clock-duration",
    "value",
    "by is a Duration with value, system http://unitsofmeasure.org and a code of {units}",
    "by 应为 Duration，须有 value、system（http://unitsofmeasure.org）和 code（{units} 之一）",
    status=422,
)
CLOCK_BEHIND_DATA = Message(
    "clock-behind-data",
    "conflict",
    "FHIRSERVER_CLOCK is {wanted}, but the database has a resource of {newest}: take an empty database or a later time",
    "FHIRSERVER_CLOCK 为 {wanted}，但数据库中已有 {newest} 的资源：请使用空数据库或更晚的时间",
)
