/**
 * What each name in a body means, and the reports about names that mean nothing or the wrong thing. The order in which a
 * name is looked up is decided here and nowhere else.
 */
import type { Code } from '../base/codes.ts';
import type { DiagnosticCollector, DiagnosticParts } from '../base/diagnostic.ts';
import { LOAD_LIMITS } from '../base/limits.ts';
import type { Span } from '../base/source.ts';
import { suggestName } from '../base/suggest.ts';
import type { Expression, ExpressionOf, LambdaExpr, Segment } from './ast.ts';
import type { Globals } from './globals.ts';
import { THROW_HELP } from './hints.ts';
import { isPlainName } from './plain-name.ts';
import { UnitScope, Variable, VisibleNames } from './scope.ts';
import type { Token } from './token.ts';

/** What a name at one place means; lowering goes by this alone. */
export type Meaning =
  | Variable
  | { readonly kind: 'shared'; readonly index: number }
  /** Reads as null: names of functions, and what a FUNC does not see. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'standard'; readonly index: number }
  | { readonly kind: 'func'; readonly index: number }
  | { readonly kind: 'host'; readonly import: number; readonly member: number }
  /** `THROW (e)` where nothing is called THROW. */
  | { readonly kind: 'throw' };

/** Everything that lowering needs to know beside the tree. */
export interface Resolution {
  meaningOf(name: Token): Meaning | undefined;
  /** By node of the tree. */
  readonly units: ReadonlyMap<object, UnitScope>;
  readonly standard: readonly string[];
}

/** The FUNC or TRANSFORM that is being resolved. */
export interface Body {
  readonly kind: 'transform' | 'function';
  /** The variable of the input; null in a FUNC, which does not see it. */
  readonly input: Variable | null;
  /** The name that a signature gives to the input. */
  readonly inputName: string | null;
  /** The resources of OPTIONS, by name; those of SHARED declarations are visible everywhere. */
  readonly ownShared: ReadonlyMap<string, number>;
}

const INPUT_NAMES: ReadonlySet<string> = new Set(['input', 'row', '$']);

export class NameResolver {
  protected readonly globals: Globals;
  protected readonly problems: DiagnosticCollector;
  /** By index of the token. Measured: as a map it takes three times as long. */
  readonly #meanings: Meaning[] = [];
  readonly units = new Map<object, UnitScope>();
  readonly standard: string[] = [];
  readonly #standardIndexes = new Map<string, number>();
  #warningCount = 0;
  protected visible = new VisibleNames();
  protected body: Body = { kind: 'function', input: null, inputName: null, ownShared: new Map() };
  protected unit: UnitScope = new UnitScope('function', '', null);
  /** The division whose right operand is being resolved: an unknown name there may be a comment. */
  protected division: ExpressionOf<'BinaryExpr'> | null = null;

  constructor(globals: Globals, problems: DiagnosticCollector) {
    this.globals = globals;
    this.problems = problems;
  }

  /** Warnings are bounded too: a source can hold a hundred thousand. */
  protected warn(code: Code, span: Span, message: string, parts: DiagnosticParts): void {
    if (this.#warningCount++ < LOAD_LIMITS.diagnostics.default) this.problems.report(code, span, message, parts);
  }

  meaningOf(name: Token): Meaning | undefined {
    return this.#meanings[name.index];
  }

  protected setMeaning(name: Token, meaning: Meaning): void {
    this.#meanings[name.index] = meaning;
  }

  // --- declaring

  protected declare(name: Token): Variable {
    const variable = new Variable(name.text, this.unit, name, this.visible.level);
    this.unit.addLocal(variable);
    this.visible.declare(variable);
    this.setMeaning(name, variable);
    return variable;
  }

  protected declareParameters(names: readonly Token[]): void {
    for (const name of names) {
      const variable = new Variable(name.text, this.unit, name, this.visible.level);
      this.unit.parameters.push(variable);
      this.visible.declare(variable);
    }
  }

  /** LET may not take a name that is in use around it, loops and parameters may. */
  protected declareLet(name: Token): Variable {
    const known = this.visible.find(name.text);
    if (known !== undefined) {
      const isSameBlock = known.level === this.visible.level;
      this.problems.report(
        'MR2003',
        name,
        `there is a variable \`${name.text}\` ${isSameBlock ? 'in this block' : 'around this block'} already`,
        {
          label: 'made again here',
          related: [{ span: known.place, text: 'made here' }],
          help: `to change it write SET ${name.text} = …; for another variable choose another name`,
        },
      );
    } else if (this.globals.firmStandard(name.text) !== undefined) this.globals.reportHiding(name);
    return this.declare(name);
  }

  protected useVariable(variable: Variable, token: Token): void {
    this.unit.use(variable);
    this.setMeaning(token, variable);
  }

  // --- reading

  /** The shared resource of that name, whatever else has the name. */
  protected sharedIndex(name: string): number | undefined {
    const own = this.body.ownShared.get(name);
    if (own !== undefined) return own;
    const global = this.globals.names.get(name);
    return global?.kind === 'SHARED' ? global.index : undefined;
  }

  /** A name as a value; `part` is what follows it in a path. */
  protected readName(node: ExpressionOf<'IdentifierExpr'>, part?: Segment): void {
    const { name, token } = node;
    const variable = this.visible.find(name);
    if (variable !== undefined) {
      this.useVariable(variable, token);
      return;
    }
    if (INPUT_NAMES.has(name)) {
      this.#readInput(token);
      return;
    }
    const shared = this.sharedIndex(name);
    if (shared !== undefined) {
      this.#readShared(token, shared);
      return;
    }
    if (name === this.body.inputName) {
      this.#readInput(token);
      return;
    }
    const global = this.globals.names.get(name);
    if (global?.kind === 'IMPORT') {
      this.#refuseAlias(token, part?.kind === 'Static' ? String(part.key) : undefined);
      return;
    }
    if (global !== undefined || this.globals.standard(name) !== undefined) {
      const what = global === undefined ? 'a standard function' : `a ${global.kind}`;
      const isCallable = global === undefined || global.kind === 'FUNC';
      this.#readNothing(
        token,
        'MR2902',
        `\`${name}\` is ${what}, not a value: it reads as null`,
        isCallable ? `to pass it on write a lambda: (x) -> ${name}(x)` : undefined,
      );
      return;
    }
    if (name === 'INPUT') {
      this.#readInput(token);
      return;
    }
    this.reportUnknown(node);
  }

