// A code with its Chinese display and its English designation.
RuleSet: Term(code, zh, en)
* #{code} "{zh}"
* #{code} ^designation[0].language = #en
* #{code} ^designation[0].value = "{en}"

// The same with a definition, in both languages.
RuleSet: Defined(code, zh, en, definition)
* #{code} "{zh}" "{definition}"
* #{code} ^designation[0].language = #en
* #{code} ^designation[0].value = "{en}"

// What every code system of the project states.
RuleSet: Complete
* ^language = #zh-CN
* ^experimental = false
* ^caseSensitive = true
* ^content = #complete

// A national list of which only the codes that the guide uses are given: a code outside is not wrong.
RuleSet: Fragment
* ^language = #zh-CN
* ^experimental = false
* ^caseSensitive = true
* ^content = #fragment

RuleSet: WholeSystem(system)
* ^experimental = false
* include codes from system {system}

RuleSet: Shown(zh, en)
* ^short = "{zh} {en}"

// Test data, not a person or a body that exists.
RuleSet: Demo
* meta.security[+] = $ActReason#HTEST "test health data"

RuleSet: Naming(name, uri, zh, type)
* name = "{name}"
* status = #active
* kind = #identifier
* date = "2025-03-01"
* publisher = "fhirserver"
* description = "{zh}"
* type = {type}
* uniqueId[0].type = #uri
* uniqueId[0].value = "{uri}"
* uniqueId[0].preferred = true
