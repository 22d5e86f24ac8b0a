"""The columns of an upload, and the headings that users really write above them.

Each alias is of one column alone; a heading that may mean two (Name, User, Nom, Estado) is of
none, and the page asks.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from customers.said import gettext_lazy


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `heading` is the template's, the same in every language, and pages show it
    translated (uploads.columns.parts.label_of). `weak` aliases are taken where no other is there.
    """

    heading: str
    about: str | Promise
    aliases: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()

    @property
    def also_known_as(self) -> str:
        """Return all other headings, as a list in words."""
        return ", ".join((*self.aliases, *self.weak))


def _list(text: str) -> tuple[str, ...]:
    return tuple(alias for line in text.split("\n") for alias in line.strip().split(", ") if alias)


USER_NAME = "user_name"

# Entra's and Active Directory's own names, the exports of Microsoft 365, Google Workspace and Okta,
# and the words of German, French, Spanish, Dutch, Italian, Portuguese, Polish and Scandinavian
# offices.
COLUMNS: dict[str, Column] = {
    USER_NAME: Column(
        gettext_noop("User Name"),
        gettext_lazy("What the user signs in with: name@domain. Email is accepted too."),
        _list(
            """Username, User principal name, UPN, User login, Login, Login name
            Logon name, Sign-in name, Benutzername, Anmeldename, Benutzerprinzipalname
            Nom d'utilisateur, Identifiant, Nombre de usuario, Gebruikersnaam, Nome utente
            Nome de usuário, Nome de utilizador, Nazwa użytkownika, Användarnamn, Brugernavn
            Brukernavn, ユーザー名"""
        ),
        weak=_list(
            """Email, Email address, Mail, Mail address, Primary email, Work email
            E-Mail-Adresse, Mailadresse, Adresse e-mail, Adresse mail, Adresse de messagerie
            Adresse électronique, Courriel, Correo electrónico, Correo, E-mailadres
            Indirizzo e-mail, Indirizzo di posta elettronica, Posta elettronica
            Endereço de e-mail, Correio eletrónico, Adres e-mail, E-postadress, E-post
            E-mailadresse, E-postadresse, メール アドレス"""
        ),
    ),
    "first_name": Column(
        gettext_noop("First Name"),
        gettext_lazy("Up to 64 characters."),
        _list(
            """Given name, Forename, Firstname, Fname
            Vorname, Prénom, Nombre de pila, Voornaam, Roepnaam, Primeiro nome, Imię
            Förnamn, Fornavn, 名"""
        ),
    ),
    "last_name": Column(
        gettext_noop("Last Name"),
        gettext_lazy("Up to 64 characters."),
        _list(
            """Surname, Family name, SN, Lname
            Nachname, Familienname, Zuname, Nom de famille, Apellidos, Apellido, Achternaam
            Familienaam, Cognome, Sobrenome, Último nome, Nazwisko, Efternamn, Efternavn
            Etternavn, 姓"""
        ),
    ),
    "display_name": Column(
        gettext_noop("Display Name"),
        gettext_lazy("Built from first and last name where it is empty."),
        _list(
            """Full name, Complete name, CN, Common name
            Anzeigename, Vollständiger Name, Nom complet, Nom d'affichage, Nom affiché
            Nombre para mostrar, Nombre completo, Nombre y apellidos, Weergavenaam
            Volledige naam, Nome visualizzato, Nome completo, Nome para exibição
            Nome a apresentar, Nazwa wyświetlana, Visningsnamn, Vist navn, Visningsnavn
            表示名"""
        ),
    ),
    "job_title": Column(
        gettext_noop("Job Title"),
        gettext_lazy("Up to 64 characters."),
        _list(
            """Title, Position, Job, Employee title, Role title
            Stellenbezeichnung, Berufsbezeichnung, Fonction, Poste
            Intitulé du poste, Puesto, Cargo, Functie, Functietitel, Posizione, Qualifica, Mansione
            Stanowisko, Befattning, Stilling, 役職"""
        ),
    ),
    "department": Column(
        gettext_noop("Department"),
        gettext_lazy("Up to 64 characters."),
        _list(
            """Dept, Abteilung, Departamento, Afdeling, Reparto, Dipartimento, Dział
            Avdelning, Avdeling, 部署"""
        ),
    ),
    "office": Column(
        gettext_noop("Office Number"),
        gettext_lazy("Room or place of work, up to 128 characters."),
        _list(
            """Office, Office name, Office location, Physical delivery office name, Room
            Room number, Büro, Büronummer, Raum, Bureau, Numéro de bureau, Oficina
            Número de oficina, Kantoor, Kantoornummer, Ufficio, Escritório, Biuro, Kontor"""
        ),
    ),
    "office_phone": Column(
        gettext_noop("Office Phone"),
        gettext_lazy("Up to 64 characters."),
        _list(
            """Phone, Phone number, Telephone, Telephone number, Tel, Tel no, Work phone
            Business phone, Primary phone, Telefon, Telefonnummer, Telefon (geschäftlich)
            Festnetz, Téléphone, Téléphone (bureau)
            Téléphone professionnel, Téléphone du bureau, Numéro de téléphone
            Teléfono, Teléfono del trabajo, Teléfono de la oficina, Número de teléfono
            Telefoon, Telefoonnummer, Telefoon werk, Telefono, Telefono ufficio, Telefone
            Telefone comercial, Numer telefonu"""
        ),
    ),
    "mobile_phone": Column(
        gettext_noop("Mobile Phone"),
        gettext_lazy("Up to 64 characters."),
        _list(
            """Mobile, Mobile number, Mobile phone number, Cell, Cell phone, Cellphone
            Mobiltelefon, Mobil, Mobilnummer, Handy, Handynummer, Téléphone mobile
            Téléphone portable, Mobile professionnel, Móvil, Teléfono móvil, Celular
            Mobiel, Mobiele telefoon, Mobiel nummer, Cellulare, Telefono cellulare, Telemóvel
            Telefone celular, Telefon komórkowy, Mobiltelefonnummer"""
        ),
    ),
    "fax": Column(
        gettext_noop("Fax"),
        gettext_lazy("Up to 64 characters."),
        _list(
            """Fax number, Facsimile telephone number, Faxnummer, Telefax, Télécopie
            Télécopieur, Numéro de fax, Número de fax"""
        ),
    ),
    "alternate_email": Column(
        gettext_noop("Alternate email address"),
        gettext_lazy("Where the password can be emailed before the first sign-in."),
        _list(
            """Alternate email, Alternative email, Alternative email address, Other email
            Other mail, Other mails, Second email, Secondary email, Recovery email, Private email
            Personal email, Home secondary email, Alternative E-Mail-Adresse, Private E-Mail
            Autre adresse de courrier, Autre adresse e-mail, Adresse e-mail secondaire
            Correo electrónico alternativo, Dirección de correo electrónico alternativa
            Alternatief e-mailadres, Indirizzo e-mail alternativo, E-mail alternativo"""
        ),
    ),
    "street": Column(
        gettext_noop("Address"),
        gettext_lazy("Street and number, up to 1,023 characters."),
        _list(
            """Street, Street address, Work address, Address line 1, Adresse, Straße, Anschrift
            Straße und Hausnummer, Rue, Dirección, Calle, Adres, Straat, Straatnaam, Indirizzo
            Endereço, Ulica, Gatuadress"""
        ),
    ),
    "city": Column(
        gettext_noop("City"),
        gettext_lazy("Up to 128 characters."),
        _list(
            """Town, Locality, Ort, Stadt, Wohnort, Ville, Ciudad, Localidad, Plaats, Stad
            Woonplaats, Città, Cidade, Miasto, Miejscowość, Poststed, 市区町村"""
        ),
    ),
    "state": Column(
        gettext_noop("State or Province"),
        gettext_lazy("Up to 128 characters."),
        _list(
            """State, Province, ST, State/Province, Bundesland, Kanton
            Bundesland/Kanton, Département ou région, Provincia, Estado o provincia, Provincie
            Estado ou província, Województwo, 都道府県"""
        ),
    ),
    "postal_code": Column(
        gettext_noop("ZIP or Postal Code"),
        gettext_lazy("Up to 40 characters."),
        _list(
            """ZIP, ZIP code, Postal code, Postcode, Post code, ZIP/Postal code, PLZ, Postleitzahl
            Code postal, Código postal, CP, CAP, CEP, Kod pocztowy, Postnummer, 郵便番号"""
        ),
    ),
    "country__code": Column(
        gettext_noop("Country or Region"),
        gettext_lazy(
            "Name or two-letter code. Usage location is taken from it where that is empty."
        ),
        _list(
            """Country, Country code, Country/Region, CO, Land, Land oder Region, Land/Region
            Land of regio, Land/regio, Pays, Pays ou région, País, País o región, País ou região
            Paese, Paese o area geografica, Kraj, 国/地域"""
        ),
    ),
    "usage_location__code": Column(
        gettext_noop("Usage location"),
        gettext_lazy("Country in which the licenses are used: name or two-letter code."),
        _list(
            """Usage country, License location, Nutzungsstandort, Verwendungsstandort
            Lieu d'utilisation, Emplacement d'utilisation, Ubicación de uso, Gebruikslocatie
            Località di utilizzo, Local de utilização, Local de uso"""
        ),
    ),
    "permissions": Column(
        gettext_noop("Permissions"),
        gettext_lazy("User, Global administrator, or others separated by semicolons."),
        _list(
            """Permission, Role, Roles, Admin role, Admin roles, Berechtigungen, Rolle, Rollen
            Autorisations, Rôle, Rôles, Permisos, Rol, Machtigingen, Ruoli, Ruolo, Autorizzazioni
            Permissões, Uprawnienia"""
        ),
    ),
    "subscriptions": Column(
        gettext_noop("Subscriptions"),
        gettext_lazy("Products by name or SKU, separated by semicolons."),
        _list(
            """Subscription, License, Licenses, Licence, Licences, Product, Products
            Assigned licenses, Abonnement, Abonnements, Lizenz, Lizenzen, Produkt, Produkte
            Suscripción, Suscripciones, Licencia, Licencias, Abonnementen, Licentie, Licenties
            Abbonamento, Abbonamenti, Licenza, Licenze, Assinaturas, Subscrições, Licença, Licenças
            Subskrypcje, Licencje"""
        ),
    ),
    "services_off": Column(
        gettext_noop("Services off"),
        gettext_lazy(
            "Services that stay off, separated by semicolons; Product: service if needed."
        ),
        _list("""Disabled services, Disabled plans, Disabled service plans, Services disabled"""),
    ),
    "starts_on": Column(
        gettext_noop("Start date"),
        gettext_lazy(
            "First day on which the user can sign in, such as 2027-03-31. Empty: from now on."
        ),
        _list(
            """Starts on, First day, First working day, Hire date, Employee hire date, Joining date
            Date of joining, Start day, Startdatum, Eintrittsdatum, Eintritt, Erster Arbeitstag
            Beginn, Date d'entrée, Date d'embauche, Date de début, Premier jour
            Fecha de inicio, Fecha de alta, Fecha de incorporación, Datum in dienst, Eerste werkdag
            Data di inizio, Data di assunzione, Data de início, Data de admissão
            Data rozpoczęcia, Data zatrudnienia, Startdato, Anställningsdatum, Tiltrædelsesdato"""
        ),
    ),
    "status_update": Column(
        gettext_noop("Status update"),
        gettext_lazy("Ignored; filled with the reason in the error file."),
    ),
}
