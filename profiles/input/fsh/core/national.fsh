// National code systems under the project's urls. The server holds the same ones in its own terminology, with the same
// version; a validator elsewhere needs them here. tests/profiles proves that both say the same.

CodeSystem: WS218CS
Id: ws-218
Title: "WS 218 卫生机构(组织)类别代码"
Description: "WS 218 卫生机构类别代码的一部分。 A part of the classes of health institutions of WS 218."
* ^version = "2002"
* ^language = #zh-CN
* ^experimental = false
* ^caseSensitive = true
* ^content = #fragment
* #A100 "综合医院"
* #A210 "中医（综合）医院"
* #A300 "中西医结合医院"
* #A511 "口腔医院"
* #A512 "眼科医院"
* #A513 "耳鼻喉科医院"
* #A514 "肿瘤医院"
* #A515 "心血管病医院"
* #A516 "胸科医院"
* #A517 "血液病医院"
* #A518 "妇产（科）医院"
* #A519 "儿童医院"
* #A520 "精神病医院"
* #A521 "传染病医院"
* #A522 "皮肤病医院"
* #A523 "结核病医院"
* #A524 "麻风病医院"
* #A525 "职业病医院"
* #A526 "骨科医院"
* #A527 "康复医院"
* #A528 "整形外科医院"
* #A529 "美容医院"
* #A539 "其他专科医院"
* #A600 "疗养院"
* #B100 "社区卫生服务中心"
* #B200 "社区卫生服务站"
* #C100 "街道卫生院"
* #C210 "中心卫生院"
* #C220 "乡卫生院"

CodeSystem: DivisionCS
Id: gbt-2260
Title: "GB/T 2260 行政区划代码"
Description: "省级代码;其余由各地加载。 The provinces; the rest is loaded by each site."
* ^version = "2007"
* ^language = #zh-CN
* ^experimental = false
* ^caseSensitive = true
* ^content = #fragment
* #110000 "北京市"
* #120000 "天津市"
* #130000 "河北省"
* #140000 "山西省"
* #150000 "内蒙古自治区"
* #210000 "辽宁省"
* #220000 "吉林省"
* #230000 "黑龙江省"
* #310000 "上海市"
* #320000 "江苏省"
* #330000 "浙江省"
* #340000 "安徽省"
* #350000 "福建省"
* #360000 "江西省"
* #370000 "山东省"
* #410000 "河南省"
* #420000 "湖北省"
* #430000 "湖南省"
* #440000 "广东省"
* #450000 "广西壮族自治区"
* #460000 "海南省"
* #500000 "重庆市"
* #510000 "四川省"
* #520000 "贵州省"
* #530000 "云南省"
* #540000 "西藏自治区"
* #610000 "陕西省"
* #620000 "甘肃省"
* #630000 "青海省"
* #640000 "宁夏回族自治区"
* #650000 "新疆维吾尔自治区"
* #710000 "台湾省"
* #810000 "香港特别行政区"
* #820000 "澳门特别行政区"

CodeSystem: ICD10ClinicalCS
Id: icd-10-cn-clinical
Title: "ICD-10 国家临床版 2.0"
Description: "代码表由各地加载;形状由 mg-icd-shape 检查。 The list is loaded by each site; mg-icd-shape checks the shape."
* ^version = "2.0"
* ^language = #zh-CN
* ^experimental = false
* ^caseSensitive = true
* ^content = #not-present

CodeSystem: ICD10NhsaCS
Id: icd-10-cn-nhsa
Title: "ICD-10 医保版 2.0"
Description: "代码表由各地加载;形状由 mg-icd-shape 检查。 The list is loaded by each site; mg-icd-shape checks the shape."
* ^version = "2.0"
* ^language = #zh-CN
* ^experimental = false
* ^caseSensitive = true
* ^content = #not-present
