import os

SECRET_KEY = "the store keeps no secrets"
USE_TZ = False
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = ["store.apps.StoreConfig"]

_host, _port, _user, _name = os.environ["STORE_DATABASE"].split(":")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _host,
        "PORT": _port,
        "USER": _user,
        "NAME": _name,
    }
}
