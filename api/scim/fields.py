"""How SCIM calls the fields of a user that a source can own."""

# Of a phone, by the type that SCIM has for it.
PHONES = {"work": "office_phone", "mobile": "mobile_phone", "fax": "fax"}
ADDRESS = {
    "street": "street_address",
    "city": "locality",
    "state": "region",
    "postal_code": "postal_code",
    "country": "country",
}
# What a source can own of a user, and how SCIM calls it, for a refusal.
KEPT = {
    "user_name": "userName",
    "first_name": "name.givenName",
    "last_name": "name.familyName",
    "display_name": "displayName",
    "job_title": "title",
    "department": "department",
    **{name: f'phoneNumbers[type eq "{kind}"].value' for kind, name in PHONES.items()},
    "alternate_email": "emails.value",
    **{name: f"addresses.{theirs[0]}{theirs[1:]}" for name, theirs in ADDRESS.items()},
    "usage_location": "usageLocation",
}
