from django.views.generic import TemplateView


class BatchDetailView(TemplateView):
    template_name = "base.html"
