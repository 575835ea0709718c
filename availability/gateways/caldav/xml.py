"""WebDAV's XML: what is asked, written here, and what comes back, read without trusting it.

No document type is taken, so no entity can grow or lead anywhere, and a document may be only so deep and so large.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, tostring  # no parser of it is used
from xml.parsers import expat

from availability.gateways.faults import Unsound

DAV = "{DAV:}"
CALDAV = "{urn:ietf:params:xml:ns:caldav}"
APPLE = "{http://apple.com/ns/ical/}"
MAX_DEPTH = 60
MAX_ELEMENTS = 250_000


@dataclass(frozen=True, slots=True)
class Response:
    """What a multistatus says about one address: `href` as it stands there, 0 for no `status` of its own, and the
    properties that it has."""

    href: str
    status: int
    properties: Mapping[str, Element]

    def text(self, name: str) -> str:
        """The text of a property, "" if it has none."""
        return text_of(self.properties.get(name))

    def hrefs(self, name: str) -> list[str]:
        """The addresses that a property holds."""
        found = self.properties.get(name)
        return [] if found is None else [href for each in found.iter(DAV + "href") if (href := text_of(each))]

    def kinds(self) -> set[str]:
        """Its resource types."""
        found = self.properties.get(DAV + "resourcetype")
        return set() if found is None else {each.tag for each in found}


def text_of(element: Element | None) -> str:
    """All text in an element, "" for none."""
    return "" if element is None else "".join(element.itertext()).strip()


def body(tag: str, /, *children: Element | Sequence[str], **attributes: str) -> bytes:
    """A document of one element; a sequence of names stands for a DAV:prop of them."""
    return tostring(element(tag, *children, **attributes), encoding="utf-8", xml_declaration=True)


def element(tag: str, /, *children: Element | Sequence[str] | str, **attributes: str) -> Element:
    """An element as in `body`; a string is its text."""
    made = Element(tag, attributes)
    for child in children:
        if isinstance(child, str):
            made.text = child
        elif isinstance(child, Element):
            made.append(child)
        else:
            properties = SubElement(made, DAV + "prop")
            for each in child:
                SubElement(properties, each)
    return made


def read(content: bytes) -> Element:
    """The root of a document. Raises `Unsound`."""
    reading = _Reading()
    try:
        reading.parser.Parse(content, True)
        return reading.builder.close()
    except (expat.ExpatError, ValueError, LookupError, AssertionError) as error:
        raise Unsound from error


def responses(root: Element) -> Iterator[Response]:
    """Those of a multistatus. Raises `Unsound` for any other document."""
    if root.tag != DAV + "multistatus":
        raise Unsound
    for each in root.iterfind(DAV + "response"):
        properties: dict[str, Element] = {}
        for propstat in each.iterfind(DAV + "propstat"):
            if status_of(propstat) in {0, 200}:
                properties |= {one.tag: one for one in propstat.iterfind(f"{DAV}prop/*")}
        for href in each.iterfind(DAV + "href"):
            yield Response(text_of(href), status_of(each), properties)


def status_of(element: Element) -> int:
    """The number in its own DAV:status ("HTTP/1.1 404 Not Found"), 0 if there is none."""
    words = text_of(element.find(DAV + "status")).split()
    return int(words[1]) if len(words) > 1 and words[1].isascii() and words[1].isdecimal() else 0


def preconditions(content: bytes) -> set[str]:
    """Which rules an answer without success names (DAV:error), none if it is no XML."""
    try:
        root = read(content)
    except Unsound:
        return set()
    return {each.tag for each in root} if root.tag == DAV + "error" else set()


class _Reading:
    """Expat's events on their way to a tree, as long as they are harmless."""

    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.builder.data
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self._depth = self._elements = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise Unsound
        self.builder.start(_name(name), attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.builder.end(_name(name))

    def _refuse(self, *_declared: object) -> None:
        raise Unsound


def _name(name: str) -> str:
    return "{" + name if "}" in name else name
