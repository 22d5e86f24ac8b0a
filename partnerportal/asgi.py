import os

from django.core.asgi import get_asgi_application

from .serving.requests import PortalASGIRequest
from .serving.start import be_a_web_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnerportal.settings")

application = get_asgi_application()
application.request_class = PortalASGIRequest
be_a_web_server()
