"""Pages of what is done by itself; those of one customer stand below its address."""

from django.urls import URLPattern, URLResolver, path

from .views.reviews import answering, changing, detail, export, lists, starting

app_name = "automation"
OF_CUSTOMER = "customers/<int:customer>/reviews/"
OF_REVIEW = f"{OF_CUSTOMER}<int:review>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("reviews/", answering.MyReviewsView.as_view(), name="my-reviews"),
    path("reviews/<int:review>/", answering.ReviewAnswerView.as_view(), name="review-answer"),
    path(OF_CUSTOMER, lists.ReviewListView.as_view(), name="review-list"),
    path(f"{OF_CUSTOMER}add/", starting.ReviewAddView.as_view(), name="review-add"),
    path(OF_REVIEW, detail.ReviewDetailView.as_view(), name="review-detail"),
    path(f"{OF_REVIEW}export/", export.ReviewExportView.as_view(), name="review-export"),
    path(f"{OF_REVIEW}day/", changing.ReviewMoveView.as_view(), name="review-move"),
    path(f"{OF_REVIEW}ask/", changing.ReviewAskView.as_view(), name="review-ask"),
    path(f"{OF_REVIEW}end/", changing.ReviewEndView.as_view(), name="review-end"),
    path(f"{OF_REVIEW}cancel/", changing.ReviewCancelView.as_view(), name="review-cancel"),
    path(f"{OF_REVIEW}carry-out/", changing.ReviewCarryOutView.as_view(), name="review-carry-out"),
]
