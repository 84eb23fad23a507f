"""Where the demo's machines stand and who comes to them: places and given names of West Java."""

_PLACES = (
    "Stasiun Bogor", "Kampus IPB", "Pasar Anyar", "Balai Kota", "Terminal Baranangsiang", "Kebun Raya",
    "Alun-Alun", "Taman Sempur", "Stasiun Cilebut", "Pasar Bogor", "Kampus Dramaga", "Taman Heulang",
)  # fmt: skip
_PEOPLE = (
    "Sari", "Budi", "Dewi", "Agus", "Rina", "Asep", "Wulan", "Joko", "Tini", "Dedi", "Maya", "Ujang",
    "Putri", "Hendra", "Lestari", "Yusuf", "Ayu", "Rizky", "Nining", "Bayu", "Citra", "Eko", "Fitri", "Gilang",
)  # fmt: skip


def machine_name(number: int) -> str:
    """The name of the machine with this number, from 0; every number has its own."""
    turn, place = divmod(number, len(_PLACES))
    return _PLACES[place] if turn == 0 else f"{_PLACES[place]} {turn + 1}"


def person_name(number: int) -> str:
    """The name of the person with this number, from 0; every number has its own."""
    turn, person = divmod(number, len(_PEOPLE))
    return _PEOPLE[person] if turn == 0 else f"{_PEOPLE[person]}-{turn + 1}"
