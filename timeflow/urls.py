"""Every address of TimeFlow."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/", include("accounts.api_urls")),
    path("api/", include("availability.api_urls")),
    path("api/", include("scheduling.api_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("", include("accounts.urls")),
    path("", include("availability.urls")),
    path("", include("scheduling.urls")),
]
