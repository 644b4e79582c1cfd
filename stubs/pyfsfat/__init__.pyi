"""What the fixtures' second tool uses of pyfsfat, and nothing else."""

class file_entry:
    name: str | None
    size: int
    file_attribute_flags: int
    @property
    def sub_file_entries(self) -> list[file_entry]: ...
    def read_buffer_at_offset(self, size: int, offset: int) -> bytes: ...

class volume:
    root_directory: file_entry
    def open(self, filename: str) -> None: ...
    def close(self) -> None: ...
