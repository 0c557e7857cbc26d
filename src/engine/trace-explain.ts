/**
 * The tree of causes behind one output: from the value back through the steps that made it, down to literals and fields
 * of the input. Read from what the recorder kept, after the run. Each definition is explained once; where it is
 * met again, its value stands alone.
 */
import type { SourceText } from '../base/source.ts';
import type { Key } from '../bytecode/module.ts';
import type { Value } from '../value/kinds.ts';
import type { Definition, Evaluation, Loop, OutputStep } from './trace-evaluation.ts';
import type { Explanation } from './trace-explanation.ts';
import { originOf, overwritesOf, roundsOf, targetOf, writesInside } from './trace-history.ts';
import type { InputPaths } from './trace-input.ts';
import { type Causes, CauseTree, distinct } from './trace-tree.ts';
import { clip, oneLine, showLine, showOwnPath, showPath, showValue, valueAt } from './trace-values.ts';

export class Explainer {
  readonly #tree: CauseTree;
  readonly #input: InputPaths;
  readonly #isCut: boolean;
  readonly #explained = new Set<object>();
  /** By definition: the paths into its value that were explained. */
  readonly #definitions = new Map<Definition, Set<string>>();

  /** `isCut`: the run was too long to keep the causes of all of it. */
  constructor(source: SourceText, input: InputPaths, isCut: boolean) {
    this.#tree = new CauseTree(source);
    this.#input = input;
    this.#isCut = isCut;
  }

  /** The field of an output record at `path`; null when the record has none. */
  output(step: OutputStep, path: readonly Key[]): Explanation | null {
    const [first, ...rest] = path;
    const value = valueAt(step.record, path);
    if (value === undefined) return null;
    const what = showOwnPath(path) || 'output';
    const { evaluation, fields } = step;
    const conditions = this.#conditions(step.because, step.loop);
    const failed = this.#failed(step.failure);
    if (evaluation !== null) {
      const causes = this.#causesAt(evaluation, [...step.path, ...path]);
      return this.#tree.node('output', what, value, step.line, [...failed, ...causes, ...conditions]);
    }
    if (first === undefined) {
      const parts = fields.map(({ key, evaluation: field }) =>
        this.#tree.node('output', showOwnPath([key]), field.value, field.expression.line, this.#causes(field)),
      );
      return this.#tree.node('output', what, value, step.line, [...parts, ...conditions]);
    }
    const field = fields.findLast(({ key }) => String(key) === String(first))?.evaluation;
    const causes = field === undefined ? [] : this.#causesAt(field, rest);
    return this.#tree.node('output', what, value, field?.expression.line ?? step.line, [...causes, ...conditions]);
  }

  /** The part of a function's result at `path`. */
  result(evaluation: Evaluation, path: readonly Key[]): Explanation | null {
    const value = valueAt(evaluation.value, path);
    if (value === undefined) return null;
    const what = showOwnPath(path) || 'result';
    return this.#tree.node('output', what, value, evaluation.expression.line, this.#causesAt(evaluation, path));
  }

  // --- expressions

