"""Signing in without the form."""

from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from coordina.accounts import session
from coordina.accounts.models import User


def client_of(user: User) -> Client:
    """A client that is signed in as a person."""
    client = Client()
    request = HttpRequest()
    request.session = client.session
    session.start(request, User.objects.for_request().get(pk=user.pk))
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return client
