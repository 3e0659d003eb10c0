"""Rule packs: what a group or an area sets of the rules, as YAML files that are checked before anything starts.

A pack names only what it changes. Of those that hold at a moment the most specific one that speaks of a rule counts:
the group's, then that of the area (the longer code first), then the default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml

from fhirserver.exchange import messages
from fhirserver.exchange.rules import Mode, Rule
from fhirserver.outcome import FhirError, Issue
from fhirserver.resource import json
from fhirserver.resource.dates import EARLIEST, LATEST, interval

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

FOLDER = Path(__file__).parent / "rule_packs"
#: The pack that comes with the server.
DEFAULT = FOLDER / "default.yaml"
_SUFFIXES = (".yaml", ".yml")
#: JSON Schema of the value of a parameter, by the type of its default.
_KINDS: tuple[tuple[type, dict[str, Any]], ...] = (
    (bool, {"type": "boolean"}),
    (int, {"type": "integer", "minimum": 0}),
    (float, {"type": "number", "minimum": 0}),
    (str, {"type": "string"}),
    (list, {"type": "array"}),
    (tuple, {"type": "array"}),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a pack says of one rule; None and what is absent is left to less specific packs."""

    mode: Mode | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pack:
    """One rule pack. `group` is a reference, `area` the beginning of a GB/T 2260 code; with neither it is for everyone.

    It holds from `begins` (inside) to `ends` (outside), microseconds since the epoch. `profiles`: whether the guide's
    profiles govern what members write; None where it says nothing. `place` is its file.
    """

    id: str
    version: str
    title: str
    group: str | None = None
    area: str | None = None
    begins: int = EARLIEST
    ends: int = LATEST
    profiles: bool | None = None
    rules: Mapping[str, Setting] = field(default_factory=dict)
    place: str = ""

    @property
    def weight(self) -> int:
        """The more specific, the greater."""
        return 100 if self.group else len(self.area or "")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Whose rules are asked for: groups an organisation belongs to, and the GB/T 2260 codes of where it is."""

    groups: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()


EVERYWHERE = Whereabouts()


class Packs:
    """The packs of a server, and what they come to for a group at a moment."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs = tuple(sorted(packs, key=lambda pack: (-pack.weight, pack.id)))
        #: Whether it matters who writes: with packs for everyone alone nobody need look.
        self.differ = any(pack.weight for pack in self.packs)
        #: Whether the guide's profiles govern anybody's writes.
        self.govern_profiles = any(pack.profiles for pack in self.packs)

    def holding(self, where: Whereabouts, at: int) -> list[Pack]:
        """Those that hold at a moment, the most specific first."""
        return [pack for pack in self.packs if pack.begins <= at < pack.ends and _is_for(pack, where)]

    def mode(self, rule: Rule, where: Whereabouts, at: int) -> Mode:
        """How a rule is taken. Of several groups of an organisation the strictest counts."""
        found = self._most_specific(rule.id, where, at, "mode")
        return max(found, key=_STRICTNESS.__getitem__, default=rule.default)

    def parameter(self, rule: Rule, name: str, where: Whereabouts, at: int) -> Any:
        """The value of a parameter of a rule; KeyError when the rule has none of that name."""
        default = rule.parameters[name]
        for pack in self.holding(where, at):
            setting = pack.rules.get(rule.id)
            if setting is not None and name in setting.parameters:
                return setting.parameters[name]
        return default

    def profiles(self, where: Whereabouts, at: int) -> bool:
        """Whether the guide's profiles govern what an organisation writes."""
        spoken = [pack for pack in self.holding(where, at) if pack.profiles is not None]
        most = [pack for pack in spoken if pack.weight == spoken[0].weight]
        return any(pack.profiles for pack in most)

    def _most_specific(self, id: str, where: Whereabouts, at: int, name: str) -> list[Mode]:
        spoken = [
            (pack.weight, setting.mode)
            for pack in self.holding(where, at)
            if (setting := pack.rules.get(id)) is not None and setting.mode is not None
        ]
        return [mode for weight, mode in spoken if weight == spoken[0][0]]


_STRICTNESS: Mapping[Mode, int] = {"off": 0, "advise": 1, "enforce": 2}


def _is_for(pack: Pack, where: Whereabouts) -> bool:
    if pack.group is not None:
        return pack.group in where.groups
    return pack.area is None or any(area.startswith(pack.area) for area in where.areas)


# ---- reading ---------------------------------------------------------------------------------------------------------


def load(rules: Sequence[Rule], zone: ZoneInfo, folder: Path | None = None) -> Packs:
    """The default pack and those of a folder. FhirError with everything wrong in any of them, with file and line.

    A pack of the folder whose id is ``default`` takes the place of the one that comes with the server.
    """
    if folder is not None and not folder.is_dir():
        raise messages.PACKS_ABSENT.error(folder=folder)
    files = sorted(path for path in (folder.iterdir() if folder else ()) if path.suffix in _SUFFIXES)
    packs: list[Pack] = []
    issues: list[Issue] = []
    for file in files:
        try:
            packs.append(read(file, rules, zone))
        except FhirError as error:
            issues += error.issues
    issues += _overlapping(packs)
    if issues:
        raise FhirError(issues)
    if not any(pack.id == "default" for pack in packs):
        packs.append(_pack(_Document(DEFAULT), zone))  # a test checks it; every start need not
    return Packs(packs)


def _overlapping(packs: Sequence[Pack]) -> Iterator[Issue]:
    for number, pack in enumerate(packs):
        for other in packs[:number]:
            same = (pack.group, pack.area) == (other.group, other.area)
            if pack.id == other.id or (same and pack.begins < other.ends and other.begins < pack.ends):
                yield messages.PACK_OVERLAP.at(place=pack.place, id=pack.id, other=other.place)


