/**
 * Classes of the engine whose instances inherit nothing: a plain property read on one misses, whatever the key.
 * State is `#private`; operations are static methods, so that no instance has a method to reach.
 */

/** Cuts a class's prototype off from Object.prototype and removes its `constructor` property. Call once per class. */
export function sealPrototype(sealed: { readonly prototype: object }): void {
  Reflect.deleteProperty(sealed.prototype, 'constructor');
  Object.setPrototypeOf(sealed.prototype, null);
}
