"""What a role may do, as templates ask for it."""

from django.template import Context, Template

from customers.roles import Role, role_in_words


def test_a_template_asks_by_the_name_of_the_role() -> None:
    template = Template("{% load roles %}{{ role|may_do }}")
    text = template.render(Context({"role": Role.HELPDESK_AGENT.value}, autoescape=False))
    assert text == role_in_words(Role.HELPDESK_AGENT)
    assert text.startswith("Can ")