def read(file: Path, rules: Sequence[Rule], zone: ZoneInfo) -> Pack:
    """The pack of a file. FhirError with everything that is wrong with it, each with file and line."""
    document = _Document(file)
    issues = [*document.twice(), *_problems(document, rules)]
    if issues:
        raise FhirError(issues)
    return _pack(document, zone)


def _pack(document: _Document, zone: ZoneInfo) -> Pack:
    value = document.value
    begins = _moment(document, "from", zone, EARLIEST, "lo")
    ends = _moment(document, "until", zone, LATEST, "hi")
    settings = {
        id: Setting(each.get("mode"), each.get("parameters") or {}) for id, each in (value.get("rules") or {}).items()
    }
    names = ("id", "version", "title", "group", "area", "profiles")
    return Pack(
        **{name: value[name] for name in names if name in value},
        begins=begins,
        ends=ends,
        rules=settings,
        place=str(document.file),
    )


def _moment(document: _Document, name: str, zone: ZoneInfo, default: int, end: str) -> int:
    text = document.value.get(name)
    if text is None:
        return default
    try:
        found: int = getattr(interval(text, zone), end)
    except ValueError as error:
        raise messages.PACK_INVALID.error(place=document.place([name]), path=name, problem=error) from None
    return found


class _Loader(yaml.SafeLoader):
    """YAML 1.2's JSON schema: ``off`` is a text, not false, and so is a date, as what it means depends on the zone."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in ("timestamp", "bool")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


class _Document:
    """A YAML file and where in it everything stands."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            text = file.read_text(encoding="utf-8")
            self._root = yaml.compose(text, _Loader)
            self.value: Any = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
        except (yaml.MarkedYAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            place = f"{file}:{mark.line + 1}" if mark else str(file)
            raise messages.PACK_UNREADABLE.error(place=place, problem=getattr(error, "problem", error)) from None

    def place(self, path: Iterable[str | int] = ()) -> str:
        """``pack.yaml:12``: where the value of a path stands, or as much of the path as there is."""
        node, where = self._root, self._root
        for step in path:
            below = _below(node, step)
            if below is None:
                break
            where, node = below
        return f"{self.file}:{where.start_mark.line + 1 if where else 1}"

    def twice(self) -> Iterator[Issue]:
        """Keys that stand twice in one mapping, of which YAML would silently take the last."""
        nodes = [self._root]
        while nodes:
            node = nodes.pop()
            if isinstance(node, yaml.MappingNode):
                seen: set[str] = set()
                for key, value in node.value:
                    if key.value in seen:
                        place = f"{self.file}:{key.start_mark.line + 1}"
                        yield messages.PACK_KEY_TWICE.at(place=place, name=key.value)
                    seen.add(key.value)
                    nodes.append(value)
            elif isinstance(node, yaml.SequenceNode):
                nodes += node.value


def _below(node: Any, step: str | int) -> tuple[Any, Any] | None:
    """What stands under a key or at a place, and what shows where: the key itself."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _problems(document: _Document, rules: Sequence[Rule]) -> Iterator[Issue]:
    from jsonschema import Draft202012Validator  # a tenth of a second, which a start without packs need not wait for

    known = {rule.id: rule for rule in rules}
    schema = json_schema(rules)
    for error in sorted(Draft202012Validator(schema).iter_errors(document.value), key=lambda error: list(error.path)):
        yield _problem(document, error, known)


def _problem(document: _Document, error: ValidationError, known: Mapping[str, Rule]) -> Issue:
    """What jsonschema says, at its line; a rule that is not known with what it may have meant."""
    path = list(error.absolute_path)
    if error.validator == "additionalProperties" and path == ["rules"]:
        name = next(name for name in document.value["rules"] if name not in known)
        near = get_close_matches(str(name), known, n=1, cutoff=0.6)
        hint = f" ({near[0]}?)" if near else ""
        return messages.PACK_RULE_UNKNOWN.at(place=document.place([*path, name]), name=name, near=hint)
    schema, instance = error.schema, error.instance
    if error.validator == "additionalProperties" and isinstance(schema, Mapping) and isinstance(instance, Mapping):
        # jsonschema blames the whole; a reader looks for the member that is not known
        possible = schema["properties"]
        path.append(next(name for name in instance if name not in possible))
        shown = ".".join(map(str, path))
        return messages.PACK_INVALID.at(
            place=document.place(path), path=shown, problem=f"not one of {sorted(possible)}"
        )
    shown = ".".join(map(str, path)) or "-"
    return messages.PACK_INVALID.at(place=document.place(path), path=shown, problem=error.message)


def json_schema(rules: Sequence[Rule]) -> dict[str, Any]:
    """The JSON Schema of a rule pack, with the rules there are, the modes they may have and their parameters."""
    schema: dict[str, Any] = json.parse((FOLDER / "schema.json").read_bytes())
    schema["properties"]["rules"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {rule.id: _setting_schema(rule) for rule in rules},
    }
    return schema


def _setting_schema(rule: Rule) -> dict[str, Any]:
    parameters = {name: _kind(default) for name, default in rule.parameters.items()}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "mode": {"enum": list(rule.modes)},
            "parameters": {"type": "object", "additionalProperties": False, "properties": parameters},
        },
    }


def _kind(default: Any) -> dict[str, Any]:
    if isinstance(default, dict):
        inner = {name: _kind(value) for name, value in default.items()}
        return {"type": "object", "additionalProperties": False, "properties": inner}
    return next((schema for type, schema in _KINDS if isinstance(default, type)), {})
