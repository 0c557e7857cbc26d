/**
 * Documents that know where they may be broken, and their rendering within a width: a group stands on one line if it
 * fits, else all of its own lines are broken. Knows nothing of the language but one fact: behind which characters `//`
 * starts a comment.
 *
 * Promises: linear time up to the width; no recursion over the document; no space before a line end.
 */

export type Doc = string | readonly Doc[] | Indent | Group | Line | Comment | Choice | Hug;

interface Indent {
  readonly kind: 'indent';
  readonly doc: Doc;
}

interface Group {
  readonly kind: 'group';
  readonly doc: Doc;
  /** Holds something that needs its own line. */
  readonly isBroken: boolean;
}

interface Line {
  readonly kind: 'line';
  /** On one line: a space or nothing. `hard` is always a line end, `blank` leaves an empty line too. */
  readonly flat: ' ' | '' | 'hard' | 'blank';
}

interface Comment {
  readonly kind: 'comment';
  readonly text: string;
  /** Stands on a line of its own. */
  readonly isAlone: boolean;
  /** Nothing may follow on its line. */
  readonly endsLine: boolean;
}

/** One of two texts, by whether the group around it is broken. */
interface Choice {
  readonly kind: 'choice';
  readonly broken: string;
  readonly flat: string;
}

/** A call whose last argument is broken while those before it stay on the line, if they fit there. */
interface Hug {
  readonly kind: 'hug';
  /** Up to the last argument. */
  readonly head: Doc;
  readonly last: Doc;
  readonly otherwise: Doc;
}

export const LINE: Doc = { kind: 'line', flat: ' ' };
export const SOFT_LINE: Doc = { kind: 'line', flat: '' };
export const HARD_LINE: Doc = { kind: 'line', flat: 'hard' };
export const BLANK_LINE: Doc = { kind: 'line', flat: 'blank' };

export function indent(...doc: readonly Doc[]): Doc {
  return { kind: 'indent', doc };
}

export function group(...doc: readonly Doc[]): Doc {
  return { kind: 'group', doc, isBroken: needsLines(doc) };
}

/** A group that is broken even if it would fit. */
export function brokenGroup(...doc: readonly Doc[]): Doc {
  return { kind: 'group', doc, isBroken: true };
}

export function choice(broken: string, flat: string): Doc {
  return { kind: 'choice', broken, flat };
}

/** `head` holds nothing that needs lines. */
export function hug(head: Doc, last: Doc, otherwise: Doc): Doc {
  return { kind: 'hug', head, last, otherwise };
}

/** Nothing follows a comment of several lines on its last one, so that moving its lines moves nothing else. */
export function comment(text: string, place: { readonly isAlone: boolean; readonly endsLine: boolean }): Doc {
  return { kind: 'comment', text, isAlone: place.isAlone, endsLine: place.endsLine || text.includes('\n') };
}

/** Whether a document cannot stand on one line. Groups know it of themselves, so that nothing is looked at twice. */
export function needsLines(doc: Doc): boolean {
  const pending: Doc[] = [doc];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (typeof at === 'string') continue;
    if (isList(at)) pending.push(...at);
    else if (at.kind === 'indent') pending.push(at.doc);
    else if (at.kind === 'hug') pending.push(at.otherwise);
    else if (at.kind === 'group' && at.isBroken) return true;
    else if (at.kind === 'line' && (at.flat === 'hard' || at.flat === 'blank')) return true;
    else if (at.kind === 'comment' && (at.isAlone || at.endsLine)) return true;
  }
  return false;
}

interface Piece {
  readonly doc: Doc;
  readonly indent: number;
  readonly isFlat: boolean;
}

const STEP = 2;

