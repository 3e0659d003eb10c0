"""What the rules of a referral say: what is missing or does not fit, and what to change."""

from __future__ import annotations

from fhirserver.exchange.rules import message
from fhirserver.outcome import RULE_SYSTEM, Message

# ---- the request -----------------------------------------------------------------------------------------------------

CONSENT_MISSING = message(
    "REF-CONSENT",
    422,
    "The referral names no consent: add the extension referral-consent with the patient's Consent.",
    "转诊缺知情同意：请添加扩展 referral-consent，指向患者的知情同意书（Consent）。",
)
CONSENT_UNFIT = message(
    "REF-CONSENT",
    422,
    "{reference} is no consent to this referral: it must be there, active, of this patient, permit it, and hold on"
    " {date}.",
    "{reference} 不能作为本次转诊的知情同意：应存在、状态为 active、属于本患者、为许可（permit），且在 {date} 有效。",
)
CONSENT_LATER = Message(
    "REF-CONSENT",
    "business-rule",
    "An emergency may do without consent at first: add it to the request later (extension referral-consent).",
    "急诊可先转诊：请事后在申请中补充知情同意（扩展 referral-consent）。",
    severity="warning",
    system=RULE_SYSTEM,
)
NOVISIT = message(
    "REF-NOVISIT",
    422,
    "The referral names no encounter it comes from: nobody is referred without having been seen.",
    "转诊没有写明本次就诊（encounter）：不得未经诊治直接转诊。",
)
NOVISIT_UNFIT = message(
    "REF-NOVISIT",
    422,
    "{reference} is not the encounter this referral comes from: it must be there, of this patient, and have begun.",
    "{reference} 不能作为本次就诊：应存在、属于本患者，且已经开始。",
)
CRITERION = message(
    "REF-CRITERION",
    422,
    "A referral {direction} names no criterion: add the extension referral-criterion with a code of {system}.",
    "方向为 {direction} 的转诊缺指征：请添加扩展 referral-criterion，代码取自 {system}。",
)
DIRECTION = message(
    "REF-DIRECTION",
    422,
    "Direction {direction} does not agree with the tiers: the placer is of tier {placer}, the receiver of tier"
    " {target}.",
    "方向 {direction} 与双方层级不符：转出方为 {placer} 级，接收方为 {target} 级。",
)
LEVEL = message(
    "REF-LEVEL",
    422,
    "The referral goes from tier {placer} to tier {target} at once, without emergency, lack of ability or the patient's"
    " choice as a reason: refer to the next tier, or give the reason (referral-criterion, external-choice).",
    "转诊由 {placer} 级直接到 {target} 级，越级且未写明急诊、能力不足或患者选择等原因：请转往上一级，或在"
    " referral-criterion、external-choice 中写明原因。",
)
NOTMEMBER = message(
    "REF-NOTMEMBER",
    422,
    "{placer} and {target} share no group: refer inside the group, or say why not in the extension external-choice.",
    "{placer} 与 {target} 不在同一集团：请在集团内转诊，或用扩展 external-choice 说明原因。",
)
DUPLICATE = message(
    "REF-DUP",
    409,
    "{found} is already active for this patient, specialty and direction, sent less than {days} days ago: follow it, or"
    " have it cancelled first.",
    "{found} 是 {days} 天内同一患者、专科、方向的有效转诊：请继续办理该转诊，或先取消它。",
)
PLACER_NUMBER_USED = message(
    "REF-DUP",
    409,
    "The placer's number {number} is that of {found}: a retry is no second referral; a new one needs a number of its"
    " own.",
    "转诊单号 {number} 已用于 {found}：重发不会产生第二个转诊；新的转诊请使用新单号。",
)
REQUISITION_USED = message(
    "REF-DUP",
    409,
    "The requisition {number} is already in use, by another patient or placer: take a number of its own.",
    "申请组号 {number} 已被其他患者或转出方使用：请使用新的申请组号。",
)
TASK_THERE = message(
    "REF-DUP",
    409,
    "The requisition {number} already has {found} for this: it was sent before; follow that one.",
    "申请组 {number} 已有对应任务 {found}：此前已提交，请继续办理该任务。",
)
INACTIVE = message(
    "REF-CAPABILITY",
    422,
    "{target} is not in use any more or not there: refer to another one.",
    "{target} 已停用或不存在：请转往其他机构。",
)
SUCCEEDED = message(
    "REF-CAPABILITY",
    422,
    "{target} is not in use any more: {successor} has taken its place; refer there.",
    "{target} 已停用，由 {successor} 接续：请转往接续机构。",
)
NOT_OFFERED = message(
    "REF-CAPABILITY",
    422,
    "{target} does not offer {code}. In the group it is offered by: {offered}.",
    "{target} 不提供 {code}。集团内提供该服务的有：{offered}。",
)
TIER_UNFIT = message(
    "REF-CAPABILITY",
    422,
    "{target} is of tier {tier}, which does not fit a referral {direction} from tier {placer}.",
    "{target} 为 {tier} 级，与由 {placer} 级 {direction} 的转诊不符。",
)
NOT_IN_GROUP = message(
    "REF-CAPABILITY",
    422,
    "{target} shares no group with {placer}, and the referral has no external-choice.",
    "{target} 与 {placer} 不在同一集团，且转诊没有 external-choice。",
)
NO_DISPATCH = message(
    "REF-CAPABILITY",
    422,
    "The referral names no performer, and no group of {placer} has a dispatch centre that is in use: name a performer.",
    "转诊没有写 performer，而 {placer} 所在集团没有在用的调度中心：请指定接收方。",
)
PACKAGE = message(
    "REF-PACKAGE",
    422,
    "The package lacks: {missing}. Add resources of this patient to supportingInfo.",
    "转诊资料缺少：{missing}。请在 supportingInfo 中补充本患者的资料。",
)
PACKAGE_UNFIT = message(
    "REF-PACKAGE",
    422,
    "{reference} in supportingInfo is not there or belongs to another patient.",
    "supportingInfo 中的 {reference} 不存在，或属于其他患者。",
)
PLAN_MISSING = message(
    "REF-DOWNPLAN",
    422,
    "A step-down needs a CarePlan of this patient in supportingInfo.",
    "下转须在 supportingInfo 中附本患者的照护计划（CarePlan）。",
)
PLAN_UNFIT = message(
    "REF-DOWNPLAN",
    422,
    "The plan {reference} lacks: {missing}.",
    "照护计划 {reference} 缺少：{missing}。",
)
REQUISITION_MISSING = message(
    "REF-STATE",
    422,
    "A referral needs a requisition with system and value, a requester and a subject.",
    "转诊必须有申请组号 requisition（含 system 与 value）、申请人 requester 和患者 subject。",
)

