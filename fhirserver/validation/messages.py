"""What the validator says, in English and Chinese.

`found` is the JSON that was sent, shortened; `expected` what R4 asks for. Expectations that are words come as
:class:`Text`, so that each language gets its own (``{expected:en}``, ``{expected:zh}``).
"""

from __future__ import annotations

from dataclasses import dataclass

from fhirserver.outcome import Message


@dataclass(frozen=True, slots=True)
class Text:
    """A phrase in both languages; a template chooses with its format: ``{expected:zh}``."""

    en: str
    zh: str

    def __format__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


#: Code system of `issue.details.coding` for invariants: the code is the constraint's key.
CONSTRAINT_SYSTEM = "https://medgroup.example.org/fhir/CodeSystem/constraint"

# -- resources

RESOURCE_TYPE_UNKNOWN = Message(
    "resource-type-unknown",
    "structure",
    "R4 has no resource type {found}. Expected {expected:en}.",
    "R4 没有资源类型 {found}。应为{expected:zh}。",
)
RESOURCE_TYPE_MISMATCH = Message(
    "resource-type-mismatch",
    "structure",
    "Expected a resource of type {expected}; found {found}.",
    "应为 {expected} 类型的资源；实际为 {found}。",
)
NOT_A_RESOURCE = Message(
    "not-a-resource",
    "structure",
    "Expected a resource, a JSON object with a resourceType; found {found}.",
    "应为资源（带 resourceType 的 JSON 对象）；实际为 {found}。",
)
ISSUES_LEFT_OUT = Message(
    "issues-left-out",
    "informational",
    "Only the first {limit} issues are listed; correct them and check again.",
    "仅列出前 {limit} 个问题；请修正后重新校验。",
    severity="information",
)

# -- names

UNKNOWN_ELEMENT = Message(
    "unknown-element",
    "structure",
    "{path} has no element “{found}”; it has {expected}.",
    "{path} 没有元素“{found}”；可用的有 {expected}。",
)
MISSPELLED_ELEMENT = Message(
    "misspelled-element",
    "structure",
    "{path} has no element “{found}”. Did you mean {expected}?",
    "{path} 没有元素“{found}”。是否应为 {expected}？",
)
CHOICE_WITHOUT_TYPE = Message(
    "choice-without-type",
    "structure",
    "The name of {path} carries the type of its value, as in {expected}; found “{found}”.",
    "{path} 的名称须带上值的类型，例如 {expected}；实际为“{found}”。",
)
CHOICE_TYPE_NOT_ALLOWED = Message(
    "choice-type-not-allowed",
    "structure",
    "{path} takes one of the types {expected}; found “{found}”.",
    "{path} 只允许以下类型：{expected}；实际为“{found}”。",
)
CHOICE_SEVERAL = Message(
    "choice-several",
    "structure",
    "{path} takes one value only; found {found} side by side.",
    "{path} 只能有一个值；实际同时出现了 {found}。",
)

# -- cardinality and JSON shapes

