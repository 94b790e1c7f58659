import os

from django.http import HttpResponse
from django.urls import path


def oracle(request):
    nonce = os.environ.get("ORACLE_NONCE", "")
    response = HttpResponse(nonce, content_type="text/plain")
    response["Content-Length"] = str(len(nonce))
    return response


urlpatterns = [path("oracle", oracle)]
