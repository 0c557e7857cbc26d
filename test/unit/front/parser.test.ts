/** The tree of what upstream does not have, and how reading goes on after errors. */
import { describe, expect, it } from 'vitest';
import { renderAst } from '../../../src/front/front.ts';
import { ast, problems, read } from './reading.ts';

const body = (text: string) => ast(`TRANSFORM T {\n${text}\n}`).slice('TRANSFORM T '.length);

describe('extensions', () => {
  it.each([
    ['IF true THEN { } ELSE IF false THEN { } ELSE { RETURN }', '{IfS true {} else {IfS false {} else {Return null}}}'],
    [
      'LET xs = []; LET ys = [FOR (x IN xs) IF x > 1 => x * 2]',
      '{Let xs=[]; Let ys=Comp(x in xs map (x * 2) where (x > 1))}',
    ],
    ['OUTPUT $.a; OUTPUT INPUT.b', "{Output Access($.'a'); Output Access(INPUT.'b')}"],
    ['THROW "no"; THROW { a: 1 }; THROW input.x', "{Throw \"no\"; Throw Obj{'a':1}; Throw Access(input.'x')}"],
    ['THROW ("no")', '{Expr Call(THROW; "no")}'],
    ['FOREACH x IN input { RETURN }', '{For x in input where null {Return null}}'],
    ['LET xs = []; LET s = xs[1:2][:3].a[4:]', "{Let xs=[]; Let s=Slice(Access(Slice(Slice(xs[1:2])[:3]).'a')[4:])}"],
    ['LET p = {}; MODIFY p { a: 1; }; LENGTH(p,)', "{Let p=Obj{}; Modify Access(p) {'a':1}; Expr Call(LENGTH; p)}"],
    [';;LET a = 1;;', '{Let a=1}'],
  ])('%s', (text, tree) => {
    expect(body(text)).toBe(tree);
  });

  it('reads types', () => {
    expect(
      ast(
        'TYPE A = { id: text, n?: [number], s: set<bytes>? }\nTYPE B = union A | null\nTRANSFORM T(x: A | null) -> any? { }',
      ),
    ).toBe(
      'TYPE A = {id:TEXT,n?:[NUMBER],s:union(set<BYTES>|NULL)} | TYPE B UNION [A, null] | TRANSFORM T params=[x] sig=union(A|NULL) -> ANY_NULLABLE {}',
    );
  });
});

describe('scripts', () => {
  it('reads a source of statements as one transform', () => {
    expect(ast('LET x = 1\nOUTPUT { x: x }')).toBe("TRANSFORM {Let x=1; Output Obj{'x':x}}");
    expect(ast('{ a: 1 }')).toBe("TRANSFORM {Expr Obj{'a':1}}");
  });

  it('reads an empty source as an empty module', () => {
    expect(read('// nothing\n;').ir).toEqual({ imports: [], shared: [], units: [], exports: [], standard: [] });
  });

  it('does not mix statements and declarations', () => {
    expect(problems('LET x = 1\nFUNC f() = x\nOUTPUT { x: x }')).toEqual(['MR1014@1:1']);
    expect(problems('FUNC f() = 1\nOUTPUT { x: 1 }\nLET y = 2')).toEqual(['MR1014@2:1']);
    expect(problems('x }')).toEqual(['MR1009@1:3']);
  });
});

describe('modules and pipelines', () => {
  it('reads imports', () => {
    const text =
      'IMPORT "host:clock"\nIMPORT "./mail.bl" AS mail { send(to, body), count } WITH { clock } PIN "sha256:9f"\nEXPORT FUNC f() = 1';
    expect(renderAst(read(text).program)).toBe(
      'IMPORT "host:clock" | IMPORT "./mail.bl" AS mail {send(to,body),count} WITH {clock} PIN "sha256:9f" | EXPORT FUNC f() 1',
    );
  });

  it('reads flows', () => {
    const text = `EXPORT PIPELINE Orders (o: any) -> any =
    Parse
  // WHERE keeps records
  | WHERE (o) -> o.total > 0
  | EACH (o) -> o.lines | EACH
  | (l) -> ({ sku: l.sku })
  | { price: Price, stock: warehouse.Stock }
  | [ A | B, C ]
  | TRY Ship CATCH (e) RETRY 3 TIMES BACKOFF "200ms" -> DeadLetter
  | CASE (r) { WHEN r.a THEN A | B ELSE C }
  | (D | E) | BATCH | BATCH 100
  | Store;`;
    expect(renderAst(read(text).program)).toBe(
      "EXPORT PIPELINE Orders sig=ANY -> ANY = Parse | Where(Lambda(o -> (Access(o.'total') > 0))) | Each(Lambda(o -> Access(o.'lines'))) | Each" +
        " | Lambda(l -> Obj{'sku':Access(l.'sku')}) | Fork(price: Price, stock: warehouse.Stock) | Fork(A | B, C)" +
        " | TryStep(Ship catch e r=3 b=200ms -> DeadLetter) | Choice(r: Access(r.'a') => A | B else C) | (D | E) | BATCH | Batch(100) | Store",
    );
    expect(problems(text)).toEqual(['MR2101@1:8']);
  });

  it('keeps the words of modules as names', () => {
    expect(
      body('LET import = 1; LET batch = import; LET export = { pin: 1, with: 2 }; OUTPUT { pipeline: export.with }'),
    ).toBe(
      "{Let import=1; Let batch=import; Let export=Obj{'pin':1,'with':2}; Output Obj{'pipeline':Access(export.'with')}}",
    );
  });
});

