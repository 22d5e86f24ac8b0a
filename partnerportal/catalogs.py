"""The portal's texts in other languages, compiled where it is set up.

`python -m partnerportal.catalogs` compiles what is new in locale/. Django's own command for that
asks for a program that machines without gettext have not.
"""

from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_new() -> list[Path]:
    """Compile each catalog that is newer than its compiled form; return those."""
    new = [source for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")) if _is_new(source)]
    if new:
        # Costs more than looking whether there is anything to do.
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po
    for source in new:
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parent.parent.name)
        # In one step: another process may be reading it.
        draft = source.with_suffix(".draft")
        with draft.open("wb") as file:
            write_mo(file, catalog)
        draft.replace(source.with_suffix(".mo"))
    return new


def _is_new(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    compile_new()
