/**
 * Checks that the types a signature names exist and do not contain themselves. Types of TYPE declarations are looked at
 * only where a signature uses them. Contracts will be built from the same walk.
 */
import { assertNever } from '../base/assert.ts';
import type { DiagnosticCollector } from '../base/diagnostic.ts';
import type { Program, Signature, TypeDecl, TypeRef, TypeRefOf } from './ast.ts';
import { nearest } from './names.ts';

type NamedType = TypeRefOf<'NamedTypeRef'>;

const PRIMITIVE_NAMES = ['text', 'string', 'bytes', 'number', 'boolean', 'null', 'any'];

export class TypeChecker {
  readonly #declared = new Map<string, TypeDecl>();
  readonly #states = new Map<TypeDecl, 'open' | 'done'>();
  readonly #problems: DiagnosticCollector;

  constructor(program: Program, problems: DiagnosticCollector) {
    this.#problems = problems;
    for (const d of program.declarations) if (d.kind === 'TypeDecl') this.#declared.set(d.name.text, d);
  }

  checkSignature(signature: Signature): void {
    for (const { type } of signature.parameters) this.#checkAll(namesIn(type));
    this.#checkAll(namesIn(signature.output));
  }

  /** Follows names depth first. Why a stack of its own: a source may chain thousands of TYPEs. */
  #checkAll(roots: readonly NamedType[]): void {
    for (const root of roots) {
      const open: { readonly declaration: TypeDecl; readonly names: Iterator<NamedType> }[] = [];
      for (let type: NamedType | undefined = root, within: TypeDecl | undefined; type !== undefined; ) {
        const declaration = this.#follow(type, within);
        if (declaration !== undefined) open.push({ declaration, names: namesIn(declaration.type).values() });
        type = undefined;
        for (let top = open.at(-1); top !== undefined && type === undefined; top = open.at(-1)) {
          within = top.declaration;
          const next = top.names.next();
          if (next.done !== true) type = next.value;
          else {
            this.#states.set(top.declaration, 'done');
            open.pop();
          }
        }
      }
    }
  }

  /** The declaration that `type` names, if its own names are still to be checked. */
  #follow(type: NamedType, within: TypeDecl | undefined): TypeDecl | undefined {
    const declaration = this.#declared.get(type.name);
    if (declaration === undefined) {
      const near = nearest(type.name, [...PRIMITIVE_NAMES, ...this.#declared.keys()]);
      this.#problems.report('MR2005', type, `there is no type \`${type.name}\``, {
        label: 'not known',
        help: near === undefined ? `declare it: TYPE ${type.name} = …` : `did you mean \`${near}\`?`,
      });
      return undefined;
    }
    const state = this.#states.get(declaration);
    if (state === undefined) {
      this.#states.set(declaration, 'open');
      return declaration;
    }
    if (state === 'open') {
      const keyword = within?.token ?? type.token;
      this.#problems.report(
        'MR2006',
        { start: keyword.start, end: within?.name.end ?? type.end },
        `the type \`${type.name}\` contains itself`,
        {
          label: 'through this TYPE',
          related: [{ span: type, text: 'which refers back to it' }],
        },
      );
    }
    return undefined;
  }
}

/** The names in a type expression, whose depth the parser has bounded. */
function namesIn(type: TypeRef, found: NamedType[] = []): readonly NamedType[] {
  switch (type.kind) {
    case 'NamedTypeRef':
      found.push(type);
      break;
    case 'ArrayTypeRef':
    case 'SetTypeRef':
      namesIn(type.element, found);
      break;
    case 'RecordTypeRef':
      for (const field of type.fields) namesIn(field.type, found);
      break;
    case 'UnionTypeRef':
      for (const member of type.members) namesIn(member, found);
      break;
    case 'PrimitiveTypeRef':
    case 'EnumTypeRef':
      break;
    default:
      assertNever(type);
  }
  return found;
}
