/**
 * The only place that knows the pattern library (re2js): loads it, compiles, and runs a compiled pattern over a text so
 * that every step of the matcher is charged. No pattern of a program ever reaches the host's own RegExp.
 *
 * Why the text is handed over as an object of ours: the library is linear for one search, but a pattern such as
 * `(a.*z)|a` looks at all that follows before each short match, so a pass over all matches is quadratic. Only the reads
 * tell how much was done, and they can be charged as they happen.
 */
import type { RE2JS } from 're2js';
import { invariant } from '../base/assert.ts';
import { Fault } from '../value/fault.ts';
import type { Meter } from '../value/meter.ts';
import { LiteralSearch } from './literal-search.ts';
import { PatternCache } from './pattern-cache.ts';
import { patternSize } from './pattern-size.ts';

const MAX_PATTERN_LENGTH = 1000;
const MAX_PATTERN_UNITS = 5000;
/**
 * Compiling takes 1 to 2 µs per unit and 50 µs at least. Charged at each call, so that fuel does not depend on what is
 * in the cache; hence a fraction of that.
 */
const FUEL_PER_UNIT = 8;
const FUEL_PER_PATTERN = 50;

/** The library's own bounds between its two matchers. */
const BACKTRACKER_MAX_INSTRUCTIONS = 500;
const BACKTRACKER_MAX_BITS = 262_144;
/** Matchers with larger tables than this are dropped after use. */
const MAX_POOLED_SLOTS = 50_000;

const STEPS_PER_CHARGE = 64;
const FUEL_PER_SEARCH = 25;
const END_OF_TEXT = -8;
const UNANCHORED = 0;

type Library = typeof import('re2js');
let library: Library | undefined;

/** Awaited by `load` when a module calls a function that needs patterns: nothing is imported during a run. */
export async function loadPatternLibrary(): Promise<void> {
  library ??= await import('re2js');
}

/** What the library's matchers ask of a text; positions are UTF-16 offsets, a step is `rune << 3 | width`. */
interface MatcherText {
  step(position: number): number;
  context(position: number): number;
  index(matcher: { readonly prefix: string }, position: number): number;
  endPos(): number;
  canCheckPrefix(): boolean;
  prefixLength(matcher: { readonly prefix: string }): number;
  hasString(required: { readonly str: string }, position: number): boolean;
  hasAnyString(): boolean;
}

interface Matcher {
  executeEngine(text: MatcherText, position: number, anchor: number, slots: number): readonly number[] | null;
}

export interface Pattern {
  readonly groupCount: number;
  groupNamed(name: string): number | undefined;
  /** Starts a pass over the matches of a text. `groups`: how many groups beside the whole match are wanted. */
  search(meter: Meter, text: string, groups: number): PatternSearch;
}

export interface PatternSearch {
  /** Offsets of the first match at or after `from`: start and end of the whole and of each wanted group, -1 for none. */
  next(from: number): readonly number[] | null;
  /** To be called after the last `next`. */
  end(): void;
}

/** Throws a PatternSyntaxException that programs can catch. */
export function compilePattern(meter: Meter, cache: Map<string, unknown>, text: string): Pattern {
  if (text.length > MAX_PATTERN_LENGTH) throw unreadable(`it is longer than ${MAX_PATTERN_LENGTH} characters`);
  const literal = literalOf(text);
  if (literal !== null) return new LiteralPattern(literal);
  const readable = withoutUnitEscapes(text);
  const units = patternSize(readable);
  if (units > MAX_PATTERN_UNITS) throw unreadable('its repeats and classes are too large');
  meter.charge(FUEL_PER_PATTERN + units * FUEL_PER_UNIT);
  const patterns = cacheIn(cache);
  const cached = patterns.get(text);
  if (cached !== undefined) return cached;
  const pattern = new CompiledPattern(compile(readable));
  patterns.add(text, pattern, units);
  return pattern;
}

