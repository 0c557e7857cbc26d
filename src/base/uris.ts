/** URIs of imports: those that begin with `host:` name capabilities, all others modules. */
export function isCapabilityUri(uri: string): boolean {
  return uri.startsWith('host:');
}
