"""When an upload or a mail began to wait for a worker. A version that does not name the column
gets the time of its insert; of rows that are there nobody knows better than the time of this.
"""

import django.utils.timezone
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_names_wait_in_a_list")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="waiting_since",
            field=models.DateTimeField(db_default=Now(), default=django.utils.timezone.now),
        )
        for name in ("upload", "delivery")
    ]
