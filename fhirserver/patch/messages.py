"""What patch says when a document cannot be applied."""

from __future__ import annotations

from fhirserver.outcome import Message

PATCH_MALFORMED = Message(
    "patch-malformed",
    "invalid",
    "Not a patch document: {reason}",
    "不是有效的补丁文档：{reason}",
)
PATCH_TOO_LARGE = Message(
    "patch-too-large",
    "too-costly",
    "The patch would copy or run more than the server allows ({limit}); send it in parts.",
    "补丁的操作或复制量超过服务器上限（{limit}），请分次提交。",
)
# http.html#patch: "In the case of a failing JSON Patch test operation, the server returns a 422"
PATCH_TEST_FAILED = Message(
    "patch-test-failed",
    "processing",
    "Operation {index} of the patch tests {path} and the resource holds another value; nothing was changed.",
    "补丁第 {index} 项操作对 {path} 的 test 未通过，资源未被修改。",
)
# RFC 5789 section 2.2, "Conflicting state: ... the structures assumed to exist did not exist"
PATCH_TARGET_MISSING = Message(
    "patch-target-missing",
    "conflict",
    "Operation {index} of the patch names {path}, which the resource does not have; nothing was changed.",
    "补丁第 {index} 项操作指向 {path}，该资源中不存在此内容，资源未被修改。",
)
PATCH_TARGET_EXISTS = Message(
    "patch-target-exists",
    "conflict",
    "Operation {index} of the patch adds {path}, which does not repeat and already has a value: use replace.",
    "补丁第 {index} 项操作要添加 {path}，该元素不可重复且已有值，请改用 replace。",
)
PATCH_TARGET_AMBIGUOUS = Message(
    "patch-target-ambiguous",
    "processing",
    "Operation {index} of the patch names {path}, which selects {found} elements where one is needed.",
    "补丁第 {index} 项操作的 {path} 选中了 {found} 个元素，此处只能选中一个。",
)
PATCH_VALUE = Message(
    "patch-value",
    "processing",
    "Operation {index} of the patch cannot put the value at {path}: {reason}",
    "补丁第 {index} 项操作无法在 {path} 写入该值：{reason}",
)
PATCH_IDENTITY = Message(
    "patch-identity",
    "processing",
    "A patch cannot change {path}: the identity of a resource is fixed.",
    "补丁不能修改 {path}：资源的身份标识不可更改。",
)
PATCH_NARRATIVE = Message(
    "patch-narrative",
    "business-rule",
    "The narrative was written by a person (text.status {found}) and would no longer agree with the data;"
    " patch the text as well.",
    "资源的叙述文本由人工撰写（text.status 为 {found}），修改数据后可能与之不符，请在同一补丁中一并更新文本。",
)
