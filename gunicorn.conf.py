"""What gunicorn reads by itself wherever it is started: by `make run`, by hand, in the image."""

import gunicorn.http.wsgi

# Which server answers is nobody's business.
gunicorn.http.wsgi.SERVER = "portal"
