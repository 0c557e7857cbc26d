/**
 * Resolves every name of a program: which variable, function or resource it means, which variables lambdas capture. Also
 * the checks that need names: targets of writes, keys of MODIFY, types of signatures. Completes whatever it meets; the
 * result is of use only if nothing was reported as an error.
 */
import { assertNever } from '../base/assert.ts';
import type { DiagnosticCollector } from '../base/diagnostic.ts';
import type { Span } from '../base/source.ts';
import type {
  CodeBlock,
  Expression,
  FuncDecl,
  LambdaExpr,
  Program,
  Property,
  Statement,
  StatementOf,
  TransformDecl,
} from './ast.ts';
import type { Globals } from './globals.ts';
import { nearest, type Resolution } from './names.ts';
import { ExpressionResolver } from './resolve-expressions.ts';
import { TypeChecker } from './resolve-types.ts';
import { UnitScope, Variable, VisibleNames } from './scope.ts';
import type { Token } from './token.ts';

export function resolve(program: Program, globals: Globals, problems: DiagnosticCollector): Resolution {
  const resolver = new Resolver(globals, problems);
  const types = new TypeChecker(program, problems);
  for (const unit of globals.units) {
    if (unit.kind === 'FuncDecl') resolver.func(unit);
    else {
      if (unit.signature !== null) types.checkSignature(unit.signature);
      resolver.transform(unit);
    }
  }
  return resolver;
}

class Resolver extends ExpressionResolver {
  func(node: FuncDecl): void {
    this.#enter(node, new UnitScope('function', node.name.text, null));
    this.body = { kind: 'function', input: null, inputName: null, ownShared: new Map() };
    this.visible.open();
    this.declareParameters(node.params);
    if (node.body.kind === 'ExprBody') this.expression(node.body.expr);
    else this.#statements(node.body.block);
    this.visible.close();
  }

  transform(node: TransformDecl): void {
    const unit = new UnitScope('transform', node.name?.text ?? '', null);
    this.#enter(node, unit);
    // The input is a parameter, but no declaration of the program: LET may take its names.
    const input = new Variable('input', unit, node.token, -1);
    unit.parameters.push(input);
    const parameters = node.signature?.parameters ?? [];
    const inputName = parameters.length === 1 ? (parameters[0]?.name.text ?? null) : null;
    const ownShared = new Map((node.options?.shared ?? []).map((s) => [s.name.text, this.globals.addShared(s)]));
    this.body = { kind: 'transform', input, inputName, ownShared };
    this.#block(node.body);
  }