/** The text that a pattern without operators stands for, else null. */
export function literalOf(pattern: string): string | null {
  let literal = '';
  for (let i = 0; i < pattern.length; i++) {
    let c = pattern[i] as string;
    if (c === '\\') {
      c = pattern[++i] ?? ' ';
      if (!'\\^$.|?*+()[]{}-/,:;!#%&=<>@"\'~'.includes(c)) return null;
    } else if ('^$.|?*+()[]{}'.includes(c)) return null;
    literal += c;
  }
  // Why: the library reads code points, so half a surrogate pair never matches inside a whole one.
  return literal === '' ||
    isLowSurrogate(literal.charCodeAt(0)) ||
    isHighSurrogate(literal.charCodeAt(literal.length - 1))
    ? null
    : literal;
}

/** Java and JavaScript patterns write `\u00e9`, the library knows `\x{00e9}` only. */
function withoutUnitEscapes(pattern: string): string {
  if (!pattern.includes('\\u')) return pattern;
  return pattern.replace(/\\(?:u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?|.)/gs, (whole, unit, low) => {
    if (unit === undefined) return whole;
    const isPair = low !== undefined && isHighSurrogate(Number.parseInt(unit, 16));
    if (isPair) return escapeOf(String.fromCharCode(Number.parseInt(unit, 16), Number.parseInt(low, 16)));
    return `\\x{${unit}}${low === undefined ? '' : `\\x{${low}}`}`;
  });
}

function escapeOf(character: string): string {
  return `\\x{${character.codePointAt(0)?.toString(16)}}`;
}

/** Where to look on after an empty match at `position`: a surrogate pair is one character. */
export function afterCharacter(text: string, position: number): number {
  const isPair = isHighSurrogate(text.charCodeAt(position)) && isLowSurrogate(text.charCodeAt(position + 1));
  return position + (isPair ? 2 : 1);
}

class LiteralPattern implements Pattern {
  readonly groupCount = 0;
  readonly #literal: string;

  constructor(literal: string) {
    this.#literal = literal;
  }

  groupNamed(): undefined {
    return undefined;
  }

  search(meter: Meter, text: string): PatternSearch {
    const literal = this.#literal;
    const search = new LiteralSearch(meter, text, literal);
    return {
      next(from) {
        const at = search.next(from);
        return at < 0 ? null : [at, at + literal.length];
      },
      end() {},
    };
  }
}

class CompiledPattern implements Pattern {
  readonly groupCount: number;
  readonly #compiled: RE2JS;
  readonly #groupNames: ReadonlyMap<string, number>;

  constructor(compiled: RE2JS) {
    this.#compiled = compiled;
    this.groupCount = compiled.groupCount();
    this.#groupNames = new Map(Object.entries(compiled.namedGroups()));
  }

  groupNamed(name: string): number | undefined {
    return this.#groupNames.get(name);
  }

  search(meter: Meter, text: string, groups: number): PatternSearch {
    const compiled = this.#compiled;
    const matcher: Matcher = compiled.re2();
    const slots = 2 * (groups + 1);
    const instructions = compiled.programSize();
    const isSmall =
      instructions <= BACKTRACKER_MAX_INSTRUCTIONS && instructions * (text.length + 1) <= BACKTRACKER_MAX_BITS;
    const rate = isSmall ? 2 + (instructions >> 5) : 8 + ((instructions * (16 + slots)) >> 6);
    const perSearch = FUEL_PER_SEARCH + instructions + (isSmall ? (instructions * (text.length + 1)) >> 11 : 0);
    meter.allocate(isSmall ? 16 * slots : 8 * instructions * slots);
    const input = new ChargedText(meter, text, rate);
    return {
      next(from) {
        meter.charge(perSearch);
        return matcher.executeEngine(input, from, UNANCHORED, slots);
      },
      end() {
        if (instructions * slots > MAX_POOLED_SLOTS) compiled.reset();
      },
    };
  }
}

