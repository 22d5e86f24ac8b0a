from django.views.generic import TemplateView


class FloorView(TemplateView):
    """What no page of the portal can be cheaper than: session, user, base template."""

    template_name = "base.html"
