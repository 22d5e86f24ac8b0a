"""Who acts without hands: integrations and tokens, the API, webhooks, and sources by SCIM."""
