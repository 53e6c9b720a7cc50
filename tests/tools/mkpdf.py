#!/usr/bin/env python3
"""A PDF of lines that are told where to stand: mkpdf.py <SPEC >OUT.

SPEC has a line each: "page" begins a page (595 by 842 points), "title T", "author A", "date YYYYMMDD", "image" a page's picture,
and "SIZE X Y TEXT" text at X, Y from the upper left corner, in bold type with "b" behind the size. What is no ASCII is set in a
font without outlines, whose characters are named by a ToUnicode table.
"""
import sys

head, pages = {}, []
for line in sys.stdin.read().splitlines():
    word, _, rest = line.partition(" ")
    if word == "page":
        pages.append([])
    elif word in ("title", "author", "date"):
        head[word] = rest
    elif word == "image":
        pages[-1].append("q 200 0 0 200 100 400 cm /I Do Q")
    elif word:
        x, y, text = rest.split(" ", 2)
        bold = word.endswith("b")
        size = word.rstrip("b")
        if text.isascii():
            font, shown = "/B" if bold else "/A", "(" + text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ")"
        else:
            font, shown = "/J", "<" + text.encode("utf-16-be").hex() + ">"
        pages[-1].append(f"BT {font} {size} Tf {x} {842 - float(y)} Td {shown} Tj ET")

TABLE = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap CMapName currentdict /CMap defineresource pop end end"""
objects = []


def add(body):
    objects.append(body)
    return len(objects)


def stream(data, more=""):
    return f"<< /Length {len(data.encode('latin-1'))} {more}>>\nstream\n{data}\nendstream"


def text_of(value):
    return "<feff" + value.encode("utf-16-be").hex() + ">"


catalog, tree = add(""), add("")
font_a = add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
font_b = add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
table = add(stream(TABLE))
cid = add("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Made /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
          "/Supplement 0 >> /DW 1000 >>")
font_j = add(f"<< /Type /Font /Subtype /Type0 /BaseFont /Made /Encoding /Identity-H /DescendantFonts [{cid} 0 R] "
             f"/ToUnicode {table} 0 R >>")
image = add(stream("\x80", "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "))
kids = []
for page in pages:
    content = add(stream("\n".join(page)))
    kids.append(add(f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R /Resources << /Font "
                    f"<< /A {font_a} 0 R /B {font_b} 0 R /J {font_j} 0 R >> /XObject << /I {image} 0 R >> >> >>"))
objects[catalog - 1] = f"<< /Type /Catalog /Pages {tree} 0 R >>"
objects[tree - 1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{k} 0 R' for k in kids)}] >>"
info = add("<< " + (f"/Title {text_of(head['title'])} " if "title" in head else "")
           + (f"/Author {text_of(head['author'])} " if "author" in head else "")
           + (f"/CreationDate (D:{head['date']}120000Z) " if "date" in head else "") + ">>")
out, places = b"%PDF-1.7\n", []
for n, body in enumerate(objects, 1):
    places.append(len(out))
    out += f"{n} 0 obj\n{body}\nendobj\n".encode("latin-1")
end = len(out)
out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
out += b"".join(f"{at:010d} 00000 n \n".encode() for at in places)
out += f"trailer << /Size {len(objects) + 1} /Root {catalog} 0 R /Info {info} 0 R >>\nstartxref\n{end}\n%%EOF\n".encode()
sys.stdout.buffer.write(out)
