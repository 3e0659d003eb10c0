"""``fhirserver rules list | check FILE | explain RULE-ID``: the rules of the exchange, and the packs that set them."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from fhirserver import cli
from fhirserver.assembly import open_packs
from fhirserver.cli.messages import PACK_GOOD, RULE_UNKNOWN, RULES_NAMELESS
from fhirserver.conformance import guide
from fhirserver.exchange.packs import Pack, Packs, read
from fhirserver.exchange.rules import Rule
from fhirserver.exchange.table import RULES
from fhirserver.outcome import FhirError
from fhirserver.resource import json
from fhirserver.settings import Settings

_DESCRIPTION = """\
list             every rule: its HTTP status, how each rule pack has it, its law, its parameters
check FILE...    read rule packs as the server would, and say what is wrong, with file and line
explain RULE-ID  what a rule asks, of what, by which law, with which numbers, and what it tells a sender to change

Packs come from --rule-packs. Exit code: 0 good, 1 a pack is wrong, 2 could not be done."""

_OPTIONS = ("rule_packs", "timezone")
#: From this status on a write is refused; a rule with a lower one only warns.
_REFUSED = 400


def arguments(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.description = _DESCRIPTION
    parser.add_argument("action", choices=("list", "check", "explain"))
    parser.add_argument("what", nargs="*", metavar="FILE | RULE-ID")
    cli.settings_options(parser, _OPTIONS)


def run(chosen: Namespace) -> int:
    """Do what is asked; a pack that is wrong gives 1."""
    settings = cli.settings_of(chosen)
    if chosen.action != "list" and not chosen.what:
        raise RULES_NAMELESS.error(action=chosen.action, what="FILE" if chosen.action == "check" else "RULE-ID")
    if chosen.action == "check":
        return _check([Path(name) for name in chosen.what], settings)
    packs = open_packs(settings)
    lines = _list(packs) if chosen.action == "list" else _explanations(chosen.what, packs)
    print("\n".join(lines))
    return cli.DONE


# ---- check -----------------------------------------------------------------------------------------------------------


def _check(files: list[Path], settings: Settings) -> int:
    code = cli.DONE
    for file in files:
        try:
            pack = read(file, RULES, settings.timezone)
        except FhirError as error:
            code = cli.REFUSED
            for issue in error.issues:
                print(issue.text(cli.language()))
        else:
            print(PACK_GOOD.text(cli.language(), {"file": file, "id": pack.id, "count": len(pack.rules)}))
    return code


# ---- list ------------------------------------------------------------------------------------------------------------


def _list(packs: Packs) -> Iterator[str]:
    width = max(len(rule.id) for rule in RULES)
    for rule in sorted(RULES, key=lambda rule: rule.id):
        modes = " ".join(f"{pack.id}={mode}" for pack, mode in _modes(rule, packs))
        parameters = " ".join(f"{name}={_shown(value)}" for name, value in rule.parameters.items())
        status = rule.status if rule.status >= _REFUSED else "   "
        yield f"{rule.id:{width}}  {status}  {modes}  {rule.law}{'  ' if parameters else ''}{parameters}"


def _modes(rule: Rule, packs: Packs) -> Iterator[tuple[Pack, str]]:
    """How each pack that speaks of a rule has it, the default first."""
    for pack in reversed(packs.packs):
        setting = pack.rules.get(rule.id)
        if setting is not None and setting.mode is not None:
            yield pack, setting.mode
        elif pack.id == "default":
            yield pack, rule.default


def _shown(value: Any) -> str:
    return json.encode(value).decode() if not isinstance(value, str) else value


# ---- explain ---------------------------------------------------------------------------------------------------------

#: How a value is written stands behind its name: ``{party:zh}``, ``{found!r}``.
_FORMATS = re.compile(r"(?:![a-z])?(?::\w+)?\}")
#: What stands before each part of an explanation.
_LABELS: Mapping[str, tuple[str, str]] = {
    "of": ("asked of", "适用资源"),
    "law": ("law", "依据"),
    "status": ("HTTP status where it refuses", "拒绝时的 HTTP 状态码"),
    "modes": ("may be", "可设为"),
    "mode": ("is", "现为"),
    "constraint": (
        "kept by the constraint of that key in the guide's profiles, for everyone",
        "由规范中同名的配置文件约束检查，所有机构一致",
    ),
    "later": ("kept by the server as time passes, not by a write", "不在写入时检查，由服务器随时间执行"),
    "parameters": ("parameters", "参数"),
    "says": ("what it says and what to change", "提示与改正方法"),
}


def _explanations(ids: list[str], packs: Packs) -> Iterator[str]:
    known = {rule.id: rule for rule in RULES}
    for id in ids:
        if id.upper() not in known:
            near = get_close_matches(id.upper(), known, n=3, cutoff=0.5)
            raise RULE_UNKNOWN.error(found=id, near=", ".join(near) or "-")
        yield from _explained(known[id.upper()], packs)


def _explained(rule: Rule, packs: Packs) -> Iterator[str]:
    language = cli.language()

    def label(name: str) -> str:
        return _LABELS[name][language == "zh"]

    yield f"{rule.id}  {title(rule.id, language)}"
    yield f"  {label('of')}: {', '.join(rule.types)}"
    yield f"  {label('law')}: {rule.law}"
    if rule.status >= _REFUSED:
        yield f"  {label('status')}: {rule.status}"
    if rule.check is None:
        yield f"  {label('constraint' if _is_constraint(rule.id) else 'later')}"
    if rule.check is not None or not _is_constraint(rule.id):
        yield f"  {label('modes')}: {' | '.join(rule.modes)}"
        for pack, mode in _modes(rule, packs):
            yield f"  {label('mode')}: {mode} ({', '.join(filter(None, (f'{pack.id} {pack.version}', _for(pack))))})"
    for name, value in rule.parameters.items():
        yield f"  {label('parameters')}: {name} = {_shown(value)}{_elsewhere(rule, name, packs)}"
    yield f"  {label('says')}:"
    for message in rule.messages:
        text = message.zh if language == "zh" else message.en
        yield f"    - {_FORMATS.sub('}', text)}"


def _is_constraint(id: str) -> bool:
    """Whether a profile of the guide has a constraint with the key of a rule."""
    key = f'"key": "{id}"'.encode()
    return any(key in file.read_bytes() for file in guide.FOLDER.glob("StructureDefinition-*.json"))


def _elsewhere(rule: Rule, name: str, packs: Packs) -> str:
    """What packs say of a parameter: `` (qingdao: 3)``, empty where none does."""
    others = [
        f"{pack.id}: {_shown(setting.parameters[name])}"
        for pack in packs.packs
        if (setting := pack.rules.get(rule.id)) is not None and name in setting.parameters
    ]
    return f" ({', '.join(others)})" if others else ""


def _for(pack: Pack) -> str:
    return pack.group or pack.area or ""


def title(id: str, language: str) -> str:
    """What the guide's CodeSystem `rule` calls a rule; empty where it does not have it."""
    for concept in guide.read("CodeSystem", "rule")["concept"]:
        if concept["code"] == id:
            english = next((each["value"] for each in concept.get("designation", ())), concept["display"])
            return str(concept["display"] if language == "zh" else english)
    return ""
