/** Each reason for which bytes are refused, met by bytes made by hand; the well-formed twin is accepted. */
import { describe, expect, test } from 'vitest';
import { CODES } from '../../../src/base/codes.ts';
import { LOAD_LIMITS } from '../../../src/base/limits.ts';
import { BINARY_REASONS, type BinaryReason } from '../../../src/bytecode/binary-reasons.ts';
import { decodeBinary, isBinary } from '../../../src/bytecode/decode.ts';
import { OPCODES } from '../../../src/bytecode/opcodes.ts';
import { outcomeOf } from './files.ts';

type Bytes = readonly number[];

const HEAD = [0x00, 0x4d, 0x52, 0x42, 1, 0];
/** Numbers of sections. */
const TEXTS = 1;
const CONSTANTS = 2;
const KEYS = 3;
const EXPORTS = 9;
const UNITS = 10;
const LINES = 11;
const SIGNATURE = 12;

const TEXT = 0;
const NUMBER = 1;
const NATURAL = 2;
const NEGATIVE = 3;
const NULL = 4;

const NO_LINES = [0, 0];
const { RETURN, LINE, TRACE, BREAKPOINT, PUSH } = OPCODES;
/** A FUNC named by text 0, without slots, with this code; the line table needs one row for it. */
const unit = (...code: Bytes): Bytes => [0, 1, 0, 0, 0, 0, 0, ...leb(code.length), ...code.flatMap(word), 0];
const NAME = [1, 1, 0x66];

/** A file of these sections; those not given are empty tables. */
function file(given: Readonly<Record<number, Bytes>> = {}): Bytes {
  const contents = new Map<number, Bytes>();
  for (let number = TEXTS; number <= UNITS; number++) contents.set(number, given[number] ?? [0]);
  for (const number of [LINES, SIGNATURE]) if (given[number] !== undefined) contents.set(number, given[number]);
  return withTable(
    [...contents].map(([number, content]) => [number, content.length]),
    [...contents.values()].flat(),
  );
}

function withTable(table: readonly (readonly [number: number, length: number])[], content: Bytes): Bytes {
  return [
    ...HEAD,
    ...leb(table.length),
    ...table.flatMap(([number, length]) => [...leb(number), ...leb(length)]),
    ...content,
  ];
}

