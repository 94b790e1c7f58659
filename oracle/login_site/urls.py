from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse
from django.urls import path


def front(request):
    # The logout needs a token of the page that posts it.
    from django.middleware.csrf import get_token

    token = get_token(request)
    return HttpResponse(
        "%s|%s" % (request.user.get_username(), token), content_type="text/plain"
    )


urlpatterns = [
    path("", front),
    path("login/", LoginView.as_view()),
    path("logout/", LogoutView.as_view()),
]
