"""Every address of TimeFlow."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

import accounts.urls
import availability.urls
import scheduling.urls
from accounts.admin import back_office
from timeflow.lib.browser_defences import csp_report
from timeflow.lib.views import PROBES

# Swagger's page comes with scripts and pictures of its own, all served from here; OPTIONS, meant for JSON, broke it.
docs_page = SpectacularSwaggerSplitView.as_view(
    url_name="api-schema", template_name="api_docs.html", http_method_names=["get", "head"]
)
api_docs = csp_update({"script-src": [SELF]})(docs_page)

urlpatterns = [
    path("api/", include(accounts.urls.api_urlpatterns)),
    path("api/", include(availability.urls.api_urlpatterns)),
    path("api/", include(scheduling.urls.api_urlpatterns)),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", api_docs, name="api-docs"),
    path(settings.CSP_REPORT_PATH.removeprefix("/"), csp_report, name="csp-report"),
    # Before allauth's own, some of which it replaces.
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("availability.urls")),
    path("", include("scheduling.urls")),
]

# For whoever lists the routes: timeflow.lib.middleware.ProbeMiddleware answers before them.
urlpatterns += [path(name, view, name=name) for name, view in PROBES.items()]
if settings.ADMIN_PATH:
    urlpatterns.append(path(f"{settings.ADMIN_PATH}/", back_office.urls))

handler404 = "timeflow.lib.error_pages.page_not_found"
handler429 = "timeflow.lib.error_pages.too_many_requests"
handler500 = "timeflow.lib.error_pages.server_error"
