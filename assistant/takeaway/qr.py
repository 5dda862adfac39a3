"""An address as a QR code. The one file that speaks segno."""

import segno


def qr_modules(address: str) -> tuple[tuple[bool, ...], ...]:
    """Dark and light modules row by row, with the quiet zone that the standard asks for (ISO/IEC 18004: 4 modules)."""
    rows = segno.make_qr(address, error="m").matrix_iter(border=4)
    return tuple(tuple(bool(module) for module in row) for row in rows)
