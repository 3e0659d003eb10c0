"""What the codecs and the checks of single values say, in English and Chinese."""

from __future__ import annotations

from fhirserver.outcome import Message

# The body as a whole

EMPTY_BODY = Message(
    "empty-body",
    "structure",
    "The body is empty; send a FHIR resource.",
    "正文为空；请发送一个 FHIR 资源。",
)
BYTE_ORDER_MARK = Message(
    "byte-order-mark",
    "structure",
    "The body starts with a byte order mark; save it as UTF-8 without BOM.",
    "正文以字节顺序标记（BOM）开头；请保存为不带 BOM 的 UTF-8。",
)
WRONG_ENCODING = Message(
    "wrong-encoding",
    "structure",
    "The body is encoded as {found}; FHIR is always UTF-8.",
    "正文的编码为 {found}；FHIR 只使用 UTF-8。",
)
NOT_UTF8 = Message(
    "not-utf8",
    "structure",
    "The body is not valid UTF-8: byte {found} at line {line}, column {column}; save it as UTF-8.",
    "正文不是有效的 UTF-8：第 {line} 行第 {column} 列的字节 {found}；请保存为 UTF-8。",
)
TOO_DEEP = Message(
    "too-deep",
    "too-costly",
    "The resource is nested more than {limit} levels deep.",
    "资源的嵌套超过 {limit} 层。",
)

# JSON

