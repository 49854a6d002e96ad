"""The words of the visitors' pages in the site's language: catalogues in gettext's format (PO), dates and numbers as
it writes them. What a catalogue leaves out comes from the shipped one of its language, else it is English.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from flask import Flask, current_app
from markupsafe import escape

from corpus import Asker
from search_app.usage import UsageError

_SHIPPED = Path(__file__).parent / "catalogues"
ENGLISH = "en"
_KEY = "seealso.words"
_GROWN = 20
# Plurals are worked out for so many numbers before anybody is served.
_COUNTS = 200


def _(text: str) -> str:
    """Mark a line for catalogues that is looked up later."""
    return text


# In the order of numbers from 0.
_NUMBERS = (
    *(_("no"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six")),
    *(_("seven"), _("eight"), _("nine"), _("ten"), _("eleven"), _("twelve")),
)
_ASKERS = {"female": (_("Girl"), _("Woman")), "male": (_("Boy"), _("Man"))}
_AND, _COMMA = _(" and "), _(", ")
_AGES, _PERSON = _("%(low)s to %(high)s"), _("%(person)s, %(age)s")


class Words:
    """The words of one language, as templates and pages ask for them."""

    def __init__(self, lang: str, translations: NullTranslations, digest: str) -> None:
        # As HTML calls the language: zh-Hant. English dates are 31 May 2020.
        self.lang, self.digest = lang, digest
        self._locale = Locale.parse("en-GB" if lang == ENGLISH else lang, sep="-")
        self._found = translations

    def text(self, line: str, **values: object) -> str:
        """A line, with its values where it names some."""
        found = self._found.gettext(line)
        return found % values if values else found

    def counted(self, one: str, more: str, count: int) -> str:
        """The line for a number of things, as plurals of the language go."""
        return self._found.ngettext(one, more, count)

    def day(self, value: date | None) -> str:
        """A day: 31 May 2020."""
        return format_date(value, "long", self._locale) if value else ""

    def number(self, value: int) -> str:
        """A number with its thousands set apart: 19,011."""
        return format_decimal(value, locale=self._locale)

    def in_words(self, value: int) -> str:
        """A small number in words: three."""
        return self.text(_NUMBERS[value]) if value < len(_NUMBERS) else self.number(value)

    def who(self, asker: Asker | None) -> str:
        """Who asks: Woman, 70 to 79."""
        if asker is None:
            return ""
        grown = not asker.age or int(asker.age.partition("-")[0]) >= _GROWN
        person = self.text(_ASKERS[asker.sex][grown]) if asker.sex else ""
        low, _, high = asker.age.partition("-")
        age = self.text(_AGES, low=low, high=high) if high else low
        return self.text(_PERSON, person=person, age=age) if person and age else person or age

    def listing(self, words: list[str] | tuple[str, ...]) -> list[tuple[str, str]]:
        """Words with what follows each in a list: cement, disc and nerve."""
        comma, last = self.text(_COMMA), self.text(_AND)
        ends = [comma] * max(0, len(words) - 2) + [last] * (len(words) > 1) + [""] * bool(words)
        return list(zip(words, ends, strict=True))


def shipped() -> list[str]:
    """The languages of which a catalogue ships, beside English, of which every line is its own."""
    return sorted(path.stem for path in _SHIPPED.glob("*.po"))


def load(name: str) -> Words:
    """The words of a shipped language, or of a catalogue in a file. Raises UsageError where it cannot be used."""
    if name == ENGLISH:
        return Words(ENGLISH, NullTranslations(), ENGLISH)
    own = name in shipped()
    catalog, content = _read(_SHIPPED / f"{name}.po" if own else Path(name))
    given = str(catalog.locale_identifier or ENGLISH)
    try:
        lang = str(Locale.parse(given.replace("-", "_"))).replace("_", "-")
    except (UnknownLocaleError, ValueError) as error:
        raise _unusable(Path(name), f"its header says Language: {given[:20]}", "give one such as zh-Hant") from error
    try:
        translations = _compiled(catalog)
    except (ArithmeticError, ValueError, LookupError, RecursionError) as error:
        raise _unusable(Path(name), f"its header: {error}", "see docs/examples/catalogues") from error
    digest = hashlib.sha256(content)
    if not own and lang in shipped():
        below, more = _read(_SHIPPED / f"{lang}.po")
        translations.add_fallback(_compiled(below))
        digest.update(more)
    return Words(lang, translations, digest.hexdigest())


def init_app(app: Flask, name: str) -> Words:
    """Give the templates of an application its words: `_`, plurals, `lang`, and the filters of dates and numbers."""
    found = app.extensions[_KEY] = load(name)
    app.jinja_env.add_extension("jinja2.ext.i18n")

    def safe(lookup: Callable[..., str]) -> Callable[..., str]:
        """A line of a catalogue is text, and no markup; where it names no values its signs of percent are such."""

        def line(*asked: Any) -> str:
            told = str(escape(lookup(*asked)))
            named = any("%(" in text for text in asked if isinstance(text, str))  # of one thing a line may name none
            return told if named else told.replace("%", "%%")

        return line

    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension brings it
        safe(found.text), safe(found.counted), newstyle=True
    )
    app.jinja_env.globals["lang"] = found.lang
    for each in (found.day, found.number, found.in_words, found.who, found.listing):
        app.jinja_env.filters[each.__name__] = each
    return found


def words() -> Words:
    """The words of this application."""
    found: Words = current_app.extensions[_KEY]
    return found


def _read(path: Path) -> tuple[Catalog, bytes]:
    try:
        content = path.read_bytes()
        catalog = read_po(BytesIO(content), abort_invalid=True)
    except OSError as error:
        known = ", ".join([ENGLISH, *shipped()])
        raise _unusable(path, error.strerror or "it cannot be read", f"give a file in PO format, or {known}") from error
    except (PoFileError, ValueError, LookupError) as error:
        raise _unusable(path, f"no PO file: {error}", "see docs/examples/catalogues") from error
    for message in catalog:
        if (wrong := _wrong(message)) is not None:
            raise _unusable(path, f"line {message.lineno}: {wrong}", "name the values as the line above it does")
    return catalog, content


def _wrong(message: Message) -> str | None:
    """What is wrong with the values that a line names, None where nothing is: they are put in, as pages will."""
    lines = [message.string] if isinstance(message.string, str) else list(message.string or ())
    asked = str(message.id)
    by_percent = dict.fromkeys(re.findall(r"%\((\w+)\)", asked), "0")
    by_braces = dict.fromkeys(re.findall(r"\{(\w+)", asked), 0)
    if by_percent:
        message.flags.add("python-format")  # so that it is checked as that
    try:
        for error in message.check():
            return str(error)
        for line in lines:
            if by_percent:
                line % by_percent
            if by_braces:
                line.format(**by_braces)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _compiled(catalog: Catalog) -> GNUTranslations:
    """The lines as they are looked up. Raises what a plural that cannot be worked out raises."""
    file = BytesIO()
    write_mo(file, catalog)
    file.seek(0)
    compiled = GNUTranslations(file)
    for count in range(_COUNTS):
        compiled.ngettext("", "", count)
    return compiled


def _unusable(path: Path, what: str, remedy: str) -> UsageError:
    return UsageError(f"the catalogue of words cannot be used: {what}", str(path), remedy)
