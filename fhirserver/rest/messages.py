"""What the HTTP door says of requests that never become an interaction."""

from __future__ import annotations

from fhirserver.outcome import Message

# ---- the address -----------------------------------------------------------------------------------------------------

URL_ENCODING = Message(
    "url-encoding",
    "structure",
    "The URL holds {found!r}, which is no percent-encoded UTF-8 (RFC 3986).",
    "URL 中的 {found!r} 不是有效的百分号编码 UTF-8（RFC 3986）。",
)
OUTSIDE_BASE = Message(
    "outside-base",
    "not-found",
    "There is nothing here. The FHIR server is at {base}.",
    "此处没有内容。FHIR 服务器的地址是 {base}。",
)
FORWARDED_FORM = Message(
    "forwarded-form",
    "value",
    "{header}: {found!r} is no valid host or protocol.",
    "{header}：{found!r} 不是有效的主机名或协议。",
)

# ---- formats ---------------------------------------------------------------------------------------------------------

# http.html#mime-type: "406 Not Acceptable is the appropriate response when the Accept header requests a format that the
# server does not support, and 415 Unsupported Media Type when the client posts a format that is not supported"
NOT_ACCEPTABLE = Message(
    "not-acceptable",
    "not-supported",
    "{source} asks for {found!r}; this server answers in {offered}.",
    "{source} 要求的格式为 {found!r}；本服务器可返回 {offered}。",
    status=406,
)
VERSION_NOT_ACCEPTABLE = Message(
    "fhir-version-not-acceptable",
    "not-supported",
    "{source} asks for another version of FHIR: {found!r}; this server speaks fhirVersion=4.0.",
    "{source} 要求其他 FHIR 版本：{found!r}；本服务器使用 fhirVersion=4.0。",
    status=406,
)
MEDIA_MISSING = Message(
    "content-type-missing",
    "not-supported",
    "The request has a body but no Content-Type; expected {expected}.",
    "请求带有请求体但没有 Content-Type；应为 {expected}。",
    status=415,
)
MEDIA_UNSUPPORTED = Message(
    "content-type-unsupported",
    "not-supported",
    "Content-Type is {found!r}; expected {expected}.",
    "Content-Type 为 {found!r}；应为 {expected}。",
    status=415,
)
CHARSET_UNSUPPORTED = Message(
    "charset-unsupported",
    "not-supported",
    "Content-Type has charset={found}; FHIR is always UTF-8.",
    "Content-Type 的 charset 为 {found}；FHIR 只使用 UTF-8。",
    status=415,
)
VERSION_UNSUPPORTED = Message(
    "fhir-version-unsupported",
    "not-supported",
    "Content-Type has fhirVersion={found}; this server speaks fhirVersion=4.0.",
    "Content-Type 的 fhirVersion 为 {found}；本服务器使用 fhirVersion=4.0。",
    status=415,
)
ENCODING_UNSUPPORTED = Message(
    "content-encoding-unsupported",
    "not-supported",
    "Content-Encoding is {found!r}; supported: gzip.",
    "Content-Encoding 为 {found!r}；支持 gzip。",
    status=415,
)

# ---- the body --------------------------------------------------------------------------------------------------------

BODY_MISSING = Message(
    "body-missing",
    "required",
    "The request has no body; expected a resource.",
    "请求没有请求体；应包含一个资源。",
)
BODY_TOO_LARGE = Message(
    "body-too-large",
    "too-long",
    "The body is larger than the {limit} bytes this server takes.",
    "请求体超过本服务器允许的 {limit} 字节。",
)
BODY_NOT_GZIP = Message(
    "body-not-gzip",
    "structure",
    "Content-Encoding is gzip, but the body is not a whole gzip stream.",
    "Content-Encoding 为 gzip，但请求体不是完整的 gzip 数据。",
)

# ---- the rest --------------------------------------------------------------------------------------------------------

INTERNAL_ERROR = Message(
    "internal-error",
    "exception",
    "The server failed to answer; this is an error of the server, not of the request. Its log has the details under"
    " request id {request}.",
    "服务器处理请求时出错；这是服务器的错误，与请求内容无关。详细信息见日志，请求编号为 {request}。",
)
HERE = Message(
    "base-here",
    "informational",
    "This is the FHIR R4 (4.0.1) endpoint {base}. What it can do: GET {base}/metadata. A resource:"
    " GET {base}/Patient/[id].",
    "这里是 FHIR R4（4.0.1）服务端点 {base}。服务器功能：GET {base}/metadata。读取资源：GET {base}/Patient/[id]。",
    severity="information",
)
