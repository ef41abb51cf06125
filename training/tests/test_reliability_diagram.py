"""The reliability diagram's bins and drawing."""

import unittest
import xml.etree.ElementTree as ElementTree

from training.evaluate.reliability_diagram import reliability_bins, reliability_svg


class ReliabilityDiagram(unittest.TestCase):
    def test_bins_have_mean_confidence_accuracy_and_count(self) -> None:
        rows = reliability_bins([0.5, 0.55, 0.9, 1.0], [True, False, True, True], 5)
        self.assertEqual([(round(confidence, 3), share, posts) for confidence, share, posts in rows], [(0.525, 0.5, 2), (0.95, 1.0, 2)])

    def test_a_perfect_bin_is_drawn_in_the_upper_right_corner(self) -> None:
        drawing = ElementTree.fromstring(reliability_svg([(0.5, 0.25, 10), (1.0, 1.0, 40)], "int8"))
        circles = [(float(c.get("cx")), float(c.get("cy"))) for c in drawing.iter("{http://www.w3.org/2000/svg}circle")]
        self.assertEqual(circles, [(160.0, 218.0), (276.0, 44.0)])

    def test_no_posts_draw_an_empty_frame(self) -> None:
        self.assertNotIn("circle", reliability_svg([], "int8"))


if __name__ == "__main__":
    unittest.main()