MISSING_ELEMENT = Message(
    "missing-element",
    "required",
    "{path} is required ({expected}); it is missing.",
    "缺少必需元素 {path}（基数 {expected}）。",
)
NOT_AN_OBJECT = Message(
    "object-expected",
    "structure",
    "Expected a JSON object of type {expected}; found {found}.",
    "应为类型 {expected} 的 JSON 对象；实际为 {found}。",
)
NOT_AN_ARRAY = Message(
    "array-expected",
    "structure",
    "{path} may repeat, so it is a JSON array, also of a single value; found {found}.",
    "{path} 可重复，即使只有一个值也必须是 JSON 数组；实际为 {found}。",
)
NOT_REPEATING = Message(
    "single-value-expected",
    "structure",
    "{path} does not repeat, so it is not a JSON array; found {found}.",
    "{path} 不可重复，不能是 JSON 数组；实际为 {found}。",
)
EMPTY_ARRAY = Message(
    "empty-array",
    "structure",
    "An array may not be empty: leave {path} out instead.",
    "数组不能为空：没有值时请省略 {path}。",
)
EMPTY_ELEMENT = Message(
    "empty-element",
    "invariant",
    "An element has a value or children (ele-1): leave it out instead; found {found}.",
    "元素必须有值或子元素（ele-1）：没有内容时请省略；实际为 {found}。",
)
NULL_VALUE = Message(
    "null-value",
    "structure",
    "null stands only in an array of primitives, where the array beside it has an extension at the same place.",
    "null 只能出现在基本类型数组中，且并列的“_”数组在同一位置必须有扩展。",
)
UNEQUAL_ARRAYS = Message(
    "unequal-arrays",
    "structure",
    "“{name}” and “_{name}” are padded with null to the same length; found {expected} values and {found} beside them.",
    "“{name}”与“_{name}”须用 null 补齐为相同长度；实际为 {expected} 个值与 {found} 个并列项。",
)

# -- values

CODE_NOT_IN_VALUE_SET = Message(
    "code-not-in-value-set",
    "code-invalid",
    "{found} is not in the required value set {value_set}. Expected {expected:en}.",
    "{found} 不在必需值集 {value_set} 中。应为 {expected:zh}。",
)
SIMPLE_QUANTITY_COMPARATOR = Message(
    "simple-quantity-comparator",
    "structure",
    "A SimpleQuantity has no comparator; found {found}.",
    "SimpleQuantity 不能有 comparator；实际为 {found}。",
)
EXTENSION_EMPTY = Message(
    "extension-empty",
    "invariant",
    "An extension has a value[x] or extensions of its own (ext-1); found neither.",
    "扩展必须有 value[x] 或子扩展（ext-1）；实际两者皆无。",
)
EXTENSION_BOTH = Message(
    "extension-value-and-extensions",
    "invariant",
    "An extension has either a value[x] or extensions of its own (ext-1); found {found} and extension.",
    "扩展只能有 value[x] 或子扩展之一（ext-1）；实际同时有 {found} 与 extension。",
)

# -- references and contained resources

REFERENCE_TARGET = Message(
    "reference-target",
    "structure",
    "{path} refers to one of {expected}; found {found}, which is of type {type}.",
    "{path} 只能引用 {expected}；实际 {found} 的类型为 {type}。",
)
REFERENCE_MALFORMED = Message(
    "reference-malformed",
    "structure",
    "Expected a reference such as Patient/1, http://example.org/fhir/Patient/1, urn:uuid:… or #id; found {found}.",
    "应为 Patient/1、http://example.org/fhir/Patient/1、urn:uuid:… 或 #id 形式的引用；实际为 {found}。",
)
REFERENCE_TYPE_DISAGREES = Message(
    "reference-type-disagrees",
    "structure",
    "Reference.type and Reference.reference name the same type; found {found} and a reference to {expected}.",
    "Reference.type 须与 Reference.reference 的类型一致；实际为 {found}，而引用指向 {expected}。",
)
CONTAINED_NOT_FOUND = Message(
    "contained-not-found",
    "invariant",
    "{found} names a contained resource (ref-1), but none has this id; the resource contains {expected:en}.",
    "{found} 引用所含资源（ref-1），但本资源不含此 id；现有：{expected:zh}。",
)
CONTAINED_NESTED = Message(
    "contained-nested",
    "invariant",
    "A contained resource contains no resources itself (dom-2): put them into the outer resource.",
    "所含资源不能再包含资源（dom-2）：请放到外层资源的 contained 中。",
)
CONTAINED_WITHOUT_ID = Message(
    "contained-without-id",
    "invariant",
    "A contained resource needs an id, by which the outer resource refers to it.",
    "所含资源必须有 id，供外层资源引用。",
)
CONTAINED_DUPLICATE_ID = Message(
    "contained-duplicate-id",
    "invariant",
    "The id of a contained resource is its own; {found} is the id of an earlier one.",
    "所含资源的 id 不得重复；{found} 已被前面的所含资源使用。",
)
CONTAINED_UNREFERENCED = Message(
    "contained-unreferenced",
    "invariant",
    "A contained resource is referred to from the resource, or refers to it (dom-3); nothing refers to {expected}.",
    "所含资源必须被本资源的其他部分引用，或引用本资源（dom-3）；没有任何引用指向 {expected}。",
)
CONTAINED_VERSIONED = Message(
    "contained-versioned",
    "invariant",
    "A contained resource has no meta.versionId or meta.lastUpdated (dom-4); found {found}.",
    "所含资源不能有 meta.versionId 或 meta.lastUpdated（dom-4）；实际为 {found}。",
)
CONTAINED_SECURITY = Message(
    "contained-security",
    "invariant",
    "A contained resource has no security label (dom-5): label the outer resource.",
    "所含资源不能有安全标签（dom-5）：请标注外层资源。",
)