  #enter(node: FuncDecl | TransformDecl, unit: UnitScope): void {
    this.unit = unit;
    this.units.set(node, unit);
    this.visible = new VisibleNames();
  }

  protected lambdaBlock(node: LambdaExpr): void {
    if (node.body.kind === 'BlockBody') this.#statements(node.body.block);
  }

  // --- statements

  #block(block: CodeBlock): void {
    this.visible.open();
    this.#statements(block);
    this.visible.close();
  }

  #statements(block: CodeBlock): void {
    for (const statement of block.statements) this.#statement(statement);
  }

  #statement(node: Statement): void {
    switch (node.kind) {
      case 'LetStmt':
        this.#let(node);
        return;
      case 'SetStmt':
        this.#pathTarget('SET', node, node.target.base);
        this.segments(node.target.segments);
        this.expression(node.value);
        return;
      case 'SetVarStmt':
        this.#nameTarget('SET', node, node.name);
        this.expression(node.value);
        return;
      case 'AppendToStmt':
        this.#pathTarget('APPEND TO', node, node.target.base);
        this.segments(node.target.segments);
        this.expression(node.value);
        this.optional(node.init);
        return;
      case 'AppendToVarStmt':
        this.#nameTarget('APPEND TO', node, node.name);
        this.expression(node.value);
        this.optional(node.init);
        return;
      case 'SharedWriteStmt':
        this.#sharedWrite(node);
        return;
      case 'ModifyStmt':
        this.#pathTarget('MODIFY', node, node.target.base);
        this.#refuseSecondKeys(node);
        this.properties(node.updates);
        return;
      case 'OutputStmt':
        this.expression(node.template);
        return;
      case 'IfStmt':
        for (const arm of node.arms) {
          this.expression(arm.condition);
          this.#block(arm.block);
        }
        if (node.otherwise !== null) this.#block(node.otherwise);
        return;
      case 'ForEachStmt':
        this.expression(node.iterable);
        this.visible.open();
        this.declare(node.variable);
        this.optional(node.where);
        this.#block(node.body);
        this.visible.close();
        return;
      case 'TryCatchStmt':
        this.tryHead(node.head, () => {
          this.optional(node.fallback);
          this.optional(node.abort?.value ?? null);
        });
        return;
      case 'ReturnStmt':
      case 'AbortStmt':
        this.optional(node.value);
        return;
      case 'ThrowStmt':
        this.expression(node.value);
        return;
      case 'ExprStmt':
        if (!this.#throwCall(node)) this.expression(node.expr);
        return;
      default:
        assertNever(node);
    }
  }

  #let(node: StatementOf<'LetStmt'>): void {
    const variable = this.declareLet(node.name);
    variable.isInitialising = true;
    if (node.value.kind === 'LambdaExpr') this.lambda(node.value, node.name.text);
    else this.expression(node.value);
    variable.isInitialising = false;
  }

  /** `THROW (e)` is a call in form; it throws where nothing is called THROW. */
  #throwCall({ expr }: StatementOf<'ExprStmt'>): boolean {
    if (expr.kind !== 'CallExpr' || expr.args.length !== 1 || expr.callee.token.kind !== 'THROW') return false;
    const { name, token } = expr.callee;
    if (
      this.visible.find(name) !== undefined ||
      this.globals.names.has(name) ||
      this.globals.standard(name) !== undefined
    )
      return false;
    this.setMeaning(token, { kind: 'throw' });
    this.expression(expr.args[0] as Expression);
    return true;
  }

  // --- targets of writes

  #nameTarget(word: string, node: Span, name: Token): void {
    const variable = this.visible.find(name.text);
    if (variable === undefined) {
      this.#refuseTarget(word, node, name.text);
      return;
    }
    variable.isAssigned = true;
    this.useVariable(variable, name);
  }

  #pathTarget(word: string, node: Span, base: Expression): void {
    if (base.kind === 'IdentifierExpr') {
      this.#nameTarget(word, node, base.token);
      return;
    }
    this.problems.report(
      'MR2007',
      { start: node.start, end: node.end },
      `the target of ${word} does not start with a variable`,
      {
        label: 'expected a variable first',
        related: [{ span: base, text: 'this is a value' }],
      },
    );
    this.expression(base);
  }

  #refuseTarget(word: string, node: Span, name: string): void {
    const span = { start: node.start, end: node.end };
    if (this.sharedIndex(name) !== undefined) {
      this.problems.report('MR2007', span, `\`${name}\` is a shared resource, which ${word} cannot change`, {
        label: 'not a variable',
        help: `write ${name}["key"] = value`,
      });
    } else if (name === 'input' || name === 'row' || name === '$' || name === this.body.inputName) {
      this.problems.report('MR2007', span, `\`${name}\` is the input, which cannot be changed`, {
        label: 'not a variable',
        help: `take it into a variable first: LET record = ${name}; ${word} record…`,
      });
    } else {
      const near = nearest(name, this.visible.names());
      const global = this.globals.names.get(name);
      this.problems.report(
        'MR2007',
        span,
        global === undefined ? `there is no variable \`${name}\`` : `\`${name}\` is a ${global.kind}, not a variable`,
        {
          label: `${word} changes variables that exist`,
          help:
            near === undefined
              ? `make it first: LET ${name} = …`
              : `did you mean \`${near}\`? If not, make it first: LET ${name} = …`,
        },
      );
    }
  }

  #refuseSecondKeys(node: StatementOf<'ModifyStmt'>): void {
    const seen = new Map<string, Property>();
    for (const property of node.updates) {
      if (property.kind !== 'LiteralProperty') continue;
      const key = `${typeof property.key === 'string'}/${property.key}`;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, property);
      else {
        this.problems.report('MR2010', node.token, `MODIFY names the field \`${property.key}\` twice`, {
          label: 'in these updates',
          related: [
            { span: first.token, text: 'first here' },
            { span: property.token, text: 'and again here' },
          ],
        });
      }
    }
  }

  #sharedWrite(node: StatementOf<'SharedWriteStmt'>): void {
    const { resource } = node;
    const index = this.sharedIndex(resource.text);
    if (index === undefined) this.#refuseShared(resource);
    else {
      this.setMeaning(resource, { kind: 'shared', index });
      if (node.key === null && this.globals.shared[index]?.mode === 'MANY') {
        this.problems.report(
          'MR2008',
          { start: resource.start, end: node.targetEnd },
          `a write to \`${resource.text}\` needs a key, because it is MANY`,
          {
            label: 'no key in the brackets',
            help: `${resource.text}["key"] = …; only a SINGLE resource may be written without a key`,
          },
        );
      }
    }
    this.optional(node.key);
    this.expression(node.value);
  }

  #refuseShared(resource: Token): void {
    const { text } = resource;
    if (this.visible.find(text) !== undefined) {
      this.problems.report(
        'MR2008',
        resource,
        `\`${text}\` is a variable; only shared resources are written without SET`,
        {
          label: 'not a shared resource',
          help: `to change the variable write SET ${text}[…] = …`,
        },
      );
      return;
    }
    const near = nearest(
      text,
      this.globals.shared.map((s) => s.name),
    );
    this.problems.report('MR2008', resource, `there is no shared resource \`${text}\``, {
      label: 'not known',
      help: near === undefined ? `declare it: SHARED ${text} MANY` : `did you mean \`${near}\`?`,
    });
  }
}
