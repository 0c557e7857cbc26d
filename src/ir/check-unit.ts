/**
 * Checks the body of a unit and of the lambdas inside it, along the table: indexes name what is there, variables are in
 * scope where they are used and made once, flags say what the code does. Recursion is bounded by the depth that was decoded.
 */
import type { IrModule, IrUnit } from './nodes.ts';
import { type IrReason, IrRefused, shown } from './reasons.ts';
import { type FieldType, type IndexOf, NODES, type NodeName, type Row } from './schema.ts';

const MAX_LAMBDA_NESTING = 128;
/** As values these always mean the input. */
export const INPUT_NAMES: ReadonlySet<string> = new Set(['input', 'row', '$']);

/** A variable of the program, whichever units see it. */
class Binding {
  state: 'unmade' | 'open' | 'closed' = 'unmade';
  isCaptured = false;
  isAssigned = false;
  isRecursive = false;
  /** Its LET is being walked. */
  isInitialising = false;
  readonly isInput: boolean;

  constructor(role: 'input' | 'plain') {
    this.isInput = role === 'input';
  }

  get isBoxed(): boolean {
    return this.isCaptured && (this.isAssigned || this.isRecursive);
  }
}

/** A unit that is being walked. */
interface Frame {
  readonly unit: IrUnit;
  readonly bindings: readonly Binding[];
  readonly usedCaptures: Set<number>;
  /** Open variables of blocks, in the order in which they were made. */
  readonly trail: Binding[];
  /** Whether the code belongs to a FUNC, which sees neither input nor names of shared resources. */
  readonly isInFunction: boolean;
}

/** To be compared once all code that may capture or write the variables has been walked. */
interface FlagCheck {
  readonly unit: IrUnit;
  readonly bindings: readonly Binding[];
  readonly path: readonly (string | number)[];
}

export interface UnitCheckOptions {
  /** Whether a standard function has this name that nothing may hide. */
  isFirm(name: string): boolean;
  /** FUNCs, TRANSFORMs and lambdas together. */
  readonly maxUnits: number;
}

type Loose = { readonly [field: string]: unknown };

export class UnitChecker {
  readonly #module: IrModule;
  readonly #options: UnitCheckOptions;
  #path: (string | number)[] = [];
  #frame: Frame | null = null;
  #flags: FlagCheck[] = [];
  #unitCount: number;
  #lambdaNesting = 0;

  constructor(module: IrModule, options: UnitCheckOptions) {
    this.#module = module;
    this.#options = options;
    this.#unitCount = module.units.length;
  }

  /** @throws IrRefused */
  check(unit: IrUnit, path: readonly (string | number)[]): void {
    this.#path = [...path];
    this.#flags = [];
    if (unit.captures.length > 0) this.#refuseAt(['captures'], 'unit-shape', 'only lambdas capture');
    if (unit.kind === 'transform' && (unit.parameterCount !== 1 || unit.variables[0]?.name !== 'input'))
      this.#refuse('unit-shape', 'a TRANSFORM has one parameter, `input`');
    this.#unit(unit, null, []);
    for (const flags of this.#flags) checkFlags(flags);
  }

  #unit(unit: IrUnit, outer: Frame | null, captured: readonly Binding[]): void {
    const { parameterCount, variables, kind } = unit;
    const filled = parameterCount + captured.length;
    if (variables.length < filled) this.#refuseAt(['variables'], 'unit-shape', `fewer than ${filled}`);
    if (unit.end < unit.at) this.#refuseAt(['end'], 'place-order');
    const bindings = variables.map((_, i) => {
      if (i >= parameterCount && i < filled) return captured[i - parameterCount] as Binding;
      const binding = new Binding(kind === 'transform' && i === 0 ? 'input' : 'plain');
      if (i < parameterCount) binding.state = 'open';
      return binding;
    });
    this.#flags.push({ unit, bindings, path: [...this.#path] });
    const isInFunction = outer === null ? kind === 'function' : outer.isInFunction;
    const frame: Frame = { unit, bindings, usedCaptures: new Set(), trail: [], isInFunction };
    this.#frame = frame;
    this.#field('body', NODES.Unit.fields['body'] as FieldType, unit.body);
    this.#frame = outer;
    bindings.forEach((binding, i) => {
      if (binding.state === 'unmade') this.#refuseAt(['variables', i], 'variable-made', 'nothing makes it');
    });
    unit.captures.forEach((_, i) => {
      if (!frame.usedCaptures.has(i)) this.#refuseAt(['captures', i], 'capture-shape', 'it is not used');
    });
  }

