"""What a user sees when an object is printed: one line that says what it is, never its arrays."""

import countervail as cv


def test_every_object_fits_on_a_screen() -> None:
    world = cv.load_world("world-2014")
    shock = cv.Shock(world).tariff("USA", "CAN", "goods", add=0.25)
    outcome = cv.solve(world, shock)
    assert "CAN (-1.4" in repr(outcome)
    assert "22 cells" in repr(outcome)
    for value in (world, shock, outcome, cv.sensitivity(world, of="CAN"), cv.solve(world)):
        assert len(repr(value)) < 500
        assert "array(" not in repr(value)