# -- invariants

CONSTRAINT_TOO_COSTLY = Message(
    "constraint-too-costly",
    "too-costly",
    "The rule {key} takes too long here, so it was not asked any further: {reason:en}",
    "规则 {key} 在此处耗时过长，已停止计算：{reason:zh}",
    severity="warning",
)
CONSTRAINT_NOT_EVALUATED = Message(
    "constraint-not-evaluated",
    "not-supported",
    "The rule {key} could not be evaluated: {reason:en}",
    "无法计算规则 {key}：{reason:zh}",
    severity="warning",
)

# -- profiles

PROFILE_UNKNOWN = Message(
    "profile-unknown",
    "not-found",
    "Nobody here knows the profile {profile}, so the resource was not checked against it.",
    "本服务器没有配置文件（profile）{profile}，因此未据此校验。",
    status=422,
)
PROFILE_UNUSABLE = Message(
    "profile-unusable",
    "not-supported",
    "The resource cannot be checked against the profile {profile}: {reason:en}",
    "无法根据配置文件 {profile} 校验资源：{reason:zh}",
    status=422,
)
PROFILE_OF_ANOTHER_TYPE = Message(
    "profile-of-another-type",
    "structure",
    "The profile {profile} is for {expected}; this is {found}.",
    "配置文件 {profile} 适用于 {expected}；实际为 {found}。",
    status=422,
)
PROFILE_MISSING = Message(
    "profile-element-missing",
    "required",
    "{path} is required by the profile ({expected}); it is missing.",
    "配置文件要求必须有 {path}（基数 {expected}）；实际缺少。",
    status=422,
)
PROFILE_TOO_FEW = Message(
    "profile-too-few",
    "structure",
    "The profile asks for {expected} of {path}; found {found}.",
    "配置文件要求 {path} 的数量为 {expected}；实际为 {found} 个。",
    status=422,
)
PROFILE_TOO_MANY = Message(
    "profile-too-many",
    "structure",
    "The profile allows {expected} of {path}; found {found}.",
    "配置文件允许 {path} 的数量为 {expected}；实际为 {found} 个。",
    status=422,
)
PROFILE_FORBIDDEN = Message(
    "profile-element-not-allowed",
    "structure",
    "The profile allows no {path} ({expected}): leave it out.",
    "配置文件不允许 {path}（基数 {expected}）：请删除。",
    status=422,
)
TYPE_NOT_ALLOWED = Message(
    "type-not-allowed",
    "structure",
    "The profile allows the types {expected} here; found {found}.",
    "配置文件在此只允许类型 {expected}；实际为 {found}。",
    status=422,
)
NO_PROFILE_FITS = Message(
    "no-profile-fits",
    "structure",
    "The value has to conform to one of several profiles and does to none. {reasons:en}",
    "该值必须符合若干配置文件之一，但均不符合。{reasons:zh}",
    status=422,
)
FIXED_VALUE = Message(
    "fixed-value",
    "value",
    "The profile fixes the value: exactly {expected}; found {found}.",
    "配置文件规定了固定值：必须为 {expected}；实际为 {found}。",
    status=422,
)
FIXED_WITHOUT = Message(
    "fixed-value-has-more",
    "value",
    "The profile fixes the value to exactly {expected}; found {found} besides.",
    "配置文件规定固定值必须恰好为 {expected}；实际另有 {found}。",
    status=422,
)
PATTERN_VALUE = Message(
    "pattern-value",
    "value",
    "The profile gives a pattern: the value has at least {expected}; found {found}.",
    "配置文件规定了模式：值至少须包含 {expected}；实际为 {found}。",
    status=422,
)
BELOW_MINIMUM = Message(
    "below-minimum",
    "value",
    "The profile asks for at least {expected}; found {found}.",
    "配置文件要求不小于 {expected}；实际为 {found}。",
    status=422,
)
ABOVE_MAXIMUM = Message(
    "above-maximum",
    "value",
    "The profile asks for at most {expected}; found {found}.",
    "配置文件要求不大于 {expected}；实际为 {found}。",
    status=422,
)
TOO_LONG = Message(
    "value-too-long",
    "value",
    "The profile allows at most {limit} characters; found {found}.",
    "配置文件最多允许 {limit} 个字符；实际为 {found} 个。",
    status=422,
)
PROFILE_CODE_NOT_IN_VALUE_SET = Message(
    "profile-code-not-in-value-set",
    "code-invalid",
    "The profile binds this to the value set {value_set} (required); found {found:en}.{why:en}",
    "配置文件要求代码必须来自值集 {value_set}（required）；实际为 {found:zh}。{why:zh}",
)
CODE_NOT_BOUND = Message(
    "code-not-of-value-set",
    "code-invalid",
    "The code has to be from the value set {value_set} (required); found {found:en}.{why:en}",
    "代码必须来自值集 {value_set}（required）；实际为 {found:zh}。{why:zh}",
)
CODE_BEYOND_MAXIMUM = Message(
    "code-beyond-maximum-value-set",
    "code-invalid",
    "The code has to be from the maximum value set {value_set}; found {found:en}.{why:en}",
    "代码必须来自最大值集 {value_set}；实际为 {found:zh}。{why:zh}",
)
CODE_NOT_EXTENSIBLE = Message(
    "code-not-in-extensible-value-set",
    "code-invalid",
    "A code from {value_set} has to be used where one fits (extensible); found {found:en}.{why:en}",
    "值集 {value_set} 中有合适代码时必须使用（extensible）；实际为 {found:zh}。{why:zh}",
    severity="warning",
)
CODE_NOT_CHECKED = Message(
    "code-not-checked",
    "not-supported",
    "Nobody here can tell whether {found:en} is in the value set {value_set}: its content is not known.",
    "无法判断 {found:zh} 是否在值集 {value_set} 中：本服务器没有其内容。",
    severity="warning",
)
PROFILE_TARGET = Message(
    "profile-reference-target",
    "structure",
    "The profile allows references to {expected}; found {found}, which is of type {type}.",
    "配置文件只允许引用 {expected}；实际 {found} 的类型为 {type}。",
    status=422,
)
TARGET_PROFILE = Message(
    "reference-target-profile",
    "structure",
    "{found} conforms to none of the profiles its reference asks for. {reasons:en}",
    "{found} 不符合引用所要求的任何配置文件。{reasons:zh}",
    status=422,
)
AGGREGATION = Message(
    "reference-aggregation",
    "structure",
    "The profile wants the target of this reference {expected}; it is {found}.",
    "配置文件要求引用目标的方式为 {expected}；实际为 {found}。",
    status=422,
)

