from django.views.generic import TemplateView


class MeView(TemplateView):
    template_name = "base.html"
