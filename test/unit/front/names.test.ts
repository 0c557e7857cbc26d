/** What names mean: scope, order of look-up, captures, imports, shared resources, and the reports about them. */
import { describe, expect, it } from 'vitest';
import type { IrExpression, IrStatement, IrUnit } from '../../../src/ir/nodes.ts';
import { expression, ir, problems, read, statements, unit, withoutPlaces } from './reading.ts';

const inTransform = (body: string) => problems(`TRANSFORM T {\n${body}\n}`);

/** Units of the lambdas in a body, outermost first. */
function lambdas(node: IrUnit): readonly IrUnit[] {
  const found: IrUnit[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const child = value as Partial<IrExpression | IrStatement>;
    if (child.kind === 'Lambda' && 'unit' in child) found.push(child.unit as IrUnit);
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(node.body);
  return found;
}

const shape = (u: IrUnit) => ({
  captures: u.captures,
  variables: u.variables.map((v) => v.name + (v.boxed ? '*' : '')).join(' '),
});

describe('scope', () => {
  it.each([
    ['LET a = 1; LET a = 2', ['MR2003@2:16']],
    ['LET a = 1; IF true THEN { LET a = 2 }', ['MR2003@2:31']],
    ['IF true THEN { LET a = 1 } LET a = 2', []],
    ['IF true THEN { LET a = 1 } OUTPUT a', ['MR2001@2:35']],
    ['FOR a IN input { } OUTPUT a', ['MR2001@2:27']],
    ['LET a = 1; FOR a IN input { FOR a IN a { SET a = 1 } }', []],
    ['FOR a IN input { LET a = 1 }', ['MR2003@2:22']],
    ['LET f = (a) -> { LET a = 1 }', ['MR2003@2:22']],
    ['LET a = 1; LET f = (a) -> a', []],
    ['LET a = 1; LET f = () -> { LET a = 2 }', ['MR2003@2:32']],
    ['LET x = TRY 1 CATCH(e) -> e; TRY x CATCH(x) -> x; OUTPUT e', ['MR2001@2:58']],
    ['LET input = 1; SET input = 2; LET row = input', []],
    ['LET T = 1; SET T = 2', []],
    ['LET MAP = 1', ['MR2004@2:5']],
    ['LET TAKE = 1', []],
    ['LET a = a', []],
    ['a; [a]; -a; {[a]: a}', ['MR2001@2:1', 'MR2001@2:5', 'MR2001@2:10', 'MR2001@2:15', 'MR2001@2:19']],
    ['LET p = {}; SET p[a] = b; APPEND TO p[c] d INIT e; MODIFY p { x: g, [h]: i }', 8],
    ['SET a = 1; APPEND TO b 1; MODIFY c { }', ['MR2007@2:1', 'MR2007@2:12', 'MR2007@2:34']],
    ['SET input.a = 1; SET row = 2; SET $.b = 3', ['MR2007@2:1', 'MR2007@2:18', 'MR2007@2:31']],
    ['RETURN a', ['MR2001@2:8']],
    ['ABORT a', ['MR2001@2:7']],
    ['THROW a', ['MR2001@2:7']],
    ['OUTPUT AWAIT a.b', ['MR2001@2:14']],
    ['THROW (1) + 1', ['MR2001@2:1']],
  ] as const)('%s', (body, expected) => {
    if (typeof expected === 'number') expect(inTransform(body)).toHaveLength(expected);
    else expect(inTransform(body)).toEqual(expected);
  });

  it('binds the only parameter of a signature to the input', () => {
    const { variables, body } = unit('TRANSFORM T(order: any) -> any { RETURN [order, input, row, $, INPUT] }');
    expect(variables).toEqual([{ name: 'input', boxed: false }]);
    expect(withoutPlaces(body)).toEqual([
      {
        kind: 'Return',
        value: { kind: 'Array', elements: Array.from({ length: 5 }, () => ({ kind: 'Variable', index: 0 })) },
      },
    ]);
    expect(problems('TRANSFORM T(a: any, b: any) -> any { OUTPUT a }')).toEqual(['MR2001@1:45']);
    expect(problems('TRANSFORM T(a: any) -> any { LET a = a.b }')).toEqual([]);
    expect(problems('TRANSFORM T(a: any) -> any { SET a.b = 1 }')).toEqual(['MR2007@1:30']);
  });

  it('lets a FUNC see nothing but its own', () => {
    expect(problems('FUNC f(a) = input.x + row + $ + INPUT + a')).toEqual([
      'MR2901@1:13',
      'MR2901@1:23',
      'MR2901@1:29',
      'MR2901@1:33',
    ]);
    expect(problems('SHARED s MANY\nFUNC f() = s')).toEqual(['MR2901@2:12']);
    expect(problems('SHARED s MANY\nFUNC f() { s["k"] = 1; RETURN AWAIT s.k }')).toEqual([]);
    expect(problems('FUNC f() = b\nTRANSFORM T { LET b = 1 }')).toEqual(['MR2001@1:12']);
    expect(unit('FUNC f(a, a) = a').variables).toHaveLength(2);
  });
});

describe('calls', () => {
  it('looks among standard functions, variables, FUNCs, yielding standard functions', () => {
    const before = 'FUNC TAKE(x) = x\nFUNC f(x) = x';
    expect(expression('UPPER(1)')).toMatchObject({ kind: 'CallStd', callee: 0 });
    expect(expression('TAKE(1)')).toMatchObject({ kind: 'CallStd', callee: 0 });
    expect(expression('TAKE(1)', before)).toMatchObject({ kind: 'CallFunc', unit: 0 });
    expect(expression('f(1)', before)).toMatchObject({ kind: 'CallFunc', unit: 1 });
    expect(statements('LET f = 1; RETURN f(1)', before)).toMatchObject([
      {},
      { value: { kind: 'CallVariable', index: 1 } },
    ]);
    expect(statements('LET TAKE = 1; RETURN TAKE(1)')).toMatchObject([
      {},
      { value: { kind: 'CallVariable', index: 1 } },
    ]);
    expect(statements('FOR UPPER IN input { UPPER(UPPER) }')).toMatchObject([
      { body: [{ value: { kind: 'CallStd', args: [{ kind: 'Variable', index: 1 }] } }] },
    ]);
    expect(expression('(f)(1)', before)).toMatchObject({ kind: 'CallFunc', unit: 1 });
    expect(expression('f(1)(2)', before)).toMatchObject({ kind: 'Invoke', callee: { kind: 'CallFunc' } });
    expect(expression('input(1)')).toMatchObject({ kind: 'CallVariable', index: 0 });
  });

  it('reports what cannot be called', () => {
    expect(inTransform('NOPE(1); T(1); upper("a")')).toEqual(['MR2001@2:1', 'MR2014@2:10', 'MR2001@2:16']);
    expect(read('TRANSFORM T { OUTPUT upper("a") }').diagnostics[0]?.help).toBe('did you mean `UPPER`?');
  });

  it('reads the names of functions as null, with a warning', () => {
    expect(expression('MAP(xs, UPPER)')).toMatchObject({ args: [{}, { kind: 'Constant', value: null }] });
    expect(inTransform('OUTPUT [UPPER, T]')).toEqual(['MR2902@2:9', 'MR2902@2:16']);
    expect(inTransform('OUTPUT UPPER;'.repeat(1000))).toHaveLength(20);
  });

  it('hides no standard function but in the prelude', () => {
    const prelude = 'FUNC MAP(xs, f) { `std.checkList`(xs); RETURN [f(x) FOR EACH x IN xs] }';
    expect(problems(prelude)).toEqual(['MR2004@1:6', 'MR2001@1:19']);
    expect(ir(prelude, { internal: true }).standard).toEqual(['std.checkList']);
  });

  it('throws by call form where nothing is called THROW', () => {
    expect(statements('THROW ("x")')).toEqual([{ kind: 'Throw', value: { kind: 'Constant', value: 'x' } }]);
    expect(statements('THROW("x")', 'FUNC THROW(m) = m')).toMatchObject([
      { kind: 'Evaluate', value: { kind: 'CallFunc' } },
    ]);
  });
});

describe('captures', () => {
  it('copies what does not change', () => {
    const t = unit('TRANSFORM T { LET a = 1; LET f = (x) -> x + a + input.b; OUTPUT f }');
    expect(shape(t)).toEqual({ captures: [], variables: 'input a f' });
    expect(lambdas(t).map(shape)).toEqual([{ captures: [1, 0], variables: 'x a input' }]);
    expect(lambdas(t)[0]).toMatchObject({ kind: 'lambda', name: 'f', parameterCount: 1 });
  });

  it.each([
    'SET a = 2',
    'SET a.b = 2',
    'APPEND TO a 2',
    'APPEND TO a.b 2',
    'MODIFY a { b: 2 }',
    'LET g = () -> { SET a = 2 }',
  ])('shares what changes: %s', (change) => {
    const t = unit(`TRANSFORM T { LET a = 1; LET f = () -> a; ${change} }`);
    expect(t.variables[1]).toEqual({ name: 'a', boxed: true });
    expect(lambdas(t)[0]?.variables).toEqual([{ name: 'a', boxed: true }]);
  });

  it('does not box what no lambda captures', () => {
    expect(shape(unit('TRANSFORM T { LET a = 1; SET a = 2; LET f = (a) -> a }')).variables).toBe('input a f');
  });

  it('passes captures through the lambdas between', () => {
    const t = unit('TRANSFORM T { LET a = 1; LET b = 2; LET f = (x) -> (y) -> x + b; }');
    expect(lambdas(t).map(shape)).toEqual([
      { captures: [2], variables: 'x b' },
      { captures: [0, 1], variables: 'y x b' },
    ]);
  });

  it('boxes parameters that lambdas change', () => {
    expect(shape(unit('FUNC f(n) { LET g = () -> { SET n = n + 1; RETURN n }; RETURN g }'))).toEqual({
      captures: [],
      variables: 'n* g',
    });
  });

  it('marks recursion', () => {
    const t = unit('TRANSFORM T { LET f = (n) -> IF n < 1 THEN 0 ELSE f(n - 1); LET g = () -> 1 }');
    expect(t.body).toMatchObject([{ recursive: true }, { recursive: false }]);
    expect(shape(t).variables).toBe('input f* g');
  });

  it('orders parameters, captures, locals', () => {
    const t = unit(
      'FUNC f(p) { LET a = 1; LET l = (q) -> { LET b = a; FOR c IN q { TRY b CATCH(d) -> d } RETURN [e FOR EACH e IN q] } }',
    );
    expect(lambdas(t).map(shape)).toEqual([{ captures: [1], variables: 'q a b c d e' }]);
  });
});

describe('imports', () => {
  const head = 'IMPORT "host:http" AS http\nIMPORT "host:clock"\n';

  it('binds calls of members', () => {
    const { imports, units } = ir(
      `${head}TRANSFORM T { OUTPUT { a: http.get("u"), b: http.get("u", 1), c: clock.now(), d: http.get("v") } }`,
    );
    expect(withoutPlaces(imports)).toMatchObject([
      {
        uri: 'host:http',
        alias: 'http',
        implied: false,
        members: [
          { name: 'get', arity: 1 },
          { name: 'get', arity: 2 },
        ],
      },
      { uri: 'host:clock', alias: 'clock', implied: false, members: [{ name: 'now', arity: 0 }] },
    ]);
    expect(units[0]?.body[0]).toMatchObject({
      properties: [
        { value: { kind: 'CallHost', import: 0, member: 0 } },
        { value: { kind: 'CallHost', import: 0, member: 1 } },
        { value: { kind: 'CallHost', import: 1, member: 0 } },
        { value: { kind: 'CallHost', import: 0, member: 0 } },
      ],
    });
  });

  it('lists members that are only named', () => {
    const { imports } = ir('IMPORT "host:http" AS http { get(url), put, get }\nTRANSFORM T { http.get(1) }');
    expect(imports[0]?.members.map((m) => `${m.name}/${m.arity}`)).toEqual(['get/1', 'put/null']);
  });

  it('lets local names shadow an alias', () => {
    expect(statements('LET clock = {}; RETURN clock.now()', head)).toMatchObject([{}, { value: { kind: 'Invoke' } }]);
  });

  it.each([
    ['RETURN clock', ['MR2009@4:8']],
    ['RETURN clock.now', ['MR2009@4:8']],
    ['RETURN clock.a.b()', ['MR2009@4:8']],
    ['RETURN clock["now"]()', ['MR2009@4:8']],
    ['clock()', ['MR2009@4:1']],
    ['SET clock.a = 1', ['MR2007@4:1']],
  ])('refuses %s', (body, expected) => {
    expect(problems(`${head}TRANSFORM T {\n${body}\n}`)).toEqual(expected);
  });

  it('implies the imports of impure functions', () => {
    const { imports, standard, units } = ir('TRANSFORM T { PRINT("a"); PRINT("b"); PRINT(1, 2) }');
    expect(withoutPlaces(imports)).toMatchObject([
      {
        uri: 'host:console',
        alias: 'console',
        implied: true,
        members: [
          { name: 'print', arity: 1 },
          { name: 'print', arity: 2 },
        ],
      },
    ]);
    expect(standard).toEqual([]);
    expect(units[0]?.body[2]).toMatchObject({ value: { kind: 'CallHost', import: 0, member: 1 } });
  });

  it('hands capabilities on to modules, and pins them', () => {
    const pin = `sha256:${'0'.repeat(64)}`;
    const { imports } = ir(`IMPORT "./a.bl" WITH { c } PIN "${pin}"\nIMPORT "host:clock" AS c\nTRANSFORM T { a.f() }`);
    expect(imports).toMatchObject([
      { uri: './a.bl', handedOn: [1], pin },
      { uri: 'host:clock', handedOn: [], pin: null },
    ]);
  });

  it.each([
    ['IMPORT "./a.bl" WITH { clock }', ['MR2011@1:24']],
    ['IMPORT "./a.bl" WITH { b }\nIMPORT "./b.bl"', ['MR2011@1:24']],
    ['IMPORT "host:clock"\nIMPORT "host:http" WITH { clock }', ['MR2011@2:27']],
    ['IMPORT "./a.bl" PIN "sha256:12"', ['MR2011@1:21']],
    [`IMPORT "host:clock" PIN "sha256:${'0'.repeat(64)}"`, ['MR2011@1:25']],
  ])('refuses %s', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('refuses what cannot be imported', () => {
    expect(problems('IMPORT ""\nIMPORT "host:"')).toEqual(['MR2011@1:8', 'MR2011@2:8']);
    expect(problems('IMPORT "host:a"\nFUNC a() = 1')).toEqual(['MR2002@1:1']);
    expect(problems('IMPORT "host:a" AS row')).toEqual(['MR2011@1:20']);
    expect(problems('FUNC f() = 1\nIMPORT "host:a"\nIMPORT "host:b"')).toEqual(['MR2011@2:1']);
  });
});

describe('exports and shared resources', () => {
  const names = (text: string) => ir(text).exports.map((e) => `${e.name}=${e.unit}`);

  it('exports all TRANSFORMs, or what is marked', () => {
    expect(names('FUNC f() = 1\nTRANSFORM A { }\nTRANSFORM B { }')).toEqual(['A=1', 'B=2']);
    expect(names('EXPORT FUNC f() = 1\nTRANSFORM A { }\nEXPORT TRANSFORM B { }')).toEqual(['f=0', 'B=2']);
    expect(names('EXPORT TYPE X = text\nTRANSFORM A { }')).toEqual([]);
  });

  it('names anonymous TRANSFORMs', () => {
    expect(names('OUTPUT input')).toEqual(['main=0']);
    expect(names('TRANSFORM { }\nTRANSFORM main2 { }\nTRANSFORM { }')).toEqual(['main=0', 'main2=1', 'main3=2']);
  });

  it('collects shared resources of SHARED and OPTIONS', () => {
    const { shared, units } = ir(
      'SHARED a SINGLE\nTRANSFORM T OPTIONS { shared: [b MANY, a MANY] } { a["k"] = b; b[1] = AWAIT a.k; }\nTRANSFORM U { a[] = AWAIT a.b }',
    );
    expect(shared.map((s) => `${s.name} ${s.mode}`)).toEqual(['a SINGLE', 'b MANY', 'a MANY']);
    expect(withoutPlaces(units.map((u) => u.body))).toEqual([
      [
        {
          kind: 'SharedWrite',
          shared: 2,
          key: { kind: 'Constant', value: 'k' },
          value: { kind: 'SharedName', shared: 1 },
        },
        {
          kind: 'SharedWrite',
          shared: 1,
          key: { kind: 'Constant', value: 1 },
          value: { kind: 'AwaitShared', shared: 2, key: 'k' },
        },
      ],
      [
        {
          kind: 'SharedWrite',
          shared: 0,
          key: { kind: 'Constant', value: 'value' },
          value: { kind: 'AwaitShared', shared: 0, key: 'b' },
        },
      ],
    ]);
    expect(problems('SHARED m MANY\nTRANSFORM T { m[] = 1 }')).toEqual(['MR2008@2:15']);
    expect(problems('TRANSFORM A OPTIONS { shared: [b MANY] } { }\nTRANSFORM B { b[1] = 1 }')).toEqual(['MR2008@2:15']);
  });
});

describe('types', () => {
  it.each([
    ['TRANSFORM T(x: Missing) -> any { }', ['MR2005@1:16']],
    ['TYPE A = union B\nTYPE B = union A\nTRANSFORM T { }', []],
    ['TYPE A = union B\nTYPE B = union A\nTRANSFORM T(x: A) -> any { }', ['MR2006@2:1']],
    ['TYPE A = { a: [A] }\nTRANSFORM T(x: A, y: A) -> any { }', ['MR2006@1:1']],
    ['TYPE A = { b: B, c: set<B> }\nTYPE B = enum { X }\nTRANSFORM T(x: A) -> B { }', []],
    ['TYPE Text = number', ['MR2012@1:6']],
  ])('%s', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });
});
