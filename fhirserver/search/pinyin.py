"""Chinese names as they are typed on a keyboard without Chinese: full pinyin and initials."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

from fhirserver.search.folding import has_han

#: Surnames that are not read as the character is read elsewhere.
SURNAMES: dict[str, str] = {
    "尉迟": "yu chi",
    "万俟": "mo qi",
    "长孙": "zhang sun",
    "澹台": "tan tai",
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "任": "ren",
    "查": "zha",
    "区": "ou",
    "盖": "ge",
    "朴": "piao",
    "翟": "zhai",
    "乐": "yue",
    "缪": "miao",
    "覃": "qin",
    "种": "chong",
    "冼": "xian",
    "员": "yun",
    "折": "she",
    "黑": "he",
    "繁": "po",
    "召": "shao",
    "哈": "ha",
    "华": "hua",
    "葛": "ge",
    "那": "na",
    "洗": "xian",
    "应": "ying",
    "重": "chong",
    "秘": "bi",
    "句": "gou",
    "隗": "wei",
    "逄": "pang",
}
#: Names with many readings of many characters are not spelled in all of them.
_MOST = 4


@lru_cache(maxsize=8192)
def spellings(name: str) -> tuple[str, ...]:
    """Full pinyin and initials of a name that has Chinese characters, in the readings it may have; () for others.

    >>> spellings("刘桂兰")
    ('liuguilan', 'lgl')
    """
    if not has_han(name) or len(name) > 60:
        return ()
    found: dict[str, None] = {}
    for syllables in islice(_readings(name), _MOST):
        found["".join(syllables)] = None
        found["".join(syllable[0] for syllable in syllables if syllable)] = None
    return tuple(text.replace(" ", "") for text in found)


def _readings(name: str) -> Iterator[tuple[str, ...]]:
    """The likely reading first, then the surname's own, then the others of each character."""
    # its tables take a fifth of the server's whole start: they are loaded with the first Chinese name
    from pypinyin import Style, lazy_pinyin
    from pypinyin import pinyin as readings

    plain = tuple(syllable.lower() for syllable in lazy_pinyin(name, v_to_u=False))
    for surname, reading in SURNAMES.items():
        if name.startswith(surname):
            head = tuple(reading.split())
            yield (*head, *(syllable.lower() for syllable in lazy_pinyin(name[len(surname) :])))
            break
    yield plain
    if len(name) <= 4:
        yield from product(*readings(name, style=Style.NORMAL, heteronym=True))