  /** Walks the lambda under the name that it must have. */
  #lambda(unit: IrUnit, name: string): void {
    const outer = this.#current();
    if (unit.kind !== 'lambda') this.#refuseAt(['kind'], 'unit-shape', 'only lambdas stand inside expressions');
    if (unit.name !== name) this.#refuseAt(['name'], 'lambda-name', shown(name));
    if (++this.#unitCount > this.#options.maxUnits) this.#refuse('too-many', 'units');
    if (++this.#lambdaNesting > MAX_LAMBDA_NESTING) this.#refuse('too-many', 'lambdas inside each other');
    const seen = new Set<number>();
    const captured = unit.captures.map((variable, i) => {
      this.#path.push('captures', i);
      const binding = this.#use(variable);
      const inner = unit.variables[unit.parameterCount + i];
      const { name: outerName } = outer.unit.variables[variable] as IrUnit['variables'][number];
      if (seen.has(variable)) this.#refuse('capture-shape', 'captured twice');
      if (inner !== undefined && inner.name !== outerName)
        this.#refuse('capture-shape', `it is called ${shown(outerName)}`);
      seen.add(variable);
      binding.isCaptured = true;
      this.#path.length -= 2;
      return binding;
    });
    this.#unit(unit, outer, captured);
    this.#lambdaNesting--;
  }

  // --- nodes

  #node(name: NodeName, node: Loose): void {
    const { kinds, fields, hasPlace } = NODES[name];
    const kind = kinds === null ? '' : (node['kind'] as string);
    const row = (kinds?.get(kind) ?? fields) as Row;
    if (hasPlace) this.#checkPlace(node);
    if (name === 'Statement' && kind === 'Let') {
      this.#let(node);
      return;
    }
    const { trail } = this.#current();
    const mark = trail.length;
    for (const field in row) this.#field(field, row[field] as FieldType, node[field]);
    this.#close(mark);
    if (name === 'Expression') this.#expressionRules(kind, node);
    else if (name === 'Statement') this.#statementRules(kind, node);
  }

