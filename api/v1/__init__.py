"""The API at /v1: Partner Center's REST where it has the same, and its style for what is ours.

One module a resource. `door` lets calls in, counts them and remembers what was sent twice;
`answers` says how things look on the way out; every write goes through the services of the pages.
"""
