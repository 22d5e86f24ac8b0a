"""The portal as OpenID provider: applications sign their users in here, and ask about them.

Protocol and storage of tokens are oauthlib's and allauth's; `server` joins them, and asks at every
step whether the user is let in and may enter. What of allauth is not public is imported in
`allauth_internals` alone.
"""
