from django.urls import path, register_converter
from django.urls.converters import StringConverter

from ..views.branding import ColorsView, LogoView


class SlugConverter(StringConverter):
    regex = "[a-z0-9]{12}"


class DigestConverter(StringConverter):
    regex = "[0-9a-f]{16}"


class ColorConverter(StringConverter):
    regex = "[0-9a-f]{6}"


register_converter(SlugConverter, "brand")
register_converter(DigestConverter, "digest")
register_converter(ColorConverter, "color")

urlpatterns = [
    path("logo/<brand:slug>/<digest:digest>.png", LogoView.as_view(), name="brand-logo"),
    path("colors/<int:rules>/<color:color>.css", ColorsView.as_view(), name="brand-colors"),
    path(
        "colors/<int:rules>/<color:color>/preview.css",
        ColorsView.as_view(is_preview=True),
        name="brand-preview",
    ),
]
