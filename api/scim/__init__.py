"""The door of sources: SCIM 2.0 (RFC 7643, RFC 7644), on scim2-server."""
