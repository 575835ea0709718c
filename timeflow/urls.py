"""Every address of TimeFlow."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

import accounts.urls
import availability.urls
import scheduling.urls

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/", include(accounts.urls.api_urlpatterns)),
    path("api/", include(availability.urls.api_urlpatterns)),
    path("api/", include(scheduling.urls.api_urlpatterns)),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("", include("accounts.urls")),
    path("", include("availability.urls")),
    path("", include("scheduling.urls")),
]

handler404 = "timeflow.lib.error_pages.page_not_found"
handler500 = "timeflow.lib.error_pages.server_error"
