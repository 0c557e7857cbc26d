/** Paths of output fields as people write them: `total`, `lines[0].price`, `[1].total`, `$.total`, `["odd key"]`. */

const STEP = /\.?([\p{L}_$][\p{L}\p{N}_$-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/uy;

/** The keys, or null when the text is no path. */
export function splitPath(text: string): readonly (string | number)[] | null {
  const path = text.replace(/^\$(?=[.[]|$)/, '');
  const keys: (string | number)[] = [];
  for (let at = 0; at < path.length; ) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (match === null) return null;
    const [whole, name, index, quoted] = match;
    if (name !== undefined) keys.push(name);
    else if (index !== undefined) keys.push(Number(index));
    else if (quoted !== undefined) keys.push(unquote(quoted));
    at += whole.length;
  }
  return keys;
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
}
