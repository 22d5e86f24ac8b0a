"""Customers are found by a text of their own, as users are: name and domains, folded.

Until 0024 has filled it in it is empty. The partner alone changes it, as it does the name.
"""

from django.db import migrations, models

from customers.postgresql.policies import step

BY_PARTNER = """
CREATE TRIGGER search_text_by_partner
    BEFORE UPDATE OF search_text ON customers_customer
    FOR EACH ROW WHEN (portal_customer() IS NOT NULL) EXECUTE FUNCTION refuse_of_customer();
"""
BY_ANYONE = "DROP TRIGGER search_text_by_partner ON customers_customer;"


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0022_names_in_the_admin"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="search_text",
            field=models.TextField(db_default="", editable=False),
        ),
        step(BY_PARTNER, BY_ANYONE),
    ]
