"""The WSGI entry point that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from timeflow.lib.whole_body import with_whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeflow.settings")
application = with_whole_bodies(get_wsgi_application())
