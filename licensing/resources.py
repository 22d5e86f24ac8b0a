"""Columns and values of subscriptions in exported files; nothing is ever saved from here."""

from import_export import fields, resources

from .models import Subscription


class SubscriptionResource(resources.ModelResource):
    partner = fields.Field(attribute="customer__partner__name", column_name="Partner")
    customer = fields.Field(attribute="customer__name", column_name="Customer")
    product = fields.Field(attribute="product__name", column_name="Product")
    sku = fields.Field(attribute="product__sku", column_name="SKU")
    status = fields.Field(attribute="status", column_name="Status")
    quantity = fields.Field(attribute="quantity", column_name="Seats bought")
    assigned = fields.Field(attribute="assigned", column_name="Assigned")
    reserved = fields.Field(attribute="reserved", column_name="Reserved")
    available = fields.Field(attribute="available", column_name="Available")
    starts_on = fields.Field(attribute="starts_on", column_name="Starts on")
    renews_on = fields.Field(attribute="renews_on", column_name="Renews on")

    price = fields.Field(attribute="price", column_name="Price per seat and month")
    currency = fields.Field(attribute="currency", column_name="Currency")

    class Meta:
        model = Subscription
        fields = (
            "partner",
            "customer",
            "product",
            "sku",
            "status",
            "quantity",
            "assigned",
            "reserved",
            "available",
            "starts_on",
            "renews_on",
            "price",
            "currency",
        )
        export_order = fields
