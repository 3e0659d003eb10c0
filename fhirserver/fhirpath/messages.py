"""What FHIRPath says when it stops. An expression is its author's text, never a patient's, so it may be quoted."""

from __future__ import annotations

from fhirserver.outcome import Message

# Compiling. 400: the expression itself is wrong.

SYNTAX = Message(
    "fhirpath-syntax",
    "invalid",
    "FHIRPath line {line}, column {column}: found {found}, expected {expected}",
    "FHIRPath 第 {line} 行第 {column} 列：遇到 {found}，应为 {expected}",
)
LITERAL = Message(
    "fhirpath-literal",
    "invalid",
    "FHIRPath line {line}, column {column}: {found} is not a valid {expected}",
    "FHIRPath 第 {line} 行第 {column} 列：{found} 不是有效的 {expected}",
)
TOO_LONG = Message(
    "fhirpath-too-long",
    "too-costly",
    "The FHIRPath expression has {length} characters, at most {limit} are read",
    "FHIRPath 表达式有 {length} 个字符，最多读取 {limit} 个",
)
TOO_DEEP = Message(
    "fhirpath-too-deep",
    "too-costly",
    "The FHIRPath expression is nested more than {limit} levels deep",
    "FHIRPath 表达式的嵌套超过 {limit} 层",
)
UNKNOWN_FUNCTION = Message(
    "fhirpath-unknown-function",
    "invalid",
    "FHIRPath line {line}, column {column}: there is no function {name}(){hint}",
    "FHIRPath 第 {line} 行第 {column} 列：没有函数 {name}(){hint}",
)
ARGUMENTS = Message(
    "fhirpath-arguments",
    "invalid",
    "FHIRPath line {line}, column {column}: {name}() takes {expected} arguments, not {found}",
    "FHIRPath 第 {line} 行第 {column} 列：{name}() 需要 {expected} 个参数，而不是 {found} 个",
)
UNKNOWN_TYPE = Message(
    "fhirpath-unknown-type",
    "invalid",
    "There is no type {name} in FHIR R4 or in FHIRPath",
    "FHIR R4 和 FHIRPath 中都没有类型 {name}",
)
NOT_A_TYPE = Message(
    "fhirpath-not-a-type",
    "invalid",
    "FHIRPath line {line}, column {column}: {name}() takes the name of a type",
    "FHIRPath 第 {line} 行第 {column} 列：{name}() 的参数必须是类型名",
)
UNKNOWN_ELEMENT = Message(
    "fhirpath-unknown-element",
    "invalid",
    "FHIRPath line {line}, column {column}: {type} has no element {name}{hint}",
    "FHIRPath 第 {line} 行第 {column} 列：{type} 没有元素 {name}{hint}",
)
OTHER_CONTEXT = Message(
    "fhirpath-other-context",
    "invalid",
    "FHIRPath line {line}, column {column}: the path starts at {name}, but the context is {type}",
    "FHIRPath 第 {line} 行第 {column} 列：路径以 {name} 开头，而上下文是 {type}",
)
TYPE_MISMATCH = Message(
    "fhirpath-type-mismatch",
    "invalid",
    "FHIRPath line {line}, column {column}: {name} expects {expected}, not {found}",
    "FHIRPath 第 {line} 行第 {column} 列：{name} 需要 {expected}，而不是 {found}",
)
UNORDERED = Message(
    "fhirpath-unordered",
    "invalid",
    "FHIRPath line {line}, column {column}: {name} depends on an order that its input does not have",
    "FHIRPath 第 {line} 行第 {column} 列：{name} 依赖顺序，但其输入没有确定的顺序",
)

# Evaluating. 422: the expression reads, but cannot be applied to this value.

NOT_SINGLE = Message(
    "fhirpath-not-single",
    "processing",
    "FHIRPath: {name} expects one item and got {count}",
    "FHIRPath：{name} 只接受一个值，却得到 {count} 个",
)
WRONG_TYPE = Message(
    "fhirpath-wrong-type",
    "processing",
    "FHIRPath: {name} expects {expected}, not {found}",
    "FHIRPath：{name} 需要 {expected}，而不是 {found}",
)
WRONG_OPERANDS = Message(
    "fhirpath-wrong-operands",
    "processing",
    "FHIRPath: {name} cannot be applied to {left} and {right}",
    "FHIRPath：{name} 不能用于 {left} 和 {right}",
)
BAD_ARGUMENT = Message(
    "fhirpath-bad-argument",
    "processing",
    "FHIRPath: {name} expects {expected}",
    "FHIRPath：{name} 需要 {expected}",
)
DATE_OUT_OF_RANGE = Message(
    "fhirpath-date-out-of-range",
    "processing",
    "FHIRPath: the result of a date calculation lies outside the years 1 to 9999",
    "FHIRPath：日期计算的结果超出公元 1 年至 9999 年的范围",
)
NOT_A_DURATION = Message(
    "fhirpath-not-a-duration",
    "processing",
    "FHIRPath: {unit} cannot be added to or subtracted from a {type}",
    "FHIRPath：{type} 不能加减单位为 {unit} 的量",
)
UNKNOWN_VARIABLE = Message(
    "fhirpath-unknown-variable",
    "processing",
    "FHIRPath: the variable %{name} is not defined here",
    "FHIRPath：此处没有定义变量 %{name}",
)
NOT_AVAILABLE = Message(
    "fhirpath-not-available",
    "not-supported",
    "FHIRPath: {name}() is not available in this context",
    "FHIRPath：此上下文不支持 {name}()",
)
UNKNOWN_PROFILE = Message(
    "fhirpath-unknown-profile",
    "processing",
    "FHIRPath: the profile {url} is not known",
    "FHIRPath：未知的规范 {url}",
)
UNKNOWN_VALUE_SET = Message(
    "fhirpath-unknown-value-set",
    "processing",
    "FHIRPath: the value set {url} is not known",
    "FHIRPath：未知的值集 {url}",
)
MODIFIER = Message(
    "fhirpath-modifier",
    "processing",
    "FHIRPath: the modifier extension {url} is not expected here",
    "FHIRPath：此处出现了未预期的修饰扩展 {url}",
)
BAD_REGEX = Message(
    "fhirpath-bad-regex",
    "processing",
    "FHIRPath: the regular expression is not valid: {detail}",
    "FHIRPath：正则表达式无效：{detail}",
)
SLOW_REGEX = Message(
    "fhirpath-slow-regex",
    "too-costly",
    "FHIRPath: the regular expression did not finish within {limit} seconds",
    "FHIRPath：正则表达式未能在 {limit} 秒内完成",
)
TOO_MANY_STEPS = Message(
    "fhirpath-too-many-steps",
    "too-costly",
    "FHIRPath: the evaluation was stopped, its limit of steps is used up",
    "FHIRPath：求值已停止，步数上限已用完",
)
TEXT_TOO_LONG = Message(
    "fhirpath-text-too-long",
    "too-costly",
    "FHIRPath: the result of {name} is longer than {limit} characters",
    "FHIRPath：{name} 的结果超过 {limit} 个字符",
)