JSON_SYNTAX = Message(
    "json-syntax",
    "structure",
    "The body is not JSON: something unexpected at line {line}, column {column}: {found}.",
    "正文不是 JSON：第 {line} 行第 {column} 列出现意外内容：{found}。",
)
JSON_TRUNCATED = Message(
    "json-truncated",
    "structure",
    "The JSON ends too early, at line {line}, column {column}: a quote or a closing bracket is missing.",
    "JSON 在第 {line} 行第 {column} 列提前结束：缺少引号或右括号。",
)
JSON_TRAILING_COMMA = Message(
    "json-trailing-comma",
    "structure",
    "A comma before a closing bracket at line {line}, column {column}; remove the comma.",
    "第 {line} 行第 {column} 列的右括号前有多余的逗号；请删除该逗号。",
)
JSON_EXPECTED_COMMA = Message(
    "json-expected-comma",
    "structure",
    "Expected a comma or a closing bracket at line {line}, column {column}, found {found}.",
    "第 {line} 行第 {column} 列应为逗号或右括号，实际为 {found}。",
)
JSON_EXPECTED_COLON = Message(
    "json-expected-colon",
    "structure",
    "Expected a colon after the name at line {line}, column {column}, found {found}.",
    "第 {line} 行第 {column} 列的名称后应为冒号，实际为 {found}。",
)
JSON_EXPECTED_NAME = Message(
    "json-expected-name",
    "structure",
    "Expected a name in double quotes at line {line}, column {column}, found {found}.",
    "第 {line} 行第 {column} 列应为双引号括起的名称，实际为 {found}。",
)
JSON_AFTER_END = Message(
    "json-after-end",
    "structure",
    "There is more after the end of the resource at line {line}, column {column}: {found}; send one resource.",
    "资源结束后（第 {line} 行第 {column} 列）还有内容：{found}；请只发送一个资源。",
)
JSON_NOT_A_NUMBER = Message(
    "json-not-a-number",
    "structure",
    "JSON has no NaN and no Infinity (line {line}, column {column}); leave the element out "
    "or say why it is absent with the data-absent-reason extension.",
    "JSON 没有 NaN 和 Infinity（第 {line} 行第 {column} 列）；请省略该元素，或用 data-absent-reason 扩展说明缺失原因。",
)
JSON_QUOTES = Message(
    "json-quotes",
    "structure",
    "JSON has double quotes only, found a single one at line {line}, column {column}.",
    "JSON 只使用双引号，第 {line} 行第 {column} 列出现单引号。",
)
JSON_COMMENT = Message(
    "json-comment",
    "structure",
    "JSON has no comments; remove the one at line {line}, column {column}.",
    "JSON 不允许注释；请删除第 {line} 行第 {column} 列的注释。",
)
JSON_CONTROL_CHARACTER = Message(
    "json-control-character",
    "structure",
    "A bare control character {found} at line {line}, column {column}; inside a string write an escape such as \\n.",
    "第 {line} 行第 {column} 列有未转义的控制字符 {found}；在字符串中请写成 \\n 之类的转义。",
)
JSON_ESCAPE = Message(
    "json-escape",
    "structure",
    "JSON has no such escape at line {line}, column {column}; a backslash itself is written \\\\.",
    "第 {line} 行第 {column} 列的转义在 JSON 中不存在；反斜杠本身写作 \\\\。",
)
JSON_SURROGATE = Message(
    "json-surrogate",
    "structure",
    "Half of a surrogate pair alone at line {line}, column {column}; write both halves or the character itself.",
    "第 {line} 行第 {column} 列只有代理对的一半；请写出完整的代理对或字符本身。",
)
JSON_NUMBER = Message(
    "json-number",
    "structure",
    "Not a JSON number at line {line}, column {column}: no leading zeros, no plus, digits on both sides of the point.",
    "第 {line} 行第 {column} 列不是合法的 JSON 数字：不得有前导零和正号，小数点两侧都须有数字。",
)
NUMBER_TOO_LARGE = Message(
    "number-too-large",
    "value",
    "The number {found} has more than {limit} digits or a power of ten beyond {limit}; shorten it.",
    "数字 {found} 超过 {limit} 位，或其十的幂次超出 {limit}；请缩短。",
)
DUPLICATE_KEY = Message(
    "duplicate-key",
    "structure",
    "The name {name} appears more than once in the same object; keep one (several values go into an array).",
    "同一对象中名称 {name} 出现多次；请只保留一个（多个值请放入数组）。",
)
NOT_AN_OBJECT = Message(
    "not-an-object",
    "structure",
    "The body is {found}; a FHIR resource is one JSON object.",
    "正文是 {found}；FHIR 资源应为一个 JSON 对象。",
)
RESOURCE_TYPE_MISSING = Message(
    "resource-type-missing",
    "structure",
    'The JSON has no resourceType; add it, for example "resourceType": "Patient".',
    'JSON 中没有 resourceType；请补充，例如 "resourceType": "Patient"。',
)
RESOURCE_TYPE_NOT_A_STRING = Message(
    "resource-type-not-a-string",
    "structure",
    'resourceType is {found}; it is the name of a resource type in quotes, such as "Patient".',
    'resourceType 为 {found}；它应为带引号的资源类型名称，例如 "Patient"。',
)

JSON_IS_XML = Message(
    "json-is-xml",
    "structure",
    "The body starts with < and seems to be XML; send it with Content-Type: application/fhir+xml.",
    "正文以 < 开头，似乎是 XML；请以 Content-Type: application/fhir+xml 发送。",
)

# XML

