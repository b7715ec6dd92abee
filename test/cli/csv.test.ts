import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CsvParser, DELIMITERS, type Delimiter } from '../../cli/csv.ts';

function parse(text: string, delimiter?: Delimiter): string[][] {
  const parser = new CsvParser(delimiter);
  return [...parser.push(text), ...parser.end()].map(({ cells }) => [...cells]);
}

test.each<[name: string, text: string, rows: string[][]]>([
  ['nothing', '', []],
  ['a header alone', 'a,b', [['a', 'b']]],
  [
    'LF',
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'CRLF',
    'a,b\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'no line break at the end',
    'a,b\r\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a carriage return alone at the end',
    'a,b\r\n1,2\r',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['a byte order mark', '\ufeffa,b\n', [['a', 'b']]],
  ['a byte order mark before a quote', '\ufeff"a",b\n', [['a', 'b']]],
  ['a byte order mark alone', '\ufeff', []],
  [
    'semicolons',
    'a;b\n1,5;2\n',
    [
      ['a', 'b'],
      ['1,5', '2'],
    ],
  ],
  [
    'tabs',
    'a\tb\n1\t2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['one column', 'a\n1\n2\n', [['a'], ['1'], ['2']]],
  [
    'a delimiter inside quotes of the header',
    'a;"b,c"\n1;2\n',
    [
      ['a', 'b,c'],
      ['1', '2'],
    ],
  ],
  [
    'two delimiters inside quotes of the header',
    '"a,b,c";d\n1;2\n',
    [
      ['a,b,c', 'd'],
      ['1', '2'],
    ],
  ],
  [
    'an inch sign in the header',
    'height 5",weight\n1,2\n',
    [
      ['height 5"', 'weight'],
      ['1', '2'],
    ],
  ],
  [
    'quotes',
    '"a","b"\n"1","2"\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a doubled quote',
    'a,b\n"say ""hi""",2\n',
    [
      ['a', 'b'],
      ['say "hi"', '2'],
    ],
  ],
  ['an empty quoted cell', 'a\n""\n', [['a'], ['']]],
  [
    'a line break inside quotes',
    'a,b\n"x\r\ny",2\n',
    [
      ['a', 'b'],
      ['x\r\ny', '2'],
    ],
  ],
  [
    'text behind a closing quote',
    'a,b\n"x"y,2\n',
    [
      ['a', 'b'],
      ['xy', '2'],
    ],
  ],
  [
    'a quote inside a cell',
    'a,b\nx"y"z,2\n',
    [
      ['a', 'b'],
      ['x"y"z', '2'],
    ],
  ],
  [
    'empty cells',
    'a,b,c\n,,\n',
    [
      ['a', 'b', 'c'],
      ['', '', ''],
    ],
  ],
  [
    'blank lines',
    '\n\r\na,b\n\n1,2\r\n\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['rows of other lengths', 'a,b\n1\n1,2,3\n', [['a', 'b'], ['1'], ['1', '2', '3']]],
])('CSV is read: %s.', (_name, text, rows) => {
  expect(parse(text)).toEqual(rows);
});

test('A row knows the line that it begins in.', () => {
  const parser = new CsvParser();
  const rows = [
    ...parser.push('a,b\r\n"1\n\n",2\n\n3,4\n5,"'),
    ...parser.push('x\ny"\n7,8'),
    ...parser.end(),
  ];
  expect(rows.map(({ line }) => line)).toEqual([1, 2, 6, 7, 9]);
});

test('A quote that is never closed is an error that names its line.', () => {
  const parser = new CsvParser();
  parser.push('a,b\n1,"2\n3,4\n');
  expect(() => parser.end()).toThrow(/line 2 opens a quote/);
});

test('A header with a quote that is never closed is an error too.', () => {
  const parser = new CsvParser();
  expect(parser.push('"a,b\n1,2\n')).toEqual([]);
  expect(() => parser.end()).toThrow(/line 1 opens a quote/);
});

test('A record that does not end within a million characters is an error, not a full memory.', () => {
  const parser = new CsvParser();
  parser.push('a,b\n1,"');
  const piece = 'x'.repeat(65_536);
  expect(() => {
    for (let index = 0; index < 20; index += 1) parser.push(piece);
  }).toThrow(/line 2 is longer than a million/);
});

const cell = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ maxLength: 8, unit: fc.constantFrom('"', ',', ';', '\t', '\n', '\r', 'a', ' ', '\ufeff') }),
);

const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) =>
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
  );

/** Quotes what has to be quoted, and a lone empty cell, which would be a blank line. */
function writeCsv(rows: readonly string[][], delimiter: Delimiter, lineBreak: string): string {
  const mustQuote = (text: string) =>
    /["\r\n\ufeff]/.test(text) || DELIMITERS.some((one) => text.includes(one));
  return rows
    .map((row) =>
      row
        .map((text) =>
          mustQuote(text) || (row.length === 1 && text === '') ? `"${text.replaceAll('"', '""')}"` : text,
        )
        .join(delimiter),
    )
    .join(lineBreak);
}

test('Any table of strings that is written as CSV reads back the same, however it is cut into pieces.', () => {
  fc.assert(
    fc.property(
      table,
      fc.constantFrom(...DELIMITERS),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.array(fc.nat({ max: 200 }), { maxLength: 10 }),
      (rows, delimiter, lineBreak, endsWithBreak, cuts) => {
        const text = writeCsv(rows, delimiter, lineBreak) + (endsWithBreak ? lineBreak : '');
        // The delimiter can be found out only where the header has one.
        const parser = new CsvParser(rows[0]?.length === 1 ? delimiter : undefined);
        const read: string[][] = [];
        let from = 0;
        for (const cut of cuts.sort((one, other) => one - other)) {
          read.push(...parser.push(text.slice(from, cut)).map(({ cells }) => [...cells]));
          from = Math.max(from, cut);
        }
        read.push(...[...parser.push(text.slice(from)), ...parser.end()].map(({ cells }) => [...cells]));
        expect(read).toEqual(rows);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('Any text at all, cut anywhere, gives the same rows or the same error.', () => {
  const characters = fc.constantFrom('"', ',', ';', '\n', '\r', 'a', '1', ' ');
  const outcome = (pieces: readonly string[]) => {
    try {
      const parser = new CsvParser(',');
      return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.end()];
    } catch (error) {
      return String(error);
    }
  };
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 60 }), (text) => {
      expect(outcome(text.split(''))).toEqual(outcome([text]));
    }),
    { numRuns: 2_000 },
  );
});
