"""Codes and places of a city that does not exist.

Region codes beginning 9199 are unused, so no code made here can belong to a real enterprise.
"""

from __future__ import annotations

from dataclasses import dataclass

from keqiao.examples.draws import Draw

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, k, 31) for k in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Place:
    """A district or zone: six-digit code, made-up name, ``kind`` 区县 or 园区, and share of enterprises.

    ``parent`` is the code of the city for a district and of its district for a zone.
    ``tech`` multiplies the weight of high-tech industries among its enterprises.
    """

    code: str
    name: str
    kind: str
    parent: str
    share: float
    tech: float


CITY_CODE = "919900"
CITY_NAME = "示例市"

PLACES: tuple[Place, ...] = (
    Place("919901", "示例市甲山区", "区县", CITY_CODE, 0.15, 0.9),
    Place("919902", "示例市乙河区", "区县", CITY_CODE, 0.15, 1.0),
    Place("919903", "示例市丙湖区", "区县", CITY_CODE, 0.11, 0.9),
    Place("919904", "示例市丁江区", "区县", CITY_CODE, 0.10, 0.8),
    Place("919905", "示例市戊林区", "区县", CITY_CODE, 0.08, 0.6),
    Place("919906", "示例市己原县", "区县", CITY_CODE, 0.06, 0.5),
    Place("919971", "示例高新技术产业开发区", "园区", "919902", 0.23, 3.5),
    Place("919972", "示例经济技术开发区", "园区", "919904", 0.12, 1.6),
)


def draw_place(draw: Draw) -> Place:
    """The place where an enterprise is registered."""
    return PLACES[draw.pick([place.share for place in PLACES])]


def organisation_check(body: str) -> str:
    """The check character of eight digits of an organisation code (GB 11714, MOD 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    rest = (11 - total % 11) % 11
    return "X" if rest == 10 else str(rest)


def uscc(number: int, place: Place) -> str:
    """The 统一社会信用代码 of enterprise ``number`` (1 to 99,999,999), beginning 9199 (GB 32100, MOD 31-3).

    91 (enterprise), a region code beginning 99 that ends as the place's code does, the
    organisation code and the check character.
    """
    body = f"{number:08d}"
    stem = f"919900{place.code[4:]}{body}{organisation_check(body)}"
    total = sum(_ALPHABET.index(char) * weight for char, weight in zip(stem, _USCC_WEIGHTS, strict=True))
    return stem + _ALPHABET[(31 - total) % 31]
