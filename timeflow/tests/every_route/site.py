"""The URL configuration that is walked: every address of TimeFlow, the back office included."""

from django.urls import include, path

from accounts.admin import back_office
from timeflow.tests.routes import STAFF
from timeflow.urls import handler404, handler429, handler500

urlpatterns = [path(STAFF, back_office.urls), path("", include("timeflow.urls"))]
__all__ = ["handler404", "handler429", "handler500", "urlpatterns"]
