"""What the commands say of files, databases and servers."""

from __future__ import annotations

from fhirserver.outcome import Message

# ---- the paths given -------------------------------------------------------------------------------------------------

PATH_ABSENT = Message(
    "path-absent",
    "not-found",
    "{path}: there is no such file or folder",
    "{path}：文件或文件夹不存在",
)
FOLDER_EMPTY = Message(
    "folder-empty",
    "not-found",
    "{path}: no .json, .ndjson, .xml, .gz or .tgz file in this folder",
    "{path}：该文件夹中没有 .json、.ndjson、.xml、.gz 或 .tgz 文件",
)
SUFFIX_UNKNOWN = Message(
    "suffix-unknown",
    "not-supported",
    "{path}: expected a name that ends with .json, .ndjson, .xml (each also with .gz), .tgz or .tar",
    "{path}：文件名应以 .json、.ndjson、.xml（均可再加 .gz）、.tgz 或 .tar 结尾",
)
SOURCE_BROKEN = Message(
    "source-broken",
    "incomplete",
    "{path}: cannot be read to its end ({reason})",
    "{path}：无法完整读取（{reason}）",
)

# ---- what is loaded --------------------------------------------------------------------------------------------------

REFERENCE_UNRESOLVED = Message(
    "reference-unresolved",
    "not-found",
    "The reference {reference} matches nothing loaded in this run; load the file that holds it in the same command",
    "引用 {reference} 在本次载入中没有匹配的资源；请在同一条命令中一并载入相应文件",
)
REFERENCE_AMBIGUOUS = Message(
    "reference-ambiguous",
    "multiple-matches",
    "The reference {reference} matches several resources that were loaded in this run",
    "引用 {reference} 在本次载入中匹配到多个资源",
)
REFERENCE_CRITERIA = Message(
    "reference-criteria",
    "not-supported",
    "The reference {reference} cannot be resolved while loading: only Type?identifier=system|value can",
    "载入时无法解析引用 {reference}：仅支持 类型?identifier=系统|值 的形式",
)
