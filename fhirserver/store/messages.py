"""What the store says when it cannot do its work. None of these texts holds a value of a resource."""

from __future__ import annotations

from fhirserver.outcome import Message

#: Headers of an answer that is worth asking for again soon.
RETRY = {"Retry-After": "1"}

BUSY = Message(
    "store-busy",
    "lock-error",
    "The database is busy with other writes; nothing was stored. Try again.",
    "数据库正忙于其他写入，本次未保存任何内容，请重试。",
)
OUTCOME_UNKNOWN = Message(
    "store-outcome-unknown",
    "transient",
    "The write was interrupted while it was being committed; it may or may not have been stored."
    " Read the resource before you repeat the request.",
    "写入在提交过程中被中断，无法确认是否已保存；请先读取该资源，再决定是否重发请求。",
)
UNREACHABLE = Message(
    "store-unreachable",
    "no-store",
    "The database cannot be reached ({reason}).",
    "无法连接数据库（{reason}）。",
    status=503,
)
FULL = Message(
    "store-full",
    "no-store",
    "The database has no room left; nothing was stored.",
    "数据库存储空间已满，本次未保存任何内容。",
)
READ_ONLY = Message(
    "store-read-only",
    "no-store",
    "The database is read-only; nothing was stored.",
    "数据库处于只读状态，本次未保存任何内容。",
    status=503,
)
TOO_LONG = Message(
    "store-query-too-long",
    "too-costly",
    "The query was stopped at the limit of {seconds} seconds. Ask for less, or more precisely.",
    "查询运行超过 {seconds} 秒的限制，已被停止。请缩小查询范围。",
)
FAILED = Message(
    "store-failed",
    "exception",
    "The database refused an operation ({reason}).",
    "数据库拒绝了操作（{reason}）。",
)
COLLISION = Message(
    "store-key-collision",
    "processing",
    "{type}/{id} cannot be stored under this id: another resource already has its internal key. Choose another id.",
    "{type}/{id} 无法使用该 id 保存：另一资源已占用相同的内部键，请改用其他 id。",
    status=409,
)
STALE = Message(
    "store-stale-write",
    "conflict",
    "Another request changed the same resource at the same time; nothing was stored. Try again.",
    "另一请求同时修改了同一资源，本次未保存任何内容，请重试。",
)
BAD_URL = Message(
    "store-bad-url",
    "exception",
    "{url} is not a database this server knows. Use sqlite:///relative.db, sqlite:////absolute.db"
    " or postgresql://user@host/database ({reason}).",
    "{url} 不是本服务器支持的数据库地址。请使用 sqlite:///相对路径.db、sqlite:////绝对路径.db"
    " 或 postgresql://用户@主机/数据库（{reason}）。",
)
OLD_SCHEMA = Message(
    "store-old-schema",
    "exception",
    "The database has schema {found}, this server needs {needed}. Make a backup, then run: fhirserver db upgrade",
    "数据库结构版本为 {found}，本服务器需要 {needed}。请先备份，再执行：fhirserver db upgrade",
)
NEW_SCHEMA = Message(
    "store-new-schema",
    "exception",
    "The database has schema {found}, unknown to this version of the server, which needs {needed}."
    " A newer server made it, or one from before the first release: use that one, or load the data anew.",
    "数据库结构版本为 {found}，当前服务器版本无法识别（需要 {needed}）。该库由更新的版本或首次发布之前的版本建立："
    "请使用相应版本，或重新载入数据。",
)
FOREIGN_SCHEMA = Message(
    "store-foreign-schema",
    "exception",
    "The database holds tables of another program ({table}); use an empty database.",
    "该数据库包含其他程序的表（{table}），请使用空数据库。",
)
