"""Every error that Tokenloom raises on purpose, drawn as one tree.

    TokenloomError                what happened (message), what to do (hint), a stable code, HTTP status, exit code
    ├── SpecError                 a setting is unknown, mistyped or impossible                        422 · exit 2
    ├── DataError                 a file or row cannot be used as it is                               422 · exit 2
    ├── ResourceError             the machine cannot do it                                            507 · exit 1
    │   ├── OutOfMemory
    │   ├── DiskFull
    │   └── MissingExtra          an optional dependency is absent; the hint names the extra          501 · exit 2
    ├── RunError                  a run failed                                                        500 · exit 1
    │   ├── NotFinite             NaN or Inf where a number was needed
    │   └── Interrupted           a signal or a command ended it                                      409 · exit 130
    ├── ExportError               an artefact could not be written or did not verify                  500 · exit 1
    ├── PluginError               a plugin is broken; it is named and skipped                         500 · exit 1
    ├── NotFound                  no such dataset, run, model …                                       404 · exit 3
    ├── Conflict                  someone else holds it, or the state forbids it                      409 · exit 4
    └── Denied                    not allowed                                                         403 · exit 2

The same three parts (what, why, what to do) are shown in terminal, form, API and log.
"""

from __future__ import annotations

from typing import Any, ClassVar


class TokenloomError(Exception):
    """Base of the tree: ``message`` says what and why, ``hint`` says what to do next."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    def __str__(self) -> str:
        return f"{self.message}\n  → {self.hint}" if self.hint else self.message

    def as_dict(self) -> dict[str, Any]:
        """JSON form used by ``--json``, problem+json and the run log."""
        return {"code": self.code, "message": self.message, "hint": self.hint, **self.details}


def from_dict(data: dict[str, Any]) -> TokenloomError:
    """The error that :meth:`TokenloomError.as_dict` described, of its own class where the code is known (else :class:`RunError`)."""
    details = {key: value for key, value in data.items() if key not in ("code", "message", "hint")}
    kind = _by_code(TokenloomError).get(str(data.get("code")), RunError)
    error = kind.__new__(kind)
    TokenloomError.__init__(error, str(data.get("message", "")), hint=str(data.get("hint", "")), **details)
    return error


def _by_code(kind: type[TokenloomError]) -> dict[str, type[TokenloomError]]:
    known = {kind.code: kind}
    for each in kind.__subclasses__():
        known |= _by_code(each)
    return known


class SpecError(TokenloomError):
    """A setting is unknown, mistyped or impossible. ``details["errors"]`` lists ``{field, message, fix}``."""

    code, status, exit_code = "spec", 422, 2


class DataError(TokenloomError):
    """A file, column or row cannot be used as it is."""

    code, status, exit_code = "data", 422, 2


class ResourceError(TokenloomError):
    """The machine cannot do what was asked."""

    code, status, exit_code = "resource", 507, 1


class OutOfMemory(ResourceError):
    """Host or device memory ran out."""

    code = "out_of_memory"


class DiskFull(ResourceError):
    """No space left; ``details`` hold ``needs_bytes`` and ``has_bytes`` where known."""

    code = "disk_full"


class MissingExtra(ResourceError):
    """An optional dependency is not installed."""

    code, status, exit_code = "missing_extra", 501, 2

    def __init__(self, extra: str, feature: str) -> None:
        super().__init__(
            f"{feature} needs the optional extra [{extra}], which is not installed.",
            hint=f'Install it with: pip install "tokenloom[{extra}]"',
            extra=extra,
        )


class RunError(TokenloomError):
    """A run failed; its log holds the details."""

    code = "run"


class NotFinite(RunError):
    """NaN or Inf where a finite number was needed."""

    code = "not_finite"


class Diverged(RunError):
    """The loss went up for good."""

    code = "diverged"


class Interrupted(RunError):
    """A signal or a command ended the work before its end."""

    code, status, exit_code = "interrupted", 409, 130


class ExportError(TokenloomError):
    """An artefact could not be written or did not verify."""

    code = "export"


class PluginError(TokenloomError):
    """A plugin is broken."""

    code = "plugin"


class NotFound(TokenloomError):
    """There is no such thing under that name."""

    code, status, exit_code = "not_found", 404, 3


class Conflict(TokenloomError):
    """Someone else holds it, or its state forbids the action."""

    code, status, exit_code = "conflict", 409, 4


class Denied(TokenloomError):
    """The caller may not do this."""

    code, status, exit_code = "denied", 403, 2
