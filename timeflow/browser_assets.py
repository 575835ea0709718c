"""What the browser gets from npm packages: an allow-list of files, found by collectstatic and hashed like our own."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Path below static/vendor/ -> path below node_modules/.
FILES = {
    "bootstrap/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap/bootstrap.min.css.map": "bootstrap/dist/css/bootstrap.min.css.map",
    "bootstrap/bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "bootstrap/bootstrap.bundle.min.js.map": "bootstrap/dist/js/bootstrap.bundle.min.js.map",
    "fullcalendar/index.global.min.js": "fullcalendar/index.global.min.js",
    # Read by the `icon` tag when the first page is made; no page loads it.
    "lucide/icons.json": "@iconify-json/lucide/icons.json",
    "htmx/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "inter/inter-latin-wght-normal.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "inter/inter-latin-ext-wght-normal.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
    "inter/inter-cyrillic-wght-normal.woff2": "@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2",
    "inter/inter-greek-wght-normal.woff2": "@fontsource-variable/inter/files/inter-greek-wght-normal.woff2",
}
PREFIX = "vendor/"


class BrowserAssetsFinder(BaseFinder):
    """Finds exactly the files named in `FILES`; everything else in node_modules stays private."""

    def __init__(self, *args, **kwargs):
        self.root = Path(settings.BASE_DIR) / "node_modules"
        self.storage = _Listed(location=self.root)
        super().__init__(*args, **kwargs)

    def check(self, **_kwargs):
        return []

    def find(self, path, find_all=False, **_kwargs):
        source = FILES.get(path.removeprefix(PREFIX)) if path.startswith(PREFIX) else None
        # Nothing is an empty list here, whatever was asked for: Django takes None for something that was found.
        if not source or not (self.root / source).exists():
            return []
        return [str(self.root / source)] if find_all else str(self.root / source)

    def list(self, _ignore_patterns):
        for name in FILES:
            yield PREFIX + name, self.storage


class _Listed(FileSystemStorage):
    """Opens a served path at the place where npm put the file."""

    def path(self, name):
        return super().path(FILES[name.removeprefix(PREFIX)])


class HashedStatic(CompressedManifestStaticFilesStorage):
    """Content-hashed names, also inside our ES modules' import statements."""

    support_js_module_import_aggregation = True
