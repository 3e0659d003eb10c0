"""What the interactions say."""

from __future__ import annotations

from fhirserver.outcome import Message

# ---- the address -----------------------------------------------------------------------------------------------------

# http.html#rejecting-updates: "404 Not Found - resource type not supported, or not a FHIR end-point"
ROUTE_UNKNOWN = Message(
    "route-unknown",
    "not-found",
    "There is nothing at {path} on this server. GET {base}/metadata lists what it offers.",
    "本服务器上没有 {path} 这一地址。可通过 GET {base}/metadata 查看服务器提供的内容。",
)
TYPE_UNKNOWN = Message(
    "type-unknown",
    "not-supported",
    "{type} is not a resource type of FHIR R4. Names are case-sensitive.",
    "{type} 不是 FHIR R4 的资源类型（区分大小写）。",
    status=404,
)
TYPE_UNKNOWN_NEAR = Message(
    "type-unknown-near",
    "not-supported",
    "{type} is not a resource type of FHIR R4. Near to it: {near}.",
    "{type} 不是 FHIR R4 的资源类型。名称相近的有：{near}。",
    status=404,
)
# RFC 9110 section 15.5.6
METHOD_NOT_ALLOWED = Message(
    "method-not-allowed",
    "not-supported",
    "{method} is not possible on {path}; possible: {allowed}.",
    "{path} 不支持 {method} 方法，可用的方法有：{allowed}。",
    status=405,
)
ID_FORM = Message(
    "id-form",
    "value",
    "{found!r} cannot be an id: expected 1 to 64 of the characters A-Z a-z 0-9 - and .",
    "{found!r} 不能作为 id：应为 1 至 64 个字符，只能使用 A-Z、a-z、0-9、- 和 .",
)

# ---- what is not there -----------------------------------------------------------------------------------------------

RESOURCE_UNKNOWN = Message(
    "resource-unknown",
    "not-found",
    "There is no {type}/{id} on this server.",
    "本服务器上没有 {type}/{id}。",
)
RESOURCE_DELETED = Message(
    "resource-deleted",
    "deleted",
    "{type}/{id} was deleted at {when}. Its earlier versions: {type}/{id}/_history.",
    "{type}/{id} 已于 {when} 删除。历史版本见 {type}/{id}/_history。",
)
VERSION_UNKNOWN = Message(
    "version-unknown",
    "not-found",
    "{type}/{id} has no version {vid}.",
    "{type}/{id} 没有版本 {vid}。",
)
VERSION_DELETED = Message(
    "version-deleted",
    "deleted",
    "Version {vid} of {type}/{id} is its deletion at {when}; there is nothing to read.",
    "{type}/{id} 的版本 {vid} 是 {when} 的删除记录，没有可读取的内容。",
)

# ---- what is written -------------------------------------------------------------------------------------------------

BODY_TYPE_DIFFERS = Message(
    "body-type-differs",
    "invalid",
    "The body is a {found}, but the URL says {expected}.",
    "请求体是 {found} 资源，但 URL 指定的类型是 {expected}。",
)
BODY_ID_MISSING = Message(
    "body-id-missing",
    "required",
    'The body has no id; an update must hold the id of its URL: "id": "{expected}".',
    '请求体没有 id；更新时请求体必须包含与 URL 一致的 id："id": "{expected}"。',
)
BODY_ID_DIFFERS = Message(
    "body-id-differs",
    "value",
    "The body's id is {found!r}, but the URL says {expected!r}.",
    "请求体的 id 为 {found!r}，但 URL 中的 id 为 {expected!r}。",
)
# http.html#read: "a resource that only contains a subset of the data is not suitable for use as a base to update"
BODY_SUBSETTED = Message(
    "body-subsetted",
    "business-rule",
    "The body carries the tag SUBSETTED: it is only a part of the resource, and storing it would lose the rest. Read"
    " the resource without _summary and _elements.",
    "请求体带有 SUBSETTED 标签：它只是资源的一部分，保存会丢失其余内容。请不带 _summary 和 _elements 重新读取该资源。",
)
CONDITIONAL_CREATE_UNSUPPORTED = Message(
    "conditional-create-unsupported",
    "not-supported",
    "If-None-Exist is not supported; nothing was created.",
    "本服务器不支持 If-None-Exist，未创建任何资源。",
)

