"""What a person sees who opens the server in a browser."""

from __future__ import annotations

from html import escape
from string import Template

from fhirserver import __version__
from fhirserver.outcome import Language

CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_PAGE = Template("""<!DOCTYPE html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>FHIR R4 · $base</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
pre { background: #f3f3f3; padding: .8rem; overflow-x: auto; }
section + section { border-top: 1px solid #ccc; }
</style>
</head>
<body>
<h1>FHIR R4 <small>4.0.1 · fhirserver $version</small></h1>
$sections
</body>
</html>
""")

_EN = Template("""<section lang="en">
<p>This is the address of a FHIR server, made for programs. Its base URL is <code>$base</code>.</p>
<ul>
<li><a href="$base/metadata?_format=json&amp;_pretty=true">What it can do (CapabilityStatement)</a></li>
<li><a href="$base/_history?_format=json&amp;_pretty=true&amp;_count=10">The latest changes</a></li>
<li><a href="https://hl7.org/fhir/R4/http.html">The FHIR R4 specification</a></li>
</ul>
<p>Create a patient, then read the history of all patients:</p>
<pre>$curl</pre>
</section>""")

_ZH = Template("""<section lang="zh">
<p>这里是一台供程序访问的 FHIR 服务器，基础地址为 <code>$base</code>。</p>
<ul>
<li><a href="$base/metadata?_format=json&amp;_pretty=true">服务器功能（CapabilityStatement）</a></li>
<li><a href="$base/_history?_format=json&amp;_pretty=true&amp;_count=10">最近的变更</a></li>
<li><a href="https://hl7.org/fhir/R4/http.html">FHIR R4 规范</a></li>
</ul>
<p>新建一名患者，再查看全部患者的变更历史：</p>
<pre>$curl</pre>
</section>""")

_CURL = """curl -X POST {base}/Patient \\
  -H 'Content-Type: application/fhir+json' \\
  -d '{{"resourceType":"Patient","name":[{{"text":"刘桂兰"}}],"gender":"female"}}'

curl '{base}/Patient/_history?_pretty=true'"""


def front(base: str, language: Language) -> bytes:
    """The page at / and at [base], in both languages, the reader's first."""
    values = {"base": escape(base), "curl": escape(_CURL.format(base=base), quote=False)}
    order = (_ZH, _EN) if language == "zh" else (_EN, _ZH)
    sections = "\n".join(section.substitute(values) for section in order)
    page = _PAGE.substitute(lang="zh" if language == "zh" else "en", version=__version__, sections=sections, **values)
    return page.encode()