/** A text that charges for each read of it. A limit met in the middle of a search leaves through the library. */
class ChargedText implements MatcherText {
  readonly #meter: Meter;
  readonly #text: string;
  readonly #fuelPerCharge: number;
  readonly #finds = new Map<string, { readonly search: LiteralSearch; from: number; at: number }>();
  #stepsLeft = 0;

  constructor(meter: Meter, text: string, fuelPerStep: number) {
    this.#meter = meter;
    this.#text = text;
    this.#fuelPerCharge = fuelPerStep * STEPS_PER_CHARGE;
  }

  step(position: number): number {
    if (--this.#stepsLeft < 0) this.#pay();
    const text = this.#text;
    if (position >= text.length) return END_OF_TEXT;
    const unit = text.charCodeAt(position);
    if (!isHighSurrogate(unit) || position + 1 >= text.length) return (unit << 3) | 1;
    const low = text.charCodeAt(position + 1);
    if (!isLowSurrogate(low)) return (unit << 3) | 1;
    return ((((unit - 0xd800) << 10) + (low - 0xdc00) + 0x10000) << 3) | 2;
  }

  /** Which of begin line 1, end line 2, begin text 4, end text 8, word boundary 16, no word boundary 32 hold here. */
  context(position: number): number {
    if (--this.#stepsLeft < 0) this.#pay();
    const text = this.#text;
    const before = position > 0 ? text.charCodeAt(position - 1) : -1;
    const after = position < text.length ? text.charCodeAt(position) : -1;
    let flags = isWordUnit(before) === isWordUnit(after) ? 32 : 16;
    if (before < 0) flags |= 5;
    else if (before === 10) flags |= 1;
    if (after < 0) flags |= 10;
    else if (after === 10) flags |= 2;
    return flags;
  }

  index(matcher: { readonly prefix: string }, position: number): number {
    const at = this.#find(matcher.prefix, position);
    return at < 0 ? -1 : at - position;
  }

  endPos(): number {
    return this.#text.length;
  }

  canCheckPrefix(): boolean {
    return true;
  }

  prefixLength(matcher: { readonly prefix: string }): number {
    return matcher.prefix.length;
  }

  hasString(required: { readonly str: string }, position: number): boolean {
    return this.#find(required.str, position) >= 0;
  }

  /** Only a filter: saying yes is always right. */
  hasAnyString(): boolean {
    return true;
  }

  /** Remembers where each needle was found last: searches that follow each other do not scan again. */
  #find(needle: string, from: number): number {
    let find = this.#finds.get(needle);
    if (find === undefined) {
      const search = new LiteralSearch(this.#meter, this.#text, needle);
      find = { search, from, at: search.next(from) };
      this.#finds.set(needle, find);
    } else if (from < find.from || (find.at >= 0 && find.at < from)) {
      find.at = find.search.next(from);
      find.from = from;
    }
    return find.at;
  }

  #pay(): void {
    this.#meter.charge(this.#fuelPerCharge);
    this.#stepsLeft = STEPS_PER_CHARGE - 1;
  }
}

function cacheIn(cache: Map<string, unknown>): PatternCache<Pattern> {
  const known = cache.get('patterns');
  if (known instanceof PatternCache) return known;
  const made = new PatternCache<Pattern>();
  cache.set('patterns', made);
  return made;
}

function compile(text: string): RE2JS {
  invariant(library !== undefined, 'the pattern library is loaded before a module that needs it runs');
  try {
    return library.RE2JS.compile(text);
  } catch (error) {
    if (error instanceof library.RE2JSSyntaxException)
      throw unreadable(detailOf(error.getDescription(), error.getPattern()));
    if (error instanceof library.RE2JSException) throw unreadable(error.message);
    throw error;
  }
}

function detailOf(description: string, part: string | null): string {
  return part === null || part === '' ? description : `${description}: \`${part}\``;
}

function unreadable(detail: string): Fault {
  return new Fault('PatternSyntaxException', 'MR6014', `pattern cannot be read: ${detail}`);
}

function isWordUnit(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || (unit >= 48 && unit <= 57) || unit === 95;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
