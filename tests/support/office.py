"""Finds the LibreOffice that makes real spreadsheets, or installs it where that is possible.

`convert` does any number of conversions in one run, by a macro in a profile of its own.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from tests.apt import install
from tests.patience import PATIENCE

ON_MACOS = "/Applications/LibreOffice.app/Contents/MacOS/soffice"

CSV, XLSX, XLS, FLAT = (
    "Text - txt - csv (StarCalc)",
    "Calc MS Excel 2007 XML",
    "MS Excel 97",
    "OpenDocument Spreadsheet Flat XML",
)


@dataclass(frozen=True, slots=True)
class Conversion:
    """`options` are of the CSV filter that reads the source or writes the target."""

    source: Path
    target: Path
    target_filter: str
    source_options: str = ""
    target_options: str = ""


def find_office() -> str | None:
    if named := os.environ.get("SOFFICE"):
        if not os.access(named, os.X_OK):
            raise SystemExit(f"SOFFICE names {named}, which is no program.")
        return named
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or (ON_MACOS if Path(ON_MACOS).exists() else None)


def ensure_office() -> str:
    if found := find_office():
        return found
    install("libreoffice-calc", told="Installing LibreOffice for the tests of uploads")
    if found := find_office():
        return found
    raise SystemExit(
        "The tests of uploads need LibreOffice: install the package libreoffice-calc, or name its "
        "program: SOFFICE=/path/to/soffice make test"
    )


def convert(conversions: Sequence[Conversion], profile: Path) -> None:
    """`profile` is a new folder: another LibreOffice that runs on this machine is left alone."""
    # The first start fills the profile, and would overwrite the macro.
    _run(profile, "--terminate_after_init")
    calls = "\n".join(map(_call, conversions))
    module = profile / "user" / "basic" / "Standard" / "Module1.xba"
    module.write_text(_MODULE.format(code=escape(_CODE.replace("CALLS", calls))))
    said = _run(profile, "macro:///Standard.Module1.Main")
    assert [each.target.name for each in conversions if not each.target.exists()] == [], said


def _run(profile: Path, argument: str) -> str:
    place = f"-env:UserInstallation={profile.as_uri()}"
    command = [ensure_office(), place, "--headless", "--norestore", argument]
    done = subprocess.run(command, check=False, timeout=PATIENCE, capture_output=True, text=True)
    return done.stdout + done.stderr


def _call(each: Conversion) -> str:
    texts = (
        each.source.as_uri(),
        each.source_options,
        each.target.as_uri(),
        each.target_filter,
        each.target_options,
    )
    return "Convert " + ", ".join(f'"{text}"' for text in texts)


_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">{code}</script:module>
"""
_CODE = """
Sub Main
CALLS
StarDesktop.terminate()
End Sub

Sub Convert(source, sourceOptions, target, filter, options)
Dim reading(0 To 2) As New com.sun.star.beans.PropertyValue
Dim writing(0 To 1) As New com.sun.star.beans.PropertyValue
reading(0).Name = "Hidden"
reading(0).Value = True
If sourceOptions <> "" Then
reading(1).Name = "FilterName"
reading(1).Value = "Text - txt - csv (StarCalc)"
reading(2).Name = "FilterOptions"
reading(2).Value = sourceOptions
End If
writing(0).Name = "FilterName"
writing(0).Value = filter
writing(1).Name = "FilterOptions"
writing(1).Value = options
Dim document As Object
document = StarDesktop.loadComponentFromURL(source, "_blank", 0, reading())
document.storeToURL(target, writing())
document.close(True)
End Sub
"""
