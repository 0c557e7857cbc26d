/**
 * Under which name each variable of an IR module is written so that the front end finds the same variable again: its own,
 * unless something that is meant inside its scope would then be hidden. Follows the order in which names.ts looks names up.
 */
import type { IrExpression, IrImport, IrModule, IrUnit } from '../ir/nodes.ts';
import { type FieldType, type IndexOf, NODES, type NodeName, type Row } from '../ir/schema.ts';
import type { StdSignature } from './globals.ts';

export interface NamePlan {
  /** By the index of the variable in the unit. */
  readonly variables: ReadonlyMap<IrUnit, readonly string[]>;
  /** How a node that uses the input spells it. */
  readonly inputs: ReadonlyMap<object, string>;
  /** For each unit of the module, the shared resources that its code names. */
  readonly shared: readonly ReadonlySet<number>[];
  /** For each import, the members as a program without a list of them would declare them, as `arity name`. */
  readonly members: readonly ReadonlySet<string>[];
  /** A name that nothing in the module has. */
  freshName(like: string): string;
  /** Whether anything in the module may have this name. */
  isTaken(name: string): boolean;
}

class Named {
  readonly name: string;
  readonly isInput: boolean;
  /** Under its own name it would hide what is meant, or cannot be made. */
  isRenamed = false;

  constructor(name: string, role: 'input' | 'plain') {
    this.name = name;
    this.isInput = role === 'input';
  }
}

const INPUT_NAMES = ['input', 'row', '$'] as const;

export function planNames(module: IrModule, standard: ReadonlyMap<string, StdSignature>): NamePlan {
  const planner = new Planner(module, standard);
  for (const unit of module.units) planner.unit(unit);
  return planner.plan();
}

type Loose = { readonly [field: string]: unknown };

class Planner {
  readonly #module: IrModule;
  readonly #standard: ReadonlyMap<string, StdSignature>;
  readonly #units = new Map<IrUnit, readonly Named[]>();
  readonly #inputs = new Map<object, string>();
  readonly #shared: Set<number>[] = [];
  readonly #members: Set<string>[];
  readonly #globals: ReadonlySet<string>;
  readonly #taken: Set<string>;
  /** Variables in scope by name, outermost first. */
  #visible = new Map<string, Named[]>();
  #trail: Named[] = [];
  #variables: readonly Named[] = [];

