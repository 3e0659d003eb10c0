"""What search says."""

from __future__ import annotations

from fhirserver.outcome import Message

# search.html#errors: a server may refuse parameters it does not know; this one always does unless asked not to
PARAMETER_UNKNOWN = Message(
    "search-parameter-unknown",
    "not-supported",
    "{type} has no search parameter {name}. It has: {known}. Prefer: handling=lenient ignores unknown parameters.",
    "{type} 没有检索参数 {name}。可用的有：{known}。使用 Prefer: handling=lenient 可忽略未知参数。",
)
PARAMETER_UNKNOWN_NEAR = Message(
    "search-parameter-unknown-near",
    "not-supported",
    "{type} has no search parameter {name}; did you mean {near}? Prefer: handling=lenient ignores unknown parameters.",
    "{type} 没有检索参数 {name}；是否想用 {near}？使用 Prefer: handling=lenient 可忽略未知参数。",
)
PARAMETER_IGNORED = Message(
    "search-parameter-ignored",
    "not-supported",
    "The parameter {name} is not known for {type} and was ignored, as Prefer: handling=lenient asks; near: {near}.",
    "{type} 不支持参数 {name}，已按 Prefer: handling=lenient 忽略。名称相近的有：{near}。",
    severity="warning",
)
NAME_FORM = Message(
    "search-name-form",
    "invalid",
    "{name} is no name of a search parameter: a step between dots or colons is empty.",
    "{name} 不是有效的检索参数名：点号或冒号之间有空的部分。",
)
MODIFIER_UNKNOWN = Message(
    "search-modifier-unknown",
    "not-supported",
    "{name}: the modifier :{modifier} does not exist for parameters of type {kind}; there are {known}.",
    "{name}：{kind} 类型的参数没有修饰符 :{modifier}；可用的有 {known}。",
)
VALUE_FORM = Message(
    "search-value-form",
    "value",
    "{name}: {found!r} is no value of a {kind} parameter; expected {expected}.",
    "{name}：{found!r} 不是 {kind} 类型参数的值；应为 {expected}。",
)
PREFIX_UNSUITABLE = Message(
    "search-prefix-unsuitable",
    "value",
    "{name}: a value is missing after the prefix in {found!r}; expected {expected}.",
    "{name}：{found!r} 的前缀之后没有值；应为 {expected}。",
)
CHAIN_NOT_REFERENCE = Message(
    "search-chain-not-reference",
    "invalid",
    "{name}: {code} of {type} is a {kind} parameter; only a reference can be followed.",
    "{name}：{type} 的 {code} 是 {kind} 类型的参数；只有 reference 类型的参数才能链式检索。",
)
CHAIN_TYPE_IMPOSSIBLE = Message(
    "search-chain-type-impossible",
    "value",
    "{name}: {code} of {type} cannot refer to {found}; possible: {known}.",
    "{name}：{type} 的 {code} 不能引用 {found}；可以引用的有：{known}。",
)
CHAIN_NOWHERE = Message(
    "search-chain-nowhere",
    "not-supported",
    "{name}: none of the types {code} of {type} can refer to ({known}) has a parameter {rest}.",
    "{name}：{type} 的 {code} 可引用的类型（{known}）都没有参数 {rest}。",
)
TYPE_UNKNOWN = Message(
    "search-type-unknown",
    "not-supported",
    "{name}: {found} is not a resource type of FHIR R4.",
    "{name}：{found} 不是 FHIR R4 的资源类型。",
)
SORT_UNKNOWN = Message(
    "search-sort-unknown",
    "not-supported",
    "_sort: {type} cannot be sorted by {found}; possible: {known}.",
    "_sort：{type} 不能按 {found} 排序；可用的有：{known}。",
)
SORT_COSTLY = Message(
    "search-sort-costly",
    "too-costly",
    "_sort by {found} reads every match, and there are more than {most}. Give narrower criteria, or sort by a date, "
    "a text or a number.",
    "按 {found} 排序需要读取每个匹配的资源，而匹配数超过 {most}。请缩小检索条件，或按日期、文本或数值排序。",
)
INCLUDE_FORM = Message(
    "search-include-form",
    "value",
    "{name}: {found!r} names no reference; expected Type:parameter or Type:parameter:TargetType, such as {example}.",
    "{name}：{found!r} 没有指明引用；应为 类型:参数 或 类型:参数:目标类型，例如 {example}。",
)
INCLUDES_CUT = Message(
    "search-includes-cut",
    "too-costly",
    "More than {most} resources would have been included; the others were left out. Ask for smaller pages.",
    "需要包含的资源超过 {most} 个，其余已省略。请减小每页数量。",
    severity="warning",
)
OPTION_VALUE = Message(
    "search-option-value",
    "value",
    "{name}: {found!r} is not possible; expected {expected}.",
    "{name}：不支持 {found!r}；应为 {expected}。",
)
OPTION_MODIFIER = Message(
    "search-option-modifier",
    "not-supported",
    "{name} takes no modifier; {found} is not understood.",
    "{name} 不接受修饰符，无法理解 {found}。",
)
INCLUDE_OF_TEXTS = Message(
    "search-include-of-texts",
    "not-supported",
    "_include and _revinclude cannot be mixed with _summary=text.",
    "_include 和 _revinclude 不能与 _summary=text 同时使用。",
)
OPTION_REPEATED = Message(
    "search-option-repeated",
    "value",
    "{name} appears more than once.",
    "{name} 重复出现。",
)
FILTER_FORM = Message(
    "search-filter-form",
    "value",
    "_filter: cannot read on at character {position}, before {found!r}; expected {expected}.",
    "_filter：在第 {position} 个字符（{found!r} 之前）处无法继续解析；应为 {expected}。",
)
FILTER_OPERATION = Message(
    "search-filter-operation",
    "not-supported",
    "_filter: {code} is a {kind} parameter, for which {operation} has no meaning; there are {known}.",
    "_filter：{code} 是 {kind} 类型的参数，不能使用 {operation}；可用的有 {known}。",
)
NAMED_QUERY = Message(
    "search-named-query",
    "not-supported",
    "_query={found}: this server has no named query.",
    "_query={found}：本服务器没有命名查询。",
)
CURRENT_LIST = Message(
    "search-current-list",
    "not-supported",
    "_list={found}: functional lists are not offered; name a List by its id.",
    "_list={found}：不支持功能性列表；请用 List 的 id。",
)
HIERARCHY_UNKNOWN = Message(
    "search-hierarchy-unknown",
    "not-supported",
    "{name}: :{modifier} needs a resource with a hierarchy; expected a reference to one of {known}.",
    "{name}：:{modifier} 只适用于有上下级关系的资源；应引用 {known} 之一。",
)
TERMINOLOGY_ABSENT = Message(
    "search-terminology-absent",
    "not-supported",
    "{name}: :{modifier} needs the terminology of {found}, which this server does not know.",
    "{name}：:{modifier} 需要 {found} 的术语内容，而本服务器没有。",
)
PARTIAL = Message(
    "search-parameter-partial",
    "incomplete",
    "{name} was added after resources it applies to; older ones are found only after `fhirserver reindex`.",
    "{name} 是在相关资源写入之后添加的；运行 `fhirserver reindex` 之前，旧资源检索不到。",
    severity="warning",
)
COMPARTMENT_UNKNOWN = Message(
    "search-compartment-unknown",
    "not-found",
    "There is no compartment {found}; compartments are those of {known}.",
    "没有 {found} 分区；可用的分区有 {known}。",
)
COMPARTMENT_TYPE = Message(
    "search-compartment-type",
    "not-found",
    "{type} is never part of a {compartment} compartment.",
    "{type} 不属于 {compartment} 分区。",
)
EXPRESSION_UNREADABLE = Message(
    "search-expression-unreadable",
    "value",
    "The search parameter's expression cannot be used for {type}: {found}",
    "检索参数的表达式不能用于 {type}：{found}",
    status=422,
)
EXPRESSION_NOWHERE = Message(
    "search-expression-nowhere",
    "value",
    "The search parameter's expression leads to no element of {type}: {found}",
    "检索参数的表达式在 {type} 中找不到任何元素：{found}",
    status=422,
)
EXPRESSION_VALUES = Message(
    "search-expression-values",
    "value",
    "{code}: a {kind} parameter cannot compare values of type {found}; expected one of {expected}.",
    "{code}：{kind} 类型的检索参数无法比较 {found} 类型的值；应为 {expected} 之一。",
    status=422,
)
CODE_TAKEN = Message(
    "search-code-taken",
    "duplicate",
    "The code {code} already belongs to {url} on one of these types. Choose another code, or state derivedFrom.",
    "代码 {code} 在这些资源类型上已属于 {url}。请另选代码，或用 derivedFrom 声明来源。",
    status=422,
)
COMPONENT_UNKNOWN = Message(
    "search-component-unknown",
    "not-found",
    "The component's definition {url} is no search parameter of this server.",
    "组成部分的定义 {url} 不是本服务器的检索参数。",
    status=422,
)
COMPONENTS_FEW = Message(
    "search-components-few",
    "required",
    "{code}: a composite parameter needs at least two components.",
    "{code}：组合检索参数至少需要两个组成部分。",
    status=422,
)
TOO_MANY_VALUES = Message(
    "search-too-many-values",
    "too-costly",
    "{name} has {found} values; at most {most} are possible.",
    "{name} 有 {found} 个值；最多允许 {most} 个。",
)
FORM_TYPE = Message(
    "search-form-type",
    "not-supported",
    "The parameters of a search are sent as application/x-www-form-urlencoded, not as {found}.",
    "检索参数应以 application/x-www-form-urlencoded 发送，而不是 {found}。",
    status=415,
)
FORM_ENCODING = Message(
    "search-form-encoding",
    "invalid",
    "The body of the search is no form in UTF-8; expected Content-Type: application/x-www-form-urlencoded.",
    "检索请求体不是 UTF-8 编码的表单；应使用 Content-Type: application/x-www-form-urlencoded。",
)