# -- slices

SLICE_MISSING = Message(
    "slice-missing",
    "required",
    "{path} needs {expected} of the slice “{slice}”; found {found}.",
    "{path} 的切片“{slice}”数量应为 {expected}；实际为 {found} 个。",
    status=422,
)
SLICE_MISSING_NEAR = Message(
    "slice-missing-near",
    "required",
    "{path} needs {expected} of the slice “{slice}”; found {found}. Nearest is {near}, but {why:en}.",
    "{path} 的切片“{slice}”数量应为 {expected}；实际为 {found} 个。最接近的是 {near}，但 {why:zh}。",
    status=422,
)
SLICE_TOO_MANY = Message(
    "slice-too-many",
    "structure",
    "{path} allows {expected} of the slice “{slice}”; found {found}.",
    "{path} 的切片“{slice}”只允许 {expected} 个；实际为 {found} 个。",
    status=422,
)
SLICE_NONE_FITS = Message(
    "slice-none-fits",
    "structure",
    "Every {path} has to be of one of the slices {expected}. Nearest is “{near}”, but {why:en}.",
    "每个 {path} 都必须属于切片 {expected} 之一。最接近的是“{near}”，但 {why:zh}。",
    status=422,
)
SLICE_UNKNOWN = Message(
    "slice-unknown",
    "structure",
    "Every {path} has to be of one of the slices {expected}; this one is of none.",
    "每个 {path} 都必须属于切片 {expected} 之一；此项不属于任何切片。",
    status=422,
)
SLICE_NOT_AT_END = Message(
    "slice-not-at-end",
    "structure",
    "In {path}, what belongs to no slice stands after all that does (openAtEnd).",
    "{path} 中不属于任何切片的项必须排在最后（openAtEnd）。",
    status=422,
)
SLICE_ORDER = Message(
    "slice-order",
    "structure",
    "The slices of {path} are ordered: “{slice}” stands before “{before}”.",
    "{path} 的切片有固定顺序：“{slice}”须排在“{before}”之前。",
    status=422,
)

