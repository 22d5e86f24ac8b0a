"""Files that other programs write, known by their headings as a whole.

Headings that are read as anywhere else are not listed; "" is left out, whatever it is called.
Sources: the vendors' pages on exporting users and on importing them from a file, and for Snipe-IT
and Moodle what their own code writes and reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..headings import bare
from .parts import BLOCKED


def _forms(*headings: str) -> frozenset[str]:
    return frozenset(map(bare, headings))


@dataclass(frozen=True, slots=True)
class Export:
    """`marks` are all there, and of `one_of` at least one; `columns` are by reduced heading."""

    name: str
    marks: frozenset[str]
    columns: Mapping[str, str]
    one_of: frozenset[str] = field(default_factory=frozenset)

    def column_of(self, heading: str) -> str | None:
        """Return what the heading means in this export; None where it is no other than usual."""
        return self.columns.get(bare(heading))


def _columns(**headings: str) -> dict[str, str]:
    """Return the column by reduced heading, of lists parted by commas."""
    return {
        bare(heading): "" if column == "ignored" else column
        for column, listed in headings.items()
        for heading in listed.split(",")
    }


GOOGLE = Export(
    "Google Workspace",
    _forms(
        "First Name [Required]",
        "Last Name [Required]",
        "Email Address [Required]",
        "Org Unit Path [Required]",
    ),
    _columns(
        user_name="Email Address [Required]",
        alternate_email="Recovery Email,Home Secondary Email,Work Secondary Email",
        enabled="Status [READ ONLY]",
        ignored="New Primary Email [UPLOAD ONLY],New Status [UPLOAD ONLY],Home Phone,Home Address,"
        "Recovery Phone [MUST BE IN THE E.164 FORMAT],Org Unit Path [Required],"
        "Last Sign In [READ ONLY],Employee ID,Employee Type,Manager Email,Cost Center,"
        "2sv Enrolled [READ ONLY],2sv Enforced [READ ONLY],Building ID,Floor Name,Floor Section,"
        "Email Usage [READ ONLY],Drive Usage [READ ONLY],Total Storage [READ ONLY],"
        "Password Hash Function [UPLOAD ONLY],Change Password at Next Sign-In,"
        "Licenses [READ ONLY],Advanced Protection Program enrollment",
    ),
)
MICROSOFT_365 = Export(
    "Microsoft 365",
    _forms("Block credential", "Display name", "User principal name", "Licenses"),
    _columns(
        blocked="Block credential",
        ignored="DirSyncEnabled,Last dirsync time,Last password change time stamp,Object Id,"
        "Oath token metadata,Password never expires,Preferred data location,Preferred language,"
        "Proxy addresses,Release track,Soft deletion time stamp,Strong password required,"
        "When created",
    ),
)
ENTRA_TEMPLATE = Export(
    "Microsoft Entra",
    _forms(
        "Name [displayName] Required",
        "User name [userPrincipalName] Required",
        "Block sign in (Yes/No) [accountEnabled] Required",
    ),
    {bare("Block sign in (Yes/No) [accountEnabled] Required"): BLOCKED},
)
ENTRA = Export(
    "Microsoft Entra",
    _forms("userPrincipalName", "displayName", "userType", "accountEnabled"),
    _columns(
        enabled="accountEnabled",
        ignored="mail,objectId,id,userType,ageGroup,consentProvidedForMinor,createdDateTime,"
        "legalAgeGroupClassification,authenticationAlternativePhoneNumber,authenticationEmail,"
        "companyName,creationType,directorySynced,invitationState,identityIssuer,isDeleted",
    ),
)
OKTA = Export(
    "Okta",
    _forms("login", "firstName", "lastName", "email", "secondEmail"),
    _columns(
        user_name="login",
        alternate_email="secondEmail",
        enabled="status",
        ignored="middleName,honorificPrefix,honorificSuffix,nickName,profileUrl,postalAddress,"
        "preferredLanguage,locale,timezone,userType,employeeNumber,costCenter,organization,"
        "division,managerId,manager",
    ),
)
JUMPCLOUD = Export(
    "JumpCloud",
    _forms("FirstName", "LastName", "Username", "Email"),
    _columns(
        office_phone="work_number",
        mobile_phone="work_mobile_number,mobile_number",
        fax="work_fax_number",
        street="work_streetAddress",
        city="work_locality",
        state="work_region",
        postal_code="work_postalCode",
        country__code="work_country",
        office="location",
        alternate_email="alternateEmail",
        enabled="state",
        blocked="suspended",
        ignored="home_number,home_streetAddress,home_poBox,home_locality,home_region,"
        "home_postalCode,home_country,work_poBox,middleName,employeeIdentifier,employeeType,"
        "costCenter,company,description,manager,managedAppleId,ldap_binding_user,activated",
    ),
    one_of=_forms(
        "work_number",
        "work_streetAddress",
        "mobile_number",
        "employeeIdentifier",
        "managedAppleId",
        "ldap_binding_user",
    ),
)
MOODLE = Export(
    "Moodle",
    _forms("username", "firstname", "lastname", "email"),
    _columns(
        office_phone="phone1",
        mobile_phone="phone2",
        street="address",
        blocked="suspended",
        ignored="auth,institution,idnumber,lang,mnethostid,maildisplay,mailformat,autosubscribe,"
        "description,deleted,theme,timezone,course1,group1,type1,role1,cohort1,middlename,"
        "alternatename,firstnamephonetic,lastnamephonetic",
    ),
    one_of=_forms("auth", "institution", "idnumber", "course1", "cohort1", "mnethostid"),
)
SNIPE_IT = Export(
    "Snipe-IT",
    _forms("First Name", "Last Name", "Username", "Email", "Location", "Activated"),
    _columns(
        office="Location",
        enabled="Activated",
        # How many of each the user has been given.
        ignored="Licenses,Assets,Accessories,Consumables,Components,ID,Company,Manager,Groups,"
        "Permissions,Role,Notes,Employee Number,Created At,Updated At,Two-Factor Enrolled,"
        "Two-Factor Active,Remote,VIP,Start Date,End Date,Avatar,Website",
    ),
)
ACTIVE_DIRECTORY = Export(
    "PowerShell (Get-ADUser)",
    _forms(
        "DistinguishedName",
        "GivenName",
        "Name",
        "ObjectClass",
        "SamAccountName",
        "UserPrincipalName",
    ),
    _columns(
        display_name="DisplayName,Name",
        enabled="Enabled",
        ignored="SamAccountName,ObjectClass,ObjectGUID,SID,objectSid,DistinguishedName,CN,co,"
        "countryCode,mail,EmailAddress,mailNickname,HomePhone,Company,Manager,EmployeeID",
    ),
)
OUTLOOK = Export(
    "Outlook contacts",
    _forms("First Name", "Last Name", "E-mail Address", "Business Street"),
    _columns(
        user_name="E-mail Address",
        alternate_email="E-mail 2 Address,E-mail 3 Address",
        office_phone="Business Phone,Business Phone 2",
        fax="Business Fax",
        street="Business Street",
        city="Business City",
        state="Business State",
        postal_code="Business Postal Code",
        country__code="Business Country,Business Country/Region",
        # A contact's title is Dr. or Mrs.; the position is the job title.
        ignored="Title,Middle Name,Suffix,Company,E-mail Type,E-mail Display Name,E-mail 2 Type,"
        "E-mail 2 Display Name,E-mail 3 Type,E-mail 3 Display Name,Home Street,Home City,"
        "Home State,Home Postal Code,Home Country,Home Country/Region,Home Phone,Home Phone 2,"
        "Home Fax,Other Street,Other City,Other State,Other Postal Code,Other Country,"
        "Other Country/Region,Other Phone,Other Fax,Primary Phone,Assistant's Phone,Callback,"
        "Car Phone,Company Main Phone,ISDN,Pager,Radio Phone,TTY/TDD Phone,Telex,Anniversary,"
        "Birthday,Notes,Spouse,Web Page,Initials,Keywords,Language,Manager's Name,Profession",
    ),
)
CIPP = Export(
    "CIPP",
    _forms("givenName", "surName", "displayName", "mailNickName", "domain"),
    _columns(local_part="mailNickName", domain="domain", office_phone="businessPhones"),
)
EXPORTS = (
    GOOGLE,
    MICROSOFT_365,
    ENTRA_TEMPLATE,
    ENTRA,
    OKTA,
    JUMPCLOUD,
    MOODLE,
    SNIPE_IT,
    ACTIVE_DIRECTORY,
    OUTLOOK,
    CIPP,
)


def recognized(headings: Sequence[str]) -> Export | None:
    """Return the export that has these headings, None where none is known."""
    forms = _forms(*headings)
    for export in EXPORTS:
        if export.marks <= forms and (not export.one_of or export.one_of & forms):
            return export
    return None
