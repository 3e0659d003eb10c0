"""What the commands say of files, databases and servers."""

from __future__ import annotations

from fhirserver.outcome import Message

# ---- serve -----------------------------------------------------------------------------------------------------------

STARTED = Message(
    "started",
    "informational",
    "FHIR R4 at {base} (data in {database}). Ctrl-C stops it.",
    "FHIR R4 服务地址：{base}（数据保存在 {database}）。按 Ctrl-C 停止。",
    severity="information",
)
PORT_TAKEN = Message(
    "port-taken",
    "conflict",
    "{host}:{port} is in use by another program; stop it or choose another port: fhirserver serve --port 8081",
    "{host}:{port} 已被其他程序占用；请停止该程序，或换一个端口：fhirserver serve --port 8081",
)
NOWHERE_TO_LISTEN = Message(
    "nowhere-to-listen",
    "exception",
    "Cannot listen on {host}:{port} ({reason})",
    "无法监听 {host}:{port}（{reason}）",
)

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
NOTHING_FOUND = Message(
    "nothing-found",
    "not-found",
    "There is nothing to load",
    "没有可载入的内容",
)
STOPPED = Message(
    "stopped",
    "incomplete",
    "Stopped before the end. What was loaded so far is safe; run the same command again to go on",
    "载入提前停止。已载入的内容已安全保存；再次运行同一命令即可继续",
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
    "The reference {reference} matches nothing, neither among what is loaded nor among what was there before",
    "引用 {reference} 在本次载入的资源和已有资源中均无匹配",
)
REFERENCE_AMBIGUOUS = Message(
    "reference-ambiguous",
    "multiple-matches",
    "The reference {reference} matches several resources",
    "引用 {reference} 匹配到多个资源",
)
SERVER_AWAY = Message(
    "server-away",
    "transient",
    "{url} does not answer ({reason})",
    "{url} 没有响应（{reason}）",
)
SERVER_SAYS = Message(
    "server-says",
    "processing",
    "The server answered {status} without saying why",
    "服务器返回 {status}，但未说明原因",
)

# ---- db --------------------------------------------------------------------------------------------------------------

DATABASE_UPGRADED = Message(
    "database-upgraded",
    "informational",
    "{url} has schema {revision}",
    "{url} 的结构版本现为 {revision}",
    severity="information",
)
DATABASE_GOOD = Message(
    "database-good",
    "informational",
    "{url} has schema {revision}, as this server needs it",
    "{url} 的结构版本为 {revision}，符合本服务器的要求",
    severity="information",
)
DATABASE_DIFFERS = Message(
    "database-differs",
    "conflict",
    "The tables differ from what this server is written for: {difference}",
    "数据库表与本服务器所需的结构不一致：{difference}",
)
DATABASE_ABSENT = Message(
    "database-absent",
    "not-found",
    "There is no database at {path}; fhirserver serve or fhirserver db upgrade makes one",
    "{path} 处没有数据库；fhirserver serve 或 fhirserver db upgrade 会创建",
)

# ---- reindex ---------------------------------------------------------------------------------------------------------

REINDEXED = Message(
    "reindexed",
    "informational",
    "The search index of {count:,} resources is as it should be",
    "{count:,} 个资源的检索索引已是最新",
    severity="information",
)
REINDEX_STOPPED = Message(
    "reindex-stopped",
    "incomplete",
    "Stopped before the end; go on with --from={position}",
    "提前停止；可用 --from={position} 继续",
)
PACKAGE_INSTALLED = Message(
    "package-installed",
    "informational",
    "installed {package} in {folder}",
    "已安装 {package}，位于 {folder}",
    severity="information",
)
PACKAGE_REMOVED = Message(
    "package-removed",
    "informational",
    "removed {package} from {folder}",
    "已从 {folder} 移除 {package}",
    severity="information",
)
NO_PACKAGES = Message(
    "no-packages",
    "informational",
    "no packages are installed in {folder}",
    "{folder} 中没有已安装的包",
    severity="information",
)
PACKAGE_NAMELESS = Message(
    "package-nameless",
    "required",
    "fhirserver package {action} needs at least one package",
    "fhirserver package {action} 至少需要一个包",
)
PROFILE_NOT_KNOWN = Message(
    "profile-not-known",
    "not-found",
    "nobody here knows {url}: name its file with --definitions, or install its package",
    "没有 {url} 的定义：请用 --definitions 给出其文件，或安装其所在的包",
)
RULES_NAMELESS = Message(
    "rules-nameless",
    "required",
    "fhirserver rules {action} needs at least one {what}",
    "fhirserver rules {action} 至少需要一个 {what}",
)
RULE_UNKNOWN = Message(
    "rule-unknown",
    "not-found",
    "there is no rule {found}; near it: {near}; `fhirserver rules list` names all",
    "没有规则 {found}；相近的有：{near}；可用 `fhirserver rules list` 列出所有规则",
)
PACK_GOOD = Message(
    "pack-good",
    "informational",
    "{file}: good: pack {id} sets {count} rules",
    "{file}：正确：规则包 {id} 设置了 {count} 条规则",
    severity="information",
)
DEMO_LASTS = Message(
    "demo-lasts",
    "informational",
    "\nThe server goes on at {base} (GET {base}/Task?_sort=-_lastUpdated). Ctrl-C ends it.",
    "\n服务器继续运行：{base}（例如 GET {base}/Task?_sort=-_lastUpdated）。按 Ctrl-C 结束。",
    severity="information",
)
DEMO_NO_SERVER = Message(
    "demo-no-server",
    "exception",
    "no server answers at {base}: {reason}",
    "{base} 没有服务器应答：{reason}",
)
