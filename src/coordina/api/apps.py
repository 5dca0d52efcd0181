"""Registration of api."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """See the package's own docstring."""

    name = "coordina.api"
    label = "api"
