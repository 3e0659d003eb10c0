"""Settings: ONE table, read from ``FHIRSERVER_*`` and from the command line, checked before anything starts.

A setting is a field of :class:`Settings`; how it is read, its default, what it means and an example stand beside it.
The options of the commands, `docs/settings.md` and the error messages are all made of these rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from fhirserver.outcome import FhirError, Issue, Language, Message

PREFIX = "FHIRSERVER_"

# ---- what is said of a value that is not of its kind -----------------------------------------------------------------

SETTING_NOT_TEXT = Message(
    "setting-not-text",
    "invalid",
    "{name} is empty: expected a value, for example {example}",
    "{name} 为空：应填写一个值，例如 {example}",
)
SETTING_NOT_INTEGER = Message(
    "setting-not-integer",
    "invalid",
    "{name} is {found!r}: expected a whole number from {least} to {most}, for example {example}",
    "{name} 的值为 {found!r}：应为 {least} 到 {most} 之间的整数，例如 {example}",
)
SETTING_NOT_SIZE = Message(
    "setting-not-size",
    "invalid",
    "{name} is {found!r}: expected a number of bytes with or without KB, MB or GB, for example {example}",
    "{name} 的值为 {found!r}：应为字节数，可带单位 KB、MB 或 GB，例如 {example}",
)
SETTING_NOT_CHOICE = Message(
    "setting-not-choice",
    "invalid",
    "{name} is {found!r}: expected one of {choices}, for example {example}",
    "{name} 的值为 {found!r}：应为 {choices} 之一，例如 {example}",
)
SETTING_NOT_DATABASE = Message(
    "setting-not-database",
    "invalid",
    "{name} is {found!r}: expected sqlite:///FILE (four slashes for an absolute path) or "
    "postgresql://USER@HOST/DATABASE, for example {example}",
    "{name} 的值为 {found!r}：应为 sqlite:///文件（绝对路径用四个斜杠）或 "
    "postgresql://用户@主机/数据库，例如 {example}",
)
SETTING_NOT_BASE = Message(
    "setting-not-base",
    "invalid",
    "{name} is {found!r}: expected the http or https URL under which clients reach the server, without query or "
    "fragment, for example {example}",
    "{name} 的值为 {found!r}：应为客户端访问服务器的 http 或 https 地址，不带查询串和片段，例如 {example}",
)
SETTING_NOT_ORIGINS = Message(
    "setting-not-origins",
    "invalid",
    "{name} is {found!r}: expected * or origins such as https://app.example.org, separated by commas, "
    "for example {example}",
    "{name} 的值为 {found!r}：应为 * 或以逗号分隔的来源（如 https://app.example.org），例如 {example}",
)
SETTING_NOT_ZONE = Message(
    "setting-not-zone",
    "invalid",
    "{name} is {found!r}: expected a time zone of the IANA database, for example {example}",
    "{name} 的值为 {found!r}：应为 IANA 时区数据库中的时区名，例如 {example}",
)
SETTING_UNKNOWN = Message(
    "setting-unknown",
    "not-found",
    "{name} is set but nothing reads it: did you mean {near}?",
    "设置了 {name}，但没有这一设置：是否应为 {near}？",
    severity="warning",
)

SETTING_NOT_PROFILES = Message(
    "setting-not-profiles",
    "invalid",
    "{name} is {found!r}: expected pairs Type=canonical of a profile, separated by commas, for example {example}",
    "{name} 的值为 {found!r}：应为以逗号分隔的“资源类型=配置文件地址”，例如 {example}",
)

SETTING_NOT_INSTANT = Message(
    "setting-not-instant",
    "invalid",
    "{name} is {found!r}: expected a moment with seconds and zone, for example {example}",
    "{name} 的值为 {found!r}：应为带秒和时区的时刻，例如 {example}",
)

# ---- kinds: how the text of a setting becomes its value --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kind:
    """`read` turns text into the value or raises ValueError; then `message` is said, `values` filling its template."""

    message: Message
    read: Callable[[str], Any]
    values: Mapping[str, Any] = field(default_factory=dict)


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text.strip()


def _integer(least: int, most: int) -> Kind:
    def read(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError(text)
        return number

    return Kind(SETTING_NOT_INTEGER, read, {"least": least, "most": most})


_UNITS = {"GB": 1 << 30, "MB": 1 << 20, "KB": 1 << 10, "B": 1, "": 1}


def _size(text: str) -> int:
    compact = text.strip().upper().replace(" ", "")
    unit = next(unit for unit in _UNITS if compact.endswith(unit))
    size = int(compact.removesuffix(unit)) * _UNITS[unit]
    if size <= 0:
        raise ValueError(text)
    return size


def _choice(*choices: str) -> Kind:
    by_name = {choice.lower(): choice for choice in choices}

    def read(text: str) -> str:
        try:
            return by_name[text.strip().lower()]
        except KeyError:
            raise ValueError(text) from None

    return Kind(SETTING_NOT_CHOICE, read, {"choices": ", ".join(choices)})


def _flag(text: str) -> bool:
    try:
        return {"true": True, "false": False}[text.strip().lower()]
    except KeyError:
        raise ValueError(text) from None


def _database_url(text: str) -> str:
    url = urlsplit(text.strip())
    if url.scheme == "sqlite" and not url.netloc and len(url.path) > 1:
        return text.strip()
    if url.scheme != "postgresql" or len(url.path) <= 1:
        raise ValueError(text)
    _ = url.port  # raises ValueError when it is no number
    return text.strip()


def _base_url(text: str) -> str:
    url = urlsplit(text.strip())
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment or url.username:
        raise ValueError(text)
    return urlunsplit((url.scheme, url.netloc, url.path.rstrip("/"), "", ""))


def _origin(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise ValueError(text)
    return f"{url.scheme}://{url.netloc}"


def _origins(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    return tuple(part if part == "*" else _origin(part) for part in parts)


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text.strip())
    except (OSError, KeyError) as error:  # ZoneInfoNotFoundError is a KeyError; a folder's name gives an OSError
        raise ValueError(text) from error


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _profiles(text: str) -> Mapping[str, tuple[str, ...]]:
    """``Patient=http://…,Patient=http://…``: the profiles of each type."""
    found: dict[str, tuple[str, ...]] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        type, equals, canonical = pair.partition("=")
        if not equals or not type.strip().isalpha() or ":" not in canonical:
            raise ValueError(text)
        found[type.strip()] = (*found.get(type.strip(), ()), canonical.strip())
    return found