# -- extensions

EXTENSION_UNKNOWN = Message(
    "extension-unknown",
    "extension",
    "Nobody here knows the extension {url}.",
    "本服务器没有扩展 {url} 的定义。",
)
EXTENSION_RELEASE = Message(
    "extension-release",
    "extension",
    "The extension {url} stands for an element of FHIR {found}; there is no such release. Expected one of {expected}.",
    "扩展 {url} 代表 FHIR {found} 的元素，但没有该版本；应为 {expected} 之一。",
)
EXTENSION_OF_NO_ELEMENT = Message(
    "extension-of-no-element",
    "extension",
    "The extension {url} stands for an element of FHIR {release}; {found} is none. Expected e.g. Patient.name.",
    "扩展 {url} 代表 FHIR {release} 的元素，但 {found} 不是元素；应为路径，例如 Patient.name。",
)
EXTENSION_OF_ANOTHER_VERSION = Message(
    "extension-of-another-version",
    "extension",
    "The extension {url} stands for {found} of FHIR {release}; nobody here has its definition, so it was not checked.",
    "扩展 {url} 代表 FHIR {release} 的 {found}；本服务器没有其定义，因此未校验。",
)
EXTENSION_URL_RELATIVE = Message(
    "extension-url-relative",
    "extension",
    "The url of an extension is absolute, except inside another extension; found {found}.",
    "扩展的 url 必须是绝对地址（嵌套在其他扩展内的除外）；实际为 {found}。",
)
EXTENSION_PART_UNKNOWN = Message(
    "extension-part-unknown",
    "extension",
    "The extension {url} has no part {found}; it has {expected}.",
    "扩展 {url} 没有子扩展 {found}；可用的有 {expected}。",
)
EXTENSION_NOT_ONE = Message(
    "extension-of-another-type",
    "extension",
    "{url} defines no extension but a {found}.",
    "{url} 定义的不是扩展，而是 {found}。",
)
EXTENSION_CONTEXT = Message(
    "extension-context",
    "extension",
    "The extension {url} is for {expected}; found on {found}.",
    "扩展 {url} 只能用于 {expected}；实际出现在 {found}。",
)
EXTENSION_MODIFIES = Message(
    "extension-modifies",
    "extension",
    "The extension {url} changes the meaning of what it stands in: it belongs into modifierExtension.",
    "扩展 {url} 会改变所在元素的含义：必须放在 modifierExtension 中。",
)
EXTENSION_DOES_NOT_MODIFY = Message(
    "extension-does-not-modify",
    "extension",
    "The extension {url} is no modifier: it belongs into extension.",
    "扩展 {url} 不是修饰扩展：必须放在 extension 中。",
)

