from django.db import migrations


class Migration(migrations.Migration):
    """Django's sessions lived in a table before; their keys are of no use any more, and of none to a thief."""

    dependencies = [("accounts", "0005_connections")]

    operations = [
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", reverse_sql=migrations.RunSQL.noop),
    ]