  /** What the value of an expression came from. */
  #causes(evaluation: Evaluation): Causes {
    return this.#tree.below(() => {
      const { expression, parts } = evaluation;
      switch (expression.kind) {
        case 'Constant':
          return [this.#tree.leaf('literal', showValue(evaluation.value), evaluation.value)];
        case 'Variable':
          return this.#variable(evaluation, []);
        case 'Path':
          return this.#path(evaluation, []);
        case 'Lambda':
        case 'SharedName':
          return [];
        case 'Condition':
          return [this.#condition(evaluation)];
        case 'CallFunc':
        case 'CallVariable':
        case 'Invoke':
        case 'CallStd':
        case 'CallHost':
          return [this.#call(evaluation)];
        case 'Try':
          return [...this.#failed(evaluation.failure), ...parts.flatMap((part) => this.#causes(part))];
        case 'AwaitShared':
        case 'Suspend':
          return [this.#tree.leaf('outside', expression.name || 'answer of the host', evaluation.value)];
        case 'Comprehension': {
          const [iterable, ...rest] = parts;
          const results = rest.filter((part) => part.expression.kind !== 'Condition');
          return [
            ...(iterable === undefined ? [] : this.#causes(iterable)),
            ...this.#tree.some(results, (r) => this.#causes(r)),
          ];
        }
        default:
          return distinct(parts.flatMap((part) => this.#causes(part)));
      }
    });
  }

  /** What the part at `path` of an expression's value came from. */
  #causesAt(evaluation: Evaluation, path: readonly Key[]): Causes {
    const [key, ...rest] = path;
    if (key === undefined) return this.#causes(evaluation);
    const known = this.#input.pathOf(evaluation.value);
    if (known !== undefined) return [this.#inputField(evaluation.value, path)];
    const { expression, parts, results } = evaluation;
    return this.#tree.below(() => {
      switch (expression.kind) {
        case 'Variable':
          return this.#variable(evaluation, path);
        case 'Path':
          return this.#path(evaluation, path);
        case 'Object': {
          const at = expression.keys.findLastIndex((k) => k !== null && String(k) === String(key));
          const isStatic = expression.keys.every((k) => k !== null);
          const part = isStatic ? parts[at] : undefined;
          return part === undefined ? this.#causes(evaluation) : this.#causesAt(part, rest);
        }
        case 'Array': {
          const part = parts[Number(key)];
          return part === undefined ? this.#causes(evaluation) : this.#causesAt(part, rest);
        }
        case 'Comprehension': {
          const made = parts.slice(1).filter((part) => part.expression.kind !== 'Condition')[Number(key)];
          return made === undefined ? this.#causes(evaluation) : this.#causesAt(made, rest);
        }
        case 'Conditional': {
          const [condition, chosen] = parts;
          if (condition === undefined || chosen === undefined) return this.#causes(evaluation);
          return [this.#condition(condition), ...this.#causesAt(chosen, path)];
        }
        case 'CallFunc':
        case 'CallVariable':
        case 'Invoke':
          return results?.length === 1 ? this.#causesAt(results[0] as Evaluation, path) : this.#causes(evaluation);
        case 'CallStd': {
          const result = expression.name === 'MAP' ? results?.[Number(key)] : undefined;
          return result === undefined ? this.#causes(evaluation) : this.#causesAt(result, rest);
        }
        default:
          return this.#causes(evaluation);
      }
    });
  }

  #variable(evaluation: Evaluation, path: readonly Key[]): Causes {
    const { definition, value } = evaluation;
    const what = showPath(evaluation.name ?? '', path);
    if (this.#input.pathOf(value) !== undefined) return [this.#inputField(value, path), ...this.#choices(evaluation)];
    if (definition === null) {
      const note = this.#isCut ? 'causes not kept: the run is too long' : null;
      return [this.#tree.leaf('unknown', what, valueAt(value, path) ?? null, note)];
    }
    return [this.#definition(definition, path, what, valueAt(value, path) ?? null)];
  }

  #path(evaluation: Evaluation, path: readonly Key[]): Causes {
    const { keys, containers, parts } = evaluation;
    const [base, ...computed] = parts;
    const container = containers?.at(-1);
    const key = keys?.at(-1);
    if (base === undefined || keys === null || key === undefined) return [];
    const causes = computed.flatMap((part) => this.#causes(part));
    const choices = (): Causes => [...causes, ...this.#choices(base)];
    if (this.#input.pathOf(container) !== undefined) return [this.#inputField(container, [key, ...path]), ...choices()];
    if (this.#input.pathOf(evaluation.value) !== undefined)
      return [this.#inputField(evaluation.value, path), ...choices()];
    return distinct([...this.#causesAt(base, [...keys, ...path]), ...causes]);
  }

  /** A part of the input is told without the variables on the way; not so the conditions under which these got it. */
  #choices(evaluation: Evaluation): Causes {
    const causes: Explanation[] = [];
    for (let at: Evaluation | undefined = evaluation; at !== undefined; ) {
      const { definition, expression, parts }: Evaluation = at;
      if (expression.kind === 'Variable' && definition !== null && definition.kind !== 'element') {
        causes.push(...this.#conditions(definition.because, definition.loop));
        at = definition.kind === 'let' || definition.kind === 'set' ? (definition.evaluation ?? undefined) : undefined;
      } else at = expression.kind === 'Path' ? parts[0] : undefined;
    }
    return causes;
  }

  #call(evaluation: Evaluation): Explanation {
    const { expression, parts, results, value } = evaluation;
    const isKnown = this.#explained.has(evaluation);
    this.#explained.add(evaluation);
    const what = `${expression.name}(${clip(parts.map((part) => showValue(part.value, 2)).join(', '))})`;
    if (isKnown) return this.#tree.leaf('call', what, value, 'as above');
    const isLibrary = expression.call === 'HOST' && expression.name !== 'APPLY';
    // The arguments of a FUNC or lambda are met where its result read them.
    const causes = isLibrary || results === null ? parts.flatMap((part) => this.#causes(part)) : [];
    const returned = this.#tree.some(results ?? [], (result) => [
      ...this.#causes(result),
      ...this.#conditions(result.outer, null),
    ]);
    const line = (isLibrary ? undefined : results?.[0]?.expression.line) ?? expression.line;
    return this.#tree.node(
      expression.kind === 'CallHost' ? 'outside' : 'call',
      what,
      value,
      line,
      distinct([...causes, ...returned]),
    );
  }

  // --- definitions

  #definition(definition: Definition, path: readonly Key[], what: string, value: Value): Explanation {
    const field = this.#fieldOf(definition, path);
    if (field !== null) return field;
    if (this.#isKnown(definition, path)) return this.#tree.leaf(originOf(definition), what, value, 'as above');
    const [explained] = this.#tree.below(() => [this.#newDefinition(definition, path, what, value)]);
    return explained as Explanation;
  }

  /** What is a part of the input, whatever its name; null for anything else. */
  #fieldOf({ kind, name, value, evaluation, path: [index] }: Definition, path: readonly Key[]): Explanation | null {
    if (kind === 'input') return this.#inputField(value, path, name);
    const list = kind === 'element' ? evaluation?.value : undefined;
    return index === undefined || this.#input.pathOf(list) === undefined
      ? null
      : this.#inputField(list, [index, ...path]);
  }

  /** Whether this part of its value was explained before; from now on it is. */
  #isKnown(definition: Definition, path: readonly Key[]): boolean {
    const id = path.join('\n');
    const known = this.#definitions.get(definition);
    if (known?.has(id) === true) return true;
    if (known === undefined) this.#definitions.set(definition, new Set([id]));
    else known.add(id);
    return false;
  }

  #newDefinition(definition: Definition, path: readonly Key[], what: string, value: Value): Explanation {
    const { evaluation, line } = definition;
    switch (definition.kind) {
      case 'let':
        return this.#tree.node('let', what, value, line, this.#causesOf(definition, path));
      case 'set':
        return this.#set(definition, path, what, value);
      case 'write':
        return this.#written(definition, path, what, value);
      case 'element': {
        const [index] = definition.path;
        const causes = evaluation === null || index === undefined ? [] : this.#causesAt(evaluation, [index, ...path]);
        return this.#tree.node('element', what, value, line, causes);
      }
      case 'input':
      case 'parameter':
        return this.#parameter(definition, path, what, value);
      case 'caught':
        return this.#tree.node('caught', what, value, line, [], 'the error that was caught');
    }
  }

  #causesOf({ evaluation, keys, because, loop }: Definition, path: readonly Key[]): Causes {
    const causes = evaluation === null ? [] : this.#causesAt(evaluation, path);
    const places = keys.flatMap((key) => this.#causes(key));
    return distinct([
      ...withoutRepetition(causes, evaluation),
      ...places.filter(({ by }) => by !== 'literal'),
      ...this.#conditions(because, loop),
    ]);
  }

  #set(definition: Definition, path: readonly Key[], what: string, value: Value): Explanation {
    const { rounds, before } = path.length === 0 ? roundsOf(definition) : { rounds: [definition], before: undefined };
    const start = before === undefined ? [] : [this.#definition(before, [], what, before.value)];
    return this.#repeated(rounds, path, what, value, start);
  }

  /** `SET total = total + x` in a loop is one step with rounds, not a chain as deep as the loop is long. */
  #repeated(
    rounds: readonly Definition[],
    path: readonly Key[],
    what: string,
    value: Value,
    start: Causes,
  ): Explanation {
    const last = rounds.at(-1) as Definition;
    for (const round of rounds) this.#isKnown(round, path);
    if (rounds.length === 1) return this.#tree.node(originOf(last), what, value, last.line, this.#causesOf(last, path));
    const causes = [...start, ...this.#rounds(rounds, what, start[0]?.value), ...this.#skipped(last.loop)];
    return this.#tree.node('set', what, value, last.line, causes, `set ${rounds.length} times`);
  }

  #rounds(rounds: readonly Definition[], name: string, start: Value): Causes {
    const before = new Map<Definition, Value>();
    let last = start;
    for (const round of rounds) {
      before.set(round, last);
      last = round.value;
    }
    return this.#tree.some(rounds, (round) => {
      const what = `${showLine(before.get(round), 2)} → ${showLine(round.value, 2)}`;
      const causes = this.#causesOf(round, []).filter((cause) => cause.what !== name);
      return [this.#tree.node('round', what, round.value, null, causes)];
    });
  }

  /** The writes that made what is read at `path`, newest of the overwriting ones first, and what the variable was before. */
  #written(newest: Definition, path: readonly Key[], what: string, value: Value): Explanation {
    const { inside, before } = writesInside(newest, path);
    const base: Explanation[] = [];
    if (before?.kind === 'write') base.push(this.#overwritten(before, path, what));
    else if (before !== null) base.push(this.#definition(before, path, what, valueAt(before.value, path) ?? null));
    if (inside.length === 0 && base.length === 1) return base[0] as Explanation;
    const steps = this.#tree.some(inside, (write) => {
      this.#isKnown(write, []);
      return [this.#tree.node(originOf(write), targetOf(write), write.value, write.line, this.#causesOf(write, []))];
    });
    const note = inside.length > 1 ? `${inside.length} writes` : null;
    return this.#tree.node('let', what, value, null, [...base, ...steps, ...this.#skipped(newest.loop)], note);
  }

  /** The write of a part at or above `path`, with the writes of the same statement that it goes back to. */
  #overwritten(write: Definition, path: readonly Key[], what: string): Explanation {
    const rest = path.slice(write.path.length);
    return this.#repeated(overwritesOf(write, path), rest, what, valueAt(write.value, rest) ?? null, []);
  }

  #parameter(definition: Definition, path: readonly Key[], what: string, value: Value): Explanation {
    const { call, evaluation, line, turn } = definition;
    if (evaluation !== null) {
      const causes = this.#causesAt(evaluation, path);
      const [only] = causes;
      // An argument that is a plain name needs no step of its own.
      if (causes.length === 1 && only !== undefined && Object.is(only.value, value))
        return { ...only, what: only.what === what ? what : `${what} = ${only.what}` };
      return this.#tree.node('parameter', what, value, evaluation.expression.line, causes);
    }
    if (call === null) return this.#tree.node('parameter', what, value, line, []);
    const [slot] = definition.path;
    const [list, start] = call.parts;
    const isReduce = call.expression.name === 'REDUCE';
    if (isReduce && slot === 0) {
      if (turn > 0) return this.#tree.leaf('parameter', what, value, 'result of the call before');
      return this.#tree.node('parameter', what, value, line, start === undefined ? [] : this.#causesAt(start, path));
    }
    const isElement = list !== undefined && slot === (isReduce ? 1 : 0);
    if (isElement && Object.is(valueAt(list.value, [turn]), definition.value)) {
      if (this.#input.pathOf(list.value) !== undefined) return this.#inputField(list.value, [turn, ...path]);
      return this.#tree.node('parameter', what, value, line, this.#causesAt(list, [turn, ...path]), `element ${turn}`);
    }
    return this.#tree.node('parameter', what, value, line, [], `given by ${call.expression.name}`);
  }

  // --- conditions

  #failed(failure: string | null): Causes {
    return failure === null ? [] : [this.#tree.leaf('failed', `because TRY failed: ${oneLine(failure)}`, null)];
  }

  /** The conditions that a step depends on; that its element passed the WHERE of its loop goes without saying. */
  #conditions(innermost: Evaluation | null, loop: Loop | null): Causes {
    const causes: Explanation[] = [];
    for (let at = innermost; at !== null; at = at.outer) {
      if (this.#explained.has(at) || (loop !== null && at.filtered === loop)) continue;
      this.#explained.add(at);
      causes.push(this.#condition(at));
    }
    return causes;
  }

  #condition(condition: Evaluation): Explanation {
    const causes = distinct(condition.parts.flatMap((part) => this.#causes(part)));
    return this.#tree.node(
      'condition',
      'because the condition was',
      condition.value,
      condition.expression.line,
      causes,
    );
  }

  #skipped(loop: Loop | null): Causes {
    if (loop === null || loop.skippedCount === 0 || this.#explained.has(loop)) return [];
    this.#explained.add(loop);
    const causes = loop.skipped.flatMap(({ condition }) => condition.parts.flatMap((part) => this.#causes(part)));
    const what = `${loop.skippedCount} of ${loop.turns} elements did not pass WHERE`;
    return [
      this.#tree.node('skipped', what, null, loop.line, distinct(causes.filter((cause) => cause.by !== 'literal'))),
    ];
  }

  #inputField(container: Value, path: readonly Key[], name?: string): Explanation {
    const known = this.#input.pathOf(container) ?? name ?? this.#input.name;
    const value = valueAt(container, path);
    const note = value === undefined ? 'absent from the input' : null;
    return this.#tree.leaf('input', showPath(known, path), value ?? null, note);
  }
}

/** `LET rate = 10`: the line shows the literal. */
function withoutRepetition(causes: Causes, evaluation: Evaluation | null): Causes {
  return evaluation?.expression.kind === 'Constant' ? [] : causes;
}
