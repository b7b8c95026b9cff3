"""Two ways through the same pages: Django's client, and Chromium. A story is written once and walked both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.party.models import Login
from linli.party.tests.browse import browser


class Walk(Protocol):
    """What a person does: open a page, read it, follow words, fill a form in and press its button."""

    def arrive(self) -> None: ...
    def enter(self, login: Login, *, factor: bool = True) -> None: ...
    def open(self, path: str) -> None: ...
    def follow(self, words: str, *, to: str = "") -> None: ...
    def press(self, words: str, /, files: Mapping[str, bytes] | None = None, **values: Any) -> None: ...
    def line(self, words: str) -> list[str]: ...
    @property
    def text(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def status(self) -> int: ...


class _Form:
    """One form of a page: its fields with what stands in them, its buttons by their words."""

    def __init__(self, action: str, method: str) -> None:
        self.action, self.method = action, method
        self.values: dict[str, list[str]] = {}
        self.buttons: list[tuple[str, dict[str, str]]] = []
        self.file_field = ""


class _Page(HTMLParser):
    """Forms, links and words of a page."""

    VOID_TEXT = ("script", "style", "template")

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.lines: list[list[str]] = []
        self._form: _Form | None = None
        self._open: list[tuple[str, dict[str, str], int]] = []
        self._select = ""
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._mute += tag in self.VOID_TEXT
        if tag == "tr":
            self.lines.append([])
        if tag in ("th", "td"):
            self.lines[-1].append("")
        if tag == "form":
            self._form = _Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        if tag in ("a", "button", "textarea"):
            self._open.append((tag, given, len(self.words)))
        if self._form is None:
            return
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") not in ("file", "submit"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                said = given.get("value", "on" if given.get("type") == "checkbox" else "")
                self._form.values.setdefault(name, []).append(said)
        if tag == "input" and given.get("type") == "file":
            self._form.file_field = name
        if tag == "select":
            self._select = name
        if tag == "option" and self._select and ("selected" in given or self._select not in self._form.values):
            self._form.values[self._select] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        self._mute -= tag in self.VOID_TEXT
        if self._open and self._open[-1][0] == tag:
            _tag, given, start = self._open.pop()
            said = "".join(self.words[start:]).strip()
            if tag == "a":
                self.links.append((said, given.get("href", "")))
            elif tag == "textarea" and self._form is not None:
                self._form.values[given.get("name", "")] = [said]
            elif tag == "button" and self._form is not None and "aria-disabled" not in given:
                self._form.buttons.append((said or given.get("aria-label", ""), given))
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self.words.append(data)
            if self.lines and self.lines[-1]:
                self.lines[-1][-1] += data


class ByClient:
    """The pages as Django answers them, without script."""

    def __init__(self) -> None:
        self._client: Any = None
        self._answer: Any = None
        self._at = "/"

    def arrive(self) -> None:
        """A stranger: nobody is signed in."""
        self._client = Client()

    def enter(self, login: Login, *, factor: bool = True) -> None:
        self._client = browser(login, factor=factor)

    def open(self, path: str) -> None:
        self._take(self._client.get(path, follow=True), path)

    def _take(self, answer: Any, path: str) -> None:
        self._answer = answer
        chain = getattr(answer, "redirect_chain", [])
        self._at = chain[-1][0] if chain else path
        self._page = _Page()
        if answer["Content-Type"].startswith("text/html"):
            self._page.feed(answer.content.decode())

    def line(self, words: str) -> list[str]:
        """The cells of the first table row that begins with these words."""
        return next(([cell.strip() for cell in line] for line in self._page.lines if line and words in line[0]), [])

    def follow(self, words: str, *, to: str = "") -> None:
        found = next((href for said, href in self._page.links if words in said and to in href), None)
        assert found is not None, f"no link “{words}” {to} on {self._at}: {[said for said, _href in self._page.links]}"
        self.open(self._resolved(found))

    def _resolved(self, address: str) -> str:
        here = self._at.partition("?")[0]
        return here + address if address.startswith("?") else address or here

    def press(self, words: str, /, files: Mapping[str, bytes] | None = None, **values: Any) -> None:
        form, button = self._found(words)
        data: dict[str, Any] = {name: list(held) for name, held in form.values.items()}
        data |= {button["name"]: button.get("value", "")} if button.get("name") else {}
        data |= {name.replace("__", "-"): value for name, value in values.items()}
        for name, content in (files or {}).items():
            data.setdefault(form.file_field, []).append(SimpleUploadedFile(name, content))
        path = self._resolved(button.get("formaction") or form.action)
        send = self._client.post if form.method.lower() == "post" else self._client.get
        self._take(send(path, data, follow=True), path)

    def _found(self, words: str) -> tuple[_Form, dict[str, str]]:
        for form in self._page.forms:
            for said, given in form.buttons:
                if words in said:
                    return form, given
        told = [said for form in self._page.forms for said, _given in form.buttons]
        raise AssertionError(f"no button “{words}” on {self._at} ({self.status}): {told}")

    @property
    def text(self) -> str:
        return "".join(self._page.words)

    @property
    def path(self) -> str:
        return self._at.partition("?")[0]

    @property
    def status(self) -> int:
        return int(self._answer.status_code)


class ByBrowser:
    """The same in Chromium; every page met is held to axe."""

    def __init__(self, page: Any, base: str, accessible: Callable[[], None], folder: Path) -> None:
        self._page, self._base, self._accessible, self._folder = page, base, accessible, folder
        self._status = 0
        self._page.on("response", self._note)

    def _note(self, response: Any) -> None:
        if response.request.is_navigation_request():
            self._status = response.status

    def arrive(self) -> None:
        """A stranger: nobody is signed in."""
        self._page.context.clear_cookies()

    def enter(self, login: Login, *, factor: bool = True) -> None:
        held = browser(login, factor=factor).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": held, "url": self._base}
        self._page.context.add_cookies([cookie])

    def open(self, path: str) -> None:
        self._page.goto(self._base + path)
        self._settled()

    def _settled(self) -> None:
        self._page.wait_for_load_state("load")
        if self._page.evaluate("document.contentType") != "text/html":
            return  # The interface's own description and files are read by programs.
        self._page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        self._accessible()

    def line(self, words: str) -> list[str]:
        """The cells of the first table row that begins with these words."""
        row = self._page.locator("tr").filter(has=self._page.locator("th:first-child", has_text=words)).first
        return [str(cell).strip() for cell in row.locator("th, td").all_text_contents()]

    def follow(self, words: str, *, to: str = "") -> None:
        link = self._page.locator(f"a[href*='{to}']" if to else "a").filter(has_text=words).first
        self.open(
            self._page.evaluate(
                "link => new URL(link.href).pathname + new URL(link.href).search", link.element_handle()
            )
        )

    def press(self, words: str, /, files: Mapping[str, bytes] | None = None, **values: Any) -> None:
        button = self._page.locator("main button").filter(has_text=words).first
        form = button.locator("xpath=ancestor::form")
        for name, value in values.items():
            if form.locator(f"button[name='{name}']").count():
                button = form.locator(f"button[name='{name}'][value='{value}']").first
            else:
                self._fill(form, name.replace("__", "-"), value)
        for name, content in (files or {}).items():
            (self._folder / name).write_bytes(content)
        if files:
            form.locator("input[type=file]").set_input_files([self._folder / name for name in files])
        with self._page.expect_navigation():
            button.click()
        self._settled()

    def _fill(self, form: Any, name: str, value: Any) -> None:
        if isinstance(value, list):
            for one in value:
                self._fill(form, name, one)
            return
        field = form.locator(f"[name='{name}']").first
        kind = field.evaluate("field => field.type")
        if kind == "hidden":
            field.evaluate("(field, value) => { field.value = value }", str(value))
        elif kind in ("radio", "checkbox"):
            choice = form.locator(f"[name='{name}'][value='{value}']")
            # To the middle first, as a thumb would: at the lower edge lies the dock of a phone.
            choice.evaluate("field => field.scrollIntoView({block: 'center'})")
            choice.check(force=True)
        elif kind.startswith("select"):
            field.select_option(str(value))
        else:
            field.fill(str(value))

    @property
    def text(self) -> str:
        return str(self._page.locator("body").text_content())

    @property
    def path(self) -> str:
        return str(self._page.url.removeprefix(self._base).partition("?")[0])

    @property
    def status(self) -> int:
        return self._status
