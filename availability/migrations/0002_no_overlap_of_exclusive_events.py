from django.db import migrations

from availability import exclusion


class Migration(migrations.Migration):
    dependencies = [("availability", "0001_initial")]

    operations = [migrations.RunPython(exclusion.install, exclusion.remove)]
