"""Rule packs: what is read, what is refused with file and line, and which of several counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from fhirserver.exchange.packs import DEFAULT, EVERYWHERE, Packs, Whereabouts, load, read
from fhirserver.exchange.rules import Rule, message
from fhirserver.exchange.table import RULES
from fhirserver.outcome import FhirError
from fhirserver.resource.dates import microseconds

ZONE = ZoneInfo("Asia/Shanghai")
RULE = Rule(
    "REF-DUP", ("Task",), "", (message("REF-DUP", 409, "x", "某"),), None, parameters={"days": 7, "parts": ["a"]}
)
KEPT = Rule(
    "REF-TIME",
    ("Task",),
    "",
    (message("REF-TIME", 409, "x", "某"),),
    None,
    parameters={"minutes": {"stat": 10, "routine": 4320}},
    modes=("off", "advise"),
)
NOW = microseconds(datetime(2025, 3, 10, tzinfo=UTC))

Written = Callable[..., Packs]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """The packs of files with these texts."""

    def write(*texts: str) -> Packs:
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
        return load([RULE, KEPT], ZONE, tmp_path)

    return write


def pack(id: str, rest: str = "", rules: str = "") -> str:
    return f"id: {id}\nversion: '1'\ntitle: {id}\n{rest}{'rules:' if rules else ''}\n{rules}"


def refused(written: Written, *texts: str) -> list[tuple[str, str]]:
    with pytest.raises(FhirError) as error:
        written(*texts)
    return [(issue.key, Path(issue.values["place"]).name) for issue in error.value.issues]


def test_the_default_pack_holds_where_no_other_does(written: Written) -> None:
    packs = written()
    assert packs.mode(RULE, EVERYWHERE, NOW) == "enforce"
    assert packs.parameter(RULE, "days", EVERYWHERE, NOW) == 7
    assert packs.profiles(EVERYWHERE, NOW)
    assert not packs.differ


def test_the_most_specific_counts(written: Written) -> None:
    packs = written(
        pack("group", "group: Organization/a\n", " REF-DUP: {mode: off}\n"),
        pack("city", "area: '3702'\nprofiles: false\n", " REF-DUP: {mode: advise, parameters: {days: 3}}\n"),
        pack("province", "area: '37'\n", " REF-DUP: {mode: enforce, parameters: {days: 5, parts: [b]}}\n"),
    )
    areas = frozenset({"370202"})
    assert packs.differ
    assert packs.mode(RULE, Whereabouts(frozenset({"Organization/a"}), areas), NOW) == "off"
    assert packs.mode(RULE, Whereabouts(frozenset({"Organization/b"}), areas), NOW) == "advise"
    assert packs.mode(RULE, Whereabouts(areas=frozenset({"370600"})), NOW) == "enforce"
    here = Whereabouts(frozenset({"Organization/a"}), areas)
    assert packs.parameter(RULE, "days", here, NOW) == 3
    assert packs.parameter(RULE, "parts", here, NOW) == ["b"]
    assert not packs.profiles(Whereabouts(areas=areas), NOW)
    assert packs.profiles(EVERYWHERE, NOW)


def test_of_several_groups_the_strictest_counts(written: Written) -> None:
    packs = written(
        pack("one", "group: Organization/a\n", " REF-DUP: {mode: off}\n"),
        pack("two", "group: Organization/b\n", " REF-DUP: {mode: advise}\n"),
    )
    assert packs.mode(RULE, Whereabouts(frozenset({"Organization/a", "Organization/b"})), NOW) == "advise"


@pytest.mark.parametrize(
    ("period", "mode"),
    [
        ("from: 2025-03-11\n", "enforce"),
        ("from: 2025-03-10\n", "off"),
        ("until: 2025-03-10\n", "off"),
        ("until: 2025-03-09\n", "enforce"),
    ],
)
def test_a_pack_holds_from_a_day_to_a_day(written: Written, period: str, mode: str) -> None:
    packs = written(pack("x", "area: '37'\n" + period, " REF-DUP: {mode: off}\n"))
    assert packs.mode(RULE, Whereabouts(areas=frozenset({"370202"})), NOW) == mode


def test_what_is_wrong_is_told_with_its_line(written: Written) -> None:
    assert refused(written, pack("x", rules=" REF-DUP: {mode: sometimes}\n")) == [("pack-invalid", "0.yaml:5")]
    assert refused(written, pack("x", rules=" REF-TIME: {mode: enforce}\n")) == [("pack-invalid", "0.yaml:5")]
    wrong = " REF-DUP:\n  parameters:\n   days: many\n"
    assert refused(written, pack("x", rules=wrong)) == [("pack-invalid", "0.yaml:7")]
    for minutes in ("stat: -5", "stat: soon", "tomorrow: 5"):
        late = f" REF-TIME:\n  parameters:\n   minutes:\n    {minutes}\n"
        assert refused(written, pack("x", rules=late))[0][0] == "pack-invalid"
    assert refused(written, pack("x", "rulez: 1\n")) == [("pack-invalid", "0.yaml:4")]
    wrong = " REF-DUP:\n  parameters:\n   day: 1\n"
    assert refused(written, pack("x", rules=wrong)) == [("pack-invalid", "0.yaml:7")]
    assert refused(written, pack("x", rules=" REF-DUO: {}\n")) == [("pack-rule-unknown", "0.yaml:5")]
    assert refused(written, pack("x", rules=" REF-DUP: {}\n REF-DUP: {}\n")) == [("pack-key-twice", "0.yaml:6")]
    assert refused(written, "id: [\n") == [("pack-unreadable", "0.yaml:2")]
    assert refused(written, "") == [("pack-invalid", "0.yaml:1")]
    assert refused(written, pack("x", "from: '2025-13-01'\n")) == [("pack-invalid", "0.yaml:4")]


def test_two_packs_for_one_place_and_time(written: Written) -> None:
    one, two = pack("one", "area: '37'\n"), pack("two", "area: '37'\n")
    assert refused(written, one, two) == [("pack-overlap", "1.yaml")]


def test_one_follows_the_other(written: Written) -> None:
    one, two = pack("one", "area: '37'\nuntil: 2025-03-31\n"), pack("two", "area: '37'\nfrom: 2025-04-01\n")
    assert len(written(one, two).packs) == 3


def test_the_pack_that_comes_with_the_server_is_good() -> None:
    assert read(DEFAULT, RULES, ZONE).id == "default"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FhirError) as error:
        load([RULE], ZONE, tmp_path / "none")
    assert [issue.key for issue in error.value.issues] == ["packs-absent"]
