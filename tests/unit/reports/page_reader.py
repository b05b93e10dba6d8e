"""Reads a page as a browser without scripts would: text, elements, attributes."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "source"})


class Page(HTMLParser):
    """``elements`` are (tag, attributes, text) in document order, ``text`` is all of it."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self.unbalanced: list[str] = []
        self._open: list[tuple[str, list[str]]] = []
        self._text: list[str] = []
        self._tables: dict[str, list[list[list[str]]]] = {}
        self._table: list[list[list[str]]] = []
        self.feed(markup)
        self.close()
        self.unbalanced += [tag for tag, _ in self._open]

    @property
    def text(self) -> str:
        return " ".join("".join(self._text).split())

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _, _ in self.elements}

    @property
    def attributes(self) -> list[tuple[str, str]]:
        return [pair for _, attributes, _ in self.elements for pair in attributes.items()]

    def texts(self, tag: str, **wanted: str) -> list[str]:
        """The whole text of each such element, as it stands."""
        return [
            "".join(text)
            for name, attributes, text in self.elements
            if name == tag and wanted.items() <= attributes.items()
        ]

    def rows(self, css_class: str) -> list[list[str]]:
        """The cells' texts of the table of that class."""
        return [
            [" ".join("".join(cell).split()) for cell in row] for row in self._tables[css_class]
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        text: list[str] = []
        self.elements.append((tag, {name: value or "" for name, value in attrs}, text))
        if tag == "table":
            self._table = self._tables[dict(attrs).get("class") or ""] = []
        if tag == "tr":
            self._table.append([])
        if tag in ("td", "th"):
            self._table[-1].append(text)
        if tag not in _VOID:
            self._open.append((tag, text))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()
        else:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        for _, text in self._open:
            text.append(data)
