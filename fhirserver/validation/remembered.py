"""Answers that are remembered, by questions that are tuples of texts."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key", bound=tuple[str | None, ...])
Answer = TypeVar("Answer")

#: How many answers are remembered, and how many characters a question may have for that.
_MOST = 50_000
_LONGEST = 500


def keep(answers: dict[Key, Answer], key: Key, answer: Answer) -> Answer:
    """Remember an answer, unless its question is too long; when there are too many, the others are forgotten."""
    if sum(len(part or "") for part in key) <= _LONGEST:
        if len(answers) >= _MOST:
            answers.clear()
        answers[key] = answer
    return answer