# -- Bundles

BUNDLE_LINK_TWICE = Message(
    "bundle-link-twice",
    "duplicate",
    "A Bundle has one link of each relation; found {found} twice.",
    "Bundle 中每种 relation 只能有一个链接；{found} 出现了两次。",
)
FULL_URL_RELATIVE = Message(
    "full-url-relative",
    "value",
    "A fullUrl is absolute (http://…/Patient/1 or urn:uuid:…); found {found}.",
    "fullUrl 必须是绝对地址（http://…/Patient/1 或 urn:uuid:…）；实际为 {found}。",
)
FULL_URL_DISAGREES = Message(
    "full-url-disagrees",
    "value",
    "The fullUrl names the resource of its entry, {expected}; found {found}.",
    "fullUrl 必须与条目中的资源 {expected} 一致；实际为 {found}。",
)
SEARCH_ENTRY_WITHOUT_ID = Message(
    "search-entry-without-id",
    "required",
    "A resource that a search has found has an id; it is missing.",
    "检索结果中的资源必须有 id；实际缺少。",
)
SEARCH_OUTCOME = Message(
    "search-outcome",
    "value",
    "An entry of mode outcome holds an OperationOutcome; found {found}.",
    "mode 为 outcome 的条目必须是 OperationOutcome；实际为 {found}。",
)
DOCUMENT_INCOMPLETE = Message(
    "document-incomplete",
    "not-found",
    "A document has every resource that its Composition refers to; {found} is in none of its entries.",
    "文档必须包含其 Composition 引用的所有资源；没有任何条目是 {found}。",
    status=422,
)

DOCUMENT_UNCONNECTED = Message(
    "document-unconnected",
    "business-rule",
    "A document has only what its Composition is connected to by references; {found} is not.",
    "文档只能包含与其 Composition 有引用关系的资源；{found} 与之没有任何引用关系。",
)
MESSAGE_INCOMPLETE = Message(
    "message-incomplete",
    "not-found",
    "A message has every resource that its MessageHeader.focus names; {found} is in none of its entries.",
    "消息必须包含其 MessageHeader.focus 引用的所有资源；没有任何条目是 {found}。",
    status=422,
)
FULL_URL_MISSING = Message(
    "full-url-missing",
    "required",
    "Every entry has a fullUrl, except in a batch or transaction; it is missing.",
    "除 batch 和 transaction 外，每个条目都必须有 fullUrl；实际缺少。",
)

# -- data types

UUID_MALFORMED = Message(
    "uuid-malformed",
    "value",
    "Expected a UUID such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520; found {found}.",
    "应为 UUID，例如 urn:uuid:c757873d-ec9a-4326-a141-556f43239520；实际为 {found}。",
)
UUID_CAPITALS = Message(
    "uuid-capitals",
    "value",
    "UUIDs are written in lower case; found {found}.",
    "UUID 须用小写字母书写；实际为 {found}。",
    severity="warning",
)
OID_MALFORMED = Message(
    "oid-malformed",
    "value",
    "Expected an OID such as urn:oid:2.16.156.10011; found {found}.",
    "应为 OID，例如 urn:oid:2.16.156.10011；实际为 {found}。",
)
URN_EXPECTED = Message(
    "urn-expected",
    "value",
    "OIDs and UUIDs are written as URNs: expected {expected}; found {found}.",
    "OID 和 UUID 须写成 URN：应为 {expected}；实际为 {found}。",
)

