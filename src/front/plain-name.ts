/** What can be written as a name. */

const PLAIN_NAME = /^[\p{L}_][\p{L}0-9_]*$/u;

/** Whether a text can be written as a name, unless it is a keyword. */
export function isPlainName(text: string): boolean {
  return PLAIN_NAME.test(text);
}