function leb(value: number): Bytes {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

function word(value: number): Bytes {
  return [...new Uint8Array(Int32Array.of(value).buffer)];
}

function constant(...bytes: Bytes): Bytes {
  return file({ [CONSTANTS]: [1, ...bytes] });
}

/** Of so many bytes, all ones. */
function bigint(length: number): Bytes {
  return file({ [CONSTANTS]: [1, NEGATIVE, ...leb(length)].concat(new Array(length).fill(0xff)) });
}

function text(...bytes: Bytes): Bytes {
  return file({ [TEXTS]: [1, bytes.length, ...bytes], [CONSTANTS]: [1, TEXT, 0] });
}

const EMPTY_TABLE: readonly (readonly [number, number])[] = Array.from({ length: 10 }, (_, i) => [i + 1, 1]);
const EMPTY_CONTENT = EMPTY_TABLE.map(() => 0);
const HUGE = leb(0xffff_ffff);

const REFUSED: Readonly<Record<BinaryReason, readonly Bytes[]>> = {
  'too-long': [new Array(LOAD_LIMITS.binaryLength.default + 1).fill(0)],
  'bad-magic': [[], [0x00, 0x4d, 0x52], [0x00, 0x4d, 0x52, 0x43, ...file().slice(4)], [0x7b, 0x7d]],
  'bad-version': [0, 2, 127].map((version) => [...HEAD.slice(0, 4), version, ...file().slice(5)]),
  'unknown-feature': [[1], [2], leb(0x8000_0000)].map((features) => [
    ...HEAD.slice(0, 5),
    ...features,
    ...file().slice(6),
  ]),
  'unknown-section': [
    withTable([[0, 0], ...EMPTY_TABLE], EMPTY_CONTENT),
    withTable([...EMPTY_TABLE, [13, 0]], EMPTY_CONTENT),
    withTable([...EMPTY_TABLE, [0xffff_ffff, 0]], EMPTY_CONTENT),
  ],
  'section-order': [
    withTable([...EMPTY_TABLE, [UNITS, 1]], [...EMPTY_CONTENT, 0]),
    withTable([...EMPTY_TABLE].reverse(), EMPTY_CONTENT),
    withTable([...EMPTY_TABLE, [SIGNATURE, 0], [LINES, 2]], [...EMPTY_CONTENT, ...NO_LINES]),
  ],
  'missing-section': [
    withTable([], []),
    withTable(EMPTY_TABLE.slice(0, -1), EMPTY_CONTENT.slice(0, -1)),
    withTable(EMPTY_TABLE.slice(1), EMPTY_CONTENT.slice(1)),
    withTable([[LINES, 2]], NO_LINES),
  ],
  'file-length': [
    [...file(), 0],
    file().slice(0, -1),
    withTable([...EMPTY_TABLE, [SIGNATURE, 0xffff_ffff]], EMPTY_CONTENT),
    withTable([...EMPTY_TABLE.slice(0, -1), [UNITS, 0xffff_ffff]], EMPTY_CONTENT),
  ],
  truncated: [
    HEAD.slice(0, 4),
    HEAD.slice(0, 5),
    HEAD,
    file({ [KEYS]: [] }),
    file({ [KEYS]: [0x80] }),
    constant(NUMBER, 0, 0, 0, 0, 0, 0, 0),
    // The bytes go on in the next section.
    file({ [TEXTS]: NAME, [UNITS]: [1, ...unit(RETURN.code).slice(0, -1)] }),
    file({ [LINES]: [0] }),
    file({ [TEXTS]: NAME, [UNITS]: [1, ...unit(RETURN.code)], [LINES]: NO_LINES }),
  ],
  'trailing-bytes': [file({ [KEYS]: [0, 0] }), file({ [LINES]: [...NO_LINES, 0] }), constant(NULL, NULL)],
  'leb-not-minimal': [
    file({ [KEYS]: [0x80, 0] }),
    file({ [KEYS]: [0x80, 0x80, 0x80, 0x80, 0] }),
    [...HEAD.slice(0, 4), 0x81, 0, ...file().slice(5)],
    [...HEAD.slice(0, 5), 0x80, 0, ...file().slice(6)],
    [...HEAD, 0x8a, 0, ...file().slice(7)],
  ],
  'leb-too-large': [
    file({ [KEYS]: [0xff, 0xff, 0xff, 0xff, 0x10] }),
    file({ [KEYS]: [0xff, 0xff, 0xff, 0xff, 0x1f] }),
    file({ [KEYS]: [0x80, 0x80, 0x80, 0x80, 0x80, 0] }),
    file({ [KEYS]: new Array(10).fill(0xff) }),
  ],
  'count-too-large': [
    ...Array.from({ length: 10 }, (_, i) => file({ [i + 1]: HUGE })),
    file({ [KEYS]: [1] }),
    [...HEAD, ...HUGE, 1, 1],
    // A text, a big integer, the code and the declarations of a unit, lines, places
    file({ [TEXTS]: [1, ...HUGE], [CONSTANTS]: [1, TEXT, 0] }),
    constant(NATURAL, ...HUGE),
    file({ [TEXTS]: NAME, [UNITS]: [1, 0, 1, 0, 0, 0, 0, 0, ...leb(0x3fff_ffff), 0] }),
    file({ [TEXTS]: NAME, [UNITS]: [1, 0, 1, 0, ...HUGE] }),
    file({ [TEXTS]: NAME, [UNITS]: [1, ...unit(RETURN.code).slice(0, -1), ...HUGE] }),
    file({ [LINES]: [0, ...HUGE] }),
    file({ [TEXTS]: NAME, [UNITS]: [1, ...unit(RETURN.code)], [LINES]: [...NO_LINES, ...HUGE] }),
  ],
  'unknown-tag': [
    constant(7),
    constant(255),
    file({ [KEYS]: [1, NULL] }),
    // A kind of unit, a flag, a mode
    file({ [TEXTS]: NAME, [UNITS]: [1, 0, 3, ...unit(RETURN.code).slice(2)] }),
    file({ [TEXTS]: NAME, [EXPORTS]: [1, 0, 0, 2, 0, 0, 0] }),
    file({ [TEXTS]: NAME, 8: [1, 0, 2] }),
  ],
  'text-encoding': [
    text(0x80),
    text(0xbf),
    text(0xff),
    text(0xf8, 0x88, 0x80, 0x80, 0x80),
    // Longer than needed
    text(0xc0, 0x80),
    text(0xc1, 0xbf),
    text(0xe0, 0x9f, 0xbf),
    text(0xf0, 0x8f, 0xbf, 0xbf),
    // Beyond the last character
    text(0xf4, 0x90, 0x80, 0x80),
    text(0xf7, 0xbf, 0xbf, 0xbf),
    // Cut off, or gone on wrongly
    text(0xc3),
    text(0xe2, 0x82),
    text(0xf0, 0x9f, 0x98),
    text(0xc3, 0x41),
    text(0xe2, 0x82, 0xc0),
    // Two halves that make one character
    text(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80),
    text(0x61, 0xed, 0xa0, 0xbd, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80),
  ],
  'text-order': [
    file({ [TEXTS]: [2, 1, 0x62, 1, 0x61], [CONSTANTS]: [2, TEXT, 0, TEXT, 1] }),
    file({ [TEXTS]: [2, 1, 0x61, 1, 0x61], [CONSTANTS]: [2, TEXT, 0, TEXT, 1] }),
    file({ [TEXTS]: [2, 1, 0x61, 0], [CONSTANTS]: [2, TEXT, 0, TEXT, 1] }),
  ],
  'text-index': [
    constant(TEXT, 0),
    constant(TEXT, ...HUGE),
    file({ [TEXTS]: NAME, [CONSTANTS]: [2, TEXT, 0, TEXT, 1] }),
  ],
  'text-unused': [file({ [TEXTS]: NAME }), file({ [TEXTS]: [2, 0, 1, 0x61], [CONSTANTS]: [1, TEXT, 0] })],
  'nan-form': [
    constant(NUMBER, 1, 0, 0, 0, 0, 0, 0xf8, 0x7f),
    constant(NUMBER, 0, 0, 0, 0, 0, 0, 0xf8, 0xff),
    constant(NUMBER, 1, 0, 0, 0, 0, 0, 0xf0, 0x7f),
    file({ [KEYS]: [1, NUMBER, 0, 0, 0, 0, 1, 0, 0xf8, 0x7f] }),
  ],
  'bigint-form': [constant(NATURAL, 1, 0), constant(NATURAL, 2, 0, 1), constant(NEGATIVE, 0), constant(NEGATIVE, 1, 0)],
  'bigint-too-large': [bigint(131_073)],
  'traced-code': [
    file({ [TEXTS]: NAME, [UNITS]: [1, ...unit(LINE.code, 1, RETURN.code)] }),
    file({ [TEXTS]: NAME, [UNITS]: [1, ...unit(PUSH.code, 0, TRACE.code, 0, 0)] }),
    file({ [TEXTS]: NAME, [UNITS]: [1, ...unit(BREAKPOINT.code)] }),
  ],
  'place-range': [
    file({ [LINES]: [0, 1, ...leb(0x7fff_ffff)] }),
    file({ [LINES]: [0, 2, ...leb(0x7fff_fffe), 0] }),
    ...[
      [...leb(0x8000_0000), 0, 0],
      [0, 1, 0],
      [0, ...HUGE, 0],
      [0, 2, ...leb(0x7fff_ffff)],
    ].map((place) => file({ [TEXTS]: NAME, [UNITS]: [1, ...unit(RETURN.code)], [LINES]: [...NO_LINES, 1, ...place] })),
  ],
};

describe.each(Object.keys(BINARY_REASONS) as BinaryReason[])('%s', (reason) => {
  test.each(REFUSED[reason].map((bytes, n) => ({ n, bytes })))('$n', ({ bytes }) => {
    expect(outcomeOf(Uint8Array.from(bytes))).toBe(reason);
  });

  test('is met, and has a documented code', () => {
    expect(REFUSED[reason].length).toBeGreaterThan(0);
    expect(CODES[BINARY_REASONS[reason].code].severity).toBe('error');
  });
});

test.each([
  ['an empty module', file()],
  ['a module of one unit', file({ [TEXTS]: NAME, [UNITS]: [1, ...unit(RETURN.code)] })],
  ['its places', file({ [TEXTS]: NAME, [UNITS]: [1, ...unit(RETURN.code)], [LINES]: [...NO_LINES, 1, 0, 2, 0] })],
  ['an empty signature', file({ [SIGNATURE]: [] })],
  ['a signature without lines', file({ [SIGNATURE]: [1, 2, 3] })],
  ['lines and signature', file({ [LINES]: NO_LINES, [SIGNATURE]: [1] })],
  ['NaN', constant(NUMBER, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f)],
  ['zero', constant(NATURAL, 0)],
  ['the largest big integer', bigint(131_072)],
  ['the largest number', file({ [TEXTS]: NAME, [EXPORTS]: [1, 0, ...HUGE, 0, 0, 0, 0] })],
  ['half characters', text(0xed, 0xb8, 0x80, 0xed, 0xa0, 0xbd, 0x61, 0xed, 0xa0, 0xbd)],
  ['NUL and a byte order mark', text(0, 0xef, 0xbb, 0xbf)],
])('%s is accepted', (_, bytes) => {
  expect(outcomeOf(Uint8Array.from(bytes))).toBe('accepted');
});

test('any four bytes are a text exactly where they are UTF-8 to the platform, or have half characters', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const platform = (bytes: Bytes): string | null => {
    try {
      return decoder.decode(Uint8Array.from(bytes));
    } catch {
      return null;
    }
  };
  const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff];
  let accepted = 0;
  for (const a of edges)
    for (const b of edges)
      for (const c of edges)
        for (const d of edges) {
          const decoding = decodeBinary(Uint8Array.from(text(a, b, c, d)));
          const expected = platform([a, b, c, d]);
          const found = decoding.ok ? decoding.file.module.constants[0] : null;
          if (found !== null) accepted++;
          // The one thing that the platform refuses and we take: half characters.
          if (expected !== null || found === null || !/\p{Surrogate}/u.test(String(found)))
            expect(found).toBe(expected);
        }
  expect(accepted).toBeGreaterThan(500);
});

test('the limit is in bytes, and the caller may set it', () => {
  const bytes = Uint8Array.from(file());
  expect(decodeBinary(bytes, bytes.length).ok).toBe(true);
  expect(decodeBinary(bytes, bytes.length - 1)).toEqual({
    ok: false,
    refusal: { reason: 'too-long', byteOffset: bytes.length - 1 },
  });
});

test('refusals say where', () => {
  const start = file().length - 10;
  const decoding = decodeBinary(Uint8Array.from(file({ [KEYS]: [0x80, 0] })));
  expect(decoding).toEqual({ ok: false, refusal: { reason: 'leb-not-minimal', byteOffset: start + 2 } });
});

test('strangers and damaged files have codes of their own', () => {
  expect(new Set(Object.values(BINARY_REASONS).map(({ code }) => code))).toEqual(new Set(['MR3001', 'MR3002']));
  expect(isBinary(Uint8Array.from(file()))).toBe(true);
  expect(isBinary(new TextEncoder().encode('TRANSFORM T { }'))).toBe(false);
});
