"""What is wrong with a seed file: where, what, and what to do; collected, never only the first."""

from dataclasses import dataclass

from utils.errors import AppError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault. `path` is written as in products[3].variants[0].sku."""

    path: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}. {self.hint}" if self.path else f"{self.message}. {self.hint}"


class SeedErrors(AppError):
    """The file cannot be loaded; nothing was written."""

    code, kind = "seed_invalid", "invalid"
    message = "The seed file has errors; nothing was written."

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
