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
