"""What terminology has to say."""

from __future__ import annotations

from fhirserver.outcome import Message

# -- what cannot be read, or makes no sense

CODE_SYSTEM_UNREADABLE = Message(
    "code-system-unreadable",
    "processing",
    "A code system cannot be read: {problem}",
    "无法读取代码系统：{problem}",
)
VALUE_SET_UNREADABLE = Message(
    "value-set-unreadable",
    "processing",
    "A value set cannot be read: {problem}",
    "无法读取值集：{problem}",
)
CONCEPT_MAP_UNREADABLE = Message(
    "concept-map-unreadable",
    "processing",
    "A concept map cannot be read: {problem}",
    "无法读取概念映射：{problem}",
)
VALUE_SET_CIRCULAR = Message(
    "value-set-circular",
    "processing",
    "A value set includes itself: {chain}.",
    "值集循环引用了自身：{chain}。",
)
FILTER_UNKNOWN = Message(
    "filter-unknown",
    "not-supported",
    "'{op}' is no filter operator; these are: {known}.",
    "没有过滤运算符“{op}”；可用的有：{known}。",
    status=422,
)
FILTER_CODE_UNKNOWN = Message(
    "filter-code-unknown",
    "invalid",
    "A filter names the code '{code}', which {system} does not have.",
    "过滤条件引用了代码“{code}”，但 {system} 中没有该代码。",
    status=422,
)
REGEX_INVALID = Message(
    "regex-invalid",
    "invalid",
    "The filter's regular expression '{regex}' is not valid: {problem}",
    "过滤条件中的正则表达式“{regex}”无效：{problem}",
    status=422,
)
REGEX_TOO_COSTLY = Message(
    "regex-too-costly",
    "too-costly",
    "The filter's regular expression '{regex}' may take too long: it repeats what itself repeats or branches, "
    "or is too long.",
    "过滤条件中的正则表达式“{regex}”可能耗时过长：存在嵌套的重复或分支，或表达式过长。",
    status=422,
)

# -- what is not here

SYSTEM_UNKNOWN = Message(
    "code-system-unknown",
    "not-found",
    "The content of the code system {system} is not installed here, so its codes cannot be checked.",
    "本服务器未安装代码系统 {system} 的内容，无法核对其中的代码。",
    status=422,
)
SYSTEM_VERSION_UNKNOWN = Message(
    "code-system-version-unknown",
    "not-found",
    "The code system {system} is not installed in version {version}; known versions: {known}.",
    "未安装代码系统 {system} 的 {version} 版本；已有版本：{known}。",
    status=422,
)
SYSTEM_NOT_WHOLE = Message(
    "code-system-not-whole",
    "not-supported",
    "Of the code system {system} only a part, or nothing but the name, is installed here; the code is not in it.",
    "本服务器只有代码系统 {system} 的部分内容或仅有其名称，其中没有该代码。",
    status=422,
)
SYSTEM_ENDLESS = Message(
    "code-system-endless",
    "too-costly",
    "The codes of {system} follow a grammar and cannot be listed.",
    "{system} 的代码由语法规则构成，无法逐一列出。",
    status=422,
)
SYSTEM_EMPTY = Message(
    "code-system-empty",
    "not-supported",
    "The code system {system} is known here by name only: its content is not installed.",
    "本服务器只知道代码系统 {system} 的名称，未安装其内容。",
    status=422,
)
VERSION_CHECK_FAILED = Message(
    "code-system-version-check",
    "conflict",
    "The value set uses version {found} of {system}; the request wants it checked against {asked}.",
    "该值集使用 {system} 的 {found} 版本；请求要求核对的是 {asked} 版本。",
    status=422,
)
VALUE_SET_UNKNOWN = Message(
    "value-set-unknown",
    "not-found",
    "The value set {value_set} is not known here.",
    "本服务器没有值集 {value_set}。",
)
EXPANSION_TOO_LARGE = Message(
    "expansion-too-large",
    "too-costly",
    "The expansion of {value_set} has more than {most} codes: ask for pages with count and offset, or use a filter.",
    "{value_set} 展开后超过 {most} 个代码：请用 count 和 offset 分页，或使用 filter 筛选。",
    status=422,
)

# -- what is wrong with a code

CODING_WITHOUT_CODE = Message(
    "coding-without-code",
    "required",
    "There is no code to check.",
    "没有可供核对的代码。",
)
CODE_UNKNOWN = Message(
    "code-unknown",
    "code-invalid",
    "The code system {system} has no code '{code}'{near:en}.",
    "代码系统 {system} 中没有代码“{code}”{near:zh}。",
)
VALUE_SET_LACKS_CODE = Message(
    "value-set-lacks-code",
    "code-invalid",
    "'{code}' is not in the value set {value_set}{near:en}.",
    "值集 {value_set} 中没有“{code}”{near:zh}。",
)
SYSTEM_NOT_IN_VALUE_SET = Message(
    "system-not-in-value-set",
    "code-invalid",
    "The value set {value_set} has no codes of {found}; expected: {expected}.",
    "值集 {value_set} 不含 {found} 的代码；应为：{expected}。",
)
SYSTEM_NOT_ASKED = Message(
    "system-not-asked",
    "code-invalid",
    "The coding is of {found}, not of {system}.",
    "该编码属于 {found}，而不是 {system}。",
)
CODE_ABSTRACT = Message(
    "code-abstract",
    "code-invalid",
    "'{code}' of {system} is abstract: it groups other codes and is not meant to be used itself.",
    "{system} 的“{code}”是抽象概念，只用于归类其他代码，不能直接使用。",
)
CODE_INACTIVE = Message(
    "code-inactive",
    "business-rule",
    "'{code}' of {system} is inactive: it should not be used any more.",
    "{system} 的“{code}”已停用，不应再使用。",
    severity="warning",
)
DISPLAY_WRONG = Message(
    "display-wrong",
    "code-invalid",
    "The display '{found}' is not right for '{code}'; expected: {expected}.",
    "“{found}”不是代码“{code}”的正确名称；应为：{expected}。",
)

# -- what the operations cannot answer

CODE_NOT_FOUND = Message(
    "code-not-found",
    "not-found",
    "The code system {system} has no code '{code}'.",
    "代码系统 {system} 中没有代码“{code}”。",
)
NO_HIERARCHY = Message(
    "code-system-without-hierarchy",
    "not-supported",
    "Nothing is known of what lies above or below a code of {system}.",
    "对于 {system} 的代码，没有可用的上下级关系。",
    status=422,
)
CONCEPT_MAP_UNKNOWN = Message(
    "concept-map-unknown",
    "not-found",
    "The concept map {map} is not known here.",
    "本服务器没有概念映射 {map}。",
)
NO_TRANSLATION = Message(
    "no-translation",
    "not-found",
    "No known concept map translates {code}.",
    "没有已知的概念映射可以转换 {code}。",
)