def setting(kind: Kind, default: str, *, en: str, zh: str, example: str, secret: bool = False) -> Any:
    """A field of :class:`Settings`; `default` is text as a person writes it, "" for a value made of other settings."""
    value = kind.read(default) if default else None
    row = {"kind": kind, "default": default, "en": en, "zh": zh, "example": example, "secret": secret}
    return field(default=value, repr=not secret, metadata=row)


# ---- the table -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked. Values are typed: sizes in bytes, times in seconds, the zone as ZoneInfo."""

    database_url: str = setting(
        Kind(SETTING_NOT_DATABASE, _database_url),
        "sqlite:///data/fhirserver.db",
        en="Where the data lives: an SQLite file (it and its folder are made when absent) or a PostgreSQL database.",
        zh="数据存放位置：SQLite 文件（文件及其目录不存在时自动创建）或 PostgreSQL 数据库。",
        example="postgresql://fhir@db.example.org/fhir",
    )
    host: str = setting(
        Kind(SETTING_NOT_TEXT, _text),
        "127.0.0.1",
        en="Address to listen on. 0.0.0.0 listens on every interface; set the base URL then.",
        zh="监听地址。0.0.0.0 表示监听所有网络接口，此时应同时设置 base-url。",
        example="0.0.0.0",  # noqa: S104 - shown to people
    )
    port: int = setting(
        _integer(1, 65535),
        "8080",
        en="TCP port to listen on.",
        zh="监听的 TCP 端口。",
        example="8080",
    )
    base_url: str | None = setting(
        Kind(SETTING_NOT_BASE, _base_url),
        "",
        en="URL under which clients reach the server (FHIR's [base]); it is written into Location headers, links and "
        "the CapabilityStatement. Without it: http://HOST:PORT/fhir.",
        zh="客户端访问服务器所用的地址（FHIR 的 [base]），写入 Location 头、链接和 CapabilityStatement。"
        "未设置时为 http://HOST:PORT/fhir。",
        example="https://fhir.example.org/fhir",
    )
    workers: int = setting(
        _integer(0, 256),
        "0",
        en="Number of processes that answer requests. 0: one for each processor core.",
        zh="处理请求的进程数。0 表示每个处理器核心一个进程。",
        example="4",
    )
    threads: int = setting(
        _integer(1, 64),
        "4",
        en="Requests each process handles at the same time. On SQLite, writes that arrive together share one flush to "
        "disk.",
        zh="每个进程同时处理的请求数。使用 SQLite 时，同时到达的写入共用一次磁盘刷写。",
        example="8",
    )
    max_body: int = setting(
        Kind(SETTING_NOT_SIZE, _size),
        "64 MB",
        en="Largest request body, after decompression; a larger one is answered with 413.",
        zh="请求体（解压后）的最大字节数，超过时返回 413。",
        example="64 MB",
    )
    timezone: ZoneInfo = setting(  # noqa: RUF009 - a ZoneInfo never changes
        Kind(SETTING_NOT_ZONE, _zone),
        "Asia/Shanghai",
        en="Zone in which the server writes times, and of dates and times that name none.",
        zh="服务器书写时间所用的时区，也用于解释未注明时区的日期和时间。",
        example="Europe/Berlin",
    )
    language: Language = setting(  # noqa: RUF009 - a text
        _choice("en", "zh", "both"),
        "en",
        en="Language of messages for a request without Accept-Language; both gives Chinese and English in one text.",
        zh="请求未带 Accept-Language 时消息所用的语言；both 表示中英文并列。",
        example="both",
    )
    default_count: int = setting(
        _integer(1, 10_000),
        "50",
        en="Entries on a page of a search or a history when the request has no _count.",
        zh="请求未带 _count 时，检索结果或历史记录每页的条目数。",
        example="100",
    )
    max_count: int = setting(
        _integer(1, 10_000),
        "1000",
        en="Most entries on a page, whatever _count asks for.",
        zh="每页条目数的上限，_count 超过时按此值返回。",
        example="500",
    )
    max_entries: int = setting(
        _integer(1, 1_000_000),
        "20000",
        en="Most entries of a batch or a transaction.",
        zh="一个 batch 或 transaction 中条目数的上限。",
        example="5000",
    )
    delete_limit: int = setting(
        _integer(1, 1_000_000),
        "100",
        en="Most resources one conditional delete may delete; what matches more is refused.",
        zh="一次条件删除最多可删除的资源数，匹配更多时拒绝执行。",
        example="1000",
    )
    query_timeout: int = setting(
        _integer(1, 3600),
        "30",
        en="Seconds a search may take in the database; one that takes longer is stopped with an error that says so.",
        zh="一次检索在数据库中允许的秒数，超过时中止并返回说明原因的错误。",
        example="10",
    )
    retry_seconds: int = setting(
        _integer(0, 31_536_000),
        "259200",
        en="Seconds for which the answer to a write with an Idempotency-Key is kept for a retry.",
        zh="带 Idempotency-Key 的写入，其应答为重试保留的秒数。",
        example="86400",
    )
    request_id_retries: bool = setting(
        Kind(SETTING_NOT_CHOICE, _flag, {"choices": "true, false"}),
        "false",
        en="Whether X-Request-Id of a write counts as its Idempotency-Key when it has none.",
        zh="写入请求没有 Idempotency-Key 时，是否以 X-Request-Id 代替。",
        example="true",
    )
    async_workers: int = setting(
        _integer(0, 16),
        "1",
        en="Requests with Prefer: respond-async that each process works on at the same time. 0: another process of the "
        "same database does.",
        zh="每个进程同时处理的异步请求（Prefer: respond-async）数。0 表示由使用同一数据库的其他进程处理。",
        example="2",
    )
    async_seconds: int = setting(
        _integer(60, 31_622_400),
        "86400",
        en="Seconds for which the outcome of an asynchronous request can be fetched.",
        zh="异步请求的结果可供获取的秒数。",
        example="259200",
    )
    secret: str | None = setting(
        Kind(SETTING_NOT_TEXT, _text),
        "",
        en="Text that signs the page links given to clients. Without it one is made at each start, and links from "
        "before are refused. Servers that share a database need the same one.",
        zh="用于签名分页链接的密文。未设置时每次启动自动生成，之前的链接随之失效。"
        "共用同一数据库的多台服务器必须设置为相同的值。",
        example="a-long-random-text",
        secret=True,
    )
    packages: str = setting(
        Kind(SETTING_NOT_TEXT, _text),
        "data/packages",
        en="Folder of the installed FHIR packages (fhirserver package install). It need not be there.",
        zh="已安装 FHIR 包的目录（fhirserver package install），可以不存在。",
        example="/var/lib/fhirserver/packages",
    )
    unknown_profiles: Literal["ignore", "warn", "refuse"] = setting(
        _choice("ignore", "warn", "refuse"),
        "warn",
        en="What becomes of a resource whose meta.profile names a profile that nobody here knows.",
        zh="资源的 meta.profile 指向本服务器没有的配置文件时如何处理：忽略、警告或拒绝。",
        example="refuse",
    )
    unknown_extensions: Literal["ignore", "warn", "refuse"] = setting(
        _choice("ignore", "warn", "refuse"),
        "ignore",
        en="What becomes of a resource with an extension that nobody here knows. Unknown modifier extensions are "
        "refused unless it is ignore.",
        zh="资源带有本服务器没有定义的扩展时如何处理：忽略、警告或拒绝。除非设为忽略，否则未知的修饰扩展一律拒绝。",
        example="warn",
    )
    cross_version_extensions: Literal["ignore", "warn", "refuse"] = setting(
        _choice("ignore", "warn", "refuse"),
        "warn",
        en="What becomes of an extension that stands for an element of another release of FHIR "
        "(http://hl7.org/fhir/5.0/StructureDefinition/extension-...) when no package here defines it.",
        zh="资源带有代表其他 FHIR 版本元素的扩展（http://hl7.org/fhir/5.0/StructureDefinition/extension-…），"
        "而已安装的包中没有其定义时如何处理：忽略、警告或拒绝。",
        example="ignore",
    )
    unknown_codes: Literal["ignore", "warn", "refuse"] = setting(
        _choice("ignore", "warn", "refuse"),
        "refuse",
        en="What becomes of a code that its code system does not have, where the whole code system is known here.",
        zh="代码所属的代码系统在本服务器有完整内容，但其中没有该代码时如何处理：忽略、警告或拒绝。",
        example="warn",
    )
    wrong_displays: Literal["ignore", "warn", "refuse"] = setting(
        _choice("ignore", "warn", "refuse"),
        "warn",
        en="What becomes of a display that is not one of its code's, where the code is known here.",
        zh="display 与代码的名称不符（代码在本服务器已知）时如何处理：忽略、警告或拒绝。",
        example="refuse",
    )
    narrative_links: Literal["ignore", "warn", "refuse"] = setting(
        _choice("ignore", "warn", "refuse"),
        "refuse",
        en="What becomes of a narrative with a link that leads nowhere; in definitions it is a warning at most.",
        zh="叙述文本中的链接没有目标时如何处理：忽略、警告或拒绝；定义类资源最多给出警告。",
        example="warn",
    )
    embedded_html: Literal["ignore", "warn", "refuse"] = setting(
        _choice("ignore", "warn", "refuse"),
        "ignore",
        en="What becomes of texts outside narratives that look like HTML, which careless viewers may run.",
        zh="叙述文本以外的文字含有疑似 HTML 的内容（粗心的浏览程序可能执行它）时如何处理：忽略、警告或拒绝。",
        example="refuse",
    )
    required_profiles: Mapping[str, tuple[str, ...]] | None = setting(
        Kind(SETTING_NOT_PROFILES, _profiles),
        "",
        en="Profiles every resource of a type has to conform to, whatever it claims: pairs Type=canonical, separated "
        "by commas.",
        zh="每种资源类型必须符合的配置文件（无论其是否声明）：以逗号分隔的“资源类型=配置文件地址”。",
        example="Patient=http://example.org/fhir/StructureDefinition/patient",
    )
    rule_packs: str = setting(
        Kind(SETTING_NOT_TEXT, str.strip),
        "",
        en="Folder of the rule packs (*.yaml): which rules of the exchange hold for which group or area, how strictly, "
        "with which numbers. Without it the default pack holds for everyone.",
        zh="规则包（*.yaml）所在目录：哪些交换规则对哪个集团或地区生效、严格程度及其参数。未设置时所有机构都用默认规则包。",
        example="/etc/fhirserver/rule-packs",
    )
    global_profiles: bool = setting(
        Kind(SETTING_NOT_CHOICE, _flag, {"choices": "true, false"}),
        "true",
        en="Whether every resource of a type has to conform to the profiles that the installed guides name for the "
        "type (ImplementationGuide.global).",
        zh="资源是否必须符合已安装的实施指南为其类型指定的配置文件（ImplementationGuide.global）。",
        example="false",
    )
    clock: datetime | None = setting(  # noqa: RUF009 - a datetime never changes
        Kind(SETTING_NOT_INSTANT, _instant),
        "",
        en="Where the server's clock begins on an empty database, to show or test what takes days; it flows on from "
        "there, over restarts too, and POST [base]/$clock moves it forward. Without it: the machine's time.",
        zh="演示或测试时，服务器时钟在空数据库上的起始时刻；此后时间照常流逝（重启也不停），可用 POST [base]/$clock "
        "向前调整。未设置时用机器的时间。",
        example="2025-03-10T08:00:00+08:00",
    )
    best_practice: bool = setting(
        Kind(SETTING_NOT_CHOICE, _flag, {"choices": "true, false"}),
        "false",
        en="Whether advice is given that R4 calls best practice, such as a narrative in every resource (dom-6).",
        zh="是否提示 R4 的最佳实践，例如每个资源都应有叙述文本（dom-6）。",
        example="true",
    )
    trust_forwarded: bool = setting(
        Kind(SETTING_NOT_CHOICE, _flag, {"choices": "true, false"}),
        "false",
        en="Whether Forwarded and X-Forwarded-* headers say what [base] the client sees. Only behind a proxy that sets "
        "them.",
        zh="是否采用 Forwarded 和 X-Forwarded-* 头来确定客户端所见的 [base]。仅当前置代理会设置这些头时才可启用。",
        example="true",
    )
    cors_origins: tuple[str, ...] = setting(
        Kind(SETTING_NOT_ORIGINS, _origins),
        "*",
        en="Origins whose web pages may call the server from a browser, separated by commas; * is any.",
        zh="允许其网页在浏览器中调用本服务器的来源，以逗号分隔；* 表示任意来源。",
        example="https://app.example.org,https://portal.example.org",
    )
    sqlite_synchronous: Literal["FULL", "NORMAL"] = setting(
        _choice("FULL", "NORMAL"),
        "FULL",
        en="SQLite: FULL answers a write when it is on disk. NORMAL is faster and never tears data, but a power cut "
        "may take the last answered writes.",
        zh="SQLite：FULL 表示数据落盘后才答复写入。NORMAL 更快且不会损坏数据，但断电时可能丢失最后若干已答复的写入。",
        example="NORMAL",
    )
    log_format: Literal["auto", "json", "text", "off"] = setting(
        _choice("auto", "json", "text", "off"),
        "auto",
        en="Form of the access log on standard error: one JSON object a line, key=value text, or none; auto is text on "
        "a terminal and JSON elsewhere.",
        zh="写到标准错误的访问日志格式：每行一个 JSON 对象、key=value 文本或不记录；"
        "auto 在终端用文本，其他情况用 JSON。",
        example="json",
    )
    shutdown_timeout: int = setting(
        _integer(1, 3600),
        "30",
        en="Seconds that requests in flight have to finish when the server is told to stop.",
        zh="服务器收到停止信号后，留给正在处理的请求完成的秒数。",
        example="60",
    )

    @property
    def base(self) -> str:
        """FHIR's [base] without a slash at its end: ``http://127.0.0.1:8080/fhir``."""
        return self.base_url or f"http://{_in_url(self.host)}:{self.port}/fhir"

    @property
    def processes(self) -> int:
        """The number of worker processes `workers` stands for."""
        return self.workers or _cores()


