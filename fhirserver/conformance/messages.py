"""What the registry, the package reader and the snapshot generator have to say."""

from __future__ import annotations

from fhirserver.outcome import Message

ELEMENT_NOT_IN_BASE = Message(
    "element-not-in-base",
    "invalid",
    "The differential names '{path}', which its base definition does not have.",
    "差异定义（differential）中的“{path}”在其基础定义里不存在。",
)
SLICE_WITHOUT_SLICING = Message(
    "slice-without-slicing",
    "invalid",
    "'{path}' has a slice '{slice}' but nothing says how it is sliced (no slicing with a discriminator).",
    "“{path}”带有切片“{slice}”，但没有说明如何切片（缺少带判别项的 slicing）。",
)
BASE_UNKNOWN = Message(
    "base-unknown",
    "not-found",
    "No snapshot of '{url}' can be made: its base definition '{base}' is not known here.",
    "无法生成“{url}”的快照：本服务器没有其基础定义“{base}”。",
    status=422,
)
BASE_CIRCULAR = Message(
    "base-circular",
    "invalid",
    "No snapshot of '{url}' can be made: its base definitions lead back to itself.",
    "无法生成“{url}”的快照：它的基础定义绕回到了自身。",
    status=422,
)
DEFINITION_MALFORMED = Message(
    "definition-malformed",
    "invalid",
    "The definition '{url}' is malformed ({problem}): validate the StructureDefinition itself.",
    "定义“{url}”格式错误（{problem}）：请先校验该 StructureDefinition 本身。",
    status=422,
)
FILE_NOT_JSON = Message(
    "file-not-json",
    "invalid",
    "{file} is not a JSON resource: {problem}",
    "{file} 不是 JSON 资源：{problem}",
)
NOT_A_PACKAGE = Message(
    "not-a-package",
    "invalid",
    "{file} is not a FHIR package (a .tgz with package/package.json): {problem}",
    "{file} 不是 FHIR 包（应为含 package/package.json 的 .tgz 文件）：{problem}",
)
PACKAGE_UNSAFE = Message(
    "package-unsafe",
    "security",
    "The package was refused: '{file}' would be written outside its folder.",
    "已拒绝该包：“{file}”会写到包目录之外。",
)
PACKAGE_TOO_LARGE = Message(
    "package-too-large",
    "too-long",
    "The package was refused at '{file}': it has too many files or unpacks to too many bytes.",
    "已在“{file}”处拒绝该包：文件过多，或解压后过大。",
)
PACKAGE_NOT_R4 = Message(
    "package-not-r4",
    "not-supported",
    "{package} is made for FHIR {versions}; this server speaks R4 (4.0).",
    "{package} 面向 FHIR {versions}；本服务器使用 R4（4.0）。",
)
PACKAGE_NOT_INSTALLED = Message(
    "package-not-installed",
    "not-found",
    "The package {package} is not installed.",
    "未安装包 {package}。",
)
DEPENDENCY_MISSING = Message(
    "dependency-missing",
    "not-found",
    "{package} depends on {dependency}, which is not installed: install that first.",
    "{package} 依赖 {dependency}，但后者尚未安装：请先安装。",
)
