"""What license rules give out to the user whom it is about."""

from automation.models import KeptState
from automation.personal_rules import rule_relations
from automation.services.rules import add_exceptions
from tests.accounts.verbs import subscribe
from tests.automation.ruled import put, rule_on
from tests.support.cast import Cast


def test_each_has_what_is_about_them_and_no_name_of_others(cast: Cast) -> None:
    rule = rule_on(cast, subscribe(cast, quantity=1))
    put(cast, "Sales", cast.uma)
    put(cast, "Sales", cast.gail)
    add_exceptions(rule, [cast.gail], actor=cast.alice)
    of = {
        user: {name: list(rows) for name, (_field, rows) in rule_relations(user).items()}
        for user in (cast.uma, cast.gail, cast.alice)
    }
    [given] = of[cast.uma]["licenses_by_rule"]
    assert (given["subscription__product__name"], given["rule__name"]) == ("Teams", "Sales")
    assert given["state"] == KeptState.GIVEN
    assert [row["rule__name"] for row in of[cast.gail]["exceptions_to_rules"]] == ["Sales"]
    [made] = of[cast.alice]["exceptions_made"]
    # Who is excepted is not theirs to know.
    assert made.keys() == {"id", "rule__name", "created_at"}
    assert [row["name"] for row in of[cast.alice]["license_rules_made"]] == ["Sales"]
    assert not any(of[cast.uma][name] for name in of[cast.uma] if name != "licenses_by_rule")
