"""What is to be entered in well-known directories."""

from api.recipes import recipes_for


def test_each_recipe_has_steps_in_sentences() -> None:
    recipes = recipes_for("https://portal.example/scim/x/v2")
    assert [recipe.key for recipe in recipes] == ["entra", "okta", "other"]
    assert all(step.endswith(".") for recipe in recipes for step in recipe.steps)
