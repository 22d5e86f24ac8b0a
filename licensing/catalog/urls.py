"""The addresses of a partner's own products."""

from django.urls import path

from . import views

app_name = "catalog"

urlpatterns = [
    path("", views.ProductListView.as_view(), name="product-list"),
    path("add/", views.ProductAddView.as_view(), name="product-add"),
    path("<int:product>/", views.ProductDetailView.as_view(), name="product-detail"),
    path("<int:product>/sell/", views.ProductSellView.as_view(), name="product-sell"),
    path("<int:product>/remove/", views.ProductRemoveView.as_view(), name="product-remove"),
]
