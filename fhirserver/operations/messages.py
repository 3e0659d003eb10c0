"""What the operations say of their parameters."""

from __future__ import annotations

from fhirserver.outcome import Message

OPERATION_UNKNOWN = Message(
    "operation-unknown",
    "not-supported",
    "There is no operation ${code} for {type}; it is offered for: {offered}.",
    "{type} 没有操作 ${code}；提供该操作的类型有：{offered}。",
    status=404,
)
ARGUMENT_UNKNOWN = Message(
    "operation-parameter-unknown",
    "not-supported",
    "${code} has no parameter '{name}'; it has: {known}.",
    "${code} 没有参数“{name}”；可用的参数有：{known}。",
)
ARGUMENT_REPEATED = Message(
    "operation-parameter-repeated",
    "invalid",
    "The parameter '{name}' of ${code} may be given once only.",
    "${code} 的参数“{name}”只能给出一次。",
)
ARGUMENT_MISSING = Message(
    "operation-parameter-missing",
    "required",
    "${code} needs {expected}.",
    "${code} 需要参数 {expected}。",
)
ARGUMENT_TYPE = Message(
    "operation-parameter-type",
    "value",
    "The parameter '{name}' of ${code} is a {expected}; found {found}.",
    "${code} 的参数“{name}”应为 {expected}；实际为 {found}。",
)
ARGUMENT_NOT_IN_URL = Message(
    "operation-parameter-not-in-url",
    "not-supported",
    "The parameter '{name}' of ${code} is a {expected}: send it by POST in a Parameters resource.",
    "${code} 的参数“{name}”类型为 {expected}：请用 POST 放在 Parameters 资源中发送。",
)
ARGUMENT_NOT_SUPPORTED = Message(
    "operation-parameter-not-supported",
    "not-supported",
    "The parameter '{name}' of ${code} is not supported here.",
    "本服务器不支持 ${code} 的参数“{name}”。",
)
ARGUMENTS_NOT_PARAMETERS = Message(
    "operation-body-type",
    "structure",
    "${code} takes a Parameters resource{other:en}; found {found}.",
    "${code} 接受 Parameters 资源{other:zh}；实际为 {found}。",
)
RESOURCE_NOT_STORED = Message(
    "operation-resource-unknown",
    "not-found",
    "There is no {type}/{id} here.",
    "本服务器没有 {type}/{id}。",
)
NOTHING_BOUND = Message(
    "operation-context-unknown",
    "not-found",
    "No element is bound to a value set at {context}; expected the url of a StructureDefinition, #, an element's path.",
    "在 {context} 没有绑定值集的元素；应为 StructureDefinition 的 url、# 和元素路径。",
)
ALL_OK = Message(
    "all-ok",
    "informational",
    "No issues: the resource is valid.",
    "没有问题：资源有效。",
    severity="information",
)
MODE_NEEDS_INSTANCE = Message(
    "validate-mode-needs-instance",
    "invalid",
    "$validate with mode {mode} is asked of an instance: [base]/[type]/[id]/$validate.",
    "mode 为 {mode} 的 $validate 须在实例上调用：[base]/[type]/[id]/$validate。",
)
ID_DISAGREES = Message(
    "validate-id-disagrees",
    "value",
    "An update of {expected} sends a resource with this id; found {found}.",
    "更新 {expected} 时资源的 id 必须相同；实际为 {found}。",
)
DEFINITION_UNKNOWN = Message(
    "operation-definition-unknown",
    "not-found",
    "Nobody here knows the StructureDefinition {url}.",
    "本服务器没有 StructureDefinition {url}。",
)
PERIOD_REVERSED = Message(
    "everything-period-reversed",
    "value",
    "The start of $everything lies after its end; found start={start}, end={end}.",
    "$everything 的 start 晚于 end；实际为 start={start}、end={end}。",
)
ID_ON_INSTANCE = Message(
    "document-id-on-instance",
    "invalid",
    "$document of a Composition's own address takes no id: call [base]/Composition/[id]/$document without it, "
    "or [base]/Composition/$document?id=[id].",
    "在 Composition 实例上调用 $document 时不能带参数 id：请去掉 id，或改用 [base]/Composition/$document?id=[id]。",
)
PERSIST_NEEDS_POST = Message(
    "document-persist-needs-post",
    "invalid",
    "$document with persist=true stores a Bundle: send it by POST, in a Parameters resource.",
    "persist=true 的 $document 会存储一个 Bundle：请用 POST 放在 Parameters 资源中发送。",
)
DOCUMENT_INCOMPLETE = Message(
    "document-reference-lost",
    "not-found",
    "The document cannot be made whole: the Composition refers to what is not on this server: {lost}.",
    "无法生成完整的文档：Composition 引用的资源不在本服务器上：{lost}。",
    status=422,
)