def _cores() -> int:
    """The processor cores this process may use; a container is often given fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Row:
    """A setting as people see it; `name` is the field's name, `database_url`."""

    name: str
    kind: Kind
    default: str
    en: str
    zh: str
    example: str
    secret: bool

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def option(self) -> str:
        return "--" + self.name.replace("_", "-")

    def read(self, text: str, spelled: str) -> Any:
        """The value of a text; raises FhirError naming `spelled` (variable or option), the text, what was expected."""
        try:
            return self.kind.read(text)
        except ValueError:
            values = {"found": without_password(text), "example": self.example, **self.kind.values}
            raise self.kind.message.error(name=spelled, **values) from None


TABLE: tuple[Row, ...] = tuple(Row(name=each.name, **each.metadata) for each in fields(Settings))
ROWS: Mapping[str, Row] = {row.name: row for row in TABLE}


def read(environ: Mapping[str, str], options: Mapping[str, str | None] | None = None) -> Settings:
    """Settings from the command line's options (by field name), else from the environment, else the defaults.

    An empty variable counts as not set. Raises FhirError with one issue for every value that is wrong.
    """
    values: dict[str, Any] = {}
    issues: list[Issue] = []
    for row in TABLE:
        option = (options or {}).get(row.name)
        text, spelled = (option, row.option) if option is not None else (environ.get(row.variable), row.variable)
        if text is None or (option is None and not text.strip()):
            continue
        try:
            values[row.name] = row.read(text, spelled)
        except FhirError as error:
            issues += error.issues
    if issues:
        raise FhirError(issues)
    return Settings(**values)


