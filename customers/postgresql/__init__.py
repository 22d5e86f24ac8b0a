"""Row-level security: PostgreSQL keeps partners apart even where the code forgets to.

base.py is the database backend, which tells each transaction its scope; logins.py says which login
the portal may run as; roles.py prepares roles and login; policies.py has the parts that migrations
protect a table with; function_rows.py reads the rows that functions give. On SQLite, which is for
one machine and for tests, none of this holds.

Two logins, which `manage.py prepare_roles` brings together:

- the owner of the database (DATABASE_OWNER_URL) migrates, and is held by no policy. It creates
  roles once; where it may not, a superuser runs prepare_roles in its place.
- the portal's own (DATABASE_URL) owns nothing and has no right by itself, but may take these roles:
  portal_web in a request of a partner or a customer, portal_people in its lists of one customer's
  users, portal_support in a request of support staff, portal_tasks in workers and commands.

A new table is the portal's to use by default privileges. If it has a partner's rows, its migration
says so by `protect(...)`, and by `limit_writing(...)` where less may be written than is seen; if
not, tests/customers/postgresql/test_policies.py wants to know why. To the activity log these roles
add, and that is all: what is due goes by functions of the owner's.
"""