  #readInput(token: Token): void {
    const { input } = this.body;
    if (input !== null) this.useVariable(input, token);
    else
      this.#readNothing(
        token,
        'MR2901',
        `\`${token.text}\` is always null in a FUNC`,
        'pass what the FUNC needs as an argument',
      );
  }

  #readShared(token: Token, index: number): void {
    if (this.body.kind === 'transform') this.setMeaning(token, { kind: 'shared', index });
    else
      this.#readNothing(
        token,
        'MR2901',
        `\`${token.text}\` is always null in a FUNC`,
        `pass it as an argument; its keys are read as AWAIT ${token.text}.key`,
      );
  }

  #readNothing(token: Token, code: 'MR2901' | 'MR2902', message: string, help: string | undefined): void {
    this.setMeaning(token, { kind: 'nothing' });
    this.warn(code, token, message, { label: 'null', ...(help === undefined ? {} : { help }) });
  }

  #refuseAlias(token: Token, member?: string): void {
    this.problems.report('MR2009', token, `\`${token.text}\` is an import, not a value`, {
      label: 'an alias stands only before a member that is called',
      help: member === undefined ? this.#memberHelp(token.text) : `call it: ${token.text}.${member}(…)`,
    });
  }

  #memberHelp(alias: string): string {
    const entry = this.globals.imports.find((i) => i.alias === alias && !i.isImplied);
    return `call a member: ${alias}.${entry?.members[0]?.name ?? 'member'}(…)`;
  }

  // --- calling

  /** `name(…)`: standard function, variable, FUNC, yielding standard function. */
  protected callName(callee: ExpressionOf<'IdentifierExpr'>, argumentCount: number): void {
    const { name, token } = callee;
    if (this.globals.firmStandard(name) !== undefined) {
      this.#callStandard(token, argumentCount);
      return;
    }
    const variable = this.visible.find(name);
    if (variable !== undefined) {
      this.useVariable(variable, token);
      return;
    }
    const global = this.globals.names.get(name);
    if (global?.kind === 'FUNC') {
      this.setMeaning(token, { kind: 'func', index: global.index });
      return;
    }
    if (this.globals.standard(name) !== undefined) {
      this.#callStandard(token, argumentCount);
      return;
    }
    if (global?.kind === 'IMPORT') {
      this.#refuseAlias(token);
      return;
    }
    if (global !== undefined || this.sharedIndex(name) !== undefined) {
      this.#refuseCall(token, global?.kind ?? 'SHARED');
      return;
    }
    if (INPUT_NAMES.has(name) || name === this.body.inputName || name === 'INPUT') {
      this.readName(callee);
      return;
    }
    this.reportUnknown(callee, { isCalled: true });
  }

  #callStandard(token: Token, argumentCount: number): void {
    const signature = this.globals.standard(token.text);
    if (signature?.kind === 'implied' && signature.uri !== undefined) {
      const index = this.globals.impliedImport(signature.uri, token);
      this.#callMember(index, signature.member ?? token.text, argumentCount, token, token);
      return;
    }
    const known = this.#standardIndexes.get(token.text);
    const index = known ?? this.standard.push(token.text) - 1;
    if (known === undefined) this.#standardIndexes.set(token.text, index);
    this.setMeaning(token, { kind: 'standard', index });
  }

  #refuseCall(token: Token, kind: string): void {
    const help = kind === 'TRANSFORM' ? 'what several TRANSFORMs need goes into a FUNC' : undefined;
    this.problems.report('MR2014', token, `\`${token.text}\` is a ${kind} and cannot be called`, {
      label: 'not a function',
      ...(help === undefined ? {} : { help }),
    });
  }

  /** Whether `target` in `target(…)` is the member of an import; if so it is bound. */
  protected callsMember(target: Expression, argumentCount: number): boolean {
    if (target.kind !== 'AccessExpr' || target.base.kind !== 'IdentifierExpr') return false;
    const { name, token } = target.base;
    const global = this.globals.names.get(name);
    if (global?.kind !== 'IMPORT' || this.visible.find(name) !== undefined || INPUT_NAMES.has(name)) return false;
    const [segment, ...more] = target.segments;
    if (segment?.kind !== 'Static' || typeof segment.key !== 'string' || more.length > 0) return false;
    const entry = this.globals.imports[global.index];
    const { key } = segment;
    if (entry?.listed != null) {
      const arity = entry.listed.get(key);
      if (arity === undefined) {
        const near = nearest(key, entry.listed.keys());
        this.problems.report('MR2009', segment.token, `the import \`${name}\` does not list a member \`${key}\``, {
          label: 'not listed',
          related: [{ span: entry.place, text: `the list is in this IMPORT` }],
          help:
            near === undefined
              ? `add it to the list: { ${[...entry.listed.keys(), key].join(', ')} }`
              : `did you mean \`${near}\`?`,
        });
      } else if (arity !== null && arity !== argumentCount) {
        this.problems.report(
          'MR2009',
          segment.token,
          `\`${name}.${key}\` is listed with ${count(arity, 'argument')} and called with ${argumentCount}`,
          {
            label: `called with ${argumentCount}`,
            related: [{ span: entry.place, text: `listed in this IMPORT` }],
          },
        );
      }
    }
    this.#callMember(global.index, key, argumentCount, token, segment.token);
    return true;
  }

  #callMember(index: number, name: string, arity: number, token: Token, place: Span): void {
    this.setMeaning(token, { kind: 'host', import: index, member: this.globals.member(index, name, arity, place) });
  }

  // --- unknown names

  protected reportUnknown(
    node: ExpressionOf<'IdentifierExpr'>,
    use: { readonly isCalled: boolean } = { isCalled: false },
  ): void {
    const { name, token } = node;
    const { division } = this;
    if (division?.right === node) {
      this.problems.report('MR2001', token, `there is nothing called \`${name}\``, {
        label: 'not known',
        related: [{ span: division.token, text: 'this is read as integer division' }],
        help: 'if a comment was meant, put `;` before `//` or the comment on a line of its own',
      });
      return;
    }
    const near = nearest(name, this.#candidates(use));
    this.problems.report('MR2001', token, `there is no ${use.isCalled ? 'function' : 'variable'} \`${name}\``, {
      label: 'not known',
      help: token.kind === 'THROW' ? THROW_HELP : this.#unknownHelp(name, near, use),
    });
  }

  #unknownHelp(name: string, near: string | undefined, { isCalled }: { readonly isCalled: boolean }): string {
    if (isCalled) return near === undefined ? `declare it: FUNC ${name}(…) = …` : `did you mean \`${near}\`?`;
    if (this.body.kind === 'function')
      return near === undefined ? 'a FUNC sees only its parameters and its own variables' : `did you mean \`${near}\`?`;
    const field = isPlainName(name) ? `input.${name}` : `input["${name}"]`;
    const or = near === undefined ? '' : `\`${near}\`, or `;
    return `did you mean ${or}\`${field}\`? Fields of the input are not variables`;
  }

  *#candidates({ isCalled }: { readonly isCalled: boolean }): Iterable<string> {
    yield* this.visible.names();
    if (isCalled) {
      for (const [name, global] of this.globals.names) if (global.kind === 'FUNC') yield name;
      yield* this.globals.standardNames();
      return;
    }
    yield* this.body.ownShared.keys();
    for (const [name, global] of this.globals.names) if (global.kind === 'SHARED') yield name;
    if (this.body.inputName !== null) yield this.body.inputName;
    if (this.body.kind === 'transform') yield* ['input', 'row'];
  }

  // --- units

  /** Runs `inside` in the scope of a new unit with these parameters. */
  protected inUnit(node: LambdaExpr, name: string, inside: () => void): void {
    const outer = this.unit;
    this.unit = new UnitScope('lambda', name, outer);
    this.units.set(node, this.unit);
    this.visible.open();
    this.declareParameters(node.params);
    inside();
    this.visible.close();
    this.unit = outer;
  }
}

/** "Did you mean": a name of about the same length, and not just any other name of one or two letters. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  return suggestName(name, plausible(name, candidates));
}

function* plausible(name: string, candidates: Iterable<string>): Iterable<string> {
  // Why bounded: a hostile source can have very many names and errors.
  let left = 1000;
  for (const candidate of candidates) {
    if (left-- === 0) return;
    if (Math.abs(candidate.length - name.length) * 3 > name.length) continue;
    if (name.length > 2 || candidate.toLowerCase() === name.toLowerCase()) yield candidate;
  }
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
