"""A product may be a partner's own: that partner sees and writes it, and sells it to its customers.

A customer's users see one of them once their customer has a subscription to it. A subscription is
to a product of all partners or of the customer's own one: a trigger holds everybody to it, since
the policy of products reads subscriptions, and can't be asked by theirs.
"""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from customers.postgresql.policies import BY_PARTNER, limit_writing, protect, step, through

PRODUCT = """CASE
    WHEN partner_id IS NULL THEN (SELECT portal_partner()) IS NOT NULL
    WHEN partner_id IS DISTINCT FROM (SELECT portal_partner()) THEN false
    WHEN (SELECT portal_customer()) IS NULL THEN true
    ELSE EXISTS (
        SELECT FROM licensing_subscription AS sold
        WHERE sold.product_id = licensing_product.id
        AND sold.customer_id = (SELECT portal_customer())
    )
END"""
OF_PRODUCT = through("licensing_product", "product_id")
BETWEEN = " AND ".join(
    through("licensing_product", column) for column in ("from_product_id", "to_product_id")
)
POLICIES = {
    "licensing_product": PRODUCT,
    "licensing_serviceplan": OF_PRODUCT,
    "licensing_product_requires": BETWEEN,
    "licensing_product_conflicts": BETWEEN,
}


def _own(column: str) -> str:
    """Return the condition that the column refers to an own product, of those that are seen."""
    return f"""(
        SELECT owner.partner_id IS NOT NULL FROM licensing_product AS owner
        WHERE owner.id = {column}
    )"""  # noqa: S608


# What all partners sell, support staff alone write.
OWN_RULES = f"{BY_PARTNER} AND ({_own('from_product_id')} OR {_own('to_product_id')})"
WRITING = {
    "licensing_product": f"{BY_PARTNER} AND partner_id IS NOT NULL",
    "licensing_serviceplan": f"{BY_PARTNER} AND {_own('product_id')}",
    "licensing_product_requires": OWN_RULES,
    "licensing_product_conflicts": OWN_RULES,
}

# As the first migration granted it to new databases; policies say which rows.
GRANT = f"GRANT INSERT, UPDATE, DELETE ON {', '.join(POLICIES)} TO portal_web;"
REVOKE = f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(POLICIES)} FROM portal_web;"

ONE_PARTNER = """
CREATE FUNCTION refuse_foreign_product() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM licensing_product AS product
        JOIN customers_customer AS customer ON customer.id = NEW.customer_id
        WHERE product.id = NEW.product_id AND product.partner_id <> customer.partner_id
    ) THEN
        RAISE EXCEPTION 'the product is of another partner than the customer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'product_of_own_partner';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER product_of_own_partner
    AFTER INSERT OR UPDATE OF product_id, customer_id ON licensing_subscription
    FOR EACH ROW EXECUTE FUNCTION refuse_foreign_product();
CREATE FUNCTION refuse_new_partner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a product stays whose it is' USING ERRCODE = 'check_violation';
END
$$;
CREATE TRIGGER product_partner_stays
    BEFORE UPDATE OF partner_id ON licensing_product
    FOR EACH ROW WHEN (NEW.partner_id IS DISTINCT FROM OLD.partner_id)
    EXECUTE FUNCTION refuse_new_partner();
"""
NOT_ONE_PARTNER = """
DROP TRIGGER product_partner_stays ON licensing_product;
DROP FUNCTION refuse_new_partner();
DROP TRIGGER product_of_own_partner ON licensing_subscription;
DROP FUNCTION refuse_foreign_product();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_people_on_postgresql"),
        ("customers", "0010_plain_words"),
        ("licensing", "0003_uuids_and_moments"),
    ]

    operations = [
        migrations.AddField(
            model_name="product",
            name="partner",
            field=models.ForeignKey(
                blank=True,
                help_text="Whose own product it is; without one, all partners sell it.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="products",
                to="customers.partner",
            ),
        ),
        migrations.AlterField(
            model_name="product",
            name="sku",
            field=models.CharField(max_length=40, verbose_name="SKU"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(
                condition=models.Q(("partner", None)),
                fields=("sku",),
                name="sku_once_for_all_partners",
                violation_error_message="A product with this SKU already exists.",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(
                fields=("partner", "sku"), name="sku_once_per_partner"
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(
                models.F("partner"),
                django.db.models.functions.text.Lower("name"),
                name="product_name_once_per_partner",
                violation_error_message="The partner already has a product with this name.",
            ),
        ),
        *(protect(table, condition) for table, condition in POLICIES.items()),
        *(limit_writing(table, condition) for table, condition in WRITING.items()),
        step(GRANT, REVOKE),
        step(ONE_PARTNER, NOT_ONE_PARTNER),
    ]
