"""The WSGI program that granian (or any other WSGI server) serves."""

import os

from django.core.wsgi import get_wsgi_application

from coordina.config.env import words
from coordina.config.proxy import TrustedProxy, networks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordina.config.settings")

application = TrustedProxy(get_wsgi_application(), networks(words("COORDINA_TRUSTED_PROXY")))
