from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_sessions_switched_off"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="apitoken",
            options={"verbose_name": "API token"},
        ),
        migrations.AlterModelOptions(
            name="user",
            options={"verbose_name": "account", "verbose_name_plural": "people"},
        ),
    ]