  constructor(module: IrModule, standard: ReadonlyMap<string, StdSignature>) {
    this.#module = module;
    this.#standard = standard;
    this.#members = module.imports.map(() => new Set());
    this.#globals = new Set([
      ...module.units.map((u) => u.name),
      ...module.imports.map((i) => i.alias),
      ...module.shared.map((s) => s.name),
    ]);
    this.#taken = new Set([...this.#globals, ...standard.keys(), ...INPUT_NAMES, 'INPUT']);
  }

  unit(unit: IrUnit): void {
    this.#visible = new Map();
    this.#trail = [];
    this.#shared.push(new Set());
    this.#body(unit, []);
  }

  plan(): NamePlan {
    const names = new Map<Named, string>();
    const nameOf = (variable: Named): string => {
      const known = names.get(variable);
      if (known !== undefined) return known;
      const name = variable.isRenamed ? this.#freshName(variable.name) : variable.name;
      names.set(variable, name);
      return name;
    };
    return {
      variables: new Map([...this.#units].map(([unit, list]) => [unit, list.map(nameOf)])),
      inputs: this.#inputs,
      shared: this.#shared,
      members: this.#members,
      freshName: (like) => this.#freshName(like),
      isTaken: (name) => this.#taken.has(name),
    };
  }

  #freshName(like: string): string {
    for (let n = 2; ; n++) {
      const name = `${like}_${n}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }

  #body(unit: IrUnit, captured: readonly Named[]): void {
    const { parameterCount } = unit;
    const outer = this.#variables;
    const variables = unit.variables.map(({ name }, i) => {
      this.#taken.add(name);
      return captured[i - parameterCount] ?? new Named(name, unit.kind === 'transform' && i === 0 ? 'input' : 'plain');
    });
    this.#units.set(unit, variables);
    this.#variables = variables;
    const mark = this.#trail.length;
    for (const parameter of variables.slice(0, parameterCount)) if (!parameter.isInput) this.#declare(parameter);
    this.#value(NODES.Unit.fields['body'] as FieldType, unit.body, unit);
    this.#close(mark);
    this.#variables = outer;
  }

  // --- the walk

  #node(name: NodeName, node: Loose): void {
    const { kinds, fields } = NODES[name];
    const kind = kinds === null ? '' : (node['kind'] as string);
    const row = (kinds?.get(kind) ?? fields) as Row;
    if (name === 'Expression') this.#calls(node as unknown as IrExpression);
    if (name === 'Statement' && kind === 'Let') {
      this.#declareLet(this.#variables[node['variable'] as number] as Named);
      this.#value(row['value'] as FieldType, node['value'], node);
      return;
    }
    const mark = this.#trail.length;
    for (const field in row) this.#value(row[field] as FieldType, node[field], node);
    this.#close(mark);
  }

  #value(type: FieldType, value: unknown, node: object): void {
    switch (type.kind) {
      case 'index':
        this.#index(type.of, value as number, node);
        return;
      case 'node':
        if (type.of === 'Unit') this.#lambda(value as IrUnit);
        else this.#node(type.of, value as Loose);
        return;
      case 'nullable':
        if (value !== null) this.#value(type.of, value, node);
        return;
      case 'list': {
        const mark = this.#trail.length;
        for (const item of value as readonly unknown[]) this.#value(type.of, item, node);
        this.#close(mark);
        return;
      }
      default:
    }
  }

  #lambda(unit: IrUnit): void {
    this.#body(
      unit,
      unit.captures.map((index) => this.#variables[index] as Named),
    );
  }

  #index(of: IndexOf, index: number, node: object): void {
    if (of === 'variable' || of === 'target') this.#mean(this.#variables[index] as Named, node);
    else if (of === 'binder') this.#declare(this.#variables[index] as Named);
    else if (of === 'shared') {
      this.#shared.at(-1)?.add(index);
      // A write to shared state is told by its form, whatever else has the name.
      if ('kind' in node && node.kind !== 'SharedWrite') this.#meanGlobal(this.#module.shared[index]?.name ?? '');
    }
  }

  #calls(node: IrExpression): void {
    switch (node.kind) {
      case 'CallVariable':
        this.#callVariable(node.index);
        return;
      case 'CallFunc':
        this.#meanGlobal(this.#module.units[node.unit]?.name ?? '');
        return;
      case 'CallStd': {
        const name = this.#module.standard[node.callee] ?? '';
        if (this.#standard.get(name)?.yields === true) this.#meanGlobal(name);
        return;
      }
      case 'CallHost': {
        const { alias, implied, members } = this.#module.imports[node.import] as IrImport;
        const member = members[node.member];
        this.#members[node.import]?.add(`${member?.arity} ${member?.name}`);
        if (!implied) this.#meanGlobal(alias);
        return;
      }
      default:
    }
  }

  // --- names

  #callVariable(index: number): void {
    const variable = this.#variables[index] as Named;
    if (this.#standard.get(variable.name)?.yields === false) variable.isRenamed = true;
  }

  /** Whatever hides the variable here gives way. */
  #mean(variable: Named, node: object): void {
    if (variable.isInput) {
      const isCall = 'args' in node;
      const isFree = (name: string): boolean => !this.#isVisible(name) && !(isCall && this.#globals.has(name));
      const spelling = INPUT_NAMES.find(isFree) ?? 'input';
      this.#inputs.set(node, spelling);
      this.#meanGlobal(spelling);
      return;
    }
    const same = this.#visible.get(variable.name) ?? [];
    for (let i = same.length - 1; i >= 0 && same[i] !== variable; i--) (same[i] as Named).isRenamed = true;
  }

  #meanGlobal(name: string): void {
    for (const variable of this.#visible.get(name) ?? []) variable.isRenamed = true;
  }

  #isVisible(name: string): boolean {
    return this.#visible.get(name)?.some((variable) => !variable.isRenamed) === true;
  }

  /** LET may neither take a name in use around it nor hide a standard function. */
  #declareLet(variable: Named): void {
    const isFirm = !variable.name.includes('.') && this.#standard.get(variable.name)?.yields === false;
    if (this.#isVisible(variable.name) || isFirm) variable.isRenamed = true;
    this.#declare(variable);
  }

  #declare(variable: Named): void {
    const same = this.#visible.get(variable.name);
    if (same === undefined) this.#visible.set(variable.name, [variable]);
    else same.push(variable);
    this.#trail.push(variable);
  }

  #close(mark: number): void {
    while (this.#trail.length > mark) {
      const { name } = this.#trail.pop() as Named;
      this.#visible.get(name)?.pop();
    }
  }
}
