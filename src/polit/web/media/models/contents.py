"""Volumes, folders and contents of a package, and what decoding a content gave."""

from django.db import models

from polit.model.codes import FOLDER_KINDS
from polit.web.media.models.packages import PackageRow, package_column, word_of
from polit.web.media.volume_names import volume_name


class Volume(PackageRow):
    """A volume, or a range that no volume covers."""

    package = package_column()
    number = models.IntegerField()
    scheme = models.TextField()
    description = models.TextField()
    offset_bytes = models.BigIntegerField()
    size_bytes = models.BigIntegerField()
    is_allocated = models.BooleanField()
    locator = models.TextField()
    state = models.SmallIntegerField()
    filesystem = models.TextField()
    unallocated_bytes = models.BigIntegerField(null=True)
    time_basis = models.SmallIntegerField(null=True)
    time_resolution = models.TextField()
    time_source = models.TextField()
    reason = models.TextField()
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    layer = models.TextField(default="")
    opened_by = models.TextField(default="")

    class Meta:
        """The table."""

        db_table = "media_volume"

    def __str__(self) -> str:
        """Return its number in the source."""
        return str(self.number)

    @property
    def title(self) -> str:
        """What it is called, with the volumes that it lies in."""
        return volume_name(self.locator, is_allocated=self.is_allocated)


class Carving(PackageRow):
    """How far an area of a volume that no file owns was searched, and what that gave."""

    package = package_column()
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="+", db_index=False)
    area = models.SmallIntegerField()
    state = models.SmallIntegerField()
    reason = models.TextField()
    size_bytes = models.BigIntegerField()
    searched_bytes = models.BigIntegerField()
    candidates = models.BigIntegerField()
    found_again = models.BigIntegerField()
    undecoded = models.BigIntegerField()
    carved = models.BigIntegerField()
    carved_bytes = models.BigIntegerField()

    class Meta:
        """The table."""

        db_table = "media_carving"

    def __str__(self) -> str:
        """Return its area."""
        return str(self.area)


class Folder(PackageRow):
    """A folder whose names were listed, or could not be."""

    package = package_column()
    volume = models.ForeignKey(Volume, on_delete=models.PROTECT, related_name="+", db_index=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="folders")
    entry_id = models.BigIntegerField(null=True)
    path = models.TextField()
    raw_path = models.BinaryField()
    kind = models.SmallIntegerField()
    is_deleted = models.BooleanField()
    state = models.SmallIntegerField()
    entries = models.BigIntegerField()
    entries_below = models.BigIntegerField()

    class Meta:
        """The table."""

        db_table = "media_folder"

    def __str__(self) -> str:
        """Return its kind."""
        return str(self.kind)

    @property
    def title(self) -> str:
        """Its path; at the top of a volume with the volume, which has paths of its own."""
        if self.parent_id:
            return self.path
        return f"{self.volume.title}: {self.path or 'root'}"

    @property
    def state_of_names(self) -> str:
        """Whether the names in it are in use: a folder that no file system has says what it is."""
        kind = FOLDER_KINDS.value(self.kind)
        told = {"carved": "carved", "orphans": "lost names"}
        return told.get(kind, "deleted" if self.is_deleted else "live")


class Content(PackageRow):
    """One content of a package; SHA-256 is its name, in this package and in every other."""

    package = package_column()
    sha256 = models.BinaryField()
    md5 = models.BinaryField(null=True)
    sha1 = models.BinaryField(null=True)
    size_bytes = models.BigIntegerField()
    kind = models.SmallIntegerField(null=True)
    mime = word_of(null=True)
    occurrences = models.BigIntegerField()

    class Meta:
        """The table: a content stands once in a package, and is found in all of them."""

        db_table = "media_content"
        constraints = (
            models.UniqueConstraint(fields=["sha256", "package"], name="media_content_once"),
        )

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class Media(PackageRow):
    """How decoding a content ended, and what it says of itself."""

    content = models.OneToOneField(Content, on_delete=models.PROTECT, related_name="media")
    outcome = models.SmallIntegerField()
    reason = word_of(null=True)
    decoder = word_of(null=True)
    width_px = models.BigIntegerField(null=True)
    height_px = models.BigIntegerField(null=True)
    orientation = models.BigIntegerField(null=True)
    frames = models.BigIntegerField(null=True)
    duration_ms = models.BigIntegerField(null=True)
    flaws = models.TextField()
    make = word_of(null=True)
    model = word_of(null=True)
    serial = models.TextField()
    taken_at = models.TextField()
    taken_basis = models.SmallIntegerField(null=True)
    taken_offset_min = models.BigIntegerField(null=True)
    taken_source = models.TextField()
    latitude_e7 = models.BigIntegerField(null=True)
    longitude_e7 = models.BigIntegerField(null=True)
    altitude_mm = models.BigIntegerField(null=True)
    position_source = models.TextField()
    has_pictures_inside = models.BooleanField()

    class Meta:
        """The table."""

        db_table = "media_media"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class Tag(PackageRow):
    """One thing more that a content says of itself."""

    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="tags")
    number = models.BigIntegerField()
    name = word_of()
    value = models.TextField()

    class Meta:
        """The table."""

        db_table = "media_tag"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.number)


class PerceptualHash(PackageRow):
    """A fingerprint of a content, or of one of its frames."""

    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="hashes")
    algorithm = word_of()
    variant = models.SmallIntegerField()
    frame = models.BigIntegerField()
    frame_ms = models.BigIntegerField(null=True)
    value = models.BinaryField()
    quality = models.SmallIntegerField()
    dihedral = models.BinaryField(null=True)

    class Meta:
        """The table."""

        db_table = "media_hash"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)


class Derivative(PackageRow):
    """Where an encrypted derivative of a content lies in the pack of its role."""

    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="derivatives")
    role = models.SmallIntegerField()
    story = models.SmallIntegerField()
    at_ms = models.BigIntegerField(null=True)
    media_type = word_of()
    width_px = models.IntegerField()
    height_px = models.IntegerField()
    size_bytes = models.BigIntegerField()
    plaintext_sha256 = models.BinaryField()
    offset_bytes = models.BigIntegerField()
    stored_bytes = models.BigIntegerField()

    class Meta:
        """The table."""

        db_table = "media_derivative"

    def __str__(self) -> str:
        """Return its number."""
        return str(self.pk)
