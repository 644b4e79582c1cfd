class Type:
    def __call__(self, *arguments: Type) -> Type: ...

class CPointer(Type):
    def __init__(self, pointee: Type) -> None: ...

class Array(Type):
    def __init__(self, dtype: Type, ndim: int, layout: str, readonly: bool = False) -> None: ...

class UniTuple(Type):
    def __init__(self, dtype: Type, count: int) -> None: ...

void: Type
int32: Type
int64: Type
uint8: Type
uint16: Type
uint32: Type
uint64: Type
float32: Type
