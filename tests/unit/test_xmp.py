"""XMP packets: each encoding and way of writing, and attacks that end at once."""

import pytest

from polit.base.clock import monotonic_s
from polit.decode._exif_sample import SAMPLE_PACKET
from polit.decode._xmp import read_packet

WANTED = frozenset(
    {"dc:creator", "dc:title", "xmp:CreateDate", "xmpMM:DerivedFrom/stRef:documentID",
     "mwg-rs:Regions/mwg-rs:RegionList/mwg-rs:Name", "Iptc4xmpExt:DigitalSourceType"}
)  # fmt: skip
HEAD = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:m="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:r="http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
 xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:g="http://www.metadataworkinggroup.com/schemas/regions/"><rdf:Description>"""
FOOT = "</rdf:Description></rdf:RDF>"


def found(body: str) -> tuple[tuple[str, str], ...]:
    packet = read_packet((HEAD + body + FOOT).encode(), WANTED)
    assert packet.damage == ""
    return packet.properties


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("padding", ["", "\n" * 100, "\0"])
def test_a_packet_is_read_in_every_encoding(encoding: str, padding: str) -> None:
    packet = read_packet((SAMPLE_PACKET + padding).encode(encoding), WANTED)
    assert packet.damage == ""
    assert packet.properties == (
        ("xmp:CreateDate", "2019-05-04T12:33:10+02:00"),
        ("dc:creator", "One"),
        ("dc:creator", "Two"),
    )
    assert packet.first("dc:creator") == "One"
    assert packet.first("dc:title") == ""


def test_a_declared_encoding_does_not_matter() -> None:
    declared = '<?xml version="1.0" encoding="ebcdic-cp-be"?>' + HEAD + FOOT
    assert read_packet(declared.encode(), WANTED).damage == ""


@pytest.mark.parametrize(
    "body",
    [
        '<m:DerivedFrom r:documentID="a"/>',
        "<m:DerivedFrom><rdf:Bag><r:documentID>a</r:documentID></rdf:Bag></m:DerivedFrom>",
        '<m:DerivedFrom rdf:parseType="Resource"><r:documentID> a\n</r:documentID></m:DerivedFrom>',
    ],
)
def test_a_structure_is_read_however_it_is_written(body: str) -> None:
    assert found(body) == (("xmpMM:DerivedFrom/stRef:documentID", "a"),)


def test_a_reference_is_a_value() -> None:
    body = '<i:DigitalSourceType rdf:resource="http://example.org/made"/>'
    assert found(body) == (("Iptc4xmpExt:DigitalSourceType", "http://example.org/made"),)


def test_names_of_regions_are_read() -> None:
    body = (
        '<g:Regions><rdf:Bag><rdf:li><rdf:Description g:Name="no list"/></rdf:li></rdf:Bag>'
        "<g:RegionList><rdf:Bag><rdf:li g:Name='One'/><rdf:li g:Name='Two'/></rdf:Bag>"
        "</g:RegionList></g:Regions>"
    )
    names = [value for _, value in found(body)]
    assert names == ["One", "Two"]


def test_the_same_name_of_another_namespace_or_depth_is_not_wanted() -> None:
    assert found('<x:title xmlns:x="urn:other">a</x:title>') == ()
    assert found("<m:Pantry><dc:title>a</dc:title></m:Pantry>") == ()
    assert found(f'<x:{"a" * 100} xmlns:x="http://purl.org/dc/elements/1.1/"/>') == ()


def test_equal_values_stand_once_and_all_are_at_most_sixteen() -> None:
    assert found("<dc:title>a</dc:title>" * 3) == (("dc:title", "a"),)
    many = "".join(f"<dc:title>{number}</dc:title>" for number in range(100))
    assert len(found(many)) == 16


def test_a_long_value_ends_in_an_ellipsis() -> None:
    ((_, value),) = found(f"<dc:title>{' ' * 5000}{'a' * 5000}</dc:title>")
    assert value == "a" * 255 + "\u2026"


def test_what_was_read_before_the_damage_is_kept() -> None:
    packet = read_packet((HEAD + "<dc:title>a</dc:title><dc:creator>b").encode(), WANTED)
    assert packet.properties == (("dc:title", "a"),)
    assert packet.damage.startswith("not well-formed at line 5, column")


def test_foreign_bytes_become_visible() -> None:
    packet = read_packet((HEAD + "<dc:title>a?b</dc:title>" + FOOT).encode().replace(b"?", b"\xff"),
                         WANTED)  # fmt: skip
    assert packet.properties == (("dc:title", "a\\xffb"),)


BILLION = "<!DOCTYPE a [<!ENTITY b 'ha'>" + "".join(
    f"<!ENTITY b{number} '{f'&b{number - 1};' * 10}'>" for number in range(1, 10)
)


@pytest.mark.parametrize(
    ("untrusted", "damage"),
    [
        (BILLION + "]><a>&b9;</a>", "has a document type"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "has a document type"),
        ('<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', "has a document type"),
        ("<a>&b;</a>", "not well-formed at line 1, column 3"),
        ("<a>" * 100, "deeper or longer"),
        ("<a>" + "<b/>" * 30_000 + "</a>", "deeper or longer"),
        ("<a " + " ".join(f"b{number}=''" for number in range(30_000)) + "/>", "deeper or longer"),
        ("<a>\0</a>", "not well-formed at line 1"),
        ("words", "not well-formed at line 1"),
        ("<a>&#xD800;</a>", "not well-formed at line 1"),
        ("<?xpacket?>" + " " * (1 << 20), "larger than 1048576 bytes, not read"),
    ],
)
def test_an_attack_ends_at_once(untrusted: str, damage: str) -> None:
    started_s = monotonic_s()
    packet = read_packet(untrusted.encode(), WANTED)
    assert packet.properties == ()
    assert packet.damage.startswith(damage)
    assert monotonic_s() - started_s < 5


@pytest.mark.parametrize("untrusted", [b"", b"\0\0", b"\xff\xfe", b"\xef\xbb\xbf", b"  \n"])
def test_an_empty_packet_says_nothing(untrusted: bytes) -> None:
    packet = read_packet(untrusted, WANTED)
    assert (packet.properties, packet.damage) == ((), "")
