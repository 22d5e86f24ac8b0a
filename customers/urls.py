from django.urls import path

from . import views

app_name = "customers"

urlpatterns = [
    path("", views.CustomerListView.as_view(), name="customer-list"),
    path("add/", views.CustomerAddView.as_view(), name="customer-add"),
    path("activity/", views.AllActivityView.as_view(), name="activity-all"),
    path(
        "activity/export/",
        views.AllActivityExportView.as_view(),
        name="activity-all-export",
    ),
    path("<int:customer>/", views.CustomerDetailView.as_view(), name="customer-detail"),
    path("<int:customer>/favorite/", views.FavoriteView.as_view(), name="customer-favorite"),
    path("<int:customer>/account/", views.CustomerAccountView.as_view(), name="customer-account"),
    path("<int:customer>/account/domains/add/", views.DomainAddView.as_view(), name="domain-add"),
    path(
        "<int:customer>/account/domains/<int:domain>/primary/",
        views.DomainPrimaryView.as_view(),
        name="domain-primary",
    ),
    path(
        "<int:customer>/account/domains/<int:domain>/remove/",
        views.DomainRemoveView.as_view(),
        name="domain-remove",
    ),
    path("<int:customer>/activity/", views.ActivityListView.as_view(), name="activity-list"),
    path(
        "<int:customer>/activity/export/",
        views.ActivityExportView.as_view(),
        name="activity-export",
    ),
    path(
        "<int:customer>/activity/batches/<int:batch>/",
        views.ActivityBatchView.as_view(),
        name="activity-batch",
    ),
]
