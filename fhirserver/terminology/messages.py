"""What terminology has to say."""

from __future__ import annotations

from fhirserver.outcome import Message

CODE_SYSTEM_UNREADABLE = Message(
    "code-system-unreadable",
    "processing",
    "A code system cannot be read: {problem}",
    "无法读取代码系统：{problem}",
)
REGEX_INVALID = Message(
    "regex-invalid",
    "invalid",
    "The filter's regular expression '{regex}' is not valid: {problem}",
    "过滤条件中的正则表达式“{regex}”无效：{problem}",
)
REGEX_TOO_COSTLY = Message(
    "regex-too-costly",
    "too-costly",
    "The filter's regular expression '{regex}' may take too long: it repeats what itself repeats or branches, "
    "or is too long.",
    "过滤条件中的正则表达式“{regex}”可能耗时过长：存在嵌套的重复或分支，或表达式过长。",
)
VALUE_SET_UNREADABLE = Message(
    "value-set-unreadable",
    "processing",
    "A value set cannot be read: {problem}",
    "无法读取值集：{problem}",
)
FILTER_UNKNOWN = Message(
    "filter-unknown",
    "not-supported",
    "'{op}' is no filter operator; these are: {known}.",
    "没有过滤运算符“{op}”；可用的有：{known}。",
)
FILTER_CODE_UNKNOWN = Message(
    "filter-code-unknown",
    "invalid",
    "A filter names the code '{code}', which {system} does not have.",
    "过滤条件引用了代码“{code}”，但 {system} 中没有该代码。",
    status=422,
)
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
    "Only a part of the code system {system} is installed here, and the code is not in that part.",
    "本服务器只有代码系统 {system} 的部分内容，该代码不在其中。",
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
VALUE_SET_CIRCULAR = Message(
    "value-set-circular",
    "processing",
    "A value set includes itself: {chain}.",
    "值集循环引用了自身：{chain}。",
)
EXPANSION_TOO_LARGE = Message(
    "expansion-too-large",
    "too-costly",
    "The expansion of {value_set} has more than {most} codes: ask for pages with count and offset, or use a filter.",
    "{value_set} 展开后超过 {most} 个代码：请用 count 和 offset 分页，或使用 filter 筛选。",
    status=422,
)