  #field(field: string, type: FieldType, value: unknown): void {
    this.#path.push(field);
    this.#value(type, value);
    this.#path.pop();
  }

  #value(type: FieldType, value: unknown): void {
    switch (type.kind) {
      case 'index':
        this.#index(type.of, value as number);
        return;
      case 'node':
        if (type.of === 'Unit') this.#lambda(value as IrUnit, '<lambda>');
        else this.#node(type.of, value as Loose);
        return;
      case 'nullable':
        if (value !== null) this.#value(type.of, value);
        return;
      case 'list': {
        if (type.of.kind !== 'node' && type.of.kind !== 'index') return;
        const mark = this.#current().trail.length;
        (value as readonly unknown[]).forEach((item, i) => {
          this.#path.push(i);
          this.#value(type.of, item);
          this.#path.pop();
        });
        this.#close(mark);
        return;
      }
      default:
    }
  }

  #checkPlace(node: Loose): void {
    if ((node['end'] as number) < (node['at'] as number)) this.#refuseAt(['end'], 'place-order');
  }

  #let(node: Loose): void {
    const { unit, bindings } = this.#current();
    const variable = node['variable'] as number;
    this.#path.push('variable');
    this.#index('local', variable);
    const { name } = unit.variables[variable] as IrUnit['variables'][number];
    if (this.#options.isFirm(name)) this.#refuse('hidden-standard', name);
    this.#path.pop();
    const binding = bindings[variable] as Binding;
    const value = node['value'] as Loose;
    binding.isInitialising = true;
    this.#path.push('value');
    if (value['kind'] === 'Lambda') {
      this.#checkPlace(value);
      this.#path.push('unit');
      this.#lambda(value['unit'] as IrUnit, name);
      this.#path.pop();
    } else this.#node('Expression', value);
    this.#path.pop();
    binding.isInitialising = false;
    if (node['recursive'] !== binding.isRecursive)
      this.#refuseAt(['recursive'], 'variable-flags', `it is ${binding.isRecursive} that the value uses the variable`);
  }

  #expressionRules(kind: string, node: Loose): void {
    switch (kind) {
      case 'SharedName':
        if (this.#current().isInFunction || INPUT_NAMES.has(this.#module.shared[node['shared'] as number]?.name ?? ''))
          this.#refuse('shared-unreadable');
        return;
      case 'CallFunc':
        if (this.#module.units[node['unit'] as number]?.kind !== 'function') this.#refuseAt(['unit'], 'not-callable');
        return;
      case 'Invoke':
        // A program cannot say it, and it differs from CallVariable where an argument changes the variable.
        if ((node['callee'] as Loose)['kind'] === 'Variable') this.#refuseAt(['callee'], 'not-callable');
        return;
      case 'CallHost': {
        const member = this.#module.imports[node['import'] as number]?.members[node['member'] as number];
        if (member === undefined) this.#refuseAt(['member'], 'no-such-entry');
        const { length } = node['args'] as readonly unknown[];
        if (member.arity !== length) this.#refuseAt(['args'], 'call-arity', `${member.name} takes ${member.arity}`);
        return;
      }
      default:
    }
  }

  #statementRules(kind: string, node: Loose): void {
    if (kind === 'TryStatement' && node['fallback'] !== null && node['abort'] !== null) this.#refuse('two-handlers');
    if (kind !== 'Modify') return;
    const seen = new Set<string>();
    (node['updates'] as readonly Loose[]).forEach((property, i) => {
      if (property['kind'] !== 'Static') return;
      const key = `${typeof property['key'] === 'string'}/${String(property['key'])}`;
      if (seen.has(key)) this.#refuseAt(['updates', i, 'key'], 'duplicate-key');
      seen.add(key);
    });
  }

  // --- indexes

  #index(of: IndexOf, index: number): void {
    const { units, imports, shared, standard } = this.#module;
    switch (of) {
      case 'variable':
        this.#use(index);
        return;
      case 'target': {
        const binding = this.#use(index);
        if (binding.isInput) this.#refuse('input-written');
        binding.isAssigned = true;
        return;
      }
      case 'binder':
      case 'local':
        this.#make(index);
        return;
      case 'unit':
        if (index >= units.length) this.#refuse('no-such-entry');
        return;
      case 'import':
        if (index >= imports.length) this.#refuse('no-such-entry');
        return;
      case 'shared':
        if (index >= shared.length) this.#refuse('no-such-entry');
        return;
      case 'standard':
        if (index >= standard.length) this.#refuse('no-such-entry');
        return;
      case 'member':
      case 'outer':
        return;
    }
  }

  #use(index: number): Binding {
    const { bindings, unit, usedCaptures } = this.#current();
    const binding = bindings[index];
    if (binding === undefined) throw this.#noVariable();
    if (binding.state !== 'open') this.#refuse('variable-unset', shown(unit.variables[index]?.name ?? ''));
    if (binding.isInitialising) binding.isRecursive = true;
    const capture = index - unit.parameterCount;
    if (capture >= 0 && capture < unit.captures.length) usedCaptures.add(capture);
    return binding;
  }

  #make(index: number): void {
    const { bindings, trail } = this.#current();
    const binding = bindings[index];
    if (binding === undefined) throw this.#noVariable();
    if (binding.state !== 'unmade') this.#refuse('variable-made', 'it is made already');
    binding.state = 'open';
    trail.push(binding);
  }

  /** Ends the scope of what was made since `mark`. */
  #close(mark: number): void {
    const { trail } = this.#current();
    while (trail.length > mark) (trail.pop() as Binding).state = 'closed';
  }

  #noVariable(): IrRefused {
    return new IrRefused('no-such-entry', this.#path, `the unit has ${this.#current().bindings.length} variables`);
  }

  #current(): Frame {
    return this.#frame as Frame;
  }

  #refuse(reason: IrReason, detail = ''): never {
    throw new IrRefused(reason, this.#path, detail);
  }

  #refuseAt(steps: readonly (string | number)[], reason: IrReason, detail = ''): never {
    throw new IrRefused(reason, [...this.#path, ...steps], detail);
  }
}

function checkFlags({ unit, bindings, path }: FlagCheck): void {
  unit.variables.forEach(({ boxed }, i) => {
    const { isBoxed } = bindings[i] as Binding;
    if (boxed === isBoxed) return;
    throw new IrRefused(
      'variable-flags',
      [...path, 'variables', i, 'boxed'],
      `${isBoxed} by what captures and writes it`,
    );
  });
}
