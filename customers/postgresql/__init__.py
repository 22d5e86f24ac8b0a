"""Row-level security: PostgreSQL keeps partners apart even where the code forgets to.

base.py is the database backend, which sets the scope in each transaction; logins.py says which
login the portal may run as; roles.py prepares roles and login; policies.py has the parts that
migrations protect a table with.
"""