XML_IS_JSON = Message(
    "xml-is-json",
    "structure",
    "The body starts with {found} and seems to be JSON; send it with Content-Type: application/fhir+json.",
    "正文以 {found} 开头，似乎是 JSON；请以 Content-Type: application/fhir+json 发送。",
)
XML_SYNTAX = Message(
    "xml-syntax",
    "structure",
    "Not well-formed XML at line {line}, column {column}: {problem}.",
    "第 {line} 行第 {column} 列不是格式良好的 XML：{problem}。",
)
XML_TAGS = Message(
    "xml-tags",
    "structure",
    "A tag is not closed, or closed by another name, at line {line}, column {column}: {problem}.",
    "第 {line} 行第 {column} 列的标签未关闭，或结束标签名称不符：{problem}。",
)
XML_ENTITY = Message(
    "xml-entity",
    "structure",
    "XML has no entity {found} (line {line}, column {column}); write the character itself, or &#160; for &nbsp;.",
    "XML 中没有实体 {found}（第 {line} 行第 {column} 列）；请直接书写该字符，&nbsp; 请写作 &#160;。",
)
XML_ESCAPE = Message(
    "xml-escape",
    "structure",
    "A bare < or & at line {line}, column {column}; write &lt; and &amp;.",
    "第 {line} 行第 {column} 列有未转义的 < 或 &；请写作 &lt; 和 &amp;。",
)
XML_CHARACTER = Message(
    "xml-character",
    "structure",
    "A character that XML does not allow at line {line}, column {column}; remove it.",
    "第 {line} 行第 {column} 列有 XML 不允许的字符；请删除。",
)
XML_TOO_LARGE = Message(
    "xml-too-large",
    "too-long",
    "One value in the XML has more than 10 million characters (line {line}); send such content as JSON.",
    "XML 中有一个值超过一千万字符（第 {line} 行）；此类内容请以 JSON 发送。",
)
XML_DOCTYPE = Message(
    "xml-doctype",
    "structure",
    "A document type declaration (<!DOCTYPE) is not allowed; remove it.",
    "不允许文档类型声明（<!DOCTYPE）；请删除。",
)
XML_NAMESPACE = Message(
    "xml-namespace",
    "structure",
    'Line {line}: <{name}> is in namespace "{found}"; it has to be in "{expected}" (xmlns="{expected}").',
    '第 {line} 行：<{name}> 的命名空间为 "{found}"；应为 "{expected}"（xmlns="{expected}"）。',
)
XML_UNKNOWN_RESOURCE = Message(
    "xml-unknown-resource",
    "structure",
    "Line {line}: R4 has no resource type {found}; nearest: {near}.",
    "第 {line} 行：R4 没有资源类型 {found}；相近的有：{near}。",
)
XML_UNKNOWN_ELEMENT = Message(
    "xml-unknown-element",
    "structure",
    "Line {line}: {owner} has no element {found}; nearest: {near}.",
    "第 {line} 行：{owner} 没有元素 {found}；相近的有：{near}。",
)
XML_UNKNOWN_ATTRIBUTE = Message(
    "xml-unknown-attribute",
    "structure",
    "Line {line}: <{name}> has no attribute {found}; it may have: {known}.",
    "第 {line} 行：<{name}> 没有属性 {found}；可用的属性：{known}。",
)
XML_TEXT = Message(
    "xml-text",
    "structure",
    "Line {line}: text {found} in <{name}>; values are written in the attribute value.",
    "第 {line} 行：<{name}> 中出现文本 {found}；值应写在 value 属性中。",
)
XML_ORDER = Message(
    "xml-order",
    "structure",
    "Line {line}: <{found}> has to come before <{after}>; the order of the elements is fixed in XML.",
    "第 {line} 行：<{found}> 应位于 <{after}> 之前；XML 中元素的顺序是固定的。",
)
XML_REPEATED = Message(
    "xml-repeated",
    "structure",
    "Line {line}: <{found}> after <{before}>; this element may appear only once.",
    "第 {line} 行：<{before}> 之后又出现 <{found}>；该元素只能出现一次。",
)
XML_EMPTY = Message(
    "xml-empty",
    "structure",
    "Line {line}: <{name}> is empty; give it a value, children or an extension, or leave it out.",
    "第 {line} 行：<{name}> 为空；请给出值、子元素或扩展，否则请省略。",
)
XML_ONE_RESOURCE = Message(
    "xml-one-resource",
    "structure",
    "Line {line}: <{name}> holds exactly one resource, found {found}.",
    "第 {line} 行：<{name}> 中应恰好有一个资源，实际有 {found} 个。",
)

# A resource that cannot be written as XML