/** Behind these `//` starts a comment; behind a name, number, text or closing bracket it divides. */
const BEFORE_COMMENT = /[;,{}([:=+\-*/%<>!&|?.`]$/;

/** Gives up soon after `maxLength` characters: indentation can make much of little. */
export function renderDoc(doc: Doc, width: number, maxLength: number): string {
  return new Renderer(width, maxLength).render(doc);
}

class Renderer {
  readonly #width: number;
  /** How many characters there may still be. */
  #rest: number;
  /** Finished lines. */
  readonly #lines: string[] = [];
  #line = '';
  /** The last comment reaches to the end of its line. */
  #isLineOver = false;

  constructor(width: number, maxLength: number) {
    this.#width = width;
    this.#rest = maxLength;
  }

  render(doc: Doc): string {
    const pending: Piece[] = [{ doc, indent: 0, isFlat: false }];
    for (let piece = pending.pop(); piece !== undefined && this.#rest >= 0; piece = pending.pop())
      this.#piece(piece, pending);
    this.#endLine(0);
    return this.#lines.join('\n');
  }

  #piece(piece: Piece, pending: Piece[]): void {
    const { doc, indent: depth, isFlat } = piece;
    if (typeof doc === 'string') {
      this.#write(doc, depth);
      return;
    }
    if (isList(doc)) {
      for (let i = doc.length - 1; i >= 0; i--) pending.push({ doc: doc[i] as Doc, indent: depth, isFlat });
      return;
    }
    switch (doc.kind) {
      case 'indent':
        pending.push({ doc: doc.doc, indent: depth + STEP, isFlat });
        break;
      case 'group': {
        const flat = { doc: doc.doc, indent: depth, isFlat: true };
        const rest = this.#width - this.#line.length;
        const isOneLine = isFlat || (!doc.isBroken && !this.#isLineOver && fits(doc.doc, rest, pending));
        pending.push(isOneLine ? flat : { ...flat, isFlat: false });
        break;
      }
      case 'hug': {
        const head = { doc: doc.head, indent: depth, isFlat: true };
        const isHugged = isFlat || fits(doc.head, this.#width - this.#line.length, []);
        pending.push({ doc: isHugged ? doc.last : doc.otherwise, indent: depth, isFlat });
        if (isHugged) pending.push(head);
        break;
      }
      case 'line':
        if (isFlat && (doc.flat === ' ' || doc.flat === '')) this.#write(doc.flat, depth);
        else {
          this.#endLine(depth);
          if (doc.flat === 'blank') this.#lines.push('');
        }
        break;
      case 'choice':
        this.#write(isFlat ? doc.flat : doc.broken, depth);
        break;
      case 'comment':
        this.#comment(doc, depth);
    }
  }

  #write(text: string, depth: number): void {
    if (text === '') return;
    if (this.#isLineOver) {
      this.#endLine(depth);
      text = text.trimStart();
    }
    this.#line += text;
  }

  #comment({ text, isAlone, endsLine }: Comment, depth: number): void {
    const line = this.#line.trimEnd();
    const isFresh = line === '';
    const mayFollow = !isAlone && (!text.startsWith('//') || BEFORE_COMMENT.test(line));
    if (this.#isLineOver || (!isFresh && !mayFollow)) this.#endLine(depth);
    else if (!isFresh && !/[\s([]$/.test(this.#line)) this.#line += ' ';
    const [first = '', ...more] = reindented(text, this.#line.trim() === '' ? depth : -1);
    this.#line += first;
    for (const next of more) {
      this.#lines.push(this.#line.trimEnd());
      this.#line = next;
    }
    this.#isLineOver = endsLine;
  }

  #endLine(depth: number): void {
    this.#lines.push(this.#line.trimEnd());
    this.#rest -= this.#line.length + 1;
    this.#line = ' '.repeat(depth);
    this.#isLineOver = false;
  }
}

/** Block comments whose lines all start with `*` move as a whole; of others only the first line does. */
function reindented(text: string, depth: number): readonly string[] {
  const [first = '', ...more] = text.split('\n');
  const isAligned = depth >= 0 && more.every((line) => line.trimStart().startsWith('*'));
  return [first, ...(isAligned ? more.map((line) => `${' '.repeat(depth + 1)}${line.trimStart()}`) : more)];
}

/** Whether `doc` on one line, and what follows it up to the next place for a line end, fits in `width` columns. */
function fits(doc: Doc, width: number, following: readonly Piece[]): boolean {
  const flat = restAfter([doc], width, true);
  if (flat.isOver) return true;
  let rest = flat.width;
  for (let next = following.length - 1; next >= 0 && rest >= 0; next--) {
    const piece = following[next] as Piece;
    const measured = restAfter([piece.doc], rest, piece.isFlat);
    if (measured.isOver) return true;
    rest = measured.width;
  }
  return rest >= 0;
}

/** What is left of `width` behind the documents (a stack); `isOver` once a line ends within it. */
function restAfter(
  pending: Doc[],
  width: number,
  isFlat: boolean,
): { readonly width: number; readonly isOver: boolean } {
  let rest = width;
  for (let doc = pending.pop(); doc !== undefined && rest >= 0; doc = pending.pop()) {
    if (typeof doc === 'string') rest -= doc.length;
    else if (isList(doc)) for (let i = doc.length - 1; i >= 0; i--) pending.push(doc[i] as Doc);
    else if (doc.kind === 'indent' || doc.kind === 'group') pending.push(doc.doc);
    else if (doc.kind === 'hug') pending.push(doc.otherwise);
    else if (doc.kind === 'choice') rest -= (isFlat ? doc.flat : doc.broken).length;
    else if (doc.kind === 'line') {
      if (!isFlat || doc.flat === 'hard' || doc.flat === 'blank') return { width: rest, isOver: true };
      rest -= doc.flat.length;
    } else {
      // Why line comments count nothing: what they stand behind need not be broken for their sake.
      if (!doc.isAlone && !doc.text.startsWith('//')) rest -= 1 + (doc.text.split('\n', 1)[0] as string).length;
      if (doc.isAlone || doc.endsLine) return { width: rest, isOver: rest >= 0 };
    }
  }
  return { width: rest, isOver: false };
}

function isList(doc: Doc): doc is readonly Doc[] {
  return Array.isArray(doc);
}
