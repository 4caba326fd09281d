"""Public money: the ledger of section 7 of docs/ODD.md."""

from __future__ import annotations


class Ledger:
    """Money by programme and fiscal year in JPY M, lists ``[row][year]``."""

    def __init__(self, appropriated: list[list[float]]) -> None:
        self.appropriated = appropriated
        self.spent = [[0.0] * len(years) for years in appropriated]
        self.lapsed = [[0.0] * len(years) for years in appropriated]
        self.remaining = [0.0] * len(appropriated)
        self.spent_this_quarter = 0.0

    def open(self, year: int, first_of_year: bool) -> None:
        self.spent_this_quarter = 0.0
        if first_of_year:
            self.remaining = [years[year] for years in self.appropriated]

    def spend(self, row: int, year: int, amount: float) -> None:
        self.remaining[row] -= amount
        self.spent[row][year] += amount
        self.spent_this_quarter += amount

    def close(self, year: int, last_of_year: bool) -> None:
        if not last_of_year:
            return
        for row, left in enumerate(self.remaining):
            self.lapsed[row][year] = left
            self.remaining[row] = 0.0
