class Type:
    def __call__(self, *arguments: Type) -> Type: ...

class CPointer(Type):
    def __init__(self, pointee: Type) -> None: ...

void: Type
int32: Type
int64: Type
uint8: Type
uint32: Type
uint64: Type
float32: Type
