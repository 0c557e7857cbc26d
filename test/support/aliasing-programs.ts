/**
 * Makes random programs of LET, SET, APPEND TO, MODIFY, loops and calls over nested values, together with what they must
 * output. The model is the simplest there is: every step copies what it takes.
 */
import type { Notation } from '../../src/formats/notation.ts';
import type { Program } from './run-program.ts';

export interface AliasingProgram {
  readonly program: Program;
  readonly expected: Notation;
}

/**
 * `plain`: the variables are ordinary slots; `captured`: a lambda captures them, so they live in cells; `input`: the
 * first variable starts as the host's input.
 */
export type VariableForm = 'plain' | 'captured' | 'input';

type Json = number | Json[] | { [key: string]: Json };
type Path = readonly (string | number)[];

interface Place {
  readonly name: string;
  readonly path: Path;
  readonly value: Json;
}

const NAMES = ['a', 'b', 'c', 'd'] as const;
const KEYS = ['x', 'y', 'l', '7'] as const;
const MAX_NODES = 120;
const MAX_LIST = 6;

const INITIAL: { readonly [name: string]: Json } = {
  a: { x: { y: 1, l: [1, 2] }, l: [{ x: 1 }, { x: 2 }] },
  b: [[1], { l: [] }, 3],
  c: { y: { x: { y: {} } } },
  d: 0,
};

const PRELUDE = [
  'FUNC change(v) { IF IS_OBJECT(v) THEN { SET v.x = 77; MODIFY v { y: 78 }; } RETURN v; }',
  'FUNC grow(v) { APPEND TO v 79; RETURN v; }',
];
const KEY_VARIABLES = 'LET kx = "x"; LET ky = "y"; LET kl = "l"; LET k7 = 7; LET k0 = 0; LET k1 = 1;';

export function buildAliasingProgram(choices: readonly number[], form: VariableForm): AliasingProgram {
  return new Builder(choices, form).build();
}

class Builder {
  readonly #choices: readonly number[];
  readonly #form: VariableForm;
  readonly #state: Record<string, Json> = copy(INITIAL) as Record<string, Json>;
  readonly #lines: string[] = [];
  readonly #outputs: Json[] = [];
  #position = 0;

  constructor(choices: readonly number[], form: VariableForm) {
    this.#choices = choices;
    this.#form = form;
  }

  build(): AliasingProgram {
    while (this.#position < this.#choices.length) this.#step();
    this.#output();
    const initial = (name: string) =>
      name === 'a' && this.#form === 'input' ? 'input' : render(INITIAL[name] as Json);
    const lines = [
      ...NAMES.map((name) => `LET ${name} = ${initial(name)};`),
      KEY_VARIABLES,
      ...(this.#form === 'captured' ? ['LET touch = () -> { SET d = d; RETURN [a, b, c, d]; };'] : []),
      ...this.#lines,
    ];
    const source = `${PRELUDE.join('\n')}\nTRANSFORM T {\n  ${lines.join('\n  ')}\n}\n`;
    return {
      program: { source, ...(this.#form === 'input' ? { input: copy(INITIAL['a'] as Json) } : {}) },
      expected: this.#outputs.length === 1 ? (this.#outputs[0] as Json) : this.#outputs,
    };
  }

  #step(): void {
    const steps: readonly (() => void)[] = [
      () => this.#assign(this.#name(), this.#operand()),
      () => this.#writePart(),
      () => this.#writePart(),
      () => this.#writePart(),
      () => this.#append(),
      () => this.#append(),
      () => this.#modify(),
      () => this.#output(),
      () => this.#loop(),
      () => this.#call(),
      () => this.#wrap(),
      () => this.#comprehension(),
      () => this.#standardFunction(),
    ];
    steps[this.#pick(steps.length)]?.();
  }

  /** `SET name = value`, where `value` is the text and what it stands for. */
  #assign(name: string, [text, value]: readonly [string, Json]): void {
    this.#lines.push(`SET ${name} = ${text};`);
    this.#state[name] = copy(value);
  }

  #writePart(): void {
    const target = this.#container();
    if (target === undefined) {
      this.#assign(this.#name(), ['{}', {}]);
      return;
    }
    const key = this.#keyOf(target.value);
    if (key === undefined) return;
    const [text, value] = this.#operand();
    this.#lines.push(`SET ${target.name}${this.#segments([...target.path, key])} = ${text};`);
    (target.value as Record<string | number, Json>)[key] = copy(value);
  }

  #append(): void {
    const target = this.#list();
    if (target === undefined || target.value.length >= MAX_LIST) return;
    const [text, value] = this.#operand();
    this.#lines.push(`APPEND TO ${target.name}${this.#segments(target.path)} (${text});`);
    target.value.push(copy(value));
  }

  #modify(): void {
    const target = this.#container((value) => !Array.isArray(value));
    if (target === undefined) return;
    const updates = KEYS.slice(0, 1 + this.#pick(3)).map((key) => [key, this.#operand()] as const);
    const path = target.path.map((s) => (s === '7' ? '.7' : `.${s}`)).join(' ');
    const fields = updates.map(([key, [text]]) => `${key}: ${text}`);
    this.#lines.push(`MODIFY ${target.name}${path} { ${fields.join(', ')} };`);
    const values = updates.map(([key, [, value]]) => [key, copy(value)] as const);
    for (const [key, value] of values) (target.value as Record<string, Json>)[key] = value;
  }

  #output(): void {
    this.#lines.push(`OUTPUT { ${NAMES.map((name) => `${name}: ${name}`).join(', ')} }`);
    this.#outputs.push(copy(Object.fromEntries(NAMES.map((name) => [name, this.#state[name] as Json]))));
  }

