"""Files that other programs write, known by their headings as a whole.

Headings that are read as anywhere else are not listed, but the user name's, which goes before all
others that could be it; "" is left out, whatever it is called.

Checked in November 2026 against
- CIPP: the fields of its page for adding many users (`bulk-add.jsx`);
- Google Workspace and Entra: what public programs write for its upload or convert of its download;
- JumpCloud: the parameters and the template of its PowerShell module, not the console's export;
- Moodle: its code that downloads selected users and that reads an uploaded file;
- Okta: the base properties of a user's profile in its API, of which reports and exports choose;
- Snipe-IT: its code that exports users, and the English words of it.
Not checked, but written from memory: Microsoft 365's list of active users, Entra's template for
adding many, `Get-ADUser` and Outlook's contacts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..headings import bare


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
        alternate_email="Work Secondary Email",
        enabled="Status [READ ONLY]",
        ignored="New Primary Email [UPLOAD ONLY],New Status [UPLOAD ONLY],Home Phone,Home Address,"
        "Recovery Phone [MUST BE IN THE E.164 FORMAT],Org Unit Path [Required],"
        "Last Sign In [READ ONLY],Employee ID,Employee Type,Manager Email,Cost Center,"
        "2sv Enrolled [READ ONLY],2sv Enforced [READ ONLY],Building ID,Floor Name,Floor Section,"
        "Email Usage [READ ONLY],Drive Usage [READ ONLY],Total Storage [READ ONLY],"
        "Password Hash Function [UPLOAD ONLY],Change Password at Next Sign-In,"
        "Licenses [READ ONLY],New Licenses [UPLOAD ONLY],"
        "Advanced Protection Program enrollment",
    ),
)
MICROSOFT_365 = Export(
    "Microsoft 365",
    _forms("Block credential", "Display name", "User principal name", "Licenses"),
    _columns(
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
    {},
)
ENTRA = Export(
    "Microsoft Entra",
    _forms("userPrincipalName", "displayName", "userType", "accountEnabled"),
    _columns(
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
        mobile_phone="work_mobile_number",
        fax="work_fax_number",
        street="work_streetAddress",
        # Some of its commands say locality and region.
        city="work_city,work_locality",
        state="work_state,work_region",
        postal_code="work_postalCode",
        country__code="work_country",
        office="location",
        enabled="state",
        blocked="suspended",
        ignored="home_number,home_streetAddress,home_poBox,home_locality,home_region,"
        "home_city,home_state,home_postalCode,home_country,work_poBox,middleName,preferredName,"
        "employeeIdentifier,employeeType,costCenter,company,description,manager,managedAppleId,"
        "ldap_binding_user,activated",
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
        blocked="suspended",
        ignored="id,auth,institution,idnumber,lang,mnethostid,emailstop,maildisplay,maildigest,"
        "mailformat,htmleditor,autosubscribe,url,description,descriptionformat,interests,deleted,"
        "oldusername,theme,timezone,course1,group1,type1,role1,cohort1,middlename,alternatename,"
        "firstnamephonetic,lastnamephonetic",
    ),
    one_of=_forms("auth", "institution", "idnumber", "course1", "cohort1", "mnethostid"),
)
SNIPE_IT = Export(
    "Snipe-IT",
    _forms("Name", "Username", "Email", "Location", "Assets", "Accessories", "Consumables"),
    _columns(
        user_name="Username",
        display_name="Name",
        office="Location",
        enabled="Active,Activated,Login Enabled",
        # How many of each the user has been given; permissions are those in Snipe-IT.
        ignored="Licenses,Assets,Accessories,Consumables,Components,ID,Company,Manager,Groups,"
        "Permissions,Permission Level,Role,Notes,Employee Number,Employee No.,Created At,"
        "Updated At,Two-Factor Enrolled,Two-Factor Active,Remote,VIP,Start Date,End Date,Avatar,"
        "Website",
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
        display_name="Name",
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
        office_phone="Business Phone 2",
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
    _columns(office_phone="businessPhones"),
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
