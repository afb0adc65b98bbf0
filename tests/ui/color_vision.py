"""How colors look with the three common deficiencies, by the matrices of Machado, Oliveira and Fernandes.

"A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1, for linear RGB.
"""

import numpy as np

MATRICES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
# Linear sRGB to XYZ (D65), for CIE L*a*b*.
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE_POINT = XYZ.sum(axis=1)


def seen(color, deficiency):
    """Return an sRGB color, 0 to 255 each, as it looks with a deficiency; None: with normal vision."""
    if deficiency is None:
        return tuple(color)
    simulated = np.clip(np.array(MATRICES[deficiency]) @ linear(color), 0, 1)
    values = np.where(simulated <= 0.0031308, 12.92 * simulated, 1.055 * simulated ** (1 / 2.4) - 0.055)
    return tuple(int(value) for value in np.rint(255 * values))


def linear(color):
    """Return linear RGB, 0 to 1 each."""
    values = np.array(color) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def difference(first, second):
    """Return the distance of two sRGB colors in CIE L*a*b* (1976): 2.3 can just be seen, 10 at once."""
    return float(np.linalg.norm(_lab(first) - _lab(second)))


def _lab(color):
    x, y, z = _f(XYZ @ linear(color) / WHITE_POINT)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _f(values):
    return np.where(values > (6 / 29) ** 3, np.cbrt(values), values / (3 * (6 / 29) ** 2) + 4 / 29)
