"""What the rules of a group's structure say: organisations, affiliations, grids."""

from __future__ import annotations

from fhirserver.exchange.rules import message

LEAD_TWICE = message(
    "GOV-LEAD",
    409,
    "{group} has the lead hospital {other} at that time already ({affiliation}). End that affiliation first, or in the"
    " same transaction, so that the periods do not overlap.",
    "{group} 在该时段已有牵头医院 {other}（{affiliation}）。请先结束该成员关系，或在同一事务中一并结束，"
    "使两者的 period 不重叠。",
)
LEAD_LOST = message(
    "GOV-LEAD",
    409,
    "{group} would have members but no lead hospital from {since} on. Name the next lead in the same transaction, or"
    " end the memberships as well.",
    "自 {since} 起 {group} 将有成员而无牵头医院。请在同一事务中写入新的牵头关系，或同时结束各成员关系。",
)
TWO_TIGHT_GROUPS = message(
    "GOV-DOUBLE",
    409,
    "{member} is part of the tight group {other} for the same kind of service at that time ({affiliation}). End that"
    " affiliation, tell the services apart (specialty), or use the role partner.",
    "{member} 在该时段、同类服务中已属于紧密型集团 {other}（{affiliation}）。请结束该关系、用 specialty 区分服务类别，"
    "或改用角色 partner（协作单位）。",
)
PART_OF_ITSELF = message(
    "GOV-CYCLE",
    422,
    "{organization} would be part of itself through {path}. Name another partOf.",
    "{organization} 将经由 {path} 成为自己的下级。请更改 partOf。",
)
MEMBER_OF_ITSELF = message(
    "GOV-CYCLE",
    422,
    "{organization} would be a member of itself through {path}. A group is joined by others.",
    "{organization} 将经由 {path} 成为自己的成员。成员应是集团以外的机构。",
)
GRIDS_OVERLAP = message(
    "GRID-OVERLAP",
    409,
    "The community {community} belongs to the active grid {other} already. Take it out of one of the two.",
    "社区 {community} 已属于在用网格 {other}。请从其中一个网格中去掉该社区。",
)
NOT_DESIGNATED = message(
    "FEE-NOTDESIGNATED",
    422,
    "{organization} works for profit and has no designated institution code, so no Coverage can pay for this request."
    " Leave insurance out, or choose another performer.",
    "{organization} 为营利性机构且没有医保定点代码，医保（insurance）不能支付此申请。请去掉 insurance，"
    "或选择其他执行机构。",
)
