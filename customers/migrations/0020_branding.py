"""A partner has a name, a logo and a color of its own to be shown, and host names."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Lower

from customers.postgresql.policies import BY_PARTNER, limit_writing, protect, step

OF_PARTNER = "partner_id = (SELECT portal_partner())"

# What a sign-in page shows, to those who have not signed in and so see no row: by the partner of
# a user who is looked up, by the address of the page, or by its host name. Nothing else of a
# partner is told, and nobody can ask which there are.
BRAND = """
CREATE FUNCTION portal_brand(of_partner bigint, by_slug text, by_host text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER COST 10 SET search_path = {schema}, pg_temp
AS $$
BEGIN
    IF of_partner IS NULL AND by_host <> '' THEN
        SELECT partner_id INTO of_partner FROM customers_hostname WHERE name = by_host;
    END IF;
    IF of_partner IS NULL AND by_slug <> '' THEN
        SELECT id INTO of_partner FROM customers_partner
        WHERE brand_slug = by_slug AND brand_slug <> '';
    END IF;
    IF of_partner IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT json_build_object(
            'partner', name, 'name', brand_name, 'slug', brand_slug, 'color', brand_color,
            'logo', logo_digest, 'width', logo_width, 'height', logo_height,
            'on_dark', logo_on_dark, 'phone', help_phone, 'email', help_email, 'note', help_note
        )
        FROM customers_partner WHERE id = of_partner
    );
END
$$;
CREATE FUNCTION portal_logo(by_slug text, by_digest text) RETURNS bytea
    LANGUAGE plpgsql STABLE SECURITY DEFINER COST 10 SET search_path = {schema}, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT png FROM customers_logo
        JOIN customers_partner ON customers_partner.id = partner_id
        WHERE brand_slug = by_slug AND brand_slug <> '' AND logo_digest = by_digest
    );
END
$$;
REVOKE EXECUTE ON FUNCTION portal_brand, portal_logo FROM PUBLIC;
GRANT EXECUTE ON FUNCTION portal_brand, portal_logo TO portal_web, portal_support, portal_tasks;
"""
NO_BRAND = "DROP FUNCTION portal_brand, portal_logo;"


class Migration(migrations.Migration):
    dependencies = [("customers", "0019_activity_of_all")]

    operations = [
        migrations.AddField(
            model_name="partner",
            name="brand_name",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=40, verbose_name="displayed name"
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="brand_color",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=7,
                validators=[django.core.validators.RegexValidator("^#[0-9a-f]{6}\\Z")],
                verbose_name="accent color",
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="brand_slug",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=12
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="logo_digest",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=16,
                verbose_name="logo",
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="logo_width",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="partner",
            name="logo_height",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="partner",
            name="logo_on_dark",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.UniqueConstraint(
                condition=~models.Q(brand_slug=""), fields=("brand_slug",), name="brand_slug_once"
            ),
        ),
        migrations.CreateModel(
            name="HostName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(max_length=253, unique=True, verbose_name="host name"),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="host_names",
                        to="customers.partner",
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(name=Lower("name")), name="host_name_lower_case"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Logo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("png", models.BinaryField()),
                (
                    "partner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="logo",
                        to="customers.partner",
                    ),
                ),
            ],
        ),
        protect("customers_logo", OF_PARTNER),
        limit_writing("customers_logo", BY_PARTNER),
        protect("customers_hostname", OF_PARTNER),
        # Support staff alone give host names.
        limit_writing("customers_hostname", "false"),
        step(BRAND, NO_BRAND),
    ]