def unknown(environ: Mapping[str, str]) -> list[Issue]:
    """A warning for each variable that is nearly a setting's name: nothing would read it.

    Only near ones, since orchestrators make variables such as ``FHIRSERVER_SERVICE_HOST`` of their own.
    """
    variables = [row.variable for row in TABLE]
    issues = []
    for name in sorted(environ.keys() - variables):
        near = get_close_matches(name, variables, n=1, cutoff=0.85) if name.startswith(PREFIX) else []
        issues += [SETTING_UNKNOWN.at(name=name, near=variable) for variable in near]
    return issues


def without_password(text: str) -> str:
    """A URL fit for a log or a terminal: the password, when there is one, is ***."""
    try:
        url = urlsplit(text)
        secret = url.password
    except ValueError:
        return text
    if not secret:
        return text
    return urlunsplit(url._replace(netloc=url.netloc.replace(f":{secret}@", ":***@")))


def _in_url(host: str) -> str:
    """The host as a client on this machine writes it: a wildcard address is no place to call, IPv6 goes in brackets."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


# ---- docs/settings.md ------------------------------------------------------------------------------------------------

_HEAD = """# Settings

<!-- Written by `python -m fhirserver.settings`; a test holds it equal to the table in fhirserver/settings.py. -->

Every setting is an environment variable and an option of the commands that read it: `FHIRSERVER_PORT=9090 fhirserver
serve` and `fhirserver serve --port 9090` mean the same, and the option wins. `fhirserver settings` shows the values in
force. A value that is wrong stops the command with the variable, the value and what was expected.

每项设置既是环境变量，也是相应命令的选项；两者同时给出时以命令选项为准。
"""


def markdown() -> str:
    """The text of docs/settings.md."""
    return _HEAD + "".join(_section(row) for row in TABLE)


def _section(row: Row) -> str:
    default = f"`{row.default}`" if row.default else "none"
    return (
        f"\n## {row.variable}\n\n{row.en}\n\n{row.zh}\n\n"
        f"Option `{row.option}` · default {default} · for example `{row.example}`\n"
    )


if __name__ == "__main__":
    print(markdown(), end="")
