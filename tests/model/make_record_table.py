#!/usr/bin/env python3
"""Writes record_table.h: lines, and what Python's json module makes of them.

    tests/model/make_record_table.py > tests/model/record_table.h

Random documents, most of them then damaged by a few random edits. The rules of src/input/record.h are
applied to what json.loads returns; a line is expected to be refused exactly when json.loads refuses it.
"""
import json
import random

random.seed(20211)
STRINGS = ['', 'a', 'word', 'two words', 'é', '中文', '😀', '\\n', '\\"', '\\\\', '\\\\\\"', '\\/', '\\u00e9',
           '\\ud83d\\ude00', '\\ud800', '\\udc00x', '\\ud800\\ud800', '\\u0000', 'x' * 61 + '\\n', 'y' * 62 + '\\\\z',
           '\\t' * 40, 'é' * 33 + '\\u4e2d', 'tail\\\\']
NUMBERS = ['0', '-0', '7', '12345678901234567890123', '1.50', '-3.25e+10', '1E5', '100']
ODD = ['null', 'true', 'false', '[]', '{}', '[1,"a",{"id":5}]', '{"text":"inner"}', '[[[[]]]]']
BAD = ['tru', 'nul', '01', '1.', '.5', '+1', '-', '1e', '"\\x"', '"\\u12g4"', "'a'", '', 'NaN', '-Infinity', '"\x01"',
       '"unclosed', '[1,]', '{"a":}', '{,}', ']', '}', '"a" "b"', '1 2']
EDITS = [b'"', b'\\', b'{', b'}', b'[', b']', b',', b':', b'\xff', b'\xc3', b'\x80', b' ', b'0', b'e', b'u', b'\x00']


def string():
    return '"' + ''.join(random.choice(STRINGS) for _ in range(random.randint(0, 4))) + '"'


def value(bad):
    r = random.random()
    if bad and r < 0.08:
        return random.choice(BAD)
    return string() if r < 0.6 else random.choice(NUMBERS if r < 0.8 else ODD)


def document():
    bad = random.random() < 0.4
    keys = random.choices(['id', 'text', 'other', 't\\u0065xt', 'ID', 'id2', 'x.y', ''], k=random.randint(0, 5))
    if random.random() < 0.7 and 'text' not in keys:
        keys.append('text')
    random.shuffle(keys)
    space = lambda: random.choice(['', '', '', ' ', '\t', ' \r '])
    members = [f'{space()}"{k}"{space()}:{space()}{string() if k == "text" and not bad else value(bad)}{space()}'
               for k in keys]
    return (space() + '{' + ','.join(members) + '}' + space()).encode('utf-8', 'surrogatepass')


def edited(line):
    line = bytearray(line)
    for _ in range(random.randint(1, 2)):
        at = random.randrange(len(line) + 1)
        r = random.random()
        if r < 0.4:
            line[at:at + 1] = b''
        else:
            line[at:at + (r < 0.7)] = random.choice(EDITS)
    return bytes(line)


class Number(str):
    pass


def refuse(_):
    raise ValueError


def first(pairs):
    out = {}
    for k, v in pairs:
        out.setdefault(k, v)
    return out


def whole(s):
    """Half surrogates become U+FFFD; json.loads has joined the pairs."""
    return ''.join('\ufffd' if 0xd800 <= ord(c) <= 0xdfff else c for c in s)


def expect(line):
    try:
        text = line.decode('utf-8')
    except UnicodeDecodeError:
        return 'WP_EUTF8', '', ''
    if not text.strip(' \t\r\n'):
        return 'WP_END', '', ''
    try:
        doc = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=refuse, object_pairs_hook=first)
    except ValueError:
        return 'WP_EFORMAT', '', ''
    if not isinstance(doc, dict):
        return 'WP_EFORMAT', '', ''
    if type(doc.get('text')) is not str:
        return 'WP_ETEXT', '', ''
    record_id = doc.get('id')
    return 'WP_OK', whole(doc['text']), whole(record_id) if isinstance(record_id, str) else ''


def literal(data):
    out = ''
    for b in data:
        out += chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f'\\{b:03o}'
    return f'"{out}"'


def main():
    print('/* record_table.h - made by make_record_table.py: lines, and what Python makes of them. */')
    print('/* clang-format off */')
    print('static const struct {\n    const char *line;\n    size_t len;\n    enum wp_status status;\n'
          '    const char *text;\n    size_t text_len;\n    const char *id;\n    size_t id_len;\n} table[] = {')
    seen = set()
    while len(seen) < 800:
        line = document()
        if random.random() < 0.6:
            line = edited(line)
        line = line.replace(b'\n', b'')
        if line in seen or line.startswith(b'\xef\xbb\xbf'):
            continue
        seen.add(line)
        status, text, record_id = expect(line)
        text, record_id = text.encode(), record_id.encode()
        print(f'    {{{literal(line)}, {len(line)}, {status}, {literal(text)}, {len(text)}, '
              f'{literal(record_id)}, {len(record_id)}}},')
    print('};\n/* clang-format on */')


main()
