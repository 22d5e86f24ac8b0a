import os

from django.core.wsgi import get_wsgi_application

from .serving.requests import PortalWSGIRequest
from .serving.start import be_a_web_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnerportal.settings")

application = get_wsgi_application()
application.request_class = PortalWSGIRequest
be_a_web_server()