describe('recovery', () => {
  it('reports independent errors in one reading', () => {
    const text = `TRANSFORM A {
  LET a = ;
  IF a THEN { LET b = 1 2 }
  OUTPUT { x: 1 y: 2 }
}
FUNC f(a,) = a
TRANSFORM B {
  LET l = () -> { SET = 1; RETURN 2 };
  FOR x IN y { OUTPUT ) }
}`;
    expect(problems(text)).toEqual([
      'MR1001@2:11',
      'MR1012@3:25',
      'MR1001@4:17',
      'MR1001@6:10',
      'MR1001@8:23',
      'MR1001@9:23',
    ]);
  });

  it.each([
    ['an unclosed call', 'TRANSFORM A {\n LET a = f(1,\n LET b = 2;\n OUTPUT { b: }\n}', ['MR1001@3:2', 'MR1001@4:14']],
    [
      'an unclosed object',
      'TRANSFORM A {\n OUTPUT { a: 1,\n LET b = 2;\n OUTPUT { b: }\n}',
      ['MR1001@3:6', 'MR1001@4:14'],
    ],
    ['an unclosed block', 'TRANSFORM A {\n IF true THEN {\n}\nTRANSFORM B { LET }', ['MR1009@4:1', 'MR1001@4:19']],
    ['an unclosed text', 'TRANSFORM A {\n LET a = f("x;\n LET b = "y\n}', ['MR1006@2:12', 'MR1006@3:10']],
    ['a stray brace', 'TRANSFORM A { } }\nFUNC f() =', ['MR1009@1:17', 'MR1001@2:11']],
    ['nonsense', ') ] } FUNC f( = 1\nTRANSFORM { LET }', ['MR1001@1:1', 'MR1009@1:5', 'MR1001@1:15', 'MR1001@2:17']],
    ['the end in a block', 'TRANSFORM A {\n LET a = 1;', ['MR1001@2:12']],
    ['errors before the end in a block', 'TRANSFORM A {\n LET = 1;', ['MR1001@2:6']],
  ])('goes on after %s', (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('keeps what could be read', () => {
    expect(renderAst(read('FUNC f() = 1\nFUNC (\nTRANSFORM T { LET = 2; RETURN 3 }').program)).toBe(
      'FUNC f() 1 | TRANSFORM T {Return 3}',
    );
  });
});

describe('names in backticks', () => {
  const codesOf = (text: string) => read(text).diagnostics.map((d) => d.code);

  it('of fields are any text', () => {
    expect(codesOf('TRANSFORM T { OUTPUT { `a\tb`: input.`a\tb`, c: `input`.`\x1b` }; }')).toEqual([]);
  });

  it.each([
    'TRANSFORM T { LET `a\tb` = 1; }',
    'TRANSFORM T { LET f = (`a\u0085`) -> 1; }',
    'TRANSFORM `T\x1b[31m` { OUTPUT 1; }',
    'FUNC `f\0`() = 1;',
    'FUNC f(`a\x7f`) = 1;',
    'TRANSFORM T { FOR EACH `e\r` IN input { } }',
    'TRANSFORM T { OUTPUT `a\x1b`; }',
    'IMPORT "host:clock" AS `c\t`; TRANSFORM T { }',
    'SHARED `s\t` SINGLE; TRANSFORM T { }',
  ])('of anything else have no control characters: %j', (text) => {
    expect(codesOf(text)).toContain('MR1008');
  });
});
