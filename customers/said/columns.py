"""The column beside a sentence that keeps its words, so that each reader has it in their own
language.
"""

from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import get_language

from .sentences import Said, retold, words_beside, words_of


class Sentence(DeferredAttribute):
    """A sentence of a row: read, it is in the language of the moment; what was said anew has its
    own words, and what was loaded those of the column `words`.
    """

    def __init__(self, field: Any, words: str) -> None:
        super().__init__(field)
        self.words = words

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        """Return the sentence, or this where no row is asked."""
        text = super().__get__(instance, cls)
        if instance is None or not text:
            return text
        if not isinstance(text, Said):
            return retold(text, getattr(instance, self.words))
        return text if text.language == get_language() else retold(text, words_of(text))

    def __set__(self, instance: Any, text: Any) -> None:
        """Keep the sentence; the words of the one before go with it."""
        row = instance.__dict__
        row[self.field.attname] = text
        # A row that is being loaded gets its words next, or when they are asked for.
        if self.words in row or instance._state.db is not None:
            row[self.words] = None


class SaidField(models.JSONField[Any, Any]):
    """The words of the sentence in the column `of`, which stands before it; NULL where it has none.

    Where that one is written by its name, so is this one: in `update_fields` as in `update`.
    """

    def __init__(self, of: str = "", **kwargs: Any) -> None:
        super().__init__(**{"null": True, "editable": False, **kwargs})
        self.of = of

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's
        """Have the sentence read and written through its words."""
        super().contribute_to_class(cls, name, private_only)
        if self.of:
            setattr(cls, self.of, Sentence(cls.__dict__[self.of].field, name))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - Django's
        """Return the words of the sentence as it is written: in the language of the moment."""
        is_here = self.of in model_instance.__dict__
        said = words_beside(getattr(model_instance, self.of)) if is_here else None
        return super().pre_save(model_instance, add) if said is None else said

    def deconstruct(self) -> Any:
        """Return the field of JSON that the table has: a migration needs to know no more."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs
