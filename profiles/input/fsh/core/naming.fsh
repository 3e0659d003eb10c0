Instance: cin
InstanceOf: NamingSystem
Usage: #definition
Title: "居民身份证号 Citizen identity number"
* insert Naming(CitizenIdentityNumber, urn:oid:2.16.156.10011.1.3, [[居民身份证号:18 位,GB 11643 校验;15 位旧号用 use=old。 Citizen identity number: 18 characters with the check of GB 11643; a number of 15 digits is use=old.]], IdentifierTypeCS#CIN)

Instance: uscc
InstanceOf: NamingSystem
Usage: #definition
Title: "统一社会信用代码 Unified social credit code"
* insert Naming(UnifiedSocialCreditCode, https://medgroup.example.org/fhir/NamingSystem/uscc, [[统一社会信用代码:18 位,GB 32100 与 GB 11714 校验。 Unified social credit code: 18 characters with the checks of GB 32100 and GB 11714.]], IdentifierTypeCS#USCC)

Instance: miplrn
InstanceOf: NamingSystem
Usage: #definition
Title: "医疗机构执业许可证登记号 Practice licence number"
* insert Naming(PracticeLicenceNumber, https://medgroup.example.org/fhir/NamingSystem/miplrn, [[医疗机构执业许可证登记号。 Number of the practice licence of a medical institution.]], IdentifierTypeCS#MIPLRN)

Instance: hcoc
InstanceOf: NamingSystem
Usage: #definition
Title: "卫生机构(组织)代码 Health care organisation code"
* insert Naming(HealthCareOrganisationCode, https://medgroup.example.org/fhir/NamingSystem/hcoc, [[WS 218 卫生机构(组织)代码,22 或 23 位。 Organisation code of WS 218, 22 or 23 characters.]], IdentifierTypeCS#HCOC)

Instance: nhsa-org
InstanceOf: NamingSystem
Usage: #definition
Title: "国家医保定点机构代码 Designated institution code"
* insert Naming(NationalInsuranceOrganisation, https://medgroup.example.org/fhir/NamingSystem/nhsa-org, [[国家医保定点医疗机构、药店代码:H 或 P 加 11 位数字。 Code of a designated hospital or pharmacy: H or P and 11 digits.]], IdentifierTypeCS#NHSAORG)

Instance: nhsa-staff
InstanceOf: NamingSystem
Usage: #definition
Title: "国家医保医务人员代码 Insurance staff code"
* insert Naming(NationalInsuranceStaff, https://medgroup.example.org/fhir/NamingSystem/nhsa-staff, [[国家医保医师、护士、药师代码。 Code of a doctor or nurse or pharmacist with the national insurance.]], IdentifierTypeCS#NHSASTAFF)

Instance: empi
InstanceOf: NamingSystem
Usage: #definition
Title: "患者主索引号 Master patient index number"
* insert Naming(MasterPatientIndex, https://medgroup.example.org/fhir/NamingSystem/empi, [[患者主索引号,由服务器分配。 Master patient index number: assigned by the server.]], IdentifierTypeCS#EMPI)

Instance: community
InstanceOf: NamingSystem
Usage: #definition
Title: "街道、社区区划代码 Code of a subdistrict or community"
* insert Naming(CommunityCode, https://medgroup.example.org/fhir/NamingSystem/community, [[国家统计局统计用区划代码:9 位到街道,12 位到社区。 Statistical division code: 9 digits name a subdistrict and 12 a community.]], $v2-0203#XX)
