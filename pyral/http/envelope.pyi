from typing import Any, NamedTuple, Optional, Union

class Page(NamedTuple):
    total: Any
    start: Any
    page_size: Any
    items: Any
    errors: Any
    warnings: Any
    says_total: bool = True
    says_size: bool = True

class Item(NamedTuple):
    type_name: Any
    item: Any
    errors: Any
    warnings: Any

class Receipt(NamedTuple):
    kind: Any
    item: Any
    results: Any
    errors: Any
    warnings: Any
    token: Any

def counts(page: Page, index: int) -> bool: ...
def parse(
    payload: Any, target: Optional[str] = ..., mask: Any = ...
) -> Union[Page, Item, Receipt]: ...
def read(answer: Any, target: Optional[str] = ...) -> Union[Page, Item, Receipt]: ...

__all__ = [
    'Item',
    'Page',
    'Receipt',
    'counts',
    'parse',
    'read',
]
