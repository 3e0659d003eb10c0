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