CODING_SYSTEM_RELATIVE = Message(
    "coding-system-relative",
    "value",
    "The system of a Coding is an absolute URI; found {found}.",
    "Coding 的 system 必须是绝对 URI；实际为 {found}。",
)
CODE_UNKNOWN = Message(
    "code-not-in-code-system",
    "code-invalid",
    "{why:en} Check code and system.",
    "{why:zh}请核对 code 与 system。",
)
DISPLAY_WRONG = Message(
    "coding-display",
    "value",
    "{why:en} Send one of these, or no display.",
    "{why:zh}请使用其中之一，或省略 display。",
    status=422,
)
SYSTEM_IS_VALUE_SET = Message(
    "coding-system-is-value-set",
    "value",
    "The system of a Coding is a code system; {found} is a value set.",
    "Coding 的 system 必须是代码系统；{found} 是值集。",
)
SYSTEM_UNKNOWN = Message(
    "coding-system-unknown",
    "not-found",
    "HL7 has no code system {found} in R4.",
    "HL7 的 R4 中没有代码系统 {found}。",
    status=422,
)
IDENTIFIER_SYSTEM_RELATIVE = Message(
    "identifier-system-relative",
    "value",
    "The system of an Identifier is an absolute URI; found {found}.",
    "Identifier 的 system 必须是绝对 URI；实际为 {found}。",
)
IDENTIFIER_NO_URI = Message(
    "identifier-value-no-uri",
    "value",
    "The system urn:ietf:rfc:3986 says that the value is a whole URI such as urn:oid:1.2.3; found {found}.",
    "system 为 urn:ietf:rfc:3986 时，value 必须是完整的 URI（如 urn:oid:1.2.3）；实际为 {found}。",
    severity="warning",
)
ATTACHMENT_SIZE = Message(
    "attachment-size",
    "value",
    "The size of an attachment is that of its data, {expected} bytes; found {found}.",
    "附件的 size 必须等于其数据的字节数 {expected}；实际为 {found}。",
)
VALUE_REQUIRED = Message(
    "value-required",
    "required",
    "The profile asks for a value here, not only for extensions.",
    "配置文件要求此处必须有值，不能只有扩展。",
    status=422,
)
VALUE_OR_EXTENSION = Message(
    "value-or-extension-required",
    "required",
    "The profile asks for a value, or for one of the extensions {expected} in its place.",
    "配置文件要求此处必须有值，或以扩展 {expected} 之一代替。",
    status=422,
)
NARRATIVE_LANGUAGES = Message(
    "narrative-languages",
    "business-rule",
    "The profile asks for a narrative {expected:en}; found {found}.",
    "配置文件要求叙述文本{expected:zh}；实际为 {found}。",
)
NARRATIVE_LINK = Message(
    "narrative-anchor",
    "not-found",
    "The narrative links to {found}, which leads nowhere: nothing in the resource has this id.",
    "叙述文本链接到 {found}，但资源中没有此 id，链接无效。",
    status=422,
)
EMBEDDED_HTML = Message(
    "embedded-html",
    "security",
    "The text holds what looks like HTML ({found}); only narratives may.",
    "文本中含有疑似 HTML 的内容（{found}）；只有叙述文本可以含 HTML。",
)
EXPRESSION_MALFORMED = Message(
    "expression-malformed",
    "invalid",
    "This is no FHIRPath: {why:en}",
    "不是有效的 FHIRPath：{why:zh}",
    status=422,
)
DISCRIMINATOR_NOWHERE = Message(
    "discriminator-nowhere",
    "value",
    "The path of a discriminator starts at an element of what is sliced; {type} has no {found}.",
    "判别项的 path 必须从被切片元素的子元素开始；{type} 没有 {found}。",
)
