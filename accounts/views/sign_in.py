from django.views.generic import TemplateView


class ForgotView(TemplateView):
    template_name = "base.html"


class PasswordChooseView(TemplateView):
    template_name = "base.html"
