"""The application that the server runs."""

from django.core.wsgi import get_wsgi_application

from polit.base import settings

settings.preset("DJANGO_SETTINGS_MODULE", "polit.web.site.settings")
application = get_wsgi_application()