NO_XML_FOR_TYPE = Message(
    "no-xml-for-type",
    "structure",
    "R4 has no resource type {found}, so it cannot be written as XML.",
    "R4 没有资源类型 {found}，无法写成 XML。",
)
NO_XML_FOR_ELEMENT = Message(
    "no-xml-for-element",
    "structure",
    "{owner} has no element {found}, so it cannot be written as XML; nearest: {near}.",
    "{owner} 没有元素 {found}，无法写成 XML；相近的有：{near}。",
)
NO_XML_FOR_VALUE = Message(
    "no-xml-for-value",
    "structure",
    "Expected {expected}, found {found}; it cannot be written as XML.",
    "应为 {expected}，实际为 {found}；无法写成 XML。",
)

# Primitive values (datatypes.html#primitive); {found} is the value as JSON spells it

INVALID_BOOLEAN = Message(
    "invalid-boolean",
    "value",
    "Expected a boolean, true or false without quotes; found {found}.",
    "应为布尔值 true 或 false（不加引号）；实际为 {found}。",
)
INVALID_INTEGER = Message(
    "invalid-integer",
    "value",
    "Expected an integer between -2147483648 and 2147483647, without quotes and point; found {found}.",
    "应为 -2147483648 至 2147483647 之间的整数（不加引号和小数点）；实际为 {found}。",
)
INVALID_UNSIGNED_INT = Message(
    "invalid-unsigned-int",
    "value",
    "Expected an unsignedInt, an integer between 0 and 2147483647; found {found}.",
    "应为 unsignedInt，即 0 至 2147483647 之间的整数；实际为 {found}。",
)
INVALID_POSITIVE_INT = Message(
    "invalid-positive-int",
    "value",
    "Expected a positiveInt, an integer between 1 and 2147483647; found {found}.",
    "应为 positiveInt，即 1 至 2147483647 之间的整数；实际为 {found}。",
)
INVALID_DECIMAL = Message(
    "invalid-decimal",
    "value",
    "Expected a decimal, a number without quotes of at most 300 digits; found {found}.",
    "应为 decimal，即不加引号且不超过 300 位的数字；实际为 {found}。",
)
INVALID_STRING = Message(
    "invalid-string",
    "value",
    "Expected a string of one character or more, no control characters but tab and line ends; found {found}.",
    "应为至少一个字符的字符串，除制表符和换行外不得含控制字符；实际为 {found}。",
)
STRING_TOO_LONG = Message(
    "string-too-long",
    "value",
    "A string has at most 1048576 characters; found {found}.",
    "字符串最多 1048576 个字符；实际为 {found}。",
)
INVALID_CODE = Message(
    "invalid-code",
    "value",
    "Expected a code, without spaces at its ends and with single spaces inside; found {found}.",
    "应为 code：首尾无空格，中间只允许单个空格；实际为 {found}。",
)
INVALID_ID = Message(
    "invalid-id",
    "value",
    "Expected an id of 1 to 64 letters A-Z a-z, digits, - and .; found {found}.",
    "应为 id：1 至 64 个字母（A-Z、a-z）、数字、- 或 .；实际为 {found}。",
)
INVALID_URI = Message(
    "invalid-uri",
    "value",
    "Expected a URI without white space; found {found}.",
    "应为不含空白字符的 URI；实际为 {found}。",
)
INVALID_UUID = Message(
    "invalid-uuid",
    "value",
    "Expected a UUID such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520, in lower case; found {found}.",
    "应为小写的 UUID，例如 urn:uuid:c757873d-ec9a-4326-a141-556f43239520；实际为 {found}。",
)
INVALID_OID = Message(
    "invalid-oid",
    "value",
    "Expected an OID such as urn:oid:1.2.3.4.5; found {found}.",
    "应为 OID，例如 urn:oid:1.2.3.4.5；实际为 {found}。",
)
INVALID_BASE64 = Message(
    "invalid-base64-binary",
    "value",
    "Expected base64 (RFC 4648) in groups of four, padded with =; found {found}.",
    "应为 base64（RFC 4648）：四个字符一组，不足以 = 补齐；实际为 {found}。",
)
INVALID_DATE = Message(
    "invalid-date",
    "value",
    "Expected a date of the calendar, YYYY, YYYY-MM or YYYY-MM-DD; found {found}.",
    "应为日历中存在的日期，格式 YYYY、YYYY-MM 或 YYYY-MM-DD；实际为 {found}。",
)
INVALID_DATE_TIME = Message(
    "invalid-date-time",
    "value",
    "Expected a dateTime: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a zone such as +08:00; found {found}.",
    "应为 dateTime：YYYY、YYYY-MM、YYYY-MM-DD，或带时区（如 +08:00）的 YYYY-MM-DDThh:mm:ss；实际为 {found}。",
)
INVALID_INSTANT = Message(
    "invalid-instant",
    "value",
    "Expected an instant, YYYY-MM-DDThh:mm:ss.sss with a zone such as +08:00; found {found}.",
    "应为 instant：带时区（如 +08:00）的 YYYY-MM-DDThh:mm:ss.sss；实际为 {found}。",
)
INVALID_TIME = Message(
    "invalid-time",
    "value",
    "Expected a time of day, hh:mm:ss, up to 23:59:59 and without zone; found {found}.",
    "应为一天中的时间 hh:mm:ss，最晚 23:59:59，不带时区；实际为 {found}。",
)
INVALID_XHTML = Message(
    "invalid-xhtml",
    "value",
    "Expected XHTML, a string with one <div>; found {found}.",
    "应为 XHTML，即包含一个 <div> 的字符串；实际为 {found}。",
)

