"""Other people's decoders, and other people's ESC/POS, in one process that is asked again and again.

On standard input comes a line of JSON, `{"width", "height", "escpos", "matrix"}`, then width x height bytes of grey dots,
then `escpos` bytes that should print the same picture without its frame. One line of JSON goes out for each: what zxing-cpp,
zbar and (where `matrix` says that there is a Data Matrix to be found) libdmtx have read, and how many dots python-escpos
would print otherwise.
"""

import contextlib
import io
import json
import sys

import zxingcpp
from escpos.printer import Dummy
from PIL import Image
from pylibdmtx import pylibdmtx
from pyzbar import pyzbar

# The symbologies of our labels: a scanner is set to them too.
ZXING_FORMATS = [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix]
ZXING_NAMES = {"Code128": "code128", "QRCode": "qr", "DataMatrix": "datamatrix"}
ZBAR_NAMES = {"CODE128": "code128", "QRCODE": "qr"}
# White around the label, as whoever asks has drawn it.
FRAME_DOTS = 40
GS_V_0 = b"\x1dv0"


def zxing(picture):
    found = zxingcpp.read_barcodes(picture, formats=ZXING_FORMATS)
    return sorted({(ZXING_NAMES[one.format.name], one.text) for one in found})


def zbar(dots, width, height):
    found = pyzbar.decode((dots, width, height), symbols=[pyzbar.ZBarSymbol.CODE128, pyzbar.ZBarSymbol.QRCODE])
    return sorted({(ZBAR_NAMES[one.type], one.data.decode()) for one in found})


def dmtx(dots, width, height):
    found = pylibdmtx.decode((dots, width, height), timeout=5000, max_count=1)
    return sorted({("datamatrix", one.data.decode()) for one in found})


def bands(escpos):
    """The rows of every GS v 0 in a stream, one below the other; what stands between them is not looked at."""
    rows, at, row_bytes = b"", 0, 0
    while (at := escpos.find(GS_V_0, at)) >= 0:
        row_bytes = int.from_bytes(escpos[at + 4 : at + 6], "little")
        length = row_bytes * int.from_bytes(escpos[at + 6 : at + 8], "little")
        rows += escpos[at + 8 : at + 8 + length]
        at += 8 + length
    return row_bytes, rows


def differing(picture, escpos):
    """How many dots python-escpos prints otherwise; every dot, where the pictures are not of one size."""
    width, height = picture.size
    label = picture.crop((FRAME_DOTS, FRAME_DOTS, width - FRAME_DOTS, height - FRAME_DOTS))
    printer = Dummy()
    # It says on standard output, each time, that it does not know how wide the printer is.
    with contextlib.redirect_stdout(io.StringIO()):
        printer.image(label, impl="bitImageRaster", fragment_height=200)
    theirs, ours = bands(printer.output), bands(escpos)
    if theirs[0] != ours[0] or len(theirs[1]) != len(ours[1]):
        return width * height
    return (int.from_bytes(theirs[1], "big") ^ int.from_bytes(ours[1], "big")).bit_count()


def main():
    while header := sys.stdin.buffer.readline():
        ask = json.loads(header)
        width, height = ask["width"], ask["height"]
        dots, escpos = sys.stdin.buffer.read(width * height), sys.stdin.buffer.read(ask["escpos"])
        picture = Image.frombytes("L", (width, height), dots)
        said = {
            "zxing": zxing(picture),
            "zbar": zbar(dots, width, height),
            "dmtx": dmtx(dots, width, height) if ask["matrix"] else [],
            "escpos_differing": differing(picture, escpos) if escpos else 0,
        }
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
