"""The tree is RFC 9162's: published roots, an independent implementation, properties."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from polit.web.audit import tree, verify_audit

# The leaves and roots that implementations of RFC 6962 and 9162 have tested with since 2013.
VECTOR_LEAVES = (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)  # fmt: skip
VECTOR_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
sizes = st.integers(1, 130)


def made(count: int) -> list[bytes]:
    return [tree.leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def test_roots_are_the_published_ones() -> None:
    leaves = [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in VECTOR_LEAVES]
    roots = [tree.root_of(leaves[:size]).hex() for size in range(1, 9)]
    assert roots == list(VECTOR_ROOTS)
    assert tree.root_of([]) == hashlib.sha256(b"").digest()


def test_published_inclusion_path_holds() -> None:
    leaves = [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in VECTOR_LEAVES]
    path = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [node.hex() for node in tree.prove_inclusion(leaves, 5)] == path


@given(sizes)
def test_root_is_that_of_an_independent_implementation(size: int) -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for number in range(size):
        oracle.append_entry(number.to_bytes(4, "big"))
    assert tree.root_of(made(size)) == oracle.get_root()


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (1, 1, []),
        (1, 8, [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]),
        (6, 8, [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]),
        (2, 5, [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ]),
    ],
)  # fmt: skip
def test_published_consistency_paths_hold(old: int, new: int, path: list[str]) -> None:
    leaves = [tree.leaf_hash(bytes.fromhex(leaf)) for leaf in VECTOR_LEAVES]
    assert [node.hex() for node in tree.prove_consistency(leaves[:new], old)] == path


@given(sizes, sizes)
def test_consistency_holds_for_the_roots_of_an_independent_implementation(
    one: int, two: int
) -> None:
    old, new = sorted((one, two))
    oracle = InmemoryTree(algorithm="sha256")
    for number in range(new):
        oracle.append_entry(number.to_bytes(4, "big"))
    roots = (old, oracle.get_root(old)), (new, oracle.get_root(new))
    assert tree.holds_consistency(*roots, tree.prove_consistency(made(new), old))


@given(sizes, st.data())
def test_frontier_goes_on_where_it_was_left(size: int, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, size))
    first = tree.Frontier()
    for leaf in made(size)[:cut]:
        first.append(leaf)
    second = tree.Frontier(first.size, first.peaks)
    for leaf in made(size)[cut:]:
        second.append(leaf)
    assert (second.size, second.root()) == (size, tree.root_of(made(size)))


def test_frontier_of_the_wrong_number_of_peaks_is_refused() -> None:
    with pytest.raises(ValueError, match="2 peaks"):
        tree.Frontier(3, [tree.EMPTY_ROOT])


@given(sizes, st.data())
def test_inclusion_holds_for_its_own_leaf_place_and_root_alone(
    size: int, data: st.DataObject
) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size))
    leaves = made(size)
    path, root = tree.prove_inclusion(leaves, index), tree.root_of(leaves)
    assert tree.holds_inclusion(leaves[index], index, size, path, root)
    assert not tree.holds_inclusion(tree.leaf_hash(b"x"), index, size, path, root)
    assert not tree.holds_inclusion(leaves[index], index, size, path, tree.EMPTY_ROOT)
    assert not tree.holds_inclusion(leaves[index], index, size, [*path, root], root)
    assert other == index or not tree.holds_inclusion(leaves[index], other, size, path, root)
    assert not path or not tree.holds_inclusion(leaves[index], index, size, path[1:], root)


@given(sizes, st.data())
def test_consistency_fails_for_another_tree(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    leaves = made(size)
    path = tree.prove_consistency(leaves, old)
    new_root, old_root = tree.root_of(leaves), tree.root_of(leaves[:old])
    altered = [tree.leaf_hash(b"x"), *leaves[1:old]]
    assert not tree.holds_consistency((old, tree.root_of(altered)), (size, new_root), path)
    assert not tree.holds_consistency((old, old_root), (size, tree.EMPTY_ROOT), path)
    assert not tree.holds_consistency((old, old_root), (size, new_root), [*path, new_root])
    assert not path or not tree.holds_consistency((old, old_root), (size, new_root), path[:-1])


def test_no_proof_leads_backwards_or_from_nothing() -> None:
    leaves, root = made(3), tree.root_of(made(3))
    for old in (0, 4):
        with pytest.raises(ValueError, match="no proof"):
            tree.prove_consistency(leaves, old)
        assert not tree.holds_consistency((old, root), (3, root), [root])
    with pytest.raises(ValueError, match="no leaf 3"):
        tree.prove_inclusion(leaves, 3)
    assert not tree.holds_consistency((0, tree.EMPTY_ROOT), (0, tree.EMPTY_ROOT), [])


@given(sizes)
def test_verifiers_own_tree_is_the_same(size: int) -> None:
    own = verify_audit.Tree()
    for leaf in made(size):
        own.add(leaf)
    assert (own.size, own.root()) == (size, tree.root_of(made(size)))
