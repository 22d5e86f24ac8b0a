"""What to enter in well-known directories, to copy."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class SourceRecipe:
    """The steps for one kind of source."""

    key: str
    service: str
    steps: list[str]


def recipes_for(address: str) -> list[SourceRecipe]:
    """Return the recipes for the source with this SCIM address."""
    return [
        SourceRecipe(
            "entra",
            "Microsoft Entra ID",
            [
                _("Under Enterprise applications, create an application that isn't in the gallery,"
                  " and open Provisioning."),
                _("Choose Automatic. As tenant URL enter the SCIM address with ?aadOptscim062020"
                  " behind it, as secret token the token."),
                _("In the mapping of users, keep userName, active, displayName, title, emails,"
                  " name, phoneNumbers, addresses, externalId and department. Remove the others."),
                _("For licenses, map usageLocation to the attribute"
                  " urn:ietf:params:scim:schemas:extension:partnerportal:2.0:User:usageLocation."),
                _("Switch the mapping of groups off: groups are read-only here. Then start"
                  " provisioning."),
            ],
        ),
        SourceRecipe(
            "okta",
            "Okta",
            [
                _("Create an app integration with SCIM provisioning, and open Provisioning,"
                  " Integration."),
                _("Enter the SCIM address as base URL, userName as unique identifier, and the token"
                  " as HTTP header authorization."),
                _("Choose Push new users and Push profile updates; leave Push groups off."),
                _("Under To App, switch on Create, Update and Deactivate users. Leave Sync password"
                  " off."),
            ],
        ),
        SourceRecipe(
            "other",
            _("Anything else"),
            [
                _("Any SCIM 2.0 client works. It sends the token in the header Authorization, as"
                  " a bearer token."),
                _("User names are those of the portal: with one of this customer's domains behind"
                  " the @."),
                _("active false blocks a user. DELETE deletes a user, who can be restored for a"
                  " while: sent again with the same externalId, the user comes back."),
                _("Send the country for licenses as usageLocation, or leave it out: then it is the"
                  " customer's."),
            ],
        ),
    ]  # fmt: skip
