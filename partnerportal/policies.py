"""What a page may load and ask of the browser, as little as there is, and what callers may."""

from csp.constants import NONE, SELF

# Nothing is reported: where browsers tell of a breach, a stranger could tell anything.
CONTENT_SECURITY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# What the addresses below a prefix take; the longest prefix counts (MethodsMiddleware).
METHODS = {
    "/": ("GET", "HEAD", "POST", "OPTIONS"),
    "/v1/": ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    "/scim/": ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    "/webhooks/v1/": ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"),
    "/auditactivity/v1/": ("GET", "HEAD", "OPTIONS"),
}

# Calls of the API a minute; "wrong" are wrong tokens of an address (api.limits).
API_LIMITS = {
    "token_reads": 600,
    "token_writes": 120,
    "wrong": 30,
    "partner_reads": 6_000,
    "partner_writes": 1_200,
    "customer_reads": 3_000,
    "customer_writes": 600,
}

# What a page may ask of the browser: passkeys and the clipboard, and nothing else. Only what
# browsers know by this name: each of the others is a warning in the console of every page.
_USED = ("publickey-credentials-create", "publickey-credentials-get", "clipboard-write")
_UNUSED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read"),
    *("display-capture", "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid"),
    *("idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
    *("picture-in-picture", "screen-wake-lock", "serial", "storage-access", "usb"),
    *("window-management", "xr-spatial-tracking"),
)
PERMISSIONS: dict[str, str | list[str]] = {
    **dict.fromkeys(_USED, "self"),
    **{feature: [] for feature in _UNUSED},
}
