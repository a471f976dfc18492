"""A new or changed object before it is stored, as the rules of completion see it: `Unfinished`.

Two classes are one: the draft of a write through the API, and the object of a world file while
the world is built. The rules ask and set nothing but what stands here.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Sequence

if TYPE_CHECKING:
    from ...model import TypeDef
    from ...store import Obj
    from .creation_rules import CreationRules

__all__ = ['FlowState', 'Unfinished']


class FlowState(NamedTuple):
    """A flow state of a project: which schedule state it stands for, and where it comes."""

    oid: int
    mapping: Any
    order: int


class Unfinished(Protocol):
    """Answer what an object will hold, and take what follows from it."""

    @property
    def type_def(self) -> TypeDef:
        """Its type, as its workspace has it."""

    @property
    def rules(self) -> CreationRules:
        """What every object of its type gets."""

    @property
    def creating(self) -> bool:
        """Whether it is not stored yet."""

    @property
    def oid(self) -> int | None:
        """Its ObjectID, once it has one."""

    @property
    def workspace(self) -> int | None:
        """The workspace it is made in, where it names none."""

    @property
    def project(self) -> int | None:
        """The project it is made in, where it names none."""

    @property
    def author(self) -> int:
        """The user who makes it."""

    @property
    def stamp(self) -> str:
        """When this version of it comes about."""

    @property
    def since(self) -> str:
        """The earliest moment at which it can have reached its state."""

    @property
    def zone(self) -> tzinfo:
        """The time zone of its workspace."""

    def has(self, name: str) -> bool:
        """Say whether the type has an attribute."""

    def value(self, name: str) -> Any:
        """Return a scalar as it will be."""

    def link(self, name: str) -> int | None:
        """Return the target of a reference as it will be."""

    def target(self, name: str) -> Obj | None:
        """Return the object a reference will point to."""

    def link_of(self, oid: int, name: str) -> int | None:
        """Return where a reference of another object leads."""

    def given(self, name: str) -> bool:
        """Say whether the writer names an attribute, or a rule has set it already."""

    def lacks(self, name: str) -> bool:
        """Say whether a scalar is left to the service."""

    def turned(self, name: str) -> bool:
        """Say whether an attribute will differ from what is stored."""

    def put(self, name: str, value: Any) -> None:
        """Set a scalar that follows from others, if the type has it."""

    def point(self, name: str, target: int | None) -> None:
        """Set a reference that follows from other attributes, if the type has it."""

    def correct(self, name: str, value: Any) -> None:
        """Set a scalar that the writer gave in another form."""

    def take_defaults(self) -> None:
        """Hold the default values where nothing else was said."""

    def refuse(self, text: str) -> None:
        """Say that the object cannot be as it is."""

    def flow_states(self) -> Sequence[FlowState]:
        """Return the flow states of its project, in their order."""

    def configured(self, name: str) -> Any:
        """Return a value of its workspace's configuration."""

    def subscription(self) -> Obj | None:
        """Return the one subscription."""

    def size_of(self, content: int) -> int | None:
        """Return how many bytes a content holds; None when there is none."""

    def next_number(self, name: str, reference: str, first: int) -> int:
        """Return the number after the greatest among those with the same owner."""
