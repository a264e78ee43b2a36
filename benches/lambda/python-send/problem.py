"""An answer that is no success."""


class Problem(Exception):
    """A status, its code and what is wrong."""

    def __init__(self, status: int, code: str, detail: str, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors = [] if pointer is None else [{"pointer": pointer, "detail": detail}]