  /** Appends to the very list that is iterated, and keeps its elements elsewhere. */
  #loop(): void {
    const target = this.#list();
    if (target === undefined || target.value.length * 2 > MAX_LIST || target.name === 'd') return;
    const list = `${target.name}${this.#segments(target.path)}`;
    this.#lines.push(`FOR EACH e IN ${list} { APPEND TO ${list} e; SET d = e; SET ${list}[0] = 5; }`);
    for (const element of copy(target.value) as Json[]) {
      target.value.push(copy(element));
      this.#state['d'] = copy(element);
      target.value[0] = 5;
    }
  }

  #call(): void {
    this.#assign(this.#name(), this.#callResult());
  }

  #callResult(): readonly [string, Json] {
    if (this.#form === 'captured' && this.#pick(2) === 0) return ['touch()[0]', this.#state['a'] as Json];
    const list = this.#list();
    if (list !== undefined && list.value.length < MAX_LIST && this.#pick(2) === 0) {
      return [`grow(${list.name}${this.#segments(list.path)})`, [...list.value, 79]];
    }
    const [text, value] = this.#operand();
    const changed = copy(value);
    if (typeof changed === 'object' && !Array.isArray(changed)) Object.assign(changed, { x: 77, y: 78 });
    return [`change(${text})`, changed];
  }

  #wrap(): void {
    const [left, leftValue] = this.#operand();
    const [right, rightValue] = this.#operand();
    if (this.#pick(2) === 0) this.#assign(this.#name(), [`[${left}, ${right}]`, [leftValue, rightValue]]);
    else this.#assign(this.#name(), [`{x: ${left}, l: [${right}]}`, { x: leftValue, l: [rightValue] }]);
  }

  #comprehension(): void {
    const list = this.#list();
    if (list === undefined) return;
    this.#assign(this.#name(), [`[e FOR EACH e IN ${list.name}${this.#segments(list.path)}]`, list.value]);
  }

  #standardFunction(): void {
    const list = this.#list();
    const [text, value] = this.#operand();
    if (list === undefined || list.value.length >= MAX_LIST) {
      this.#assign(this.#name(), [`LISTIFY([${text}])`, [value]]);
      return;
    }
    const place = `${list.name}${this.#segments(list.path)}`;
    if (this.#pick(2) === 0) this.#assign(this.#name(), [`APPEND(${place}, ${text})`, [...list.value, value]]);
    else this.#assign(this.#name(), [`LISTIFY(${place})`, list.value]);
  }

  /** A value to store: a literal, a variable or a part of one, small enough to keep the state small. */
  #operand(): readonly [string, Json] {
    if (this.#pick(3) === 0) {
      const literal: Json = [this.#pick(9), { x: this.#pick(9) }, [this.#pick(9)], {}, []][this.#pick(5)] as Json;
      return [render(literal), literal];
    }
    const places = this.#places(() => true);
    const place = places[this.#pick(places.length)] as Place;
    if (nodes(place.value) > MAX_NODES / 8) return ['0', 0];
    return [`${place.name}${this.#segments(place.path)}`, place.value];
  }

  #container(accepts: (value: Json) => boolean = () => true): Place | undefined {
    if (nodes(this.#state as Json) > 4 * MAX_NODES) return undefined;
    const places = this.#places((value) => typeof value === 'object' && accepts(value));
    return places[this.#pick(places.length)];
  }

  #list(): (Place & { readonly value: Json[] }) | undefined {
    const place = this.#container(Array.isArray);
    return place as (Place & { readonly value: Json[] }) | undefined;
  }

  #places(accepts: (value: Json) => boolean): readonly Place[] {
    const found: Place[] = [];
    const visit = (name: string, path: Path, value: Json): void => {
      if (accepts(value)) found.push({ name, path, value });
      if (typeof value !== 'object') return;
      for (const [key, part] of Object.entries(value))
        visit(name, [...path, Array.isArray(value) ? Number(key) : key], part);
    };
    for (const name of NAMES) visit(name, [], this.#state[name] as Json);
    return found;
  }

  #keyOf(container: Json): string | number | undefined {
    if (!Array.isArray(container)) return KEYS[this.#pick(KEYS.length)];
    return container.length === 0 ? undefined : this.#pick(container.length);
  }

  /** Each segment in one of the spellings that mean the same; the key `7` is the integer. */
  #segments(path: Path): string {
    return path
      .map((segment) => {
        const isKnown = typeof segment === 'string' || segment < 2;
        const literal = typeof segment === 'string' && segment !== '7' ? JSON.stringify(segment) : String(segment);
        switch (this.#pick(3)) {
          case 0:
            return isKnown ? `[k${segment}]` : `[${literal}]`;
          case 1:
            return `[${literal}]`;
          default:
            // Why the space: `.1.2` would be read as one number.
            return `.${segment} `;
        }
      })
      .join('');
  }

  #name(): string {
    return NAMES[this.#pick(NAMES.length)] as string;
  }

  #pick(bound: number): number {
    const choice = this.#choices[this.#position++] ?? 0;
    return bound === 0 ? 0 : choice % bound;
  }
}

/** Why JSON: a structured clone would keep one object that occurs twice one object. */
function copy<T extends Json>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function nodes(value: Json): number {
  return typeof value === 'object' ? 1 + Object.values(value).reduce<number>((sum, part) => sum + nodes(part), 0) : 1;
}

function render(value: Json): string {
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(render).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, part]) => `${key}: ${render(part)}`)
    .join(', ')}}`;
}
