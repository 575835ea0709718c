"""How the API's schema introduces itself: settings of drf-spectacular, which timeflow.settings hands on."""

API_DESCRIPTION = {
    "TITLE": "TimeFlow",
    "DESCRIPTION": "Tasks, habits, calendars and the plan that fits them together.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "WorkKind": "scheduling.serializers.plans.WORK_KINDS",
        "BlockState": "scheduling.serializers.plans.BLOCK_STATES",
        "PlanState": "scheduling.models.Plan.State",
        "JobState": "scheduling.models.PlanJob.State",
        "CalendarKind": "availability.models.Calendar.Kind",
        "ApiTokenScope": "accounts.models.ApiToken.Scope",
    },
    "SERVE_PERMISSIONS": ["accounts.permissions.SignedIn"],
}
