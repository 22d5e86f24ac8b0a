"""Files that other programs write."""

import pytest

from accounts.columns import COLUMNS
from uploads.columns.exports import EXPORTS, Export, recognized
from uploads.columns.matching import match
from uploads.columns.parts import PARTS, part_of
from uploads.headings import column_of

GOOGLE = (
    "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],"
    "Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],Status [READ ONLY],"
    "Recovery Email,Home Secondary Email,Work Secondary Email,Work Phone,Home Phone,Mobile Phone,"
    "Work Address,Home Address,Employee Title,Department,Building ID"
)
MICROSOFT_365 = (
    "Block credential,City,Country/Region,Department,Display name,Fax,First name,Last name,"
    "Licenses,Mobile Phone,Office,Password never expires,Phone number,Postal code,"
    "Proxy addresses,State,Street address,Title,Usage location,User principal name,When created"
)
ENTRA_TEMPLATE = (
    "Name [displayName] Required,User name [userPrincipalName] Required,"
    "Initial password [passwordProfile] Required,"
    "Block sign in (Yes/No) [accountEnabled] Required,First name [givenName]"
)
ENTRA = "userPrincipalName,displayName,surname,mail,givenName,objectId,userType,accountEnabled"
OKTA = "login,firstName,lastName,middleName,email,title,secondEmail,mobilePhone,nickName"
JUMPCLOUD = (
    "FirstName,LastName,Username,Email,Password,work_number,work_city,work_state,work_locality,"
    "home_number,home_city"
)
MOODLE = "username,password,firstname,lastname,email,phone1,phone2,suspended,course1,idnumber"
MOODLE_DOWNLOAD = (
    "id,username,email,firstname,lastname,idnumber,institution,department,phone1,phone2,city,"
    "country"
)
SNIPE_IT = (
    "id,Company,Title,Employee Number,First Name,Last Name,Name,Username,Email,Manager,Location,"
    "Department,Assets,Licenses,Accessories,Consumables,Groups,Permissions,Notes,Active,Created At"
)
AD = (
    "DistinguishedName,Enabled,GivenName,Name,ObjectClass,ObjectGUID,SamAccountName,SID,Surname,"
    "UserPrincipalName"
)
OUTLOOK = (
    "Title,First Name,Middle Name,Last Name,Company,Department,Job Title,Business Street,"
    "Business City,Home City,Business Country/Region,Business Phone,Business Phone 2,"
    "E-mail Address,E-mail 2 Address,Birthday"
)
CIPP = "givenName,surName,displayName,mailNickName,domain,JobTitle,businessPhones"


@pytest.mark.parametrize(
    ("name", "headings", "expected"),
    [
        (
            "Google Workspace",
            GOOGLE,
            {
                "Email Address [Required]": "user_name",
                "Password [Required]": "password",
                "Recovery Email": "alternate_email",
                "Home Secondary Email": "alternate_email",
                "Work Secondary Email": "alternate_email",
                "Work Address": "street",
                "Home Address": "",
                "Home Phone": "",
                "Employee Title": "job_title",
                "Status [READ ONLY]": "enabled",
            },
        ),
        (
            "Microsoft 365",
            MICROSOFT_365,
            {
                "Block credential": "blocked",
                "User principal name": "user_name",
                "Licenses": "subscriptions",
                "Office": "office",
                "Title": "job_title",
                "Usage location": "usage_location__code",
                "Proxy addresses": "",
                "Password never expires": "",
            },
        ),
        (
            "Microsoft Entra",
            ENTRA_TEMPLATE,
            {
                "Initial password [passwordProfile] Required": "password",
                "Block sign in (Yes/No) [accountEnabled] Required": "blocked",
                "User name [userPrincipalName] Required": "user_name",
            },
        ),
        (
            "Microsoft Entra",
            ENTRA,
            {"userPrincipalName": "user_name", "mail": "", "accountEnabled": "enabled"},
        ),
        (
            "Okta",
            OKTA,
            {"login": "user_name", "email": "", "secondEmail": "alternate_email"},
        ),
        (
            "JumpCloud",
            JUMPCLOUD,
            {
                "work_number": "office_phone",
                "work_city": "city",
                "work_state": "state",
                "work_locality": "city",
                "home_number": "",
                "home_city": "",
            },
        ),
        (
            "Moodle",
            MOODLE,
            {"phone1": "office_phone", "phone2": "mobile_phone", "suspended": "blocked"},
        ),
        (
            "Moodle",
            MOODLE_DOWNLOAD,
            {"id": "", "username": "user_name", "country": "country__code", "city": "city"},
        ),
        (
            "Snipe-IT",
            SNIPE_IT,
            {
                "Username": "user_name",
                "Name": "display_name",
                "Licenses": "",
                "Permissions": "",
                "Location": "office",
                "Title": "job_title",
                "Active": "enabled",
            },
        ),
        (
            "PowerShell (Get-ADUser)",
            AD,
            {"Name": "display_name", "Enabled": "enabled", "SamAccountName": ""},
        ),
        (
            "Outlook contacts",
            OUTLOOK,
            {
                "Title": "",
                "Job Title": "job_title",
                "E-mail Address": "user_name",
                "E-mail 2 Address": "alternate_email",
                "Business City": "city",
                "Home City": "",
                "Business Phone 2": "office_phone",
                "Birthday": "",
            },
        ),
        (
            "CIPP",
            CIPP,
            {"mailNickName": "local_part", "domain": "domain", "businessPhones": "office_phone"},
        ),
    ],
)
def test_an_export_brings_its_own_meaning(
    name: str, headings: str, expected: dict[str, str]
) -> None:
    matched = match(headings.split(","))
    found = dict(zip(matched.headings, matched.names(), strict=True))
    assert matched.export == name
    assert {heading: found[heading] for heading in expected} == expected
    assert set(matched.unknown) <= {"email", "Email"}


def test_each_export_reads_into_what_there_is() -> None:
    names = {name for export in EXPORTS for name in export.columns.values()}
    assert names - {*COLUMNS, *PARTS, ""} == set()


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_an_export_lists_what_it_means_otherwise(export: Export) -> None:
    usual = {form: column_of(form) or part_of(form) for form in export.columns}
    alike = {form for form, name in export.columns.items() if name and name == usual[form]}
    assert {form for form in alike if usual[form] != "user_name"} == set()


@pytest.mark.parametrize(
    "headings", [["Email", "First name"], ["FirstName", "LastName", "Username", "Email"], []]
)
def test_a_list_of_ones_own_is_no_export(headings: list[str]) -> None:
    assert recognized(headings) is None