# ---- moves -----------------------------------------------------------------------------------------------------------

NO_TRANSITION = message(
    "REF-STATE",
    409,
    "A task cannot go from {before} to {after}. From {before} it can become: {possible}.",
    "任务不能从 {before} 变为 {after}。从 {before} 可以变为：{possible}。",
)
ENDED = message(
    "REF-STATE",
    409,
    "The task is {status}, which is final: nothing of it changes any more.",
    "任务已是最终状态 {status}，不能再修改。",
)
IMMUTABLE = message(
    "REF-STATE",
    409,
    "{element} of a referral does not change once it has been sent; here the stored value must stand.",
    "转诊提交后 {element} 不能再改，应保持已保存的值。",
)
DERIVED = message(
    "REF-STATE",
    409,
    "The status of a group task follows from its child tasks ({status} now): move those.",
    "组任务的状态由子任务推算（现为 {status}）：请操作子任务。",
)
REQUEST_STATUS = message(
    "REF-STATE",
    409,
    "A referral cannot go from {before} to {after} by hand: its tasks carry its state. The placer may make a draft"
    " active and revoke a referral that is not in progress.",
    "转诊申请不能直接从 {before} 改为 {after}：状态由任务决定。转出方可以把草稿改为 active，也可以撤销尚未开始办理的"
    "转诊。",
)
DELETED = message(
    "REF-STATE",
    409,
    "A referral is not deleted: have its task cancelled.",
    "转诊不能删除：请取消其任务。",
)
BORN = message(
    "REF-STATE",
    409,
    "A new task of a referral is a draft or requested, not {status}.",
    "新建的转诊任务只能是 draft 或 requested，不能是 {status}。",
)
REQUEST_NOT_OPEN = message(
    "REF-STATE",
    409,
    "{request} is {status}: only the task of an active referral can be requested.",
    "{request} 的状态为 {status}：只有有效的转诊才能提交任务。",
)
NOT_FOLLOWED = message(
    "REF-STATE",
    409,
    "{found} of this request is {status}: a new task is made only after one that was rejected or failed.",
    "本申请的 {found} 状态为 {status}：只有被拒绝或失败后才能新建任务。",
)
INCOHERENT = message(
    "REF-STATE",
    422,
    "{element} of the task does not agree with {request}.",
    "任务的 {element} 与 {request} 不一致。",
)
AWAITS_DISPATCH = message(
    "REF-STATE",
    409,
    "The task waits for dispatch: hand it to a receiver with $dispatch, or reject it.",
    "任务等待调度：请用 $dispatch 分派给接收方，或予以拒绝。",
)
NOT_DISPATCHED = message(
    "REF-STATE",
    409,
    "This is no child task of a referral, so there is nothing to dispatch: name the task whose focus is the request.",
    "这不是转诊的子任务，无法调度：请指定 focus 为转诊申请的任务。",
)
DISPATCHED_BEFORE = message(
    "REF-STATE",
    409,
    "The task was dispatched to {owner} already: to hand it to somebody else, read it and send If-Match.",
    "任务已分派给 {owner}：如需改派，请重新读取并带 If-Match。",
)
REASON_MISSING = message(
    "REF-STATE",
    422,
    "A task that becomes {status} says why: add statusReason.",
    "任务变为 {status} 时须说明原因：请填写 statusReason。",
)
NOT_ARRIVED = message(
    "REF-STATE",
    422,
    "No encounter of this patient with basedOn {request} has begun: create or update it first.",
    "没有 basedOn 为 {request} 且已开始的本患者就诊：请先登记就诊（到达或入院）。",
)
BUSINESS_OF_SERVER = message(
    "REF-STATE",
    409,
    "businessStatus {status} is set by the server: leave it as it was, or send another one.",
    "businessStatus {status} 由服务器设置：请保持原值，或改用其他值。",
)
IN_PROGRESS = message(
    "REF-STATE",
    409,
    "{found} is {status}: a referral that is being carried out is not revoked.",
    "{found} 的状态为 {status}：正在办理的转诊不能撤销。",
)
NOT_YOURS = message(
    "REF-OWNER",
    403,
    "Only the {party:en} of this referral may move its task from {before} to {after};"
    " the caller is not the {party:en}.",
    "只有本转诊的{party:zh}可以把任务从 {before} 变为 {after}；调用者不是{party:zh}。",
)
NOT_INVOLVED = message(
    "REF-OWNER",
    403,
    "The caller is neither placer, nor owner, nor dispatcher of this referral.",
    "调用者不是本转诊的转出方、接收方或调度员。",
)
NOT_PLACER = message(
    "REF-OWNER",
    403,
    "A referral is sent and changed by the organisation of its requester; the caller belongs to another one.",
    "转诊由申请人（requester）所在机构提交和修改，调用者属于其他机构。",
)
NOT_DISPATCHER = message(
    "REF-OWNER",
    403,
    "Only a dispatcher may call $dispatch: a PractitionerRole with the code dispatcher.",
    "只有调度员可以执行 $dispatch：调用者的岗位（PractitionerRole）须有代码 dispatcher。",
)
NOT_RECEIVER = message(
    "REF-OWNER",
    403,
    "{element} of a task is written by the {party:en} of its referral.",
    "任务的 {element} 由转诊的{party:zh}填写。",
)
OWNER_CHOSEN = message(
    "REF-OWNER",
    403,
    "The first owner is the performer of the request, {expected}; $dispatch changes it.",
    "任务的首个 owner 应为申请的 performer（{expected}）；改派请用 $dispatch。",
)
FEEDBACK = message(
    "REF-FEEDBACK",
    422,
    "A completed referral returns its feedback document (discharge summary): add it to output with type feedback.",
    "完成转诊须交回执或出院小结：请写入 output，type 为 feedback。",
)
FEEDBACK_UNFIT = message(
    "REF-FEEDBACK",
    422,
    "The feedback {reference} is not there or belongs to another patient.",
    "回执 {reference} 不存在，或属于其他患者。",
)
REPEATED = message(
    "REF-REPEAT",
    409,
    "{found} is already booked for the requisition {number}: a referred patient is not sent through a second outpatient"
    " booking.",
    "申请组 {number} 已有预约 {found}：不得要求转诊患者再次预约门诊。",
)
PROMISE_UNFIT = message(
    "REF-STATE",
    422,
    "The output {type} of an acceptance is a reference to one of this referral, or a Period with a start.",
    "接收时 output 的 {type} 应为本转诊的引用，或带 start 的 Period。",
)
#: The rule without an error of its own: what it says is that it exists.
TIME = Message(
    "REF-TIME",
    "informational",
    "An answer is due {due}; without one the task goes back to dispatch.",
    "应在 {due} 前应答；过期未应答将交回调度中心。",
    severity="information",
    system=RULE_SYSTEM,
)
FIND_TASKS = Message(
    "referral-tasks",
    "informational",
    "The tasks of this referral: Task?group-identifier={number}",
    "本转诊的任务：Task?group-identifier={number}",
    severity="information",
)
