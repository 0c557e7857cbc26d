/** Programs written oddly: the same tokens, with comments and line ends between them where nobody would put them. */
import { SourceText } from '../../src/base/source.ts';
import { lex, parse, renderAst } from '../../src/front/front.ts';
import type { Token } from '../../src/front/token.ts';
import type { Random } from '../fuzz/random.ts';

/**
 * The same program with white space and comments thrown in between its tokens; undefined when that made another program
 * of it, as it may where a line end means something.
 */
export function scrambled(text: string, random: Random): string | undefined {
  const { tokens } = lex(new SourceText('test', text));
  const percent = random.pick([4, 15, 40]);
  let result = '';
  let end = 0;
  for (const [i, token] of tokens.entries()) {
    const gap = text.slice(end, token.start);
    end = token.end;
    result += gap;
    if (random.chance(percent)) result += oddGap(random, i, tokens[i - 1], token);
    result += text.slice(token.start, token.end);
  }
  const { program, diagnostics } = parse(new SourceText('test', result));
  if (diagnostics.some((d) => d.severity === 'error')) return undefined;
  return renderAst(program) === renderAst(parse(new SourceText('test', text)).program) ? result : undefined;
}

function oddGap(random: Random, n: number, before: Token | undefined, token: Token): string {
  // What would be something else outside of a comment.
  const within = random.pick([`${n}`, `"${n}`, `${n}; // }`, `*${n}\t "*`, `é  ${n}`]);
  const [block, line] = [`/* b${within} */`, `// l${within} /*`];
  const onLine = [block, ` ${block} `, '/**/', '\t'];
  // Behind the `/` that ends a comment it would be a comment as well.
  if (token.kind === 'SLASH_SLASH') return '\t';
  const isBound = before !== undefined && /^(?:RETURN|ABORT|THROW)$/.test(before.kind);
  if (isBound || (token.isName && token.kind !== 'IDENTIFIER')) return random.pick(onLine);
  const lines = [
    `\n${block}\n`,
    `\n${line}\n`,
    `\n\n\n${line}  \n\n\n`,
    `/* b${within}\n * more\n */`,
    `\n   /* b${within}\nraw */\n`,
    `/* a${n} */${block}\n`,
    '\n',
    '\n\n\n',
    '\r\n',
  ];
  // Behind anything else `//` would divide.
  if (before === undefined || /[;,{}([:=+\-*/]$/.test(before.text)) lines.push(` ${line}\n`, `${line}\r\n\n`);
  return random.pick([...onLine, ...lines]);
}