# ---- preconditions ---------------------------------------------------------------------------------------------------

ETAG_FORM = Message(
    "etag-form",
    "value",
    '{header}: {found!r} is no list of entity tags; expected a form such as W/"3".',
    '{header}：{found!r} 不是有效的实体标签，应写作 W/"3" 这样的形式。',
)
# http.html#concurrency: "the server returns a 412 Precondition Failed status code instead of updating the resource"
VERSION_CONFLICT = Message(
    "version-conflict",
    "conflict",
    'If-Match names {asked}, but the current version of {type}/{id} is W/"{version}". Read it and try again.',
    'If-Match 指定 {asked}，但 {type}/{id} 的当前版本为 W/"{version}"。请重新读取后再试。',
    status=412,
)
VERSION_ABSENT = Message(
    "version-absent",
    "conflict",
    "If-Match names {asked}, but there is no {type}/{id}.",
    "If-Match 指定 {asked}，但 {type}/{id} 不存在。",
    status=412,
)
ALREADY_THERE = Message(
    "already-there",
    "conflict",
    'If-None-Match names {asked}, and {type}/{id} is there with version W/"{version}".',
    'If-None-Match 指定 {asked}，而 {type}/{id} 已存在，当前版本为 W/"{version}"。',
    status=412,
)

# ---- parameters ------------------------------------------------------------------------------------------------------

PARAMETER_UNKNOWN = Message(
    "parameter-unknown",
    "not-supported",
    "The parameter {name} is not known here; known: {known}. Prefer: handling=lenient ignores unknown parameters.",
    "此处不支持参数 {name}；可用的参数有：{known}。使用 Prefer: handling=lenient 可忽略未知参数。",
)
PARAMETER_UNKNOWN_NEAR = Message(
    "parameter-unknown-near",
    "not-supported",
    "The parameter {name} is not known here; did you mean {near}? Prefer: handling=lenient ignores unknown parameters.",
    "此处不支持参数 {name}；是否想用 {near}？使用 Prefer: handling=lenient 可忽略未知参数。",
)
PARAMETER_REPEATED = Message(
    "parameter-repeated",
    "value",
    "The parameter {name} appears more than once.",
    "参数 {name} 重复出现。",
)
PARAMETER_VALUE = Message(
    "parameter-value",
    "value",
    "The parameter {name} has the value {found!r}; expected {expected}.",
    "参数 {name} 的值为 {found!r}；应为 {expected}。",
)
PAGE_UNKNOWN = Message(
    "page-unknown",
    "value",
    "This page link was not made by this server for this request. Begin again without {name}.",
    "该分页链接不是本服务器为此请求生成的。请去掉 {name} 参数重新开始。",
)
MODE_UNSUPPORTED = Message(
    "mode-unsupported",
    "not-supported",
    "mode={found} is not offered; offered: {offered}.",
    "不提供 mode={found}；可用的有：{offered}。",
)

# ---- what was done, for Prefer: return=OperationOutcome --------------------------------------------------------------

CREATED = Message(
    "created",
    "informational",
    "Created {type}/{id}, version {version}.",
    "已创建 {type}/{id}，版本 {version}。",
    severity="information",
)
UPDATED = Message(
    "updated",
    "informational",
    "Updated {type}/{id}, now version {version}.",
    "已更新 {type}/{id}，当前版本 {version}。",
    severity="information",
)
UNCHANGED = Message(
    "unchanged",
    "informational",
    "{type}/{id} already had this content; it stays version {version}.",
    "{type}/{id} 的内容没有变化，仍为版本 {version}。",
    severity="information",
)
DELETED = Message(
    "deleted",
    "informational",
    "Deleted {type}/{id}.",
    "已删除 {type}/{id}。",
    severity="information",
)
NOTHING_TO_DELETE = Message(
    "nothing-to-delete",
    "informational",
    "There was no {type}/{id} to delete.",
    "没有可删除的 {type}/{id}。",
    severity="information",
)