# Narratives (narrative.html)

NARRATIVE_NOT_DIV = Message(
    "narrative-not-div",
    "structure",
    'The narrative is <{found}>; it has to be one <div xmlns="http://www.w3.org/1999/xhtml">.',
    '叙述为 <{found}>；它应为一个 <div xmlns="http://www.w3.org/1999/xhtml">。',
)
NARRATIVE_ELEMENT = Message(
    "narrative-element",
    "invariant",
    "txt-1: <{found}> is not allowed in a narrative; only basic formatting, links and images are.",
    "txt-1：叙述中不允许 <{found}>；只允许基本排版、链接和图像。",
)
NARRATIVE_ATTRIBUTE = Message(
    "narrative-attribute",
    "invariant",
    "txt-1: the attribute {found} of <{element}> is not allowed in a narrative; remove it.",
    "txt-1：叙述中不允许 <{element}> 的属性 {found}；请删除。",
)
NARRATIVE_LINK = Message(
    "narrative-link",
    "invariant",
    "txt-1: {attribute} of <{element}> must not run code or carry a document: {found}.",
    "txt-1：<{element}> 的 {attribute} 不得执行代码或携带文档：{found}。",
)
NARRATIVE_STYLE = Message(
    "narrative-style",
    "invariant",
    "txt-1: a style in a narrative must not load or run anything: {found}.",
    "txt-1：叙述中的样式不得加载或执行任何内容：{found}。",
)
NARRATIVE_EMPTY = Message(
    "narrative-empty",
    "invariant",
    "txt-2: the narrative has no content; give it some text or an image.",
    "txt-2：叙述没有内容；请加入文字或图像。",
)

# _summary and _elements (search.html#summary)

UNKNOWN_SUMMARY = Message(
    "unknown-summary",
    "value",
    "_summary is {found}; it is one of true, text, data, count and false.",
    "_summary 的值为 {found}；应为 true、text、data、count 或 false 之一。",
)
SUMMARY_COUNT = Message(
    "summary-count",
    "not-supported",
    "_summary=count counts the matches of a search; a single resource has true, text, data and false.",
    "_summary=count 用于统计检索结果；对单个资源可用 true、text、data 和 false。",
)
UNKNOWN_ELEMENTS = Message(
    "unknown-elements",
    "value",
    "_elements names {found}, which {type} does not have at its root; nearest: {near}.",
    "_elements 中的 {found} 不是 {type} 的根级元素；相近的有：{near}。",
)
