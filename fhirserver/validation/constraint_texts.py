"""What the most frequent invariants of R4 ask for, in our own words."""

from __future__ import annotations

from fhirserver.validation.messages import Text

#: Constraint key -> what it asks for.
TEXTS: dict[str, Text] = {
    "dom-6": Text(
        "best practice: a resource has a narrative (text) for people to read",
        "最佳实践：资源应带有供人阅读的叙述文本（text）",
    ),
    "att-1": Text("an attachment with data has a contentType", "带有 data 的附件必须有 contentType"),
    "bdl-1": Text("total stands only in searchsets and histories", "total 只用于 searchset 与 history"),
    "bdl-2": Text("entry.search stands only in searchsets", "entry.search 只用于 searchset"),
    "bdl-3": Text(
        "entry.request stands in every entry of a batch, transaction or history, and nowhere else",
        "batch、transaction、history 的每个条目都必须有 entry.request，其他类型不得有",
    ),
    "bdl-4": Text(
        "entry.response stands in every entry of a batch-response, transaction-response or history, and nowhere else",
        "batch-response、transaction-response、history 的每个条目都必须有 entry.response，其他类型不得有",
    ),
    "bdl-5": Text("an entry has a resource, a request or a response", "条目必须有 resource、request 或 response 之一"),
    "bdl-7": Text(
        "no two entries have the same fullUrl, unless their versions (meta.versionId) differ",
        "各条目的 fullUrl 不得重复，除非 meta.versionId 不同",
    ),
    "bdl-8": Text("fullUrl names no version (no /_history/)", "fullUrl 不能带版本（不能含 /_history/）"),
    "bdl-9": Text("a document has an identifier with system and value", "文档必须有带 system 与 value 的 identifier"),
    "bdl-10": Text("a document has a timestamp", "文档必须有 timestamp"),
    "bdl-11": Text("the first resource of a document is a Composition", "文档的第一个资源必须是 Composition"),
    "bdl-12": Text("the first resource of a message is a MessageHeader", "消息的第一个资源必须是 MessageHeader"),
    "cmp-1": Text("a section has a text, entries or sections", "章节（section）必须有 text、entry 或子 section"),
    "cmp-2": Text("a section has an emptyReason only when it is empty", "只有空章节才能有 emptyReason"),
    "con-3": Text(
        "a Condition on a problem list has a clinicalStatus unless it was entered in error",
        "问题列表中的 Condition 必须有 clinicalStatus，除非其为录入错误",
    ),
    "con-4": Text(
        "a Condition with an abatement is inactive, resolved or in remission",
        "已有 abatement 的 Condition，其 clinicalStatus 必须为 inactive、resolved 或 remission",
    ),
    "con-5": Text("a Condition entered in error has no clinicalStatus", "录入错误的 Condition 不能有 clinicalStatus"),
    "cpt-2": Text("a contact point with a value has a system", "有 value 的联系方式必须有 system"),
    "obs-3": Text("a reference range has a low, a high or a text", "参考范围必须有 low、high 或 text"),
    "obs-6": Text("dataAbsentReason stands only where there is no value", "只有没有值时才能有 dataAbsentReason"),
    "obs-7": Text(
        "an Observation whose code is that of a component has no value of its own",
        "code 与某个 component 的 code 相同的 Observation 不能再有自己的值",
    ),
    "org-1": Text("an Organization has a name or an identifier", "机构必须有名称（name）或标识（identifier）"),
    "org-2": Text("an Organization has no address of use home", "机构地址的 use 不能为 home"),
    "org-3": Text("an Organization has no telecom of use home", "机构联系方式的 use 不能为 home"),
    "pat-1": Text(
        "a contact has a name, a telecom, an address or an organization",
        "联系人必须有 name、telecom、address 或 organization 之一",
    ),
    "per-1": Text("a period does not end before it starts", "时段的结束不能早于开始"),
    "que-2": Text("the linkIds of a Questionnaire are all different", "问卷中的 linkId 不得重复"),
    "qty-3": Text("a quantity with a code has a system", "有 code 的数量必须有 system"),
    "rat-1": Text(
        "a ratio has both numerator and denominator, or neither and an extension",
        "比率须同时有分子与分母；都没有时必须有扩展",
    ),
    "rng-2": Text("the low of a range is not above its high", "范围的 low 不能高于 high"),
    "tim-1": Text("a duration has a unit", "有 duration 时必须有 durationUnit"),
    "tim-2": Text("a period has a unit", "有 period 时必须有 periodUnit"),
    "tim-4": Text("a duration is not negative", "duration 不能为负"),
    "tim-5": Text("a period is not negative", "period 不能为负"),
    "tim-9": Text(
        "an offset needs an event (when) other than C, CM, CD and CV",
        "有 offset 时必须有 when，且不能为 C、CM、CD、CV",
    ),
    "tim-10": Text("timeOfDay and when do not stand together", "timeOfDay 与 when 不能同时出现"),
}
