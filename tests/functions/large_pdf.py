"""A PDF file of any size, written to disk object by object: pages with text, and one object that nobody reads."""

import sys
from pathlib import Path

MIB = 1024 * 1024


def write(path, pages, padding_mib=0):
    """The file, with as many MiB of padding; its pages say their numbers."""
    offsets = []
    with Path(path).open("wb") as file:
        file.write(b"%PDF-1.7\n")

        def add(body):
            offsets.append(file.tell())
            file.write(b"%d 0 obj\n" % len(offsets) + body + b"\nendobj\n")

        kids = b" ".join(b"%d 0 R" % (4 + 2 * page) for page in range(pages))
        add(b"<< /Type /Catalog /Pages 2 0 R >>")
        add(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids))
        add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
        for page in range(pages):
            text = b"BT /F1 12 Tf 20 200 Td (page %d) Tj ET" % (page + 1)
            resources = b"<< /Font << /F1 3 0 R >> >>"
            add(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Resources %s /Contents %d 0 R >>"
                % (resources, 5 + 2 * page)
            )
            add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text))
        offsets.append(file.tell())
        file.write(b"%d 0 obj\n<< /Length %d >>\nstream\n" % (len(offsets), padding_mib * MIB))
        file.writelines(b"\xa5" * MIB for _ in range(padding_mib))
        file.write(b"\nendstream\nendobj\n")
        table = file.tell()
        entries = b"".join(b"%010d 00000 n \n" % each for each in offsets)
        size = len(offsets) + 1
        file.write(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, entries))
        file.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, table))


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
