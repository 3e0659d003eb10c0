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
FOUND_INSTEAD = Message(
    "found-instead",
    "informational",
    "{type}/{id}, version {version}, is there already; nothing was created.",
    "{type}/{id} 已存在（版本 {version}），未创建新资源。",
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

# ---- conditional interactions ----------------------------------------------------------------------------------------

CRITERIA_MISSING = Message(
    "criteria-missing",
    "required",
    "There are no criteria: nothing says which {type} is meant. Expected search parameters such as"
    " identifier=http://example.org/ids|123.",
    "没有查询条件，无法确定是哪个 {type}。应给出检索参数，例如 identifier=http://example.org/ids|123。",
)
CRITERION_EMPTY = Message(
    "criterion-empty",
    "value",
    "The criterion {name} has no value and would match everything.",
    "条件 {name} 没有值，会匹配所有资源。",
)
CRITERION_NO_FILTER = Message(
    "criterion-no-filter",
    "not-supported",
    "{name} does not say which resource is meant and cannot be a criterion.",
    "{name} 不是筛选条件，不能用来确定资源。",
)
CRITERIA_ENCODING = Message(
    "criteria-encoding",
    "structure",
    "The criteria are no percent-encoded UTF-8 (RFC 3986).",
    "查询条件不是有效的百分号编码 UTF-8（RFC 3986）。",
)
CRITERIA_UNSUPPORTED = Message(
    "criteria-unsupported",
    "not-supported",
    "This server runs without search and cannot look for criteria; nothing was stored.",
    "本服务器未启用检索，无法处理条件；未保存任何内容。",
)
# http.html#ccreate: "412 Precondition Failed error indicating the client's criteria were not selective enough"
CRITERIA_MATCH_SEVERAL = Message(
    "criteria-match-several",
    "multiple-matches",
    "{criteria} matches several resources; it must match one at most. Nothing was stored.",
    "{criteria} 匹配了多个资源，最多只能匹配一个。未保存任何内容。",
)
CRITERIA_MATCH_NONE = Message(
    "criteria-match-none",
    "not-found",
    "{criteria} matches no resource.",
    "没有资源匹配 {criteria}。",
)
CRITERIA_MATCH_TOO_MANY = Message(
    "criteria-match-too-many",
    "multiple-matches",
    "{criteria} matches more than the {limit} resources that one request may delete; nothing was deleted.",
    "{criteria} 匹配的资源超过单次请求允许删除的 {limit} 个；未删除任何资源。",
)
# http.html#cond-update: "One Match, resource id provided but does not match resource found: ... 400 Bad Request"
CRITERIA_MATCH_OTHER = Message(
    "criteria-match-other",
    "value",
    "The body's id is {found!r}, but {criteria} matches {type}/{id}.",
    "请求体的 id 为 {found!r}，但 {criteria} 匹配的是 {type}/{id}。",
)
ID_TAKEN = Message(
    "id-taken",
    "conflict",
    "{criteria} matches nothing, and {type}/{id}, the id in the body, is another resource; nothing was stored.",
    "{criteria} 没有匹配的资源，而请求体中的 id 已属于另一资源 {type}/{id}；未保存任何内容。",
)
PATCH_SUBJECT_UNKNOWN = Message(
    "patch-subject-unknown",
    "not-found",
    "There is no {type}/{id} to patch.",
    "没有可修补的 {type}/{id}。",
)
PATCH_SUBJECT_DELETED = Message(
    "patch-subject-deleted",
    "deleted",
    "{type}/{id} was deleted and cannot be patched.",
    "{type}/{id} 已被删除，无法修补。",
)
PATCH_MEDIA_UNSUPPORTED = Message(
    "patch-media-unsupported",
    "not-supported",
    "A patch cannot be {found!r}; expected application/json-patch+json (RFC 6902), or a FHIRPath Patch: a Parameters"
    " resource as application/fhir+json or application/fhir+xml.",
    "补丁不能是 {found!r}；应为 application/json-patch+json（RFC 6902），或 FHIRPath Patch，即以"
    " application/fhir+json 或 application/fhir+xml 发送的 Parameters 资源。",
    status=415,
)
PATCH_RESOURCE_TYPE = Message(
    "patch-resource-type",
    "invalid",
    "A FHIRPath Patch is a Parameters resource; this is a {found}.",
    "FHIRPath Patch 应为 Parameters 资源，收到的是 {found}。",
)
PATCH_DATA = Message(
    "patch-data",
    "invalid",
    "The Binary holds no JSON Patch: data is missing or no base64.",
    "Binary 中没有 JSON Patch：缺少 data 或不是 base64。",
)

# ---- batch and transaction -------------------------------------------------------------------------------------------

BUNDLE_EXPECTED = Message(
    "bundle-expected",
    "invalid",
    "POST to {base} takes a Bundle of type transaction or batch; this is a {found}. To create it: POST {base}/{found}.",
    "POST {base} 接受类型为 transaction 或 batch 的 Bundle，收到的是 {found}。若要创建该资源：POST {base}/{found}。",
)
BUNDLE_TYPE = Message(
    "bundle-type",
    "not-supported",
    "A Bundle of type {found!r} is not a list of things to do; only transaction and batch are. To store it as it is:"
    " POST {base}/Bundle.",
    "类型为 {found!r} 的 Bundle 不是待执行的操作列表，只有 transaction 和 batch 可以在此提交。若要原样保存："
    "POST {base}/Bundle。",
    status=422,
)
TOO_MANY_ENTRIES = Message(
    "too-many-entries",
    "too-long",
    "The Bundle has {found} entries; this server takes {limit} at once.",
    "Bundle 有 {found} 个条目，本服务器一次最多接受 {limit} 个。",
)
ENTRY_REQUEST_MISSING = Message(
    "entry-request-missing",
    "required",
    "The entry has no request: nothing says what to do with it. Expected request.method and request.url.",
    "该条目没有 request，无法确定要执行的操作。应包含 request.method 和 request.url。",
)
ENTRY_RESOURCE_MISSING = Message(
    "entry-resource-missing",
    "required",
    "{method} needs a resource in the entry.",
    "{method} 要求条目中包含资源。",
)
ENTRY_RESOURCE_SURPLUS = Message(
    "entry-resource-surplus",
    "structure",
    "{method} takes no resource.",
    "{method} 的条目不应包含资源。",
)
ENTRY_ELSEWHERE = Message(
    "entry-elsewhere",
    "not-supported",
    "{url!r} is not an address of this server; expected one relative to {base}, such as Patient/1.",
    "{url!r} 不是本服务器的地址；应为相对于 {base} 的地址，例如 Patient/1。",
    status=400,
)
ENTRY_NESTED = Message(
    "entry-nested",
    "not-supported",
    "A batch or transaction cannot hold another one.",
    "batch 或 transaction 中不能再包含 batch 或 transaction。",
)
ENTRY_NOT_IN_TRANSACTION = Message(
    "entry-not-in-transaction",
    "not-supported",
    "{method} {url} cannot be a part of a transaction; send it by itself or in a batch.",
    "{method} {url} 不能作为 transaction 的一部分，请单独发送或放入 batch。",
)
# http.html#trules: "If any resource identities (including resolved identities from conditional update/delete) overlap
# in steps 1-3, then the transaction SHALL fail"
ENTRIES_OVERLAP = Message(
    "entries-overlap",
    "invalid",
    "{type}/{id} is written by entry[{first}] already; a transaction may change a resource once.",
    "{type}/{id} 已由 entry[{first}] 写入；一个 transaction 只能更改同一资源一次。",
)
ENTRIES_INTERDEPENDENT = Message(
    "entries-interdependent",
    "invalid",
    "entry[{first}] of the batch changes {type}/{id} too, and the outcome would depend on their order; use a"
    " transaction, or two requests.",
    "该 batch 的 entry[{first}] 也会更改 {type}/{id}，结果将取决于执行顺序；请使用 transaction 或分两次请求。",
)
BATCH_LINK = Message(
    "batch-link",
    "invalid",
    "The resource refers to entry[{entry}] of the same batch. Entries of a batch do not know one another: use a"
    " transaction.",
    "该资源引用了同一 batch 的 entry[{entry}]。batch 的条目互相独立，请使用 transaction。",
)
FULL_URL_REPEATED = Message(
    "full-url-repeated",
    "invalid",
    "entry[{first}] has the same fullUrl; a link to it could mean either.",
    "entry[{first}] 的 fullUrl 相同，指向它的链接含义不明。",
)
REFERENCE_MATCHES_NONE = Message(
    "reference-matches-none",
    "not-found",
    "{reference} matches no resource; nothing was stored.",
    "{reference} 没有匹配的资源；未保存任何内容。",
    status=400,
)
REFERENCE_MATCHES_SEVERAL = Message(
    "reference-matches-several",
    "multiple-matches",
    "{reference} matches several resources; nothing was stored.",
    "{reference} 匹配了多个资源；未保存任何内容。",
)
ENTRY_FAILED = Message(
    "entry-failed",
    "exception",
    "The server failed at this entry; this is an error of the server, not of the request.",
    "服务器处理该条目时出错；这是服务器的错误，与请求内容无关。",
)
TOO_BUSY = Message(
    "writes-collide",
    "lock-error",
    "Other writes kept changing what this one depends on; nothing was stored. Try again.",
    "其他写入不断更改本次写入所依赖的内容；未保存任何内容，请重试。",
)

# ---- dry runs and retries --------------------------------------------------------------------------------------------

DRY_RUN = Message(
    "dry-run",
    "informational",
    "Everything was checked and nothing was stored. Without handling=dry-run the answer would be {status}.",
    "已完成全部检查，未保存任何内容。不带 handling=dry-run 时将返回 {status}。",
    severity="information",
)
RETRY_KEY_FORM = Message(
    "retry-key-form",
    "value",
    "{header} is {found!r}; expected 1 to 255 visible ASCII characters, such as a UUID.",
    "{header} 的值为 {found!r}；应为 1 至 255 个可见 ASCII 字符，例如 UUID。",
)
RETRY_KEY_REUSED = Message(
    "retry-key-reused",
    "conflict",
    "{header} {found!r} was used before, for another request. A new request needs a new key.",
    "{header} {found!r} 已用于另一个请求。新的请求需要新的键。",
)
RETRY_TELLS = Message(
    "retry-tells",
    "transient",
    "The write was interrupted while it was being committed. Send it again with the same {header}: it is done once, and"
    " the answer tells what became of it.",
    "写入在提交过程中被中断。请使用相同的 {header} 重发：请求只会执行一次，应答会说明结果。",
)

# ---- asynchronous requests -------------------------------------------------------------------------------------------

ACCEPTED = Message(
    "accepted",
    "informational",
    "Accepted. Ask {url} for the outcome.",
    "已接受。请通过 {url} 查询结果。",
    severity="information",
)
JOB_UNKNOWN = Message(
    "job-unknown",
    "not-found",
    "There is no such request here: it never was, was cancelled, or its result has been given up.",
    "没有这一异步请求：它从未存在、已被取消，或结果已过期。",
)
JOB_CANCELLED = Message(
    "job-cancelled",
    "informational",
    "Cancelled. What had been done by then stays done.",
    "已取消。此前已完成的部分保持不变。",
    severity="information",
)
JOB_ABANDONED = Message(
    "job-abandoned",
    "exception",
    "The request was begun {attempts} times and the server stopped each time; it is given up.",
    "该请求已尝试执行 {attempts} 次，每次服务器都中途停止，现已放弃。",
)
PATCH_EMPTY = Message(
    "patch-empty",
    "required",
    "The request has no body; expected a patch.",
    "请求没有请求体；应包含补丁。",
)
NOTHING_MATCHED = Message(
    "nothing-matched",
    "informational",
    "{criteria} matched nothing; there was nothing to delete.",
    "没有资源匹配 {criteria}，没有可删除的内容。",
    severity="information",
)
ENTRIES_SAME_CRITERIA = Message(
    "entries-same-criteria",
    "invalid",
    "{criteria} matches nothing yet, and entry[{first}] with the same criteria holds something else: which of them is"
    " meant?",
    "{criteria} 尚无匹配，而 entry[{first}] 使用相同条件但内容不同，无法确定以哪一个为准。",
)
# http.html#trules: "If any resource identities (including resolved identities from conditional update/delete) overlap"
ENTRIES_MEET = Message(
    "entries-meet",
    "multiple-matches",
    "{criteria} also means what entry[{other}] of the same transaction writes; nothing was stored.",
    "{criteria} 同时匹配同一 transaction 中 entry[{other}] 写入的资源；未保存任何内容。",
    status=400,
)
# bdl-8: "fullUrl cannot be a version specific reference"
FULL_URL_VERSION = Message(
    "full-url-version",
    "invalid",
    "A fullUrl names a resource, not one version of it.",
    "fullUrl 应指向资源本身，而不是它的某个版本。",
)
# bundle.html: "The fullUrl SHALL NOT disagree with the id in the resource"
FULL_URL_DIFFERS = Message(
    "full-url-differs",
    "invalid",
    "The fullUrl ends with {found}, but the resource is {expected}.",
    "fullUrl 以 {found} 结尾，但资源是 {expected}。",
)
ENTRY_CHANGES = Message(
    "entry-changes",
    "not-supported",
    "An operation that changes what is stored cannot be a part of a transaction; send it by itself or in a batch.",
    "会更改存储内容的操作不能作为 transaction 的一部分，请单独发送或放入 batch。",
)
# what rules amend or add: the sender sees neither, only what they were made of
FOLLOW_UP_INVALID = Message(
    "follow-up-invalid",
    "processing",
    "The {type} that the server makes of this would not be valid; the issues that follow say why.",
    "服务器据此生成的 {type} 不合法，原因见其后各条。",
)
