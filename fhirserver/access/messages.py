"""What this room says of a caller it does not know."""

from __future__ import annotations

from fhirserver.outcome import Message

CALLER_FORM = Message(
    "caller-form",
    "login",
    "X-Caller is {found!r}: expected PractitionerRole/ID or Organization/ID",
    "X-Caller 为 {found!r}：应为 PractitionerRole/标识 或 Organization/标识",
)
CALLER_UNKNOWN = Message(
    "caller-unknown",
    "login",
    "X-Caller names {found}, which is not there: create it first, as an administrator (without X-Caller)",
    "X-Caller 指定的 {found} 不存在：请先以管理员身份（不带 X-Caller）创建",
)
CALLER_INACTIVE = Message(
    "caller-inactive",
    "login",
    "X-Caller names {found}, which is not active at this time: look at its active and period",
    "X-Caller 指定的 {found} 目前不在用：请检查其 active 与 period",
)
CALLER_WITHOUT_ORGANIZATION = Message(
    "caller-without-organization",
    "login",
    "X-Caller names {found}, which has no organization that is there: rules cannot tell for whom it calls",
    "X-Caller 指定的 {found} 没有可查到的所属机构（organization），无法判断代表哪家机构",
)
